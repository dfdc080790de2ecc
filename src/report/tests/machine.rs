//! What programs read: JSON, SARIF, GitLab's report.

use std::{env, fs, path::PathBuf};

use serde_json::{Value, json};

use super::*;
use crate::report::VersionControl;

fn parsed(format: Format, report: &Report, style: &Style) -> Value {
    serde_json::from_str(&written(format, report, style)).expect("JSON")
}

/// Checks against a schema that is no part of the project, and says so where it is absent.
pub fn check_schema(name: &str, value: &Value) {
    let folder = env::var_os("LEAKGATE_SCHEMAS")
        .map(PathBuf::from)
        .unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/schemas"));
    let Ok(schema) = fs::read_to_string(folder.join(name)) else {
        eprintln!("skipped: no {name} in {}; set LEAKGATE_SCHEMAS", folder.display());
        return;
    };
    let schema = serde_json::from_str(&schema).expect("a schema is JSON");
    let validator =
        jsonschema::options().should_validate_formats(true).build(&schema).expect("a valid schema");
    let errors: Vec<_> =
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}\n{value:#}");
    // A validator that passes all would pass the empty object too.
    assert!(!validator.is_valid(&json!({})));
}

#[test]
fn a_finding_as_one_line() {
    let mut finding = finding(1, "src/config.py");
    finding.places.push(in_history(place("old.py", 3, 4), 2));
    let text = written(Format::Jsonl, &report(vec![finding]), &style());
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(
        lines,
        [
            json!({
                "kind": "finding",
                "rule": "example-token",
                "description": "Example service token",
                "severity": "critical",
                "confidence": "high",
                "path": "src/config.py",
                "part": "content",
                "line": 12,
                "column": 10,
                "end_line": 12,
                "end_column": 50,
                "secret": "tok_********",
                "fingerprint": "example-token:00000000000000000000000000000001",
                "blob": null,
                "commit": null,
                "author": null,
                "date": null,
                "reasons": ["prefix", "checksum"],
                "provider": "Example",
                "revoke": "Settings > Tokens: delete it, then read the log of the last weeks for uses that are not yours.",
                "places": [{
                    "path": "old.py",
                    "part": "content",
                    "line": 3,
                    "column": 4,
                    "end_line": 3,
                    "end_column": 44,
                    "blob": "b2".repeat(20),
                    "commit": "02".repeat(20),
                }],
            }),
            json!({
                "kind": "summary",
                "complete": true,
                "scanned": "staged",
                "refs": { "asked": 0, "read": 0 },
                "commits": { "asked": 0, "read": 0 },
                "trees": { "asked": 0, "read": 0 },
                "tags": { "asked": 0, "read": 0 },
                "blobs": { "asked": 0, "read": 0 },
                "files": { "asked": 3, "read": 3 },
                "bytes": { "asked": 12288, "read": 12288 },
                "skipped": [],
                "findings": 1,
                "allowed": 0,
                "below": 0,
                "notes": [],
                "pack": { "version": "2024.1", "hash": "abc123" },
                "leakgate": env!("CARGO_PKG_VERSION"),
            }),
        ]
    );
}

#[test]
fn trouble_and_history_stand_in_the_lines() {
    let text = written(Format::Jsonl, &full_report(), &style());
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[0]["author"], "Ada <ada@example.org>");
    assert_eq!(lines[0]["date"], "2024-05-01T10:00:00+02:00");
    assert_eq!(lines[0]["commit"], "01".repeat(20));
    assert_eq!(lines[1]["part"], "commit-message");
    let summary = &lines[3];
    assert_eq!(summary["complete"], false);
    assert_eq!(summary["commits"], json!({ "asked": 7, "read": 6 }));
    assert_eq!(summary["skipped"], json!([{ "what": "a\u{202e}b]]>,\n::warning::", "why": "not found" }]));
    assert_eq!(summary["allowed"], 2);
    assert_eq!(summary["below"], 1);
}

#[test]
fn a_path_that_is_not_utf_8_comes_in_hex_too() {
    let text = written(Format::Jsonl, &full_report(), &style());
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines[2]["path"], "=caf\u{fffd}/\u{202e}.txt");
    assert_eq!(lines[2]["path_bytes"], "3d636166e92fe280ae2e747874");
    assert_eq!(lines[0].get("path_bytes"), None);
}

#[test]
fn json_is_the_lines_in_one_object() {
    for report in [full_report(), report(vec![])] {
        let lines = written(Format::Jsonl, &report, &style());
        let mut lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let summary = lines.pop().unwrap();
        let object = parsed(Format::Json, &report, &style());
        assert_eq!(object, json!({ "findings": lines, "summary": summary }));
    }
}

