//! From one text in memory to its hits: matched, judged, placed, and with a line fit to be shown.

use super::Levels;
use crate::{
    filter::{Inline, inline_allow},
    matcher::{Match, Scanner},
    model::{Cursor, Position, Secret, Snippet, Span},
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
    pub verdict: Verdict,
    pub start: Position,
    pub end: Position,
    /// First and last line of the match with its context.
    pub lines: (u64, u64),
    pub snippet: Snippet,
    pub inline: Inline,
}

/// Hits kept of one text. No text that a person keeps has more.
pub const MOST_HITS: usize = 50_000;

/// What one text gave.
#[derive(Default)]
pub struct Examined {
    pub hits: Vec<Hit>,
    /// How many more were believed too little.
    pub below: u64,
    /// There were more than `MOST_HITS`.
    pub cut: bool,
}

/// Scans `text`, whose first byte stands at `first`, for matches that begin within `core`.
pub fn examine(scanner: &Scanner, levels: Levels, text: &[u8], core: Span, first: Position) -> Examined {
    let matches = scanner.scan(text);
    if matches.is_empty() {
        return Examined::default();
    }
    let judged = matches.iter().filter(|found| core.range().contains(&found.whole.start));
    let judged = judged
        .map(|found| (*found, score::judge(scanner.pack().rule(found.rule), text, found, levels.now)))
        .collect();
    let mut kept = score::keep_best(judged);
    let all = kept.len();
    kept.retain(|(_, verdict)| {
        verdict.confidence >= levels.confidence && verdict.severity >= levels.severity
    });
    let below = (all - kept.len()) as u64;
    let cut = kept.len() > MOST_HITS;
    kept.truncate(MOST_HITS);
    let places = Places::new(text, first, kept.iter().map(|(found, _)| found));
    let hits = kept
        .into_iter()
        .map(|(found, verdict)| {
            let rule = scanner.pack().rule(found.rule);
            Hit {
                rule: found.rule,
                secret: Secret::new(&text[found.secret.range()]),
                start: places.of(found.secret.start),
                end: places.of(found.secret.end),
                lines: (places.of(found.whole.start).line, places.of(found.whole.end).line),
                snippet: snippet(text, found.secret, &matches),
                inline: inline_allow(&text[line_around(text, found.secret, COMMENT).range()], &rule.id),
                verdict,
            }
        })
        .collect();
    Examined { hits, below, cut }
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

/// The line with every match of every rule on it masked, believed or not.
fn snippet(text: &[u8], secret: Span, matches: &[Match]) -> Snippet {
    const MASK: &str = "********";
    let shown = Span::new(secret.start, secret.end.min(secret.start + CONTEXT));
    let line = line_around(text, shown, CONTEXT);
    let mut masks: Vec<Span> =
        matches.iter().map(|found| found.secret).filter(|span| span.overlaps(line)).collect();
    masks.sort_unstable();
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

    fn found(text: &str, value: &str) -> Match {
        let start = text.find(value).expect("it stands there");
        let span = Span::new(start, start + value.len());
        Match { whole: span, secret: span, rule: 0 }
    }

    #[test]
    fn every_value_on_the_line_is_masked_and_one_is_marked() {
        let text = "before\nid = AAAA, key = BBBB;\r\nafter";
        let matches = [found(text, "AAAA"), found(text, "BBBB")];
        let shown = snippet(text.as_bytes(), matches[1].secret, &matches);
        assert_eq!(shown.text, "id = ********, key = ********;");
        assert_eq!(shown.mark, (21, 8));
    }

    #[test]
    fn a_long_line_is_cut_and_no_piece_of_a_value_is_left() {
        let text = format!("{}SECRET{}OTHER{}", "é".repeat(500), "x".repeat(95), "y".repeat(500));
        let matches = [found(&text, "SECRET"), found(&text, "OTHER")];
        let shown = snippet(text.as_bytes(), matches[0].secret, &matches);
        assert_eq!(shown.text, format!("{}********{}********", "é".repeat(50), "x".repeat(95)));
    }
}
