//! Where an assignment stands: reads key, separator and value around an anchor.
//!
//! One left-to-right look at the bytes within `REACH` of the anchor; no grammar of any language.
//! Knows nothing of paths, and judges nothing beyond "this cannot be a literal value".

use super::read::{
    is_ident, is_key, line_end, line_start, literal, params, prefix_ci, skip_blank, skip_gap, starts_ci, ends_ci, unquoted, Quote,
};
use std::ops::Range;

/// Literal words, compared without case, whose neighbourhood is read.
pub const ANCHORS: &[&str] = &[
    "passw", "passphrase", "_pass", "-pass", "pass\"", "pass'", "pass=", "pass =", "pass:", "pass>", "passcode", "pwd", "pw=", "pw =",
    "secret", "token", "auth_", "_auth", "-auth", "auth\"", "auth'", "auth=", "auth:", "auth =", "authoriz", "authkey",
    "authdata", "credential", "_key", "-key", "key\"", "key'", "key=", "key =", "key:", "key(", "key>", "apikey", "accesskey",
    "bearer", "basic ", "identified by", "://", "@tcp(", "salt", "nonce", "ticket", "_signature", "totp", "hotp", "eyj", "login(",
    "-u ", "--user", " -p", "keybytes", "keyvalue", "securestring", "aeskey", "requirepass", "masterauth",
];

/// Bytes to either side of an anchor that may be looked at.
pub const REACH: usize = 512;

/// The longest key that is read, to either side of the anchor.
const KEY: usize = 48;

/// How the key is tied to its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Form {
    /// `key = value`
    Assign,
    /// `key: value`, in YAML, headers, structs and logs
    Colon,
    /// `"key": "value"`
    Pair,
    /// `key => value`
    Arrow,
    /// `key == "value"`
    Compare,
    /// `setKey("value")`
    Call,
    /// `"key", "value"`
    Comma,
    /// `<key>value</key>`
    Markup,
    /// `| key | value |`
    Table,
    /// `--key value`, `PASSWORD 'value'`, `machine … password value`
    Space,
    /// `name: key` beside `value: value`
    Named,
    /// `Authorization: Bearer value`
    Header,
    /// `scheme://user:value@host`
    Url,
    /// `-u user:value`, `mysql -pvalue`
    Flag,
    /// `?key=value&…`
    Query,
    /// `key = {12, 250, …}`
    Bytes,
    /// `key = ["value", …]`
    Item,
    /// A token of three base64 parts that needs no key
    Jwt,
    /// `key = lookup() || "value"`, `${KEY:-value}`
    Fallback,
}

/// A key and its value, as ranges of the window.
#[derive(Clone, Debug)]
pub struct Spot {
    pub form: Form,
    pub quote: Quote,
    pub key: Range<usize>,
    pub key_quoted: bool,
    pub value: Range<usize>,
    /// Just past the value and its closing quote.
    pub end: usize,
    /// The call or prefix around the value (`Some(`, `Base64.decode(`), empty if none.
    pub wrapper: Range<usize>,
    /// Which argument or item it is.
    pub nth: u8,
}

/// The anchor at byte `at` of `w`, if one stands there.
pub fn anchor_at(w: &[u8], at: usize) -> Option<&'static str> {
    let first = w.get(at)?.to_ascii_lowercase();
    if !STARTS[first as usize] {
        return None;
    }
    ANCHORS.iter().copied().find(|a| a.as_bytes()[0] == first && starts_ci(w, at, a.as_bytes()))
}

/// Bytes that open an anchor.
const STARTS: [bool; 256] = {
    let mut starts = [false; 256];
    let mut i = 0;
    while i < ANCHORS.len() {
        starts[ANCHORS[i].as_bytes()[0] as usize] = true;
        i += 1;
    }
    starts
};

