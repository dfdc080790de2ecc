//! Values that nobody was given: examples, blanks to fill in, test patterns.

use crate::generic::{
    counted, idle,
    lexicon::{self, FILLER, SECRETIVE, classes},
    read::base64,
};

/// Longer values hold too many letters for a word in them to mean anything.
const LONGEST: usize = 200;

/// Words that mark a value as a stand-in, wherever in it they stand.
const WORDS: &[&str] = &[
    "example",
    "sample",
    "dummy",
    "placeholder",
    "redacted",
    "changeme",
    "change_me",
    "change-me",
    "insert",
    "replace",
    "your_",
    "your-",
    "yourtoken",
    "yourkey",
    "yourapi",
    "yoursecret",
    "my_token",
    "mytoken",
    "todo",
    "_here",
    "-here",
    "xxxx",
    "****",
    "....",
    "…",
    "&lt;",
    "fake",
];

/// Why a value looks like a stand-in, if it does.
pub fn looks_made_up(value: &[u8]) -> Option<&'static str> {
    if value.len() > LONGEST {
        return None;
    }
    if blank(value) {
        return Some("a blank to fill in");
    }
    if constant(value) {
        return Some("the name of a variable");
    }
    if somebodys(value) || idle(value) || login(value) {
        return Some("placeholder word");
    }
    if counted(value) {
        return Some("ascending bytes");
    }
    let folded = value.to_ascii_lowercase();
    if WORDS.iter().any(|word| memchr::memmem::find(&folded, word.as_bytes()).is_some()) {
        return Some("placeholder word");
    }
    if longest_run(value, |last, next| last == next) >= 6 {
        return Some("repeated character");
    }
    if longest_run(&folded, |last, next| next.is_ascii_alphanumeric() && next == last.wrapping_add(1)) >= 8 {
        return Some("ascending run");
    }
    None
}

/// A name in brackets (`[PASSWORD]`), what a template puts in its place (`#{password}`), or signs alone (`...`).
fn blank(value: &[u8]) -> bool {
    if !value.is_empty() && value.iter().all(u8::is_ascii_punctuation) {
        return true;
    }
    let [open, .., close] = value else { return false };
    let name = |byte: &u8| byte.is_ascii_alphabetic() || matches!(byte, b' ' | b'_' | b'-' | b'.');
    match (open, close) {
        (b'[', b']') | (b'<', b'>') | (b'{', b'}') => value[1..value.len() - 1].iter().all(name),
        (b'#' | b'$', b'}') => value[1] == b'{',
        _ => false,
    }
}

/// The name of what is to stand there: `APP_DB_PASSWORD`.
fn constant(value: &[u8]) -> bool {
    const ENDS: &[&[u8]] = &[b"_PASSWORD", b"_PASSWD", b"_PASS", b"_PWD", b"_SECRET", b"_TOKEN", b"_KEY"];
    value.iter().all(|byte| byte.is_ascii_uppercase() || *byte == b'_')
        && ENDS.iter().any(|end| value.len() > end.len() && value.ends_with(end))
}

/// Words that say no more than whose secret it is: `myPassword`, `a_password`, `the-api-key`.
fn somebodys(value: &[u8]) -> bool {
    const WHOSE: &[&[u8]] = &[b"my", b"your", b"a", b"an", b"the", b"some", b"any"];
    let (mut first, mut all, mut secret) = (None, true, false);
    lexicon::split(value, |range, _, _| {
        let word = &value[range];
        let class = classes(word);
        first = first.or(Some(WHOSE.iter().any(|whose| whose.eq_ignore_ascii_case(word))));
        all &= class & FILLER != 0;
        secret |= class & SECRETIVE != 0;
    });
    let plain = |byte: &u8| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'-' | b'.' | b' ');
    first == Some(true) && all && secret && value.iter().all(plain)
}

/// A login in base64 that says only what is to stand there: `user:password`, `foo:bar`.
fn login(value: &[u8]) -> bool {
    const USERS: &[&[u8]] =
        &[b"user", b"username", b"login", b"name", b"foo", b"test", b"example", b"client", b"my"];
    let text: Vec<u8> = base64(value).take(64).collect();
    let text = text.trim_ascii_end();
    let Some(colon) = memchr::memchr(b':', text).filter(|_| text.len() < 64) else { return false };
    let words = |part: &[u8], known: &dyn Fn(&[u8]) -> bool| {
        let mut all =
            part.iter().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'-' | b' '));
        lexicon::split(part, |range, _, _| all &= known(&part[range]));
        all && !part.is_empty()
    };
    // `pass` is what somebody might type.
    let filler = |word: &[u8]| classes(word) & FILLER != 0 && !word.eq_ignore_ascii_case(b"pass");
    words(&text[colon + 1..], &filler)
        && words(&text[..colon], &|word| USERS.iter().any(|user| user.eq_ignore_ascii_case(word)))
}

/// The longest stretch in which each byte follows the last one as `follows` says.
fn longest_run(value: &[u8], follows: impl Fn(u8, u8) -> bool) -> usize {
    let (mut longest, mut run) = (usize::from(!value.is_empty()), 1);
    for pair in value.windows(2) {
        run = if follows(pair[0], pair[1]) { run + 1 } else { 1 };
        longest = longest.max(run);
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stand_ins_are_told_from_values() {
        for made_up in [
            "YOUR_TOKEN",
            "abc_EXAMPLE",
            "tok_aaaaaaaa",
            "k0123456789z",
            "xxxxxxxxxxxx",
            "abcdefghij",
            "&lt;your",
            "[PASSWORD]",
            "<new password>",
            "#{new_resource.password}",
            "APP_DB_PASSWORD",
            "myPassword",
            "a_password",
            "THE-API-KEY",
            "unused",
            "AAECAwQFBgcICQoLDA0ODw==",
            "dXNlcm5hbWU6cGFzc3dvcmQ=",
            "Zm9vOmJhcg==",
            "bXkgdXNlcm5hbWU6bXkgcGFzc3dvcmQK",
            "...",
            "…",
        ] {
            assert!(looks_made_up(made_up.as_bytes()).is_some(), "{made_up}");
        }
        for value in ["", "hunter2", "q8Zr1Lm0Vb7Tx", "correct horse", "[hunter2]", "#pass{", "APP_PASSWORD1"]
            .into_iter()
            .chain([
                "myPassw0rd",
                "my_dog",
                "password",
                "the_password_of_bob",
                "unusual",
                "Ym9iOnBhc3N3b3Jk",
                "dXNlcjpwYXNz",
            ])
        {
            assert_eq!(looks_made_up(value.as_bytes()), None, "{value}");
        }
    }
}
