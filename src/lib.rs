//! leakgate keeps secrets out of git: one engine for the commit, the push and the past.

pub mod error;
pub mod exit;
pub mod hook;
pub mod matcher;
pub mod model;
pub mod pattern;
pub mod prefilter;
