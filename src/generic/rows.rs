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
    /// Label and category of every row of the file that this line stands for.
    pub rows: Vec<(Label, String)>,
}

/// Categories that name identifiers rather than secrets.
const IDENTIFIERS: &[&str] = &["UUID", "Nonce", "Salt", "AWS S3 Bucket", "Firebase Domain", "Tencent WeChat API App ID"];

/// Reads a labelled file; an error names the line that is none.
pub fn read(json: &str) -> Result<Vec<Line>, String> {
    let mut all = Vec::new();
    for (number, row) in json.lines().enumerate().filter(|r| !r.1.trim().is_empty()) {
        let v: serde_json::Value = serde_json::from_str(row).map_err(|e| format!("line {}: {e}", number + 1))?;
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
            (Some(a), Some(b)) if label == Label::True => vec![byte(a)..byte(b)],
            _ => Vec::new(),
        };
        let span = start..start + line.len();
        let rows = vec![(label, category.clone())];
        all.push(Line { repo: text("repo"), path: text("path"), label, category, text: format!("{before}\n{line}\n{after}\n"), line: span, values, rows });
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
