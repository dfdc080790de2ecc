//! Secrets in containers and images: found in every gate, named to the member, and what stays closed is told.

mod encodings;
mod image;
pub mod made;

use std::io::{Cursor, Write as _};

use ::zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use crate::harness::{
    Dir, Told,
    made::{filled, token},
    place,
};
use made::{encrypted, gzip, tar, zip};

const PATH: &str = "conf/app.env";

fn env(number: u64) -> String {
    format!("# settings\nexport GITHUB={}\n", token(number))
}

/// The finding's place is the member, in line 2.
fn member<'t>(told: &'t Told, container: &str) -> &'t serde_json::Value {
    let found = told.one();
    assert_eq!(place(found), (format!("{container}!/{PATH}").as_str(), 2, 15));
    assert_eq!(found["part"], "member");
    found
}

#[test]
fn what_is_assigned_beside_an_archive_is_told_at_every_gate() {
    let dir = Dir::new();
    let value = filled("{alnum:24}", 3);
    let text = format!("\ndb_password = \"{value}\"\n").into_bytes();
    let archives =
        [("zip", zip(&[("a.txt", b"hello")])), ("gz", gzip(b"hello")), ("tar", tar(&[("a", b"hello")]))];
    for (name, archive) in archives {
        let mut ways = vec![("behind", [&archive[..], &text].concat())];
        if name == "zip" {
            ways.push(("before", [&text[..], &archive].concat()));
        }
        for (way, bytes) in ways {
            let repo = dir.repo(&format!("{name}-{way}"));
            repo.commit("readme", "nothing\n");
            repo.stage("prod.env", &bytes);
            repo.staged().hits(&[&value]);
            repo.record("app");
            for args in [&["range", "HEAD^..HEAD"][..], &["history"], &["history", "--exhaustive"], &["dir"]]
            {
                repo.scan(args).hits(&[&value]);
            }
        }
    }
    let repo = dir.repo("plain");
    repo.commit("app.bin", zip(&[("a.txt", &text)]));
    assert_eq!(repo.history().hits(&[&value]).one()["path"], "app.bin!/a.txt", "once, in its member");
}

#[test]
fn every_gate_looks_into_containers() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.commit("readme", "nothing\n");
    let archive = zip(&[("a.txt", b"nothing"), (PATH, env(1).as_bytes())]);
    repo.stage("app.bin", &archive);
    member(&dir.scan("repo", &["staged"]).hits(&[&token(1)]), "app.bin");
    let commit = repo.record("app");
    for args in [&["range", "HEAD^..HEAD"][..], &["history"], &["dir"]] {
        let told = dir.scan("repo", args).hits(&[&token(1)]);
        member(&told, "app.bin");
        assert_eq!(told.summary["containers"], serde_json::json!({"asked": 1, "read": 1}), "{args:?}");
        assert_eq!(told.summary["members"], 2);
        if args[0] != "dir" {
            assert_eq!(told.one()["commit"], commit);
        }
    }
    let told = Told::fed(dir.leakgate("", &["stdin"]).args(["--path", "x"]), &archive);
    member(&told.hits(&[&token(1)]), "x");
}

#[test]
fn a_zip_archive_behind_something_else_is_opened_at_every_gate() {
    let dir = Dir::new();
    let archive = zip(&[(PATH, env(1).as_bytes())]);
    let program = |mib: usize| [b"#!/bin/sh\n", &vec![0; mib << 20][..]].concat();
    let mut commented = archive.clone();
    let end = commented.len();
    commented[end - 2] = 5;
    for (name, bytes) in [
        ("plain", [&program(1)[..], &archive].concat()),
        ("comment", [&program(0)[..], &commented, b"hello"].concat()),
        ("line end", [&program(0)[..], &archive, b"\n"].concat()),
    ] {
        let repo = dir.repo(name);
        repo.commit("readme", "nothing\n");
        repo.stage("run.bin", &bytes);
        member(&repo.staged().hits(&[&token(1)]), "run.bin");
        repo.record("app");
        for args in [&["range", "HEAD^..HEAD"][..], &["history"], &["dir"]] {
            member(&repo.scan(args).hits(&[&token(1)]), "run.bin");
        }
        let told = Told::fed(dir.leakgate("", &["stdin"]).args(["--path", "x"]), &bytes);
        member(&told.hits(&[&token(1)]), "x");
    }
    // A file of this size is not held in memory.
    dir.write("large/run.bin", [&program(17)[..], &archive].concat());
    member(&dir.scan("large", &["dir"]).hits(&[&token(1)]), "run.bin");
    // What cannot be read twice, and is too large to be held, is named.
    let told = Told::fed(&mut dir.leakgate("", &["stdin"]), &[&program(65)[..], &archive].concat());
    let closed = told.clean().summary["unopened"].to_string();
    assert!(closed.contains("cannot be read twice"), "{closed}");
}

