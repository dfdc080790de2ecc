//! What a pack says beyond its rules: where a rule does not look, and what it does not mean. Plain texts;
//! `filter` compiles them.

use std::collections::BTreeMap;

use crate::model::Problem;

/// What a regex of an excuse is searched in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Target {
    #[default]
    Secret,
    Match,
    Line,
}

/// One reason not to tell a finding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Excuse {
    /// Everything that it names must agree, not one thing of it.
    pub all: bool,
    pub target: Target,
    pub regexes: Vec<String>,
    /// Regexes, searched in the path from the repository's root.
    pub paths: Vec<String>,
    /// Stand in the secret, in any case.
    pub stopwords: Vec<String>,
    pub commits: Vec<String>,
}

/// The limits of one rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// The rule looks only where this regex is found in the path.
    pub path: Option<String>,
    pub excuses: Vec<Excuse>,
}

/// What comes with a pack's rules.
#[derive(Clone, Debug, Default)]
pub struct Extras {
    /// By the rule's id.
    pub limits: BTreeMap<String, Limits>,
    /// For every rule.
    pub everywhere: Vec<Excuse>,
    /// Rules that the pack takes out of those before it, by id.
    pub disabled: Vec<String>,
    /// What could not be honoured, each with its rule: a scan with this pack is incomplete.
    pub unhonoured: Vec<Problem>,
    /// What was understood in another way than it was written, but loses nothing.
    pub notes: Vec<String>,
}

impl Extras {
    /// Whether any excuse looks at more than the value.
    pub fn look_near(&self) -> bool {
        let own = self.limits.values().flat_map(|limits| &limits.excuses);
        own.chain(&self.everywhere).any(|excuse| excuse.target != Target::Secret)
    }

    pub fn join(&mut self, more: Self) {
        let Self { limits, everywhere, disabled, unhonoured, notes } = more;
        self.limits.extend(limits);
        self.everywhere.extend(everywhere);
        self.disabled.extend(disabled);
        self.unhonoured.extend(unhonoured);
        self.notes.extend(notes);
    }
}
