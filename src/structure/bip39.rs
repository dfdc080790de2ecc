//! BIP-39 seed phrases: words of the list, and the few bits of SHA-256 that the last word holds.
//! The list is the standard's own, `bip39.txt`, one word a line.

use std::sync::OnceLock;

use sha2::{Digest, Sha256};

use super::sample::Made;
use super::{Check, Context, Outcome, Strength};

pub(super) const CHECKS: &[Check] = &[Check {
    name: "bip39",
    what: "12 to 24 words of the list, the last bits a SHA-256 of the others",
    source: "https://github.com/bitcoin/bips/blob/master/bip-0039.mediawiki",
    strength: Strength::Partial {
        why: "4 to 8 bits of checksum: one changed word in 16 to 256 goes unnoticed",
    },
    run: phrase,
    sample: phrase_sample,
}];

/// Longer than 24 words of 8 letters with generous separators.
const LONGEST: usize = 1024;

/// The list is sorted, so a word is found by halving and its place is its number.
fn words() -> &'static [&'static str] {
    static WORDS: OnceLock<Vec<&'static str>> = OnceLock::new();
    WORDS.get_or_init(|| include_str!("bip39.txt").lines().collect())
}

fn phrase(value: &[u8], _: &Context<'_>) -> Outcome {
    if value.len() > LONGEST {
        return Outcome::fail("too long for a phrase");
    }
    let lower = value.to_ascii_lowercase();
    let text = std::str::from_utf8(&lower).unwrap_or_default();
    let written: Vec<&str> =
        text.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty()).collect();
    if !matches!(written.len(), 12 | 15 | 18 | 21 | 24) {
        return Outcome::fail("not 12, 15, 18, 21 or 24 words");
    }
    let mut bits = Vec::with_capacity(24 * 11);
    for word in &written {
        let Ok(place) = words().binary_search(word) else {
            return Outcome::fail("a word is not in the list");
        };
        bits.extend((0..11).rev().map(|bit| place >> bit & 1 == 1));
    }
    // 33 bits a block of 3 words: 32 of entropy and 1 of the checksum.
    let (entropy, sum) = bits.split_at(bits.len() / 33 * 32);
    let entropy: Vec<u8> = entropy.chunks(8).map(byte).collect();
    let first = Sha256::digest(&entropy)[0];
    let holds = sum.iter().enumerate().all(|(at, &bit)| bit == (first >> (7 - at) & 1 == 1));
    match holds {
        true => Outcome::pass("all words in the list, checksum bits hold")
            .fact("words", written.len().to_string()),
        false => Outcome::fail("the checksum bits do not hold"),
    }
}

fn byte(bits: &[bool]) -> u8 {
    bits.iter().fold(0, |byte, &bit| byte << 1 | u8::from(bit))
}

fn phrase_sample(made: &mut Made) -> Vec<u8> {
    let blocks = made.pick(&[4, 5, 6, 7, 8]);
    let random = made.bytes::<32>();
    let entropy = &random[..blocks * 4];
    let sum = Sha256::digest(entropy)[0];
    let bit = |at: usize| match entropy.get(at / 8) {
        Some(byte) => byte >> (7 - at % 8) & 1,
        None => sum >> (7 - at % 8) & 1,
    };
    let place = |word: usize| (0..11).fold(0, |place, at| place << 1 | usize::from(bit(word * 11 + at)));
    let phrase: Vec<&str> = (0..blocks * 3).map(|word| words()[place(word)]).collect();
    phrase.join(" ").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::structure::{check, sample};

    #[test]
    fn the_list_is_the_standards() {
        assert_eq!(words().len(), 2048);
        assert!(words().is_sorted());
        let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(include_bytes!("bip39.txt")));
        assert_eq!(digest, "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda");
    }

    /// The all-zero vector of the standard, and its all-`7f` vector.
    #[test]
    fn known_answers() {
        let zeros = "abandon ".repeat(11) + "about";
        let sevens = "legal winner thank year wave sausage worth useful legal winner thank yellow";
        for phrase in [&zeros[..], sevens] {
            assert!(check("bip39", phrase.as_bytes()).expect("registered").is_pass());
        }
        let wrong = "abandon ".repeat(12);
        assert!(check("bip39", wrong.as_bytes()).expect("registered").is_fail());
    }

    #[test]
    fn separators_and_case_do_not_matter() {
        let phrase = String::from_utf8(sample("bip39", 9).expect("registered")).expect("words");
        let written = phrase.replace(' ', "\", \"").to_uppercase();
        assert!(check("bip39", written.as_bytes()).expect("registered").is_pass());
    }

    /// Changed letters mostly leave the list; changed words pass about once in 16.
    #[test]
    fn few_changed_words_pass() {
        let mut passed = 0;
        for seed in 0..400 {
            let phrase = String::from_utf8(sample("bip39", seed).expect("registered")).expect("words");
            let mut written: Vec<&str> = phrase.split(' ').collect();
            written[3] = words()[(seed as usize * 5) % 2048];
            passed +=
                usize::from(check("bip39", written.join(" ").as_bytes()).expect("registered").is_pass());
        }
        assert!(passed < 40, "{passed} of 400");
    }
}
