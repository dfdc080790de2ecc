//! How right the detector is on labelled lines: precision, recall, calibration, and the worst mistakes.
//!
//! A row counts as found when a finding stands on the labelled line.

use super::forest::Growth;
use super::judge::Confidence;
use super::model::{Calibration, Model};
use super::rows::{Label, Line};
use super::train::{Best, FOLDS, best, calibrate, calibration, fold_of, held_out, verdicts};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Rows found and not.
#[derive(Clone, Copy, Default, Debug)]
pub struct Tally {
    pub right: usize,
    pub wrong: usize,
    pub missed: usize,
}

impl Tally {
    pub fn precision(self) -> f64 {
        self.right as f64 / (self.right + self.wrong).max(1) as f64
    }
    pub fn recall(self) -> f64 {
        self.right as f64 / (self.right + self.missed).max(1) as f64
    }
    pub fn f1(self) -> f64 {
        let (p, r) = (self.precision(), self.recall());
        if p + r == 0.0 { 0.0 } else { 2.0 * p * r / (p + r) }
    }
    fn add(&mut self, label: Label, found: bool) {
        match (label, found) {
            (Label::True, true) => self.right += 1,
            (Label::True, false) => self.missed += 1,
            (Label::Example | Label::False, true) => self.wrong += 1,
            _ => {}
        }
    }
}

/// A line with the score that it got and the band that the score falls in.
pub struct Scored<'a> {
    pub line: &'a Line,
    pub best: Option<Seen>,
    pub band: Confidence,
}

/// What was seen on a line.
pub struct Seen {
    pub score: f32,
    /// The form of the assignment, or the rule.
    pub what: String,
    pub value: std::ops::Range<usize>,
}

fn seen(best: Best) -> Seen {
    Seen { score: best.0, what: format!("{:?}", best.1.form), value: best.1.value }
}

/// Scores lines with one model.
pub fn score<'a>(model: &Model, lines: &'a [Line]) -> Vec<Scored<'a>> {
    lines
        .iter()
        .map(|line| {
            let best = best(model, line);
            let band = best.as_ref().map_or(Confidence::None, |b| model.calibration.band(b.0));
            Scored { line, best: best.map(seen), band }
        })
        .collect()
}

/// Five folds by repository, in one partition. `nested`: bands too come from other folds only.
pub fn cross_validate(lines: &[Line], growth: Growth, round: u32, nested: bool) -> Vec<Scored<'_>> {
    let all: Vec<&Line> = lines.iter().collect();
    let scores = held_out(&all, growth, round);
    let fold = |line: &Line| fold_of(&line.repo, round);
    let bands: Vec<Calibration> = if nested {
        let others = |f: usize| all.iter().copied().filter(|l| fold(l) != f).collect::<Vec<_>>();
        (0..FOLDS).map(|f| calibration(&others(f), growth)).collect()
    } else {
        vec![calibrate(&verdicts(&all, &scores)); FOLDS]
    };
    let band = |line: &Line, score: f32| bands[fold(line)].band(score);
    lines
        .iter()
        .zip(scores)
        .map(|(line, best)| Scored {
            line,
            band: best.as_ref().map_or(Confidence::None, |b| band(line, b.0)),
            best: best.map(seen),
        })
        .collect()
}

/// The shape of a line's true value.
pub fn shape(line: &Line) -> &'static str {
    let Some(v) = line.values.first().map(|v| &line.text.as_bytes()[v.clone()]) else { return "no value" };
    let digits = v.iter().filter(|b| b.is_ascii_digit()).count();
    let letters = v.iter().filter(|b| b.is_ascii_alphabetic()).count();
    let mut seen = [false; 256];
    v.iter().for_each(|b| seen[*b as usize] = true);
    let distinct = seen.iter().filter(|s| **s).count();
    let mixed = v.iter().any(u8::is_ascii_lowercase) && v.iter().any(u8::is_ascii_uppercase);
    let spread = distinct >= 9 || distinct * 2 >= v.len();
    match v.len() {
        0..16 if digits == 0 => "short, no digit",
        0..16 => "short, digits",
        _ if v.contains(&b' ') => "long, blanks",
        _ if digits >= 2 && letters >= 2 && spread => "random, 16+",
        _ if mixed && letters >= 16 && spread && v.iter().filter(|b| b.is_ascii_uppercase()).count() >= 4 => {
            "random, 16+"
        }
        _ if digits * 10 >= v.len() * 9 => "long number",
        _ => "long, words",
    }
}

