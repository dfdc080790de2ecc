//! Only added and changed lines count: whoever did not bring a secret in is not stopped by it.

use super::*;

/// Ten lines with an old secret on the fifth.
fn old() -> String {
    let mut lines: Vec<_> = (1..=10).map(|number| format!("setting.{number} = {number}\n")).collect();
    lines[4] = line(1);
    lines.concat()
}

/// A repository whose `app.env` has had a secret for long.
fn repo(dir: &Dir) -> Repo<'_> {
    let repo = dir.repo("repo");
    repo.commit("app.env", old());
    repo
}

#[test]
fn another_line_of_a_file_with_an_old_secret_may_change() {
    let dir = Dir::new();
    let repo = repo(&dir);
    for (from, to) in [
        ("setting.1 =", "setting.1 :"),
        ("setting.4 = 4\n", ""),
        ("setting.6 = 6\n", "new\nsetting.6 = 6\n"),
        ("setting.10 = 10\n", "setting.10 = 10"),
        ("\n", "\r\n"),
    ] {
        repo.stage("app.env", old().replace(from, to));
        repo.staged().clean();
    }
}

#[test]
fn a_changed_line_with_a_secret_counts() {
    let dir = Dir::new();
    let repo = repo(&dir);
    repo.stage("app.env", old().replace("github =", "github :"));
    assert_eq!(place(repo.staged().hits(&[&made::token(1)]).one()), ("app.env", 5, 10));
    repo.stage("app.env", old().replace(&made::token(1), &made::token(2)));
    repo.staged().hits(&[&made::token(2)]);
}

#[test]
fn removing_a_secret_never_blocks() {
    let dir = Dir::new();
    let repo = repo(&dir);
    repo.stage("app.env", old().replace(&line(1), ""));
    repo.staged().clean();
    repo.stage("app.env", old().replace(&made::token(1), "from the vault"));
    repo.staged().clean();
    repo.git(&["rm", "--quiet", "--force", "app.env"]);
    repo.staged().clean();
}

#[test]
fn one_more_copy_of_an_old_secret_counts() {
    let dir = Dir::new();
    let repo = repo(&dir);
    repo.stage("app.env", old() + &line(1));
    assert_eq!(place(repo.staged().hits(&[&made::token(1)]).one()), ("app.env", 11, 10));
    repo.git(&["reset", "--quiet", "--hard"]);
    repo.stage("copy.env", line(1));
    repo.staged().hits(&[&made::token(1)]);
}

#[test]
fn a_renamed_file_brings_no_old_secret_in() {
    let dir = Dir::new();
    let repo = repo(&dir);
    repo.git(&["mv", "app.env", "settings.env"]);
    repo.staged().clean();
    repo.stage("settings.env", old().replace("setting.1 =", "setting.1 :"));
    repo.staged().clean();
    repo.stage("settings.env", old().replace("setting.1 =", "setting.1 :") + &line(2));
    assert_eq!(place(repo.staged().hits(&[&made::token(2)]).one()), ("settings.env", 11, 10));
}

#[test]
fn a_renamed_folder_brings_no_old_secret_in() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    for number in 1..=5 {
        repo.commit(&format!("old/{number}.env"), format!("a = {number}\n{}b\n", line(number)));
    }
    repo.git(&["mv", "old", "new"]);
    repo.staged().clean();
    repo.stage("new/3.env", format!("a = 3\n{}c\n", line(3)));
    repo.staged().clean();
    repo.stage("new/6.env", line(6));
    repo.staged().hits(&[&made::token(6)]);
}

#[test]
fn a_secret_in_a_file_that_only_resembles_a_deleted_one_counts() {
    let dir = Dir::new();
    let repo = repo(&dir);
    repo.git(&["rm", "--quiet", "app.env"]);
    repo.stage("other.env", format!("nothing\nin\ncommon\n{}", line(1)));
    repo.staged().hits(&[&made::token(1)]);
}

#[test]
fn a_changed_mode_brings_nothing_in() {
    let dir = Dir::new();
    let repo = repo(&dir);
    repo.git(&["update-index", "--chmod=+x", "app.env"]);
    assert!(repo.git(&["diff", "--cached", "--raw"]).contains("100755"));
    repo.staged().clean();
}

#[test]
fn a_secret_of_many_lines_counts_if_any_of_them_is_new() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    let key = made::private_key();
    let broken = key.replacen("PRIVATE KEY-----\n", "PRIVATE KEY-----\n!!!\n", 1);
    repo.commit("id", format!("first\n{broken}last\n"));
    repo.stage("id", format!("changed\n{broken}last\n"));
    repo.staged().clean();
    // The end of the key stood there before; now the beginning makes it one.
    repo.stage("id", format!("first\n{key}last\n"));
    let half = key.lines().nth(3).expect("a key has lines").to_owned();
    repo.git(&["reset", "--quiet", "--hard"]);
    repo.commit("id", format!("first\n{}last\n", key.replace(&half, "")));
    repo.stage("id", format!("first\n{key}last\n"));
    let told = repo.staged();
    assert_eq!(told.ran.code, Some(1), "{}", told.ran.all());
    assert_eq!(place(told.one()), ("id", 2, 1));
}
