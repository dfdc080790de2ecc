//! What stands around a candidate: its line, and the lines above and below.
//!
//! Knows no path and no verdict.

use super::features::*;
use super::find::Spot;
use super::lexicon::{self as lex, split};
use super::read::{is_ident, line_end, line_start, starts_ci};
use super::value::contains_ci;

pub fn surroundings(w: &[u8], s: &Spot, f: &mut [u8; COUNT]) {
    let key_at = s.key.start.min(s.value.start);
    let from = line_start(w, key_at);
    let to = line_end(w, s.end.max(s.value.end));
    let line = &w[from..to];
    let lead = &w[from..key_at];
    f[C_NEXT] = match w.get(s.end) {
        None | Some(b'\n' | b'\r') => 0,
        Some(b',') => 1,
        Some(b';') => 2,
        Some(b')') => 3,
        Some(b' ' | b'\t') => 4,
        Some(b'(') => 5,
        Some(b'.') => 6,
        Some(b'[') => 7,
        Some(b'&') => 8,
        Some(b'"' | b'\'' | b'`') => 9,
        Some(b'}' | b']') => 10,
        Some(b'\\') => 11,
        Some(b'<' | b'>') => 12,
        Some(b'@') => 13,
        _ => 14,
    };
    let rest = &w[s.end.min(to)..to];
    f[C_REST] = sat(rest.split(|b| *b == b' ').filter(|x| x.len() > 1).count());
    let trimmed =
        lead.iter().position(|b| !matches!(b, b' ' | b'\t')).map_or(&lead[lead.len()..], |i| &lead[i..]);
    let c = |p: &[u8]| trimmed.starts_with(p);
    let directive =
        [&b"#define"[..], b"#if", b"#el", b"#include", b"#pragma", b"#undef"].iter().any(|d| c(d));
    // Erlang's `#user{password = …}`
    let name = || 1 + trimmed[1..].iter().take_while(|b| is_ident(**b)).count();
    let record = c(b"#") && trimmed.get(name()) == Some(&b'{');
    f[C_COMMENT] = if c(b"//") || c(b"/*") || c(b"* ") || c(b"<!--") {
        2
    } else if c(b"#") && !directive && !record || c(b";") || c(b"-- ") {
        1
    } else if lead.windows(3).any(|x| x == b"// " || x == b" # ") {
        3
    } else {
        0
    };
    f[C_INDENT] = sat(lead.len() - trimmed.len());
    f[C_LINE_LEN] = sat(line.len() / 4);
    f[C_LONGLINE] = u8::from(line.len() > 400) + u8::from(line.len() > 700);
    f[C_QUOTES] = sat(line.iter().filter(|b| matches!(b, b'"' | b'\'')).count());
    // the line's words, without the value's own
    let mut line_class = 0;
    let before = &w[from..s.value.start.max(from)];
    for part in [&before[before.len().saturating_sub(120)..], &rest[..rest.len().min(80)]] {
        split(part, |_, _, class| line_class |= class);
    }
    let mut lead_class = 0;
    split(&lead[..lead.len().min(60)], |_, _, class| lead_class |= class);
    f[C_DECLARE] = u8::from(lead_class & lex::DECLARE != 0);
    f[C_COMPARE] = u8::from(line_class & lex::COMPARE != 0);
    f[C_WRONG] = u8::from(line_class & lex::WRONG != 0);
    f[C_EXAMPLE] = u8::from(line_class & lex::EXAMPLE != 0);
    f[C_USER] = u8::from(line_class & lex::USER != 0);
    f[C_CLIENT] = u8::from(line_class & lex::CLIENT != 0);
    f[C_PUBLIC] = u8::from(line_class & lex::PUBLIC != 0);
    f[C_HASHY] = u8::from(line_class & lex::HASH != 0);
    f[C_TEXTY] = u8::from(
        trimmed.first().is_some_and(u8::is_ascii_alphabetic)
            && trimmed.iter().filter(|b| **b == b' ').count() >= 3
            && !trimmed.contains(&b'='),
    );
    // the lines above and below
    let above = if from > 0 { &w[line_start(w, from - 1)..from - 1] } else { &w[..0] };
    let below = if to + 1 < w.len() { &w[to + 1..line_end(w, to + 1)] } else { &w[..0] };
    let mut near = 0;
    for l in [above, below] {
        split(&l[..l.len().min(90)], |_, _, class| near |= class);
    }
    f[C_USER_NEAR] = u8::from(near & lex::USER != 0);
    f[C_SECRET_NEAR] = u8::from(near & (lex::PASS | lex::SECRET | lex::TOKEN | lex::CRED) != 0);
    f[C_HOST_NEAR] = u8::from(near & lex::OWNER != 0);
    f[C_SAME_ABOVE] = alike(line, above);
    f[C_SAME_BELOW] = alike(line, below);
    let value = &w[s.value.clone()];
    f[C_AGAIN] = sat(times(&w[from..s.value.start], value) + times(&w[s.value.end..to], value));
    f[C_AGAIN_NEAR] = sat(times(above, value) + times(below, value));
    f[C_LOCAL] = u8::from(contains_ci(line, b"localhost") || contains_ci(line, b"127.0.0.1"));
}