/// Every spot that the anchor at `at` of the window gives.
pub fn spots(w: &[u8], at: usize, each: &mut impl FnMut(Spot)) {
    match w.get(at).map(u8::to_ascii_lowercase) {
        Some(b':') if starts_ci(w, at, b"://") => url(w, at, each),
        Some(b'@') => dsn(w, at, each),
        Some(b'-') if starts_ci(w, at, b"-u ") || starts_ci(w, at, b"--user") => user_pass(w, at, each),
        Some(b' ') => client_password(w, at, each),
        Some(b'e') => jwt(w, at, each),
        Some(b'i') => identified(w, at, each),
        Some(b'b') if starts_ci(w, at, b"bearer") || starts_ci(w, at, b"basic ") => {
            scheme(w, at, each);
            if starts_ci(w, at, b"bearer") {
                word(w, at, each);
            }
        }
        Some(_) => word(w, at, each),
        None => {}
    }
}

fn spot(form: Form, key: Range<usize>, value: Range<usize>) -> Spot {
    let end = value.end;
    Spot { form, quote: Quote::None, key, key_quoted: false, value, end, wrapper: 0..0, nth: 0 }
}

/// An anchor within a name: widens to the name, then reads what follows it.
fn word(w: &[u8], at: usize, each: &mut impl FnMut(Spot)) {
    let mut start = at;
    while start > 0 && at - start < KEY && is_key(w[start - 1]) {
        start -= 1;
    }
    let flag = w[start..at.max(start)].starts_with(b"-");
    while start < w.len() && matches!(w[start], b'-' | b'.' | b'$') {
        start += 1;
    }
    let mut end = at.max(start);
    while end < w.len() && end - at < KEY && is_key(w[end]) && w[end] != b'$' {
        end += 1;
    }
    while end > start && matches!(w[end - 1], b'-' | b'.') {
        end -= 1;
    }
    // the arrow of `->` belongs to no name
    if end <= start || end - at.min(end) >= KEY {
        return;
    }
    if ends_ci(&w[start..end], b"authenticate") || ends_ci(&w[start..end], b"authenticator") {
        return; // a challenge, not an answer
    }
    let key = start..end;
    let opened = start > 0 && matches!(w[start - 1], b'"' | b'\'' | b'`');
    let mut p = end;
    let mut key_quoted = false;
    let mut brace = false;
    for _ in 0..5 {
        match w.get(p) {
            Some(b'"' | b'\'' | b'`') => {
                if key_quoted {
                    break;
                }
                key_quoted = true;
            }
            Some(b']' | b')' | b'*' | b'?' | b'!') => {}
            Some(b'}') => brace = true,
            Some(b'\\') if matches!(w.get(p + 1), Some(b'"' | b'\'')) => {}
            _ => break,
        }
        p += 1;
    }
    let tie = Tie { key, key_quoted: key_quoted && opened, flag, brace };
    after_key(w, p, key_quoted, tie, each);
}

struct Tie {
    key: Range<usize>,
    key_quoted: bool,
    flag: bool,
    brace: bool,
}

