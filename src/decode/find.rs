//! Finds what is encoded in a text, in one pass. What counts is decided by the bytes around a mark up to
//! the borders of its stretch, and by nothing before, so that a part of the text tells the same of itself.

use std::ops::Range;

use super::{
    chars::{CODED, ESCAPING, TOKEN, is_quote, is_token},
    escapes::{Escape, escape, nested},
    joins::seam,
    marks::{self, Marks},
    printable::quoted,
    runs::{Coded, LEAST, coded},
};

/// Characters of a token that may be a secret.
const SECRET: usize = 16;

/// Characters of a token beside which a line end or a quote counts.
const BESIDE: usize = 12;

/// Takes what is found, each kind in order of the text.
pub trait Sink {
    /// Escapes stand in this stretch.
    fn escapes(&mut self, span: Range<usize>);
    fn quoted(&mut self, span: Range<usize>);
    /// Two literals are joined here.
    fn seam(&mut self, span: Range<usize>);
    /// Encoded text begins here. The answer is where it ended; None refuses it.
    fn run(&mut self, coded: Coded) -> Option<usize>;
    /// Here something goes on beyond a line or a literal, whether it counts or not.
    fn goes_on(&mut self, _span: Range<usize>) {}
    /// How far was looked.
    fn looked(&mut self, _to: usize) {}
}

/// Finds what is encoded at the marks within `range`, which must begin at the border of stretches.
pub fn find(text: &[u8], range: Range<usize>, sink: &mut impl Sink) {
    let finder =
        &mut Finder { text, sink, escapes: Walk::default(), quoted: Walk::default(), seams: 0, runs: 0 };
    marks::scan(text, range, finder);
}

/// The last stretch that was walked through: its end, and how many characters of a token it ended in.
#[derive(Clone, Copy, Default)]
struct Walk {
    end: usize,
    len: usize,
}

struct Finder<'t, S> {
    text: &'t [u8],
    sink: &'t mut S,
    escapes: Walk,
    quoted: Walk,
    /// Ends of what was looked at.
    seams: usize,
    runs: usize,
}

impl<S: Sink> Marks for Finder<'_, S> {
    fn run(&mut self, at: usize) {
        if at < self.runs {
            return;
        }
        let end = CODED.end(self.text, at);
        let mut from = at;
        while from < end {
            if let Some(coded) = coded(self.text, from, end, from == at)
                && let Some(to) = self.sink.run(coded)
            {
                self.runs = to;
                from = from.max(to).min(end);
            }
            // Something else may stand before it: a path, a prefix.
            let Some(next) = self.text[from..end].iter().position(|byte| !byte.is_ascii_alphanumeric())
            else {
                break;
            };
            from += next + 1;
            if end - from < LEAST {
                break;
            }
        }
        self.runs = self.runs.max(end);
        self.sink.looked(self.runs);
    }

    fn special(&mut self, at: usize) {
        let byte = self.text[at];
        match byte {
            b'=' => self.quoted(at),
            b'%' | b'\\' | b'&' => self.escape(at),
            _ => self.closes(at),
        }
    }
}

impl<S: Sink> Finder<'_, S> {
    fn escape(&mut self, at: usize) {
        if at < self.escapes.end {
            return;
        }
        let Some(first) = escape(self.text, at) else { return };
        if first.byte.is_none() {
            self.sink.goes_on(at..at + first.len);
        }
        let (walk, counts) = stretch(self.text, at, first, self.escapes, escape);
        self.escapes = walk;
        self.sink.looked(walk.end);
        if counts || is_json(self.text, at, first) {
            self.sink.escapes(at..walk.end);
        }
    }

    fn quoted(&mut self, at: usize) {
        if at < self.quoted.end
            || !matches!(self.text.get(at + 1), Some(b'0'..=b'9' | b'A'..=b'F' | b'\r' | b'\n'))
        {
            return;
        }
        let Some(first) = quoted(self.text, at) else { return };
        if first.byte.is_none() {
            self.sink.goes_on(at..at + first.len);
        }
        let (walk, counts) = stretch(self.text, at, first, self.quoted, quoted);
        self.quoted = walk;
        self.sink.looked(walk.end);
        if counts {
            self.sink.quoted(at..walk.end);
        }
    }

    /// A literal may close at the quote at `at`, and be joined to others.
    fn closes(&mut self, at: usize) {
        if at < self.seams {
            return;
        }
        let Some(first) = seam(self.text, at) else { return };
        self.sink.goes_on(at..first.end);
        let before = self.text[..at].iter().rev().take(SECRET);
        let mut len = before.take_while(|byte| ESCAPING.has(**byte)).count();
        let mut found = vec![at..first.end];
        let mut from = first.end;
        loop {
            let end = ESCAPING.end(self.text, from);
            len += end - from;
            self.seams = end;
            self.sink.looked(end);
            match seam(self.text, end) {
                Some(next) if !next.line && end > from => {
                    self.sink.goes_on(end..next.end);
                    found.push(end..next.end);
                    from = next.end;
                }
                _ => break,
            }
        }
        let counts = match first.line {
            true => ends_line(self.text, at, first.end),
            false => len >= SECRET,
        };
        if counts {
            found.into_iter().for_each(|span| self.sink.seam(span));
        }
    }
}

