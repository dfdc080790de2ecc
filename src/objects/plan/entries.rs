//! One pack's entries in the order in which they lie, and which is built on which, read from their headers alone.
//!
//! What the index does not list and some delta is built on is listed too. Looks into no other pack.

use super::super::{
    pack::{Pack, UNNAMED},
    problem::{Fault, Mark},
};
use gix::{hash::ObjectId, odb::pack::data::entry::Header};
use rayon::prelude::*;
use std::collections::BTreeSet;

/// No node.
pub(in crate::objects) const NONE: u32 = u32::MAX;
/// Entries linked in one go by one thread.
const STRIDE: usize = 4096;
/// Offsets beyond this are in no pack.
const LONGEST: u64 = 1 << 50;

/// What is known of a node's kind.
pub(in crate::objects) mod state {
    pub const COMMIT: u8 = 1;
    pub const TREE: u8 = 2;
    pub const BLOB: u8 = 3;
    pub const TAG: u8 = 4;
    /// Of a loose object, read only when it is visited, or of a delta on one.
    pub const LATER: u8 = 5;
    pub const BROKEN: u8 = 6;
    /// That of its base.
    pub const DELTA: u8 = 7;
    /// A delta whose base is just being looked for.
    pub const CLIMBING: u8 = 8;
}

/// A pack's entries in the order of their offsets.
pub(in crate::objects) struct Entries {
    pub(in crate::objects) first: u32,
    pub(super) offsets: Vec<u64>,
    pub(in crate::objects) names: Vec<u32>,
    /// For each stretch of the pack, `1 << shift` bytes long, the first entry that begins in it or later.
    table: Vec<u32>,
    shift: u32,
}

impl Entries {
    fn new(first: u32, offsets: Vec<u64>, names: Vec<u32>) -> Self {
        // Stretches of the pack that hold about two entries each.
        let last = offsets.last().copied().unwrap_or(0).min(LONGEST);
        let shift = (2 * last / offsets.len().max(1) as u64).max(1).ilog2();
        let mut table = Vec::with_capacity((last >> shift) as usize + 2);
        for (at, offset) in offsets.iter().enumerate() {
            let stretch = (offset.min(&last) >> shift) as usize;
            if stretch >= table.len() {
                table.resize(stretch + 1, at as u32);
            }
        }
        table.push(offsets.len() as u32);
        Self { first, offsets, names, table, shift }
    }

    /// The number of the first entry that begins at `offset`.
    pub(super) fn at(&self, offset: u64) -> Option<usize> {
        let stretch = (offset >> self.shift).min(self.table.len().saturating_sub(2) as u64) as usize;
        let from = *self.table.get(stretch)? as usize;
        let to = *self.table.get(stretch + 1)? as usize;
        let at = from + self.offsets[from..to].partition_point(|other| *other < offset);
        (self.offsets.get(at) == Some(&offset)).then_some(at)
    }

    /// From where to where the entry reaches at most: what the index lists is not cut short by what it does not.
    pub(super) fn span(&self, at: usize, pack: &Pack) -> (u64, u64) {
        let from = self.offsets[at];
        let unnamed = self.names[at] == UNNAMED;
        let mut later = self.offsets[at + 1..].iter().zip(&self.names[at + 1..]);
        let to = later.find(|(to, name)| **to != from && (unnamed || **name != UNNAMED));
        (from, to.map_or(u64::MAX, |(to, _)| *to).min(pack.end()))
    }
}

/// One pack's part of the forest.
pub(super) struct PackPlan {
    pub(super) entries: Entries,
    pub(super) parents: Vec<u32>,
    pub(super) states: Vec<u8>,
    pub(super) marks: Vec<Mark>,
    /// Deltas whose base is not in this pack.
    pub(super) distant: Vec<(u32, ObjectId)>,
}

/// What linking some entries found out besides.
#[derive(Default)]
struct Links {
    marks: Vec<Mark>,
    distant: Vec<(u32, ObjectId)>,
    /// Offsets of bases that are no entry the index lists.
    unlisted: Vec<u64>,
}

