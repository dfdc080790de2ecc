//! From one text in memory to its hits: matched, judged, placed, and with a line fit to be shown.

use super::Levels;
use crate::{
    filter::{Inline, Near, inline_allow},
    generic::{Candidate, Place, kind},
    matcher::{self, Assigned, Match, Scanner},
    model::{Confidence, Cursor, Origin, Part, Position, Secret, Snippet, Span},
    pattern::RuleIndex,
    score::{self, Verdict},
};

/// Bytes of a line shown at each side of a value.
const CONTEXT: usize = 100;

/// Bytes searched for an inline allowance at each side of a value, on its line.
const COMMENT: usize = 2000;

/// A match that is believed enough.
#[derive(Clone, Debug)]
pub struct Hit {
    pub rule: RuleIndex,
    pub secret: Secret,
    /// Where it stands in the text that was in memory.
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

/// What one text gave.
#[derive(Default)]
pub struct Examined {
    pub hits: Vec<Hit>,
    pub doubtful: Vec<Doubtful>,
    /// How many more were believed too little. Assignments are not counted: most are none.
    pub below: u64,
    /// There were more than `MOST_HITS`.
    pub cut: bool,
}

impl Examined {
    pub fn is_empty(&self) -> bool {
        self.hits.is_empty() && self.doubtful.is_empty()
    }

    /// The assignments: rule, value, and what decides whether they are told.
    pub fn doubtful(&self) -> impl Iterator<Item = (RuleIndex, &Secret, &Candidate)> {
        self.doubtful.iter().map(|Doubtful { hit, candidate }| (hit.rule, &hit.secret, candidate))
    }

    /// What is believed at one place, in order.
    pub fn at(&self, origin: &Origin, levels: Levels) -> Vec<Hit> {
        let mut hits = self.hits.clone();
        hits.extend(believed(&self.doubtful, origin, levels));
        hits.sort_by_key(|hit| hit.start);
        hits
    }
}

/// The assignments that are believed at one place; of those that overlap, the most probable.
fn believed(doubtful: &[Doubtful], origin: &Origin, levels: Levels) -> Vec<Hit> {
    // A name is no text in which something is assigned.
    if doubtful.is_empty() || matches!(origin.part, Part::Path | Part::RefName) {
        return Vec::new();
    }
    let place = Place::of(&origin.path);
    let mut judged: Vec<(f32, Hit)> = doubtful
        .iter()
        .filter_map(|Doubtful { hit, candidate }| {
            let (probability, verdict) = believe(candidate, &place, levels)?;
            Some((probability, Hit { verdict, ..hit.clone() }))
        })
        .collect();
    judged.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.start.cmp(&b.1.start)));
    let mut kept: Vec<Hit> = Vec::new();
    let mut taken = std::collections::BTreeMap::new();
    for (_, hit) in judged {
        let before = taken.range(..=hit.start).next_back().is_some_and(|(_, &end)| end > hit.start);
        let after = taken.range(hit.start..).next().is_some_and(|(&start, _)| start < hit.end);
        if !before && !after {
            taken.insert(hit.start, hit.end);
            kept.push(hit);
        }
    }
    kept
}

/// How probable an assignment is at a place, and its verdict, if it is believed enough.
pub fn believe(candidate: &Candidate, place: &Place, levels: Levels) -> Option<(f32, Verdict)> {
    let (probability, verdict) = score::judge_assignment(candidate, place)?;
    let enough = verdict.confidence >= levels.confidence && verdict.severity >= levels.severity;
    enough.then_some((probability, verdict))
}

/// A match with what it is worth.
pub type Judged = (Match, Verdict);

/// Splits what was found: the best matches, and the assignments that none of them settles. `believed` says
/// which verdicts are told.
pub fn settle(
    scanner: &Scanner,
    levels: Levels,
    text: &[u8],
    matches: impl Iterator<Item = Match>,
    assigned: &[Assigned],
) -> (Vec<Judged>, Vec<Candidate>) {
    let rule = |found: &Match| scanner.pack().rule(found.rule);
    let judged = matches.map(|found| (found, score::judge(rule(&found), text, &found, levels.now))).collect();
    let kept = score::keep_best(judged);
    let candidates = matcher::candidates(assigned).into_iter().filter(|candidate| {
        let value = Span::from(candidate.value.clone());
        let next = kept.partition_point(|(found, _)| found.secret.end <= value.start);
        // A rule that is sure of the form has the last word on its value, be it that it is none.
        let settled = kept[next..].iter().take_while(|(found, _)| found.secret.start < value.end).any(
            |(found, verdict)| {
                let told = verdict.confidence >= levels.confidence && verdict.severity >= levels.severity;
                told || verdict.harmless && rule(found).confidence > Confidence::Low
            },
        );
        !settled && score::harmless(text, candidate.value.clone()).is_none()
    });
    let candidates = candidates.collect();
    (kept, candidates)
}

