//! Opens a repository with nothing but its own files trusted to say where its parts are.

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use bstr::ByteSlice;
use gix::ObjectId;

use super::Store;
use crate::error::Error;

/// What git's hooks are told by the environment. Nothing else of the environment is used.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    pub git_dir: Option<PathBuf>,
    pub work_tree: Option<PathBuf>,
    pub index_file: Option<PathBuf>,
    pub object_directory: Option<PathBuf>,
    pub alternates: Vec<PathBuf>,
}

impl Environment {
    /// From the process's environment.
    pub fn current() -> Self {
        let path = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        Self {
            git_dir: path("GIT_DIR"),
            work_tree: path("GIT_WORK_TREE"),
            index_file: path("GIT_INDEX_FILE"),
            object_directory: path("GIT_OBJECT_DIRECTORY"),
            alternates: env::var_os("GIT_ALTERNATE_OBJECT_DIRECTORIES").map(split).unwrap_or_default(),
        }
    }
}

fn split(list: OsString) -> Vec<PathBuf> {
    env::split_paths(&list).filter(|path| !path.as_os_str().is_empty()).collect()
}

/// An opened repository.
pub struct Repo {
    pub(super) git: gix::Repository,
    store: Store,
    index: PathBuf,
    objects: Vec<PathBuf>,
}

impl Repo {
    /// The repository that a hook or a command in `start` works on: what the environment names, else
    /// the first one at or above `start`.
    pub fn discover(start: &Path, environment: &Environment) -> Result<Self, Error> {
        let git = match &environment.git_dir {
            Some(git_dir) => open(&start.join(git_dir))?,
            None => {
                let (path, _trust) = gix::discover::upwards(start).map_err(|_| none(start))?;
                let (git_dir, _) = path.into_repository_and_work_tree_directories();
                open(&git_dir)?
            }
        };
        Self::new(git, start, environment)
    }

    /// The repository at `path`: a working tree, or a git folder. The environment has no say.
    pub fn at(path: &Path) -> Result<Self, Error> {
        if !path.exists() {
            return Err(Error::new(format!("{}: no such folder", path.display())));
        }
        let git = open(path).map_err(|error| if is_repository(path) { error } else { none(path) })?;
        Self::new(git, path, &Environment::default())
    }

    fn new(mut git: gix::Repository, start: &Path, environment: &Environment) -> Result<Self, Error> {
        refuse_other_ref_stores(&git)?;
        git.objects.ignore_replacements = true;
        let own = git.common_dir().join("objects");
        let mut objects = Vec::new();
        objects.extend(environment.object_directory.iter().map(|path| start.join(path)));
        objects.extend(environment.alternates.iter().map(|path| start.join(path)));
        objects.retain(|path| path.is_dir());
        if environment.object_directory.is_none() || !objects.contains(&own) {
            objects.push(own);
        }
        objects.dedup();
        let store = Store::open(objects.iter().map(PathBuf::as_path), git.object_hash())?;
        let index = match &environment.index_file {
            Some(file) => start.join(file),
            None => git.git_dir().join("index"),
        };
        Ok(Self { git, store, index, objects })
    }

    /// For refs and revisions.
    pub fn git(&self) -> &gix::Repository {
        &self.git
    }

    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Every object folder that is asked, without their alternates.
    pub fn object_folders(&self) -> &[PathBuf] {
        &self.objects
    }

    /// The repository's own folder.
    pub fn folder(&self) -> &Path {
        self.git.common_dir()
    }

    /// The address of the remote `origin`, as the repository has it written down.
    pub fn origin(&self) -> Option<String> {
        self.git.config_snapshot().string("remote.origin.url").map(|url| url.to_string())
    }

    pub fn hash(&self) -> gix::hash::Kind {
        self.git.object_hash()
    }

    pub fn work_tree(&self) -> Option<&Path> {
        self.git.workdir()
    }

