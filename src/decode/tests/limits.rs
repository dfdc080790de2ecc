//! What is left out for a limit is told, and no text makes the work grow faster than itself.

use super::{Random, encode::ENCODERS};
use crate::decode::{Limits, Spent, View, views, work};

fn encoded(text: &[u8], name: &str, times: usize) -> Vec<u8> {
    let (_, encoder) = ENCODERS.iter().find(|(known, _)| *known == name).expect("a known encoding");
    (0..times).fold(text.to_vec(), |text, _| encoder(&text).text)
}

fn spent(text: &[u8], limits: &Limits, each: &mut dyn FnMut(&View)) -> Spent {
    let spent = views(text, limits, each);
    assert!(spent.bytes <= limits.bytes, "{spent:?}");
    spent
}

#[test]
fn as_deep_as_is_allowed_and_no_deeper() {
    let token = Random(41).token();
    for name in ["base64", "hex", "percent", "html", "quoted-printable", "gzip"] {
        for times in 1..7 {
            let text = [b"a line\n", &encoded(token.as_bytes(), name, times)[..]].concat();
            let mut found = false;
            let limits = Limits { bytes: 1 << 30, ..Limits::of(0) };
            let spent = spent(&text, &limits, &mut |view| {
                found |= memchr::memmem::find(view.text(), token.as_bytes()).is_some();
            });
            assert_eq!(found, times <= 4, "{name} {times}");
            assert_eq!(spent.cut.is_some(), times > 4, "{name} {times} {spent:?}");
            assert!(spent.at.is_none_or(|at| (7..text.len()).contains(&at)), "{name} {times} {spent:?}");
        }
    }
}

#[test]
fn what_is_too_much_is_told_with_its_place() {
    let mut random = Random(42);
    for name in ["base64", "base64 wrapped", "hex", "percent", "quoted-printable", "utf-16", "+"] {
        let mut text = Vec::new();
        for _ in 0..200 {
            text.extend_from_slice(
                b"plain words that nobody would ever decode, however long they may be\n"
                    .repeat(10)
                    .as_slice(),
            );
            text.extend(encoded(random.token().as_bytes(), name, 1));
            text.push(b'\n');
        }
        let limits = Limits { bytes: 20_000, ..Limits::of(0) };
        let spent = spent(&text, &limits, &mut |_| {});
        assert_eq!(spent.cut, Some("decoded bytes"), "{name}");
        assert!(spent.at.is_some_and(|at| at > 5000), "{name} {spent:?}");
        assert!(spent.bytes > 10_000, "{name} {spent:?}");
    }
}

#[test]
fn a_bomb_is_cut_and_told() {
    let token = Random(43).token();
    let text = [token.as_bytes(), &b"plain text, all the same ".repeat(400_000)].concat();
    for name in ["gzip", "zlib"] {
        let bomb = encoded(&text, name, 1);
        assert!(bomb.len() * 100 < text.len());
        let mut found = false;
        let spent = spent(&bomb, &Limits::of(bomb.len()), &mut |view| {
            found |= memchr::memmem::find(view.text(), token.as_bytes()).is_some();
        });
        assert_eq!((spent.cut, spent.at, found), (Some("decoded bytes"), Some(0), true), "{name}");
    }
}

/// Bytes that were looked at besides the pass.
fn work_of(text: &[u8]) -> u64 {
    work::take();
    views(text, &Limits::of(text.len()), &mut |_| {});
    work::take()
}

#[test]
fn work_grows_in_line_with_the_text() {
    let many = |piece: &str, len: usize| piece.repeat(len / piece.len()).into_bytes();
    let text = |times: usize| b"the quick brown fox ".repeat(times / 20);
    let token = Random(44).token();
    let mut texts: Vec<(String, Vec<u8>, Vec<u8>)> = Vec::new();
    const SMALL: usize = 8_000;
    const FACTOR: usize = 8;
    let pieces = [
        "\\",
        "\\\\n",
        "%25",
        "%2525",
        "%",
        "&amp;",
        "&#38;",
        "&",
        "\"",
        "a\"",
        "\"a",
        "a\" ",
        "a\"\n",
        "\"a\" + ",
        "\"ab\"",
        "a\\\n",
        "\\\"",
        "\\\":",
        "\\\" ",
        "\\n\",\n\"",
        "=",
        "=3D",
        "=\n",
        "a=\n",
        "=41",
        "QUJD",
        "QUJD\n",
        "QUJDREVGR0hJSktMTU5PUFFSU1RVVldY\n",
        "QUJDREVGR0hJSktMTU5PUFFSU1RVVldY\n\n",
        "H4sIAAAA",
        "H4sIAAAA/",
        "/H4sIAAAAAAAA/",
        "eJwBAAAA/",
        "eJxLTEpOAQADzAHN/",
        "QUJDREVGR0hJSktMAAAA/",
        "QUJDREVGR0hJSktMAAAA",
        "4142434445464748",
        "zzzz/",
        "a\0",
        "\0",
        " ",
        "\n",
        "aa aaaaaaaaaaaaaaaa_",
        "'+'",
        "'.'a",
        "word: QUJDREVGR0hJ\n",
        &token,
    ];
    for piece in pieces {
        texts.push((piece.into(), many(piece, SMALL), many(piece, SMALL * FACTOR)));
    }
    for (name, _) in ENCODERS {
        for times in 1..4 {
            let made = |len: usize| encoded(&text(len >> (2 * times)), name, times);
            texts.push((format!("{name} {times}"), made(SMALL), made(SMALL * FACTOR)));
        }
    }
    let mut random = Random(45);
    let mut noise = |len: usize| {
        data_encoding::BASE64
            .encode(&(0..len).map(|_| random.below(256) as u8).collect::<Vec<_>>())
            .into_bytes()
    };
    texts.push(("noise".into(), noise(SMALL), noise(SMALL * FACTOR)));
    for (name, small, large) in texts {
        let (few, much) = (work_of(&small), work_of(&large));
        let growth = large.len() as u64 / small.len().max(1) as u64 + 1;
        assert!(
            much <= few * growth * 5 / 4 + 50_000,
            "{name}: {few} for {}, {much} for {}",
            small.len(),
            large.len()
        );
        assert!(much <= 150 * large.len() as u64, "{name}: {much} for {}", large.len());
    }
}
