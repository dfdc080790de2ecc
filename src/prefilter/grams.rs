//! Leads found by a gram of four bytes each, looked for at every second byte.
//!
//! Two grams of a lead are entered, at two places in a row: one of them stands at an even place. They are the rarest
//! pair that it has. Where a gram goes beyond the literal, every byte that may stand there is entered. No automaton,
//! no state; what is found is for the caller to compare, and no lead can be lost.

use std::{cmp::Ordering, ops::Range};

use super::{
    pairs::share_of,
    table::{EVERY_KEY, Entered, Entry, Key, Table, count, gram, key},
};
use crate::pattern::Lead;

/// A lead's first gram starts at most this far behind its start.
const FARTHEST: usize = 6;

/// Bytes in a step.
const STEP: usize = 16;

/// Grams in a step, the last of which begins two bytes before its end.
const GRAMS: usize = STEP / 2;

/// A gram that may be so many is not entered if another will do.
const MANY: u32 = 1 << 10;

/// Leads of two bytes or more, by their numbers.
#[derive(Debug, PartialEq)]
pub struct Grams(Table<EVERY_KEY>);

impl Grams {
    /// What is entered for these leads.
    pub fn entered<'l>(leads: impl Iterator<Item = (u16, &'l Lead)>) -> Vec<Entered> {
        Entered::all(leads.flat_map(|(number, lead)| {
            let first = rarest(lead);
            [first, first + 1].map(|offset| (Entry { lead: number, offset }, lead))
        }))
    }

    pub fn new(entered: impl Iterator<Item = Entered> + Clone) -> Self {
        Self(Table::new(entered))
    }

    /// Calls `found(start, lead)` wherever within `starts` a lead may start, once.
    pub fn scan(&self, text: &[u8], starts: Range<usize>, mut found: impl FnMut(usize, u16)) {
        // A gram may begin with the byte before its lead. At a text's start there is none, but then the other gram
        // stands at the first place.
        let mut at = starts.start.saturating_sub(1);
        let end = text.len().min(starts.end + FARTHEST + 1);
        let mut found = |at: usize, key: Key| {
            for entry in self.0.entries(key) {
                let start = at.checked_add_signed(-isize::from(entry.offset));
                if let Some(start) = start.filter(|start| starts.contains(start)) {
                    found(start, entry.lead);
                }
            }
        };
        while at < end {
            let Some(bytes) = text.get(at..).and_then(|rest| rest.first_chunk()) else { break };
            let keys = keys(bytes);
            let mut held = keys.iter().zip(0..).fold(0, |held, (&key, nth)| held | self.0.holds(key) << nth);
            while held != 0 {
                let nth = held.trailing_zeros() as usize;
                found(at + place(nth), keys[nth]);
                held &= held - 1;
            }
            at += STEP;
        }
        // Bytes beyond the text's end are read as zeros, which any byte may be.
        while at < end {
            let mut bytes = [0; 4];
            let rest = &text[at..text.len().min(at + 4)];
            bytes[..rest.len()].copy_from_slice(rest);
            let key = key(u32::from_le_bytes(bytes));
            if self.0.holds(key) != 0 {
                found(at, key);
            }
            at += 2;
        }
    }
}

/// Where in a step the gram of the nth key begins.
fn place(nth: usize) -> usize {
    4 * (nth % 4) + 2 * (nth / 4)
}

/// The keys of the grams of a step.
#[cfg(target_arch = "x86_64")]
#[inline]
fn keys(bytes: &[u8; STEP + 2]) -> [Key; GRAMS] {
    use std::arch::x86_64::{
        _mm_and_si128, _mm_loadu_si128, _mm_madd_epi16, _mm_or_si128, _mm_set1_epi16, _mm_set1_epi32,
        _mm_srli_epi16, _mm_storeu_si128,
    };
    let mut keys = [0; GRAMS];
    #[expect(unsafe_code, reason = "`plain_keys` takes half as long again for a whole scan")]
    // SAFETY: these ask for SSE2, which is a part of x86-64. Sixteen bytes are read at 0 and 2 of eighteen, and four
    // keys of four bytes each are written at 0 and 4 of eight.
    unsafe {
        let (first, second) = (_mm_set1_epi16(0x1f), _mm_set1_epi16(0x3e0));
        for from in [0, 2] {
            let bytes = _mm_loadu_si128(bytes.as_ptr().add(from).cast());
            // Ten bits of each two bytes, and twenty of each four.
            let two =
                _mm_or_si128(_mm_and_si128(bytes, first), _mm_and_si128(_mm_srli_epi16(bytes, 3), second));
            let four = _mm_madd_epi16(two, _mm_set1_epi32(1 << 26 | 1));
            _mm_storeu_si128(keys.as_mut_ptr().add(2 * from).cast(), four);
        }
    }
    keys
}

#[cfg(not(target_arch = "x86_64"))]
use plain_keys as keys;

#[cfg(any(test, not(target_arch = "x86_64")))]
#[inline]
fn plain_keys(bytes: &[u8; STEP + 2]) -> [Key; GRAMS] {
    std::array::from_fn(|nth| {
        let gram = bytes[place(nth)..][..4].try_into().expect("four bytes");
        key(u32::from_le_bytes(gram))
    })
}

/// Where the first of the two grams starts that are the rarest in a row, and not too many.
fn rarest(lead: &Lead) -> i8 {
    let farthest = lead.literal.len().saturating_sub(3).min(FARTHEST) as i8;
    let both = |offset: i8| {
        let grams = [offset, offset + 1].map(|offset| gram(lead, offset));
        let share: f64 = grams.iter().map(|gram| share_of(gram)).sum();
        (grams.iter().any(|gram| count(*gram) >= MANY), share)
    };
    let order = |a: &(bool, f64), b: &(bool, f64)| -> Ordering { a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)) };
    let all = (-1..=farthest).map(|offset| (both(offset), offset));
    all.min_by(|(a, _), (b, _)| order(a, b)).map_or(-1, |(_, offset)| offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processors_agree_on_the_keys() {
        let mut state = 9_u64;
        for _ in 0..2000 {
            let bytes = std::array::from_fn(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (state >> 33) as u8
            });
            assert_eq!(keys(&bytes), plain_keys(&bytes));
        }
    }

    #[test]
    fn the_rarest_part_of_a_lead_is_looked_for() {
        for (word, around) in [("with_zq9x", 4..=5), ("-----begin", 4..=5), ("zq9x_client", 0..=1)] {
            let first = rarest(&Lead::word(word));
            assert!(around.contains(&first), "{word}: {first}");
        }
    }
}
