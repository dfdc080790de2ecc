//! What stands behind a separator: a literal, a literal in a call, a list, bytes, or a bare word.
//!
//! Bounded look-ahead, no grammar. Knows nothing of keys or paths.

use super::find::{Form, Spot, nth, spot};
use super::otherwise::{fallback, in_template};
use super::read::{
    Quote, is_ident, line_end, line_start, literal, params, prefix_ci, skip_blank, skip_gap, unquoted,
};
use std::ops::Range;

/// A value: a literal, a literal in a call, a list, bytes, or (unless `quoted`) a bare word.
pub fn value(w: &[u8], p: usize, quoted: bool, own_line: bool, each: &mut impl FnMut(Spot)) {
    let from = skip_gap(w, block(w, p));
    // Erlang's `<<"x">>`
    let from = if w[from..].starts_with(b"<<\"") { from + 2 } else { from };
    let gap = &w[p.min(from)..from];
    match gap.contains(&b'\n') && !gap.contains(&b'\\') {
        // A bare word on the next line is a line of its own, unless it stands there alone, and farther in.
        true => value_in(w, from, quoted || !alone(w, p, from), true, from..from, 0, each),
        false => value_in(w, from, quoted, own_line, from..from, 0, each),
    }
}

/// Past the sign with which YAML says that the value stands on the next lines: `|`, `>-`.
fn block(w: &[u8], p: usize) -> usize {
    let sign = skip_blank(w, p, 8);
    if !matches!(w.get(sign), Some(b'|' | b'>')) {
        return p;
    }
    let kept = w[sign + 1..].iter().take(2).take_while(|b| matches!(b, b'-' | b'+' | b'0'..=b'9')).count();
    let end = skip_blank(w, sign + 1 + kept, 8);
    if matches!(w.get(end), Some(b'\n' | b'\r')) { end } else { p }
}

/// Whether one word stands alone on its line, which is farther in than the line of `p`.
fn alone(w: &[u8], p: usize, from: usize) -> bool {
    let line = line_start(w, p.min(w.len()));
    let indent = skip_blank(w, line, 60) - line;
    let end = unquoted(w, from, true).map_or(from, |word| word.end);
    from - line_start(w, from) > indent && w[end..line_end(w, end)].trim_ascii().is_empty()
}

fn value_in(
    w: &[u8],
    p: usize,
    quoted: bool,
    own_line: bool,
    wrapper: Range<usize>,
    depth: u8,
    each: &mut impl FnMut(Spot),
) {
    if depth > 3 {
        return;
    }
    if let Some(l) = literal(w, p) {
        if let Some(l) = in_template(w, &l.text).and_then(|v| literal(w, v)) {
            return text(w, l.text, l.end, l.quote, wrapper, 0, &mut |s| {
                each(Spot { form: Form::Fallback, ..s });
            });
        }
        return text(w, l.text, l.end, l.quote, wrapper, 0, each);
    }
    let Some(&b) = w.get(p) else { return };
    if b == b'[' || b == b'{' || b == b'(' {
        let inner = skip_gap(w, p + 1);
        if let Some(end) = bytes(w, inner) {
            let mut s = spot(Form::Bytes, 0..0, inner..end);
            s.wrapper = wrapper;
            return each(s);
        }
        if b != b'{' && w.get(p + 1) != Some(&b']') {
            return items(w, inner, wrapper, each);
        }
        if b == b'{' && w.get(p + 1) != Some(&b'{') {
            return;
        }
    }
    let otherwise = fallback(w, p).and_then(|v| literal(w, v));
    let decided = otherwise.is_some();
    if let Some(l) = otherwise {
        text(w, l.text, l.end, l.quote, wrapper.clone(), 0, &mut |s| {
            each(Spot { form: Form::Fallback, ..s });
        });
    }
    // name(…), new Name(…), []byte{…}
    if is_ident(b) || b == b'[' || b == b'&' || b == b':' {
        let mut i = p;
        while i < w.len()
            && i - p < 64
            && (is_ident(w[i])
                || matches!(w[i], b'.' | b'[' | b']' | b' ' | b'&' | b':' | b'<' | b'>' | b'!' | b'?'))
        {
            i += 1;
        }
        match w.get(i) {
            Some(b'(' | b'{') if i > p && closes(w, i) => {
                let inner = skip_gap(w, i + 1);
                if w[i] == b'{' || literal(w, inner).is_none() {
                    if let Some(end) = bytes(w, inner) {
                        let mut s = spot(Form::Bytes, 0..0, inner..end);
                        s.wrapper = p..i;
                        return each(s);
                    }
                    if w[i] == b'{' {
                        return;
                    }
                }
                let mut first = true;
                params(w, inner, &mut |l| {
                    text(w, l.text, l.end, l.quote, p..i, u8::from(!first), each);
                    first = false;
                });
                if first {
                    value_in(w, inner, true, false, p..i, depth + 1, each);
                }
                return;
            }
            _ => {}
        }
    }
    if decided || quoted {
        return;
    }
    if let Some(v) = unquoted(w, p, own_line) {
        let skip = scheme_word(&w[v.start..]);
        if skip > 0 {
            // `Authorization: Bearer x`: the word is no value
            if let Some(v) = unquoted(w, skip_blank(w, v.start + skip, 4), false) {
                each(Spot { wrapper, ..spot(Form::Header, 0..0, v) });
            }
        } else {
            each(Spot { wrapper, ..spot(Form::Assign, 0..0, v) });
        }
    }
}

