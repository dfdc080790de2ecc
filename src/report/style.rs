//! What the caller settles about a report: looks, and facts that a report must state but may not look up.

/// How to write a report.
#[derive(Clone, Debug)]
pub struct Style {
    pub color: bool,
    /// Columns that text may use.
    pub width: usize,
    /// Values in full. Meant for the eyes of whoever revokes them.
    pub show_secrets: bool,
    pub program: Program,
    /// When the scan began and ended. GitLab's report cannot be written without.
    pub times: Option<Times>,
    /// Which repository and revision was scanned, for SARIF.
    pub version_control: Option<VersionControl>,
    /// For the message to whoever pushed.
    pub push: Push,
}

/// What whoever pushed can do about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Push {
    /// Whom to ask.
    pub contact: Option<String>,
    /// The ids of the commits that the pushed refs point at.
    pub tips: Vec<String>,
    /// The ids of new commits without parents.
    pub roots: Vec<String>,
    /// Some of the new commits are merges.
    pub merges: bool,
    /// Nothing but notes was pushed.
    pub only_notes: bool,
    /// It is let through although not all was read.
    pub passes: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            color: false,
            width: 80,
            show_secrets: false,
            program: Program::default(),
            times: None,
            version_control: None,
            push: Push::default(),
        }
    }
}

/// The program as it names itself and as it is called in the commands it suggests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    pub name: String,
    pub version: String,
}

impl Default for Program {
    fn default() -> Self {
        Self { name: "leakgate".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }
    }
}

/// UTC, as `2026-01-31T23:59:59`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Times {
    pub start: String,
    pub end: String,
}

/// Where the scanned revision comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VersionControl {
    /// An absolute URL; a user and password in it are left out.
    pub repository: String,
    pub revision: Option<String>,
    pub branch: Option<String>,
}
