//! Runs of base64 or hex, wrapped over lines or not: which of them hold text, and what that is.
//!
//! Most runs are names, paths, hashes and binary data: they are refused by their first characters, and
//! nothing is kept of them. A run is decoded piece by piece, as far as it makes text.

use std::ops::Range;

use super::{
    chars::{CODED, hex, is_quote, is_readable, line_break, skip_blanks},
    inflate::{self, magic},
    map::{Map, Segment, Step, Steps, Unit},
    work,
};

/// Characters of base64 that are looked at, unless they are the whole value of a key.
pub const LEAST: usize = 16;

/// Characters of such a value, padding included.
pub const SHORT: usize = 12;

/// Hex digits that are looked at.
const LEAST_HEX: usize = 32;

/// Decoded bytes that must be text, or begin as gzip does.
const LOOK: usize = 12;

/// Characters of the lines of a wrapped block.
const WIDTH: Range<usize> = 32..8193;

/// Blanks before a line of a wrapped block.
pub const INDENT: usize = 64;

/// Decoded bytes that are judged at once.
const PIECE: usize = 192;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    Text,
    Utf16,
    Packed(Step),
}

/// A stretch that begins as encoded text does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coded {
    pub from: usize,
    /// End of the run on its first line.
    pub end: usize,
    step: Step,
    look: Look,
}

const VALUES: [u8; 256] = {
    let mut values = [0xff; 256];
    let mut at = 0;
    while at < 64 {
        values[b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[at] as usize] = at as u8;
        at += 1;
    }
    values[b'-' as usize] = 62;
    values[b'_' as usize] = 63;
    values
};

fn value(byte: u8) -> u8 {
    VALUES[usize::from(byte)]
}

/// Four characters to three bytes.
fn group(chars: &[u8]) -> [u8; 3] {
    let at = |nth: usize| u32::from(value(chars[nth]) & 63);
    let bits = at(0) << 18 | at(1) << 12 | at(2) << 6 | at(3);
    let [_, bytes @ ..] = bits.to_be_bytes();
    bytes
}

/// What begins at `from` in a run that ends at `end`, which is long enough.
pub fn coded(text: &[u8], from: usize, end: usize) -> Option<Coded> {
    let run = &text[from..end];
    let skipped = prefix(text, from);
    let digits = &run[skipped..];
    if digits.len() >= LEAST_HEX
        && let Some(look) = look_at_hex(digits)
        && digits.len().is_multiple_of(2)
        && digits.iter().all(|byte| hex(*byte).is_some())
    {
        return Some(Coded { from: from + skipped, end, step: Step::Hex, look });
    }
    Some(Coded { from, end, step: Step::Base64, look: look_at(run)? })
}

/// What a program writes before hex digits: `0x`, or `x` behind a backslash.
fn prefix(text: &[u8], from: usize) -> usize {
    match text[from..] {
        [b'0', b'x' | b'X', ..] => 2,
        [b'x', ..] if from > 0 && text[from - 1] == b'\\' => 1,
        _ => 0,
    }
}

/// Whether a short run is all of `key: …` or `key=…`, and as long as an encoder makes it.
pub fn is_short_value(text: &[u8], from: usize, end: usize) -> bool {
    let Some(before) = from.checked_sub(1).map(|before| text[before]) else { return false };
    if !matches!(before, b' ' | b':' | b'=' | b'"' | b'\'')
        || end - from < SHORT && text.get(end) != Some(&b'=')
    {
        return false;
    }
    let padding = text[end..].iter().take(2).take_while(|byte| **byte == b'=').count();
    if !(end - from + padding).is_multiple_of(4) || end - from + padding < SHORT {
        return false;
    }
    let mut at = from;
    let quote = at.checked_sub(1).map(|before| text[before]).filter(|byte| is_quote(*byte));
    at -= usize::from(quote.is_some());
    let blanks = text[..at].iter().rev().take(4).take_while(|byte| **byte == b' ').count();
    at -= blanks;
    if at == 0 || !matches!(text[at - 1], b':' | b'=') {
        return false;
    }
    match (text.get(end + padding), quote) {
        (Some(after), Some(quote)) => *after == quote,
        (Some(after), None) => matches!(after, b'\n' | b'\r' | b' ' | b',' | b'}' | b'&' | b';'),
        (None, quote) => quote.is_none(),
    }
}

