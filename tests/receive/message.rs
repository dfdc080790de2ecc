//! What the pusher sees: short, in 80 columns behind `remote: `, masked, with commands that do what they say.

use super::*;

/// The lines of the gate, without git's prefix.
fn shown(stderr: &str) -> Vec<&str> {
    let lines = stderr.lines().filter_map(|line| line.strip_prefix("remote: "));
    lines.map(str::trim_end).collect()
}

/// The commands, in the order in which they stand.
fn commands<'l>(lines: &[&'l str]) -> Vec<&'l str> {
    lines.iter().filter_map(|line| line.strip_prefix("  ").filter(|line| line.starts_with("git "))).collect()
}

fn refused_with(server: &Server<'_>, args: &[&str]) -> String {
    let pushed = server.push(args);
    assert_eq!(pushed.git.code, Some(1), "{}", pushed.git.all());
    assert!(!pushed.git.stderr.contains('\x1b'), "{}", pushed.git.stderr);
    for line in pushed.git.stderr.lines().filter(|line| line.starts_with("remote:")) {
        assert!(line.trim_end().chars().count() <= 80, "{line:?}");
    }
    pushed.git.stderr
}

#[test]
fn the_last_commit_is_amended_by_the_commands_told() {
    let dir = Dir::new();
    let server = Server::new(&dir, "");
    let id = server.dev.commit("odd name's.env", format!("a = 1\n{}", line(1)));
    let told = refused_with(&server, &["main"]);
    let lines = shown(&told);
    assert_eq!(lines[0], "leakgate: this push is refused. It brings in 1 secret:");
    assert!(lines.contains(&&*format!("  odd name's.env:2:10 in {}", &id[..12])), "{told}");
    assert!(lines.contains(&"    GitHub personal access token (classic): ghp_********"), "{told}");
    assert!(told.contains("revoke"), "{told}");
    assert_eq!(commands(&lines), [r"git add -- 'odd name'\''s.env'", "git commit --amend --no-edit"]);

    server.dev.write("odd name's.env", "a = 1\n");
    for command in commands(&lines) {
        let ran = Ran::of(dir.command("sh", "dev").args(["-c", command]));
        assert!(ran.success(), "{command}: {}", ran.all());
    }
    server.push(&["main"]).passes();
}

/// Does what the message says, with an editor that marks every commit to be edited, and pushes again.
fn rebase(server: &Server<'_>, told: &str, mend: &dyn Fn()) {
    let lines = shown(told);
    let [start, within @ .., go_on] = &*commands(&lines) else { panic!("{told}") };
    let sh = |command: &str| {
        let mut shell = server.bare.dir.command("sh", "dev");
        shell.args(["-c", command]).env("GIT_SEQUENCE_EDITOR", "sed -i s/^pick/edit/");
        Ran::of(&mut shell)
    };
    assert!(start.starts_with("git rebase -i ") && *go_on == "git rebase --continue", "{told}");
    assert!(sh(start).success());
    while server.dev.path(".git/rebase-merge").exists() {
        mend();
        within.iter().for_each(|command| assert!(sh(command).success(), "{command}"));
        let ran = sh(go_on);
        assert!(ran.success() || server.dev.path(".git/rebase-merge").exists(), "{}", ran.all());
    }
    server.push(&["main"]).passes();
}

#[test]
fn an_earlier_commit_is_mended_by_the_commands_told() {
    let dir = Dir::new();
    let server = Server::new(&dir, "");
    let id = server.dev.commit("secret.env", line(1));
    server.dev.commit("a", "1\n");
    server.dev.commit("b", "1\n");
    let told = refused_with(&server, &["main"]);
    assert!(told.contains(&format!("git rebase -i {}^", &id[..12])), "{told}");
    rebase(&server, &told, &|| drop(server.dev.write("secret.env", "none\n")));
    assert_eq!(server.dev.git(&["rev-list", "--count", "HEAD"]), "4", "the later commits are kept");
}

#[test]
fn a_first_commit_is_mended_from_the_root_and_merges_are_kept() {
    let dir = Dir::new();
    let server = Server::new(&dir, "");
    server.dev.git(&["checkout", "--quiet", "--orphan", "new"]);
    server.dev.commit("app.env", line(1));
    server.dev.commit("a", "1\n");
    let told = refused_with(&server, &["new"]);
    assert!(commands(&shown(&told))[0] == "git rebase -i --root", "{told}");

    server.dev.git(&["checkout", "--quiet", "-f", "main"]);
    server.dev.commit("app.env", line(1));
    server.dev.git(&["checkout", "--quiet", "-b", "side", "HEAD~1"]);
    server.dev.commit("side", "1\n");
    server.dev.git(&["checkout", "--quiet", "main"]);
    server.dev.git(&["merge", "--quiet", "--no-ff", "-m", "both", "side"]);
    let told = refused_with(&server, &["main"]);
    assert!(commands(&shown(&told))[0].starts_with("git rebase -i --rebase-merges "), "{told}");
}

