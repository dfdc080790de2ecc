//! User-wide hooks: a folder of ours that git's global configuration names as `core.hooksPath`.
//!
//! Git then looks for hooks in that folder alone. So the folder holds a shim for every hook of git, and
//! each hands on to the hook that would have run without us. The shims come first and the setting last:
//! the setting never names a folder that is not whole.
//!
//! Left out: `push-to-checkout`, as its mere presence changes what a push does, and `fsmonitor-watchman`,
//! which git finds by another setting. Conditional includes (`includeIf`) that set `core.hooksPath` are
//! overruled while user-wide hooks are on.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use gix::{
    bstr::BString,
    config::{self, Source},
};

use super::{
    Change, Installed, Kind, Options, State, Uninstalled, block,
    shim::{Other, Shim},
    slot, write,
};
use crate::error::Error;

/// Every hook that git, or a part of it, finds by name and that may stand where there was none.
const HOOKS: [&str; 26] = [
    "applypatch-msg",
    "commit-msg",
    "p4-changelist",
    "p4-post-changelist",
    "p4-pre-submit",
    "p4-prepare-changelist",
    "post-applypatch",
    "post-checkout",
    "post-commit",
    "post-index-change",
    "post-merge",
    "post-receive",
    "post-rewrite",
    "post-update",
    "pre-applypatch",
    "pre-auto-gc",
    "pre-commit",
    "pre-merge-commit",
    "pre-push",
    "pre-rebase",
    "pre-receive",
    "prepare-commit-msg",
    "proc-receive",
    "reference-transaction",
    "sendemail-validate",
    "update",
];

/// Where user-wide hooks lie, and the files that can name the place.
pub struct Global {
    folder: PathBuf,
    home: PathBuf,
}

impl Global {
    pub(super) fn find() -> Result<Self, Error> {
        // The system may know a home where the environment names none, but git asks the environment.
        let home = gix::path::env::home_dir()
            .filter(|home| home.is_absolute() && (cfg!(windows) || env::var_os("HOME").is_some()))
            .ok_or_else(|| Error::new("no home folder, so no user-wide hooks").mend("set HOME"))?;
        let config = env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
        let folder = config.unwrap_or_else(|| home.join(".config")).join("leakgate").join("hooks");
        Ok(Self { folder, home })
    }

