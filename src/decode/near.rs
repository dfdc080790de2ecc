//! Whether anything encoded may touch a part of a text, by a look at that part and a little around it.

use std::ops::Range;

use super::{
    build::CONTEXT,
    chars::{CODED, ESCAPING, is_blank},
    find::{Sink, find},
    joins::SEAM,
    runs::{Coded, INDENT},
};

/// Bytes that are looked at in search of the border of a stretch. Where it lies beyond, all is near.
const FAR: usize = 4 << 10;

/// What a stretch is judged by besides itself: a seam, an indentation, a key in JSON.
const AROUND: usize = SEAM + INDENT;

/// May something encoded, with the context that a view takes of it, touch or adjoin `window`? False is a promise: no
/// view of `text` has decoded anything there, nor copied it. True may be wrong.
pub fn near(text: &[u8], window: Range<usize>) -> bool {
    let reach = CONTEXT + 1;
    let Some(from) = border(text, window.start.saturating_sub(reach))
        .and_then(|inner| border(text, inner.saturating_sub(AROUND)))
    else {
        return true;
    };
    let to = text.len().min(window.end + reach + AROUND);
    let seen = text.len().min(to + FAR);
    let touched = window.start.saturating_sub(reach)..window.end + reach;
    let mut look = Look { touched, touches: false, looked: 0 };
    find(&text[..seen], from..to, &mut look);
    look.touches || seen < text.len() && look.looked + AROUND >= seen
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
struct Look {
    touched: Range<usize>,
    touches: bool,
    looked: usize,
}

impl Look {
    fn at(&mut self, span: Range<usize>) {
        self.touches |= span.start <= self.touched.end && self.touched.start <= span.end;
    }
}

impl Sink for Look {
    fn escapes(&mut self, span: Range<usize>) {
        self.at(span);
    }

    fn quoted(&mut self, span: Range<usize>) {
        self.at(span);
    }

    fn seam(&mut self, span: Range<usize>) {
        self.at(span);
    }

    fn run(&mut self, coded: Coded) -> Option<usize> {
        // It may be wrapped, and so end anywhere.
        self.touches |= coded.from <= self.touched.end;
        Some(coded.end)
    }

    fn goes_on(&mut self, _: Range<usize>) {
        self.touches = true;
    }

    fn looked(&mut self, to: usize) {
        self.looked = self.looked.max(to);
    }
}
