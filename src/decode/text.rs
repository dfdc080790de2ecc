//! UTF-16 and UTF-32 to what the patterns can read. Promises that nothing that stands in plain ASCII is lost by it.
//!
//! No byte-order mark is believed and no file is judged binary: a mark at the start of a plain file, or a few NUL bytes
//! in it, would otherwise hide it. A text that is UTF-16 from end to end becomes UTF-8. Of any other, wherever ASCII
//! characters alternate with NUL bytes for a while, the NULs are taken out, and all else stays as it is. Without a NUL
//! a text stays as it is.

use std::borrow::Cow;
use std::ops::Range;

use super::{chars::is_readable, map::Unit};
use crate::block::{self, BLOCK, class};

/// Characters in a row that make it UTF-16, and not a short number in a binary file.
const RUN: usize = 6;

/// The byte-order mark.
const MARK: u32 = 0xfeff;

/// Bytes by which it is told which end comes first.
const HEAD: usize = 64 << 10;

/// Readable bytes in a row that are plain text, and not characters of UTF-16.
const PLAIN: usize = 12;

/// The text of `bytes`: themselves, unless a part of them is UTF-16.
pub fn text(bytes: &[u8]) -> Cow<'_, [u8]> {
    text_with(bytes, &mut [])
}

/// The same; `offsets`, which go up, become those of what they stood before.
pub fn text_with<'b>(bytes: &'b [u8], offsets: &mut [usize]) -> Cow<'b, [u8]> {
    if memchr::memchr(0, bytes).is_none() {
        return Cow::Borrowed(bytes);
    }
    let offsets = &mut Offsets { all: offsets, next: 0 };
    if let Some((wide, from)) = whole(bytes) {
        let mut out = Vec::with_capacity((bytes.len() - from) / wide.width + 16);
        let mut at = from;
        while let Some((character, len)) = next(wide, &bytes[at..]) {
            match character {
                Some(character) => {
                    offsets.pass(at + 1, out.len(), None);
                    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                }
                None => {
                    offsets.pass(at + len, out.len(), Some(at));
                    out.extend_from_slice(&bytes[at..at + len]);
                }
            }
            at += len;
        }
        offsets.pass(bytes.len() + 1, out.len(), Some(at));
        // Half a character, where the text was cut.
        out.extend_from_slice(&bytes[at..]);
        return Cow::Owned(out);
    }
    let mut stretches = stretches(bytes).peekable();
    let Some(first) = stretches.peek() else { return Cow::Borrowed(bytes) };
    let mut out = Vec::with_capacity(bytes.len() / 2 + 16);
    // A mark right before it is no text.
    let marked = first.from == 2 && (bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff"));
    let mut copied = if marked { 2 } else { 0 };
    for stretch in stretches {
        offsets.pass(stretch.from, out.len(), Some(copied));
        out.extend_from_slice(&bytes[copied..stretch.from]);
        stretch.convert(bytes, &mut out, &mut |made, from, _| offsets.pass(from.start + 1, made, None));
        copied = stretch.to;
    }
    offsets.pass(bytes.len() + 1, out.len(), Some(copied));
    out.extend_from_slice(&bytes[copied..]);
    Cow::Owned(out)
}

/// Offsets that become those in the text, in order.
struct Offsets<'o> {
    all: &'o mut [usize],
    next: usize,
}

impl Offsets<'_> {
    /// Those before `end` stand at `made`, and as far behind it as behind `copied`, if that was copied.
    fn pass(&mut self, end: usize, made: usize, copied: Option<usize>) {
        while let Some(offset) = self.all.get_mut(self.next).filter(|offset| **offset < end) {
            *offset = made + copied.map_or(0, |copied| offset.saturating_sub(copied));
            self.next += 1;
        }
    }
}

/// How wide a character is, and at which end it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wide {
    width: usize,
    big: bool,
}

impl Wide {
    /// The number of the character, or half a pair of such, at the start of `bytes`.
    fn unit(self, bytes: &[u8]) -> Option<u32> {
        let unit = bytes.get(..self.width)?;
        let add = |sum: u32, byte: &u8| sum << 8 | u32::from(*byte);
        Some(if self.big { unit.iter().fold(0, add) } else { unit.iter().rev().fold(0, add) })
    }
}

