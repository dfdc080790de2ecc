//! The one place that sees every layer: reads what a source gathered, scans it on all cores, judges,
//! filters, and makes the report. The order of its answer never depends on which thread was first.

mod bound;
mod collect;
mod examine;
mod history;
mod image;
mod inside;
mod large;
mod rivals;
mod settle;
mod stream;

use std::{
    collections::{HashMap, HashSet},
    sync::Mutex,
};

use bstr::{BStr, BString};
use rayon::prelude::*;

use crate::{
    decode,
    filter::{Allowlist, Baseline, Excuses},
    generic::Place,
    matcher::Scanner,
    model::{
        Confidence, Count, Coverage, Deadline, Origin, Part, Position, Problem, Problems, Report, Secret,
        Severity, Span,
    },
    pattern::RuleIndex,
    score::Verdict,
    source::{Before, Content, Gathered, Item, Reader},
    unpack,
};
use collect::Collected;
use examine::{Hit, MOST_HITS};
pub use history::{HistoryOptions, history};
pub use image::{Image, image};
pub use large::LargeFile;

/// What is believed enough to be reported.
#[derive(Clone, Copy, Debug)]
pub struct Levels {
    pub confidence: Confidence,
    pub severity: Severity,
    /// In Unix seconds, for dates in values. Without it nothing counts as expired.
    pub now: Option<i64>,
}

/// How far to follow what is wrapped. What lies beyond is named in the report.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Encodings within each other.
    pub depth: u32,
    /// Bytes decoded for each byte of a text, after the first mebibyte, over all levels.
    pub decoded: u64,
    pub unpack: unpack::Limits,
}

impl Default for Limits {
    fn default() -> Self {
        Self { depth: 4, decoded: 4, unpack: unpack::Limits::default() }
    }
}

impl Limits {
    fn of_text(&self, len: usize) -> decode::Limits {
        let bytes = self.decoded.saturating_mul(len as u64).saturating_add(1 << 20);
        decode::Limits { depth: self.depth, bytes }
    }
}

/// Everything that a scan needs besides the source.
pub struct Scan<'s> {
    pub scanner: &'s Scanner,
    pub levels: Levels,
    pub allowlist: Allowlist,
    /// What the pack itself excuses.
    pub excuses: Excuses,
    pub baseline: Baseline,
    /// Whether an allowance on the line itself counts.
    pub accept_inline: bool,
    /// Nothing more is read after it.
    pub deadline: Deadline,
    pub limits: Limits,
    /// What could not be opened makes the result incomplete.
    pub require_complete: bool,
    /// The rule for large files, if one was asked for.
    pub large_file: Option<LargeFile>,
    /// Takes the path of an origin to the path from the configuration's folder.
    pub from_root: &'s (dyn Fn(&BStr) -> BString + Sync),
}

/// One text with all the places where it stands, by their number in the source's order.
struct Group {
    content: Content,
    places: Vec<(usize, Origin, Before)>,
}

/// What one group gave.
#[derive(Default)]
struct Read {
    hits: Vec<(usize, Origin, Hit)>,
    problems: Problems,
    /// What could not be opened.
    unopened: Vec<Problem>,
    coverage: Coverage,
    below: u64,
    /// The deadline came first.
    late: bool,
}

/// Scans what was gathered.
pub fn run(scan: Scan, gathered: Gathered) -> Report {
    let reader = Reader::new(gathered.store).until(scan.deadline);
    let groups = group(gathered.items);
    let asked = groups.len();
    let read: Vec<Read> = if groups.len() < 8 {
        // A pool of threads costs more than it brings.
        groups.into_iter().map(|group| read(&scan, &reader, group)).collect()
    } else {
        // Object handles have caches of their own, so each thread gets one.
        let reader = Mutex::new(reader);
        let own = || reader.lock().expect("no thread panics while it clones").clone();
        groups.into_par_iter().map_init(own, |reader, group| read(&scan, reader, group)).collect()
    };
    let mut problems = gathered.problems;
    let mut coverage = gathered.coverage;
    let mut collected = Collected::default();
    let late = read.iter().filter(|one| one.late).count();
    if late > 0 {
        problems.add(Deadline::problem(format!("{late} of {asked} texts were scanned")));
    }
    for one in read {
        problems.extend(one.problems.into_sorted());
        collected.unopened.extend(one.unopened);
        add(&mut coverage, one.coverage);
        collected.below += one.below;
        one.hits.into_iter().for_each(|(order, origin, hit)| collected.add(order, origin, hit));
    }
    let mut report = collected.into_report(scan, gathered.whole, problems);
    report.scanned = gathered.scanned;
    report.coverage = coverage;
    report
}

/// What is told of one text.
pub struct Told {
    pub rule: RuleIndex,
    pub secret: Span,
    pub verdict: Verdict,
}

/// Scans a text as a file of that path, without allowlist or baseline.
pub fn told(scanner: &Scanner, levels: Levels, path: &str, text: &[u8]) -> Vec<Told> {
    let text = decode::text(text);
    let core = Span::new(0, text.len() + 1);
    let limits = Limits::default();
    let found = scanner.find_in_file(&text);
    let found = examine::examine(scanner, &found, levels, &limits, &text, core, Position::FIRST);
    let mut hits = found.at(Part::Content, &Place::of(path.as_bytes()), levels, &mut |_| true);
    let bounds = scanner.bounds();
    if !bounds.is_empty() {
        hits.retain(|hit| bounds.look(hit.rule, Part::Content, path.as_bytes()));
        let here = hits.iter().map(|hit| {
            let Span { start, end } = hit.span;
            let decoded = hit.inner.is_some();
            bound::Here { rule: hit.rule, confidence: hit.verdict.confidence, decoded, start, end }
        });
        let mut stays = bound::stay(bounds, &here.collect::<Vec<_>>()).into_iter();
        hits.retain(|_| stays.next().unwrap_or(true));
    }
    hits.into_iter().map(|hit| Told { rule: hit.rule, secret: hit.span, verdict: hit.verdict }).collect()
}

