//! Refs that are not plain: what `git rev-list --all` follows is followed, what it complains of is named.

use std::fs;

use super::{Dir, Repo, made};

/// A repository, and a commit with a token that no ref of it reaches.
fn beside(dir: &Dir) -> (Repo<'_>, String) {
    let repo = dir.repo("app");
    repo.commit("a.txt", "hello\n");
    let side = repo.commit("a.txt", format!("token = {}\n", made::token(1)));
    repo.git(&["reset", "--quiet", "--hard", "HEAD^"]);
    (repo, side)
}

#[test]
fn a_ref_that_stands_for_one_outside_of_refs_is_followed_as_git_does() {
    let dir = Dir::new();
    let (repo, side) = beside(&dir);
    repo.git(&["update-ref", "ORIG_HEAD", &side]);
    repo.history().clean();
    repo.git(&["symbolic-ref", "refs/heads/side", "ORIG_HEAD"]);
    assert!(repo.git(&["rev-list", "--all"]).contains(&side));
    repo.history().hits(&[&made::token(1)]);
}

#[cfg(unix)]
#[test]
fn a_ref_that_is_a_link_is_followed_as_git_does() {
    let dir = Dir::new();
    let (repo, side) = beside(&dir);
    repo.history().clean();
    repo.write("side", format!("{side}\n"));
    let link = |to: &str, name: &str| {
        std::os::unix::fs::symlink(repo.path(to), repo.path(".git/refs/heads").join(name)).expect("a link");
    };
    link("side", "linked");
    assert!(repo.git(&["rev-list", "--all"]).contains(&side));
    let told = repo.history().hits(&[&made::token(1)]);
    assert_eq!(told.one()["history"]["refs"], serde_json::json!(["refs/heads/linked"]));
    link("nowhere", "broken");
    let told = repo.history();
    assert!(told.summary["skipped"].to_string().contains("refs/heads/broken"), "{}", told.summary);
}

#[test]
fn a_working_tree_whose_head_names_nothing_is_named() {
    let dir = Dir::new();
    let repo = dir.repo("app");
    repo.commit("a.txt", "hello\n");
    repo.git(&["worktree", "add", "--quiet", "--detach", "../other"]);
    repo.history().clean();
    repo.write(".git/worktrees/other/HEAD", "rubbish\n");
    let told = repo.history();
    assert!(told.summary["skipped"].to_string().contains("worktrees/other/HEAD"), "{}", told.summary);
}

#[cfg(unix)]
#[test]
fn a_ref_whose_name_is_none_is_named() {
    let dir = Dir::new();
    let (repo, side) = beside(&dir);
    // What git leaves behind when it is interrupted is no ref.
    for name in ["side.lock", ".side"] {
        fs::write(repo.path(".git/refs/heads").join(name), &side).expect("writable");
        assert!(repo.try_git(&["rev-list", "--all"]).success());
        repo.history().clean();
    }
    for name in ["a side", "side..way", "\u{1b}[1mside"] {
        let file = repo.path(".git/refs/heads").join(name);
        fs::write(&file, &side).expect("writable");
        assert!(!repo.try_git(&["rev-list", "--all"]).success());
        let told = repo.history().incomplete("no name that a ref can have");
        assert!(told.summary["skipped"].to_string().contains("refs/heads/"), "{}", told.summary);
        fs::remove_file(file).expect("just written");
    }
}
