//! Tells what stands in a hook now. It changes nothing.

use std::path::PathBuf;

use super::{Kind, State, Target, slot, target::Repository};
use crate::error::Error;

/// What stands in one hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    pub kind: Kind,
    pub path: PathBuf,
    pub state: State,
    /// The hook that was there before, where one is kept beside ours.
    pub kept: Option<PathBuf>,
    /// The folder holds files under version control.
    pub tracked: bool,
    /// What the user should know, one sentence each.
    pub notes: Vec<String>,
}

impl Status {
    /// Whether this is a hook of ours that calls leakgate, as written.
    pub fn is_installed(&self) -> bool {
        matches!(&self.state, State::Ours(marker) if marker.program.is_some())
    }
}

/// Looks at one hook.
pub fn status(target: &Target, kind: Kind) -> Result<Status, Error> {
    match target {
        Target::File(path) => of_file(kind, path.clone()),
        Target::Repository(repository) => of_repository(repository, kind),
        Target::Global(global) => {
            let mut status = of_file(kind, global.hook(kind))?;
            if !global.in_force()? && status.is_installed() {
                status
                    .notes
                    .push("core.hooksPath does not name this folder, so git passes it over".to_owned());
            }
            // A shim that only hands on is no hook of leakgate to the user.
            if matches!(&status.state, State::Ours(marker) if marker.program.is_none()) {
                status.state = State::Absent;
            }
            Ok(status)
        }
    }
}

fn of_repository(repository: &Repository, kind: Kind) -> Result<Status, Error> {
    let mut status = of_file(kind, repository.place(kind))?;
    status.tracked = repository.tracked(&status.path);
    status.notes = repository.notes(kind, &status.path);
    if status.is_installed() {
        return Ok(status);
    }
    if let Some(global) = repository.global.as_ref().filter(|global| global.guards(kind)) {
        let mut shared = of_file(kind, global.hook(kind))?;
        shared.notes.push("installed for every repository of this user (--global)".to_owned());
        return Ok(shared);
    }
    if repository.overrules_global(kind) {
        status.notes.push(
            "the user-wide hooks of leakgate do not run here: this repository has a core.hooksPath of its own"
                .to_owned(),
        );
    }
    Ok(status)
}

fn of_file(kind: Kind, path: PathBuf) -> Result<Status, Error> {
    let state = slot::inspect(&path)?;
    let kept = Some(slot::kept(&path)).filter(|kept| kept.symlink_metadata().is_ok());
    Ok(Status { kind, path, state, kept, tracked: false, notes: Vec::new() })
}
