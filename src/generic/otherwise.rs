//! The value that is taken where nothing else gives one: `x || "v"`, `getenv("X") or "v"`, `{{ x | default("v") }}`.
//!
//! Bounded look-ahead, no grammar. Knows nothing of what a key means.

use std::ops::Range;

use super::read::{ends_ci, is_ident, line_end, literal, position, skip_blank};

/// What is taken if a condition holds.
const IF: &[u8] = b" ? ";

/// What stands between the two.
const OPERATORS: &[&[u8]] = &[
    b"||",
    b"??",
    b" or ",
    b"?:",
    IF,
    b".unwrap_or(",
    b".unwrap_or_else(|_| ",
    b".orElse(",
    b".getOrElse(",
    b".default(",
    b"~default:",
    b"| default(",
    b"| default ",
    b"({ default: ",
];

/// Bytes of a line in which an operator is looked for.
const FAR: usize = 120;

/// Behind the first operator on the line of a value that is no literal.
pub fn fallback(w: &[u8], p: usize) -> Option<usize> {
    if !w.get(p).is_some_and(|b| is_ident(*b) || matches!(b, b'$' | b'{')) {
        return None;
    }
    let end = line_end(w, p).min(p + FAR);
    let line = &w[p..end];
    let at = OPERATORS.iter().filter_map(|op| position(line, op).map(|i| i + op.len())).min()?;
    // The name of the next pair stands before it.
    let next = position(&line[..at], b": ").is_some();
    (!next).then(|| skip_blank(w, p + at, 8))
}

/// The default within a text that a template fills: `{{ x | default('v') }}`.
pub fn in_template(w: &[u8], text: &Range<usize>) -> Option<usize> {
    if !w[text.clone()].starts_with(b"{{") {
        return None;
    }
    fallback(w, text.start).filter(|v| literal(w, *v).is_some_and(|l| l.end <= text.end))
}

/// Where the name of a key of the environment begins, and the position of what is taken if it is not set:
/// `process.env.KEY || "v"`, `ENV['KEY'] || 'v'`. `p` is behind the key and what closes it.
pub fn of_lookup(w: &[u8], key: &Range<usize>, p: usize) -> Option<(usize, usize)> {
    const LOOKUPS: &[&[u8]] = &[
        b"env[",
        b"env(",
        b"getenv(",
        b"environ[",
        b"environ.get(",
        b"env.get(",
        b"env::var(",
        b"env::var_os(",
        b"environmentvariable(",
    ];
    let next = *w.get(p)?;
    if !matches!(next, b'|' | b'?' | b'o' | b'.' | b',') {
        return None;
    }
    let lead = &w[..key.start];
    if next == b',' {
        return lead.ends_with(b"${env:").then(|| (key.start, skip_blank(w, p + 1, 8)));
    }
    // A blank before a word is part of it.
    let from = p - usize::from(next == b'o' && w[..p].ends_with(b" "));
    let operator = OPERATORS.iter().find(|operator| **operator != IF && w[from..].starts_with(operator))?;
    let value = skip_blank(w, from + operator.len(), 8);
    literal(w, value)?;
    // The name may be a member: `process.env.KEY`.
    if let Some(at) = memchr::memmem::rfind(&w[key.clone()], b"env.") {
        return Some((key.start + at + 4, value));
    }
    let lead = lead.strip_suffix(b"\"").or(lead.strip_suffix(b"'"))?;
    LOOKUPS.iter().any(|lookup| ends_ci(lead, lookup)).then_some((key.start, value))
}

#[cfg(test)]
mod tests {
    use crate::generic::tests::found;

    #[test]
    fn what_is_taken_where_the_environment_says_nothing() {
        for text in [
            "x = process.env.JWT_SECRET ?? '@'",
            "x = process.env.JWT_SECRET || '@'",
            "x = process.env['JWT_SECRET'] || '@'",
            "x = import.meta.env.VITE_API_SECRET || \"@\"",
            "x = os.getenv(\"API_SECRET\") or \"@\"",
            "x = os.environ.get('API_SECRET') or '@'",
            "$x = $_ENV['API_SECRET'] ?? '@';",
            "$x = getenv('API_SECRET') ?: '@';",
            "x = ENV['API_SECRET'] || '@'",
            "var x = Environment.GetEnvironmentVariable(\"API_SECRET\") ?? \"@\";",
            "let x = ProcessInfo.processInfo.environment[\"A\"]; let y = env[\"API_SECRET\"] ?? \"@\"",
            "val x = System.getenv(\"API_SECRET\") ?: \"@\"",
            "let x = env::var(\"API_SECRET\").unwrap_or(\"@\".into());",
            "let x = std::env::var(\"API_SECRET\").unwrap_or_else(|_| \"@\".to_string());",
            "app.use(session(process.env.SESSION_SECRET || '@'))",
            "x: ${env:API_SECRET, \"@\"}",
            "api_secret: \"{{ vault_secret | default('@') }}\"",
            "api_secret: str = Field(default=\"@\")",
        ] {
            assert!(found(text), "{text}");
        }
        for text in [
            "if (process.env.JWT_SECRET || x === '@') run()",
            "x = flags.password || '@'",
            "x = process.env.JWT_SECRET ? '@' : load()",
            "x = os.getenv(\"API_SECRET\") or load(\"@\")",
            "x = map['API_SECRET'] || '@'",
            "api_secret: \"{{ vault_secret }} default('@')\"",
        ] {
            assert!(!found(text), "{text}");
        }
    }
}
