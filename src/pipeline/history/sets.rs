//! Sets of small numbers, each kept once and named by a number, with unions remembered.

use std::collections::HashMap;

use super::PairMap;

/// A set. The empty one is 0.
pub type Set = u32;

pub const EMPTY: Set = 0;

/// All sets met so far.
pub struct Sets {
    list: Vec<Box<[u32]>>,
    known: HashMap<Box<[u32]>, Set>,
    unions: PairMap<Set>,
}

impl Sets {
    pub fn new() -> Self {
        Self {
            list: vec![Box::default()],
            known: HashMap::from([(Box::default(), EMPTY)]),
            unions: PairMap::default(),
        }
    }

    /// The set of `members`, sorted and each once.
    pub fn of(&mut self, members: &[u32]) -> Set {
        if let Some(&set) = self.known.get(members) {
            return set;
        }
        let set = Set::try_from(self.list.len()).expect("fewer sets than trees and blobs, which are fewer");
        self.list.push(members.into());
        self.known.insert(members.into(), set);
        set
    }

    pub fn members(&self, set: Set) -> &[u32] {
        &self.list[set as usize]
    }

    pub fn union(&mut self, a: Set, b: Set) -> Set {
        if a == b || b == EMPTY {
            return a;
        }
        if a == EMPTY {
            return b;
        }
        let pair = (a.min(b), a.max(b));
        if let Some(&set) = self.unions.get(&pair) {
            return set;
        }
        let mut members = [self.members(a), self.members(b)].concat();
        members.sort_unstable();
        members.dedup();
        let set = self.of(&members);
        self.unions.insert(pair, set);
        set
    }

    /// The members of `set` that none of the others has.
    pub fn only_in(&self, set: Set, others: &[Set]) -> impl Iterator<Item = u32> {
        let mut others: Vec<&[u32]> = others.iter().map(|&other| self.members(other)).collect();
        self.members(set).iter().copied().filter(move |member| {
            !others.iter_mut().any(|other| {
                // All are sorted.
                while other.first().is_some_and(|first| first < member) {
                    *other = &other[1..];
                }
                other.first() == Some(member)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_kept_once() {
        let mut sets = Sets::new();
        let (a, b) = (sets.of(&[1, 3]), sets.of(&[2, 3]));
        let both = sets.union(a, b);
        assert_eq!(sets.members(both), [1, 2, 3]);
        assert_eq!(sets.union(b, a), both);
        assert_eq!(sets.union(both, a), both);
        assert_eq!(sets.union(EMPTY, a), a);
        assert_eq!(sets.of(&[]), EMPTY);
        assert!(sets.members(both).contains(&2) && !sets.members(a).contains(&2));
        let of_two = |set, others: &[Set]| sets.only_in(set, others).collect::<Vec<_>>();
        assert_eq!(of_two(both, &[a]), [2]);
        assert_eq!(of_two(both, &[b, EMPTY]), [1]);
        assert_eq!(of_two(both, &[a, b]), [0; 0]);
        assert_eq!(of_two(both, &[]), [1, 2, 3]);
        assert_eq!(of_two(a, &[both]), [0; 0]);
    }
}