/// How to read what is UTF-16 or UTF-32 from end to end, and where it begins. It may have been cut amid a character.
fn whole(bytes: &[u8]) -> Option<(Wide, usize)> {
    let all = [(4, false), (4, true), (2, false), (2, true)].map(|(width, big)| Wide { width, big });
    // What reads as more ASCII in one way than in another is meant that way.
    let ascii = |wide: &Wide| {
        let head = &bytes[..bytes.len().min(HEAD)];
        head.chunks_exact(wide.width).filter(|unit| wide.unit(unit).is_some_and(is_ascii)).count()
    };
    let wide = all.into_iter().rev().max_by_key(|wide| ascii(wide) * wide.width)?;
    let marked = wide.unit(bytes) == Some(MARK);
    let from = if marked { wide.width } else { 0 };
    let least = if marked { 1 } else { RUN };
    if ascii(&wide) < least || !bytes.len().is_multiple_of(wide.width) {
        return None;
    }
    let mut at = from;
    while let Some((character, len)) = next(wide, &bytes[at..]) {
        let fits = |character: char| {
            !character.is_control() || matches!(character, '\t' | '\n' | '\r' | '\u{c}' | '\u{1b}')
        };
        if !character.is_none_or(fits) {
            return None;
        }
        at += len;
    }
    // What is left is half a character at most.
    let left = &bytes[at..];
    let half = left.len() == 2 && wide.unit(left).is_some_and(|unit| (0xd800..0xdc00).contains(&unit));
    (left.is_empty() || half).then_some((wide, from))
}

/// The next character and its length. None stands for plain text, which stays.
fn next(wide: Wide, bytes: &[u8]) -> Option<(Option<char>, usize)> {
    if wide.width == 2 {
        let plain = bytes.iter().take_while(|byte| is_readable(**byte)).count();
        if plain >= PLAIN {
            return Some((None, plain / 2 * 2));
        }
    }
    character(wide, bytes).map(|(character, len)| (Some(character), len))
}

fn is_ascii(unit: u32) -> bool {
    u8::try_from(unit).is_ok_and(is_readable)
}

/// The character at the start of `bytes`, and its length.
fn character(wide: Wide, bytes: &[u8]) -> Option<(char, usize)> {
    let unit = wide.unit(bytes)?;
    if wide.width == 2 && (0xd800..0xdc00).contains(&unit) {
        let low = wide.unit(bytes.get(2..)?)?.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
        return char::from_u32(0x1_0000 + ((unit - 0xd800) << 10) + low).map(|character| (character, 4));
    }
    let character = char::from_u32(unit).filter(|character| *character as u32 & 0xfffe != 0xfffe)?;
    Some((character, wide.width))
}

/// A stretch that is UTF-16 or UTF-32.
#[derive(Clone, Copy, Debug)]
pub struct Stretch {
    pub from: usize,
    pub to: usize,
    wide: Wide,
}

/// The stretches of `bytes` that are UTF-16 or UTF-32.
pub fn stretches(bytes: &[u8]) -> impl Iterator<Item = Stretch> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let stretch = next_stretch(bytes, from)?;
        from = stretch.to;
        Some(stretch)
    })
}

/// The next stretch of `character NUL character NUL …` at or after `from`.
fn next_stretch(bytes: &[u8], from: usize) -> Option<Stretch> {
    let mut at = from;
    while let Some(run) = next_run(bytes, at) {
        // Of big-endian text the NULs before the first character count.
        at = at.max(run.saturating_sub(4));
        let nul = at + memchr::memchr(0, &bytes[at..])?;
        let mut passed = nul + 1;
        for width in [2, 4] {
            let begins = nul > from && is_readable(bytes[nul - 1]);
            // In big-endian text the NULs stand before the character.
            let nuls = bytes[nul..].iter().take(width).take_while(|byte| **byte == 0).count();
            let start = if begins { nul - 1 } else { nul + nuls };
            let mut end = start;
            while end + width <= bytes.len()
                && is_readable(bytes[end])
                && bytes[end + 1..end + width].iter().all(|byte| *byte == 0)
            {
                end += width;
            }
            if (end - start) / width >= RUN {
                return Some(grown(bytes, from, start..end, width));
            }
            passed = passed.max(end);
        }
        at = passed;
    }
    None
}

