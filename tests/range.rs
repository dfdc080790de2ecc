//! A merge request: what the commits bring in that are reachable from the head and not from the base.

use crate::harness::{Dir, Repo, made, place};

mod clones;
mod merges;

fn line(number: u64) -> String {
    format!("github = {}\n", made::token(number))
}

/// A repository with a first commit on `main`, and `feature` checked out.
fn feature(dir: &Dir) -> Repo<'_> {
    let repo = dir.repo("repo");
    repo.commit("app.env", "debug = 1\n");
    repo.git(&["checkout", "--quiet", "-b", "feature"]);
    repo
}

#[test]
fn only_what_the_branch_brings_counts() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.commit("old.env", line(1));
    repo.git(&["checkout", "--quiet", "-b", "feature"]);
    repo.commit("old.env", line(1) + "debug = 1\n");
    repo.range("main..feature").clean();
    let id = repo.commit("new.env", "a\n".to_owned() + &line(2));
    let told = repo.range("main..feature").hits(&[&made::token(2)]);
    let found = told.one();
    assert_eq!(place(found), ("new.env", 2, 10));
    assert_eq!(found["commit"], id);
    assert_eq!(found["blob"], repo.git(&["rev-parse", "HEAD:new.env"]));
    assert_eq!(found["author"], "Ann Author <ann@example.com>");
    assert_eq!(found["date"], "2001-02-03T04:05:06+00:00");
    assert_eq!(told.summary["commits"]["read"], 2);
    repo.range("feature..feature").clean();
}

#[test]
fn a_secret_added_and_removed_again_is_still_pushed() {
    let dir = Dir::new();
    let repo = feature(&dir);
    let id = repo.commit("app.env", line(1));
    repo.commit("app.env", "debug = 2\n");
    repo.git(&["rm", "--quiet", "app.env"]);
    repo.record("gone");
    assert_eq!(repo.range("main..feature").hits(&[&made::token(1)]).one()["commit"], id);
}

#[test]
fn removing_an_old_secret_passes() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.commit("app.env", "a\n".to_owned() + &line(1) + "b\n");
    repo.git(&["checkout", "--quiet", "-b", "feature"]);
    repo.commit("app.env", "a\nb\n");
    repo.range("main..feature").clean();
}

#[test]
fn messages_and_names_of_people_are_read() {
    let dir = Dir::new();
    let repo = feature(&dir);
    repo.record(&format!("Rotate\n\nwas {}\n", made::token(1)));
    repo.git(&[
        "-c",
        "user.useConfigOnly=false",
        "commit",
        "--quiet",
        "--allow-empty",
        "--author",
        &format!("{} <x@example.com>", made::token(2)),
        "-m",
        "y",
    ]);
    let told = repo.range("main..feature").hits(&[&made::token(1), &made::token(2)]);
    let mut parts: Vec<_> = told.findings.iter().map(|found| found["part"].as_str().expect("text")).collect();
    parts.sort_unstable();
    assert_eq!(parts, ["commit-header", "commit-message"]);
}

#[test]
fn an_end_that_cannot_be_resolved_is_told_and_nothing_is_scanned() {
    let dir = Dir::new();
    let repo = feature(&dir);
    repo.commit("app.env", line(1));
    let gone = "0123456789".repeat(4);
    for (range, what) in [
        ("no-such-branch..feature", "no-such-branch"),
        ("main..no-such-branch", "no-such-branch"),
        (&*format!("{gone}..feature"), &gone),
        ("main..feature:app.env", "feature:app.env"),
        ("-x..feature", "-x"),
        ("feature", "not a range"),
    ] {
        repo.range(range).refused(what);
    }
}

#[test]
fn an_end_may_be_any_revision_and_the_repository_anywhere() {
    let dir = Dir::new();
    let repo = feature(&dir);
    repo.commit("app.env", line(1));
    repo.git(&["tag", "-a", "v1", "-m", "x"]);
    for range in ["main..v1", "HEAD~1..HEAD", "HEAD^..", "main...feature", "v1~1..v1^{commit}"] {
        repo.range(range).hits(&[&made::token(1)]);
        dir.scan("home", &["range", range, "--repo", "../repo"]).hits(&[&made::token(1)]);
        dir.scan("home", &["range", range, "--repo", "../repo/.git"]).hits(&[&made::token(1)]);
    }
    repo.range("feature..main").clean();
}

#[test]
fn a_rename_in_the_range_brings_no_old_secret_in() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    let text = format!("a\nb\nc\nd\n{}e\n", line(1));
    repo.commit("app.env", &text);
    repo.git(&["checkout", "--quiet", "-b", "feature"]);
    repo.git(&["mv", "app.env", "settings.env"]);
    repo.record("pure");
    repo.range("main..feature").clean();
    repo.git(&["mv", "settings.env", "other.env"]);
    repo.stage("other.env", text.replace("a\n", "A\n"));
    repo.record("with an edit");
    repo.range("main..feature").clean();
    repo.git(&["mv", "other.env", "last.env"]);
    repo.stage("last.env", text + &line(2));
    repo.record("with a secret");
    assert_eq!(place(repo.range("main..feature").hits(&[&made::token(2)]).one()), ("last.env", 7, 10));
}

