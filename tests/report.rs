//! What a report promises to whoever reads it by machine: the fields, and the same answer every time.

use std::{fs, path::Path};

use serde_json::Value;

use crate::harness::{Dir, Ran, Repo, made, place};

mod many;

const FORMATS: &[&str] =
    &["text", "json", "jsonl", "sarif", "gitlab", "github", "junit", "csv", "markdown", "push"];

/// A repository with a little of everything: many files, many commits, values that repeat, trouble.
fn busy(dir: &Dir) -> Repo<'_> {
    let repo = dir.repo("busy");
    for round in 0..4 {
        for number in 0..12 {
            let text = format!(
                "a = {round}\nkey = {}\n{}\n{}\n",
                made::token(number / 2),
                made::url(&made::password(number)),
                made::token(100 * round + number)
            );
            repo.stage(&format!("folder{}/{number}.env", number % 3), text);
        }
        repo.record(&format!("round {round}: {}", made::token(round)));
    }
    repo.git(&["tag", "-a", "v1", "-m", &format!("was {}", made::token(1000))]);
    repo.stage("staged.env", made::token(2000) + "\n");
    std::os::unix::fs::symlink("loop", repo.path("loop")).expect("a link");
    repo
}

#[test]
fn a_finding_has_every_field_of_the_contract() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    let first = repo.commit("a.env", format!("one\n  key = {}\n", made::token(1)));
    repo.commit("b.env", format!("key = {}\n", made::token(1)));
    repo.git(&["branch", "base", "HEAD~1"]);
    let ran = repo.run(&["history", "--format", "jsonl"]);
    assert_eq!(ran.code, Some(1), "{}", ran.all());
    let lines: Vec<Value> =
        ran.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let [found, summary] = &lines[..] else { panic!("one finding and a summary: {}", ran.stdout) };
    for (name, value) in [
        ("kind", "finding"),
        ("rule", "github-pat-classic"),
        ("severity", "critical"),
        ("path", "a.env"),
        ("secret", "ghp_********"),
        ("blob", &repo.git(&["rev-parse", "HEAD:a.env"])),
    ] {
        assert_eq!(found[name], value, "{name}");
    }
    assert!(["low", "medium", "high"].contains(&found["confidence"].as_str().expect("text")));
    for (name, value) in [("line", 2), ("column", 9), ("end_line", 2), ("end_column", 49)] {
        assert_eq!(found[name], value, "{name}");
    }
    for name in ["description", "fingerprint"] {
        assert!(found[name].as_str().is_some_and(|text| !text.is_empty()), "{name}");
    }
    let reasons = found["reasons"].as_array().expect("a list");
    assert!(!reasons.is_empty() && reasons.iter().all(Value::is_string), "{reasons:?}");
    for name in ["commit", "author", "date"] {
        assert!(found.get(name).is_some(), "{name} is there, if null");
    }
    assert!(found["places"].is_array());

    assert_eq!(summary["kind"], "summary");
    assert_eq!((&summary["complete"], &summary["findings"]), (&true.into(), &1.into()));
    assert_eq!(summary["skipped"], serde_json::json!([]));
    for (name, count) in [("refs", 2), ("commits", 2), ("blobs", 2)] {
        assert_eq!(summary[name], serde_json::json!({"asked": count, "read": count}), "{name}");
    }
    for name in ["files", "bytes"] {
        assert!(summary[name]["asked"].is_u64() && summary[name]["read"].is_u64(), "{name}");
    }
    for name in ["version", "hash"] {
        assert!(summary["pack"][name].as_str().is_some_and(|text| !text.is_empty()), "pack {name}");
    }

    let ranged = repo.range("base..HEAD");
    let ranged = ranged.one();
    assert_ne!(ranged["commit"], first);
    for name in ["commit", "author", "date"] {
        assert!(ranged[name].as_str().is_some_and(|text| !text.is_empty()), "{name} in a range");
    }
}

#[test]
fn every_other_file_that_holds_the_value_is_named_in_every_scan() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.commit("first", "1\n");
    repo.commit("a.env", format!("key = {}\n", made::token(1)));
    let second = repo.commit("folder/b.env", format!("one\n  key = {}\n", made::token(1)));
    for command in [&["dir"][..], &["range", "HEAD~2..HEAD"], &["history"]] {
        let told = repo.scan(command).hits(&[&made::token(1)]);
        let others = told.one()["places"].as_array().expect("a list");
        let places: Vec<_> = others.iter().map(place).collect();
        assert_eq!(places, [("folder/b.env", 2, 9)], "{command:?}");
        assert_eq!((&others[0]["end_line"], &others[0]["end_column"]), (&2.into(), &49.into()));
        if command[0] != "dir" {
            assert_eq!(others[0]["commit"], second, "{command:?}");
            assert_eq!(others[0]["blob"], repo.git(&["rev-parse", "HEAD:folder/b.env"]), "{command:?}");
        }
    }
}