    /// The folder of ours.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn hook(&self, kind: Kind) -> PathBuf {
        self.folder.join(kind.name())
    }

    /// Whether git looks into our folder, as far as the system's and the user's configuration say.
    pub(super) fn in_force(&self) -> Result<bool, Error> {
        Ok(self.configured(false)?.is_some_and(|path| path == self.folder))
    }

    /// The folder git would look into without us, if its configuration names one.
    pub(super) fn former(&self) -> Result<Option<PathBuf>, Error> {
        Ok(self.configured(true)?.filter(|path| *path != self.folder))
    }

    /// Whether leakgate stands in this hook for every repository.
    pub(super) fn guards(&self, kind: Kind) -> bool {
        matches!(slot::inspect(&self.hook(kind)), Ok(State::Ours(marker)) if marker.program.is_some())
    }

    pub(super) fn install(&self, kind: Kind, options: &Options) -> Result<Installed, Error> {
        self.untouched()?;
        let former = self.former()?;
        let other = former.as_deref().map_or(Other::Repository, Other::Folder);
        let gate = options.gate(kind);
        let path = self.hook(kind);
        let guarded = self.guards(kind);
        if !self.in_force()? {
            // Seen before anything is written: shims that nothing names would be left.
            global_file()?;
        }
        fs::create_dir_all(&self.folder)
            .map_err(|error| write::refused("make the hooks folder", &self.folder, error))?;
        let mut changed = put(&path, &Shim { name: kind.name(), gate: Some(gate), other })?;
        for name in HOOKS {
            if !self.is_gate(name) {
                changed |= put(&self.folder.join(name), &Shim { name, gate: None, other })?;
            }
        }
        if !self.in_force()? {
            self.turn_on()?;
            changed = true;
        }
        let change = match (guarded, changed) {
            (false, _) => Change::Written,
            (true, true) => Change::Updated,
            (true, false) => Change::None,
        };
        let mut notes = Vec::new();
        if let Some(former) = former {
            notes.push(format!("core.hooksPath named {} before: its hooks still run", former.display()));
        }
        notes.push(
            "a repository with a core.hooksPath of its own is not covered: install there as well".to_owned(),
        );
        Ok(Installed { path, change, kept: None, notes })
    }

    pub(super) fn uninstall(&self, kind: Kind) -> Result<Uninstalled, Error> {
        let path = self.hook(kind);
        let mut notes = Vec::new();
        self.untouched()?;
        if !self.guards(kind) {
            return Ok(Uninstalled { path, change: Change::None, notes });
        }
        if Kind::ALL.iter().any(|other| *other != kind && self.guards(*other)) {
            let former = self.former()?;
            let other = former.as_deref().map_or(Other::Repository, Other::Folder);
            put(&path, &Shim { name: kind.name(), gate: None, other })?;
        } else {
            notes.extend(self.turn_off()?);
            self.clear()?;
        }
        Ok(Uninstalled { path, change: Change::Removed, notes })
    }

    /// Refuses to go on where a file in our folder is not as we wrote it.
    fn untouched(&self) -> Result<(), Error> {
        for name in HOOKS {
            let path = self.folder.join(name);
            match slot::inspect(&path)? {
                State::Absent | State::Ours(_) => {}
                State::Edited(_) => return Err(slot::edited(&path)),
                State::Foreign => return Err(slot::foreign(&path)),
                State::Unusable(why) => return Err(slot::unusable(&path, &why)),
            }
        }
        Ok(())
    }

    fn is_gate(&self, name: &str) -> bool {
        Kind::ALL.iter().any(|kind| kind.name() == name && self.guards(*kind))
    }

    /// Removes our files, and our folders where nothing else is in them.
    fn clear(&self) -> Result<(), Error> {
        for name in HOOKS {
            slot::uninstall(&self.folder.join(name))?;
        }
        for folder in [Some(self.folder.as_path()), self.folder.parent()].into_iter().flatten() {
            // Not empty, then: someone keeps something there.
            if fs::remove_dir(folder).is_err() {
                break;
            }
        }
        Ok(())
    }

    /// The value of `core.hooksPath` beyond repositories, with or without our own lines.
    fn configured(&self, without_ours: bool) -> Result<Option<PathBuf>, Error> {
        let mut found = None;
        for (source, path) in config_files() {
            let Some(mut text) = read(&path)? else { continue };
            if without_ours && let Some(without) = block::remove(&text, self.folder_bytes()) {
                text = without.text;
            }
            found = self.hooks_path(source, &path, text)?.or(found);
        }
        Ok(found)
    }

    /// What one configuration file, and those it includes, say.
    fn hooks_path(&self, source: Source, path: &Path, text: BString) -> Result<Option<PathBuf>, Error> {
        let wrong = |error: gix::Error| Error::new(format!("{}: {error}", path.display()));
        let context = config::path::interpolate::Context { home_dir: Some(&self.home), ..Default::default() };
        // There is no repository here, so no condition on one may hold: our own folder is none.
        let conditional =
            config::file::includes::conditional::Context { git_dir: Some(&self.folder), branch_name: None };
        let options = config::file::init::Options {
            includes: config::file::includes::Options::follow(context, conditional),
            ..Default::default()
        };
        let meta = config::file::Metadata::from(source).at(path);
        let file = config::File::from_bytes_owned(&mut text.into(), meta, options).map_err(wrong)?;
        match file.path("core.hooksPath") {
            Some(value) if value.is_optional => {
                Ok(value.interpolate(context).ok().filter(|path| path.exists()))
            }
            Some(value) => value.interpolate(context).map(Some).map_err(wrong),
            None => Ok(None),
        }
    }

    /// Adds our lines to the file that `git config --global` would write.
    fn turn_on(&self) -> Result<(), Error> {
        let path = global_file()?;
        let lock = lock(&path)?;
        let before = read(&path)?;
        let kept = before.as_ref().map(|text| match block::remove(text, self.folder_bytes()) {
            Some(without) => without.text,
            None => text.clone(),
        });
        let text = block::add(kept.as_ref().map(|text| text.as_slice()), self.folder_bytes());
        if self.hooks_path(Source::User, &path, text.clone())?.as_deref() != Some(self.folder()) {
            return Err(Error::new(format!("{}: cannot add core.hooksPath to it", path.display()))
                .mend("see that `git config --global --list` works"));
        }
        replace(lock, &path, &text)
    }

    /// Takes our lines out again, wherever they are.
    fn turn_off(&self) -> Result<Vec<String>, Error> {
        let mut notes = Vec::new();
        for (_, path) in config_files() {
            let ours = |text: BString| block::remove(&text, self.folder_bytes()).is_some();
            if !read(&path)?.is_some_and(ours) {
                continue;
            }
            let lock = lock(&path)?;
            let text = read(&path)?.unwrap_or_default();
            let Some(without) = block::remove(&text, self.folder_bytes()) else { continue };
            if without.changed {
                notes.push(format!(
                    "core.hooksPath was changed since in {}: it stays as it is",
                    path.display()
                ));
            }
            if without.new_file && without.text.is_empty() {
                fs::remove_file(&path).map_err(|error| write::refused("remove the file", &path, error))?;
            } else {
                replace(lock, &path, &without.text)?;
            }
        }
        if self.in_force()? {
            return Err(Error::new(format!("core.hooksPath names {} still", self.folder.display()))
                .mend("take it out where it is set: git config --show-origin --get-all core.hooksPath"));
        }
        Ok(notes)
    }

    fn folder_bytes(&self) -> &[u8] {
        self.folder.as_os_str().as_encoded_bytes()
    }
}

