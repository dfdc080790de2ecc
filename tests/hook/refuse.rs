//! What is not ours is left alone, and what cannot work says so and blocks.

use super::*;

const HOOK: &str = ".git/hooks/pre-commit";

#[test]
fn without_its_program_the_hook_blocks_and_says_how_to_mend_it() {
    let dir = world();
    let repo = dir.repo("repo");
    ok(&repo, "install pre-commit");
    fs::remove_file(dir.path("bin/leakgate")).expect("ours");
    repo.stage("a", "1");
    let ran = repo.try_git(&["commit", "-m", "one"]);
    assert!(!ran.success());
    for word in
        ["blocked", "bin/leakgate", "leakgate hook install --type pre-commit", ".git/hooks/pre-commit"]
    {
        assert!(ran.stderr.contains(word), "no {word:?} in {}", ran.stderr);
    }
    assert!(ok(&repo, "doctor pre-commit").contains("Broken"));

    mode(&dir.script("bin/leakgate", "exit 0"), 0o644);
    assert!(!repo.try_git(&["commit", "-m", "one"]).success(), "a program without its bit is none");
    fs::remove_file(dir.path("bin/leakgate")).expect("ours");
    fs::create_dir(dir.path("bin/leakgate")).expect("ours");
    assert!(!repo.try_git(&["commit", "-m", "one"]).success(), "a folder is no program");
}

#[test]
fn without_its_program_the_hook_takes_the_one_on_the_path() {
    let dir = world();
    let repo = dir.repo("repo");
    ok(&repo, "install pre-commit");
    fs::rename(dir.path("bin"), dir.path("moved")).expect("ours");
    let path = format!("{}:{}", dir.path("moved").display(), std::env::var("PATH").expect("set"));
    let dir = dir.with_env("PATH", path);
    let repo = Repo { dir: &dir, name: "repo".into() };
    repo.stage("a", "1");
    repo.git(&["commit", "-m", "one"]);
    assert_eq!(calls(&dir), ["leakgate staged"]);
    assert!(ok(&repo, "doctor pre-commit").contains("Runs"));
}

#[test]
fn a_program_whose_path_is_hard_to_quote() {
    let dir = world();
    let odd = "it's a \"$PATH\" \\ `x`\n#ü";
    let program = dir.script(format!("{odd}/bin/leakgate"), "echo called >&2");
    let repo = dir.repo("repo");
    let before = dir.path("bin");
    fs::remove_dir_all(&before).expect("ours");
    link(program.parent().expect("a folder").to_str().expect("UTF-8"), &before);
    let dir = Dir::new().with_env("UNUSED", "1");
    drop(dir);
    let target = Target::at(&repo.path("")).expect("a repository");
    let options = Options { program, order: Order::Before, flags: Vec::new() };
    hook::install(&target, Kind::PreCommit, &options).expect("it can be written");
    repo.stage("a", "1");
    let ran = repo.try_git(&["commit", "-m", "one"]);
    assert!(ran.success() && ran.stderr.contains("called"), "{}", ran.all());
    let hook::State::Ours(marker) = hook::status(&target, Kind::PreCommit).expect("readable").state else {
        panic!("the marker does not hold")
    };
    assert_eq!(marker.program, Some(options.program));
}

#[test]
fn a_program_that_cannot_run_is_refused_at_once() {
    let dir = world();
    let repo = dir.repo("repo");
    mode(&dir.path("bin/leakgate"), 0o644);
    assert!(refused(&repo, "install pre-commit").contains("not a program that can be run"));
    assert!(!repo.path(HOOK).exists());
}

#[test]
fn an_edited_hook_stays() {
    let dir = world();
    let repo = dir.repo("repo");
    ok(&repo, "install pre-commit");
    let intact = repo.read(HOOK);
    let edits = [
        intact.replace("staged", "staged || true"),
        intact.replace("#!/bin/sh", "#!/bin/bash"),
        intact.replace("#!/bin/sh\n", "#!/bin/sh\nset -x\n"),
        format!("{intact}echo done\n"),
        intact.trim_end().to_owned(),
    ];
    for edit in edits {
        assert_ne!(edit, intact);
        repo.write(HOOK, &edit);
        for call in ["install pre-commit", "uninstall pre-commit"] {
            let answer = refused(&repo, call);
            assert!(answer.contains("edited") && answer.contains("help:"), "{answer}");
        }
        assert_eq!(repo.read(HOOK), edit);
        assert!(ok(&repo, "doctor pre-commit").contains("Unknown"));
    }
    repo.write(HOOK, intact);
    ok(&repo, "uninstall pre-commit");
}

