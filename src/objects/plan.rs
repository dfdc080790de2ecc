//! Where each object lies, and which is built on which: one plan over all packs and loose objects, made from entry
//! headers alone, and the same for every visitor.
//!
//! Every object is a node; a delta's base is its parent, be it in the same pack, another one, or loose. Nothing is
//! inflated here, nothing a header claims is allocated, and what is not a tree (missing bases, circles) is marked.

mod entries;

use super::{
    Kind,
    pack::UNNAMED,
    problem::{Fault, Mark, Problem},
    store::Store,
};
use entries::{Entries, PackPlan};
use gix::hash::oid;

pub(in crate::objects) use entries::{NONE, state};

/// What every sweep of one store begins with.
pub struct Plan<'s> {
    pub(super) store: &'s Store,
    pub(super) entries: Vec<Entries>,
    pub(super) first_loose: u32,
    /// For each node, what it is built on.
    pub(super) parents: Vec<u32>,
    /// For each node, one of `state`.
    pub(super) states: Vec<u8>,
    /// For each pack and last for the loose objects, which are copies of others. Empty where none can be.
    pub(super) copies: Vec<Vec<bool>>,
    pub(super) marks: Vec<Mark>,
    /// What is wrong with the store.
    pub(super) problems: Vec<Problem>,
}

