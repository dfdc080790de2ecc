//! The small readers: blanks, lines, quoted literals, bare words. Each is bounded and takes any bytes.
//! Knows nothing of keys, forms or secrets.

use std::ops::Range;

/// What encloses a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Quote {
    None,
    Double,
    Single,
    Back,
    /// `\"…\"` inside another literal
    Escaped,
    /// `"""…"""`
    Triple,
    /// between `>` and `<`
    Tag,
}

/// Whether a text is a UUID.
pub fn is_uuid(v: &[u8]) -> bool {
    let sign = |(at, b): (usize, &u8)| match at {
        8 | 13 | 18 | 23 => *b == b'-',
        _ => b.is_ascii_hexdigit(),
    };
    v.len() == 36 && v[8] == b'-' && v.iter().enumerate().all(sign)
}

/// A quoted literal.
pub struct Literal {
    pub text: Range<usize>,
    pub end: usize,
    pub quote: Quote,
}

/// The longest literal or bare word.
pub const VALUE: usize = 440;

pub fn is_ident(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_'
}

/// Bytes of base64, its filling among them.
pub fn is_base64(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=')
}

/// What is written in base64 of either alphabet, up to the first byte that is no digit of it.
pub fn base64(text: &[u8]) -> impl Iterator<Item = u8> {
    let digits = text.iter().map_while(|b| {
        Some(match b {
            b'A'..=b'Z' => b - b'A',
            b'a'..=b'z' => b - b'a' + 26,
            b'0'..=b'9' => b - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        })
    });
    let (mut held, mut bits) = (0_u32, 0);
    digits.filter_map(move |digit| {
        held = held << 6 | u32::from(digit);
        bits += 6;
        bits = if bits >= 8 { bits - 8 } else { return None };
        Some((held >> bits) as u8)
    })
}

/// Bytes of a key: identifiers, with the joints that configuration keys have.
pub fn is_key(b: u8) -> bool {
    is_ident(b) || matches!(b, b'-' | b'.' | b'$')
}

pub fn starts_ci(w: &[u8], at: usize, word: &[u8]) -> bool {
    w.get(at..at + word.len()).is_some_and(|x| x.eq_ignore_ascii_case(word))
}

pub fn ends_ci(text: &[u8], word: &[u8]) -> bool {
    text.len() >= word.len() && text[text.len() - word.len()..].eq_ignore_ascii_case(word)
}

/// Whether a text begins with one of some words. Most do with none, and their first bytes say so.
pub fn begins(text: &[u8], words: &[&[u8]]) -> bool {
    words.iter().any(|word| word.first() == text.first() && text.starts_with(word))
}

/// Where a short word stands in a short text, for which no searcher is made.
pub fn position(text: &[u8], word: &[u8]) -> Option<usize> {
    memchr::memchr_iter(*word.first()?, text).find(|at| text[*at..].starts_with(word))
}

/// Length of the first of `words` that stands at `at`, without case.
pub fn prefix_ci(w: &[u8], at: usize, words: &[&[u8]]) -> Option<usize> {
    words.iter().find(|word| starts_ci(w, at, word)).map(|word| word.len())
}

/// Past blanks and tabs, at most `most`.
pub fn skip_blank(w: &[u8], p: usize, most: usize) -> usize {
    let mut i = p;
    while i < w.len() && i - p < most && matches!(w[i], b' ' | b'\t') {
        i += 1;
    }
    i
}

/// Past blanks, and at most one line break with its indentation.
pub fn skip_gap(w: &[u8], p: usize) -> usize {
    let mut i = skip_blank(w, p, 40);
    if matches!(w.get(i), Some(b'\\')) && matches!(w.get(i + 1), Some(b'\n' | b'\r')) {
        i += 1;
    }
    if w.get(i) == Some(&b'\r') {
        i += 1;
    }
    if w.get(i) == Some(&b'\n') {
        i = skip_blank(w, i + 1, 60);
    }
    i
}

pub fn line_start(w: &[u8], p: usize) -> usize {
    memchr::memrchr(b'\n', &w[..p]).map_or(0, |i| i + 1)
}

pub fn line_end(w: &[u8], p: usize) -> usize {
    memchr::memchr(b'\n', &w[p..]).map_or(w.len(), |i| p + i)
}

