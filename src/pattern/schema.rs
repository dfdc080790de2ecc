//! The pattern file: what a provider's TOML holds, and what makes it wrong.
//!
//! Shared with the build script, which turns the built-in pack into a static table; so this file
//! imports nothing of the crate but its neighbour `lead`.

use regex_syntax::hir::{Class, Hir, HirKind, Look};
use serde::Deserialize;

use super::lead::{Lead, Leads, leads};

/// A longer match than this cannot be asked for: it bounds the text looked at around each keyword.
pub const LONGEST_REACH: usize = 20_000;

/// A longer match of a whole file cannot be asked for without a keyword: it is tried on every text of up to its length.
pub const LONGEST_WHOLE: usize = 1_200;

/// Shorter keywords would fire everywhere.
pub const SHORTEST_KEYWORD: usize = 3;

/// The stages of a rule.
pub const BLOCK: &str = "block";
pub const WARN: &str = "warn";

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
    #[serde(default, rename = "word")]
    pub words: Vec<WordEntry>,
    #[serde(default, rename = "kind")]
    pub kinds: Vec<KindEntry>,
}

/// The other half of what a rule finds, as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PairEntry {
    /// Ids of the rules that find the other half.
    pub with: Vec<String>,
    /// How many lines away it may stand.
    #[serde(default = "five")]
    pub within: u64,
    /// Without the other half beside it, a match is none: for rules that are too weak alone.
    #[serde(default)]
    pub needed: bool,
}

/// Further away, two halves do not belong together.
const MOST_LINES: u64 = 20;

/// One type that only its name betrays, as written: a service's word and the form of the whole value.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WordEntry {
    pub id: String,
    pub description: String,
    pub severity: String,
    #[serde(default = "medium")]
    pub confidence: String,
    /// One of these stands in the name, or around it.
    pub words: Vec<String>,
    /// One of these stands in the name itself. Empty asks for nothing.
    #[serde(default)]
    pub name: Vec<String>,
    /// A regex of the whole value.
    pub value: String,
    /// Floor in Shannon bits a character: without a prefix, the value must at least not repeat itself.
    #[serde(default = "three_bits")]
    pub entropy: f32,
    pub check: Option<String>,
    #[serde(default)]
    pub person: bool,
    /// The words are looked for everywhere: for types whose names have no telling part, such as `key`.
    #[serde(default)]
    pub anchor: bool,
    /// `block`, or `warn` for a rule that is being tried: what it finds is shown and fails nothing.
    #[serde(default = "block")]
    pub stage: String,
    /// The other half, such as the id that goes with a secret.
    pub pair: Option<PairEntry>,
    /// Globs of the files that it looks at; without any, all. One without `/` is for a file's name.
    #[serde(default)]
    pub paths: Vec<String>,
    #[serde(default)]
    pub references: Vec<String>,
    #[serde(default)]
    pub examples: Vec<Example>,
    #[serde(default)]
    pub near_misses: Vec<Example>,
}

/// A kind of secret that the assignment detector tells, as written: only its words stand here.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KindEntry {
    pub id: String,
    pub description: String,
    #[serde(default)]
    pub person: bool,
    #[serde(default)]
    pub examples: Vec<Example>,
    #[serde(default)]
    pub near_misses: Vec<Example>,
}

/// The kinds that the assignment detector knows.
pub const KINDS: &[&str] = &["generic-secret", "generic-password", "url-password", "weak-password"];

/// One rule as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleEntry {
    pub id: String,
    pub description: String,
    pub severity: String,
    #[serde(default = "high")]
    pub confidence: String,
    /// May be left out only where the regex begins with known bytes, for files that are no text, or where it matches whole
    /// short files, which `paths` names.
    #[serde(default)]
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
    /// `block`, or `warn` for a rule that is being tried: what it finds is shown and fails nothing.
    #[serde(default = "block")]
    pub stage: String,
    /// The other half, such as the id that goes with a secret.
    pub pair: Option<PairEntry>,
    /// Globs of the files that it looks at; without any, all. One without `/` is for a file's name.
    #[serde(default)]
    pub paths: Vec<String>,
    #[serde(default)]
    pub references: Vec<String>,
    #[serde(default)]
    pub examples: Vec<Example>,
    #[serde(default)]
    pub near_misses: Vec<Example>,
}