impl PackPlan {
    pub(super) fn new(pack: &Pack, first: u32) -> Self {
        let listed: Vec<_> = (0..pack.len()).map(|name| (pack.offset(name), name)).collect();
        let count = listed.len();
        let mut plan = Self::sorted(listed, first);
        let links = plan.link(pack);
        if links.unlisted.is_empty() {
            return plan.done(links);
        }
        let mut extra = BTreeSet::new();
        for offset in links.unlisted {
            plan.entries.chase(pack, offset, &mut extra, count + 1024);
        }
        let listed = plan.entries.offsets.iter().copied().zip(plan.entries.names.iter().copied());
        let mut plan =
            Self::sorted(listed.chain(extra.into_iter().map(|offset| (offset, UNNAMED))).collect(), first);
        let links = plan.link(pack);
        plan.done(links)
    }

    fn sorted(mut listed: Vec<(u64, u32)>, first: u32) -> Self {
        listed.par_sort_unstable();
        let (offsets, names): (Vec<_>, Vec<_>) = listed.into_iter().unzip();
        let (parents, states) = (vec![NONE; names.len()], vec![state::BROKEN; names.len()]);
        let entries = Entries::new(first, offsets, names);
        Self { entries, parents, states, marks: Vec::new(), distant: Vec::new() }
    }

    fn done(mut self, links: Links) -> Self {
        (self.marks, self.distant) = (links.marks, links.distant);
        self
    }

    /// Read all headers, in the order they lie in the pack.
    fn link(&mut self, pack: &Pack) -> Links {
        let entries = &self.entries;
        let stretches =
            self.parents.par_chunks_mut(STRIDE).zip(self.states.par_chunks_mut(STRIDE)).enumerate();
        let found: Vec<Links> = stretches
            .map(|(stretch, (parents, states))| {
                let mut links = Links::default();
                for (at, (parent, state)) in parents.iter_mut().zip(states).enumerate() {
                    let at = stretch * STRIDE + at;
                    match entries.link(pack, at, &mut links) {
                        Ok((kind, base)) => (*state, *parent) = (kind, base),
                        Err(fault) => links.mark(entries.first + at as u32, fault, 1),
                    }
                }
                links
            })
            .collect();
        found.into_iter().fold(Links::default(), |mut all, some| {
            all.marks.extend(some.marks);
            all.distant.extend(some.distant);
            all.unlisted.extend(some.unlisted);
            all
        })
    }
}

impl Links {
    fn mark(&mut self, node: u32, fault: Fault, lost: u32) {
        self.marks.push(Mark { node, fault, lost });
    }
}

impl Entries {
    /// The kind and the base of entry `at`.
    fn link(&self, pack: &Pack, at: usize, links: &mut Links) -> Result<(u8, u32), Fault> {
        let node = self.first + at as u32;
        let from = self.offsets[at];
        if at > 0 && self.offsets[at - 1] == from {
            return Err(Fault::Shared); // the first of them is read; looking for the end of each could take for ever
        }
        let (_, to) = self.span(at, pack);
        if from < pack.begin() || from >= pack.end() {
            return Err(Fault::Outside);
        }
        if self.names[at] == UNNAMED && pack.lists_all() {
            links.mark(node, Fault::Unlisted, 0);
        }
        let entry = pack.entry(from, to).ok_or(Fault::Header)?;
        let base = match entry.header {
            Header::Commit => return Ok((state::COMMIT, NONE)),
            Header::Tree => return Ok((state::TREE, NONE)),
            Header::Blob => return Ok((state::BLOB, NONE)),
            Header::Tag => return Ok((state::TAG, NONE)),
            Header::OfsDelta { base_distance } => {
                let offset = entry.checked_base_pack_offset(base_distance).ok_or(Fault::Distance)?;
                match self.at(offset) {
                    Some(base) => base,
                    None => {
                        links.unlisted.push(offset);
                        return Err(Fault::NoBase);
                    }
                }
            }
            Header::RefDelta { base_id } => match pack.find(&base_id).and_then(|offset| self.at(offset)) {
                Some(base) => base,
                None => {
                    links.distant.push((node, base_id));
                    return Ok((state::DELTA, NONE));
                }
            },
        };
        Ok((state::DELTA, self.first + base as u32))
    }

    /// Follow a chain of bases that are not listed, from `offset` down to one that is, or was followed before.
    fn chase(&self, pack: &Pack, mut offset: u64, extra: &mut BTreeSet<u64>, most: usize) {
        while extra.len() < most && self.at(offset).is_none() && extra.insert(offset) {
            let entry = pack.entry(offset, pack.end());
            let base = entry.and_then(|entry| match entry.header {
                Header::OfsDelta { base_distance } => entry.checked_base_pack_offset(base_distance),
                _ => None,
            });
            match base {
                Some(base) => offset = base,
                None => return,
            }
        }
    }
}
