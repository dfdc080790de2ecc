//! Counts how bytes follow one another in source text, for the prefilter:
//! `cargo run --release --example pairs -- FOLDER… > src/prefilter/pairs.bin`

use std::io::{self, Write as _};

use leakgate::prefilter::VALUES;

/// Bytes of one file that count, so that no large one counts for all.
const MOST: usize = 256 << 10;

fn main() -> io::Result<()> {
    let mut pairs = [[0_u64; VALUES]; VALUES];
    for folder in std::env::args().skip(1) {
        for entry in ignore::Walk::new(folder).filter_map(Result::ok) {
            let Ok(text) = std::fs::read(entry.path()) else { continue };
            if text.contains(&0) {
                continue;
            }
            for two in text[..text.len().min(MOST)].windows(2) {
                pairs[usize::from(two[0] & 31)][usize::from(two[1] & 31)] += 1;
            }
        }
    }
    let firsts = pairs.map(|row| row.iter().sum());
    let mut out = io::stdout().lock();
    for row in std::iter::once(firsts).chain(pairs) {
        let all = row.iter().sum::<u64>().max(1);
        for count in row {
            // What was never seen may stand somewhere.
            let share = (count * 65_536 / all).clamp(1, u16::MAX.into()) as u16;
            out.write_all(&share.to_le_bytes())?;
        }
    }
    Ok(())
}