/// Whether a run of base64 begins as encoded text does. Nearly all that do not go by their first characters.
#[inline]
fn look_at(run: &[u8]) -> Option<Look> {
    let second = value(run[1]) & 15;
    let known = match run[0] {
        // gzip, zlib, a byte order mark, UTF-16 with the NUL first.
        b'H' => run[1] == b'4',
        b'e' => matches!(run[1], b'A' | b'F' | b'J' | b'N'),
        b'/' | b'_' => second == 15,
        b'A' => (2..8).contains(&second),
        _ => false,
    };
    // The second byte is NUL, and the third is ASCII.
    let known = known || second == 0 && value(run[2]) < 2;
    if !known && !may_be_text(run) {
        return None;
    }
    let mut bytes = [0; LOOK];
    for (out, four) in bytes.chunks_exact_mut(3).zip(run.chunks_exact(4)) {
        out.copy_from_slice(&group(four));
    }
    judge(&bytes[..(run.len() / 4 * 3).min(LOOK)])
}

/// Whether the first bytes are readable, or lead and follow as in UTF-8.
fn may_be_text(run: &[u8]) -> bool {
    let mut follow = 0;
    run.chunks_exact(4).take(LOOK / 3).all(|four| {
        group(four).iter().all(|byte| {
            let (fits, next) = match byte {
                0x80..=0xbf => (follow > 0, follow - 1),
                0xc2..=0xdf => (follow == 0, 1),
                0xe0..=0xef => (follow == 0, 2),
                0xf0..=0xf4 => (follow == 0, 3),
                byte => (follow == 0 && is_readable(*byte), 0),
            };
            follow = next;
            fits
        })
    })
}

fn look_at_hex(run: &[u8]) -> Option<Look> {
    let mut bytes = [0; LOOK];
    for (out, pair) in bytes.iter_mut().zip(run.chunks_exact(2)) {
        *out = hex(pair[0])? << 4 | hex(pair[1])?;
    }
    judge(&bytes)
}

/// What the first bytes begin.
fn judge(bytes: &[u8]) -> Option<Look> {
    if let Some(step) = magic(bytes) {
        return Some(Look::Packed(step));
    }
    // UTF-16 and UTF-32 of ASCII, with its character at that place.
    let wide = |width: usize, place: usize| {
        let fits =
            |(at, byte): (usize, &u8)| if at % width == place { is_readable(*byte) } else { *byte == 0 };
        bytes.iter().enumerate().all(fits)
    };
    let unmarked = bytes.strip_prefix(b"\xff\xfe").or(bytes.strip_prefix(b"\xfe\xff"));
    if wide(2, 0) || wide(2, 1) || wide(4, 0) || wide(4, 3) || unmarked.is_some_and(|rest| rest.contains(&0))
    {
        return Some(Look::Utf16);
    }
    let valid = match std::str::from_utf8(bytes) {
        Ok(valid) => valid.len(),
        // It may end amid a character.
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        Err(_) => return None,
    };
    bytes[..valid].iter().all(|byte| *byte >= 0x80 || is_readable(*byte)).then_some(Look::Text)
}

/// What a run decodes to.
pub struct Decoded {
    pub bytes: Vec<u8>,
    /// From these bytes to the text.
    pub map: Vec<Segment>,
    /// The end of what was decoded.
    pub end: usize,
    /// More would have come than was allowed.
    pub cut: bool,
}

impl Coded {
    /// The same at another place.
    pub fn moved(self, place: impl Fn(usize) -> usize) -> Self {
        Self { from: place(self.from), end: place(self.end), ..self }
    }

