//! The vocabulary: what every layer may speak of. Imports no other layer.

mod coverage;
mod deadline;
mod finding;
mod level;
mod origin;
mod problem;
mod report;
mod secret;
mod span;

pub use coverage::{Count, Coverage};
pub use deadline::Deadline;
pub use finding::{Companion, Fact, Finding, History, LARGE_FILE, Place, Snippet, is_fingerprint};
pub use level::{Confidence, Severity};
pub use origin::{Commit, Layer, Origin, Part};
pub use problem::{Problem, Problems};
pub use report::{Policy, Report};
pub use secret::Secret;
pub use span::{Cursor, Position, Span};
