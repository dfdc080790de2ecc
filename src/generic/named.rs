//! A key and its value that stand apart: `name: key` beside `value: x`, a variable's default, what an argument's name says.
//!
//! Bounded look-ahead, no grammar. Knows nothing of what a key means.

use super::read::{
    ends_ci, is_ident, is_key, line_end, line_start, literal, prefix_ci, skip_blank, skip_gap,
};
use std::ops::Range;

/// Lines of a variable's block that are gone through for its default.
const DEFAULT_LINES: usize = 8;

/// Pairs that are looked at for the one that says the value.
const PAIRS: usize = 4;

/// Arguments between a name and the one that says its default.
const ARGUMENTS: usize = 3;

/// Terraform's `variable "key" {`, then `default =` within its braces; the position behind the `=`.
pub fn default_of(w: &[u8], brace: usize, key: &Range<usize>) -> Option<usize> {
    let lead = w[line_start(w, key.start)..key.start].trim_ascii();
    if !lead.starts_with(b"variable ") {
        return None;
    }
    let mut at = brace + 1;
    for line in w[at..].split_inclusive(|b| *b == b'\n').take(DEFAULT_LINES) {
        let text = line.trim_ascii();
        if let Some(rest) = text.strip_prefix(b"default") {
            let eq = rest.trim_ascii_start().strip_prefix(b"=")?;
            return (!eq.starts_with(b"="))
                .then(|| at + memchr::memchr(b'=', line).expect("it was just seen") + 1);
        }
        if text.starts_with(b"}") {
            return None;
        }
        at += line.len();
    }
    None
}

/// The value that a block gives where nothing is kept under the key: `fetch('KEY') { 'x' }`.
pub fn block_of(w: &[u8], brace: usize, key: &Range<usize>) -> Option<usize> {
    let lead = w[..key.start].trim_ascii_end();
    let lead = lead.strip_suffix(b"'").or(lead.strip_suffix(b"\"")).unwrap_or(lead);
    let value = skip_gap(w, brace + 1);
    (lead.ends_with(b"fetch(") && literal(w, value).is_some()).then_some(value)
}

/// Behind `add_argument("--key", type=str, default=`: the position behind the separator.
pub fn default_argument(w: &[u8], p: usize) -> Option<usize> {
    let mut i = p;
    for _ in 0..ARGUMENTS {
        i = skip_gap(w, i);
        let end = i + name(w, i);
        let sign = skip_blank(w, end, 4);
        if end == i || !matches!(w.get(sign), Some(b'=' | b':')) {
            return None;
        }
        if prefix_ci(w, i, &[b"default"]).is_some() {
            return Some(sign + 1);
        }
        i = skip_blank(w, sign + 1, 4);
        i = literal(w, i).map_or_else(
            || i + w[i..].iter().take(40).take_while(|b| is_key(**b)).count(),
            |value| value.end,
        );
        if w.get(i) != Some(&b',') {
            return None;
        }
        i += 1;
    }
    None
}

/// Behind `<key>name</key>` of a property list, or the cell of a table that holds a name: the position behind the tag
/// that opens the value (`<string>`, `<td>`, `<dd>`).
pub fn entry(w: &[u8], p: usize) -> Option<usize> {
    const NAMES: &[&[u8]] = &[b"</key>", b"</td>", b"</th>", b"</dt>", b"</name>", b"</param-name>"];
    const VALUES: &[&[u8]] = &[b"<string>", b"<td>", b"<dd>", b"<value>", b"<param-value>"];
    let value = skip_gap(w, p + prefix_ci(w, p, NAMES)?);
    let open = value + prefix_ci(w, value, VALUES)?;
    Some(marked(w, open).unwrap_or(open))
}

/// Behind a tag that sets a value off: `<code>x</code>`.
pub fn marked(w: &[u8], p: usize) -> Option<usize> {
    const TAGS: &[&[u8]] = &[b"<code>", b"<b>", b"<strong>", b"<kbd>", b"<tt>", b"<pre>", b"<em>"];
    prefix_ci(w, p, TAGS).map(|tag| p + tag)
}

/// Behind `key:` or `key: {`, and what describes it, such as its type: the position behind `value:` or `default:`, as
/// pipelines and templates of clouds write it.
pub fn held(w: &[u8], p: usize) -> Option<usize> {
    let first = skip_blank(w, p, 8);
    // In a list the first of them counts.
    let open = if w.get(first) == Some(&b'[') { skip_gap(w, first + 1) } else { first };
    let inner = open + usize::from(w.get(open) == Some(&b'{'));
    let i = skip_gap(w, inner);
    if inner == first && i == first {
        return None;
    }
    described(w, if w[i..].starts_with(b"- ") { i + 2 } else { i })
}

