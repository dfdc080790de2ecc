//! The pattern file: what a provider's TOML holds, and what makes it wrong.
//!
//! Shared with the build script, which turns the built-in pack into a static table; so this file
//! imports nothing of the crate but its neighbour `lead`.

use regex_syntax::hir::{Hir, HirKind};
use serde::Deserialize;

use super::lead::{Lead, Leads, leads};

/// A longer match than this cannot be asked for: it bounds the text looked at around each keyword.
pub const LONGEST_REACH: usize = 20_000;

/// Shorter keywords would fire everywhere.
pub const SHORTEST_KEYWORD: usize = 3;

/// One file: a provider and its rules.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PatternFile {
    /// The name as the vendor writes it.
    pub provider: String,
    /// The vendor's page on its tokens.
    #[serde(default)]
    pub url: String,
    /// Where to revoke, and what to look at.
    #[serde(default)]
    pub revoke: String,
    #[serde(default, rename = "rule")]
    pub rules: Vec<RuleEntry>,
}

/// One rule as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleEntry {
    pub id: String,
    pub description: String,
    pub severity: String,
    #[serde(default = "high")]
    pub confidence: String,
    pub keywords: Vec<String>,
    pub regex: String,
    /// Floor in Shannon bits a character; 0 asks for nothing.
    #[serde(default)]
    pub entropy: f32,
    /// Name of an offline structure check.
    pub check: Option<String>,
    /// The value may be chosen by a person.
    #[serde(default)]
    pub person: bool,
    #[serde(default)]
    pub references: Vec<String>,
    #[serde(default)]
    pub examples: Vec<String>,
    #[serde(default)]
    pub near_misses: Vec<String>,
}

fn high() -> String {
    "high".to_owned()
}

/// What is wrong with one rule: the field, and a sentence.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    pub field: &'static str,
    pub what: String,
}

fn fault(field: &'static str, what: impl Into<String>) -> Fault {
    Fault { field, what: what.into() }
}

/// The facts about a regex that the engine needs before it compiles it.
pub struct Measured {
    /// What matches begin with, or the keywords.
    pub leads: Vec<Lead>,
    /// How many bytes before a lead a match may begin, at most, if it begins with one.
    pub led: Option<u8>,
    /// The longest match in bytes, plus one byte of look-around at each side.
    pub reach: usize,
    /// Whether the regex bounds its own length; if not, `reach` is a cut.
    pub bounded: bool,
}

/// Checks a rule's own fields and measures its regex.
pub fn measure(rule: &RuleEntry) -> Result<Measured, Fault> {
    let id_ok = rule.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if rule.id.is_empty() || !id_ok {
        return Err(fault("id", "use lower-case letters, digits and hyphens"));
    }
    if !["low", "medium", "high", "critical"].contains(&rule.severity.as_str()) {
        return Err(fault("severity", "use one of: low, medium, high, critical"));
    }
    if !["low", "medium", "high"].contains(&rule.confidence.as_str()) {
        return Err(fault("confidence", "use one of: low, medium, high"));
    }
    if rule.keywords.is_empty() {
        return Err(fault("keywords", "name at least one word that every match contains"));
    }
    for word in &rule.keywords {
        if word.len() < SHORTEST_KEYWORD || !word.is_ascii() {
            let what = format!("{word:?}: use at least {SHORTEST_KEYWORD} ASCII characters");
            return Err(fault("keywords", what));
        }
    }
    measure_regex(&rule.regex, &rule.keywords)
}

/// Parses a regex the way the engine does (bytes, no Unicode tables) and measures its matches.
pub fn measure_regex(regex: &str, keywords: &[String]) -> Result<Measured, Fault> {
    let hir = regex_syntax::ParserBuilder::new()
        .unicode(false)
        .utf8(false)
        .build()
        .parse(regex)
        .map_err(|error| fault("regex", regex_error(regex, &error)))?;
    if !group_names(&hir).iter().any(|name| name == "secret") {
        return Err(fault("regex", "name the group that holds the secret: (?<secret>…)"));
    }
    let longest = hir.properties().maximum_len();
    if hir.properties().minimum_len() == Some(0) {
        return Err(fault("regex", "it matches the empty string"));
    }
    let bounded = longest.is_some_and(|longest| longest <= LONGEST_REACH);
    let reach = longest.unwrap_or(LONGEST_REACH).min(LONGEST_REACH) + 1;
    let Leads { leads, led } = leads(&hir, keywords);
    Ok(Measured { leads, led, reach, bounded })
}

/// `column N: why`, with N in characters from 1.
fn regex_error(regex: &str, error: &regex_syntax::Error) -> String {
    let (at, why) = match error {
        regex_syntax::Error::Parse(error) => (error.span().start.offset, error.kind().to_string()),
        regex_syntax::Error::Translate(error) => (error.span().start.offset, error.kind().to_string()),
        _ => (0, error.to_string()),
    };
    let column = regex.get(..at).map_or(1, |before| before.chars().count() + 1);
    format!("column {column}: {why}")
}

fn group_names(hir: &Hir) -> Vec<String> {
    let mut names = Vec::new();
    let mut stack = vec![hir];
    while let Some(hir) = stack.pop() {
        match hir.kind() {
            HirKind::Capture(capture) => {
                names.extend(capture.name.iter().map(|name| name.to_string()));
                stack.push(&capture.sub);
            }
            HirKind::Repetition(repetition) => stack.push(&repetition.sub),
            HirKind::Concat(subs) | HirKind::Alternation(subs) => stack.extend(subs),
            HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => {}
        }
    }
    names
}
