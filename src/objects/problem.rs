//! What the sweep could not read, in words. Nothing is dropped without one of these; floods are folded, with counts.

use std::fmt;

/// One thing that kept the sweep from reading everything.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file, and the object in it, if one is meant.
    pub what: String,
    /// What is wrong with it.
    pub why: String,
    /// Objects that were wanted and not read because of it, as far as they can be counted.
    pub lost: u64,
}

impl Problem {
    pub(super) fn new(what: impl fmt::Display, why: impl fmt::Display) -> Self {
        Self { what: what.to_string(), why: why.to_string(), lost: 0 }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what, self.why)?;
        match self.lost {
            0 => Ok(()),
            1 => write!(f, " (1 object not read)"),
            n => write!(f, " ({n} objects not read)"),
        }
    }
}

/// Why one object could not be read. Small, because a hostile pack can hold millions of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Fault {
    /// The index points outside the pack's entries.
    Outside,
    /// The entry's header cannot be decoded.
    Header,
    /// An ofs-delta points before the pack's first entry or at itself.
    Distance,
    /// An ofs-delta's base is an entry that the index does not list.
    Unlisted,
    /// Two names for one entry.
    Shared,
    /// A ref-delta's base is nowhere.
    NoBase,
    /// A ref-delta leads back to itself.
    Cycle,
    /// Built on an object that has a fault of its own.
    Orphan,
    /// The header claims more bytes than deflate can hold in so few.
    Claim,
    /// The zlib stream is truncated, corrupt, or its checksum is wrong.
    Zlib,
    /// The zlib stream ends before the size in the header.
    Short,
    /// The zlib stream goes on beyond the size in the header.
    Long,
    /// The delta's instructions end in the middle, or use the reserved one.
    Instructions,
    /// The delta was made for a base of another size.
    BaseSize,
    /// The delta copies from beyond its base.
    Bounds,
    /// The delta's instructions make another size than it states.
    ResultSize,
    /// The loose object's header is not `kind size\0`.
    LooseHeader,
    /// The file cannot be read.
    File,
    /// No temporary file could be had or used for what does not fit in memory.
    Spool,
    /// The index has another CRC-32 for the entry.
    Crc,
    /// The content has another hash than the object's name.
    Hash,
    /// The sweep was ended while the object was read.
    Stopped,
}

impl Fault {
    pub(super) fn why(self) -> &'static str {
        match self {
            Self::Outside => "the index points outside the pack",
            Self::Header => "broken entry header",
            Self::Distance => "the base of the delta lies outside the pack",
            Self::Unlisted => "a base of deltas that the index does not list",
            Self::Shared => "the index gives several names to one entry",
            Self::NoBase => "the base of the delta is missing",
            Self::Cycle => "deltas that lead back to themselves",
            Self::Orphan => "built on an object that cannot be read",
            Self::Claim => "claims more bytes than its compressed data can hold",
            Self::Zlib => "corrupt or truncated zlib stream",
            Self::Short => "holds fewer bytes than its header says",
            Self::Long => "holds more bytes than its header says",
            Self::Instructions => "broken delta instructions",
            Self::BaseSize => "delta made for a base of another size",
            Self::Bounds => "delta copies from beyond its base",
            Self::ResultSize => "delta does not make the size it states",
            Self::LooseHeader => "broken loose object header",
            Self::File => "the file cannot be read",
            Self::Spool => "no temporary file for an object too large for memory",
            Self::Crc => "the index has another CRC-32 for it",
            Self::Hash => "its content does not have its hash",
            Self::Stopped => "not read to its end",
        }
    }
}

/// A fault, where it is, and how many wanted objects went with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mark {
    pub(super) node: u32,
    pub(super) fault: Fault,
    pub(super) lost: u32,
}
