//! What installing and removing hooks does to real repositories, and what git does with them then.
//! A script stands in for leakgate: it writes down how it was called.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
};

use leakgate::hook::{self, Kind, Options, Order, Target};

use crate::harness::{Dir, Ran, Repo};

mod chain;
mod ci;
mod global;
mod place;
mod ready;
mod refuse;
mod words;

/// Calls the library in a process of its own, as it reads the environment and the current folder.
fn hook(repo: &Repo<'_>, words: &str) -> Ran {
    let test = std::env::current_exe().expect("it runs");
    let mut command = repo.dir.command(test, &repo.name);
    let program = repo.dir.path("bin/leakgate");
    command.args(["--exact", "hook::library", "--nocapture"]).env("WORDS", words).env("PROGRAM", program);
    let ran = Ran::of(&mut command);
    let (status, answer) =
        ran.stdout.split_once("answer: ").expect("the library answered").1.split_once(' ').expect("two");
    let answer = answer.split_once("\n:end").expect("the answer ends").0.to_owned();
    Ran { code: Some(status.parse().expect("a number")), stdout: answer, stderr: ran.stderr }
}

/// The other half of `hook`: not a story, and nothing to do unless asked.
#[test]
fn library() {
    let Ok(words) = std::env::var("WORDS") else { return };
    let words: Vec<_> = words.split(' ').collect();
    let program = PathBuf::from(std::env::var_os("PROGRAM").expect("set with WORDS"));
    let order = if words.contains(&"after") { Order::After } else { Order::Before };
    let run = || -> Result<String, leakgate::error::Error> {
        let target = if words.contains(&"global") { Target::global()? } else { Target::here()? };
        let kind: Kind = words[1].parse()?;
        Ok(match words[0] {
            "install" => {
                format!("{:?}", hook::install(&target, kind, &Options { program, order, flags: Vec::new() })?)
            }
            "uninstall" => format!("{:?}", hook::uninstall(&target, kind)?),
            "status" => format!("{:?}", hook::status(&target, kind)?),
            "doctor" => format!("{:#?}", hook::doctor(&target)?.into_iter().find(|check| check.kind == kind)),
            word => panic!("no such call: {word}"),
        })
    };
    match run() {
        Ok(answer) => println!("answer: 0 {answer}\n:end"),
        Err(error) => println!("answer: 2 {error}\n:end"),
    }
}

/// The same, and it must succeed.
fn ok(repo: &Repo<'_>, words: &str) -> String {
    let ran = hook(repo, words);
    assert!(ran.success(), "{words}: {}", ran.all());
    ran.stdout
}

/// The same, and it must be refused.
fn refused(repo: &Repo<'_>, words: &str) -> String {
    let ran = hook(repo, words);
    assert_eq!(ran.code, Some(2), "{words} went through: {}", ran.all());
    ran.stdout
}

/// A world with a stand-in for leakgate that passes everything.
fn world() -> Dir {
    let dir = Dir::new();
    stand_in(&dir, 0);
    dir
}

/// The stand-in writes its arguments, and its standard input where there is one to read, to `calls`.
fn stand_in(dir: &Dir, status: i32) {
    let calls = dir.path("calls");
    let calls = calls.display();
    dir.script(
        "bin/leakgate",
        &format!("echo \"leakgate $*\" >>'{calls}'\ncase $* in *pre-push*|*pre-receive*) cat >>'{calls}';; esac\nexit {status}"),
    );
}

/// A hook of the user's own that does likewise.
fn own_hook(repo: &Repo<'_>, name: &str, status: i32) -> PathBuf {
    let calls = repo.dir.path("calls");
    let calls = calls.display();
    let read = if name.ends_with("pre-push") || name.ends_with("pre-receive") { "cat >>" } else { ": " };
    repo.script(name, &format!("echo \"own $*\" >>'{calls}'\n{read}'{calls}'\nexit {status}"))
}

/// What was called since the last look, line by line.
fn calls(dir: &Dir) -> Vec<String> {
    let text = fs::read_to_string(dir.path("calls")).unwrap_or_default();
    let _ = fs::remove_file(dir.path("calls"));
    text.lines().map(str::to_owned).collect()
}

/// Name, kind, mode and bytes of everything below a folder: equal before and after means restored.
fn picture(folder: &Path) -> Vec<String> {
    let mut lines = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("readable") {
            let path = entry.expect("readable").path();
            let meta = path.symlink_metadata().expect("readable");
            let content = if meta.is_symlink() {
                format!("-> {}", path.read_link().expect("a link").display())
            } else if meta.is_dir() {
                folders.push(path.clone());
                "folder".to_owned()
            } else {
                format!("{:?}", fs::read(&path).expect("readable"))
            };
            lines.push(format!("{} {:o} {content}", path.display(), meta.permissions().mode()));
        }
    }
    lines.sort();
    lines
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("our own file");
}

fn link(target: &str, path: &Path) {
    symlink(target, path).expect("a link can be made");
}
