//! The one pass over a text: where a run of coded characters begins, and where a byte stands that may
//! begin an escape or close a literal. Whole blocks become masks, without a branch.

use std::ops::Range;

use super::chars::{CODED, is_coded, may_count};
use crate::block::{self, BLOCK, class};

/// Coded characters in a row that are looked at.
pub const RUN: usize = 10;

/// Takes what the pass comes upon: each kind in order of the text, not both together.
pub trait Marks {
    /// A run of at least `RUN` coded characters.
    fn run(&mut self, run: Range<usize>);
    /// A special byte that `may_count`.
    fn special(&mut self, at: usize);
}

/// Tells the marks within `range`. A run is looked at beyond its end, and before its start.
pub fn scan(text: &[u8], range: Range<usize>, marks: &mut impl Marks) {
    let mut at = range.start;
    let mut inside = at > 0 && is_coded(text[at - 1]);
    let [coded, mut special] = masks(text, at);
    let mut coded = u128::from(coded);
    while at < range.end {
        let left = range.end - at;
        // A run may go on in the next block, which is looked at only if one can.
        let mut known = BLOCK;
        let mut next_special = 0;
        if left > BLOCK - RUN {
            let next;
            [next, next_special] = masks(text, at + BLOCK);
            coded |= u128::from(next) << BLOCK;
            known = 2 * BLOCK;
        }
        let mut starts = begin_runs(coded) as u64 & !((coded as u64) << 1 | u64::from(inside));
        if left < BLOCK {
            starts &= (1 << left) - 1;
            special &= (1 << left) - 1;
        }
        while starts != 0 {
            let start = starts.trailing_zeros();
            let len = (!(coded >> start)).trailing_zeros();
            // What is not in sight any more is looked at by itself.
            let mut end = at + (start + len) as usize;
            if (start + len) as usize == known {
                end = CODED.end(text, end);
            }
            marks.run(at + start as usize..end);
            starts &= starts - 1;
        }
        // Most count for nothing, and no branch says so.
        let mut left = special;
        while left != 0 {
            let bit = left.trailing_zeros();
            let place = at + bit as usize;
            let before = if place > 0 { text[place - 1] } else { 0 };
            let next = text.get(place + 1).copied().unwrap_or_default();
            special ^= u64::from(!may_count(before, text[place], next)) << bit;
            left &= left - 1;
        }
        while special != 0 {
            marks.special(at + special.trailing_zeros() as usize);
            special &= special - 1;
        }
        inside = coded as u64 >> (BLOCK - 1) == 1;
        coded >>= BLOCK;
        special = next_special;
        at += BLOCK;
    }
}

/// Which of the 64 bytes from `at` on are coded, and which special.
fn masks(text: &[u8], at: usize) -> [u64; 2] {
    block::masks::<Coded, Special>(text, at)
}

class!(Coded, coded);
class!(Special, special);

/// `is_coded`, as a processor does it for many bytes at once.
const fn coded(byte: u8) -> bool {
    let letter = (byte | 0x20).wrapping_sub(b'a') <= 25;
    let digit = byte.wrapping_sub(b'/') <= 10;
    // Plus and minus differ by one bit, once plus is taken off.
    let sign = byte.wrapping_sub(b'+') & !2 == 0;
    letter | digit | sign | (byte == b'_')
}

/// `is_special`, likewise.
const fn special(byte: u8) -> bool {
    (byte.wrapping_sub(b'%') <= 2) | (byte == b'"') | (byte == b'`') | (byte == b'=') | (byte == b'\\')
}

/// Where `RUN` bits in a row are set.
fn begin_runs(bits: u128) -> u128 {
    const { assert!(RUN == 10) };
    let two = bits & bits >> 1;
    let four = two & two >> 2;
    let eight = four & four >> 4;
    eight & two >> 8
}

#[cfg(test)]
mod tests {
    use super::{super::chars::is_special, *};

    #[derive(Default, PartialEq, Debug)]
    struct Seen(Vec<Range<usize>>, Vec<usize>);

    impl Marks for Seen {
        fn run(&mut self, run: Range<usize>) {
            self.0.push(run);
        }

        fn special(&mut self, at: usize) {
            self.1.push(at);
        }
    }

    #[test]
    fn classes_are_those_of_the_tables() {
        for byte in 0..=u8::MAX {
            assert_eq!((coded(byte), special(byte)), (is_coded(byte), is_special(byte)), "{byte}");
        }
    }

    #[test]
    fn masks_tell_what_a_look_at_each_byte_tells() {
        let mut state = 3_u64;
        let mut runs = 0;
        for round in 0..2000 {
            let mut text = Vec::new();
            for _ in 0..round % 300 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                if state >> 60 == 0 {
                    text.extend([b'b'; 200]);
                }
                text.push(b"aaaaaaaaaaaZ90+-/__ =%\\\"\xff\0&"[(state >> 33) as usize % 25]);
            }
            let (from, to) = (text.len() / 5, text.len() - text.len() / 7);
            let mut seen = Seen::default();
            scan(&text, from..to, &mut seen);
            let coded = |at: usize| text.get(at).is_some_and(|byte| is_coded(*byte));
            let begins = |at: &usize| (0..RUN).all(|next| coded(at + next)) && (*at == 0 || !coded(at - 1));
            let byte = |at: Option<usize>| at.and_then(|at| text.get(at)).copied().unwrap_or_default();
            let counts = |at: &usize| {
                let (before, next) = (byte(at.checked_sub(1)), byte(Some(at + 1)));
                is_special(text[*at]) && may_count(before, text[*at], next)
            };
            let wanted = Seen(
                (from..to).filter(begins).map(|at| at..CODED.end(&text, at)).collect(),
                (from..to).filter(counts).collect(),
            );
            runs += wanted.0.len();
            assert_eq!(seen, wanted, "{from}..{to} {text:?}");
        }
        assert!(runs > 1000, "{runs}");
    }
}
