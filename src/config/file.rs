//! Reads a configuration file.

use globset::{GlobBuilder, GlobMatcher};
use jiff::civil::Date;
use regex::bytes::Regex;
use serde::Deserialize;

use super::Size;
use crate::{error::Error, model::is_fingerprint};

/// The name looked for at the root of a repository.
pub const FILE_NAME: &str = ".leakgate.toml";

/// A configuration, checked.
#[derive(Debug, Default)]
pub struct Config {
    pub allow: Vec<AllowEntry>,
    /// Whom to ask about a finding.
    pub contact: Option<String>,
    /// Larger files that a change adds are told.
    pub large_file: Option<Size>,
}

/// One `[[allow]]` entry: all that it names must agree.
#[derive(Debug)]
pub struct AllowEntry {
    pub fingerprint: Option<String>,
    pub rule: Option<String>,
    /// Matched against the path from the repository's root.
    pub path: Option<GlobMatcher>,
    /// Searched in that path.
    pub path_regex: Option<Regex>,
    /// Searched in the value.
    pub regex: Option<Regex>,
    pub reason: String,
    pub owner: Option<String>,
    /// The first day on which the entry no longer counts.
    pub expires: Option<Date>,
    /// Its number in the file, from 1.
    pub number: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawConfig {
    contact: Option<String>,
    large_file: Option<String>,
    #[serde(default)]
    allow: Vec<RawAllow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAllow {
    fingerprint: Option<String>,
    rule: Option<String>,
    path: Option<String>,
    path_regex: Option<String>,
    regex: Option<String>,
    reason: String,
    owner: Option<String>,
    expires: Option<toml::Value>,
}

impl Config {
    /// Reads the text of a configuration file; `name` is for messages.
    pub fn parse(name: &str, text: &str) -> Result<Self, Error> {
        let raw: RawConfig = toml::from_str(text).map_err(|error| {
            // The parser's whole error repeats the line, and who knows what stands there.
            let place = error.span().map_or_else(String::new, |span| place(text, span.start));
            Error::new(format!("{name}: {place}{}", error.message()))
        })?;
        let mut allow = Vec::new();
        for (index, entry) in raw.allow.into_iter().enumerate() {
            let number = index + 1;
            let entry = AllowEntry::check(entry, number)
                .map_err(|what| Error::new(format!("{name}: [[allow]] entry {number}: {what}")))?;
            allow.push(entry);
        }
        let large_file = raw.large_file.map(|size| size.parse()).transpose();
        let large_file = large_file.map_err(|what| Error::new(format!("{name}: large_file: {what}")))?;
        let contact = raw.contact.filter(|contact| !contact.trim().is_empty());
        Ok(Self { allow, contact, large_file })
    }
}

impl AllowEntry {
    fn check(raw: RawAllow, number: usize) -> Result<Self, String> {
        let selectors = [&raw.fingerprint, &raw.rule, &raw.path, &raw.path_regex, &raw.regex];
        if selectors.iter().all(|selector| selector.is_none()) {
            return Err("name a fingerprint, or a rule, path or regex".to_owned());
        }
        // An empty regex would cover everything.
        let named = [
            ("rule", &raw.rule),
            ("path", &raw.path),
            ("path_regex", &raw.path_regex),
            ("regex", &raw.regex),
        ];
        if let Some((key, _)) = named.iter().find(|(_, text)| text.as_deref() == Some("")) {
            return Err(format!("{key} is empty: leave it out, or say what it is"));
        }
        if let Some(fingerprint) = &raw.fingerprint
            && !is_fingerprint(fingerprint)
        {
            return Err("fingerprint is not of the form rule:32 hexadecimal digits".to_owned());
        }
        if raw.reason.trim().is_empty() {
            return Err("reason is empty: say why it is allowed".to_owned());
        }
        let path = raw.path.as_deref().map(glob).transpose()?;
        let compiled = |field: &str, regex: &Option<String>| -> Result<Option<Regex>, String> {
            let Some(regex) = regex else { return Ok(None) };
            // What is wrong stands in the last line, after the regex itself.
            let wrong = |error: regex::Error| {
                let told = error.to_string();
                let last = told.lines().last().unwrap_or_default();
                format!("{field}: {}", last.trim_start_matches("error: "))
            };
            Regex::new(&format!("(?-u){regex}")).map(Some).map_err(wrong)
        };
        let regex = compiled("regex", &raw.regex)?;
        let path_regex = compiled("path_regex", &raw.path_regex)?;
        let expires = raw.expires.as_ref().map(date).transpose()?;
        let RawAllow { fingerprint, rule, reason, owner, .. } = raw;
        Ok(Self { fingerprint, rule, path, path_regex, regex, reason, owner, expires, number })
    }

    pub fn expired(&self, today: Date) -> bool {
        self.expires.is_some_and(|expires| expires <= today)
    }

    /// Whether it covers this rule and value wherever they stand.
    pub fn covers_all_of(&self, fingerprint: &str, today: Date) -> bool {
        let narrower =
            self.rule.is_some() || self.path.is_some() || self.path_regex.is_some() || self.regex.is_some();
        self.fingerprint.as_deref() == Some(fingerprint) && !narrower && !self.expired(today)
    }

    /// What the entry is about, for messages.
    pub fn title(&self) -> String {
        let name = self.fingerprint.as_deref().or(self.rule.as_deref());
        let name = name.map(str::to_owned).or_else(|| self.path.as_ref().map(|path| path.glob().to_string()));
        format!("entry {} ({})", self.number, name.unwrap_or_else(|| "regex".to_owned()))
    }
}

fn glob(pattern: &str) -> Result<GlobMatcher, String> {
    GlobBuilder::new(pattern)
        .literal_separator(true)
        .build()
        .map(|glob| glob.compile_matcher())
        .map_err(|error| format!("path: {}", error.kind()))
}

fn date(value: &toml::Value) -> Result<Date, String> {
    let text = match value {
        toml::Value::Datetime(datetime) => datetime.to_string(),
        toml::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    text.parse().map_err(|_| "expires is not a date; write it like 2027-01-31".to_owned())
}

/// Line and column of a byte, and the key whose value it is in, for messages.
fn place(text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let beside = before.rsplit('\n').next().unwrap_or_default();
    let column = beside.chars().count() + 1;
    let key = beside.split_once('=').map_or_else(String::new, |(key, _)| format!("{}: ", key.trim()));
    format!("line {line}, column {column}: {key}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        Config::parse("c.toml", text).expect_err("it is wrong").to_string()
    }

    #[test]
    fn a_whole_entry_is_read() {
        let text = "[[allow]]\nrule = \"a\"\npath = \"tests/**\"\nregex = '^x'\nreason = \"r\"\nowner = \"o\"\nexpires = 2027-01-31\n";
        let config = Config::parse("c.toml", text).expect("valid");
        let entry = &config.allow[0];
        assert_eq!(entry.expires, Some(jiff::civil::date(2027, 1, 31)));
        assert!(
            entry
                .path
                .as_ref()
                .is_some_and(|path| path.is_match("tests/a/b.rs") && !path.is_match("src/tests"))
        );
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        assert!(error("[[allow]]\nreasn = \"x\"\n").contains("c.toml"));
        assert!(error("[[allow]]\nrule = \"a\"\nreason = \"x\"\nexpired = 1\n").contains("expired"));
        assert!(error("[[allow]]\nreason = \"x\"\n").contains("entry 1: name a fingerprint"));
        assert!(error("[[allow]]\nrule = \"a\"\nreason = \" \"\n").contains("reason is empty"));
        assert!(error("[[allow]]\nregex = \"(\"\nreason = \"x\"\n").contains("regex"));
        assert!(
            error("[[allow]]\nrule = \"a\"\nreason = \"x\"\nexpires = \"soon\"\n").contains("not a date")
        );
        assert!(error("[[allow]]\nfingerprint = \"abc\"\nreason = \"x\"\n").contains("not of the form"));
        assert!(error("[allow]\n").contains("c.toml"));
    }
}
