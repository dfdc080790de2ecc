//! A filter over three-byte grams, read at every second byte.
//!
//! Of each word two neighbouring grams are entered in a bitmap, so that whatever byte a word
//! starts at, one of the two stands at an even offset. The scan folds case by setting bit 5 of
//! every byte, hashes the gram and tests one bit: half a test a byte, no automaton, no state, and a
//! table that lives in the first-level cache. Folding and hashing only add false alarms, which
//! the caller's comparison removes; no word can be lost.

/// Bits in the bitmap, as a power of two: 8 KiB, a quarter of a common first-level cache.
const BITS: u32 = 16;

/// Set bit 5 of all three bytes: makes ASCII letters lower-case and is the same for both sides.
const FOLD: u32 = 0x0020_2020;

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

/// The words of four bytes and more, and those of three: each of the latter has one gram only, which
/// is looked for at every byte, so they are kept apart in a table that is nearly empty.
pub struct Grams {
    pairs: Table,
    triples: Table,
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

fn slot(gram: u32) -> Slot {
    ((gram & 0x00ff_ffff) | FOLD).wrapping_mul(0x9e37_79b1).wrapping_shr(32 - BITS) as Slot
}

fn gram_at(word: &[u8], offset: usize) -> u32 {
    u32::from_le_bytes([word[offset], word[offset + 1], word[offset + 2], 0])
}

impl Grams {
    /// `words` are ASCII, of three bytes or more, in any case.
    pub fn new<'w>(words: impl Iterator<Item = &'w [u8]>) -> Self {
        let (mut pairs, mut triples) = (Vec::new(), Vec::new());
        for (word, bytes) in words.enumerate() {
            let word = u16::try_from(word).expect("Keywords keeps the number of words below 65,536");
            let entry = |entries: &mut Vec<Entry>, offset: usize| {
                let at = u8::try_from(offset).expect("rarest_pair looks at the first hundred bytes");
                entries.push(Entry { slot: slot(gram_at(bytes, offset)), word, offset: at });
            };
            if bytes.len() == 3 {
                entry(&mut triples, 0);
            } else {
                let offset = rarest_pair(bytes);
                entry(&mut pairs, offset);
                entry(&mut pairs, offset + 1);
            }
        }
        Self { pairs: Table::index(pairs), triples: Table::index(triples) }
    }

    /// Calls `found(start, word)` wherever a word may start, for the caller to compare.
    pub fn scan(&self, text: &[u8], mut found: impl FnMut(usize, u16)) {
        let mut offset = 0;
        // Eight bytes a step, with the four after them for the last grams.
        while let Some(bytes) = text.get(offset..offset + 12) {
            let low = u64::from_le_bytes(bytes[..8].try_into().expect("eight bytes"));
            let high = u64::from_le_bytes(bytes[4..].try_into().expect("eight bytes"));
            let even = [low, low >> 16, high, high >> 16].map(|gram| slot(gram as u32));
            let odd = [low >> 8, low >> 24, high >> 8, high >> 24].map(|gram| slot(gram as u32));
            if even.iter().fold(false, |any, &slot| any | self.pairs.holds(slot)) {
                for (nth, &slot) in even.iter().enumerate() {
                    self.pairs.report(offset + 2 * nth, slot, &mut found);
                }
            }
            if even.iter().chain(&odd).fold(false, |any, &slot| any | self.triples.holds(slot)) {
                for nth in 0..4 {
                    self.triples.report(offset + 2 * nth, even[nth], &mut found);
                    self.triples.report(offset + 2 * nth + 1, odd[nth], &mut found);
                }
            }
            offset += 8;
        }
        while let Some(bytes) = text.get(offset..offset + 3) {
            let slot = slot(gram_at(bytes, 0));
            if offset % 2 == 0 {
                self.pairs.report(offset, slot, &mut found);
            }
            self.triples.report(offset, slot, &mut found);
            offset += 1;
        }
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

/// Where the four bytes start that are the rarest in source text: they hold the word's two grams.
fn rarest_pair(word: &[u8]) -> usize {
    let rank = |byte: u8| match byte.to_ascii_lowercase() {
        b' ' | b'e' | b't' | b'a' | b'o' | b'i' | b'n' | b's' | b'r' => 4_u32,
        b'l' | b'd' | b'c' | b'u' | b'm' | b'p' | b'h' | b'f' => 3,
        b'g' | b'y' | b'w' | b'b' | b'v' | b'k' | b'_' | b'-' | b'=' | b'"' | b'.' | b'/' => 2,
        _ => 1,
    };
    let last = (word.len() - 4).min(100);
    (0..=last).min_by_key(|&at| word[at..at + 4].iter().map(|&b| rank(b)).sum::<u32>()).unwrap_or(0)
}
