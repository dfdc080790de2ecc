//! Marvin32, the keyed checksum of Microsoft's identifiable keys. The seeds are public.
//! Source: github.com/microsoft/security-utilities, IdentifiableSecrets.

/// The seed that 8 ASCII characters stand for.
pub(super) const fn seed(name: &[u8; 8]) -> u64 {
    u64::from_be_bytes(*name)
}

/// The 64-bit hash: the high half is `b`, the low half `a`.
fn marvin64(seed: u64, bytes: &[u8]) -> (u32, u32) {
    let (mut a, mut b) = (seed as u32, (seed >> 32) as u32);
    let words = bytes.chunks_exact(4);
    let mut last = [0; 4];
    let rest = words.remainder();
    last[..rest.len()].copy_from_slice(rest);
    last[rest.len()] = 0x80;
    for word in words.chain([&last[..]]) {
        let word = [word[0], word[1], word[2], word[3]];
        a = a.wrapping_add(u32::from_le_bytes(word));
        (a, b) = mix(a, b);
    }
    mix(a, b)
}

fn mix(mut a: u32, mut b: u32) -> (u32, u32) {
    b ^= a;
    a = a.rotate_left(20).wrapping_add(b);
    b = b.rotate_left(9) ^ a;
    a = a.rotate_left(27).wrapping_add(b);
    (a, b.rotate_left(19))
}

pub(super) fn marvin32(seed: u64, bytes: &[u8]) -> u32 {
    let (a, b) = marvin64(seed, bytes);
    a ^ b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_vector() {
        let (a, b) = marvin64(0xd53c_d9ce_cd08_93b7, b"abc");
        assert_eq!((b, a), (0x22c7_4339, 0x4927_69bf));
    }

    #[test]
    fn seeds_are_big_endian_text() {
        assert_eq!(seed(b"Default0"), 0x4465_6661_756c_7430);
        assert_eq!(seed(b"AadPwd00"), 0x4161_6450_7764_3030);
    }
}
