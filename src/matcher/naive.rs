//! The oracle: every regex over the whole text, by another crate, no lead asked and nothing tried before it.

use regex::bytes::{Regex, RegexBuilder};

use super::{Match, Scanner};
use crate::{
    model::Span,
    pattern::{Find, RuleIndex},
};

pub struct Oracle(Vec<(RuleIndex, Regex)>);

impl Oracle {
    pub fn new(scanner: &Scanner) -> Self {
        let rules = (0..).zip(scanner.pack().rules()).filter(|(_, rule)| rule.find == Find::Regex);
        let regex = |text: &str| RegexBuilder::new(text).unicode(false).build().expect("tried by the pack");
        Self(rules.map(|(index, rule)| (index, regex(&rule.regex))).collect())
    }

    pub fn scan(&self, text: &[u8]) -> Vec<Match> {
        let mut matches = Vec::new();
        for &(rule, ref regex) in &self.0 {
            matches.extend(regex.captures_iter(text).map(|found| {
                let span = |group: &str| Span::from(found.name(group).expect("it took part").range());
                let whole = found.get(0).expect("it matched").range().into();
                Match { whole, secret: span("secret"), rule }
            }));
        }
        matches.sort_unstable();
        matches
    }
}
