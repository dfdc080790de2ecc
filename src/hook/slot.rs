//! One hook file and the one kept beside it: what lies there, putting ours in, taking it out.
//!
//! Promise: no file that is not ours is ever overwritten or lost, and at no moment is there no hook where
//! one was. It may not know how the folder was found.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{
    Change,
    shim::{self, Marker, Shim},
    write,
};
use crate::error::Error;

/// What lies where git looks for a hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    Absent,
    /// As leakgate wrote it.
    Ours(Marker),
    /// Written by leakgate, then changed by someone.
    Edited(Marker),
    /// A working hook of someone else.
    Foreign,
    /// Nothing git would run, and why.
    Unusable(String),
}

/// Looks at the file without changing it.
pub fn inspect(path: &Path) -> Result<State, Error> {
    let unusable = |why: &str| Ok(State::Unusable(why.to_owned()));
    let link = match fs::symlink_metadata(path) {
        Ok(meta) => meta.is_symlink(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(State::Absent),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            return unusable("its folder is no folder");
        }
        Err(error) => return Err(Error::io("look for the hook", path, error)),
    };
    let meta = match fs::metadata(path) {
        Ok(meta) => meta,
        Err(error) if link => return unusable(&format!("a symbolic link that leads nowhere ({error})")),
        Err(error) => return Err(Error::io("look at the hook", path, error)),
    };
    if meta.is_dir() {
        return unusable("a folder");
    }
    if !meta.is_file() {
        return unusable("not a regular file");
    }
    let text = fs::read(path).map_err(|error| write::refused("read the hook", path, error))?;
    // A link to a hook of ours is someone else's doing: removing or rewriting it is not ours to do.
    let marker = shim::marker(&text).filter(|_| !link);
    if !write::has_executable_bit(&meta) {
        return unusable("not executable, so git passes over it");
    }
    Ok(match marker {
        Some(marker) if marker.intact => State::Ours(marker),
        Some(marker) => State::Edited(marker),
        None => State::Foreign,
    })
}

/// Where the hook that was there before is kept.
pub fn kept(path: &Path) -> PathBuf {
    let name = path.file_name().expect("a hook has a name").to_string_lossy();
    path.with_file_name(shim::kept_name(&name))
}

/// Puts the shim at `path`; a working hook there is kept, and named in the answer.
pub fn install(path: &Path, shim: &Shim<'_>) -> Result<(Change, Option<PathBuf>), Error> {
    let text = shim.render();
    let kept = kept(path);
    let was_kept = fs::symlink_metadata(&kept).is_ok();
    let change = match inspect(path)? {
        State::Ours(_) => {
            let present = fs::read(path).map_err(|error| Error::io("read the hook", path, error))?;
            if present == text { Change::None } else { Change::Updated }
        }
        State::Absent | State::Foreign if was_kept => return Err(in_the_way(path, &kept)),
        State::Absent => Change::Written,
        State::Foreign => {
            let folder = path.parent().expect("a hook lies in a folder");
            let moved = keep(path, &kept)
                .map_err(|error| write::refused("keep the hook that is there", folder, error))?;
            write::executable(path, &text).inspect_err(|_| moved.undo(path, &kept))?;
            return Ok((Change::Written, Some(kept)));
        }
        State::Edited(_) => return Err(edited(path)),
        State::Unusable(why) => return Err(unusable(path, &why)),
    };
    if change != Change::None {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)
                .map_err(|error| write::refused("make the hooks folder", folder, error))?;
        }
        write::executable(path, &text)?;
    }
    Ok((change, was_kept.then_some(kept)))
}

/// Takes our shim away from `path`, and puts the kept hook back.
pub fn uninstall(path: &Path) -> Result<Change, Error> {
    let kept = kept(path);
    let was_kept = fs::symlink_metadata(&kept).is_ok();
    match inspect(path)? {
        State::Absent if !was_kept => Ok(Change::None),
        // Whoever deleted our shim by hand still gets back what was there before it.
        State::Absent | State::Ours(_) => {
            if was_kept {
                fs::rename(&kept, path)
                    .map_err(|error| write::refused("put the kept hook back", path, error))?;
                return Ok(Change::Restored);
            }
            fs::remove_file(path).map_err(|error| write::refused("remove the hook", path, error))?;
            Ok(Change::Removed)
        }
        State::Edited(_) => Err(edited(path)),
        State::Foreign => Err(foreign(path)),
        State::Unusable(why) => Err(unusable(path, &why)),
    }
}

/// How the hook came to its second name.
enum Moved {
    /// It has both names until ours takes the first one.
    Linked,
    /// It has the second name alone.
    Renamed,
}

impl Moved {
    /// Best effort: the error that led here is the one to tell.
    fn undo(&self, path: &Path, kept: &Path) {
        let _ = match self {
            Moved::Linked => fs::remove_file(kept),
            Moved::Renamed => fs::rename(kept, path),
        };
    }
}

/// Gives the hook a second name. A hard link never overwrites and leaves the first name in place.
fn keep(path: &Path, kept: &Path) -> io::Result<Moved> {
    match fs::hard_link(path, kept) {
        Ok(()) => Ok(Moved::Linked),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // Not every file system has hard links; that `kept` is free was seen just before.
        Err(_) => fs::rename(path, kept).map(|()| Moved::Renamed),
    }
}

pub fn edited(path: &Path) -> Error {
    Error::new(format!("{}: a hook of leakgate that was edited; it stays as it is", path.display()))
        .mend("move it away (and what was added to it with it), then run this again")
}

pub fn unusable(path: &Path, why: &str) -> Error {
    Error::new(format!("{}: cannot stand beside what is there: {why}", path.display()))
        .mend("repair it (chmod +x, if it is to run) or move it away, then run this again")
}

fn in_the_way(path: &Path, kept: &Path) -> Error {
    Error::new(format!("{}: a hook kept by an earlier installation, whose shim is gone", kept.display()))
        .mend(format!("move it back to {}, or delete it, then run this again", path.display()))
}

pub fn foreign(path: &Path) -> Error {
    Error::new(format!("{}: not a hook of leakgate; it stays", path.display()))
        .mend("if it calls leakgate, take that out by hand; else move it away")
}
