//! Words of sentences and tables, which stand where values might.
//!
//! Looks at a spot in its window. Knows no path.

use super::find::{Form, Spot};
use super::read::{Quote, line_start};

/// Whether a value is a word that people read, by what stands around it.
pub fn prose(w: &[u8], s: &Spot, v: &[u8]) -> bool {
    v.iter().all(u8::is_ascii_alphabetic) && (sentence(w, s) || cell(w, s))
}

/// A word of a sentence in quotes: `"failed to hash password: unexpected error"`, `"TOTP: Enrolling without a name"`.
fn sentence(w: &[u8], s: &Spot) -> bool {
    if s.form != Form::Colon || s.quote != Quote::None {
        return false;
    }
    let lead = &w[line_start(w, s.key.start)..s.key.start];
    let words = |text: &[u8]| {
        let plain = |word: &&[u8]| !word.is_empty() && word.iter().all(u8::is_ascii_alphabetic);
        text.split(|b| *b == b' ').filter(plain).count()
    };
    let mut quotes = memchr::memchr_iter(b'"', lead);
    let Some(open) = quotes.next_back().filter(|_| quotes.count().is_multiple_of(2)) else { return false };
    let Some(rest) = w[s.end..].strip_prefix(b" ") else { return false };
    let end = memchr::memchr2(b'"', b'\n', rest).unwrap_or(rest.len());
    match words(&rest[..end]) {
        0 => false,
        1 | 2 => words(&lead[open + 1..]) >= 2,
        _ => true,
    }
}

/// The first word of a column's head: `| Login | Password | Customer name |`.
fn cell(w: &[u8], s: &Spot) -> bool {
    s.form == Form::Table && matches!(w[s.end..], [b' ', next, ..] if next.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    #[test]
    fn words_that_people_read_are_no_values() {
        let nothing = |text: &str| super::super::find(text.as_bytes()).is_empty();
        for text in [
            "expect: \"failed to hash password: unexpected error\"",
            "desc: \"TOTP: Enrolling without friendly name\"",
            "append(\"| Name | Login | Password | Customer name |\")",
        ] {
            assert!(nothing(text), "{text}");
        }
        for text in [
            "expect: \"failed to hash password: unexpected1 error\"",
            "desc: \"password: swordfish\", more words here",
            "password: swordfish is what they say",
            "| Name | Login | Password | Customer |",
        ] {
            assert!(!nothing(text), "{text}");
        }
    }
}
