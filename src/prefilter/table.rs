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
#[derive(Clone, Copy, Default)]
pub struct Entry {
    pub lead: u16,
    /// From the lead's start to the gram's.
    pub offset: u8,
}

/// The bitmap and, for each bit set, its entries.
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
    /// Enters for each entry every spelling of the gram at its offset.
    pub fn new<'l>(all: impl Iterator<Item = (Entry, &'l Lead)>) -> Self {
        let entered = all
            .flat_map(|(entry, lead)| slots(lead, entry.offset).into_iter().map(move |slot| (slot, entry)));
        let entered: Vec<(Slot, Entry)> = entered.collect();
        let mut bitmap = vec![0_u64; 1 << (BITS - 6)].into_boxed_slice();
        for (slot, _) in &entered {
            bitmap[(slot >> 6) as usize] |= 1 << (slot & 63);
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
        for (slot, _) in &entered {
            starts[table.rank(*slot) + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        table.entries = vec![Entry::default(); entered.len()].into();
        for (slot, entry) in entered {
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
