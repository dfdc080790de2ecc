//! Git's delta instructions: applied without trusting any of their sizes, and shown to visitors as pieces.
//!
//! Knows nothing of packs.

use super::problem::Fault;
use std::ops::Range;

/// Where a part of an object built from a delta comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece {
    /// `len` bytes of the base, beginning at `from`.
    Copy {
        /// Where in the base.
        from: usize,
        /// How many bytes.
        len: usize,
    },
    /// `len` bytes that are new.
    Insert {
        /// How many bytes.
        len: usize,
    },
}

impl Piece {
    /// How many bytes of the object this piece is.
    pub fn len(self) -> usize {
        match self {
            Self::Copy { len, .. } | Self::Insert { len } => len,
        }
    }

    /// Whether the piece holds nothing; [`Pieces`] never yields such.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

/// The pieces of an object in order, covering its bytes exactly.
///
/// Read from the instructions as it goes, so that it costs no memory and may be cloned to look twice. Neighbouring
/// inserts come as one piece, and so do copies that lie side by side in the base: between two pieces there is
/// always a seam.
#[derive(Debug, Clone)]
pub struct Pieces<'a> {
    ops: Ops<'a>,
    next: Option<Piece>,
}

impl Iterator for Pieces<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        let mut piece = self.next.take();
        for op in self.ops.by_ref() {
            let op = match op.ok()? {
                Op::Copy { from, len } => Piece::Copy { from, len },
                Op::Insert(bytes) => Piece::Insert { len: bytes.len() },
            };
            piece = match (piece, op) {
                (None, op) => Some(op),
                (Some(Piece::Insert { len }), Piece::Insert { len: more }) => {
                    Some(Piece::Insert { len: len + more })
                }
                (Some(Piece::Copy { from, len }), Piece::Copy { from: next, len: more })
                    if from + len == next =>
                {
                    Some(Piece::Copy { from, len: len + more })
                }
                (done, op) => {
                    self.next = Some(op);
                    return done;
                }
            };
        }
        piece
    }
}

/// Results up to this long are allocated before the instructions were looked at: [`Delta::apply`] finds out.
const UNPROVEN: usize = 1 << 20;

/// A delta for a base of a known size.
#[derive(Debug, Clone, Copy)]
pub(super) struct Delta<'a> {
    ops: &'a [u8],
    base: usize,
    pub(super) result: usize,
}

impl<'a> Delta<'a> {
    /// Take `bytes` as a delta for a base of `base` bytes, and see that it can make a long result if it states one.
    pub(super) fn parse(bytes: &'a [u8], base: usize) -> Result<Self, Fault> {
        let (sizes, ops) = Sizes::parse(bytes)?;
        sizes.fit(base as u64)?;
        let result = usize::try_from(sizes.result).map_err(|_| Fault::ResultSize)?;
        let delta = Self { ops, base, result };
        if result > UNPROVEN && delta.makes()? != sizes.result {
            return Err(Fault::ResultSize);
        }
        Ok(delta)
    }

    /// How many bytes the instructions make.
    fn makes(self) -> Result<u64, Fault> {
        let mut made = 0;
        for op in (Ops { rest: self.ops }) {
            made += match op? {
                Op::Copy { from, len } if from.saturating_add(len) > self.base => {
                    return Err(Fault::Bounds);
                }
                Op::Copy { len, .. } => len as u64,
                Op::Insert(bytes) => bytes.len() as u64,
            };
        }
        Ok(made)
    }

