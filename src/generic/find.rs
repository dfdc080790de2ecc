//! Where an assignment stands: reads key, separator and value around an anchor.
//!
//! One left-to-right look at the bytes within `REACH` of the anchor; no grammar of any language.
//! Knows nothing of paths, and judges nothing beyond "this cannot be a literal value".

use super::anchor::{alone, anchor_at, begins_other};
use super::collection;
use super::foreign;
use super::inserted::inserted;
use super::named::{block_of, default_argument, default_of, entry, held, marked, named_value, set_off};
use super::otherwise::of_lookup;
use super::placed::{attributes, column, handed, list_item, parallel, record, returned, serialized};
use super::read::{Quote, ends_ci, is_ident, is_key, line_start, literal, skip_blank, starts_ci, unquoted};
use super::schemes::{
    client, client_password, curl, dsn, identified, jwt, one_time, one_time_secret, scheme, url, user_pass,
};
use super::spaced::{odd, said, spaced, typed};
use super::values::{call, markup, value};
use std::ops::Range;

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
    /// Which argument or item it is, as [`nth`] counts.
    pub nth: u8,
}

impl Spot {
    /// The call or prefix around the value, without blanks at its ends.
    pub fn call<'w>(&self, w: &'w [u8]) -> &'w [u8] {
        w[self.wrapper.clone()].trim_ascii()
    }

    /// Whether that call's name ends with one of these, in any case.
    pub fn called_by(&self, w: &[u8], names: &[&[u8]]) -> bool {
        names.iter().any(|name| ends_ci(self.call(w), name))
    }

    /// From so many bytes before the name to as many behind the value.
    pub fn near<'w>(&self, w: &'w [u8], bytes: usize) -> &'w [u8] {
        &w[self.key.start.saturating_sub(bytes)..w.len().min(self.end + bytes)]
    }
}

/// Of items, what is known is known of the first: from the fourth on they count as one.
pub fn nth(item: usize) -> u8 {
    item.min(3) as u8
}

