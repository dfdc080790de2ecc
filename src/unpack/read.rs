//! Ways to read: ahead and back in a stream, here and there in an input, and never more than was asked for.

use std::{
    cell::Cell,
    io::{self, BufRead, Read, SeekFrom},
};

use bstr::ByteSlice;

use super::{
    Input,
    budget::{because, damaged, fill},
};

/// A stream with a buffer, that can look ahead, and step back over what a decoder took and could not use.
pub struct Source<'s> {
    inner: &'s mut dyn Read,
    buffer: Vec<u8>,
    at: usize,
    finished: bool,
}

/// Bytes of a source's buffer.
const BUFFER: usize = 64 << 10;

/// Bytes that it grows by at least.
const MORE: usize = 512;

impl<'s> Source<'s> {
    pub fn new(head: &[u8], inner: &'s mut dyn Read) -> Source<'s> {
        Source { inner, buffer: head.to_vec(), at: 0, finished: false }
    }

    /// The next bytes: fewer than asked for only at the end.
    pub fn peek(&mut self, len: usize) -> io::Result<&[u8]> {
        while self.buffer.len() - self.at < len {
            self.buffer.drain(..self.at);
            self.at = 0;
            if self.more()? == 0 {
                break;
            }
        }
        let end = self.buffer.len().min(self.at + len);
        Ok(&self.buffer[self.at..end])
    }

    /// To the start of what is still in memory.
    pub fn back(&mut self) {
        self.at = 0;
    }

    /// There is nothing more to see in it.
    pub fn finish(&mut self) {
        self.buffer.clear();
        self.at = 0;
        self.finished = true;
    }

    fn more(&mut self) -> io::Result<usize> {
        if self.finished {
            return Ok(0);
        }
        let before = self.buffer.len();
        self.buffer.resize(before.max(BUFFER - MORE) + MORE, 0);
        let got = loop {
            match self.inner.read(&mut self.buffer[before..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                done => break done,
            }
        };
        self.buffer.truncate(before + *got.as_ref().unwrap_or(&0));
        got
    }
}

impl Read for Source<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut ready = self.fill_buf()?;
        let got = ready.read(buffer)?;
        self.consume(got);
        Ok(got)
    }
}

impl BufRead for Source<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at == self.buffer.len() {
            self.buffer.clear();
            self.at = 0;
            self.more()?;
        }
        Ok(&self.buffer[self.at..])
    }

    fn consume(&mut self, bytes: usize) {
        self.at = (self.at + bytes).min(self.buffer.len());
    }
}

/// So many bytes of a stream; it is an error if there are fewer.
pub struct Exactly<R> {
    inner: R,
    pub left: u64,
}

impl<R: Read> Exactly<R> {
    pub fn new(inner: R, len: u64) -> Exactly<R> {
        Exactly { inner, left: len }
    }
}

impl<R: Read> Read for Exactly<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let want = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let got = self.inner.read(&mut buffer[..want])?;
        if got == 0 && want > 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left -= got as u64;
        Ok(got)
    }
}

/// Remembers the last bytes of what is read.
pub struct Last<R> {
    inner: R,
    bytes: Vec<u8>,
}

impl<R> Last<R> {
    /// More than tell a kind by its end.
    const KEPT: usize = 128 << 10;

    pub fn new(inner: R) -> Last<R> {
        Last { inner, bytes: Vec::new() }
    }

    pub fn last(&self) -> &[u8] {
        &self.bytes
    }
}

impl<R: Read> Read for Last<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = self.inner.read(buffer)?;
        let new = &buffer[got.saturating_sub(Self::KEPT)..got];
        if self.bytes.len() + new.len() > 2 * Self::KEPT {
            self.bytes.drain(..self.bytes.len() - Self::KEPT);
        }
        self.bytes.extend_from_slice(new);
        Ok(got)
    }
}

/// What was last seen of an input that is read here and there.
#[derive(Default)]
pub struct Window {
    at: u64,
    bytes: Vec<u8>,
}

impl Window {
    fn load(&mut self, input: &mut dyn Input, at: u64) -> io::Result<()> {
        self.at = at;
        self.bytes.resize(256 << 10, 0);
        input.seek(SeekFrom::Start(at))?;
        let got = fill(input, &mut self.bytes);
        self.bytes.truncate(got);
        Ok(())
    }

    /// So many bytes from there, if they are there, and no more than a window holds.
    pub fn get(&mut self, input: &mut dyn Input, at: u64, len: usize) -> io::Result<Option<&[u8]>> {
        if at < self.at || at + len as u64 > self.at + self.bytes.len() as u64 {
            self.load(input, at)?;
        }
        let from = (at - self.at) as usize;
        Ok(self.bytes.get(from..from + len))
    }

    /// The next of these marks in a stretch. They begin with the same two bytes.
    pub fn find(
        &mut self,
        input: &mut dyn Input,
        marks: &[&[u8]],
        from: u64,
        to: u64,
    ) -> io::Result<Option<u64>> {
        let longest = marks.iter().map(|it| it.len()).max().unwrap_or(0);
        let first = if let [mark] = marks { mark } else { &marks[0][..2] };
        let mut at = from;
        while at < to {
            let seen = self.at + self.bytes.len() as u64;
            if at < self.at || at + longest as u64 > seen {
                self.load(input, at)?;
            }
            let start = (at - self.at) as usize;
            let here = &self.bytes[start.min(self.bytes.len())..];
            let here = &here[..here.len().min(usize::try_from(to - at).unwrap_or(usize::MAX))];
            let mut seen = 0;
            while let Some(found) = here[seen..].find(first) {
                let found = seen + found;
                if marks.iter().any(|mark| here[found..].starts_with(mark)) {
                    return Ok(Some(at + found as u64));
                }
                seen = found + 1;
            }
            if here.len() < longest {
                break;
            }
            at += (here.len() - longest + 1) as u64;
        }
        Ok(None)
    }
}

/// Counts what is read of a stretch.
pub struct Counted<'i, 'c> {
    pub inner: &'i mut dyn Input,
    pub left: u64,
    pub fed: &'c Cell<u64>,
}

impl Read for Counted<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let want = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let got = self.inner.read(&mut buffer[..want])?;
        self.left -= got as u64;
        self.fed.set(self.fed.get() + got as u64);
        Ok(got)
    }
}

/// Compares what was read with what was stated, at the end.
pub struct Checked<'d> {
    decoder: &'d mut dyn Read,
    sum: crc32fast::Hasher,
    size: u64,
    stated: Option<(u64, u32)>,
}

impl<'d> Checked<'d> {
    /// `stated` are its size and its CRC-32.
    pub fn new(decoder: &'d mut dyn Read, stated: Option<(u64, u32)>) -> Checked<'d> {
        Checked { decoder, sum: crc32fast::Hasher::new(), size: 0, stated }
    }
}

impl Read for Checked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = self.decoder.read(buffer)?;
        self.sum.update(&buffer[..got]);
        self.size += got as u64;
        if got == 0
            && !buffer.is_empty()
            && let Some((size, sum)) = self.stated
        {
            if size != self.size {
                return Err(because(format!("lying header: {size} bytes are stated, it has {}", self.size)));
            }
            if sum != self.sum.clone().finalize() {
                return Err(damaged("its checksum is another"));
            }
        }
        Ok(got)
    }
}
