//! From one text in memory to its hits: matched, judged, placed, and with a line fit to be shown.

use super::{
    Levels, Limits,
    rivals::{self, Spot},
    settle::{Found, Half, Inner, LINE, Settled, line_around, near, settle, told},
};
use crate::{
    filter::{Inline, Near, inline_allow},
    generic::{Candidate, Place},
    matcher::{self, Match, Scanner},
    model::{Cursor, Fact, Part, Position, Secret, Snippet, Span},
    pattern::{Find, RuleIndex, sha256},
    score::{self, Verdict},
};

/// Bytes of a line shown at each side of a value.
const CONTEXT: usize = 100;

/// A match that is believed enough.
#[derive(Clone, Debug)]
pub struct Hit {
    pub rule: RuleIndex,
    pub secret: Secret,
    /// Where it stands in the text.
    pub span: Span,
    pub verdict: Verdict,
    pub start: Position,
    pub end: Position,
    /// First and last line of the match with its context.
    pub lines: (u64, u64),
    pub snippet: Snippet,
    pub inline: Inline,
    /// Where the pack's excuses look at more than the value.
    pub near: Option<Near>,
    /// If it stands in what the text encodes.
    pub inner: Option<Inner>,
    /// Its other half, if one stands beside it.
    pub partner: Option<Partner>,
}

/// The half that goes with a hit.
#[derive(Clone, Debug)]
pub struct Partner {
    pub rule: RuleIndex,
    pub secret: Secret,
    pub facts: Vec<Fact>,
    pub start: Position,
    pub end: Position,
    pub snippet: Snippet,
    pub lines: u64,
    pub folds: bool,
}

/// Hits kept of one text. No text that a person keeps has more.
pub const MOST_HITS: usize = 50_000;

/// An assignment: whether it is believed depends on its path.
#[derive(Clone, Debug)]
pub struct Doubtful {
    /// Its verdict is yet to come.
    hit: Hit,
    candidate: Candidate,
}

impl Doubtful {
    pub fn secret(&self) -> (RuleIndex, &Secret) {
        (self.hit.rule, &self.hit.secret)
    }

    /// What decides whether it is told.
    pub fn candidate(&self) -> &Candidate {
        &self.candidate
    }

    pub fn spot(&self) -> Spot {
        let Hit { span, ref inner, .. } = self.hit;
        Spot { span, inner: inner.as_ref().map(Inner::spot) }
    }
}

/// What one text gave.
#[derive(Default)]
pub struct Examined {
    pub hits: Vec<Hit>,
    pub doubtful: Vec<Doubtful>,
    /// How many more were believed too little. Assignments are not counted: most are none.
    pub below: u64,
    /// There were more than `MOST_HITS`.
    pub cut: bool,
    /// Not all that the text encodes was decoded: which limit was met.
    pub undecoded: Option<&'static str>,
}

impl Examined {
    pub fn is_empty(&self) -> bool {
        self.hits.is_empty() && self.doubtful.is_empty()
    }

    /// All that is found, believed or doubtful.
    pub fn secrets(&self) -> impl Iterator<Item = (RuleIndex, &Secret)> {
        self.hits.iter().chain(self.doubtful.iter().map(|one| &one.hit)).map(|hit| (hit.rule, &hit.secret))
    }

    /// Of a text that goes on behind another: adds what it gave, told where it stands in both together.
    pub fn append(&mut self, mut next: Self, behind: usize) {
        let inner = self.doubtful.iter().filter_map(|one| one.hit.inner.as_ref());
        let views = inner.map(|inner| inner.view).max().unwrap_or_default();
        for hit in next.hits.iter_mut().chain(next.doubtful.iter_mut().map(|one| &mut one.hit)) {
            hit.span = Span::new(hit.span.start + behind, hit.span.end + behind);
            hit.inner.iter_mut().for_each(|inner| inner.view += views);
        }
        self.hits.append(&mut next.hits);
        self.doubtful.append(&mut next.doubtful);
        self.below += next.below;
        self.undecoded = self.undecoded.or(next.undecoded);
        self.cut |= next.cut || self.hits.len().max(self.doubtful.len()) > MOST_HITS;
        self.hits.truncate(MOST_HITS);
        self.doubtful.truncate(MOST_HITS);
    }

    /// Leaves out some of it.
    pub fn leave_out(&mut self, out: impl Fn(RuleIndex, &Secret) -> bool) {
        self.hits.retain(|hit| !out(hit.rule, &hit.secret));
        self.doubtful.retain(|Doubtful { hit, .. }| !out(hit.rule, &hit.secret));
    }

