//! Git's delta instructions: checked before anything is allocated, applied, and shown to visitors as pieces.
//!
//! Knows nothing of packs. A delta that passed [`Delta::parse`] cannot read outside its base nor write past its result.

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
                (
                    Some(Piece::Copy { from, len }),
                    Piece::Copy {
                        from: next,
                        len: more,
                    },
                ) if from + len == next => Some(Piece::Copy {
                    from,
                    len: len + more,
                }),
                (done, op) => {
                    self.next = Some(op);
                    return done;
                }
            };
        }
        piece
    }
}

/// A delta whose every instruction was found to hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Delta<'a> {
    ops: &'a [u8],
    pub(super) result: usize,
}

impl<'a> Delta<'a> {
    /// Check `bytes` as a delta against a base of `base_len` bytes.
    pub(super) fn parse(bytes: &'a [u8], base_len: usize) -> Result<Self, Fault> {
        let (sizes, ops) = Sizes::parse(bytes)?;
        sizes.fit(base_len as u64)?;
        let mut made = 0u64;
        for op in (Ops { rest: ops }) {
            made += match op? {
                Op::Copy { from, len } if from + len > base_len => return Err(Fault::Bounds),
                Op::Copy { len, .. } => len as u64,
                Op::Insert(bytes) => bytes.len() as u64,
            };
        }
        if made != sizes.result {
            return Err(Fault::ResultSize);
        }
        let result = usize::try_from(made).map_err(|_| Fault::ResultSize)?;
        Ok(Self { ops, result })
    }

    pub(super) fn pieces(self) -> Pieces<'a> {
        Pieces {
            ops: Ops { rest: self.ops },
            next: None,
        }
    }

    /// Write the object into `out`, which is exactly `self.result` long.
    pub(super) fn apply(self, base: &[u8], mut out: &mut [u8]) -> Result<(), Fault> {
        for op in (Ops { rest: self.ops }) {
            let from = match op? {
                Op::Copy { from, len } => base.get(from..from + len).ok_or(Fault::Bounds)?,
                Op::Insert(bytes) => bytes,
            };
            let (here, rest) = out
                .split_at_mut_checked(from.len())
                .ok_or(Fault::ResultSize)?;
            here.copy_from_slice(from);
            out = rest;
        }
        if out.is_empty() {
            Ok(())
        } else {
            Err(Fault::ResultSize)
        }
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
        if self.base == base_len {
            Ok(())
        } else {
            Err(Fault::BaseSize)
        }
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

/// What the first byte of an instruction says.
pub(super) enum Lead {
    /// A copy whose arguments are in this many following bytes.
    Copy(usize),
    Insert(usize),
}

impl Lead {
    pub(super) fn of(byte: u8) -> Result<Self, Fault> {
        match byte {
            0 => Err(Fault::Instructions),
            1..0x80 => Ok(Self::Insert(byte.into())),
            _ => Ok(Self::Copy((byte & 0x7f).count_ones() as usize)),
        }
    }
}

/// Where a copy instruction copies from: four bytes of offset and three of length, those that are zero left out.
pub(super) fn copy_range(lead: u8, args: &[u8]) -> Range<usize> {
    let mut args = args.iter();
    let mut take = |bits: Range<u32>| {
        bits.clone().fold(0u64, |value, bit| match lead >> bit & 1 {
            0 => value,
            _ => value | u64::from(*args.next().unwrap_or(&0)) << (8 * (bit - bits.start)),
        }) as usize
    };
    let from = take(0..4);
    let len = match take(4..7) {
        0 => 0x10000,
        len => len,
    };
    from..from.saturating_add(len)
}

/// The instructions one by one; ends after the first broken one.
#[derive(Debug, Clone)]
struct Ops<'a> {
    rest: &'a [u8],
}

impl<'a> Ops<'a> {
    fn step(&mut self) -> Option<Result<Op<'a>, Fault>> {
        let (&lead, rest) = self.rest.split_first()?;
        let (args, kind) = match Lead::of(lead) {
            Ok(Lead::Copy(args)) => (args, true),
            Ok(Lead::Insert(len)) => (len, false),
            Err(fault) => return Some(Err(fault)),
        };
        let Some((args, rest)) = rest.split_at_checked(args) else {
            return Some(Err(Fault::Instructions));
        };
        self.rest = rest;
        Some(Ok(if kind {
            let range = copy_range(lead, args);
            Op::Copy {
                from: range.start,
                len: range.end - range.start,
            }
        } else {
            Op::Insert(args)
        }))
    }
}

impl<'a> Iterator for Ops<'a> {
    type Item = Result<Op<'a>, Fault>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let op = self.step();
        if matches!(op, Some(Err(_))) {
            self.rest = &[];
        }
        op
    }
}
