//! Small boosted trees: every level of a tree asks the same question, so a tree is a table.
//!
//! Knows features as bytes and answers as log-odds; nothing of what they mean.

use super::lexicon::finish;

/// Questions a tree asks.
pub const DEPTH: usize = 6;
const LEAVES: usize = 1 << DEPTH;

/// One tree: leaf number bit `d` is `x[feature[d]] > threshold[d]`.
#[derive(Clone, Debug)]
pub struct Tree {
    pub feature: [u8; DEPTH],
    pub threshold: [u8; DEPTH],
    /// Log-odds in 1/4096.
    pub leaf: [i16; LEAVES],
}

/// Trees whose answers add up.
#[derive(Clone, Debug, Default)]
pub struct Forest {
    pub bias: i32,
    pub trees: Vec<Tree>,
}

/// The unit of a leaf.
pub const UNIT: f64 = 4096.0;

impl Forest {
    /// Log-odds of the features `x`.
    #[inline]
    pub fn score(&self, x: &[u8; 256]) -> f32 {
        let mut sum = self.bias;
        for tree in &self.trees {
            let mut leaf = 0;
            for d in 0..DEPTH {
                leaf |= usize::from(x[tree.feature[d] as usize] > tree.threshold[d]) << d;
            }
            sum += i32::from(tree.leaf[leaf]);
        }
        sum as f32 / UNIT as f32
    }

    /// How much higher the score of `x` is than it would be if one feature, and that alone, were as in `other`.
    pub fn gains(&self, x: &[u8; 256], other: &[u8; 256]) -> [f32; 256] {
        let mut gains = [0; 256];
        for tree in &self.trees {
            let bit = |row: &[u8; 256], d: usize| {
                usize::from(row[tree.feature[d] as usize] > tree.threshold[d]) << d
            };
            let leaf = (0..DEPTH).fold(0, |leaf, d| leaf | bit(x, d));
            for d in 0..DEPTH {
                let feature = tree.feature[d];
                if tree.feature[..d].contains(&feature) {
                    continue;
                }
                let asks = (d..DEPTH).filter(|d| tree.feature[*d] == feature);
                let changed = asks.fold(leaf, |leaf, d| leaf & !(1 << d) | bit(other, d));
                gains[feature as usize] += i32::from(tree.leaf[leaf]) - i32::from(tree.leaf[changed]);
            }
        }
        gains.map(|gain| gain as f32 / UNIT as f32)
    }

    /// A forest whose score is the most that this one's can be when the `free` features are not known.
    pub fn ceiling(&self, free: impl Fn(usize) -> bool) -> Forest {
        let mut ceiling = self.clone();
        for tree in &mut ceiling.trees {
            for d in (0..DEPTH).filter(|d| free(tree.feature[*d] as usize)) {
                for leaf in 0..LEAVES {
                    tree.leaf[leaf] = tree.leaf[leaf].max(tree.leaf[leaf ^ (1 << d)]);
                }
            }
        }
        ceiling
    }

    pub fn to_bytes(&self, out: &mut Vec<u8>) {
        out.extend(self.bias.to_le_bytes());
        out.extend((self.trees.len() as u32).to_le_bytes());
        for tree in &self.trees {
            out.extend(tree.feature);
            out.extend(tree.threshold);
            tree.leaf.iter().for_each(|l| out.extend(l.to_le_bytes()));
        }
    }

    /// The stored form and how many bytes it took; `None` if cut short.
    pub fn from_bytes(bytes: &[u8]) -> Option<(Forest, usize)> {
        let word = |at: usize| bytes.get(at..at + 4).map(|b| [b[0], b[1], b[2], b[3]]);
        let bias = i32::from_le_bytes(word(0)?);
        let count = u32::from_le_bytes(word(4)?) as usize;
        const SIZE: usize = DEPTH * 2 + LEAVES * 2;
        let body = bytes.get(8..8 + count.checked_mul(SIZE)?)?;
        let trees = body.chunks_exact(SIZE).map(|c| {
            let mut tree = Tree { feature: [0; DEPTH], threshold: [0; DEPTH], leaf: [0; LEAVES] };
            tree.feature.copy_from_slice(&c[..DEPTH]);
            tree.threshold.copy_from_slice(&c[DEPTH..2 * DEPTH]);
            for (leaf, b) in tree.leaf.iter_mut().zip(c[2 * DEPTH..].chunks_exact(2)) {
                *leaf = i16::from_le_bytes([b[0], b[1]]);
            }
            tree
        });
        Some((Forest { bias, trees: trees.collect() }, 8 + count * SIZE))
    }
}

/// How to grow a forest.
#[derive(Clone, Copy, Debug)]
pub struct Growth {
    pub trees: usize,
    pub rate: f64,
    /// Keeps leaves small where rows are few.
    pub ridge: f64,
    /// Of 256, how many of the features each tree may ask.
    pub share: u32,
    /// Of 256, how many of the groups of rows each tree learns from.
    pub drawn: u32,
}

impl Growth {
    /// Whether the tree of this number learns from a group.
    fn draws(&self, group: u32, tree: usize) -> bool {
        finish(group ^ (tree as u32).wrapping_mul(0x9e37_79b9)) >> 8 & 255 < self.drawn
    }
}

/// One training row: features, verdict, weight.
pub struct Row {
    pub x: [u8; 256],
    pub good: bool,
    pub weight: f64,
    /// Rows of a group are drawn together.
    pub group: u32,
}

