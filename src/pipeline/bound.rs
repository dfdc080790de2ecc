//! Rules that are bound to paths: where a text stands decides what they find in it.
//!
//! A text is judged once for all its places. So what such a rule finds settles nothing there: it neither hides
//! another finding nor is hidden by one. At a place, it counts or it does not; and of what overlaps, the surer
//! stays, a bound rule's before another's.

use std::{cmp::Reverse, collections::BTreeMap};

use crate::{
    model::Confidence,
    pattern::{Bounds, RuleIndex},
};

/// Ranges, joined where they touch.
pub struct Taken<K = usize>(BTreeMap<K, K>);

impl<K: Ord + Copy> Taken<K> {
    pub fn meets(&self, start: K, end: K) -> bool {
        // Overlapping ones were joined, so the last that begins before the end tells.
        self.0.range(..end).next_back().is_some_and(|(_, &its_end)| its_end > start)
    }

    pub fn add(&mut self, mut start: K, mut end: K) {
        while let Some((&other, &its_end)) = self.0.range(..end).next_back().filter(|(_, its)| **its > start)
        {
            start = start.min(other);
            end = end.max(its_end);
            self.0.remove(&other);
        }
        self.0.insert(start, end);
    }
}

impl<K> Default for Taken<K> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

/// Something found at one place.
pub struct Here<K> {
    pub rule: RuleIndex,
    pub confidence: Confidence,
    /// It stands in what the text encodes.
    pub decoded: bool,
    pub start: K,
    pub end: K,
}

/// Which of all that is found at one place stay: of two that overlap, and of which one is a bound rule's, the surer; and
/// what stands there as it is, before what is decoded.
pub fn stay<K: Ord + Copy>(bounds: &Bounds, all: &[Here<K>]) -> Vec<bool> {
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by_key(|&nth| {
        let Here { rule, confidence, decoded, start, end } = all[nth];
        (Reverse(confidence), decoded, !bounds.bind(rule), rule, start, end)
    });
    let (mut by_bound, mut by_others) = (Taken::default(), Taken::default());
    let mut stays = vec![true; all.len()];
    for nth in order {
        let Here { rule, start, end, .. } = all[nth];
        let bound = bounds.bind(rule);
        let hidden = by_bound.meets(start, end) || bound && by_others.meets(start, end);
        stays[nth] = !hidden;
        if stays[nth] {
            if bound {
                by_bound.add(start, end)
            } else {
                by_others.add(start, end)
            };
        }
    }
    stays
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::Part,
        pattern::{Pack, parse},
    };

    fn bounds() -> Bounds {
        let rule = |id: &str, more: &str| {
            format!(
                "[[rule]]\nid = '{id}'\ndescription = 'd'\nseverity = 'low'\nkeywords = ['abc']\n\
                 regex = '(?<secret>abc)'\n{more}\n"
            )
        };
        let text = format!(
            "provider = 'P'\n{}{}{}",
            rule("free", ""),
            rule("bound", "paths = ['*.x']"),
            rule("too", "paths = ['*.y']")
        );
        Bounds::new(&Pack::new(parse("p", &text).expect("valid")).expect("rules")).expect("good globs")
    }

    fn here(rule: RuleIndex, confidence: Confidence, start: usize, end: usize) -> Here<usize> {
        Here { rule, confidence, decoded: false, start, end }
    }

    #[test]
    fn a_bound_rule_looks_at_its_files_and_at_nothing_but_files() {
        let bounds = bounds();
        assert!(bounds.look(1, Part::Content, b"a/b.x") && bounds.look(1, Part::Member, b"a.zip!/b.x"));
        assert!(!bounds.look(1, Part::Content, b"a/b.y") && !bounds.look(1, Part::Path, b"a/b.x"));
        assert!(bounds.look(0, Part::Path, b"a/b.y"));
    }

    #[test]
    fn the_surer_stays_and_a_bound_rule_before_others() {
        use Confidence::{High, Low, Medium};
        let bounds = bounds();
        for (all, wanted) in [
            (vec![here(0, High, 0, 9), here(1, High, 2, 5)], vec![false, true]),
            (vec![here(0, High, 0, 9), here(1, Medium, 2, 5)], vec![true, false]),
            (vec![here(0, Low, 0, 9), here(1, Medium, 9, 12)], vec![true, true]),
            // Two that are both free were settled before.
            (vec![here(0, High, 0, 9), here(0, Low, 2, 5)], vec![true, true]),
            (vec![here(1, Low, 0, 9), here(2, Low, 2, 5)], vec![true, false]),
        ] {
            assert_eq!(stay(&bounds, &all), wanted);
        }
        let decoded = Here { decoded: true, ..here(1, High, 0, 9) };
        assert_eq!(stay(&bounds, &[decoded, here(2, High, 2, 5)]), [false, true]);
    }

    #[test]
    fn taken_ranges_join_and_block() {
        let mut taken = Taken::default();
        assert!(!taken.meets(0, 10));
        taken.add(10, 20);
        taken.add(30, 40);
        for (start, end, wanted) in
            [(0, 10, false), (0, 11, true), (19, 25, true), (20, 30, false), (39, 50, true)]
        {
            assert_eq!(taken.meets(start, end), wanted, "{start}..{end}");
        }
        taken.add(15, 35);
        assert_eq!(taken.0, BTreeMap::from([(10, 40)]));
    }
}
