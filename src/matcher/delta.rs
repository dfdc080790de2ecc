//! Scans a text that is made of pieces of another, looking only at what is new.
//!
//! Why that finds what a scan of the whole text finds. A keyword that lies whole inside a copied piece
//! with all that must stand around it, stands in the base too, so the base's marks tell of it; any
//! other touches a new byte or a seam, and there the prefilter looks, as far to each side as anything
//! decides on a keyword. So the marks are complete.
//!
//! A rule's matches are those of its regex run from left to right, each search going on where the last
//! match ended. So what it finds at a place depends on the bytes within its reach, and on whether an
//! earlier match covers the place. Take a rule that found nothing in the base. A match that is new
//! contains a keyword and a byte that is new or a seam; both lie within the rule's reach, so the
//! windows of the marks whose own window touches such an edge hold all that is new; and no match
//! that goes into such a window from outside exists, for it would have been found in the base.
//! For a rule that did find something in the base, matches may push one another about: windows joined
//! where they touch form chains, and what is found in a chain depends on the chain alone. A chain that
//! lies whole inside a copied piece, further from its ends than any mark outside can reach, is a chain
//! of the base too; so its matches are the base's. A mark is that far if it is twice the reach and a
//! keyword's length from the ends. Every other chain is run again, as a whole.
//!
//! What an anchor of the assignment detector gives depends on the bytes within the detector's reach of it.
//! So one that stands further than that from every edge gives what it gave in the base, and each other
//! is read again.
//!
//! All distances come from the rules' own reach and keywords.

use std::borrow::Cow;

use super::{
    Match, Scanner,
    assigned::{Assigned, Placed, ordered, typed},
};
use crate::{
    generic,
    model::Span,
    pattern::{LONGEST_REACH, RuleIndex},
    prefilter::{Mark, Word},
};

/// Marks are kept apart by how far the rules reach that they call for, so that around an edge only
/// those are gone through that can matter.
const TIERS: [usize; 4] = [160, 640, 2560, LONGEST_REACH + 1];

/// Where a part of a text comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// `len` bytes of the base, beginning at `from`.
    Copied { from: usize, len: usize },
    /// `len` bytes that are new.
    New { len: usize },
}

/// A keyword in a text of less than 4 GiB.
type Trace = (u32, Word);

/// What a scanned text hands to those made of it: where keywords stand, and what was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Traces {
    tiers: [Vec<Trace>; TIERS.len()],
    /// Of rules found by their regex; sorted.
    pub matches: Vec<Match>,
    /// Anchors of the assignment reader, sorted; they are among the marks only if they are keywords too.
    anchors: Vec<Trace>,
    /// In the order of their anchors.
    pub assigned: Vec<Assigned>,
}

impl Traces {
    fn sort(&mut self) {
        self.tiers.iter_mut().for_each(|tier| tier.sort_unstable());
        self.anchors.sort_unstable();
    }

    /// Every match, those included that a name betrays; sorted.
    pub fn all(&self) -> Cow<'_, [Match]> {
        let typed = typed(&self.assigned);
        if typed.is_empty() {
            return Cow::Borrowed(&self.matches);
        }
        let mut all = [&self.matches[..], &typed].concat();
        all.sort_unstable();
        Cow::Owned(all)
    }
}

/// A stretch of the new text that is not of one copied piece, seams included as empty stretches.
type Edge = Span;

impl Scanner {
    /// Scans a text of less than 4 GiB and keeps what texts made of it can use.
    pub fn trace(&self, text: &[u8]) -> Traces {
        let marks = self.marks(text);
        let mut traces = Traces { matches: self.matches(text, &marks), ..Traces::default() };
        self.assignments.read(text, &self.assignments.of(text, &marks), &mut traces.assigned);
        marks.iter().for_each(|&mark| self.note(text, mark, &mut traces));
        traces.sort();
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
        let mut fresh = Traces::default();
        let looked = self.look(text, &edges, &mut fresh);
        let mut traces = Traces::default();
        let mut windows = Vec::new();
        let mut earlier: Vec<RuleIndex> = base.matches.iter().map(|found| found.rule).collect();
        earlier.sort_unstable();
        earlier.dedup();
        for (tier, farthest) in TIERS.into_iter().enumerate() {
            let copied = self.copied(&base.tiers[tier], parts.clone());
            let marks = join(copied, std::mem::take(&mut fresh.tiers[tier]));
            self.dirty(text.len(), &marks, &edges, farthest, &earlier, &mut windows);
            traces.tiers[tier] = marks;
        }
        merge(&mut windows);
        traces.matches = kept(&base.matches, parts.clone(), &windows);
        for &(rule, window) in &windows {
            self.run(rule, text, window, &mut traces.matches);
        }
        traces.matches.sort_unstable();
        traces.assigned = clean(&base.assigned, parts.clone());
        traces.anchors = join(self.copied(&base.anchors, parts), fresh.anchors);
        // One near an edge may be none any more.
        traces.anchors.retain(|&(start, word)| self.assignments.stands(text, start as usize, word));
        self.assignments.read(text, &self.near(&traces.anchors, &edges), &mut traces.assigned);
        traces.assigned.sort_by_key(|assigned| assigned.anchor);
        (traces, looked)
    }

