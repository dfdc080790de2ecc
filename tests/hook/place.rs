//! The hook goes where git looks for it.

use super::*;

#[test]
fn a_plain_repository() {
    let dir = world();
    let repo = dir.repo("repo");
    let before = picture(&repo.path(".git/hooks"));
    let answer = ok(&repo, "install pre-commit");
    assert!(answer.contains("change: Written") && answer.contains("kept: None"), "{answer}");

    repo.stage("a", "1");
    repo.git(&["commit", "-m", "one"]);
    assert_eq!(calls(&dir), ["leakgate staged"]);

    stand_in(&dir, 1);
    repo.stage("a", "2");
    assert!(!repo.try_git(&["commit", "-m", "two"]).success());
    assert_eq!(repo.git(&["rev-list", "--count", "HEAD"]), "1");

    assert!(ok(&repo, "uninstall pre-commit").contains("change: Removed"));
    assert_eq!(picture(&repo.path(".git/hooks")), before);
    repo.git(&["commit", "-m", "two"]);
}

#[test]
fn from_a_folder_deep_in_the_repository() {
    let dir = world();
    let repo = dir.repo("repo");
    repo.write("src/deep/file", "");
    ok(&repo.inside("src/deep"), "install pre-commit");
    assert!(repo.path(".git/hooks/pre-commit").exists());
}

#[test]
fn a_repository_without_a_hooks_folder() {
    let dir = world();
    let repo = dir.repo("repo");
    fs::remove_dir_all(repo.path(".git/hooks")).expect("it is ours");
    ok(&repo, "install pre-commit");
    repo.stage("a", "1");
    repo.git(&["commit", "-m", "one"]);
    assert_eq!(calls(&dir), ["leakgate staged"]);
}

#[test]
fn no_repository_is_an_error() {
    let dir = world();
    dir.write("plain/file", "");
    let plain = Repo { dir: &dir, name: "plain".into() };
    let answer = refused(&plain, "install pre-commit");
    assert!(answer.contains("no repository") && answer.contains("help:"), "{answer}");
}

#[test]
fn commit_message_and_push() {
    let dir = world();
    let repo = dir.repo("repo");
    dir.bare("there.git");
    ok(&repo, "install commit-msg");
    ok(&repo, "install pre-push");
    repo.stage("a", "1");
    repo.git(&["commit", "-m", "one"]);
    assert_eq!(calls(&dir), ["leakgate hook run commit-msg .git/COMMIT_EDITMSG"]);

    repo.git(&["push", "../there.git", "main"]);
    let head = repo.git(&["rev-parse", "HEAD"]);
    let line = format!("refs/heads/main {head} refs/heads/main {}", "0".repeat(40));
    assert_eq!(calls(&dir), ["leakgate hook run pre-push ../there.git ../there.git", &line]);

    stand_in(&dir, 3);
    repo.stage("a", "2");
    assert!(!repo.try_git(&["commit", "-m", "two"]).success());
    repo.git(&["commit", "--no-verify", "-m", "two"]);
    assert!(!repo.try_git(&["push", "../there.git", "main"]).success());
    assert_eq!(dir.git("there.git", &["rev-parse", "main"]), head);
}

#[test]
fn a_bare_repository() {
    let dir = world();
    let bare = dir.bare("there.git");
    let repo = dir.repo("repo");
    assert!(ok(&bare, "install pre-receive").contains("notes: []"));
    assert!(ok(&bare, "status pre-commit").contains("no worktree"));
    let head = repo.commit("a", "1");
    repo.git(&["push", "../there.git", "main"]);
    let line = format!("{} {head} refs/heads/main", "0".repeat(40));
    assert_eq!(calls(&dir), ["leakgate hook run pre-receive", &line]);

    stand_in(&dir, 1);
    repo.commit("a", "2");
    assert!(!repo.try_git(&["push", "../there.git", "main"]).success());
    assert_eq!(bare.git(&["rev-parse", "main"]), head);
}

#[test]
fn a_relative_hooks_path_starts_at_the_worktree() {
    let dir = world();
    let repo = dir.repo("repo");
    repo.git(&["config", "core.hooksPath", "tools/hooks"]);
    let deep = repo.inside("src");
    repo.write("src/file", "");
    ok(&deep, "install pre-commit");
    assert!(repo.path("tools/hooks/pre-commit").exists());
    repo.stage("a", "1");
    repo.git(&["commit", "-m", "one"]);
    assert_eq!(calls(&dir), ["leakgate staged"]);
}

