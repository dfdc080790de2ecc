//! A key and its value with nothing but blanks, a type or a verb between: `--key x`, `key String = "x"`, `key is x`.
//!
//! Bounded look-ahead, no grammar. Knows nothing of what a key means.

use std::ops::Range;

use super::find::{Form, Spot, Tie, spot};
use super::read::{ends_ci, line_end, line_start, literal, skip_blank, starts_ci, unquoted};
use super::values::value;

/// `key value` with nothing but blanks between: only where a flag, an ENV line or the value's shape says so.
pub fn spaced(w: &[u8], p: usize, tie: &Tie, gap: bool, emit: &mut impl FnMut(Form, Spot)) {
    // Behind `=` stands a value, and no key; behind `<` the name of a tag.
    if !gap || tie.key_quoted || matches!(w[..tie.key.start].last(), Some(b'=' | b'<')) {
        return;
    }
    // `token string = "x"`, `password As String = "x"`
    if let Some(v) = typed(w, p).map(|eq| skip_blank(w, eq + 1, 4)).filter(|v| literal(w, *v).is_some()) {
        return value(w, v, true, false, &mut |s| emit(Form::Assign, s));
    }
    let Some(mut s) = unquoted(w, p, false) else { return };
    if let Some(v) = said(w, s.clone()) {
        return value(w, v, true, false, &mut |s| emit(Form::Space, s));
    }
    if let Some(v) = told(w, s.clone(), &w[tie.key.clone()]) {
        return emit(Form::Space, spot(Form::Assign, 0..0, v));
    }
    let text = &w[s.clone()];
    let lead = &w[line_start(w, tie.key.start)..tie.key.start];
    let key = &w[tie.key.clone()];
    if starts_ci(key, 0, b"ask") || starts_ci(key, 0, b"disabled") || text.starts_with(b"[") {
        return; // asks for it, does not give it, has none; a reference
    }
    // What is said of a flag.
    const SAID: &[&[u8]] = &[
        b"provided",
        b"given",
        b"specified",
        b"required",
        b"missing",
        b"flag",
        b"option",
        b"argument",
        b"should",
        b"must",
        b"may",
        b"can",
        b"cannot",
        b"will",
        b"are",
        b"was",
        b"has",
        b"and",
        b"not",
        b"for",
        b"from",
        b"with",
        b"when",
        b"instead",
    ];
    if SAID.contains(&text) {
        return;
    }
    let told = tie.flag
        || key.eq_ignore_ascii_case(b"requirepass")
        || starts_ci(key, 0, b"masterauth")
        || starts_ci(lead, 0, b"ENV ")
        || starts_ci(lead, 0, b"ARG ")
        || netrc(lead);
    let digits = text.iter().filter(|b| b.is_ascii_digit()).count();
    let letters = text.iter().filter(|b| b.is_ascii_alphabetic()).count();
    let cases =
        text.windows(2).filter(|two| two[0].is_ascii_lowercase() == two[1].is_ascii_uppercase()).count();
    // Names in camel case change between the cases seldom.
    let random = letters == text.len() && letters >= 16 && cases * 3 > letters;
    // The whole line is the name and the value, as programs' own files have it.
    let alone = lead.trim_ascii().is_empty()
        && w[s.end..line_end(w, s.end)].trim_ascii().is_empty()
        && text.iter().any(u8::is_ascii_uppercase)
        && text.iter().any(u8::is_ascii_lowercase);
    let enough = if alone { 1 } else { 2 };
    let odd =
        digits >= enough && letters >= 2 && text.len() >= 8 && !text.contains(&b'(') && !versioned(text)
            || random;
    if told && text.len() >= 3 && !text.starts_with(b"-") || odd {
        while s.end > s.start && matches!(w[s.end - 1], b'.' | b',' | b':') {
            s.end -= 1;
        }
        emit(Form::Space, spot(Form::Assign, 0..0, s));
    }
}

/// `password is "x1"`: the position of the value, if it is quoted and no plain word.
pub fn said(w: &[u8], verb: Range<usize>) -> Option<usize> {
    let v = skip_blank(w, verb.end, 4);
    odd(w, v).filter(|_| matches!(&w[verb], b"is" | b"was" | b"to"))
}

