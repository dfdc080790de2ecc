//! Sets of small numbers, each kept once and named by a number.
//!
//! A set is a list of blocks of 256 bits, and each block is kept once too: thousands of sets that differ in a few
//! members share nearly all of their memory, and joining two looks at blocks, not at members.

use std::{collections::HashMap, sync::Arc};

/// A set. The empty one is 0.
pub type Set = u32;

pub const EMPTY: Set = 0;

/// Bits of a block.
const BITS: u32 = 256;

type Block = [u64; (BITS / 64) as usize];

/// Which of the blocks of all numbers it is, and which content it has.
type Part = (u32, u32);

/// Unions of more sets than this are not remembered: they are of as many folders.
const REMEMBERED: usize = 32;

/// All sets met so far.
#[derive(Default)]
pub struct Sets {
    blocks: Kept<Block>,
    sets: Kept<Arc<[Part]>>,
    unions: HashMap<Vec<Set>, Set>,
}

/// Things, each kept once, by number.
#[derive(Default)]
struct Kept<T> {
    list: Vec<T>,
    known: HashMap<T, u32>,
}

impl<T: Clone + Eq + std::hash::Hash> Kept<T> {
    fn number(&mut self, thing: T) -> u32 {
        let next = u32::try_from(self.list.len()).expect("fewer than trees and blobs, which are fewer");
        let number = *self.known.entry(thing.clone()).or_insert(next);
        if number == next {
            self.list.push(thing);
        }
        number
    }
}

impl Sets {
    pub fn new() -> Self {
        let mut sets = Self::default();
        sets.sets.number(Arc::default());
        sets
    }

    /// The set of `members`, sorted and each once.
    pub fn of(&mut self, members: &[u32]) -> Set {
        let mut parts: Vec<Part> = Vec::new();
        for members in members.chunk_by(|a, b| a / BITS == b / BITS) {
            let mut block = Block::default();
            members.iter().for_each(|member| block[(member % BITS / 64) as usize] |= 1 << (member % 64));
            parts.push((members[0] / BITS, self.blocks.number(block)));
        }
        self.sets.number(parts.into())
    }

    pub fn members(&self, set: Set) -> impl Iterator<Item = u32> {
        self.parts(set).iter().flat_map(|&(at, block)| bits(at, self.blocks.list[block as usize]))
    }

    /// All members of all of them.
    pub fn union(&mut self, mut sets: Vec<Set>) -> Set {
        sets.sort_unstable();
        sets.dedup();
        sets.retain(|set| *set != EMPTY);
        match sets[..] {
            [] => return EMPTY,
            [one] => return one,
            _ => {}
        }
        if let Some(&union) = self.unions.get(&sets) {
            return union;
        }
        let mut parts: Vec<Part> = sets.iter().flat_map(|set| self.parts(*set)).copied().collect();
        parts.sort_unstable();
        parts.dedup();
        let joined: Vec<Part> = parts
            .chunk_by(|a, b| a.0 == b.0)
            .map(|parts| match parts {
                [one] => *one,
                several => {
                    let blocks = several.iter().map(|part| self.blocks.list[part.1 as usize]);
                    let block = blocks.fold(Block::default(), |all, one| join(all, one, |a, b| a | b));
                    (several[0].0, self.blocks.number(block))
                }
            })
            .collect();
        let union = self.sets.number(joined.into());
        if sets.len() <= REMEMBERED {
            self.unions.insert(sets, union);
        }
        union
    }

    /// The members of `set` that none of the others has.
    pub fn only_in(&self, set: Set, others: &[Set]) -> impl Iterator<Item = u32> {
        self.parts(set).iter().flat_map(move |&(at, block)| {
            let own = self.blocks.list[block as usize];
            let others = others.iter().filter_map(|&other| self.block(other, at));
            bits(at, others.fold(own, |left, other| join(left, other, |a, b| a & !b)))
        })
    }

    fn parts(&self, set: Set) -> &[Part] {
        &self.sets.list[set as usize]
    }

    fn block(&self, set: Set, at: u32) -> Option<Block> {
        let parts = self.parts(set);
        let part = parts.binary_search_by_key(&at, |part| part.0).ok()?;
        Some(self.blocks.list[parts[part].1 as usize])
    }
}

fn join(a: Block, b: Block, with: impl Fn(u64, u64) -> u64) -> Block {
    std::array::from_fn(|word| with(a[word], b[word]))
}

/// The members that a block has.
fn bits(at: u32, block: Block) -> impl Iterator<Item = u32> {
    block.into_iter().zip(0..).flat_map(move |(word, nth)| {
        let first = at * BITS + nth * 64;
        let more = |left: &u64| Some(left & (left - 1)).filter(|left| *left != 0);
        std::iter::successors(Some(word).filter(|word| *word != 0), more)
            .map(move |left| first + left.trailing_zeros())
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_set_is_kept_once() {
        let mut sets = Sets::new();
        let (a, b) = (sets.of(&[1, 300]), sets.of(&[2, 300]));
        let both = sets.union(vec![a, b]);
        assert_eq!(sets.union(vec![b, EMPTY, a, a]), both);
        assert_eq!(sets.union(vec![both, a]), both);
        assert_eq!(sets.union(vec![EMPTY, a]), a);
        assert_eq!(sets.of(&[1, 2, 300]), both);
        assert_eq!((sets.of(&[]), sets.union(vec![])), (EMPTY, EMPTY));
    }

    #[test]
    fn joining_many_makes_one_more() {
        let mut sets = Sets::new();
        let single: Vec<Set> = (0..1000).map(|member| sets.of(&[member])).collect();
        let before = sets.sets.list.len();
        sets.union(single);
        assert_eq!(sets.sets.list.len(), before + 1);
    }

    #[test]
    fn they_hold_what_plain_sets_hold() {
        let mut sets = Sets::new();
        let mut state = 7u64;
        let mut below = |bound: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) % bound
        };
        let mut plain: Vec<(Set, BTreeSet<u32>)> = vec![(EMPTY, BTreeSet::new())];
        for _ in 0..200 {
            let bound = [5, 300, 5000][below(3) as usize];
            let members: BTreeSet<u32> = (0..below(40)).map(|_| below(bound) as u32).collect();
            plain.push((sets.of(&members.iter().copied().collect::<Vec<_>>()), members));
        }
        for _ in 0..500 {
            let some: Vec<usize> = (0..below(50)).map(|_| below(plain.len() as u64) as usize).collect();
            let union = sets.union(some.iter().map(|&set| plain[set].0).collect());
            let all: BTreeSet<u32> = some.iter().flat_map(|&set| plain[set].1.iter().copied()).collect();
            assert!(sets.members(union).eq(all.iter().copied()));
            let one = &plain[below(plain.len() as u64) as usize];
            let others: Vec<Set> = some.iter().take(3).map(|&set| plain[set].0).collect();
            let without = |member: &&u32| some.iter().take(3).all(|&set| !plain[set].1.contains(member));
            assert!(sets.only_in(one.0, &others).eq(one.1.iter().filter(without).copied()));
            plain.push((union, all));
        }
    }
}
