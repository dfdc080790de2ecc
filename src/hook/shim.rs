//! The text of a hook: a few lines of POSIX shell that call leakgate and the hook that was there before.
//!
//! Promise: a hook that cannot find leakgate blocks and says how to mend it; the exit status of whoever
//! fails first is the hook's own; both see the same arguments and the same standard input.
//! It may not know where the text will lie.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use data_encoding::HEXLOWER;
use gix::bstr::{ByteSlice, ByteVec};
use sha2::{Digest, Sha256};

use super::Kind;

/// The form of the text below. Raise it with every change of the text.
const VERSION: u32 = 1;
const MARKER: &str = "# leakgate hook v";

/// When the hook that was there before runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// It runs first, so that leakgate sees what it changed or staged.
    #[default]
    Before,
    /// It runs only once leakgate has passed.
    After,
}

/// A hook to be written.
#[derive(Clone, Debug)]
pub struct Shim<'a> {
    /// Git's name for the hook.
    pub name: &'a str,
    /// What leakgate does here; nothing where the shim only hands on.
    pub gate: Option<Gate<'a>>,
    pub other: Other<'a>,
}

/// How a shim calls leakgate.
#[derive(Clone, Copy, Debug)]
pub struct Gate<'a> {
    pub kind: Kind,
    pub program: &'a Path,
    /// Given to leakgate besides.
    pub flags: &'a [String],
    pub order: Order,
}

/// Where the other hook lies, the one that was there before.
#[derive(Clone, Copy, Debug)]
pub enum Other<'a> {
    /// Beside the shim, under the name it was moved to.
    Kept,
    /// In the repository's own `hooks` folder.
    Repository,
    /// In a folder that `core.hooksPath` named before.
    Folder(&'a Path),
}

/// What the marker line of a file tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marker {
    pub version: u32,
    /// The file is as leakgate wrote it.
    pub intact: bool,
    /// The program it calls; nothing where it only hands on.
    pub program: Option<PathBuf>,
}

/// The name under which the hook that was there before is kept.
pub fn kept_name(name: &str) -> String {
    format!("{name}.before-leakgate")
}

impl Shim<'_> {
    /// The bytes of the hook file.
    pub fn render(&self) -> Vec<u8> {
        let mut body = Vec::new();
        body.push_str(
            "# `leakgate hook uninstall` takes this out. An edited copy is left alone, so do not edit.\n",
        );
        if let Some(gate) = &self.gate {
            find_program(&mut body, gate, self.other);
        }
        self.find_other(&mut body);
        match &self.gate {
            Some(gate) => run_both(&mut body, gate),
            None => body.push_str("\texec \"$other\" \"$@\"\nfi\n"),
        }
        let mut text = format!("#!/bin/sh\n{MARKER}{VERSION} {}\n", checksum(&body)).into_bytes();
        text.extend(body);
        text
    }

    /// Sets `other`, and opens the `if` for the case that it exists.
    fn find_other(&self, body: &mut Vec<u8>) {
        let name = self.name;
        match self.other {
            Other::Kept => {
                // Not `$0.before-…`: other tools rename this file and still run it.
                body.push_str(format!("other=${{0%\"${{0##*/}}\"}}{}\n", kept_name(name)));
                // Existing is enough: one that cannot run must fail, not be passed over.
                body.push_str("if [ -e \"$other\" ] || [ -L \"$other\" ]; then\n");
                return;
            }
            Other::Repository => {
                body.push_str(
                    "# Git looks for hooks in this folder alone: the repository's own runs from here.\n",
                );
                // Not by asking git first: while `git init` runs there is no repository to it, but hooks run.
                body.push_str("folder=${GIT_COMMON_DIR:-${GIT_DIR:-.git}}\n");
                body.push_str("if ! [ -d \"$folder\" ] || [ -e \"$folder/commondir\" ]; then\n");
                body.push_str("\tfolder=$(git rev-parse --git-common-dir) || exit\n");
                body.push_str("fi\n");
                body.push_str(format!("other=$folder/hooks/{name}\n"));
            }
            Other::Folder(folder) => {
                body.push_str("# Git looks for hooks in this folder alone: the one it looked in before runs from here.\n");
                body.push_str("other=");
                body.extend(quoted(folder));
                body.push_str(format!("/{name}\n"));
            }
        }
        // As git does: one without the executable bit is no hook. And never this very file.
        body.push_str("if [ -f \"$other\" ] && [ -x \"$other\" ] && ! [ \"$other\" -ef \"$0\" ]; then\n");
    }
}

