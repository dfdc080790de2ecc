//! The allowlist: what an entry covers, and what it must not. A fingerprint is of the rule and the value
//! and of nothing else.

use crate::harness::{Dir, Repo, Told, fed, made};

mod entries;
mod file;
mod inline;

fn line(number: u64) -> String {
    format!("github = {}\n", made::token(number))
}

fn fingerprint(told: &Told) -> String {
    told.one()["fingerprint"].as_str().expect("text").to_owned()
}

fn allow(repo: &Repo<'_>, fingerprint: &str, more: &[&str]) {
    let mut args = vec!["allow", "add", fingerprint, "--reason", "made up"];
    args.extend(more);
    let ran = repo.run(&args);
    assert!(ran.success(), "{}", ran.all());
}

#[test]
fn the_fingerprint_is_the_same_wherever_the_value_stands() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.commit("a", "1\n");
    for value in [line(1), made::url(&made::password(1)) + "\n"] {
        repo.stage("app.env", &value);
        let staged = fingerprint(&repo.staged());
        repo.git(&["commit", "--quiet", "-m", "x"]);
        assert_eq!(fingerprint(&repo.range("HEAD~1..HEAD")), staged);
        assert_eq!(fingerprint(&repo.history()), staged);
        assert_eq!(fingerprint(&repo.scan(&["dir"])), staged);
        let piped =
            Told::fed(&mut repo.leakgate(&["stdin", "--path", "x"]), value.replace('\n', "\r\n").as_bytes());
        assert_eq!(fingerprint(&piped), staged);

        // Renamed, moved on its line and in the file, rebased, squashed.
        repo.git(&["mv", "app.env", "other.env"]);
        repo.stage("other.env", format!("first\n    # {value}"));
        repo.git(&["commit", "--quiet", "--amend", "-m", "y"]);
        assert_eq!(fingerprint(&repo.range("HEAD~1..HEAD")), staged);
        repo.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
        repo.git(&["reflog", "expire", "--expire=all", "--all"]);
    }
}

#[test]
fn an_allowed_secret_passes_everywhere_and_another_on_its_line_does_not() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.commit("a", "1\n");
    repo.stage("app.env", line(1));
    let name = fingerprint(&repo.staged());
    allow(&repo, &name, &[]);
    let told = repo.staged().clean();
    assert_eq!(told.summary["allowed"], 1);
    repo.stage("app.env", format!("{} {}", line(1).trim_end(), made::token(2)));
    repo.staged().hits(&[&made::token(2)]);
    repo.stage("app.env", line(2));
    repo.staged().hits(&[&made::token(2)]);
    repo.stage("app.env", line(1));
    repo.git(&["commit", "--quiet", "-m", "x"]);
    // For a range the base's file counts, or one that whoever runs it names.
    repo.range("HEAD~1..HEAD").hits(&[&made::token(1)]);
    repo.scan(&["range", "HEAD~1..HEAD", "--config", ".leakgate.toml"]).clean();
    repo.history().clean();
    repo.scan(&["dir"]).clean();
    repo.scan(&["dir", "app.env"]).clean();
    Told::fed(&mut repo.leakgate(&["stdin"]), line(1).as_bytes()).clean();
}

#[test]
fn adding_keeps_comments_and_order_and_adds_once() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    let before = "# Ask the security team before you add to this.\n\n[[allow]] # first\nreason = \"a test key\"\n\
                  rule   =   'jwt'   # kept\npath = \"tests/**\"\n";
    repo.write(".leakgate.toml", before);
    repo.stage("app.env", line(1));
    let name = fingerprint(&repo.staged());
    allow(&repo, &name, &["--owner", "ops", "--expires", "2999-01-31"]);
    let after = repo.read(".leakgate.toml");
    assert!(after.starts_with(before), "{after}");
    for line in [&format!("fingerprint = \"{name}\"")[..], "owner = \"ops\"", "expires = 2999-01-31"] {
        assert!(after.lines().any(|it| it == line), "{line}: {after}");
    }
    assert!(!after.contains(&made::token(1)));
    repo.staged().clean();
    allow(&repo, &name, &[]);
    assert_eq!(repo.read(".leakgate.toml"), after);
    let listed = repo.run(&["allow", "list"]);
    assert!(listed.stdout.contains(&name) && listed.stdout.contains("tests/**"), "{}", listed.all());
}

#[test]
fn adding_from_a_folder_edits_the_file_at_the_root() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.stage("deep/app.env", line(1));
    let name = fingerprint(&repo.staged());
    allow(&repo.inside("deep"), &name, &[]);
    assert!(repo.read(".leakgate.toml").contains(&name));
    repo.staged().clean();
}

#[test]
fn what_is_no_fingerprint_or_has_no_reason_is_refused_and_nothing_is_written() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    let name = format!("a-rule:{}", "0a".repeat(16));
    for args in [
        &["allow", "add", "github", "--reason", "x"][..],
        &["allow", "add", &name],
        &["allow", "add", &name, "--reason", " "],
        &["allow", "add", &name, "--reason", "x", "--expires", "tomorrow"],
        &["allow", "add", &name, "--reason", "x", "--expires", "2027-02-30"],
    ] {
        let ran = repo.run(args);
        assert_eq!(ran.code, Some(2), "{args:?}: {}", ran.all());
        assert!(!repo.path(".leakgate.toml").exists(), "{args:?}");
    }
}

#[test]
fn the_command_that_a_blocked_commit_shows_works_as_shown() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.stage("app.env", line(1));
    let shown = repo.run(&["staged"]).stdout.replace("\\\n", " ");
    let command = shown.lines().find_map(|line| line.find("leakgate allow add").map(|at| &line[at..]));
    let command = command.unwrap_or_else(|| panic!("{shown}")).replacen("leakgate", "\"$LEAKGATE\"", 1);
    let mut shell = dir.command("sh", "repo");
    let ran = fed(shell.args(["-c", &command]).env("LEAKGATE", crate::harness::PROGRAM), b"");
    // The reason is for the person to write; what stands there must at least be a whole command.
    assert!(ran.success(), "{command}: {}", ran.all());
    repo.staged().clean();
}

#[test]
fn a_weak_password_cannot_be_looked_up_in_a_table_of_hashes() {
    use sha2::{Digest as _, Sha256};
    let dir = Dir::new();
    let repo = dir.repo("repo");
    let password = made::password(1);
    repo.stage("app.env", made::url(&password));
    let name = fingerprint(&repo.staged());
    let (rule, hash) = name.rsplit_once(':').expect("two parts");
    for text in [
        password.clone(),
        format!("{rule}{password}"),
        format!("{rule}:{password}"),
        format!("{rule}\0{password}"),
    ] {
        let plain: String = Sha256::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(!plain.contains(hash), "a plain hash of the value");
    }
}