/// Whether a line within a text is joined to the next one in a way that matters: amid a key in PEM, or by a token.
fn ends_line(text: &[u8], at: usize, next: usize) -> bool {
    // `\n` and the quote stand before.
    let before = &text[..at - 2];
    let token = |len: usize| len >= BESIDE;
    token(back(before, before.len(), 0))
        || token(text[next..].iter().take(BESIDE).take_while(|byte| is_token(**byte)).count())
        || before.ends_with(b"-----")
        || text[next..].starts_with(b"-----")
}

/// Characters of a token before `at`, of which a few are counted.
fn back(text: &[u8], at: usize, floor: usize) -> usize {
    text[floor..at].iter().rev().take(SECRET).take_while(|byte| TOKEN.has(**byte)).count()
}

/// The stretch around the escape at `at`: where it ends, and whether it counts.
fn stretch(
    text: &[u8],
    at: usize,
    first: Escape,
    last: Walk,
    unit: fn(&[u8], usize) -> Option<Escape>,
) -> (Walk, bool) {
    let before = back(text, at, last.end);
    let before = if at - before == last.end { before + last.len } else { before };
    if !amid(text, at, first) {
        let (end, len, _) = walk(text, at + first.len, unit);
        let beside = |len: usize| len >= BESIDE && first.weight > 1;
        return (Walk { end, len }, beside(before) || beside(len));
    }
    let (end, len, weight) = walk(text, at, unit);
    let len = before + len;
    (Walk { end, len }, len >= SECRET && weight > 1)
}

/// Whether an escape stands for a character of a token, for nothing, or for the beginning of an escape.
fn amid(text: &[u8], at: usize, unit: Escape) -> bool {
    unit.byte.is_none_or(is_token) || nested(text, at, unit)
}

/// Goes through characters of a token and escapes of such. Tells its end, how many they are, and what they weigh.
fn walk(text: &[u8], from: usize, unit: fn(&[u8], usize) -> Option<Escape>) -> (usize, usize, u32) {
    let (mut at, mut len, mut weight) = (from, 0, 0);
    while let Some(byte) = text.get(at) {
        let escaped = match byte {
            b'%' | b'\\' | b'&' | b'=' => unit(text, at),
            _ => None,
        };
        match escaped {
            Some(unit) if amid(text, at, unit) => {
                at += unit.len;
                len += usize::from(unit.byte.is_some());
                weight += u32::from(unit.weight);
            }
            None if TOKEN.has(*byte) => {
                at += 1;
                len += 1;
            }
            _ => break,
        }
    }
    (at, len, weight)
}

/// Whether an escaped quote closes a key before an escaped value: `\"key\": \"value\"`.
fn is_json(text: &[u8], at: usize, first: Escape) -> bool {
    let quote = |unit: Escape| unit.byte.is_some_and(is_quote);
    let next = |at: usize, wanted: &[u8]| match escape(text, at) {
        Some(unit) => unit.byte.filter(|byte| wanted.contains(byte)).map(|_| at + unit.len),
        None => text.get(at).filter(|byte| wanted.contains(byte)).map(|_| at + 1),
    };
    if !quote(first) {
        return false;
    }
    let Some(mut at) = next(at + first.len, b":") else { return false };
    for _ in 0..2 {
        at = next(at, b" +").unwrap_or(at);
    }
    at < text.len() && escape(text, at).is_some_and(quote)
}
