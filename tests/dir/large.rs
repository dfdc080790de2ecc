//! Texts larger than one window: nothing is lost at a border or told twice, and places stay right.

use super::*;

/// What the engine takes at a time. Only where the interesting borders lie depends on it: other numbers
/// would make the test blunt, not wrong.
const WINDOW: usize = 16 << 20;

/// A text of `length` bytes that is made of lines of `width` bytes.
fn filler(length: usize, width: usize) -> Vec<u8> {
    (0..length).map(|at| if at % width == width - 1 { b'\n' } else { b'.' }).collect()
}

#[test]
fn tokens_at_the_borders_of_windows_are_found_once_and_in_place() {
    const GUARD: usize = 64 << 10;
    let dir = Dir::new();
    let mut text = filler(40 << 20, 1021);
    let mut wanted = Vec::new();
    // Across each border, just before it and just after it.
    let across = [WINDOW, 2 * WINDOW, WINDOW + GUARD, WINDOW - GUARD, 2 * WINDOW + GUARD].map(|at| at - 20);
    let beside = [WINDOW - 100, WINDOW + 60, 2 * WINDOW - 61, 2 * WINDOW + 21, 2 * WINDOW - GUARD, 0];
    for (number, &at) in across.iter().chain(&beside).enumerate() {
        let value = made::token(number as u64);
        text[at..at + value.len()].copy_from_slice(value.as_bytes());
        wanted.push((value, at));
    }
    let position = |at: usize| {
        let line = text[..at].iter().filter(|&&byte| byte == b'\n').count() as u64 + 1;
        let column = text[..at].iter().rev().take_while(|&&byte| byte != b'\n').count() as u64 + 1;
        (line, column)
    };
    let mut wanted: Vec<_> = wanted.iter().map(|(value, at)| (value.as_str(), position(*at))).collect();
    dir.write("large", &text);
    let told = dir.scan("", &["dir", "large"]);
    let mut found: Vec<_> = told
        .findings
        .iter()
        .map(|found| (found["secret"].as_str().expect("text"), (place(found).1, place(found).2)))
        .collect();
    found.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(found, wanted);
    assert!(told.findings.iter().all(|found| found["places"] == serde_json::json!([])), "each once");
    // The file's name is scanned as well.
    assert_eq!(told.summary["bytes"]["read"], (40 << 20) + "large".len());
}

#[test]
fn a_token_across_a_border_of_one_endless_line_is_found() {
    let dir = Dir::new();
    let mut text = vec![b'.'; 20 << 20];
    let values = [made::token(1), made::token(2), made::token(3)];
    for (value, at) in values.iter().zip([WINDOW - 20, WINDOW + (64 << 10) - 20, (20 << 20) - 40]) {
        text[at..at + 40].copy_from_slice(value.as_bytes());
    }
    dir.write("line", &text);
    let told = dir.scan("", &["dir", "line"]).hits(&[&values[0], &values[1], &values[2]]);
    let mut columns: Vec<_> = told.findings.iter().map(|found| (place(found).1, place(found).2)).collect();
    columns.sort_unstable();
    let wanted = [WINDOW - 20, WINDOW + (64 << 10) - 20, (20 << 20) - 40].map(|at| (1, at as u64 + 1));
    assert_eq!(columns, wanted);
    // What is shown of it stays short.
    let ran = crate::harness::Ran::of(&mut dir.leakgate("", &["dir", "line"]));
    assert!(ran.stdout.len() < 10_000, "{}", ran.stdout.len());
}

#[test]
fn a_secret_of_many_lines_across_a_border_is_found() {
    let dir = Dir::new();
    let key = made::private_key();
    let mut text = filler(WINDOW + (1 << 20), 64);
    let at = WINDOW - 64 * 10;
    let before = text[..at].iter().filter(|&&byte| byte == b'\n').count() as u64;
    text.splice(at..at, key.bytes());
    dir.write("large", text);
    let told = dir.scan("", &["dir", "large"]);
    assert_eq!(told.ran.code, Some(1), "{}", told.ran.stderr);
    assert_eq!(place(told.one()), ("large", before + 1, 1));
}

#[test]
fn assignments_at_one_place_of_two_windows_hide_nothing_of_each_other() {
    let dir = Dir::new();
    let mut text = filler(40 << 20, 64);
    let values =
        [made::filled("{alnum:14}", 1), made::filled("{alnum:14}", 2), made::filled("{alnum:14}", 3)];
    // The second window begins a guard before its core, and so on.
    let apart = WINDOW - (64 << 10);
    for (number, value) in values.iter().enumerate() {
        let at = (1 << 20) + number * apart;
        let line = format!("\ndb_password = \"{value}\"\n");
        text[at..at + line.len()].copy_from_slice(line.as_bytes());
    }
    dir.write("large.py", text);
    let _ = dir.scan("", &["dir", "large.py"]).hits(&[&values[0], &values[1], &values[2]]);
}