    /// Decodes at most `most` bytes. `charge` is told how many were made in vain.
    pub fn decode(self, text: &[u8], most: u64, charge: &mut u64) -> Option<Decoded> {
        let mut reader = Reader::new(text, self);
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let steps = Steps::from(self.step);
        if let Look::Packed(kind) = self.look {
            let Some(inflated) = inflate::inflate(kind, most, &mut || reader.piece()) else {
                *charge += inflate::ATTEMPT + reader.made as u64;
                return None;
            };
            let end = reader.last;
            let whole =
                Segment { at: 0, from: self.from, to: end, unit: Unit::WHOLE, steps: steps.then(kind) };
            return Some(Decoded { bytes: inflated.bytes, map: vec![whole], end, cut: inflated.cut });
        }
        let mut bytes = Vec::new();
        let mut cut = false;
        while let Some(piece) = reader.piece() {
            let good = good(&piece, self.look);
            bytes.extend_from_slice(&piece[..good]);
            if good < piece.len() || bytes.len() > most {
                cut = bytes.len() > most;
                break;
            }
        }
        if bytes.len() < SHORT / 4 * 3 - 2 {
            return None;
        }
        let map = reader.map;
        let end = if reader.made == bytes.len() { reader.last } else { map.source(0..bytes.len()).end };
        let mut map: Vec<Segment> = map.into_segments();
        map.retain(|segment| segment.at < bytes.len());
        if let Some(last) = map.last_mut() {
            last.to = last.to.min(end);
        }
        Some(Decoded { bytes, map, end, cut })
    }
}

/// How much of a piece is text: all, if few bytes of it are not; else up to the first that is not.
fn good(piece: &[u8], look: Look) -> usize {
    let (mut bad, mut at, mut first) = (0, 0, None);
    let mut judge = |at: usize, is_bad: bool| {
        if is_bad {
            bad += 1;
            first.get_or_insert(at);
        }
    };
    for chunk in piece.utf8_chunks() {
        for byte in chunk.valid().bytes() {
            judge(at, byte < 0x80 && !is_readable(byte) && !(byte == 0 && look == Look::Utf16));
            at += 1;
        }
        for _ in chunk.invalid() {
            judge(at, look != Look::Utf16);
            at += 1;
        }
    }
    match first {
        Some(first) if bad * 10 > piece.len() => first,
        _ => piece.len(),
    }
}

/// Reads a run line by line, with a map of what it made.
struct Reader<'t> {
    text: &'t [u8],
    step: Step,
    at: usize,
    /// End of the run on this line.
    end: usize,
    /// Characters of a line, once there are two.
    width: Option<usize>,
    from: usize,
    carry: ([u8; 4], usize, usize),
    map: Map,
    made: usize,
    /// End of what was read, padding included.
    last: usize,
    done: bool,
}

impl<'t> Reader<'t> {
    fn new(text: &'t [u8], coded: Coded) -> Self {
        let Coded { from, end, step, .. } = coded;
        let (map, carry) = (Map::default(), ([0; 4], 0, from));
        Self { text, step, at: from, end, width: None, from, carry, map, made: 0, last: from, done: false }
    }

    /// Some more decoded bytes, at most those of a line, unless it ended.
    fn piece(&mut self) -> Option<Vec<u8>> {
        let mut out = Vec::with_capacity(PIECE);
        while !self.done && out.is_empty() {
            self.some(&mut out);
        }
        self.made += out.len();
        work::count(out.len() + 1);
        (!out.is_empty()).then_some(out)
    }