/// How often a value stands in a text, without case.
fn times(text: &[u8], value: &[u8]) -> usize {
    if value.len() > 40 {
        return 0;
    }
    let (lower, upper) = (value[0].to_ascii_lowercase(), value[0].to_ascii_uppercase());
    memchr::memchr2_iter(lower, upper, text).filter(|at| starts_ci(text, *at, value)).count()
}

/// Bytes of a line that are looked at for what it says, to each side of what matters.
const HEAD: usize = 120;

/// Lines above that are gone through for heads, and how many heads there may be.
const LINES: usize = 12;
const HEADS: usize = 2;

/// What says whose a name is: its line without the value, a comment on the line above, and the heads of the
/// objects (lines that are indented less and open something) or the section (`[name]`) that it stands in.
///
/// `each` is told whether it is the head of the innermost one.
pub fn heads<'w>(w: &'w [u8], s: &Spot, each: &mut dyn FnMut(&'w [u8], bool)) {
    let (first, last) = (s.key.start.min(s.value.start), s.end.max(s.value.end));
    let (from, to) = (line_start(w, first), line_end(w, last));
    each(&w[from.max(s.value.start.saturating_sub(HEAD))..s.value.start.max(from)], false);
    each(&w[last..to.min(last + HEAD)], false);
    let indent = |line: &[u8]| line.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    let mut depth = indent(&w[from..to]);
    let (mut at, mut heads, mut inner) = (from, 0, true);
    for nth in 0..LINES {
        if at == 0 || heads == HEADS {
            return;
        }
        let start = line_start(w, at - 1);
        let line = &w[start..at - 1];
        at = start;
        let own = indent(line);
        let text = line[own..].trim_ascii_end();
        let section = text.first() == Some(&b'[') && text.last() == Some(&b']');
        let opens = matches!(text.last(), Some(b'{' | b'[' | b'(' | b':' | b'>'));
        let comment =
            [&b"#"[..], b"//", b";", b"--", b"/*", b"*", b"<!--"].iter().any(|c| text.starts_with(c));
        if section || own < depth && opens || nth == 0 && comment {
            let head = section || !comment;
            each(&text[..text.len().min(HEAD)], head && inner);
            inner &= !head;
            heads += 1;
        }
        if section {
            return;
        }
        if own < depth && !text.is_empty() {
            depth = own;
        }
    }
}

/// How alike two lines are built: indentation, first bytes, punctuation.
fn alike(a: &[u8], b: &[u8]) -> u8 {
    if b.is_empty() {
        return 0;
    }
    let indent = |l: &[u8]| l.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    let marks = |l: &[u8]| {
        l.iter()
            .take(120)
            .filter(|b| matches!(b, b'=' | b':' | b'"' | b'\'' | b'(' | b','))
            .fold(0u32, |h, b| lex::step(h, *b))
    };
    let head = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    1 + u8::from(indent(a) == indent(b))
        + 2 * u8::from(marks(a) == marks(b))
        + 4 * u8::from(head > indent(a) + 4)
}
