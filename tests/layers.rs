//! Who may import whom. The table is the design: whoever needs a new line in it writes down why.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// May import every layer but the command line.
const ALL: &str = "*";

/// A layer, and what it may import besides itself, each with the reason.
const TABLE: &[(&str, &[(&str, &str)])] = &[
    ("model", &[]),
    ("error", &[]),
    ("exit", &[("model", "the status is read off a report")]),
    ("block", &[]),
    ("decode", &[("block", "looks at many bytes at once")]),
    ("unpack", &[]),
    ("structure", &[]),
    ("generic", &[("model", "the vocabulary")]),
    (
        "prefilter",
        &[
            ("pattern", "words belong to rules"),
            ("model", "the vocabulary"),
            ("block", "looks at many bytes at once"),
        ],
    ),
    ("pattern", &[("model", "the vocabulary"), ("error", "a wrong rule is told")]),
    (
        "matcher",
        &[
            ("prefilter", "where to look"),
            ("pattern", "what to look for"),
            ("generic", "reads the assignment around an anchor"),
            ("model", "the vocabulary"),
            ("error", "too many words are told"),
        ],
    ),
    (
        "score",
        &[
            ("pattern", "a rule's own confidence"),
            ("structure", "offline checks"),
            ("generic", "what an assignment looks like"),
            ("matcher", "what is judged is a match"),
            ("model", "the vocabulary"),
        ],
    ),
    ("config", &[("model", "the vocabulary"), ("error", "a wrong file is told")]),
    (
        "filter",
        &[
            ("model", "the vocabulary"),
            ("config", "entries"),
            ("pattern", "what a pack itself excuses"),
            ("error", "a wrong baseline is told"),
        ],
    ),
    ("report", &[("model", "all that a report needs")]),
    ("git", &[("model", "problems"), ("error", "what cannot be opened is told")]),
    (
        "objects",
        &[("model", "problems"), ("error", "what cannot be opened is told"), ("git", "an opened repository")],
    ),
    (
        "source",
        &[
            ("model", "origins and problems"),
            ("git", "commits, trees and the index"),
            ("objects", "every object of a history"),
            ("decode", "new lines are lines of the text, not of its bytes"),
            ("error", "what cannot be resolved is told"),
        ],
    ),
    ("hook", &[("error", "what cannot be installed is told")]),
    ("audit", &[("error", "what cannot be written is told")]),
    ("pipeline", &[(ALL, "the one place that joins them")]),
    ("cli", &[(ALL, "does what is asked")]),
];

/// The modules of the crate, by the name of their folder or file below `src`.
fn layers() -> Vec<(String, Vec<PathBuf>)> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut layers = Vec::new();
    for entry in fs::read_dir(source).expect("the sources are there") {
        let path = entry.expect("readable").path();
        let name = path.file_stem().expect("a name").to_str().expect("UTF-8").to_owned();
        if !["lib", "main"].contains(&name.as_str()) {
            layers.push((name, files(&path)));
        }
    }
    layers.sort();
    layers
}

fn files(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let entries = fs::read_dir(path).expect("readable");
    entries
        .flat_map(|entry| files(&entry.expect("readable").path()))
        .filter(|path| path.extension().is_some_and(|it| it == "rs"))
        .collect()
}

/// The layers that a text names after `crate::`, alone or in braces. Comments do not count.
fn imports(text: &str) -> BTreeSet<String> {
    let code: String =
        text.lines().map(|line| line.split("//").next().unwrap_or_default().to_owned() + "\n").collect();
    let mut names = BTreeSet::new();
    for (at, word) in code.match_indices("crate::") {
        let after = &code[at + word.len()..];
        let before = code[..at].chars().next_back();
        if before.is_some_and(|it| it.is_alphanumeric() || it == '_' || it == '$') {
            continue;
        }
        match after.strip_prefix('{') {
            None => names.extend(first_word(after)),
            Some(list) => names.extend(of_list(list).iter().filter_map(|item| first_word(item))),
        }
    }
    names
}

/// The items of a list in braces, whose first one was taken off.
fn of_list(list: &str) -> Vec<&str> {
    let (mut depth, mut start, mut items) = (0, 0, Vec::new());
    for (at, character) in list.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => {
                items.push(&list[start..at]);
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                items.push(&list[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    items
}

/// A module's name: items at the root of the crate are none.
fn first_word(text: &str) -> Option<String> {
    let text = text.trim_start();
    let end = text.find(|it: char| !it.is_alphanumeric() && it != '_').unwrap_or(text.len());
    let word = &text[..end];
    word.starts_with(|it: char| it.is_ascii_lowercase()).then(|| word.to_owned())
}

#[test]
fn no_layer_imports_one_that_it_may_not_know() {
    let mut faults = Vec::new();
    for (layer, files) in layers() {
        let Some((_, allowed)) = TABLE.iter().find(|(name, _)| *name == layer) else {
            faults.push(format!("{layer} has no place in the table"));
            continue;
        };
        let may = |import: &str| {
            import == layer
                || allowed.iter().any(|(name, _)| *name == import || (*name == ALL && import != "cli"))
        };
        for file in files {
            let text = fs::read_to_string(&file).expect("sources are text");
            let wrong = imports(&text).into_iter().filter(|import| !may(import));
            faults.extend(wrong.map(|import| format!("{} imports {import}", file.display())));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_allowance_has_a_reason_and_names_a_layer() {
    for (layer, allowed) in TABLE {
        for (name, reason) in *allowed {
            assert!(
                !reason.is_empty() && (*name == ALL || TABLE.iter().any(|(it, _)| it == name)),
                "{layer}: {name}"
            );
        }
    }
}

#[test]
fn imports_are_seen_in_every_form() {
    let text = "use crate::model::Span;\nuse crate::{\n    error::Error,\n    git::{Repo, report::no},\n    Thing,\n};\n\
                // use crate::cli;\nfn x() -> crate::score::Y { mycrate::hook::z() }\n";
    assert_eq!(imports(text).into_iter().collect::<Vec<_>>(), ["error", "git", "model", "score"]);
}

#[test]
fn nothing_but_the_tests_starts_a_program_or_opens_a_socket() {
    for (layer, files) in layers() {
        for file in files {
            let text = fs::read_to_string(&file).expect("sources are text");
            let name = file.display().to_string();
            // Unit tests stand in files of their own, or at a file's end.
            if name.contains("/tests") {
                continue;
            }
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            for word in ["Command::new", "std::net", "TcpStream", "UdpSocket", "UnixStream"] {
                assert!(!code.contains(word), "{layer}: {name} has {word}");
            }
        }
    }
}

#[test]
fn every_file_opens_with_what_it_promises() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in ["src", "tests", "benches"] {
        for file in if root.join(folder).is_dir() { files(&root.join(folder)) } else { Vec::new() } {
            let text = fs::read_to_string(&file).expect("sources are text");
            assert!(text.starts_with("//! "), "{} opens without `//!`", file.display());
        }
    }
}
