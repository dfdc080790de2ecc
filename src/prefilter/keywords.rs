//! Keywords, compared without case, over a whole text in one pass.

use std::{collections::BTreeMap, ops::Range};

use super::grams::Grams;
use crate::pattern::Around;

/// Which word of a set.
pub type Word = u16;

/// A keyword that stands in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark {
    pub start: usize,
    pub word: Word,
}

/// A set of keywords ready to be looked for.
pub struct Keywords {
    words: Vec<Box<[u8]>>,
    /// For each word, what must stand around it, if all that asked for the word agree.
    around: Vec<Around>,
    grams: Grams,
    margin: usize,
}

impl Keywords {
    /// More words than this cannot be told apart.
    pub const MOST: usize = Word::MAX as usize;

    /// Words of three bytes or more, at most `MOST`, each with what must stand around it; those that
    /// differ only in case are one. Also returns which word each of the given ones became.
    pub fn new<'w>(words: impl Iterator<Item = (&'w str, &'w Around)>) -> (Self, Vec<Word>) {
        let mut known = BTreeMap::new();
        let mut unique: Vec<Box<[u8]>> = Vec::new();
        let mut arounds: Vec<Around> = Vec::new();
        let which = words
            .map(|(word, around)| {
                let folded = word.to_ascii_lowercase();
                let index = *known.entry(folded).or_insert_with_key(|folded| {
                    unique.push(folded.as_bytes().into());
                    arounds.push(around.clone());
                    Word::try_from(unique.len() - 1).expect("the caller keeps to MOST words")
                });
                let agreed = &mut arounds[usize::from(index)];
                if agreed != around {
                    *agreed = Around::default();
                }
                index
            })
            .collect();
        let grams = Grams::new(unique.iter().map(|word| &**word));
        let lengths = unique.iter().zip(&arounds).map(|(word, around)| word.len().max(around.extent()));
        let margin = lengths.max().unwrap_or(0) + 1;
        (Self { words: unique, around: arounds, grams, margin }, which)
    }

    /// Calls `found` for every place of every word within `range`: each once, in no promised order. What
    /// stands around a word may stand outside the range.
    pub fn scan(&self, text: &[u8], range: Range<usize>, mut found: impl FnMut(Mark)) {
        let shift = range.start;
        let part = &text[range];
        self.grams.scan(part, |start, word| {
            let bytes = &self.words[usize::from(word)];
            let around = &self.around[usize::from(word)];
            let stands =
                part.get(start..start + bytes.len()).is_some_and(|here| here.eq_ignore_ascii_case(bytes));
            if stands && around.holds(text, start + shift) {
                found(Mark { start: start + shift, word });
            }
        });
    }

    pub fn len(&self, word: Word) -> usize {
        self.words[usize::from(word)].len()
    }

    /// Bytes from a word's start that decide whether it is found.
    pub fn extent(&self, word: Word) -> usize {
        self.len(word).max(self.around[usize::from(word)].extent())
    }

    pub fn count(&self) -> usize {
        self.words.len()
    }

    /// Bytes before and after a word's start beyond which nothing decides whether it is found.
    pub fn margin(&self) -> usize {
        self.margin
    }
}

#[cfg(test)]
mod tests {
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
        let automaton = AhoCorasick::builder().ascii_case_insensitive(true).build(words()).expect("small");
        let mut marks: Vec<_> = automaton
            .find_overlapping_iter(text)
            .map(|found| Mark { start: found.start(), word: found.pattern().as_u32() as Word })
            .collect();
        marks.sort();
        marks
    }

    fn fast(text: &[u8]) -> Vec<Mark> {
        let anything = Around::default();
        let (keywords, _) = Keywords::new(words().map(|word| (word, &anything)));
        let mut marks = Vec::new();
        keywords.scan(text, 0..text.len(), |mark| marks.push(mark));
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
}
