//! Makes text of bytes: UTF-16 becomes what the patterns can read, and what is wrapped in an encoding
//! is unwrapped beside it. Promises that nothing that stands in plain ASCII is lost by it. Knows nothing
//! of patterns; imports no other layer.

mod build;
mod chars;
mod escapes;
mod find;
mod inflate;
mod joins;
mod map;
mod marks;
mod near;
mod printable;
mod runs;
mod text;
mod view;
mod work;

#[cfg(test)]
mod tests;

pub use near::near;
pub use text::{text, text_with};
pub use view::{Limits, Spent, View, views};
