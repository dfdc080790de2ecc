//! A deadline: what is left undone is told, blocks unless the server says otherwise, and is on record.

use std::time::{Duration, Instant};

use super::*;

#[test]
fn a_deadline_that_passed_blocks_unless_told_otherwise() {
    let dir = Dir::new();
    let server = Server::new(&dir, "--deadline 0s");
    let log = dir.path("audit.jsonl");
    server.dev.commit("a", "1\n");
    let pushed = server.push(&["main"]);
    assert!(!pushed.git.success() && pushed.git.stderr.contains("the deadline"), "{}", pushed.git.stderr);
    let told = pushed.told.expect("the gate was asked").incomplete("it passed before");
    assert_eq!(told.summary["commits"]["read"], 0);
    assert!(told.summary["notes"].to_string().contains("is blocked"), "{}", told.summary);

    for (flags, passes) in [("", false), ("--on-timeout block", false), ("--on-timeout allow", true)] {
        server.hook(&format!("--deadline 0s {flags} --audit {}", log.display()));
        let pushed = server.push(&["main"]);
        assert_eq!(pushed.git.success(), passes, "{flags}: {}", pushed.git.all());
        let told = pushed.told.expect("the gate was asked");
        assert_eq!(told.summary["complete"], false, "{flags}: the report is honest");
        assert_eq!(told.ran.code, Some(if passes { 0 } else { 3 }));
        let text = fs::read_to_string(&log).expect("it was written");
        let event: serde_json::Value =
            serde_json::from_str(text.lines().last().expect("a line")).expect("JSON");
        let ours = &event["leakgate"];
        assert_eq!(ours["decision"], if passes { "pass" } else { "block" });
        assert_eq!(ours["reason"], "deadline");
        assert_eq!(ours["on_timeout"], if passes { "allow" } else { "block" });
        assert_eq!(ours["complete"], false);
    }
    assert!(server.push(&["main:refs/heads/more"]).git.stderr.contains("this push passes, though not all"));
}

#[test]
fn time_that_suffices_changes_nothing() {
    let dir = Dir::new();
    let server = Server::new(&dir, "--deadline 10m --on-timeout allow");
    server.dev.commit("app.env", line(1));
    refused(&server, &["main"]);
    server.dev.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
    server.dev.commit("app.env", "2\n");
    server.push(&["main"]).passes();
}

#[test]
fn only_lack_of_time_is_let_through() {
    let dir = Dir::new();
    let server = Server::new(&dir, "--on-timeout allow --deadline 10m");
    let old = server.dev.git(&["rev-parse", "HEAD"]);
    let lost = "0123456789".repeat(4);
    for time in ["10m", "0s"] {
        let mut command = server.bare.leakgate(&[
            "hook",
            "run",
            "pre-receive",
            "--on-timeout",
            "allow",
            "--deadline",
            time,
        ]);
        let told = Told::fed(&mut command, format!("{old} {lost} refs/heads/main\n").as_bytes());
        told.incomplete("not in the repository");
    }
}

#[test]
fn it_stops_soon_after_the_deadline() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.commit("first", "1\n");
    for number in 0..400 {
        repo.write(format!("small/{number}"), format!("{number}: nothing to see here\n").repeat(4000));
    }
    repo.git(&["add", "."]);
    repo.record("much");
    let began = Instant::now();
    let told = repo.scan(&["range", "HEAD~1..HEAD", "--deadline", "500ms", "--threads", "2"]);
    let took = began.elapsed();
    told.incomplete("texts were scanned");
    assert!(took < Duration::from_secs(20), "{took:?}");
}

#[test]
fn a_deadline_that_makes_no_sense_is_refused() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.commit("a", "1\n");
    for word in ["--deadline=soon", "--deadline=30", "--deadline=-3s", "--on-timeout=maybe"] {
        repo.scan(&["range", "HEAD..HEAD", word]).refused(word.split_once('=').expect("two").1);
    }
}