/// Where the bytes of a node are.
pub(super) enum Content<'s> {
    Whole { kind: Kind, size: u64, zlib: &'s [u8] },
    Delta { size: u64, zlib: &'s [u8] },
    Loose,
}

impl<'s> Plan<'s> {
    /// Of a store. One of more than 4 billion objects is a problem, and nothing of it will be visited.
    pub fn new(store: &'s Store) -> Self {
        let mut plan = Self::of_nothing(store);
        if plan.read().is_none() {
            plan = Self::of_nothing(store);
            plan.problems.push(Problem::new("the object store", "more than 4 billion objects"));
        }
        plan
    }

    fn of_nothing(store: &'s Store) -> Self {
        Self {
            store,
            entries: Vec::new(),
            first_loose: 0,
            parents: Vec::new(),
            states: Vec::new(),
            copies: vec![Vec::new()],
            marks: Vec::new(),
            problems: store.problems.clone(),
        }
    }

    /// `None` if there are more objects than numbers for them.
    fn read(&mut self) -> Option<()> {
        let mut distant = Vec::new();
        for pack in &self.store.packs {
            let plan = PackPlan::new(pack, u32::try_from(self.parents.len()).ok()?);
            self.parents.extend(plan.parents);
            self.states.extend(plan.states);
            self.marks.extend(plan.marks);
            distant.extend(plan.distant);
            self.entries.push(plan.entries);
        }
        let loose = self.store.loose.list.len();
        if self.parents.len() + loose >= NONE as usize {
            return None;
        }
        self.first_loose = self.parents.len() as u32;
        self.parents.resize(self.parents.len() + loose, NONE);
        self.states.resize(self.parents.len(), state::LATER);
        for (node, id) in distant {
            match self.find(&id) {
                Some(base) => self.parents[node as usize] = base,
                None => self.break_off(node, Fault::NoBase),
            }
        }
        self.resolve_kinds();
        self.copies = vec![Vec::new(); self.entries.len() + 1];
        if self.entries.len() + usize::from(loose > 0) > 1 {
            self.copies = self.store.copies();
        }
        Some(())
    }

    pub(super) fn len(&self) -> usize {
        self.states.len()
    }

    /// What `node` is built on.
    pub(super) fn parent(&self, node: usize) -> Option<usize> {
        let parent = self.parents[node];
        (self.states[node] != state::BROKEN && parent != NONE).then_some(parent as usize)
    }

    /// The pack of a node and the number of its entry there, or the number of the loose object.
    fn place(&self, node: u32) -> Result<(usize, usize), u32> {
        if node >= self.first_loose {
            return Err(node - self.first_loose);
        }
        let pack = self.entries.partition_point(|e| e.first <= node) - 1;
        Ok((pack, (node - self.entries[pack].first) as usize))
    }

    /// Whether the object lies in a file of its own.
    pub(super) fn is_loose(&self, node: u32) -> bool {
        node >= self.first_loose
    }

    /// The loose object's number, for a node whose content is loose.
    pub(super) fn loose(&self, node: u32) -> u32 {
        node - self.first_loose
    }

    /// The object's id; an entry that no index names has none.
    pub(super) fn id(&self, node: u32) -> Option<&'s oid> {
        let store = self.store;
        match self.place(node) {
            Err(loose) => Some(&store.loose.list[loose as usize].0),
            Ok((pack, at)) => match self.entries[pack].names[at] {
                UNNAMED => None,
                name => Some(store.packs[pack].id(name)),
            },
        }
    }

    pub(super) fn content(&self, node: u32) -> Result<Content<'s>, Fault> {
        let Ok((number, at)) = self.place(node) else {
            return Ok(Content::Loose);
        };
        let pack = &self.store.packs[number];
        let (from, to) = self.entries[number].span(at, pack);
        let entry = pack.entry(from, to).ok_or(Fault::Header)?;
        let (size, zlib) = (entry.decompressed_size, pack.bytes(entry.data_offset, to));
        if !super::inflate::plausible(size, zlib.len() as u64) {
            return Err(Fault::Claim);
        }
        Ok(match entry.header.as_kind() {
            Some(kind) => Content::Whole { kind, size, zlib },
            None => Content::Delta { size, zlib },
        })
    }

    /// Whether the index agrees with the entry's bytes; true if it cannot say.
    pub(super) fn crc_holds(&self, node: u32) -> bool {
        let Ok((number, at)) = self.place(node) else {
            return true;
        };
        let pack = &self.store.packs[number];
        let name = self.entries[number].names[at];
        let (from, to) = self.entries[number].span(at, pack);
        name == UNNAMED || pack.crc(name).is_none_or(|crc| crc == libdeflater::crc32(pack.bytes(from, to)))
    }

    /// Bytes of the node in its pack; none if it is in none.
    pub(super) fn packed(&self, node: u32) -> Option<u64> {
        let (pack, at) = self.place(node).ok()?;
        let (from, to) = self.entries[pack].span(at, &self.store.packs[pack]);
        Some(to.saturating_sub(from))
    }

    /// The pack or the object directory a node is in, and the node by name.
    pub(super) fn describe(&self, node: u32) -> (String, String) {
        match self.place(node) {
            Err(loose) => {
                let directory = self.store.loose.list[loose as usize].1 as usize;
                let directory = self.store.directories[directory].display().to_string();
                (directory, self.store.loose_path(loose).display().to_string())
            }
            Ok((pack, at)) => {
                let file = self.store.packs[pack].path().display().to_string();
                let offset = self.entries[pack].offsets[at];
                let what = match self.id(node) {
                    Some(id) => format!("{file}: object {id} at {offset}"),
                    None => format!("{file}: entry at {offset}"),
                };
                (file, what)
            }
        }
    }

    fn find(&self, id: &oid) -> Option<u32> {
        let packed = self.store.packs.iter().zip(&self.entries).find_map(|(pack, entries)| {
            let at = entries.at(pack.find(id)?)?;
            Some(entries.first + at as u32)
        });
        packed.or_else(|| Some(self.first_loose + self.store.loose.find(id)?))
    }

    fn break_off(&mut self, node: u32, fault: Fault) {
        self.states[node as usize] = state::BROKEN;
        self.marks.push(Mark { node, fault, lost: 1 });
    }

    /// Give every delta the kind of the object at the bottom of its chain.
    fn resolve_kinds(&mut self) {
        let mut path = Vec::new();
        for start in 0..self.first_loose {
            let mut node = start;
            let found = loop {
                match self.states[node as usize] {
                    state::DELTA => {
                        self.states[node as usize] = state::CLIMBING;
                        path.push(node);
                        node = self.parents[node as usize];
                    }
                    state::CLIMBING => break None,
                    kind => break Some(kind),
                }
            };
            if found.is_none() {
                // The circle is what was climbed since `node` was met first; what came before only leads to it.
                while let Some(member) = path.pop() {
                    self.break_off(member, Fault::Cycle);
                    if member == node {
                        break;
                    }
                }
            }
            for node in path.drain(..) {
                match found {
                    Some(kind) if kind != state::BROKEN => self.states[node as usize] = kind,
                    _ => self.break_off(node, Fault::Orphan),
                }
            }
        }
    }
}
