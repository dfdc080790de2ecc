//! The past: every object of the store is read once, in the order in which packs build them, and only
//! what is new in each is looked at; then the findings are traced to commits.
//!
//! A finding is one secret, not one version of a file. It is told at the commit that first brought it
//! in, with how many commits and blobs hold it, which refs still do, and which commit took it out.
//! What no ref reaches is left out unless asked for.

mod blobs;
mod earlier;
mod graph;
mod order;
mod paths;
mod scanned;
mod sets;
mod told;
mod trees;
mod ways;

use std::{collections::HashMap, path::Path, sync::atomic::Ordering::Relaxed};

use super::{Levels, Scan, collect::Collected, inside};
use crate::{
    error::Error,
    git::Repo,
    model::{Count, Coverage, Problem, Problems, Report},
    objects::{self, Kind, Outcome, Progress},
};
use earlier::Earlier;

/// How to sweep.
#[derive(Clone, Copy, Default)]
pub struct HistoryOptions<'p> {
    /// Report what no ref reaches, too.
    pub unreachable: bool,
    /// Scan every object whole: slower, and must find the same.
    pub exhaustive: bool,
    /// Where to count, and to look whether to stop.
    pub progress: Option<&'p Progress>,
    /// Where an earlier sweep wrote what need not be read again, and this one will.
    pub since: Option<&'p Path>,
}

/// An object's name, as a key: 16 bytes of it, which nobody can make two objects share.
type Key = u128;

fn key(id: &gix::oid) -> Key {
    Key::from_le_bytes(id.as_bytes()[..16].try_into().expect("a name has 20 bytes or more"))
}

/// Keys are hashes already.
type KeyMap<V> = HashMap<Key, V, std::hash::BuildHasherDefault<KeyHasher>>;
type KeySet = std::collections::HashSet<Key, std::hash::BuildHasherDefault<KeyHasher>>;

/// Pairs of small numbers, which are given here and mean nothing elsewhere.
type PairMap<V> = HashMap<(u32, u32), V, std::hash::BuildHasherDefault<KeyHasher>>;
type PairSet = std::collections::HashSet<(u32, u32), std::hash::BuildHasherDefault<KeyHasher>>;

#[derive(Default)]
struct KeyHasher(u64);

impl std::hash::Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        // Nothing comes here but by the two below; anything else is mixed poorly but rightly.
        self.0 = bytes.iter().fold(self.0, |hash, &byte| hash.rotate_left(8) ^ u64::from(byte));
    }

    fn write_u128(&mut self, key: u128) {
        self.0 = key as u64 ^ (key >> 64) as u64;
    }

    fn write_u32(&mut self, number: u32) {
        self.0 = (self.0.rotate_left(32) ^ u64::from(number)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

/// Sweeps a repository's history.
pub fn history(scan: Scan, repo: &Repo, options: HistoryOptions) -> Result<Report, Error> {
    let mut problems = Problems::default();
    let [first, more @ ..] = repo.object_folders() else { unreachable!("a repository has an object folder") };
    let store = objects::Store::open(first, more, repo.hash());
    let mut plan = None;
    let refs = rayon::in_place_scope(|scope| {
        scope.spawn(|_| plan = Some(objects::Plan::new(&store)));
        repo.refs(&mut |problem| problems.add(problem))
    })?;
    let plan = plan.expect("it was made");
    let shallow = repo.shallow()?;

    let earlier = options.since.map(|file| Earlier::read(file, decided_by(&scan).as_bytes())).transpose()?;
    let sweep_options = objects::Options { progress: options.progress, ..objects::Options::default() };
    let visitor = blobs::Visitor::new(&scan, options.exhaustive, options.progress, earlier.as_ref());
    let outcome = objects::sweep(&plan, &visitor, &sweep_options);
    let mut coverage = Coverage::default();
    note(&outcome, &mut coverage, &mut problems);
    let stopped = outcome.stopped;
    coverage.examined = Some(visitor.looked.load(Relaxed));
    let mut scanned = scanned::Scanned::join(outcome.workers);
    if let Some(earlier) = &earlier {
        let met = earlier.met();
        coverage.earlier = met.len() as u64;
        coverage.blobs.asked += coverage.earlier;
        coverage.blobs.read += coverage.earlier;
        scanned.present.extend(met);
        // Nothing was found in it, but it may not be what its name says, or not have been read to its end.
        let faulty: KeySet = outcome.faulty.iter().map(|id| key(id)).collect();
        earlier.write(scanned.clean.drain(..).filter(|blob| !faulty.contains(blob)))?;
    }

    let visitor = trees::Visitor::new(&scan, &scanned, repo.hash());
    let sweep_options = objects::Options { progress: None, ..sweep_options };
    let (order, (trees, outcome)) = rayon::join(
        || order::Order::of(&scanned, &refs, &shallow),
        || {
            let mut outcome = objects::sweep(&plan, &visitor, &sweep_options);
            let workers = std::mem::take(&mut outcome.workers);
            (trees::Trees::join(workers, visitor), outcome)
        },
    );
    note(&outcome, &mut coverage, &mut problems);

    let (graph, tellings) = graph::Graph::new(&mut scanned, &trees, order, scan.levels);
    coverage.refs = graph.refs;
    if !stopped {
        problems.extend(graph.problems.iter().cloned());
    }
    let mut collected = Collected::default();
    let [asked, read, members] = scanned.containers;
    coverage.containers = Count { asked, read };
    coverage.members = members;
    for (id, problems) in &scanned.unopened {
        collected.unopened.extend(inside::unopened_in(&format!("object {id}"), problems));
    }
    let swept =
        told::Swept { scanned: &scanned, graph: &graph, trees: &trees, refs: &refs, tellings: &tellings };
    // What was not read may be what reaches a finding, so a sweep that was stopped tells all, and no history.
    told::tell(&scan, repo, swept, options.unreachable || stopped, &mut collected, &mut problems);
    if stopped {
        collected.histories.clear();
    }

    // Millions of small things are freed while the report is made.
    rayon::spawn(move || drop((graph, trees, scanned, tellings)));
    let mut report = collected.into_report(scan, true, problems);
    report.scanned = "history".to_owned();
    report.coverage = coverage;
    Ok(report)
}

/// All that decides what is found in a blob. Two builds of one version may read differently, so their sources count.
fn decided_by(scan: &Scan) -> String {
    let Scan { scanner, levels: Levels { confidence, severity, .. }, limits, .. } = scan;
    let sources = env!("LEAKGATE_SOURCES");
    format!("{sources} {} {confidence:?} {severity:?} {limits:?}", scanner.pack().hash())
}

/// Adds what a sweep visited, and what it could not.
fn note<W>(outcome: &Outcome<W>, coverage: &mut Coverage, problems: &mut Problems) {
    let counts = [
        (&mut coverage.commits, Kind::Commit),
        (&mut coverage.trees, Kind::Tree),
        (&mut coverage.blobs, Kind::Blob),
        (&mut coverage.tags, Kind::Tag),
    ];
    for (count, kind) in counts {
        let visited = outcome.tally.of(kind);
        count.asked += visited.objects;
        count.read += visited.objects;
        coverage.bytes.asked += visited.bytes;
        coverage.bytes.read += visited.bytes;
    }
    for problem in &outcome.problems {
        let lost =
            if problem.lost > 1 { format!(" ({} objects not read)", problem.lost) } else { String::new() };
        problems.add(Problem::new(problem.what.clone(), format!("{}{lost}", problem.why)));
    }
    if outcome.stopped {
        problems.add(Problem::new("the sweep", "stopped before its end"));
    }
}
