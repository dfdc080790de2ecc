//! What the content, its name and the shape of the history can do.

use std::os::unix::fs::symlink;

use super::*;

fn all(ways: &[Way]) {
    ways.iter().for_each(tell);
}

/// The plain token under another name.
fn named(repo: &Repo<'_>, name: &str) {
    repo.write(name, line());
    repo.git(&["add", "--force", "--", name]);
}

#[test]
fn attributes_of_the_repository() {
    fn with(repo: &Repo<'_>, attributes: &str) {
        let spy = repo.dir.path("spy");
        let spy = spy.to_str().expect("UTF-8");
        for name in [
            "diff.spy.textconv",
            "diff.spy.command",
            "filter.spy.clean",
            "filter.spy.smudge",
            "merge.spy.driver",
        ] {
            repo.git(&["config", name, spy]);
        }
        repo.stage(".gitattributes", attributes);
        repo.stage("app.env", line());
    }
    all(&[
        Way { name: "-diff", plant: |repo| with(repo, "*.env -diff\n"), ..PLAIN },
        Way { name: "binary", plant: |repo| with(repo, "* binary\n"), ..PLAIN },
        Way { name: "-text", plant: |repo| with(repo, "* -text -crlf\n"), ..PLAIN },
        Way { name: "textconv and external driver", plant: |repo| with(repo, "*.env diff=spy\n"), ..PLAIN },
        Way { name: "merge driver", plant: |repo| with(repo, "*.env merge=spy\n"), ..PLAIN },
        Way {
            name: "generated",
            plant: |repo| with(repo, "* linguist-generated linguist-vendored export-ignore\n"),
            ..PLAIN
        },
        Way { name: "filter", plant: |repo| with(repo, "*.env filter=spy\n"), ..PLAIN },
    ]);
}

