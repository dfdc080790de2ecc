//! Makes a model from labelled lines; the same lines give the same bytes.
//!
//! Tables first (no labels), then the evidence of words, then the trees, then what their scores are worth.
//! Evidence for a row never counts the row's own repository, so that trees do not learn to trust echoes.

use super::features::{self, Hashes};
use super::forest::{Forest, Growth, Row, grow};
use super::judge::excluded;
use super::model::{
    Calibration, EVIDENCE_AT, Evidence, Model, PATH_AT, Slot, WIDTH, ceiling, entry, evidence,
};
use super::path::{self, Place};
use super::rows::{Label, Line};
use super::tables::Tables;
use super::{Candidate, find_all};
use std::collections::{BTreeMap, BTreeSet};

/// The growth that ships.
pub const GROWTH: Growth = Growth { trees: 450, rate: 0.04, ridge: 10.0, share: 48, drawn: 128 };

/// Folds of every cross-validation.
pub const FOLDS: usize = 5;

/// A candidate on a labelled line, with its verdict if it has one.
pub struct Example {
    pub line: usize,
    pub candidate: Candidate,
    pub place: Place,
    pub good: Option<bool>,
}

/// Partitions into folds; calibration sees all, so that no lucky one sets the bands.
pub const ROUNDS: u32 = 3;

/// Which fold a repository falls in, in one of several partitions.
pub fn fold_of(repo: &str, round: u32) -> usize {
    let h = super::lexicon::hash(repo.as_bytes());
    super::lexicon::finish(h ^ round.wrapping_mul(0x9e37_79b1)) as usize / 2 % FOLDS
}

/// The tables of some lines; true values are left out.
pub fn learn_tables(lines: &[&Line]) -> Tables {
    let texts = lines.iter().flat_map(|l| {
        let whole = if l.label == Label::True { &[] as &[u8] } else { &l.text.as_bytes()[l.line.clone()] };
        let (before, after) = (&l.text.as_bytes()[..l.line.start], &l.text.as_bytes()[l.line.end..]);
        [(l.repo.as_str(), before), (l.repo.as_str(), whole), (l.repo.as_str(), after)]
    });
    Tables::learn(texts)
}

/// Every candidate on the labelled lines themselves.
pub fn examples(tables: &Tables, lines: &[&Line]) -> Vec<Example> {
    let mut all = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        let place = Place::of(line.path.as_bytes());
        for c in find_all(tables, line.text.as_bytes()) {
            if c.value.end <= line.line.start || c.value.start >= line.line.end {
                continue;
            }
            let touches = line.values.iter().any(|v| c.value.start < v.end && v.start < c.value.end);
            let good = match line.label {
                Label::True if touches => Some(true),
                Label::True | Label::Ignored => None,
                Label::Example | Label::False => Some(false),
            };
            all.push(Example { line: i, candidate: c, place, good });
        }
    }
    all
}

fn words(h: &Hashes) -> Vec<u32> {
    let mut all = BTreeSet::new();
    if h.key[0] != 0 {
        all.insert(entry(Slot::KeyLast, h.key[0]));
    }
    all.extend(h.key.iter().filter(|k| **k != 0).map(|k| entry(Slot::Key, *k)));
    all.insert(entry(Slot::KeyWhole, h.key_whole));
    all.insert(entry(Slot::ValueWhole, h.value_whole));
    all.extend(h.value.iter().filter(|k| **k != 0).map(|k| entry(Slot::Value, *k)));
    all.into_iter().collect()
}

/// For every word, how often it stood with good and bad in each repository.
struct Counts<'a> {
    of: BTreeMap<u32, BTreeMap<&'a str, (f64, f64)>>,
    prior: f64,
}

/// How much a repository's own mass counts, and how much stands against a word at first.
const DOUBT: f64 = 2.0;

