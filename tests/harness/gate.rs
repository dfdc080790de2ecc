//! Runs the built program, and reads what it tells. Knows the command line and the JSON Lines contract,
//! and nothing of the library.

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::Value;

use super::{Dir, Ran, Repo};

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_leakgate");

/// What a scan told.
#[derive(Debug)]
pub struct Told {
    pub ran: Ran,
    pub findings: Vec<Value>,
    /// Null where the run did not come to one.
    pub summary: Value,
}

impl Dir {
    /// The program in `folder`, ready to run.
    pub fn leakgate(&self, folder: impl AsRef<Path>, args: &[&str]) -> Command {
        let mut command = self.command(PROGRAM, folder);
        command.args(args);
        command
    }

    /// Runs the program with values shown, so that stories can say which one was found.
    #[must_use]
    pub fn scan(&self, folder: impl AsRef<Path>, args: &[&str]) -> Told {
        Told::of(&mut self.leakgate(folder, args))
    }
}

impl Repo<'_> {
    pub fn leakgate(&self, args: &[&str]) -> Command {
        self.dir.leakgate(&self.name, args)
    }

    /// Runs the program as a person would, and returns what it printed.
    pub fn run(&self, args: &[&str]) -> Ran {
        Ran::of(&mut self.leakgate(args))
    }

    #[must_use]
    pub fn scan(&self, args: &[&str]) -> Told {
        self.dir.scan(&self.name, args)
    }

    /// Scans the staged change.
    #[must_use]
    pub fn staged(&self) -> Told {
        self.scan(&["staged"])
    }

    #[must_use]
    pub fn range(&self, range: &str) -> Told {
        self.scan(&["range", range])
    }

    #[must_use]
    pub fn history(&self) -> Told {
        self.scan(&["history"])
    }
}

/// Gives `input` to a command and waits for it.
pub fn fed(command: &mut Command, input: &[u8]) -> Ran {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{:?}: {error}", command.get_program()));
    let mut pipe = child.stdin.take().expect("piped above");
    let input = input.to_vec();
    // A command that refuses before it reads closes its end, which is no failure of the test.
    let feeder = std::thread::spawn(move || drop(pipe.write_all(&input)));
    let output = child.wait_with_output().expect("it ran");
    feeder.join().expect("it only writes");
    Ran {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

impl Told {
    #[must_use]
    pub fn of(command: &mut Command) -> Self {
        Self::read(Ran::of(command.args(["--format", "jsonl", "--show-secrets"])))
    }

    /// The same, with something on standard input.
    #[must_use]
    pub fn fed(command: &mut Command, input: &[u8]) -> Self {
        Self::read(fed(command.args(["--format", "jsonl", "--show-secrets"]), input))
    }

    /// From what a command printed, or from a report that it wrote.
    pub fn read(ran: Ran) -> Self {
        let mut findings: Vec<Value> = ran
            .stdout
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
            .collect();
        let summary = findings.pop().unwrap_or_default();
        assert!(summary.is_null() || summary["kind"] == "summary", "the last line is the summary: {summary}");
        assert!(findings.iter().all(|finding| finding["kind"] == "finding"), "{findings:?}");
        Self { ran, findings, summary }
    }

    /// The values found, sorted.
    pub fn secrets(&self) -> Vec<&str> {
        let mut secrets: Vec<_> =
            self.findings.iter().map(|finding| finding["secret"].as_str().expect("text")).collect();
        secrets.sort_unstable();
        secrets
    }

    /// Exactly these values were found, nothing else, and all was read.
    #[track_caller]
    pub fn hits(self, values: &[&str]) -> Self {
        let mut values = values.to_vec();
        values.sort_unstable();
        assert_eq!(self.secrets(), values, "{}", self.ran.all());
        assert_eq!(self.ran.code, Some(1), "{}", self.ran.all());
        assert_eq!(self.summary["complete"], true, "{}", self.summary);
        self
    }

    /// Nothing was found, and all was read.
    #[track_caller]
    pub fn clean(self) -> Self {
        assert_eq!(self.ran.code, Some(0), "{}", self.ran.all());
        assert!(self.findings.is_empty() && self.summary["complete"] == true, "{}", self.ran.all());
        self
    }

    /// Nothing was found, and the trouble is told in words that hold `why`.
    #[track_caller]
    pub fn incomplete(self, why: &str) -> Self {
        assert_eq!(self.ran.code, Some(3), "{}", self.ran.all());
        assert_eq!(self.summary["complete"], false, "{}", self.summary);
        assert!(self.summary["skipped"].to_string().contains(why), "{why:?}: {}", self.summary);
        self
    }

    /// It could not run, printed no result, and told `why`.
    #[track_caller]
    pub fn refused(self, why: &str) -> Self {
        assert_eq!(self.ran.code, Some(2), "{}", self.ran.all());
        assert_eq!(self.ran.stdout, "", "no result must be taken for one");
        assert!(self.ran.stderr.contains(why), "{why:?}: {}", self.ran.stderr);
        self
    }

    /// The only finding.
    #[track_caller]
    pub fn one(&self) -> &Value {
        assert_eq!(self.findings.len(), 1, "{}", self.ran.all());
        &self.findings[0]
    }
}

/// Path, line and column of a finding or of another of its places.
pub fn place(spot: &Value) -> (&str, u64, u64) {
    let number = |name: &str| spot[name].as_u64().unwrap_or_else(|| panic!("{name}: {spot}"));
    (spot["path"].as_str().expect("text"), number("line"), number("column"))
}
