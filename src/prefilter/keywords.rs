//! What matches begin with or contain, over a whole text in one pass.

use std::{collections::BTreeMap, ops::Range};

use super::{
    grams::Grams,
    prepared::Prepared,
    runs::{self, Runs},
};
use crate::pattern::{Lead, builtin};

/// Which lead of a set.
pub type Word = u16;

/// A lead that stands in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark {
    pub start: usize,
    pub word: Word,
}

/// A set of leads ready to be looked for.
#[derive(Debug, PartialEq)]
pub struct Keywords {
    leads: Vec<Lead>,
    runs: Runs,
    grams: Grams,
    longest: usize,
}

impl Keywords {
    /// More leads than this cannot be told apart.
    pub const MOST: usize = Word::MAX as usize;

    /// Leads of two bytes or more, at most `MOST`; the same ones are one. Also returns which word each of
    /// the given ones became.
    pub fn new<'l>(all: impl Iterator<Item = &'l Lead>) -> (Self, Vec<Word>) {
        Self::beside(&[], Prepared::default(), all)
    }

    /// The leads of the built-in rules, under the numbers that they have there, and these.
    pub fn builtin_and<'l>(more: impl Iterator<Item = &'l Lead>) -> (Self, Vec<Word>) {
        Self::beside(builtin::leads(), Prepared::builtin(), more)
    }

    /// Leads in order, which are prepared, and others.
    fn beside<'l>(
        prepared: &[Lead],
        Prepared { runs, grams }: Prepared,
        more: impl Iterator<Item = &'l Lead>,
    ) -> (Self, Vec<Word>) {
        let mut known = BTreeMap::new();
        let mut leads = prepared.to_vec();
        let which = more
            .map(|lead| {
                let number = prepared.binary_search(lead);
                let number = number.unwrap_or_else(|_| {
                    *known.entry(lead).or_insert_with(|| {
                        leads.push(lead.clone());
                        leads.len() - 1
                    })
                });
                Word::try_from(number).expect("the caller keeps to MOST leads")
            })
            .collect();
        let own = (0..).zip(&leads).skip(prepared.len());
        let (short, other): (Vec<_>, Vec<_>) = own.partition(|(_, lead)| runs::fit(lead));
        let (short, other) = (Runs::entered(short.into_iter()), Grams::entered(other.into_iter()));
        let runs = Runs::new(runs.entered().chain(short.iter().copied()));
        let grams = Grams::new(grams.entered().chain(other.iter().copied()));
        let longest = leads.iter().map(Lead::extent).max().unwrap_or(1);
        (Self { leads, runs, grams, longest }, which)
    }

    /// Calls `found` for every lead that starts within `starts`: each once, in no promised order. The rest
    /// of it may stand outside.
    pub fn scan(&self, text: &[u8], starts: Range<usize>, mut found: impl FnMut(Mark)) {
        let mut compare = |start, word| {
            if self.leads[usize::from(word)].holds(text, start) {
                found(Mark { start, word });
            }
        };
        self.runs.scan(text, starts.clone(), &mut compare);
        self.grams.scan(text, starts, &mut compare);
    }

    pub fn len(&self, word: Word) -> usize {
        self.leads[usize::from(word)].literal.len()
    }

    /// Bytes from a lead's start that decide whether it stands there, beside the one before it.
    pub fn extent(&self, word: Word) -> usize {
        self.leads[usize::from(word)].extent()
    }

    pub fn count(&self) -> usize {
        self.leads.len()
    }

    /// The largest extent of all.
    pub fn longest(&self) -> usize {
        self.longest
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use aho_corasick::AhoCorasick;

    use super::*;

    const WORDS: &[&str] = &[
        "eyJ",
        "abc",
        "ABCD",
        "bcda",
        "aaaa",
        "aaaaa",
        "ghp_",
        "-----BEGIN",
        "@@[",
        "password",
        "passwd",
        "ss",
        "=",
    ];

    fn words() -> impl Iterator<Item = &'static str> {
        WORDS.iter().copied().filter(|word| word.len() >= 3)
    }

    /// What stands where, by a plain automaton.
    fn naive(text: &[u8]) -> Vec<Mark> {
        static AUTOMATON: LazyLock<AhoCorasick> = LazyLock::new(|| {
            AhoCorasick::builder().ascii_case_insensitive(true).build(words()).expect("small")
        });
        let mut marks: Vec<_> = AUTOMATON
            .find_overlapping_iter(text)
            .map(|found| Mark { start: found.start(), word: found.pattern().as_u32() as Word })
            .collect();
        marks.sort();
        marks
    }

    fn fast(text: &[u8]) -> Vec<Mark> {
        static KEYWORDS: LazyLock<Keywords> = LazyLock::new(|| {
            let leads: Vec<Lead> = words().map(Lead::word).collect();
            Keywords::new(leads.iter()).0
        });
        let mut marks = Vec::new();
        KEYWORDS.scan(text, 0..text.len(), |mark| marks.push(mark));
        marks.sort();
        marks
    }

    #[test]
    fn agrees_with_an_automaton_on_random_text() {
        let alphabet = b"abcdABCDeyJpsw_ghr-BEGIN@[o`{ \xff\x00";
        let mut state = 1_u64;
        for round in 0..3000 {
            let mut text: Vec<u8> = (0..round % 67)
                .map(|_| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    alphabet[(state >> 33) as usize % alphabet.len()]
                })
                .collect();
            let word = words().nth(round % words().count()).expect("in range");
            let at = (state >> 40) as usize % (text.len() + 1);
            text.splice(at..at, word.bytes());
            assert_eq!(fast(&text), naive(&text), "{:?}", bstr::BStr::new(&text));
            assert!(!fast(&text).is_empty());
        }
    }

    #[test]
    fn every_word_is_found_at_every_offset_and_in_any_case() {
        for word in words() {
            for before in 0..20 {
                for after in 0..14 {
                    let text =
                        format!("{}{}{}", " ".repeat(before), word.to_ascii_uppercase(), " ".repeat(after));
                    assert_eq!(fast(text.as_bytes()), naive(text.as_bytes()), "{text:?}");
                    assert!(fast(text.as_bytes()).iter().any(|mark| mark.start == before));
                }
            }
        }
    }

    #[test]
    fn what_is_prepared_is_what_is_built() {
        let words: Vec<Lead> = words().map(Lead::word).collect();
        let last = builtin::leads().last().cloned();
        let more = || words.iter().chain(&last).chain(&words);
        let (prepared, which) = Keywords::builtin_and(more());
        let (built, each) = Keywords::new(builtin::leads().iter().chain(more()));
        assert_eq!(prepared, built);
        assert_eq!(which, each[builtin::leads().len()..]);
        assert!(prepared.count() > builtin::leads().len(), "some of them are new");
    }

    /// Every lead of the built-in pack, each in a text made to fit it, cut and cased at random.
    #[test]
    fn leads_stand_where_asking_at_every_byte_says() {
        let leads: Vec<Lead> = builtin::rules().flat_map(|rule| rule.leads.iter().cloned()).collect();
        let (keywords, which) = Keywords::new(leads.iter());
        let mut random = 3_u64;
        let mut below = |bound: usize| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (random >> 33) as usize % bound
        };
        let mut seen = 0;
        for round in 0..3 * leads.len() {
            let lead = &leads[round % leads.len()];
            let mut text: Vec<u8> = (0..below(20)).map(|_| b" a_9\xff"[below(5)]).collect();
            let start = text.len();
            text.extend(&*lead.literal);
            if lead.fold && below(2) == 0 {
                text[start..].make_ascii_uppercase();
            }
            let allowed: Vec<u8> = (0..=255).filter(|&byte| lead.allows(byte)).collect();
            text.extend((0..lead.count).map(|_| allowed[below(allowed.len())]));
            text.extend((0..below(20)).map(|_| b" a_9\xff"[below(5)]));
            let (from, to) = (below(start + 1), start + 1 + below(text.len() - start));
            let mut marks = Vec::new();
            keywords.scan(&text, from..to, |mark| marks.push((mark.start, mark.word)));
            marks.sort_unstable();
            let mut naive: Vec<(usize, Word)> = (from..to)
                .flat_map(|at| leads.iter().zip(&which).map(move |pair| (at, pair)))
                .filter(|(at, (lead, _))| lead.holds(&text, *at))
                .map(|(at, (_, &word))| (at, word))
                .collect();
            naive.sort_unstable();
            naive.dedup();
            assert_eq!(marks, naive, "{:?}", bstr::BStr::new(&text));
            seen += marks.len();
        }
        assert!(seen > 2 * leads.len(), "only {seen} stood");
    }
}
