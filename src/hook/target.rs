//! Finds the folder in which git looks for hooks, by git's own rules.
//!
//! `core.hooksPath` wins, from whatever file; a relative one starts where git runs the hook. It may not
//! know what a hook contains. Git's installation-wide file is taken from `/etc/gitconfig` or
//! `GIT_CONFIG_SYSTEM`: asking git for another place would mean running it.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use gix::{bstr::ByteSlice, config::Source, sec::trust::Mapping};

use super::{Kind, global::Global, slot};
use crate::error::Error;

/// Where hooks go.
pub enum Target {
    Repository(Box<Repository>),
    /// The user's own configuration: every repository that sets no hooks folder itself.
    Global(Global),
    /// A file in a folder whose files a server runs one after the other.
    File(PathBuf),
}

impl Target {
    /// The repository that git would use here: `GIT_DIR`, else upwards from the current folder.
    pub fn here() -> Result<Self, Error> {
        let here = env::current_dir()
            .map_err(|error| Error::io("find the current folder", Path::new("."), error))?;
        let found = gix::ThreadSafeRepository::discover_with_environment_overrides_opts(
            &here,
            gix::discover::upwards::Options { match_ceiling_dir_or_error: false, ..Default::default() },
            trust(),
        );
        Self::open(&here, found)
    }

    /// The repository at `path` or above it, whatever `GIT_DIR` says.
    pub fn at(path: &Path) -> Result<Self, Error> {
        Self::open(path, gix::ThreadSafeRepository::discover_opts(path, Default::default(), trust()))
    }

    /// The user's own configuration.
    pub fn global() -> Result<Self, Error> {
        Global::find().map(Target::Global)
    }

    fn open(path: &Path, found: gix::Result<gix::ThreadSafeRepository>) -> Result<Self, Error> {
        let repository = found.map_err(|error| {
            Error::new(format!("{}: no repository to put a hook into: {error}", path.display()))
                .mend("run this inside a repository of your own (see safe.directory in `git help config`), or use --global")
        })?;
        Repository::new(repository.to_thread_local()).map(Box::new).map(Target::Repository)
    }
}

/// A repository of someone else is not opened: its configuration could send the hook anywhere.
fn trust() -> Mapping<gix::open::Options> {
    let options = || gix::open::Options::default().strict_config(true).bail_if_untrusted(true);
    Mapping { full: options(), reduced: options() }
}

/// One repository, and where its hooks lie.
pub struct Repository {
    git: gix::Repository,
    /// `core.hooksPath` as it is in force, save where it names leakgate's own folder.
    hooks_path: Option<HooksPath>,
    /// leakgate's folder of user-wide hooks, where it is the one in force.
    pub(super) global: Option<Global>,
}

struct HooksPath {
    path: PathBuf,
    /// Set for every repository, not for this one.
    shared: bool,
}

impl Repository {
    fn new(mut git: gix::Repository) -> Result<Self, Error> {
        git.make_paths_absolute()
            .map_err(|error| Error::new(format!("cannot find the repository's folders: {error}")))?;
        let hooks_path = configured(&git)?;
        let global = Global::find()
            .ok()
            .filter(|global| hooks_path.as_ref().is_some_and(|hooks| hooks.path == global.folder()));
        // User-wide hooks call the ones that would run without them, so that is where ours belong.
        let hooks_path = match &global {
            Some(global) => global.former()?.map(|path| HooksPath { path, shared: true }),
            None => hooks_path,
        };
        Ok(Self { git, hooks_path, global })
    }

    /// Where git looks for this hook.
    pub(super) fn place(&self, kind: Kind) -> PathBuf {
        self.folder(kind).join(kind.name())
    }

    /// Where ours is to go.
    pub(super) fn hook(&self, kind: Kind) -> Result<PathBuf, Error> {
        let folder = self.folder(kind);
        if husky(&folder) {
            return Err(Error::new(format!(
                "{}: this folder is made, and made anew, by husky",
                folder.display()
            ))
            .mend(format!(
                "add the line `leakgate {}` to .husky/{kind}",
                kind.words().join(" ") + kind.arguments()
            )));
        }
        Ok(folder.join(kind.name()))
    }

