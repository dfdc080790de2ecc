//! User-wide hooks: they cover every repository, hide no other hook, and leave no trace.

use super::*;

/// A world where git reads the user's own configuration.
fn user_world() -> Dir {
    let dir = world();
    let config = dir.path("home/.gitconfig");
    dir.with_env("GIT_CONFIG_GLOBAL", config)
}

const FOLDER: &str = "home/.config/leakgate/hooks";

#[test]
fn every_repository_is_covered_and_its_own_hooks_run() {
    let dir = user_world();
    let repo = dir.repo("repo");
    ok(&repo, "install pre-commit global");
    own_hook(&repo, ".git/hooks/pre-commit", 0);
    own_hook(&repo, ".git/hooks/post-commit", 0);
    own_hook(&repo, ".git/hooks/prepare-commit-msg", 0);
    repo.stage("a", "1");
    repo.git(&["commit", "-m", "one"]);
    let seen = calls(&dir);
    assert_eq!(seen, ["own ", "leakgate staged", "own .git/COMMIT_EDITMSG message", "own "]);

    own_hook(&repo, ".git/hooks/pre-commit", 1);
    repo.stage("a", "2");
    assert!(!repo.try_git(&["commit", "-m", "two"]).success());
    assert_eq!(calls(&dir), ["own "]);

    stand_in(&dir, 1);
    let other = dir.repo("other");
    other.stage("a", "1");
    assert!(!other.try_git(&["commit", "-m", "one"]).success());
    assert!(ok(&other, "status pre-commit").contains("--global"));
    assert!(ok(&other, "doctor pre-commit").contains("Runs"));
}

