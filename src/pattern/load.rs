//! Reads a user's own pattern files. What is wrong is told by file, rule and field.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{Find, Rule, Word, schema};
use crate::error::Error;
use crate::model::{Confidence, Severity};

/// Reads one file, or every `*.toml` of a folder in the order of their names.
pub fn load(path: &Path) -> Result<Vec<Rule>, Error> {
    let mut rules = Vec::new();
    for file in files(path)? {
        let text = fs::read_to_string(&file).map_err(|error| Error::io("read the patterns", &file, error))?;
        rules.extend(parse(&file.display().to_string(), &text)?);
    }
    if rules.is_empty() {
        return Err(Error::new(format!("{}: no rule in it", path.display()))
            .mend("write at least one [[rule]], or leave --rules out"));
    }
    Ok(rules)
}

/// The pattern files that `path` means: itself, or every `*.toml` of a folder in the order of their names.
pub fn files(path: &Path) -> Result<Vec<PathBuf>, Error> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(|error| Error::io("read the patterns", path, error))? {
        let entry = entry.map_err(|error| Error::io("read the patterns", path, error))?.path();
        if entry.extension().is_some_and(|extension| extension == "toml") {
            files.push(entry);
        }
    }
    files.sort();
    Ok(files)
}

/// Reads the text of one pattern file; `name` is for messages.
pub fn parse(name: &str, text: &str) -> Result<Vec<Rule>, Error> {
    let file: schema::PatternFile = toml::from_str(text).map_err(|error| {
        Error::new(format!("{name}: not a pattern file\n{}", error.to_string().trim_end()))
    })?;
    let wrong = |id: &str, fault: schema::Fault| {
        Error::new(format!("{name}: rule {id:?}: {}: {}", fault.field, fault.what))
    };
    let mut rules = Vec::new();
    for rule in &file.rules {
        let measured = schema::measure(rule).map_err(|fault| wrong(&rule.id, fault))?;
        rules.push(rule_of(&file, rule, measured));
    }
    for word in &file.words {
        let lengths = schema::measure_word(word).map_err(|fault| wrong(&word.id, fault))?;
        rules.push(word_of(&file, word, lengths));
    }
    for kind in &file.kinds {
        schema::measure_kind(kind).map_err(|fault| wrong(&kind.id, fault))?;
        rules.push(kind_of(&file, kind));
    }
    Ok(rules)
}

fn word_of(
    file: &schema::PatternFile,
    entry: &schema::WordEntry,
    (shortest, longest): (usize, usize),
) -> Rule {
    let own = |list: &[String]| list.iter().map(|text| text.clone().into()).collect();
    Rule {
        find: Find::Word(Word {
            words: own(&entry.words),
            name: own(&entry.name),
            shortest,
            longest,
            anchor: entry.anchor,
        }),
        id: entry.id.clone().into(),
        provider: file.provider.clone().into(),
        description: entry.description.clone().into(),
        severity: entry.severity.parse().expect("measure_word checked it"),
        confidence: entry.confidence.parse().expect("measure_word checked it"),
        keywords: Default::default(),
        leads: Default::default(),
        led: None,
        regex: entry.value.clone().into(),
        reach: 0,
        entropy: entry.entropy,
        check: entry.check.clone().map(Into::into),
        person: entry.person,
        revoke: file.revoke.clone().into(),
    }
}

fn kind_of(file: &schema::PatternFile, entry: &schema::KindEntry) -> Rule {
    Rule {
        find: Find::Assignment,
        id: entry.id.clone().into(),
        provider: file.provider.clone().into(),
        description: entry.description.clone().into(),
        severity: Severity::High,
        confidence: Confidence::Medium,
        keywords: Default::default(),
        leads: Default::default(),
        led: None,
        regex: Default::default(),
        reach: 0,
        entropy: 0.0,
        check: None,
        person: entry.person,
        revoke: file.revoke.clone().into(),
    }
}

fn rule_of(file: &schema::PatternFile, entry: &schema::RuleEntry, measured: schema::Measured) -> Rule {
    Rule {
        find: Find::Regex,
        id: entry.id.clone().into(),
        provider: file.provider.clone().into(),
        description: entry.description.clone().into(),
        severity: entry.severity.parse().expect("measure checked the word"),
        confidence: entry.confidence.parse().expect("measure checked the word"),
        keywords: entry.keywords.iter().map(|word| word.clone().into()).collect(),
        leads: measured.leads.into(),
        led: measured.led,
        regex: entry.regex.clone().into(),
        reach: measured.reach,
        entropy: entry.entropy,
        check: entry.check.clone().map(Into::into),
        person: entry.person,
        revoke: file.revoke.clone().into(),
    }
}
