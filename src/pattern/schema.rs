//! The pattern file: what a provider's TOML holds, and what makes it wrong.
//!
//! Shared with the build script, which turns the built-in pack into a static table; so this file
//! imports nothing of the crate.

use regex_syntax::hir::{Class, ClassBytes, Hir, HirKind, Look};
use serde::Deserialize;

/// A longer match than this cannot be asked for: it bounds the text looked at around each keyword.
pub const LONGEST_REACH: usize = 20_000;

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
    #[serde(default)]
    pub references: Vec<String>,
    #[serde(default)]
    pub examples: Vec<String>,
    #[serde(default)]
    pub near_misses: Vec<String>,
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
    pub examples: Vec<String>,
    #[serde(default)]
    pub near_misses: Vec<String>,
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
    #[serde(default)]
    pub references: Vec<String>,
    #[serde(default)]
    pub examples: Vec<String>,
    #[serde(default)]
    pub near_misses: Vec<String>,
}

fn block() -> String {
    BLOCK.to_owned()
}

fn high() -> String {
    "high".to_owned()
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

/// What must stand around a keyword for the regex to match there: cheaper to ask than the regex.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Around {
    /// The bytes that begin with the keyword, in their own case. Empty if nothing is known.
    pub literal: Vec<u8>,
    /// No letter, digit or underscore stands before it.
    pub boundary: bool,
    /// The bytes that may follow it, as a bitmap, and how many of them must.
    pub class: [u64; 4],
    pub count: u8,
}

/// More bytes after a keyword are not asked for: that is enough to tell a token from a word.
const MOST_AFTER: usize = 12;

/// So many bytes of one kind after a keyword are told alone; after fewer, those that follow count, too.
const ENOUGH_ALIKE: usize = 4;

/// More ways to begin a match than this are not tried.
const MOST_STARTS: usize = 4096;

/// The facts about a regex that the engine needs before it compiles it.
pub struct Measured {
    /// For each keyword.
    pub around: Vec<Around>,
    /// The longest match in bytes, plus one byte of look-around at each side.
    pub reach: usize,
    /// Whether the regex bounds its own length; if not, `reach` is a cut.
    pub bounded: bool,
}

/// Checks a rule's own fields and measures its regex.
pub fn measure(rule: &RuleEntry) -> Result<Measured, Fault> {
    check_words(&rule.id, &rule.severity, &rule.confidence)?;
    check_stage(&rule.stage)?;
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
    let around = around(&hir, keywords);
    Ok(Measured { around, reach, bounded })
}

/// What the regex says of the text around each keyword, if every match begins with one of them, but for
/// at most one byte or look-around before it.
fn around(hir: &Hir, keywords: &[String]) -> Vec<Around> {
    let parts = sequence(hir);
    let words: Vec<String> = keywords.iter().map(|word| word.to_ascii_lowercase()).collect();
    let before = parts.iter().take_while(|part| is_before(part)).count();
    for skipped in 0..=before {
        let bytes = fixed_bytes(&parts[skipped..], words.iter().map(String::len).max().unwrap_or(0));
        if begins_with_a_word(&bytes, &words, &mut Vec::new(), &mut 0) {
            let boundary =
                parts[..skipped].iter().any(|part| matches!(part.kind(), HirKind::Look(Look::WordAscii)));
            return words
                .iter()
                .map(|word| around_word(&bytes, word, boundary).unwrap_or_default())
                .collect();
        }
    }
    words.iter().map(|_| Around::default()).collect()
}

/// Which bytes may stand at each place from a match's start, as far as that is the same for all matches:
/// for a keyword of the given length and what is asked for after it.
fn fixed_bytes(parts: &[&Hir], longest: usize) -> Vec<ByteSet> {
    let most = longest + MOST_AFTER;
    let mut bytes = Vec::new();
    for part in parts {
        let whole = match part.kind() {
            HirKind::Literal(literal) => {
                bytes.extend(literal.0.iter().map(|&byte| ByteSet::default().with(byte)));
                true
            }
            HirKind::Class(Class::Bytes(class)) => {
                bytes.push(ByteSet::of(class));
                true
            }
            HirKind::Repetition(repetition) => {
                let HirKind::Class(Class::Bytes(class)) = repetition.sub.kind() else { break };
                let least = (repetition.min as usize).min(most);
                bytes.extend(std::iter::repeat_n(ByteSet::of(class), least));
                repetition.max == Some(repetition.min)
            }
            _ => false,
        };
        if !whole || bytes.len() >= most {
            break;
        }
    }
    bytes.truncate(most);
    bytes
}

/// Whether whatever these bytes are, one of the words stands at their start.
fn begins_with_a_word(bytes: &[ByteSet], words: &[String], start: &mut Vec<u8>, tried: &mut usize) -> bool {
    *tried += 1;
    if words.iter().any(|word| word.as_bytes() == &start[..]) {
        return true;
    }
    let Some(set) = bytes.get(start.len()) else { return false };
    if *tried > MOST_STARTS || !words.iter().any(|word| word.as_bytes().starts_with(start)) {
        return false;
    }
    set.bytes().all(|byte| {
        start.push(byte.to_ascii_lowercase());
        let begins = begins_with_a_word(bytes, words, start, tried);
        start.pop();
        begins
    })
}

