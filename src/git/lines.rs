//! Which lines of a text are new: in none of its earlier versions.

use std::collections::HashMap;

use imara_diff::{Algorithm, Diff, InternedInput, Token};

/// The lines of a text that none of its earlier versions has, by number from 1.
#[derive(Debug, PartialEq, Eq)]
pub struct Added(Vec<std::ops::Range<u64>>);

impl Added {
    /// Compares by lines, as `git diff` does; with more than one version, only lines new against
    /// every one are left, as in a combined diff.
    #[expect(clippy::single_range_in_vec_init, reason = "one range of lines is meant, not its lines")]
    pub fn since<'v>(versions: impl IntoIterator<Item = &'v [u8]>, text: &[u8]) -> Self {
        let mut left: Option<Vec<std::ops::Range<u64>>> = None;
        for version in versions {
            let new = new_lines(version, text);
            left = Some(match left {
                None => new,
                Some(left) => both(&left, &new),
            });
        }
        Self(left.unwrap_or_else(|| vec![1..u64::MAX]))
    }

    /// Whether any line from `first` to `last` is new.
    pub fn touches(&self, first: u64, last: u64) -> bool {
        let at = self.0.partition_point(|range| range.end <= first);
        self.0.get(at).is_some_and(|range| range.start <= last)
    }
}

/// With more pairs of lines than this between the first and the last change, no smallest difference is looked for:
/// where lines repeat, each may be held against each.
const COMPARED: usize = 400_000_000;

fn new_lines(before: &[u8], after: &[u8]) -> Vec<std::ops::Range<u64>> {
    let mut input = InternedInput::default();
    input.update_before(lines(before));
    input.update_after(lines(after));
    let (old, new) = (&input.before[..], &input.after[..]);
    let head = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let (old, new) = (&old[head..], &new[head..]);
    let tail = old.iter().rev().zip(new.iter().rev()).take_while(|(old, new)| old == new).count();
    let (old, new) = (&old[..old.len() - tail], &new[..new.len() - tail]);
    if old.len().saturating_mul(new.len()) > COMPARED {
        return more_often(old, new, head as u64 + 1);
    }
    let diff = Diff::compute(Algorithm::Histogram, &input);
    diff.hunks()
        .filter(|hunk| !hunk.after.is_empty())
        .map(|hunk| u64::from(hunk.after.start) + 1..u64::from(hunk.after.end) + 1)
        .collect()
}

/// The lines that stand more often in `new` than in `old`, wherever; the last ones of each. `first` is the number of the
/// first.
fn more_often(old: &[Token], new: &[Token], first: u64) -> Vec<std::ops::Range<u64>> {
    let mut left = HashMap::<Token, usize>::new();
    old.iter().for_each(|&line| *left.entry(line).or_default() += 1);
    let mut out: Vec<std::ops::Range<u64>> = Vec::new();
    for (number, line) in (first..).zip(new) {
        if let Some(count) = left.get_mut(line).filter(|count| **count > 0) {
            *count -= 1;
        } else {
            match out.last_mut().filter(|last| last.end == number) {
                Some(last) => last.end += 1,
                None => out.push(number..number + 1),
            }
        }
    }
    out
}

/// Lines without their ends: a line is not new because another one now follows it, nor because
/// line ends were converted.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|&byte| byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line))
}

/// The numbers that are in both of two sorted lists of ranges.
fn both(a: &[std::ops::Range<u64>], b: &[std::ops::Range<u64>]) -> Vec<std::ops::Range<u64>> {
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    let mut out = Vec::new();
    while let (Some(left), Some(right)) = (a.peek(), b.peek()) {
        let common = left.start.max(right.start)..left.end.min(right.end);
        if !common.is_empty() {
            out.push(common);
        }
        if left.end < right.end {
            a.next()
        } else {
            b.next()
        };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lines_new_against_every_version_count() {
        let added = Added::since([&b"a\nb\nc\n"[..]], b"a\nx\nb\nc\ny\n");
        assert!(added.touches(2, 2) && added.touches(5, 5) && added.touches(1, 9));
        assert!(!added.touches(1, 1) && !added.touches(3, 4) && !added.touches(6, 6));
        let merged = Added::since([&b"a\n"[..], b"b\n"], b"a\nb\nevil\n");
        assert!(merged.touches(3, 3) && !merged.touches(1, 2));
        assert!(Added::since([], b"a\n").touches(1, 1), "without a version all is new");
        assert!(!Added::since([&b"a\nb\n"[..]], b"a\n").touches(1, 1), "removing adds nothing");
        assert!(!Added::since([&b"a"[..]], b"a\r\nb\r\n").touches(1, 1), "line ends do not count");
    }

    #[test]
    fn in_a_large_change_lines_are_counted() {
        let lines = |all: &[&str]| all.concat().into_bytes();
        let many = COMPARED.isqrt();
        let (ab, bac) = ("a\nb\n".repeat(many), "b\na\nc\n".repeat(many));
        let added =
            Added::since([&lines(&["x\n", &ab, "s\ny\n"])[..]], &lines(&["z\n", &bac, "s\nn\ns\nw\n"]));
        let last = 3 * many as u64 + 1;
        assert!(added.touches(1, 1), "z");
        assert!(!added.touches(2, 3) && added.touches(4, 4), "c alone is new");
        assert!(!added.touches(last + 1, last + 1), "s was there once");
        assert!(
            added.touches(last + 2, last + 2) && added.touches(last + 3, last + 3),
            "n, and s a second time"
        );
    }

    #[test]
    fn ranges_intersect_as_sets_do() {
        let set =
            |ranges: &[std::ops::Range<u64>]| -> Vec<u64> { ranges.iter().cloned().flatten().collect() };
        let (a, b) = (vec![1..4, 6..9, 12..13], vec![2..7, 8..20]);
        let naive: Vec<u64> = set(&a).into_iter().filter(|n| set(&b).contains(n)).collect();
        assert_eq!(set(&both(&a, &b)), naive);
    }
}
