//! A mapped pack and the names of its entries, from its index or from the multi-pack-index that covers it.
//!
//! Checks what can be checked without reading entries; says where an entry is, not what it means.

use super::problem::Problem;
use gix::{
    hash::{Kind, ObjectId, oid},
    odb::pack::{data, index, multi_index},
};
use std::{path::Path, sync::Arc};

/// Entries that no name leads to: bases found by their offset only.
pub(super) const UNNAMED: u32 = u32::MAX;

enum Names {
    Index(Box<index::File>),
    /// The pack's number in it, and for each of our names its position there.
    Multi {
        file: Arc<multi_index::File>,
        number: u32,
        positions: Vec<u32>,
    },
}

pub(super) struct Pack {
    data: data::File,
    names: Names,
}

impl Pack {
    /// Open the pack at `path`, whose index is the file beside it.
    pub(super) fn with_index(path: &Path, hash: Kind, problems: &mut Vec<Problem>) -> Option<Self> {
        let idx = path.with_extension("idx");
        let index =
            index::File::at(&idx, hash).map_err(|e| problems.push(Problem::new(idx.display(), e))).ok()?;
        let data = open(path, hash, problems)?;
        if index.num_objects() != data.num_objects() {
            let why =
                format!("its index has {} objects, the pack {}", index.num_objects(), data.num_objects());
            problems.push(Problem::new(path.display(), why));
        }
        let trailer = data.entry_slice(data.pack_end() as u64..data.data_len() as u64);
        if trailer != Some(index.pack_checksum().as_slice()) {
            problems.push(Problem::new(
                path.display(),
                "its index was made for another pack, or the pack is truncated",
            ));
        }
        let pack = Self { data, names: Names::Index(Box::new(index)) };
        pack.check_order(problems);
        Some(pack)
    }

    /// Open the pack at `path`, which is `number` in `file` and has no index of its own.
    pub(super) fn with_multi_index(
        path: &Path,
        hash: Kind,
        file: &Arc<multi_index::File>,
        number: u32,
        problems: &mut Vec<Problem>,
    ) -> Option<Self> {
        let data = open(path, hash, problems)?;
        let mut positions = Vec::new();
        for position in 0..file.num_objects() {
            match file.pack_id_and_pack_offset_at_index(position) {
                Ok((pack, _)) if pack == number => positions.push(position),
                Ok(_) => {}
                Err(e) => {
                    problems.push(Problem::new(file.path().display(), e));
                    break;
                }
            }
        }
        let pack = Self { data, names: Names::Multi { file: file.clone(), number, positions } };
        pack.check_order(problems);
        Some(pack)
    }

    /// Names out of order are names that nothing finds, not even git.
    fn check_order(&self, problems: &mut Vec<Problem>) {
        if (1..self.len()).any(|name| self.id(name - 1) >= self.id(name)) {
            problems.push(Problem::new(self.path().display(), "its index is not in order"));
        }
    }

    pub(super) fn path(&self) -> &Path {
        self.data.path()
    }

    /// How many names it has.
    pub(super) fn len(&self) -> u32 {
        match &self.names {
            Names::Index(index) => index.num_objects(),
            Names::Multi { positions, .. } => positions.len() as u32,
        }
    }

    /// Whether the names are all there are; a multi-pack-index leaves out what another pack has too.
    pub(super) fn lists_all(&self) -> bool {
        matches!(self.names, Names::Index(_))
    }

    /// The object's id, in ascending order of `name`.
    pub(super) fn id(&self, name: u32) -> &oid {
        match &self.names {
            Names::Index(index) => index.oid_at_index(name),
            Names::Multi { file, positions, .. } => file.oid_at_index(positions[name as usize]),
        }
    }

    pub(super) fn offset(&self, name: u32) -> u64 {
        match &self.names {
            Names::Index(index) => index.pack_offset_at_index(name),
            Names::Multi { file, positions, .. } => file
                .pack_id_and_pack_offset_at_index(positions[name as usize])
                .map_or(u64::MAX, |(_, offset)| offset), // was fine when opened; outside any pack if not
        }
    }

    /// Where the object `id` is in this pack.
    pub(super) fn find(&self, id: &oid) -> Option<u64> {
        match &self.names {
            Names::Index(index) => index.lookup(id).map(|name| index.pack_offset_at_index(name)),
            Names::Multi { file, number, .. } => {
                let (pack, offset) = file.pack_id_and_pack_offset_at_index(file.lookup(id)?).ok()?;
                (pack == *number).then_some(offset)
            }
        }
    }

    /// The CRC-32 the index has for the entry.
    pub(super) fn crc(&self, name: u32) -> Option<u32> {
        match &self.names {
            Names::Index(index) => index.crc32_at_index(name),
            Names::Multi { .. } => None,
        }
    }

    /// Where the first entry begins.
    pub(super) fn begin(&self) -> u64 {
        data::header::SIZE as u64
    }

    /// Where the last entry ends.
    pub(super) fn end(&self) -> u64 {
        self.data.pack_end() as u64
    }

    /// The pack's bytes from `from` to `to`, empty if it has none there.
    pub(super) fn bytes(&self, from: u64, to: u64) -> &[u8] {
        self.data.entry_slice(from..to.min(self.end())).unwrap_or_default()
    }

    /// The header of the entry at `from` that ends before `to`.
    pub(super) fn entry(&self, from: u64, to: u64) -> Option<data::Entry> {
        data::Entry::from_bytes(self.bytes(from, to), from, self.data.object_hash()).ok()
    }
}

fn open(path: &Path, hash: Kind, problems: &mut Vec<Problem>) -> Option<data::File> {
    data::File::at(path, hash).map_err(|e| problems.push(Problem::new(path.display(), e))).ok()
}

/// The loose objects of all directories, in ascending order.
#[derive(Default)]
pub(super) struct Loose {
    /// The object and the number of its directory.
    pub(super) list: Vec<(ObjectId, u32)>,
}

impl Loose {
    pub(super) fn find(&self, id: &oid) -> Option<u32> {
        let at = self.list.partition_point(|(other, _)| other.as_ref() < id);
        self.list.get(at).filter(|(other, _)| *other == id).map(|_| at as u32)
    }
}
