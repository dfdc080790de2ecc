//! Takes found values out of everything else that is shown: a token may stand in a file's name too.
//!
//! A value shorter than `SHORTEST` is left where it stands: it would be found in half of all names. In names of files
//! and refs a plain word is left, too: who masked `admin` or `redis` there could not say where anything stands.
//! Only the value as it was found is known here, not its encoded forms.

use std::ops::Range;

use aho_corasick::{Anchored, automaton::Automaton as _, nfa::contiguous::NFA};

use crate::model::{Finding, Origin, Part, Secret, Snippet};

pub const MASK: &str = "********";

/// Values below this many bytes are not looked for.
pub const SHORTEST: usize = 4;

/// Letters of a value that is left in names if it has nothing else.
pub const WORD: usize = 10;

/// Replaces found values wherever they stand.
pub struct Masker(Option<NFA>);

impl Masker {
    pub fn new<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> Self {
        let mut values: Vec<_> = findings
            .into_iter()
            .flat_map(|finding| {
                let beside = finding.companions.iter().map(|companion| &companion.secret);
                beside.chain([&finding.secret])
            })
            .map(Secret::reveal)
            .filter(|value| value.len() >= SHORTEST)
            .collect();
        values.sort_unstable();
        values.dedup();
        if values.is_empty() {
            return Self::idle();
        }
        Self(Some(NFA::new(values).expect("values of 2 GiB in all do not fit in a report")))
    }

    /// Masks nothing, for `--show-secrets`.
    pub fn idle() -> Self {
        Self(None)
    }

    /// `text` with every found value replaced. Values that overlap go together, so no rest of one stays.
    pub fn mask(&self, text: &[u8]) -> Vec<u8> {
        masked(text, self.spans(text))
    }

    /// The name of a file or a ref with every found value replaced that is more than a word.
    pub fn mask_name(&self, name: &[u8]) -> Vec<u8> {
        let mut spans = self.spans(name);
        spans.retain(|&(start, end)| {
            end - start > WORD || !name[start..end].iter().all(u8::is_ascii_lowercase)
        });
        masked(name, spans)
    }

    /// The path of a place: a name, unless the value is told to stand in it.
    pub fn mask_path(&self, origin: &Origin) -> Vec<u8> {
        match origin.part {
            Part::Path | Part::RefName => self.mask(&origin.path),
            _ => self.mask_name(&origin.path),
        }
    }

    pub fn mask_text(&self, text: &str) -> String {
        let masked = self.mask(text.as_bytes());
        // A value need not be UTF-8, so it may end inside a character.
        String::from_utf8_lossy(&masked).into_owned()
    }

    /// A line keeps its mark, which grows over values that reach into it.
    pub fn mask_snippet(&self, snippet: &Snippet) -> Snippet {
        let text = snippet.text.as_bytes();
        let spans = self.spans(text);
        if spans.is_empty() {
            return snippet.clone();
        }
        let masked = self.mask(text);
        let characters = |bytes: &[u8]| String::from_utf8_lossy(bytes).chars().count();
        let offset = |count| snippet.text.char_indices().nth(count).map_or(text.len(), |(at, _)| at);
        let (before, marked) = snippet.mark;
        let start = moved(offset(before), &spans).start;
        let end = moved(offset(before.saturating_add(marked)), &spans).end;
        let before = characters(&masked[..start]);
        let mark = (before, characters(&masked[..end]) - before);
        Snippet { text: String::from_utf8_lossy(&masked).into_owned(), mark }
    }

    /// Where values stand, in order; those that overlap or touch are one. Of all values that end at one
    /// byte only the longest is looked at (a state has it first), so the time is that of reading `text`.
    fn spans(&self, text: &[u8]) -> Vec<(usize, usize)> {
        let Some(values) = &self.0 else { return Vec::new() };
        let mut spans: Vec<(usize, usize)> = Vec::new();
        let mut state = values.start_state(Anchored::No).expect("an automaton for unanchored search");
        for (at, &byte) in text.iter().enumerate() {
            state = values.next_state(Anchored::No, state, byte);
            if !values.is_match(state) {
                continue;
            }
            let end = at + 1;
            let mut start = end - values.pattern_len(values.match_pattern(state, 0));
            // It may begin before several that end before it.
            while let Some((last, _)) = spans.pop_if(|(_, last)| *last >= start) {
                start = start.min(last);
            }
            spans.push((start, end));
        }
        spans
    }
}

/// `text` with a mask in the place of each span.
fn masked(text: &[u8], spans: Vec<(usize, usize)>) -> Vec<u8> {
    let mut masked = Vec::with_capacity(text.len());
    let mut done = 0;
    for (start, end) in spans {
        masked.extend_from_slice(&text[done..start]);
        masked.extend_from_slice(MASK.as_bytes());
        done = end;
    }
    masked.extend_from_slice(&text[done..]);
    masked
}

/// Where a byte offset lies once `spans` are masked: in the midst of a value, anywhere on its mask.
fn moved(offset: usize, spans: &[(usize, usize)]) -> Range<usize> {
    let (mut before, mut done) = (0, 0);
    for &(start, end) in spans.iter().take_while(|(start, _)| *start < offset) {
        before += start - done;
        if offset < end {
            return before..before + MASK.len();
        }
        before += MASK.len();
        done = end;
    }
    let here = before + (offset - done);
    here..here
}
