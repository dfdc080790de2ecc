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
    bytes.iter_mut().zip(block).for_each(|(bit, &byte)| *bit = u8::from(class(byte)));
    let eights = bytes.chunks_exact(8).enumerate();
    eights.fold(0, |mask, (nth, eight)| {
        // Eight bytes of 0 or 1 to eight bits: each is moved to its place in the top byte.
        let eight = u64::from_le_bytes(eight.try_into().expect("eight bytes"));
        mask | (eight.wrapping_mul(0x0102_0408_1020_4080) >> 56) << (8 * nth)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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
