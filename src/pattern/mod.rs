//! What to look for. Knows how rules are written and checked; never sees a scanned byte.

mod bounds;
pub mod builtin;
mod excuse;
mod foreign;
mod hash;
pub mod lead;
pub mod lint;
mod load;
mod made;
mod pack;
mod packed;
mod rebuilt;
mod rule;
mod sample;
mod schema;

pub use bounds::Bounds;
pub use excuse::{Excuse, Extras, Limits, Target};
pub use foreign::{Source, go_regex, is as is_foreign};
pub use hash::sha256;
pub use lead::Lead;
pub use load::{Loaded, candidates, files, load, load_text, parse, read_pinned, sources};
pub use pack::{Outline, Pack, RuleIndex};
pub use packed::{File, Packed};
pub use rebuilt::rebuilt;
pub use rule::{Find, Pair, Rule, WHOLE, Word, secret_group};
pub use sample::sample;
pub use schema::{KINDS, LONGEST_REACH, LONGEST_WHOLE, PatternFile, RuleEntry, WordEntry, fold};
