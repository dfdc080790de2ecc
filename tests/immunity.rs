//! Every way of hiding a secret from a scanner that we know of, one planted token each: it is found, or the
//! run says that it could not look. None may look clean, and nothing that a repository names may run.

use std::{fs, path::PathBuf};

use crate::harness::{Dir, Repo, Told, made};

mod rivals;
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
    /// There is nothing for this gate to look at; why.
    Nothing(&'static str),
}

/// Where a token is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gate {
    Staged,
    Range,
    History,
    /// On a server that has `base`, to which all refs and HEAD are pushed.
    Receive,
}

impl Gate {
    const ALL: [Self; 4] = [Self::Staged, Self::Range, Self::History, Self::Receive];
    /// Those that look at the repository itself.
    const HERE: [Self; 3] = [Self::Staged, Self::Range, Self::History];

    fn args(self) -> &'static [&'static str] {
        match self {
            Self::Staged => &["staged"],
            Self::Range => &["range", "base..main"],
            Self::History => &["history"],
            Self::Receive => &["hook", "run", "pre-receive"],
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
    receive: Expect,
}

/// A token in a plain file; nothing hides it.
const PLAIN: Way = Way {
    name: "plain",
    plant: |repo| repo.stage("app.env", line()),
    cover: |_| {},
    staged: Expect::Hit,
    range: Expect::Hit,
    history: Expect::Hit,
    receive: Expect::Hit,
};

/// A repository whose first commit is `base`, and a server beside it that has this one.
fn started<'d>(dir: &'d Dir, name: &str) -> Repo<'d> {
    let repo = dir.repo(name);
    repo.commit("app.env", "debug = 1\n");
    repo.git(&["branch", "base"]);
    let there = dir.bare(&format!("there-{name}.git"));
    repo.git(&["push", "--quiet", &format!("../{}", there.name.display()), "base:main"]);
    repo
}

/// The server of a started repository.
fn there<'d>(repo: &Repo<'d>) -> Repo<'d> {
    Repo { dir: repo.dir, name: format!("there-{}.git", repo.name.display()).into() }
}

/// The server's gate, asked as git asks it when all refs and HEAD are pushed: their objects lie in a folder of
/// their own. Not by a real push, for git itself would not send what is broken.
fn receive(repo: &Repo<'_>, env: &[(&str, &str)]) -> Told {
    let there = there(repo);
    let (mut lines, zero) = (String::new(), "0".repeat(40));
    let refs =
        repo.try_git(&["-c", "safe.directory=*", "for-each-ref", "--format=%(objectname) %(refname)"]).stdout;
    let head = repo.try_git(&["-c", "safe.directory=*", "rev-parse", "--verify", "HEAD"]).stdout;
    let head = head.trim();
    for line in refs.lines().filter(|line| !line.ends_with(" refs/heads/base")) {
        lines += &format!("{zero} {line}\n");
    }
    if !head.is_empty() {
        lines += &format!("{zero} {head} refs/heads/pushed-from-head\n");
    }
    let mut command = there.leakgate(Gate::Receive.args());
    command
        .env("GIT_DIR", ".")
        .env("GIT_QUARANTINE_PATH", repo.path(".git/objects"))
        .env("GIT_OBJECT_DIRECTORY", repo.path(".git/objects"))
        .env("GIT_ALTERNATE_OBJECT_DIRECTORIES", there.path("objects"))
        .envs(env.iter().copied());
    Told::fed(&mut command, lines.as_bytes())
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
        Expect::Nothing(_) => unreachable!("there is no scan to hold against it"),
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
            Gate::Receive => way.receive,
        };
        if let Expect::Nothing(why) = expect {
            assert!(!why.is_empty());
            continue;
        }
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
        let told = if gate == Gate::Receive { receive(&repo, &[]) } else { repo.scan(gate.args()) };
        spy.never_ran(way.name);
        if !matches!(expect, Expect::Elsewhere(_)) {
            rivals::watch(way, gate, &repo, &spy, &told);
        }
        hold(told, expect, &format!("{}, {gate:?}", way.name));
    }
}

#[test]
fn the_table_can_tell_a_hit_from_a_miss() {
    tell(&PLAIN);
    let blind = Way { name: "", plant: |repo| repo.stage("app.env", "nothing\n"), ..PLAIN };
    let missed = std::panic::catch_unwind(|| tell(&blind)).is_err();
    assert!(missed, "a table that cannot fail proves nothing");
}
