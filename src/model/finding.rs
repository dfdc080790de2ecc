//! A finding: one rule, one value, and every place where it stands.

use super::{Confidence, Origin, Position, Secret, Severity};

/// Where the value stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub origin: Origin,
    pub start: Position,
    /// Just after the last character.
    pub end: Position,
    /// The line, with every value found on it masked; shortened if long.
    pub snippet: Snippet,
}

/// A line fit to be shown: no secret in it, but any other byte that the repository likes.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Snippet {
    pub text: String,
    /// Characters before the mask and characters of the mask: what to underline.
    pub mark: (usize, usize),
}

/// The rule of files that a change adds above a size: no secrets.
pub const LARGE_FILE: &str = "large-file";

/// A secret that was found.
#[derive(Clone, Debug)]
pub struct Finding {
    pub rule: String,
    pub description: String,
    pub provider: String,
    pub severity: Severity,
    pub confidence: Confidence,
    pub secret: Secret,
    /// The value may be chosen by a person, so nothing of it is shown.
    pub person: bool,
    pub fingerprint: String,
    /// Why it was believed, a word or two each.
    pub reasons: Vec<String>,
    /// What the value tells about itself, but for itself: an account, an issuer, a date.
    pub facts: Vec<Fact>,
    /// Where to revoke it and what to look at.
    pub revoke: String,
    /// Its rule is being tried: it is shown, and fails nothing.
    pub warn: bool,
    /// At least one; the first is the one reported first.
    pub places: Vec<Place>,
    /// What became of it, where a whole history was read.
    pub history: Option<History>,
    /// What goes with it and stands beside it, each value once: ids, domains.
    pub companions: Vec<Companion>,
}

impl Finding {
    /// Whether it is a file rather than a secret.
    pub fn is_file(&self) -> bool {
        self.rule == LARGE_FILE
    }
}

/// The other half of what a finding is one half of.
#[derive(Clone, Debug)]
pub struct Companion {
    pub rule: String,
    pub description: String,
    pub secret: Secret,
    pub person: bool,
    /// Line feeds between the two.
    pub lines: u64,
    pub place: Place,
}

impl Companion {
    /// How far it stands from the finding.
    pub fn distance(&self) -> String {
        match self.lines {
            0 => "on the same line".to_owned(),
            1 => "1 line away".to_owned(),
            lines => format!("{lines} lines away"),
        }
    }
}

/// Something that a value tells about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    pub name: &'static str,
    pub value: String,
}

/// How long a secret was in a repository, and where it still is.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// Commits whose tree holds it.
    pub commits: u64,
    /// Different blobs that hold it.
    pub blobs: u64,
    /// Refs whose tip holds it, the first of them: branches, then others, by name.
    pub refs: Vec<String>,
    /// How many more refs hold it.
    pub more_refs: u64,
    /// When it came in: the date of the commit that first brought it.
    pub from: Option<String>,
    /// The last commit that took it out, if no ref's tip holds it.
    pub removed: Option<std::sync::Arc<super::Commit>>,
    /// Whether any ref reaches it.
    pub reachable: bool,
}

/// Whether `text` has the form of a fingerprint.
pub fn is_fingerprint(text: &str) -> bool {
    text.rsplit_once(':').is_some_and(|(rule, hex)| {
        !rule.is_empty()
            && hex.len() == 32
            && hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_told_from_other_text() {
        assert!(is_fingerprint(&format!("a-rule:{}", "0a".repeat(16))));
        for text in ["", "a", "a:", &format!(":{}", "0a".repeat(16)), &format!("a:{}", "0A".repeat(16))] {
            assert!(!is_fingerprint(text), "{text}");
        }
    }
}