/// Scans `text`, whose first byte stands at `first`, for what begins within `core`.
pub fn examine(scanner: &Scanner, levels: Levels, text: &[u8], core: Span, first: Position) -> Examined {
    let found = scanner.find(text);
    if found.matches.is_empty() && found.assigned.is_empty() {
        return Examined::default();
    }
    let matches = found.matches.iter().copied().filter(|found| core.range().contains(&found.whole.start));
    let (mut kept, mut candidates) = settle(scanner, levels, text, matches, &found.assigned);
    candidates.retain(|candidate| core.range().contains(&candidate.value.start));
    let all = kept.len();
    kept.retain(|(_, verdict)| {
        verdict.confidence >= levels.confidence && verdict.severity >= levels.severity
    });
    let below = (all - kept.len()) as u64;
    let cut = kept.len().max(candidates.len()) > MOST_HITS;
    kept.truncate(MOST_HITS);
    candidates.truncate(MOST_HITS);
    let of_candidate = |candidate: &Candidate| {
        let rule = scanner.rule_of(kind(candidate)).expect("only kinds that the pack has are kept");
        Match {
            whole: Span::from(candidate.whole.clone()),
            secret: Span::from(candidate.value.clone()),
            rule,
        }
    };
    let assigned: Vec<Match> = candidates.iter().map(of_candidate).collect();
    let places = Places::new(text, first, kept.iter().map(|(found, _)| found).chain(&assigned));
    let mut masked: Vec<Span> = found.matches.iter().chain(&assigned).map(|found| found.secret).collect();
    masked.sort_unstable();
    let looks_near = scanner.pack().extras().look_near();
    let hit = |found: &Match, verdict: Verdict| {
        let rule = scanner.pack().rule(found.rule);
        Hit {
            rule: found.rule,
            secret: Secret::new(&text[found.secret.range()]),
            span: found.secret,
            start: places.of(found.secret.start),
            end: places.of(found.secret.end),
            lines: (places.of(found.whole.start).line, places.of(found.whole.end).line),
            snippet: snippet(text, found.secret, &masked),
            inline: inline_allow(&text[line_around(text, found.secret, COMMENT).range()], &rule.id),
            near: looks_near.then(|| near(text, found)),
            verdict,
        }
    };
    let doubtful = assigned.iter().zip(candidates);
    let doubtful =
        doubtful.map(|(found, candidate)| Doubtful { hit: hit(found, Verdict::none()), candidate }).collect();
    let hits = kept.into_iter().map(|(found, verdict)| hit(&found, verdict)).collect();
    Examined { hits, doubtful, below, cut }
}

/// The match and its line, as long as a comment may stand from it.
fn near(text: &[u8], found: &Match) -> Near {
    let line = line_around(text, found.secret, COMMENT);
    Near { whole: Secret::new(&text[found.whole.range()]), line: Secret::new(&text[line.range()]) }
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

/// The line on which a span begins, at most `context` bytes beyond the span at each side.
fn line_around(text: &[u8], span: Span, context: usize) -> Span {
    let mut from = span.start.saturating_sub(context);
    while from < span.start && text[from] & 0xc0 == 0x80 {
        from += 1;
    }
    let start = memchr::memrchr(b'\n', &text[from..span.start]).map_or(from, |at| from + at + 1);
    let to = span.end.saturating_add(context).min(text.len());
    let end = memchr::memchr(b'\n', &text[span.start..to]).map_or(to, |at| span.start + at);
    Span::new(start, end)
}

/// The line with every value on it masked, believed or not. `values` are sorted.
fn snippet(text: &[u8], secret: Span, values: &[Span]) -> Snippet {
    const MASK: &str = "********";
    let shown = Span::new(secret.start, secret.end.min(secret.start + CONTEXT));
    let line = line_around(text, shown, CONTEXT);
    let mut masks: Vec<Span> = values.iter().copied().filter(|span| span.overlaps(line)).collect();
    masks.dedup_by(|next, last| {
        let joined = next.start <= last.end;
        if joined {
            last.end = last.end.max(next.end);
        }
        joined
    });
    let mut out = Snippet::default();
    let mut at = line.start;
    for mask in masks {
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
