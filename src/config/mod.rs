//! The configuration file `.leakgate.toml`: what it may say, and what makes it wrong.
//!
//! An unknown key is an error, so that no entry is silently without effect.

mod edit;
mod file;
mod import;
mod size;

pub use edit::{NewAllow, add_allow, allow_list, with_entries};
pub use file::{AllowEntry, Config, FILE_NAME};
pub use import::{Wish, wishes};
pub use size::Size;
