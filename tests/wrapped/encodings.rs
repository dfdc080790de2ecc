//! One token through every encoding, and through every pair of them: found, at the exact span, and told how.

use std::fmt::Write as _;

use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};
use flate2::{Compression, write::ZlibEncoder};

use super::made::gzip;
use crate::harness::{Dir, made::token, place};

/// A name for a file, the step that is told, and how it is done.
type Encoding = (&'static str, &'static str, fn(&str) -> String);

fn each(text: &str, one: impl Fn(u8) -> String) -> String {
    text.bytes().map(one).collect()
}

fn lines(text: &str, width: usize, end: &str) -> String {
    let pieces: Vec<_> = text.as_bytes().chunks(width).map(|it| String::from_utf8_lossy(it)).collect();
    pieces.join(end)
}

fn zlib(text: &str) -> Vec<u8> {
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
    std::io::Write::write_all(&mut zlib, text.as_bytes()).expect("in memory");
    zlib.finish().expect("in memory")
}

const ENCODINGS: &[Encoding] = &[
    ("base64", "base64", |text| BASE64.encode(text.as_bytes())),
    ("base64-unpadded", "base64", |text| BASE64_NOPAD.encode(text.as_bytes())),
    ("base64-url", "base64", |text| BASE64URL.encode(text.as_bytes())),
    ("base64-url-unpadded", "base64", |text| BASE64URL_NOPAD.encode(text.as_bytes())),
    ("base64-wrapped", "base64", |text| lines(&BASE64.encode(text.as_bytes()), 40, "\n")),
    ("base64-indented", "base64", |text| lines(&BASE64.encode(text.as_bytes()), 40, "\r\n    ")),
    ("hex", "hex", |text| HEXLOWER.encode(text.as_bytes())),
    ("hex-upper", "hex", |text| HEXUPPER.encode(text.as_bytes())),
    ("percent", "percent", |text| each(text, |byte| format!("%{byte:02X}"))),
    ("backslash-x", "backslash", |text| each(text, |byte| format!("\\x{byte:02x}"))),
    ("backslash-u", "backslash", |text| each(text, |byte| format!("\\u{byte:04x}"))),
    ("octal", "backslash", |text| each(text, |byte| format!("\\{byte:03o}"))),
    ("html", "html", |text| each(text, |byte| format!("&#{byte};"))),
    ("html-hex", "html", |text| each(text, |byte| format!("&#x{byte:x};"))),
    // As mail has it: lines of at most 76 characters.
    ("quoted-printable", "quoted-printable", |text| {
        lines(&each(text, |byte| format!("={byte:02X}")), 66, "=\n")
    }),
    ("gzip", "base64 > gzip", |text| BASE64.encode(&gzip(text.as_bytes()))),
    ("zlib", "base64 > zlib", |text| BASE64.encode(&zlib(text))),
    ("utf-16", "base64 > utf-16", |text| {
        BASE64.encode(&text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>())
    }),
];

/// A text in one of the encodings.
pub fn encoded(number: usize, text: &str) -> String {
    ENCODINGS[number % ENCODINGS.len()].2(text)
}

/// Where the last byte of a text stands that begins at line 1 and `column`, and one further.
fn end(text: &str, column: usize) -> (u64, u64) {
    let line = text.matches('\n').count();
    let last = text.rsplit('\n').next().unwrap_or_default();
    let column = if line == 0 { column + text.len() } else { 1 + last.len() };
    (1 + line as u64, column as u64)
}

#[test]
fn one_token_through_every_encoding_and_every_pair_is_found_where_it_stands() {
    let dir = Dir::new();
    let mut wanted = Vec::new();
    let mut number = 0;
    let mut write = |name: String, steps: String, encode: &dyn Fn(&str) -> String| {
        number += 1;
        let encoded = encode(&token(number));
        // The start of a YAML value, so that lines may be indented.
        dir.write(format!("all/{name}"), format!("value: {encoded}\n"));
        wanted.push((format!("all/{name}"), token(number), steps, end(&encoded, 8)));
    };
    for (name, step, encode) in ENCODINGS {
        write((*name).to_owned(), (*step).to_owned(), encode);
        for (outer, outer_step, encode_again) in ENCODINGS {
            let steps = format!("{outer_step} > {step}");
            write(format!("{name}-in-{outer}"), steps, &|text| encode_again(&encode(text)));
        }
    }
    let told = dir.scan("", &["dir", "all"]);
    let mut wrong = String::new();
    for (name, token, steps, end) in &wanted {
        let of_file: Vec<_> = told.findings.iter().filter(|found| place(found).0 == name).collect();
        let found = of_file.iter().find(|found| found["secret"] == token.as_str());
        let Some(found) = found else {
            _ = writeln!(wrong, "{name}: not found");
            continue;
        };
        let last =
            (found["end_line"].as_u64().expect("a line"), found["end_column"].as_u64().expect("a column"));
        if (place(found).1, place(found).2, last) != (1, 8, *end) {
            _ = writeln!(wrong, "{name}: {:?} to {last:?}, not {end:?}", place(found));
        }
        let told_steps = found["reasons"].to_string();
        if !told_steps.contains(&format!("decoded: {steps}\"")) {
            _ = writeln!(wrong, "{name}: {told_steps}, not {steps}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// A body that was wrapped and then escaped: where a line of it can be read by itself, half of the value is decoded
/// and half is not.
#[test]
fn a_value_is_told_whole_and_never_half_decoded() {
    let dir = Dir::new();
    let value: String =
        (0..40).map(|at: u32| char::from(b"61afc8d2e4"[(at * at * 7 % 31 % 10) as usize])).collect();
    // The plus ends a piece, so that what follows it is looked at alone.
    let body = format!(r#"{{"client":"<SOME_CLIENT_ID>"}},"token":"{value}","note":null,"updated":"2013"}}"#);
    let wrapped = lines(&BASE64.encode(body.as_bytes()), 60, "\\n");
    assert!(wrapped.contains('+'), "{wrapped}");
    dir.write("body.json", format!("{{\"base64_string\":\"{wrapped}\\n\"}}\n"));
    let told = dir.scan("", &["dir", "body.json", "--min-confidence", "low"]);
    let secrets: Vec<_> = told.findings.iter().map(|found| found["secret"].clone()).collect();
    assert_eq!(secrets, [value], "{:?}", told.findings);
}
