//! `leakgate doctor`: proves that the gate works, by staging a made-up token and scanning it.

use std::{env, fs, path::Path};

use gix::index::entry::{Flags as EntryFlags, Mode, Stat};

use super::{
    args::Flags,
    plan::{Plan, Root},
    print, scan,
};
use crate::{
    error::Error,
    exit,
    git::{Environment, Repo},
    hook::{self, Target, Verdict},
    model::{Position, Report},
    pattern::sample,
    pipeline, report, source,
};

/// What is staged: the shape of a token, its characters made up on the spot.
const BAIT: &str = "token = ghp_{alnum:36}\n";

pub fn run(flags: &Flags) -> Result<u8, Error> {
    let mut out = String::new();
    let report = bait(flags)?;
    let caught = exit::status(&report) == exit::FINDINGS;
    if let Some(finding) = report.findings.first() {
        let Position { line, column } = finding.places[0].start;
        let path = &finding.places[0].origin.path;
        out += &format!("staged {path}:{line}:{column}: {} ({})\n", finding.description, finding.rule);
    }
    out += if caught {
        "gate   works: a made-up token in a scratch index was found\n"
    } else {
        "gate   DOES NOT WORK: a made-up token in a scratch index was not found\n"
    };
    let mut sound = caught;
    match Target::here() {
        Ok(target) => {
            for check in hook::doctor(&target)? {
                let told = match &check.verdict {
                    Verdict::Runs(program) => format!("runs {}", program.display()),
                    Verdict::Absent => "not installed".to_owned(),
                    Verdict::Unknown { why } => format!("unknown: {why}"),
                    Verdict::Broken { why, mend } => {
                        sound = false;
                        format!("BROKEN: {why}; {mend}")
                    }
                };
                out += &format!("hook   {:<12} {told}\n", check.kind.name());
            }
        }
        Err(_) if scan::here().is_err() => out += "hooks  not looked at: this is no git repository\n",
        Err(error) => {
            sound = false;
            let told = error.to_string().replace("\nhelp: ", "; ");
            out += &format!("hooks  CANNOT BE LOOKED AT: {}\n", report::escape(told));
        }
    }
    print(&out)?;
    Ok(if sound { exit::CLEAN } else { exit::ERROR })
}

/// Whether a made-up token is found in the index of a repository made for it and removed afterwards. The
/// patterns and flags are those of a real run; the user's repository is not touched.
fn bait(flags: &Flags) -> Result<Report, Error> {
    let folder = Scratch::new()?;
    make_repository(&folder.0, &sample(BAIT, 1))?;
    let environment = Environment { git_dir: Some(folder.0.join(".git")), ..Environment::default() };
    let repo = Repo::discover(&folder.0, &environment)?;
    let gathered = source::staged(&repo)?;
    // Only the scratch repository's own configuration, of which there is none, may have a say.
    let flags = Flags { config: None, baseline: None, ..flags.clone() };
    let plan = Plan::new(&flags, &Root::Repo(&repo))?;
    plan.scan(&|path| path.to_owned(), |run| Ok(pipeline::run(run, gathered)))
}

/// A folder that is removed when it is done with.
struct Scratch(std::path::PathBuf);

impl Scratch {
    fn new() -> Result<Self, Error> {
        let folder = env::temp_dir().join(format!("leakgate-doctor-{}", std::process::id()));
        fs::create_dir(&folder).map_err(|error| Error::io("make a scratch folder", &folder, error))?;
        Ok(Self(folder))
    }
}

/// An empty repository with one file in its index.
fn make_repository(folder: &Path, content: &[u8]) -> Result<(), Error> {
    let wrong = |error: gix::Error| Error::new(format!("could not make a scratch repository: {error}"));
    let repository = gix::init(folder).map_err(wrong)?;
    let blob = repository.write_blob(content).map_err(wrong)?.detach();
    let mut state = gix::index::State::new(repository.object_hash());
    let (stat, flags, mode) = (Stat::default(), EntryFlags::empty(), Mode::FILE);
    state.dangerously_push_entry(stat, blob, flags, mode, "settings.env".into());
    let mut index = gix::index::File::from_state(state, repository.index_path());
    index.write(gix::index::write::Options::default()).map_err(wrong)
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Left-overs in the temporary folder harm nobody.
        let _ = fs::remove_dir_all(&self.0);
    }
}
