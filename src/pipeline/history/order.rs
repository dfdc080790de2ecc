//! Which commits refs reach, in order. Needs no trees, so it is found while they are read.

use std::collections::HashSet;

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
    /// The tags that refs lead through.
    pub tags: HashSet<ObjectId>,
    /// Refs that name a tag.
    pub tagged: Vec<(String, ObjectId)>,
    /// Refs that name a commit, by themselves or through tags.
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

    /// Takes each ref through tags to what it names. Each tag is passed once, however many refs lead through it.
    fn follow(&mut self, scanned: &Scanned, refs: &[(BString, ObjectId)], commits: &ById<u32>) {
        let tags: ById<_> = scanned.tags.iter().map(|(id, target, _)| (*id, *target)).collect();
        let mut ends: ById<ObjectId> = ById::default();
        for (name, tip) in refs {
            let mut passed = Vec::new();
            let mut id = *tip;
            let end = loop {
                if let Some(&end) = ends.get(&id) {
                    break end;
                }
                let Some(&target) = tags.get(&id) else { break id };
                // A forged one that comes back to itself leads to no more than a tag.
                ends.insert(id, id);
                passed.push(id);
                id = target;
            };
            ends.extend(passed.into_iter().map(|tag| (tag, end)));
            if tags.contains_key(tip) {
                self.tagged.push((name.to_string(), *tip));
            }
            let list = if commits.contains_key(&end) { &mut self.tips } else { &mut self.others };
            list.push((name.to_string(), end));
        }
        self.tags.extend(ends.into_keys());
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