/// Reads the separator behind a key, and hands on to the value.
fn after_key(w: &[u8], p: usize, closed: bool, tie: Tie, each: &mut impl FnMut(Spot)) {
    let sep = skip_blank(w, p, 40);
    let gap = sep > p;
    let key_quoted = tie.key_quoted;
    let mut emit = |form: Form, mut s: Spot| {
        s.form = if s.form == Form::Assign { form } else { s.form };
        s.key = tie.key.clone();
        s.key_quoted = key_quoted;
        each(s);
    };
    let Some(&b) = w.get(sep) else { return };
    let next = w.get(sep + 1).copied().unwrap_or(0);
    match b {
        b'=' => match next {
            b'=' => value(w, sep + 2 + usize::from(w.get(sep + 2) == Some(&b'=')), true, false, &mut |s| emit(Form::Compare, s)),
            b'>' => value(w, sep + 2, false, false, &mut |s| emit(Form::Arrow, s)),
            b'~' => {}
            _ => {
                let query = tie.key.start > 0 && matches!(w[tie.key.start - 1], b'?' | b'&' | b';') && !gap;
                let form = if query { Form::Query } else { Form::Assign };
                value(w, sep + 1, false, own_line(w, tie.key.start), &mut |s| emit(form, s));
            }
        },
        b':' => match next {
            b':' => {}
            b'=' => value(w, sep + 2, false, false, &mut |s| emit(Form::Assign, s)),
            b'-' if w[..tie.key.start].ends_with(b"${") => value(w, sep + 2, false, false, &mut |s| emit(Form::Fallback, s)),
            _ => {
                if let Some(eq) = typed(w, sep + 1) {
                    return value(w, eq + 1, false, false, &mut |s| emit(Form::Assign, s));
                }
                let form = match () {
                    () if w[..tie.key.start].ends_with(b"${") => Form::Fallback,
                    () if key_quoted => Form::Pair,
                    () => Form::Colon,
                };
                if let Some(v) = named_value(w, sep + 1, &tie.key) {
                    value(w, v, false, false, &mut |s| emit(Form::Named, s));
                }
                value(w, sep + 1, false, own_line(w, tie.key.start), &mut |s| emit(form, s));
            }
        },
        b'!' if next == b'=' => value(w, sep + 2 + usize::from(w.get(sep + 2) == Some(&b'=')), true, false, &mut |s| emit(Form::Compare, s)),
        b'+' | b'?' | b'.' if next == b'=' => value(w, sep + 2, false, false, &mut |s| emit(Form::Assign, s)),
        b'|' if next == b'|' && w.get(sep + 2) == Some(&b'=') => value(w, sep + 3, false, false, &mut |s| emit(Form::Assign, s)),
        b'|' if w[line_start(w, tie.key.start)..tie.key.start].contains(&b'|') => {
            value(w, sep + 1, false, false, &mut |s| if s.value.end - s.value.start > 3 { emit(Form::Table, s) });
        }
        b',' if closed => {
            value(w, sep + 1, true, false, &mut |s| emit(Form::Comma, s));
            if let Some(v) = named_value(w, sep, &tie.key) {
                value(w, v, true, false, &mut |s| emit(Form::Named, s));
            }
        }
        b'(' if !tie.brace => call(w, sep + 1, &mut |s| emit(Form::Call, s)),
        b'>' if !gap => {
            let from = line_start(w, tie.key.start);
            if w[from..tie.key.start].contains(&b'<') {
                markup(w, sep + 1, &mut |s| emit(Form::Markup, s));
            }
        }
        b'"' | b'\'' if gap => value(w, sep, true, false, &mut |s| emit(Form::Space, s)),
        b'/' | b'}' if closed => {
            if let Some(v) = named_value(w, sep, &tie.key) {
                value(w, v, false, false, &mut |s| emit(Form::Named, s));
            }
        }
        b'\n' | b'\r' | b'-' | b'v' | b'V' => {
            if let Some(v) = named_value(w, p, &tie.key) {
                value(w, v, false, false, &mut |s| emit(Form::Named, s));
            } else if (b == b'v' || b == b'V') && p == tie.key.end {
                spaced(w, sep, &tie, gap, &mut emit);
            }
        }
        _ if p == tie.key.end => spaced(w, sep, &tie, gap, &mut emit),
        _ => {}
    }
}

/// `key value` with nothing but blanks between: only where a flag, an ENV line or the value's shape says so.
fn spaced(w: &[u8], p: usize, tie: &Tie, gap: bool, emit: &mut impl FnMut(Form, Spot)) {
    if !gap || tie.key_quoted {
        return;
    }
    let Some(mut s) = unquoted(w, p, false) else { return };
    let text = &w[s.clone()];
    let lead = &w[line_start(w, tie.key.start)..tie.key.start];
    let key = &w[tie.key.clone()];
    if starts_ci(key, 0, b"ask") {
        return; // asks for it, does not give it
    }
    let told = tie.flag || starts_ci(key, 0, b"requirepass") || starts_ci(key, 0, b"masterauth") || starts_ci(lead, 0, b"ENV ") || starts_ci(lead, 0, b"ARG ") || netrc(lead);
    let digits = text.iter().filter(|b| b.is_ascii_digit()).count();
    let letters = text.iter().filter(|b| b.is_ascii_alphabetic()).count();
    let odd = digits >= 2 && letters >= 2 && text.len() >= 8 && !text.contains(&b'(');
    if told && text.len() >= 3 && !text.starts_with(b"-") || odd {
        while s.end > s.start && matches!(w[s.end - 1], b'.' | b',' | b':') {
            s.end -= 1;
        }
        emit(Form::Space, spot(Form::Assign, 0..0, s));
    }
}

