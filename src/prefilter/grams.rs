//! Leads found by a gram of four bytes each, looked for at every second byte.
//!
//! Two grams of a lead are entered, at two places in a row: one of them stands at an even place. They are the rarest
//! pair that it has. Where a gram goes beyond the literal, every byte that may stand there is entered. No automaton,
//! no state; what is found is for the caller to compare, and no lead can be lost.

use std::ops::Range;

use super::table::{Entered, Entry, FOLD, Table};
use crate::pattern::{Lead, lead::per_100_000};

/// A lead's first gram starts at most this far behind its start.
const FARTHEST: usize = 6;

/// Bytes in a step.
const STEP: usize = 16;

/// Leads of two bytes or more, by their numbers.
#[derive(Debug, PartialEq)]
pub struct Grams(Table);

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
        let mut found = |at: usize, gram: u32| {
            for entry in self.0.entries(gram) {
                let start = at.checked_add_signed(-isize::from(entry.offset));
                if let Some(start) = start.filter(|start| starts.contains(start)) {
                    found(start, entry.lead);
                }
            }
        };
        while at < end {
            // The last gram begins two bytes before the step's end.
            let Some(bytes) = text.get(at..at + STEP + 2) else { break };
            let eight =
                |at: usize| FOLD | u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"));
            // Each holds two.
            let words = [eight(0), eight(4), eight(8), eight(10) >> 16];
            let mut grams = [0; 8];
            grams
                .iter_mut()
                .zip(0..)
                .for_each(|(gram, nth)| *gram = (words[nth / 2] >> (16 * (nth % 2))) as u32);
            if grams.iter().fold(0, |any, &gram| any | self.0.holds(gram)) & 1 != 0 {
                let held = grams
                    .iter()
                    .zip(0..)
                    .fold(0, |held, (&gram, nth)| held | (self.0.holds(gram) & 1) << nth);
                let mut left = held;
                while left != 0 {
                    let nth = left.trailing_zeros() as usize;
                    found(at + 2 * nth, grams[nth]);
                    left &= left - 1;
                }
            }
            at += STEP;
        }
        // Bytes beyond the text's end are read as zeros, which any byte may be.
        while at < end {
            let mut bytes = [0; 4];
            let rest = &text[at..text.len().min(at + 4)];
            bytes[..rest.len()].copy_from_slice(rest);
            let gram = FOLD as u32 | u32::from_le_bytes(bytes);
            if self.0.holds(gram) & 1 != 0 {
                found(at, gram);
            }
            at += 2;
        }
    }
}

/// Where the first of the two grams starts that are the rarest in a row, of those that lie in the lead's literal. They
/// go beyond a short one: behind it if what may stand there is known, and before it if not.
fn rarest(lead: &Lead) -> i8 {
    let literal = &lead.literal;
    let often = |offset: usize| -> f64 {
        literal[offset..offset + 4].iter().map(|&byte| f64::from(per_100_000(byte))).product()
    };
    let both = |offset: &usize| often(*offset) + often(offset + 1);
    let offsets = 0..literal.len().saturating_sub(4).min(FARTHEST + 1);
    let rarest = offsets.min_by(|a, b| both(a).total_cmp(&both(b)));
    let short = if literal.len() == 4 && lead.count > 0 { 0 } else { -1 };
    rarest.map_or(short, |offset| offset as i8)
}