    /// Adds a mark where it belongs.
    fn note(&self, text: &[u8], mark: Mark, traces: &mut Traces) {
        let trace = (mark.start as u32, mark.word);
        if self.assignments.stands(text, mark.start, mark.word) {
            traces.anchors.push(trace);
        }
        if !self.called[usize::from(mark.word)].is_empty() {
            traces.tiers[self.tier(mark.word)].push(trace);
        }
    }

    /// The anchors that an edge may have changed what they give.
    fn near(&self, anchors: &[Trace], edges: &[Edge]) -> Vec<Placed> {
        let mut near = Vec::new();
        let mut next = 0;
        for edge in edges {
            let from = edge.start.saturating_sub(generic::REACH);
            next = next.max(anchors.partition_point(|anchor| (anchor.0 as usize) < from));
            while let Some(&(start, word)) = anchors.get(next)
                && start as usize <= edge.end + generic::REACH
            {
                near.push((start as usize, self.assignments.anchor(word)));
                next += 1;
            }
        }
        ordered(near)
    }

    fn tier(&self, word: Word) -> usize {
        usize::from(self.tiers[usize::from(word)])
    }

    /// The tier of a word that calls for rules of up to this reach.
    pub(super) fn tier_of(reach: usize) -> u8 {
        TIERS.iter().position(|&most| reach <= most).expect("no rule reaches further than the last tier")
            as u8
    }

    /// Runs the prefilter over the edges and what a keyword across them can touch.
    fn look(&self, text: &[u8], edges: &[Edge], fresh: &mut Traces) -> usize {
        let margin = self.keywords.margin();
        let mut looked = 0;
        let mut region: Option<Span> = None;
        let mut scan = |region: Span| {
            looked += region.end - region.start;
            self.keywords.scan(text, region.range(), |mark| self.note(text, mark, fresh));
        };
        for edge in edges {
            let wide = Span::new(edge.start.saturating_sub(margin), (edge.end + margin).min(text.len()));
            region = Some(match region {
                Some(last) if wide.start <= last.end => Span::new(last.start, wide.end.max(last.end)),
                Some(last) => {
                    scan(last);
                    wide
                }
                None => wide,
            });
        }
        region.into_iter().for_each(scan);
        fresh.sort();
        looked
    }

    /// The base's marks that lie whole inside copied pieces, at their new places, sorted.
    fn copied(&self, marks: &[Trace], parts: impl Iterator<Item = Part>) -> Vec<Trace> {
        let mut out = Vec::with_capacity(marks.len() + 8);
        let mut at = 0;
        for part in parts {
            if let Part::Copied { from, len } = part {
                let first = marks.partition_point(|mark| (mark.0 as usize) < from);
                let inside = marks[first..].iter().take_while(|mark| (mark.0 as usize) < from + len);
                // The byte before it and those that must follow it decide too.
                let whole = inside
                    .filter(|mark| mark.0 as usize > from)
                    .filter(|mark| mark.0 as usize + self.keywords.extent(mark.1) <= from + len);
                out.extend(whole.map(|&(start, word)| ((start as usize - from + at) as u32, word)));
            }
            at += len_of(part);
        }
        out
    }

    /// The windows in which an edge may have changed what is found. `earlier` are the rules that found
    /// something in the base.
    fn dirty(
        &self,
        length: usize,
        marks: &[Trace],
        edges: &[Edge],
        farthest: usize,
        earlier: &[RuleIndex],
        windows: &mut Vec<(RuleIndex, Span)>,
    ) {
        if marks.is_empty() {
            return;
        }
        let margin = self.keywords.margin();
        let zone = if earlier.is_empty() { farthest } else { 2 * farthest + margin };
        let mut next = 0;
        for edge in edges {
            let from = edge.start.saturating_sub(zone + margin);
            next = next.max(marks.partition_point(|mark| (mark.0 as usize) < from));
            for (index, &mark) in marks.iter().enumerate().skip(next) {
                let (start, end) = (mark.0 as usize, mark.0 as usize + self.keywords.len(mark.1));
                if start > edge.end + zone {
                    break;
                }
                let distance = edge.start.saturating_sub(end).max(start.saturating_sub(edge.end));
                for &rule in &self.called[usize::from(mark.1)] {
                    let reach = self.pack.rule(rule).reach;
                    let window = self.window(length, mark, reach);
                    let again = earlier.binary_search(&rule).is_ok();
                    if !again && distance <= reach {
                        windows.push((rule, window));
                    } else if again && distance <= 2 * reach + margin {
                        windows.push((rule, self.chain(length, marks, rule, window, index)));
                    }
                }
            }
        }
    }

