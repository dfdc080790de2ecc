//! Objects that are not what their names say: no git made them.

use std::fs;

use super::{Dir, made, tree};
use crate::harness::fed;

#[test]
fn commits_that_lead_back_to_themselves_hide_nothing() {
    let dir = Dir::new();
    let repo = dir.repo("app");
    let root = repo.commit("a.txt", "hello\n");
    let file = repo.write("b.txt", format!("token = {}\n", made::token(1)));
    let blob = repo.git(&["hash-object", "-w", file.to_str().expect("UTF-8")]);
    let tree = tree(&repo, &[("100644", "b.txt", &blob)]);
    let names = ["a".repeat(40), "b".repeat(40)];
    for (own, other) in [(&names[0], &names[1]), (&names[1], &names[0])] {
        let text = format!(
            "tree {tree}\nparent {root}\nparent {other}\nauthor A <a@b.c> 1 +0000\ncommitter A <a@b.c> 1 +0000\n\n{own}\n"
        );
        let mut git = dir.command("git", &repo.name);
        git.args(["hash-object", "-t", "commit", "-w", "--stdin", "--literally"]);
        let made = fed(&mut git, text.as_bytes()).stdout;
        let object = |name: &str| repo.path(".git/objects").join(&name[..2]).join(name[2..].trim());
        fs::create_dir_all(object(own).parent().expect("a folder")).expect("writable");
        fs::rename(object(&made), object(own)).expect("a loose object");
    }
    fs::write(repo.path(".git/refs/heads/loop"), &names[0]).expect("writable");
    assert_eq!(repo.git(&["rev-list", "--all"]).lines().count(), 3);
    let told = repo.history();
    assert_eq!((told.secrets(), told.ran.code), (vec![&*made::token(1)], Some(1)));
    repo.range(&format!("main..{}", names[0])).incomplete("its content is not what its name says");
}
