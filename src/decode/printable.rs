//! Quoted-printable: what an `=` at a given place stands for.

use super::{
    chars::{TOKEN, hex, is_readable, line_break},
    escapes::Escape,
    map::Step,
};

/// Characters of a line that is broken softly, its `=` included.
const SOFT: std::ops::RangeInclusive<usize> = 60..=78;

/// The escape that begins at `at`.
pub fn quoted(text: &[u8], at: usize) -> Option<Escape> {
    let made = |len, byte, weight| Some(Escape { len, byte, step: Step::QuotedPrintable, weight });
    if text.get(at) != Some(&b'=') {
        return None;
    }
    if let Some(next) = line_break(text, at + 1) {
        let before = &text[at.saturating_sub(*SOFT.end() + 1)..at];
        let line = before.iter().rev().position(|byte| *byte == b'\n').unwrap_or(before.len());
        let amid =
            SOFT.contains(&(line + 1)) && before.last().is_some_and(|byte| TOKEN.has(*byte) && *byte != b'=');
        // Else it is the padding of base64 at the end of a block.
        let amid = amid && TOKEN.at(text, next) && !text[next..].starts_with(b"-----");
        return if amid { made(next - at, None, 2) } else { None };
    }
    let &[high, low] = text.get(at + 1..at + 3)? else { return None };
    if high.is_ascii_lowercase() || low.is_ascii_lowercase() {
        return None;
    }
    let byte = hex(high)? << 4 | hex(low)?;
    // Two digits may be a number that is assigned; a letter is rarer.
    made(3, Some(byte).filter(|byte| is_readable(*byte)).map(Some)?, if low.is_ascii_digit() { 1 } else { 2 })
}
