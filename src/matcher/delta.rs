//! Scans a text that is made of pieces of another, looking only at what is new.
//!
//! Why that finds what a scan of the whole text finds. A lead that lies whole inside a copied piece, with
//! the byte before it, stands in the base too, so the base's marks tell of it; any other touches a new
//! byte or a seam, and the prefilter looks for all that start no further before these than the longest
//! lead is long. So the marks are complete.
//!
//! What a led rule finds at a mark depends on the bytes within its reach alone. If they all lie inside one
//! copied piece, it is what was found in the base; if not, the rule is tried again.
//!
//! For any other rule, what it finds at a place depends on the bytes within its reach, and on whether an
//! earlier match covers the place. Take a rule that found nothing in the base. A match that is new
//! contains a lead and a byte that is new or a seam; both lie within the rule's reach, so the
//! windows of the marks whose own window touches such an edge hold all that is new; and no match
//! that goes into such a window from outside exists, for it would have been found in the base.
//! For a rule that did find something in the base, matches may push one another about: windows joined
//! where they touch form chains, and what is found in a chain depends on the chain alone. A chain that
//! lies whole inside a copied piece, further from its ends than any mark outside can reach, is a chain
//! of the base too; so its matches are the base's. A mark is that far if it is twice the reach and a
//! lead's length from the ends. Every other chain is run again, as a whole.
//!
//! What an anchor of the assignment reader gives depends on the bytes within the reader's reach of it. So
//! one that stands further than that from every edge gives what it gave in the base, and each other is
//! read again.
//!
//! A rule that matches whole texts is run on each that is short enough, whatever was found in the base.
//!
//! All distances come from the rules' own reach and leads.

use std::collections::HashMap;

use super::{
    Match, Scanner,
    assigned::{Assigned, Placed, ordered, typed},
    scanner::{join, settled},
};
use crate::{
    generic,
    model::Span,
    pattern::{Rule, RuleIndex},
    prefilter::Mark,
};

/// Where a part of a text comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// `len` bytes of the base, beginning at `from`.
    Copied { from: usize, len: usize },
    /// `len` bytes that are new.
    New { len: usize },
}

impl Part {
    /// How many bytes it is.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(self) -> usize {
        match self {
            Self::Copied { len, .. } | Self::New { len } => len,
        }
    }
}

/// What a scanned text hands to those made of it: where leads stand, and what was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Traces {
    /// Sorted.
    marks: Vec<Mark>,
    /// Sorted. Those of a led rule may overlap.
    found: Vec<Match>,
    /// In the order of their anchors.
    pub assigned: Vec<Assigned>,
}

impl Traces {
    /// Every match of every rule, those included that a name betrays; sorted.
    pub fn matches(&self) -> Vec<Match> {
        let mut all = settled(self.found.clone());
        all.extend(typed(&self.assigned));
        all.sort_unstable();
        all
    }
}

/// A stretch of the new text that is not of one copied piece, seams included as empty stretches.
type Edge = Span;

/// What has to be done again because an edge is near.
#[derive(Default)]
struct Again {
    /// Led rules, and the leads to try them at.
    attempts: Vec<(RuleIndex, usize)>,
    /// The other rules, and where to run them.
    windows: Vec<(RuleIndex, Span)>,
    /// Anchors to read at.
    anchors: Vec<Placed>,
}

impl Scanner {
    /// Scans a file and keeps what files made of it can use.
    pub fn trace(&self, file: &[u8]) -> Traces {
        let mut traces = self.traces(file);
        self.whole(file, &mut traces.found);
        traces.found.sort_unstable();
        traces
    }

    /// The same of a text that is no file.
    pub(super) fn traces(&self, text: &[u8]) -> Traces {
        let mut marks = self.marks(text);
        marks.sort_unstable();
        let mut traces = Traces { found: self.found(text, &marks), ..Traces::default() };
        self.assignments.read(text, &self.assignments.of(&marks), &mut traces.assigned);
        traces.marks = marks;
        traces
    }

