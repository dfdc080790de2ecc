//! Repositories that lack something, are broken, or are of a kind that cannot be read: none looks clean.

use std::os::unix::fs::PermissionsExt as _;

use super::*;

fn all(ways: &[Way]) {
    ways.iter().for_each(tell);
}

/// The file of a loose object.
fn object(repo: &Repo<'_>, revision: &str) -> PathBuf {
    let id = repo.git(&["rev-parse", revision]);
    repo.path(format!(".git/objects/{}/{}", &id[..2], &id[2..]))
}

fn remove(repo: &Repo<'_>, revision: &str) {
    fs::remove_file(object(repo, revision)).expect("a loose object");
}

fn overwrite(path: &std::path::Path, change: impl FnOnce(Vec<u8>) -> Vec<u8>) {
    fs::set_permissions(path, fs::Permissions::from_mode(0o644)).expect("our own file");
    let bytes = fs::read(path).expect("readable");
    fs::write(path, change(bytes)).expect("writable");
}

/// Zeros over the middle third.
fn spoil(mut bytes: Vec<u8>) -> Vec<u8> {
    let third = bytes.len() / 3;
    bytes[third..2 * third].fill(0);
    bytes
}

fn truncate(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.truncate(bytes.len() / 2);
    bytes
}

/// The only file of `objects/pack` that ends so.
fn pack(repo: &Repo<'_>, end: &str) -> PathBuf {
    let files = fs::read_dir(repo.path(".git/objects/pack")).expect("readable");
    let mut files = files.map(|entry| entry.expect("readable").path());
    files.find(|path| path.extension().is_some_and(|it| it == end)).expect("a pack was made")
}

fn repack(repo: &Repo<'_>) {
    repo.git(&["repack", "-a", "-d", "--quiet"]);
}

const NAMED: Expect = Expect::Incomplete("app.env");
const NOT_SENT: Expect = Expect::Nothing("git cannot push what it cannot resolve");
/// A sweep meets objects before it knows their paths, so it names them by their ids.
const LOST: Expect = Expect::Incomplete("or unreadable");

#[test]
fn missing_and_broken_loose_objects() {
    all(&[
        Way {
            name: "missing blob",
            plant: |repo| {
                repo.stage("app.env", line());
                remove(repo, ":app.env");
            },
            staged: NAMED,
            range: NAMED,
            history: LOST,
            receive: NAMED,
            ..PLAIN
        },
        Way {
            name: "spoilt blob",
            plant: |repo| {
                repo.stage("app.env", line());
                overwrite(&object(repo, ":app.env"), spoil);
            },
            staged: NAMED,
            range: NAMED,
            history: LOST,
            receive: NAMED,
            ..PLAIN
        },
        Way {
            name: "truncated blob",
            plant: |repo| {
                repo.stage("app.env", line());
                overwrite(&object(repo, ":app.env"), truncate);
            },
            staged: NAMED,
            range: NAMED,
            history: LOST,
            receive: NAMED,
            ..PLAIN
        },
        Way {
            name: "empty blob file",
            plant: |repo| {
                repo.stage("app.env", line());
                overwrite(&object(repo, ":app.env"), |_| Vec::new());
            },
            staged: NAMED,
            range: NAMED,
            history: LOST,
            receive: NAMED,
            ..PLAIN
        },
        Way {
            name: "missing tree",
            cover: |repo| remove(repo, "HEAD^{tree}"),
            range: Expect::Incomplete("object"),
            history: LOST,
            receive: Expect::Incomplete("object"),
            ..PLAIN
        },
        Way {
            name: "missing commit at the tip",
            cover: |repo| remove(repo, "HEAD"),
            range: Expect::Honest,
            history: Expect::Honest,
            receive: Expect::Honest,
            ..PLAIN
        },
        Way {
            name: "missing commit in between",
            cover: |repo| {
                let id = repo.git(&["rev-parse", "HEAD"]);
                repo.commit("last", "1\n");
                remove(repo, &id);
            },
            // The tip has the token still, and nothing tells that it is old.
            range: Expect::HitAndTrouble("not in the repository"),
            history: Expect::HitAndTrouble("not in the repository"),
            receive: Expect::HitAndTrouble("not in the repository"),
            ..PLAIN
        },
    ]);
}

#[test]
fn an_object_whose_content_is_not_what_its_name_says() {
    all(&[Way {
        name: "object under a wrong name",
        plant: |repo| {
            repo.stage("app.env", line());
            let harmless = object(repo, "base:app.env");
            let bytes = fs::read(harmless).expect("a loose object");
            overwrite(&object(repo, ":app.env"), |_| bytes);
        },
        staged: Expect::Honest,
        range: Expect::Honest,
        history: Expect::Honest,
        receive: Expect::Honest,
        ..PLAIN
    }]);
}