/// Tally over rows at a band.
pub fn tally<'a>(scored: impl Iterator<Item = &'a Scored<'a>>, least: Confidence) -> Tally {
    let mut t = Tally::default();
    for s in scored {
        for (label, _) in &s.line.rows {
            t.add(*label, s.band >= least);
        }
    }
    t
}

/// The whole report.
pub fn report(scored: &[Scored], worst: usize) -> String {
    let mut out = String::new();
    let line = |out: &mut String, name: &str, t: Tally| {
        let _ = writeln!(
            out,
            "{name:<34} right {:>5} wrong {:>4} missed {:>5}  P {:.3} R {:.3} F1 {:.3}",
            t.right,
            t.wrong,
            t.missed,
            t.precision(),
            t.recall(),
            t.f1()
        );
    };
    for (name, least) in [
        ("high", Confidence::High),
        ("medium and above", Confidence::Medium),
        ("low and above", Confidence::Low),
    ] {
        line(&mut out, name, tally(scored.iter(), least));
    }
    let mut merged = Tally::default();
    scored.iter().for_each(|s| merged.add(s.line.label, s.band >= Confidence::Medium));
    line(&mut out, "medium, identical lines once", merged);
    // a line on which one row is true and another false can only be found
    let mut lines = Tally::default();
    for s in scored {
        let wins = s.line.label == Label::True;
        s.line
            .rows
            .iter()
            .filter(|r| !wins || r.0 == Label::True)
            .for_each(|r| lines.add(r.0, s.band >= Confidence::Medium));
    }
    line(&mut out, "medium, true rows win their line", lines);
    let _ = writeln!(
        out,
        "average precision {:.4}, best F1 at P >= .90: {:.4}",
        average_precision(scored),
        best_f1(scored)
    );
    let _ = writeln!(out, "\nbands (share of lines in the band that are right)");
    for band in [Confidence::High, Confidence::Medium, Confidence::Low, Confidence::None] {
        let of: Vec<_> = scored
            .iter()
            .filter(|s| s.band == band && s.best.is_some() && s.line.label != Label::Ignored)
            .collect();
        let right = of.iter().filter(|s| s.line.label == Label::True).count();
        let _ = writeln!(
            out,
            "  {band:?}: {right} of {} = {:.3}",
            of.len(),
            right as f64 / of.len().max(1) as f64
        );
    }
    group(&mut out, "by category", scored, |s| s.line.category.clone(), 24);
    group(&mut out, "by shape of the true value", scored, |s| shape(s.line).to_string(), 12);
    group(
        &mut out,
        "by form or rule",
        scored,
        |s| s.best.as_ref().map_or("no candidate".into(), |b| b.what.clone()),
        24,
    );
    group(&mut out, "by repository", scored, |s| s.line.repo.clone(), 70);
    let mut repos: BTreeMap<&str, Vec<&Scored>> = BTreeMap::new();
    scored.iter().for_each(|s| repos.entry(s.line.repo.as_str()).or_default().push(s));
    let tallies: Vec<Tally> = repos
        .values()
        .map(|v| tally(v.iter().copied(), Confidence::Medium))
        .filter(|t| t.right + t.missed > 0)
        .collect();
    let n = tallies.len().max(1) as f64;
    let mean = |f: fn(Tally) -> f64| tallies.iter().map(|t| f(*t)).sum::<f64>() / n;
    let found: Vec<f64> = tallies.iter().filter(|t| t.right + t.wrong > 0).map(|t| t.precision()).collect();
    let _ = writeln!(
        out,
        "\nmean over {} repositories: P {:.3} (of {} with findings) R {:.3} F1 {:.3}",
        tallies.len(),
        found.iter().sum::<f64>() / found.len().max(1) as f64,
        found.len(),
        mean(Tally::recall),
        mean(Tally::f1)
    );
    for (title, label) in [("worst false alarms", false), ("worst misses", true)] {
        let _ = writeln!(out, "\n{title}");
        let mut of: Vec<_> = scored
            .iter()
            .filter(|s| {
                (s.line.label == Label::True) == label
                    && s.line.label != Label::Ignored
                    && (s.band >= Confidence::Medium) != label
            })
            .collect();
        let rank = |s: &Scored| s.best.as_ref().map_or(f32::NEG_INFINITY, |b| b.score);
        of.sort_by(|a, b| if label { rank(a).total_cmp(&rank(b)) } else { rank(b).total_cmp(&rank(a)) });
        for s in of.iter().take(worst) {
            let text = s.line.text[s.line.line.clone()].trim();
            let text: String = text.chars().take(150).collect();
            let value = s.best.as_ref().map_or(String::new(), |b| {
                String::from_utf8_lossy(&s.line.text.as_bytes()[b.value.clone()]).chars().take(40).collect()
            });
            let _ = writeln!(
                out,
                "{:>6.2} {:?} {} {} {} | {text} | {value}",
                rank(s),
                s.line.label,
                s.line.repo,
                s.line.category,
                s.line.path.chars().rev().take(40).collect::<String>().chars().rev().collect::<String>()
            );
        }
    }
    out
}

