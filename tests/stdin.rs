//! A pipe: `leakgate stdin`.

use crate::harness::{Dir, Told, made, place};

fn scan(dir: &Dir, folder: &str, args: &[&str], input: &[u8]) -> Told {
    Told::fed(dir.leakgate(folder, &["stdin"]).args(args), input)
}

#[test]
fn what_comes_in_is_scanned_and_named_as_asked() {
    let dir = Dir::new();
    let text = format!("a\nkey = {}\n", made::token(1));
    let told = scan(&dir, "", &[], text.as_bytes()).hits(&[&made::token(1)]);
    assert_eq!(place(told.one()), ("stdin", 2, 7));
    let told = scan(&dir, "", &["--path", "conf/app.env"], text.as_bytes()).hits(&[&made::token(1)]);
    assert_eq!(place(told.one()), ("conf/app.env", 2, 7));
    assert!(told.one()["commit"].is_null() && told.one()["blob"].is_null());
}

#[test]
fn an_empty_pipe_is_clean() {
    let dir = Dir::new();
    let told = scan(&dir, "", &[], b"").clean();
    assert_eq!(told.summary["files"], serde_json::json!({"asked": 1, "read": 1}));
    assert_eq!(told.summary["bytes"]["read"], 0);
}

#[test]
fn bytes_that_are_no_text_hide_nothing() {
    let dir = Dir::new();
    for before in [&b"\0"[..], b"\xff\xfe\xfd", b"\x1f\x8b\x08"] {
        let input = [before, b" ", made::token(1).as_bytes()].concat();
        scan(&dir, "", &[], &input).hits(&[&made::token(1)]);
    }
}

#[test]
fn a_pipe_that_gives_a_little_at_a_time_is_read_to_its_end() {
    let dir = Dir::new();
    let script = format!("printf 'key = ghp_'; sleep 0.1; printf '%s' '{}'", &made::token(1)["ghp_".len()..]);
    let mut shell = dir.command("sh", "");
    shell.args(["-c", &format!("({script}) | \"$0\" stdin --format jsonl"), crate::harness::PROGRAM]);
    let ran = crate::harness::Ran::of(&mut shell);
    assert_eq!(ran.code, Some(1), "{}", ran.all());
}

#[test]
fn the_configuration_of_the_folder_and_the_given_path_decide() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.write(".leakgate.toml", "[[allow]]\npath = 'tests/**'\nreason = 'made up'\n");
    let text = made::token(1);
    for folder in ["repo", "repo/.git"] {
        scan(&dir, "repo", &["--path", "tests/a"], text.as_bytes()).clean();
        scan(&dir, folder, &["--path", "src/a"], text.as_bytes()).hits(&[&text]);
    }
    scan(&dir, "home", &["--path", "tests/a"], text.as_bytes()).hits(&[&text]);
}
