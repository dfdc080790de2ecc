//! A filter over grams of three or four bytes, read at every second byte.
//!
//! Of each word two neighbouring grams are entered in a bitmap, so that whatever byte a word
//! starts at, one of the two stands at an even offset. The scan folds case by setting bit 5 of
//! every byte, hashes the gram and tests one bit: no automaton, no state, and tables that live in the
//! first-level cache. Folding and hashing only add false alarms, which
//! the caller's comparison removes; no word can be lost.

/// Bits in the bitmap, as a power of two: 8 KiB, a quarter of a common first-level cache.
const BITS: u32 = 16;

/// Set bit 5 of every byte: makes ASCII letters lower-case and is the same for both sides.
const FOLD: u32 = 0x2020_2020;

/// Which entry of the bitmap a gram has.
type Slot = u16;

/// A place in a word that stands for it: the offset of a gram.
#[derive(Clone, Copy, Debug)]
struct Entry {
    slot: Slot,
    word: u16,
    /// Where in the word the gram starts.
    offset: u8,
}

/// Words of five bytes and more have two grams of four bytes, words of four two of three, and a word of
/// three has one gram only, which is looked for at every byte. Longer grams are rarer in real text,
/// so each kind has a table of its own, and the last one is nearly empty.
pub struct Grams {
    long: Table,
    short: Table,
    single: Table,
}

/// The bitmap and, for each bit set, the words it may stand for.
struct Table {
    bitmap: Box<[u64; 1 << (BITS - 6)]>,
    /// Bits set before each word of the bitmap.
    ranks: Box<[u16; 1 << (BITS - 6)]>,
    /// For each bit set, in order, where its entries start; and an end.
    starts: Vec<u32>,
    entries: Vec<Entry>,
}

fn four(gram: u32) -> Slot {
    (gram | FOLD).wrapping_mul(0x9e37_79b1).wrapping_shr(32 - BITS) as Slot
}

fn three(gram: u32) -> Slot {
    four(gram & 0x00ff_ffff)
}

/// The four bytes at `offset`, or the last three.
fn gram_at(word: &[u8], offset: usize) -> u32 {
    (0..4).rev().fold(0, |gram, at| gram << 8 | u32::from(*word.get(offset + at).unwrap_or(&0)))
}

impl Grams {
    /// `words` are ASCII, of three bytes or more, in any case.
    pub fn new<'w>(words: impl Iterator<Item = &'w [u8]>) -> Self {
        let (mut long, mut short, mut single) = (Vec::new(), Vec::new(), Vec::new());
        for (word, bytes) in words.enumerate() {
            let word = u16::try_from(word).expect("Keywords keeps the number of words below 65,536");
            let entry = |offset: usize, slot: Slot| {
                let offset = u8::try_from(offset).expect("rarest looks at the first hundred bytes");
                Entry { slot, word, offset }
            };
            match bytes.len() {
                3 => single.push(entry(0, three(gram_at(bytes, 0)))),
                4 => short.extend([0, 1].map(|at| entry(at, three(gram_at(bytes, at))))),
                _ => {
                    let at = rarest(bytes);
                    long.extend([at, at + 1].map(|at| entry(at, four(gram_at(bytes, at)))));
                }
            }
        }
        Self { long: Table::index(long), short: Table::index(short), single: Table::index(single) }
    }

    /// Calls `found(start, word)` wherever a word may start, for the caller to compare.
    pub fn scan(&self, text: &[u8], mut found: impl FnMut(usize, u16)) {
        let mut offset = 0;
        // Eight bytes a step, with the four after them for the last grams.
        while let Some(bytes) = text.get(offset..offset + 12) {
            let low = u64::from_le_bytes(bytes[..8].try_into().expect("eight bytes"));
            let high = u64::from_le_bytes(bytes[4..].try_into().expect("eight bytes"));
            let even = [low, low >> 16, high, high >> 16].map(|gram| gram as u32);
            let odd = [low >> 8, low >> 24, high >> 8, high >> 24].map(|gram| gram as u32);
            let long = even.iter().fold(false, |any, &gram| any | self.long.holds(four(gram)));
            let other = even.iter().fold(false, |any, &gram| {
                let slot = three(gram);
                any | self.short.holds(slot) | self.single.holds(slot)
            });
            let odd_ones = odd.iter().fold(false, |any, &gram| any | self.single.holds(three(gram)));
            if long | other | odd_ones {
                for nth in 0..4 {
                    self.even(offset + 2 * nth, even[nth], &mut found);
                    self.single.report(offset + 2 * nth + 1, three(odd[nth]), &mut found);
                }
            }
            offset += 8;
        }
        while offset + 3 <= text.len() {
            let mut bytes = [0; 4];
            let rest = &text[offset..text.len().min(offset + 4)];
            bytes[..rest.len()].copy_from_slice(rest);
            let gram = u32::from_le_bytes(bytes);
            if offset % 2 == 0 {
                self.even(offset, gram, &mut found);
            } else {
                self.single.report(offset, three(gram), &mut found);
            }
            offset += 1;
        }
    }

    fn even(&self, at: usize, gram: u32, found: &mut impl FnMut(usize, u16)) {
        self.long.report(at, four(gram), found);
        self.short.report(at, three(gram), found);
        self.single.report(at, three(gram), found);
    }
}

