//! Refs that are not plain: what `git rev-list --all` follows is followed, what it complains of is named.

use std::{
    fs,
    time::{Duration, Instant},
};

use super::{Dir, Repo, Told, made};
use crate::harness::fed;

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

#[test]
fn tags_of_tags_are_passed_once_however_many_refs_lead_through_them() {
    const TAGS: usize = 4000;
    let dir = Dir::new();
    let repo = dir.repo("app");
    let first = repo.commit("a.txt", "hello\n");
    let mut stream = String::new();
    for tag in 0..TAGS {
        let from = if tag == 0 { first.clone() } else { format!(":{tag}") };
        let says = if tag % 1000 == 7 { made::token(tag as u64) } else { String::new() };
        let (mark, len) = (tag + 1, says.len());
        stream += &format!(
            "tag t{tag:04}\nmark :{mark}\nfrom {from}\ntagger A <a@b.c> 1 +0000\ndata {len}\n{says}\n"
        );
    }
    let ran = fed(dir.command("git", "app").args(["fast-import", "--quiet"]), stream.as_bytes());
    assert!(ran.success(), "{}", ran.all());

    let began = Instant::now();
    let told = repo.history();
    assert_eq!(told.findings.len(), TAGS / 1000);
    for found in &told.findings {
        let mut tags = (7..TAGS).step_by(1000);
        let says = tags.find(|tag| found["secret"] == made::token(*tag as u64)).expect("one of them");
        let history = &found["history"];
        let refs = history["refs"].as_array().expect("a list");
        assert_eq!(refs[0], format!("refs/tags/t{says:04}"));
        let more = history["more_refs"].as_u64().expect("a count") as usize;
        assert_eq!(refs.len() + more, TAGS - says);
    }
    let second = repo.commit("a.txt", "hello there\n");
    let mut hook = repo.leakgate(&["hook", "run", "pre-receive"]);
    Told::fed(&mut hook, format!("{first} {second} refs/heads/main\n").as_bytes()).clean();
    let took = began.elapsed();
    assert!(took < Duration::from_secs(60), "{took:?}");
}
