//! The server's gate, under real pushes to real bare repositories: whatever the push, all of it is looked at,
//! what is refused leaves nothing, and what was there before is nobody's fault.

use std::fs;

use crate::harness::{Dir, Ran, Repo, Server, Told, fed, made};

mod audit;
mod deadline;
mod install;
mod message;
mod policy;
mod pre_push;

fn line(number: u64) -> String {
    format!("github = {}\n", made::token(number))
}

/// The same story for each kind of push: it must be refused for the first token, leave no object and no ref,
/// and nothing but what it brings may count.
#[track_caller]
fn refused(server: &Server<'_>, args: &[&str]) {
    let (objects, refs) = (server.objects(), server.refs());
    server.push(args).blocked(&made::token(1));
    assert_eq!(server.objects(), objects, "a rejected push leaves nothing");
    assert_eq!(server.refs(), refs);
}

#[test]
fn a_new_commit_is_refused_for_its_secret_and_passes_without() {
    let dir = Dir::new();
    let server = Server::new(&dir, "");
    server.dev.commit("app.env", line(1));
    refused(&server, &["main"]);
    server.dev.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
    server.dev.commit("app.env", "debug = 2\n");
    let told = server.push(&["main"]).passes();
    assert_eq!((&told.summary["refs"]["read"], &told.summary["commits"]["read"]), (&1.into(), &1.into()));
}

#[test]
fn a_secret_in_the_middle_counts_though_a_later_commit_takes_it_out() {
    let dir = Dir::new();
    let server = Server::new(&dir, "");
    server.dev.commit("app.env", line(1));
    server.dev.commit("app.env", "debug = 2\n");
    refused(&server, &["main"]);
}

#[test]
fn taking_an_old_secret_out_passes_and_an_old_one_elsewhere_blocks_nobody() {
    let dir = Dir::new();
    let server = Server::new(&dir, "");
    server.bare.git(&["config", "receive.denyCurrentBranch", "ignore"]);
    fs::rename(server.bare.path("hooks/pre-receive"), server.bare.path("hooks/off")).expect("it is there");
    server.dev.commit("old.env", format!("a\n{}b\n", line(1)));
    server.dev.git(&["push", "--quiet", "origin", "main"]);
    fs::rename(server.bare.path("hooks/off"), server.bare.path("hooks/pre-receive")).expect("it is there");

    server.dev.commit("other.env", "unrelated = 1\n");
    server.push(&["main"]).passes();
    server.dev.commit("old.env", format!("a\n{}b\nc\n", line(1)));
    server.push(&["main"]).passes();
    server.dev.git(&["mv", "old.env", "renamed.env"]);
    server.dev.record("moved");
    server.push(&["main"]).passes();
    server.dev.git(&["tag", "-a", "v1", "-m", "x"]);
    server.push(&["main:refs/heads/copy", "v1", "HEAD~2:refs/heads/older"]).passes();
    server.dev.commit("renamed.env", "a\nb\n");
    server.push(&["main"]).passes();
}

#[test]
fn a_new_branch_brings_its_own_commits_only() {
    let dir = Dir::new();
    let server = Server::new(&dir, "");
    server.dev.git(&["checkout", "--quiet", "-b", "topic"]);
    server.dev.commit("a", "1\n");
    let told = server.push(&["topic"]).passes();
    assert_eq!(told.summary["commits"]["read"], 1);
    server.dev.commit("b", line(1));
    refused(&server, &["topic:refs/heads/other"]);
    // Nothing new at all: a name for what is there.
    let told = server.push(&["main:refs/heads/again"]).passes();
    assert_eq!(told.summary["commits"]["asked"], 0);
}

#[test]
fn the_first_push_into_an_empty_repository_counts_as_a_whole() {
    let dir = Dir::new();
    let server = Server::new(&dir, "");
    server.bare.git(&["update-ref", "-d", "refs/heads/main"]);
    server.dev.commit("a.env", line(1));
    server.dev.commit("b.env", "1\n");
    refused(&server, &["main"]);
    server.dev.git(&["reset", "--quiet", "--hard", "HEAD~2"]);
    let told = server.push(&["main"]).passes();
    assert_eq!(told.summary["commits"]["read"], 1);
}

#[test]
fn a_forced_update_brings_what_the_old_tip_did_not_reach() {
    let dir = Dir::new();
    let server = Server::new(&dir, "");
    server.dev.commit("a", "1\n");
    server.dev.commit("b", "1\n");
    server.push(&["main"]).passes();
    server.dev.git(&["reset", "--quiet", "--hard", "HEAD~2"]);
    server.dev.commit("c.env", line(1));
    refused(&server, &["--force", "main"]);
    server.dev.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
    server.dev.commit("c.env", "1\n");
    let told = server.push(&["--force", "main"]).passes();
    assert_eq!(told.summary["commits"]["read"], 1);
}