#[test]
fn encodings_and_odd_bytes() {
    fn utf16(order: fn(u16) -> [u8; 2]) -> Vec<u8> {
        line().encode_utf16().flat_map(order).collect()
    }
    all(&[
        Way { name: "UTF-16 LE", plant: |repo| repo.stage("app.env", utf16(u16::to_le_bytes)), ..PLAIN },
        Way { name: "UTF-16 BE", plant: |repo| repo.stage("app.env", utf16(u16::to_be_bytes)), ..PLAIN },
        Way {
            name: "UTF-16 with a mark",
            plant: |repo| repo.stage("app.env", [b"\xff\xfe", &utf16(u16::to_le_bytes)[..]].concat()),
            ..PLAIN
        },
        Way {
            name: "a false mark",
            plant: |repo| repo.stage("app.env", [b"\xff\xfe", line().as_bytes()].concat()),
            ..PLAIN
        },
        Way { name: "CRLF", plant: |repo| repo.stage("app.env", line().replace('\n', "\r\n")), ..PLAIN },
        Way {
            name: "old line ends",
            plant: |repo| repo.stage("app.env", format!("a\r{}\r", line().trim_end())),
            ..PLAIN
        },
        Way {
            name: "an early NUL",
            plant: |repo| repo.stage("app.env", format!("\0\0\n{}", line())),
            ..PLAIN
        },
        Way {
            name: "an early NUL and a late token",
            plant: |repo| repo.stage("app.env", format!("\0{}{}", "a\n".repeat(10_000), line())),
            ..PLAIN
        },
        Way {
            name: "a picture's head",
            plant: |repo| {
                repo.stage("app.env", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", line().as_bytes()].concat())
            },
            ..PLAIN
        },
        Way { name: "no line end", plant: |repo| repo.stage("app.env", line().trim_end()), ..PLAIN },
        Way {
            name: "escape sequences",
            plant: |repo| repo.stage("app.env", format!("\x1b[8m{}\x1b[2K\r", line().trim_end())),
            ..PLAIN
        },
    ]);
}

#[test]
fn size() {
    all(&[
        Way {
            name: "one endless line",
            plant: |repo| repo.stage("app.env", ".".repeat(20 << 20) + " " + &line()),
            ..PLAIN
        },
        Way {
            name: "a million lines",
            plant: |repo| repo.stage("app.env", "a\n".repeat(1_000_000) + &line()),
            ..PLAIN
        },
        Way {
            name: "core.bigFileThreshold",
            plant: |repo| {
                repo.git(&["config", "core.bigFileThreshold", "1k"]);
                repo.stage("app.env", "a\n".repeat(10_000) + &line());
            },
            ..PLAIN
        },
    ]);
}

#[test]
fn names_and_kinds_of_files() {
    all(&[
        Way { name: "a dash", plant: |repo| named(repo, "--help"), ..PLAIN },
        Way { name: "a line feed", plant: |repo| named(repo, "a\nb"), ..PLAIN },
        Way { name: "spaces", plant: |repo| named(repo, " a  b "), ..PLAIN },
        Way { name: "picture", plant: |repo| named(repo, "logo.png"), ..PLAIN },
        Way { name: "archive", plant: |repo| named(repo, "a.tar.gz"), ..PLAIN },
        Way { name: "minified", plant: |repo| named(repo, "dist/app.min.js"), ..PLAIN },
        Way { name: "lock file", plant: |repo| named(repo, "package-lock.json"), ..PLAIN },
        Way { name: "vendored", plant: |repo| named(repo, "node_modules/vendor/x.js"), ..PLAIN },
        Way { name: "a folder called goyaml.v2", plant: |repo| named(repo, "goyaml.v2/x"), ..PLAIN },
        Way { name: "test data", plant: |repo| named(repo, "tests/fixtures/example.txt"), ..PLAIN },
        Way { name: "other tools' files", plant: |repo| named(repo, ".gitleaksignore"), ..PLAIN },
        Way { name: "our own file's name, deeper", plant: |repo| named(repo, "sub/.leakgate.toml"), ..PLAIN },
        Way {
            name: "ignored",
            plant: |repo| {
                repo.stage(".gitignore", "*.env\n");
                named(repo, "b.env");
            },
            ..PLAIN
        },
        Way { name: "deep", plant: |repo| named(repo, &("d/".repeat(400) + "x")), ..PLAIN },
        Way {
            name: "link",
            plant: |repo| {
                symlink(secret(), repo.path("link")).expect("a link");
                repo.git(&["add", "link"]);
            },
            ..PLAIN
        },
        Way { name: "the name itself", plant: |repo| repo.stage(&secret(), "1\n"), ..PLAIN },
        Way { name: "a folder's name", plant: |repo| repo.stage(&format!("{}/a", secret()), "1\n"), ..PLAIN },
        Way {
            name: "executable",
            plant: |repo| {
                repo.stage("app.env", line());
                repo.git(&["update-index", "--chmod=+x", "app.env"]);
            },
            ..PLAIN
        },
    ]);
}

const NOT_STAGED: Expect = Expect::Elsewhere("it is in no index");
const NOT_IN_RANGE: Expect = Expect::Elsewhere("no commit of the range brings it in");
/// Plants nothing: what hides comes afterwards.
const LATER: Way = Way { plant: |_| {}, staged: NOT_STAGED, ..PLAIN };

#[test]
fn the_shape_of_history() {
    fn branches(repo: &Repo<'_>) {
        repo.commit("mine", "1\n");
        repo.git(&["checkout", "--quiet", "-b", "other", "base"]);
        repo.commit("theirs", "1\n");
        repo.git(&["checkout", "--quiet", "main"]);
    }
    all(&[
        Way {
            name: "evil merge",
            cover: |repo| {
                branches(repo);
                repo.git(&["merge", "--quiet", "--no-ff", "--no-commit", "other"]);
                repo.stage("app.env", line());
                repo.record("evil");
            },
            ..LATER
        },
        Way {
            name: "evil octopus",
            cover: |repo| {
                branches(repo);
                repo.stage("app.env", line());
                let tree = repo.git(&["write-tree"]);
                let args = ["commit-tree", &tree, "-p", "main", "-p", "other", "-p", "base", "-m", "evil"];
                let id = repo.git(&args);
                repo.git(&["reset", "--quiet", "--hard", &id]);
            },
            ..LATER
        },
        Way {
            name: "added and removed",
            cover: |repo| {
                repo.git(&["revert", "--no-edit", "HEAD"]);
            },
            ..PLAIN
        },
        Way {
            name: "message",
            cover: |repo| {
                repo.record(&line());
            },
            ..LATER
        },
        Way {
            name: "author",
            cover: |repo| {
                repo.git(&[
                    "commit",
                    "--quiet",
                    "--allow-empty",
                    "-m",
                    "x",
                    "--author",
                    &format!("{} <a@b>", secret()),
                ]);
            },
            ..LATER
        },
        Way {
            name: "dated before everything",
            cover: |repo| {
                repo.stage("app.env", line());
                let mut commit = repo.dir.command("git", &repo.name);
                commit
                    .args(["commit", "--quiet", "-m", "x"])
                    .env("GIT_COMMITTER_DATE", "1970-01-01T00:00:01Z");
                assert!(commit.status().expect("it runs").success());
            },
            ..LATER
        },
        Way {
            name: "behind a submodule's name",
            cover: |repo| {
                let id = repo.git(&["rev-parse", "HEAD"]);
                repo.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{id},{}", secret())]);
                repo.record("a link to a commit");
            },
            ..LATER
        },
    ]);
}

#[test]
fn refs_of_every_kind() {
    fn blob(repo: &Repo<'_>) -> String {
        repo.dir.write("loose-text", line());
        repo.git(&["hash-object", "-w", "../loose-text"])
    }
    all(&[
        Way {
            name: "tag message",
            cover: |repo| {
                repo.git(&["tag", "-a", "v1", "-m", &line()]);
            },
            range: NOT_IN_RANGE,
            ..LATER
        },
        Way {
            name: "tag of a tag",
            cover: |repo| {
                repo.git(&["tag", "-a", "v1", "-m", &line()]);
                repo.git(&["tag", "-a", "v2", "-m", "x", "v1"]);
                repo.git(&["tag", "-d", "v1"]);
            },
            range: NOT_IN_RANGE,
            ..LATER
        },
        Way {
            name: "tag at a blob",
            cover: |repo| {
                let id = blob(repo);
                repo.git(&["tag", "-a", "v1", "-m", "x", &id]);
            },
            range: NOT_IN_RANGE,
            ..LATER
        },
        Way {
            name: "ref at a tree",
            cover: |repo| {
                let id = blob(repo);
                repo.git(&["update-index", "--add", "--cacheinfo", &format!("100644,{id},x")]);
                let tree = repo.git(&["write-tree"]);
                repo.git(&["reset", "--quiet", "--hard"]);
                repo.git(&["update-ref", "refs/odd/tree", &tree]);
            },
            range: NOT_IN_RANGE,
            ..LATER
        },
        Way {
            name: "notes",
            cover: |repo| {
                repo.git(&["notes", "add", "-m", &line(), "HEAD"]);
            },
            range: NOT_IN_RANGE,
            ..LATER
        },
        Way {
            name: "stash",
            cover: |repo| {
                repo.write("app.env", line());
                repo.git(&["stash", "--quiet"]);
            },
            range: NOT_IN_RANGE,
            ..LATER
        },
        Way {
            name: "untracked part of a stash",
            cover: |repo| {
                repo.write("new.env", line());
                repo.git(&["stash", "--quiet", "--include-untracked"]);
            },
            range: NOT_IN_RANGE,
            ..LATER
        },
        Way {
            name: "name of a branch",
            cover: |repo| {
                repo.git(&["branch", &secret()]);
            },
            range: NOT_IN_RANGE,
            ..LATER
        },
        Way {
            name: "a ref outside the usual folders",
            cover: |repo| {
                repo.commit("app.env", line());
                repo.git(&["update-ref", "refs/pull/7/head", "HEAD"]);
                repo.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
            },
            range: NOT_IN_RANGE,
            ..LATER
        },
        Way {
            name: "detached HEAD",
            cover: |repo| {
                repo.git(&["checkout", "--quiet", "--detach"]);
                repo.commit("app.env", line());
            },
            range: NOT_IN_RANGE,
            ..LATER
        },
        Way {
            name: "HEAD of another worktree",
            cover: |repo| {
                repo.git(&["worktree", "add", "--quiet", "--detach", "../linked"]);
                let linked = Repo { dir: repo.dir, name: "linked".into() };
                linked.commit("app.env", line());
            },
            range: NOT_IN_RANGE,
            receive: Expect::Nothing("it is not pushed"),
            ..LATER
        },
        Way {
            name: "packed refs only",
            cover: |repo| {
                repo.git(&["pack-refs", "--all"]);
            },
            ..PLAIN
        },
    ]);
}

#[test]
fn replacements_and_grafts() {
    all(&[
        Way {
            name: "replaced blob",
            cover: |repo| {
                repo.dir.write("harmless", "nothing\n");
                let other = repo.git(&["hash-object", "-w", "../harmless"]);
                let id = repo.git(&["rev-parse", "HEAD:app.env"]);
                repo.git(&["replace", &id, &other]);
            },
            ..PLAIN
        },
        Way {
            name: "replaced commit",
            cover: |repo| {
                let id = repo.git(&["rev-parse", "HEAD"]);
                let tree = repo.git(&["rev-parse", "base^{tree}"]);
                let other = repo.git(&["commit-tree", &tree, "-p", "base", "-m", "harmless"]);
                repo.git(&["replace", &id, &other]);
            },
            ..PLAIN
        },
        Way {
            name: "replaced tree",
            cover: |repo| {
                repo.git(&["replace", "HEAD^{tree}", "base^{tree}"]);
            },
            ..PLAIN
        },
        Way {
            name: "graft that skips the commit",
            cover: |repo| {
                let tip = repo.commit("last", "1\n");
                let base = repo.git(&["rev-parse", "base"]);
                repo.write(".git/info/grafts", format!("{tip} {base}\n"));
            },
            ..PLAIN
        },
    ]);
}
