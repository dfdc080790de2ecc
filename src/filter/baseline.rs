//! The baseline: findings known when a repository began to be watched.
//!
//! One fingerprint a line, sorted, nothing else: no line numbers, no dates, no values. So it merges
//! cleanly in git, and writing it again without news changes nothing.

use std::{collections::BTreeSet, fs, path::Path};

use crate::{error::Error, model::is_fingerprint};

const HEADER: &str = "# leakgate baseline: known findings, one fingerprint a line";

/// A set of known fingerprints.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Baseline(BTreeSet<String>);

impl Baseline {
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = fs::read_to_string(path).map_err(|error| Error::io("read the baseline", path, error))?;
        Self::parse(&path.display().to_string(), &text)
    }

    /// Reads the text of a baseline; `name` is for messages.
    pub fn parse(name: &str, text: &str) -> Result<Self, Error> {
        let mut known = BTreeSet::new();
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if !is_fingerprint(line) {
                return Err(Error::new(format!("{name}:{}: not a fingerprint", index + 1))
                    .mend("settle a merge conflict by keeping the lines of both sides"));
            }
            known.insert(line.to_owned());
        }
        Ok(Self(known))
    }

    pub fn knows(&self, fingerprint: &str) -> bool {
        self.0.contains(fingerprint)
    }
}

impl FromIterator<String> for Baseline {
    fn from_iter<I: IntoIterator<Item = String>>(fingerprints: I) -> Self {
        Self(fingerprints.into_iter().collect())
    }
}

impl std::fmt::Display for Baseline {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{HEADER}")?;
        self.0.iter().try_for_each(|fingerprint| writeln!(f, "{fingerprint}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fingerprint(rule: &str) -> String {
        format!("{rule}:{}", "0a".repeat(16))
    }

    #[test]
    fn what_is_written_is_read_again_sorted_and_once() {
        let names = ["b", "a", "b"].map(fingerprint);
        let baseline: Baseline = names.into_iter().collect();
        let text = baseline.to_string();
        assert_eq!(text, format!("{HEADER}\n{}\n{}\n", fingerprint("a"), fingerprint("b")));
        assert_eq!(Baseline::parse("b", &text).expect("valid"), baseline);
        assert!(baseline.knows(&fingerprint("a")) && !baseline.knows(&fingerprint("c")));
    }

    #[test]
    fn editors_may_mark_and_end_lines_their_way() {
        let name = fingerprint("a");
        let baseline = Baseline::parse("b", &format!("\u{feff}# x\r\n{name}\r\n")).expect("valid");
        assert!(baseline.knows(&name));
        assert!(Baseline::parse("b", &format!("\u{feff}{name}")).expect("valid").knows(&name));
    }

    #[test]
    fn a_conflict_mark_is_an_error_with_its_line() {
        let error = Baseline::parse("b", "# x\n<<<<<<< HEAD\n").expect_err("wrong");
        assert!(error.to_string().starts_with("b:2: not a fingerprint"), "{error}");
    }
}