#[test]
fn broken_packs() {
    all(&[
        Way { name: "whole pack", cover: repack, ..PLAIN },
        Way {
            name: "truncated pack",
            cover: |repo| {
                repack(repo);
                overwrite(&pack(repo, "pack"), truncate);
            },
            range: Expect::Honest,
            history: Expect::Honest,
            receive: Expect::Honest,
            ..PLAIN
        },
        Way {
            name: "spoilt pack",
            cover: |repo| {
                repack(repo);
                overwrite(&pack(repo, "pack"), spoil);
            },
            range: Expect::Honest,
            history: Expect::Honest,
            receive: Expect::Honest,
            ..PLAIN
        },
        Way {
            name: "truncated pack index",
            cover: |repo| {
                repack(repo);
                overwrite(&pack(repo, "idx"), truncate);
            },
            range: Expect::Honest,
            history: Expect::Honest,
            receive: Expect::Honest,
            ..PLAIN
        },
        Way {
            name: "pack without an index",
            cover: |repo| {
                repack(repo);
                fs::remove_file(pack(repo, "idx")).expect("it is there");
            },
            range: Expect::Honest,
            history: Expect::Honest,
            receive: Expect::Honest,
            ..PLAIN
        },
        Way {
            name: "commit graph and multi-pack index",
            cover: |repo| {
                repack(repo);
                repo.git(&["multi-pack-index", "write"]);
                repo.git(&["commit-graph", "write", "--reachable"]);
            },
            ..PLAIN
        },
        Way {
            name: "stale commit graph",
            cover: |repo| {
                repo.git(&["commit-graph", "write", "--reachable"]);
                repo.commit("last", "1\n");
            },
            ..PLAIN
        },
    ]);
}

#[test]
fn refs_that_are_broken_or_lie() {
    all(&[
        Way {
            name: "ref that points nowhere",
            cover: |repo| {
                repo.write(".git/refs/heads/nowhere", "0123456789".repeat(4) + "\n");
                repo.git(&["checkout", "--quiet", "--detach", "base"]);
                repo.git(&["update-ref", "-d", "refs/heads/main"]);
            },
            range: Expect::Refused("main"),
            history: Expect::Incomplete("nowhere"),
            receive: NOT_SENT,
            ..PLAIN
        },
        Way {
            name: "ref that is no id",
            cover: |repo| {
                repo.write(".git/refs/heads/main", "garbage\n");
            },
            range: Expect::Refused("main"),
            history: Expect::Honest,
            receive: NOT_SENT,
            ..PLAIN
        },
        Way {
            name: "empty ref",
            cover: |repo| {
                repo.write(".git/refs/heads/main", "");
            },
            range: Expect::Refused("main"),
            history: Expect::Honest,
            receive: NOT_SENT,
            ..PLAIN
        },
        Way {
            name: "HEAD that is no ref",
            cover: |repo| {
                repo.write(".git/HEAD", "garbage\n");
            },
            // The range names its own ends.
            range: Expect::Hit,
            history: Expect::Honest,
            receive: NOT_SENT,
            ..PLAIN
        },
        Way {
            name: "forged shallow file",
            cover: |repo| {
                let tip = repo.commit("last", "1\n");
                repo.write(".git/shallow", tip + "\n");
            },
            // The tip has the token still, so it is told, and that the rest could not be read.
            range: Expect::HitAndTrouble("shallow"),
            history: Expect::HitAndTrouble("shallow"),
            ..PLAIN
        },
    ]);
}

#[test]
fn broken_indexes() {
    fn broken(change: fn(Vec<u8>) -> Vec<u8>) {
        let dir = Dir::new();
        let repo = started(&dir, "repo");
        repo.stage("app.env", line());
        overwrite(&repo.path(".git/index"), change);
        hold(repo.staged(), Expect::Honest, "a broken index");
    }
    broken(truncate);
    broken(|_| Vec::new());
    broken(|_| b"garbage".repeat(20));
    broken(|mut bytes| {
        bytes[7] = 9; // the version
        bytes
    });
    broken(|mut bytes| {
        bytes[11] += 5; // the number of entries
        bytes
    });
}

