//! A text in blocks of 64 bytes, each of which becomes a mask of one bit a byte, without a branch. Knows no byte's meaning.

/// Bytes of a block.
pub const BLOCK: usize = 64;

/// A class of bytes.
pub trait Class {
    /// Which halves its bytes have.
    const HALVES: Halves;

    /// Whether a byte is of it: asked without a branch, for many bytes at once.
    fn holds(byte: u8) -> bool;
}

/// Makes a class of what a `const fn` says of each byte.
macro_rules! class {
    ($name:ident, $holds:path) => {
        struct $name;

        impl $crate::block::Class for $name {
            const HALVES: $crate::block::Halves = {
                let mut all = [false; 256];
                let mut byte = 0;
                while byte < 256 {
                    all[byte] = $holds(byte as u8);
                    byte += 1;
                }
                $crate::block::Halves::of(&all)
            };

            #[inline]
            fn holds(byte: u8) -> bool {
                $holds(byte)
            }
        }
    };
}
pub(crate) use class;

/// A class by the lower and the upper four bits of its bytes: a byte is of it if what stands for its halves shares a bit.
#[cfg_attr(not(target_arch = "x86_64"), allow(dead_code))]
pub struct Halves {
    low: [u8; 16],
    high: [u8; 16],
}

impl Halves {
    /// Fails to compile if there are more than eight kinds of upper halves: each has its bit.
    pub const fn of(all: &[bool; 256]) -> Self {
        let (mut low, mut high) = ([0; 16], [0; 16]);
        let mut kinds = [0_u16; 8];
        let mut row = 0;
        while row < 16 {
            let (mut lows, mut half) = (0_u16, 0);
            while half < 16 {
                lows |= (all[16 * row + half] as u16) << half;
                half += 1;
            }
            let mut kind = 0;
            while lows != 0 && kinds[kind] != lows && kinds[kind] != 0 {
                kind += 1;
            }
            if lows != 0 {
                kinds[kind] = lows;
                high[row] = 1 << kind;
            }
            row += 1;
        }
        let mut half = 0;
        while half < 16 {
            let mut kind = 0;
            while kind < 8 {
                low[half] |= ((kinds[kind] >> half & 1) as u8) << kind;
                kind += 1;
            }
            half += 1;
        }
        Self { low, high }
    }
}

/// Which of the 64 bytes from `at` on are of one class, and which of another, the first as the lowest bit. Behind the
/// text's end stands NUL.
#[inline]
pub fn masks<A: Class, B: Class>(text: &[u8], at: usize) -> [u64; 2] {
    match text.get(at..).and_then(|rest| rest.first_chunk()) {
        Some(block) => of_block::<A, B>(block),
        None => of_rest::<A, B>(text.get(at..).unwrap_or_default()),
    }
}

/// Of the last bytes of a text. Apart, so that no block is cleared for those before.
#[cold]
fn of_rest<A: Class, B: Class>(rest: &[u8]) -> [u64; 2] {
    let mut block = [0; BLOCK];
    block[..rest.len()].copy_from_slice(rest);
    of_block::<A, B>(&block)
}

#[inline]
fn of_block<A: Class, B: Class>(block: &[u8; BLOCK]) -> [u64; 2] {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        #[expect(unsafe_code, reason = "`plain` takes 4% more of the time that a scan computes")]
        // SAFETY: the processor has AVX2, as was just asked.
        return unsafe { avx2(block, [&A::HALVES, &B::HALVES]) };
    }
    [plain::<A>(block), plain::<B>(block)]
}

/// By looking up both halves of 32 bytes at once. No closure, which the compiler would leave a call.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn avx2(block: &[u8; BLOCK], classes: [&Halves; 2]) -> [u64; 2] {
    use std::arch::x86_64::_mm256_loadu_si256;
    #[expect(unsafe_code, reason = "loads ask for a pointer")]
    // SAFETY: 32 bytes are read of 64, at 0 and at 32.
    let (first, second) = unsafe {
        (_mm256_loadu_si256(block.as_ptr().cast()), _mm256_loadu_si256(block.as_ptr().add(32).cast()))
    };
    let both = |low: u32, high: u32| u64::from(low) | u64::from(high) << 32;
    [
        both(avx2_of(first, classes[0]), avx2_of(second, classes[0])),
        both(avx2_of(first, classes[1]), avx2_of(second, classes[1])),
    ]
}

#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "avx2")]
fn avx2_of(bytes: std::arch::x86_64::__m256i, class: &Halves) -> u32 {
    use std::arch::x86_64::{
        _mm_loadu_si128, _mm256_and_si256, _mm256_broadcastsi128_si256, _mm256_cmpeq_epi8,
        _mm256_movemask_epi8, _mm256_set1_epi8, _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_srli_epi16,
    };
    #[expect(unsafe_code, reason = "loads ask for a pointer")]
    // SAFETY: 16 bytes are read of 16, twice.
    let (low, high) =
        unsafe { (_mm_loadu_si128(class.low.as_ptr().cast()), _mm_loadu_si128(class.high.as_ptr().cast())) };
    let half = _mm256_set1_epi8(0xf);
    let lower = _mm256_and_si256(bytes, half);
    let upper = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half);
    let shared = _mm256_and_si256(
        _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(low), lower),
        _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(high), upper),
    );
    !_mm256_movemask_epi8(_mm256_cmpeq_epi8(shared, _mm256_setzero_si256())).cast_unsigned()
}

/// The same of one class, by asking of each byte, which a compiler does for many at once.
#[inline]
fn plain<C: Class>(block: &[u8; BLOCK]) -> u64 {
    let mut bytes = [0; BLOCK];
    bytes.iter_mut().zip(block).for_each(|(all, &byte)| *all = u8::from(C::holds(byte)));
    // One bit of each of eight bytes is moved to its place in the top byte.
    bytes.chunks_exact(8).enumerate().fold(0, |mask, (nth, eight)| {
        let eight = u64::from_le_bytes(eight.try_into().expect("eight bytes"));
        mask | (eight.wrapping_mul(0x0102_0408_1020_4080) >> 56) << (8 * nth)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn is_odd(byte: u8) -> bool {
        byte & 1 == 1
    }

    const fn is_ours(byte: u8) -> bool {
        matches!(byte, 0..=9 | b'a' | b'-' | 0x7f..=0x91 | 0xff)
    }

    class!(Odd, is_odd);
    class!(Ours, is_ours);

    #[test]
    fn a_mask_says_of_each_byte_what_its_class_says() {
        let mut text: Vec<u8> = (0..=255).collect();
        let mut state = 7_u64;
        text.extend((0..600).map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 40) as u8
        }));
        for at in 0..text.len() + 3 {
            let block: [u8; BLOCK] =
                std::array::from_fn(|nth| text.get(at + nth).copied().unwrap_or_default());
            let bits = |holds: fn(u8) -> bool| {
                block.iter().enumerate().fold(0, |bits, (nth, byte)| bits | u64::from(holds(*byte)) << nth)
            };
            let wanted = [bits(is_odd), bits(is_ours)];
            assert_eq!(masks::<Odd, Ours>(&text, at), wanted, "{at}");
            assert_eq!([plain::<Odd>(&block), plain::<Ours>(&block)], wanted, "{at}");
        }
    }
}
