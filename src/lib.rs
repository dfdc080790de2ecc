//! leakgate keeps secrets out of git: one engine for the commit, the push and the past.

pub mod cli;
pub mod config;
pub mod decode;
pub mod error;
pub mod exit;
pub mod filter;
pub mod git;
pub mod hook;
pub mod matcher;
pub mod model;
pub mod objects;
pub mod pattern;
pub mod pipeline;
pub mod prefilter;
pub mod report;
pub mod score;
pub mod source;
pub mod structure;