#[test]
fn json_is_the_same_in_one_object() {
    let dir = Dir::new();
    let repo = busy(&dir);
    let lines = repo.run(&["history", "--format", "jsonl"]).stdout;
    let mut lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let summary = lines.pop();
    let whole: Value =
        serde_json::from_str(&repo.run(&["history", "--format", "json"]).stdout).expect("JSON");
    assert_eq!(whole["findings"].as_array(), Some(&lines));
    assert_eq!(whole.get("summary"), summary.as_ref());
    assert!(lines.len() > 30, "there must be something to compare");
}

#[test]
fn sarif_is_valid() {
    let folder = std::env::var_os("LEAKGATE_SCHEMAS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/schemas"), Into::into);
    let Ok(schema) = fs::read(folder.join("sarif-2.1.0.schema.json")) else {
        println!("skipped: no schemas at {}; LEAKGATE_SCHEMAS names another place", folder.display());
        return;
    };
    let schema: Value = serde_json::from_slice(&schema).expect("a schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let dir = Dir::new();
    let repo = busy(&dir);
    for command in [&["history"][..], &["staged"], &["dir", ".", "loop"], &["range", "HEAD~2..HEAD"]] {
        let ran = repo.run(&[command, &["--format", "sarif"]].concat());
        let sarif: Value = serde_json::from_str(&ran.stdout).expect("JSON");
        let faults: Vec<_> = validator.iter_errors(&sarif).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{command:?}: {faults:?}");
        let results = sarif["runs"][0]["results"].as_array().expect("a list");
        assert!(!results.is_empty());
        assert!(
            results
                .iter()
                .all(|result| result["partialFingerprints"].as_object().is_some_and(|it| !it.is_empty()))
        );
    }
}

#[test]
fn every_run_says_the_same_byte_for_byte_on_any_number_of_threads() {
    let dir = Dir::new();
    let repo = busy(&dir);
    let out = dir.path("out");
    for command in
        [&["history"][..], &["range", "HEAD~3..HEAD"], &["dir"], &["dir", ".", "loop"], &["staged"]]
    {
        let run = |more: &[&str]| -> Ran { repo.run(&[command, more].concat()) };
        let once = run(&["--format", "jsonl", "--threads", "1"]);
        for threads in ["4", "7"] {
            let again = run(&["--format", "jsonl", "--threads", threads]);
            assert_eq!((again.code, &again.stdout), (once.code, &once.stdout), "{command:?} {threads}");
        }
        assert!(once.stdout.lines().count() > 1, "{command:?} must find something");
    }
    // GitLab demands the times of the scan, so its report has them.
    for format in FORMATS.iter().filter(|&&format| format != "gitlab") {
        let run = || repo.run(&["history", "--format", format, "--output", out.to_str().expect("UTF-8")]);
        let (first, text) = (run(), fs::read(&out).expect("written"));
        let (second, again) = (run(), fs::read(&out).expect("written"));
        assert_eq!((first.code, &first.stdout[..]), (Some(1), ""), "{format}: {}", first.all());
        assert_eq!(first.code, second.code);
        assert!(text == again && !text.is_empty(), "{format}");
        assert_eq!(repo.run(&["history", "--format", format]).stdout.as_bytes(), text, "{format}");
    }
}

#[test]
fn the_text_is_for_a_person_and_safe_for_a_terminal() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.stage(
        "bad\u{1b}[31mname.env",
        format!("before\n\u{1b}[2J\u{7}\u{202e} key = {} # x\u{1b}]0;t\u{7}\n", made::token(1)),
    );
    let ran = repo.run(&["staged"]);
    let control = |text: &str| text.chars().any(|it| it.is_control() && it != '\n' || it == '\u{202e}');
    assert!(!control(&ran.all()), "{:?}", ran.all());
    assert!(
        ran.stdout.contains(":2:") && ran.stdout.contains("^^^") && !ran.stdout.contains("ghp_"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("GitHub personal access token"), "{}", ran.stdout);
    assert!(ran.stdout.contains("leakgate allow add github-pat-classic:"), "{}", ran.stdout);
    assert!(ran.stdout.lines().count() <= 24, "a blocked commit fits on one screen");
    for format in FORMATS.iter().filter(|&&format| format != "text") {
        let ran = repo.run(&["staged", "--format", format]);
        let control =
            |text: &str| text.chars().any(|it| it.is_control() && !matches!(it, '\n' | '\r' | '\t'));
        assert!(!control(&ran.all()), "{format}: {:?}", ran.all());
    }
    // Colour only where it is asked for: this is no terminal.
    assert!(repo.run(&["staged", "--color", "always"]).stdout.contains("\u{1b}["));
}

#[test]
fn levels_leave_out_what_is_below_and_count_it() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    let password = made::password(1);
    repo.stage("app.env", format!("{}\n{}\n", made::token(1), made::url(&password)));
    repo.staged().hits(&[&made::token(1), &password]);
    let told = repo.scan(&["staged", "--min-severity", "critical"]).hits(&[&made::token(1)]);
    assert_eq!(told.summary["below"], 1);
    repo.stage("app.env", "token = ghp_EXAMPLE".to_owned() + &"x".repeat(29));
    let told = repo.staged().clean();
    assert_ne!(told.summary["below"], 0, "what looks made up is believed little, and counted");
    assert_eq!(repo.scan(&["staged", "--min-confidence", "low"]).ran.code, Some(1));
}
