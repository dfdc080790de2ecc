//! What holds of every view of every text.

use std::ops::Range;

use super::{
    Random,
    encode::{ENCODERS, Encoded},
};
use crate::decode::{Copied, Encodings, Limits, views, views_of};

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

/// A text of stretches of `base`, one often going on where the last ended, and of new ones.
fn derive(random: &mut Random, base: &[u8]) -> (Vec<u8>, Vec<Copied>) {
    let (mut out, mut copied, mut from) = (Vec::new(), Vec::new(), 0);
    for _ in 0..random.below(6) + 1 {
        if random.below(3) == 0 || from >= base.len() {
            let pieces = random.below(4);
            out.extend(text(random, pieces));
        }
        if random.below(8) == 0 || from >= base.len() {
            from = random.below(base.len() + 1);
        }
        let most = if random.below(3) == 0 { 30 } else { base.len() - from + 1 };
        let len = random.below(most).min(base.len() - from);
        copied.push(Copied { to: out.len()..out.len() + len, from });
        out.extend(&base[from..from + len]);
        from += len + random.below(4);
    }
    (out, copied)
}

fn encodings(text: &[u8]) -> Encodings {
    let mut encodings = None;
    let limits = Limits { depth: 1, bytes: u64::MAX };
    views_of(text, &mut encodings, &limits, &mut |_| {});
    encodings.expect("there is room for all")
}

#[test]
fn what_is_carried_over_is_what_a_look_at_the_whole_finds() {
    let mut random = Random(31);
    let (mut carried, mut found, mut changed) = (0, 0, 0);
    for round in 0..2500 {
        let mut base = text(&mut random, 20 + round % 400);
        let mut known = encodings(&base);
        for _ in 0..4 {
            let (next, copied) = derive(&mut random, &base);
            let whole = encodings(&next);
            if let Some(all) = known.carried(&next, &copied) {
                let shown = || (String::from_utf8_lossy(&base), String::from_utf8_lossy(&next));
                assert_eq!(all, whole, "{copied:?} {:?}", shown());
                carried += 1;
            }
            found += whole.count();
            changed += usize::from(whole != known);
            (base, known) = (next, whole);
        }
    }
    assert!(carried > 9000 && found > 30_000 && changed > 5000, "{carried} {found} {changed}");
}

#[test]
fn what_does_not_touch_the_new_is_copied() {
    let mut random = Random(33);
    let (mut apart, mut all) = (0, 0);
    for round in 0..1000 {
        let base = text(&mut random, round % 150);
        let (next, copied) = derive(&mut random, &base);
        let mut edges: Vec<_> = std::iter::once(0..copied[0].to.start).collect();
        edges.extend(copied.windows(2).map(|two| two[0].to.end..two[1].to.start));
        edges.push(copied[copied.len() - 1].to.end..next.len());
        let covered = covered(&next);
        let touched = covered
            .iter()
            .find(|span| edges.iter().any(|edge| span.start <= edge.end && edge.start <= span.end));
        let touches = encodings(&next).touch_new(&next, &copied);
        assert!(touches || touched.is_none(), "{touched:?} {copied:?} {:?}", String::from_utf8_lossy(&next));
        apart += usize::from(!touches);
        all += usize::from(touched.is_none());
    }
    assert!(apart > 200 && apart * 3 > all, "{apart} of {all}");
}
