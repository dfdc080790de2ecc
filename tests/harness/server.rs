//! A server: a bare repository with the gate in it, and a developer who pushes to it with git.

use std::fs;

use super::{Dir, PROGRAM, Ran, Repo, Told};

/// A bare repository whose pre-receive hook is the program, and a working copy with the remote `origin`.
pub struct Server<'dir> {
    pub bare: Repo<'dir>,
    pub dev: Repo<'dir>,
}

/// What a push came to.
#[derive(Debug)]
pub struct Pushed {
    /// What git did and showed to whoever pushed.
    pub git: Ran,
    /// What the gate said; nothing where git did not call it.
    pub told: Option<Told>,
}

impl<'dir> Server<'dir> {
    /// `main` has one commit on both sides; only then the gate is put in, with `flags`.
    pub fn new(dir: &'dir Dir, flags: &str) -> Self {
        let server = Self { bare: dir.bare("there.git"), dev: dir.repo("dev") };
        server.dev.git(&["remote", "add", "origin", "../there.git"]);
        server.dev.commit("app.env", "debug = 1\n");
        server.dev.git(&["push", "--quiet", "origin", "main"]);
        server.hook(flags);
        server
    }

    /// The gate, with other flags. It leaves its status and a report in full.
    pub fn hook(&self, flags: &str) {
        let folder = self.bare.dir.path("told");
        fs::create_dir_all(&folder).expect("writable");
        let told = folder.display();
        let script = format!(
            "{PROGRAM} hook run pre-receive --report jsonl={told}/report {flags}\n\
             status=$?\necho $status >{told}/status\nexit $status"
        );
        self.bare.script("hooks/pre-receive", &script);
    }

    /// `git push origin ARGS`, successful or not.
    pub fn push(&self, args: &[&str]) -> Pushed {
        self.push_from(&self.dev, args)
    }

    pub fn push_from(&self, dev: &Repo<'_>, args: &[&str]) -> Pushed {
        let [report, status] = ["told/report", "told/status"].map(|name| self.bare.dir.path(name));
        let _ = (fs::remove_file(&report), fs::remove_file(&status));
        let git = dev.try_git(&[&["push", "origin"], args].concat());
        let told = fs::read_to_string(&status).ok().map(|code| {
            let stdout = fs::read_to_string(&report).unwrap_or_default();
            let code = Some(code.trim().parse().expect("a status"));
            Told::read(Ran { code, stdout, stderr: git.stderr.clone() })
        });
        Pushed { git, told }
    }

    /// Every object that the bare repository has, reachable or not.
    pub fn objects(&self) -> Vec<String> {
        let all = ["cat-file", "--batch-all-objects", "--batch-check=%(objectname)"];
        self.bare.git(&all).lines().map(str::to_owned).collect()
    }

    /// Refs and what they point at.
    pub fn refs(&self) -> String {
        self.bare.git(&["for-each-ref", "--format=%(refname) %(objectname)"])
    }
}

impl Pushed {
    #[track_caller]
    fn told(self) -> Told {
        let git = self.git;
        self.told.unwrap_or_else(|| panic!("the gate was not asked: {}", git.all()))
    }

    /// The push went through, and the gate says that it read everything and found nothing.
    #[track_caller]
    pub fn passes(self) -> Told {
        assert!(self.git.success(), "{}", self.git.all());
        self.told().clean()
    }

    /// The push was refused for places of this value alone.
    #[track_caller]
    pub fn blocked(self, value: &str) -> Told {
        assert_eq!(self.git.code, Some(1), "{}", self.git.all());
        assert!(self.git.stderr.contains("pre-receive hook declined"), "{}", self.git.stderr);
        let shown = self.git.stderr.lines().filter(|line| line.starts_with("remote: "));
        assert!(shown.clone().all(|line| !line.contains(value)), "it is masked: {}", self.git.stderr);
        let told = self.told();
        assert!(told.findings.len() == 1 && told.ran.code == Some(1), "{}", told.ran.all());
        assert_eq!(told.summary["complete"], true, "{}", told.summary);
        told
    }
}