/// A text to try a rule on: alone, or with the path of the file that it stands in.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a text, or { path = \"…\", text = \"…\" }")]
pub enum Example {
    Text(String),
    File(ExampleFile),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExampleFile {
    pub path: String,
    pub text: String,
}

impl Example {
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) | Self::File(ExampleFile { text, .. }) => text,
        }
    }

    pub fn path(&self) -> Option<&str> {
        match self {
            Self::Text(_) => None,
            Self::File(file) => Some(&file.path),
        }
    }
}

fn block() -> String {
    BLOCK.to_owned()
}

fn high() -> String {
    "high".to_owned()
}

fn five() -> u64 {
    5
}

fn three_bits() -> f32 {
    3.0
}

fn medium() -> String {
    "medium".to_owned()
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
    /// Whether a match is the whole of a short text.
    pub whole: bool,
}

/// Checks a rule's own fields and measures its regex.
pub fn measure(rule: &RuleEntry) -> Result<Measured, Fault> {
    check_words(&rule.id, &rule.severity, &rule.confidence)?;
    check_stage(&rule.stage)?;
    check_pair(rule.pair.as_ref())?;
    check_paths(&rule.paths, rule.pair.is_some())?;
    for word in &rule.keywords {
        if word.len() < SHORTEST_KEYWORD || !word.is_ascii() {
            let what = format!("{word:?}: use at least {SHORTEST_KEYWORD} ASCII characters");
            return Err(fault("keywords", what));
        }
    }
    let measured = measure_regex(&rule.regex, &rule.keywords)?;
    if rule.keywords.is_empty() && measured.led.is_none() {
        if !measured.whole {
            let what = format!(
                "name at least one word that every match contains, or begin the regex with known bytes, or let it match \
                 whole files of less than {LONGEST_WHOLE} bytes: blanks around a secret without any, from \\A to \\z"
            );
            return Err(fault("keywords", what));
        }
        if rule.paths.is_empty() {
            return Err(fault("paths", "what matches whole files, and no keyword, names these files"));
        }
    }
    Ok(measured)
}

/// What every type has: an id, a severity and a confidence.
fn check_words(id: &str, severity: &str, confidence: &str) -> Result<(), Fault> {
    let id_ok = id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if id.is_empty() || !id_ok {
        return Err(fault("id", "use lower-case letters, digits and hyphens"));
    }
    if !["low", "medium", "high", "critical"].contains(&severity) {
        return Err(fault("severity", "use one of: low, medium, high, critical"));
    }
    if !["low", "medium", "high"].contains(&confidence) {
        return Err(fault("confidence", "use one of: low, medium, high"));
    }
    Ok(())
}

fn check_stage(stage: &str) -> Result<(), Fault> {
    if [BLOCK, WARN].contains(&stage) { Ok(()) } else { Err(fault("stage", "use one of: block, warn")) }
}

fn check_pair(pair: Option<&PairEntry>) -> Result<(), Fault> {
    match pair {
        Some(pair) if pair.with.is_empty() => {
            Err(fault("pair", "with: name the rule that finds the other half"))
        }
        Some(pair) if pair.within > MOST_LINES => {
            Err(fault("pair", format!("within: at most {MOST_LINES} lines")))
        }
        _ => Ok(()),
    }
}

/// Two halves are judged before it is known where they stand. What the globs are worth, `bounds` tells.
fn check_paths(paths: &[String], paired: bool) -> Result<(), Fault> {
    let both = paired && !paths.is_empty();
    if both { Err(fault("paths", "a rule with a pair looks at all files")) } else { Ok(()) }
}

/// The least that a word of a type may have: shorter ones stand in any name.
const SHORTEST_WORD: usize = 3;

/// A shorter value has too little form to be told by it.
const SHORTEST_VALUE: usize = 8;

/// A longer value is not read as a whole.
const LONGEST_VALUE: usize = 440;

