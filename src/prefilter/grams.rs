//! Leads found by one gram of four bytes each, the rarest they have.
//!
//! Where a gram goes beyond the literal, every byte that may stand there is entered. No automaton, no
//! state; what is found is for the caller to compare, and no lead can be lost.

use std::ops::Range;

use super::table::{Entered, Entry, FOLD, Table};
use crate::pattern::{Lead, lead::per_100_000};

/// A gram starts at most this far behind its lead's start.
const FARTHEST: usize = 4;

/// Leads of two bytes or more, by their numbers.
#[derive(Debug, PartialEq)]
pub struct Grams(Table);

impl Grams {
    /// What is entered for these leads.
    pub fn entered<'l>(leads: impl Iterator<Item = (u16, &'l Lead)>) -> Vec<Entered> {
        Entered::all(leads.map(|(number, lead)| (Entry { lead: number, offset: rarest(lead) }, lead)))
    }

    pub fn new(entered: impl Iterator<Item = Entered> + Clone) -> Self {
        Self(Table::new(entered))
    }

    /// Calls `found(start, lead)` wherever within `starts` a lead may start, once.
    pub fn scan(&self, text: &[u8], starts: Range<usize>, mut found: impl FnMut(usize, u16)) {
        let mut at = starts.start;
        let end = text.len().min(starts.end + FARTHEST);
        let mut found = |at: usize, gram: u32| {
            for entry in self.0.entries(gram) {
                let start = at.checked_sub(usize::from(entry.offset));
                if let Some(start) = start.filter(|start| starts.contains(start)) {
                    found(start, entry.lead);
                }
            }
        };
        // Eight bytes a step, with the four after them for the last gram.
        while at < end {
            let Some(bytes) = text.get(at..at + 12) else { break };
            let low = FOLD | u64::from_le_bytes(bytes[..8].try_into().expect("eight bytes"));
            let high = FOLD | u64::from_le_bytes(bytes[4..].try_into().expect("eight bytes"));
            let grams = [low, low >> 8, low >> 16, low >> 24, high, high >> 8, high >> 16, high >> 24]
                .map(|gram| gram as u32);
            if grams.iter().fold(0, |any, &gram| any | self.0.holds(gram)) & 1 != 0 {
                for (nth, &gram) in grams.iter().enumerate() {
                    if self.0.holds(gram) & 1 != 0 {
                        found(at + nth, gram);
                    }
                }
            }
            at += 8;
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
            at += 1;
        }
    }
}

/// Where the lead's rarest gram starts, of those that lie in it, or its first.
fn rarest(lead: &Lead) -> u8 {
    let often = |&offset: &usize| -> f64 {
        let gram = &lead.literal[offset..offset + 4];
        gram.iter().map(|&byte| f64::from(per_100_000(byte))).product()
    };
    let offsets = 0..(lead.literal.len() + 1).saturating_sub(4).min(FARTHEST + 1);
    offsets.min_by(|a, b| often(a).total_cmp(&often(b))).unwrap_or(0) as u8
}
