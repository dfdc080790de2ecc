//! leakgate keeps secrets out of git: one engine for the commit, the push and the past.

// What is printed goes through one place, which knows of closed pipes. Programs around it may print.
#![cfg_attr(not(test), warn(clippy::print_stdout, clippy::print_stderr))]

pub mod audit;
pub mod block;
pub mod cli;
pub mod config;
pub mod decode;
pub mod error;
pub mod exit;
pub mod filter;
pub mod generic;
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
pub mod unpack;
