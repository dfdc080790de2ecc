//! Leads of short prefixes at the start of a word that a long run of token bytes must follow, as with most tokens.
//!
//! A prefix of two to four bytes is too common to be looked for alone. But what follows it is a run of
//! letters, digits and a few signs, longer than nearly all words: so the runs are found first, as bits
//! of whole blocks and without a branch, and a prefix is looked for only where a word and one begin.

use std::ops::Range;

use super::table::{Entered, Entry, GRAM, Table, key};
use crate::{
    block::{BLOCK, class, masks},
    pattern::{Lead, lead::LONGEST},
};

/// The bytes of a gram, which a prefix may fill.
const PREFIX: usize = GRAM;

/// Token bytes that must follow these.
const RUN: usize = LONGEST - PREFIX;

/// A bit for each three bytes, in 4 KiB.
const WORDS: usize = 1 << 9;

/// Leads that `fit`, by their numbers.
#[derive(Debug, PartialEq)]
pub struct Runs(Table<WORDS>);

const fn is_letter(byte: u8) -> bool {
    (byte | 0x20).wrapping_sub(b'a') <= 25
}

/// Letters, digits, and signs that stand in tokens: asked without a branch, for many bytes at once.
const fn is_token(byte: u8) -> bool {
    is_letter(byte)
        | (byte.wrapping_sub(b'+') <= b':' - b'+')
        | (byte == b'=')
        | (byte == b'_')
        | (byte == b'~')
}

/// Letters, digits and the underscore, likewise.
const fn is_word(byte: u8) -> bool {
    is_letter(byte) | (byte.wrapping_sub(b'0') <= 9) | (byte == b'_')
}

class!(Token, is_token);
class!(Word, is_word);

/// Whether a lead is one of a short prefix at the start of a word that a run of token bytes must follow.
pub fn fit(lead: &Lead) -> bool {
    lead.boundary
        && lead.literal.len() <= PREFIX
        && lead.extent() >= PREFIX + RUN
        && (0..=u8::MAX).all(|byte| is_token(byte) || !lead.allows(byte))
}

impl Runs {
    /// What is entered for these leads.
    pub fn entered<'l>(leads: impl Iterator<Item = (u16, &'l Lead)>) -> Vec<Entered> {
        Entered::all(leads.map(|(lead, at)| (Entry { lead, offset: 0 }, at)))
    }

    pub fn new(entered: impl Iterator<Item = Entered> + Clone) -> Self {
        Self(Table::new(entered))
    }

    /// Calls `found(start, lead)` wherever within `starts` a lead may start, once.
    pub fn scan(&self, text: &[u8], starts: Range<usize>, mut found: impl FnMut(usize, u16)) {
        let mut at = starts.start;
        let [tokens, mut words] = masks::<Token, Word>(text, at);
        let mut tokens = u128::from(tokens);
        let mut inside = u64::from(at > 0 && text.get(at - 1).is_some_and(|&byte| is_word(byte)));
        while at < starts.end {
            let left = starts.end - at;
            let mut next_words = 0;
            if left + PREFIX + RUN > BLOCK {
                let next;
                [next, next_words] = masks::<Token, Word>(text, at + BLOCK);
                tokens |= u128::from(next) << BLOCK;
            }
            let mut begin = begin_runs(tokens >> PREFIX) as u64 & !(words << 1 | inside);
            if left < BLOCK {
                begin &= (1 << left) - 1;
            }
            while begin != 0 {
                let start = at + begin.trailing_zeros() as usize;
                let bytes = text[start..start + PREFIX].try_into().expect("a run follows them");
                let key = key(u32::from_le_bytes(bytes));
                if self.0.holds(key) != 0 {
                    self.0.entries(key).for_each(|entry| found(start, entry.lead));
                }
                begin &= begin - 1;
            }
            inside = words >> (BLOCK - 1);
            words = next_words;
            tokens >>= BLOCK;
            at += BLOCK;
        }
    }
}

/// Where `RUN` bits in a row are set: the first of each such row.
fn begin_runs(bits: u128) -> u128 {
    const { assert!(RUN == 12) };
    let two = bits & bits >> 1;
    let four = two & two >> 2;
    let eight = four & four >> 4;
    eight & four >> 8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_told_for_many_bytes_at_once() {
        let written =
            |byte: u8| byte.is_ascii_alphabetic() || matches!(byte, b'+'..=b':' | b'=' | b'_' | b'~');
        assert!((0..=u8::MAX).all(|byte| is_token(byte) == written(byte)));
        let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        assert!((0..=u8::MAX).all(|byte| is_word(byte) == word(byte)));
    }
}
