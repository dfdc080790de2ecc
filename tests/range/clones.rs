//! Clones that lack what is asked for say so; none of them looks clean.

use super::*;

/// Five commits on `main`, of which the second brings a secret and the third takes it away.
fn origin(dir: &Dir) -> Repo<'_> {
    let repo = dir.repo("origin");
    repo.commit("app.env", "1\n");
    repo.commit("app.env", line(1));
    for text in ["3\n", "4\n", "5\n"] {
        repo.commit("app.env", text);
    }
    repo.git(&["config", "uploadpack.allowFilter", "true"]);
    repo.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
    repo
}

/// A clone over a transport that honours `args`.
fn clone<'d>(dir: &'d Dir, args: &[&str]) -> Repo<'d> {
    let url = format!("file://{}", dir.path("origin").display());
    let mut all = vec!["clone", "--quiet"];
    all.extend(args);
    all.extend([&*url, "clone"]);
    dir.git("", &all);
    Repo { dir, name: "clone".into() }
}

/// The remote is out of reach, so nothing can be fetched behind the test's back.
fn unplug(dir: &Dir) {
    std::fs::rename(dir.path("origin"), dir.path("gone")).expect("it was made");
}

#[test]
fn a_whole_clone_has_it() {
    let dir = Dir::new();
    origin(&dir);
    let clone = clone(&dir, &[]);
    unplug(&dir);
    clone.range("main~4..main").hits(&[&made::token(1)]);
}

#[test]
fn a_base_that_a_shallow_clone_lacks_is_told_with_its_cause() {
    let dir = Dir::new();
    let base = origin(&dir).git(&["rev-parse", "main~4"]);
    let clone = clone(&dir, &["--depth", "2"]);
    clone.range("main~4..main").refused("--unshallow");
    clone.range(&format!("{base}..main")).refused("--unshallow");
    clone.range("main~1..main").clean();
}

#[test]
fn a_shallow_clone_cut_within_the_range_is_incomplete() {
    let dir = Dir::new();
    let base = origin(&dir).git(&["rev-parse", "main~4"]);
    let clone = clone(&dir, &["--depth", "2"]);
    clone.git(&["fetch", "--quiet", "--depth", "1", "origin", &base]);
    clone.range(&format!("{base}..main")).incomplete("shallow");
}

#[test]
fn a_blobless_clone_is_incomplete_and_names_the_blob() {
    let dir = Dir::new();
    let origin = origin(&dir);
    let blob = origin.git(&["rev-parse", "main~3:app.env"]);
    let clone = clone(&dir, &["--filter=blob:none", "--no-checkout"]);
    unplug(&dir);
    let told = clone.range("main~4..main").incomplete(&blob);
    assert!(told.summary["skipped"].to_string().contains("app.env"), "the path helps: {}", told.summary);
    assert!(told.summary["blobs"]["asked"].as_u64() > told.summary["blobs"]["read"].as_u64());
}

#[test]
fn a_treeless_clone_is_incomplete_and_names_the_tree() {
    let dir = Dir::new();
    let origin = origin(&dir);
    let tree = origin.git(&["rev-parse", "main~3^{tree}"]);
    let clone = clone(&dir, &["--filter=tree:0", "--no-checkout"]);
    unplug(&dir);
    clone.range("main~4..main").incomplete(&tree);
}

#[test]
fn a_missing_commit_within_the_range_is_named() {
    let dir = Dir::new();
    let origin = origin(&dir);
    let id = origin.git(&["rev-parse", "main~2"]);
    let base = origin.git(&["rev-parse", "main~4"]);
    let (folder, file) = id.split_at(2);
    std::fs::remove_file(origin.path(format!(".git/objects/{folder}/{file}"))).expect("a loose object");
    origin.range(&format!("{base}..main")).incomplete(&id);
}
