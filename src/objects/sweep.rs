//! The sweep as a whole: plan, walk, and put together what came of it.

use super::{
    Options, Outcome, Plan, Tally, Visitor,
    forest::Forest,
    problem::{Fault, Mark, Problem},
    walk::Walk,
};
use std::{collections::BTreeMap, sync::atomic::Ordering::Relaxed};

/// Objects named one by one for each fault in a file; the others are counted.
const NAMED: usize = 8;

/// Show every object of the planned store to `visitor`, on the threads of the current rayon pool.
pub fn sweep<V: Visitor>(plan: &Plan<'_>, visitor: &V, options: &Options<'_>) -> Outcome<V::Worker> {
    let forest = Forest::of(plan, visitor);
    if let Some(progress) = options.progress {
        progress.total.store(forest.count(), Relaxed);
    }
    let (mut workers, mut tally, mut marks) = (Vec::new(), Tally::default(), plan.marks.clone());
    for desk in Walk::new(&forest, visitor, options).run() {
        marks.extend(desk.marks);
        tally.merge(&desk.tally);
        workers.push(desk.worker);
    }
    Outcome {
        workers,
        tally,
        lost: marks.iter().map(|mark| u64::from(mark.lost)).sum(),
        faulty: marks.iter().filter_map(|mark| plan.id(mark.node)).map(ToOwned::to_owned).collect(),
        problems: plan.problems.iter().cloned().chain(named(plan, marks)).collect(),
        stopped: options.stopped(),
    }
}

/// The marks in words: for each file and fault the first few, and how many more.
fn named(plan: &Plan<'_>, mut marks: Vec<Mark>) -> Vec<Problem> {
    marks.sort_unstable();
    let mut problems = Vec::new();
    let mut more: BTreeMap<(String, Fault), (usize, Problem)> = BTreeMap::new();
    for mark in marks {
        let (file, what) = plan.describe(mark.node);
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
