//! Finds what is encoded in a text, in one pass. What counts is decided by the bytes around a mark up to
//! the borders of its stretch, and by nothing before, so that a part of the text tells the same of itself.

use std::ops::Range;

use super::{
    chars::{SIGN, TOKEN, is_quote, is_token},
    escapes::{Escape, escape, nested},
    joins::{piece, seam, tail},
    marks::{self, Marks},
    printable::quoted,
    runs::{Coded, LEAST, coded, is_short_value},
    work,
};

/// Characters of a token that may be a secret.
const SECRET: usize = 16;

/// The same without a digit: names that stand side by side are shorter.
const WORDS: usize = 32;

/// Characters of a token that count behind a line end or a quote.
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
    #[inline]
    fn run(&mut self, run: Range<usize>) {
        let Range { start, end } = run;
        if start < self.runs || end - start < LEAST && !is_short_value(self.text, start, end) {
            return;
        }
        let mut from = start;
        loop {
            if let Some(coded) = coded(self.text, from, end)
                && let Some(to) = self.sink.run(coded)
            {
                self.runs = to;
                from = from.max(to);
            }
            // Something else may stand before it: a path, a prefix.
            let Some(rest) = self.text.get(from..end.saturating_sub(LEAST)) else { break };
            let Some(next) = rest.iter().position(|byte| SIGN.has(*byte)) else { break };
            work::count(next + LEAST);
            from += next + 1;
        }
        self.runs = self.runs.max(end);
    }

    #[inline]
    fn special(&mut self, at: usize) {
        work::count(1);
        match self.text[at] {
            b'=' => self.quoted(at),
            b'\\' if matches!(self.text.get(at + 1), Some(b'\r' | b'\n')) => self.closes(at),
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
        let (walk, counts) = stretch(self.text, at, first, self.escapes, escape);
        self.escapes = walk;
        if counts {
            self.sink.escapes(at..walk.end);
        }
    }

    fn quoted(&mut self, at: usize) {
        if at < self.quoted.end {
            return;
        }
        let Some(first) = quoted(self.text, at) else { return };
        let (walk, counts) = stretch(self.text, at, first, self.quoted, quoted);
        self.quoted = walk;
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
        let mut tokens = Tokens::default();
        if !first.line {
            let len = tail(self.text, 0, at);
            tokens.take(&self.text[at - len..at]);
            tokens.seams.push(at..first.end);
        } else if ends_line(self.text, at, first.end) {
            self.sink.seam(at..first.end);
        }
        let mut from = first.end;
        loop {
            let piece = piece(self.text, from);
            tokens.take(&self.text[from..from + piece.head]);
            self.seams = piece.end;
            let next = seam(self.text, piece.end).filter(|next| !next.line);
            if next.is_none() || piece.tail.is_some() {
                tokens.ends(self.sink);
                tokens.take(&self.text[piece.end - piece.tail.unwrap_or_default()..piece.end]);
            }
            let Some(next) = next else { break };
            tokens.seams.push(piece.end..next.end);
            from = next.end;
        }
    }
}

/// Tokens that go over the seams of joined literals.
#[derive(Default)]
struct Tokens {
    /// Characters of the one that is looked at, and whether a digit is among them.
    len: usize,
    digit: bool,
    /// Its seams, and behind those of the one before it, if that was too short to count.
    seams: Vec<Range<usize>>,
    before: Vec<Range<usize>>,
    /// The one before it was long enough.
    counted: bool,
}

impl Tokens {
    /// The token goes on.
    fn take(&mut self, part: &[u8]) {
        work::count(part.len());
        self.len += part.len();
        self.digit |= part.iter().any(u8::is_ascii_digit);
    }

    /// The token ends. Seams count by one that is long, and so do those of its neighbours: it may have been encoded,
    /// and wrapped.
    fn ends(&mut self, sink: &mut impl Sink) {
        let counts = self.len >= if self.digit { SECRET } else { WORDS };
        if counts || self.counted {
            let seams = if counts { self.before.drain(..) } else { self.before.drain(..0) };
            seams.chain(self.seams.drain(..)).for_each(|seam| sink.seam(seam));
        }
        self.before = std::mem::take(&mut self.seams);
        (self.counted, self.len, self.digit) = (counts, 0, false);
    }
}

