//! The allowlist: which entry covers which finding, and which entries cover nothing.

use bstr::{BStr, ByteSlice};
use jiff::civil::Date;

use crate::{
    config::{AllowEntry, Config},
    model::Secret,
};

/// The entries of a configuration as they stand on one day, with a tally of their use.
pub struct Allowlist {
    entries: Vec<AllowEntry>,
    used: Vec<bool>,
    today: Date,
}

/// What the entries say of one place of a finding.
pub struct Candidate<'c> {
    pub rule: &'c str,
    pub fingerprint: &'c str,
    pub secret: &'c Secret,
    /// From the repository's root.
    pub path: &'c BStr,
}

impl Allowlist {
    pub fn new(config: Config, today: Date) -> Self {
        let used = vec![false; config.allow.len()];
        Self { entries: config.allow, used, today }
    }

    /// Whether an entry that has not expired covers it. Every one that does counts as used.
    pub fn covers(&mut self, candidate: &Candidate) -> bool {
        let mut covered = false;
        for (entry, used) in self.entries.iter().zip(&mut self.used) {
            if agrees(entry, candidate) {
                *used = true;
                covered |= !entry.expired(self.today);
            }
        }
        covered
    }

    /// Sentences on entries that have expired or that covered nothing.
    pub fn notes(&self, everything_was_scanned: bool) -> Vec<String> {
        let mut notes = Vec::new();
        for (entry, &used) in self.entries.iter().zip(&self.used) {
            match entry.expires.filter(|_| entry.expired(self.today)) {
                Some(date) => notes.push(format!("allowlist {} expired on {date}", entry.title())),
                None if !used && everything_was_scanned => {
                    notes.push(format!("allowlist {} covers nothing any more", entry.title()));
                }
                None => {}
            }
        }
        notes
    }
}

fn agrees(entry: &AllowEntry, candidate: &Candidate) -> bool {
    let path = || candidate.path.to_path_lossy();
    entry.fingerprint.as_ref().is_none_or(|fingerprint| fingerprint == candidate.fingerprint)
        && entry.rule.as_ref().is_none_or(|rule| rule == candidate.rule)
        && entry.path.as_ref().is_none_or(|glob| glob.is_match(path()))
        && entry.path_regex.as_ref().is_none_or(|regex| regex.is_match(candidate.path))
        && entry.regex.as_ref().is_none_or(|regex| regex.is_match(candidate.secret.reveal()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> Allowlist {
        Allowlist::new(Config::parse("c", text).expect("valid"), jiff::civil::date(2026, 6, 1))
    }

    fn covers(list: &mut Allowlist, rule: &str, path: &str, value: &str) -> bool {
        let secret = Secret::new(value.as_bytes());
        list.covers(&Candidate { rule, fingerprint: "x:1", secret: &secret, path: path.into() })
    }

    #[test]
    fn all_that_an_entry_names_must_agree() {
        let mut list = list("[[allow]]\nrule = 'r'\npath = 'tests/**'\nregex = '^fake'\nreason = 'x'\n");
        assert!(covers(&mut list, "r", "tests/a/b", "fake-1"));
        assert!(!covers(&mut list, "s", "tests/a/b", "fake-1"));
        assert!(!covers(&mut list, "r", "src/a", "fake-1"));
        assert!(!covers(&mut list, "r", "tests/a/b", "real"));
        assert!(list.notes(true).is_empty());
    }

    #[test]
    fn an_expired_entry_covers_nothing_and_is_told() {
        let mut list = list("[[allow]]\nrule = 'r'\nreason = 'x'\nexpires = 2026-06-01\n");
        assert!(!covers(&mut list, "r", "a", "v"));
        assert_eq!(list.notes(true), ["allowlist entry 1 (r) expired on 2026-06-01"]);
    }

    #[test]
    fn an_unused_entry_is_told_only_where_all_was_scanned() {
        let list = list("[[allow]]\nrule = 'r'\nreason = 'x'\n");
        assert_eq!(list.notes(true), ["allowlist entry 1 (r) covers nothing any more"]);
        assert!(list.notes(false).is_empty());
    }
}
