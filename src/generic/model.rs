//! The trained numbers: what words have meant (evidence), trees over features, and what a score is worth.
//!
//! Read from one data file; knows nothing of texts or paths.

use super::features::{self, Hashes};
use super::forest::Forest;
use super::lexicon::finish;
use super::path;
use super::tables::Tables;
use std::sync::OnceLock;

/// Features that the evidence gives.
pub const EVIDENCE: &[&str] = &[
    "E_KEY_LAST",
    "E_KEY_MOST",
    "E_KEY_LEAST",
    "E_KEY_WHOLE",
    "E_VALUE_WHOLE",
    "E_VALUE_MOST",
    "E_VALUE_LEAST",
    "E_VALUE_MEAN",
];

/// First index of the path features and of the evidence, and the end.
pub const PATH_AT: usize = features::COUNT;
pub const EVIDENCE_AT: usize = PATH_AT + path::COUNT;
pub const WIDTH: usize = EVIDENCE_AT + EVIDENCE.len();

/// The name of a feature by its index in a row.
pub fn name(index: usize) -> &'static str {
    match index {
        i if i < PATH_AT => features::NAMES[i],
        i if i < EVIDENCE_AT => path::NAMES[i - PATH_AT],
        i => EVIDENCE.get(i - EVIDENCE_AT).copied().unwrap_or("?"),
    }
}

/// Where a word stood.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u32)]
pub enum Slot {
    Key = 1,
    KeyLast = 2,
    KeyWhole = 3,
    Value = 4,
    ValueWhole = 5,
}

/// The name of a word in a slot, in the evidence.
pub fn entry(slot: Slot, hash: u32) -> u32 {
    finish(hash ^ (slot as u32).wrapping_mul(0x85eb_ca6b))
}

/// Log-odds of words, in sixteenths.
#[derive(Default)]
pub struct Evidence {
    sorted: Vec<(u32, i8)>,
    table: Vec<(u32, i8)>,
}

impl Evidence {
    pub fn new(mut sorted: Vec<(u32, i8)>) -> Evidence {
        sorted.sort_unstable();
        let size = (sorted.len() * 2).next_power_of_two().max(2);
        let mut table = vec![(0, 0); size];
        for e in &sorted {
            let mut slot = e.0 as usize & (size - 1);
            while table[slot].0 != 0 {
                slot = (slot + 1) & (size - 1);
            }
            table[slot] = *e;
        }
        Evidence { sorted, table }
    }

    #[inline]
    pub fn get(&self, name: u32) -> Option<i8> {
        let mask = self.table.len().checked_sub(1)?;
        let mut slot = name as usize & mask;
        loop {
            match self.table[slot] {
                (0, _) => return None,
                (n, v) if n == name => return Some(v),
                _ => slot = (slot + 1) & mask,
            }
        }
    }

    pub fn len(&self) -> usize {
        self.sorted.len()
    }

    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }
}

/// The evidence features of a candidate's words, by any way of looking them up.
pub fn evidence(h: &Hashes, look: impl Fn(Slot, u32) -> Option<i8>) -> [u8; 8] {
    let byte = |v: i32| (128 + v).clamp(0, 255) as u8;
    let one = |slot, hash| if hash == 0 { 0 } else { i32::from(look(slot, hash).unwrap_or(0)) };
    let mut out = [128u8; 8];
    out[0] = byte(one(Slot::KeyLast, h.key[0]));
    let (mut most, mut least) = (i32::MIN, i32::MAX);
    for k in h.key.iter().filter(|k| **k != 0) {
        let v = one(Slot::Key, *k);
        (most, least) = (most.max(v), least.min(v));
    }
    if most >= least {
        (out[1], out[2]) = (byte(most), byte(least));
    }
    out[3] = byte(one(Slot::KeyWhole, h.key_whole));
    out[4] = byte(one(Slot::ValueWhole, h.value_whole));
    let (mut most, mut least, mut sum, mut n) = (i32::MIN, i32::MAX, 0, 0);
    for k in h.value.iter().filter(|k| **k != 0) {
        if let Some(v) = look(Slot::Value, *k) {
            let v = i32::from(v);
            (most, least, sum, n) = (most.max(v), least.min(v), sum + v, n + 1);
        }
    }
    if n > 0 {
        (out[5], out[6], out[7]) = (byte(most), byte(least), byte(sum / n));
    }
    out
}

/// What scores are worth: rising probabilities at knots, and the bands' lower ends.
#[derive(Clone, Debug, Default)]
pub struct Calibration {
    /// (score in 1/256, probability in 1/65535)
    pub knots: Vec<(i16, u16)>,
    /// Lowest score of high, medium and low, in 1/256.
    pub bands: [i16; 3],
}

