//! Would the hooks run? Looks at files only; that a secret is really stopped is proved elsewhere.

use std::{
    env,
    path::{Path, PathBuf},
};

use super::{Kind, State, Status, Target, status, write};
use crate::error::Error;

/// The judgement on one hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    pub kind: Kind,
    pub path: PathBuf,
    pub verdict: Verdict,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Git runs it, and it finds leakgate: this program.
    Runs(PathBuf),
    /// There is no hook.
    Absent,
    /// A hook is there, but whether it calls leakgate is not known.
    Unknown { why: String },
    /// It does not do its work: it blocks everything, or git passes it over.
    Broken { why: String, mend: String },
}

/// Judges every hook leakgate can stand in.
pub fn doctor(target: &Target) -> Result<Vec<Check>, Error> {
    Kind::ALL
        .into_iter()
        .map(|kind| {
            let status = status(target, kind)?;
            let verdict = judge(target, &status)?;
            Ok(Check { kind, path: status.path, verdict })
        })
        .collect()
}

fn judge(target: &Target, status: &Status) -> Result<Verdict, Error> {
    let again = format!("run `leakgate hook install --type {}` again", status.kind);
    let broken = |why: String, mend: &str| Ok(Verdict::Broken { why, mend: mend.to_owned() });
    let program = match &status.state {
        State::Absent => return Ok(Verdict::Absent),
        State::Foreign => return Ok(Verdict::Unknown { why: "a hook of someone else".to_owned() }),
        State::Edited(_) => {
            return Ok(Verdict::Unknown { why: "a hook of leakgate, edited since".to_owned() });
        }
        State::Unusable(why) => {
            return broken(why.clone(), &format!("repair it or move it away, then {again}"));
        }
        State::Ours(marker) => marker.program.clone().unwrap_or_default(),
    };
    if let Target::Global(global) = target
        && !global.in_force()?
    {
        return broken("core.hooksPath does not name its folder, so git passes it over".to_owned(), &again);
    }
    if let Some(kept) = status.kept.as_deref().filter(|kept| !write::is_runnable(kept)) {
        let why = format!("the hook kept beside it cannot run, so everything is blocked: {}", kept.display());
        return broken(why, "make that file executable, or delete it");
    }
    match runnable(&program) {
        Some(program) => Ok(Verdict::Runs(program)),
        None => {
            let why =
                format!("no program {}, and no leakgate on PATH: everything is blocked", program.display());
            broken(why, &again)
        }
    }
}

/// The program the shim would call: the one it names, else the first on `PATH`.
fn runnable(program: &Path) -> Option<PathBuf> {
    if write::is_runnable(program) {
        return Some(program.to_owned());
    }
    let name = format!("leakgate{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(&name))
        .find(|path| write::is_runnable(path))
}