    /// The pieces; all there are if the delta could be applied.
    pub(super) fn pieces(self) -> Pieces<'a> {
        Pieces { ops: Ops { rest: self.ops }, next: None }
    }

    /// Write the object into `out`, which is exactly `self.result` long.
    pub(super) fn apply(self, base: &[u8], mut out: &mut [u8]) -> Result<(), Fault> {
        for op in (Ops { rest: self.ops }) {
            let from = match op? {
                Op::Copy { from, len } => base.get(from..from.saturating_add(len)).ok_or(Fault::Bounds)?,
                Op::Insert(bytes) => bytes,
            };
            let (here, rest) = out.split_at_mut_checked(from.len()).ok_or(Fault::ResultSize)?;
            here.copy_from_slice(from);
            out = rest;
        }
        if out.is_empty() { Ok(()) } else { Err(Fault::ResultSize) }
    }
}

/// The two sizes a delta opens with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sizes {
    base: u64,
    pub(super) result: u64,
}

impl Sizes {
    /// The longest encoding of both sizes.
    pub(super) const MOST: usize = 20;

    pub(super) fn parse(bytes: &[u8]) -> Result<(Self, &[u8]), Fault> {
        let (base, rest) = varint(bytes)?;
        let (result, rest) = varint(rest)?;
        Ok((Self { base, result }, rest))
    }

    pub(super) fn fit(self, base_len: u64) -> Result<(), Fault> {
        if self.base == base_len { Ok(()) } else { Err(Fault::BaseSize) }
    }
}

fn varint(bytes: &[u8]) -> Result<(u64, &[u8]), Fault> {
    let mut value = 0u64;
    for (at, &byte) in bytes.iter().enumerate().take(Sizes::MOST / 2) {
        let part = u64::from(byte & 0x7f);
        let shifted = part << (7 * at);
        if shifted >> (7 * at) != part {
            break;
        }
        value |= shifted;
        if byte & 0x80 == 0 {
            return Ok((value, &bytes[at + 1..]));
        }
    }
    Err(Fault::Instructions)
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Op<'a> {
    Copy { from: usize, len: usize },
    Insert(&'a [u8]),
}

/// Where a copy instruction copies from, and how many of the bytes behind `lead` say so: there are four bytes of offset
/// and three of length, with those that are zero left out.
#[inline(always)] // a call for each instruction doubles what deltas cost
pub(super) fn copy_range(lead: u8, args: [u8; 8]) -> (Range<usize>, usize) {
    let mut args = u64::from_le_bytes(args);
    let (mut value, mut used) = (0, 0);
    for bit in 0..7 {
        if lead >> bit & 1 == 1 {
            value |= (args & 0xff) << (8 * bit);
            args >>= 8;
            used += 1;
        }
    }
    let (from, len) = (value as u32 as usize, (value >> 32) as usize);
    let len = if len == 0 { 0x10000 } else { len };
    (from..from.saturating_add(len), used)
}

/// The instructions one by one; ends after the first broken one.
#[derive(Debug, Clone)]
struct Ops<'a> {
    rest: &'a [u8],
}

impl<'a> Ops<'a> {
    #[inline(always)]
    fn step(&mut self) -> Option<Result<Op<'a>, Fault>> {
        let (&lead, rest) = self.rest.split_first()?;
        if lead & 0x80 != 0 {
            let args = match rest.first_chunk() {
                Some(args) => *args,
                None => padded(rest),
            };
            let (range, used) = copy_range(lead, args);
            if let Some(after) = rest.get(used..) {
                self.rest = after;
                return Some(Ok(Op::Copy { from: range.start, len: range.end - range.start }));
            }
        } else if lead != 0
            && let Some((bytes, after)) = rest.split_at_checked(lead.into())
        {
            self.rest = after;
            return Some(Ok(Op::Insert(bytes)));
        }
        self.rest = &[];
        Some(Err(Fault::Instructions))
    }
}

/// The last few bytes of a delta, as if more followed.
#[cold]
fn padded(bytes: &[u8]) -> [u8; 8] {
    let mut out = [0; 8];
    out[..bytes.len()].copy_from_slice(bytes);
    out
}

impl<'a> Iterator for Ops<'a> {
    type Item = Result<Op<'a>, Fault>;

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        self.step()
    }
}