const fn is_nul(byte: u8) -> bool {
    byte == 0
}

class!(Readable, is_readable);
class!(Nul, is_nul);

/// Where at or after `from` the first `RUN` characters stand that a NUL follows each, or three of them.
fn next_run(bytes: &[u8], from: usize) -> Option<usize> {
    let masks = |at: usize| {
        let [readable, nul] = block::masks::<Readable, Nul>(bytes, at).map(u128::from);
        // Behind the end stands no NUL, though the block has one there.
        let there = bytes.len().saturating_sub(at).min(BLOCK);
        (readable, nul & ((1 << there) - 1))
    };
    let mut at = from;
    let (mut readable, mut nul) = masks(at);
    while at < bytes.len() {
        let next = masks(at + BLOCK);
        readable |= next.0 << BLOCK;
        nul |= next.1 << BLOCK;
        let two = readable & nul >> 1;
        let four = two & nul >> 2 & nul >> 3;
        let runs = (1..RUN as u32).fold(two, |runs, nth| runs & two >> (2 * nth))
            | (1..RUN as u32).fold(four, |runs, nth| runs & four >> (4 * nth));
        if runs as u64 != 0 {
            return Some(at + runs.trailing_zeros() as usize);
        }
        (readable, nul) = (next.0, next.1);
        at += BLOCK;
    }
    None
}

/// A stretch of ASCII with all that belongs to it: the NULs before its first character, if it is big-endian, the last
/// character, and what follows beyond ASCII.
fn grown(bytes: &[u8], from: usize, ascii: Range<usize>, width: usize) -> Stretch {
    let before = width - 1;
    let big = ascii.start >= from + before
        && bytes[ascii.start - before..ascii.start].iter().all(|byte| *byte == 0);
    let wide = Wide { width, big };
    let from = if big { ascii.start - before } else { ascii.start };
    let mut to = if big { ascii.end - before } else { ascii.end };
    while let Some(unit) = wide.unit(&bytes[to..]) {
        // Where both bytes could be plain text, they stay.
        let plain = is_readable(unit as u8) && is_readable((unit >> 8) as u8);
        let letter = matches!(unit, 0xa0..=0x8ff) || matches!(unit, 0x2000..=0x20ff) && !plain;
        if !is_ascii(unit) && !letter {
            break;
        }
        to += width;
    }
    Stretch { from, to, wide }
}

