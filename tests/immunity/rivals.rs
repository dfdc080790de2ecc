//! What other scanners make of the same hiding places, where they are at hand. Their verdicts are kept in
//! `rivals.tsv` with the versions that gave them, and the page `README.md` is made from it.
//!
//! `LEAKGATE_RIVALS='gitleaks@VERSION=/path kingfisher@VERSION=/path' cargo test immunity` asks them anew (remove
//! the file first); `LEAKGATE_WRITE=1 cargo test immunity::rivals` writes the page.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    io::Write as _,
    path::Path,
};

use super::*;
use crate::harness::Ran;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/immunity")
}

/// How a rival is asked at a gate, if it has one like it.
fn question(tool: &str, gate: Gate) -> Option<&'static [&'static str]> {
    const GITLEAKS: [&[&str]; 3] = [
        &["git", "--pre-commit", "--staged", "--no-banner", "--report-format=json", "--report-path=-", "."],
        &["git", "--log-opts=base..main", "--no-banner", "--report-format=json", "--report-path=-", "."],
        &["git", "--log-opts=--all", "--no-banner", "--report-format=json", "--report-path=-", "."],
    ];
    const KINGFISHER: [&[&str]; 3] = [
        &["scan", ".", "--staged", "--no-validate", "--no-update-check", "--format=jsonl"],
        &[
            "scan",
            ".",
            "--since-commit=base",
            "--branch=main",
            "--no-validate",
            "--no-update-check",
            "--format=jsonl",
        ],
        &["scan", ".", "--no-validate", "--no-update-check", "--format=jsonl"],
    ];
    let at = match gate {
        Gate::Staged => 0,
        Gate::Range => 1,
        Gate::History => 2,
        Gate::Receive => return None,
    };
    match tool {
        "gitleaks" => Some(GITLEAKS[at]),
        "kingfisher" => Some(KINGFISHER[at]),
        _ => panic!("nobody knows how to ask {tool}"),
    }
}

/// `hit`, `missed`, or the status with which it gave up.
fn verdict(tool: &str, ran: &Ran) -> String {
    let found = match tool {
        "gitleaks" => ran.stdout.contains("\"RuleID\""),
        _ => matches!(ran.code, Some(200 | 205)),
    };
    match ran.code {
        _ if found => "hit".to_owned(),
        Some(0) => "missed".to_owned(),
        code => format!("status {}", code.map_or("none".to_owned(), |code| code.to_string())),
    }
}

/// Notes our own verdict and asks the rivals, if that was asked for.
pub fn watch(way: &Way, gate: Gate, repo: &Repo<'_>, spy: &Spy, own: &Told) {
    let Ok(rivals) = std::env::var("LEAKGATE_RIVALS") else { return };
    if way.name.is_empty() {
        return;
    }
    let own = match own.ran.code {
        Some(1) => "hit".to_owned(),
        Some(0) => "missed".to_owned(),
        code => format!("status {}", code.expect("it ended by itself")),
    };
    let mut lines = format!("{}\t{gate:?}\tleakgate {}\t{own}\n", way.name, env!("CARGO_PKG_VERSION"));
    for rival in rivals.split_whitespace() {
        let (name, path) = rival.split_once('=').expect("name@version=path");
        let (tool, version) = name.split_once('@').expect("name@version=path");
        let Some(words) = question(tool, gate) else { continue };
        spy.forget();
        let mut verdict = verdict(tool, &Ran::of(repo.dir.command(path, &repo.name).args(words)));
        if spy.mark.exists() {
            verdict += ", and ran what the repository names";
        }
        spy.forget();
        writeln!(lines, "{}\t{gate:?}\t{tool} {version}\t{verdict}", way.name).expect("a String takes it");
    }
    let file = fs::File::options().append(true).create(true).open(folder().join("rivals.tsv"));
    file.expect("writable").write_all(lines.as_bytes()).expect("writable");
}

/// The page made from what was seen.
fn page(seen: &str) -> String {
    let mut rows: BTreeMap<&str, BTreeMap<(&str, &str), &str>> = BTreeMap::new();
    let mut tools = BTreeSet::new();
    for line in seen.lines() {
        let [way, gate, tool, verdict] = *line.split('\t').collect::<Vec<_>>() else { panic!("{line:?}") };
        tools.insert(tool);
        rows.entry(way).or_default().insert((gate, tool), verdict);
    }
    let mut page = String::from(
        "# Immunity\n\n\
         One made-up token, hidden in one way at a time, looked for at each gate. `tests/immunity.rs` runs the\n\
         table against leakgate with every change; the other programs were run once, over the same repositories,\n\
         with their rules as they come. [rivals.rs](rivals.rs) says how they were asked.\n\n\
         - **hit**: the token was reported.\n\
         - **missed**: status 0, as if there were nothing.\n\
         - **status N**: not reported, and not called clean. leakgate's 3 means that something could not be read,\n\
         \x20 and names it; 2 that it could not run.\n\
         - *ran*: the program ran a command that the repository's own configuration or attributes name.\n\
         - –: the token does not stand where this gate looks, the program has no such gate (for pushes only\n\
         \x20 leakgate has one), or it was not asked.\n\n\
         Settings of the repository, its attributes and the environment are run apart, in `settings.rs`, about a\n\
         hundred of them at each gate: leakgate hits with every one.\n",
    );
    for (gate, title) in [
        ("Staged", "The commit: staged"),
        ("Range", "The merge request: a range"),
        ("History", "The past: a sweep"),
        ("Receive", "The push: pre-receive"),
    ] {
        let tools: Vec<_> =
            tools.iter().filter(|tool| gate != "Receive" || tool.starts_with("leakgate")).collect();
        write!(page, "\n## {title}\n\n| way of hiding |").expect("a String takes it");
        tools.iter().for_each(|tool| write!(page, " {tool} |").expect("a String takes it"));
        page += "\n|---|";
        tools.iter().for_each(|_| page += "---|");
        page.push('\n');
        for (way, verdicts) in &rows {
            if !verdicts.keys().any(|(it, _)| *it == gate) {
                continue;
            }
            write!(page, "| {way} |").expect("a String takes it");
            for tool in &tools {
                let verdict = verdicts.get(&(gate, **tool)).copied().unwrap_or("–");
                let verdict = verdict.replace("missed", "**missed**");
                let verdict = verdict.replace(", and ran what the repository names", ", *ran*");
                write!(page, " {verdict} |").expect("a String takes it");
            }
            page.push('\n');
        }
    }
    page
}

#[test]
fn the_page_tells_what_was_seen() {
    let seen = fs::read_to_string(folder().join("rivals.tsv")).expect("it is kept");
    let (page, path) = (page(&seen), folder().join("README.md"));
    if std::env::var_os("LEAKGATE_WRITE").is_some() {
        fs::write(&path, &page).expect("writable");
    }
    assert!(fs::read_to_string(&path).is_ok_and(|kept| kept == page), "run this test with LEAKGATE_WRITE=1");
}
