//! Finds every place where a keyword stands. May never miss one: what it does not mark is not scanned.
//!
//! Knows words and bytes; not what a word means, nor where the bytes come from.

mod grams;
mod keywords;

pub use keywords::{Keywords, Mark, Word};
