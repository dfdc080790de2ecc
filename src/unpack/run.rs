//! The walk through one outermost container: where it is, what it may still cost, and what becomes of each member.

use std::io::{self, BufRead, Cursor, Read};

use bstr::BString;

use super::{
    Input, Limits, Visitor, ar,
    budget::{Body, Budget, Held, Quiet, Share, fill, size, told},
    class::Constants,
    cpio,
    kind::{Kind, kind, kind_by_end},
    pdf,
    read::{Last, Source},
    rpm, seven, sqlite, stream, tar, zip,
};

/// First bytes of a member that tell its kind.
pub const HEAD: usize = 512;

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
            None => self.known_by_its_end(head, &mut body),
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

    /// A member that may end as a container does, and else is none. Returns whether all trouble with its bytes was told.
    fn known_by_its_end(&mut self, head: &[u8], body: &mut Body) -> bool {
        let most = self.limits.nested.min(self.budget.room());
        let Some((bytes, held)) = self.gather(head, body, most) else { return false };
        if bytes.len() as u64 <= most {
            drop(held);
            if let Some(kind) = kind_by_end(&bytes) {
                return self.nested(kind, &bytes, body);
            }
        }
        let mut all = Last::new(bytes.chain(body));
        self.plain(&mut all);
        if bytes.len() as u64 > most
            && let Some(kind) = kind_by_end(all.last())
        {
            self.closed(over_memory(most, kind));
        }
        false
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
            self.closed(over_memory(most, kind));
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

fn over_memory(most: u64, kind: Kind) -> String {
    format!(
        "over the budget of {} for a container inside another: the {} was not opened",
        size(most),
        kind.word()
    )
}