    /// The folder git looks in. Hooks of a push run in the git folder, all others at the worktree's root.
    fn folder(&self, kind: Kind) -> PathBuf {
        match (&self.hooks_path, self.git.workdir()) {
            (None, _) => self.git.common_dir().join("hooks"),
            (Some(hooks), Some(root)) if kind != Kind::PreReceive => root.join(&hooks.path),
            (Some(hooks), _) => self.git.common_dir().join(&hooks.path),
        }
    }

    /// What the user should know about the place.
    pub(super) fn notes(&self, kind: Kind, path: &Path) -> Vec<String> {
        let mut notes = Vec::new();
        let folder = path.parent().unwrap_or(path).display();
        if self.tracked(path) {
            notes.push(format!(
                "{folder} is under version control: the hook is a change to commit, or to leave out"
            ));
        }
        if self.hooks_path.as_ref().is_some_and(|hooks| hooks.shared && hooks.path.is_absolute()) {
            notes.push(format!(
                "{folder} is core.hooksPath for more than this repository: the hook runs in all of them"
            ));
        }
        if kind != Kind::PreReceive && self.git.workdir().is_none() {
            notes.push(format!("this repository has no worktree: git hardly ever runs {kind} in it"));
        }
        if kind == Kind::PreReceive && self.git.workdir().is_some() {
            notes.push(
                "this repository has a worktree: pre-receive runs only when someone pushes into it"
                    .to_owned(),
            );
        }
        if slot::kept(path).exists() && fs::read(slot::kept(path)).is_ok_and(|text| names_itself(&text)) {
            notes.push(format!(
                "the hook that was there looks at its own name ($0), which is {} now: see that it still works",
                slot::kept(path).display()
            ));
        }
        notes
    }

    /// Whether leakgate's user-wide hook is there but git looks elsewhere.
    pub(super) fn overrules_global(&self, kind: Kind) -> bool {
        self.global.is_none()
            && self.hooks_path.is_some()
            && Global::find().is_ok_and(|global| global.guards(kind))
    }

    /// Whether the folder of `path` holds tracked files.
    pub(super) fn tracked(&self, path: &Path) -> bool {
        let Some((root, folder)) = self.git.workdir().zip(path.parent()) else { return false };
        let (Ok(root), Ok(folder)) = (root.canonicalize(), folder.canonicalize()) else { return false };
        let Ok(inside) = folder.strip_prefix(&root) else { return false };
        let Ok(index) = self.git.index_or_empty() else { return false };
        let inside = inside.as_os_str().as_encoded_bytes().as_bstr();
        let mut prefix = gix::path::to_unix_separators_on_windows(inside).into_owned();
        if !prefix.is_empty() {
            prefix.push(b'/');
        }
        index.prefixed_entries(prefix.as_bstr()).is_some_and(|entries| !entries.is_empty())
    }
}

/// `core.hooksPath` as it is in force.
fn configured(git: &gix::Repository) -> Result<Option<HooksPath>, Error> {
    let config = git.config_snapshot();
    let wrong = |error: gix::Error| {
        Error::new(format!("core.hooksPath does not name a folder: {error}"))
            .mend("see where it is set: git config --show-origin --get-all core.hooksPath")
    };
    let Some(path) = config.trusted_path("core.hooksPath").map_err(wrong)? else { return Ok(None) };
    let source =
        config.plumbing().raw_value_with_section("core.hooksPath").map(|(_, section)| section.meta().source);
    let shared = !matches!(source, Ok(Source::Local | Source::Worktree));
    Ok(Some(HooksPath { path, shared }))
}

/// husky's folder of stubs: it is written anew at every installation, and its stubs go by their own name.
fn husky(folder: &Path) -> bool {
    folder.ends_with(".husky/_")
}

fn names_itself(text: &[u8]) -> bool {
    text.contains_str("${0##") || (text.contains_str("basename") && text.contains_str("$0"))
}