    /// The same as `trace(text)`, for a text whose `parts`, in order, cover it exactly. Also returns how
    /// many bytes the prefilter was given.
    pub fn trace_from(
        &self,
        text: &[u8],
        base: &Traces,
        parts: impl Iterator<Item = Part> + Clone,
    ) -> (Traces, usize) {
        let edges = edges(parts.clone());
        let mut marks = self.copied(&base.marks, parts.clone());
        let looked = self.look(text, &edges, &mut marks);
        let again = self.again(text.len(), &marks, &edges, &base.found);
        let mut found = self.kept(&base.found, parts.clone(), &again.windows);
        for (rule, lead) in again.attempts {
            self.attempt(rule, text, lead, &mut found);
        }
        for (rule, window) in again.windows {
            self.run(rule, text, window, &mut found);
        }
        // The base's is not among them: it begins with the text, and not within a copied piece.
        self.whole(text, &mut found);
        found.sort_unstable();
        found.dedup();
        let mut assigned = clean(&base.assigned, parts);
        self.assignments.read(text, &ordered(again.anchors), &mut assigned);
        assigned.sort_by_key(|assigned| assigned.anchor);
        (Traces { marks, found, assigned }, looked)
    }

    /// Adds the leads that touch an edge, and sorts all.
    fn look(&self, text: &[u8], edges: &[Edge], marks: &mut Vec<Mark>) -> usize {
        let copied = marks.len();
        let (mut looked, mut done) = (0, 0);
        for edge in edges {
            // One that starts where an edge ends depends on the byte before it.
            let from = (edge.start + 1).saturating_sub(self.keywords.longest()).max(done);
            done = (edge.end + 1).min(text.len());
            if from < done {
                looked += done - from;
                self.keywords.scan(text, from..done, |mark| marks.push(mark));
            }
        }
        if marks.len() > copied {
            marks.sort_unstable();
            marks.dedup();
        }
        looked
    }

    /// The base's marks that lie whole inside copied pieces, at their new places, sorted.
    fn copied(&self, marks: &[Mark], parts: impl Iterator<Item = Part>) -> Vec<Mark> {
        if marks.is_empty() {
            return Vec::new();
        }
        let mut out = Vec::with_capacity(marks.len() + 8);
        let mut at = 0;
        for part in parts {
            if let Part::Copied { from, len } = part {
                // The byte before it decides too.
                let first = marks.partition_point(|mark| mark.start <= from);
                let inside = marks[first..].iter().take_while(|mark| mark.start < from + len);
                let whole = inside.filter(|mark| mark.start + self.keywords.extent(mark.word) <= from + len);
                out.extend(whole.map(|mark| Mark { start: mark.start - from + at, ..*mark }));
            }
            at += part.len();
        }
        out
    }