/// Whether the bracket at `p` opens what is handed to a name, and is no sign of a password: it is closed on the line, and
/// no word goes on behind it, or else the line ends within.
fn closes(w: &[u8], p: usize) -> bool {
    let line = &w[p + 1..line_end(w, p)];
    let close = if w[p] == b'(' { b')' } else { b'}' };
    match memchr::memchr(close, line) {
        Some(at) => {
            !line.get(at + 1).is_some_and(|b| is_ident(*b) || matches!(b, b'#' | b'$' | b'%' | b'@' | b'^'))
        }
        None => matches!(
            line.trim_ascii_end().last(),
            None | Some(b',' | b'(' | b'{' | b'[' | b'"' | b'\'' | b'`' | b'+' | b'|' | b'>' | b'\\')
        ),
    }
}

/// A literal's text, with a scheme word (`Bearer `) at its head taken off.
pub fn text(
    w: &[u8],
    text: Range<usize>,
    end: usize,
    quote: Quote,
    wrapper: Range<usize>,
    nth: u8,
    each: &mut impl FnMut(Spot),
) {
    let text = bare(w, text, quote);
    let skip = scheme_word(&w[text.clone()]);
    let value = text.start + skip..text.end;
    if value.is_empty() {
        return;
    }
    let form = if skip > 0 { Form::Header } else { Form::Assign };
    each(Spot { form, quote, key: 0..0, key_quoted: false, value, end, wrapper, nth });
}

/// A text without the line ends beside the marks of one that goes over lines, or the quotes that a generator of code is
/// handed with it: `"\"x\""`.
fn bare(w: &[u8], text: Range<usize>, quote: Quote) -> Range<usize> {
    let all = &w[text.clone()];
    if quote == Quote::Triple {
        let start = all.iter().take_while(|b| b.is_ascii_whitespace()).count();
        let end = all.iter().rev().take_while(|b| b.is_ascii_whitespace()).count();
        return if start + end < all.len() { text.start + start..text.end - end } else { text };
    }
    let quoted = all.len() > 4 && all.starts_with(b"\\\"") && all.ends_with(b"\\\"");
    if quoted { text.start + 2..text.end - 2 } else { text }
}

