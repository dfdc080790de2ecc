//! Which of several matches on the same bytes is told: the surest, then the one whose
//! value shows what it is, then the longest, then the first rule.

use super::Verdict;
use crate::matcher::Match;

/// Keeps of each group of matches with overlapping secrets the best, in order of place.
pub fn keep_best(mut matches: Vec<(Match, Verdict)>) -> Vec<(Match, Verdict)> {
    matches.sort_by_key(|(found, verdict)| {
        let length = found.secret.end - found.secret.start;
        let shows = verdict.reasons.first().is_some_and(|reason| reason == "prefix");
        (std::cmp::Reverse((verdict.confidence, shows, length)), found.rule, found.secret.start)
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
    fn the_surest_then_the_longest_wins() {
        let kept = keep_best(vec![
            found(0, 0, 10, Confidence::Medium),
            found(1, 2, 8, Confidence::High),
            found(2, 20, 30, Confidence::High),
            found(3, 20, 35, Confidence::High),
            found(4, 36, 40, Confidence::Low),
        ]);
        let rules: Vec<_> = kept.iter().map(|(found, _)| found.rule).collect();
        assert_eq!(rules, [1, 3, 4]);
    }
}