/// The position of a literal that is no plain word.
pub fn odd(w: &[u8], v: usize) -> Option<usize> {
    let text = &w[literal(w, v)?.text];
    let odd = text.iter().any(u8::is_ascii_digit)
        && text.iter().any(u8::is_ascii_alphabetic)
        && !text.contains(&b' ');
    (odd && text.len() >= 6).then_some(v)
}

/// `password is x1`: the value, if no word of a sentence is like it.
fn told(w: &[u8], verb: Range<usize>, name: &[u8]) -> Option<Range<usize>> {
    const PASSWORDS: &[&[u8]] = &[b"password", b"pass", b"passphrase", b"pwd", b"passwort"];
    if !PASSWORDS.iter().any(|end| ends_ci(name, end)) {
        return None;
    }
    let mut v = unquoted(w, skip_blank(w, verb.end, 4), false)
        .filter(|_| matches!(&w[verb], b"is" | b"is:" | b"was"))?;
    while v.end > v.start && matches!(w[v.end - 1], b'.' | b':') {
        v.end -= 1;
    }
    let text = &w[v.clone()];
    let count = |of: fn(&u8) -> bool| text.iter().filter(|b| of(b)).count();
    let digits = count(u8::is_ascii_digit);
    let mixed = digits >= 2 && count(u8::is_ascii_uppercase) > 0 && count(u8::is_ascii_lowercase) > 0;
    let marked = digits > 0 && count(|b| b"!@#$%^&*?".contains(b)) > 0;
    (v.len() >= 8 && (mixed || marked) && !text.contains(&b'/') && !versioned(text)).then_some(v)
}

/// `name-1.2`, `Name/1.0`
fn versioned(text: &[u8]) -> bool {
    let name = text.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let version = &text[name..];
    name >= 2
        && matches!(version.first(), Some(b'-' | b'/' | b'@'))
        && version[1..].iter().all(|b| b.is_ascii_digit() || *b == b'.')
}

/// `machine … login …` before a password.
fn netrc(lead: &[u8]) -> bool {
    let has = |word: &[u8]| lead.windows(word.len()).any(|l| l == word);
    has(b"login ") && (has(b"machine ") || has(b"default "))
}

/// The `=` behind a type annotation: `: Option<&str> = `.
pub fn typed(w: &[u8], p: usize) -> Option<usize> {
    let start = skip_blank(w, p, 4);
    let mut i = start;
    while i < w.len() && i - start < 40 {
        match w[i] {
            b'=' if i > start => {
                let apart = w[i - 1] == b' ' || w[i - 1] == b':' && w[i - 2] == b' ';
                return (!matches!(w.get(i + 1), Some(b'=' | b'>')) && apart).then_some(i);
            }
            b'A'..=b'Z'
            | b'a'..=b'z'
            | b'0'..=b'9'
            | b'_'
            | b'<'
            | b'>'
            | b'&'
            | b'['
            | b']'
            | b'?'
            | b'.'
            | b' '
            | b'|'
            | b'\'' => i += 1,
            // `VARCHAR2(50)`
            b'(' if w[i + 1..].first().is_some_and(u8::is_ascii_digit) => i += 1,
            b')' if w[i - 1].is_ascii_digit() => i += 1,
            b':' if w.get(i + 1) == Some(&b'=') => i += 1,
            _ => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_sentences_tell_is_a_value_and_their_words_are_none() {
        let found = |text: &str| !super::super::find(text.replace('@', "Tr0ub4dor!3").as_bytes()).is_empty();
        for text in [
            "The password is: @",
            "the root password is @ btw",
            "Log in as `admin` with password `@`.",
            "the password was @.",
            "run --user me --password @",
            "{:user \"app\" :pass \"@\"}",
            &["user me\npassword yHGmnKMh", "XkdrkHkBSCkiyngh"].concat(),
            &["user me\n  password wxGKW", "PKPnx8ZjL\n"].concat(),
        ] {
            assert!(found(text), "{text}");
        }
        for text in [
            "the password is base64-encoded",
            "the token is OAuth2-based",
            "the password is SHA256 of it",
            "the password is /etc/x1!y2",
            "with password `other`",
            "the password Base6Encoded comes",
            "the password Base6Encoded",
            "password base6encoded",
            "the password confirmationFieldValidatorOfUsers",
            "--user and --password should not be set",
        ] {
            assert!(!found(text), "{text}");
        }
    }
}
