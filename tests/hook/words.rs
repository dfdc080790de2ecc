//! What the commands say and leave behind where they cannot do what they were asked.

use super::*;

#[test]
fn a_file_without_a_name_is_refused() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    for file in [".", "..", "/"] {
        for command in ["install", "uninstall", "status"] {
            let ran = repo.run(&["hook", command, "--type", "pre-receive", "--file", file]);
            assert_eq!(ran.code, Some(2), "{command} {file}: {}", ran.all());
            assert!(ran.stderr.starts_with("leakgate: "), "{command} {file}: {}", ran.all());
        }
    }
}

#[test]
fn doctor_tells_why_it_cannot_look_at_the_hooks() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.git(&["config", "core.hooksPath", "~nobody-of-that-name/hooks"]);
    let ran = repo.run(&["doctor"]);
    assert_eq!(ran.code, Some(2), "{}", ran.all());
    assert!(ran.stdout.contains("core.hooksPath") && ran.stdout.contains("gate   works"), "{}", ran.all());
    fs::create_dir(dir.path("plain")).expect("writable");
    let ran = Ran::of(&mut dir.leakgate("plain", &["doctor"]));
    assert!(ran.success() && ran.stdout.contains("no git repository"), "{}", ran.all());
}

#[test]
fn user_wide_hooks_that_cannot_be_turned_on_leave_nothing() {
    // The harness has /dev/null for git's global configuration.
    let dir = Dir::new();
    let repo = dir.repo("repo");
    let ran = repo.run(&["hook", "install", "--global"]);
    assert!(ran.code == Some(2) && ran.stderr.contains("GIT_CONFIG_GLOBAL"), "{}", ran.all());
    assert!(!dir.home().join(".config").exists());
}

#[test]
fn without_a_home_there_are_no_user_wide_hooks() {
    let dir = Dir::new().with_env("GIT_CONFIG_GLOBAL", "");
    let repo = dir.repo("repo");
    let mut command = repo.leakgate(&["hook", "status", "--global"]);
    // Git then reads no configuration of a user either, so what was written would be passed over.
    let ran = Ran::of(command.env_remove("HOME").env_remove("GIT_CONFIG_GLOBAL"));
    assert!(ran.code == Some(2) && ran.stderr.contains("set HOME"), "{}", ran.all());
}

#[test]
fn a_hook_whose_shim_was_deleted_by_hand_does_not_run_is_told_so_and_comes_back() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    let hook = repo.script(".git/hooks/pre-commit", "echo mine");
    let before = picture(&repo.path(".git/hooks"));
    assert!(repo.run(&["hook", "install"]).success());
    let status = repo.run(&["hook", "status", "--type", "pre-commit"]).stdout;
    assert!(status.contains("runs too"), "{status}");
    fs::remove_file(&hook).expect("as the hook itself says how");
    let status = repo.run(&["hook", "status", "--type", "pre-commit"]).stdout;
    assert!(status.contains("does not run") && !status.contains("runs too"), "{status}");
    let ran = repo.run(&["hook", "uninstall"]);
    assert!(ran.success() && ran.stdout.contains("again what it was before"), "{}", ran.all());
    assert_eq!(picture(&repo.path(".git/hooks")), before);
}
