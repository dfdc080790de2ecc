//! Values that nobody was given: examples, blanks to fill in, test patterns.

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
            "...",
            "…",
        ] {
            assert!(looks_made_up(made_up.as_bytes()).is_some(), "{made_up}");
        }
        for value in ["", "hunter2", "q8Zr1Lm0Vb7Tx", "correct horse", "[hunter2]", "#pass{", "APP_PASSWORD1"]
        {
            assert_eq!(looks_made_up(value.as_bytes()), None, "{value}");
        }
    }
}
