//! Which object is built on which: one forest over all packs and loose objects, planned from entry headers alone.
//!
//! Every object is a node; a delta's base is its parent, be it in the same pack, another one, or loose. Arrays of
//! small integers hold it all: about thirty bytes an object. Nothing is inflated here, nothing a header claims is
//! allocated, and what is not a tree (missing bases, circles) is marked and left out.

mod entries;

use super::{
    Kind, Visitor,
    pack::UNNAMED,
    problem::{Fault, Mark},
    store::Store,
};
use entries::{Entries, NONE, PackPlan, state};
use gix::hash::oid;
use std::{cmp::Reverse, ops::Range};

/// Bytes in the pack of an object that is large.
const LARGE: u64 = 256 << 10;

pub(super) struct Forest<'s> {
    pub(super) store: &'s Store,
    entries: Vec<Entries>,
    first_loose: u32,
    states: Vec<u8>,
    weights: Vec<u32>,
    /// Where each node's kids begin in `kids`; they end where the next node's begin.
    kids_at: Vec<u32>,
    kids: Vec<u32>,
    /// The nodes to begin with: those with no base, and something wanted among them and what is built on them.
    pub(super) roots: Vec<u32>,
    pub(super) marks: Vec<Mark>,
    /// How many objects are wanted.
    pub(super) wanted: u64,
}

/// Where the bytes of a node are.
pub(super) enum Content<'s> {
    Whole { kind: Kind, size: u64, zlib: &'s [u8] },
    Delta { size: u64, zlib: &'s [u8] },
    Loose,
}

impl<'s> Forest<'s> {
    /// Plan the visit of all that `visitor` wants.
    pub(super) fn plan<V: Visitor>(store: &'s Store, visitor: &V) -> Result<Self, Fault> {
        let mut entries = Vec::new();
        let (mut parents, mut states, mut marks, mut distant) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for pack in &store.packs {
            let plan = PackPlan::new(pack, u32::try_from(parents.len()).map_err(|_| Fault::Outside)?);
            parents.extend(plan.parents);
            states.extend(plan.states);
            marks.extend(plan.marks);
            distant.extend(plan.distant);
            entries.push(plan.entries);
        }
        if parents.len() + store.loose.list.len() >= NONE as usize {
            return Err(Fault::Outside);
        }
        let first_loose = parents.len() as u32;
        parents.resize(parents.len() + store.loose.list.len(), NONE);
        states.resize(parents.len(), state::LATER);

        let mut forest = Self {
            store,
            entries,
            first_loose,
            states,
            weights: Vec::new(),
            kids_at: Vec::new(),
            kids: Vec::new(),
            roots: Vec::new(),
            marks,
            wanted: 0,
        };
        for (node, id) in distant {
            match forest.find(&id) {
                Some(base) => parents[node as usize] = base,
                None => forest.break_off(node, Fault::NoBase),
            }
        }
        forest.resolve_kinds(&parents);
        forest.choose(visitor);
        forest.grow(&parents);
        Ok(forest)
    }

    pub(super) fn len(&self) -> usize {
        self.states.len()
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
        self.states[node as usize] & state::WANTED != 0
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
    fn resolve_kinds(&mut self, parents: &[u32]) {
        let mut path = Vec::new();
        for start in 0..self.first_loose {
            let mut node = start;
            let found = loop {
                match self.states[node as usize] {
                    state::DELTA => {
                        self.states[node as usize] = state::CLIMBING;
                        path.push(node);
                        node = parents[node as usize];
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

    /// Mark what is wanted: the first of several copies of an object, of a wanted kind, and not known already.
    fn choose<V: Visitor>(&mut self, visitor: &V) {
        let mut copies = vec![Vec::new(); self.entries.len() + 1];
        if self.entries.len() + usize::from(!self.store.loose.list.is_empty()) > 1 {
            copies = self.store.copies();
        }
        let wants = [Kind::Commit, Kind::Tree, Kind::Blob, Kind::Tag].map(|kind| visitor.wants(kind));
        let wanted = |state: u8| match state {
            state::COMMIT => wants[0],
            state::TREE => wants[1],
            state::BLOB => wants[2],
            state::TAG => wants[3],
            state => state == state::LATER,
        };
        for (number, pack) in self.entries.iter().enumerate() {
            let (store, copies) = (&self.store.packs[number], &copies[number]);
            for (&name, state) in pack.names.iter().zip(&mut self.states[pack.first as usize..]) {
                if wanted(*state)
                    && name != UNNAMED
                    && !copies.get(name as usize).is_some_and(|copy| *copy)
                    && !visitor.known(store.id(name))
                {
                    *state |= state::WANTED;
                    self.wanted += 1;
                }
            }
        }
        let copies = &copies[self.entries.len()];
        let loose = &mut self.states[self.first_loose as usize..];
        for (at, ((id, _), state)) in self.store.loose.list.iter().zip(loose).enumerate() {
            if !copies.get(at).is_some_and(|copy| *copy) && !visitor.known(id) {
                *state |= state::WANTED;
                self.wanted += 1;
            }
        }
    }

    /// What one thread reads by itself for long is begun early, not when all else is done.
    fn large_first(&mut self) {
        let packed = |root: u32| {
            let (pack, at) = self.place(root).ok()?;
            let (from, to) = self.entries[pack].span(at, &self.store.packs[pack]);
            Some(to.saturating_sub(from)).filter(|bytes| *bytes >= LARGE)
        };
        let mut large: Vec<_> = self.roots.iter().filter_map(|&root| Some((packed(root)?, root))).collect();
        large.sort_unstable_by_key(|&(bytes, root)| (Reverse(bytes), root));
        let rest = self.roots.iter().copied().filter(|root| packed(*root).is_none());
        self.roots = large.iter().map(|(_, root)| *root).chain(rest).collect();
    }

    /// Weigh the families and list the kids of each node, heaviest last, and the roots.
    fn grow(&mut self, parents: &[u32]) {
        let len = self.len();
        let parent = |node: usize, states: &[u8]| match states[node] & !state::WANTED {
            state::BROKEN => None,
            _ => Some(parents[node] as usize).filter(|p| *p != NONE as usize),
        };
        // A node passes its weight on once all its kids have; one that was passed over too early follows its last kid.
        let mut waiting = vec![0u32; len];
        self.weights = self.states.iter().map(|state| u32::from(state & state::WANTED != 0)).collect();
        (0..len).filter_map(|node| parent(node, &self.states)).for_each(|p| waiting[p] += 1);
        for start in (0..len).rev() {
            let mut node = start;
            while waiting[node] == 0 {
                waiting[node] = NONE; // done
                let Some(p) = parent(node, &self.states) else {
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
        (0..len).filter(kept).filter_map(|node| parent(node, &self.states)).for_each(|p| at[p] += 1);
        let mut sum = 0;
        for count in &mut at {
            sum += *count;
            *count = sum; // where the node's kids end; filling from behind leaves where they begin
        }
        self.kids = vec![0; sum as usize];
        for node in (0..len).rev().filter(kept) {
            match parent(node, &self.states) {
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
