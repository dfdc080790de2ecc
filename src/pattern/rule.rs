//! A rule, ready to run but not compiled. Shared with the build script.

use std::borrow::Cow;

use super::Lead;
use crate::model::{Confidence, Severity};

type Text = Cow<'static, str>;

/// One kind of secret. Built-in rules borrow from the binary, a user's own are owned.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    pub find: Find,
    pub id: Text,
    pub provider: Text,
    pub description: Text,
    pub severity: Severity,
    /// What a match is worth before any other evidence.
    pub confidence: Confidence,
    /// Every match of a regex contains one of them, in any case.
    pub keywords: Cow<'static, [Text]>,
    /// What matches begin with, or else the keywords.
    pub leads: Cow<'static, [Lead]>,
    /// How many bytes before a lead a match may begin, at most. Without it, a match contains a lead somewhere.
    pub led: Option<u8>,
    /// With a group named `secret` (or several: see `secret_group`), or of the whole value where a name betrays it.
    /// Bytes, no Unicode tables.
    pub regex: Text,
    /// A match begins and ends within this many bytes of its keyword, look-around included.
    pub reach: usize,
    /// Floor in Shannon bits a character.
    pub entropy: f32,
    /// Name of an offline structure check.
    pub check: Option<Text>,
    /// The value may be chosen by a person.
    pub person: bool,
    pub revoke: Text,
    /// What it finds is shown, but fails nothing.
    pub warn: bool,
    /// Globs of the files that it looks at; without any, all.
    pub paths: Cow<'static, [Text]>,
    /// It is one half of something; the other half, where it stands near, is told with it.
    pub pair: Option<Pair>,
}

impl Rule {
    /// It matches short files as wholes, and no lead stands in them.
    pub fn of_files(&self) -> bool {
        self.find == Find::Regex && self.leads.is_empty()
    }

    /// A rule with its words, and with nothing more than each has: an assignment's.
    pub fn bare(id: Text, provider: Text, description: Text) -> Self {
        Self {
            find: Find::Assignment,
            id,
            provider,
            description,
            severity: Severity::High,
            confidence: Confidence::Medium,
            keywords: Cow::default(),
            leads: Cow::default(),
            led: None,
            regex: Cow::default(),
            reach: 0,
            entropy: 0.0,
            check: None,
            person: false,
            revoke: Cow::default(),
            warn: false,
            paths: Cow::default(),
            pair: None,
        }
    }
}

/// The name of a group around the whole match, where the secret is that without the line feeds around it.
pub const WHOLE: &str = "whole";

/// The name of the group of a regex that holds the secret. Of several, the one with the lowest rank that holds anything.
pub fn secret_group(rank: usize) -> String {
    match rank {
        0 => "secret".to_owned(),
        rank => format!("secret_{rank}"),
    }
}

/// The other half of what a rule finds.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// Ids of the rules that find it.
    pub with: Cow<'static, [Text]>,
    /// Line feeds between the two, at most.
    pub within: u64,
    /// Without the other half beside it, a match is none.
    pub needed: bool,
}

/// How a rule finds what it finds.
#[derive(Clone, Debug, PartialEq)]
pub enum Find {
    /// By its regex, around its keywords.
    Regex,
    /// By a file's path alone, whose hash is the value. Its regex takes all of a text with one of its keywords; which paths
    /// count, the pack's limits tell.
    Path,
    /// By a name that is bound to a value.
    Word(Word),
    /// By the assignment detector, which judges with a model.
    Assignment,
    /// By the size of a file that a change adds: more bytes than these. No secret, but what some do not take.
    Size(u64),
}

/// What a name says of its value. Lower-case letters and digits only, as names are folded to these.
#[derive(Clone, Debug, PartialEq)]
pub struct Word {
    /// One of these stands in the name or around it.
    pub words: Cow<'static, [Text]>,
    /// One of these stands in the name itself, if any are given.
    pub name: Cow<'static, [Text]>,
    /// Bytes of the shortest and the longest value.
    pub shortest: usize,
    pub longest: usize,
    /// The words are looked for everywhere.
    pub anchor: bool,
}