/// What stands around a word that begins a match. Nothing is known of one whose case is free.
fn around_word(bytes: &[ByteSet], word: &str, boundary: bool) -> Option<Around> {
    let mut literal = Vec::new();
    for (byte, set) in word.bytes().zip(bytes) {
        let upper = byte.to_ascii_uppercase();
        match (set.has(byte), set.has(upper)) {
            (true, true) if byte != upper => return None,
            (true, _) => literal.push(byte),
            (false, true) => literal.push(upper),
            (false, false) => return None,
        }
    }
    let after = bytes.get(word.len()..)?;
    // The bytes that are one by one in the literal are compared soonest.
    let more = after.iter().take_while(|set| set.bytes().count() == 1).count();
    literal.extend(after[..more].iter().flat_map(ByteSet::bytes));
    let after = &after[more..];
    let alike = after.iter().take_while(|set| **set == after[0]).count();
    let count = if alike >= ENOUGH_ALIKE { alike } else { after.len() }.min(MOST_AFTER);
    let class = after[..count].iter().fold(ByteSet::default(), ByteSet::or);
    let first = word.as_bytes().first()?;
    let boundary = boundary && (first.is_ascii_alphanumeric() || *first == b'_');
    Some(Around { literal, boundary, class: class.0, count: count as u8 })
}

/// A set of bytes, as a bitmap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct ByteSet([u64; 4]);

impl ByteSet {
    fn of(class: &ClassBytes) -> Self {
        let bytes = class.ranges().iter().flat_map(|range| range.start()..=range.end());
        bytes.fold(Self::default(), Self::with)
    }

    fn with(mut self, byte: u8) -> Self {
        self.0[usize::from(byte >> 6)] |= 1 << (byte & 63);
        self
    }

    fn or(mut self, other: &Self) -> Self {
        self.0.iter_mut().zip(other.0).for_each(|(bits, more)| *bits |= more);
        self
    }

    fn has(&self, byte: u8) -> bool {
        self.0[usize::from(byte >> 6)] >> (byte & 63) & 1 != 0
    }

    fn bytes(&self) -> impl Iterator<Item = u8> + '_ {
        (0..=u8::MAX).filter(|&byte| self.has(byte))
    }
}

/// A look-around, or one byte, or a choice of these.
fn is_before(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Look(_) | HirKind::Class(_) => true,
        HirKind::Alternation(subs) => subs.iter().all(is_before),
        HirKind::Capture(capture) => is_before(&capture.sub),
        _ => false,
    }
}

/// What must match one after the other, groups opened.
fn sequence(hir: &Hir) -> Vec<&Hir> {
    match hir.kind() {
        HirKind::Concat(subs) => subs.iter().flat_map(sequence).collect(),
        HirKind::Capture(capture) if !is_before(&capture.sub) => sequence(&capture.sub),
        _ => vec![hir],
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

#[cfg(test)]
mod tests {
    use super::*;

    fn of(regex: &str, keywords: &[&str]) -> Vec<(String, bool, u8)> {
        let keywords: Vec<String> = keywords.iter().map(|&word| word.to_owned()).collect();
        let measured = measure_regex(regex, &keywords).unwrap_or_else(|fault| panic!("{}", fault.what));
        let told = |around: Around| {
            (String::from_utf8(around.literal).expect("ASCII"), around.boundary, around.count)
        };
        measured.around.into_iter().map(told).collect()
    }

    fn known(literal: &str, boundary: bool, count: u8) -> (String, bool, u8) {
        (literal.to_owned(), boundary, count)
    }

    #[test]
    fn what_stands_around_a_keyword_is_told_if_it_begins_every_match() {
        let nothing = known("", false, 0);
        assert_eq!(of(r"\b(?<secret>ghp_[A-Z]{36})\b", &["ghp_"]), [known("ghp_", true, 12)]);
        assert_eq!(of(r"(?<secret>s\.[0-9a-f]{4}\.x)", &["S.0", "s.1"]), [nothing.clone(), nothing.clone()]);
        let two = of(r"\b(?<secret>S[AU]A[A-P][A-Z2-7]{54})", &["sua", "SAA"]);
        assert_eq!(two, [known("SUA", true, 12), known("SAA", true, 12)]);
        // One way to begin has no keyword, so that it may be the other keyword's match.
        assert_eq!(of(r"(?<secret>S[AU]A[A-Z]{54})", &["SUA"]), [nothing.clone()]);
        assert_eq!(of(r"(?<secret>[Kk]ey_[a-f]{9})", &["key_"]), [nothing.clone()]);
        assert_eq!(of(r"(?:[^a-z]|^)(?<secret>key_12[a-f]{9})", &["key_"]), [known("key_12", false, 9)]);
        assert_eq!(of(r"(?<secret>acme_[a-f]{3}x)", &["acme_"]), [known("acme_", false, 4)]);
        assert_eq!(of(r"(?<secret>acme_[a-f]{1,9}x)", &["acme_"]), [known("acme_", false, 1)]);
    }
}
