//! Secrets that no format betrays: finds assignments in any text and judges them as a careful reader would.
//!
//! `find_at` reads the text around an anchor and keeps what it saw in a `Candidate`;
//! `judge` adds the path. Knows no file, no rule of the pattern pack, and no report.

mod anchor;
mod argument;
mod around;
mod code;
mod collection;
pub mod eval;
pub mod features;
pub mod find;
mod foreign;
pub mod forest;
mod hopeless;
mod inserted;
pub mod judge;
pub mod lexicon;
mod list;
pub mod model;
mod named;
mod names;
mod otherwise;
pub mod path;
mod placed;
mod prose;
mod public;
pub mod read;
pub mod rows;
mod schemes;
mod sealed;
mod sent;
mod shapes;
mod spaced;
pub mod tables;
pub mod train;
mod translation;
mod value;
mod values;
pub mod words;

#[cfg(test)]
mod tests;

pub use anchor::{ANCHORS, HUMPS, KEY_FORMS, KEY_WORD, anchor_at};
pub use find::{Form, REACH};
pub use judge::{
    Confidence, Judgement, Kind, Severity, judge, judge_at, kind, possible, reasons, upper_bound,
};
pub use model::Model;
pub use path::Place;
pub use read::Quote;
pub use shapes::{counted, idle};

use features::Hashes;
use hopeless::hopeless;
use std::ops::Range;
use tables::Tables;

/// An assignment that may hold a secret; carries all that `judge` needs, but not the text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Candidate {
    pub form: Form,
    pub quote: Quote,
    pub key: Range<usize>,
    pub value: Range<usize>,
    /// From the key (or value, if that stands first) to the end of the value and its quote.
    pub whole: Range<usize>,
    pub features: [u8; features::COUNT],
    pub hashes: Hashes,
}

impl Candidate {
    /// The same wherever it stands: all that decides whether it is a secret.
    pub fn without_place(&self) -> Candidate {
        Candidate { key: 0..0, value: 0..0, whole: 0..0, ..self.clone() }
    }
}

/// A name that is bound to a value: seen, but not judged.
pub struct Bound<'t> {
    /// The text within `REACH` of the anchor, and where in the text it begins.
    window: &'t [u8],
    offset: usize,
    spot: find::Spot,
}

impl<'t> Bound<'t> {
    /// Where the value stands in the text.
    pub fn value(&self) -> Range<usize> {
        self.spot.value.start + self.offset..self.spot.value.end + self.offset
    }

    /// From the name (or value, if that stands first) to the end of the value and its quote.
    pub fn whole(&self) -> Range<usize> {
        let find::Spot { key, value, end, .. } = &self.spot;
        key.start.min(value.start) + self.offset..*end.max(&value.end) + self.offset
    }

    /// The name.
    pub fn name(&self) -> &'t [u8] {
        &self.window[self.spot.key.clone()]
    }

    /// The value.
    pub fn text(&self) -> &'t [u8] {
        &self.window[self.spot.value.clone()]
    }

    /// Whether the value cannot be the name of a variable: it is quoted, or stands where only values stand.
    pub fn is_literal(&self) -> bool {
        self.spot.quote != Quote::None
            || matches!(self.spot.form, Form::Header | Form::Url | Form::Flag | Form::Query | Form::Jwt)
    }

    /// Whether the name says that the value is public, or only a digest.
    pub fn is_open(&self) -> bool {
        let mut all = 0;
        lexicon::split(self.name(), |_, _, class| all |= class);
        all & (lexicon::OPEN | lexicon::DIGEST) != 0
    }

    /// Evidence, in bits, that the letters follow one another as random ones do, rather than as in words.
    pub fn randomness(&self) -> i32 {
        let tables = &Model::builtin().tables;
        (i32::from(tables.pairs(self.text()).random) - 128) / 4
    }

    /// Calls `each` with texts that say whose the name is: its line without the value, a comment on the line
    /// above, and the heads of the objects or the section around it; `true` with that of the innermost one.
    pub fn around(&self, each: &mut dyn FnMut(&'t [u8], bool)) {
        around::heads(self.window, &self.spot, each);
    }

    /// All that judging needs.
    pub fn candidate(&self, tables: &Tables) -> Candidate {
        let find::Spot { form, quote, ref key, .. } = self.spot;
        let (features, hashes) = features::describe(tables, self.window, &self.spot);
        let key = key.start + self.offset..key.end + self.offset;
        Candidate { form, quote, key, value: self.value(), whole: self.whole(), features, hashes }
    }
}

/// Everything that the anchor at byte `anchor` binds, in no promised order, each value once.
/// What it is depends on no byte farther than `REACH` from `anchor`, and on nothing else.
pub fn read_at(text: &[u8], anchor: usize, each: &mut dyn FnMut(&Bound)) {
    let mut seen = [usize::MAX; 8];
    let mut count = 0;
    spots_at(text, anchor, &mut |window, offset, spot| {
        let value = &window[spot.value.clone()];
        if hopeless(window, &spot, value).is_some() || seen.contains(&spot.value.start) {
            return;
        }
        seen[count % seen.len()] = spot.value.start;
        count += 1;
        each(&Bound { window, offset, spot });
    });
}

/// Every spot of an anchor, in the text within `REACH` of it, which begins at an offset.
fn spots_at<'t>(text: &'t [u8], anchor: usize, each: &mut impl FnMut(&'t [u8], usize, find::Spot)) {
    let offset = anchor.saturating_sub(REACH);
    let window = &text[offset..text.len().min(anchor + REACH)];
    find::spots(window, anchor - offset, &mut |spot| each(window, offset, spot));
}

/// Where anchors stand, as asking at every byte says.
fn anchors(text: &[u8]) -> impl Iterator<Item = usize> {
    (0..text.len()).filter(|at| anchor_at(text, *at).is_some())
}

/// The values in a text that names speak of and that are certainly no secrets, in order, each with the reason.
pub fn excluded(text: &[u8]) -> Vec<(Range<usize>, &'static str)> {
    let mut out = Vec::new();
    for at in anchors(text) {
        spots_at(text, at, &mut |window, offset, spot| {
            let Range { start, end } = spot.value;
            let why = hopeless(window, &spot, &window[start..end]);
            out.extend(why.map(|why| (start + offset..end + offset, why)));
        });
    }
    out.sort_by_key(|(value, _)| value.start);
    out.dedup_by_key(|(value, _)| value.start);
    out
}

/// All candidates that the anchor at byte `anchor` gives, with the built-in tables.
pub fn find_at(text: &[u8], anchor: usize, out: &mut Vec<Candidate>) {
    find_with(&Model::builtin().tables, text, anchor, out);
}

/// As `find_at`, with other tables.
pub fn find_with(tables: &Tables, text: &[u8], anchor: usize, out: &mut Vec<Candidate>) {
    read_at(text, anchor, &mut |bound| out.push(bound.candidate(tables)));
}

/// The naive union over all anchors, without repetitions.
pub fn find(text: &[u8]) -> Vec<Candidate> {
    find_all(&Model::builtin().tables, text)
}

/// As `find`, with other tables.
pub fn find_all(tables: &Tables, text: &[u8]) -> Vec<Candidate> {
    let mut out = Vec::new();
    anchors(text).for_each(|at| find_with(tables, text, at, &mut out));
    unique(out)
}

/// One candidate a value: the first found stays.
pub fn unique(mut all: Vec<Candidate>) -> Vec<Candidate> {
    all.sort_by_key(|c| c.value.start); // stable
    all.dedup_by(|b, a| a.value.start == b.value.start);
    all
}
