//! What does not fit in memory: objects kept in temporary files, and deltas applied piecemeal.
//!
//! The files have no name in the file system and are gone with the process, since they hold what was in the repository.

use super::{
    buffer::Buffer,
    delta::{Sizes, copy_range},
    problem::Fault,
};
use std::{
    fs::File,
    io::{self, Read, Write},
};

/// An object in a temporary file.
pub(super) struct Spool {
    file: File,
    pub(super) len: u64,
}

impl Spool {
    pub(super) fn new() -> Result<Self, Fault> {
        Ok(Self { file: tempfile::tempfile().map_err(|_| Fault::Spool)?, len: 0 })
    }

    pub(super) fn of(bytes: &[u8]) -> Result<Self, Fault> {
        let mut spool = Self::new()?;
        spool.add(bytes)?;
        Ok(spool)
    }

    pub(super) fn add(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.file.write_all(bytes).map_err(|_| Fault::Spool)?;
        self.len += bytes.len() as u64;
        Ok(())
    }
}

/// The bytes of an object on which others are built.
pub(super) enum Body {
    Memory(Buffer),
    Spooled(Spool),
}

impl Body {
    pub(super) fn len(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::Spooled(spool) => spool.len,
        }
    }

    /// Fill `out` with the bytes that begin at `from`, which must be there.
    pub(super) fn read_at(&self, from: u64, out: &mut [u8]) -> Result<(), Fault> {
        match self {
            Self::Memory(bytes) => {
                let from = usize::try_from(from).map_err(|_| Fault::Bounds)?;
                let bytes = bytes.get(from..).and_then(|b| b.get(..out.len())).ok_or(Fault::Bounds)?;
                out.copy_from_slice(bytes);
                Ok(())
            }
            Self::Spooled(spool) => read_at(&spool.file, from, out).map_err(|_| Fault::Spool),
        }
    }
}

#[cfg(unix)]
fn read_at(file: &File, from: u64, out: &mut [u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, out, from)
}

#[cfg(windows)]
fn read_at(file: &File, mut from: u64, mut out: &mut [u8]) -> io::Result<()> {
    while !out.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, out, from)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            n => {
                from += n as u64;
                out = &mut out[n..];
            }
        }
    }
    Ok(())
}

/// A reader that knows what is wrong with what it reads.
pub(super) trait Source: Read {
    fn fault(&self) -> Option<Fault>;
}

impl<R: io::BufRead> Source for super::inflate::Stream<R> {
    fn fault(&self) -> Option<Fault> {
        self.fault
    }
}

/// Delta instructions that are in memory, or come from a stream.
impl Source for &[u8] {
    fn fault(&self) -> Option<Fault> {
        None
    }
}

/// An object built while it is read, from its base and its delta's instructions.
pub(super) struct Patch<'b, R> {
    delta: R,
    base: &'b Body,
    /// What the instruction at hand still gives.
    now: Part,
    /// The size the delta states, and what of it is still to come.
    pub(super) size: u64,
    left: u64,
    fault: Option<Fault>,
}

enum Part {
    Copy { from: u64, left: usize },
    Insert { left: usize },
}

impl<'b, R: Source> Patch<'b, R> {
    pub(super) fn new(mut delta: R, base: &'b Body) -> Result<Self, Fault> {
        let mut head = Vec::with_capacity(Sizes::MOST);
        let mut ends = 0;
        while ends < 2 && head.len() < Sizes::MOST {
            let byte = next_byte(&mut delta)?.ok_or(Fault::Instructions)?;
            ends += usize::from(byte & 0x80 == 0);
            head.push(byte);
        }
        let (sizes, _) = Sizes::parse(&head)?;
        sizes.fit(base.len())?;
        let (size, now) = (sizes.result, Part::Insert { left: 0 });
        Ok(Self { delta, base, now, size, left: size, fault: None })
    }

    fn some(&mut self, out: &mut [u8]) -> Result<usize, Fault> {
        loop {
            let most = out.len();
            let made = match &mut self.now {
                Part::Copy { from, left } if *left > 0 => {
                    let made = most.min(*left);
                    self.base.read_at(*from, &mut out[..made])?;
                    *from += made as u64;
                    *left -= made;
                    made
                }
                Part::Insert { left } if *left > 0 => {
                    let made = most.min(*left);
                    if self.delta.read_exact(&mut out[..made]).is_err() {
                        return Err(self.delta.fault().unwrap_or(Fault::Instructions));
                    }
                    *left -= made;
                    made
                }
                _ => match self.instruction()? {
                    Some(part) => {
                        self.now = part;
                        continue;
                    }
                    None if self.left > 0 => return Err(Fault::ResultSize),
                    None => 0,
                },
            };
            self.left = self.left.checked_sub(made as u64).ok_or(Fault::ResultSize)?;
            return Ok(made);
        }
    }

    fn instruction(&mut self) -> Result<Option<Part>, Fault> {
        let Some(lead) = next_byte(&mut self.delta)? else {
            return Ok(None);
        };
        match lead {
            0 => return Err(Fault::Instructions),
            1..0x80 => return Ok(Some(Part::Insert { left: lead.into() })),
            _ => {}
        }
        let mut args = [0; 8];
        for byte in &mut args[..(lead & 0x7f).count_ones() as usize] {
            *byte = next_byte(&mut self.delta)?.ok_or(Fault::Instructions)?;
        }
        let (range, _) = copy_range(lead, args);
        if range.end as u64 > self.base.len() {
            return Err(Fault::Bounds);
        }
        Ok(Some(Part::Copy { from: range.start as u64, left: range.end - range.start }))
    }
}

fn next_byte(delta: &mut impl Source) -> Result<Option<u8>, Fault> {
    let mut byte = [0];
    match delta.read(&mut byte) {
        Ok(0) => Ok(None),
        Ok(_) => Ok(Some(byte[0])),
        Err(_) => Err(delta.fault().unwrap_or(Fault::File)),
    }
}

impl<R: Source> Read for Patch<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if let Some(fault) = self.fault {
            return Err(io::Error::other(fault.why()));
        }
        if out.is_empty() {
            return Ok(0);
        }
        self.some(out).map_err(|fault| {
            self.fault = Some(fault);
            io::Error::other(fault.why())
        })
    }
}

impl<R: Source> Source for Patch<'_, R> {
    fn fault(&self) -> Option<Fault> {
        self.fault
    }
}
