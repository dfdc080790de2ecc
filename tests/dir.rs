//! Files and folders as they stand on disk: what is left out, what is not, and in which encodings.

use std::{fs, os::unix::fs::symlink, path::Path, process::Command};

use crate::harness::{Dir, Told, made, place};

mod large;

fn line(number: u64) -> String {
    format!("github = {}\n", made::token(number))
}

fn pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().expect("it runs").success());
}

#[test]
fn files_and_folders_are_scanned_and_places_are_right() {
    let dir = Dir::new();
    dir.write("folder/deep/a.env", format!("one\ntwo {}", line(1)));
    dir.write("folder/b.env", format!("\u{f1}\u{4e16}\u{1f600} x = '{}'", made::token(2)));
    for args in [&["dir", "folder"][..], &["dir", "folder/deep/a.env", "folder/b.env"], &["dir", "./folder/"]]
    {
        let told = dir.scan("", args).hits(&[&made::token(1), &made::token(2)]);
        let mut places: Vec<_> = told
            .findings
            .iter()
            .map(|found| (place(found), found["end_line"].as_u64(), found["end_column"].as_u64()))
            .collect();
        places.sort_unstable();
        let wanted =
            [(("folder/b.env", 1, 10), Some(1), Some(50)), (("folder/deep/a.env", 2, 14), Some(2), Some(54))];
        assert_eq!(places.len(), 2);
        for (place, wanted) in places.iter().zip(wanted) {
            assert_eq!(
                (place.0.1, place.0.2, place.1, place.2),
                (wanted.0.1, wanted.0.2, wanted.1, wanted.2)
            );
            assert!(place.0.0.ends_with(wanted.0.0), "{place:?}");
        }
    }
    assert_eq!(place(dir.scan("folder", &["dir", "b.env"]).one()).0, "b.env");
    assert_eq!(
        place(
            dir.scan("folder", &["dir"])
                .hits(&[&made::token(1), &made::token(2)])
                .findings
                .first()
                .expect("two")
        )
        .0,
        "b.env"
    );
}

#[test]
fn what_git_ignores_is_left_out_unless_asked_for() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.write(".gitignore", "*.log\n/build/\n!keep.log\n");
    repo.write("sub/.gitignore", "here.txt\n");
    repo.write(".git/info/exclude", "private.txt\n");
    for (number, name) in
        ["a.log", "build/b", "keep.log", "sub/here.txt", "private.txt", "sub/build/c", ".hidden/d"]
            .iter()
            .enumerate()
    {
        repo.write(name, line(number as u64));
    }
    let tokens = |numbers: &[u64]| -> Vec<String> { numbers.iter().copied().map(made::token).collect() };
    let check = |told: Told, numbers: &[u64]| {
        let tokens = tokens(numbers);
        told.hits(&tokens.iter().map(String::as_str).collect::<Vec<_>>())
    };
    check(repo.scan(&["dir"]), &[2, 5, 6]);
    check(repo.scan(&["dir", "--no-ignore"]), &[0, 1, 2, 3, 4, 5, 6]);
    // A file that is named is read whatever the rules say.
    check(repo.scan(&["dir", "a.log"]), &[0]);
}

#[test]
fn hidden_files_count_and_no_other_tool_decides_what_is_read() {
    let dir = Dir::new();
    dir.write("folder/.env", line(1));
    dir.write("folder/.config/x", line(2));
    dir.write("folder/.ignore", "*\n");
    dir.write("folder/.rgignore", "*\n");
    dir.scan("folder", &["dir"]).hits(&[&made::token(1), &made::token(2)]);
}

#[test]
fn the_git_folder_is_left_to_the_history_scan() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.write(".git/notes.txt", line(1));
    repo.scan(&["dir", "--no-ignore"]).clean();
}

#[test]
fn a_link_is_its_name_and_is_not_followed() {
    let dir = Dir::new();
    dir.write("outside/a.env", line(1));
    dir.write("folder/b", "1\n");
    symlink("../outside", dir.path("folder/out")).expect("a link");
    symlink("../outside/a.env", dir.path("folder/file")).expect("a link");
    symlink(".", dir.path("folder/round")).expect("a link");
    symlink("nowhere", dir.path("folder/dangling")).expect("a link");
    dir.scan("", &["dir", "folder"]).clean();
    symlink(made::token(2), dir.path("folder/told")).expect("a link");
    dir.scan("", &["dir", "folder"]).hits(&[&made::token(2)]);
    // One that is named stands for what it points at.
    dir.scan("", &["dir", "folder/file"]).hits(&[&made::token(1)]);
    dir.scan("", &["dir", "folder/out"]).hits(&[&made::token(1)]);
}