#[test]
fn sarif_is_valid() {
    check_schema("sarif-2.1.0.schema.json", &parsed(Format::Sarif, &report(vec![]), &style()));
    let version_control = VersionControl {
        repository: "https://ci:job-token@git.example.org/a/b.git".to_owned(),
        revision: Some("01".repeat(20)),
        branch: Some("main".to_owned()),
    };
    let style = Style { version_control: Some(version_control), ..style() };
    let log = parsed(Format::Sarif, &full_report(), &style);
    check_schema("sarif-2.1.0.schema.json", &log);
    assert_eq!(
        log["runs"][0]["versionControlProvenance"][0],
        json!({
            "repositoryUri": "https://git.example.org/a/b.git",
            "revisionId": "01".repeat(20),
            "branch": "main",
        })
    );
}

#[test]
fn sarif_tells_rules_places_and_trouble() {
    let log = parsed(Format::Sarif, &full_report(), &style());
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(rules.len(), 2);
    let results = run["results"].as_array().unwrap();
    for result in results {
        let index = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
    assert_eq!(rules[0]["defaultConfiguration"]["level"], "error");
    let levels: Vec<_> = results.iter().map(|result| result["level"].as_str().unwrap()).collect();
    assert_eq!(levels, ["error", "warning", "note"]);
    assert_eq!(
        results[0]["partialFingerprints"]["leakgateFingerprint/v1"],
        "example-token:00000000000000000000000000000001"
    );

    let uri = |location: &Value| location["physicalLocation"]["artifactLocation"]["uri"].clone();
    assert_eq!(uri(&results[0]["locations"][0]), "src/a%20b%2Cc%3A%25.py");
    assert_eq!(
        uri(&results[0]["relatedLocations"][0]),
        "lib/%22%3C%26%27%3E%60%7C%0A%3A%3Aerror%3A%3Ax%1B%5B2J.rb"
    );
    assert_eq!(uri(&results[2]["locations"][0]), "%3Dcaf%E9/%E2%80%AE.txt");
    assert_eq!(
        results[0]["locations"][0]["physicalLocation"]["region"],
        json!({ "startLine": 12, "startColumn": 10, "endLine": 12, "endColumn": 50 })
    );
    assert_eq!(
        results[1]["locations"][0]["logicalLocations"][0]["fullyQualifiedName"],
        format!("{}/commit-message", "03".repeat(20))
    );

    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let notifications = invocation["toolExecutionNotifications"].as_array().unwrap();
    assert_eq!(notifications.len(), 2);
    assert_eq!(notifications[0]["level"], "error");
    assert!(notifications[0]["message"]["text"].as_str().unwrap().ends_with(": not found"));
    let clean = parsed(Format::Sarif, &report(vec![]), &style());
    assert_eq!(clean["runs"][0]["invocations"][0]["executionSuccessful"], true);
}

#[test]
fn an_absolute_path_is_a_file_url() {
    let log = parsed(Format::Sarif, &report(vec![finding(1, "/srv/a b")]), &style());
    let location = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(location["artifactLocation"], json!({ "uri": "file:///srv/a%20b" }));
    check_schema("sarif-2.1.0.schema.json", &log);
}

#[test]
fn gitlab_is_valid() {
    for report in [report(vec![]), full_report()] {
        let value = parsed(Format::Gitlab, &report, &style());
        check_schema("gitlab-secret-detection-15.schema.json", &value);
        assert!(!value.to_string().contains("raw_source_code_extract"));
    }
}

#[test]
fn gitlab_tells_places_and_trouble() {
    let value = parsed(Format::Gitlab, &full_report(), &style());
    assert_eq!(value["scan"]["status"], "failure");
    assert_eq!(value["scan"]["messages"].as_array().unwrap().len(), 3);
    let found = value["vulnerabilities"].as_array().unwrap();
    assert_eq!(found.len(), 3);
    assert_eq!(
        found[0]["location"],
        json!({
            "file": "src/a b,c:%.py",
            "start_line": 12,
            "end_line": 12,
            "commit": {
                "sha": "01".repeat(20),
                "author": "Ada <ada@example.org>",
                "date": "2024-05-01T10:00:00+02:00",
            },
        })
    );
    assert_eq!(found[1]["location"].get("file"), None);
    assert_eq!(found[2]["location"]["commit"]["sha"], "0000000");
    assert_eq!(found[1]["severity"], "Medium");
    assert!(found[0]["description"].as_str().unwrap().contains("`commit-message:1:7` in `030303030303`"));
}

#[test]
fn gitlab_cannot_be_written_without_times() {
    let error = write(Format::Gitlab, &report(vec![]), &Style::default(), &mut Vec::new()).unwrap_err();
    assert_eq!(error.to_string(), "GitLab's report needs the times of the scan");
}
