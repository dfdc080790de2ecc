//! What is already known and accepted. May only take findings away, each for a stated reason; never
//! sees how they were found.

mod allow;
mod baseline;
mod excuse;
mod fingerprint;
mod inline;

pub use allow::{Allowlist, Candidate};
pub use baseline::Baseline;
pub use excuse::{Excused, Excuses, Near};
pub use fingerprint::fingerprint;
pub use inline::{Inline, inline_allow};