/// `machine … login …` before a password.
fn netrc(lead: &[u8]) -> bool {
    let has = |word: &[u8]| lead.windows(word.len()).any(|l| l == word);
    has(b"login ") && (has(b"machine ") || has(b"default "))
}

/// Does the key open its line (after blanks, list and comment marks, `export` and the like)?
pub fn own_line(w: &[u8], key: usize) -> bool {
    let lead = &w[line_start(w, key)..key];
    if lead.len() > 60 {
        return false;
    }
    lead.split(|b| matches!(b, b' ' | b'\t' | b'#' | b';' | b'-' | b'/' | b'*' | b'+' | b'"' | b'\'' | b'<' | b'>'))
        .all(|word| word.is_empty() || [&b"export"[..], b"ENV", b"ARG", b"set", b"SET", b"setenv", b"env"].contains(&word))
}

/// The `=` behind a type annotation: `: Option<&str> = `.
fn typed(w: &[u8], p: usize) -> Option<usize> {
    let start = skip_blank(w, p, 4);
    let mut i = start;
    while i < w.len() && i - start < 40 {
        match w[i] {
            b'=' if i > start => {
                return (!matches!(w.get(i + 1), Some(b'=' | b'>')) && i > 0 && w[i - 1] == b' ').then_some(i);
            }
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_' | b'<' | b'>' | b'&' | b'[' | b']' | b'?' | b'.' | b' ' | b'|' | b'\'' => i += 1,
            _ => return None,
        }
    }
    None
}

/// `… key`, then `value:` or `value=` close behind; the position behind its separator.
fn named_value(w: &[u8], p: usize, key: &Range<usize>) -> Option<usize> {
    let lead = &w[line_start(w, key.start)..key.start];
    let lead = &lead[lead.len().saturating_sub(24)..];
    let named = lead.windows(2).any(|l| l.eq_ignore_ascii_case(b"ey") || l.eq_ignore_ascii_case(b"me") || l.eq_ignore_ascii_case(b"id"));
    if !named || !lead.iter().any(|b| matches!(b, b':' | b'=' | b'>')) {
        return None;
    }
    let mut i = p;
    let mut lines = 0;
    while i < w.len() && i - p < 48 {
        match w[i] {
            b' ' | b'\t' | b'"' | b'\'' | b',' | b'\r' | b'/' | b'<' | b'>' => i += 1,
            b'\n' => {
                lines += 1;
                if lines > 1 {
                    return None;
                }
                i += 1;
            }
            _ => break,
        }
    }
    let mut i = i + prefix_ci(w, i, &[b"value", b"defaultvalue", b"default_value", b"default", b"val"])?;
    if matches!(w.get(i), Some(b'"' | b'\'')) {
        i += 1;
    }
    i = skip_blank(w, i, 8);
    match w.get(i) {
        Some(b':' | b'>') => Some(i + 1),
        Some(b'=') if w.get(i + 1) == Some(&b'>') => Some(i + 2),
        Some(b'=') => Some(i + 1),
        _ => None,
    }
}

/// A value: a literal, a literal in a call, a list, bytes, or (unless `quoted`) a bare word.
fn value(w: &[u8], p: usize, quoted: bool, own_line: bool, each: &mut impl FnMut(Spot)) {
    let p = skip_gap(w, p);
    value_in(w, p, quoted, own_line, p..p, 0, each);
}

