//! Words of sentences and tables, which stand where values might.
//!
//! Looks at a spot in its window. Knows no path.

use super::find::{Form, Spot};
use super::read::{Quote, line_start};

/// Whether a value is a word that people read, by what stands around it.
pub fn prose(w: &[u8], s: &Spot, v: &[u8]) -> bool {
    v.iter().all(u8::is_ascii_alphabetic) && (sentence(w, s) || cell(w, s))
        || piped(w, s)
        || told_before(w, s)
        || filled(w, s)
        || described(w, s, v)
        || ends_sentence(w, s, v)
}

/// A word of a sentence in quotes (`"failed to hash password: unexpected error"`, `"TOTP: Enrolling without a name"`),
/// or behind what is set off from it (`**Password**: what you log in with`, `` `x.password`: Bootstrap password``).
fn sentence(w: &[u8], s: &Spot) -> bool {
    let marked = s.form == Form::Pair && w[s.key.end] == b'`';
    if s.form != Form::Colon && !marked || s.quote != Quote::None {
        return false;
    }
    let lead = &w[line_start(w, s.key.start)..s.key.start];
    let set_off = marked || matches!(w[s.key.end], b'*' | b'<');
    // What changed in a part of a program, in a list.
    let listed = matches!(lead.trim_ascii(), b"-" | b"*") && w[s.value.start].is_ascii_uppercase();
    let mut quotes = memchr::memchr_iter(b'"', lead);
    let open = quotes.next_back().filter(|_| quotes.count().is_multiple_of(2));
    let Some(rest) = w[s.end..].strip_prefix(b" ") else { return false };
    let end = memchr::memchr2(b'"', b'\n', rest).unwrap_or(rest.len());
    match (words(&rest[..end]), open) {
        (0, _) => false,
        (1 | 2, Some(open)) => set_off || words(&lead[open + 1..]) >= 2,
        (_, open) => set_off || open.is_some() || listed,
    }
}

/// The last word of a sentence, which says what comes of the rest: `// set a different password: succeeds.`
fn ends_sentence(w: &[u8], s: &Spot, v: &[u8]) -> bool {
    let word = v.strip_suffix(b".").unwrap_or_default();
    let before = || words(&w[line_start(w, s.key.start)..s.key.start]);
    s.form == Form::Colon
        && s.quote == Quote::None
        && !word.is_empty()
        && word.iter().all(u8::is_ascii_lowercase)
        && matches!(w.get(s.end), None | Some(b'\n' | b'`' | b'"' | b'\''))
        && before() >= 3
}

/// What stands beside a sentence whose last word a name is, as tables of tests have it: `("bad user and password", "x")`,
/// `'a user, but no password' => ['x']`.
fn told_before(w: &[u8], s: &Spot) -> bool {
    let Some(mark @ (b'"' | b'\'')) = w.get(s.key.end) else { return false };
    if s.key_quoted || !w[..s.key.start].ends_with(b" ") {
        return false;
    }
    let lead = &w[line_start(w, s.key.start)..s.key.start];
    memchr::memrchr(*mark, lead).is_some_and(|open| words(&lead[open + 1..]) >= 3)
}

/// Words of letters alone, apart by blanks.
fn words(text: &[u8]) -> usize {
    let plain = |word: &&[u8]| !word.is_empty() && word.iter().all(u8::is_ascii_alphabetic);
    text.split(|b| *b == b' ').filter(plain).count()
}

/// The first word of a column's head: `| Login | Password | Customer name |`.
fn cell(w: &[u8], s: &Spot) -> bool {
    s.form == Form::Table && matches!(w[s.end..], [b' ', next, ..] if next.is_ascii_alphabetic())
}

/// The first word of a cell that holds more of them, or one of another script: `` | `x.password` | MongoDB&reg; admin password |``.
fn described(w: &[u8], s: &Spot, v: &[u8]) -> bool {
    if s.form != Form::Table || s.quote != Quote::None {
        return false;
    }
    let rest = &w[s.end..];
    let rest = &rest[..memchr::memchr2(b'|', b'\n', rest).unwrap_or(rest.len())];
    !v.is_ascii() || words(rest) >= 2 && !v.iter().any(u8::is_ascii_digit)
}

/// Within a template of Go: the name of a function (`{{- $password := randAlphaNum 10 }}`), or what is handed to one
/// (`{{ include "x" (dict "key" "password" "length" 10) }}`).
fn filled(w: &[u8], s: &Spot) -> bool {
    let lead = &w[line_start(w, s.key.start)..s.key.start];
    let bare = matches!(s.form, Form::Assign | Form::Colon) && s.quote == Quote::None;
    let open = memchr::memmem::rfind(lead, b"{{");
    (bare || s.form == Form::Space)
        && open.is_some_and(|open| memchr::memmem::find(&lead[open..], b"}}").is_none())
}

/// What a template gives a value to: `{{ index $data "PASSWORD" | b64dec) }}`.
fn piped(w: &[u8], s: &Spot) -> bool {
    let lead = || &w[line_start(w, s.key.start)..s.key.start];
    s.form == Form::Table && w.get(s.end) == Some(&b')') && memchr::memmem::find(lead(), b"{{").is_some()
}

#[cfg(test)]
mod tests {
    use crate::generic::tests::nothing;

    #[test]
    fn words_that_people_read_are_no_values() {
        for text in [
            "expect: \"failed to hash password: unexpected error\"",
            "desc: \"TOTP: Enrolling without friendly name\"",
            "- **Password**: what you log in with",
            "<b>password</b>: belongs to <i>admin</i>",
            "append(\"| Name | Login | Password | Customer name |\")",
            "// Try to set a different password: succeeds.",
            "{{- $password := randAlphaNum 10 }}",
            "x: {{ include \"manage\" (dict \"key\" \"admin-password\" \"failOnNew\" false) }}",
            "| `a.rootPassword` | MongoDB&reg; admin password |",
            "- `a.password`: Bootstrap password",
            "| A6 | `refresh_token` | \u{660e}\u{6587}S2 |",
            "{{ (index $data \"POSTGRES_PASSWORD\" | b64dec) }}",
            &["{\"bad user and a pass", "word\", \"leaf:pwdx7\", false},"].concat(),
            &["'a user, a sign, but no pass", "word' => [\n 'x://u@localhost',\n 'localhost7' ]"].concat(),
        ] {
            assert!(nothing(text), "{text}");
        }
        for text in [
            "expect: \"failed to hash password: unexpected1 error\"",
            "set(\"mail server password\", \"@\")",
            "'the database password' => '@'",
            "desc: \"password: @\", more words here",
            "- **Password**: @",
            "password: @ is what they say",
            "// Log in with the usual password: @",
            "{{ x }} | password | @ |",
            "{{- $password := \"@\" }}",
            "password: {{ .Values.password | default \"@\" }}",
            "| `a.rootPassword` | @7 as of now |",
            "- `a.password`: @",
            "| Name | Login | Password | Customer |",
        ] {
            let text = text.replace('@', "swordfish");
            assert!(!nothing(&text), "{text}");
        }
    }
}
