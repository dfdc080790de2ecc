//! Scans a text that is made of pieces of another, looking only at what is new.
//!
//! Why that finds what a scan of the whole text finds. A keyword that lies whole inside a copied piece
//! stands in the base too, so the base's marks tell of it; any other touches a new byte or a seam, and
//! there the prefilter looks, with one byte less than the longest keyword at each side. So the marks
//! are complete. The windows that marks call for, joined where they touch, form chains; what a
//! regex finds in a chain depends on the bytes of the chain alone (see the module above). A chain
//! that lies whole inside a copied piece, further from its ends than any mark outside can reach, is a
//! chain of the base too, with the same bytes; so its matches are the base's. A mark is that far if
//! it is twice the rule's reach and a keyword's length from the ends: once for its own window, once
//! for that of a mark outside. Every other chain is run again, as a whole. All distances come from
//! the rules' own reach and keywords.

use super::{Match, Scanner};
use crate::{model::Span, pattern::RuleIndex, prefilter::Word};

/// Rules that reach further keep their marks apart, so that they are not searched for at every edit.
pub const NEAR: usize = 512;

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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traces {
    near: Vec<Trace>,
    far: Vec<Trace>,
    /// Sorted.
    pub matches: Vec<Match>,
}

/// A stretch of the new text that is not of one copied piece, seams included as empty stretches.
type Edge = Span;

impl Scanner {
    /// Scans a text of less than 4 GiB and keeps what texts made of it can use.
    pub fn trace(&self, text: &[u8]) -> Traces {
        let mut marks = Vec::new();
        self.keywords.scan(text, |mark| marks.push(mark));
        let mut matches = Vec::new();
        for (rule, window) in self.windows(text.len(), &marks) {
            self.run(rule, text, window, &mut matches);
        }
        matches.sort_unstable();
        let mut traces = Traces { matches, ..Traces::default() };
        for mark in marks {
            let trace = (mark.start as u32, mark.word);
            if self.far_words[usize::from(mark.word)] {
                traces.far.push(trace)
            } else {
                traces.near.push(trace)
            }
        }
        traces.near.sort_unstable();
        traces.far.sort_unstable();
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
        let near = join(self.copied(&base.near, parts.clone()), fresh.near);
        let far = join(self.copied(&base.far, parts.clone()), fresh.far);
        let mut windows = self.dirty(text.len(), &near, &edges, NEAR);
        windows.extend(self.dirty(text.len(), &far, &edges, self.farthest));
        merge(&mut windows);
        let mut matches = kept(&base.matches, parts, &windows);
        for &(rule, window) in &windows {
            self.run(rule, text, window, &mut matches);
        }
        matches.sort_unstable();
        (Traces { near, far, matches }, looked)
    }

    /// Runs the prefilter over the edges and what a keyword across them can touch.
    fn look(&self, text: &[u8], edges: &[Edge], fresh: &mut Traces) -> usize {
        let margin = self.keywords.longest().saturating_sub(1);
        let mut looked = 0;
        let mut region: Option<Span> = None;
        let mut scan = |region: Span| {
            looked += region.end - region.start;
            self.keywords.scan(&text[region.range()], |mark| {
                let trace = ((mark.start + region.start) as u32, mark.word);
                if self.far_words[usize::from(mark.word)] {
                    fresh.far.push(trace)
                } else {
                    fresh.near.push(trace)
                }
            });
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
        fresh.near.sort_unstable();
        fresh.far.sort_unstable();
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
                let whole = inside.filter(|mark| mark.0 as usize + self.keywords.len(mark.1) <= from + len);
                out.extend(whole.map(|&(start, word)| ((start as usize - from + at) as u32, word)));
            }
            at += len_of(part);
        }
        out
    }

    /// The windows of all chains that an edge may have changed.
    fn dirty(
        &self,
        length: usize,
        marks: &[Trace],
        edges: &[Edge],
        farthest: usize,
    ) -> Vec<(RuleIndex, Span)> {
        if marks.is_empty() {
            return Vec::new();
        }
        let margin = self.keywords.longest();
        let mut found: Vec<(RuleIndex, Span, usize)> = Vec::new();
        let mut next = 0;
        for edge in edges {
            let from = edge.start.saturating_sub(2 * farthest + 2 * margin);
            let to = edge.end + 2 * farthest + margin;
            let first = marks.partition_point(|mark| (mark.0 as usize) < from).max(next);
            for (index, mark) in
                marks.iter().enumerate().skip(first).take_while(|(_, mark)| mark.0 as usize <= to)
            {
                let (start, end) = (mark.0 as usize, mark.0 as usize + self.keywords.len(mark.1));
                let distance = edge.start.saturating_sub(end).max(start.saturating_sub(edge.end));
                let mut all = true;
                for &rule in &self.called[usize::from(mark.1)] {
                    let reach = self.pack.rule(rule).reach;
                    if distance <= 2 * reach + margin {
                        found.push((rule, self.window(length, *mark, reach), index));
                    } else {
                        all = false;
                    }
                }
                // A mark whose rules are all called for need not be looked at again for the next edge.
                if all && index == next {
                    next = index + 1;
                }
            }
        }
        let mut windows = Vec::with_capacity(found.len());
        for (rule, window, index) in found {
            windows.push((rule, self.chain(length, marks, rule, window, index)));
        }
        merge(&mut windows);
        windows
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
            if mark.0 as usize + self.keywords.longest() + reach < window.start {
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

/// The base's matches inside copied pieces, at their new places, but for those that are looked for again.
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
            for found in inside.filter(|found| found.whole.end <= from + len) {
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

#[cfg(test)]
mod tests {
    use super::{super::scanner::tests::scanner, *};

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
        (0..pieces).flat_map(|_| PIECES[random.below(PIECES.len())].bytes()).collect()
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
        let (mut reused, mut found) = (0, 0);
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
                (base, traces) = (next, whole);
            }
        }
        assert!(found > 3000 && reused > 100_000, "found {found}, reused {reused}");
    }
}
