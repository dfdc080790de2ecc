//! A token in every encoding, and in every pair of them, is found where it stands.

use std::ops::Range;

use super::{
    Random,
    encode::{ENCODERS, Encoded},
};
use crate::decode::{Limits, Spent, views};

/// The source of something, and how it was decoded.
type Place = (Range<usize>, Vec<String>);

/// Where views have `token`: its source, and how it was decoded.
fn find(text: &[u8], token: &str) -> (Vec<Place>, Spent) {
    let mut out = Vec::new();
    let spent = views(text, &Limits::of(text.len()), &mut |view| {
        for at in memchr::memmem::find_iter(view.text(), token) {
            let span = at..at + token.len();
            if let Some(chain) = view.chain(span.clone()) {
                out.push((view.source(span), chain));
            }
        }
    });
    (out, spent)
}

fn shown(text: &[u8]) -> String {
    String::from_utf8_lossy(text).into_owned()
}

#[test]
fn every_encoding_is_undone() {
    let mut random = Random(11);
    for (name, encoder) in ENCODERS {
        let token = random.token();
        for (before, after) in [
            ("", ""),
            ("key: ", "\n"),
            ("a line\n\nkey = \"", "\";\nanother\n"),
            ("<a href='", "'>\n"),
            ("é", "é"),
        ] {
            let encoded = Encoded::plain(token.as_bytes()).encode(*encoder).put(before, after);
            let (found, spent) = find(&encoded.text, &token);
            let text = shown(&encoded.text);
            assert!(
                found.iter().any(|found| found.0 == encoded.span()),
                "{name} {text} {:?} {found:?}",
                encoded.span()
            );
            assert_eq!(spent.cut, None, "{name} {text}");
        }
    }
}

#[test]
fn every_pair_of_encodings_is_undone() {
    let mut random = Random(12);
    let mut missed = Vec::new();
    for (outer_name, outer) in ENCODERS {
        for (inner_name, inner) in ENCODERS {
            let token = random.token();
            let encoded =
                Encoded::plain(token.as_bytes()).encode(*inner).encode(*outer).put("key = ", "\nnext\n");
            let (found, spent) = find(&encoded.text, &token);
            assert_eq!(spent.cut, None, "{outer_name} of {inner_name}");
            if !found.iter().any(|found| found.0 == encoded.span()) {
                missed.push(format!(
                    "{outer_name} of {inner_name}: {:?} {found:?}\n{}\n",
                    encoded.span(),
                    shown(&encoded.text)
                ));
            }
        }
    }
    assert!(missed.is_empty(), "{}\n{} missed", missed.concat(), missed.len());
}

#[test]
fn what_is_encoded_amid_long_joined_literals_is_undone() {
    let mut random = Random(13);
    let token = random.token();
    let escaped: String = token.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let long = "a1".repeat(170);
    let text = format!("x = \"{long}\" + \"{long}.{escaped}.{long}\" + \"{long}\"");
    assert!(!find(text.as_bytes(), &token).0.is_empty());
}
