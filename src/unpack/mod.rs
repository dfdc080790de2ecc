//! Opens containers and hands every member to a [`Visitor`], nested to a depth, within budgets.
//!
//! What something is, is told by its first bytes, never by its name. Nothing is written to disk, and no name in a
//! container is ever used as one: `../../etc/passwd` is a word like any other.
//!
//! **Promises.** Whatever the input, it ends, does not panic, takes time linear in the bytes that go in and come out,
//! and memory of no more than 256 MiB. Nothing is allocated or believed because a header claims it. What was not opened or
//! not read to its end is told by [`Visitor::closed`]: encrypted, damaged, lying, of an unsupported kind, or over a
//! budget, which is named. Reading goes on after that wherever there is a way. The answers do not depend on the
//! clock, unless [`Limits::time`] asks for it.
//!
//! **What the visitor sees** are members that are no containers. What has to be held in memory to be read
//! ([`Kind::seeks`]) is besides that a member itself, raw, if it stands inside something else: so trailing bytes, gaps,
//! and what its tables do not list are seen too. The raw bytes of the outermost container are the caller's to scan.
//! Of a stream that breaks, the undecoded rest is a member as well. PDF, SQLite and class files give text.
//!
//! **Depth** counts containers around a member. An archive right inside a compressed stream (`.tar.gz`) is one with it.
//!
//! Knows bytes only: nothing of secrets, patterns, paths or git.

mod ar;
mod budget;
mod class;
mod cpio;
mod kind;
mod pdf;
mod read;
mod rpm;
mod run;
mod seven;
mod sqlite;
mod stream;
mod tar;
mod zip;

#[cfg(test)]
mod tests;

use std::{
    io::{Read, Seek, SeekFrom},
    time::Duration,
};

use bstr::BString;

use budget::Budget;
use run::Run;

pub use kind::{Kind, kind, kind_by_end};

/// What one outermost container may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Decoded bytes, those of all levels together (what is in a `.tar.gz` counts as the tar's and as the member's), give or
    /// take a buffer at each level.
    /// 1 GiB: forges refuse files of more than 100 MB or so, text is packed to a tenth, and it is scanned in seconds.
    pub bytes: u64,
    /// Decoded bytes for each byte of the container, after 16 MiB that are free. For zip, of each entry too.
    pub ratio: u64,
    /// Containers inside one another, the outermost included.
    pub depth: u32,
    /// Members, those of all levels together. 250,000: more than a jar or a kernel tree has.
    pub entries: u64,
    /// Bytes of an inner container that must be held in memory to be read ([`Kind::seeks`]).
    pub nested: u64,
    /// Stop after so long. With it, answers depend on the machine.
    pub time: Option<Duration>,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { bytes: 1 << 30, ratio: 100, depth: 4, entries: 250_000, nested: 64 << 20, time: None }
    }
}

pub trait Input: Read + Seek {}

impl<T: Read + Seek + ?Sized> Input for T {}

pub trait Visitor {
    /// A member that is no container, or a text drawn from one. `path` has the names from the outside in, as they stand.
    /// Reading never fails: it ends early, and [`Visitor::closed`] follows with the same path. It need not be read to its end.
    fn member(&mut self, path: &[BString], bytes: &mut dyn Read);

    /// Something was not opened, or not read to its end. An empty path is the outermost container itself.
    fn closed(&mut self, path: &[BString], why: String);

    /// Asked before each member, and at every MiB that is passed over: stop?
    fn stop(&mut self) -> bool {
        false
    }
}

/// What was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// How often [`Visitor::member`] was called.
    pub members: u64,
    /// Decoded bytes, as [`Limits::bytes`] counts them.
    pub bytes: u64,
}

/// Reads `input`, from its start, as a container of that kind.
pub fn unpack(kind: Kind, input: &mut dyn Input, limits: &Limits, visitor: &mut dyn Visitor) -> Opened {
    let measured = input.seek(SeekFrom::End(0)).and_then(|len| input.rewind().map(|()| len));
    let len = match measured {
        Ok(len) => len,
        Err(error) => {
            visitor.closed(&[], format!("cannot be read: {error}"));
            return Opened { members: 0, bytes: 0 };
        }
    };
    let budget = Budget::new(limits, len);
    let mut run = Run::new(limits, &budget, visitor);
    run.outermost(kind, input, len);
    Opened { members: run.members(), bytes: budget.spent() }
}

/// Reads what cannot be read twice, of a kind that need not be ([`Kind::seeks`]). How large it is, is not known before
/// its end, so [`Limits::ratio`] does not count.
pub fn unpack_stream(kind: Kind, input: &mut dyn Read, limits: &Limits, visitor: &mut dyn Visitor) -> Opened {
    let budget = Budget::new(limits, u64::MAX);
    let mut run = Run::new(limits, &budget, visitor);
    run.outermost_stream(kind, input);
    Opened { members: run.members(), bytes: budget.spent() }
}
