//! Scans a text of any length in bounded memory: in windows that overlap by more than any match can
//! reach, each match being told by the window in whose core it begins.

use std::{
    collections::HashSet,
    io::{self, BufReader, Read, Seek},
};

use super::{
    Scan,
    examine::{Examined, Hit, examine},
    inside::{self, Inside},
};
use crate::{
    decode,
    generic::Place,
    model::{Cursor, Origin, Position, Problem, Span},
    pattern::LONGEST_REACH,
    source::{Content, Opened, Reader},
    unpack,
};

/// Bytes of a window's core. A text of up to this is scanned whole.
const CORE: usize = 16 << 20;

/// Bytes that are scanned at once where they are in memory anyway.
const WHOLE: usize = 64 << 20;

/// Bytes at each side of the core: neither a match nor what competes with it reaches further.
const GUARD: usize = 64 << 10;

const _: () = assert!(GUARD >= 3 * LONGEST_REACH);

/// What one text gave.
#[derive(Default)]
pub struct Scanned {
    pub found: Examined,
    /// If it is a container.
    pub inside: Option<Inside>,
    pub bytes: u64,
    /// The text itself, if it was in memory as a whole: for comparing its lines.
    pub text: Vec<u8>,
    /// The deadline came before the end.
    pub late: bool,
    /// It could not be read to its end.
    pub broken: Option<io::Error>,
    /// What its first bytes say that it is, or its last.
    pub kind: Option<unpack::Kind>,
}

impl Scanned {
    /// What is believed at one place, in the text and in what it contains, of what is wanted. That is asked of hits
    /// without verdicts, and must not tell apart those of one secret in what the text contains.
    pub fn at(
        &self,
        scan: &Scan,
        origin: &Origin,
        wanted: &mut dyn FnMut(&Origin, &Hit) -> bool,
    ) -> Vec<(Origin, Hit)> {
        if self.is_empty() {
            return Vec::new();
        }
        let levels = scan.levels;
        // However the folder was named: where it lies says nothing of what stands in it.
        let place = Place::of(&(scan.from_root)(origin.path.as_ref()));
        let mut hits = Vec::new();
        for member in self.inside.iter().flat_map(|inside| &inside.members) {
            let origin = inside::origin(origin, member);
            let here = member.at(&place, levels, &mut |hit| wanted(&origin, hit));
            hits.extend(here.into_iter().map(|hit| (origin.clone(), hit)));
        }
        // What is stored as it is, is told where it stands in the container.
        let inner: HashSet<_> = hits.iter().map(|(_, hit)| (hit.rule, hit.secret.clone())).collect();
        let mut all = self.found.at(origin.part, &place, levels, &mut |hit| wanted(origin, hit));
        all.retain(|hit| !inner.contains(&(hit.rule, hit.secret.clone())));
        let mut all: Vec<_> = all.into_iter().map(|hit| (origin.clone(), hit)).collect();
        all.append(&mut hits);
        all
    }

    pub fn is_empty(&self) -> bool {
        self.found.is_empty() && self.inside.as_ref().is_none_or(|inside| inside.members.is_empty())
    }

    /// Assignments have their place in text, of which the bytes of a container that was read give none but `beside`.
    fn with(mut self, inside: Option<Inside>, beside: &[Span]) -> Self {
        if inside.as_ref().is_some_and(Inside::settles) {
            self.found.assigned_within(beside);
        }
        self.late |= inside.as_ref().is_some_and(|inside| inside.late);
        Self { inside, ..self }
    }
}

pub fn scan(scan: &Scan, reader: &Reader, content: &Content) -> Result<Scanned, Problem> {
    let wrong = |error: io::Error| Problem::new(content.name(), error.to_string());
    let mut scanned = match reader.open(content)? {
        Opened::Whole(bytes) => whole(scan, bytes, !matches!(content, Content::Text(_))),
        Opened::File(mut file) => {
            let scanned = windows(scan, &mut file);
            let inside = scanned.kind.map(|kind| match file.rewind() {
                Ok(()) => inside::open(scan, kind, &mut BufReader::new(file)),
                Err(error) => Inside::closed(error.to_string()),
            });
            scanned.with(inside, &[])
        }
        Opened::Stream(mut source) => {
            // What cannot be read twice is opened if it fits into memory.
            let mut start = Vec::new();
            (&mut source).take(WHOLE as u64).read_to_end(&mut start).map_err(wrong)?;
            if start.len() < WHOLE {
                whole(scan, start, true)
            } else {
                let scanned = windows(scan, &mut start.as_slice().chain(source));
                let why = format!("more than {} MiB that cannot be read twice", WHOLE >> 20);
                let inside = scanned.kind.map(|_| Inside::closed(why));
                scanned.with(inside, &[])
            }
        }
    };
    match scanned.broken.take() {
        Some(error) => Err(wrong(error)),
        None => Ok(scanned),
    }
}

/// Scans what is in memory.
fn whole(scan: &Scan, bytes: Vec<u8>, is_file: bool) -> Scanned {
    let kind = inside::kind(&bytes);
    let mut beside = Vec::new();
    let scanned = if bytes.len() <= WHOLE {
        let text = decode::text(&bytes);
        beside = inside::beside(kind, &bytes, &text);
        let core = everything(&text);
        let found = if is_file { scan.scanner.find_in_file(&text) } else { scan.scanner.find(&text) };
        let found = examine(scan.scanner, &found, scan.levels, &scan.limits, &text, core, Position::FIRST);
        Scanned { found, bytes: bytes.len() as u64, ..Scanned::default() }
    } else {
        windows(scan, &mut bytes.as_slice())
    };
    let inside = kind.map(|kind| inside::open(scan, kind, &mut io::Cursor::new(&bytes)));
    Scanned { text: bytes, ..scanned.with(inside, &beside) }
}

/// A match at the very end begins before it, so the end itself is within.
fn everything(text: &[u8]) -> Span {
    Span::new(0, text.len() + 1)
}

/// Scans a stream window by window.
pub fn windows(scan: &Scan, source: &mut dyn Read) -> Scanned {
    let mut out = Scanned::default();
    let mut buffer = Vec::new();
    let mut first = Position::FIRST;
    // Bytes of the text before the window's.
    let mut behind = 0;
    let mut guard = 0;
    loop {
        if scan.deadline.passed() {
            out.late = true;
            return out;
        }
        let want = guard + CORE + GUARD - buffer.len();
        let before = buffer.len();
        // What was read before an error counts.
        out.broken = source.take(want as u64).read_to_end(&mut buffer).err();
        let got = buffer.len() - before;
        if out.bytes == 0 {
            out.kind = unpack::kind(&buffer);
        }
        out.bytes += got as u64;
        let last = got < want;
        let done = guard + CORE - GUARD;
        // In the bytes, then in the text.
        let mut offsets = if last { [guard; 3] } else { [guard, done, guard + CORE] };
        let text = decode::text_with(&buffer, &mut offsets);
        let [from, next, to] = offsets;
        let core = Span::new(from, if last { everything(&text).end } else { to });
        let is_all = last && first == Position::FIRST;
        let found = if is_all { scan.scanner.find_in_file(&text) } else { scan.scanner.find(&text) };
        let found = examine(scan.scanner, &found, scan.levels, &scan.limits, &text, core, first);
        out.found.append(found, behind);
        if last {
            // There are two guards of it at least.
            out.kind = out.kind.or_else(|| unpack::kind_by_end(&buffer));
            return out;
        }
        first = Cursor::starting(&text, first).advance(next);
        behind += next;
        drop(text);
        buffer.drain(..done);
        guard = GUARD;
    }
}
