//! The oracle: every regex over the whole text, no lead asked.

use super::{Match, Scanner};
use crate::{
    model::Span,
    pattern::{Find, RuleIndex},
};

pub fn scan(scanner: &Scanner, text: &[u8]) -> Vec<Match> {
    let mut matches = Vec::new();
    for (index, rule) in scanner.pack().rules().enumerate() {
        if rule.find == Find::Regex {
            scanner.run(index as RuleIndex, text, Span::new(0, text.len()), &mut matches);
        }
    }
    matches.sort_unstable();
    matches
}