    /// What an edge may have changed. `before` is what was found in the base.
    fn again(&self, length: usize, marks: &[Mark], edges: &[Edge], before: &[Match]) -> Again {
        let mut again = Again::default();
        let mut earlier: Vec<RuleIndex> = before.iter().map(|found| found.rule).collect();
        earlier.sort_unstable();
        earlier.dedup();
        // For each rule, where its last chain ends: each is walked once, however many edges are near.
        let mut chained: HashMap<RuleIndex, usize> = HashMap::new();
        for (index, mark) in marks.iter().enumerate() {
            let next = edges.partition_point(|edge| edge.end < mark.start);
            let left = next.checked_sub(1).map_or(usize::MAX, |last| mark.start - edges[last].end);
            let right = edges.get(next).map_or(usize::MAX, |edge| edge.start.saturating_sub(mark.start));
            if left.min(right) > self.far[usize::from(mark.word)] {
                continue;
            }
            if let Some(anchor) = self.assignments.at(*mark) {
                let place = anchor.0;
                let after = left.saturating_add(place - mark.start);
                let before = edges.get(next).map_or(usize::MAX, |edge| edge.start.saturating_sub(place));
                if after.min(before) <= generic::REACH {
                    again.anchors.push(anchor);
                }
            }
            let distance = left.min(right.saturating_sub(self.keywords.len(mark.word)));
            for &rule in &self.called[usize::from(mark.word)] {
                let Rule { reach, led, .. } = *self.pack.rule(rule);
                if let Some(early) = led {
                    if left <= usize::from(early) + 2 || right <= reach + 2 {
                        again.attempts.push((rule, mark.start));
                    }
                } else if earlier.binary_search(&rule).is_err() {
                    if distance <= reach {
                        again.windows.push((rule, self.window(length, *mark, rule)));
                    }
                } else if distance <= 2 * reach + self.keywords.longest() {
                    let end = mark.start + self.keywords.len(mark.word);
                    if chained.get(&rule).is_none_or(|&last| last < end) {
                        let chain = self.chain(length, marks, rule, index);
                        chained.insert(rule, chain.end);
                        again.windows.push((rule, chain));
                    }
                }
            }
        }
        join(&mut again.windows);
        again
    }

    /// Grows a rule's window by those of its marks to the left and right while they touch.
    fn chain(&self, length: usize, marks: &[Mark], rule: RuleIndex, index: usize) -> Span {
        let mut window = self.window(length, marks[index], rule);
        let reach = self.pack.rule(rule).reach;
        let calls = |mark: &Mark| self.called[usize::from(mark.word)].contains(&rule);
        for mark in marks[..index].iter().rev() {
            if mark.start + self.keywords.longest() + reach < window.start {
                break;
            }
            let other = self.window(length, *mark, rule);
            if other.end >= window.start && calls(mark) {
                window.start = window.start.min(other.start);
            }
        }
        for mark in &marks[index + 1..] {
            if mark.start.saturating_sub(reach) > window.end {
                break;
            }
            if calls(mark) {
                window.end = window.end.max(self.window(length, *mark, rule).end);
            }
        }
        window
    }

    /// What was found inside copied pieces, at its new place, but for what is looked for again.
    fn kept(
        &self,
        before: &[Match],
        parts: impl Iterator<Item = Part>,
        windows: &[(RuleIndex, Span)],
    ) -> Vec<Match> {
        let mut out = Vec::new();
        if before.is_empty() {
            return out;
        }
        let mut at = 0;
        for part in parts {
            if let Part::Copied { from, len } = part {
                let first = before.partition_point(|found| found.whole.start <= from);
                let inside = before[first..].iter().take_while(|found| found.whole.start < from + len);
                for found in inside.filter(|found| found.whole.end < from + len) {
                    let moved = |span: Span| Span::new(span.start - from + at, span.end - from + at);
                    let found =
                        Match { whole: moved(found.whole), secret: moved(found.secret), rule: found.rule };
                    let Rule { reach, led, .. } = self.pack.rule(found.rule);
                    let again = if led.is_some() {
                        // Then its lead is as near to the piece's end, and is tried again.
                        found.whole.start + reach + 1 > at + len
                    } else {
                        let next = windows.partition_point(|&(rule, window)| {
                            (rule, window.end) <= (found.rule, found.whole.start)
                        });
                        windows
                            .get(next)
                            .is_some_and(|&(rule, window)| rule == found.rule && window.overlaps(found.whole))
                    };
                    if !again {
                        out.push(found);
                    }
                }
            }
            at += part.len();
        }
        out
    }
}

/// The stretches that are new, and the seams between copied pieces. The text's own ends are seams where
/// the piece there does not end where the base does; to keep it simple they always are.
fn edges(parts: impl Iterator<Item = Part>) -> Vec<Edge> {
    let mut edges = vec![Span::new(0, 0)];
    let mut at = 0;
    for part in parts {
        let end = at + part.len();
        let edge = match part {
            Part::New { .. } => Span::new(at, end),
            Part::Copied { .. } => Span::new(end, end),
        };
        match edges.last_mut() {
            Some(last) if edge.start <= last.end => last.end = last.end.max(edge.end),
            _ => edges.push(edge),
        }
        at = end;
    }
    edges
}