#[test]
fn containers_are_followed_into_containers() {
    let dir = Dir::new();
    let inner = zip(&[(PATH, env(1).as_bytes())]);
    let archive = zip(&[("lib/inner.jar", &gzip(&tar(&[("inner.zip", &inner)])))]);
    dir.write("outer.zip", &archive);
    let told = dir.scan("", &["dir"]).hits(&[&token(1)]);
    let found = told.one();
    let path = format!("outer.zip!/lib/inner.jar!/content!/inner.zip!/{PATH}");
    assert_eq!(place(found), (path.as_str(), 2, 15));
    let told = dir.scan("", &["dir", "--max-depth", "2"]).clean();
    let closed = told.summary["unopened"].as_array().expect("a list");
    assert!(closed[0]["why"].as_str().expect("text").contains("containers inside one another"), "{closed:?}");
}

#[test]
fn what_stays_closed_is_named_and_incomplete_where_that_is_asked() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.commit("readme", "nothing\n");
    repo.commit("locked.zip", encrypted(&zip(&[(PATH, b"nothing at all to see here")])));
    for args in [&["dir"][..], &["history"], &["range", "HEAD^..HEAD"]] {
        let told = dir.scan("repo", args).clean();
        let closed = told.summary["unopened"].as_array().unwrap_or_else(|| panic!("{args:?}"));
        assert_eq!(closed.len(), 1);
        assert!(closed[0]["what"].as_str().expect("text").ends_with(&format!("!/{PATH}")), "{closed:?}");
        assert!(closed[0]["why"].as_str().expect("text").contains("encrypted"), "{closed:?}");
        assert_eq!(told.summary["containers"], serde_json::json!({"asked": 1, "read": 0}));
        dir.scan("repo", &[args, &["--require-complete"]].concat()).incomplete("encrypted");
    }
}

#[test]
fn a_mark_alone_makes_no_container_and_hides_nothing() {
    let dir = Dir::new();
    for (number, mark) in
        (1..).zip([&b"PK\x03\x04"[..], b"\x1f\x8b\x08\0", b"BZh9", b"SQLite format 3\0", b"%PDF-1.7"])
    {
        dir.write("file", [mark, b" ", env(number).as_bytes()].concat());
        let told = dir.scan("", &["dir"]).hits(&[&token(number)]);
        assert_eq!(place(told.one()).0, "file");
    }
}

#[test]
fn only_what_is_new_in_a_container_is_told_of_a_change() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.commit("app.zip", zip(&[(PATH, env(1).as_bytes())]));
    let more = env(2);
    repo.commit("app.zip", zip(&[("new", b"a"), (PATH, env(1).as_bytes()), ("b.env", more.as_bytes())]));
    let told = dir.scan("repo", &["range", "HEAD^..HEAD"]).hits(&[&token(2)]);
    assert_eq!(place(told.one()).0, "app.zip!/b.env");
    dir.scan("repo", &["history"]).hits(&[&token(1), &token(2)]);
}