#[test]
fn what_cannot_be_read_is_counted_and_named() {
    let dir = Dir::new();
    dir.write("a", "1\n");
    // Permissions do not stop root, under whom tests may run; a link to itself stops anyone.
    symlink("loop", dir.path("loop")).expect("a link");
    let told = dir.scan("", &["dir", "a", "loop"]).incomplete("loop");
    assert_eq!(told.summary["files"], serde_json::json!({"asked": 2, "read": 1}));
    dir.write("b", line(1));
    let told = dir.scan("", &["dir", "b", "loop"]);
    assert_eq!(told.ran.code, Some(1), "findings win over trouble");
    assert_eq!((told.secrets(), &told.summary["complete"]), (vec![&*made::token(1)], &false.into()));
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_fails_while_it_is_read_is_named() {
    // Readable by permission, but not at its first byte, even for root.
    let dir = Dir::new();
    let told = dir.scan("", &["dir", "/proc/self/mem"]).incomplete("/proc/self/mem");
    assert_eq!(told.summary["files"], serde_json::json!({"asked": 1, "read": 0}));
}

#[test]
fn a_file_without_permission_is_named() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = Dir::new();
    let path = dir.write("folder/closed", line(1));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).expect("our own file");
    if fs::read(&path).is_ok() {
        // Root reads it all the same, so the scan must as well.
        dir.scan("", &["dir", "folder"]).hits(&[&made::token(1)]);
    } else {
        dir.scan("", &["dir", "folder"]).incomplete("closed");
    }
}

#[test]
fn a_path_that_is_not_there_is_an_error() {
    let dir = Dir::new();
    dir.write("a", line(1));
    dir.scan("", &["dir", "a", "no-such-file"]).refused("no-such-file");
}

#[test]
fn a_pipe_is_read_if_named_and_passed_by_in_a_folder() {
    let dir = Dir::new();
    dir.write("folder/a.env", line(1));
    pipe(&dir.path("folder/pipe"));
    dir.scan("", &["dir", "folder"]).hits(&[&made::token(1)]);
    let path = dir.path("folder/pipe");
    let writer = std::thread::spawn(move || fs::write(path, line(2)));
    dir.scan("", &["dir", "folder/pipe"]).hits(&[&made::token(2)]);
    writer.join().expect("no panic").expect("it was read to its end");
}

#[test]
fn utf_16_is_read_with_and_without_a_mark() {
    let dir = Dir::new();
    let text = format!("first\r\nkey = '{}'\r\n", made::token(1));
    let encode = |order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect::<Vec<u8>>();
    for (name, mark, bytes) in [
        ("le", &b""[..], encode(u16::to_le_bytes)),
        ("be", b"", encode(u16::to_be_bytes)),
        ("le-bom", b"\xff\xfe", encode(u16::to_le_bytes)),
        ("be-bom", b"\xfe\xff", encode(u16::to_be_bytes)),
    ] {
        dir.write(name, [mark, &bytes].concat());
        let told = dir.scan("", &["dir", name]).hits(&[&made::token(1)]);
        assert_eq!(place(told.one()), (name, 2, 8));
    }
}

#[test]
fn nul_bytes_and_other_odd_bytes_hide_nothing() {
    let dir = Dir::new();
    for (name, before) in [
        ("nul", &b"\0\0\0\n"[..]),
        ("elf", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0"),
        ("latin", b"caf\xe9 \xff\xfe\n"),
        ("utf-8 mark", b"\xef\xbb\xbf"),
        ("escape", b"\x1b[2J\x08\x08"),
        ("false utf-16 mark", b"\xff\xfe"),
    ] {
        for after in [&b"\n"[..], b"", b"\0", b"\xff"] {
            dir.write(name, [before, line(1).trim_end().as_bytes(), after].concat());
            dir.scan("", &["dir", name]).hits(&[&made::token(1)]);
        }
    }
}

#[test]
fn line_ends_of_windows_and_of_old_macs_do_not_move_places() {
    let dir = Dir::new();
    dir.write("crlf", format!("a\r\nb\r\n  {}\r\nc\r\n", made::token(1)));
    let told = dir.scan("", &["dir", "crlf"]).hits(&[&made::token(1)]);
    assert_eq!(place(told.one()), ("crlf", 3, 3));
    assert_eq!((&told.one()["end_line"], &told.one()["end_column"]), (&3.into(), &43.into()));
    // Lines are told by LF only, as in git.
    dir.write("cr", format!("a\r{}\r", made::token(1)));
    assert_eq!(place(dir.scan("", &["dir", "cr"]).hits(&[&made::token(1)]).one()), ("cr", 1, 3));
}

#[test]
fn where_a_folder_lies_says_nothing_of_what_stands_in_it() {
    let dir = Dir::new();
    let value = made::filled("{alnum:12}", 7);
    let judged = |told: &Told| {
        let finding = told.one();
        ["severity", "confidence", "reasons"].map(|field| finding[field].clone())
    };
    let told = ["tests/fixtures/app", "plain"].map(|folder| {
        dir.write(format!("{folder}/settings.py"), format!("DB_PASSWORD = \"{value}\"\n"));
        judged(&dir.scan("", &["dir", dir.path(folder).to_str().expect("UTF-8")]))
    });
    assert_eq!(told[0], told[1]);
    // In a repository its root is where paths begin, wherever one stands.
    let repo = dir.repo("tests/repo");
    repo.write("docs/settings.py", format!("DB_PASSWORD = \"{value}\"\n"));
    let inner = dir.path("tests/repo/docs");
    let from = |folder: &str, path: &str| judged(&dir.scan(folder, &["dir", path]));
    let all = [
        from("tests/repo", "."),
        from("tests/repo", "docs"),
        from("tests/repo/docs", "."),
        from("tests/repo/docs", "settings.py"),
        from("plain", "../tests/repo/docs"),
        from("", inner.to_str().expect("UTF-8")),
    ];
    assert!(all.iter().all(|one| *one == all[0]), "{all:?}");
    assert_ne!(all[0], told[1], "documents are told from other files");
}
