//! The hooks leakgate can stand in. It may not know where they lie.

use std::{fmt, str::FromStr};

use crate::error::Error;

/// A hook leakgate stands in, by git's name for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    PreCommit,
    CommitMsg,
    PrePush,
    PreReceive,
}

impl Kind {
    pub const ALL: [Kind; 4] = [Kind::PreCommit, Kind::CommitMsg, Kind::PrePush, Kind::PreReceive];

    /// The file name git looks for.
    pub fn name(self) -> &'static str {
        match self {
            Kind::PreCommit => "pre-commit",
            Kind::CommitMsg => "commit-msg",
            Kind::PrePush => "pre-push",
            Kind::PreReceive => "pre-receive",
        }
    }

    /// The words by which the shim calls leakgate.
    pub fn words(self) -> &'static [&'static str] {
        match self {
            Kind::PreCommit => &["staged"],
            Kind::CommitMsg => &["hook", "run", "commit-msg"],
            Kind::PrePush => &["hook", "run", "pre-push"],
            Kind::PreReceive => &["hook", "run", "pre-receive"],
        }
    }

    /// What of its own arguments the shim hands on, in shell.
    pub(super) fn arguments(self) -> &'static str {
        match self {
            Kind::CommitMsg => " \"$1\"",
            Kind::PrePush => " \"$@\"",
            Kind::PreCommit | Kind::PreReceive => "",
        }
    }

    /// Whether git hands the hook its work on standard input.
    pub(super) fn reads_stdin(self) -> bool {
        matches!(self, Kind::PrePush | Kind::PreReceive)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Kind {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name).ok_or_else(|| {
            Error::new(format!("{name:?} is no hook that leakgate stands in"))
                .mend("choose pre-commit, commit-msg, pre-push or pre-receive")
        })
    }
}