/// Checks a type that its name betrays, and returns how long its value is at least and at most.
pub fn measure_word(word: &WordEntry) -> Result<(usize, usize), Fault> {
    check_words(&word.id, &word.severity, &word.confidence)?;
    check_stage(&word.stage)?;
    check_pair(word.pair.as_ref())?;
    check_paths(&word.paths, word.pair.is_some())?;
    if word.words.is_empty() {
        return Err(fault("words", "name the service as names and lines around a value do"));
    }
    for (field, list) in [("words", &word.words), ("name", &word.name)] {
        for text in list {
            let folded = fold(text.as_bytes());
            let shortest = if field == "words" { SHORTEST_WORD } else { 2 };
            if !text.is_ascii() || folded.len() < shortest {
                return Err(fault(field, format!("{text:?}: use at least {shortest} letters or digits")));
            }
            if folded != text.as_bytes() {
                let folded = String::from_utf8_lossy(&folded).into_owned();
                return Err(fault(
                    field,
                    format!("{text:?}: write {folded:?}: case and joints do not count"),
                ));
            }
        }
    }
    let hir = parse(&word.value).map_err(|what| fault("value", what))?;
    let longest = hir.properties().maximum_len().unwrap_or(usize::MAX);
    let shortest = hir.properties().minimum_len().unwrap_or(0);
    if shortest < SHORTEST_VALUE || longest > LONGEST_VALUE {
        return Err(fault(
            "value",
            format!("bound its length within {SHORTEST_VALUE} and {LONGEST_VALUE} bytes"),
        ));
    }
    Ok((shortest, longest))
}

/// A name as words are compared with it: lower-case letters and digits only.
pub fn fold(text: &[u8]) -> Vec<u8> {
    text.iter().filter(|byte| byte.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase).collect()
}

/// Checks a kind's own fields.
pub fn measure_kind(kind: &KindEntry) -> Result<(), Fault> {
    if KINDS.contains(&kind.id.as_str()) {
        return Ok(());
    }
    Err(fault("id", format!("the assignment detector knows these kinds: {}", KINDS.join(", "))))
}

/// Parses a regex the way the engine does: bytes, no Unicode tables.
fn parse(regex: &str) -> Result<Hir, String> {
    regex_syntax::ParserBuilder::new()
        .unicode(false)
        .utf8(false)
        .build()
        .parse(regex)
        .map_err(|error| regex_error(regex, &error))
}

/// Parses a regex and measures its matches.
pub fn measure_regex(regex: &str, keywords: &[String]) -> Result<Measured, Fault> {
    let hir = parse(regex).map_err(|what| fault("regex", what))?;
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
    let whole = reach <= LONGEST_WHOLE && is_whole(&hir);
    Ok(Measured { leads, led, reach, bounded, whole })
}

/// Whether a match is a whole text: a secret without a blank in it, and blanks and line ends around.
fn is_whole(hir: &Hir) -> bool {
    let HirKind::Concat(parts) = hir.kind() else { return false };
    let [first, between @ .., last] = &parts[..] else { return false };
    let ends = [(first, Look::Start), (last, Look::End)];
    ends.iter().all(|(hir, look)| hir.kind() == &HirKind::Look(*look))
        && between.iter().all(|part| match part.kind() {
            HirKind::Capture(capture) => !any_byte(&capture.sub, &|byte| matches!(byte, b' ' | b'\t')),
            _ => !any_byte(part, &|byte| !byte.is_ascii_whitespace()),
        })
}

/// Whether a match may hold such a byte.
fn any_byte(hir: &Hir, is: &dyn Fn(u8) -> bool) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => false,
        HirKind::Literal(literal) => literal.0.iter().any(|byte| is(*byte)),
        HirKind::Class(Class::Bytes(class)) => {
            class.ranges().iter().any(|range| (range.start()..=range.end()).any(is))
        }
        // Bytes are parsed, no characters.
        HirKind::Class(Class::Unicode(_)) => true,
        HirKind::Repetition(repetition) => any_byte(&repetition.sub, is),
        HirKind::Capture(capture) => any_byte(&capture.sub, is),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(|part| any_byte(part, is)),
    }
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
