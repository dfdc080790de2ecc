//! Runs each rule's regex where its leads stand, and nowhere else.
//!
//! Why that finds all that running every regex over the whole text, from left to right, would find.
//! Every match of a rule contains one of its leads. If the rule is *led*, every match begins with one, or
//! a known number of bytes before: so the regex is tried anchored at these places, each try on its own,
//! and of matches that overlap the first is kept, which is where a search from left to right would
//! have gone on. For any other rule, a match lies within `reach` bytes of a lead; windows that touch
//! are joined, so matches that compete for the same bytes compete in one window; and a match found in a
//! window contains a lead too, so all that it depends on lies in that window. `naive` is the oracle of
//! the tests.
//!
//! Knows nothing of what a match is worth.

mod assigned;
mod compiled;
mod delta;
#[cfg(test)]
mod naive;
mod scanner;
mod words;

pub use assigned::{Assigned, candidates, typed};
pub use compiled::can_run;
pub use delta::{Part, Traces};
pub use scanner::{Found, Match, Scanner};