impl Calibration {
    pub fn probability(&self, score: f32) -> f32 {
        let s = score * 256.0;
        let at = self.knots.partition_point(|k| f32::from(k.0) <= s);
        let p = |k: &(i16, u16)| f32::from(k.1) / 65535.0;
        match (at.checked_sub(1).map(|i| &self.knots[i]), self.knots.get(at)) {
            (None, None) => 1.0 / (1.0 + (-score).exp()),
            (None, Some(k)) => p(k),
            (Some(k), None) => p(k),
            (Some(a), Some(b)) => p(a) + (p(b) - p(a)) * (s - f32::from(a.0)) / f32::from(b.0 - a.0).max(1.0),
        }
    }
}

/// Everything trained.
pub struct Model {
    pub tables: Tables,
    pub evidence: Evidence,
    pub forest: Forest,
    /// What the forest could say at most, whatever the path.
    pub ceiling: Forest,
    pub calibration: Calibration,
    /// The commonest value of every feature among what is no secret: what reasons are measured against.
    pub typical: [u8; 256],
}

const MAGIC: &[u8; 8] = b"lgmodel1";

impl Model {
    /// The model in the binary, read on first use.
    pub fn builtin() -> &'static Model {
        static MODEL: OnceLock<Model> = OnceLock::new();
        MODEL.get_or_init(|| {
            Model::from_bytes(include_bytes!("model.bin"))
                .expect("the built-in model is whole; a test reads it")
        })
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.extend((WIDTH as u32).to_le_bytes());
        self.tables.to_bytes(&mut out);
        out.extend((self.evidence.sorted.len() as u32).to_le_bytes());
        for (name, value) in &self.evidence.sorted {
            out.extend(name.to_le_bytes());
            out.push(*value as u8);
        }
        self.forest.to_bytes(&mut out);
        out.extend(self.typical);
        out.extend((self.calibration.knots.len() as u32).to_le_bytes());
        for (score, p) in &self.calibration.knots {
            out.extend(score.to_le_bytes());
            out.extend(p.to_le_bytes());
        }
        self.calibration.bands.iter().for_each(|b| out.extend(b.to_le_bytes()));
        out
    }

    /// The stored form back; `None` if it is none, or of another version's features.
    pub fn from_bytes(bytes: &[u8]) -> Option<Model> {
        let rest = bytes.strip_prefix(MAGIC)?;
        let (width, rest) = number(rest)?;
        if width != WIDTH {
            return None;
        }
        let tables = Tables::from_bytes(rest)?;
        let (count, rest) = number(rest.get(Tables::SIZE..)?)?;
        let body = rest.get(..count.checked_mul(5)?)?;
        let evidence = body
            .chunks_exact(5)
            .map(|c| (u32::from_le_bytes([c[0], c[1], c[2], c[3]]), c[4] as i8))
            .collect();
        let rest = &rest[count * 5..];
        let (forest, used) = Forest::from_bytes(rest)?;
        if forest.trees.iter().any(|t| t.feature.iter().any(|f| *f as usize >= WIDTH)) {
            return None;
        }
        let (common, rest) = rest[used..].split_at_checked(256)?;
        let mut typical = [0; 256];
        typical.copy_from_slice(common);
        let (count, rest) = number(rest)?;
        let body = rest.get(..count.checked_mul(4)?)?;
        let knots = body
            .chunks_exact(4)
            .map(|c| (i16::from_le_bytes([c[0], c[1]]), u16::from_le_bytes([c[2], c[3]])))
            .collect();
        let mut bands = [0i16; 3];
        for (band, c) in bands.iter_mut().zip(rest.get(count * 4..count * 4 + 6)?.chunks_exact(2)) {
            *band = i16::from_le_bytes([c[0], c[1]]);
        }
        Some(Model {
            tables,
            evidence: Evidence::new(evidence),
            ceiling: ceiling(&forest),
            forest,
            calibration: Calibration { knots, bands },
            typical,
        })
    }

    /// A row's evidence, filled in behind its features and path.
    pub fn fill(&self, x: &mut [u8; 256], h: &Hashes) {
        let e = evidence(h, |slot, hash| self.evidence.get(entry(slot, hash)));
        x[EVIDENCE_AT..WIDTH].copy_from_slice(&e);
    }
}

/// What a forest could say at most, whatever the path.
pub fn ceiling(forest: &Forest) -> Forest {
    forest.ceiling(|feature| (PATH_AT..EVIDENCE_AT).contains(&feature))
}

fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (head, rest) = bytes.split_at_checked(4)?;
    Some((u32::from_le_bytes([head[0], head[1], head[2], head[3]]) as usize, rest))
}