    /// The index that `git commit` is about to record; there is none before the first `git add`.
    pub fn index(&self) -> Result<Option<gix::index::File>, Error> {
        if !self.index.exists() {
            return Ok(None);
        }
        let verify = false;
        let file =
            gix::index::File::at(&self.index, self.hash(), verify, gix::index::decode::Options::default())
                .map_err(|error| {
                    Error::new(format!("could not read the index at {}: {error}", self.index.display()))
                        .mend("see whether `git status` works; `git read-tree HEAD` makes a new index")
                })?;
        // A split index (core.splitIndex) is whole by now.
        Ok(Some(file))
    }

    /// The commit that HEAD names; `None` before the first one.
    pub fn head(&self) -> Result<Option<ObjectId>, Error> {
        let mut head =
            self.git.head().map_err(|error| Error::new(format!("could not read HEAD: {error}")))?;
        head.try_peel_to_id()
            .map(|id| id.map(gix::Id::detach))
            .map_err(|error| Error::new(format!("could not follow HEAD: {error}")))
    }

    /// The other parents of a merge that is being made.
    pub fn merge_heads(&self) -> Result<Vec<ObjectId>, Error> {
        let path = self.git.git_dir().join("MERGE_HEAD");
        if !path.exists() {
            return Ok(Vec::new());
        }
        let text = fs::read(&path).map_err(|error| Error::io("read the merge's parents", &path, error))?;
        text.lines()
            .map(|line| hex(line).ok_or_else(|| Error::new(format!("{}: not an object id", path.display()))))
            .collect()
    }

    /// Commits that this clone has without their parents.
    pub fn shallow(&self) -> Result<Vec<ObjectId>, Error> {
        let path = self.git.common_dir().join("shallow");
        match fs::read(&path) {
            Ok(text) => Ok(text.lines().filter_map(hex).collect()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(Error::io("read where the clone is cut off", &path, error)),
        }
    }

    /// The commit that a revision names.
    pub fn commit(&self, revision: &str) -> Result<ObjectId, Error> {
        let wrong = |why: String| {
            let mut error = Error::new(format!("could not resolve the revision {revision:?}: {why}"));
            if self.shallow().is_ok_and(|cut| !cut.is_empty()) {
                error = error.mend("this clone is shallow: fetch the rest with `git fetch --unshallow`");
            }
            error
        };
        if revision.starts_with('-') {
            return Err(wrong("it starts with a hyphen".to_owned()));
        }
        let spec = format!("{revision}^{{commit}}");
        let id = self.git.rev_parse_single(spec.as_str()).map_err(|error| wrong(error.to_string()))?;
        Ok(id.detach())
    }
}

/// A whole object id in hexadecimal.
pub fn hex(text: &[u8]) -> Option<ObjectId> {
    ObjectId::from_hex(text.trim_ascii()).ok()
}

fn open(path: &Path) -> Result<gix::Repository, Error> {
    gix::open::Options::isolated()
        .config_overrides(["core.useReplaceRefs=false"])
        .open(path)
        .map(|repository| repository.to_thread_local())
        .map_err(|error| Error::new(format!("could not open the repository at {}: {error}", path.display())))
}

fn is_repository(path: &Path) -> bool {
    path.join(".git").exists() || (path.join("HEAD").exists() && path.join("objects").exists())
}

fn none(path: &Path) -> Error {
    Error::new(format!("{}: not a git repository, nor inside one", path.display()))
        .mend("name a repository, or scan plain files with `leakgate dir`")
}

/// In a reftable repository the ref files are stubs; reading them would look like an empty repository.
fn refuse_other_ref_stores(git: &gix::Repository) -> Result<(), Error> {
    let storage = git.config_snapshot().string("extensions.refStorage");
    match storage {
        Some(format) if !format.eq_ignore_ascii_case(b"files") => Err(Error::new(format!(
            "{}: refs are stored as {format:?}, which cannot be read yet",
            git.git_dir().display()
        ))
        .mend("convert a copy with `git refs migrate --ref-format=files` and scan that")),
        _ => Ok(()),
    }
}
