//! Makes text of bytes: UTF-16 becomes what the patterns can read. Promises that nothing that stands
//! in plain ASCII is lost by it.
//!
//! No byte-order mark is believed and no file is judged binary: a mark at the start of a plain file,
//! or a few NUL bytes in it, would otherwise hide it. Instead, wherever ASCII characters alternate
//! with NUL bytes for a while, the NULs are taken out, and all else stays as it is.

use std::borrow::Cow;

/// Characters in a row that make it UTF-16, and not a short number in a binary file.
const RUN: usize = 6;

/// The text of `bytes`: themselves, unless a part of them is UTF-16.
pub fn text(bytes: &[u8]) -> Cow<'_, [u8]> {
    let Some(first) = next_run(bytes, 0) else { return Cow::Borrowed(bytes) };
    let mut out = Vec::with_capacity(bytes.len() / 2 + 16);
    let mut copied = 0;
    let mut run = Some(first);
    while let Some((start, end)) = run {
        out.extend_from_slice(&bytes[copied..start]);
        out.extend(bytes[start..end].iter().step_by(2));
        copied = end;
        run = next_run(bytes, end);
    }
    out.extend_from_slice(&bytes[copied..]);
    Cow::Owned(out)
}

/// The next stretch of `character NUL character NUL …` at or after `from`. The last character may
/// lack its NUL: in big-endian text the NUL stands before it.
fn next_run(bytes: &[u8], from: usize) -> Option<(usize, usize)> {
    let mut at = from;
    while let Some(nul) = memchr::memchr(0, &bytes[at..]) {
        let nul = at + nul;
        let start = nul.saturating_sub(1).max(from);
        let start = if start < nul && readable(bytes[start]) { start } else { nul + 1 };
        let mut end = start;
        while end + 1 < bytes.len() && readable(bytes[end]) && bytes[end + 1] == 0 {
            end += 2;
        }
        let pairs = (end - start) / 2;
        if pairs >= RUN {
            if end < bytes.len() && readable(bytes[end]) {
                end += 1;
            }
            return Some((start, end));
        }
        at = end.max(nul + 1);
    }
    None
}

fn readable(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, little: bool) -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() })
            .collect()
    }

    #[test]
    fn utf_16_is_read_with_or_without_a_mark_and_after_other_text() {
        let line = "speed = abcdef\r\nnext\n";
        for little in [true, false] {
            for before in [&b""[..], b"\xff\xfe", b"\xfe\xff", b"plain line\n"] {
                let mut bytes = before.to_vec();
                bytes.extend(utf16(line, little));
                let text = text(&bytes).into_owned();
                let wanted = line.trim_end();
                assert!(bstr::ByteSlice::contains_str(&text[..], wanted), "{little} {before:?} {text:?}");
            }
        }
    }

    #[test]
    fn plain_text_stays_whatever_stands_before_it() {
        for plain in
            [&b"\xff\xfepassword = x"[..], b"\0password = x", b"a\0b\0c\0 password = x", b"", b"\0\0\0"]
        {
            assert_eq!(text(plain), plain);
        }
    }
}
