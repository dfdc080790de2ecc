//! Files above a size, for those who ask for it: an optional rule, and off.

use crate::harness::{Dir, Server, Told};

const MIB: usize = 1 << 20;

/// Text that holds nothing, and no two of them are the same.
fn text(size: usize, number: usize) -> String {
    let line = format!("line {number} of a file that holds nothing\n");
    let mut text = line.repeat(size.div_ceil(line.len()));
    text.truncate(size);
    text
}

fn large(told: &Told) -> Vec<&str> {
    let large = told.findings.iter().filter(|finding| finding["rule"] == "large-file");
    large.filter_map(|finding| finding["path"].as_str()).collect()
}

#[test]
fn it_is_off_and_tells_files_that_a_change_adds_above_the_size() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    let base = repo.commit("old.txt", text(MIB + 1, 0));
    repo.stage("old.txt", text(MIB + 9, 0));
    repo.stage("exact.txt", text(MIB, 1));
    repo.stage("assets/above.txt", text(MIB + 1, 2));
    repo.stage("small.txt", "a\n");
    let _ = repo.staged().clean();
    let told = repo.scan(&["staged", "--large-file", "1MiB"]);
    assert_eq!(large(&told), ["assets/above.txt"], "{}", told.ran.all());
    assert_eq!((told.ran.code, &told.one()["part"]), (Some(1), &"content".into()));
    let reasons = told.one()["reasons"].to_string();
    assert!(reasons.contains("1.0 MiB") && told.one()["revoke"] == "", "{reasons}");
    let commit = repo.record("Add files");
    let told = repo.scan(&["range", &format!("{base}..HEAD"), "--large-file", "1024 KiB"]);
    assert_eq!((large(&told), &told.one()["commit"]), (vec!["assets/above.txt"], &commit.into()));
    // What stands there is nobody's change.
    for gate in [&["dir", "."][..], &["history"]] {
        let _ = repo.scan(&[gate, &["--large-file", "1MiB"]].concat()).clean();
    }
    // One that was moved is not added.
    repo.git(&["mv", "assets/above.txt", "assets/moved.txt"]);
    let _ = repo.scan(&["staged", "--large-file", "1MiB"]).clean();
}

#[test]
fn the_configuration_asks_for_it_and_the_allowlist_covers_it() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.write(".leakgate.toml", "large_file = \"1 MiB\"\n");
    repo.stage("assets/above.txt", text(MIB + 1, 2));
    repo.stage("b.txt", text(2 * MIB, 3));
    let told = repo.staged();
    assert_eq!(large(&told), ["assets/above.txt", "b.txt"], "{}", told.ran.all());
    let print = told.findings[1]["fingerprint"].as_str().expect("it has one").to_owned();
    assert_eq!(large(&repo.scan(&["staged", "--large-file", "1900KiB"])), ["b.txt"], "the flag goes before");
    let allow =
        "large_file = \"1 MiB\"\n[[allow]]\nrule = 'large-file'\npath = 'assets/**'\nreason = 'pictures'\n";
    repo.write(".leakgate.toml", allow);
    assert_eq!(large(&repo.staged()), ["b.txt"]);
    repo.write(".leakgate.toml", format!("{allow}[[allow]]\nfingerprint = '{print}'\nreason = 'a film'\n"));
    let told = repo.staged().clean();
    assert_eq!(told.summary["allowed"], 2);
    for wrong in ["large_file = \"much\"", "large_file = \"0\"", "large_file = 5"] {
        repo.write(".leakgate.toml", wrong);
        let _ = repo.staged().refused("large_file");
    }
    let _ = repo.scan(&["staged", "--large-file", "5 apples"]).refused("large-file");
}

#[test]
fn a_push_that_brings_one_in_is_refused() {
    let dir = Dir::new();
    let server = Server::new(&dir, "--large-file 1MiB");
    server.dev.commit("small.txt", "a\n");
    let _ = server.push(&["main"]).passes();
    server.dev.commit("above.bin", text(MIB + 1, 1));
    let pushed = server.push(&["main"]);
    assert_eq!(pushed.git.code, Some(1), "{}", pushed.git.all());
    assert!(
        pushed.git.stderr.contains("above.bin")
            && pushed.git.stderr.contains("1.0 MiB")
            && pushed.git.stderr.contains("1 large file:"),
        "{}",
        pushed.git.stderr
    );
    assert_eq!(large(&pushed.told.expect("the gate was asked")), ["above.bin"]);
    // What the change itself says of sizes does not count.
    server.dev.commit(".leakgate.toml", "large_file = \"1 GiB\"\n");
    assert_eq!(server.push(&["main"]).git.code, Some(1));
}
