//! What was known when a repository began to be watched, and how the file behaves in git.

use crate::harness::{Dir, Repo, made};

const FILE: &str = ".leakgate.baseline";

fn line(number: u64) -> String {
    format!("github = {}\n", made::token(number))
}

/// Writes the baseline of all that the history holds.
fn write(repo: &Repo<'_>) -> String {
    let ran = repo.run(&["baseline", "write"]);
    assert!(ran.success(), "{}", ran.all());
    repo.read(FILE)
}

fn entries(text: &str) -> Vec<&str> {
    text.lines().filter(|line| !line.starts_with('#')).collect()
}

#[test]
fn what_is_known_is_left_out_and_what_is_new_is_not() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.commit("old.env", line(1));
    repo.commit("old.env", line(2));
    write(&repo);
    let known = ["--baseline", FILE];
    let scan = |command: &[&str]| repo.scan(&[command, &known[..]].concat());
    assert_eq!(scan(&["history"]).clean().summary["allowed"], 2);
    scan(&["dir"]).clean();
    scan(&["range", "HEAD~1..HEAD"]).clean();
    repo.stage("moved/old.env", format!("x\n\n {}{}", line(1), line(3)));
    scan(&["staged"]).hits(&[&made::token(3)]);
    repo.staged().hits(&[&made::token(1), &made::token(3)]);
}

#[test]
fn it_holds_one_sorted_entry_a_line_and_no_value_place_or_date() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    let password = made::password(1);
    repo.commit("secret-place.env", (1..6).map(line).collect::<String>() + &made::url(&password));
    let text = write(&repo);
    let entries = entries(&text);
    assert_eq!(entries.len(), 6);
    assert!(entries.is_sorted(), "{text}");
    for hidden in
        ["secret-place", "Ann", "2001", &made::token(1)[4..], &password, &repo.git(&["rev-parse", "HEAD"])]
    {
        assert!(!text.contains(hidden), "{hidden} stands in {text}");
    }
    for entry in entries {
        let (rule, hash) = entry.split_once(':').expect("two parts");
        assert!(
            !rule.is_empty() && hash.len() == 32 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "{entry}"
        );
    }
}

#[test]
fn writing_again_without_news_changes_no_byte_even_elsewhere_and_later() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.commit("a.env", line(1) + &line(2));
    repo.commit("b.env", line(3));
    let first = write(&repo);
    assert_eq!(write(&repo), first);
    repo.git(&["mv", "a.env", "c.env"]);
    repo.record("renamed");
    assert_eq!(write(&repo), first);
    // The old baseline hides nothing from the new one.
    let ran = repo.run(&["baseline", "write", "--baseline", FILE]);
    assert!(ran.success(), "{}", ran.all());
    assert_eq!(repo.read(FILE), first);
    dir.git("", &["clone", "--quiet", "--bare", "repo", "bare"]);
    let out = dir.path("out");
    let ran = dir.leakgate("bare", &["baseline", "write", "--threads", "3", "--baseline"]).arg(&out).output();
    assert!(ran.expect("it runs").status.success());
    assert_eq!(dir.read("out"), first);
}

#[test]
fn two_branches_that_add_to_it_merge_in_git() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.commit("known.env", (10..20).map(line).collect::<String>());
    write(&repo);
    repo.git(&["add", FILE]);
    repo.record("known");

    // A clone each, as on the machines of two people. Rules whose entries stand before and after all others.
    for (name, secret) in
        [("first", made::filled("AKIA{uppernum:16}", 1)), ("second", made::checked("npm-crc32", 1))]
    {
        dir.git("", &["clone", "--quiet", "repo", name]);
        let clone = Repo { dir: &dir, name: name.into() };
        clone.commit(&format!("{name}.env"), format!("secret: {secret}\n"));
        write(&clone);
        clone.git(&["add", FILE]);
        clone.record(name);
    }
    repo.git(&["pull", "--quiet", "--no-rebase", "../first", "main"]);
    repo.git(&["pull", "--quiet", "--no-rebase", "--no-edit", "../second", "main"]);
    let merged = repo.read(FILE);
    assert!(entries(&merged).len() >= 12, "{merged}");
    repo.scan(&["history", "--baseline", FILE]).clean();
    assert_eq!(write(&repo), merged, "the merge is what would have been written");
}

#[test]
fn a_conflict_mark_or_other_text_in_it_is_an_error_with_its_line() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.commit("a.env", line(1));
    write(&repo);
    for wrong in ["<<<<<<< HEAD\n", "not-a-fingerprint\n", "github-pat-classic:12\n"] {
        dir.write("broken", repo.read(FILE) + wrong);
        repo.scan(&["history", "--baseline", "../broken"]).refused("broken:3");
    }
    repo.scan(&["history", "--baseline", "no-such-file"]).refused("no-such-file");
    // What follows a merge by hand: the lines of both sides in any order, empty lines, comments.
    let text = repo.read(FILE);
    dir.write("by-hand", format!("\n# ours\n{}\n\n# theirs\n{0}\n", entries(&text)[0]));
    repo.scan(&["history", "--baseline", "../by-hand"]).clean();
}

#[test]
fn what_could_not_be_read_is_told_when_it_is_written() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.commit("a.env", line(1));
    let id = repo.commit("b.env", line(2));
    repo.commit("c.env", line(3));
    let (folder, file) = id.split_at(2);
    std::fs::remove_file(repo.path(format!(".git/objects/{folder}/{file}"))).expect("a loose object");
    let ran = repo.run(&["baseline", "write"]);
    assert_eq!(ran.code, Some(3), "{}", ran.all());
    assert!(ran.all().contains(&id), "{}", ran.all());
}
