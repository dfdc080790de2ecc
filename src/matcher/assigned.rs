//! Assignments: what the reader of `generic` sees around its anchors. A type that its name betrays is a match;
//! anything else is a candidate for the detector.
//!
//! What an anchor gives depends on the bytes within `generic::REACH` of it and on nothing else, so a text
//! made of pieces of another keeps what clean anchors gave. Knows no path: a candidate is kept if some
//! path could make it believable.

use std::ops::Range;

use super::{Match, words::Words};
use crate::{
    generic::{self, Bound, Candidate, Confidence, Kind, Model},
    model::Span,
    pattern::{Find, Pack, RuleIndex},
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
    /// One of the reader's own: what it binds may be of any type, or a candidate.
    detector: bool,
    /// A type's word: what it binds may be of a type only.
    own: bool,
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
    words: Words,
}

impl Assignments {
    /// The words that must be looked for, each with whose anchor it is.
    pub fn anchors(pack: &Pack) -> Vec<(&str, Anchor)> {
        let mut all = Vec::new();
        if pack.rules().iter().any(|rule| rule.find != Find::Regex) {
            let reader = Anchor { detector: true, own: false };
            all.extend(generic::ANCHORS.iter().map(|word| (*word, reader)));
        }
        for rule in pack.rules() {
            if let Find::Word(word) = &rule.find
                && word.anchor
            {
                let own = Anchor { detector: false, own: true };
                all.extend(word.words.iter().map(|word| (&**word, own)));
            }
        }
        all
    }

    /// `words` are the prefilter's words of `anchors`, of `count` in all.
    pub fn new(
        pack: &Pack,
        words: impl Iterator<Item = (Word, Anchor)>,
        count: usize,
        least: Confidence,
    ) -> Self {
        let mut anchors = vec![Anchor::default(); count];
        for (word, anchor) in words {
            anchors[usize::from(word)].detector |= anchor.detector;
            anchors[usize::from(word)].own |= anchor.own;
        }
        let kinds = [Kind::Secret, Kind::Password, Kind::UrlPassword, Kind::WeakPassword];
        let rule =
            |id: &str| pack.rules().iter().position(|rule| rule.find == Find::Assignment && rule.id == id);
        let kinds =
            kinds.iter().filter_map(|kind| Some((kind.id(), rule(kind.id())? as RuleIndex))).collect();
        Self { anchors, least, kinds, words: Words::new(pack) }
    }

    pub fn anchor(&self, word: Word) -> Anchor {
        self.anchors[usize::from(word)]
    }

    /// The rule of a kind, if the pack has it.
    pub fn rule(&self, kind: Kind) -> Option<RuleIndex> {
        self.kinds.iter().find(|(id, _)| *id == kind.id()).map(|(_, rule)| *rule)
    }

    /// Whether the mark is an anchor where it stands: some are only between certain bytes, of which at most one
    /// stands before it, and none further behind its start than a lead may be long.
    pub fn stands(&self, text: &[u8], mark: &Mark) -> bool {
        let Anchor { detector, own } = self.anchor(mark.word);
        own || detector && generic::anchor_at(text, mark.start).is_some()
    }

    /// Where the anchors among the marks stand, in order.
    pub fn of(&self, marks: &[Mark]) -> Vec<Placed> {
        let all = marks.iter().map(|mark| (mark.start, self.anchor(mark.word)));
        ordered(all.filter(|anchor| anchor.1 != Anchor::default()).collect())
    }

    /// Adds what the anchors, which are in order, give.
    pub fn read(&self, text: &[u8], anchors: &[Placed], out: &mut Vec<Assigned>) {
        for &(anchor, whose) in anchors {
            generic::read_at(text, anchor, &mut |bound| {
                out.extend(self.what(bound, whose).map(|what| Assigned { anchor, what }));
            });
        }
    }

    fn what(&self, bound: &Bound, whose: Anchor) -> Option<What> {
        if !self.words.is_empty()
            && let Some(rule) = self.words.of(bound)
        {
            let (whole, secret) = (Span::from(bound.whole()), Span::from(bound.value()));
            return Some(What::Typed(Match { whole, secret, rule }));
        }
        if !whose.detector || self.kinds.is_empty() {
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
            last.1.detector |= next.1.detector;
            last.1.own |= next.1.own;
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