/// The same content is read and scanned once, wherever it stands.
fn group(items: Vec<Item>) -> Vec<Group> {
    let mut known: HashMap<Content, usize> = HashMap::new();
    let mut groups: Vec<Group> = Vec::new();
    for (order, item) in items.into_iter().enumerate() {
        let next = groups.len();
        let index = match &item.content {
            Content::Blob(_) => *known.entry(item.content.clone()).or_insert(next),
            _ => next,
        };
        if index == next {
            groups.push(Group { content: item.content, places: Vec::new() });
        }
        groups[index].places.push((order, item.origin, item.before));
    }
    groups
}

fn read(scan: &Scan, reader: &Reader, group: Group) -> Read {
    let mut out = Read::default();
    let count = match group.content {
        Content::Blob(_) => Some(&mut out.coverage.blobs),
        Content::File(_) | Content::Link(_) | Content::Stdin => Some(&mut out.coverage.files),
        Content::Text(_) => None,
    };
    out.late = scan.deadline.passed();
    let scanned = match out.late {
        true => Ok(stream::Scanned::default()),
        false => stream::scan(scan, reader, &group.content),
    };
    out.late |= scanned.as_ref().is_ok_and(|scanned| scanned.late);
    if let Some(count) = count {
        count.asked += 1;
        count.read += u64::from(scanned.is_ok() && !out.late);
    }
    let path = &group.places[0].1.path;
    let scanned = match scanned {
        Ok(scanned) => scanned,
        Err(problem) => {
            out.problems.add(Problem { what: named(path, &problem.what), ..problem });
            return out;
        }
    };
    if scanned.found.cut {
        let why = scanned.found.left().unwrap_or_default();
        out.problems.add(Problem::new(path.to_string(), why));
    } else if let Some(why) = scanned.found.left() {
        out.unopened.push(Problem::new(path.to_string(), why));
    }
    if let Some(inside) = &scanned.inside {
        out.coverage.containers = Count { asked: 1, read: u64::from(inside.whole()) };
        out.coverage.members = inside.read;
        out.unopened.extend(inside::unopened_in(&path.to_string(), &inside.unopened));
    }
    out.coverage.bytes = Count::both(scanned.bytes);
    out.below = scanned.found.below;
    for (order, origin, before) in &group.places {
        let hit = large::hit(scan, &group.content, scanned.bytes, before);
        out.hits.extend(hit.map(|hit| (*order, origin.clone(), hit)));
    }
    let places = if scanned.is_empty() { Vec::new() } else { group.places };
    for (number, &(order, ref origin, ref before)) in places.iter().enumerate() {
        // Each place has hits of its own, so many in many places would fill any memory.
        if out.hits.len() > MOST_HITS {
            let why = format!(
                "more than {MOST_HITS} findings in it and its copies; {} more copies were not looked at",
                places.len() - number
            );
            out.problems.add(Problem::new(origin.path.to_string(), why));
            break;
        }
        let mut added = None;
        let mut is_new = |place: &Origin, hit: &Hit| {
            // The lines of a container say nothing of what is new in it: see below.
            if place.path != origin.path {
                return true;
            }
            let since = || reader.added(before, origin, &scanned.text, &mut out.problems);
            added.get_or_insert_with(since).touches(hit.lines.0, hit.lines.1)
        };
        let (within, hits): (Vec<_>, Vec<_>) = (scanned.at(scan, origin, &mut is_new).into_iter())
            .partition(|(place, _)| place.path != origin.path);
        out.hits.extend(hits.into_iter().map(|(origin, hit)| (order, origin, hit)));
        if !within.is_empty() {
            let old = known(scan, reader, origin, before, &mut out.problems);
            let new = |(place, hit): &(Origin, Hit)| {
                !old.contains(&(place.path.clone(), hit.rule, hit.secret.clone()))
            };
            out.hits.extend(within.into_iter().filter(new).map(|(origin, hit)| (order, origin, hit)));
        }
    }
    out
}

/// What former versions of a container held.
fn known(
    scan: &Scan,
    reader: &Reader,
    origin: &Origin,
    before: &Before,
    problems: &mut Problems,
) -> HashSet<(BString, RuleIndex, Secret)> {
    let Before::Parents { versions, .. } = before else { return HashSet::new() };
    let mut known = HashSet::new();
    for id in versions.iter().flatten() {
        match stream::scan(scan, reader, &Content::Blob(*id)) {
            Ok(scanned) => known.extend(
                (scanned.at(scan, origin, &mut |_, _| true).into_iter())
                    .map(|(place, hit)| (place.path, hit.rule, hit.secret)),
            ),
            Err(problem) => problems.add(problem),
        }
    }
    known
}

/// Names what could not be read by its path too, where an object's id alone would say little.
fn named(path: &BString, what: &str) -> String {
    if what.starts_with("object ") { format!("{path} ({what})") } else { what.to_owned() }
}

fn add(sum: &mut Coverage, more: Coverage) {
    sum.members += more.members;
    let pairs = [
        (&mut sum.blobs, more.blobs),
        (&mut sum.files, more.files),
        (&mut sum.bytes, more.bytes),
        (&mut sum.containers, more.containers),
    ];
    for (sum, more) in pairs {
        sum.asked += more.asked;
        sum.read += more.read;
    }
}
