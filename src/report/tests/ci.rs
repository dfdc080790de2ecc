//! What CI systems and forges show: annotations, JUnit, CSV, a comment.

use super::*;
use crate::report::words;

#[test]
fn an_annotation_stays_one_command() {
    let text = written(Format::Github, &full_report(), &style());
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 6, "{text}");
    assert_eq!(
        lines[0],
        "::error file=src/a b%2Cc%3A%25.py,line=12,endLine=12,col=10,endColumn=50,title=Example service token::\
         critical (high confidence): tok_********%0AAt src/a b,c:%25.py:12:10 in 010101010101%0A\
         And in 2 more places%0AWhy: prefix, checksum%0A\
         Revoke: Settings > Tokens: delete it, then read the log of the last weeks for uses that are not yours.%0A\
         Not a secret? leakgate allow add example-token:00000000000000000000000000000001 --reason \"why\""
    );
    assert!(lines[1].starts_with("::warning title=Example service token::medium"), "{text}");
    assert!(
        lines[2].starts_with("::notice file==caf\\xe9/\\u{202e}.txt,line=12,endLine=14,title="),
        "{text}"
    );
    assert_eq!(lines[3], "::notice title=leakgate::an entry of the allowlist matched nothing");
    assert_eq!(lines[4], "::error title=Could not be read::a\\u{202e}b]]>,\\n::warning::: not found");
    assert!(lines[5].starts_with("leakgate: range main..topic: 3 secrets in 2 refs, "), "{text}");
}

#[test]
fn junit_parses_back() {
    let text = written(Format::Junit, &full_report(), &style());
    let document = roxmltree::Document::parse(&text).expect("XML");
    let suite = document.descendants().find(|node| node.has_tag_name("testsuite")).unwrap();
    let counts = ["tests", "failures", "errors"].map(|name| suite.attribute(name).unwrap());
    assert_eq!(counts, ["4", "3", "1"]);
    let cases: Vec<_> = document.descendants().filter(|node| node.has_tag_name("testcase")).collect();
    assert_eq!(cases.len(), 4);
    assert_eq!(cases[0].attribute("file"), Some("src/a b,c:%.py"));
    assert_eq!(cases[0].attribute("line"), Some("12"));
    let failure = cases[0].first_element_child().unwrap();
    assert_eq!(failure.attribute("message"), Some("Example service token (high confidence)"));
    let said = failure.text().unwrap();
    assert!(said.contains("Also at: lib/\"<&'>`|\\n::error::x\\x1b[2J.rb:3:4 in 020202020202"), "{said}");
    assert_eq!(cases[1].attribute("file"), None);
    let error = cases[3].first_element_child().unwrap();
    assert!(error.has_tag_name("error"));
    assert_eq!(cases[3].attribute("name"), Some("a\\u{202e}b]]>,\\n::warning::"));
}

#[test]
fn a_clean_scan_is_one_test_that_passed() {
    let text = written(Format::Junit, &report(vec![]), &style());
    let document = roxmltree::Document::parse(&text).expect("XML");
    let cases: Vec<_> = document.descendants().filter(|node| node.has_tag_name("testcase")).collect();
    assert_eq!(cases.len(), 1);
    assert!(!cases[0].has_children());
}

#[test]
fn csv_parses_back() {
    let text = written(Format::Csv, &full_report(), &style());
    assert!(text.ends_with("\r\n"));
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = reader.headers().expect("CSV").clone();
    let rows: Vec<_> = reader.records().map(|row| row.expect("CSV")).collect();
    let column = |name: &str| headers.iter().position(|header| header == name).unwrap();
    let cells = |name: &str| rows.iter().map(|row| row[column(name)].to_owned()).collect::<Vec<_>>();
    assert_eq!(cells("kind"), ["finding", "place", "place", "finding", "finding", "skipped", "note"]);
    assert_eq!(
        cells("path"),
        [
            "src/a b,c:%.py",
            "lib/\"<&'>`|\\n::error::x\\x1b[2J.rb",
            "commit-message",
            "commit-message",
            "'=caf\\xe9/\\u{202e}.txt",
            "a\\u{202e}b]]>,\\n::warning::",
            "",
        ]
    );
    assert_eq!(cells("line")[..3], ["12", "3", "1"]);
    assert_eq!(cells("author")[0], "Ada <ada@example.org>");
    assert_eq!(cells("description")[5..], ["not found", "an entry of the allowlist matched nothing"]);
}

#[test]
fn no_cell_begins_like_a_formula() {
    for head in ["=", "+", "-", "@", "\t=", "\r=", " =", "＝", "|"] {
        let mut report = report(vec![finding(1, &format!("{head}cmd|'/c calc'!A1"))]);
        report.skipped = vec![Problem::new(format!("{head}x"), format!("{head}y"))];
        let text = written(Format::Csv, &report, &style());
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        for row in reader.records().map(|row| row.expect("CSV")) {
            for cell in &row {
                assert!(!cell.trim_start().starts_with(['=', '+', '-', '@', '|', '＝']), "{cell:?}");
            }
        }
    }
}

#[test]
fn a_comment_for_a_merge_request() {
    let mut report = report(vec![finding(1, "src/`config`.py")]);
    report.skipped = vec![Problem::new("vendor", "is a @submodule")];
    assert_eq!(
        written(Format::Markdown, &report, &style()),
        "\
### 1 secret found

- **Example service token** at ``src/`config`.py:12:10``: critical, high confidence
  - Value: `tok_********`
  - Why: prefix, checksum
  - Revoke: Settings \\> Tokens: delete it, then read the log of the last weeks for uses that are not yours.
  - Not a secret? `leakgate allow add example-token:00000000000000000000000000000001 --reason \"why\"`

A secret that was pushed is known to others: revoke it first, then take it out.

**1 thing could not be read**

- `vendor`: `is a @submodule`

`staged: 1 secret in 3 files, 12.0 KiB; 1 not read.`
"
    );
}

#[test]
fn a_comment_fits_every_forge_and_says_what_it_leaves_out() {
    let mut report = report((0..2000).map(|seed| finding(seed, &"d/".repeat(200))).collect());
    report.skipped = (0..5000).map(|number| Problem::new(format!("object {number}"), "not found")).collect();
    let text = written(Format::Markdown, &report, &style());
    assert!(text.len() < 65_536);
    let named = text.matches("- **Example").count();
    assert!(named > 50);
    let left = words::count(2000 - named as u64, "finding");
    assert!(text.contains(&format!("\nAnd {left} that this comment has no room for.\n")), "{named}");
    let skipped = text.matches("- `object").count();
    assert!(text.contains(&format!("- and {} more\n", 5000 - skipped)));
}
