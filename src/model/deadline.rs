//! When a scan has to stop. What it leaves out then is a problem like any other: named, and never clean.

use std::time::Instant;

use super::Problem;

/// A moment after which nothing more is begun; the default never comes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Deadline(Option<Instant>);

impl Deadline {
    /// How a problem is named that is nothing but lack of time.
    const WHAT: &'static str = "the deadline";

    pub fn at(moment: Instant) -> Self {
        Self(Some(moment))
    }

    pub fn passed(self) -> bool {
        self.0.is_some_and(|moment| Instant::now() >= moment)
    }

    /// It came before something was done.
    pub fn problem(undone: impl std::fmt::Display) -> Problem {
        Problem::new(Self::WHAT, format!("it passed before {undone}"))
    }

    /// Whether a problem is nothing but lack of time.
    pub fn caused(problem: &Problem) -> bool {
        problem.what == Self::WHAT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_passes_at_its_moment_or_never() {
        assert!(Deadline::at(Instant::now()).passed());
        assert!(!Deadline::at(Instant::now() + std::time::Duration::from_secs(600)).passed());
        assert!(!Deadline::default().passed());
        assert!(Deadline::caused(&Deadline::problem("all was read")));
        assert!(!Deadline::caused(&Problem::new("a.env", "it passed before")));
    }
}
