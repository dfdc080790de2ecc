//! Merges: what one brings that no parent had, and what it only joins.

use super::*;

/// `feature` and `other` have each a commit of their own after `main`; `feature` is checked out.
fn two(dir: &Dir) -> Repo<'_> {
    let repo = feature(dir);
    repo.commit("mine.env", "1\n");
    repo.git(&["checkout", "--quiet", "-b", "other", "main"]);
    repo.commit("theirs.env", "1\n");
    repo.git(&["checkout", "--quiet", "feature"]);
    repo
}

#[test]
fn commits_that_come_in_by_the_second_parent_count() {
    let dir = Dir::new();
    let repo = two(&dir);
    repo.git(&["checkout", "--quiet", "other"]);
    let id = repo.commit("app.env", line(1));
    repo.git(&["checkout", "--quiet", "feature"]);
    repo.git(&["merge", "--quiet", "--no-ff", "-m", "join", "other"]);
    let told = repo.range("main..feature").hits(&[&made::token(1)]);
    assert_eq!(told.one()["commit"], id, "the commit that brought it in, not the merge");
    assert_eq!(told.one()["places"], serde_json::json!([]));
}

#[test]
fn what_main_already_has_is_not_brought_in_by_merging_it() {
    let dir = Dir::new();
    let repo = two(&dir);
    repo.git(&["checkout", "--quiet", "main"]);
    repo.commit("app.env", "debug = 1\n".to_owned() + &line(1));
    repo.git(&["checkout", "--quiet", "feature"]);
    repo.git(&["merge", "--quiet", "--no-ff", "-m", "update", "main"]);
    repo.range("main..feature").clean();
}

#[test]
fn an_evil_merge_is_seen() {
    let dir = Dir::new();
    let repo = two(&dir);
    repo.git(&["merge", "--quiet", "--no-ff", "--no-commit", "other"]);
    repo.stage("mine.env", "1\n".to_owned() + &line(1));
    repo.stage("new.env", line(2));
    let id = repo.record("evil");
    assert_eq!(repo.git(&["log", "-p", "--format=", "-1"]), "", "`git log -p` shows nothing of a merge");
    let told = repo.range("main..feature").hits(&[&made::token(1), &made::token(2)]);
    assert!(told.findings.iter().all(|found| found["commit"] == id));
}

#[test]
fn an_evil_merge_of_one_strategy_only_is_seen() {
    let dir = Dir::new();
    let repo = two(&dir);
    repo.git(&["merge", "--quiet", "-s", "ours", "--no-commit", "other"]);
    repo.stage("mine.env", line(1));
    repo.record("evil and ours");
    repo.range("main..feature").hits(&[&made::token(1)]);
}

#[test]
fn an_octopus_joins_without_being_blamed() {
    let dir = Dir::new();
    let repo = two(&dir);
    let first = repo.commit("a.env", line(1));
    repo.git(&["checkout", "--quiet", "-b", "third", "main"]);
    let third = repo.commit("c.env", line(3));
    repo.git(&["checkout", "--quiet", "feature"]);
    repo.git(&["merge", "--quiet", "-m", "octopus", "other", "third"]);
    assert_eq!(repo.git(&["log", "-1", "--format=%P"]).split(' ').count(), 3);
    let told = repo.range("main..feature").hits(&[&made::token(1), &made::token(3)]);
    let mut commits: Vec<_> =
        told.findings.iter().map(|found| found["commit"].as_str().expect("id")).collect();
    commits.sort_unstable();
    let mut wanted = [&*first, &third];
    wanted.sort_unstable();
    assert_eq!(commits, wanted);
    repo.range("main..feature").hits(&[&made::token(1), &made::token(3)]);
    repo.range("feature~1..feature").hits(&[&made::token(3)]);
}

#[test]
fn an_evil_octopus_is_seen() {
    let dir = Dir::new();
    let repo = two(&dir);
    repo.git(&["checkout", "--quiet", "-b", "third", "main"]);
    repo.commit("c.env", "1\n");
    repo.git(&["checkout", "--quiet", "feature"]);
    repo.stage("evil.env", line(1));
    let tree = repo.git(&["write-tree"]);
    let args = ["commit-tree", &tree, "-p", "feature", "-p", "other", "-p", "third", "-m", "evil"];
    let id = repo.git(&args);
    repo.git(&["reset", "--quiet", "--hard", &id]);
    repo.range("main..feature").hits(&[&made::token(1)]);
}

#[test]
fn a_line_that_one_parent_had_is_not_new_in_a_settled_conflict() {
    let dir = Dir::new();
    let repo = feature(&dir);
    repo.commit("app.env", "mine = 1\n");
    repo.git(&["checkout", "--quiet", "main"]);
    repo.commit("app.env", line(1));
    repo.git(&["checkout", "--quiet", "feature"]);
    assert!(!repo.try_git(&["merge", "main"]).success(), "it must conflict");
    repo.stage("app.env", "mine = 1\n".to_owned() + &line(1));
    repo.record("both");
    repo.range("main..feature").clean();
}

#[test]
fn a_merge_is_compared_with_its_first_hundred_parents() {
    let dir = Dir::new();
    let repo = feature(&dir);
    let tree = repo.git(&["rev-parse", "HEAD^{tree}"]);
    let plain: Vec<_> = (0..100)
        .map(|number| repo.git(&["commit-tree", &tree, "-p", "main", "-m", &format!("branch {number}")]))
        .collect();
    let base = repo.commit("old.env", line(1));
    repo.stage("new.env", line(2));
    let merged = repo.git(&["write-tree"]);
    let merge = |parents: &[String]| {
        let parents = parents.iter().flat_map(|parent| ["-p", parent]);
        repo.git(&["commit-tree", &merged, "-m", "many"].into_iter().chain(parents).collect::<Vec<_>>())
    };
    let most = merge(&[&plain[1..], std::slice::from_ref(&base)].concat());
    repo.range(&format!("{base}..{most}")).hits(&[&made::token(2)]);
    let more = merge(&[&plain[..], std::slice::from_ref(&base)].concat());
    repo.range(&format!("{base}..{more}")).hits(&[&made::token(1), &made::token(2)]);
}