impl<'a> Counts<'a> {
    fn of(lines: &[&'a Line], examples: &[Example]) -> Counts<'a> {
        let mut of: BTreeMap<u32, BTreeMap<&str, (f64, f64)>> = BTreeMap::new();
        let (mut good, mut all) = (0.0, 0.0);
        for e in examples {
            let Some(verdict) = e.good else { continue };
            good += f64::from(u8::from(verdict));
            all += 1.0;
            for word in words(&e.candidate.hashes) {
                let cell = of.entry(word).or_default().entry(lines[e.line].repo.as_str()).or_default();
                if verdict { cell.0 += 1.0 } else { cell.1 += 1.0 }
            }
        }
        Counts { of, prior: (good / f64::max(all, 1.0)).clamp(0.01, 0.99) }
    }

    /// Log-odds of a word against the prior, in sixteenths; `without` is left out.
    fn value(&self, word: u32, without: &str) -> Option<i8> {
        let repos = self.of.get(&word)?;
        let (mut good, mut bad, mut seen) = (0.0, 0.0, 0);
        for (repo, (g, b)) in repos {
            if *repo == without {
                continue;
            }
            seen += 1;
            let mass = (1.0 + g + b).ln();
            good += mass * g / (g + b);
            bad += mass * b / (g + b);
        }
        if seen == 0 {
            return None;
        }
        let odds = ((good + DOUBT * self.prior) / (bad + DOUBT * (1.0 - self.prior))).ln()
            - (self.prior / (1.0 - self.prior)).ln();
        Some((odds * 16.0).round().clamp(-127.0, 127.0) as i8)
    }

    /// What is worth keeping: words of two repositories or more.
    fn evidence(&self) -> Evidence {
        let kept = self.of.iter().filter(|(_, repos)| repos.len() >= 2);
        Evidence::new(kept.filter_map(|(word, _)| self.value(*word, "").map(|v| (*word, v))).collect())
    }
}

/// The rows of the examples that have a verdict.
fn rows(lines: &[&Line], examples: &[Example], counts: &Counts) -> Vec<Row> {
    let mut per_repo: BTreeMap<&str, f64> = BTreeMap::new();
    for e in examples.iter().filter(|e| e.good.is_some()) {
        *per_repo.entry(lines[e.line].repo.as_str()).or_default() += 1.0;
    }
    let mut out = Vec::new();
    for e in examples {
        let Some(good) = e.good else { continue };
        if excluded(&e.candidate, &e.place) {
            continue;
        }
        let repo = lines[e.line].repo.as_str();
        let mut x = [0u8; 256];
        x[..features::COUNT].copy_from_slice(&e.candidate.features);
        x[PATH_AT..PATH_AT + path::COUNT].copy_from_slice(&e.place.features);
        // a word of a single repository is unknown to the shipped evidence too
        let look = |slot, hash| {
            let word = entry(slot, hash);
            let others =
                counts.of.get(&word).is_some_and(|r| r.len() >= 2 + usize::from(r.contains_key(repo)));
            if others || counts.of.get(&word).is_some_and(|r| r.len() >= 2) {
                counts.value(word, repo)
            } else {
                None
            }
        };
        x[EVIDENCE_AT..WIDTH].copy_from_slice(&evidence(&e.candidate.hashes, look));
        out.push(Row {
            x,
            good,
            weight: per_repo[repo].powf(-0.4),
            group: super::lexicon::hash(repo.as_bytes()),
        });
    }
    let mean = out.iter().map(|r| r.weight).sum::<f64>() / out.len().max(1) as f64;
    out.iter_mut().for_each(|r| r.weight /= mean);
    out
}

/// A model without calibration.
pub fn fit(lines: &[&Line], growth: Growth) -> Model {
    let tables = learn_tables(lines);
    let examples = examples(&tables, lines);
    let counts = Counts::of(lines, &examples);
    let rows = rows(lines, &examples, &counts);
    let forest = if rows.is_empty() { Forest::default() } else { grow(&rows, WIDTH, growth) };
    Model {
        tables,
        evidence: counts.evidence(),
        ceiling: ceiling(&forest),
        forest,
        calibration: Calibration::default(),
        typical: typical(&rows),
    }
}

fn typical(rows: &[Row]) -> [u8; 256] {
    let mut out = [0; 256];
    for (i, o) in out.iter_mut().enumerate().take(WIDTH) {
        let mut counts = [0usize; 256];
        rows.iter().filter(|r| !r.good).for_each(|r| counts[r.x[i] as usize] += 1);
        *o = (0..=255u8).rev().max_by_key(|v| counts[*v as usize]).unwrap_or(0);
    }
    out
}

/// A line's highest score, and the candidate that has it.
pub type Best = (f32, Candidate);

/// The highest score on a line's own bytes, and where.
pub fn best(model: &Model, line: &Line) -> Option<Best> {
    let place = Place::of(line.path.as_bytes());
    find_all(&model.tables, line.text.as_bytes())
        .into_iter()
        .filter(|c| c.value.end > line.line.start && c.value.start < line.line.end)
        .filter(|c| !line.settled.iter().any(|s| c.value.start < s.end && s.start < c.value.end))
        .map(|c| (super::judge::score(model, &c, &place), c))
        .filter(|s| s.0.is_finite())
        .max_by(|a, b| a.0.total_cmp(&b.0))
}

/// Scores of all lines, each by a model that saw no line of its repository's fold.
pub fn held_out(lines: &[&Line], growth: Growth, round: u32) -> Vec<Option<Best>> {
    let mut out: Vec<Option<Best>> = vec![None; lines.len()];
    let folds: Vec<Vec<(usize, Option<Best>)>> = std::thread::scope(|scope| {
        let jobs: Vec<_> = (0..FOLDS)
            .map(|fold| {
                scope.spawn(move || {
                    let train: Vec<&Line> =
                        lines.iter().copied().filter(|l| fold_of(&l.repo, round) != fold).collect();
                    let model = fit(&train, growth);
                    let test = lines.iter().enumerate().filter(|(_, l)| fold_of(&l.repo, round) == fold);
                    test.map(|(i, l)| (i, best(&model, l))).collect()
                })
            })
            .collect();
        jobs.into_iter().map(|j| j.join().expect("a fold does not panic")).collect()
    });
    for (i, s) in folds.into_iter().flatten() {
        out[i] = s;
    }
    out
}

/// Share of findings that shall be right: of high, of medium and high together, of low alone.
const AIMS: [f64; 3] = [0.975, 0.953, 0.60];

/// What held-out scores are worth.
pub fn calibrate(scored: &[(f32, bool)]) -> Calibration {
    let mut sorted = scored.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    // pool adjacent violators
    let mut pools: Vec<(f64, f64, f64)> = Vec::new(); // sum of scores, good, all
    for (s, good) in &sorted {
        pools.push((f64::from(*s), f64::from(u8::from(*good)), 1.0));
        while pools.len() >= 2 {
            let (b, a) = (pools[pools.len() - 1], pools[pools.len() - 2]);
            if a.1 / a.2 < b.1 / b.2 && a.2 >= 40.0 {
                break;
            }
            pools.pop();
            pools.pop();
            pools.push((a.0 + b.0, a.1 + b.1, a.2 + b.2));
        }
    }
    let mut knots: Vec<(i16, u16)> = pools
        .iter()
        .map(|p| {
            (
                (p.0 / p.2 * 256.0).round().clamp(-32000.0, 32000.0) as i16,
                ((p.1 + 0.5) / (p.2 + 1.0) * 65535.0) as u16,
            )
        })
        .collect();
    // smoothing must not undo the order
    for i in 1..knots.len() {
        knots[i].1 = knots[i].1.max(knots[i - 1].1);
    }
    // high and medium reach down as far as all above them hold the aim; low as far as it holds its own
    let mut bands = [i16::MAX; 3];
    let mut medium = sorted.len();
    for (at, (band, aim)) in bands.iter_mut().zip(AIMS).enumerate() {
        let top = if at == 2 { medium } else { sorted.len() };
        let (mut good, mut end) = (0.0, top);
        for i in (0..top).rev() {
            good += f64::from(u8::from(sorted[i].1));
            if good / (top - i) as f64 >= aim && top - i >= 20 {
                end = i;
            }
        }
        if end < sorted.len() {
            *band = (sorted[end].0 * 256.0).round().clamp(-32000.0, 32000.0) as i16;
        }
        medium = end;
    }
    if bands[0] == i16::MAX {
        bands[0] = 32000;
    }
    bands[1] = bands[1].min(bands[0]);
    bands[2] = bands[2].min(bands[1]);
    Calibration { knots, bands }
}

/// Held-out scores of labelled rows as (score, right): on a line with rows of both kinds the true ones win.
pub fn verdicts(lines: &[&Line], scores: &[Option<Best>]) -> Vec<(f32, bool)> {
    let mut out = Vec::new();
    for (line, score) in lines.iter().zip(scores).filter(|l| !l.0.made) {
        if let Some((s, _)) = score {
            let wins = line.label == Label::True;
            out.extend(
                line.rows
                    .iter()
                    .filter(|r| r.0 != Label::Ignored && (!wins || r.0 == Label::True))
                    .map(|_| (*s, wins)),
            );
        }
    }
    out
}

/// What scores are worth, by held-out scores of every partition.
pub fn calibration(lines: &[&Line], growth: Growth) -> Calibration {
    let all: Vec<_> =
        (0..ROUNDS).flat_map(|round| verdicts(lines, &held_out(lines, growth, round))).collect();
    calibrate(&all)
}

/// Trains the model that ships.
pub fn train(lines: &[Line]) -> Model {
    let all: Vec<&Line> = lines.iter().collect();
    train_on(&all, GROWTH)
}

/// Trains with calibration by inner cross-validation.
pub fn train_on(lines: &[&Line], growth: Growth) -> Model {
    let mut model = fit(lines, growth);
    model.calibration = calibration(lines, growth);
    model
}