/// The quoted literal at `p`, string prefixes (`b"`, `@"`, `L"`) included.
pub fn literal(w: &[u8], p: usize) -> Option<Literal> {
    const OPEN: &[u8] = "“".as_bytes();
    const CLOSE: &[u8] = "”".as_bytes();
    let mut i = p;
    // As people write who do not write code.
    if w.get(p) == Some(&OPEN[0]) && w[p..].starts_with(OPEN) {
        let from = p + OPEN.len();
        let line = &w[from..line_end(w, from).min(from + VALUE)];
        let len = memchr::memmem::find(line, CLOSE).filter(|len| *len > 0)?;
        let (text, end) = (from..from + len, from + len + CLOSE.len());
        return Some(Literal { text, end, quote: Quote::Double });
    }
    while i < w.len()
        && i - p < 3
        && matches!(
            w[i],
            b'b' | b'u' | b'r' | b'f' | b'L' | b'N' | b'B' | b'R' | b'@' | b'$' | b'#' | b'&' | b':'
        )
    {
        i += 1;
    }
    let escaped = w.get(i) == Some(&b'\\');
    if escaped {
        i += 1;
    }
    let mark = *w.get(i)?;
    let mut quote = match mark {
        _ if escaped && matches!(mark, b'"' | b'\'') => Quote::Escaped,
        _ if escaped => return None,
        b'"' => Quote::Double,
        b'\'' => Quote::Single,
        b'`' => Quote::Back,
        _ => return None,
    };
    let mut from = i + 1;
    if mark == b'`' && w.get(from) == Some(&mark) && w.get(from + 1).is_some_and(|next| *next != mark) {
        // reStructuredText sets a text off with two.
        let line = &w[from + 1..line_end(w, from).min(from + VALUE)];
        let text = memchr::memmem::find(line, b"``").filter(|len| *len > 0)?;
        return Some(Literal { text: from + 1..from + 1 + text, end: from + 3 + text, quote: Quote::Back });
    }
    if w.get(from) == Some(&mark) {
        if w.get(from + 1) != Some(&mark) || escaped {
            return None; // empty
        }
        quote = Quote::Triple;
        from += 2;
        while w.get(from) == Some(&mark) {
            from += 1;
        }
    }
    let mut j = from;
    while j < w.len() && j - from < VALUE {
        let b = w[j];
        if b == mark && quote != Quote::Escaped {
            return Some(Literal { text: from..j, end: j + 1, quote });
        }
        match b {
            b'\\' if quote == Quote::Escaped && w.get(j + 1) == Some(&mark) => {
                return Some(Literal { text: from..j, end: j + 2, quote });
            }
            b'"' if quote == Quote::Escaped => return None,
            b'\\' => j += 1,
            b'\n' if !matches!(quote, Quote::Triple | Quote::Back) => return None,
            _ => {}
        }
        j += 1;
    }
    // cut off by the window or too long: the head is the value
    let end = j.min(w.len());
    (end > from + 64).then_some(Literal { text: from..end, end, quote })
}

/// The literal arguments from `p` to the closing bracket, at most three arguments far.
pub fn params(w: &[u8], p: usize, each: &mut impl FnMut(Literal)) {
    let mut i = p;
    'arguments: for _ in 0..3 {
        if let Some(l) = literal(w, i) {
            i = l.end;
            each(l);
        } else {
            let from = i;
            while i < w.len() && i - from < 60 && (is_key(w[i]) || matches!(w[i], b' ' | b'=' | b':' | b'>'))
            {
                i += 1;
                // key=value arguments have a key of their own, unless it says that the value is one
                if matches!(w[i - 1], b'=' | b':' | b'>') {
                    if ends_ci(w[from..i - 1].trim_ascii(), b"default") {
                        i = skip_blank(w, i, 4);
                        continue 'arguments;
                    }
                    return;
                }
            }
            if i == from {
                return;
            }
        }
        i = skip_gap(w, i);
        if w.get(i) != Some(&b',') {
            return;
        }
        i = skip_gap(w, i + 1);
    }
}

/// The bare word at `p`. On a line of its own it reaches to the next blank;
/// elsewhere punctuation ends it too.
pub fn unquoted(w: &[u8], p: usize, own_line: bool) -> Option<Range<usize>> {
    let mut i = p;
    while i < w.len() && i - p < VALUE {
        let b = w[i];
        let stop = match b {
            b' ' | b'\t' | b'\n' | b'\r' | 0 => true,
            b'"' | b'\'' | b'`' | b'<' | b'>' => !own_line || i == p,
            b',' | b';' | b')' | b']' | b'}' | b'|' | b'&' | b'\\' | b'(' | b'[' | b'{' => {
                !(own_line || i < p + 2 && matches!(b, b'{' | b'['))
            }
            _ => false,
        };
        if stop {
            break;
        }
        i += 1;
    }
    let mut end = i;
    while end > p
        && matches!(w[end - 1], b',' | b';' | b'"' | b'\'' | b')')
        && (own_line || w[end - 1] == b',')
    {
        end -= 1;
    }
    (end > p).then_some(p..end)
}
