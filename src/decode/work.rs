//! Counts the bytes that are looked at besides the one pass, for the tests that it grows in line with the text. It costs
//! nothing in the program itself.

#[cfg(test)]
thread_local! {
    static BYTES: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// So many bytes were looked at.
#[inline]
#[cfg_attr(not(test), expect(unused_variables, reason = "only tests count"))]
pub fn count(bytes: usize) {
    #[cfg(test)]
    BYTES.set(BYTES.get() + bytes as u64);
}

/// What was counted since it was last asked for.
#[cfg(test)]
pub fn take() -> u64 {
    BYTES.take()
}
