//! Reads every object of a git object store about as fast as its packs can be unpacked.
//!
//! A pack says what is new in an object: most are deltas, which copy from a base and insert a little. [`sweep`] walks
//! each family of deltas from its base on, so that every object is built once from bytes at hand, and tells the
//! [`Visitor`] where each piece of an object came from, so that it need look at what is new only: what it learned of
//! the base it has handed on as `State`.
//!
//! **Promises.** Each wanted object of the store is visited exactly once, however many copies there are, in no stated
//! order but bases first; or a [`Problem`] names why it was not, and [`Outcome::lost`] counts it. Objects that are only
//! needed as a base of others come marked [`Object::base_only`]. Nothing in the repository makes it panic, hang, or
//! use memory beyond the bound below; it never writes there, and runs nothing.
//!
//! **Memory** beside the mapped packs: some 30 bytes an object; [`Options::budget`] for bases that wait for more than
//! one object; and for each thread the object at hand, its base and its delta, none larger than [`Options::huge`].
//! What is larger is streamed, and kept in unnamed temporary files while others are built on it, as are bases beyond
//! the budget. Nothing is allocated because a header claims it: sizes must be possible for the compressed bytes that
//! are there, and deltas are checked to make what they state.
//!
//! **Not promised.** That packed objects have the hash they are named by, unless [`Options::verify`] asks: zlib's
//! Adler-32 and the index's CRC-32 are checked, and a visitor sees what git would show under that name. Loose objects,
//! which no index vouches for, are always hashed. Time is linear in what
//! the deltas make, which a hostile pack can make much: [`Progress::stop`] is looked at before each object. An object
//! whose first copy is broken counts as lost even if there is another. Where temporary files lie in memory (tmpfs),
//! what is kept in them is memory too.
//!
//! Knows git's storage only: nothing of commits, paths, patterns or findings.

mod buffer;
mod copies;
mod delta;
mod forest;
mod inflate;
mod pack;
mod plan;
mod problem;
mod spool;
mod store;
mod sweep;
mod walk;

#[cfg(test)]
mod tests;

pub use delta::{Piece, Pieces};
pub use gix::{hash::oid, objs::Kind};
pub use plan::Plan;
pub use problem::Problem;
pub use store::Store;
pub use sweep::sweep;

use gix::hash::ObjectId;
use std::{
    io::Read,
    sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
};

/// An object, all but its bytes.
#[derive(Debug, Clone, Copy)]
pub struct Object<'a> {
    /// Its name.
    pub id: &'a oid,
    /// Commit, tree, blob or tag.
    pub kind: Kind,
    /// It is visited elsewhere, or already known, and is shown only so that its state can be handed to what is built
    /// on it: not to be counted, nor reported.
    pub base_only: bool,
}

/// The object on which another is built.
#[derive(Debug)]
pub struct Base<'a, S> {
    /// All of its bytes.
    pub bytes: &'a [u8],
    /// What the visitor returned for it.
    pub state: &'a S,
}

impl<S> Clone for Base<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Base<'_, S> {}

/// What is done with the objects.
pub trait Visitor: Sync {
    /// What an object hands to those built on it. Dropped when the last of them was visited.
    type State: Send + Sync;
    /// What a thread keeps from one object to the next: results, and memory to use again.
    type Worker: Send;

    /// Begin one thread's work. [`Outcome::workers`] has what became of it.
    fn worker(&self) -> Self::Worker;

    /// Whether objects of that kind are visited. The others are not even inflated: deltas are among one kind.
    fn wants(&self, kind: Kind) -> bool;

    /// Whether that object need not be visited again. It may be all the same, as [`Object::base_only`].
    fn known(&self, _id: &oid) -> bool {
        false
    }