/// What the base's anchors gave that stand inside copied pieces, further from the ends than they look.
fn clean(assigned: &[Assigned], parts: impl Iterator<Item = Part>) -> Vec<Assigned> {
    let mut out = Vec::new();
    let mut at = 0;
    for part in parts {
        if let Part::Copied { from, len } = part {
            let first = assigned.partition_point(|found| found.anchor <= from + generic::REACH);
            let inside =
                assigned[first..].iter().take_while(|found| found.anchor + generic::REACH < from + len);
            out.extend(inside.map(|found| found.moved(from, at)));
        }
        at += part.len();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{
        super::scanner::tests::{ASSIGNED, scanner},
        *,
    };

    struct Random(u64);

    impl Random {
        fn below(&mut self, bound: usize) -> usize {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (self.0 >> 33) as usize % bound.max(1)
        }
    }

    const PIECES: &[&str] = &[
        "abc_",
        "def",
        "pass",
        "word",
        "=",
        " ",
        "\n",
        "<<<<\n",
        ">>>>",
        "x",
        "abcdefgh",
        "_",
        "PASS",
        "          ",
    ];

    fn text(random: &mut Random, pieces: usize) -> Vec<u8> {
        let pieces = (0..pieces).flat_map(|_| {
            let list = if random.below(2) == 0 { PIECES } else { ASSIGNED };
            list[random.below(list.len())].bytes()
        });
        pieces.collect()
    }

    /// A new text of copied stretches of `base` (in any order, some twice) and new ones.
    fn derive(random: &mut Random, base: &[u8]) -> (Vec<u8>, Vec<Part>) {
        let (mut out, mut parts) = (Vec::new(), Vec::new());
        let mut from = 0;
        for _ in 0..random.below(6) {
            if random.below(3) == 0 || base.is_empty() {
                let pieces = random.below(3) + 1;
                let new = text(random, pieces);
                parts.push(Part::New { len: new.len() });
                out.extend(new);
            } else {
                if random.below(4) == 0 {
                    from = random.below(base.len());
                }
                let len = random.below(base.len() - from + 1);
                if len > 0 {
                    parts.push(Part::Copied { from, len });
                    out.extend(&base[from..from + len]);
                }
                from = (from + len + random.below(4)).min(base.len() - 1);
            }
        }
        (out, parts)
    }

    #[test]
    fn a_chain_of_deltas_gives_what_whole_scans_give() {
        let scanner = scanner();
        let mut random = Random(11);
        let (mut reused, mut found, mut assigned) = (0, 0, 0);
        for round in 0..1500 {
            let mut base = text(&mut random, 20 + round % 200);
            let mut traces = scanner.trace(&base);
            for _ in 0..8 {
                let (next, parts) = derive(&mut random, &base);
                let (delta, looked) = scanner.trace_from(&next, &traces, parts.iter().copied());
                let whole = scanner.trace(&next);
                assert_eq!(
                    delta,
                    whole,
                    "{parts:?}\n{:?}\n{:?}",
                    bstr::BStr::new(&base),
                    bstr::BStr::new(&next)
                );
                reused += next.len().saturating_sub(looked);
                found += whole.matches().len();
                let both = scanner.find_in_file(&next);
                assert_eq!((whole.matches(), &whole.assigned), (both.matches, &both.assigned));
                assigned += whole.assigned.len();
                (base, traces) = (next, whole);
            }
        }
        assert!(
            found > 3000 && assigned > 500 && reused > 100_000,
            "found {found}, assigned {assigned}, reused {reused}"
        );
    }
}
