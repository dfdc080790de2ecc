//! Assignments: what the reader of `generic` sees around its anchors. A type that its name betrays is a match;
//! anything else is a candidate for the detector.
//!
//! What an anchor gives depends on the bytes within `generic::REACH` of it and on nothing else, so a text
//! made of pieces of another keeps what clean anchors gave. Knows no path: a candidate is kept if some
//! path could make it believable.

use std::{
    ops::Range,
    sync::{Arc, OnceLock},
};

use super::{Match, words::Words};
use crate::{
    generic::{self, Bound, Candidate, Confidence, Kind, Model},
    model::{Span, is_fingerprint},
    pattern::{Find, Lead, Pack, RuleIndex},
    prefilter::{Mark, Word},
};

/// What an anchor gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Assigned {
    pub anchor: usize,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq)]
pub enum What {
    Candidate(Candidate),
    Typed(Match),
}

/// Whose word an anchor is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Anchor {
    /// Where in the word that is looked for it stands.
    place: u8,
    /// One of the reader's own: what it binds may be of any type, or a candidate.
    detector: bool,
    /// A type's word: what it binds may be of a type only.
    own: bool,
}

impl Anchor {
    fn join(&mut self, other: Self) {
        self.detector |= other.detector;
        self.own |= other.own;
        self.place = self.place.max(other.place);
    }
}

/// Where an anchor stands.
pub type Placed = (usize, Anchor);

/// The detector and the table of types, made ready for one pack.
pub struct Assignments {
    /// For each word of the prefilter, whose anchor it is.
    anchors: Vec<Anchor>,
    least: Confidence,
    /// The rules of the kinds.
    kinds: Vec<(&'static str, RuleIndex)>,
    pack: Arc<Pack>,
    /// Made when the first value is bound to a name: many changes have none.
    words: OnceLock<Words>,
}

impl Assignments {
    /// What must be looked for, each with whose anchor it is.
    pub fn anchors(pack: &Pack) -> Vec<(Lead, Anchor)> {
        let mut all = Vec::new();
        if pack.outlines().any(|rule| rule.word || rule.assignment) {
            let reader = Anchor { detector: true, ..Anchor::default() };
            let plain = generic::ANCHORS.iter().filter(|word| **word != generic::KEY_WORD);
            all.extend(plain.map(|word| (Lead::word(word), reader)));
            let keys = generic::KEY_FORMS.iter();
            all.extend(keys.map(|&(form, place)| (Lead::word(form), Anchor { place, ..reader })));
            all.extend(generic::HUMPS.iter().map(|word| (Lead::hump(word), reader)));
        }
        for (index, _) in pack.outlines().enumerate().filter(|(_, rule)| rule.anchor) {
            if let Find::Word(word) = &pack.rule(index as RuleIndex).find {
                let own = Anchor { own: true, ..Anchor::default() };
                all.extend(word.words.iter().map(|word| (Lead::word(word), own)));
            }
        }
        all
    }

    /// `words` are the prefilter's words of `anchors`, of `count` in all.
    pub fn new(
        pack: &Arc<Pack>,
        words: impl Iterator<Item = (Word, Anchor)>,
        count: usize,
        least: Confidence,
    ) -> Self {
        let mut anchors = vec![Anchor::default(); count];
        for (word, anchor) in words {
            anchors[usize::from(word)].join(anchor);
        }
        let kinds = [Kind::Secret, Kind::Password, Kind::UrlPassword, Kind::WeakPassword];
        let rule = |id: &str| pack.outlines().position(|rule| rule.assignment && rule.id == id);
        let kinds =
            kinds.iter().filter_map(|kind| Some((kind.id(), rule(kind.id())? as RuleIndex))).collect();
        Self { anchors, least, kinds, pack: Arc::clone(pack), words: OnceLock::new() }
    }

    /// Whether anything is to be read where that word stands.
    pub fn is_anchor(&self, word: Word) -> bool {
        let anchor = self.anchors[usize::from(word)];
        anchor.detector || anchor.own
    }

    /// The anchor of a mark, if its word is one.
    pub fn at(&self, mark: Mark) -> Option<Placed> {
        let anchor = self.anchors[usize::from(mark.word)];
        self.is_anchor(mark.word).then(|| (mark.start + usize::from(anchor.place), anchor))
    }

