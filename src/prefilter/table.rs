//! Which leads a gram of four bytes may stand for: a bitmap that says none for nearly all, and lists.
//!
//! Grams are folded by setting bit 5 of every byte, which makes ASCII letters lower-case, and hashed. Both
//! only add false alarms.

use crate::pattern::Lead;

/// Bits in the bitmap, as a power of two.
const BITS: u32 = 17;

/// Set bit 5 of every byte: the same for both sides.
pub const FOLD: u64 = 0x2020_2020_2020_2020;

type Slot = u32;

/// A lead that a gram may stand for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    pub lead: u16,
    /// From the lead's start to the gram's.
    pub offset: u8,
}

/// An entry for one spelling of its gram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entered {
    slot: Slot,
    entry: Entry,
}

impl Entered {
    /// One for each spelling of the gram at the entry's offset.
    pub fn all<'l>(leads: impl Iterator<Item = (Entry, &'l Lead)>) -> Vec<Self> {
        let each = |(entry, lead): (Entry, &Lead)| {
            slots(lead, entry.offset).into_iter().map(move |slot| Self { slot, entry })
        };
        leads.flat_map(each).collect()
    }

    /// As the build script writes it down.
    #[cfg_attr(not(test), allow(dead_code, reason = "the build script calls it"))]
    pub fn to_bytes(self) -> [u8; 8] {
        let Entry { lead, offset } = self.entry;
        (u64::from(self.slot) << 32 | u64::from(offset) << 16 | u64::from(lead)).to_le_bytes()
    }

    pub fn from_bytes(bytes: [u8; 8]) -> Self {
        let packed = u64::from_le_bytes(bytes);
        Self {
            slot: (packed >> 32) as Slot,
            entry: Entry { lead: packed as u16, offset: (packed >> 16) as u8 },
        }
    }
}

/// The bitmap and, for each bit set, its entries.
#[derive(Debug, PartialEq)]
pub struct Table {
    bitmap: Box<[u64]>,
    /// Bits set before each word of the bitmap.
    ranks: Box<[u32]>,
    /// For each bit set, in order, where its entries start; and an end.
    starts: Box<[u32]>,
    entries: Box<[Entry]>,
}

/// `gram` is folded.
fn slot(gram: u32) -> Slot {
    gram.wrapping_mul(0x9e37_79b1) >> (32 - BITS)
}

impl Table {
    pub fn new(entered: impl Iterator<Item = Entered> + Clone) -> Self {
        let mut bitmap = vec![0_u64; 1 << (BITS - 6)].into_boxed_slice();
        let mut count = 0;
        for Entered { slot, .. } in entered.clone() {
            bitmap[(slot >> 6) as usize] |= 1 << (slot & 63);
            count += 1;
        }
        let mut total = 0;
        let ranks = bitmap.iter().map(|bits| {
            total += bits.count_ones();
            total - bits.count_ones()
        });
        let ranks = ranks.collect();
        let mut table = Self { bitmap, ranks, starts: Box::default(), entries: Box::default() };
        // By counting: how many entries each bit has, where they start, and each to its place.
        let mut starts = vec![0_u32; total as usize + 1];
        for Entered { slot, .. } in entered.clone() {
            starts[table.rank(slot) + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        table.entries = vec![Entry::default(); count].into();
        for Entered { slot, entry } in entered {
            let place = &mut next[table.rank(slot)];
            table.entries[*place as usize] = entry;
            *place += 1;
        }
        table.starts = starts.into();
        table
    }

    /// In bit 0, whether there may be entries for a folded gram; the other bits mean nothing.
    pub fn holds(&self, gram: u32) -> u64 {
        let slot = slot(gram);
        self.bitmap[(slot >> 6) as usize] >> (slot & 63)
    }

    /// Those of a folded gram that `holds`.
    pub fn entries(&self, gram: u32) -> &[Entry] {
        let rank = self.rank(slot(gram));
        &self.entries[self.starts[rank] as usize..self.starts[rank + 1] as usize]
    }

    /// How many bits are set before that one.
    fn rank(&self, slot: Slot) -> usize {
        let cell = (slot >> 6) as usize;
        let below = self.bitmap[cell] & ((1 << (slot & 63)) - 1);
        (self.ranks[cell] + below.count_ones()) as usize
    }
}

/// The slots of every spelling of the gram at `offset`, each once.
fn slots(lead: &Lead, offset: u8) -> Vec<Slot> {
    let first = usize::from(offset);
    let mut grams = vec![0_u32];
    for nth in (0..4).rev() {
        let place = first + nth;
        match lead.literal.get(place) {
            Some(&byte) => grams.iter_mut().for_each(|gram| *gram = *gram << 8 | u32::from(byte | 0x20)),
            None => {
                let known = place < lead.extent();
                let folded = (0..=u8::MAX).filter(|byte| byte & 0x20 != 0);
                let may = folded.filter(|byte| !known || lead.allows(*byte) || lead.allows(byte & !0x20));
                let may: Vec<u32> = may.map(u32::from).collect();
                grams = grams.iter().flat_map(|gram| may.iter().map(move |byte| gram << 8 | byte)).collect();
            }
        }
    }
    let mut slots: Vec<Slot> = grams.into_iter().map(slot).collect();
    slots.sort_unstable();
    slots.dedup();
    slots
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_down_is_read_again() {
        for (slot, lead, offset) in [(0, 0, 0), (1, 2, 3), ((1 << BITS) - 1, u16::MAX, 4)] {
            let entered = Entered { slot, entry: Entry { lead, offset } };
            assert_eq!(Entered::from_bytes(entered.to_bytes()), entered);
        }
    }
}