    /// Leaves out the assignments whose value does not lie within one of the spans.
    pub fn assigned_within(&mut self, spans: &[Span]) {
        self.doubtful.retain(|one| one.hit.span.within(spans));
    }

    /// Why not all of it is told, if so.
    pub fn left(&self) -> Option<String> {
        let many = || format!("more than {MOST_HITS} findings in it; the rest is not told");
        self.cut.then(many).or_else(|| self.undecoded.map(|limit| format!("not all is decoded: {limit}")))
    }

    /// What is believed at one place, in order, of what is wanted. That is asked of hits without verdicts.
    pub fn at(
        &self,
        part: Part,
        place: &Place,
        levels: Levels,
        wanted: &mut dyn FnMut(&Hit) -> bool,
    ) -> Vec<Hit> {
        let mut hits: Vec<Hit> = self.hits.iter().filter(|hit| wanted(hit)).cloned().collect();
        for (Doubtful { hit, candidate }, mut verdict) in believed(&self.doubtful, part, place, levels) {
            if wanted(hit) {
                verdict.reasons = score::explain_assignment(candidate, place);
                verdict.reasons.extend(hit.inner.as_ref().map(Inner::reason));
                hits.push(Hit { verdict, ..hit.clone() });
            }
        }
        hits.sort_by_key(|hit| hit.start);
        hits
    }
}

/// The assignments that are believed at one place; of those that overlap, the most probable.
fn believed<'d>(
    doubtful: &'d [Doubtful],
    part: Part,
    place: &Place,
    levels: Levels,
) -> Vec<(&'d Doubtful, Verdict)> {
    // A name is no text in which something is assigned.
    if doubtful.is_empty() || matches!(part, Part::Path | Part::RefName) {
        return Vec::new();
    }
    let believed = doubtful.iter().filter_map(|one| {
        let (probability, verdict) = believe(&one.candidate, place, levels)?;
        Some(((probability, one.spot()), (one, verdict)))
    });
    let (spots, mut believed): (Vec<_>, Vec<_>) = believed.unzip();
    let mut stays = rivals::stay(&spots).into_iter();
    believed.retain(|_| stays.next().unwrap_or(true));
    believed
}

/// How probable an assignment is at a place, and its verdict without reasons, if it is believed enough.
pub fn believe(candidate: &Candidate, place: &Place, levels: Levels) -> Option<(f32, Verdict)> {
    let (probability, verdict) = score::judge_assignment(candidate, place)?;
    told(&verdict, levels).then_some((probability, verdict))
}

/// Of what was `found` in `text`, whose first byte stands at `first`, all that counts and begins within `core`.
pub fn examine(
    scanner: &Scanner,
    found: &matcher::Found,
    levels: Levels,
    limits: &Limits,
    text: &[u8],
    core: Span,
    first: Position,
) -> Examined {
    let here = |found: &Match| core.range().contains(&found.whole.start);
    // What begins elsewhere may be the other half of what begins here.
    let matches = found.matches.iter().copied();
    let Settled { mut kept, mut candidates, cut: undecoded, .. } =
        settle(scanner, levels, text, matches, &found.assigned, Some((limits, &mut None)));
    candidates.retain(|found| core.range().contains(&found.at.secret.start));
    kept.retain(|found| here(&found.at));
    // Whether a bound rule looks there is not known here.
    let counts = |found: &&Found<Verdict>| !found.beside && !scanner.bounds().bind(found.at.rule);
    let below = kept.iter().filter(counts).filter(|found| !told(&found.what, levels)).count() as u64;
    kept.retain(|found| told(&found.what, levels));
    if kept.is_empty() && candidates.is_empty() {
        return Examined { below, undecoded, ..Examined::default() };
    }
    let cut = kept.len().max(candidates.len()) > MOST_HITS;
    kept.truncate(MOST_HITS);
    candidates.truncate(MOST_HITS);
    let all = || kept.iter().map(|found| &found.at).chain(candidates.iter().map(|found| &found.at));
    let halves = || kept.iter().filter_map(|found| found.half.as_ref()).map(|half| &half.at);
    let places = Places::new(text, first, all().chain(halves()));
    let shown = found.matches.iter().chain(all()).chain(halves());
    let mut masked: Vec<Span> = shown.map(|found| found.secret).collect();
    masked.sort_unstable();
    masked.dedup_by(|next, last| {
        let joined = next.start <= last.end;
        if joined {
            last.end = last.end.max(next.end);
        }
        joined
    });
    let looks_near = scanner.pack().extras().look_near();
    let hit = |found: &Match, inner: Option<Inner>, mut verdict: Verdict| {
        let rule = scanner.pack().rule(found.rule);
        verdict.reasons.extend(inner.as_ref().map(Inner::reason));
        let near_plain = || looks_near.then(|| near(text, found));
        // A path is no secret: it must stay readable.
        let path = (rule.find == Find::Path).then(|| &text[found.secret.range()]);
        let plain = || {
            path.map_or_else(
                || Secret::new(&text[found.secret.range()]),
                |path| Secret::new(sha256(path).as_bytes()),
            )
        };
        let of_path = |path: &[u8]| {
            let text = String::from_utf8_lossy(path).into_owned();
            Snippet { mark: (0, text.chars().count()), text }
        };
        Hit {
            rule: found.rule,
            secret: inner.as_ref().map_or_else(plain, |inner| inner.value.clone()),
            span: found.secret,
            start: places.of(found.secret.start),
            end: places.of(found.secret.end),
            lines: (places.of(found.whole.start).line, places.of(found.whole.end).line),
            snippet: path.map_or_else(|| snippet(text, found.secret, &masked), of_path),
            inline: inline_allow(&text[line_around(text, found.secret, LINE).range()], &rule.id),
            near: inner.as_ref().map_or_else(near_plain, |inner| inner.near.clone()),
            verdict,
            inner,
            partner: None,
        }
    };
    let partner = |half: Half| Partner {
        rule: half.at.rule,
        secret: half.value,
        facts: half.facts,
        start: places.of(half.at.secret.start),
        end: places.of(half.at.secret.end),
        snippet: snippet(text, half.at.secret, &masked),
        lines: half.lines,
        folds: half.folds,
    };
    let doubtful = candidates
        .into_iter()
        .map(|found| Doubtful { hit: hit(&found.at, found.inner, Verdict::none()), candidate: found.what });
    let doubtful = doubtful.collect();
    let hits = kept
        .into_iter()
        .map(|found| Hit { partner: found.half.map(partner), ..hit(&found.at, found.inner, found.what) });
    let hits = hits.collect();
    Examined { hits, doubtful, below, cut, undecoded }
}