#[test]
fn messages_authors_tags_and_names_have_commands_of_their_own() {
    let dir = Dir::new();
    let server = Server::new(&dir, "");
    let dev = &server.dev;
    dev.record(&format!("Rotate\n\n{}", line(1)));
    let told = refused_with(&server, &["main"]);
    assert!(told.contains("the message, line 3 in ") && told.contains("change the message"), "{told}");
    dev.git(&[
        "commit",
        "--quiet",
        "--amend",
        "--allow-empty",
        "-m",
        "x",
        "--author",
        &format!("{} <a@b>", made::token(1)),
    ]);
    let told = refused_with(&server, &["main"]);
    assert!(told.contains("git commit --amend --author 'NAME <MAIL>'"), "{told}");
    dev.git(&["reset", "--quiet", "--hard", "HEAD~1"]);

    dev.git(&["tag", "-a", "v1", "-m", &line(1)]);
    let told = refused_with(&server, &["v1"]);
    let lines = shown(&told);
    assert!(told.contains("the message of refs/tags/v1"), "{told}");
    let [command] = &*commands(&lines) else { panic!("{told}") };
    let ran = Ran::of(dir.command("sh", "dev").args(["-c", &format!("{command} -m harmless")]));
    assert!(ran.success(), "{}", ran.all());
    server.push(&["v1"]).passes();

    dev.git(&["notes", "add", "-m", &line(1), "HEAD"]);
    let told = refused_with(&server, &["refs/notes/commits"]);
    assert!(told.contains("git update-ref -d refs/notes/commits"), "{told}");
    dev.commit(&format!("{}.env", made::token(1)), "1\n");
    let told = refused_with(&server, &["main"]);
    assert!(
        told.contains("the name ********.env in ") && told.contains("git mv -- OLD-NAME NEW-NAME"),
        "{told}"
    );
}

#[test]
fn many_findings_are_counted_and_the_first_ones_told() {
    let dir = Dir::new();
    let server = Server::new(&dir, "");
    server.dev.commit("app.env", (1..=9).map(line).collect::<String>());
    let told = refused_with(&server, &["main"]);
    assert!(told.contains("brings in 9 secrets") && told.contains("and 4 more secrets"), "{told}");
    assert!(told.lines().count() < 50, "{told}");
}

#[test]
fn the_contact_is_told_to_who_is_refused() {
    let dir = Dir::new();
    let server = Server::new(&dir, "");
    let policy = dir.write("policy.toml", "contact = \"security@example.com, extension 4711\"\n");
    server.hook(&format!("--config {}", policy.display()));
    server.dev.commit("app.env", line(1));
    let told = refused_with(&server, &["main"]);
    assert!(told.contains("Ask security@example.com, extension 4711"), "{told}");
}

#[test]
fn a_clean_push_has_one_line() {
    let dir = Dir::new();
    let server = Server::new(&dir, "");
    server.dev.commit("a", "1\n");
    let pushed = server.push(&["main"]);
    assert!(pushed.git.success());
    assert!(
        pushed.git.stderr.contains("remote: leakgate: push: no secrets in 1 ref, 1 commit, 1 blob"),
        "{}",
        pushed.git.stderr
    );
    assert_eq!(shown(&pushed.git.stderr).len(), 1, "{}", pushed.git.stderr);
}

#[test]
fn nothing_of_a_repository_reaches_the_terminal_as_it_stands() {
    let dir = Dir::new();
    let server = Server::new(&dir, "");
    server.dev.commit("a\x1b[2Jb\n$(touch pwned).env", line(1));
    let pushed = server.push(&["main"]);
    assert!(!pushed.git.stderr.contains('\x1b'), "{}", pushed.git.stderr);
    assert!(pushed.git.stderr.contains(r"\x1b[2Jb\n$(touch pwned).env"), "{}", pushed.git.stderr);
    assert!(pushed.git.stderr.contains(r"git add -- 'a"), "a shell would not run it: {}", pushed.git.stderr);
}