#[test]
fn a_relative_hooks_path_starts_at_the_git_folder_for_a_push_into_it() {
    let dir = world();
    let bare = dir.bare("there.git");
    let there = dir.repo("there");
    let repo = dir.repo("repo");
    repo.commit("a", "1");
    for target in [&bare, &there] {
        target.git(&["config", "core.hooksPath", "my-hooks"]);
        ok(target, "install pre-receive");
        repo.git(&["push", target.path("").to_str().expect("UTF-8"), "main:other"]);
        assert_eq!(calls(&dir)[0], "leakgate hook run pre-receive");
    }
    assert!(there.path(".git/my-hooks/pre-receive").exists());
}

#[test]
fn an_absolute_hooks_path_and_one_in_the_home_folder() {
    let dir = world();
    let repo = dir.repo("repo");
    let shared = dir.path("shared");
    for (value, folder) in [(shared.to_str().expect("UTF-8"), "shared"), ("~/my hooks", "home/my hooks")] {
        repo.git(&["config", "core.hooksPath", value]);
        ok(&repo, "install pre-commit");
        assert!(dir.path(folder).join("pre-commit").exists());
        repo.stage("a", value);
        repo.git(&["commit", "-m", "one"]);
        assert_eq!(calls(&dir), ["leakgate staged"]);
    }
}

#[test]
fn a_hooks_path_of_the_user_is_shared_and_said_to_be() {
    let dir = world();
    let dir = dir.with_env("GIT_CONFIG_GLOBAL", "/dev/null");
    let settings = dir.write("settings", format!("[core]\n\thooksPath = {}\n", dir.path("mine").display()));
    let dir = dir.with_env("GIT_CONFIG_GLOBAL", settings);
    let repo = dir.repo("repo");
    let answer = ok(&repo, "install pre-commit");
    assert!(answer.contains("runs in all of them"), "{answer}");
    assert!(dir.path("mine/pre-commit").exists());
}

#[test]
fn a_tracked_hooks_folder_is_allowed_and_told() {
    let dir = world();
    let repo = dir.repo("repo");
    repo.commit(".githooks/README", "ours");
    repo.git(&["config", "core.hooksPath", ".githooks"]);
    assert!(ok(&repo, "install pre-commit").contains("under version control"));
    assert!(ok(&repo, "status pre-commit").contains("tracked: true"));
    assert!(ok(&dir.repo("other"), "status pre-commit").contains("tracked: false"));
}

#[test]
fn a_worktree_shares_the_hooks_of_its_repository() {
    let dir = world();
    let repo = dir.repo("repo");
    repo.commit("a", "1");
    repo.git(&["worktree", "add", "--quiet", "../tree", "-b", "side"]);
    let tree = Repo { dir: &dir, name: "tree".into() };
    ok(&tree, "install pre-commit");
    assert!(repo.path(".git/hooks/pre-commit").exists());
    for (place, count) in [(&repo, 1), (&tree, 1)] {
        place.stage("b", "1");
        place.git(&["commit", "-m", "two"]);
        assert_eq!(calls(&dir).len(), count);
    }
}

#[test]
fn a_submodule_has_hooks_of_its_own() {
    let dir = world();
    let part = dir.repo("part");
    part.commit("a", "1");
    let repo = dir.repo("repo");
    repo.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "../part", "sub"]);
    let sub = repo.inside("sub");
    ok(&sub, "install pre-commit");
    assert!(repo.path(".git/modules/sub/hooks/pre-commit").exists());
    assert!(!repo.path(".git/hooks/pre-commit").exists());
    sub.stage("b", "1");
    sub.git(&["commit", "-m", "two"]);
    assert_eq!(calls(&dir), ["leakgate staged"]);
}

#[test]
fn git_dir_names_the_repository() {
    let dir = world();
    let there = dir.repo("there").path(".git");
    dir.repo("here");
    let dir = dir.with_env("GIT_DIR", &there);
    ok(&Repo { dir: &dir, name: "here".into() }, "install pre-commit");
    assert!(there.join("hooks/pre-commit").exists());
}
