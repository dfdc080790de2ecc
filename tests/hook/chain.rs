//! The hook that was there before keeps running, and comes back as it was.

use super::*;

const KEPT: &str = ".git/hooks/pre-commit.before-leakgate";

#[test]
fn it_runs_first_and_its_failure_blocks() {
    let dir = world();
    let repo = dir.repo("repo");
    own_hook(&repo, ".git/hooks/pre-commit", 0);
    let answer = ok(&repo, "install pre-commit");
    assert!(answer.contains("pre-commit.before-leakgate"), "{answer}");
    repo.stage("a", "1");
    repo.git(&["commit", "-m", "one"]);
    assert_eq!(calls(&dir), ["own ", "leakgate staged"]);

    own_hook(&repo, KEPT, 7);
    repo.stage("a", "2");
    assert!(!repo.try_git(&["commit", "-m", "two"]).success());
    assert_eq!(calls(&dir), ["own "]);

    own_hook(&repo, KEPT, 0);
    stand_in(&dir, 2);
    assert!(!repo.try_git(&["commit", "-m", "two"]).success());
    assert_eq!(calls(&dir), ["own ", "leakgate staged"]);
}

#[test]
fn it_runs_last_if_so_asked() {
    let dir = world();
    let repo = dir.repo("repo");
    own_hook(&repo, ".git/hooks/pre-commit", 0);
    ok(&repo, "install pre-commit after");
    repo.stage("a", "1");
    repo.git(&["commit", "-m", "one"]);
    assert_eq!(calls(&dir), ["leakgate staged", "own "]);

    stand_in(&dir, 1);
    repo.stage("a", "2");
    assert!(!repo.try_git(&["commit", "-m", "two"]).success());
    assert_eq!(calls(&dir), ["leakgate staged"]);

    stand_in(&dir, 0);
    own_hook(&repo, KEPT, 1);
    assert!(!repo.try_git(&["commit", "-m", "two"]).success());
}

#[test]
fn both_see_the_same_arguments_and_the_same_input() {
    let dir = world();
    let bare = dir.bare("there.git");
    let repo = dir.repo("repo");
    repo.commit("a", "1");
    // Names whose bytes shells have been known to stumble over, and more of them than a pipe holds.
    for number in 0..1500 {
        fs::write(
            repo.path(format!(".git/refs/heads/ветвь-ё-{number:04}")),
            repo.git(&["rev-parse", "HEAD"]),
        )
        .expect("a ref is a file");
    }
    for order in ["", " after"] {
        own_hook(&repo, ".git/hooks/pre-push", 0);
        own_hook(&bare, "hooks/pre-receive", 0);
        ok(&repo, &format!("install pre-push{order}"));
        ok(&bare, &format!("install pre-receive{order}"));
        repo.git(&["push", "--quiet", "--all", "../there.git"]);
        let lines = calls(&dir);
        assert_eq!(lines.len(), 4 * 1502, "two hooks here, two there, each with its line and 1501 refs");
        let parts: Vec<_> = lines.chunks(1502).collect();
        assert_eq!(parts[0][1..], parts[1][1..]);
        assert_eq!(parts[2][1..], parts[3][1..]);
        let own = usize::from(!order.is_empty());
        assert_eq!(parts[own][0], "own ../there.git ../there.git");
        assert_eq!(parts[1 - own][0], "leakgate hook run pre-push ../there.git ../there.git");

        ok(&repo, "uninstall pre-push");
        ok(&bare, "uninstall pre-receive");
        fs::remove_dir_all(bare.path("refs/heads")).expect("ours");
        fs::create_dir(bare.path("refs/heads")).expect("ours");
    }
}

#[test]
fn a_push_of_nothing_gives_both_an_empty_input() {
    let dir = world();
    dir.bare("there.git");
    let repo = dir.repo("repo");
    repo.commit("a", "1");
    repo.git(&["push", "../there.git", "main"]);
    own_hook(&repo, ".git/hooks/pre-push", 0);
    ok(&repo, "install pre-push");
    repo.git(&["push", "../there.git", "main"]);
    assert_eq!(
        calls(&dir),
        ["own ../there.git ../there.git", "leakgate hook run pre-push ../there.git ../there.git"]
    );
}

#[test]
fn a_hook_that_reads_nothing_does_not_disturb() {
    let dir = world();
    dir.bare("there.git");
    let repo = dir.repo("repo");
    repo.commit("a", "1");
    repo.script(".git/hooks/pre-push", "exit 0");
    ok(&repo, "install pre-push");
    repo.git(&["push", "../there.git", "main"]);
    assert_eq!(calls(&dir).len(), 2);
}

