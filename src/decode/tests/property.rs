//! What holds of every view of every text.

use std::ops::Range;

use super::{
    Random,
    encode::{ENCODERS, Encoded},
};
use crate::decode::{Limits, near, views};

/// Texts of plain pieces, tokens, encoded ones and pieces of encodings.
fn text(random: &mut Random, pieces: usize) -> Vec<u8> {
    const PIECES: &[&str] = &[
        " ",
        "\n",
        "\n",
        "\r\n",
        "    ",
        "\"",
        "'",
        "\\",
        "\\\\",
        "%",
        "&",
        "=",
        "+",
        "/",
        "_",
        "-",
        ";",
        ",",
        "{",
        "}",
        "\" + \"",
        "\"\n  \"",
        "\\n\",\n  \"",
        "\\n",
        "\\\"",
        "\\\": \\\"",
        "&quot;",
        "&amp;",
        "%25",
        "%3D",
        "=3D",
        "=\n",
        "\\x41",
        "key: ",
        "token=",
        "Zm9v",
        "configuration",
        "someIdentifier",
        "word",
        "path/to/file",
        "0123456789abcdef",
        "é",
        "\0",
        "\u{7f}",
        "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2",
        "the quick brown fox jumps over the lazy dog\n",
    ];
    let mut out = Vec::new();
    for _ in 0..pieces {
        match random.below(40) {
            0 => out.extend(random.token().bytes()),
            1 => {
                let token = random.token();
                out.extend(
                    Encoded::plain(token.as_bytes()).encode(ENCODERS[random.below(ENCODERS.len())].1).text,
                );
            }
            2 => out.extend(" plain words of a sentence".repeat(random.below(30)).bytes()),
            3 => out.extend("unbroken".repeat(random.below(100)).bytes()),
            _ => out.extend(PIECES[random.below(PIECES.len())].bytes()),
        }
    }
    out
}

/// What one unit of the source stands for, read the plain way.
fn plainly(how: &str, source: &[u8], byte: u8) -> bool {
    let digits = |digits: &[u8], radix| {
        u32::from_str_radix(std::str::from_utf8(digits).unwrap(), radix)
            .is_ok_and(|code| code == u32::from(byte))
    };
    match source {
        _ if how == "base64" => group(source).contains(&byte),
        [one] => *one == byte,
        [b'%', hex @ ..] | [b'=', hex @ ..] => digits(hex, 16),
        [b'\\', b'x' | b'u' | b'U', hex @ ..] => {
            digits(hex.strip_prefix(b"{").map_or(hex, |hex| hex.strip_suffix(b"}").unwrap()), 16)
        }
        [b'\\', b'n'] => byte == b'\n',
        [b'\\', b'r'] => byte == b'\r',
        [b'\\', b't'] => byte == b'\t',
        [b'\\', one] => *one == byte,
        [b'\\', octal @ ..] => digits(octal, 8),
        [b'&', b'#', b'x' | b'X', hex @ .., b';'] => digits(hex, 16),
        [b'&', b'#', decimal @ .., b';'] => digits(decimal, 10),
        b"&quot;" => byte == b'"',
        b"&amp;" => byte == b'&',
        [_, _] => digits(source, 16),
        _ => false,
    }
}

/// A group of base64, maybe wrapped.
fn group(source: &[u8]) -> Vec<u8> {
    let chars = source.iter().filter(|byte| !byte.is_ascii_whitespace() && **byte != b'=');
    let standard = chars.map(|byte| match byte {
        b'-' => b'+',
        b'_' => b'/',
        byte => *byte,
    });
    let standard: Vec<u8> = standard.collect();
    let mut lenient = data_encoding::BASE64_NOPAD.specification();
    lenient.check_trailing_bits = false;
    assert!(standard.len() <= 4);
    lenient.encoding().unwrap().decode(&standard).unwrap()
}

#[test]
fn every_byte_came_from_where_it_is_said_to() {
    let mut random = Random(21);
    let (mut copied, mut decoded) = (0, 0);
    for round in 0..1000 {
        let text = text(&mut random, round % 80);
        let mut total = 0;
        let limits = Limits::of(text.len());
        let spent = views(&text, &limits, &mut |view| {
            total += view.text().len() as u64;
            let mut last = 0;
            for at in 0..view.text().len() {
                let source = view.source(at..at + 1);
                assert!(source.start >= last && source.end <= text.len());
                last = source.start;
                let chain = view.chain(at..at + 1);
                let within = view.within_group(at..at + 1);
                assert!(within || chain.is_none());
                let shown = || {
                    format!(
                        "{:?} {:?} at {at} of {:?}",
                        String::from_utf8_lossy(&text),
                        source,
                        String::from_utf8_lossy(view.text())
                    )
                };
                if view.level() > 1 || !within {
                    continue;
                }
                match chain {
                    None => {
                        copied += 1;
                        assert!(text[source.clone()] == view.text()[at..=at], "{}", shown());
                    }
                    Some(chain) if chain.len() == 1 => {
                        decoded += 1;
                        assert!(
                            plainly(&chain[0], &text[source.clone()], view.text()[at]),
                            "{chain:?} {}",
                            shown()
                        );
                    }
                    Some(chain) => assert!(["gzip", "zlib"].contains(&&*chain[1]), "{chain:?}"),
                }
            }
        });
        assert!(spent.bytes >= total && spent.bytes <= limits.bytes, "{spent:?} {total}");
    }
    assert!(copied > 30_000 && decoded > 30_000, "{copied} {decoded}");
}

/// What the views of the first level decode or copy.
fn covered(text: &[u8]) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    views(text, &Limits::of(text.len()), &mut |view| {
        if view.level() == 1 {
            out.extend(view.groups().iter().map(|group| view.source(group.clone())));
        }
    });
    out
}

#[test]
fn what_is_not_near_is_not_touched() {
    let mut random = Random(31);
    let (mut far, mut all) = (0, 0);
    for round in 0..1000 {
        let text = text(&mut random, round % 150);
        let covered = covered(&text);
        for _ in 0..20 {
            let start = random.below(text.len() + 1);
            let end = (start + random.below(30)).min(text.len());
            let other = random.below(text.len() + 1 - end) + end;
            let touches = |span: &&Range<usize>| {
                span.start <= end && start <= span.end || span.start <= other && other <= span.end
            };
            let touched = covered.iter().find(touches);
            let is_near = near(&text, &[start..end, other..other]);
            assert!(
                is_near || touched.is_none(),
                "{start}..{end} {touched:?} {:?}",
                String::from_utf8_lossy(&text)
            );
            far += usize::from(!is_near);
            all += usize::from(touched.is_none());
        }
    }
    assert!(far > 1000 && far * 3 > all, "{far} of {all}");
}
