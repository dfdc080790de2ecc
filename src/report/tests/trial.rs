//! What a rule on trial finds, and what stayed closed, in the formats of CI systems.

use serde_json::Value;

use super::*;

/// One finding of a rule on trial and one that blocks, and two containers that stayed closed.
fn on_trial() -> Report {
    let mut tried = finding(1, "a.env");
    tried.warn = true;
    let unopened = vec![Problem::new("a.zip", "encrypted"), Problem::new("b|\n.7z", "damaged")];
    Report { unopened, ..report(vec![tried, finding(2, "b.env")]) }
}

fn parsed(format: Format) -> Value {
    serde_json::from_str(&written(format, &on_trial(), &style())).expect("JSON")
}

#[test]
fn sarif_names_the_stage_and_each_container() {
    let run = &parsed(Format::Sarif)["runs"][0];
    let [tried, blocks] = [0, 1].map(|index| &run["results"][index]);
    assert_eq!((&tried["properties"]["stage"], &tried["level"]), (&"warn".into(), &"note".into()));
    assert_eq!((blocks["properties"].get("stage"), &blocks["level"]), (None, &"error".into()));
    let told = run["invocations"][0]["toolExecutionNotifications"].as_array().expect("a list");
    let closed: Vec<_> = told.iter().filter(|told| told["descriptor"]["id"] == "not-opened").collect();
    assert_eq!(closed.len(), 2);
    assert_eq!(closed[0]["message"]["text"], "Not opened: a.zip: encrypted");
    assert!(closed.iter().all(|told| told["level"] == "warning"));
    assert_eq!(run["invocations"][0]["executionSuccessful"], true, "it makes nothing incomplete");
}

#[test]
fn gitlab_names_the_stage_and_each_container() {
    let report = parsed(Format::Gitlab);
    super::machine::check_schema("gitlab-secret-detection-15.schema.json", &report);
    let said = |index: usize| report["vulnerabilities"][index]["description"].to_string();
    assert!(said(0).contains("on trial") && !said(1).contains("on trial"), "{report:#}");
    let messages = report["scan"]["messages"].as_array().expect("a list");
    let closed: Vec<_> =
        messages.iter().filter(|it| it["value"].to_string().contains("Not opened: ")).collect();
    assert_eq!(closed.len(), 2, "{messages:?}");
    assert!(closed[0]["value"] == "Not opened: a.zip: encrypted" && closed[0]["level"] == "warn");
}

#[test]
fn junit_skips_what_fails_nothing_and_names_each_container() {
    let text = written(Format::Junit, &on_trial(), &style());
    let document = roxmltree::Document::parse(&text).expect("XML");
    let suite = document.descendants().find(|node| node.has_tag_name("testsuite")).expect("one");
    let counts = ["tests", "failures", "errors", "skipped"].map(|name| suite.attribute(name));
    assert_eq!(counts, [Some("2"), Some("1"), Some("0"), Some("1")]);
    let cases: Vec<_> = document.descendants().filter(|node| node.has_tag_name("testcase")).collect();
    let [skipped, failure] = [0, 1].map(|case: usize| cases[case].first_element_child().expect("one"));
    assert!(skipped.has_tag_name("skipped") && failure.has_tag_name("failure"), "{text}");
    let message = skipped.attribute("message").expect("it says why");
    assert!(message.contains("only a warning"), "{message}");
    let said = document.descendants().filter(|node| node.has_tag_name("system-out"));
    let said: String = said.filter_map(|node| node.text()).collect();
    assert!(said.contains("not opened: a.zip: encrypted\nnot opened: b|\\n.7z: damaged\n"), "{said}");
}

#[test]
fn csv_has_a_column_and_rows_for_them() {
    let text = written(Format::Csv, &on_trial(), &style());
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = reader.headers().expect("CSV").clone();
    assert_eq!(headers.iter().next_back(), Some("stage"), "columns are added at the end");
    let rows: Vec<_> = reader.records().map(|row| row.expect("CSV")).collect();
    let row = |index: usize| [0, 5, 2, headers.len() - 1].map(|column| rows[index][column].to_owned());
    assert_eq!(row(0)[3], "warn");
    assert_eq!(row(1)[3], "block");
    assert_eq!(row(2), ["unopened", "a.zip", "encrypted", ""]);
    assert_eq!(row(3)[1], "b|\\n.7z");
}

#[test]
fn an_annotation_of_what_fails_nothing_is_a_notice() {
    let text = written(Format::Github, &on_trial(), &style());
    let lines: Vec<_> = text.lines().collect();
    assert!(lines[0].starts_with("::notice file=a.env") && lines[0].contains("only a warning"), "{text}");
    assert!(lines[1].starts_with("::error file=b.env") && !lines[1].contains("only a warning"), "{text}");
}

#[test]
fn a_push_of_warnings_alone_passes() {
    let mut tried = finding(1, "a.env");
    tried.warn = true;
    let text = written(Format::Push, &report(vec![tried]), &style());
    assert!(text.starts_with("leakgate: this push passes, with 1 warning:\n"), "{text}");
    assert!(!text.contains("refused") && !text.contains("Take it out"), "{text}");
}

#[test]
fn a_comment_and_a_push_name_them() {
    let text = written(Format::Markdown, &on_trial(), &style());
    assert_eq!(text.matches("only a warning").count(), 1, "{text}");
    assert!(text.contains("**2 things could not be opened**\n\n- `a.zip`: `encrypted`\n"), "{text}");
    let text = written(Format::Push, &on_trial(), &style());
    assert_eq!(text.matches("only a warning").count(), 1, "{text}");
    assert!(text.contains("not opened: a.zip: encrypted\n"), "{text}");
    let many = (0..50).map(|number| Problem::new(format!("{number:02}.zip"), "encrypted")).collect();
    let text = written(Format::Push, &Report { unopened: many, ..report(vec![]) }, &style());
    assert!(text.matches(".zip").count() == 5 && text.contains("and 45 more"), "{text}");
}
