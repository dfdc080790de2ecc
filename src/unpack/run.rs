//! The walk through one outermost container: where it is, what it may still cost, and what becomes of each member.

use std::{
    cell::Cell,
    io::{self, BufRead, Cursor, Read, SeekFrom},
};

use bstr::{BString, ByteSlice};

use super::{
    Input, Limits, Visitor, ar,
    budget::{Body, Budget, Held, Quiet, Share, because, damaged, fill, size, told},
    class::Constants,
    cpio,
    kind::{Kind, kind},
    pdf, rpm, seven, sqlite, stream, tar, zip,
};

/// First bytes of a member that tell its kind.
const HEAD: usize = 512;

/// Bytes that are passed over between two looks at whether to stop.
const STRIDE: u64 = 1 << 20;

pub struct Run<'a> {
    pub limits: &'a Limits,
    pub budget: &'a Budget,
    visitor: &'a mut dyn Visitor,
    path: Vec<BString>,
    /// Containers around what is read now.
    level: u32,
    /// The container is one compressed stream.
    in_stream: bool,
    members: u64,
    entries: u64,
    halted: bool,
}

impl<'a> Run<'a> {
    pub fn new(limits: &'a Limits, budget: &'a Budget, visitor: &'a mut dyn Visitor) -> Run<'a> {
        Run {
            limits,
            budget,
            visitor,
            path: Vec::new(),
            level: 1,
            in_stream: false,
            members: 0,
            entries: 0,
            halted: false,
        }
    }

    pub fn members(&self) -> u64 {
        self.members
    }

    pub fn outermost(&mut self, kind: Kind, input: &mut dyn Input, len: u64) {
        self.in_stream = kind.compresses();
        let done = if kind.seeks() {
            self.seek_in(kind, input, len)
        } else {
            self.stream_of(kind, &mut Source::new(&[], input))
        };
        if let Err(error) = done {
            self.closed(told(&error));
        }
    }

    pub fn outermost_stream(&mut self, kind: Kind, input: &mut dyn Read) {
        self.in_stream = kind.compresses();
        if let Err(error) = self.stream_of(kind, &mut Source::new(&[], input)) {
            self.closed(told(&error));
        }
    }

    /// Something of the container at hand was not read.
    pub fn closed(&mut self, why: impl Into<String>) {
        self.visitor.closed(&self.path, why.into());
    }

    /// A member was not read.
    pub fn closed_member(&mut self, name: &[u8], why: impl Into<String>) {
        if self.enters() {
            self.path.push(name.into());
            self.closed(why);
            self.path.pop();
        }
    }

    /// Name of the container at hand, if it is an inner one.
    pub fn name(&self) -> Option<&[u8]> {
        self.path.last().map(|name| name.as_slice())
    }

    /// Whether to go on; asked in every loop.
    pub fn goes_on(&mut self) -> bool {
        if !self.halted && self.visitor.stop() {
            self.halted = true;
        }
        if !self.halted
            && let Some(why) = self.budget.late()
        {
            let why = why.to_owned();
            self.closed(why);
            self.halted = true;
        }
        !self.halted
    }

    /// Counts one more member, if there may be one.
    fn enters(&mut self) -> bool {
        if !self.goes_on() {
            return false;
        }
        if self.entries == self.limits.entries {
            self.closed(format!("over the budget of {} members", self.limits.entries));
            self.halted = true;
            return false;
        }
        self.entries += 1;
        true
    }

    /// Hands over a member, or what is in it. `share` is what it may cost by itself.
    pub fn member(&mut self, name: &[u8], bytes: &mut dyn Read, share: Option<Share>) {
        self.whole_member(name, bytes, share);
    }

    /// The same; returns whether its bytes came without trouble.
    pub fn whole_member(&mut self, name: &[u8], bytes: &mut dyn Read, share: Option<Share>) -> bool {
        if !self.enters() {
            return false;
        }
        self.path.push(name.into());
        let mut body = Body::new(bytes, self.budget, share);
        let mut head = [0; HEAD];
        let got = fill(&mut body, &mut head);
        let head = &head[..got];
        let was_told = match kind(head) {
            None => {
                self.plain(&mut head.chain(&mut body));
                false
            }
            Some(kind) => self.nested(kind, head, &mut body),
        };
        if !was_told && let Some(why) = body.trouble() {
            self.visitor.closed(&self.path, why.to_owned());
        }
        self.path.pop();
        body.trouble().is_none()
    }

    /// Hands over what is no container, whatever it looks like.
    pub fn plain_member(&mut self, name: &[u8], bytes: &mut dyn Read) {
        if self.enters() {
            self.path.push(name.into());
            let mut body = Body::new(bytes, self.budget, None);
            self.plain(&mut body);
            if let Some(why) = body.trouble() {
                self.visitor.closed(&self.path, why.to_owned());
            }
            self.path.pop();
        }
    }

    /// The same of a text that is at hand.
    pub fn text(&mut self, name: &[u8], mut bytes: &[u8]) {
        self.plain_member(name, &mut bytes);
    }

    fn plain(&mut self, bytes: &mut dyn Read) {
        self.members += 1;
        self.visitor.member(&self.path, &mut Quiet(bytes));
    }

    /// A container inside the one at hand. Returns whether all trouble with its bytes was told.
    fn nested(&mut self, kind: Kind, head: &[u8], body: &mut Body) -> bool {
        // What only gives text has no inside that could go deeper.
        let deeper = !matches!(kind, Kind::Class | Kind::Sqlite) && (!self.in_stream || kind.compresses());
        if deeper && self.level >= self.limits.depth {
            self.closed(format!(
                "over the budget of {} containers inside one another: the {} was not opened",
                self.limits.depth,
                kind.word()
            ));
            self.plain(&mut head.chain(body));
            return false;
        }
        let before = (self.level, self.in_stream);
        self.level += u32::from(deeper);
        self.in_stream = kind.compresses();
        let was_told = if kind.seeks() {
            self.nested_in_memory(kind, head, body);
            false
        } else {
            self.nested_stream(kind, head, body)
        };
        (self.level, self.in_stream) = before;
        was_told
    }

    fn nested_stream(&mut self, kind: Kind, head: &[u8], body: &mut Body) -> bool {
        let mut source = Source::new(head, body);
        match self.stream_of(kind, &mut source) {
            Err(error) => {
                self.closed(told(&error));
                if self.goes_on() {
                    // What could not be decoded may be plain: a mark alone makes no container.
                    source.back();
                    self.plain(&mut source);
                }
                true
            }
            Ok(()) => {
                if !self.halted && source.fill_buf().is_ok_and(|rest| !rest.is_empty()) {
                    self.plain(&mut source);
                }
                false
            }
        }
    }

    fn nested_in_memory(&mut self, kind: Kind, head: &[u8], body: &mut Body) {
        let most = self.limits.nested.min(self.budget.room());
        let Some((bytes, _held)) = self.gather(head, body, most) else { return };
        if bytes.len() as u64 > most {
            self.closed(format!(
                "over the budget of {} for a container inside another: the {} was not opened",
                size(most),
                kind.word()
            ));
            self.plain(&mut bytes.chain(body));
            return;
        }
        self.plain(&mut bytes.as_slice());
        let len = bytes.len() as u64;
        if let Err(error) = self.seek_in(kind, &mut Cursor::new(&bytes), len) {
            self.closed(told(&error));
        }
    }

    /// All bytes, if they are no more than `most`, or else the first of them, and one more than that.
    fn gather(&mut self, head: &[u8], body: &mut Body, most: u64) -> Option<(Vec<u8>, Held<'a>)> {
        let mut bytes = head.to_vec();
        while bytes.len() as u64 <= most {
            if !self.goes_on() {
                return None;
            }
            let want = STRIDE.min(most + 1 - bytes.len() as u64);
            let got = Quiet(&mut *body).take(want).read_to_end(&mut bytes).unwrap_or(0);
            if (got as u64) < want {
                break;
            }
        }
        let held = self.budget.hold((bytes.len() as u64).min(most)).expect("no more than there is room");
        Some((bytes, held))
    }

    fn stream_of(&mut self, kind: Kind, source: &mut Source) -> io::Result<()> {
        match kind {
            Kind::Gzip | Kind::Bzip2 | Kind::Xz | Kind::Zstd => stream::read(self, kind, source),
            Kind::Tar => tar::read(self, source),
            Kind::Ar => ar::read(self, source),
            Kind::Cpio => cpio::read(self, source),
            Kind::Rpm => rpm::read(self, source),
            Kind::Class if self.path.is_empty() => {
                self.member(b"constants", &mut Constants::new(source, false), None);
                Ok(())
            }
            Kind::Class => {
                self.plain(&mut Constants::new(source, true));
                Ok(())
            }
            Kind::Zip | Kind::SevenZip | Kind::Pdf | Kind::Sqlite => unreachable!("these are sought in"),
        }
    }

    fn seek_in(&mut self, kind: Kind, input: &mut dyn Input, len: u64) -> io::Result<()> {
        match kind {
            Kind::Zip => zip::read(self, input, len),
            Kind::SevenZip => seven::read(self, input, len),
            Kind::Pdf => pdf::read(self, input, len),
            Kind::Sqlite => sqlite::read(self, input, len),
            _ => unreachable!("the others are streams"),
        }
    }

    /// Passes over bytes that must be decoded for it, and counts them.
    pub fn pass(&mut self, decoder: &mut dyn Read, bytes: u64) -> io::Result<()> {
        let budget = self.budget;
        self.skip(&mut Body::new(decoder, budget, None), bytes)
    }

    /// Passes over bytes of a stream. Ends early if it is to stop.
    pub fn skip(&mut self, source: &mut dyn Read, bytes: u64) -> io::Result<()> {
        let mut left = bytes;
        while left > 0 && self.goes_on() {
            let want = left.min(STRIDE);
            let got = io::copy(&mut source.take(want), &mut io::sink())?;
            if got < want {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            left -= got;
        }
        Ok(())
    }
}

/// A stream with a buffer, that can look ahead, and step back over what a decoder took and could not use.
pub struct Source<'s> {
    inner: &'s mut dyn Read,
    buffer: Vec<u8>,
    at: usize,
    finished: bool,
}

/// Bytes of a source's buffer.
const BUFFER: usize = 64 << 10;

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
        self.buffer.resize(before.max(BUFFER - HEAD) + HEAD, 0);
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
