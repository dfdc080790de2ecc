//! The gate as it is installed: in a bare repository, and in the folders from which servers run hooks.

use super::*;
use crate::harness::PROGRAM;

/// A bare repository without the gate, and a working copy.
fn bare(dir: &Dir) -> Server<'_> {
    let server = Server::new(dir, "");
    fs::remove_file(server.bare.path("hooks/pre-receive")).expect("it is there");
    server
}

/// Refuses a token and lets the rest in.
fn guards(server: &Server<'_>) {
    server.dev.commit("app.env", line(1));
    let (objects, ran) = (server.objects(), server.dev.try_git(&["push", "origin", "main"]));
    assert!(ran.code == Some(1) && ran.stderr.contains("brings in 1 secret"), "{}", ran.all());
    assert_eq!(server.objects(), objects);
    server.dev.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
    server.dev.commit("app.env", "debug = 2\n");
    assert!(server.dev.try_git(&["push", "origin", "main"]).success());
}

#[test]
fn installed_in_a_bare_repository_it_guards_it_with_its_flags() {
    let dir = Dir::new();
    let server = bare(&dir);
    let policy = dir.write("a policy's.toml", "contact = \"Ann\"\n");
    let policy = policy.to_str().expect("UTF-8");
    let log = dir.path("audit.jsonl");
    let log = log.to_str().expect("UTF-8");
    let install = ["hook", "install", "--type", "pre-receive"];
    let flags = ["--", "--deadline", "5m", "--config", policy, "--audit", log];
    let ran = server.bare.run(&[&install[..], &flags].concat());
    assert!(ran.success(), "{}", ran.all());
    let status = server.bare.run(&["hook", "status", "--type", "pre-receive"]);
    assert!(status.stdout.contains("installed"), "{}", status.all());
    guards(&server);
    assert_eq!(dir.read("audit.jsonl").lines().count(), 2);
    assert!(server.bare.run(&["hook", "uninstall", "--type", "pre-receive"]).success());
    assert!(!server.bare.path("hooks/pre-receive").exists());
}

#[test]
fn flags_that_it_would_not_understand_are_refused_at_once() {
    let dir = Dir::new();
    let server = bare(&dir);
    for flags in [&["--no-such-flag"][..], &["--deadline", "soon"], &["--on-timeout"], &["word"]] {
        let ran = server.bare.run(&[&["hook", "install", "--type", "pre-receive", "--"][..], flags].concat());
        assert!(
            ran.code == Some(2) && ran.stderr.contains("would not understand"),
            "{flags:?}: {}",
            ran.all()
        );
    }
    assert!(!server.bare.path("hooks/pre-receive").exists());
}

#[test]
fn it_stands_beside_the_servers_own_hook() {
    let dir = Dir::new();
    let server = bare(&dir);
    let seen = dir.path("seen");
    server.bare.script("hooks/pre-receive", &format!("cat >>{}", seen.display()));
    assert!(server.bare.run(&["hook", "install", "--type", "pre-receive"]).success());
    guards(&server);
    assert_eq!(dir.read("seen").lines().count(), 2, "the other one is asked, too");
}

#[test]
fn in_a_folder_of_hooks_it_guards_as_one_of_many() {
    let dir = Dir::new();
    let server = bare(&dir);
    // As Gitea, Forgejo and GitLab do it: every executable file of the folder gets the lines of git.
    server.bare.script(
        "hooks/pre-receive",
        "lines=$(cat)\nfor hook in hooks/pre-receive.d/*; do\n\
         \t[ -f \"$hook\" ] && [ -x \"$hook\" ] || continue\n\
         \tprintf '%s\\n' \"$lines\" | \"$hook\" || exit\ndone",
    );
    server.bare.script("hooks/pre-receive.d/gitea", "cat >/dev/null");
    server.bare.script("hooks/pre-receive.d/last", "cat >/dev/null");
    let file = server.bare.path("hooks/pre-receive.d/leakgate");
    let file = file.to_str().expect("UTF-8");
    let install = ["hook", "install", "--type", "pre-receive", "--file", file, "--", "--deadline", "5m"];
    let ran = Ran::of(&mut dir.leakgate("home", &install));
    assert!(ran.success(), "{}", ran.all());
    guards(&server);
    let again = Ran::of(&mut dir.leakgate("home", &install));
    assert!(again.success() && again.stdout.contains("installed already"), "{}", again.all());
    let ran =
        Ran::of(&mut dir.leakgate("home", &["hook", "uninstall", "--type", "pre-receive", "--file", file]));
    assert!(ran.success() && !server.bare.path("hooks/pre-receive.d/leakgate").exists(), "{}", ran.all());

    // Nothing of someone else is taken for ours.
    let other = server.bare.path("hooks/pre-receive.d/last");
    let ran = Ran::of(&mut dir.leakgate(
        "home",
        &["hook", "install", "--type", "pre-receive", "--file", other.to_str().expect("UTF-8")],
    ));
    assert_eq!(ran.code, Some(2), "{}", ran.all());
}

#[test]
fn the_ready_made_hook_guards_where_it_is_copied_to() {
    let dir = Dir::new();
    fs::create_dir(dir.path("bin")).expect("writable");
    std::os::unix::fs::symlink(PROGRAM, dir.path("bin/leakgate")).expect("a link can be made");
    let path = format!("{}:{}", dir.path("bin").display(), std::env::var("PATH").expect("set"));
    let dir = dir.with_env("PATH", path);
    let server = bare(&dir);
    let ready = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("hooks/pre-receive");
    fs::create_dir_all(server.bare.path("custom_hooks/pre-receive.d")).expect("writable");
    fs::copy(ready, server.bare.path("custom_hooks/pre-receive.d/leakgate")).expect("it is there");
    server.bare.script("hooks/pre-receive", "exec custom_hooks/pre-receive.d/leakgate");
    guards(&server);
}

#[test]
fn a_hook_that_ate_the_input_does_not_open_the_gate() {
    let dir = Dir::new();
    let server = bare(&dir);
    server.bare.script("hooks/pre-receive", &format!("cat >/dev/null\n{PROGRAM} hook run pre-receive"));
    server.dev.commit("app.env", line(1));
    let ran = server.dev.try_git(&["push", "origin", "main"]);
    assert!(!ran.success() && ran.stderr.contains("a hook that ran before"), "{}", ran.all());
}
