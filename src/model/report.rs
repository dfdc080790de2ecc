//! The result of one scan, as every report format gets it.

use serde::Serialize;

use super::{Coverage, Finding, Problem};

/// What a scan found, what it read, and what it could not.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// What was scanned, in the user's words: `staged`, `range A..B`, `history`, `dir`, `stdin`.
    pub scanned: String,
    /// In the order to be shown; the same on every run.
    pub findings: Vec<Finding>,
    pub coverage: Coverage,
    /// What could not be read. Not empty means: incomplete.
    pub skipped: Vec<Problem>,
    /// What was read as the bytes it is, but could not be opened or decoded: encrypted, damaged, over a limit.
    pub unopened: Vec<Problem>,
    /// Things to know that make nothing incomplete: unused or expired allowlist entries.
    pub notes: Vec<String>,
    /// Findings that an allowlist, baseline or inline comment covers, and those below the asked levels.
    pub allowed: u64,
    pub below: u64,
    pub pack_version: String,
    pub pack_hash: String,
    /// Whose allowances and settings counted, where that could be in doubt.
    pub policy: Option<Policy>,
}

/// Whose allowances and settings counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Policy {
    /// The files and revisions that they were read from, in words.
    pub from: String,
    /// SHA-256 over all that decides what is reported: rules, allowances, baseline and levels.
    pub hash: String,
}

impl Report {
    pub fn complete(&self) -> bool {
        self.skipped.is_empty()
    }
}
