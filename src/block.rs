//! A text in blocks of 64 bytes, each of which becomes a mask of one bit a byte, without a branch. Knows no byte's meaning.

/// Bytes of a block.
pub const BLOCK: usize = 64;

/// The block at `at`. Behind the text's end stands NUL.
#[inline]
pub fn block(text: &[u8], at: usize) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    match text.get(at..at + BLOCK) {
        Some(whole) => block.copy_from_slice(whole),
        None => {
            let rest = text.get(at..).unwrap_or_default();
            block[..rest.len()].copy_from_slice(rest);
        }
    }
    block
}

/// Which of its bytes are of a class, the first as the lowest bit.
#[inline]
pub fn mask(block: &[u8; BLOCK], class: impl Fn(u8) -> bool) -> u64 {
    let mut bytes = [0; BLOCK];
    bytes.iter_mut().zip(block).for_each(|(all, &byte)| *all = if class(byte) { u8::MAX } else { 0 });
    let sixteens = bytes.chunks_exact(16).enumerate();
    sixteens.fold(0, |mask, (nth, sixteen)| {
        let (low, high) = sixteen.split_at(8);
        let eight = |eight: &[u8]| u64::from_le_bytes(eight.try_into().expect("eight bytes"));
        mask | u64::from(bits(eight(low), eight(high))) << (16 * nth)
    })
}

/// One bit for each of 16 bytes, which are all ones or zeros.
#[cfg(target_arch = "x86_64")]
#[inline]
fn bits(low: u64, high: u64) -> u16 {
    use std::arch::x86_64::{_mm_movemask_epi8, _mm_set_epi64x};
    #[expect(
        unsafe_code,
        reason = "`plain_bits` takes 4% more of the time that a sweep of a history computes"
    )]
    // SAFETY: these ask for SSE2, which is a part of x86-64, and for nothing else.
    unsafe {
        _mm_movemask_epi8(_mm_set_epi64x(high.cast_signed(), low.cast_signed())) as u16
    }
}

#[cfg(not(target_arch = "x86_64"))]
use plain_bits as bits;

#[cfg(any(test, not(target_arch = "x86_64")))]
#[inline]
fn plain_bits(low: u64, high: u64) -> u16 {
    // One bit of each of eight bytes is moved to its place in the top byte.
    let eight = |bytes: u64| (bytes & 0x0101_0101_0101_0101).wrapping_mul(0x0102_0408_1020_4080) >> 56;
    (eight(low) | eight(high) << 8) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processors_agree_on_the_bits() {
        let bytes = |bits: u16, from: u32| {
            (0..8).fold(0, |all, nth| all | (u64::from(bits >> (from + nth) & 1) * 0xff) << (8 * nth))
        };
        for wanted in 0..=u16::MAX {
            let (low, high) = (bytes(wanted, 0), bytes(wanted, 8));
            assert_eq!((bits(low, high), plain_bits(low, high)), (wanted, wanted));
        }
    }

    #[test]
    fn bits_are_bytes_and_nothing_stands_behind_the_end() {
        let text: Vec<u8> = (0..200).map(|n: u32| b"ab -"[(n * n % 7 % 4) as usize]).collect();
        for at in 0..=text.len() {
            let mask = mask(&block(&text, at), |byte| byte == b'a');
            for bit in 0..BLOCK {
                assert_eq!(mask >> bit & 1 == 1, text.get(at + bit) == Some(&b'a'), "{at} {bit}");
            }
        }
    }
}
