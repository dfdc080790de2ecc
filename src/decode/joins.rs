//! The seam between two string literals that the language joins, or within one that goes on in the next line.

use super::{
    chars::{ESCAPING, is_blank, is_quote, line_break, skip_blanks},
    work,
};

/// Bytes of a seam. Longer ones are indented beyond reason.
pub const SEAM: usize = 100;

/// Bytes of a literal in which its end is looked for, from the first that is none of a token.
const LITERAL: usize = 64;

const OPERATORS: [&[u8]; 9] = [b"++", b"..", b"<>", b"<<", b"||", b"+", b".", b"&", b"~"];

/// A seam, and whether what stands before it ends a line by `\n`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seam {
    /// Just behind the quote that opens the next literal.
    pub end: usize,
    pub line: bool,
}

/// The seam that begins with the closing quote at `at`: `"AB" + "CD"`. Tokens stand at both its sides, or
/// it ends a line within the text: `"AB\n",`.
pub fn seam(text: &[u8], at: usize) -> Option<Seam> {
    let before = *text.get(at.checked_sub(1)?)?;
    if !ESCAPING.has(before) || before == b'\\' {
        return None;
    }
    if *text.get(at)? == b'\\' {
        // Its indentation is left out as well.
        let end = skip_blanks(text, line_break(text, at + 1)?, SEAM);
        return ESCAPING.at(text, end).then_some(Seam { end, line: false });
    }
    if !is_quote(text[at]) {
        return None;
    }
    let line = before == b'n' && ends_in_escape(text, at);
    let text = &text[..text.len().min(at + SEAM)];
    work::count(OPERATORS.len());
    let mut breaks = 0;
    let mut i = skip(text, at + 1, &mut breaks)?;
    let mut operator = None;
    let rest = text.get(i..)?;
    if line && rest.first() == Some(&b',') {
        operator = Some(1);
    } else if let Some(found) = OPERATORS.iter().find(|operator| rest.starts_with(operator)) {
        operator = Some(found.len());
    }
    if let Some(len) = operator {
        let comma = rest[0] == b',';
        i = skip(text, i + len, &mut breaks)?;
        if comma && breaks == 0 {
            return None;
        }
    }
    // The line goes on behind `\` or, in Basic, `_`.
    if matches!(text.get(i), Some(b'\\' | b'_')) && breaks == 0 && line_break(text, i + 1).is_some() {
        i = skip(text, i + 1, &mut breaks)?;
    }
    if breaks > 1 {
        return None;
    }
    // A literal may say of what kind it is.
    let kind = text[i..]
        .iter()
        .take(2)
        .take_while(|byte| matches!(byte, b'r' | b'b' | b'f' | b'u' | b'L' | b'@' | b'$'));
    let kind = kind.count();
    if kind > 0 && i == at + 1 {
        return None;
    }
    i += kind;
    let open = text.get(i).is_some_and(|byte| is_quote(*byte));
    let end = i + 1;
    (open && (ESCAPING.at(text, end) || line)).then_some(Seam { end, line })
}

/// What stands between two seams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Where the next seam may begin: at a quote, or at a backslash that ends the line.
    pub end: usize,
    /// Characters of a token that it begins with.
    pub head: usize,
    /// Characters of a token that it ends in, if it is not all one token.
    pub tail: Option<usize>,
}

/// The piece that begins at `from`, behind a seam.
pub fn piece(text: &[u8], from: usize) -> Piece {
    let end = ESCAPING.end(text, from);
    let head = end - from;
    if line_break(text, end).is_some() && head > 0 && text[end - 1] == b'\\' {
        return Piece { end: end - 1, head: head - 1, tail: None };
    }
    let ends = |at| Piece { end: at, head, tail: (at > end).then(|| tail(text, end, at)) };
    // Something else stands in the literal, such as a blank.
    let rest = &text[end..text.len().min(end + LITERAL)];
    let mut escaped = head > 0 && text[end - 1] == b'\\';
    for (at, byte) in (end..).zip(rest) {
        work::count(1);
        match byte {
            _ if escaped => escaped = false,
            b'\\' if line_break(text, at + 1).is_some() => return ends(at),
            b'\\' => escaped = true,
            b'\n' => break,
            byte if is_quote(*byte) => return ends(at),
            _ => {}
        }
    }
    Piece { end, head, tail: Some(0) }
}

/// Characters of a token that end at `to`.
pub fn tail(text: &[u8], from: usize, to: usize) -> usize {
    work::count(16);
    text[from..to].iter().rev().take(16).take_while(|byte| ESCAPING.has(**byte)).count()
}

/// Whether `\n` stands before `at`, with its backslash not escaped.
fn ends_in_escape(text: &[u8], at: usize) -> bool {
    let backslashes = text[..at - 1].iter().rev().take(8).take_while(|byte| **byte == b'\\').count();
    backslashes % 2 == 1
}

/// Passes blanks and line breaks, which are counted.
fn skip(text: &[u8], mut at: usize, breaks: &mut usize) -> Option<usize> {
    loop {
        work::count(1);
        if is_blank(*text.get(at)?) {
            at += 1;
        } else if let Some(next) = line_break(text, at) {
            *breaks += 1;
            at = next;
        } else {
            return Some(at);
        }
    }
}
