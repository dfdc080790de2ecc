//! Which commits refs reach, in order. Needs no trees, so it is found while they are read.

use std::collections::{HashMap, HashSet};

use bstr::BString;
use gix::ObjectId;

use super::scanned::Scanned;
use crate::{
    git::{ById, CUT_OFF, Node, topological},
    model::Problem,
};

/// What refs come to.
#[derive(Default)]
pub struct Order {
    /// Reachable ones, parents before children.
    pub commits: Vec<Node>,
    /// The tags that refs lead through, and those refs.
    pub tags: HashMap<ObjectId, Vec<String>>,
    /// Refs that name a commit.
    pub tips: Vec<(String, ObjectId)>,
    /// Refs that name something else, and what.
    pub others: Vec<(String, ObjectId)>,
    pub problems: Vec<Problem>,
}

impl Order {
    pub fn of(scanned: &Scanned, refs: &[(BString, ObjectId)], shallow: &[ObjectId]) -> Self {
        let mut order = Self::default();
        let commits: ById<_> = scanned.commits.iter().zip(0..).map(|((node, _), at)| (node.id, at)).collect();
        order.follow(scanned, refs, &commits);
        order.walk(scanned, &commits, shallow);
        order
    }

    /// Takes each ref through tags to what it names.
    fn follow(&mut self, scanned: &Scanned, refs: &[(BString, ObjectId)], commits: &ById<u32>) {
        let tags: ById<_> = scanned.tags.iter().map(|(id, target, _)| (*id, *target)).collect();
        for (name, tip) in refs {
            let mut id = *tip;
            let mut steps = 0;
            while let Some(&target) = tags.get(&id).filter(|_| steps <= tags.len()) {
                self.tags.entry(id).or_default().push(name.to_string());
                id = target;
                steps += 1;
            }
            let list = if commits.contains_key(&id) { &mut self.tips } else { &mut self.others };
            list.push((name.to_string(), id));
        }
    }

    /// Puts the commits that refs reach in order.
    fn walk(&mut self, scanned: &Scanned, commits: &ById<u32>, shallow: &[ObjectId]) {
        let cut: HashSet<_> = shallow.iter().copied().collect();
        let mut reached = vec![false; scanned.commits.len()];
        let mut absent = HashSet::new();
        let mut nodes = Vec::new();
        let mut stack: Vec<_> = self.tips.iter().map(|tip| tip.1).collect();
        while let Some(id) = stack.pop() {
            let Some(&at) = commits.get(&id) else {
                if absent.insert(id) {
                    self.problems
                        .push(Problem::new(format!("commit {id}"), "not in the repository, or unreadable"));
                }
                continue;
            };
            if std::mem::replace(&mut reached[at as usize], true) {
                continue;
            }
            let mut node = scanned.commits[at as usize].0.clone();
            if cut.contains(&id) && !node.parents.is_empty() {
                self.problems.push(Problem::new(format!("commit {id}"), CUT_OFF));
                node.parents.clear();
            }
            stack.extend(&node.parents);
            nodes.push(node);
        }
        self.commits = topological(nodes);
        self.commits.reverse();
    }
}
