//! The rules of one run, with the version and hash that name them in reports.

use std::sync::OnceLock;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::{Extras, Find, Rule};
use crate::error::Error;

/// Which rule of a pack.
pub type RuleIndex = u32;

/// The rules of one run, in order: built-in first, then the user's own.
#[derive(Clone, Debug)]
pub struct Pack {
    rules: Vec<Rule>,
    extras: Extras,
    hash: OnceLock<String>,
}

impl Pack {
    /// Fails if there is no rule, or two with one id.
    pub fn new(rules: Vec<Rule>) -> Result<Self, Error> {
        if rules.is_empty() {
            return Err(Error::new("there is no rule to scan with")
                .mend("leave --no-builtin out, or add --rules FILE"));
        }
        let mut ids: Vec<&str> = rules.iter().map(|rule| &*rule.id).collect();
        ids.sort_unstable();
        if let Some(twice) = ids.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(
                Error::new(format!("two rules have the id {:?}", twice[0])).mend("rename one of them")
            );
        }
        Ok(Self { rules, extras: Extras::default(), hash: OnceLock::new() })
    }

    /// The same rules, with what comes beside them.
    #[must_use]
    pub fn with(mut self, extras: Extras) -> Self {
        self.extras = extras;
        self.hash = OnceLock::new();
        self
    }

    pub fn extras(&self) -> &Extras {
        &self.extras
    }

    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    pub fn rule(&self, index: RuleIndex) -> &Rule {
        &self.rules[index as usize]
    }

    /// SHA-256 over everything that decides what is found.
    pub fn hash(&self) -> &str {
        self.hash.get_or_init(|| hash(&self.rules, &self.extras))
    }

    /// The version of the built-in pack, which is the program's.
    pub fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }
}

/// SHA-256 in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

fn hash(rules: &[Rule], extras: &Extras) -> String {
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
        if let Some(pair) = &rule.pair {
            field(format!("{pair:?}").as_bytes());
        }
        if let Find::Word(word) = &rule.find {
            word.words.iter().chain(word.name.iter()).for_each(|text| field(text.as_bytes()));
            field(&[u8::from(word.anchor)]);
        }
    }
    if !extras.limits.is_empty() || !extras.everywhere.is_empty() {
        field(format!("{:?}{:?}", extras.limits, extras.everywhere).as_bytes());
    }
    HEXLOWER.encode(&digest.finalize())
}