/// The first of the pairs from `p` on that says the value: the position behind its separator.
fn described(w: &[u8], p: usize) -> Option<usize> {
    let mut i = p;
    for _ in 0..PAIRS {
        if let Some(value) = says_value(w, i) {
            return Some(value);
        }
        i = past_pair(w, i)?;
    }
    None
}

/// Behind `value:`, `"default":` or `android:value=`, if that stands at `p`.
fn says_value(w: &[u8], p: usize) -> Option<usize> {
    const WORDS: &[&[u8]] = &[b"val", b"content"];
    let start = p + usize::from(matches!(w.get(p), Some(b'"' | b'\'')));
    let space = name(w, start);
    // A name before it, as XML has them.
    let joint = start + space + 1;
    let start =
        if space > 0 && w.get(joint - 1) == Some(&b':') && name(w, joint) > 0 { joint } else { start };
    let end = start + name(w, start);
    let word = &w[start..end];
    if !ends_ci(word, b"value")
        && !ends_ci(word, b"default")
        && !WORDS.iter().any(|known| known.eq_ignore_ascii_case(word))
    {
        return None;
    }
    let sign = skip_blank(w, end + usize::from(matches!(w.get(end), Some(b'"' | b'\''))), 8);
    match w.get(sign) {
        Some(b':' | b'>') => Some(sign + 1),
        Some(b'=') if w.get(sign + 1) == Some(&b'>') => Some(sign + 2),
        Some(b'=') => Some(sign + 1),
        _ => None,
    }
}

/// Past a pair of a name and a word or short text (`"type": "string",`, `Type: String`), to what follows it.
fn past_pair(w: &[u8], p: usize) -> Option<usize> {
    let start = p + usize::from(matches!(w.get(p), Some(b'"' | b'\'')));
    let end = start + name(w, start);
    let sign = skip_blank(w, end + usize::from(matches!(w.get(end), Some(b'"' | b'\''))), 4);
    if end == start || !matches!(w.get(sign), Some(b':' | b'=')) {
        return None;
    }
    let value = skip_blank(w, sign + 1, 8);
    let end = literal(w, value).map_or_else(
        || value + w[value..].iter().take(40).take_while(|b| is_key(**b)).count(),
        |text| text.end,
    );
    // What a line of YAML says in words.
    let said = w[sign] == b':' && w.get(end) == Some(&b' ') && w[p..].first() != Some(&b'"');
    let end = if said { line_end(w, end) } else { end };
    let comma = w.get(end) == Some(&b',');
    let next = skip_gap(w, end + usize::from(comma));
    (end > value && (comma || w[end..next].contains(&b'\n'))).then_some(next)
}

/// The length of the name at `p`.
fn name(w: &[u8], p: usize) -> usize {
    w.get(p..).map_or(0, |rest| rest.iter().take(24).take_while(|b| is_ident(**b)).count())
}

/// Past the end of what sets a key off from its text: `**Password:** x`, `<b>Password</b>: x`.
pub fn set_off(w: &[u8], p: usize) -> usize {
    const ENDS: &[&[u8]] = &[b"**", b"__", b"</b>", b"</strong>", b"</em>", b"</code>"];
    prefix_ci(w, p, ENDS).map_or(p, |end| p + end)
}

/// `… key`, then `value:` or `value=` close behind; the position behind its separator.
pub fn named_value(w: &[u8], p: usize, key: &Range<usize>) -> Option<usize> {
    let lead = &w[line_start(w, key.start)..key.start];
    let lead = &lead[lead.len().saturating_sub(24)..];
    let named = lead.windows(2).any(|l| {
        l.eq_ignore_ascii_case(b"ey")
            || l.eq_ignore_ascii_case(b"me")
            || l.eq_ignore_ascii_case(b"id")
            || l.eq_ignore_ascii_case(b"nv")
    });
    if !named || !lead.iter().any(|b| matches!(b, b':' | b'=' | b'>')) {
        return None;
    }
    let mut i = p;
    let mut lines = 0;
    while i < w.len() && i - p < 48 {
        match w[i] {
            b' ' | b'\t' | b'"' | b'\'' | b',' | b'\r' | b'/' | b'<' | b'>' => i += 1,
            b'\n' => {
                lines += 1;
                if lines > 1 {
                    return None;
                }
                i += 1;
            }
            _ => break,
        }
    }
    described(w, i)
}
