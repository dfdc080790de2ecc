//! Where the texts to scan come from. Each source says what there is to read, and reads it on
//! demand; what cannot be read becomes a problem. Knows nothing of rules, findings or reports.

mod dir;
mod item;
mod metadata;
mod push;
mod range;
mod renames;
mod staged;

pub use dir::{DirOptions, dir};
pub use item::{Before, Content, Gathered, Item, Opened, Reader, Shape};
pub use metadata::commit_items;
pub use push::{NewRef, push};
pub use range::{Range, commits, range};
pub use staged::staged;
