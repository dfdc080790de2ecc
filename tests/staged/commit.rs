//! Real commits with the real hook: what git itself hands to it, and merges, conflicts and rebases.

use super::*;

/// A repository with the hook installed and two files committed.
fn guarded(dir: &Dir) -> Repo<'_> {
    let repo = dir.repo("repo");
    repo.commit("a.env", "debug = 1\n");
    repo.commit("b.env", "debug = 1\n");
    let ran = repo.run(&["hook", "install"]);
    assert!(ran.success(), "{}", ran.all());
    repo
}

/// The hook stops this commit, and tells of the value only its prefix.
#[track_caller]
fn blocked(repo: &Repo<'_>, args: &[&str], value: &str) {
    let before = repo.git(&["rev-parse", "HEAD"]);
    let ran = repo.try_git(args);
    assert_ne!(ran.code, Some(0), "{}", ran.all());
    assert!(ran.all().contains("GitHub personal access token"), "{}", ran.all());
    assert!(!ran.all().contains(value), "{}", ran.all());
    assert_eq!(repo.git(&["rev-parse", "HEAD"]), before, "nothing was committed");
}

#[test]
fn a_plain_commit_is_stopped_and_a_clean_one_is_not() {
    let dir = Dir::new();
    let repo = guarded(&dir);
    repo.stage("a.env", line(1));
    blocked(&repo, &["commit", "-m", "x"], &made::token(1));
    repo.stage("a.env", "debug = 2\n");
    repo.git(&["commit", "-m", "x"]);
    repo.git(&["commit", "--allow-empty", "-m", "nothing"]);
}

#[test]
fn commit_a_stages_into_an_index_of_its_own() {
    let dir = Dir::new();
    let repo = guarded(&dir);
    repo.write("a.env", line(1));
    repo.staged().clean();
    blocked(&repo, &["commit", "-a", "-m", "x"], &made::token(1));
}

#[test]
fn commit_of_named_files_records_those_and_no_others() {
    let dir = Dir::new();
    let repo = guarded(&dir);
    repo.stage("a.env", line(1));
    repo.write("b.env", "debug = 2\n");
    repo.git(&["commit", "-m", "only b", "b.env"]);
    assert_eq!(repo.git(&["show", "--format=", "--name-only"]), "b.env");
    repo.write("b.env", line(2));
    blocked(&repo, &["commit", "-m", "x", "--only", "b.env"], &made::token(2));
    blocked(&repo, &["commit", "-m", "x", "--include", "b.env"], &made::token(1));
}

#[test]
fn commits_from_a_folder_a_worktree_and_by_git_dir_are_stopped() {
    let dir = Dir::new();
    let repo = guarded(&dir);
    repo.stage("deep/c.env", line(1));
    blocked(&repo.inside("deep"), &["commit", "-m", "x"], &made::token(1));
    repo.git(&["worktree", "add", "--quiet", "../linked"]);
    let linked = Repo { dir: &dir, name: "linked".into() };
    linked.stage("a.env", line(2));
    blocked(&linked, &["commit", "-m", "x"], &made::token(2));
    let ran =
        dir.try_git("home", &["--git-dir", "../repo/.git", "--work-tree", "../repo", "commit", "-m", "x"]);
    assert!(!ran.success() && ran.all().contains("deep/c.env"), "{}", ran.all());
}

#[test]
fn an_amended_commit_is_measured_against_the_last_one() {
    let dir = Dir::new();
    let repo = guarded(&dir);
    repo.stage("a.env", line(1));
    blocked(&repo, &["commit", "--amend", "--no-edit"], &made::token(1));
    repo.stage("a.env", "debug = 3\n");
    repo.git(&["commit", "--amend", "--no-edit"]);
}

#[test]
fn what_a_merge_brings_from_the_other_side_is_not_new() {
    let dir = Dir::new();
    let repo = guarded(&dir);
    repo.git(&["checkout", "--quiet", "-b", "other", "main~1"]);
    repo.commit("theirs.env", line(1));
    repo.commit("a.env", format!("debug = 1\n{}", line(2)));
    repo.git(&["checkout", "--quiet", "main"]);
    repo.commit("ours.env", "debug = 1\n");
    repo.git(&["merge", "--quiet", "--no-ff", "--no-commit", "other"]);
    repo.staged().clean();
    repo.stage("evil.env", line(3));
    repo.stage("a.env", format!("debug = 1\n{}evil = {}\n", line(2), made::token(4)));
    repo.staged().hits(&[&made::token(3), &made::token(4)]);
    blocked(&repo, &["commit", "-m", "merge"], &made::token(3));
    repo.git(&["rm", "--quiet", "--force", "evil.env"]);
    repo.stage("a.env", format!("debug = 1\n{}", line(2)));
    repo.git(&["commit", "-m", "merge"]);
}

/// `main` and `other` have each changed the line of `a.env` that `base` had.
fn torn<'d>(dir: &'d Dir, base: &str, ours: &str, theirs: &str) -> Repo<'d> {
    let repo = dir.repo("torn");
    repo.commit("a.env", base);
    repo.git(&["checkout", "--quiet", "-b", "other"]);
    repo.commit("a.env", theirs);
    repo.git(&["checkout", "--quiet", "main"]);
    repo.commit("a.env", ours);
    repo
}

#[test]
fn an_open_conflict_is_read_and_its_common_ancestor_is_not_recorded() {
    let dir = Dir::new();
    let repo = torn(&dir, &line(1), "ours\n", "theirs\n");
    assert!(!repo.try_git(&["merge", "other"]).success(), "it must conflict");
    assert!(repo.git(&["ls-files", "--unmerged"]).lines().count() == 3);
    repo.staged().clean();
    repo.stage("a.env", format!("both\n{}", line(2)));
    repo.staged().hits(&[&made::token(2)]);
}

#[test]
fn a_conflicting_cherry_pick_brings_in_what_it_picks() {
    let dir = Dir::new();
    let repo = torn(&dir, "base\n", "ours\n", &line(1));
    assert!(!repo.try_git(&["cherry-pick", "other"]).success(), "it must conflict");
    repo.staged().hits(&[&made::token(1)]);
    repo.stage("a.env", "settled\n");
    repo.staged().clean();
}

#[test]
fn the_index_that_the_environment_names_is_the_one() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.commit("a.env", "debug = 1\n");
    repo.stage("a.env", line(1));
    fs::copy(repo.path(".git/index"), dir.path("other-index")).expect("it was written");
    repo.git(&["reset", "--quiet", "--hard"]);
    repo.staged().clean();
    let scan = |folder: &str, value: &std::path::Path| {
        crate::harness::Told::of(dir.leakgate(folder, &["staged"]).env("GIT_INDEX_FILE", value))
    };
    scan("repo", &dir.path("other-index")).hits(&[&made::token(1)]);
    scan("repo", "../other-index".as_ref()).hits(&[&made::token(1)]);
    // As for git, an index that is not there is an empty one: all files are removed.
    scan("repo", "no-such-index".as_ref()).clean();
}

#[test]
fn the_bypass_of_git_is_the_users_own() {
    let dir = Dir::new();
    let repo = guarded(&dir);
    repo.stage("a.env", line(1));
    repo.git(&["commit", "--quiet", "--no-verify", "-m", "on purpose"]);
    repo.range("HEAD~1..HEAD").hits(&[&made::token(1)]);
}
