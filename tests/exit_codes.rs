//! The exit status is a contract: 0 clean and all was read, 1 findings, 2 could not run, 3 incomplete.

use std::os::unix::fs::symlink;

use crate::harness::{Dir, Ran, fed, made};

fn line(number: u64) -> String {
    format!("github = {}\n", made::token(number))
}

#[test]
fn clean_is_0_findings_1_trouble_3_and_findings_win_over_trouble() {
    let dir = Dir::new();
    dir.write("clean", "1\n");
    dir.write("leaky", line(1));
    symlink("loop", dir.path("loop")).expect("a link");
    for (paths, code) in [
        (&["clean"][..], 0),
        (&["leaky"], 1),
        (&["clean", "leaky"], 1),
        (&["loop"], 3),
        (&["clean", "loop"], 3),
        (&["leaky", "loop"], 1),
    ] {
        for format in ["text", "json", "sarif", "gitlab", "github", "junit", "csv", "markdown", "push"] {
            let ran = Ran::of(dir.leakgate("", &["dir", "--format", format]).args(paths));
            assert_eq!(ran.code, Some(code), "{paths:?} {format}: {}", ran.all());
        }
        let text = Ran::of(dir.leakgate("", &["dir"]).args(paths)).all();
        assert_eq!(text.contains("INCOMPLETE"), paths.contains(&"loop"), "{paths:?}: {text}");
    }
}

#[test]
fn no_repository_is_2() {
    let dir = Dir::new();
    dir.write("plain/a.env", line(1));
    for args in [
        &["staged"][..],
        &["history"],
        &["history", "."],
        &["history", "../no-such-folder"],
        &["range", "a..b"],
        &["range", "a..b", "--repo", "."],
        &["baseline", "write"],
        &["hook", "install"],
    ] {
        let ran = Ran::of(&mut dir.leakgate("plain", args));
        assert_eq!(ran.code, Some(2), "{args:?}: {}", ran.all());
        assert!(ran.stdout.is_empty() && ran.stderr.starts_with("leakgate: "), "{args:?}: {}", ran.all());
    }
    dir.scan("plain", &["staged"]).refused("not a git repository");
}

#[test]
fn wrong_words_are_2_and_help_is_0() {
    let dir = Dir::new();
    dir.write("leaky", line(1));
    for args in [
        &[][..],
        &["no-such-command"],
        &["dir", "--no-such-flag"],
        &["dir", "--format", "xml"],
        &["dir", "--min-confidence", "sure"],
        &["dir", "--threads", "0"],
        &["dir", "--threads", "many"],
        &["range"],
        &["allow", "add"],
        &["hook", "install", "--type", "no-such-hook"],
        &["rules", "show", "no-such-rule"],
    ] {
        let ran = Ran::of(&mut dir.leakgate("", args));
        assert_eq!(ran.code, Some(2), "{args:?}: {}", ran.all());
        assert!(!ran.stderr.is_empty() && ran.stdout.is_empty(), "{args:?}: {}", ran.all());
    }
    let wrong = Ran::of(&mut dir.leakgate("", &["dir", "--format", "xml"])).stderr;
    assert!(wrong.contains("xml") && wrong.contains("sarif"), "it says what there is: {wrong}");
    for args in [&["--help"][..], &["--version"], &["dir", "--help"], &["help", "range"]] {
        let ran = Ran::of(&mut dir.leakgate("", args));
        assert!(ran.success() && !ran.stdout.is_empty(), "{args:?}: {}", ran.all());
    }
}

#[test]
fn a_bad_configuration_or_baseline_is_2_for_every_scan() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.commit("app.env", line(1));
    repo.commit("b", "1\n");
    repo.write(".leakgate.toml", "[[allow]]\nrule = 'x'\nreason = 'y'\n\noops = [\n");
    for args in [
        &["staged"][..],
        &["range", "HEAD~1..HEAD", "--config", ".leakgate.toml"],
        &["history"],
        &["dir"],
        &["stdin"],
        &["baseline", "write"],
    ] {
        let ran = fed(&mut repo.leakgate(args), line(1).as_bytes());
        assert_eq!(ran.code, Some(2), "{args:?}: {}", ran.all());
        for told in [".leakgate.toml", "line 5"] {
            assert!(ran.stderr.contains(told), "{args:?}: {told}: {}", ran.stderr);
        }
        assert_eq!(ran.stdout, "", "{args:?}");
    }
}

