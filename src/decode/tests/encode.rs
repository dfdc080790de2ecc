//! Encoders that tell, for every byte, which characters came of it: what a view must map back to.

use std::ops::Range;

use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD, Encoding, HEXLOWER, HEXUPPER};

/// What was encoded, with the characters that each byte went into.
#[derive(Clone)]
pub struct Encoded {
    pub text: Vec<u8>,
    pub of: Vec<Range<usize>>,
}

pub type Encoder = fn(&[u8]) -> Encoded;

impl Encoded {
    pub fn plain(text: &[u8]) -> Self {
        Self { text: text.to_vec(), of: (0..text.len()).map(|at| at..at + 1).collect() }
    }

    pub fn encode(&self, encoder: Encoder) -> Self {
        let outer = encoder(&self.text);
        let of = self.of.iter().map(|of| outer.of[of.start].start..outer.of[of.end - 1].end);
        Self { of: of.collect(), text: outer.text }
    }

    pub fn put(&self, before: &str, after: &str) -> Self {
        let of = self.of.iter().map(|of| of.start + before.len()..of.end + before.len()).collect();
        Self { text: [before.as_bytes(), &self.text, after.as_bytes()].concat(), of }
    }

    /// All that the bytes went into.
    pub fn span(&self) -> Range<usize> {
        self.of[0].start..self.of[self.of.len() - 1].end
    }
}

/// Every byte by itself.
fn each(bytes: &[u8], code: impl Fn(u8) -> String) -> Encoded {
    let (mut text, mut of) = (Vec::new(), Vec::new());
    for byte in bytes {
        let from = text.len();
        text.extend(code(*byte).bytes());
        of.push(from..text.len());
    }
    Encoded { text, of }
}

fn runs(bytes: &[u8], encoding: &Encoding, made: usize, chars: usize) -> Encoded {
    let text = encoding.encode(bytes).into_bytes();
    let of = (0..bytes.len()).map(|at| at / made * chars..(at / made * chars + chars).min(text.len()));
    Encoded { of: of.collect(), text }
}

fn wrapped(encoded: Encoded, width: usize, line: &str) -> Encoded {
    let text = encoded.text.chunks(width).collect::<Vec<_>>().join(line.as_bytes());
    let moved = |at: usize| at + at / width * line.len();
    let of = encoded.of.iter().map(|of| moved(of.start)..moved(of.end - 1) + 1).collect();
    Encoded { text, of }
}

/// Literals of seven characters, none of which is a quote or a line end.
fn joined(bytes: &[u8], seam: &str) -> Encoded {
    let escaped = each(bytes, |byte| match byte {
        b'"' => "\\\"".into(),
        b'\\' => "\\\\".into(),
        b'\n' => "\\n".into(),
        b'\r' => "\\r".into(),
        byte => char::from(byte).into(),
    });
    let token = |at: usize| super::super::chars::is_token(escaped.text[at]);
    let (mut text, mut places, mut len) = (Vec::new(), Vec::new(), 0);
    for (at, byte) in escaped.text.iter().enumerate() {
        if len >= 7 && token(at) && token(at - 1) && !escaped.text[at.saturating_sub(8)..at].contains(&b'\\')
        {
            text.extend_from_slice(seam.as_bytes());
            len = 0;
        }
        places.push(text.len());
        text.push(*byte);
        len += 1;
    }
    let of = escaped.of.iter().map(|of| places[of.start]..places[of.end - 1] + 1).collect();
    Encoded { text, of }.put("\"", "\"")
}

fn packed(bytes: &[u8], packed: &[u8]) -> Encoded {
    let text = BASE64.encode(packed).into_bytes();
    Encoded { of: vec![0..text.len(); bytes.len()], text }
}

fn gzip(bytes: &[u8]) -> Encoded {
    let mut made = vec![0; 2 * bytes.len() + 100];
    let len = libdeflater::Compressor::new(Default::default()).gzip_compress(bytes, &mut made).expect("room");
    packed(bytes, &made[..len])
}

fn zlib(bytes: &[u8]) -> Encoded {
    let mut made = vec![0; 2 * bytes.len() + 100];
    let len = libdeflater::Compressor::new(Default::default()).zlib_compress(bytes, &mut made).expect("room");
    packed(bytes, &made[..len])
}

fn utf16(bytes: &[u8]) -> Encoded {
    let wide = Encoded {
        text: bytes.iter().flat_map(|byte| [*byte, 0]).collect(),
        of: (0..bytes.len()).map(|at| 2 * at..2 * at + 2).collect(),
    };
    wide.encode(|wide| runs(wide, &BASE64, 3, 4))
}

fn quoted(bytes: &[u8]) -> Encoded {
    let encoded = each(bytes, |byte| format!("={byte:02X}"));
    wrapped(encoded, 63, "=\n")
}

pub const ENCODERS: &[(&str, Encoder)] = &[
    ("percent", |bytes| each(bytes, |byte| format!("%{byte:02X}"))),
    ("percent lower", |bytes| each(bytes, |byte| format!("%{byte:02x}"))),
    ("\\x", |bytes| each(bytes, |byte| format!("\\x{byte:02x}"))),
    ("\\u", |bytes| each(bytes, |byte| format!("\\u{byte:04X}"))),
    ("\\u{}", |bytes| each(bytes, |byte| format!("\\u{{{byte:x}}}"))),
    ("octal", |bytes| each(bytes, |byte| format!("\\{byte:03o}"))),
    ("html", |bytes| each(bytes, |byte| format!("&#{byte};"))),
    ("html hex", |bytes| each(bytes, |byte| format!("&#x{byte:02X};"))),
    ("quoted-printable", quoted),
    ("base64", |bytes| runs(bytes, &BASE64, 3, 4)),
    ("base64 unpadded", |bytes| runs(bytes, &BASE64_NOPAD, 3, 4)),
    ("base64url", |bytes| runs(bytes, &BASE64URL, 3, 4)),
    ("base64url unpadded", |bytes| runs(bytes, &BASE64URL_NOPAD, 3, 4)),
    ("base64 wrapped", |bytes| wrapped(runs(bytes, &BASE64, 3, 4), 64, "\n")),
    ("base64 wrapped, CRLF", |bytes| wrapped(runs(bytes, &BASE64, 3, 4), 76, "\r\n")),
    ("base64 wrapped, indented", |bytes| wrapped(runs(bytes, &BASE64, 3, 4), 52, "\n    ")),
    ("hex", |bytes| runs(bytes, &HEXLOWER, 1, 2)),
    ("HEX", |bytes| runs(bytes, &HEXUPPER, 1, 2)),
    ("hex wrapped", |bytes| wrapped(runs(bytes, &HEXLOWER, 1, 2), 60, "\n")),
    ("gzip", gzip),
    ("zlib", zlib),
    ("utf-16", utf16),
    ("+", |bytes| joined(bytes, "\" + \"")),
    (".", |bytes| joined(bytes, "\" . \"")),
    ("..", |bytes| joined(bytes, "\"..\"")),
    ("&", |bytes| joined(bytes, "\" & _\n  \"")),
    ("implicit", |bytes| joined(bytes, "\"\n    \"")),
    ("+ over lines", |bytes| joined(bytes, "\" +\r\n\t\"")),
    ("continued", |bytes| joined(bytes, "\" \\\n  \"")),
    ("continued within", |bytes| joined(bytes, "\\\n")),
];