/// Positions of all the offsets that are asked for, found in one pass.
struct Places(Vec<(usize, Position)>);

impl Places {
    fn new<'m>(text: &[u8], first: Position, matches: impl Iterator<Item = &'m Match>) -> Self {
        let mut offsets: Vec<usize> = matches
            .flat_map(|found| [found.whole.start, found.secret.start, found.secret.end, found.whole.end])
            .collect();
        offsets.sort_unstable();
        offsets.dedup();
        let mut cursor = Cursor::starting(text, first);
        Self(offsets.into_iter().map(|offset| (offset, cursor.advance(offset))).collect())
    }

    fn of(&self, offset: usize) -> Position {
        let at = self.0.binary_search_by_key(&offset, |place| place.0).expect("every offset was collected");
        self.0[at].1
    }
}

/// The line with every value on it masked, believed or not. `values` are sorted and do not touch.
fn snippet(text: &[u8], secret: Span, values: &[Span]) -> Snippet {
    const MASK: &str = "********";
    let shown = Span::new(secret.start, secret.end.min(secret.start + CONTEXT));
    let line = line_around(text, shown, CONTEXT);
    let first = values.partition_point(|value| value.end <= line.start);
    let mut out = Snippet::default();
    let mut at = line.start;
    for mask in values[first..].iter().take_while(|value| value.start < line.end) {
        out.text.push_str(&String::from_utf8_lossy(&text[at..mask.start.max(at)]));
        if mask.range().contains(&secret.start) {
            out.mark = (out.text.chars().count(), MASK.len());
        }
        out.text.push_str(MASK);
        at = mask.end.min(line.end);
    }
    out.text.push_str(String::from_utf8_lossy(&text[at..line.end]).trim_end_matches('\r'));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, value: &str) -> Span {
        let start = text.find(value).expect("it stands there");
        Span::new(start, start + value.len())
    }

    #[test]
    fn every_value_on_the_line_is_masked_and_one_is_marked() {
        let text = "before\nid = AAAA, key = BBBB;\r\nafter";
        let matches = [found(text, "AAAA"), found(text, "BBBB")];
        let shown = snippet(text.as_bytes(), matches[1], &matches);
        assert_eq!(shown.text, "id = ********, key = ********;");
        assert_eq!(shown.mark, (21, 8));
    }

    #[test]
    fn a_long_line_is_cut_and_no_piece_of_a_value_is_left() {
        let text = format!("{}SECRET{}OTHER{}", "é".repeat(500), "x".repeat(95), "y".repeat(500));
        let matches = [found(&text, "SECRET"), found(&text, "OTHER")];
        let shown = snippet(text.as_bytes(), matches[0], &matches);
        assert_eq!(shown.text, format!("{}********{}********", "é".repeat(50), "x".repeat(95)));
    }
}
