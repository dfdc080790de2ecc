//! The developer's side of a push: all refs count, and what a remote is known to have does not.

use super::*;
use crate::harness::PROGRAM;

/// A working copy with the gate before its pushes, and two remotes: `origin`, which has `main`, and a bare
/// repository that nobody gave a name.
fn ready(dir: &Dir) -> Repo<'_> {
    dir.bare("origin.git");
    dir.bare("unnamed.git");
    let dev = dir.repo("dev");
    dev.git(&["remote", "add", "origin", "../origin.git"]);
    dev.commit("app.env", "debug = 1\n");
    dev.git(&["push", "--quiet", "origin", "main"]);
    dev.script(".git/hooks/pre-push", &format!("exec {PROGRAM} hook run pre-push \"$@\""));
    dev
}

#[track_caller]
fn refused(dev: &Repo<'_>, args: &[&str]) {
    let ran = dev.try_git(&[&["push"], args].concat());
    assert!(!ran.success(), "{}", ran.all());
    assert!(
        ran.all().contains("brings in 1 secret") && !ran.all().contains(&made::token(1)),
        "{}",
        ran.all()
    );
}

#[track_caller]
fn passes(dev: &Repo<'_>, args: &[&str]) {
    let ran = dev.try_git(&[&["push"], args].concat());
    assert!(ran.success(), "{}", ran.all());
}

#[test]
fn updates_new_branches_and_tags_are_looked_at() {
    let dir = Dir::new();
    let dev = ready(&dir);
    dev.commit("secret.env", line(1));
    refused(&dev, &["origin", "main"]);
    refused(&dev, &["origin", "HEAD:refs/heads/new"]);
    dev.git(&["tag", "-a", "v1", "-m", "x"]);
    refused(&dev, &["origin", "v1"]);
    dev.git(&["checkout", "--quiet", "-b", "clean", "HEAD~1"]);
    dev.commit("b", "1\n");
    refused(&dev, &["origin", "clean", "main"]);
    passes(&dev, &["origin", "clean"]);
    dev.git(&["tag", "-a", "v2", "-m", &line(1)]);
    refused(&dev, &["origin", "v2"]);
}

#[test]
fn a_deleted_ref_brings_nothing_and_others_beside_it_count() {
    let dir = Dir::new();
    let dev = ready(&dir);
    passes(&dev, &["origin", "main:old", "main:older"]);
    passes(&dev, &["origin", ":old"]);
    dev.commit("secret.env", line(1));
    refused(&dev, &["origin", ":older", "main"]);
    passes(&dev, &["origin", ":older"]);
}

#[test]
fn a_forced_update_and_a_remote_that_went_on_are_judged_by_what_is_new() {
    let dir = Dir::new();
    let dev = ready(&dir);
    // Somebody else pushed what is not here.
    dir.git("", &["clone", "--quiet", "origin.git", "other"]);
    let other = Repo { dir: &dir, name: "other".into() };
    other.commit("theirs", "1\n");
    other.git(&["push", "--quiet", "origin", "main"]);
    dev.commit("mine", "1\n");
    passes(&dev, &["--force", "origin", "main"]);
    other.commit("theirs", "2\n");
    other.git(&["push", "--quiet", "--force", "origin", "main"]);
    dev.commit("secret.env", line(1));
    refused(&dev, &["--force", "origin", "main"]);
}

#[test]
fn a_remote_without_a_name_is_judged_by_what_other_remotes_have() {
    let dir = Dir::new();
    let dev = ready(&dir);
    passes(&dev, &["../unnamed.git", "main"]);
    dev.commit("secret.env", line(1));
    refused(&dev, &["../unnamed.git", "main"]);
    refused(&dev, &["../unnamed.git", "main:refs/heads/new"]);
    // Nothing is known of any remote: all of it counts.
    dev.git(&["remote", "remove", "origin"]);
    dev.commit("secret.env", "none\n");
    refused(&dev, &["../unnamed.git", "main:refs/heads/new"]);
}

#[test]
fn a_secret_that_the_remote_has_blocks_nobody_and_taking_it_out_passes() {
    let dir = Dir::new();
    let dev = ready(&dir);
    dev.commit("secret.env", line(1));
    passes(&dev, &["--no-verify", "origin", "main"]);
    dev.commit("a", "1\n");
    passes(&dev, &["origin", "main"]);
    dev.commit("secret.env", "none\n");
    passes(&dev, &["origin", "main", "main:refs/heads/copy"]);
}

#[test]
fn input_that_git_would_not_give_is_refused() {
    let dir = Dir::new();
    let dev = ready(&dir);
    let id = dev.git(&["rev-parse", "HEAD"]);
    for input in ["x\n".to_owned(), format!("a {id} b\n"), format!("a {id} b {}\n", &id[..8])] {
        Told::fed(&mut dev.leakgate(&["hook", "run", "pre-push"]), input.as_bytes())
            .refused("not what git gives");
    }
    // A push of nothing has nothing to look at.
    Told::fed(&mut dev.leakgate(&["hook", "run", "pre-push", "origin", "x"]), b"").clean();
    // A revision may stand in the place of the first name.
    let deleted = format!("(delete) {} refs/heads/x {id}\n", "0".repeat(40));
    Told::fed(&mut dev.leakgate(&["hook", "run", "pre-push", "origin", "x"]), deleted.as_bytes()).clean();
}
