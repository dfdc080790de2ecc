//! The built-in pack: `patterns/*.toml`, made into a static table by the build script.

use std::borrow::Cow;

#[allow(unused_imports, reason = "a pack may have no word")]
use super::{Find, Lead, Pair, Rule, Word};
use crate::model::{Confidence, Severity};

static RULES: &[Rule] = include!(concat!(env!("OUT_DIR"), "/rules.rs"));
static SOURCES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/sources.rs"));

/// The rules, by file and then in the file's order.
pub fn builtin() -> &'static [Rule] {
    RULES
}

/// The pattern files as written: name and text. For the commands that show and check rules.
pub fn sources() -> &'static [(&'static str, &'static str)] {
    SOURCES
}