#[test]
fn many_secrets_in_many_copies_are_told_up_to_a_number() {
    let dir = Dir::new();
    let repo = feature(&dir);
    let text: String = (0..250).map(line).collect();
    repo.stage("copies/0", &text);
    let blob = repo.git(&["rev-parse", ":copies/0"]);
    let copies: Vec<_> = (1..250).map(|number| format!("100644,{blob},copies/{number}")).collect();
    let each = copies.iter().flat_map(|copy| ["--cacheinfo", copy]);
    repo.git(&["update-index", "--add"].into_iter().chain(each).collect::<Vec<_>>());
    let told = repo.staged();
    assert_eq!((told.ran.code, told.findings.len()), (Some(1), 250));
    assert_eq!(told.summary["complete"], false);
    let why = told.summary["skipped"][0]["why"].as_str().expect("text");
    assert!(why.contains("50000 findings"), "{why}");
}

#[test]
fn in_a_wide_text_half_a_character_ends_no_line() {
    // Each of these has a byte that, by itself, is a line's end.
    let old = "a \u{4e0a}\u{300a}\u{a05}\nb\nc\nd\n".to_owned();
    let little = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let wide = |text: &str| text.chars().flat_map(|it| u32::from(it).to_le_bytes()).collect();
    let encodings: [fn(&str) -> Vec<u8>; 3] = [little, big, wide];
    for encode in encodings {
        let dir = Dir::new();
        let repo = dir.repo("repo");
        repo.commit("app.txt", encode(&old));
        let new = encode(&(old.clone() + &line(1)));
        repo.stage("app.txt", &new);
        repo.staged().hits(&[&made::token(1)]);
        repo.record("new");
        assert_eq!(place(repo.range("HEAD~1..HEAD").hits(&[&made::token(1)]).one()), ("app.txt", 5, 10));
        repo.commit("app.txt", encode(&(old.replace('d', "D") + &line(1))));
        repo.range("HEAD~1..HEAD").clean();
    }
}

#[test]
fn one_value_is_one_finding_with_all_its_places() {
    let dir = Dir::new();
    let repo = feature(&dir);
    let first = repo.commit("a.env", line(1));
    let second = repo.commit("b.env", "x\n".to_owned() + &line(1) + &line(1));
    let told = repo.range("main..feature").hits(&[&made::token(1)]);
    let found = told.one();
    assert_eq!((place(found), &found["commit"]), (("a.env", 1, 10), &first.clone().into()));
    let others: Vec<_> = found["places"].as_array().expect("a list").iter().map(place).collect();
    assert_eq!(others, [("b.env", 2, 10), ("b.env", 3, 10)]);
    assert_eq!(found["places"][0]["commit"], second);
}

#[test]
fn a_cherry_pick_is_one_finding() {
    let dir = Dir::new();
    let repo = feature(&dir);
    repo.commit("mine.env", "1\n");
    repo.git(&["checkout", "--quiet", "-b", "other", "main"]);
    repo.commit("app.env", "debug = 1\n".to_owned() + &line(1));
    repo.git(&["checkout", "--quiet", "feature"]);
    repo.commit("app.env", "first = 1\nsecond = 1\nthird = 1\ndebug = 1\n");
    repo.git(&["cherry-pick", "-X", "theirs", "other"]);
    repo.git(&["merge", "--quiet", "-s", "ours", "-m", "both", "other"]);
    let told = repo.range("main..feature").hits(&[&made::token(1)]);
    assert_eq!(told.one()["places"].as_array().map(Vec::len), Some(1), "{}", told.ran.stdout);
}

#[test]
fn a_base_without_common_history_hides_nothing() {
    let dir = Dir::new();
    let repo = feature(&dir);
    repo.git(&["checkout", "--quiet", "--orphan", "island"]);
    repo.git(&["rm", "--quiet", "-r", "--force", "."]);
    repo.commit("app.env", line(1));
    repo.range("main..island").hits(&[&made::token(1)]);
}

#[test]
fn clocks_that_are_wrong_hide_nothing() {
    let dir = Dir::new();
    let repo = feature(&dir);
    // Commits of the branch that claim to be older than all others, and to be from the future.
    for (number, date) in
        [(1, "1970-01-02T00:00:00Z"), (2, "2090-01-01T00:00:00Z"), (3, "1970-01-03T00:00:00Z")]
    {
        repo.stage(&format!("{number}.env"), line(number));
        let mut commit = dir.command("git", "repo");
        commit.args(["commit", "--quiet", "-m", "x"]).env("GIT_COMMITTER_DATE", date);
        assert!(commit.status().expect("it runs").success());
    }
    repo.range("main..feature").hits(&[&made::token(1), &made::token(2), &made::token(3)]);
}