/// Writes the shim unless it is there already.
fn put(path: &Path, shim: &Shim<'_>) -> Result<bool, Error> {
    let text = shim.render();
    let same = fs::read(path).is_ok_and(|present| present == text);
    if !same {
        write::executable(path, &text)?;
    }
    Ok(!same)
}

/// The configuration files beyond repositories, the strongest last, each once.
fn config_files() -> Vec<(Source, PathBuf)> {
    let mut files: Vec<(Source, PathBuf)> = Vec::new();
    for source in [Source::System, Source::Git, Source::User] {
        let Some(path) = source.storage_location(&mut gix::path::env::var) else { continue };
        if !files.iter().any(|(_, present)| *present == path) {
            files.push((source, path));
        }
    }
    files
}

/// The file that `git config --global` writes: `~/.gitconfig`, unless only the one in XDG's place exists.
fn global_file() -> Result<PathBuf, Error> {
    let place = |source: Source| source.storage_location(&mut gix::path::env::var);
    let (user, xdg) = (place(Source::User), place(Source::Git));
    let path = match (user, xdg) {
        (Some(user), Some(xdg)) if !user.exists() && xdg.exists() => xdg,
        (Some(user), _) => user,
        (None, Some(xdg)) => xdg,
        (None, None) => return Err(Error::new("no place for git's global configuration").mend("set HOME")),
    };
    match fs::metadata(&path) {
        Ok(meta) if !meta.is_file() => {
            Err(Error::new(format!("{}: not a file that can be edited", path.display()))
                .mend("let GIT_CONFIG_GLOBAL name a regular file, or unset it"))
        }
        _ => Ok(path),
    }
}

fn read(path: &Path) -> Result<Option<BString>, Error> {
    match fs::read(path) {
        Ok(text) => Ok(Some(text.into())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io("read git's configuration", path, error)),
    }
}

/// Git's own lock. A symbolic link is followed: the file it leads to is the one to write.
fn lock(path: &Path) -> Result<gix::lock::File, Error> {
    gix::lock::File::acquire(
        path,
        gix::lock::acquire::Fail::AfterDurationWithBackoff(Duration::from_secs(1)),
        None,
        0,
        Some(&gix::lock::acquire::resolve_symlink),
    )
    .map_err(|error| {
        Error::new(format!("could not lock {}: {error}", path.display()))
            .mend("see that its folder is writable and that no other git holds the lock")
    })
}

fn replace(mut lock: gix::lock::File, path: &Path, text: &[u8]) -> Result<(), Error> {
    let fail = |error| write::refused("write git's configuration", path, error);
    let mode = fs::metadata(path).map(|meta| meta.permissions()).ok();
    lock.with_mut(|file| {
        io::Write::write_all(file, text)?;
        if let Some(mode) = mode {
            file.set_permissions(mode)?;
        }
        file.sync_all()
    })
    .map_err(fail)?;
    lock.commit().map_err(|failed| fail(failed.error))?;
    Ok(())
}
