//! Every way of hiding a secret from a scanner that we know of, one planted token each: it is found, or the
//! run says that it could not look. None may look clean, and nothing that a repository names may run.

use std::{fs, path::PathBuf};

use crate::harness::{Dir, Repo, Told, made};

mod settings;
mod stores;
mod ways;

/// The token that is planted; each story has its own world, so one is enough.
fn secret() -> String {
    made::token(77)
}

fn line() -> String {
    format!("github = {}\n", secret())
}

/// What a scan must say of the planted token.
#[derive(Clone, Copy, Debug)]
enum Expect {
    /// It is found, and everything was read.
    Hit,
    /// Exit 3, and the trouble is told in words that hold this.
    Incomplete(&'static str),
    /// It is found, and besides something could not be read, told in words that hold this.
    HitAndTrouble(&'static str),
    /// Exit 2, with this in the message.
    Refused(&'static str),
    /// Exit 2 or 3: which of them depends on what is broken first.
    Honest,
    /// The token does not stand where this gate looks; why.
    Elsewhere(&'static str),
}

/// Where a token is looked for. The server's gate will be the fourth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gate {
    Staged,
    Range,
    History,
}

impl Gate {
    const ALL: [Self; 3] = [Self::Staged, Self::Range, Self::History];

    fn args(self) -> &'static [&'static str] {
        match self {
            Self::Staged => &["staged"],
            Self::Range => &["range", "base..main"],
            Self::History => &["history"],
        }
    }
}

/// One way of hiding.
struct Way {
    name: &'static str,
    /// Hides the token in the index.
    plant: fn(&Repo<'_>),
    /// What is done once it is committed.
    cover: fn(&Repo<'_>),
    staged: Expect,
    range: Expect,
    history: Expect,
}

/// A token in a plain file; nothing hides it.
const PLAIN: Way = Way {
    name: "plain",
    plant: |repo| repo.stage("app.env", line()),
    cover: |_| {},
    staged: Expect::Hit,
    range: Expect::Hit,
    history: Expect::Hit,
};

/// A repository whose first commit is `base`.
fn started<'d>(dir: &'d Dir, name: &str) -> Repo<'d> {
    let repo = dir.repo(name);
    repo.commit("app.env", "debug = 1\n");
    repo.git(&["branch", "base"]);
    repo
}

/// A script that leaves a mark when it runs, and what tells that mark.
struct Spy {
    script: PathBuf,
    mark: PathBuf,
}

impl Spy {
    fn new(dir: &Dir) -> Self {
        let mark = dir.path("spy-was-here");
        let script = dir.script("spy", &format!("echo \"$0 $*\" >>'{}'\ncat", mark.display()));
        Self { script, mark }
    }

    fn script(&self) -> &str {
        self.script.to_str().expect("UTF-8")
    }

    /// git itself may run it; what counts is what happens after this.
    fn forget(&self) {
        let _ = fs::remove_file(&self.mark);
    }

    #[track_caller]
    fn never_ran(&self, what: &str) {
        assert!(!self.mark.exists(), "{what} ran: {}", fs::read_to_string(&self.mark).unwrap_or_default());
    }
}

/// Holds one scan against what it must say.
#[track_caller]
fn hold(told: Told, expect: Expect, what: &str) {
    let code = told.ran.code;
    let all = || format!("{what}: {expect:?}\n{}", told.ran.all());
    match expect {
        Expect::Hit => {
            assert!(told.secrets().contains(&&*secret()), "{}", all());
            assert_eq!((code, &told.summary["complete"]), (Some(1), &true.into()), "{}", all());
        }
        Expect::HitAndTrouble(why) => {
            assert!(told.secrets().contains(&&*secret()), "{}", all());
            assert_eq!((code, &told.summary["complete"]), (Some(1), &false.into()), "{}", all());
            assert!(told.summary["skipped"].to_string().contains(why), "{}", all());
        }
        Expect::Incomplete(why) => {
            assert_eq!(code, Some(3), "{}", all());
            assert!(told.summary["skipped"].to_string().contains(why), "{}", all());
        }
        Expect::Refused(why) => {
            assert_eq!((code, &*told.ran.stdout), (Some(2), ""), "{}", all());
            assert!(told.ran.stderr.contains(why), "{}", all());
        }
        Expect::Honest => assert!(matches!(code, Some(2 | 3)), "{}", all()),
        Expect::Elsewhere(why) => assert!(!why.is_empty() && matches!(code, Some(0)), "{}", all()),
    }
}

/// Tells the story of one way, at each gate.
fn tell(way: &Way) {
    let dir = Dir::new();
    let spy = Spy::new(&dir);
    let repo = started(&dir, "repo");
    (way.plant)(&repo);
    for gate in Gate::ALL {
        let expect = match gate {
            Gate::Staged => way.staged,
            Gate::Range => way.range,
            Gate::History => way.history,
        };
        if gate == Gate::Range {
            if repo.try_git(&["diff", "--cached", "--quiet"]).code != Some(0) {
                // Not by `git commit`, which would refuse to record what is missing.
                let tree = repo.git(&["write-tree", "--missing-ok"]);
                let commit = repo.git(&["commit-tree", &tree, "-p", "HEAD", "-m", "planted"]);
                repo.git(&["update-ref", "HEAD", &commit]);
            }
            (way.cover)(&repo);
        }
        spy.forget();
        hold(repo.scan(gate.args()), expect, &format!("{}, {gate:?}", way.name));
        spy.never_ran(way.name);
    }
}

#[test]
fn the_table_can_tell_a_hit_from_a_miss() {
    tell(&PLAIN);
    let blind = Way { plant: |repo| repo.stage("app.env", "nothing\n"), ..PLAIN };
    let missed = std::panic::catch_unwind(|| tell(&blind)).is_err();
    assert!(missed, "a table that cannot fail proves nothing");
}
