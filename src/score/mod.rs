//! What a match is worth: the rule's own confidence, moved by what the value looks like.
//!
//! Nothing is thrown away here. A value that looks made up is believed little, with the reason told,
//! so that `--min-confidence low` shows everything. Never sees a file, the network or a list of
//! known findings.

mod entropy;
mod overlap;
mod placeholder;

pub use entropy::bits_per_byte;
pub use overlap::keep_best;

use crate::{
    matcher::Match,
    model::{Confidence, Severity},
    pattern::Rule,
};

/// What a match is worth, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    pub confidence: Confidence,
    pub severity: Severity,
    /// A word or two each.
    pub reasons: Vec<String>,
}

/// Judges one match of `rule` in `text`.
pub fn judge(rule: &Rule, text: &[u8], found: &Match) -> Verdict {
    let value = &text[found.secret.range()];
    let mut verdict = Verdict { confidence: rule.confidence, severity: rule.severity, reasons: Vec::new() };
    let keyword_inside = rule.keywords.iter().any(|word| contains_folded(value, word.as_bytes()));
    verdict.reasons.push(if keyword_inside { "prefix" } else { "context" }.to_owned());
    if rule.entropy > 0.0 {
        let bits = bits_per_byte(value);
        if bits < rule.entropy {
            verdict.confidence = Confidence::Low;
            verdict.reasons.push("low entropy".to_owned());
        } else {
            verdict.reasons.push("entropy".to_owned());
        }
    }
    if let Some(why) = placeholder::looks_made_up(value) {
        verdict.confidence = Confidence::Low;
        verdict.reasons.push(why.to_owned());
    }
    verdict
}

fn contains_folded(text: &[u8], word: &[u8]) -> bool {
    text.len() >= word.len() && text.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word))
}
