//! What text is made of: letter pairs and everyday words, learned from the labelled lines' own surroundings.
//!
//! Unsupervised: sees no verdict, so a value can be described before it is judged.

use super::lexicon as lex;
use std::collections::BTreeMap;

/// 26 letters, a digit, anything else.
const SYMBOLS: usize = 28;
const BITS: usize = 1 << 17;

/// Letter-pair costs and the vocabulary.
pub struct Tables {
    /// `-log2 P(next | this)` in sixteenths of a bit.
    pairs: [[u8; SYMBOLS]; SYMBOLS],
    /// Two bits a word, 2^17 in all.
    vocabulary: Box<[u64]>,
    clog: [u32; 256],
}

/// How a value reads, letter by letter.
pub struct Pairs {
    /// Mean cost a pair, in sixteenths of a bit.
    pub mean: u8,
    /// The cheapest stretch of six pairs.
    pub lowest: u8,
    /// Evidence for random letters over words: 128 is even, 4 a bit.
    pub random: u8,
}

fn symbol(b: u8) -> usize {
    match b {
        b'a'..=b'z' => usize::from(b - b'a'),
        b'A'..=b'Z' => usize::from(b - b'A'),
        b'0'..=b'9' => 26,
        _ => 27,
    }
}

fn bits_of(h: u32) -> [usize; 2] {
    [h as usize % BITS, (h >> 9).wrapping_mul(0x9e37_79b1) as usize % BITS]
}

impl Tables {
    /// Bytes of the stored form.
    pub const SIZE: usize = SYMBOLS * SYMBOLS + BITS / 8;

    /// Learns from texts.
    pub fn learn<'a>(texts: impl Iterator<Item = (&'a str, &'a [u8])>) -> Tables {
        let mut counts = [[1.0f64; SYMBOLS]; SYMBOLS];
        let mut places: BTreeMap<Vec<u8>, std::collections::BTreeSet<&str>> = BTreeMap::new();
        for (place, text) in texts {
            let mut i = 0;
            while i < text.len() {
                let from = i;
                while i < text.len() && text[i].is_ascii_alphanumeric() {
                    i += 1;
                }
                let token = &text[from..i];
                let digits = token.iter().filter(|b| b.is_ascii_digit()).count();
                // long runs and runs with many digits are values rather than text
                if (2..=20).contains(&token.len()) && digits <= 2 {
                    let mut prev = 27;
                    for b in token.iter().copied().chain([b' ']) {
                        counts[prev][symbol(b)] += 1.0;
                        prev = symbol(b);
                    }
                    lex::split(token, |r, _, _| {
                        if (4..=14).contains(&r.len()) {
                            places.entry(token[r].to_ascii_lowercase()).or_default().insert(place);
                        }
                    });
                }
                i += 1;
            }
        }
        let mut pairs = [[0u8; SYMBOLS]; SYMBOLS];
        for (row, out) in counts.iter().zip(pairs.iter_mut()) {
            let total: f64 = row.iter().sum();
            for (c, o) in row.iter().zip(out.iter_mut()) {
                *o = (-(c / total).log2() * 16.0).round().clamp(0.0, 255.0) as u8;
            }
        }
        let mut vocabulary = vec![0u64; BITS / 64].into_boxed_slice();
        for (word, seen) in places {
            if seen.len() >= 2 {
                for bit in bits_of(lex::hash(&word)) {
                    vocabulary[bit / 64] |= 1 << (bit % 64);
                }
            }
        }
        Tables { pairs, vocabulary, clog: clog() }
    }

    pub fn to_bytes(&self, out: &mut Vec<u8>) {
        self.pairs.iter().for_each(|row| out.extend(row));
        self.vocabulary.iter().for_each(|w| out.extend(w.to_le_bytes()));
    }

    /// The stored form back; `None` if it is too short.
    pub fn from_bytes(bytes: &[u8]) -> Option<Tables> {
        let (head, rest) = bytes.split_at_checked(SYMBOLS * SYMBOLS)?;
        let mut pairs = [[0u8; SYMBOLS]; SYMBOLS];
        for (row, from) in pairs.iter_mut().zip(head.chunks_exact(SYMBOLS)) {
            row.copy_from_slice(from);
        }
        let words = rest.get(..BITS / 8)?.chunks_exact(8);
        let vocabulary =
            words.map(|c| u64::from_le_bytes([c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7]])).collect();
        Some(Tables { pairs, vocabulary, clog: clog() })
    }

    /// `32·c·log2(c)`, for entropies without logarithms.
    #[inline]
    pub fn clog(&self, c: u8) -> u32 {
        self.clog[c as usize]
    }

    fn known(&self, h: u32) -> bool {
        bits_of(h).iter().all(|bit| self.vocabulary[bit / 64] >> (bit % 64) & 1 == 1)
    }

    /// Reads a value letter by letter.
    pub fn pairs(&self, v: &[u8]) -> Pairs {
        let mut prev = 27;
        let (mut sum, mut llr) = (0u32, 0i32);
        let mut last = [0u32; 6];
        let (mut window, mut lowest) = (0u32, u32::MAX);
        for (i, b) in v.iter().enumerate() {
            let s = symbol(*b);
            let cost = u32::from(self.pairs[prev][s]);
            sum += cost;
            window = window + cost - last[i % 6];
            last[i % 6] = cost;
            if i >= 5 {
                lowest = lowest.min(window);
            }
            if prev < 26 && s < 26 {
                llr += cost as i32 - 75; // log2(26) in sixteenths
            }
            prev = s;
        }
        let n = v.len().max(1) as u32;
        let mean = (sum / n).min(255) as u8;
        let lowest = if lowest == u32::MAX { mean } else { (lowest / 6).min(255) as u8 };
        Pairs { mean, lowest, random: (128 + llr / 4).clamp(0, 255) as u8 }
    }

    /// Letters that known words cover, and the longest such word.
    pub fn vocabulary(&self, v: &[u8]) -> (usize, usize) {
        let (mut covered, mut longest) = (0, 0);
        let mut i = 0;
        while i < v.len() {
            let mut h = lex::SEED;
            let mut best = 0;
            for (n, b) in v[i..].iter().take(14).enumerate() {
                if !b.is_ascii_alphabetic() {
                    break;
                }
                h = lex::step(h, b.to_ascii_lowercase());
                if n >= 3 && self.known(lex::finish(h)) {
                    best = n + 1;
                }
            }
            covered += best;
            longest = longest.max(best);
            i += best.max(1);
        }
        (covered, longest)
    }
}

fn clog() -> [u32; 256] {
    let mut table = [0; 256];
    for (c, out) in table.iter_mut().enumerate().skip(1) {
        *out = (32.0 * c as f64 * (c as f64).log2()).round() as u32;
    }
    table
}