impl Table {
    fn index(mut entries: Vec<Entry>) -> Self {
        entries.sort_unstable_by_key(|entry| (entry.slot, entry.word, entry.offset));
        entries.dedup_by_key(|entry| (entry.slot, entry.word, entry.offset));
        let mut bitmap = Box::new([0_u64; 1 << (BITS - 6)]);
        let mut starts = Vec::with_capacity(entries.len() + 1);
        let mut last = None;
        for (at, entry) in entries.iter().enumerate() {
            bitmap[usize::from(entry.slot >> 6)] |= 1 << (entry.slot & 63);
            if last != Some(entry.slot) {
                starts.push(at as u32);
                last = Some(entry.slot);
            }
        }
        starts.push(entries.len() as u32);
        let mut ranks = Box::new([0_u16; 1 << (BITS - 6)]);
        let mut rank = 0_u32;
        for (cell, bits) in ranks.iter_mut().zip(bitmap.iter()) {
            *cell = rank as u16;
            rank += bits.count_ones();
        }
        Self { bitmap, ranks, starts, entries }
    }

    fn holds(&self, slot: Slot) -> bool {
        self.bitmap[usize::from(slot >> 6)] >> (slot & 63) & 1 != 0
    }

    fn entries(&self, slot: Slot) -> &[Entry] {
        let cell = usize::from(slot >> 6);
        let below = self.bitmap[cell] & ((1 << (slot & 63)) - 1);
        let rank = usize::from(self.ranks[cell]) + below.count_ones() as usize;
        &self.entries[self.starts[rank] as usize..self.starts[rank + 1] as usize]
    }

    fn report(&self, at: usize, slot: Slot, found: &mut impl FnMut(usize, u16)) {
        if !self.holds(slot) {
            return;
        }
        for entry in self.entries(slot) {
            if let Some(start) = at.checked_sub(usize::from(entry.offset)) {
                found(start, entry.word);
            }
        }
    }
}

/// Where the five bytes start that are the rarest in source text: they hold the word's two grams.
fn rarest(word: &[u8]) -> usize {
    let rank = |byte: u8| match byte.to_ascii_lowercase() {
        b' ' | b'e' | b't' | b'a' | b'o' | b'i' | b'n' | b's' | b'r' => 4_u32,
        b'l' | b'd' | b'c' | b'u' | b'm' | b'p' | b'h' | b'f' => 3,
        b'g' | b'y' | b'w' | b'b' | b'v' | b'k' | b'_' | b'-' | b'=' | b'"' | b'.' | b'/' => 2,
        _ => 1,
    };
    let last = (word.len() - 5).min(100);
    (0..=last).min_by_key(|&at| word[at..at + 5].iter().map(|&byte| rank(byte)).sum::<u32>()).unwrap_or(0)
}