/// Length of a leading authorization scheme and its blanks, or 0.
fn scheme_word(text: &[u8]) -> usize {
    const SCHEMES: &[&[u8]] = &[
        b"bearer ",
        b"basic ",
        b"token ",
        b"apikey ",
        b"api-key ",
        b"oauth ",
        b"negotiate ",
        b"ntlm ",
        b"jwt ",
        b"sso-key ",
    ];
    prefix_ci(text, 0, SCHEMES).unwrap_or(0)
}

/// Items of a list that are gone through.
const ITEMS: usize = 16;

/// `[ "a", "b" ]`.
fn items(w: &[u8], p: usize, wrapper: Range<usize>, each: &mut impl FnMut(Spot)) {
    let mut i = p;
    for item in 0..ITEMS {
        let Some(l) = literal(w, i) else { return };
        let next = skip_gap(w, l.end);
        if !matches!(w.get(next), None | Some(b',' | b']' | b')' | b'}' | b'"' | b'\'' | b'+')) {
            return; // the key of a pair
        }
        let mut held = None;
        text(w, l.text, l.end, l.quote, wrapper.clone(), nth(item), &mut |s| held = Some(s));
        if let Some(mut s) = held {
            s.form = Form::Item;
            each(s);
        }
        if w.get(next) != Some(&b',') {
            return;
        }
        i = skip_gap(w, next + 1);
    }
}

/// A call's literal arguments.
pub fn call(w: &[u8], p: usize, each: &mut impl FnMut(Spot)) {
    let p = skip_gap(w, p);
    let mut nth = 0;
    params(w, p, &mut |l| {
        text(w, l.text, l.end, l.quote, 0..0, nth, each);
        nth = nth.saturating_add(1);
    });
    if nth == 0 {
        value_in(w, p, true, false, p..p, 1, each);
    }
}

/// Past what stands between a tag and the value that it holds: `<value>`, `<![CDATA[`.
pub fn markup_start(w: &[u8], p: usize) -> usize {
    const HEADS: &[&[u8]] = &[b"<![CDATA[", b"<value>"];
    let start = skip_gap(w, p);
    start + prefix_ci(w, start, HEADS).unwrap_or(0)
}

/// `<key>value</key>`, on one line or with the value on its own.
pub fn markup(w: &[u8], p: usize, each: &mut impl FnMut(Spot)) {
    let start = markup_start(w, p);
    if w[..start].ends_with(b"<![CDATA[") {
        let line = &w[start..line_end(w, start).min(start + 300)];
        if let Some(len) = memchr::memmem::find(line, b"]]>").filter(|len| *len > 0) {
            each(Spot { quote: Quote::Tag, ..spot(Form::Assign, 0..0, start..start + len) });
        }
        return;
    }
    let mut i = start;
    while i < w.len() && i - start < 300 && !matches!(w[i], b'<' | b'\n') {
        i += 1;
    }
    let text = w[start..i].trim_ascii_end().len();
    let i = skip_gap(w, i);
    if text > 0 && w.get(i) == Some(&b'<') && matches!(w.get(i + 1), Some(b'/' | b'!')) {
        let mut s = spot(Form::Assign, 0..0, start..start + text);
        s.quote = Quote::Tag;
        each(s);
    }
}

/// Eight or more numbers apart by commas; the end of the last.
fn bytes(w: &[u8], p: usize) -> Option<usize> {
    let mut i = p;
    let mut count = 0;
    let mut end = p;
    while i < w.len() && i - p < 380 {
        let digits = i;
        while i < w.len()
            && i - digits < 6
            && (w[i].is_ascii_hexdigit() || matches!(w[i], b'x' | b'X' | b'-' | b'u'))
        {
            i += 1;
        }
        if i == digits || !(w[digits].is_ascii_digit() || w[digits] == b'-') {
            break;
        }
        count += 1;
        end = i;
        i = skip_gap(w, i);
        if w.get(i) != Some(&b',') {
            break;
        }
        i = skip_gap(w, i + 1);
    }
    (count >= 8).then_some(end)
}
