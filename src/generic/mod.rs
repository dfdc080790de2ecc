//! Secrets that no format betrays: finds assignments in any text and judges them as a careful reader would.
//!
//! `find_at` reads the text around an anchor and keeps what it saw in a `Candidate`;
//! `judge` adds the path. Knows no file, no rule of the pattern pack, and no report.

mod around;
pub mod eval;
pub mod features;
pub mod find;
pub mod forest;
pub mod judge;
pub mod lexicon;
pub mod model;
pub mod path;
pub mod read;
pub mod rows;
mod schemes;
pub mod tables;
pub mod train;
mod value;
mod values;
pub mod words;

#[cfg(test)]
mod tests;

pub use find::{ANCHORS, Form, REACH};
pub use judge::{Confidence, Judgement, Kind, Severity, judge, judge_at, kind, possible, upper_bound};
pub use model::Model;
pub use path::Place;
pub use read::Quote;

use features::Hashes;
use std::ops::Range;
use tables::Tables;

/// An assignment that may hold a secret; carries all that `judge` needs, but not the text.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    pub form: Form,
    pub quote: Quote,
    pub key: Range<usize>,
    pub value: Range<usize>,
    /// From the key (or value, if that stands first) to the end of the value and its quote.
    pub whole: Range<usize>,
    pub features: [u8; features::COUNT],
    pub hashes: Hashes,
}

/// All candidates that the anchor at byte `anchor` gives, with the built-in tables.
/// What they are depends on no byte farther than `REACH` from `anchor`, and on nothing else.
pub fn find_at(text: &[u8], anchor: usize, out: &mut Vec<Candidate>) {
    find_with(&Model::builtin().tables, text, anchor, out);
}

/// As `find_at`, with other tables.
pub fn find_with(tables: &Tables, text: &[u8], anchor: usize, out: &mut Vec<Candidate>) {
    let lo = anchor.saturating_sub(REACH);
    let w = &text[lo..text.len().min(anchor + REACH)];
    let first = out.len();
    find::spots(w, anchor - lo, &mut |s| {
        let v = &w[s.value.clone()];
        if hopeless(w, &s, v) {
            return;
        }
        let value = s.value.start + lo..s.value.end + lo;
        if out[first..].iter().any(|c| c.value.start == value.start) {
            return;
        }
        let (features, hashes) = features::describe(tables, w, &s);
        let whole = s.key.start.min(s.value.start) + lo..s.end.max(s.value.end) + lo;
        let key = s.key.start + lo..s.key.end + lo;
        out.push(Candidate { form: s.form, quote: s.quote, key, value, whole, features, hashes });
    });
}

/// Certainly no literal secret: too short, a reference, or a call.
fn hopeless(w: &[u8], s: &find::Spot, v: &[u8]) -> bool {
    if v.len() < 3 || v.iter().all(|b| !b.is_ascii_alphanumeric()) {
        return true;
    }
    if v.starts_with(b"${")
        || v.starts_with(b"{{")
        || v.starts_with(b"<%")
        || v.starts_with(b"$(")
        || v.starts_with(b"#{")
    {
        return true;
    }
    if protected(v) || joint(v, s.quote) {
        return true;
    }
    if s.quote == Quote::None && s.form != Form::Bytes {
        let next = w.get(s.end);
        let bare = v.iter().all(|b| read::is_ident(*b) || *b == b'.' || *b == b'$');
        if matches!(next, Some(b'(' | b'[')) && bare {
            return true;
        }
        if v.starts_with(b"0x") && v.len() <= 10 {
            return true;
        }
        const NOTHING: &[&[u8]] = &[
            b"null",
            b"none",
            b"nil",
            b"true",
            b"false",
            b"undefined",
            b"string",
            b"self",
            b"this",
            b"str",
            b"int",
            b"bool",
            b"nullptr",
        ];
        if v.len() <= 9 && NOTHING.iter().any(|x| x.eq_ignore_ascii_case(v)) {
            return true;
        }
    }
    starts_with_command(v)
}

/// The text between two literals (`' + name + '`), read as one.
fn joint(v: &[u8], quote: Quote) -> bool {
    let edge = |b: Option<&u8>| matches!(b, Some(b'"' | b'\'' | b'`' | b' '));
    let glue = |b: &u8| matches!(b, b'+' | b'.' | b'&' | b'|' | b',');
    let inner = |side: &mut dyn Iterator<Item = &u8>| {
        side.skip_while(|b| matches!(**b, b'"' | b'\'' | b'`' | b' ')).take(1).any(glue)
    };
    quote != Quote::None
        && edge(v.first())
        && edge(v.last())
        && (inner(&mut v.iter()) || inner(&mut v.iter().rev()))
}

/// Encrypted or hashed values, and names of values kept elsewhere: no leak.
fn protected(v: &[u8]) -> bool {
    // a list of words or an alternation
    if v.iter().filter(|b| **b == b'|').count() >= 4 {
        return true;
    }
    const HEADS: &[&[u8]] = &[
        b"ENC[",
        b"ENC(",
        b"$ANSIBLE_VAULT",
        b"{cipher}",
        b"!vault",
        b"vault:",
        b"arn:",
        b"op://",
        b"akv://",
        b"ref+",
        b"@Microsoft.KeyVault",
        b"projects/",
        b"sha1$",
        b"sha256$",
        b"pbkdf2",
        b"{SHA",
        b"{SSHA",
        b"{sha",
        b"{ssha",
        b"bcrypt",
        b"scrypt:",
        b"md5$",
        b"sha256:",
        b"sha256-",
        b"sha512-",
        b"sha384-",
        b"SCRAM-SHA",
        b"ssh-rsa ",
        b"ssh-ed25519 ",
        b"ecdsa-sha2",
        b"-----BEGIN PUBLIC",
        b"-----BEGIN CERT",
        b"-----BEGIN RSA PUBLIC",
        b"data:",
        b"secretKeyRef",
        b"!Ref",
        b"!Sub",
        b"Fn::",
    ];
    if HEADS.iter().any(|h| v.starts_with(h)) {
        return true;
    }
    // crypt: $id$…, $id$rounds$…
    let tail = v.strip_prefix(b"$").unwrap_or(b"");
    let id = tail.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'-').count();
    (1..=10).contains(&id) && tail.get(id) == Some(&b'$') && tail.len() > 20
}

/// `ConvertTo-SecureString x`: the cmdlet is no value.
fn starts_with_command(v: &[u8]) -> bool {
    [&b"ConvertTo-"[..], b"ConvertFrom-", b"Get-", b"New-Object", b"Read-Host"]
        .iter()
        .any(|c| v.starts_with(c))
}

/// The naive union over all anchors, without repetitions.
pub fn find(text: &[u8]) -> Vec<Candidate> {
    find_all(&Model::builtin().tables, text)
}

/// As `find`, with other tables.
pub fn find_all(tables: &Tables, text: &[u8]) -> Vec<Candidate> {
    let mut out = Vec::new();
    for at in 0..text.len() {
        if find::anchor_at(text, at).is_some() {
            find_with(tables, text, at, &mut out);
        }
    }
    unique(out)
}

/// One candidate a value: the first found stays.
pub fn unique(mut all: Vec<Candidate>) -> Vec<Candidate> {
    all.sort_by_key(|c| c.value.start); // stable
    all.dedup_by(|b, a| a.value.start == b.value.start);
    all
}