    /// An object of which only its bytes are known: stored whole, or built on one that was [`huge`](Self::huge).
    fn whole(&self, worker: &mut Self::Worker, object: Object<'_>, bytes: &[u8]) -> Self::State;

    /// An object built on `base`, whose `pieces` in order are exactly `bytes`.
    fn delta(
        &self,
        worker: &mut Self::Worker,
        object: Object<'_>,
        bytes: &[u8],
        base: Base<'_, Self::State>,
        pieces: Pieces<'_>,
    ) -> Self::State;

    /// An object of `size` bytes, more than [`Options::huge`]. It need not be read to its end. Should reading fail, the
    /// sweep says why and counts the object as lost, whatever the visitor made of it.
    fn huge(&self, worker: &mut Self::Worker, object: Object<'_>, size: u64, bytes: &mut dyn Read);
}

/// How to sweep.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    /// Objects of more bytes than this are streamed.
    pub huge: u64,
    /// How many bytes of bases may wait in memory because more than one object needs them.
    pub budget: usize,
    /// Check entries against the CRC-32 in the pack's index. Costs next to nothing.
    pub crc: bool,
    /// Check that objects have the hash they are named by. Costs three times what all else does.
    pub verify: bool,
    /// Where to count, and to look whether to stop.
    pub progress: Option<&'a Progress>,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self { huge: 64 << 20, budget: 128 << 20, crc: true, verify: false, progress: None }
    }
}

impl Options<'_> {
    fn stopped(&self) -> bool {
        self.progress.is_some_and(|p| p.stop.load(Relaxed))
    }
}

/// How far a sweep is, for others to watch, and a way to end it.
#[derive(Debug, Default)]
pub struct Progress {
    /// How many objects there are to visit; zero until that is known. Too many by loose objects not of a wanted kind.
    pub total: AtomicU64,
    /// How many were visited.
    pub objects: AtomicU64,
    /// Their bytes.
    pub bytes: AtomicU64,
    /// Whatever the visitor counts here.
    pub found: AtomicU64,
    /// Set to end the sweep soon; its outcome then says that it was stopped.
    pub stop: AtomicBool,
}

/// Objects and their bytes.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// How many.
    pub objects: u64,
    /// How long altogether.
    pub bytes: u64,
}

impl Count {
    fn add(&mut self, other: Self) {
        self.objects += other.objects;
        self.bytes += other.bytes;
    }
}

/// What was visited.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    kinds: [Count; 4],
    base_only: Count,
}

impl Tally {
    /// What was visited of that kind.
    pub fn of(&self, kind: Kind) -> Count {
        self.kinds[index(kind)]
    }

    /// What was visited of all kinds.
    pub fn all(&self) -> Count {
        self.kinds.iter().fold(Count::default(), |mut sum, count| {
            sum.add(*count);
            sum
        })
    }

    /// What was shown as a base only, and is not in the other counts.
    pub fn base_only(&self) -> Count {
        self.base_only
    }

    fn add(&mut self, kind: Kind, wanted: bool, bytes: u64) {
        let count = if wanted { &mut self.kinds[index(kind)] } else { &mut self.base_only };
        count.add(Count { objects: 1, bytes });
    }

    fn merge(&mut self, other: &Self) {
        self.kinds.iter_mut().zip(other.kinds).for_each(|(mine, other)| mine.add(other));
        self.base_only.add(other.base_only);
    }
}

fn index(kind: Kind) -> usize {
    match kind {
        Kind::Commit => 0,
        Kind::Tree => 1,
        Kind::Blob => 2,
        Kind::Tag => 3,
    }
}

/// What a sweep came to.
#[derive(Debug)]
pub struct Outcome<W> {
    /// What the threads made, in no particular order.
    pub workers: Vec<W>,
    /// What was visited.
    pub tally: Tally,
    /// Everything that went wrong, in a stated order: the store's own problems, then by file.
    pub problems: Vec<Problem>,
    /// Wanted objects that were not visited because they, or what they are built on, are broken.
    pub lost: u64,
    /// Objects with something wrong: lost, or visited and not to be relied on.
    pub faulty: Vec<ObjectId>,
    /// Whether it was ended by [`Progress::stop`].
    pub stopped: bool,
}
