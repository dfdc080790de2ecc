//! How often a few bytes stand in source text, from how often one byte follows another there.
//!
//! Bytes count by their five lowest bits: letters of either case are the same, and other bytes stand for letters, too.

/// Values of five bits.
pub const VALUES: usize = 32;

/// A set of values, one bit each.
pub type Values = u32;

/// For each value how often it stands, of 65,536 bytes, and then for each how often any follows it. Made by
/// `cargo run --example pairs` from source text in ten languages.
static COUNTS: &[u8; 2 * VALUES * (VALUES + 1)] = include_bytes!("pairs.bin");

/// How often it stands; or how often it follows another.
fn share(row: usize, value: usize) -> f64 {
    let at = 2 * (row * VALUES + value);
    f64::from(u16::from_le_bytes([COUNTS[at], COUNTS[at + 1]])) / 65_536.0
}

/// Of all places, the share at which bytes of these values stand in a row.
pub fn share_of(mut sets: &[Values]) -> f64 {
    // Anything may stand there.
    while let [Values::MAX, rest @ ..] | [rest @ .., Values::MAX] = sets {
        sets = rest;
    }
    let Some((first, more)) = sets.split_first() else { return 1.0 };
    // For each value of the last set, the share of the places at which what came so far ends with it.
    let mut ending = [0.0; VALUES];
    each(*first).for_each(|value| ending[value] = share(0, value));
    let mut last = *first;
    for &set in more {
        let mut next = [0.0; VALUES];
        for value in each(set) {
            next[value] = each(last).map(|last| ending[last] * share(1 + last, value)).sum();
        }
        (ending, last) = (next, set);
    }
    each(last).map(|value| ending[value]).sum()
}

/// The values in a set.
pub fn each(mut set: Values) -> impl Iterator<Item = usize> + Clone {
    std::iter::from_fn(move || {
        let value = (set != 0).then(|| set.trailing_zeros() as usize)?;
        set &= set - 1;
        Some(value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(text: &str) -> f64 {
        share_of(&text.bytes().map(|byte| 1 << (byte & 31)).collect::<Vec<_>>())
    }

    #[test]
    fn words_are_common_and_anything_is_everywhere() {
        assert!(share("tion") > 10.0 * share("gp_x"), "{} {}", share("tion"), share("gp_x"));
        assert!(share("with") > 10.0 * share("wqth"));
        assert!(share("THEN") == share("then"));
        assert_eq!(share_of(&[u32::MAX; 4]), 1.0);
        let but_q = u32::MAX ^ 1 << (b'q' & 31);
        let all = share_of(&[but_q, u32::MAX, but_q]);
        assert!((0.9..1.01).contains(&all), "{all}");
        let amid = share_of(&[u32::MAX, 1 << (b'p' & 31), u32::MAX]);
        assert!((amid / share("p") - 1.0).abs() < 0.02, "{amid}");
    }
}