/// Every spot that the anchor at `at` of the window gives.
pub fn spots(w: &[u8], at: usize, each: &mut impl FnMut(Spot)) {
    match w.get(at).map(u8::to_ascii_lowercase) {
        Some(b':') if starts_ci(w, at, b":pass") => word(w, at + 1, each),
        Some(b':') => url(w, at, each),
        Some(b'@') => dsn(w, at, each),
        Some(b'-') if starts_ci(w, at, b"--user") => user_pass(w, at, each),
        Some(b'c') if starts_ci(w, at, b"curl ") => curl(w, at, each),
        Some(b'm' | b's' | b'd' | b'p' | b'a' | b'c') if client(w, at).is_some() => {
            client_password(w, at, each)
        }
        Some(b'e') if starts_ci(w, at, b"eyj") => jwt(w, at, each),
        Some(b'i') if starts_ci(w, at, b"identified by") => identified(w, at, each),
        Some(b't' | b'h') if one_time(w, at) => one_time_secret(w, at, each),
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

pub fn spot(form: Form, key: Range<usize>, value: Range<usize>) -> Spot {
    let end = value.end;
    Spot { form, quote: Quote::None, key, key_quoted: false, value, end, wrapper: 0..0, nth: 0 }
}

/// An anchor within a name: widens to the name, then reads what follows it.
fn word(w: &[u8], at: usize, each: &mut impl FnMut(Spot)) {
    // Who looks for the words alone comes here, too.
    if matches!(w.get(at), Some(b'_' | b'-')) && begins_other(w, at) {
        return;
    }
    let mut start = at;
    while start > 0 && at - start < KEY && is_key(w[start - 1]) {
        start -= 1;
    }
    let flag = w[start..at.max(start)].starts_with(b"-");
    while start < w.len() && matches!(w[start], b'-' | b'.' | b'$') {
        start += 1;
    }
    let spoken = foreign::word(w, at);
    let mut end = at.max(start) + spoken;
    while end < w.len() && end - at < KEY && is_key(w[end]) && w[end] != b'$' {
        end += 1;
    }
    while end > start && matches!(w[end - 1], b'-' | b'.') {
        end -= 1;
    }
    if end <= start || end - at.min(end) >= KEY {
        return;
    }
    if ends_ci(&w[start..end], b"authenticate") || ends_ci(&w[start..end], b"authenticator") {
        return; // a challenge, not an answer
    }
    if spoken == 0 && (start..at.min(end)).any(|i| end - i < KEY && named_by(w, i)) {
        return; // an earlier anchor in the same name has told all this
    }
    if alone(w, at) && anchor_at(w, at).is_none() {
        return;
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
    p = past_length(w, p, start);
    let tie = Tie { key, key_quoted: key_quoted && opened, flag, brace };
    if spoken > 0 {
        return foreign::after(w, p, &tie.key, each);
    }
    if parallel(w, &tie.key, each) {
        return;
    }
    column(w, &tie.key, each);
    record(w, &tie.key, each);
    inserted(w, &tie.key, each);
    after_key(w, set_off(w, p), key_quoted, tie, each);
}

/// Past what C writes behind the name of a text: `secret[]`, `char pass[32]`.
fn past_length(w: &[u8], p: usize, key: usize) -> usize {
    if w.get(p) != Some(&b'[') {
        return p;
    }
    let digits = w[p + 1..].iter().take(6).take_while(|b| is_ident(**b)).count();
    let chars = || memchr::memmem::find(&w[line_start(w, key)..key], b"char").is_some();
    if w.get(p + 1 + digits) == Some(&b']') && (digits == 0 || chars()) { p + digits + 2 } else { p }
}

/// The mark of the string that begins a line, if a name stands in it with nothing but blanks before.
fn unclosed(w: &[u8], key: usize) -> Option<u8> {
    let lead = w[line_start(w, key)..key].trim_ascii();
    matches!(lead, b"\"" | b"'" | b"b\"" | b"b'").then(|| lead[lead.len() - 1])
}

/// Whether an anchor at `at` reads the name that it stands in.
fn named_by(w: &[u8], at: usize) -> bool {
    anchor_at(w, at).is_some_and(|anchor| {
        !matches!(anchor, "eyj" | "identified by" | "--user") && client(w, at).is_none() && !one_time(w, at)
    })
}

/// How a name stands that is read.
pub struct Tie {
    pub key: Range<usize>,
    pub key_quoted: bool,
    pub flag: bool,
    brace: bool,
}

/// Reads the separator behind a key, and hands on to the value.
fn after_key(w: &[u8], p: usize, closed: bool, tie: Tie, each: &mut impl FnMut(Spot)) {
    let sep = skip_blank(w, p, 40);
    let gap = sep > p;
    let key_quoted = tie.key_quoted;
    let mark = unclosed(w, tie.key.start).filter(|_| !closed);
    let mut emit = |form: Form, mut s: Spot| {
        if s.quote == Quote::None {
            let v = &w[s.value.clone()];
            // `"password=x": …`, `"  password = x\n"`: the string that the name stands in ends the value.
            let string = mark.and_then(|mark| memchr::memchr2(mark, b'\\', v)).filter(|end| *end > 0);
            // The fields of a form: `token=x&state=y`
            let field = if matches!(form, Form::Assign | Form::Query) { next_field(v) } else { None };
            if let Some(end) = string.into_iter().chain(field).min() {
                s.value.end = s.value.start + end;
                s.end = s.value.end;
            }
        }
        s.form = if s.form == Form::Assign { form } else { s.form };
        s.key = tie.key.clone();
        s.key_quoted = key_quoted;
        each(s);
    };
    let Some(&b) = w.get(sep) else { return };
    let next = w.get(sep + 1).copied().unwrap_or(0);
    if let Some((start, v)) = of_lookup(w, &tie.key, sep) {
        return value(w, v, true, false, &mut |s| {
            each(Spot { form: Form::Fallback, key: start..tie.key.end, key_quoted, ..s });
        });
    }
    if matches!(b, b'=' | b':') && collection::is_collective(&w[tie.key.clone()]) {
        collection::values(w, sep + 1 + usize::from(next == b'='), tie.key.start, &mut |s| {
            emit(Form::Item, s)
        });
    }
    match b {
        b'=' => match next {
            b'=' => value(w, sep + 2 + usize::from(w.get(sep + 2) == Some(&b'=')), true, false, &mut |s| {
                emit(Form::Compare, s)
            }),
            b'>' => value(w, sep + 2, false, false, &mut |s| emit(Form::Arrow, s)),
            b'~' => {}
            _ => {
                let query = tie.key.start > 0 && matches!(w[tie.key.start - 1], b'?' | b'&' | b';') && !gap;
                let form = if query { Form::Query } else { Form::Assign };
                value(w, sep + 1, false, own_line(w, tie.key.start), &mut |s| emit(form, s));
            }
        },
        b':' => match next {
            // A list of AsciiDoc; with a blank before it, a type of Haskell.
            b':' if !gap && w.get(sep + 2) == Some(&b' ') => {
                value(w, sep + 2, false, true, &mut |s| emit(Form::Colon, s))
            }
            b':' => {}
            b'=' => value(w, sep + 2, false, false, &mut |s| emit(Form::Assign, s)),
            b'-' if w[..tie.key.start].ends_with(b"${") => {
                value(w, sep + 2, false, false, &mut |s| emit(Form::Fallback, s))
            }
            _ => {
                if let Some(v) = returned(w, sep).filter(|_| !closed) {
                    return value(w, v, true, false, &mut |s| emit(Form::Assign, s));
                }
                if let Some(eq) = typed(w, sep + 1) {
                    return value(w, eq + 1, false, false, &mut |s| emit(Form::Assign, s));
                }
                let form = match () {
                    () if w[..tie.key.start].ends_with(b"${") => Form::Fallback,
                    () if key_quoted => Form::Pair,
                    () => Form::Colon,
                };
                if let Some(v) = named_value(w, sep + 1, &tie.key).or_else(|| held(w, sep + 1)) {
                    value(w, v, false, false, &mut |s| emit(Form::Named, s));
                }
                if let Some(v) = marked(w, skip_blank(w, sep + 1, 4)) {
                    return markup(w, v, &mut |s| emit(Form::Markup, s));
                }
                value(w, set_off(w, sep + 1), false, own_line(w, tie.key.start), &mut |s| emit(form, s));
            }
        },
        b'!' if next == b'=' => {
            value(w, sep + 2 + usize::from(w.get(sep + 2) == Some(&b'=')), true, false, &mut |s| {
                emit(Form::Compare, s)
            })
        }
        b'?' if next == b'?' && w.get(sep + 2) == Some(&b'=') => {
            value(w, sep + 3, false, false, &mut |s| emit(Form::Assign, s))
        }
        b'+' | b'?' | b'.' if next == b'=' => value(w, sep + 2, false, false, &mut |s| emit(Form::Assign, s)),
        b'|' if next == b'|' && w.get(sep + 2) == Some(&b'=') => {
            value(w, sep + 3, false, false, &mut |s| emit(Form::Assign, s))
        }
        // Behind `"$PASSWORD" |` stands a command.
        b'|' if w[line_start(w, tie.key.start)..tie.key.start].contains(&b'|')
            && !w[..tie.key.start].ends_with(b"$") =>
        {
            value(w, sep + 1, false, false, &mut |s| {
                // A row ends with its line; behind `do |password|` comes code.
                if s.value.end - s.value.start > 3 && !w[sep..s.value.start].contains(&b'\n') {
                    emit(Form::Table, s)
                }
            });
        }
        // Behind a bracket a list of its own begins: `["string", "password"], ["boolean", "active"]`.
        // Erlang's `{password, "x"}`
        b',' if !closed && w[..tie.key.start].ends_with(b"{") => {
            value(w, sep + 1, true, false, &mut |s| emit(Form::Comma, s));
        }
        b',' if !closed => {
            if let Some(form) = handed(w, tie.key.start) {
                value(w, sep + 1, true, false, &mut |s| emit(form, s));
            } else if let Some(v) = named_value(w, sep, &tie.key) {
                value(w, v, false, false, &mut |s| emit(Form::Named, s));
            }
        }
        b',' if closed && !w[tie.key.end..sep].iter().any(|b| matches!(b, b']' | b'}')) => {
            if let Some(v) = default_argument(w, sep + 1) {
                return value(w, v, true, false, &mut |s| emit(Form::Fallback, s));
            }
            value(w, sep + 1, true, false, &mut |s| emit(Form::Comma, s));
            if let Some(v) = named_value(w, sep, &tie.key) {
                value(w, v, true, false, &mut |s| emit(Form::Named, s));
            }
        }
        b'(' if next == b')' => {
            if let Some(v) = returned(w, sep + 2) {
                value(w, v, true, false, &mut |s| emit(Form::Assign, s));
            }
        }
        b'(' if !tie.brace => call(w, sep + 1, &mut |s| emit(Form::Call, s)),
        b'>' if !gap => {
            let from = line_start(w, tie.key.start);
            if w[from..tie.key.start].contains(&b'<') {
                markup(w, sep + 1, &mut |s| emit(Form::Markup, s));
                if let Some(v) = named_value(w, p, &tie.key) {
                    markup(w, v, &mut |s| emit(Form::Named, s));
                }
            }
        }
        b'<' if next == b'-' => value(w, sep + 2, true, false, &mut |s| emit(Form::Assign, s)),
        b'<' if !gap => {
            if let Some(v) = entry(w, sep) {
                markup(w, v, &mut |s| emit(Form::Named, s));
            }
        }
        b'`' if gap => {
            if let Some(v) = odd(w, sep) {
                value(w, v, true, false, &mut |s| emit(Form::Space, s));
            }
        }
        b'"' | b'\'' if gap => value(w, sep, true, false, &mut |s| emit(Form::Space, s)),
        b';' if closed => {
            if let Some(v) = serialized(w, sep) {
                value(w, v, true, false, &mut |s| emit(Form::Pair, s));
            }
        }
        // Not `['password']->set('layout', 1)`.
        b'-' if closed && next == b'>' && literal(w, skip_blank(w, sep + 2, 4)).is_some() => {
            value(w, sep + 2, true, false, &mut |s| emit(Form::Arrow, s))
        }
        b'{' if gap && !closed => {
            if let Some(v) = returned(w, sep) {
                value(w, v, true, false, &mut |s| emit(Form::Assign, s));
            }
        }
        b'@' if gap && next == b'"' => value(w, sep, true, false, &mut |s| emit(Form::Space, s)),
        b'{' if closed => {
            if let Some(v) = default_of(w, sep, &tie.key) {
                value(w, v, false, false, &mut |s| emit(Form::Named, s));
            } else if let Some(v) = block_of(w, sep, &tie.key) {
                value(w, v, true, false, &mut |s| emit(Form::Fallback, s));
            }
        }
        b'{' if !gap && literal(w, sep + 1).is_some() => {
            value(w, sep + 1, true, false, &mut |s| emit(Form::Assign, s));
        }
        b'/' | b'}' if closed => {
            if let Some(v) = named_value(w, sep, &tie.key) {
                value(w, v, false, false, &mut |s| emit(Form::Named, s));
            }
        }
        b'\n' | b'\r' | b'-' | b'v' | b'V' | b'c' => {
            if let Some(v) = list_item(w, sep, &tie) {
                value(w, v, false, true, &mut |s| emit(Form::Space, s));
            } else if let Some(v) = attributes(w, sep, tie.key.start) {
                markup(w, v, &mut |s| emit(Form::Markup, s));
            } else if let Some(v) = named_value(w, p, &tie.key) {
                value(w, v, false, false, &mut |s| emit(Form::Named, s));
            } else if b.is_ascii_alphabetic() && p == tie.key.end {
                spaced(w, sep, &tie, gap, &mut emit);
            }
        }
        _ => {
            let word = gap && b.is_ascii_lowercase();
            if let Some(v) = attributes(w, sep, tie.key.start).filter(|_| word) {
                markup(w, v, &mut |s| emit(Form::Markup, s));
            } else if p == tie.key.end {
                spaced(w, sep, &tie, gap, &mut emit);
            } else if let Some(v) = named_value(w, sep, &tie.key).filter(|_| closed && word) {
                // `name="KEY" android:value="x"`
                value(w, v, false, false, &mut |s| emit(Form::Named, s));
            } else if let Some(v) =
                unquoted(w, sep, false).filter(|_| closed && word).and_then(|v| said(w, v))
            {
                // Set `KEY` to `x`
                value(w, v, true, false, &mut |s| emit(Form::Space, s));
            }
        }
    }
}

/// Where the next field of a form begins: `&name=`, its name being more than a letter or two.
fn next_field(v: &[u8]) -> Option<usize> {
    memchr::memchr_iter(b'&', v).find(|at| {
        let name = v[at + 1..].iter().take_while(|b| is_ident(**b)).count();
        *at > 2 && name > 3 && v.get(at + 1 + name) == Some(&b'=')
    })
}

/// Does the key open its line (after blanks, list and comment marks, `export` and the like)?
pub fn own_line(w: &[u8], key: usize) -> bool {
    let lead = &w[line_start(w, key)..key];
    if lead.len() > 60 {
        return false;
    }
    lead.split(|b| {
        matches!(b, b' ' | b'\t' | b'#' | b';' | b'-' | b'/' | b'*' | b'+' | b'"' | b'\'' | b'<' | b'>')
    })
    .all(|word| {
        word.is_empty() || [&b"export"[..], b"ENV", b"ARG", b"set", b"SET", b"setenv", b"env"].contains(&word)
    })
}
