//! `leakgate eval`: how right the whole tool is on labelled lines.
//!
//! Each line is scanned under its path with the lines before and after it, at the levels asked for. With
//! `--folds` the assignments are judged by models that saw nothing of a line's repository.

use std::{fs, ops::Range, path::PathBuf};

use super::{args::Flags, plan, print};
use crate::{
    error::Error,
    exit,
    generic::{
        self,
        eval::{self, Scored, Seen},
        rows::{self, Line},
        train,
    },
    matcher::Scanner,
    model::{Confidence, Severity},
    pattern::{Find, Pack},
    pipeline::{self, Levels},
    score,
};

/// What a rule that knows the form is worth beside the detector's scores, which are log-odds.
const SURE: [f32; 3] = [0.0, 3.0, 6.0];

pub fn run(flags: &Flags, files: &[PathBuf], folds: bool, worst: usize) -> Result<u8, Error> {
    let mut lines = Vec::new();
    for file in files {
        let text =
            fs::read_to_string(file).map_err(|error| Error::io("read the labelled lines", file, error))?;
        let read = rows::read(&text).map_err(|what| Error::new(format!("{}: {what}", file.display())))?;
        lines.extend(read);
    }
    let mut lines = rows::merge(lines);
    let pack = plan::pack(flags)?;
    let scored = if folds { cross(pack, &mut lines)? } else { whole(pack, &lines)? };
    print(&eval::report(&scored, worst))?;
    Ok(exit::CLEAN)
}

/// The surest finding on each line.
fn whole(pack: Pack, lines: &[Line]) -> Result<Vec<Scored<'_>>, Error> {
    let scanner = Scanner::new(pack)?;
    let scored = lines.iter().map(|line| {
        // What is told at the default level decides; below it the surest of what is not told.
        let surest = |least| findings(&scanner, line, least).into_iter().max_by_key(|found| found.confidence);
        let best = surest(Confidence::Medium).or_else(|| surest(Confidence::Low));
        Scored {
            line,
            band: best.as_ref().map_or(generic::Confidence::None, |found| score::least(found.confidence)),
            best: best.map(|found| found.seen()),
        }
    });
    Ok(scored.collect())
}

/// Rules that know a form, beside models that did not see the line's repository.
fn cross(pack: Pack, lines: &mut [Line]) -> Result<Vec<Scored<'_>>, Error> {
    let rules = pack.rules().filter(|rule| rule.find != Find::Assignment).cloned().collect();
    let scanner = Scanner::new(Pack::new(rules)?)?;
    let mut named = Vec::new();
    for line in lines.iter_mut() {
        let found = findings(&scanner, line, Confidence::Low);
        let settles = |found: &&Found| {
            found.confidence > Confidence::Low || found.harmless && found.base > Confidence::Low
        };
        line.settled = found.iter().filter(settles).map(|found| found.value.clone()).collect();
        named.push(found.into_iter().max_by_key(|found| found.confidence));
    }
    let mut scored = eval::cross_validate(lines, train::GROWTH, 0, false);
    for (scored, named) in scored.iter_mut().zip(named) {
        let Some(named) = named else { continue };
        let band = score::least(named.confidence);
        if band > scored.band || scored.best.is_none() {
            scored.band = band;
            scored.best = Some(named.seen());
        }
    }
    Ok(scored)
}

struct Found {
    rule: String,
    confidence: Confidence,
    /// What the rule is worth before any other evidence.
    base: Confidence,
    harmless: bool,
    value: Range<usize>,
}

impl Found {
    fn seen(self) -> Seen {
        Seen { score: SURE[self.confidence as usize], what: self.rule, value: self.value }
    }
}

/// What is told on the labelled line itself.
fn findings(scanner: &Scanner, line: &Line, confidence: Confidence) -> Vec<Found> {
    let levels = Levels { confidence, severity: Severity::Low, now: None };
    let told = pipeline::told(scanner, levels, &line.path, line.text.as_bytes()).into_iter();
    let here = told.filter(|told| told.secret.start < line.line.end && told.secret.end > line.line.start);
    here.map(|told| {
        let rule = scanner.pack().rule(told.rule);
        let (confidence, harmless) = (told.verdict.confidence, told.verdict.harmless);
        Found {
            rule: rule.id.to_string(),
            confidence,
            harmless,
            base: rule.confidence,
            value: told.secret.range(),
        }
    })
    .collect()
}
