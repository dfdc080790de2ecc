//! Which leads a gram of four bytes may stand for: a bitmap that says none for nearly all, and lists.
//!
//! Of each byte the five lowest bits count, which makes letters of either case the same, and a gram a number of 20
//! bits. That only adds false alarms.

use super::pairs::{Values, each};
use crate::pattern::Lead;

/// Bytes of a gram.
pub const GRAM: usize = 4;

/// The five lowest bits of each of its bytes, the first byte's lowest.
pub type Key = u32;

/// The highest bits of a key, which say its list, as a power of two.
const LISTS: u32 = 13;

const KEY_BITS: u32 = 20;

/// A gram's key, from its bytes in the order of memory.
#[inline]
pub fn key(gram: u32) -> Key {
    gram & 0x1f | gram >> 3 & 0x3e0 | gram >> 6 & 0x7c00 | gram >> 9 & 0xf8000
}

/// A lead that a gram may stand for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    pub lead: u16,
    /// From the lead's start to the gram's.
    pub offset: i8,
}

/// An entry for one key of its gram.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Entered {
    key: Key,
    entry: Entry,
}

impl Entered {
    /// One for each key that the gram at the entry's offset may have.
    pub fn all<'l>(leads: impl Iterator<Item = (Entry, &'l Lead)>) -> Vec<Self> {
        let each = |(entry, lead): (Entry, &Lead)| {
            keys(gram(lead, entry.offset)).into_iter().map(move |key| Self { key, entry })
        };
        leads.flat_map(each).collect()
    }

    /// As the build script writes it down.
    #[cfg_attr(not(test), allow(dead_code, reason = "the build script calls it"))]
    pub fn to_bytes(self) -> [u8; 8] {
        let Entry { lead, offset } = self.entry;
        (u64::from(self.key) << 32 | u64::from(offset as u8) << 16 | u64::from(lead)).to_le_bytes()
    }

    pub fn from_bytes(bytes: [u8; 8]) -> Self {
        let packed = u64::from_le_bytes(bytes);
        Self {
            key: (packed >> 32) as Key,
            entry: Entry { lead: packed as u16, offset: (packed >> 16) as i8 },
        }
    }
}

/// A bitmap of `WORDS` times 64 bits by the lowest bits of the keys, and the entries in lists by the highest.
#[derive(Debug, PartialEq)]
pub struct Table<const WORDS: usize> {
    bitmap: Box<[u64; WORDS]>,
    /// Where each list starts; and an end.
    starts: Box<[u32]>,
    entered: Box<[Entered]>,
}

/// A bit for every key.
pub const EVERY_KEY: usize = 1 << (KEY_BITS - 6);

fn list(key: Key) -> usize {
    (key >> (KEY_BITS - LISTS)) as usize
}

impl<const WORDS: usize> Table<WORDS> {
    pub fn new(entered: impl Iterator<Item = Entered> + Clone) -> Self {
        const { assert!(WORDS.is_power_of_two()) };
        let bitmap = vec![0_u64; WORDS].into_boxed_slice();
        let mut bitmap: Box<[u64; WORDS]> = bitmap.try_into().expect("that many words");
        // By counting: how long each list is, where it starts, and each entry to its place.
        let mut starts = vec![0_u32; (1 << LISTS) + 1].into_boxed_slice();
        for Entered { key, .. } in entered.clone() {
            bitmap[(key >> 6) as usize % WORDS] |= 1 << (key & 63);
            starts[list(key) + 1] += 1;
        }
        let mut count = 0;
        for start in &mut starts {
            count += *start;
            *start = count;
        }
        let mut next = starts.clone();
        let mut sorted = vec![Entered::default(); count as usize].into_boxed_slice();
        for one in entered {
            let place = &mut next[list(one.key)];
            sorted[*place as usize] = one;
            *place += 1;
        }
        Self { bitmap, starts, entered: sorted }
    }

    /// 1 if there may be entries for a key, else 0.
    #[inline]
    pub fn holds(&self, key: Key) -> u64 {
        self.bitmap[(key >> 6) as usize % WORDS] >> (key & 63) & 1
    }

    /// Those of a key.
    pub fn entries(&self, key: Key) -> impl Iterator<Item = Entry> {
        let list = self.starts[list(key)] as usize..self.starts[list(key) + 1] as usize;
        self.entered[list].iter().filter(move |one| one.key == key).map(|one| one.entry)
    }
}

/// What may stand at each place of the gram that starts so far behind the lead's start.
pub fn gram(lead: &Lead, offset: i8) -> [Values; GRAM] {
    std::array::from_fn(|nth| {
        let place = 0_usize.checked_add_signed(isize::from(offset) + nth as isize);
        match place {
            Some(place) if place < lead.literal.len() => 1 << (lead.literal[place] & 31),
            Some(place) if place < lead.extent() => {
                let may = (0..=u8::MAX).filter(|&byte| lead.allows(byte));
                may.fold(0, |values, byte| values | 1 << (byte & 31))
            }
            _ => Values::MAX,
        }
    })
}

/// How many keys `keys` gives.
pub fn count(gram: [Values; GRAM]) -> u32 {
    gram.iter().map(|values| values.count_ones()).product()
}

fn keys(gram: [Values; GRAM]) -> Vec<Key> {
    let mut keys = vec![0];
    for values in gram.into_iter().rev() {
        keys = keys.iter().flat_map(|key| each(values).map(move |value| key << 5 | value as Key)).collect();
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_down_is_read_again() {
        for (key, lead, offset) in [(0, 0, 0), (1, 2, -1), ((1 << KEY_BITS) - 1, u16::MAX, 4)] {
            let entered = Entered { key, entry: Entry { lead, offset } };
            assert_eq!(Entered::from_bytes(entered.to_bytes()), entered);
        }
    }

    #[test]
    fn a_gram_has_the_key_that_its_lead_enters() {
        for (text, same) in [(*b"pass", *b"PASS"), (*b"a_b-", *b"A_B-"), ([0xff, 0, 1, 9], [0xff, 0, 1, 9])] {
            let lead = Lead::word(&String::from_utf8_lossy(&text));
            if lead.literal.len() == GRAM {
                assert_eq!(keys(gram(&lead, 0)), [key(u32::from_le_bytes(same))]);
            }
            assert_eq!(key(u32::from_le_bytes(text)), key(u32::from_le_bytes(same)));
        }
        let lead = Lead::word("key");
        assert_eq!(keys(gram(&lead, -1)).len(), 32);
        assert!(keys(gram(&lead, 0)).contains(&key(u32::from_le_bytes(*b"key="))));
    }
}
