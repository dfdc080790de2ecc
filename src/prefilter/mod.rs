//! Finds every place where a lead stands. May never miss one: what it does not mark is not scanned.
//!
//! Knows leads and bytes; not what a lead means, nor where the bytes come from.

mod grams;
mod keywords;
mod pairs;
mod prepared;
mod runs;
mod table;

pub use keywords::{Keywords, Mark, Word};
pub use pairs::VALUES;
