//! The rules of one run, with the version and hash that name them in reports.

use std::sync::OnceLock;

use super::{Extras, Find, Rule, builtin, hash::hash};
use crate::{
    error::Error,
    model::{Confidence, LARGE_FILE, Severity},
};

/// Which rule of a pack.
pub type RuleIndex = u32;

/// The rules of one run, in order: built-in first, then the user's own.
#[derive(Clone, Debug)]
pub struct Pack {
    /// All the built-in rules come first. They are unpacked one by one, when they are asked for.
    builtin: bool,
    own: Vec<Rule>,
    extras: Extras,
    hash: OnceLock<String>,
}

/// What is known of a rule before it is unpacked.
#[derive(Clone, Debug, PartialEq)]
pub struct Outline<'r> {
    pub id: &'r str,
    /// It finds by its regex.
    pub regex: bool,
    /// It finds by a word that is bound to a value.
    pub word: bool,
    /// It finds by the assignment detector.
    pub assignment: bool,
    /// The word is looked for everywhere.
    pub anchor: bool,
    /// There are files that it does not look at.
    pub bound: bool,
    pub reach: usize,
    pub led: Option<u8>,
}

impl<'r> Outline<'r> {
    pub fn of(rule: &'r Rule) -> Self {
        Self {
            id: &rule.id,
            regex: matches!(rule.find, Find::Regex | Find::Path),
            word: matches!(rule.find, Find::Word(_)),
            assignment: rule.find == Find::Assignment,
            anchor: matches!(&rule.find, Find::Word(word) if word.anchor),
            bound: !rule.paths.is_empty(),
            reach: rule.reach,
            led: rule.led,
        }
    }
}

impl Pack {
    /// Of these rules alone. Fails if there is none, or two with one id.
    pub fn new(rules: Vec<Rule>) -> Result<Self, Error> {
        if rules.is_empty() {
            return Err(Error::new("there is no rule to scan with")
                .mend("leave --no-builtin out, or add --rules FILE"));
        }
        Self::checked(false, rules)
    }

    /// Of the built-in rules and these. Fails if two have one id.
    pub fn builtin_and(own: Vec<Rule>) -> Result<Self, Error> {
        Self::checked(true, own)
    }

    fn checked(builtin: bool, own: Vec<Rule>) -> Result<Self, Error> {
        let pack = Self { builtin, own, extras: Extras::default(), hash: OnceLock::new() };
        if pack.own.is_empty() {
            // The build saw to it that no two of the built-in ones have one id.
            return Ok(pack);
        }
        let mut ids: Vec<&str> = pack.outlines().map(|rule| rule.id).collect();
        ids.sort_unstable();
        if let Some(twice) = ids.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(
                Error::new(format!("two rules have the id {:?}", twice[0])).mend("rename one of them")
            );
        }
        Ok(pack)
    }

    /// The same rules, and one for files that a change adds with more than so many bytes, called `most` in words.
    pub fn and_large_file(self, above: u64, most: &str) -> Result<Self, Error> {
        let Self { builtin, mut own, extras, .. } = self;
        own.push(Rule {
            find: Find::Size(above),
            severity: Severity::Low,
            confidence: Confidence::High,
            ..Rule::bare(LARGE_FILE.into(), "leakgate".into(), format!("File larger than {most}").into())
        });
        Ok(Self::checked(builtin, own)?.with(extras))
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

    /// Whether the built-in rules come first, all of them and under their own numbers.
    pub fn has_builtin(&self) -> bool {
        self.builtin
    }

    /// The others.
    pub fn own(&self) -> &[Rule] {
        &self.own
    }

    pub fn count(&self) -> usize {
        self.first_own() + self.own.len()
    }

    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        (0..self.count()).map(|index| self.rule(index as RuleIndex))
    }

    pub fn rule(&self, index: RuleIndex) -> &Rule {
        match (index as usize).checked_sub(self.first_own()) {
            Some(own) => &self.own[own],
            None => builtin::rule(index as usize),
        }
    }

    /// What is known of each rule at once, in order.
    pub fn outlines(&self) -> impl Iterator<Item = Outline<'_>> {
        (0..self.count()).map(|index| match index.checked_sub(self.first_own()) {
            Some(own) => Outline::of(&self.own[own]),
            None => builtin::outline(index),
        })
    }

    fn first_own(&self) -> usize {
        if self.builtin { builtin::count() } else { 0 }
    }

    /// SHA-256 over everything that decides what is found.
    pub fn hash(&self) -> &str {
        let Extras { limits, everywhere, .. } = &self.extras;
        let plain = limits.is_empty() && everywhere.is_empty();
        if plain && self.builtin && self.own.is_empty() {
            return builtin::hash();
        }
        let extras = (!plain).then(|| format!("{limits:?}{everywhere:?}"));
        self.hash.get_or_init(|| hash(self.rules(), extras.as_deref()))
    }

    /// The version of the built-in pack, which is the program's.
    pub fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }
}
