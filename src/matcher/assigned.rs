//! Assignments: what the detector of `generic` reads around its anchors, and types that a name betrays.
//!
//! What an anchor gives depends on the bytes within `generic::REACH` of it and on nothing else, so a text
//! made of pieces of another keeps what clean anchors gave. Knows no path: a candidate is kept if some
//! path could make it believable.

use crate::{
    generic::{self, Candidate, Confidence, Kind, Model},
    pattern::{Find, Pack, RuleIndex},
    prefilter::{Mark, Word},
};

/// A candidate, and the anchor that gave it.
#[derive(Clone, Debug, PartialEq)]
pub struct Assigned {
    pub anchor: usize,
    pub candidate: Candidate,
}

/// The detector, made ready for one pack.
pub struct Assignments {
    /// For each word of the prefilter, whether it is an anchor.
    anchors: Vec<bool>,
    least: Confidence,
    /// The rules of the kinds.
    kinds: Vec<(&'static str, RuleIndex)>,
}

impl Assignments {
    /// The words that must be looked for, if the pack asks for the detector.
    pub fn words(pack: &Pack) -> &'static [&'static str] {
        let asked = pack.rules().iter().any(|rule| rule.find == Find::Assignment);
        if asked { generic::ANCHORS } else { &[] }
    }

    /// `words` are the prefilter's words for `Self::words`, of `count` in all.
    pub fn new(pack: &Pack, words: &[Word], count: usize, least: Confidence) -> Self {
        let mut anchors = vec![false; count];
        words.iter().for_each(|&word| anchors[usize::from(word)] = true);
        let kinds = [Kind::Secret, Kind::Password, Kind::UrlPassword, Kind::WeakPassword];
        let rule = |id: &str| pack.rules().iter().position(|rule| rule.find == Find::Assignment && rule.id == id);
        let kinds =
            kinds.iter().filter_map(|kind| Some((kind.id(), rule(kind.id())? as RuleIndex))).collect();
        Self { anchors, least, kinds }
    }

    pub fn is_anchor(&self, word: Word) -> bool {
        self.anchors[usize::from(word)]
    }

    /// The rule of a kind, if the pack has it.
    pub fn rule(&self, kind: Kind) -> Option<RuleIndex> {
        self.kinds.iter().find(|(id, _)| *id == kind.id()).map(|(_, rule)| *rule)
    }

    /// Where the anchors among the marks stand, in order.
    pub fn of(&self, marks: &[Mark]) -> Vec<usize> {
        let mut anchors: Vec<_> =
            marks.iter().filter(|mark| self.is_anchor(mark.word)).map(|mark| mark.start).collect();
        anchors.sort_unstable();
        anchors.dedup();
        anchors
    }

    /// Adds what the anchors, which are in order, give.
    pub fn read(&self, text: &[u8], anchors: &[usize], out: &mut Vec<Assigned>) {
        let model = Model::builtin();
        let mut found = Vec::new();
        for &anchor in anchors {
            generic::find_at(text, anchor, &mut found);
            for candidate in found.drain(..) {
                if generic::possible(model, &candidate, self.least) && self.rule(generic::kind(&candidate)).is_some() {
                    out.push(Assigned { anchor, candidate });
                }
            }
        }
    }
}

impl Assigned {
    /// The same where its text stands `from` bytes further on, or `to`.
    pub fn moved(&self, from: usize, to: usize) -> Self {
        let at = |place: usize| place - from + to;
        let span = |range: &std::ops::Range<usize>| at(range.start)..at(range.end);
        let Candidate { key, value, whole, .. } = &self.candidate;
        let candidate = Candidate { key: span(key), value: span(value), whole: span(whole), ..self.candidate.clone() };
        Self { anchor: at(self.anchor), candidate }
    }
}