    /// The rule of a kind, if the pack has it.
    pub fn rule(&self, kind: Kind) -> Option<RuleIndex> {
        self.kinds.iter().find(|(id, _)| *id == kind.id()).map(|(_, rule)| *rule)
    }

    /// Where the anchors among the marks stand, in order.
    pub fn of(&self, marks: &[Mark]) -> Vec<Placed> {
        ordered(marks.iter().filter_map(|mark| self.at(*mark)).collect())
    }

    /// Adds what the anchors, which are in order, give.
    pub fn read(&self, text: &[u8], anchors: &[Placed], out: &mut Vec<Assigned>) {
        for &(anchor, whose) in anchors {
            generic::read_at(text, anchor, &mut |bound| {
                out.extend(self.what(bound, whose).map(|what| Assigned { anchor, what }));
            });
        }
    }

    /// Whether it is one of our own fingerprints, as allowlists and baselines hold them: a rule's id and a hash.
    fn is_fingerprint(&self, bound: &Bound) -> bool {
        let value = bound.text();
        // Nearly every value ends otherwise, and no more is asked of it.
        if !value.last_chunk::<32>().is_some_and(|end| end.iter().all(u8::is_ascii_hexdigit)) {
            return false;
        }
        let whole = if value.contains(&b':') { value.to_vec() } else { [bound.name(), value].join(&b':') };
        let Ok(whole) = str::from_utf8(&whole) else { return false };
        is_fingerprint(whole)
            && whole.rsplit_once(':').is_some_and(|(id, _)| self.pack.outlines().any(|known| known.id == id))
    }

    fn what(&self, bound: &Bound, whose: Anchor) -> Option<What> {
        let words = self.words.get_or_init(|| Words::new(&self.pack));
        if !words.is_empty()
            && let Some(rule) = words.of(bound)
        {
            let (whole, secret) = (Span::from(bound.whole()), Span::from(bound.value()));
            return Some(What::Typed(Match { whole, secret, rule }));
        }
        if !whose.detector || self.kinds.is_empty() || self.is_fingerprint(bound) {
            return None;
        }
        let model = Model::builtin();
        let candidate = bound.candidate(&model.tables);
        let kept = generic::possible(model, &candidate, self.least)
            && self.rule(generic::kind(&candidate)).is_some();
        kept.then_some(What::Candidate(candidate))
    }
}

/// Anchors in order, each place once.
pub fn ordered(mut anchors: Vec<Placed>) -> Vec<Placed> {
    anchors.sort_unstable();
    anchors.dedup_by(|next, last| {
        let same = next.0 == last.0;
        if same {
            last.1.join(next.1);
        }
        same
    });
    anchors
}

impl Assigned {
    /// The same where the text that began at `from` begins at `to`.
    pub fn moved(&self, from: usize, to: usize) -> Self {
        let at = |place: usize| place - from + to;
        let range = |range: &Range<usize>| at(range.start)..at(range.end);
        let what = match &self.what {
            What::Candidate(candidate) => {
                let Candidate { key, value, whole, .. } = candidate;
                let (key, value, whole) = (range(key), range(value), range(whole));
                What::Candidate(Candidate { key, value, whole, ..candidate.clone() })
            }
            What::Typed(Match { whole, secret, rule }) => {
                let span = |span: &Span| Span::from(range(&span.range()));
                What::Typed(Match { whole: span(whole), secret: span(secret), rule: *rule })
            }
        };
        Self { anchor: at(self.anchor), what }
    }
}

/// The matches among what anchors gave, sorted, each once.
pub fn typed(assigned: &[Assigned]) -> Vec<Match> {
    let mut all: Vec<_> = assigned
        .iter()
        .filter_map(|assigned| match assigned.what {
            What::Typed(found) => Some(found),
            What::Candidate(_) => None,
        })
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// The candidates among what anchors gave, each value once.
pub fn candidates(assigned: &[Assigned]) -> Vec<Candidate> {
    let all = assigned.iter().filter_map(|assigned| match &assigned.what {
        What::Candidate(candidate) => Some(candidate.clone()),
        What::Typed(_) => None,
    });
    generic::unique(all.collect())
}
