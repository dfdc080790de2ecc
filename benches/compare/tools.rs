//! Which tools there are, and how each is asked the same question.

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::scene::{PLANTED, Scene};

/// One of the questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    Staged,
    Dir,
    History,
}

impl Gate {
    pub const ALL: [Self; 3] = [Self::Staged, Self::Dir, Self::History];

    pub fn word(self) -> &'static str {
        match self {
            Self::Staged => "staged",
            Self::Dir => "dir",
            Self::History => "history",
        }
    }

    pub fn named(word: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|gate| gate.word() == word)
            .ok_or_else(|| format!("no gate is called {word:?}"))
    }
}

/// How to count what a tool reports, in the text that it prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reports {
    /// It looks for nothing: the least that could be done.
    Nothing,
    /// JSON Lines of leakgate.
    Leakgate,
    /// An array of findings.
    JsonArray,
    /// A line of JSON with `"rule"` for each.
    JsonLines,
    /// `{"results": {path: [finding…]}}`
    JsonByPath,
    /// A line of text for each.
    Lines,
}

/// A tool and the command that asks it.
pub struct Candidate {
    pub name: &'static str,
    pub program: PathBuf,
    pub args: Vec<OsString>,
    pub folder: PathBuf,
    pub reports: Reports,
    /// Its output is too much to be kept.
    pub discard: bool,
}

impl Candidate {
    pub fn command(&self, scene: &Scene) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.args);
        self.surround(&mut command, scene);
        command
    }

    /// The same under another program, such as `time`.
    pub fn command_under(&self, scene: &Scene, outer: &str, outer_args: &[&str]) -> Command {
        let mut command = Command::new(outer);
        command.args(outer_args).arg(&self.program).args(&self.args);
        self.surround(&mut command, scene);
        command
    }

    fn surround(&self, command: &mut Command, scene: &Scene) {
        command
            .current_dir(&self.folder)
            .env("HOME", scene.home())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            // Some make commits of what is staged, for which git wants a name.
            .envs([("GIT_AUTHOR_NAME", "Ann Author"), ("GIT_AUTHOR_EMAIL", "ann@example.com")])
            .envs([("GIT_COMMITTER_NAME", "Ann Author"), ("GIT_COMMITTER_EMAIL", "ann@example.com")])
            .stdin(Stdio::null())
            .stderr(Stdio::null());
    }
}

/// Name, variable that may hold its path, and arguments that print its version.
const OTHERS: [(&str, &str, &[&str]); 6] = [
    ("git", "GIT", &["--version"]),
    ("rg", "RG", &["--version"]),
    ("gitleaks", "GITLEAKS", &["version"]),
    ("kingfisher", "KINGFISHER", &["--version", "--no-update-check"]),
    ("ripsecrets", "RIPSECRETS", &["--version"]),
    ("detect-secrets", "DETECT_SECRETS", &["--version"]),
];

/// What was found on this machine.
pub struct Tools {
    /// Name, path and version.
    pub found: Vec<(&'static str, PathBuf, String)>,
    pub missing: Vec<&'static str>,
}

impl Tools {
    /// Looks in the environment, then on `PATH`.
    pub fn find() -> Self {
        let ours =
            env::var_os("LEAKGATE").map_or_else(|| env!("CARGO_BIN_EXE_leakgate").into(), PathBuf::from);
        let version = version(&ours, &["--version"]);
        let mut tools = Self { found: vec![("leakgate", ours, version)], missing: Vec::new() };
        for (name, variable, args) in OTHERS {
            match env::var_os(variable).map(PathBuf::from).or_else(|| on_path(name)) {
                Some(path) => tools.found.push((name, path.clone(), version_of(name, &path, args))),
                None => tools.missing.push(name),
            }
        }
        tools
    }

    /// Who can answer this question, and how; leakgate first.
    pub fn candidates(&self, gate: Gate, scene: &Scene) -> Vec<Candidate> {
        self.found.iter().filter_map(|(name, path, _)| ask(name, path, gate, scene)).collect()
    }
}

fn version_of(name: &str, path: &Path, args: &[&str]) -> String {
    let told = version(path, args);
    if told.contains(name) { told } else { format!("{name} {told}") }
}

fn version(path: &Path, args: &[&str]) -> String {
    let ran = Command::new(path).args(args).stdin(Stdio::null()).output();
    let text = ran.map(|ran| String::from_utf8_lossy(&ran.stdout).into_owned()).unwrap_or_default();
    text.lines().next().unwrap_or("of unknown version").trim().to_owned()
}

fn on_path(name: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(name)).find(|path| is_program(path))
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.is_file())
}

/// Options are those that make a tool do no more than the others: no network, no banner, no extraction
/// beyond its default. `None` where a tool has no such gate.
fn ask(name: &'static str, path: &Path, gate: Gate, scene: &Scene) -> Option<Candidate> {
    use Gate::{Dir, History, Staged};
    let gitleaks = "--no-banner --log-level error --redact --report-format json --report-path -";
    let kingfisher = "--no-validate --no-update-check --quiet --redact --format jsonl";
    let (label, line, reports) = match (name, gate) {
        ("leakgate", Staged) => (name, "staged --format jsonl".to_owned(), Reports::Leakgate),
        ("leakgate", Dir) => (name, "dir . --format jsonl".to_owned(), Reports::Leakgate),
        ("leakgate", History) => (name, "history . --format jsonl".to_owned(), Reports::Leakgate),
        ("git", Staged) => ("git diff --cached", "diff --cached".to_owned(), Reports::Nothing),
        ("git", History) => (
            "git cat-file (every object)",
            "cat-file --batch-all-objects --batch --unordered --buffer".to_owned(),
            Reports::Nothing,
        ),
        // One fixed pattern that is nowhere: every file is read, and nothing is printed.
        ("rg", Dir) => {
            ("rg (one pattern)", "--hidden --glob !.git NoSuchWord[0-9]{40} .".to_owned(), Reports::Nothing)
        }
        ("gitleaks", Staged) => (name, format!("git --pre-commit --staged {gitleaks} ."), Reports::JsonArray),
        ("gitleaks", Dir) => (name, format!("dir {gitleaks} ."), Reports::JsonArray),
        ("gitleaks", History) => (name, format!("git {gitleaks} --log-opts=--all ."), Reports::JsonArray),
        ("kingfisher", Staged) => (name, format!("scan . --staged {kingfisher}"), Reports::JsonLines),
        ("kingfisher", Dir) => (name, format!("scan . --git-history none {kingfisher}"), Reports::JsonLines),
        ("kingfisher", History) => (name, format!("scan . {kingfisher}"), Reports::JsonLines),
        ("ripsecrets", Staged) => (name, format!("--strict-ignore {}", files(scene)), Reports::Lines),
        ("ripsecrets", Dir) => (name, ".".to_owned(), Reports::Lines),
        ("detect-secrets", Staged) => (name, format!("scan {}", files(scene)), Reports::JsonByPath),
        ("detect-secrets", Dir) => (name, "scan .".to_owned(), Reports::JsonByPath),
        _ => return None,
    };
    let folder = if gate == History { &scene.history } else { &scene.work };
    Some(Candidate {
        name: label,
        program: path.to_owned(),
        args: line.split(' ').map(OsString::from).collect(),
        folder: folder.clone(),
        reports,
        discard: gate == History && reports == Reports::Nothing,
    })
}

/// The staged files, for tools that are given names. None has a space in it.
fn files(scene: &Scene) -> String {
    format!("{} {} {PLANTED}", scene.changed[0], scene.changed[1])
}
