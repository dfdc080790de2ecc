//! What of a plan a visitor is shown, as trees: bases at the roots, and what is built on them.
//!
//! Arrays of small integers hold it all: about thirty bytes an object, the plan's included.

use super::{
    Kind, Visitor,
    pack::UNNAMED,
    plan::{Plan, state},
};
use std::{cmp::Reverse, ops::Range};

/// Bytes in the pack of an object that is large.
const LARGE: u64 = 256 << 10;

/// No count: the node was passed.
const PASSED: u32 = u32::MAX;

pub(super) struct Forest<'p> {
    pub(super) plan: &'p Plan<'p>,
    wanted: Vec<bool>,
    weights: Vec<u32>,
    /// Where each node's kids begin in `kids`; they end where the next node's begin.
    kids_at: Vec<u32>,
    kids: Vec<u32>,
    /// The nodes to begin with: those with no base, and something wanted among them and what is built on them.
    pub(super) roots: Vec<u32>,
}

impl<'p> Forest<'p> {
    /// All that `visitor` wants.
    pub(super) fn of<V: Visitor>(plan: &'p Plan<'p>, visitor: &V) -> Self {
        let mut forest = Self {
            plan,
            wanted: vec![false; plan.len()],
            weights: Vec::new(),
            kids_at: Vec::new(),
            kids: Vec::new(),
            roots: Vec::new(),
        };
        forest.choose(visitor);
        forest.grow();
        forest
    }

    /// How many objects are wanted.
    pub(super) fn count(&self) -> u64 {
        self.wanted.iter().filter(|wanted| **wanted).count() as u64
    }

    pub(super) fn kids(&self, node: u32) -> Range<u32> {
        self.kids_at[node as usize]..self.kids_at[node as usize + 1]
    }

    pub(super) fn kid(&self, at: u32) -> u32 {
        self.kids[at as usize]
    }

    /// How many wanted objects the node's family has, itself included.
    pub(super) fn weight(&self, node: u32) -> u32 {
        self.weights[node as usize]
    }

    pub(super) fn wanted(&self, node: u32) -> bool {
        self.wanted[node as usize]
    }

    /// Mark what is wanted: the first of several copies of an object, of a wanted kind, and not known already.
    fn choose<V: Visitor>(&mut self, visitor: &V) {
        let Plan { store, entries, states, copies, .. } = self.plan;
        let wants = [Kind::Commit, Kind::Tree, Kind::Blob, Kind::Tag].map(|kind| visitor.wants(kind));
        let wanted = |state: u8| match state {
            state::COMMIT => wants[0],
            state::TREE => wants[1],
            state::BLOB => wants[2],
            state::TAG => wants[3],
            state => state == state::LATER,
        };
        for (number, pack) in entries.iter().enumerate() {
            let (store, copies) = (&store.packs[number], &copies[number]);
            for (at, &name) in pack.names.iter().enumerate() {
                let node = pack.first as usize + at;
                self.wanted[node] = wanted(states[node])
                    && name != UNNAMED
                    && !copies.get(name as usize).is_some_and(|copy| *copy)
                    && !visitor.known(store.id(name));
            }
        }
        // Nobody knows the kind of a loose object before it is read.
        let first = self.plan.first_loose as usize;
        for (at, (id, _)) in store.loose.list.iter().enumerate().take(states.len() - first) {
            let copy = copies[entries.len()].get(at).is_some_and(|copy| *copy);
            self.wanted[first + at] = !copy && !visitor.known(id);
        }
    }

    /// What one thread reads by itself for long is begun early, not when all else is done.
    fn large_first(&mut self) {
        let large = |root: &u32| self.plan.packed(*root).filter(|bytes| *bytes >= LARGE);
        self.roots.sort_by_cached_key(|root| Reverse(large(root)));
    }

    /// Weigh the families and list the kids of each node, heaviest last, and the roots.
    fn grow(&mut self) {
        let plan = self.plan;
        let len = plan.len();
        // A node passes its weight on once all its kids have; one that was passed over too early follows its last kid.
        let mut waiting = vec![0u32; len];
        self.weights = self.wanted.iter().map(|wanted| u32::from(*wanted)).collect();
        (0..len).filter_map(|node| plan.parent(node)).for_each(|p| waiting[p] += 1);
        for start in (0..len).rev() {
            let mut node = start;
            while waiting[node] == 0 {
                waiting[node] = PASSED;
                let Some(p) = plan.parent(node) else {
                    break;
                };
                self.weights[p] += self.weights[node];
                waiting[p] -= 1;
                if p < start {
                    break;
                }
                node = p;
            }
        }

        let mut at = waiting;
        at.fill(0);
        at.push(0);
        let kept = |node: &usize| self.weights[*node] > 0;
        (0..len).filter(kept).filter_map(|node| plan.parent(node)).for_each(|p| at[p] += 1);
        let mut sum = 0;
        for count in &mut at {
            sum += *count;
            *count = sum; // where the node's kids end; filling from behind leaves where they begin
        }
        self.kids = vec![0; sum as usize];
        for node in (0..len).rev().filter(kept) {
            match plan.parent(node) {
                Some(p) => {
                    at[p] -= 1;
                    self.kids[at[p] as usize] = node as u32;
                }
                None => self.roots.push(node as u32),
            }
        }
        self.roots.reverse();
        self.large_first();
        for pair in at.windows(2) {
            let kids = &mut self.kids[pair[0] as usize..pair[1] as usize];
            if let Some(heaviest) = (0..kids.len()).max_by_key(|at| self.weights[kids[*at] as usize]) {
                kids[heaviest..].rotate_left(1);
            }
        }
        self.kids_at = at;
    }
}
