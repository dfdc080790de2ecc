//! Matched bytes. They can be compared and hashed, but printed only by asking: `reveal`.

use std::fmt;

/// The bytes of a secret. Has no `Display` and no `Serialize`, and its `Debug` hides the value.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Secret(Box<[u8]>);

impl Secret {
    pub fn new(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }

    /// The value itself: for fingerprints and structure checks, and for `--show-secrets`.
    pub fn reveal(&self) -> &[u8] {
        &self.0
    }

    /// What may be shown to anyone. Of a long machine-made token the first four characters, which are
    /// nearly always its public prefix; of anything else nothing, not even its length.
    pub fn redacted(&self, chosen_by_person: bool) -> String {
        let head = &self.0[..self.0.len().min(4)];
        let plain = head.iter().all(|byte| byte.is_ascii_graphic());
        if chosen_by_person || self.0.len() < 20 || !plain {
            return "********".to_owned();
        }
        let head = std::str::from_utf8(head).expect("ASCII was asked for above");
        format!("{head}********")
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(********)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_hides_the_value() {
        assert_eq!(format!("{:?}", Secret::new(b"hunter2")), "Secret(********)");
    }

    #[test]
    fn a_password_shows_nothing_and_a_token_its_prefix() {
        assert_eq!(Secret::new(b"a long enough pass phrase").redacted(true), "********");
        assert_eq!(Secret::new(b"short").redacted(false), "********");
        assert_eq!(Secret::new(b"abc_0123456789012345678").redacted(false), "abc_********");
    }
}