#[test]
fn deletions_bring_nothing_alone_or_among_others() {
    let dir = Dir::new();
    let server = Server::new(&dir, "");
    server.push(&["main:refs/heads/gone", "main:refs/heads/gone-too"]).passes();
    server.push(&[":refs/heads/gone"]).passes();
    assert!(!server.refs().contains("gone "));
    server.dev.commit("app.env", line(1));
    refused(&server, &[":refs/heads/gone-too", "main"]);
    assert!(server.refs().contains("gone-too"), "all or nothing");
}

#[test]
fn every_ref_line_counts_wherever_the_secret_stands() {
    let dir = Dir::new();
    let server = Server::new(&dir, "");
    for number in 0..7 {
        server.dev.git(&["checkout", "--quiet", "-b", &format!("b{number}"), "main"]);
        server.dev.commit(&format!("{number}.env"), "1\n");
    }
    let all: Vec<_> = (0..7).map(|number| format!("b{number}")).collect();
    let all: Vec<_> = all.iter().map(String::as_str).collect();
    for number in [0, 3, 6] {
        server.dev.git(&["checkout", "--quiet", &format!("b{number}")]);
        server.dev.commit("app.env", line(1));
        refused(&server, &all);
        server.dev.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
    }
    let told = server.push(&all).passes();
    assert_eq!((&told.summary["refs"]["read"], &told.summary["commits"]["read"]), (&7.into(), &7.into()));
}

#[test]
fn tags_are_read_with_their_messages_and_whatever_they_point_at() {
    let dir = Dir::new();
    let server = Server::new(&dir, "");
    let dev = &server.dev;
    dev.git(&["tag", "-a", "message", "-m", &line(1)]);
    refused(&server, &["message"]);
    dev.git(&["tag", "-a", "outer", "-m", "x", "message"]);
    refused(&server, &["outer"]);

    dir.write("text", line(1));
    let blob = dev.git(&["hash-object", "-w", "../text"]);
    dev.git(&["tag", "light-blob", &blob]);
    refused(&server, &["light-blob"]);
    dev.git(&["tag", "-a", "blob", "-m", "x", &blob]);
    refused(&server, &["blob"]);

    dev.git(&["update-index", "--add", "--cacheinfo", &format!("100644,{blob},deep/x.env")]);
    let tree = dev.git(&["write-tree"]);
    dev.git(&["reset", "--quiet", "--hard"]);
    dev.git(&["tag", "light-tree", &tree]);
    refused(&server, &["light-tree"]);
    dev.git(&["tag", "-a", "tree", "-m", "x", &tree]);
    refused(&server, &["tree"]);

    let commit = dev.git(&["commit-tree", &tree, "-p", "main", "-m", "only tagged"]);
    dev.git(&["tag", "-a", "commit", "-m", "x", &commit]);
    refused(&server, &["commit"]);

    dev.git(&["tag", "-a", "harmless", "-m", "x"]);
    let told = server.push(&["harmless"]).passes();
    assert_eq!(told.summary["tags"]["read"], 1);
}

#[test]
fn a_tag_that_is_there_already_does_not_count_again() {
    let dir = Dir::new();
    let server = Server::new(&dir, "");
    server.hook("--min-severity critical --no-builtin --rules /dev/null || true; exit 0 #");
    server.dev.git(&["tag", "-a", "v1", "-m", &line(1)]);
    let ran = server.dev.try_git(&["push", "origin", "v1"]);
    assert!(ran.success(), "{}", ran.all());
    server.hook("");
    server.dev.git(&["tag", "-a", "v2", "-m", "x", "v1"]);
    let told = server.push(&["v2", "v1:refs/tags/copy"]).passes();
    assert_eq!(told.summary["tags"]["read"], 1);
}

#[test]
fn notes_and_refs_of_any_name_count() {
    let dir = Dir::new();
    let server = Server::new(&dir, "");
    server.dev.git(&["notes", "add", "-m", &line(1), "HEAD"]);
    refused(&server, &["refs/notes/commits"]);
    server.dev.git(&["checkout", "--quiet", "--detach"]);
    server.dev.commit("app.env", line(1));
    for name in ["refs/for/main", "refs/merge-requests/1/head", "refs/x/y"] {
        refused(&server, &[&format!("HEAD:{name}")]);
    }
}

