//! Stories of reports: a report goes in, and what people and machines get comes out.

mod ci;
mod machine;
mod secrecy;
mod text;
mod trial;

use std::sync::Arc;

use gix::ObjectId;

use super::{Format, Style, Times, write};
use crate::model::{
    Commit, Confidence, Count, Coverage, Finding, Origin, Part, Place, Position, Problem, Report, Secret,
    Severity, Snippet,
};

/// A made-up token, not the same as any that a file could hold by chance.
fn token(seed: u32) -> String {
    let body: String =
        (0..6).map(|index| format!("{:06x}", seed.wrapping_mul(2_654_435_761 + index) >> 8)).collect();
    format!("tok_{body}")
}

fn place(path: &str, line: u64, column: u64) -> Place {
    Place {
        origin: Origin::file(path),
        start: Position { line, column },
        end: Position { line, column: column + 40 },
        snippet: Snippet { text: "token = \"tok_********\"".to_owned(), mark: (9, 12) },
    }
}

fn finding(seed: u32, path: &str) -> Finding {
    Finding {
        warn: false,
        companions: Vec::new(),
        history: None,
        facts: Vec::new(),
        rule: "example-token".to_owned(),
        description: "Example service token".to_owned(),
        provider: "Example".to_owned(),
        severity: Severity::Critical,
        confidence: Confidence::High,
        secret: Secret::new(token(seed).as_bytes()),
        person: false,
        fingerprint: format!("example-token:{seed:032x}"),
        reasons: vec!["prefix".to_owned(), "checksum".to_owned()],
        revoke:
            "Settings > Tokens: delete it, then read the log of the last weeks for uses that are not yours."
                .to_owned(),
        places: vec![place(path, 12, 10)],
    }
}

fn commit(number: u8) -> Arc<Commit> {
    Arc::new(Commit {
        id: ObjectId::from_bytes_or_panic(&[number; 20]),
        author: "Ada <ada@example.org>".into(),
        date: "2024-05-01T10:00:00+02:00".to_owned(),
    })
}

fn in_history(mut place: Place, number: u8) -> Place {
    place.origin.blob = Some(ObjectId::from_bytes_or_panic(&[0xb0 | number; 20]));
    place.origin.commit = Some(commit(number));
    place
}

fn report(findings: Vec<Finding>) -> Report {
    Report {
        scanned: "staged".to_owned(),
        findings,
        coverage: Coverage { files: Count::both(3), bytes: Count::both(12 * 1024), ..Coverage::default() },
        pack_version: "2024.1".to_owned(),
        pack_hash: "abc123".to_owned(),
        ..Report::default()
    }
}

/// One of everything: places of all kinds, trouble, notes, names that try to break out.
fn full_report() -> Report {
    let mut first = finding(1, "src/a b,c:%.py");
    first.places[0] = in_history(first.places[0].clone(), 1);
    first.places.push(in_history(place("lib/\"<&'>`|\n::error::x\x1b[2J.rb", 3, 4), 2));
    let mut message = in_history(place("commit-message", 1, 7), 3);
    message.origin.part = Part::CommitMessage;
    first.places.push(message.clone());
    let mut second = finding(2, "x");
    second.severity = Severity::Medium;
    second.confidence = Confidence::Medium;
    second.places = vec![message];
    let mut third = finding(3, "x");
    third.rule = "other-token".to_owned();
    third.severity = Severity::Low;
    third.revoke.clear();
    third.places[0].origin.path = b"=caf\xe9/\xe2\x80\xae.txt".into();
    third.places[0].end = Position { line: 14, column: 1 };
    Report {
        scanned: "range main..topic".to_owned(),
        coverage: Coverage {
            refs: Count::both(2),
            commits: Count { asked: 7, read: 6 },
            blobs: Count::both(1234),
            bytes: Count::both(5_000_000),
            ..Coverage::default()
        },
        skipped: vec![Problem::new("a\u{202e}b]]>,\n::warning::", "not found")],
        notes: vec!["an entry of the allowlist matched nothing".to_owned()],
        allowed: 2,
        below: 1,
        ..report(vec![first, second, third])
    }
}

fn style() -> Style {
    let times = Times { start: "2024-05-01T10:00:00".to_owned(), end: "2024-05-01T10:00:01".to_owned() };
    Style { times: Some(times), ..Style::default() }
}

fn written(format: Format, report: &Report, style: &Style) -> String {
    let mut out = Vec::new();
    write(format, report, style, &mut out).expect("a Vec takes all");
    String::from_utf8(out).expect("every format is UTF-8")
}

#[test]
fn formats_are_known_by_their_words() {
    for &format in Format::ALL {
        assert_eq!(format.word().parse(), Ok(format));
    }
    let error = "xml".parse::<Format>().unwrap_err();
    assert_eq!(
        error,
        "no report format is called \"xml\"; expected one of: \
         text, json, jsonl, sarif, gitlab, github, junit, csv, markdown, push"
    );
}

#[test]
fn whatever_a_repository_holds_does_nothing_to_a_terminal() {
    let evil = "\x1b]0;x\x07\u{9b}2J\u{202e}\u{2066}\u{200b}\u{feff}\u{e0041}\r\n::error::x";
    let mut finding = finding(1, evil);
    let mut place = in_history(place(evil, 1, 1), 1);
    place.snippet = Snippet { text: format!("{evil}********{evil}"), mark: (evil.chars().count(), 8) };
    let mut commit = Commit::clone(place.origin.commit.as_ref().expect("in history"));
    commit.author = evil.into();
    commit.date = evil.to_owned();
    place.origin.commit = Some(Arc::new(commit));
    finding.places = vec![place.clone(), place];
    let mut second = finding.clone();
    second.secret = Secret::new(evil.as_bytes());
    for findings in [vec![finding.clone()], vec![finding; 4], vec![second]] {
        let report = Report {
            scanned: format!("range {evil}"),
            skipped: vec![Problem::new(evil, evil)],
            notes: vec![evil.to_owned()],
            ..report(findings)
        };
        for &format in Format::ALL {
            for show_secrets in [false, true] {
                let text = written(format, &report, &Style { show_secrets, ..style() });
                let text = if format == Format::Csv { text.replace("\r\n", "\n") } else { text };
                let acting = |&it: &char| it != '\n' && super::escape::unsafe_to_show(it);
                assert_eq!(text.chars().find(acting), None, "{format}: {text:?}");
                // Nor does it begin a line, which a workflow's runner would read as a command.
                assert_eq!(
                    text.lines().find(|line| line.starts_with("::error::x")),
                    None,
                    "{format}: {text}"
                );
            }
        }
    }
}
