//! The sweep as a whole: plan, walk, and put together what came of it.

use super::{
    Options, Outcome, Store, Tally, Visitor,
    forest::Forest,
    problem::{Fault, Mark, Problem},
    walk::Walk,
};
use std::{collections::BTreeMap, sync::atomic::Ordering::Relaxed};

/// Objects named one by one for each fault in a file; the others are counted.
const NAMED: usize = 8;

/// Show every object of the store to `visitor`, on the threads of the current rayon pool.
pub fn sweep<V: Visitor>(store: &Store, visitor: &V, options: &Options<'_>) -> Outcome<V::Worker> {
    let mut problems = store.problems.clone();
    let mut outcome = Outcome {
        workers: Vec::new(),
        tally: Tally::default(),
        problems: Vec::new(),
        lost: 0,
        faulty: Vec::new(),
        stopped: false,
    };
    match Forest::plan(store, visitor) {
        Err(_) => problems.push(Problem::new("the object store", "more than 4 billion objects")),
        Ok(mut forest) => {
            if let Some(progress) = options.progress {
                progress.total.store(forest.wanted, Relaxed);
            }
            let mut marks = std::mem::take(&mut forest.marks);
            for desk in Walk::new(&forest, visitor, options).run() {
                marks.extend(desk.marks);
                outcome.tally.merge(&desk.tally);
                outcome.workers.push(desk.worker);
            }
            outcome.lost = marks.iter().map(|mark| u64::from(mark.lost)).sum();
            let ids = marks.iter().filter_map(|mark| forest.id(mark.node));
            outcome.faulty = ids.map(ToOwned::to_owned).collect();
            problems.extend(named(&forest, marks));
        }
    }
    outcome.problems = problems;
    outcome.stopped = options.stopped();
    outcome
}

/// The marks in words: for each file and fault the first few, and how many more.
fn named(forest: &Forest<'_>, mut marks: Vec<Mark>) -> Vec<Problem> {
    marks.sort_unstable();
    let mut problems = Vec::new();
    let mut more: BTreeMap<(String, Fault), (usize, Problem)> = BTreeMap::new();
    for mark in marks {
        let (file, what) = forest.describe(mark.node);
        let new = || (0, Problem::new(&file, mark.fault.why()));
        // What is built on broken objects is no cause: counted only.
        let (seen, rest) = more.entry((file.clone(), mark.fault)).or_insert_with(new);
        *seen += 1;
        if mark.fault != Fault::Orphan && *seen <= NAMED {
            problems.push(Problem { lost: mark.lost.into(), ..Problem::new(what, mark.fault.why()) });
        } else {
            rest.lost += u64::from(mark.lost);
        }
    }
    for ((_, fault), (seen, problem)) in more {
        match fault {
            Fault::Orphan => problems.push(problem),
            _ if seen > NAMED => {
                let why = format!("{}: {} more", problem.why, seen - NAMED);
                problems.push(Problem { why, ..problem });
            }
            _ => {}
        }
    }
    problems
}