fn value_in(w: &[u8], p: usize, quoted: bool, own_line: bool, wrapper: Range<usize>, depth: u8, each: &mut impl FnMut(Spot)) {
    if depth > 3 {
        return;
    }
    if let Some(l) = literal(w, p) {
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
    // name(…), new Name(…), []byte{…}
    if is_ident(b) || b == b'[' || b == b'&' || b == b':' {
        let mut i = p;
        while i < w.len() && i - p < 64 && (is_ident(w[i]) || matches!(w[i], b'.' | b'[' | b']' | b' ' | b'&' | b':' | b'<' | b'>' | b'!' | b'?')) {
            i += 1;
        }
        match w.get(i) {
            Some(b'(' | b'{') if i > p => {
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
    if let Some(v) = fallback(w, p)
        && let Some(l) = literal(w, v)
    {
        let mut held = None;
        text(w, l.text, l.end, l.quote, wrapper.clone(), 0, &mut |s| held = Some(s));
        if let Some(mut s) = held {
            s.form = Form::Fallback;
            each(s);
        }
        return;
    }
    if quoted {
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

/// The literal behind `x || `, `x ?? ` or `x or ` on the same line.
fn fallback(w: &[u8], p: usize) -> Option<usize> {
    if !w.get(p).is_some_and(|b| is_ident(*b) || *b == b'$') {
        return None;
    }
    let end = line_end(w, p).min(p + 120);
    let line = &w[p..end];
    let at = [&b"||"[..], b"??", b" or "].iter().filter_map(|op| line.windows(op.len()).position(|x| x == *op).map(|i| i + op.len())).min()?;
    Some(skip_blank(w, p + at, 8))
}

/// A literal's text, with a scheme word (`Bearer `) at its head taken off.
fn text(_w: &[u8], text: Range<usize>, end: usize, quote: Quote, wrapper: Range<usize>, nth: u8, each: &mut impl FnMut(Spot)) {
    let skip = scheme_word(&_w[text.clone()]);
    let value = text.start + skip..text.end;
    if value.is_empty() {
        return;
    }
    let form = if skip > 0 { Form::Header } else { Form::Assign };
    each(Spot { form, quote, key: 0..0, key_quoted: false, value, end, wrapper, nth });
}

/// Length of a leading authorization scheme and its blanks, or 0.
fn scheme_word(text: &[u8]) -> usize {
    const SCHEMES: &[&[u8]] = &[b"bearer ", b"basic ", b"token ", b"apikey ", b"api-key ", b"oauth ", b"negotiate ", b"ntlm ", b"jwt ", b"sso-key "];
    prefix_ci(text, 0, SCHEMES).unwrap_or(0)
}

/// `[ "a", "b" ]`: up to four items.
fn items(w: &[u8], p: usize, wrapper: Range<usize>, each: &mut impl FnMut(Spot)) {
    let mut i = p;
    for nth in 0..4 {
        let Some(l) = literal(w, i) else { return };
        let next = skip_gap(w, l.end);
        if !matches!(w.get(next), None | Some(b',' | b']' | b')' | b'}' | b'"' | b'\'' | b'+')) {
            return; // the key of a pair
        }
        let mut held = None;
        text(w, l.text, l.end, l.quote, wrapper.clone(), nth, &mut |s| held = Some(s));
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
fn call(w: &[u8], p: usize, each: &mut impl FnMut(Spot)) {
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

/// `<key>value</key>`
fn markup(w: &[u8], p: usize, each: &mut impl FnMut(Spot)) {
    let start = skip_gap(w, p);
    let mut i = start;
    while i < w.len() && i - start < 300 && !matches!(w[i], b'<' | b'\n') {
        i += 1;
    }
    if i > start && w.get(i) == Some(&b'<') && (w.get(i + 1) == Some(&b'/') || w.get(i + 1) == Some(&b'!')) {
        let mut s = spot(Form::Assign, 0..0, start..i);
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
        while i < w.len() && i - digits < 6 && (w[i].is_ascii_hexdigit() || matches!(w[i], b'x' | b'X' | b'-' | b'u')) {
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

/// `scheme://user:password@host`, `scheme://token@host`
fn url(w: &[u8], at: usize, each: &mut impl FnMut(Spot)) {
    let mut start = at;
    while start > 0 && at - start < 24 && (w[start - 1].is_ascii_alphanumeric() || matches!(w[start - 1], b'+' | b'-' | b'.')) {
        start -= 1;
    }
    let from = at + 3;
    let mut i = from;
    let mut colon = None;
    while i < w.len() && i - from < 300 {
        match w[i] {
            b'@' => {
                let after = w.get(i + 1);
                if i > from && after.is_some_and(|b| is_ident(*b) || matches!(b, b'[' | b'$' | b'{' | b'%' | b'<' | b'(' | b'*')) {
                    // the last @ before the path ends the password
                    let more = w[i + 1..].iter().take(60).take_while(|b| !matches!(b, b'/' | b'?' | b'"' | b'\'' | b'`' | b' ' | b'\n' | b',' | b':' | b')')).position(|b| *b == b'@');
                    if let Some(more) = more {
                        i += 1 + more;
                    }
                    match colon {
                        Some(c) if c + 1 < i => each(spot(Form::Url, from..c, c + 1..i)),
                        None if i - from >= 12 => each(spot(Form::Url, start..at, from..i)),
                        _ => {}
                    }
                }
                return;
            }
            b':' if colon.is_none() => colon = Some(i),
            b' ' | b'\t' | b'\n' | b'\r' | b'"' | b'\'' | b'`' | b'<' | b'>' | b'\\' => {
                // a placeholder in angle brackets is part of the password
                return;
            }
            b'/' if colon.is_none_or(|c| c + 1 == i) => return,
            b'?' | b')' | b'/' if colon.is_some_and(|c| w[c + 1..i].iter().all(u8::is_ascii_digit)) => return,
            _ => {}
        }
        i += 1;
    }
}

/// `user:password@tcp(host)`
fn dsn(w: &[u8], at: usize, each: &mut impl FnMut(Spot)) {
    let mut start = at;
    while start > 0 && at - start < 100 && !matches!(w[start - 1], b'"' | b'\'' | b'`' | b' ' | b'\n' | b'=' | b'/') {
        start -= 1;
    }
    if let Some(c) = w[start..at].iter().position(|b| *b == b':')
        && start + c + 1 < at
    {
        each(spot(Form::Url, start..start + c, start + c + 1..at));
    }
}

/// `-u user:password`, `--user user:password`
fn user_pass(w: &[u8], at: usize, each: &mut impl FnMut(Spot)) {
    let mut p = at + if starts_ci(w, at, b"--user") { 6 } else { 3 };
    if p == at + 6 && !matches!(w.get(p), Some(b' ' | b'=')) {
        return;
    }
    p = skip_blank(w, if w.get(p) == Some(&b'=') { p + 1 } else { p }, 8);
    let (quote, range, end) = match literal(w, p) {
        Some(l) => (l.quote, l.text, l.end),
        None => match unquoted(w, p, false) {
            Some(v) => (Quote::None, v.clone(), v.end),
            None => return,
        },
    };
    if let Some(c) = w[range.clone()].iter().position(|b| *b == b':') {
        let (user, pass) = (range.start..range.start + c, range.start + c + 1..range.end);
        if !user.is_empty() && !pass.is_empty() && w[user.clone()].iter().all(|b| is_key(*b) || *b == b'@') && w[pass.start] != b'/' {
            each(Spot { form: Form::Flag, quote, key: user, key_quoted: false, value: pass, end, wrapper: 0..0, nth: 0 });
        }
    }
}

/// `mysql -ppassword`, `sshpass -p password`
fn client_password(w: &[u8], at: usize, each: &mut impl FnMut(Spot)) {
    let p = at + 3;
    let line = line_start(w, at).max(at.saturating_sub(160));
    let lead = &w[line..at];
    let spaced = w.get(p) == Some(&b' ');
    let clients: &[&[u8]] =
        if spaced { &[b"sshpass", b"docker login", b"podman login", b"az login", b"cqlsh", b"mongo"] } else { &[b"mysql", b"mariadb", b"sshpass", b"7z "] };
    if !clients.iter().any(|c| lead.windows(c.len()).any(|l| l.eq_ignore_ascii_case(c))) {
        return;
    }
    let p = skip_blank(w, p, 4);
    let (quote, value, end) = match literal(w, p) {
        Some(l) => (l.quote, l.text, l.end),
        None => match unquoted(w, p, false) {
            Some(v) => (Quote::None, v.clone(), v.end),
            None => return,
        },
    };
    if !value.is_empty() && w[value.start] != b'-' {
        each(Spot { form: Form::Flag, quote, key: at + 1..at + 3, key_quoted: false, value, end, wrapper: 0..0, nth: 0 });
    }
}

/// `Bearer x`, `Basic x`
fn scheme(w: &[u8], at: usize, each: &mut impl FnMut(Spot)) {
    let word = if starts_ci(w, at, b"bearer") { 6 } else { 5 };
    if at > 0 && is_ident(w[at - 1]) || w.get(at + word) != Some(&b' ') {
        return;
    }
    let p = skip_blank(w, at + word, 4);
    if let Some(v) = unquoted(w, p, false)
        && v.len() >= 6
        && encoded(&w[v.clone()])
    {
        each(spot(Form::Header, at..at + word, v));
    }
}

/// Credentials of a header are encoded: no plain word, no sentence.
fn encoded(v: &[u8]) -> bool {
    let inner_upper = v[1..].iter().any(u8::is_ascii_uppercase) && v.iter().any(u8::is_ascii_lowercase);
    v.iter().all(|b| b.is_ascii_alphanumeric() || b"-._~+/=".contains(b)) && (inner_upper && v.len() >= 8 || v.iter().any(|b| b.is_ascii_digit() || *b == b'='))
}

/// `IDENTIFIED BY 'x'`, `IDENTIFIED WITH … BY 'x'`
fn identified(w: &[u8], at: usize, each: &mut impl FnMut(Spot)) {
    let p = skip_blank(w, at + 13, 8);
    let key = at..at + 13;
    let p = if let Some(n) = prefix_ci(w, p, &[b"password "]) { p + n } else { p };
    if let Some(l) = literal(w, p) {
        text(w, l.text, l.end, l.quote, 0..0, 0, &mut |mut s| {
            s.form = Form::Space;
            s.key = key.clone();
            each(s);
        });
    } else if let Some(v) = unquoted(w, p, false)
        && v.len() >= 3
        && (w[at..].starts_with(b"IDENTIFIED BY") && !starts_ci(w, v.start, b"values") || w[v.clone()].iter().any(u8::is_ascii_digit))
    {
        each(spot(Form::Space, key, v));
    }
}

/// `eyJ….….…`
fn jwt(w: &[u8], at: usize, each: &mut impl FnMut(Spot)) {
    if !w[at..].starts_with(b"eyJ") || at > 0 && (w[at - 1].is_ascii_alphanumeric() || w[at - 1] == b'/' || w[at - 1] == b'+') {
        return;
    }
    let body = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    let first = w[at..].iter().take_while(|b| body(b)).count();
    if first < 16 || w.get(at + first) != Some(&b'.') {
        return;
    }
    let second = w[at + first + 1..].iter().take_while(|b| body(b)).count();
    if second < 8 {
        return;
    }
    let mut end = at + first + 1 + second;
    if w.get(end) == Some(&b'.') {
        end += 1 + w[end + 1..].iter().take_while(|b| body(b)).count();
    }
    each(spot(Form::Jwt, at..at, at..end));
}
