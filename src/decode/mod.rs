//! Makes text of bytes: UTF-16 becomes what the patterns can read, and what is wrapped in an encoding
//! is unwrapped beside it. Promises that nothing that stands in plain ASCII is lost by it. Knows nothing
//! of patterns; imports no other layer but `block`.
//!
//! One pass (`marks`) tells where something may be encoded; `find` decides by the bytes around it whether it counts;
//! `build` puts together, of each family of encodings, one view: what was decoded, with some lines around it. What a
//! view has decoded is looked at anew (`view`). An escape counts where it stands in or beside something as long as a
//! token, a run where it begins as text does: of ordinary source code little more than one byte in a hundred is
//! copied into a view. Where the encodings of a text are known, those of a version of it are too, but for what is new
//! (`encodings`).

mod build;
mod chars;
mod encodings;
mod escapes;
mod find;
mod inflate;
mod joins;
mod map;
mod marks;
mod printable;
mod runs;
mod text;
mod view;
mod work;

#[cfg(test)]
mod tests;

pub use encodings::{Copied, Encodings, encodes};
pub use text::{text, text_with};
pub use view::{Limits, Spent, View, views, views_of};
