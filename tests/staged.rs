//! What `git commit` is about to record: the index and nothing else, and of it only what is new.

use std::{
    ffi::OsStr,
    fs,
    os::unix::{ffi::OsStrExt as _, fs::symlink},
};

use crate::harness::{Dir, Repo, made, place};

mod commit;
mod lines;

/// A line with a token on it, as settings have it.
fn line(number: u64) -> String {
    format!("github = {}\n", made::token(number))
}

#[test]
fn a_staged_secret_blocks_though_the_working_copy_is_clean() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.commit("app.env", "debug = 1\n");
    repo.stage("app.env", format!("debug = 1\n{}", line(1)));
    repo.write("app.env", "debug = 1\n");
    let told = repo.staged().hits(&[&made::token(1)]);
    assert_eq!(place(told.one()), ("app.env", 2, 10));
}

#[test]
fn a_secret_in_the_working_copy_only_does_not_block() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.commit("app.env", "debug = 1\n");
    repo.stage("app.env", "debug = 2\n");
    repo.write("app.env", line(1));
    repo.write("untracked.env", line(2));
    repo.staged().clean();
}

#[test]
fn a_file_staged_and_then_deleted_is_still_recorded() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.stage("app.env", line(1));
    fs::remove_file(repo.path("app.env")).expect("it was written");
    repo.staged().hits(&[&made::token(1)]);
}

#[test]
fn the_first_commit_is_scanned_too() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.staged().clean();
    repo.stage("deep/er/app.env", line(1));
    assert_eq!(place(repo.staged().hits(&[&made::token(1)]).one()).0, "deep/er/app.env");
}

#[test]
fn it_runs_from_any_folder_and_names_paths_from_the_root() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.stage("deep/app.env", line(1));
    assert_eq!(place(repo.inside("deep").staged().hits(&[&made::token(1)]).one()).0, "deep/app.env");
}

#[test]
fn a_linked_worktree_has_an_index_of_its_own() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.commit("a", "1\n");
    repo.git(&["worktree", "add", "--quiet", "../linked"]);
    let linked = Repo { dir: &dir, name: "linked".into() };
    linked.stage("app.env", line(1));
    linked.staged().hits(&[&made::token(1)]);
    repo.staged().clean();
}

#[test]
fn a_submodule_is_scanned_where_it_is_committed() {
    let dir = Dir::new();
    let library = dir.repo("library");
    library.commit("a", "1\n");
    let repo = dir.repo("repo");
    repo.commit("a", "1\n");
    repo.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "../library", "sub"]);
    repo.staged().clean();
    let sub = repo.inside("sub");
    sub.stage("app.env", line(1));
    sub.staged().hits(&[&made::token(1)]);
    sub.record("in the submodule");
    repo.git(&["add", "sub"]);
    repo.staged().clean();

    // Its name is the outer repository's own.
    let id = repo.git(&["rev-parse", "HEAD"]);
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{id},{}", made::token(2))]);
    repo.staged().hits(&[&made::token(2)]);
}

#[test]
fn a_link_is_recorded_as_the_name_it_points_at() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.commit("plain", "1\n");
    repo.commit("turned", "1\n");
    symlink(made::token(1), repo.path("link")).expect("a link");
    fs::remove_file(repo.path("turned")).expect("it was written");
    symlink(made::token(2), repo.path("turned")).expect("a link");
    // The file behind a link is not part of the commit.
    dir.write("outside", line(3));
    symlink("../outside", repo.path("harmless")).expect("a link");
    repo.git(&["add", "--all"]);
    let told = repo.staged().hits(&[&made::token(1), &made::token(2)]);
    let paths: Vec<_> = told.findings.iter().map(|finding| place(finding).0).collect();
    assert_eq!(paths, ["link", "turned"]);
}

#[test]
fn an_odd_name_hides_nothing() {
    let names: &[&[u8]] = &[
        b" spaces in  it ",
        b"new\nline",
        b"tab\there",
        b"latin-\xe9",
        b"--help",
        b"-rf",
        b"quote\"and'and\\",
        b":(exclude)*",
        b"*",
        b"\xe2\x80\xaeright-to-left",
        b"folder with space/--output=x",
    ];
    let dir = Dir::new();
    let repo = dir.repo("repo");
    for (number, name) in names.iter().enumerate() {
        let path = repo.path(OsStr::from_bytes(name));
        fs::create_dir_all(path.parent().expect("below the root")).expect("writable");
        fs::write(path, line(number as u64)).expect("writable");
    }
    repo.git(&["add", "--all"]);
    let values: Vec<_> = (0..names.len() as u64).map(made::token).collect();
    let values: Vec<_> = values.iter().map(String::as_str).collect();
    let told = repo.staged().hits(&values);
    for (number, name) in names.iter().enumerate() {
        let found =
            told.findings.iter().find(|found| found["secret"] == values[number]).expect("found above");
        assert_eq!(place(found).0, String::from_utf8_lossy(name));
        let hex: String = name.iter().map(|byte| format!("{byte:02x}")).collect();
        let exact = std::str::from_utf8(name).is_ok();
        assert_eq!(found.get("path_bytes").and_then(|it| it.as_str()), (!exact).then_some(hex.as_str()));
    }
}

#[test]
fn a_name_is_content_too() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.stage(&format!("backup/{}.txt", made::token(1)), "1\n");
    assert_eq!(repo.staged().hits(&[&made::token(1)]).one()["part"], "path");
}

#[test]
fn a_promised_file_is_not_recorded_and_an_added_one_is() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.commit("a", "1\n");
    repo.write("app.env", line(1));
    repo.git(&["add", "--intent-to-add", "app.env"]);
    repo.staged().clean();
    repo.git(&["add", "app.env"]);
    repo.staged().hits(&[&made::token(1)]);
}

#[test]
fn files_that_git_was_told_not_to_look_at_are_looked_at() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    for bit in ["--assume-unchanged", "--skip-worktree"] {
        let name = &bit[2..];
        repo.commit(name, "1\n");
        repo.stage(name, line(1));
        repo.git(&["update-index", bit, name]);
        repo.staged().hits(&[&made::token(1)]);
        repo.git(&["update-index", &bit.replace("--", "--no-"), name]);
        repo.git(&["reset", "--quiet", "--hard"]);
    }
}

#[test]
fn a_sparse_index_is_read() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    for name in ["in/a", "out/deep/b", "top"] {
        repo.commit(name, "1\n");
    }
    repo.commit("out/deep/b", line(2));
    repo.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "in"]);
    let sparse =
        || assert!(repo.git(&["ls-files", "--sparse"]).contains("out/\n"), "the index must be sparse");
    sparse();
    repo.staged().clean();
    repo.stage("in/app.env", line(1));
    repo.staged().hits(&[&made::token(1)]);
    repo.git(&["reset", "--quiet", "--hard"]);

    // A folder that the index holds as a whole may still differ from HEAD's.
    repo.git(&["reset", "--quiet", "--soft", "HEAD~1"]);
    sparse();
    assert_eq!(place(repo.staged().hits(&[&made::token(2)]).one()).0, "out/deep/b");
}

#[test]
fn index_versions_2_to_4_are_read() {
    let dir = Dir::new();
    for version in ["2", "3", "4"] {
        let repo = dir.repo(version);
        repo.commit("folder/a", "1\n");
        repo.git(&["update-index", "--index-version", version]);
        repo.stage("folder/app.env", line(1));
        repo.staged().hits(&[&made::token(1)]);
    }
}