#[test]
fn allowing_a_container_allows_what_is_in_it() {
    let dir = Dir::new();
    dir.write("samples/app.zip", zip(&[(PATH, env(1).as_bytes())]));
    for path in ["samples/app.zip", "samples/app.zip!/conf/*.env"] {
        dir.write(
            ".leakgate.toml",
            format!("[[allow]]\npath = \"{path}\"\nrule = \"github-pat-classic\"\nreason = \"made up\"\n"),
        );
        dir.scan("", &["dir"]).clean();
    }
}

#[test]
fn what_is_stored_as_it_is_is_told_once() {
    let dir = Dir::new();
    dir.write("a.tar", tar(&[(PATH, env(1).as_bytes())]));
    let told = dir.scan("", &["dir"]).hits(&[&token(1)]);
    assert_eq!(told.one()["places"].as_array().map_or(0, Vec::len), 0);
    member(&told, "a.tar");
    // An archive within another is held in memory, and looked at as it is as well.
    let repo = dir.repo("repo");
    repo.commit("readme", "nothing\n");
    let mut stored = ZipWriter::new(Cursor::new(Vec::new()));
    let plain = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    stored.start_file(PATH, plain).expect("in memory");
    let value = filled("{alnum:24}", 4);
    let text = format!("{}db_password = \"{value}\"\n", env(2));
    stored.write_all(text.as_bytes()).expect("in memory");
    let stored = stored.finish().expect("in memory").into_inner();
    repo.stage("b.tgz", gzip(&tar(&[("b.jar", &stored)])));
    let once = |told: Told| {
        let told = told.hits(&[&token(2), &value]);
        for found in &told.findings {
            assert_eq!(found["path"], format!("b.tgz!/content!/b.jar!/{PATH}"));
            assert_eq!(found["places"].as_array().map_or(0, Vec::len), 0);
        }
    };
    once(repo.staged());
    repo.record("app");
    for args in [&["range", "HEAD^..HEAD"][..], &["history"], &["history", "--exhaustive"], &["dir"]] {
        once(repo.scan(args));
    }
}

#[test]
fn a_bomb_ends_at_its_budget_and_is_named() {
    let dir = Dir::new();
    let zeros = vec![0; 32 << 20];
    dir.write("bomb.gz", gzip(&zeros));
    let told = dir.scan("", &["dir", "--max-ratio", "20"]).clean();
    let closed = told.summary["unopened"].as_array().expect("it is over the budget");
    assert!(closed[0]["why"].as_str().expect("text").contains("over the budget"), "{closed:?}");
}

/// A small generator, so that every run makes the same versions.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 33) as usize % bound
    }
}

#[test]
fn a_sweep_finds_what_is_encoded_across_the_seams_of_deltas() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    let mut dice = Dice(7);
    let mut lines: Vec<String> =
        (0..400).map(|n| format!("line {n} of a file that is long enough")).collect();
    repo.commit("a.txt", lines.join("\n"));
    let mut put = 0;
    for step in 0..60 {
        let at = dice.below(lines.len() - 1);
        match dice.below(4) {
            // An encoded token, whole or in two halves of which the second comes later or never.
            0 | 1 => {
                put += 1;
                let code = encodings::encoded(dice.below(1000), &token(put));
                let half = code.len() / 2;
                let whole = dice.below(2) == 0 || !code.is_char_boundary(half);
                lines.insert(at, if whole { format!("x: {code}") } else { format!("x: {}", &code[..half]) });
                if !whole && dice.below(3) > 0 {
                    repo.commit("a.txt", lines.join("\n"));
                    lines[at] = format!("x: {code}");
                }
            }
            2 => drop(lines.remove(at)),
            _ => lines[at] = format!("changed in step {step}"),
        }
        repo.commit("a.txt", lines.join("\n"));
    }
    repo.git(&["gc", "-q", "--aggressive"]);
    let fast = repo.history();
    let slow = repo.scan(&["history", "--exhaustive"]);
    assert_eq!(fast.findings, slow.findings);
    assert!(fast.findings.len() > 10, "{} of {put}", fast.findings.len());
    let looked = |told: &Told| told.summary["examined"].as_u64().expect("a count");
    assert!(looked(&fast) * 2 < looked(&slow), "{} of {}", looked(&fast), looked(&slow));
}