impl Stretch {
    /// Its text, and where each character of it came from.
    pub fn convert(&self, bytes: &[u8], out: &mut Vec<u8>, map: &mut dyn FnMut(usize, Range<usize>, Unit)) {
        let width = self.wide.width;
        for at in (self.from..self.to).step_by(width) {
            let unit = self.wide.unit(&bytes[at..self.to]).unwrap_or_default();
            let character = char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER);
            let mut buffer = [0; 4];
            let utf8 = character.encode_utf8(&mut buffer).as_bytes();
            let shape = if utf8.len() == 1 { Unit { made: 1, of: width as u8 } } else { Unit::WHOLE };
            map(out.len(), at..at + width, shape);
            out.extend_from_slice(utf8);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, little: bool) -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() })
            .collect()
    }

    fn utf32(text: &str, little: bool) -> Vec<u8> {
        text.chars()
            .flat_map(|unit| if little { (unit as u32).to_le_bytes() } else { (unit as u32).to_be_bytes() })
            .collect()
    }

    #[test]
    fn wide_text_is_read_with_or_without_a_mark_and_after_other_text() {
        let line = "speed = abcdef\r\nnext\n";
        for little in [true, false] {
            for made in [utf16(line, little), utf32(line, little)] {
                for before in [&b""[..], b"\xff\xfe", b"\xfe\xff", b"plain line\n", b"odd line\n"] {
                    let bytes = [before, &made].concat();
                    let text = text(&bytes).into_owned();
                    assert!(
                        bstr::ByteSlice::contains_str(&text[..], line.trim_end()),
                        "{little} {before:?} {text:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn what_is_readable_is_so_for_many_bytes_at_once() {
        let written = |byte: u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~');
        assert!((0..=u8::MAX).all(|byte| is_readable(byte) == written(byte)));
    }

    #[test]
    fn runs_are_found_where_a_look_at_each_byte_finds_them() {
        let mut random = 7_u64;
        let mut found = 0;
        for round in 0..4000 {
            let bytes: Vec<u8> = (0..round % 400)
                .map(|at| {
                    random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    let pattern = [&b"a\0"[..], b"a\0\0\0", b"\0a"][round % 3];
                    let likely = pattern[at % pattern.len()];
                    if random >> 60 == 0 { b"a\0\xff"[(random >> 33) as usize % 3] } else { likely }
                })
                .collect();
            let is_run = |at: &usize| {
                [2, 4].into_iter().any(|width| {
                    bytes.get(*at..at + RUN * width).is_some_and(|run| {
                        run.chunks(width)
                            .all(|unit| is_readable(unit[0]) && unit[1..].iter().all(|&nul| nul == 0))
                    })
                })
            };
            let from = bytes.len() / 5;
            let naive = (from..bytes.len()).find(is_run);
            assert_eq!(next_run(&bytes, from), naive, "{bytes:?}");
            found += usize::from(naive.is_some());
        }
        assert!(found > 1000, "{found}");
    }

    #[test]
    fn what_is_wide_from_end_to_end_becomes_utf_8() {
        for line in ["größe = 12\nключ = «abc»\n", "名前と鍵です\nkey = 𝄞 value\n", "plain = text\n"]
        {
            for little in [true, false] {
                for mark in ["", "\u{feff}"] {
                    for made in [utf16, utf32] {
                        let bytes = made(&format!("{mark}{line}"), little);
                        assert_eq!(text(&bytes), line.as_bytes(), "{little} {mark:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn offsets_are_those_of_the_same_characters() {
        let lines = "größe = 12\nключ = «abc»\n名前と𝄞鍵です\nkey = value\n".repeat(3);
        for little in [true, false] {
            let wide = utf16(&lines, little);
            for (bytes, before) in [
                (wide.clone(), 0),
                ([&b"\0 plain text, and then: \n"[..], &wide].concat(), 25),
                ([&b"\xff"[..], &wide].concat(), 1),
            ] {
                let mut offsets: Vec<usize> = (0..=bytes.len()).collect();
                let text = text_with(&bytes, &mut offsets).into_owned();
                assert_eq!(offsets.last(), Some(&text.len()));
                assert!(offsets.is_sorted());
                for (at, raw) in bytes.iter().enumerate().take(before) {
                    assert_eq!(text[offsets[at]], *raw);
                }
                // Behind other text it may be told one byte too early at which end a character begins.
                for at in (0..bytes.len()).step_by(2).filter(|_| before == 0) {
                    let unit = if little { [bytes[at], bytes[at + 1]] } else { [bytes[at + 1], bytes[at]] };
                    if unit[1] == 0 && unit[0].is_ascii_alphanumeric() {
                        assert_eq!(text[offsets[at]], unit[0], "{at}");
                    }
                }
                // Wherever it is cut, the part reads as the whole.
                for cut in (40..wide.len()).step_by(2).filter(|_| before == 0) {
                    let part = super::text(&bytes[..cut]).into_owned();
                    assert_eq!(part[..offsets[cut - 2]], text[..offsets[cut - 2]], "{cut}");
                }
            }
        }
    }

    #[test]
    fn plain_text_stays_whatever_stands_before_it() {
        for plain in [
            &b"\xff\xfepassword = x"[..],
            b"\0password = x",
            b"a\0b\0c\0 password = x",
            b"",
            b"\0\0\0",
            b"caf\xe9 = \xfc",
            b"\xff\xfe\0\0password = x",
        ] {
            assert_eq!(text(plain), plain);
        }
    }

    #[test]
    fn plain_text_stays_readable_amid_and_after_wide_text() {
        let plain = "speed = abcdefgh";
        for little in [true, false] {
            let wide = utf16("first line\nkey = größe", little);
            for bytes in [
                [b"\xff\xfe", &wide[..], plain.as_bytes()].concat(),
                [&wide[..], plain.as_bytes(), &wide].concat(),
                [&b"\0\0\0\0\0"[..], plain.as_bytes(), b"\0\0", &wide].concat(),
            ] {
                let text = text(&bytes).into_owned();
                assert!(bstr::ByteSlice::contains_str(&text[..], plain), "{little} {text:?}");
            }
        }
    }
}
