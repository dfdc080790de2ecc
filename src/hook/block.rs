//! The few lines that turn on user-wide hooks in git's global configuration.
//!
//! Promise: adding and then removing them leaves every byte as it was, and whatever git or a person wrote
//! in between stays. Text in, text out: it may not know files.

use gix::bstr::{BString, ByteSlice, ByteVec};

const BEGIN: &str = "# leakgate: user-wide hooks, begin";
const NEW_FILE: &str = " (the file is new)";
const END: &str = "# leakgate: user-wide hooks, end";

/// A configuration without our lines.
#[derive(Debug, PartialEq, Eq)]
pub struct Without {
    pub text: BString,
    /// The file did not exist before us.
    pub new_file: bool,
    /// The setting between our lines was no longer ours.
    pub changed: bool,
}

/// The configuration with our lines at its end, where they win. `before` is nothing for a new file.
pub fn add(before: Option<&[u8]>, folder: &[u8]) -> BString {
    let mut text = BString::from(before.unwrap_or_default());
    match before {
        // This line break is ours too, and goes with the block: so it does not matter how the file ended.
        Some(_) => text.push_str(format!("\n{BEGIN}\n")),
        None => text.push_str(format!("{BEGIN}{NEW_FILE}\n")),
    }
    text.push_str("[core]\n");
    text.extend(setting(folder));
    text.push_str(format!("{END}\n"));
    text
}

/// The configuration without our lines; nothing where there are none.
pub fn remove(text: &[u8], folder: &[u8]) -> Option<Without> {
    let begin = line_start(text, BEGIN, 0)?;
    let end = line_start(text, END, begin)?;
    let mut before = &text[..begin];
    let new_file = text[begin + BEGIN.len()..].starts_with(NEW_FILE.as_bytes());
    let inner_start = begin + text[begin..].find_byte(b'\n')? + 1;
    let after = &text[(end + END.len() + 1).min(text.len())..];

    let setting = setting(folder);
    let mut inner = Vec::new();
    let mut seen = false;
    for line in text[inner_start..end].lines_with_terminator() {
        if line == setting.as_slice() {
            seen = true;
        } else {
            inner.extend_from_slice(line);
        }
    }
    if inner == b"[core]\n" {
        inner.clear();
    }
    let rest = [inner.as_slice(), after].concat();
    if !new_file && let Some(shorter) = before.strip_suffix(b"\n") {
        // It was our line break, unless it now parts two lines.
        if rest.is_empty() || shorter.is_empty() || shorter.ends_with(b"\n") {
            before = shorter;
        }
    }
    Some(Without { text: [before, rest.as_slice()].concat().into(), new_file, changed: !seen })
}

fn setting(folder: &[u8]) -> Vec<u8> {
    let value = folder.replace(r"\", r"\\").replace("\"", "\\\"").replace("\n", "\\n");
    [b"\thooksPath = \"".as_slice(), &value, b"\"\n"].concat()
}

/// Where the first line from `from` on begins that starts with `mark`.
fn line_start(text: &[u8], mark: &str, from: usize) -> Option<usize> {
    text[from..].find_iter(mark).map(|at| from + at).find(|at| *at == 0 || text[at - 1] == b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOLDER: &[u8] = b"/home/ann/.config/leakgate/hooks";

    #[test]
    fn adding_and_removing_leaves_every_byte() {
        for before in
            ["", "[user]\n\tname = Ann\n", "[user]\n\tname = Ann", "\n\n", "[a]\r\n\tb = c\r\n", "# no end\\"]
        {
            let with = add(Some(before.as_bytes()), FOLDER);
            let without = remove(&with, FOLDER).expect("our lines are there");
            assert_eq!(without, Without { text: before.into(), new_file: false, changed: false });
        }
        let without = remove(&add(None, FOLDER), FOLDER).expect("our lines are there");
        assert_eq!(without, Without { text: "".into(), new_file: true, changed: false });
    }

    #[test]
    fn what_others_wrote_in_between_stays() {
        let mut with = add(Some(b"[user]\n\tname = Ann"), FOLDER);
        with = with.replace(END, format!("\teditor = vi\n{END}")).into();
        with.push_str("[pull]\n\trebase = true\n");
        let without = remove(&with, FOLDER).expect("our lines are there");
        assert_eq!(without.text, "[user]\n\tname = Ann\n[core]\n\teditor = vi\n[pull]\n\trebase = true\n");
        assert!(!without.changed);
    }

    #[test]
    fn another_folder_set_since_stays_and_is_told() {
        let with = add(Some(b""), FOLDER).replace(FOLDER, "/elsewhere");
        let without = remove(&with, FOLDER).expect("our lines are there");
        assert!(without.changed);
        assert_eq!(without.text, "[core]\n\thooksPath = \"/elsewhere\"\n");
    }

    #[test]
    fn no_lines_of_ours_is_nothing_to_remove() {
        assert_eq!(remove(b"[core]\n\thooksPath = x\n", FOLDER), None);
    }
}