#[test]
fn a_hook_of_someone_else_is_not_removed() {
    let dir = world();
    let repo = dir.repo("repo");
    own_hook(&repo, HOOK, 0);
    let before = picture(&repo.path(".git/hooks"));
    let answer = refused(&repo, "uninstall pre-commit");
    assert!(answer.contains("not a hook of leakgate") && answer.contains("help:"), "{answer}");
    assert_eq!(picture(&repo.path(".git/hooks")), before);
}

#[test]
fn an_earlier_kept_hook_is_never_overwritten() {
    let dir = world();
    let repo = dir.repo("repo");
    repo.write(".git/hooks/pre-commit.before-leakgate", "precious");
    assert!(refused(&repo, "install pre-commit").contains("move it back"));
    own_hook(&repo, HOOK, 0);
    let before = picture(&repo.path(".git/hooks"));
    assert!(refused(&repo, "install pre-commit").contains("move it back"));
    assert_eq!(picture(&repo.path(".git/hooks")), before);
}

#[test]
fn what_git_would_not_run_is_told_and_left() {
    let dir = world();
    let repo = dir.repo("repo");
    let make: [(&str, &dyn Fn()); 4] = [
        ("not executable", &|| mode(&own_hook(&repo, HOOK, 0), 0o644)),
        ("a folder", &|| fs::create_dir(repo.path(HOOK)).expect("ours")),
        ("leads nowhere", &|| link("nowhere", &repo.path(HOOK))),
        ("a folder", &|| link("..", &repo.path(HOOK))),
    ];
    for (why, make) in make {
        make();
        let before = picture(&repo.path(".git/hooks"));
        for call in ["install pre-commit", "uninstall pre-commit"] {
            let answer = refused(&repo, call);
            assert!(answer.contains(why) && answer.contains("help:"), "{answer}");
        }
        assert!(ok(&repo, "doctor pre-commit").contains(why));
        assert_eq!(picture(&repo.path(".git/hooks")), before);
        if repo.path(HOOK).symlink_metadata().expect("there").is_dir() {
            fs::remove_dir(repo.path(HOOK)).expect("ours");
        } else {
            fs::remove_file(repo.path(HOOK)).expect("ours");
        }
    }
}

#[test]
fn hooks_turned_off_by_their_path_are_told() {
    let dir = world();
    let repo = dir.repo("repo");
    repo.git(&["config", "core.hooksPath", "/dev/null"]);
    let answer = refused(&repo, "install pre-commit");
    assert!(answer.contains("/dev/null") && answer.contains("help:"), "{answer}");
}

#[test]
fn a_read_only_folder_is_told_and_nothing_half_done() {
    let dir = world();
    let repo = dir.repo("repo");
    own_hook(&repo, HOOK, 0);
    let folder = repo.path(".git/hooks");
    let before = picture(&folder);
    mode(&folder, 0o555);
    if fs::write(folder.join("probe"), "").is_ok() {
        // Whoever runs this may write everywhere (root): the story cannot be told.
        fs::remove_file(folder.join("probe")).expect("ours");
        return;
    }
    let answer = refused(&repo, "install pre-commit");
    mode(&folder, 0o755);
    assert!(answer.contains("writable"), "{answer}");
    assert_eq!(picture(&folder), before);
}

#[test]
fn husky_stubs_are_left_to_husky() {
    let dir = world();
    let repo = dir.repo("repo");
    repo.script(".husky/_/pre-commit", "exit 0");
    repo.git(&["config", "core.hooksPath", ".husky/_"]);
    let answer = refused(&repo, "install pre-commit");
    assert!(answer.contains("`leakgate staged` to .husky/pre-commit"), "{answer}");
}

#[test]
fn the_hook_is_executable_for_everyone_whatever_the_umask() {
    let dir = world();
    let repo = dir.repo("repo");
    ok(&repo, "install pre-commit");
    let hook = repo.path(HOOK).metadata().expect("there");
    assert_eq!(hook.permissions().mode() & 0o777, 0o755);
}
