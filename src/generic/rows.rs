//! Labelled lines: one JSON object a line, as people judged them.
//!
//! Knows the file's form and what a label means for scoring; nothing of models.

use std::collections::BTreeMap;

/// What people said of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Label {
    True,
    /// True, but of a category that counts neither way
    Ignored,
    /// A placeholder or example
    Example,
    False,
}

/// A line with its neighbours, its path and its label.
#[derive(Clone, Debug)]
pub struct Line {
    pub repo: String,
    pub path: String,
    pub label: Label,
    pub category: String,
    /// before, line, after
    pub text: String,
    /// Bytes of `text` that are the labelled line.
    pub line: std::ops::Range<usize>,
    /// Where true values stand in `text`.
    pub values: Vec<std::ops::Range<usize>>,
    /// Values that rules which know their form have settled, be it as none.
    pub settled: Vec<std::ops::Range<usize>>,
    /// Label and category of every row of the file that this line stands for.
    pub rows: Vec<(Label, String)>,
    /// Made up rather than judged by people: it teaches, and says nothing of what scores are worth.
    pub made: bool,
}

/// Categories that name identifiers rather than secrets.
const IDENTIFIERS: &[&str] =
    &["UUID", "Nonce", "Salt", "AWS S3 Bucket", "Firebase Domain", "Tencent WeChat API App ID"];

/// Reads a labelled file; an error names the line that is none.
pub fn read(json: &str) -> Result<Vec<Line>, String> {
    let mut all = Vec::new();
    for (number, row) in json.lines().enumerate().filter(|r| !r.1.trim().is_empty()) {
        let v: serde_json::Value =
            serde_json::from_str(row).map_err(|e| format!("line {}: {e}", number + 1))?;
        let text = |name: &str| v[name].as_str().unwrap_or("").to_string();
        let (before, line, after) = (text("before"), text("line"), text("after"));
        let category = text("category");
        let label = match v["label"].as_str() {
            Some("T") if category.split(':').all(|c| IDENTIFIERS.contains(&c)) => Label::Ignored,
            Some("T") => Label::True,
            Some("X") => Label::Example,
            Some("F") => Label::False,
            _ => return Err(format!("line {}: label is none of T, F, X", number + 1)),
        };
        let start = before.len() + 1;
        let byte = |chars: u64| line.char_indices().nth(chars as usize).map_or(line.len(), |c| c.0) + start;
        let values = match (v["value_start"].as_u64(), v["value_end"].as_u64()) {
            (Some(a), Some(b)) if label == Label::True => std::iter::once(byte(a)..byte(b)).collect(),
            _ => Vec::new(),
        };
        let span = start..start + line.len();
        let rows = vec![(label, category.clone())];
        all.push(Line {
            repo: text("repo"),
            path: text("path"),
            label,
            category,
            text: format!("{before}\n{line}\n{after}\n"),
            line: span,
            values,
            settled: Vec::new(),
            rows,
            made: false,
        });
    }
    Ok(all)
}

/// One entry a line of text: where labels differ, the line is true if any row says so.
pub fn merge(rows: Vec<Line>) -> Vec<Line> {
    let mut order: Vec<Line> = Vec::new();
    let mut seen: BTreeMap<(String, String, String), usize> = BTreeMap::new();
    for row in rows {
        let key = (row.repo.clone(), row.path.clone(), row.text.clone());
        match seen.get(&key) {
            None => {
                seen.insert(key, order.len());
                order.push(row);
            }
            Some(at) => {
                let kept = &mut order[*at];
                kept.values.extend(row.values);
                kept.rows.extend(row.rows);
                if row.label < kept.label {
                    kept.label = row.label;
                    kept.category = row.category;
                }
            }
        }
    }
    order
}

/// Fills the templates of a corpus line: `{alnum:20}` becomes twenty made-up characters, `{{` and `}}` are braces.
/// The same seed gives the same text.
pub fn expand(text: &str, seed: u64) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    let mut dice = Dice(seed);
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix("{{").or_else(|| rest.strip_prefix("}}")) {
            out.push_str(&rest[..1]);
            rest = after;
        } else if let Some((alphabet, count, after)) = template(rest) {
            (0..count).for_each(|_| out.push(char::from(alphabet[dice.below(alphabet.len())])));
            rest = after;
        } else {
            out.push_str(&rest[..1]);
            rest = &rest[1..];
        }
    }
    out + rest
}

/// `{class:N}…`: the alphabet, N, and what follows.
fn template(text: &str) -> Option<(&'static [u8], usize, &str)> {
    let (inner, after) = text.strip_prefix('{')?.split_once('}')?;
    let (class, count) = inner.split_once(':')?;
    let alphabet: &[u8] = match class {
        "digits" => b"0123456789",
        "lower" | "word" => b"abcdefghijklmnopqrstuvwxyz",
        "upper" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "hex" => b"0123456789abcdef",
        "HEX" => b"0123456789ABCDEF",
        "alnum" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        "b32" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
        "b64" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
        "b64url" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-",
        _ => return None,
    };
    Some((alphabet, count.parse().ok()?, after))
}

/// A small repeatable source of numbers; no secrecy needed.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((x ^ (x >> 31)) % end.max(1) as u64) as usize
    }
}

/// Fills the templates of every line; a line's values are no longer known.
pub fn fill(mut lines: Vec<Line>, seed: u64) -> Vec<Line> {
    for (i, line) in lines.iter_mut().enumerate() {
        let (a, b) = (line.line.start, line.line.end);
        let part = |s: &str, n: u64| expand(s, seed.wrapping_mul(1009).wrapping_add(i as u64 * 3 + n));
        let (before, own, after) =
            (part(&line.text[..a], 0), part(&line.text[a..b], 1), part(&line.text[b..], 2));
        line.line = before.len()..before.len() + own.len();
        line.text = before + &own + &after;
        line.made = true;
        line.values =
            if line.label == Label::True { std::iter::once(line.line.clone()).collect() } else { Vec::new() };
    }
    lines
}
