//! Keywords, compared without case, over a whole text in one pass.

use std::collections::BTreeMap;

use super::grams::Grams;

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
    grams: Grams,
}

impl Keywords {
    /// More words than this cannot be told apart.
    pub const MOST: usize = Word::MAX as usize;

    /// Words of three bytes or more, at most `MOST`; those that differ only in case are one.
    /// Also returns which word each of the given ones became.
    pub fn new<'w>(words: impl Iterator<Item = &'w str>) -> (Self, Vec<Word>) {
        let mut known = BTreeMap::new();
        let mut unique: Vec<Box<[u8]>> = Vec::new();
        let which = words
            .map(|word| {
                let folded = word.to_ascii_lowercase();
                *known.entry(folded).or_insert_with_key(|folded| {
                    unique.push(folded.as_bytes().into());
                    Word::try_from(unique.len() - 1).expect("the caller keeps to MOST words")
                })
            })
            .collect();
        let grams = Grams::new(unique.iter().map(|word| &**word));
        (Self { words: unique, grams }, which)
    }

    /// Calls `found` for every place of every word: each once, in no promised order.
    pub fn scan(&self, text: &[u8], mut found: impl FnMut(Mark)) {
        self.grams.scan(text, |start, word| {
            let bytes = &self.words[usize::from(word)];
            let stands =
                text.get(start..start + bytes.len()).is_some_and(|here| here.eq_ignore_ascii_case(bytes));
            if stands {
                found(Mark { start, word });
            }
        });
    }

    pub fn len(&self, word: Word) -> usize {
        self.words[usize::from(word)].len()
    }

    pub fn count(&self) -> usize {
        self.words.len()
    }

    /// Bytes of the longest word: what two neighbouring texts must share for no word to be lost between them.
    pub fn longest(&self) -> usize {
        self.words.iter().map(|word| word.len()).max().unwrap_or(0)
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
        let (keywords, _) = Keywords::new(words());
        let mut marks = Vec::new();
        keywords.scan(text, |mark| marks.push(mark));
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
