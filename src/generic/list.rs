//! Words in lists, rows and alternations, which stand where values might.
//!
//! Looks at a spot in its window. Knows no path.

use super::find::{Form, Spot};
use super::read;

/// The neighbour of a word in a list (`["password", "reset"]`), or a flag behind a command's name.
pub fn listed(w: &[u8], s: &Spot, v: &[u8]) -> bool {
    let word = v.iter().all(|b| b.is_ascii_alphabetic() || *b == b'_');
    let between = &w[s.key.end..s.value.start];
    if s.form == Form::Item {
        return word && opens_list(between);
    }
    if s.form != Form::Comma {
        return false;
    }
    let flag = v[0] == b'-' && v[1..].iter().all(|b| b.is_ascii_lowercase() || *b == b'-');
    let rest = w[s.end..].trim_ascii_start();
    let next = rest.first();
    if next == Some(&b':') || rest.starts_with(b"=>") {
        return true; // the name of the next pair
    }
    if memchr::memmem::find(&w[s.wrapper.clone()], b": ").is_some() {
        return true; // the value of the next pair
    }
    if between.contains(&b')') && got(w, s) || in_row(w, s, v) || in_lines(w, s, v) {
        return true;
    }
    let before = w[..s.key.start.saturating_sub(1)].trim_ascii_end();
    let before = before.strip_suffix(b"\\").unwrap_or(before);
    let begins = matches!(before.last(), Some(b'[' | b',')) || before.ends_with(b"[]string{");
    flag || word && (opens_list(between) || next == Some(&b',') || begins)
}

/// `", [`: the next argument is a list.
fn opens_list(between: &[u8]) -> bool {
    let mut signs = between.iter().filter(|b| !b.is_ascii_whitespace() && !b"\"')\\".contains(b));
    signs.next() == Some(&b',') && signs.next() == Some(&b'[')
}

/// Behind what was asked for by its name: `get("password"), "x"`, `getArg("password"), getArg("group")`.
fn got(w: &[u8], s: &Spot) -> bool {
    let lead = &w[..s.key.start.saturating_sub(1)];
    let Some(call) = lead.strip_suffix(b"(") else { return false };
    let name = call.iter().rev().take_while(|b| read::is_ident(**b)).count();
    let name = &call[call.len() - name..];
    name.eq_ignore_ascii_case(b"env") || read::starts_ci(name, 0, b"get")
}

/// A name below another, each on a line of its own: of the same kind, a word or a host.
fn in_lines(w: &[u8], s: &Spot, v: &[u8]) -> bool {
    let alone = |at: usize, end: usize| {
        let lead = w[read::line_start(w, at)..at].trim_ascii();
        let rest = &w[end..read::line_end(w, end)];
        matches!(lead, b"\"" | b"'") && matches!(rest.trim_ascii(), b"" | b"," | b"\"," | b"',")
    };
    let constant = |text: &[u8]| {
        text.contains(&b'_')
            && text.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_')
    };
    let domain = |text: &[u8]| {
        let last = text.rsplit(|b| *b == b'.').next().unwrap_or_default();
        (2..text.len()).contains(&last.len()) && last.iter().all(u8::is_ascii_lowercase)
    };
    alone(s.key.start, s.key.end)
        && alone(s.value.start, s.end)
        && (constant(&w[s.key.clone()]) && constant(v)
            || domain(v)
            || v.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'-' | b'_')))
}

/// The neighbour of the word `password` in a row that says more: `VALUES ('1', 'password', '8ca7…', '{}')`. A setting's
/// name says whose password it is, and its value is the last of two or three.
fn in_row(w: &[u8], s: &Spot, v: &[u8]) -> bool {
    let lead = w[read::line_start(w, s.key.start)..s.key.start].trim_ascii_start();
    let row = || {
        lead.starts_with(b"(")
            || read::starts_ci(lead, 0, b"values")
            || lead.to_ascii_lowercase().windows(8).any(|part| part == b"values (")
    };
    let uuid = v.len() == 36 && v[8] == b'-' && v[13] == b'-' && v[18] == b'-' && v[23] == b'-';
    w[s.key.clone()] == *b"password"
        && (uuid
            || w[s.end..].trim_ascii_start().starts_with(b",")
                && memchr::memchr(b'\'', lead).is_some()
                && row())
}

/// One of many words with nothing but bars between them: `(public|password|keyboard)`, `"password" | "implicit"`.
pub fn alternative(w: &[u8], s: &Spot) -> bool {
    /// No row of a table is longer before its value; of a longer line the start may be out of sight.
    const ROW: usize = 400;
    let from = read::line_start(w, s.key.start);
    let between = &w[s.key.end..s.value.start];
    s.form == Form::Table
        && (between == b"|" || s.key_quoted && matches!(between, [_, b'|', _] | [_, b' ', b'|', b' ', _]))
        && (s.key.start - from > ROW || !w[from..].trim_ascii_start().starts_with(b"|"))
}

#[cfg(test)]
mod tests {
    use crate::generic::tests::nothing;

    #[test]
    fn words_in_lists_and_rows_are_no_values() {
        let number = ["8ca78d66-772a-4408", "804e-f5d3d9fe696e"].join("-");
        for text in [
            "define('account/password', [\n  'header', 'translator', 'zxcvbn',\n]",
            "add(\"password\", [\"min\", \"nonalphamin\", \"regex\"]",
            "role(replication.get('password'), ['REPLICATION'])",
            "Bot(env.getProperty(\"BOT_TOKEN\"), \"baelbot\")",
            &["x(getArg(\"pass", "word\"), getArg(\"baelbot\"))"].concat(),
            "[\n  \"AdmPassword\",\n  \"ms-MCS-AdmPwd\",\n  \"name\",\n]",
            "[]string{\"root_password\", \"deletion_protection\"}",
            "[\n  'airpass',\n  'mailhub24.example.se',\n]",
            "{\n\t\"ATLAS_PASSWORD\",\n\t\"ATLAS_X509_URI\",\n}",
            &format!("VALUES ('1', 'password', '{number}', '{{}}')"),
            "INSERT INTO m (a, b, c, d) VALUES ('1', 'password', 'troubadour', '{}')",
        ] {
            assert!(nothing(text), "{text}");
        }
        for text in [
            "connect(\"password\", [\"@\"])",
            "put(string(\"password\"), \"@\")",
            "put(string(\"password\"), string(\"@\"))",
            "set(\n  \"password\",\n  \"@\",\n)",
            "set(\n  \"password\", \"@.example.se\",\n)",
            "std::map{\"root_password\", \"@\"}",
            "setenv(\"ATLAS_PASSWORD\", \"@\")",
            "INSERT INTO settings VALUES (1, 'smtp_password', '@', now())",
            "INSERT INTO settings VALUES ('password', '@')",
        ] {
            let text = text.replace('@', "Tr0ub4dor&3");
            assert!(!nothing(&text), "{text}");
        }
    }
}
