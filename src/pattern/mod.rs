//! What to look for. Knows how rules are written and checked; never sees a scanned byte.

mod builtin;
pub mod lead;
pub mod lint;
mod load;
mod pack;
mod rule;
mod sample;
mod schema;

pub use builtin::{builtin, sources as builtin_sources};
pub use lead::Lead;
pub use load::{files, load, parse};
pub use pack::{Pack, RuleIndex};
pub use rule::{Find, Rule, Word};
pub use sample::sample;
pub use schema::{KINDS, LONGEST_REACH, PatternFile, RuleEntry, WordEntry, fold};
