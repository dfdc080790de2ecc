//! Classes of bytes, as tables.

use super::work;

macro_rules! table {
    ($byte:ident, $value:expr) => {{
        let mut table = [0; 256];
        let mut at = 0;
        while at < 256 {
            let $byte = at as u8;
            table[at] = $value;
            at += 1;
        }
        table
    }};
}

/// What a token, a path or an address is made of: no blanks, quotes, brackets, commas or semicolons.
pub const fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'_' | b'-' | b'+' | b'/' | b'.' | b'=' | b'~' | b':' | b'@' | b'!' | b'$' | b'*' | b'^' | b'?'
        )
}

/// What base64 is made of in either alphabet, hence hex too. `=` ends it.
pub const fn is_coded(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

const fn is_sign(byte: u8) -> bool {
    is_coded(byte) && !byte.is_ascii_alphanumeric()
}

/// What an escape may be made of, tokens included.
pub const fn is_escaping(byte: u8) -> bool {
    is_token(byte) || matches!(byte, b'%' | b'\\' | b'&' | b'#' | b';' | b'{' | b'}')
}

/// What may begin an escape, or close a literal.
#[cfg(test)]
pub const fn is_special(byte: u8) -> bool {
    matches!(byte, b'%' | b'\\' | b'&' | b'=') || is_quote(byte)
}

/// Whether what stands around a special byte lets it be what it may be. By far the most are told by this.
pub fn may_count(before: u8, special: u8, next: u8) -> bool {
    let [around, of, follows] =
        [(&BEFORE, before), (&SPECIAL, special), (&NEXT, next)].map(|(set, byte)| set[usize::from(byte)]);
    around & of & follows != 0
}

/// The special bytes, as bits.
static SPECIAL: [u8; 256] = table!(
    byte,
    match byte {
        b'=' => 1,
        b'%' => 2,
        b'&' => 4,
        b'\\' => 8,
        // A quote, and one that ends a line within a text.
        _ if is_quote(byte) => 16 | 32,
        _ => 0,
    }
);

/// Before which of them a byte may stand.
static BEFORE: [u8; 256] = table!(byte, {
    let closes = if is_escaping(byte) && byte != b'\\' { 16 } else { 0 };
    let line = if byte == b'n' { 32 } else { 0 };
    15 | closes | line
});

/// Behind which of them a byte may stand.
static NEXT: [u8; 256] = table!(byte, {
    let quoted = if matches!(byte, b'0'..=b'9' | b'A'..=b'F' | b'\r' | b'\n') { 1 } else { 0 };
    let percent = if byte.is_ascii_hexdigit() { 2 } else { 0 };
    let entity = if byte == b'#' || byte.is_ascii_lowercase() { 4 } else { 0 };
    let joined = matches!(byte, b'\n' | b'\r' | b'+' | b'.' | b'<' | b'|' | b'&' | b'~' | b'\\');
    let joined = if joined || is_blank(byte) || is_quote(byte) { 16 | 32 } else { 0 };
    quoted | percent | entity | 8 | joined | if byte == b',' { 32 } else { 0 }
});

pub const fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

pub const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// What people read: no controls but tab and line ends. Asked without a branch, for many bytes at once.
#[inline]
pub const fn is_readable(byte: u8) -> bool {
    (byte.wrapping_sub(b' ') <= b'~' - b' ') | (byte.wrapping_sub(b'\t') <= 1) | (byte == b'\r')
}

/// A set of bytes that is looked up.
pub struct Set([bool; 256]);

macro_rules! set {
    ($is:ident) => {{
        let mut set = [false; 256];
        let mut byte = 0;
        while byte < 256 {
            set[byte] = $is(byte as u8);
            byte += 1;
        }
        Set(set)
    }};
}

pub static TOKEN: Set = set!(is_token);
/// What is coded, and no letter or digit.
pub static SIGN: Set = set!(is_sign);
pub static CODED: Set = set!(is_coded);
pub static ESCAPING: Set = set!(is_escaping);

impl Set {
    pub fn has(&self, byte: u8) -> bool {
        self.0[usize::from(byte)]
    }

    /// Whether the byte at `at` is there and is one.
    pub fn at(&self, text: &[u8], at: usize) -> bool {
        text.get(at).is_some_and(|byte| self.has(*byte))
    }

    /// The end of the stretch of such bytes from `at` on.
    pub fn end(&self, text: &[u8], at: usize) -> usize {
        let end = text[at..].iter().position(|byte| !self.has(*byte)).map_or(text.len(), |len| at + len);
        work::count(end - at + 1);
        end
    }
}

/// The value of a hex digit.
pub const fn hex(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// The end of a line break at `at`, if there is one.
pub fn line_break(text: &[u8], at: usize) -> Option<usize> {
    match text.get(at)? {
        b'\n' => Some(at + 1),
        b'\r' if text.get(at + 1) == Some(&b'\n') => Some(at + 2),
        _ => None,
    }
}

/// The end of the blanks at `at`, of which at most `most` are passed.
pub fn skip_blanks(text: &[u8], at: usize, most: usize) -> usize {
    let rest = &text[at.min(text.len())..];
    let len = rest.iter().take(most).take_while(|byte| is_blank(**byte)).count();
    work::count(len + 1);
    at + len
}
