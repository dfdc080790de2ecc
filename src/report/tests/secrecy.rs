//! No format lets a found value out, wherever it stands.

use super::*;
use crate::report::{Masker, VersionControl};

/// A value as it is and as each format might write it.
fn disguises(value: &str) -> Vec<String> {
    let hex: String = value.bytes().map(|byte| format!("{byte:02x}")).collect();
    let percent: String = value
        .bytes()
        .map(|byte| match byte.is_ascii_alphanumeric() {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        })
        .collect();
    let json = serde_json::to_string(value).unwrap().trim_matches('"').to_owned();
    vec![value.to_owned(), value[4..].to_owned(), hex, percent, json]
}

fn assert_silent(report: &Report, values: &[String]) {
    for &format in Format::ALL {
        for color in [false, true] {
            let version_control = VersionControl {
                repository: "https://example.org/x".to_owned(),
                ..VersionControl::default()
            };
            let style = Style { color, version_control: Some(version_control), ..style() };
            let text = written(format, report, &style);
            for value in values {
                for disguise in disguises(value) {
                    assert!(!text.contains(&disguise), "{format} shows {disguise}:\n{text}");
                }
            }
        }
    }
}

fn values() -> Vec<String> {
    (1..=5).map(token).chain(["hunt er,2\"<%".to_owned(), "correct|horse`=battery".to_owned()]).collect()
}

fn planted() -> Vec<Finding> {
    values()
        .iter()
        .zip(1..)
        .map(|(value, seed)| {
            let mut finding = finding(seed, "src/config.py");
            finding.secret = Secret::new(value.as_bytes());
            finding.person = seed > 5;
            finding
        })
        .collect()
}

#[test]
fn findings_do_not_show_their_values() {
    assert_silent(&report(planted()), &values());
    assert_silent(&report(planted().split_off(5)), &values());
}

#[test]
fn nor_does_anything_else_that_holds_them() {
    let mut report = report(planted());
    let all = values().join("/");
    for (finding, value) in report.findings.iter_mut().zip(values()) {
        let mut place = in_history(place(&format!("{value}/{all}"), 1, 1), 1);
        let mut commit = Commit::clone(place.origin.commit.as_ref().unwrap());
        commit.author = format!("{value} <{value}@example.org>").into();
        place.origin.commit = Some(Arc::new(commit));
        place.snippet = Snippet { text: format!("a {value} ******** {value}"), mark: (4, 8) };
        let mut odd = place.clone();
        odd.origin.path.push(0xff);
        odd.origin.path.extend_from_slice(value.as_bytes());
        finding.places = vec![place, odd];
    }
    report.skipped = vec![Problem::new(&all, &all)];
    report.notes = vec![all.clone()];
    report.scanned = format!("range {all}..{all}");
    assert_silent(&report, &values());
    report.findings.truncate(3);
    assert_silent(&report, &values()[..3]);
}

#[test]
fn values_are_shown_to_who_asks() {
    let style = Style { show_secrets: true, ..style() };
    let report = report(planted());
    for &format in Format::ALL {
        let text = written(format, &report, &style);
        assert!(text.contains(&token(1)), "{format}: {text}");
    }
}

#[test]
fn values_that_overlap_are_masked_together() {
    let finding = |value: &str| Finding { secret: Secret::new(value.as_bytes()), ..finding(1, "a") };
    let masker = Masker::new(&[finding("abcdef"), finding("cdefgh"), finding("defg"), finding("xyz")]);
    assert_eq!(masker.mask(b"-abcdefgh-"), b"-********-");
    assert_eq!(masker.mask(b"abcdef cdefgh defg"), b"******** ******** ********");
    assert_eq!(masker.mask(b"xyz stays, it is too short"), b"xyz stays, it is too short");
    assert_eq!(masker.mask_text("defghi"), "********hi");
    assert_eq!(masker.mask(b""), b"");
    assert_eq!(masker.mask_name(b"src/defg/a"), b"src/defg/a", "a word");
    assert_eq!(
        masker.mask_name(b"src/abcdefgh/abcdefghefgh"),
        b"src/abcdefgh/abcdefghefgh",
        "overlapping words"
    );
    let nested = Masker::new(&[finding("defg"), finding("bcdefg"), finding("cdefg"), finding("abcdefg")]);
    assert_eq!(nested.mask(b"-abcdefg-bcdefg-"), b"-********-********-");
}

#[test]
fn masking_is_what_replacing_byte_by_byte_would_be() {
    let finding = |value: &[u8]| Finding { secret: Secret::new(value), ..finding(1, "a") };
    let mut random = 1u32;
    let mut letter = || {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        b'a' + (random >> 24) as u8 % 3
    };
    for _ in 0..300 {
        let values: Vec<Vec<u8>> = (0..4).map(|extra| (0..4 + extra).map(|_| letter()).collect()).collect();
        let text: Vec<u8> = (0..60).map(|_| letter()).collect();
        let masker = Masker::new(&values.iter().map(|value| finding(value)).collect::<Vec<_>>());
        assert_eq!(masker.mask(&text), naive(&text, &values));
    }
}

/// Marks every byte of every value, then writes one mask for each stretch of values that overlap or touch.
fn naive(text: &[u8], values: &[Vec<u8>]) -> Vec<u8> {
    let mut covered = vec![false; text.len()];
    for start in 0..text.len() {
        for value in values.iter().filter(|value| text[start..].starts_with(value)) {
            covered[start..start + value.len()].fill(true);
        }
    }
    let mut masked = Vec::new();
    for (at, &byte) in text.iter().enumerate() {
        match (covered[at], at > 0 && covered[at - 1]) {
            (false, _) => masked.push(byte),
            (true, false) => masked.extend_from_slice(b"********"),
            (true, true) => {}
        }
    }
    masked
}

#[test]
fn a_snippet_keeps_its_mark_when_more_is_masked() {
    let finding = |value: &str| Finding { secret: Secret::new(value.as_bytes()), ..finding(1, "a") };
    let masker = Masker::new(&[finding("secret"), finding("é!!!!")]);
    let mask = |text: &str, mark| {
        let snippet = masker.mask_snippet(&Snippet { text: text.to_owned(), mark });
        let marked: String = snippet.text.chars().skip(snippet.mark.0).take(snippet.mark.1).collect();
        (snippet.text, marked)
    };
    let owned = |(text, marked): (&str, &str)| (text.to_owned(), marked.to_owned());
    assert_eq!(mask("é = [ab**] secret", (5, 4)), owned(("é = [ab**] ********", "ab**")));
    assert_eq!(mask("secret secret [ab**]", (15, 4)), owned(("******** ******** [ab**]", "ab**")));
    assert_eq!(mask("é!!!!é!!!! [ab**]", (12, 4)), owned(("******** [ab**]", "ab**")));
    assert_eq!(mask("[secret]", (0, 8)), owned(("[********]", "[********]")));
    assert_eq!(mask("a secret b", (4, 2)), owned(("a ******** b", "********")));
    assert_eq!(mask("a secret b", (0, 4)), owned(("a ******** b", "a ********")));
    assert_eq!(mask("secret", (9, 9)), owned(("********", "")));
}
