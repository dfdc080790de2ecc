//! What a person sees.

use super::*;

#[test]
fn a_blocked_commit() {
    let seen = written(Format::Text, &report(vec![finding(1, "src/config.py")]), &style());
    assert_eq!(
        seen,
        "\
src/config.py:12:10
critical: Example service token (high confidence)

 12 | token = \"tok_********\"
    |          ^^^^^^^^^^^^

  why      prefix, checksum
  revoke   Settings > Tokens: delete it, then read the log of the last weeks for
           uses that are not yours.
  allow    leakgate allow add example-token:00000000000000000000000000000001 \\
             --reason \"why\"

staged: 1 secret in 3 files, 12.0 KiB.
"
    );
}

#[test]
fn a_clean_commit() {
    let seen = written(Format::Text, &report(vec![]), &style());
    assert_eq!(seen, "staged: no secrets in 3 files, 12.0 KiB.\n");
    let empty = Report { coverage: Coverage::default(), ..report(vec![]) };
    assert_eq!(written(Format::Text, &empty, &style()), "staged: nothing to read.\n");
}

#[test]
fn history_names_commit_author_and_other_places() {
    let mut finding = finding(1, "old/settings.py");
    finding.places =
        (1..=6).map(|number| in_history(place("old/settings.py", number.into(), 10), number)).collect();
    let seen = written(Format::Text, &report(vec![finding]), &style());
    assert!(
        seen.contains(
            "\
  why      prefix, checksum
  commit   010101010101 by Ada <ada@example.org>, 2024-05-01T10:00:00+02:00
  also at  old/settings.py:2:10 in 020202020202
           old/settings.py:3:10 in 030303030303
           old/settings.py:4:10 in 040404040404
           and 2 more
  revoke   Settings"
        ),
        "{seen}"
    );
}

#[test]
fn trouble_is_printed_with_findings_and_without() {
    let mut report = report(vec![]);
    report.coverage.files.asked = 4;
    report.skipped = vec![Problem::new("private/key", "permission denied")];
    report.notes = vec!["allow entry 2 has expired".to_owned()];
    assert_eq!(
        written(Format::Text, &report, &style()),
        "\
note: allow entry 2 has expired

INCOMPLETE: 1 thing could not be read
  private/key: permission denied

staged: no secrets in what could be read: 3 of 4 files, 12.0 KiB; 1 not read.
"
    );
    report.findings = vec![finding(1, "a")];
    report.allowed = 2;
    let seen = written(Format::Text, &report, &style());
    assert!(
        seen.contains("INCOMPLETE: 1 thing could not be read\n  private/key: permission denied\n"),
        "{seen}"
    );
    assert!(
        seen.ends_with("\nstaged: 1 secret in 3 of 4 files, 12.0 KiB; 2 allowed; 1 not read.\n"),
        "{seen}"
    );
}

#[test]
fn many_findings_are_told_in_short() {
    let mut findings: Vec<_> = (1..=4).map(|seed| finding(seed, "src/config.py")).collect();
    findings[1].places = (1..=3).map(|number| in_history(place("old.py", 7, 1), number)).collect();
    findings[1].severity = Severity::Low;
    let seen = written(Format::Text, &report(findings), &style());
    assert!(
        seen.starts_with(
            "\
critical  src/config.py:12:10
          Example service token (high confidence)
          token = \"tok_********\"
          example-token:00000000000000000000000000000001
low       old.py:7:1 in 010101010101 and 2 more places
          Example service token (high confidence)
          token = \"tok_********\"
          example-token:00000000000000000000000000000002
"
        ),
        "{seen}"
    );
    assert!(
        seen.ends_with(
            "
          example-token:00000000000000000000000000000004

Revoke what is real:
  Example: Settings > Tokens: delete it, then read the log of the last weeks
    for uses that are not yours.
Allow what is not:
  leakgate allow add FINGERPRINT --reason \"why\"

staged: 4 secrets in 3 files, 12.0 KiB.
"
        ),
        "{seen}"
    );
}

#[test]
fn two_findings_at_their_longest_fit_the_width_and_one_the_screen() {
    let mut one = finding(1, "src/config.py");
    one.places =
        (1..=6).map(|number| in_history(place("src/config.py", number.into(), 10), number)).collect();
    one.places[0].snippet =
        Snippet { text: format!("{}tok_********{}", "x".repeat(300), "y".repeat(300)), mark: (300, 12) };
    one.reasons = (0..12).map(|number| format!("reason {number}")).collect();
    let text = written(Format::Text, &report(vec![one]), &style());
    assert!(text.lines().count() <= 24, "{text}");
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn colour_comes_only_when_asked_and_changes_no_word() {
    let report = full_report();
    let plain = written(Format::Text, &report, &style());
    assert!(!plain.contains('\x1b'));
    let painted = written(Format::Text, &report, &Style { color: true, ..style() });
    let mut bare = painted.clone();
    for code in ["0", "1", "2", "32", "33", "36", "1;31", "1;33"] {
        bare = bare.replace(&format!("\x1b[{code}m"), "");
    }
    assert_ne!(painted, plain);
    assert_eq!(bare, plain);
}

#[test]
fn the_value_is_shown_to_who_asks() {
    let seen =
        written(Format::Text, &report(vec![finding(1, "a")]), &Style { show_secrets: true, ..style() });
    assert!(seen.contains(&format!("\n  value    {}\n", token(1))), "{seen}");
}
