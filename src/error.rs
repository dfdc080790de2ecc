//! Fatal trouble: the run could not do what was asked. Says what, where, and how to mend it.

use std::{fmt, io, path::Path};

/// Why a run could not go on. Its `Display` is what the user sees.
#[derive(Debug)]
pub struct Error {
    what: String,
    mend: Option<String>,
}

impl Error {
    pub fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), mend: None }
    }

    /// Adds how to mend it.
    #[must_use]
    pub fn mend(mut self, how: impl Into<String>) -> Self {
        self.mend = Some(how.into());
        self
    }

    /// `action` as in "could not {action} at {path}".
    pub fn io(action: &str, path: &Path, error: io::Error) -> Self {
        Self::new(format!("could not {action} at {}: {error}", path.display()))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        match &self.mend {
            Some(mend) => write!(f, "\nhelp: {mend}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}