    fn window(&self, length: usize, (start, word): Trace, reach: usize) -> Span {
        let start = start as usize;
        Span::new(start.saturating_sub(reach), (start + self.keywords.len(word) + reach).min(length))
    }

    /// Grows a rule's window by those of its marks to the left and right while they touch.
    fn chain(&self, length: usize, marks: &[Trace], rule: RuleIndex, mut window: Span, index: usize) -> Span {
        let reach = self.pack.rule(rule).reach;
        let calls = |mark: &Trace| self.called[usize::from(mark.1)].contains(&rule);
        for mark in marks[..index].iter().rev() {
            if mark.0 as usize + self.keywords.margin() + reach < window.start {
                break;
            }
            let other = self.window(length, *mark, reach);
            if other.end >= window.start && calls(mark) {
                window.start = window.start.min(other.start);
            }
        }
        for mark in &marks[index + 1..] {
            if (mark.0 as usize).saturating_sub(reach) > window.end {
                break;
            }
            if calls(mark) {
                window.end = window.end.max(self.window(length, *mark, reach).end);
            }
        }
        window
    }
}

fn len_of(part: Part) -> usize {
    match part {
        Part::Copied { len, .. } | Part::New { len } => len,
    }
}

/// The stretches that are new, and the seams between copied pieces. The text's own ends are seams where
/// the piece there does not end where the base does; to keep it simple they always are.
fn edges(parts: impl Iterator<Item = Part>) -> Vec<Edge> {
    let mut edges = vec![Span::new(0, 0)];
    let mut at = 0;
    for part in parts {
        let end = at + len_of(part);
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

/// Joins windows of one rule that touch, and sorts them.
fn merge(windows: &mut Vec<(RuleIndex, Span)>) {
    windows.sort_unstable();
    windows.dedup_by(|next, last| {
        let touches = next.0 == last.0 && next.1.start <= last.1.end;
        if touches {
            last.1.end = last.1.end.max(next.1.end);
        }
        touches
    });
}

/// Two sorted lists as one, each element once.
fn join(mut all: Vec<Trace>, more: Vec<Trace>) -> Vec<Trace> {
    if !more.is_empty() {
        all.extend(more);
        // Two sorted runs: the stable sort merges them in linear time.
        all.sort();
        all.dedup();
    }
    all
}

/// The base's matches inside copied pieces, at their new places, but for those that are looked for
/// again. One at a piece's end saw a byte beyond it, so it is not taken over: its keyword is as near.
fn kept(matches: &[Match], parts: impl Iterator<Item = Part>, windows: &[(RuleIndex, Span)]) -> Vec<Match> {
    let mut out = Vec::new();
    if matches.is_empty() {
        return out;
    }
    let mut at = 0;
    for part in parts {
        if let Part::Copied { from, len } = part {
            let first = matches.partition_point(|found| found.whole.start < from);
            let inside = matches[first..].iter().take_while(|found| found.whole.start < from + len);
            for found in inside.filter(|found| from < found.whole.start && found.whole.end < from + len) {
                let moved = |span: Span| Span::new(span.start - from + at, span.end - from + at);
                let found =
                    Match { whole: moved(found.whole), secret: moved(found.secret), rule: found.rule };
                let next = windows
                    .partition_point(|&(rule, window)| (rule, window.end) <= (found.rule, found.whole.start));
                let again = windows
                    .get(next)
                    .is_some_and(|&(rule, window)| rule == found.rule && window.overlaps(found.whole));
                if !again {
                    out.push(found);
                }
            }
        }
        at += len_of(part);
    }
    out
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
        at += len_of(part);
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
                found += whole.matches.len();
                assigned += whole.assigned.len();
                (base, traces) = (next, whole);
            }
        }
        assert!(
            found > 3000 && assigned > 3000 && reused > 100_000,
            "found {found}, assigned {assigned}, reused {reused}"
        );
    }
}
