//! leakgate keeps secrets out of git: one engine for the commit, the push and the past.

pub mod error;
pub mod exit;
pub mod matcher;
pub mod model;
pub mod pattern;
pub mod prefilter;
pub mod git;
pub mod config;
pub mod decode;
pub mod filter;
pub mod score;
pub mod report;