#[test]
fn a_second_install_changes_nothing() {
    let dir = world();
    let repo = dir.repo("repo");
    own_hook(&repo, ".git/hooks/pre-commit", 0);
    ok(&repo, "install pre-commit");
    let once = picture(&repo.path(".git"));
    let answer = ok(&repo, "install pre-commit");
    assert!(answer.contains("change: None") && answer.contains("before-leakgate"), "{answer}");
    assert_eq!(picture(&repo.path(".git")), once);

    assert!(ok(&repo, "install pre-commit after").contains("change: Updated"));
    assert!(ok(&repo, "install pre-commit").contains("change: Updated"));
    assert_eq!(picture(&repo.path(".git")), once);
}

#[test]
fn uninstall_brings_back_bytes_mode_and_link() {
    let dir = world();
    let repo = dir.repo("repo");
    let hook = own_hook(&repo, ".git/hooks/pre-commit", 0);
    mode(&hook, 0o711);
    repo.script("tools/check", "exit 0");
    link("../../tools/check", &repo.path(".git/hooks/commit-msg"));
    let before = picture(&repo.path(".git/hooks"));
    for kind in ["pre-commit", "commit-msg"] {
        ok(&repo, &format!("install {kind}"));
        ok(&repo, &format!("install {kind} after"));
    }
    repo.stage("a", "1");
    repo.git(&["commit", "-m", "one"]);
    assert_eq!(calls(&dir).len(), 3);
    for kind in ["pre-commit", "commit-msg"] {
        assert!(ok(&repo, &format!("uninstall {kind}")).contains("change: Restored"));
        assert!(ok(&repo, &format!("status {kind}")).contains("state: Foreign"));
    }
    assert_eq!(picture(&repo.path(".git/hooks")), before);
}

#[test]
fn uninstall_where_nothing_is_says_so() {
    let dir = world();
    let repo = dir.repo("repo");
    assert!(ok(&repo, "uninstall pre-commit").contains("change: None"));
}

#[test]
fn a_kept_hook_that_vanished_its_bit_blocks() {
    let dir = world();
    let repo = dir.repo("repo");
    own_hook(&repo, ".git/hooks/pre-commit", 0);
    ok(&repo, "install pre-commit");
    mode(&repo.path(KEPT), 0o644);
    repo.stage("a", "1");
    assert!(!repo.try_git(&["commit", "-m", "one"]).success());
    assert!(ok(&repo, "doctor pre-commit").contains("Broken"));
}

#[test]
fn a_kept_hook_that_asks_for_its_own_name_is_told() {
    let dir = world();
    let repo = dir.repo("repo");
    repo.script(".git/hooks/pre-commit", "exec ./tools/$(basename \"$0\")");
    assert!(ok(&repo, "install pre-commit").contains("its own name"));
}

#[test]
fn another_tool_that_renames_our_hook_keeps_the_chain() {
    let dir = world();
    let repo = dir.repo("repo");
    own_hook(&repo, ".git/hooks/pre-commit", 0);
    ok(&repo, "install pre-commit");
    fs::rename(repo.path(".git/hooks/pre-commit"), repo.path(".git/hooks/pre-commit.legacy")).expect("ours");
    repo.script(".git/hooks/pre-commit", "exec .git/hooks/pre-commit.legacy");
    repo.stage("a", "1");
    repo.git(&["commit", "-m", "one"]);
    assert_eq!(calls(&dir), ["own ", "leakgate staged"]);
}

#[test]
fn every_shell_at_hand_understands_the_hook() {
    let dir = world();
    let repo = dir.repo("repo");
    own_hook(&repo, ".git/hooks/pre-push", 0);
    ok(&repo, "install pre-push");
    let input = dir.write("input", "a \\n b\n\n  ветвь\n");
    let mut heard = 0;
    for shell in
        ["sh", "dash", "bash --posix", "busybox sh", "ash", "ksh", "mksh", "yash", "zsh --emulate sh"]
    {
        let mut words = shell.split(' ').chain([".git/hooks/pre-push", "the name", "the address"]);
        let name = words.next().expect("a shell");
        let path = std::env::var_os("PATH").expect("set");
        if !std::env::split_paths(&path).any(|folder| folder.join(name).exists()) {
            continue;
        }
        let mut command = dir.command(name, "repo");
        let ran = Ran::of(command.args(words).stdin(fs::File::open(&input).expect("ours")));
        assert!(ran.success() && ran.all().is_empty(), "{shell}: {}", ran.all());
        let seen = calls(&dir);
        let lines = ["a \\n b", "", "  ветвь"];
        assert_eq!(seen[0], "own the name the address");
        assert_eq!(seen[1..4], lines, "{shell}");
        assert_eq!(seen[4], "leakgate hook run pre-push the name the address");
        assert_eq!(seen[5..], lines, "{shell}");
        heard += 1;
    }
    assert!(heard > 0);
}