/// Rows by falling score, the true ones winning their line.
fn ranked(scored: &[Scored]) -> (Vec<bool>, usize) {
    let mut of: Vec<(f32, bool, usize)> = Vec::new();
    let mut all = 0;
    for s in scored.iter().filter(|s| s.line.label != Label::Ignored) {
        let good = s.line.label == Label::True;
        let rows =
            s.line.rows.iter().filter(|r| (r.0 == Label::True) == good && r.0 != Label::Ignored).count();
        all += if good { rows } else { 0 };
        if let Some(b) = &s.best {
            of.push((b.score, good, rows));
        }
    }
    of.sort_by(|a, b| b.0.total_cmp(&a.0));
    (of.into_iter().flat_map(|(_, good, rows)| std::iter::repeat_n(good, rows)).collect(), all)
}

/// Area under precision over recall.
pub fn average_precision(scored: &[Scored]) -> f64 {
    let (order, all) = ranked(scored);
    let (mut right, mut sum) = (0.0, 0.0);
    for (i, good) in order.iter().enumerate() {
        if *good {
            right += 1.0;
            sum += right / (i + 1) as f64;
        }
    }
    sum / all.max(1) as f64
}

/// The best F1 of any threshold with precision of 0.90 or more.
pub fn best_f1(scored: &[Scored]) -> f64 {
    let (order, all) = ranked(scored);
    let (mut right, mut best) = (0.0, 0.0f64);
    for (i, good) in order.iter().enumerate() {
        right += f64::from(u8::from(*good));
        let (p, r) = (right / (i + 1) as f64, right / all.max(1) as f64);
        if p >= 0.90 {
            best = best.max(2.0 * p * r / (p + r));
        }
    }
    best
}

fn group(out: &mut String, title: &str, scored: &[Scored], key: impl Fn(&Scored) -> String, most: usize) {
    let mut groups: BTreeMap<String, Vec<&Scored>> = BTreeMap::new();
    scored.iter().for_each(|s| groups.entry(key(s)).or_default().push(s));
    let mut tallies: Vec<_> = groups
        .into_iter()
        .map(|(k, v)| (k, tally(v.iter().copied(), Confidence::Medium)))
        .filter(|(_, t)| t.right + t.wrong + t.missed > 0)
        .collect();
    tallies.sort_by_key(|(_, t)| std::cmp::Reverse(t.right + t.missed + t.wrong));
    let _ = writeln!(out, "\n{title}");
    for (k, t) in tallies.into_iter().take(most) {
        let _ = writeln!(
            out,
            "  {k:<34} right {:>4} wrong {:>4} missed {:>4}  P {:.2} R {:.2} F1 {:.2}",
            t.right,
            t.wrong,
            t.missed,
            t.precision(),
            t.recall(),
            t.f1()
        );
    }
}
