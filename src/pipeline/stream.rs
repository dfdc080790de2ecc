//! Scans a text of any length in bounded memory: in windows that overlap by more than any match can
//! reach, each match being told by the window in whose core it begins.

use std::io::Read;

use super::{
    Scan,
    examine::{Examined, MOST_HITS, examine},
};
use crate::{
    decode,
    model::{Cursor, Position, Problem, Span},
    pattern::LONGEST_REACH,
    source::{Content, Opened, Reader},
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
    pub bytes: u64,
    /// The text itself, if it was in memory as a whole: for comparing its lines.
    pub text: Vec<u8>,
    /// The deadline came before the end.
    pub late: bool,
}

pub fn scan(scan: &Scan, reader: &Reader, content: &Content) -> Result<Scanned, Problem> {
    let wrong = |error: std::io::Error| Problem::new(content.name(), error.to_string());
    match reader.open(content)? {
        Opened::Whole(bytes) if bytes.len() <= WHOLE => {
            let text = decode::text(&bytes);
            let found = examine(scan.scanner, scan.levels, &text, everything(&text), Position::FIRST);
            Ok(Scanned { found, bytes: bytes.len() as u64, text: bytes, late: false })
        }
        Opened::Whole(bytes) => {
            let scanned = windows(scan, &mut bytes.as_slice()).map_err(wrong)?;
            Ok(Scanned { text: bytes, ..scanned })
        }
        Opened::Stream(mut source) => windows(scan, &mut source).map_err(wrong),
    }
}

/// A match at the very end begins before it, so the end itself is within.
fn everything(text: &[u8]) -> Span {
    Span::new(0, text.len() + 1)
}

/// Scans a stream window by window.
pub fn windows(scan: &Scan, source: &mut dyn Read) -> std::io::Result<Scanned> {
    let mut out = Scanned::default();
    let mut buffer = Vec::new();
    let mut first = Position::FIRST;
    let mut guard = 0;
    loop {
        if scan.deadline.passed() {
            out.late = true;
            return Ok(out);
        }
        let want = guard + CORE + GUARD - buffer.len();
        let got = source.take(want as u64).read_to_end(&mut buffer)?;
        out.bytes += got as u64;
        let last = got < want;
        let text = decode::text(&buffer);
        let core_end = guard + CORE;
        let core = Span::new(
            decoded_len(&buffer[..guard]),
            if last { everything(&text).end } else { decoded_len(&buffer[..core_end]) },
        );
        let found = examine(scan.scanner, scan.levels, &text, core, first);
        out.found.hits.extend(found.hits);
        out.found.doubtful.extend(found.doubtful);
        out.found.below += found.below;
        out.found.cut |= found.cut || out.found.hits.len().max(out.found.doubtful.len()) > MOST_HITS;
        out.found.hits.truncate(MOST_HITS);
        out.found.doubtful.truncate(MOST_HITS);
        if last {
            return Ok(out);
        }
        let done = core_end - GUARD;
        first = Cursor::starting(&text, first).advance(decoded_len(&buffer[..done]));
        drop(text);
        buffer.drain(..done);
        guard = GUARD;
    }
}

fn decoded_len(bytes: &[u8]) -> usize {
    decode::text(bytes).len()
}
