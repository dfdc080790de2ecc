//! Runs each rule's regex where its keyword stands, and nowhere else.
//!
//! Why that finds all that running every regex over the whole text would find: every match of a rule
//! contains one of its keywords, so it lies within `reach` bytes of one, and windows that touch are
//! joined, so matches that compete for the same bytes compete in one window. A match found in a
//! window contains a keyword too, so all that it depends on lies in that window. `naive` is the
//! oracle of the tests.
//!
//! Knows nothing of what a match is worth.

mod assigned;
mod delta;
#[cfg(test)]
mod naive;
mod scanner;
mod words;

pub use assigned::{Assigned, candidates, typed};
pub use delta::{Part, Traces};
pub use scanner::{Found, Match, Scanner, can_run};