#[test]
fn a_split_index_is_read_as_one() {
    let dir = Dir::new();
    let repo = started(&dir, "repo");
    for number in 0..20 {
        repo.commit(&format!("{number}"), "1\n");
    }
    repo.git(&["config", "splitIndex.maxPercentChange", "100"]);
    repo.stage("removed.env", line());
    repo.git(&["update-index", "--split-index"]);
    repo.stage("app.env", line());
    repo.stage("new.env", line());
    repo.git(&["rm", "--quiet", "--force", "removed.env", "3"]);
    let names = fs::read_dir(repo.path(".git")).expect("readable").flatten().map(|entry| entry.file_name());
    let shared = names.filter(|name| name.to_string_lossy().starts_with("sharedindex.")).count();
    assert!(shared > 0, "the index must be split");
    let told = repo.staged();
    assert_eq!(told.one()["path"], "app.env");
    assert_eq!(told.one()["places"].as_array().map(Vec::len), Some(1), "{}", told.ran.stdout);
    hold(told, Expect::Hit, "a split index");
}

#[test]
fn objects_in_another_repository() {
    let dir = Dir::new();
    let origin = started(&dir, "origin");
    origin.commit("app.env", line());
    dir.git("", &["clone", "--quiet", "--shared", "origin", "repo"]);
    let repo = Repo { dir: &dir, name: "repo".into() };
    repo.git(&["branch", "base", "origin/base"]);
    repo.stage("staged.env", line());
    for gate in Gate::HERE {
        hold(repo.scan(gate.args()), Expect::Hit, "alternates");
    }
    fs::rename(dir.path("origin"), dir.path("gone")).expect("it was made");
    hold(repo.history(), Expect::Honest, "alternates that are gone");
    hold(repo.range("base..main"), Expect::Honest, "alternates that are gone");
}

#[test]
fn partial_clones_with_the_remote_gone() {
    for filter in ["blob:none", "tree:0"] {
        let dir = Dir::new();
        let origin = started(&dir, "origin");
        origin.commit("app.env", line());
        origin.git(&["config", "uploadpack.allowFilter", "true"]);
        let url = format!("file://{}", origin.path("").display());
        dir.git("", &["clone", "--quiet", "--no-checkout", &format!("--filter={filter}"), &url, "repo"]);
        fs::rename(dir.path("origin"), dir.path("gone")).expect("it was made");
        let repo = Repo { dir: &dir, name: "repo".into() };
        repo.git(&["branch", "base", "origin/base"]);
        hold(repo.range("base..main"), Expect::Incomplete("not in the repository"), filter);
        hold(repo.history(), Expect::Incomplete("not in the repository"), filter);
    }
}

#[test]
fn a_shallow_clone_is_not_a_whole_history() {
    let dir = Dir::new();
    let origin = started(&dir, "origin");
    origin.commit("app.env", line());
    origin.commit("app.env", "debug = 2\n");
    let url = format!("file://{}", origin.path("").display());
    dir.git("", &["clone", "--quiet", "--depth", "1", &url, "repo"]);
    hold(dir.scan("repo", &["history"]), Expect::Incomplete("shallow"), "shallow");
}

#[test]
fn hashes_and_ref_stores_of_the_future() {
    let dir = Dir::new();
    for (name, flag) in [("sha256", "--object-format=sha256"), ("reftable", "--ref-format=reftable")] {
        dir.git("", &["-c", "init.defaultBranch=main", "init", "--quiet", flag, name]);
        let repo = Repo { dir: &dir, name: name.into() };
        repo.commit("app.env", "debug = 1\n");
        repo.git(&["branch", "base"]);
        repo.commit("app.env", line());
        repo.stage("staged.env", line());
        for gate in Gate::HERE {
            let told = repo.scan(gate.args());
            match name {
                "sha256" => hold(told, Expect::Hit, name),
                _ => hold(told, Expect::Refused("reftable"), name),
            }
        }
    }
}

#[test]
fn a_bare_repository_is_read_and_an_unborn_branch_too() {
    let dir = Dir::new();
    let repo = started(&dir, "repo");
    repo.commit("app.env", line());
    dir.git("", &["clone", "--quiet", "--bare", "repo", "bare"]);
    hold(dir.scan("bare", &["history"]), Expect::Hit, "bare");
    hold(dir.scan("bare", &["range", "base..main"]), Expect::Hit, "bare");
    hold(dir.scan("", &["history", "bare"]), Expect::Hit, "bare, named");
    repo.git(&["checkout", "--quiet", "--orphan", "unborn"]);
    hold(repo.staged(), Expect::Hit, "unborn branch");
    hold(repo.history(), Expect::Hit, "unborn branch");
}
