//! Escapes: percent, backslash and HTML. What one at a given place stands for, and nothing else.

use super::{chars::hex, map::Step};

/// An escape, or something that stands for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Escape {
    pub len: usize,
    /// Printable ASCII, a tab or a line end; None if it stands for nothing.
    pub byte: Option<u8>,
    pub step: Step,
    /// How much it speaks for text that is really encoded. Two is enough.
    pub weight: u8,
}

/// The escape that begins at `at`.
pub fn escape(text: &[u8], at: usize) -> Option<Escape> {
    let rest = &text[at..];
    let (step, (len, byte)) = match rest.first()? {
        b'%' => (Step::Percent, (3, hexes(rest.get(1..3)?)?)),
        b'\\' => (Step::Backslash, backslash(rest)?),
        b'&' => (Step::Html, entity(rest)?),
        _ => return None,
    };
    let byte = u8::try_from(byte).ok().filter(|byte| super::chars::is_readable(*byte))?;
    Some(Escape { len, byte: Some(byte), step, weight: 2 })
}

/// The number that hex digits write.
fn hexes(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0_u32, |sum, digit| Some(sum.checked_mul(16)? + u32::from(hex(*digit)?)))
}

/// Its length, and what it stands for.
fn backslash(rest: &[u8]) -> Option<(usize, u32)> {
    Some(match rest.get(1)? {
        b'x' | b'u' if rest.get(2) == Some(&b'{') => {
            let digits = rest[3..].iter().take(7).position(|byte| *byte == b'}')?;
            (digits + 4, hexes(&rest[3..3 + digits]).filter(|_| digits > 0)?)
        }
        b'x' => (4, hexes(rest.get(2..4)?)?),
        b'u' => (6, hexes(rest.get(2..6)?)?),
        b'U' => (10, hexes(rest.get(2..10)?)?),
        b'0'..=b'1' => {
            let octal = |byte: u8| matches!(byte, b'0'..=b'7').then(|| u32::from(byte - b'0'));
            let digits = rest.get(1..4)?.iter().map(|byte| octal(*byte));
            (4, digits.into_iter().try_fold(0, |sum, digit| Some(sum * 8 + digit?))?)
        }
        b'n' => (2, 10),
        b'r' => (2, 13),
        b't' => (2, 9),
        // `_`, `:` and `=`: as Markdown and property files have it.
        byte @ (b'"' | b'\'' | b'\\' | b'/' | b'_' | b':' | b'=' | b'`') => (2, u32::from(*byte)),
        _ => return None,
    })
}

fn entity(rest: &[u8]) -> Option<(usize, u32)> {
    const LONGEST: usize = 12;
    if !rest.get(1).is_some_and(|byte| *byte == b'#' || byte.is_ascii_lowercase()) {
        return None;
    }
    let end = rest.iter().take(LONGEST).position(|byte| *byte == b';')?;
    let stands_for = match &rest[1..end] {
        [b'#', b'x' | b'X', digits @ ..] if !digits.is_empty() => hexes(digits)?,
        [b'#', digits @ ..] if !digits.is_empty() => std::str::from_utf8(digits).ok()?.parse().ok()?,
        b"amp" => u32::from(b'&'),
        b"quot" => u32::from(b'"'),
        b"apos" => u32::from(b'\''),
        b"lt" => u32::from(b'<'),
        b"gt" => u32::from(b'>'),
        b"equals" => u32::from(b'='),
        b"plus" => u32::from(b'+'),
        b"colon" => u32::from(b':'),
        b"lowbar" => u32::from(b'_'),
        b"sol" => u32::from(b'/'),
        b"period" => u32::from(b'.'),
        b"commat" => u32::from(b'@'),
        _ => return None,
    };
    Some((end + 1, stands_for))
}

/// Whether `escaped` and what follows it make an escape again: `\\n`, `&amp;lt;`, `%2541`.
pub fn nested(text: &[u8], at: usize, escaped: Escape) -> bool {
    let next = text.get(at + escaped.len..).unwrap_or_default();
    match escaped.byte {
        Some(b'\\') => text[at] != b'\\' || escape(text, at + 1).is_some(),
        Some(b'&') => {
            matches!(next, [b'#' | b'&', ..])
                || [&b"amp;"[..], b"quot;", b"apos;", b"lt;", b"gt;"]
                    .iter()
                    .any(|name| next.starts_with(name))
        }
        Some(b'%') => {
            matches!(next, [first, ..] if hex(*first).is_some() || matches!(first, b'\\' | b'%' | b'&'))
        }
        _ => false,
    }
}