/// Whether a line within a text is joined to the next one in a way that matters: amid a key in PEM. A token at one side
/// alone stands as well where it is.
fn ends_line(text: &[u8], at: usize, next: usize) -> bool {
    // `\n` and the quote stand before.
    let before = &text[..at - 2];
    before.ends_with(b"-----")
        || text[next..].starts_with(b"-----")
        || back(before, before.len(), 0) >= BESIDE && text.get(next).is_some_and(|byte| is_token(*byte))
}

/// Characters of a token before `at`, of which a few are counted.
fn back(text: &[u8], at: usize, floor: usize) -> usize {
    work::count(SECRET);
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
    let alone = !amid(text, at, first) && unit_at(text, at + first.len, unit).is_none();
    let walked = walk(text, if alone { at + first.len } else { at }, unit);
    let Walked { end, len, weight, again } = walked;
    let again = again || opens_again(text, at, first);
    if alone {
        // A token before it ends there as it is.
        return (Walk { end, len }, again || len >= BESIDE && first.weight > 1);
    }
    let len = before + len;
    (Walk { end, len }, again || len >= SECRET && weight > 1)
}

/// Whether an escape stands for a character of a token, for nothing, or for the beginning of an escape.
fn amid(text: &[u8], at: usize, unit: Escape) -> bool {
    unit.byte.is_none_or(is_token) || nested(text, at, unit)
}

/// The escape at `at`, if a byte stands there that may begin one.
fn unit_at(text: &[u8], at: usize, unit: fn(&[u8], usize) -> Option<Escape>) -> Option<Escape> {
    match text.get(at)? {
        b'%' | b'\\' | b'&' | b'=' => {
            work::count(1);
            unit(text, at)
        }
        _ => None,
    }
}

/// What a stretch was like.
struct Walked {
    end: usize,
    /// Characters that it stands for.
    len: usize,
    weight: u32,
    /// A quote closes in it what another opens again.
    again: bool,
}

/// Goes through characters of a token and escapes: of such, or of anything where one follows the other.
fn walk(text: &[u8], from: usize, unit: fn(&[u8], usize) -> Option<Escape>) -> Walked {
    let mut walked = Walked { end: from, len: 0, weight: 0, again: false };
    let mut next = unit_at(text, from, unit);
    let mut after_escape = false;
    while let Some(byte) = text.get(walked.end) {
        work::count(1);
        let at = walked.end;
        match next {
            Some(escaped) => {
                next = unit_at(text, at + escaped.len, unit);
                if !after_escape && next.is_none() && !amid(text, at, escaped) {
                    break;
                }
                walked.end += escaped.len;
                walked.len += usize::from(escaped.byte.is_some());
                walked.weight += u32::from(escaped.weight);
                walked.again |= opens_again(text, at, escaped);
                after_escape = true;
            }
            None if TOKEN.has(*byte) || is_brace(text, at) => {
                walked.end += 1;
                walked.len += 1;
                next = unit_at(text, walked.end, unit);
                after_escape = false;
            }
            None => break,
        }
    }
    walked
}

/// Whether the brace at `at` belongs to an escape that is escaped itself: `\\u{41}`.
fn is_brace(text: &[u8], at: usize) -> bool {
    let opens = |at: usize| at > 1 && text[at] == b'{' && matches!(&text[at - 2..at], b"\\u" | b"\\x");
    match text[at] {
        b'{' => opens(at),
        b'}' => {
            let digits = text[..at].iter().rev().take(6).take_while(|byte| byte.is_ascii_hexdigit()).count();
            at > digits && opens(at - digits - 1)
        }
        _ => false,
    }
}

/// Whether an escaped quote closes what another opens again: a key in JSON, or a piece of a joined literal within a
/// text: `\"key\": \"value\"`, `\"AB\" + \"CD\"`.
fn opens_again(text: &[u8], at: usize, first: Escape) -> bool {
    const BETWEEN: usize = 16;
    if !first.byte.is_some_and(is_quote) {
        return false;
    }
    let mut at = at + first.len;
    for nth in 0..BETWEEN {
        work::count(1);
        if text.get(at) == Some(&b'\n') {
            return false;
        }
        let unit = unit_at(text, at, escape);
        let byte = unit.map_or(text.get(at).copied(), |unit| unit.byte);
        match byte {
            Some(byte) if is_quote(byte) => return nth > 0 && unit.is_some(),
            Some(b' ' | b'\t' | b'\n' | b'\r' | b':' | b'+' | b'.' | b'&' | b'~' | b'_' | b'\\' | b'%') => {}
            _ => return false,
        }
        at += unit.map_or(1, |unit| unit.len);
    }
    false
}
