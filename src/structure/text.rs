//! Alphabets, number texts and base64 as tokens write it. Knows no token.

use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD};

pub(super) const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
pub(super) const BASE64URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
pub(super) const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
pub(super) const LOWER: &[u8; 26] = b"abcdefghijklmnopqrstuvwxyz";
pub(super) const LOWERNUM: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
pub(super) const UPPERNUM: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
pub(super) const DIGITS: &[u8; 10] = b"0123456789";
pub(super) const HEX: &[u8; 16] = b"0123456789abcdef";

/// `length` bytes, all of the alphabet.
pub(super) fn is(value: &[u8], alphabet: &[u8], length: usize) -> bool {
    value.len() == length && only(value, alphabet)
}

/// All bytes are of the alphabet.
pub(super) fn only(value: &[u8], alphabet: &[u8]) -> bool {
    let mut known = [false; 256];
    for &byte in alphabet {
        known[byte as usize] = true;
    }
    value.iter().all(|&byte| known[byte as usize])
}

/// `number` in the base of the alphabet, first digit first, padded left with the digit zero.
pub(super) fn number(mut number: u64, alphabet: &[u8], width: usize) -> String {
    let base = alphabet.len() as u64;
    let mut digits = Vec::new();
    while number > 0 || digits.len() < width {
        digits.push(alphabet[(number % base) as usize]);
        number /= base;
    }
    digits.iter().rev().map(|&digit| char::from(digit)).collect()
}

/// A decimal number of at most 18 digits.
pub(super) fn decimal(text: &[u8]) -> Option<u64> {
    let fits = (1..=18).contains(&text.len()) && only(text, DIGITS);
    fits.then(|| text.iter().fold(0, |sum, &digit| sum * 10 + u64::from(digit - b'0')))
}

/// Base64 of either alphabet, padded or not; unused bits must be zero.
pub(super) fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let padding = text.iter().rev().take_while(|&&byte| byte == b'=').count();
    let body = &text[..text.len() - padding];
    if padding > 2 || (padding > 0 && !text.len().is_multiple_of(4)) {
        return None;
    }
    let url = body.iter().any(|&byte| byte == b'-' || byte == b'_');
    match url {
        true => BASE64URL_NOPAD.decode(body).ok(),
        false => BASE64_NOPAD.decode(body).ok(),
    }
}

/// Base64 of text that is all printable ASCII.
pub(super) fn base64_text(text: &[u8]) -> Option<String> {
    let bytes = base64(text)?;
    let plain = !bytes.is_empty() && bytes.iter().all(|byte| (b' '..=b'~').contains(byte));
    plain.then(|| String::from_utf8(bytes).expect("printable ASCII is UTF-8"))
}

/// Base64 of a JSON object.
pub(super) fn base64_json(text: &[u8]) -> Option<serde_json::Map<String, serde_json::Value>> {
    match serde_json::from_slice(&base64(text)?).ok()? {
        serde_json::Value::Object(object) => Some(object),
        _ => None,
    }
}

/// First place of `needle`.
pub(super) fn position(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

/// As [`position`], with ASCII letters of either case.
pub(super) fn holds_ignoring_case(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window.eq_ignore_ascii_case(needle))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        assert_eq!(number(0, BASE62, 6), "000000");
        assert_eq!(number(61, BASE62, 1), "z");
        assert_eq!(number(62, BASE62, 1), "10");
        assert_eq!(decimal(b"007"), Some(7));
        assert_eq!(decimal(b""), None);
        assert_eq!(decimal(b"1234567890123456789"), None);
    }

    #[test]
    fn base64_of_either_alphabet() {
        assert_eq!(base64(b"-_8="), Some(vec![0xfb, 0xff]));
        assert_eq!(base64(b"+/8"), Some(vec![0xfb, 0xff]));
        assert_eq!(base64(b"+_8"), None, "mixed alphabets");
        assert_eq!(base64(b"+/9"), None, "unused bits set");
        assert_eq!(base64(b"+/8=="), None, "padding that does not pad");
        assert_eq!(base64(b""), Some(vec![]));
    }
}