#[test]
fn all_else_in_git_goes_on_as_before() {
    let dir = user_world();
    let repo = dir.repo("repo");
    ok(&repo, "install pre-commit global");
    ok(&repo, "install pre-push global");
    ok(&repo, "install commit-msg global");
    ok(&repo, "install pre-receive global");
    repo.stage("a", "1");
    repo.git(&["commit", "-m", "one"]);
    let quiet = |folder: &str, args: &[&str]| {
        let ran = dir.try_git(folder, args);
        assert!(ran.success() && !ran.all().contains("fatal"), "{args:?}: {}", ran.all());
    };
    quiet("", &["clone", "--quiet", "repo", "clone"]);
    quiet("", &["clone", "--quiet", "--bare", "repo", "there.git"]);
    quiet("", &["init", "--quiet", "fresh"]);
    quiet("", &["init", "--quiet", "--bare", "fresh.git"]);
    quiet("repo", &["worktree", "add", "--quiet", "../tree", "-b", "side"]);
    quiet("repo", &["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "../clone", "sub"]);
    quiet("repo", &["commit", "-m", "sub"]);
    quiet("tree", &["commit", "--allow-empty", "-m", "side"]);
    quiet("repo", &["merge", "--quiet", "--no-edit", "side"]);
    quiet("repo", &["rebase", "--quiet", "HEAD~1"]);
    quiet("repo", &["push", "--quiet", "../there.git", "main", "side"]);
    quiet("clone", &["pull", "--quiet", "../there.git", "main"]);
    quiet("repo", &["gc", "--quiet"]);
    quiet("repo", &["stash", "list"]);
    quiet("", &["clone", "--quiet", "--mirror", "there.git", "mirror.git"]);
    quiet("mirror.git", &["update-ref", "refs/heads/more", "HEAD"]);
    let seen = calls(&dir);
    for call in ["leakgate staged", "leakgate hook run pre-receive"] {
        assert!(seen.iter().any(|line| line == call), "no {call:?} in {seen:#?}");
    }
}

#[test]
fn the_hooks_of_the_receiving_side_get_their_input() {
    let dir = user_world();
    let repo = dir.repo("repo");
    let bare = dir.bare("there.git");
    ok(&repo, "install pre-receive global");
    own_hook(&bare, "hooks/pre-receive", 0);
    let head = repo.commit("a", "1");
    repo.git(&["push", "../there.git", "main"]);
    let line = format!("{} {head} refs/heads/main", "0".repeat(40));
    assert_eq!(calls(&dir), ["own ", &line, "leakgate hook run pre-receive", &line]);
}

#[test]
fn uninstall_leaves_no_trace() {
    let configurations: [Option<&str>; 5] = [
        None,
        Some(""),
        Some("[user]\n\tname = Ann\n"),
        Some("[user]\n\tname = Ann"),
        Some("[core]\n\teditor = vi\n\thooksPath = ~/mine ; my own\n[pull]\n\trebase = true\n"),
    ];
    for configuration in configurations {
        let dir = user_world();
        let repo = dir.repo("repo");
        if let Some(text) = configuration {
            mode(&dir.write("home/.gitconfig", text), 0o600);
        }
        fs::create_dir(dir.path("home/.config")).expect("ours");
        let before = picture(&dir.home());
        ok(&repo, "install pre-commit global");
        ok(&repo, "install pre-push global");
        let folder = dir.path(FOLDER);
        assert_eq!(repo.git(&["config", "core.hooksPath"]), folder.to_str().expect("UTF-8"));
        assert!(ok(&repo, "uninstall pre-commit global").contains("change: Removed"));
        assert!(ok(&repo, "status pre-push global").contains("program: Some"));
        assert!(ok(&repo, "status pre-commit global").contains("Absent"));
        ok(&repo, "uninstall pre-push global");
        assert_eq!(picture(&dir.home()), before, "{configuration:?}");
        assert!(ok(&repo, "uninstall pre-push global").contains("change: None"));
    }
}

#[test]
fn a_second_install_changes_nothing() {
    let dir = user_world();
    let repo = dir.repo("repo");
    assert!(ok(&repo, "install pre-commit global").contains("change: Written"));
    let once = picture(&dir.home());
    assert!(ok(&repo, "install pre-commit global").contains("change: None"));
    assert_eq!(picture(&dir.home()), once);
}

#[test]
fn a_hooks_path_set_before_goes_on_to_be_honoured() {
    let dir = user_world();
    let repo = dir.repo("repo");
    dir.write("home/.gitconfig", "[core]\n\thooksPath = ~/mine\n");
    own_hook(&Repo { dir: &dir, name: "home".into() }, "mine/pre-commit", 0);
    own_hook(&repo, ".git/hooks/pre-commit", 1);
    let answer = ok(&repo, "install pre-commit global");
    assert!(answer.contains("still run"), "{answer}");
    repo.stage("a", "1");
    repo.git(&["commit", "-m", "one"]);
    assert_eq!(calls(&dir), ["own ", "leakgate staged"]);
    ok(&repo, "uninstall pre-commit global");
    assert_eq!(repo.git(&["config", "core.hooksPath"]), "~/mine");
}

#[test]
fn settings_made_in_between_stay() {
    let dir = user_world();
    let repo = dir.repo("repo");
    dir.write("home/.gitconfig", "[user]\n\tname = Ann\n");
    ok(&repo, "install pre-commit global");
    repo.git(&["config", "--global", "core.editor", "vi"]);
    repo.git(&["config", "--global", "pull.rebase", "true"]);
    repo.git(&["config", "--global", "user.email", "ann@example.com"]);
    ok(&repo, "uninstall pre-commit global");
    let listed = repo.git(&["config", "--global", "--list"]);
    assert_eq!(listed, "user.name=Ann\nuser.email=ann@example.com\ncore.editor=vi\npull.rebase=true");
    assert!(!dir.read("home/.gitconfig").contains("leakgate"));
}

#[test]
fn a_hooks_path_set_since_is_told_and_stays() {
    let dir = user_world();
    let repo = dir.repo("repo");
    ok(&repo, "install pre-commit global");
    repo.git(&["config", "--global", "core.hooksPath", "/elsewhere"]);
    assert!(ok(&repo, "doctor pre-commit global").contains("Broken"));
    assert!(ok(&repo, "uninstall pre-commit global").contains("changed since"));
    assert_eq!(repo.git(&["config", "core.hooksPath"]), "/elsewhere");
    assert!(!dir.path(FOLDER).exists());
}

#[test]
fn a_linked_configuration_is_written_through() {
    let dir = user_world();
    let repo = dir.repo("repo");
    dir.write("home/dotfiles/gitconfig", "[user]\n\tname = Ann\n");
    link("dotfiles/gitconfig", &dir.path("home/.gitconfig"));
    let before = picture(&dir.home());
    ok(&repo, "install pre-commit global");
    assert!(dir.path("home/.gitconfig").is_symlink());
    assert!(dir.read("home/dotfiles/gitconfig").contains("hooksPath"));
    ok(&repo, "uninstall pre-commit global");
    fs::remove_dir(dir.path("home/.config")).expect("empty again");
    assert_eq!(picture(&dir.home()), before);
}

#[test]
fn the_configuration_in_xdgs_place_is_used_where_it_is_the_only_one() {
    let dir = world();
    // Without GIT_CONFIG_GLOBAL, as on most machines.
    let wrapped = dir.script("bin/plain", "unset GIT_CONFIG_GLOBAL; exec \"$@\"");
    dir.write("home/.config/git/config", "[user]\n\tname = Ann\n");
    let repo = dir.repo("repo");
    let before = picture(&dir.home());
    let call = |words: &str| {
        let test = std::env::current_exe().expect("it runs");
        let mut command = dir.command(&wrapped, "repo");
        command.arg(test).args(["--exact", "hook::library", "--nocapture"]);
        let ran = Ran::of(command.env("WORDS", words).env("PROGRAM", dir.path("bin/leakgate")));
        assert!(ran.stdout.contains("answer: 0"), "{}", ran.all());
    };
    call("install pre-commit global");
    assert!(dir.read("home/.config/git/config").contains("hooksPath"));
    repo.stage("a", "1");
    let ran = Ran::of(dir.command(&wrapped, "repo").args(["git", "commit", "-m", "one"]));
    assert!(ran.success(), "{}", ran.all());
    assert_eq!(calls(&dir), ["leakgate staged"]);
    // A ~/.gitconfig made since does not hide our lines from the removal.
    dir.write("home/.gitconfig", "[core]\n\teditor = vi\n");
    call("uninstall pre-commit global");
    fs::remove_file(dir.path("home/.gitconfig")).expect("ours");
    assert_eq!(picture(&dir.home()), before);
}

#[test]
fn conditional_includes_do_no_harm() {
    let dir = user_world();
    let repo = dir.repo("repo");
    dir.write("home/more", "[core]\n\teditor = vi\n");
    dir.write("home/.gitconfig", "[includeIf \"gitdir:~/work/\"]\n\tpath = more\n[include]\n\tpath = more\n");
    ok(&repo, "install pre-commit global");
    assert!(ok(&repo, "doctor pre-commit").contains("Runs"));
    ok(&repo, "uninstall pre-commit global");
}

#[test]
fn a_file_that_cannot_be_edited_is_refused_before_anything_is_on() {
    let dir = world();
    let repo = dir.repo("repo");
    assert!(refused(&repo, "install pre-commit global").contains("/dev/null"));
}

#[test]
fn a_lock_held_by_another_git_is_respected() {
    let dir = user_world();
    let repo = dir.repo("repo");
    dir.write("home/.gitconfig", "");
    dir.write("home/.gitconfig.lock", "");
    assert!(refused(&repo, "install pre-commit global").contains("lock"));
    assert_eq!(dir.read("home/.gitconfig"), "");
}

#[test]
fn a_stranger_in_our_folder_stops_us() {
    let dir = user_world();
    let repo = dir.repo("repo");
    ok(&repo, "install pre-commit global");
    dir.script(format!("{FOLDER}/post-commit"), "exit 0");
    assert!(refused(&repo, "uninstall pre-commit global").contains("not a hook of leakgate"));
    assert!(dir.path(FOLDER).join("pre-commit").exists());
}

#[test]
fn a_repository_with_its_own_hooks_path_is_told_not_covered() {
    let dir = user_world();
    let repo = dir.repo("repo");
    ok(&repo, "install pre-commit global");
    repo.git(&["config", "core.hooksPath", ".githooks"]);
    let answer = ok(&repo, "status pre-commit");
    assert!(answer.contains("Absent") && answer.contains("do not run here"), "{answer}");
}

#[test]
fn a_hook_of_the_repository_can_be_installed_beside_the_user_wide_ones() {
    let dir = user_world();
    let repo = dir.repo("repo");
    ok(&repo, "install pre-commit global");
    ok(&repo, "install commit-msg");
    assert!(repo.path(".git/hooks/commit-msg").exists());
    repo.stage("a", "1");
    repo.git(&["commit", "-m", "one"]);
    assert_eq!(calls(&dir), ["leakgate staged", "leakgate hook run commit-msg .git/COMMIT_EDITMSG"]);
}

#[test]
fn without_its_program_the_user_wide_hook_blocks() {
    let dir = user_world();
    let repo = dir.repo("repo");
    ok(&repo, "install pre-commit global");
    fs::remove_file(dir.path("bin/leakgate")).expect("ours");
    repo.stage("a", "1");
    let ran = repo.try_git(&["commit", "-m", "one"]);
    assert!(!ran.success() && ran.stderr.contains("--type pre-commit --global"), "{}", ran.all());
    assert!(ok(&repo, "doctor pre-commit").contains("Broken"));
}

#[test]
fn own_hooks_run_in_worktrees_and_submodules_too() {
    let dir = user_world();
    let part = dir.repo("part");
    part.commit("a", "1");
    let repo = dir.repo("repo");
    repo.commit("a", "1");
    repo.git(&["worktree", "add", "--quiet", "../tree", "-b", "side"]);
    repo.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "../part", "sub"]);
    repo.git(&["commit", "--quiet", "-m", "sub"]);
    ok(&repo, "install pre-commit global");
    own_hook(&repo, ".git/hooks/pre-commit", 0);
    own_hook(&repo, ".git/modules/sub/hooks/pre-commit", 0);
    for place in [&repo, &Repo { dir: &dir, name: "tree".into() }, &repo.inside("sub")] {
        for deep in ["", "deep"] {
            place.write("deep/file", "");
            let file = format!("new-{deep}");
            place.stage(&file, "1");
            place.inside(deep).git(&["commit", "--quiet", "-m", "more"]);
            assert_eq!(calls(&dir), ["own ", "leakgate staged"], "{}", place.name.display());
        }
    }
}