#[test]
fn a_new_refs_own_name_counts() {
    let dir = Dir::new();
    let server = Server::new(&dir, "");
    refused(&server, &[&format!("main:refs/heads/try/{}", made::token(1))]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_refs_name_need_not_be_utf_8() {
    use std::os::unix::ffi::OsStrExt as _;
    let dir = Dir::new();
    let server = Server::new(&dir, "");
    server.dev.commit("app.env", line(1));
    let mut push = dir.command("git", "dev");
    push.args(["push", "origin"]).arg(std::ffi::OsStr::from_bytes(b"main:refs/heads/caf\xe9"));
    let ran = Ran::of(&mut push);
    assert!(ran.code == Some(1) && ran.stderr.contains("brings in 1 secret"), "{}", ran.all());
    server.dev.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
    assert!(Ran::of(&mut push).success());
}

#[test]
fn a_branch_without_common_history_counts_as_a_whole() {
    let dir = Dir::new();
    let server = Server::new(&dir, "");
    server.dev.git(&["checkout", "--quiet", "--orphan", "island"]);
    server.dev.commit("app.env", line(1));
    server.dev.commit("app.env", "1\n");
    refused(&server, &["island"]);
}

#[test]
fn merges_count_for_what_no_parent_has() {
    let dir = Dir::new();
    let server = Server::new(&dir, "");
    let dev = &server.dev;
    dev.git(&["checkout", "--quiet", "-b", "topic"]);
    dev.commit("topic", "1\n");
    dev.git(&["checkout", "--quiet", "main"]);
    dev.commit("main", "1\n");
    dev.git(&["merge", "--quiet", "--no-ff", "--no-commit", "topic"]);
    dev.stage("evil.env", line(1));
    dev.record("evil");
    refused(&server, &["main"]);
    dev.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
    dev.git(&["merge", "--quiet", "--no-ff", "-m", "good", "topic"]);
    server.push(&["main"]).passes();
}

#[test]
fn a_push_of_many_commits_is_never_cut_off() {
    let dir = Dir::new();
    let server = Server::new(&dir, "");
    // 3,000 commits by the quickest way that git has, a secret in the oldest and one in the middle.
    let mut stream = String::from("feature done\n");
    for number in 0..3000 {
        let text = match number {
            0 => line(1),
            1500 => line(2),
            _ => format!("{number}\n"),
        };
        stream += "commit refs/heads/many\ncommitter C <c@example.com> 1000000000 +0000\ndata 1\nx\n";
        if number == 0 {
            stream += "from refs/heads/main^0\n";
        }
        stream += &format!("M 100644 inline f{}\ndata {}\n{text}\n", number % 50, text.len());
    }
    stream += "done\n";
    let ran = fed(dir.command("git", "dev").args(["fast-import", "--quiet"]), stream.as_bytes());
    assert!(ran.success(), "{}", ran.all());
    let pushed = server.push(&["many"]);
    let told = pushed.told.expect("the gate was asked");
    assert_eq!(told.findings.len(), 2, "{}", told.ran.all());
    assert_eq!(told.summary["commits"], serde_json::json!({ "asked": 3000, "read": 3000 }));
}

#[test]
fn packed_and_loose_pushes_are_both_seen() {
    let dir = Dir::new();
    let server = Server::new(&dir, "");
    server.dev.commit("app.env", line(1));
    for limit in ["1", "10000"] {
        server.bare.git(&["config", "receive.unpackLimit", limit]);
        refused(&server, &["main"]);
    }
}

#[test]
fn without_git_s_quarantine_variables_it_sees_what_lies_in_the_repository() {
    // As a server would call it that keeps no quarantine, and as somebody would to try it out.
    let dir = Dir::new();
    let server = Server::new(&dir, "");
    let old = server.dev.git(&["rev-parse", "HEAD"]);
    let new = server.dev.commit("app.env", line(1));
    server.bare.git(&["fetch", "--quiet", "../dev", "main"]);
    let input = format!("{old} {new} refs/heads/main\n");
    let told = Told::fed(&mut server.bare.leakgate(&["hook", "run", "pre-receive"]), input.as_bytes());
    told.hits(&[&made::token(1)]);
}

#[test]
fn objects_that_are_missing_or_broken_block_with_a_reason() {
    let dir = Dir::new();
    let server = Server::new(&dir, "");
    let old = server.dev.git(&["rev-parse", "HEAD"]);
    let lost = "0123456789".repeat(4);
    let ask =
        |input: &str| Told::fed(&mut server.bare.leakgate(&["hook", "run", "pre-receive"]), input.as_bytes());
    ask(&format!("{old} {lost} refs/heads/main\n")).incomplete("not in the repository");

    let new = server.dev.commit("other.env", "1\n");
    server.bare.git(&["fetch", "--quiet", "../dev", "main"]);
    for what in ["^{tree}", ":other.env", ""] {
        let id = server.bare.git(&["rev-parse", &format!("{new}{what}")]);
        let path = server.bare.path(format!("objects/{}/{}", &id[..2], &id[2..]));
        let kept = fs::read(&path).expect("a loose object");
        let input = format!("{old} {new} refs/heads/main\n");
        for bytes in [Vec::new(), kept[..kept.len() / 2].to_vec(), b"garbage".to_vec()] {
            fs::remove_file(&path).expect("it is there");
            fs::write(&path, bytes).expect("writable");
            ask(&input).incomplete(&id);
        }
        fs::remove_file(&path).expect("it is there");
        ask(&input).incomplete("not in the repository");
        fs::write(&path, kept).expect("writable");
        ask(&input).clean();
    }
    // Refs of the server that are broken hide nothing, and are told.
    server.bare.write("refs/heads/broken", "garbage\n");
    ask(&format!("{old} {new} refs/heads/main\n")).incomplete("a ref");
}

#[test]
fn input_that_git_would_not_give_blocks() {
    let dir = Dir::new();
    let server = Server::new(&dir, "");
    let id = server.dev.git(&["rev-parse", "HEAD"]);
    let short = &id[..39];
    for (input, why) in [
        (String::new(), "standard input names no refs"),
        ("\n".to_owned(), "not what git gives"),
        (format!("{id} {id}\n"), "not what git gives"),
        (format!("{id} {id} \n"), "not what git gives"),
        (format!("{short} {id} refs/heads/main\n"), "not what git gives"),
        (format!("{id} {id} refs/heads/main\n{id} x refs/heads/b\n"), "not what git gives"),
    ] {
        let told = Told::fed(&mut server.bare.leakgate(&["hook", "run", "pre-receive"]), input.as_bytes());
        told.refused(why);
    }
}

#[test]
fn a_push_from_a_shallow_clone_is_judged_by_what_it_brings() {
    let dir = Dir::new();
    let server = Server::new(&dir, "");
    server.dev.commit("a", "1\n");
    server.push(&["main"]).passes();
    let url = format!("file://{}", server.bare.path("").display());
    dir.git("", &["clone", "--quiet", "--depth", "1", &url, "shallow"]);
    let shallow = Repo { dir: &dir, name: "shallow".into() };
    shallow.commit("app.env", line(1));
    server.push_from(&shallow, &["main"]).blocked(&made::token(1));
    shallow.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
    shallow.commit("b", "1\n");
    let told = server.push_from(&shallow, &["main"]).passes();
    assert_eq!(told.summary["commits"]["read"], 1);
}

#[test]
fn a_server_that_borrows_objects_judges_by_its_own_refs() {
    // A fork whose objects lie in a pool: the pool's refs are not the fork's.
    let dir = Dir::new();
    let server = Server::new(&dir, "");
    server.dev.commit("app.env", line(1));
    let pool = dir.bare("pool.git");
    server.dev.git(&["push", "--quiet", "../pool.git", "main"]);
    server.bare.write("objects/info/alternates", format!("{}\n", pool.path("objects").display()));
    refused(&server, &["main"]);
}

#[test]
fn a_sha_256_server_is_guarded_too() {
    let dir = Dir::new();
    dir.git(
        "",
        &[
            "-c",
            "init.defaultBranch=main",
            "init",
            "--quiet",
            "--bare",
            "--object-format=sha256",
            "there.git",
        ],
    );
    dir.git("", &["-c", "init.defaultBranch=main", "init", "--quiet", "--object-format=sha256", "dev"]);
    let server = Server {
        bare: Repo { dir: &dir, name: "there.git".into() },
        dev: Repo { dir: &dir, name: "dev".into() },
    };
    server.dev.git(&["remote", "add", "origin", "../there.git"]);
    server.hook("");
    server.dev.commit("app.env", line(1));
    refused(&server, &["main"]);
    server.dev.git(&["commit", "--quiet", "--amend", "--allow-empty", "-m", "x"]);
    server.dev.stage("app.env", "1\n");
    server.dev.git(&["commit", "--quiet", "--amend", "-m", "x"]);
    server.push(&["main"]).passes();
}

#[test]
fn a_server_whose_refs_cannot_be_read_lets_nothing_in() {
    let dir = Dir::new();
    let reftable = ["init", "--quiet", "--bare", "--ref-format=reftable", "there.git"];
    dir.git("", &[&["-c", "init.defaultBranch=main"], &reftable[..]].concat());
    let server = Server { bare: Repo { dir: &dir, name: "there.git".into() }, dev: dir.repo("dev") };
    server.dev.git(&["remote", "add", "origin", "../there.git"]);
    server.hook("");
    server.dev.commit("a", "1\n");
    let pushed = server.push(&["main"]);
    assert!(!pushed.git.success() && pushed.git.stderr.contains("reftable"), "{}", pushed.git.all());
}
