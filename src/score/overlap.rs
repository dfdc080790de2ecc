//! Which of several matches on the same bytes is told: the surest, then the one whose
//! value shows what it is, then the longest, then the one that a service's word betrays (a bearer token says
//! nothing of its issuer), then the first rule.

use super::Verdict;
use crate::{matcher::Match, pattern::RuleIndex};

/// Keeps of each group of matches with overlapping secrets the best, in order of place. `word` says of a rule
/// whether a service's word is what it goes by.
pub fn keep_best(
    mut matches: Vec<(Match, Verdict)>,
    word: impl Fn(RuleIndex) -> bool,
) -> Vec<(Match, Verdict)> {
    matches.sort_by_key(|(found, verdict)| {
        let length = found.secret.end - found.secret.start;
        let shows = verdict.reasons.first().is_some_and(|reason| reason == "prefix");
        let best = (verdict.confidence, shows, length, word(found.rule));
        (std::cmp::Reverse(best), found.rule, found.secret.start)
    });
    // The kept ones never overlap, so the neighbours in order of place tell.
    let mut kept = std::collections::BTreeMap::<usize, (Match, Verdict)>::new();
    for (found, verdict) in matches {
        let clash = |other: Option<(&usize, &(Match, Verdict))>| {
            other.is_some_and(|(_, (other, _))| other.secret.overlaps(found.secret))
        };
        let before = clash(kept.range(..=found.secret.start).next_back());
        let after = clash(kept.range(found.secret.start..).next());
        if !before && !after {
            kept.insert(found.secret.start, (found, verdict));
        }
    }
    kept.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Confidence, Severity, Span};

    fn found(rule: u32, start: usize, end: usize, confidence: Confidence) -> (Match, Verdict) {
        let span = Span::new(start, end);
        let verdict = Verdict { confidence, severity: Severity::High, ..Verdict::none() };
        (Match { whole: span, secret: span, rule }, verdict)
    }

    #[test]
    fn the_surest_then_the_longest_then_a_word_wins() {
        let all = vec![
            found(0, 0, 10, Confidence::Medium),
            found(1, 2, 8, Confidence::High),
            found(2, 20, 30, Confidence::High),
            found(3, 20, 35, Confidence::High),
            found(4, 36, 40, Confidence::Low),
            found(5, 50, 60, Confidence::Medium),
            found(6, 50, 60, Confidence::Medium),
        ];
        let rules = |word: RuleIndex| -> Vec<_> {
            keep_best(all.clone(), |rule| rule == word).iter().map(|(found, _)| found.rule).collect()
        };
        assert_eq!(rules(6), [1, 3, 4, 6]);
        assert_eq!(rules(0), [1, 3, 4, 5]);
    }
}