#[test]
fn a_result_that_cannot_be_written_is_2() {
    let dir = Dir::new();
    dir.write("leaky", line(1));
    dir.scan("", &["dir", "leaky", "--output", "no/such/folder/out"]).refused("no/such/folder/out");
    #[cfg(target_os = "linux")]
    dir.scan("", &["dir", "leaky", "--output", "/dev/full"]).refused("/dev/full");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_behind_standard_output_is_2() {
    let dir = Dir::new();
    dir.write("leaky", line(1));
    let full = std::fs::File::options().write(true).open("/dev/full").expect("every Linux has it");
    let status = dir.leakgate("", &["dir", "leaky"]).stdout(full).status().expect("it runs");
    assert_eq!(status.code(), Some(2));
}

#[test]
fn a_reader_that_leaves_early_changes_nothing() {
    let dir = Dir::new();
    dir.write("leaky", (0..3000).map(line).collect::<String>());
    let mut shell = dir.command("sh", "");
    let script = "{ \"$0\" dir leaky --format jsonl; echo \"status $?\" >&2; } | head -n 1 >/dev/null";
    let ran = Ran::of(shell.args(["-c", script, crate::harness::PROGRAM]));
    assert_eq!(ran.stderr.trim(), "status 1");
}

#[test]
fn an_empty_repository_and_an_unborn_branch_are_clean() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.staged().clean();
    repo.history().clean();
    repo.scan(&["dir"]).clean();
    repo.range("main..main").refused("main");
    let bare = dir.bare("bare");
    bare.history().clean();
}

#[test]
fn a_flag_that_a_command_has_no_use_for_is_2_and_not_passed_over() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.commit("a", "1\n");
    for args in [
        &["rules", "list", "--output", "out"][..],
        &["rules", "list", "--format", "json"],
        &["rules", "lint", "--report", "json=out"],
        &["baseline", "write", "-o", "out"],
        &["doctor", "--report", "json=out"],
        &["why-not", "x = 1", "--format", "json"],
        &["hook", "install", "--audit", "out"],
        &["hook", "install", "--min-severity=high", "--", "--audit", "out"],
        &["hook", "status", "--", "--audit", "out"],
        &["hook", "uninstall", "--", "--audit", "out"],
    ] {
        let ran = repo.run(args);
        assert_eq!(ran.code, Some(2), "{args:?}: {}", ran.all());
        let flag =
            args.iter().find(|arg| arg.starts_with('-')).expect("one each").split('=').next().expect("one");
        let flag = if flag == "-o" { "--output" } else { flag };
        assert!(ran.stderr.contains(flag) && ran.stdout.is_empty(), "{args:?}: {}", ran.all());
        for name in ["out", ".leakgate.baseline", ".git/hooks/pre-commit"] {
            assert!(!repo.path(name).exists(), "{args:?}: {name}");
        }
    }
    for args in [&["rules", "list", "--format", "jsonl"][..], &["rules", "new", "A", "a-key", "-o", "out"]] {
        let ran = repo.run(args);
        assert!(ran.success(), "{args:?}: {}", ran.all());
    }
}

#[test]
fn a_sweep_is_remembered_in_a_file_and_in_nothing_else() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.commit("a", "1\n");
    assert!(dir.command("mkfifo", "").arg(dir.path("pipe")).status().expect("it runs").success());
    // A folder for the failing case: nobody writes into the pipe, so whoever opens it waits.
    for name in ["../home", "../pipe"] {
        let _ = repo.scan(&["history", "--since-sweep", name]).refused("not a file");
    }
}
