//! What a container may cost, and how that is counted: in bytes that come out, at every level.

use std::{
    cell::Cell,
    fmt,
    io::{self, Read},
    time::Instant,
};

use super::Limits;

/// Decoded bytes that no ratio is asked of.
pub const FREE: u64 = 16 << 20;

/// Memory for inner containers and for the dictionaries of decoders, all levels together.
const MEMORY: u64 = 192 << 20;

/// How often the clock is looked at.
const BEAT: u64 = 1 << 20;

/// A reason in words of our own.
#[derive(Debug)]
struct Reason(String);

impl fmt::Display for Reason {
    fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
        to.write_str(&self.0)
    }
}

impl std::error::Error for Reason {}

pub fn because(why: impl Into<String>) -> io::Error {
    io::Error::other(Reason(why.into()))
}

pub fn damaged(what: &str) -> io::Error {
    because(format!("damaged: {what}"))
}

/// Why reading failed, for people.
pub fn told(error: &io::Error) -> String {
    if let Some(reason) = error.get_ref().and_then(|it| it.downcast_ref::<Reason>()) {
        return reason.0.clone();
    }
    match error.kind() {
        io::ErrorKind::UnexpectedEof => "damaged: it ends too early".to_owned(),
        io::ErrorKind::OutOfMemory => "over the budget of 64 MiB for a decoder's dictionary".to_owned(),
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::Other => {
            format!("damaged: {error}")
        }
        io::ErrorKind::Unsupported => format!("unsupported: {error}"),
        _ => format!("cannot be read: {error}"),
    }
}

/// A size in the largest unit that is exact.
pub fn size(bytes: u64) -> String {
    for (unit, shift) in [("GiB", 30), ("MiB", 20), ("KiB", 10)] {
        if bytes >> shift > 0 && bytes.trailing_zeros() >= shift {
            return format!("{} {unit}", bytes >> shift);
        }
    }
    format!("{bytes} bytes")
}

/// Shared by the readers of all levels.
pub struct Budget {
    most: u64,
    over: String,
    spent: Cell<u64>,
    held: Cell<u64>,
    until: Option<(Instant, String)>,
    next_beat: Cell<u64>,
}

impl Budget {
    pub fn new(limits: &Limits, len: u64) -> Budget {
        let by_ratio = FREE.saturating_add(limits.ratio.saturating_mul(len));
        let (most, over) = if by_ratio < limits.bytes {
            (by_ratio, over_ratio(limits.ratio, len))
        } else {
            (limits.bytes, format!("over the budget of {} decoded in all", size(limits.bytes)))
        };
        let until = limits.time.map(|time| {
            (Instant::now() + time, format!("over the budget of {} seconds", time.as_secs_f64()))
        });
        Budget { most, over, spent: Cell::new(0), held: Cell::new(0), until, next_beat: Cell::new(0) }
    }

    pub fn spent(&self) -> u64 {
        self.spent.get()
    }

    /// The readers of outer levels spend while an inner one reads: by the end of it, more may be spent than there was.
    fn left(&self) -> u64 {
        self.most.saturating_sub(self.spent.get())
    }

    fn spend(&self, bytes: u64) {
        self.spent.set(self.spent.get() + bytes);
    }

    /// The time is over: why.
    pub fn late(&self) -> Option<&str> {
        let (until, why) = self.until.as_ref()?;
        (Instant::now() >= *until).then_some(why)
    }

    fn late_at_a_beat(&self) -> Option<&str> {
        if self.until.is_none() || self.spent.get() < self.next_beat.get() {
            return None;
        }
        self.next_beat.set(self.spent.get() + BEAT);
        self.late()
    }

    /// How much memory may still be held.
    pub fn room(&self) -> u64 {
        MEMORY - self.held.get()
    }

    /// Counts memory as long as what is given back lives.
    pub fn hold(&self, bytes: u64) -> Option<Held<'_>> {
        (bytes <= self.room()).then(|| {
            self.held.set(self.held.get() + bytes);
            Held { budget: self, bytes }
        })
    }
}

pub fn over_ratio(ratio: u64, len: u64) -> String {
    format!("over the budget of {ratio} bytes for each of its {len}, after {}", size(FREE))
}

pub struct Held<'b> {
    budget: &'b Budget,
    bytes: u64,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.budget.held.set(self.budget.held.get() - self.bytes);
    }
}

/// What one member may cost beside the budget of all.
pub struct Share {
    pub most: u64,
    pub over: String,
}

/// The bytes of a member, counted. The first trouble sticks.
pub struct Body<'r> {
    inner: &'r mut dyn Read,
    budget: &'r Budget,
    share: Option<Share>,
    trouble: Option<String>,
}

impl<'r> Body<'r> {
    pub fn new(inner: &'r mut dyn Read, budget: &'r Budget, share: Option<Share>) -> Body<'r> {
        Body { inner, budget, share, trouble: None }
    }

    pub fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }

    fn fails(&mut self, why: String) -> io::Error {
        self.trouble = Some(why.clone());
        because(why)
    }

    /// How many bytes may be read now, and whose limit that is.
    fn allowed(&self) -> (u64, &str) {
        match &self.share {
            Some(share) if share.most < self.budget.left() => (share.most, &share.over),
            _ => (self.budget.left(), &self.budget.over),
        }
    }
}

impl Read for Body<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(why) = &self.trouble {
            return Err(because(why.clone()));
        }
        if let Some(why) = self.budget.late_at_a_beat() {
            let why = why.to_owned();
            return Err(self.fails(why));
        }
        if buffer.is_empty() {
            return Ok(0);
        }
        let (allowed, _) = self.allowed();
        let want = buffer.len().min(usize::try_from(allowed).unwrap_or(usize::MAX));
        if want == 0 {
            // At the limit: that is trouble only if there is more.
            return match retried(self.inner, &mut [0]) {
                Ok(0) => Ok(0),
                Ok(_) => {
                    let why = self.allowed().1.to_owned();
                    Err(self.fails(why))
                }
                Err(error) => Err(self.fails(told(&error))),
            };
        }
        match retried(self.inner, &mut buffer[..want]) {
            Ok(got) => {
                // A reader that claims more than it was asked for is broken; it is not believed.
                let got = got.min(want);
                self.budget.spend(got as u64);
                if let Some(share) = &mut self.share {
                    share.most -= got as u64;
                }
                Ok(got)
            }
            Err(error) => Err(self.fails(told(&error))),
        }
    }
}

fn retried(from: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match from.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

/// Ends where the other fails: what a visitor reads.
pub struct Quiet<R>(pub R);

impl<R: Read> Read for Quiet<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(self.0.read(buffer).unwrap_or(0))
    }
}

/// Reads until the buffer is full or there is no more; an error ends it too, and comes again at the next read.
pub fn fill(from: &mut dyn Read, buffer: &mut [u8]) -> usize {
    let mut got = 0;
    while got < buffer.len() {
        match retried(from, &mut buffer[got..]) {
            Ok(0) | Err(_) => break,
            Ok(more) => got += more,
        }
    }
    got
}
