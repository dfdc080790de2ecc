//! Which of several matches on the same bytes is told: the surest, then the one whose
//! value shows what it is, then the longest, then the one that a service's word betrays (a bearer token says
//! nothing of its issuer), then the one whose form alone says most (any token that is signed is a JSON Web Token),
//! then the first rule.

use super::Verdict;
use crate::{matcher::Match, model::Confidence, pattern::RuleIndex};

/// Keeps of each group of matches with overlapping secrets the best, in order of place. `tells` says of a rule
/// whether a service's word is what it goes by, and how sure its form alone is.
pub fn keep_best(
    mut matches: Vec<(Match, Verdict)>,
    tells: impl Fn(RuleIndex) -> (bool, Confidence),
) -> Vec<(Match, Verdict)> {
    matches.sort_by_key(|(found, verdict)| {
        let length = found.secret.end - found.secret.start;
        let shows = verdict.reasons.first().is_some_and(|reason| reason == "prefix");
        let best = (verdict.confidence, shows, length, tells(found.rule));
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
    use crate::model::{Severity, Span};

    fn found(rule: u32, start: usize, end: usize, confidence: Confidence) -> (Match, Verdict) {
        let span = Span::new(start, end);
        let verdict = Verdict { confidence, severity: Severity::High, ..Verdict::none() };
        (Match { whole: span, secret: span, rule }, verdict)
    }

    #[test]
    fn the_surest_then_the_longest_then_a_word_then_a_form_wins() {
        let all = vec![
            found(0, 0, 10, Confidence::Medium),
            found(1, 2, 8, Confidence::High),
            found(2, 20, 30, Confidence::High),
            found(3, 20, 35, Confidence::High),
            found(4, 36, 40, Confidence::Low),
            found(5, 50, 60, Confidence::Medium),
            found(6, 50, 60, Confidence::Medium),
        ];
        let rules = |tells: &dyn Fn(RuleIndex) -> (bool, Confidence)| -> Vec<_> {
            keep_best(all.clone(), tells).iter().map(|(found, _)| found.rule).collect()
        };
        let sure = |rule| if rule == 6 { Confidence::High } else { Confidence::Medium };
        assert_eq!(rules(&|_| (false, Confidence::High)), [1, 3, 4, 5]);
        assert_eq!(rules(&|rule| (rule == 6, Confidence::High)), [1, 3, 4, 6]);
        assert_eq!(rules(&|rule| (false, sure(rule))), [1, 3, 4, 6]);
        assert_eq!(rules(&|rule| (rule == 5, sure(rule))), [1, 3, 4, 5]);
    }
}
