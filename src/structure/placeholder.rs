//! Values that say by their shape that they are to be replaced, and passwords that products
//! ship with.

use super::text::position;

/// Passwords that products ship with. They are settings: worth a low finding, not silence.
pub fn is_default_password(value: &[u8]) -> bool {
    DEFAULTS.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(value))
}

const DEFAULTS: &[&str] = &[
    "123456",
    "P@ssw0rd",
    "admin",
    "changeit",
    "changeme",
    "elastic:changeme",
    "example",
    "guest",
    "guest:guest",
    "minioadmin",
    "password",
    "postgres",
    "postgres:postgres",
    "root",
    "sa/yourStrong(!)Password",
    "secret",
    "test",
    "yourStrong(!)Password",
];

/// Why the value looks like something to be replaced, by its shape alone. Key blocks and long
/// base64 hold such runs by nature: not for them.
pub fn placeholder(value: &[u8]) -> Option<&'static str> {
    if value.is_empty() {
        return None;
    }
    let lower = value.to_ascii_lowercase();
    if let Some((_, why)) = MARKS.iter().find(|(mark, _)| position(&lower, mark.as_bytes()).is_some()) {
        return Some(why);
    }
    if SHORT_WORDS.iter().any(|word| holds_word(&lower, word.as_bytes())) {
        return Some("says that it is made up");
    }
    if lower.starts_with(b"<") && lower.ends_with(b">") {
        return Some("stands in angle brackets");
    }
    if longest_run(&lower, |a, b| a == b) >= 6 {
        return Some("repeats one character");
    }
    if longest_run(&lower, |a, b| a.is_ascii_alphanumeric() && a.checked_add(1) == Some(b)) >= 7
        || counts(&lower)
    {
        return Some("counts up");
    }
    if is_variable(value) {
        return Some("names what stands there");
    }
    if value.len() >= 8 && distinct(value) < 5 {
        return Some("has fewer than five different characters");
    }
    None
}

const MARKS: &[(&str, &str)] = &[
    ("****", "is masked"),
    ("....", "is left out"),
    ("xxxx", "is masked"),
    ("{{", "is a template"),
    ("your-", "says that it is to be replaced"),
    ("your_", "says that it is to be replaced"),
    ("_here", "says that it is to be replaced"),
    ("-here", "says that it is to be replaced"),
    ("example", "says that it is an example"),
    ("sample", "says that it is an example"),
    ("placeholder", "says that it is to be replaced"),
    ("redacted", "is masked"),
    ("insert", "says that it is to be replaced"),
    ("replace", "says that it is to be replaced"),
    ("changeme", "says that it is to be replaced"),
];

/// Short enough to come up in random text, so they must stand alone.
const SHORT_WORDS: &[&str] = &["dummy", "fake", "todo"];

fn holds_word(value: &[u8], word: &[u8]) -> bool {
    let letter = |at: Option<usize>| at.and_then(|at| value.get(at)).is_some_and(u8::is_ascii_alphabetic);
    value
        .windows(word.len())
        .enumerate()
        .any(|(at, window)| window == word && !letter(at.checked_sub(1)) && !letter(Some(at + word.len())))
}

/// A name as variables have it, for a password or the like: `DOMAIN_ADMIN_PW`.
fn is_variable(value: &[u8]) -> bool {
    const ENDS: &[&[u8]] = &[b"_PW", b"_PWD", b"_PASS", b"_PASSWORD", b"_SECRET", b"_TOKEN", b"_KEY"];
    value.iter().all(|byte| byte.is_ascii_uppercase() || *byte == b'_')
        && ENDS.iter().any(|end| value.ends_with(end))
}

/// The length of the longest stretch in which each neighbour follows from the last.
fn longest_run(value: &[u8], follows: impl Fn(u8, u8) -> bool) -> usize {
    let mut longest = usize::from(!value.is_empty());
    let mut run = 1;
    for pair in value.windows(2) {
        run = if follows(pair[0], pair[1]) { run + 1 } else { 1 };
        longest = longest.max(run);
    }
    longest
}

/// `1234567890abcdef` and the like, which break the plain order once.
fn counts(value: &[u8]) -> bool {
    ["1234567890", "0123456789", "abcdef0123", "67890abcde"]
        .iter()
        .any(|run| position(value, run.as_bytes()).is_some())
}

fn distinct(value: &[u8]) -> usize {
    let mut seen = [false; 256];
    value.iter().for_each(|&byte| seen[byte as usize] = true);
    seen.iter().filter(|&&seen| seen).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders() {
        for value in [
            "your-api-key",
            "<token>",
            "{{ token }}",
            "xxxxxxxxxxxx",
            "aaaaaaBcD123",
            "0123456789abcdef",
            "s3cr3t-example",
            "ab12ab12ab12",
            "REPLACE_ME_NOW",
            "a-todo-item",
            "sk_test_************",
            "abcdefghijkl",
            "DOMAIN_ADMIN_PW",
        ] {
            assert!(placeholder(value.as_bytes()).is_some(), "{value}");
        }
        for value in ["hX7tod0mQ2", "9fTodoK2mq", "Zx81-fK3m_QpLw7", "correct horse battery", "QW_PWMN", ""] {
            assert_eq!(placeholder(value.as_bytes()), None, "{value}");
        }
    }

    /// Random secrets must not look like placeholders: at most 2 in 10,000 of each kind.
    #[test]
    fn random_text_is_no_placeholder() {
        let mut made = crate::structure::sample::Made::new(42);
        for (alphabet, length) in [(&super::super::text::BASE62[..], 40), (&super::super::text::HEX[..], 40)]
        {
            let hits =
                (0..10_000).filter(|_| placeholder(made.text(alphabet, length).as_bytes()).is_some()).count();
            assert!(hits <= 2, "{hits} of 10,000");
        }
    }
}