    /// Decodes up to the end of the line, or a good piece of it.
    fn some(&mut self, out: &mut Vec<u8>) {
        let (made, of) = if self.step == Step::Hex { (1, 2) } else { (3, 4) };
        let unit = Unit { made, of };
        let of = usize::from(of);
        let steps = Steps::from(self.step);
        while self.at < self.end && (self.carry.1 > 0 || self.end - self.at < of) {
            if self.carry.1 == 0 {
                self.carry.2 = self.at;
            }
            self.carry.0[self.carry.1] = self.text[self.at];
            self.carry.1 += 1;
            self.at += 1;
            if self.carry.1 == of {
                self.map.push(self.made + out.len(), self.carry.2..self.at, Unit::WHOLE, steps);
                self.units(self.carry.0, of, out);
                self.carry.1 = 0;
            }
        }
        let len = (self.end - self.at).min(PIECE / 3 * 4) / of * of;
        if len > 0 {
            self.map.push(self.made + out.len(), self.at..self.at + len, unit, steps);
            let chars = &self.text[self.at..self.at + len];
            match self.step {
                Step::Hex => out.extend(chars.chunks_exact(2).map(pair)),
                _ => chars.chunks_exact(4).for_each(|four| out.extend(group(four))),
            }
            self.at += len;
        }
        self.last = self.at;
        if self.at == self.end && !self.next_line() {
            self.finish(out);
        }
    }

    fn units(&self, chars: [u8; 4], of: usize, out: &mut Vec<u8>) {
        match self.step {
            Step::Hex => out.push(pair(&chars[..of])),
            _ => out.extend(group(&chars)),
        }
    }

    /// Goes on to the next line, if the block is wrapped there.
    fn next_line(&mut self) -> bool {
        let text = self.text;
        let Some(line) = line_break(text, self.end) else { return false };
        let from = skip_blanks(text, line, INDENT);
        let longest = self.width.unwrap_or(WIDTH.end - 1);
        let limit = text.len().min(from + longest + 1);
        let end = CODED.end(&text[..limit], from);
        let (len, before) = (end - from, self.end - self.from);
        let closed = match text.get(end) {
            None | Some(b'=' | b'\n' | b'\r' | b'<' | b'\\') => true,
            Some(byte) => is_quote(*byte) || *byte >= 0x80,
        };
        if len == 0 || len > longest || !closed {
            return false;
        }
        let width = match self.width {
            Some(width) => {
                // Only the last line is shorter.
                if before != width {
                    return false;
                }
                width
            }
            None => {
                let line_start =
                    text[..self.from].iter().rev().take(INDENT).find(|byte| !super::chars::is_blank(**byte));
                // One that is no whole number of groups shows by full lines, or by two that are one together.
                let full = if self.step == Step::Hex { 2 } else { 4 };
                let padding = text[end..].iter().take(2).take_while(|byte| **byte == b'=').count();
                if before % full != 0 && len != before && (before + len + padding) % full != 0 {
                    return false;
                }
                let alone = line_start.is_none_or(|byte| *byte == b'\n');
                if alone && len > before {
                    return false;
                }
                len.max(before)
            }
        };
        if !WIDTH.contains(&width)
            || self.step == Step::Hex && !text[from..end].iter().all(|byte| hex(*byte).is_some())
        {
            return false;
        }
        // The first line may be shorter, as the key stands before it: it counts as full.
        self.width = Some(width);
        (self.at, self.end) = (from, end);
        self.from = from;
        true
    }

    /// What is left of a last group, and the padding.
    fn finish(&mut self, out: &mut Vec<u8>) {
        self.done = true;
        let (chars, left, from) = self.carry;
        if self.step == Step::Hex || left == 1 {
            self.last -= left;
            return;
        }
        if left < 2 {
            return;
        }
        let padding = self.text[self.end..].iter().take(4 - left).take_while(|byte| **byte == b'=').count();
        self.last = self.end + padding;
        self.map.push(self.made + out.len(), from..self.last, Unit::WHOLE, Steps::from(self.step));
        let mut four = [b'A'; 4];
        four[..left].copy_from_slice(&chars[..left]);
        out.extend(&group(&four)[..left - 1]);
    }
}

fn pair(pair: &[u8]) -> u8 {
    let digit = |at: usize| hex(pair[at]).expect("only digits were let in");
    digit(0) << 4 | digit(1)
}