/// Grows a forest on rows; the same rows give the same trees.
pub fn grow(rows: &[Row], width: usize, growth: Growth) -> Forest {
    let positive: f64 = rows.iter().filter(|r| r.good).map(|r| r.weight).sum();
    let total: f64 = rows.iter().map(|r| r.weight).sum();
    let prior = (positive.max(1e-9) / (total - positive).max(1e-9)).ln();
    let mut score = vec![prior; rows.len()];
    let mut trees = Vec::with_capacity(growth.trees);
    // columns, so that a histogram reads memory in order
    let columns: Vec<Vec<u8>> = (0..width).map(|f| rows.iter().map(|r| r.x[f]).collect()).collect();
    let values: Vec<Vec<u8>> = columns.iter().map(|c| thresholds(c)).collect();
    let mut dice = 0x2545_f491_4f6c_dd1d_u64;
    for _ in 0..growth.trees {
        let (mut grad, mut hess) = (vec![0.0; rows.len()], vec![0.0; rows.len()]);
        for (i, row) in rows.iter().enumerate() {
            let p = 1.0 / (1.0 + (-score[i]).exp());
            if !growth.draws(row.group, trees.len()) {
                continue;
            }
            grad[i] = row.weight * (f64::from(u8::from(row.good)) - p);
            hess[i] = row.weight * (p * (1.0 - p)).max(1e-6);
        }
        let asked: Vec<usize> = (0..width)
            .filter(|f| {
                dice = dice.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                !values[*f].is_empty() && ((dice >> 40) as u32 & 255) < growth.share
            })
            .collect();
        if asked.is_empty() {
            continue;
        }
        let mut leaf_of = vec![0u8; rows.len()];
        let mut tree = Tree { feature: [0; DEPTH], threshold: [255; DEPTH], leaf: [0; LEAVES] };
        for d in 0..DEPTH {
            let Some((f, t)) =
                best_split(&columns, &values, &asked, &leaf_of, &grad, &hess, 1 << d, growth.ridge)
            else {
                break;
            };
            tree.feature[d] = f as u8;
            tree.threshold[d] = t;
            for (leaf, x) in leaf_of.iter_mut().zip(&columns[f]) {
                *leaf |= u8::from(*x > t) << d;
            }
        }
        let mut sums = [(0.0, 0.0); LEAVES];
        for (i, leaf) in leaf_of.iter().enumerate() {
            sums[*leaf as usize].0 += grad[i];
            sums[*leaf as usize].1 += hess[i];
        }
        for (leaf, (g, h)) in tree.leaf.iter_mut().zip(sums) {
            *leaf = (growth.rate * g / (h + growth.ridge) * UNIT).round().clamp(-32000.0, 32000.0) as i16;
        }
        for (s, leaf) in score.iter_mut().zip(&leaf_of) {
            *s += f64::from(tree.leaf[*leaf as usize]) / UNIT;
        }
        trees.push(tree);
    }
    Forest { bias: (prior * UNIT).round() as i32, trees }
}

/// Where a column may be cut: between its values, at most 40 places.
fn thresholds(column: &[u8]) -> Vec<u8> {
    let mut counts = [0usize; 256];
    column.iter().for_each(|x| counts[*x as usize] += 1);
    let used: Vec<u8> = (0..=255u8).filter(|x| counts[*x as usize] > 0).collect();
    if used.len() < 2 {
        return Vec::new();
    }
    if used.len() <= 40 {
        return used[..used.len() - 1].to_vec();
    }
    let (mut out, mut seen) = (Vec::new(), 0);
    let step = column.len() / 40;
    for x in &used[..used.len() - 1] {
        seen += counts[*x as usize];
        if seen >= step {
            out.push(*x);
            seen = 0;
        }
    }
    out
}

#[allow(clippy::too_many_arguments)]
fn best_split(
    columns: &[Vec<u8>],
    values: &[Vec<u8>],
    asked: &[usize],
    leaf_of: &[u8],
    grad: &[f64],
    hess: &[f64],
    leaves: usize,
    ridge: f64,
) -> Option<(usize, u8)> {
    let gain = |g: f64, h: f64| g * g / (h + ridge);
    let mut best: Option<(f64, usize, u8)> = None;
    let mut histogram = vec![(0.0f64, 0.0f64); leaves * 256];
    for &f in asked {
        histogram.fill((0.0, 0.0));
        for (i, x) in columns[f].iter().enumerate() {
            let cell = &mut histogram[leaf_of[i] as usize * 256 + *x as usize];
            cell.0 += grad[i];
            cell.1 += hess[i];
        }
        let mut gains = vec![0.0; values[f].len()];
        for leaf in 0..leaves {
            let h = &histogram[leaf * 256..(leaf + 1) * 256];
            let (g_all, h_all) = h.iter().fold((0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1));
            if h_all == 0.0 {
                continue;
            }
            let (mut g, mut hs, mut at) = (0.0, 0.0, 0usize);
            for (k, t) in values[f].iter().enumerate() {
                while at <= *t as usize {
                    g += h[at].0;
                    hs += h[at].1;
                    at += 1;
                }
                gains[k] += gain(g, hs) + gain(g_all - g, h_all - hs) - gain(g_all, h_all);
            }
        }
        for (k, total) in gains.iter().enumerate() {
            if *total > best.map_or(1e-6, |b| b.0) {
                best = Some((*total, f, values[f][k]));
            }
        }
    }
    best.map(|b| (b.1, b.2))
}
