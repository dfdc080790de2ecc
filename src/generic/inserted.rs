//! A value that a statement of SQL puts into a column: `INSERT INTO users (name, password) VALUES ('bob', 'x')`.
//!
//! Bounded look-ahead, no grammar. Knows nothing of what a key means.

use std::ops::Range;

use super::find::{Form, Spot, spot};
use super::read::{Literal, is_key, literal, skip_blank, skip_gap, starts_ci};

/// Columns of a table, and rows of a statement, that are gone through.
const COLUMNS: usize = 24;
const ROWS: usize = 4;

/// Bytes before a column's name in which the statement begins.
const STATEMENT: usize = 240;

/// The values in the column of the name at `key`, if a statement names columns there.
pub fn inserted(w: &[u8], key: &Range<usize>, each: &mut impl FnMut(Spot)) {
    // By `key` alone a row is found, and nothing opened.
    if w[key.clone()].eq_ignore_ascii_case(b"key") {
        return;
    }
    let quoted = matches!(w.get(key.end), Some(b'`' | b'"' | b']'));
    let p = skip_blank(w, key.end + usize::from(quoted), 4);
    if !matches!(w.get(p), Some(b',' | b')')) {
        return;
    }
    let lead = &w[key.start.saturating_sub(STATEMENT)..key.start];
    let Some(open) = memchr::memrchr(b'(', lead) else { return };
    let names = &lead[open + 1..];
    let nth = names.iter().filter(|b| **b == b',').count();
    let into = || lead[..open].windows(12).any(|part| part.eq_ignore_ascii_case(b"insert into "));
    let is_name = |b: &u8| is_key(*b) || b.is_ascii_whitespace() || b"`\"[],".contains(b);
    if nth >= COLUMNS || !names.iter().all(is_name) || !into() {
        return;
    }
    let Some(close) = memchr::memchr(b')', &w[p..]).filter(|len| w[p..p + len].iter().all(is_name)) else {
        return;
    };
    let word = skip_gap(w, p + close + 1);
    if !starts_ci(w, word, b"values") {
        return;
    }
    let mut row = skip_gap(w, word + 6);
    for _ in 0..ROWS {
        if w.get(row) != Some(&b'(') {
            return;
        }
        let mut at = skip_gap(w, row + 1);
        for column in 0..COLUMNS {
            let end = match literal(w, at) {
                Some(Literal { text, end, quote }) => {
                    if column == nth {
                        each(Spot { quote, end, key: key.clone(), ..spot(Form::Named, 0..0, text) });
                    }
                    end
                }
                None => at + w[at..].iter().take(60).take_while(|b| is_key(**b)).count(),
            };
            let next = skip_blank(w, end, 4);
            match w.get(next) {
                Some(b',') if next > at => at = skip_gap(w, next + 1),
                Some(b')') => {
                    row = next + 1;
                    break;
                }
                _ => return,
            }
        }
        if w.get(row) != Some(&b',') {
            return;
        }
        row = skip_gap(w, row + 1);
    }
}

#[cfg(test)]
mod tests {
    use crate::generic::tests::found;

    #[test]
    fn the_value_of_a_column_stands_in_its_place() {
        for text in [
            "INSERT INTO settings (id, name, api_key) VALUES (1, 'orders', '@');",
            "insert into users (`id`, `password`, `mail`)\n  values (1, '@', 'a@b.c')",
            "INSERT INTO users (name, password) VALUES ('bob', 'x1'), ('ann', '@')",
            "db.execute(\"INSERT INTO users (token) VALUES ('@')\")",
        ] {
            assert!(found(text), "{text}");
        }
        for text in [
            "INSERT INTO users (name, password) VALUES ('@', ?)",
            "INSERT INTO users (name, password) SELECT '@', 'x'",
            "INSERT INTO \"blobs\" (\"key\", \"name\") VALUES ('@', 'x')",
            "create table users (name, password) values ('a', '@')",
            "INSERT INTO users (name, password) VALUES (concat('a', 'b'), '@')",
        ] {
            assert!(!found(text), "{text}");
        }
    }
}
