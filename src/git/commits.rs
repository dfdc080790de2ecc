//! Which commits are reachable from some and not from others, children before parents.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashSet},
};

use gix::{ObjectId, objs::Kind};

use super::{Missing, Store, commit_text};
use crate::model::Deadline;

/// A commit as the walk needs it.
#[derive(Clone, Debug)]
pub struct Node {
    pub id: ObjectId,
    pub tree: ObjectId,
    /// Without those that a shallow clone was cut off from.
    pub parents: Vec<ObjectId>,
    pub time: i64,
}

/// Told of a commit whose parents a shallow clone was cut off from.
pub const CUT_OFF: &str = "this clone is shallow: the parents of this commit are not here; \
                           fetch them with `git fetch --unshallow`";

/// Hidden commits looked at beyond the last that could matter by its date, as clocks differ.
const SLOP: usize = 64;

struct State {
    /// `None` if it could not be read.
    node: Option<Node>,
    hidden: bool,
    /// In the heap.
    waits: bool,
}

/// The commits reachable from `tips` but not from `hidden`, children before parents, newest first
/// where free to choose. What the walk cannot read is passed to `missing`.
///
/// The walk goes by dates and stops once only hidden commits are left, so its cost follows the number
/// of new commits. Where clocks were wrong by much it may return commits that are also
/// reachable from `hidden`; it never leaves one out, unless the deadline passes: then it stops where it is.
pub fn reachable(
    store: &Store,
    tips: &[ObjectId],
    hidden: &[ObjectId],
    shallow: &[ObjectId],
    deadline: Deadline,
    missing: &mut dyn FnMut(Missing),
) -> Vec<Node> {
    let cut: HashSet<_> = shallow.iter().copied().collect();
    let mut walk =
        Walk { store, cut, states: ById::default(), heap: BinaryHeap::new(), visible: 0, buffer: Vec::new() };
    for &id in hidden {
        walk.meet(id, true, &mut |_| {});
    }
    for &id in tips {
        walk.meet(id, false, missing);
    }
    walk.run(deadline, missing);
    let visible = walk.states.into_values().filter(|state| !state.hidden);
    topological(visible.filter_map(|state| state.node).collect())
}

struct Walk<'s> {
    store: &'s Store,
    cut: HashSet<ObjectId>,
    states: ById<State>,
    heap: BinaryHeap<(i64, Reverse<ObjectId>)>,
    /// Commits in the heap that are not hidden.
    visible: usize,
    buffer: Vec<u8>,
}

impl Walk<'_> {
    fn run(&mut self, deadline: Deadline, missing: &mut dyn FnMut(Missing)) {
        let mut oldest = i64::MAX;
        let mut slop = 0;
        while let Some((time, Reverse(id))) = self.heap.pop() {
            if deadline.passed() {
                return;
            }
            let state = self.states.get_mut(&id).expect("only met commits are in the heap");
            state.waits = false;
            let hidden = state.hidden;
            let parents = state.node.as_ref().map_or_else(Vec::new, |node| node.parents.clone());
            if hidden {
                slop = if self.visible > 0 || time >= oldest { 0 } else { slop + 1 };
                if slop > SLOP {
                    return;
                }
            } else {
                self.visible -= 1;
                oldest = oldest.min(time);
                if self.cut.contains(&id) {
                    missing(Missing { id, why: CUT_OFF.to_owned() });
                }
            }
            for parent in parents {
                // Behind the boundary nothing is asked for, so nothing can be missing.
                if hidden { self.meet(parent, true, &mut |_| {}) } else { self.meet(parent, false, missing) }
            }
        }
    }

    fn meet(&mut self, id: ObjectId, hidden: bool, missing: &mut dyn FnMut(Missing)) {
        if let Some(state) = self.states.get(&id) {
            if hidden && !state.hidden {
                self.hide(id);
            }
            return;
        }
        let node = match self.read(id) {
            Ok(node) => Some(node),
            Err(error) => {
                missing(error);
                None
            }
        };
        if let Some(node) = &node {
            self.heap.push((node.time, Reverse(id)));
            self.visible += usize::from(!hidden);
        }
        let waits = node.is_some();
        self.states.insert(id, State { node, hidden, waits });
    }

    /// Hides a commit met as visible, and all its ancestors met so far.
    fn hide(&mut self, id: ObjectId) {
        let mut stack = vec![id];
        while let Some(id) = stack.pop() {
            let Some(state) = self.states.get_mut(&id).filter(|state| !state.hidden) else { continue };
            state.hidden = true;
            self.visible -= usize::from(state.waits);
            let Some(node) = &state.node else { continue };
            stack.extend(&node.parents);
        }
    }

    fn read(&mut self, id: ObjectId) -> Result<Node, Missing> {
        let data = self.store.expect(id, Kind::Commit, &mut self.buffer)?;
        let commit = commit_text(data).ok_or_else(|| Missing { id, why: "a broken commit".to_owned() })?;
        let parents = if self.cut.contains(&id) { Vec::new() } else { commit.parents };
        Ok(Node { id, tree: commit.tree, parents, time: commit.time })
    }
}

/// Object ids are hashes already.
pub type ById<V> = gix::hashtable::HashMap<ObjectId, V>;

/// The commits children before parents, newest first among those that are free.
pub fn topological(nodes: Vec<Node>) -> Vec<Node> {
    let places: ById<usize> = nodes.iter().enumerate().map(|(at, node)| (node.id, at)).collect();
    // Of each commit, where the places of its parents begin; and an end.
    let mut begins = Vec::with_capacity(nodes.len() + 1);
    let mut parents = Vec::with_capacity(nodes.len());
    let mut children = vec![0_usize; nodes.len()];
    for node in &nodes {
        begins.push(parents.len());
        parents.extend(node.parents.iter().filter_map(|parent| places.get(parent)));
    }
    begins.push(parents.len());
    parents.iter().for_each(|&parent| children[parent] += 1);
    let entry = |at: usize, node: &Node| (node.time, Reverse(node.id), at);
    let free = nodes.iter().enumerate().filter(|(at, _)| children[*at] == 0);
    let mut free: BinaryHeap<_> = free.map(|(at, node)| entry(at, node)).collect();
    let mut nodes: Vec<_> = nodes.into_iter().map(Some).collect();
    let mut ordered = Vec::with_capacity(nodes.len());
    while let Some((.., at)) = free.pop() {
        ordered.extend(nodes[at].take());
        for &parent in &parents[begins[at]..begins[at + 1]] {
            children[parent] -= 1;
            if children[parent] == 0
                && let Some(node) = &nodes[parent]
            {
                free.push(entry(parent, node));
            }
        }
    }
    // Only commits that are forged come back to themselves; what they lead to is told as well.
    let mut rest: Vec<_> = nodes.into_iter().flatten().collect();
    rest.sort_by_key(|node| (Reverse(node.time), node.id));
    ordered.append(&mut rest);
    ordered
}
