//! The hash of rules: over everything that decides what they find. Shared with the build script, which makes that
//! of the built-in ones, so this file imports nothing of the crate but its neighbour `rule`.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::{Find, Rule};

/// SHA-256 in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

/// SHA-256 over the rules, and over what else decides, in hexadecimal.
pub fn hash<'r>(rules: impl Iterator<Item = &'r Rule>, extras: Option<&str>) -> String {
    let mut digest = Sha256::new();
    let mut field = |bytes: &[u8]| {
        digest.update((bytes.len() as u64).to_le_bytes());
        digest.update(bytes);
    };
    for rule in rules {
        field(rule.id.as_bytes());
        field(rule.severity.word().as_bytes());
        field(rule.confidence.word().as_bytes());
        rule.keywords.iter().for_each(|word| field(word.as_bytes()));
        field(rule.regex.as_bytes());
        field(&rule.entropy.to_le_bytes());
        field(rule.check.as_deref().unwrap_or_default().as_bytes());
        field(&[u8::from(rule.person)]);
        if rule.warn {
            field(b"warn");
        }
        if !rule.paths.is_empty() {
            field(format!("paths {:?}", rule.paths).as_bytes());
        }
        if let Some(pair) = &rule.pair {
            field(format!("{pair:?}").as_bytes());
        }
        if let Find::Size(above) = &rule.find {
            field(&above.to_le_bytes());
        }
        if rule.find == Find::Path {
            field(b"path");
        }
        if let Find::Word(word) = &rule.find {
            word.words.iter().chain(word.name.iter()).for_each(|text| field(text.as_bytes()));
            field(&[u8::from(word.anchor)]);
        }
    }
    if let Some(extras) = extras {
        field(extras.as_bytes());
    }
    HEXLOWER.encode(&digest.finalize())
}
