//! Puts leakgate into git's hooks, and takes it out again without a trace.
//!
//! Promise: what was there before keeps running and comes back byte for byte; nothing is written half;
//! a hook that cannot find leakgate blocks. It may not know what a hook looks for: the shims only call the
//! program. Git itself is never run from here.

mod block;
mod doctor;
mod global;
mod kind;
mod shim;
mod slot;
mod status;
mod target;
mod write;

use std::path::{Path, PathBuf};

use crate::error::Error;

pub use doctor::{Check, Verdict, doctor};
pub use kind::Kind;
pub use shim::{Gate, Marker, Order, Other, Shim};
pub use slot::State;
pub use status::{Status, status};
pub use target::Target;

/// How a hook is to call leakgate.
#[derive(Clone, Debug)]
pub struct Options {
    /// The program the hook calls first; where it is gone, `leakgate` on `PATH` stands in.
    pub program: PathBuf,
    /// When the hook that was there before runs.
    pub order: Order,
    /// What the hook gives to leakgate besides.
    pub flags: Vec<String>,
}

impl Options {
    fn gate(&self, kind: Kind) -> Gate<'_> {
        Gate { kind, program: &self.program, order: self.order, flags: &self.flags }
    }
}

/// What an installation did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed {
    pub path: PathBuf,
    pub change: Change,
    /// Where the hook that was there before now lies; it runs still.
    pub kept: Option<PathBuf>,
    /// What the user should know, one sentence each.
    pub notes: Vec<String>,
}

/// What became of a hook file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It was as asked for already.
    None,
    /// It is new.
    Written,
    /// A hook of ours was brought up to date.
    Updated,
    /// It is gone; there was none before it.
    Removed,
    /// It is gone, and the hook that was there before is back.
    Restored,
}

/// What a removal did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uninstalled {
    pub path: PathBuf,
    pub change: Change,
    /// What the user should know, one sentence each.
    pub notes: Vec<String>,
}

/// Installs the hook, or brings it up to date. A second run changes nothing.
pub fn install(target: &Target, kind: Kind, options: &Options) -> Result<Installed, Error> {
    let options = Options { program: usable_program(&options.program)?, ..options.clone() };
    match target {
        Target::Global(global) => global.install(kind, &options),
        Target::File(path) => {
            // What a server runs one by one needs no chain.
            if matches!(slot::inspect(path)?, State::Foreign) {
                return Err(slot::foreign(path));
            }
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let shim = Shim { name: &name, gate: Some(options.gate(kind)), other: Other::Kept };
            let (change, kept) = slot::install(path, &shim)?;
            Ok(Installed { change, kept, notes: Vec::new(), path: path.clone() })
        }
        Target::Repository(repository) => {
            let path = repository.hook(kind)?;
            let gate = options.gate(kind);
            let shim = Shim { name: kind.name(), gate: Some(gate), other: Other::Kept };
            let (change, kept) = slot::install(&path, &shim)?;
            Ok(Installed { change, kept, notes: repository.notes(kind, &path), path })
        }
    }
}

/// Takes the hook out, and puts back what was there before it.
pub fn uninstall(target: &Target, kind: Kind) -> Result<Uninstalled, Error> {
    match target {
        Target::Global(global) => global.uninstall(kind),
        Target::File(path) => {
            Ok(Uninstalled { change: slot::uninstall(path)?, notes: Vec::new(), path: path.clone() })
        }
        Target::Repository(repository) => {
            let path = repository.hook(kind)?;
            let change = slot::uninstall(&path)?;
            Ok(Uninstalled { change, notes: Vec::new(), path })
        }
    }
}

/// The program's absolute path, if it can be run: a hook that could never work is not worth writing.
fn usable_program(program: &Path) -> Result<PathBuf, Error> {
    let absolute =
        std::path::absolute(program).map_err(|error| Error::io("find the program", program, error))?;
    if write::is_runnable(&absolute) {
        return Ok(absolute);
    }
    Err(Error::new(format!("{}: not a program that can be run", absolute.display()))
        .mend("name the installed leakgate, or make that file executable"))
}
