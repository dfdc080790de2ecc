//! Whether anything encoded may touch a part of a text, by a look at that part and a little around it.

use std::ops::Range;

use super::{
    build::CONTEXT,
    chars::{CODED, ESCAPING, is_blank},
    find::{Sink, find},
    joins::{LITERAL, SEAM},
    runs::{Coded, INDENT},
};

/// Bytes that are looked at in search of the border of a stretch. Where it lies beyond, all is near.
const FAR: usize = 4 << 10;

/// What a stretch is judged by besides itself: a seam, an indentation, a key in JSON.
const AROUND: usize = SEAM + INDENT;
const _: () = assert!(INDENT >= LITERAL);

/// Bytes from a window within which something encoded takes it into its view.
const REACH: usize = CONTEXT + 1;

/// Bytes decoded in search of the end of a run. Where it lies beyond, all is near.
const LONG: u64 = 16 << 10;

/// May something encoded, with the context that a view takes of it, touch or adjoin one of the windows, which are in
/// order? False is a promise: no view of `text` has decoded anything there, nor copied it. True may be wrong. Looks
/// at no byte much more than once, however many windows there are.
pub fn near(text: &[u8], windows: &[Range<usize>]) -> bool {
    let mut done = 0;
    while let Some(first) = windows.get(done) {
        let Some(from) = border(text, first.start.saturating_sub(REACH))
            .and_then(|inner| border(text, inner.saturating_sub(AROUND)))
        else {
            return true;
        };
        // Those that are looked at in one go.
        let (mut to, start) = (first.end, done);
        while let Some(next) = windows.get(done).filter(|next| next.start <= to + 2 * (REACH + AROUND)) {
            to = next.end;
            done += 1;
        }
        let to = text.len().min(to + REACH + AROUND);
        let seen = text.len().min(to + FAR);
        let mut look =
            Look { text: &text[..seen], windows: &windows[start..done], touches: false, looked: 0 };
        find(&text[..seen], from..to, &mut look);
        if look.touches || seen < text.len() && look.looked + AROUND >= seen {
            return true;
        }
    }
    false
}

/// The border at or before `at` that no stretch goes over, and no wrapped block. None if it is far.
fn border(text: &[u8], at: usize) -> Option<usize> {
    let floor = at.saturating_sub(FAR);
    let mut at = at;
    // Between two lines of a block.
    while at > floor && (is_blank(text[at - 1]) || matches!(text[at - 1], b'\n' | b'\r')) {
        at -= 1;
    }
    loop {
        while at > floor && within(text, at) {
            at -= 1;
        }
        if at == floor && at > 0 {
            return None;
        }
        let blanks = text[floor..at].iter().rev().take_while(|byte| is_blank(**byte)).count();
        let Some(line) = text[floor..at - blanks].strip_suffix(b"\n") else { return Some(at) };
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        // A block goes on where a line is nothing but coded characters up to its end.
        let goes_on = line.last().is_some_and(|byte| CODED.has(*byte)) && CODED.at(text, at);
        if !goes_on {
            return Some(at);
        }
        at = floor + line.len();
    }
}

/// Whether a stretch may go over the border at `at`.
fn within(text: &[u8], at: usize) -> bool {
    let before = text[at - 1];
    ESCAPING.has(before) || at > 1 && text[at - 2] == b'\\'
}

/// Looks whether anything touches.
struct Look<'t> {
    text: &'t [u8],
    windows: &'t [Range<usize>],
    touches: bool,
    looked: usize,
}

impl Look<'_> {
    fn at(&mut self, span: Range<usize>, reach: usize) {
        let next = self.windows.partition_point(|window| window.end + reach < span.start);
        self.touches |= self.windows.get(next).is_some_and(|window| window.start <= span.end + reach);
    }
}

impl Sink for Look<'_> {
    fn escapes(&mut self, span: Range<usize>) {
        self.at(span, REACH);
    }

    fn quoted(&mut self, span: Range<usize>) {
        self.at(span, REACH);
    }

    fn seam(&mut self, span: Range<usize>) {
        self.at(span, REACH);
    }

    fn run(&mut self, coded: Coded) -> Option<usize> {
        if self.touches {
            return Some(coded.end);
        }
        let decoded = coded.decode(self.text, LONG, &mut 0)?;
        // What is cut may end anywhere.
        let end = if decoded.cut { self.text.len() } else { decoded.end };
        self.looked(end);
        self.at(coded.from..end, REACH);
        Some(decoded.end)
    }

    fn goes_on(&mut self, span: Range<usize>) {
        self.at(span, REACH + AROUND);
    }

    fn may_join(&mut self, span: Range<usize>) {
        self.at(span, REACH);
    }

    fn looked(&mut self, to: usize) {
        self.looked = self.looked.max(to);
    }
}