fn find_program(body: &mut Vec<u8>, gate: &Gate<'_>, other: Other<'_>) {
    let kind = gate.kind;
    let scope = if matches!(other, Other::Kept) { "" } else { " --global" };
    body.push_str("program=");
    body.extend(quoted(gate.program));
    body.push_str(format!(
        "\n\
         if ! [ -f \"$program\" ] || ! [ -x \"$program\" ]; then\n\
         \tgone=$program\n\
         \tprogram=$(command -v leakgate) || {{\n\
         \t\techo \"leakgate: blocked, as nobody can look for secrets: no program $gone, and no leakgate on PATH\"\n\
         \t\techo \"help: install leakgate and run 'leakgate hook install --type {kind}{scope}' again;\"\n\
         \t\techo \"      to do without it, delete $0 by hand\"\n\
         \t\texit 2\n\
         \t}} >&2\n\
         fi\n"
    ));
}

fn run_both(body: &mut Vec<u8>, gate: &Gate<'_>) {
    let ours = ours(gate);
    let other = b"\"$other\" \"$@\"".to_vec();
    let (first, second) = match gate.order {
        Order::Before => (&other, &ours),
        Order::After => (&ours, &other),
    };
    if gate.kind.reads_stdin() {
        // Both must read all of it. A file holds any size, and open handles outlive its name.
        body.push_str("\tlines=$(mktemp) && cat >\"$lines\" && exec 3<\"$lines\" 4<\"$lines\" && rm -f \"$lines\" || exit 2\n");
        body.extend([b"\t", &first[..], b" <&3 && ", second, b" <&4\n"].concat());
    } else {
        body.extend([b"\t", &first[..], b" && ", second, b"\n"].concat());
    }
    body.extend([b"else\n\t", &ours[..], b"\nfi\n"].concat());
}

/// The call of leakgate, in shell.
fn ours(gate: &Gate<'_>) -> Vec<u8> {
    let mut call = format!("\"$program\" {}", gate.kind.words().join(" ")).into_bytes();
    for flag in gate.flags {
        call.push(b' ');
        let plain = |it: u8| it.is_ascii_alphanumeric() || b"-_=./,:".contains(&it);
        match !flag.is_empty() && flag.bytes().all(plain) {
            true => call.extend_from_slice(flag.as_bytes()),
            false => call.extend(quoted(Path::new(flag))),
        }
    }
    call.push_str(gate.kind.arguments());
    call
}

/// Reads the marker, if the text has one: it is a hook of ours then, though maybe an edited one.
pub fn marker(text: &[u8]) -> Option<Marker> {
    let start = text.find(format!("\n{MARKER}"))? + 1;
    let line = text[start..].lines().next()?.to_str_lossy();
    let (version, sum) = line[MARKER.len()..].split_once(' ').unwrap_or_default();
    let body = text.get(start + line.len() + 1..).unwrap_or_default();
    Some(Marker {
        version: version.parse().unwrap_or_default(),
        intact: &text[..start] == b"#!/bin/sh\n" && sum == checksum(body),
        program: program(body),
    })
}

fn program(body: &[u8]) -> Option<PathBuf> {
    let quoted = &body[body.find("\nprogram='")? + b"\nprogram='".len()..];
    let end = quoted.find("'\n")?;
    let bytes = quoted[..end].replace(r"'\''", "'");
    bytes.into_os_string().ok().map(OsString::into)
}

fn checksum(body: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(body)[..8])
}

/// The path as one word of the shell.
fn quoted(path: &Path) -> Vec<u8> {
    let mut word = b"'".to_vec();
    word.extend(path.as_os_str().as_encoded_bytes().replace("'", r"'\''"));
    word.push(b'\'');
    word
}
