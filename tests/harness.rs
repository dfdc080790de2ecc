//! A world for a test: a temporary folder with a home of its own, and git in it that sees nothing else.
//! Dates and names are fixed, so that the same story makes the same objects.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

mod gate;
pub mod made;
mod server;

pub use gate::{PROGRAM, Told, fed, place};
pub use server::Server;

/// A temporary folder; gone at the end of the test.
pub struct Dir {
    root: tempfile::TempDir,
    /// Environment for every command, after the fixed part.
    env: Vec<(String, String)>,
}

impl Dir {
    pub fn new() -> Self {
        let root = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir(root.path().join("home")).expect("a new folder is writable");
        Self { root, env: Vec::new() }
    }

    /// A further environment variable for every command.
    pub fn with_env(mut self, name: &str, value: impl AsRef<Path>) -> Self {
        self.env.push((name.to_owned(), value.as_ref().to_str().expect("UTF-8").to_owned()));
        self
    }

    /// The real path, as git prints it.
    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.root.path().canonicalize().expect("it exists").join(name)
    }

    pub fn home(&self) -> PathBuf {
        self.path("home")
    }

    /// Writes a file, and the folders above it.
    pub fn write(&self, name: impl AsRef<Path>, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("below the root")).expect("writable");
        fs::write(&path, content).expect("writable");
        path
    }

    /// Writes an executable script.
    #[cfg(unix)]
    pub fn script(&self, name: impl AsRef<Path>, body: &str) -> PathBuf {
        use std::os::unix::fs::PermissionsExt;
        let path = self.write(name, format!("#!/bin/sh\n{body}\n"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("our own file");
        path
    }

    pub fn read(&self, name: impl AsRef<Path>) -> String {
        let path = self.path(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// A command that runs in `folder` and sees nothing of the machine's or the user's settings.
    pub fn command(&self, program: impl AsRef<OsStr>, folder: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.path(folder))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").expect("PATH is set"))
            .env("HOME", self.home())
            .env("LC_ALL", "C")
            .env("TZ", "UTC")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_EDITOR", "true")
            .env("GIT_AUTHOR_NAME", "Ann Author")
            .env("GIT_AUTHOR_EMAIL", "ann@example.com")
            .env("GIT_AUTHOR_DATE", "2001-02-03T04:05:06Z")
            .env("GIT_COMMITTER_NAME", "Cleo Committer")
            .env("GIT_COMMITTER_EMAIL", "cleo@example.com")
            .env("GIT_COMMITTER_DATE", "2001-02-03T04:05:07Z")
            .envs(self.env.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs git in `folder`, successful or not.
    pub fn try_git(&self, folder: impl AsRef<Path>, args: &[&str]) -> Ran {
        Ran::of(self.command("git", folder).args(args))
    }

    /// Runs git in `folder`; it must succeed. Gives back its standard output without the last line break.
    pub fn git(&self, folder: impl AsRef<Path>, args: &[&str]) -> String {
        let ran = self.try_git(folder, args);
        assert!(ran.success(), "git {args:?} failed:\n{}", ran.all());
        ran.stdout.trim_end_matches('\n').to_owned()
    }

    /// A new repository with branch `main` and no commit.
    pub fn repo(&self, name: &str) -> Repo<'_> {
        self.git("", &["-c", "init.defaultBranch=main", "init", "--quiet", name]);
        Repo { dir: self, name: name.into() }
    }

    /// A new bare repository.
    pub fn bare(&self, name: &str) -> Repo<'_> {
        self.git("", &["-c", "init.defaultBranch=main", "init", "--quiet", "--bare", name]);
        Repo { dir: self, name: name.into() }
    }
}

/// A repository, or any folder git can work in.
pub struct Repo<'dir> {
    pub dir: &'dir Dir,
    /// Its place below the root.
    pub name: PathBuf,
}

impl<'dir> Repo<'dir> {
    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.dir.path(&self.name).join(name)
    }

    pub fn write(&self, name: impl AsRef<Path>, content: impl AsRef<[u8]>) -> PathBuf {
        self.dir.write(self.name.join(name), content)
    }

    pub fn script(&self, name: impl AsRef<Path>, body: &str) -> PathBuf {
        self.dir.script(self.name.join(name), body)
    }

    pub fn read(&self, name: impl AsRef<Path>) -> String {
        self.dir.read(self.name.join(name))
    }

    pub fn git(&self, args: &[&str]) -> String {
        self.dir.git(&self.name, args)
    }

    pub fn try_git(&self, args: &[&str]) -> Ran {
        self.dir.try_git(&self.name, args)
    }

    /// Writes a file and stages it.
    pub fn stage(&self, name: &str, content: impl AsRef<[u8]>) {
        self.write(name, content);
        self.git(&["add", "--", name]);
    }

    /// Writes a file and commits it, past all hooks.
    pub fn commit(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        self.stage(name, content);
        self.git(&["commit", "--quiet", "--no-verify", "-m", &format!("Add {name}")]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Records what is staged, past all hooks.
    pub fn record(&self, message: &str) -> String {
        self.git(&["commit", "--quiet", "--no-verify", "--allow-empty", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// The same repository seen from a folder in it.
    pub fn inside(&self, name: impl AsRef<Path>) -> Repo<'dir> {
        Repo { dir: self.dir, name: self.name.join(name) }
    }
}

/// What a command did. Its outcome is there to be looked at.
#[must_use]
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    pub fn of(command: &mut Command) -> Self {
        let Output { status, stdout, stderr } =
            command.output().unwrap_or_else(|error| panic!("{:?}: {error}", command.get_program()));
        Self {
            code: status.code(),
            stdout: String::from_utf8_lossy(&stdout).into_owned(),
            stderr: String::from_utf8_lossy(&stderr).into_owned(),
        }
    }

    pub fn success(&self) -> bool {
        self.code == Some(0)
    }

    /// Both outputs, for messages and for searching.
    pub fn all(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}
