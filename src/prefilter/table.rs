//! Which leads a gram of four bytes may stand for: a bitmap that says none for nearly all, and lists.
//!
//! Grams are folded by setting bit 5 of every byte, which makes ASCII letters lower-case. That only adds false
//! alarms.

use crate::pattern::Lead;

/// Bits in the bitmap, as a power of two: so many that few grams share a bit with one that is entered.
const BITS: u32 = 20;

/// Lists, as a power of two.
const LISTS: u32 = 13;

/// Set bit 5 of every byte: the same for both sides.
pub const FOLD: u64 = 0x2020_2020_2020_2020;

/// A folded gram, mixed: each has its own.
type Hash = u32;

/// A lead that a gram may stand for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    pub lead: u16,
    /// From the lead's start to the gram's.
    pub offset: i8,
}

/// An entry for one spelling of its gram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entered {
    hash: Hash,
    entry: Entry,
}

impl Entered {
    /// One for each spelling of the gram at the entry's offset.
    pub fn all<'l>(leads: impl Iterator<Item = (Entry, &'l Lead)>) -> Vec<Self> {
        let each = |(entry, lead): (Entry, &Lead)| {
            spellings(lead, entry.offset).into_iter().map(move |gram| Self { hash: hash(gram), entry })
        };
        leads.flat_map(each).collect()
    }

    /// As the build script writes it down.
    #[cfg_attr(not(test), allow(dead_code, reason = "the build script calls it"))]
    pub fn to_bytes(self) -> [u8; 8] {
        let Entry { lead, offset } = self.entry;
        (u64::from(self.hash) << 32 | u64::from(offset as u8) << 16 | u64::from(lead)).to_le_bytes()
    }

    pub fn from_bytes(bytes: [u8; 8]) -> Self {
        let packed = u64::from_le_bytes(bytes);
        Self {
            hash: (packed >> 32) as Hash,
            entry: Entry { lead: packed as u16, offset: (packed >> 16) as i8 },
        }
    }
}

/// The bitmap, and the entries in lists by the highest bits of their hashes.
#[derive(Debug, PartialEq)]
pub struct Table {
    bitmap: Box<[u64]>,
    /// Where each list starts; and an end.
    starts: Box<[u32]>,
    entered: Box<[Entered]>,
}

/// `gram` is folded.
fn hash(gram: u32) -> Hash {
    gram.wrapping_mul(0x9e37_79b1)
}

fn bit(hash: Hash) -> usize {
    (hash >> (32 - BITS)) as usize
}

fn list(hash: Hash) -> usize {
    (hash >> (32 - LISTS)) as usize
}

impl Table {
    pub fn new(entered: impl Iterator<Item = Entered> + Clone) -> Self {
        let mut bitmap = vec![0_u64; 1 << (BITS - 6)].into_boxed_slice();
        // By counting: how long each list is, where it starts, and each entry to its place.
        let mut starts = vec![0_u32; (1 << LISTS) + 1].into_boxed_slice();
        for Entered { hash, .. } in entered.clone() {
            bitmap[bit(hash) >> 6] |= 1 << (bit(hash) & 63);
            starts[list(hash) + 1] += 1;
        }
        let mut count = 0;
        for start in &mut starts {
            count += *start;
            *start = count;
        }
        let mut next = starts.clone();
        let mut sorted =
            vec![Entered { hash: 0, entry: Entry::default() }; count as usize].into_boxed_slice();
        for one in entered {
            let place = &mut next[list(one.hash)];
            sorted[*place as usize] = one;
            *place += 1;
        }
        Self { bitmap, starts, entered: sorted }
    }

    /// In bit 0, whether there may be entries for a folded gram; the other bits mean nothing.
    pub fn holds(&self, gram: u32) -> u64 {
        let bit = bit(hash(gram));
        self.bitmap[bit >> 6] >> (bit & 63)
    }

    /// Those of a folded gram.
    pub fn entries(&self, gram: u32) -> impl Iterator<Item = Entry> {
        let hash = hash(gram);
        let list = self.starts[list(hash)] as usize..self.starts[list(hash) + 1] as usize;
        self.entered[list].iter().filter(move |one| one.hash == hash).map(|one| one.entry)
    }
}

/// Every spelling of the gram at `offset`, folded.
fn spellings(lead: &Lead, offset: i8) -> Vec<u32> {
    let mut grams = vec![0_u32];
    for nth in (0..4).rev() {
        let place = 0_usize.checked_add_signed(isize::from(offset) + nth);
        match place.and_then(|place| lead.literal.get(place)) {
            Some(&byte) => grams.iter_mut().for_each(|gram| *gram = *gram << 8 | u32::from(byte | 0x20)),
            None => {
                let known = place.is_some_and(|place| place < lead.extent());
                let folded = (0..=u8::MAX).filter(|byte| byte & 0x20 != 0);
                let may = folded.filter(|byte| !known || lead.allows(*byte) || lead.allows(byte & !0x20));
                let may: Vec<u32> = may.map(u32::from).collect();
                grams = grams.iter().flat_map(|gram| may.iter().map(move |byte| gram << 8 | byte)).collect();
            }
        }
    }
    grams
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_down_is_read_again() {
        for (hash, lead, offset) in [(0, 0, 0), (1, 2, -1), (u32::MAX, u16::MAX, 4)] {
            let entered = Entered { hash, entry: Entry { lead, offset } };
            assert_eq!(Entered::from_bytes(entered.to_bytes()), entered);
        }
    }
}
