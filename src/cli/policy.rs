//! Whose settings a gate follows: files that the server names, or files of the target side; never those of
//! what is under test.
//!
//! A path that lies in the repository names the file as the target side has it. Any other names a file of
//! the machine. What the target side has not yet is as if it were absent.

use std::{
    cell::RefCell,
    path::{Component, Path, PathBuf},
};

use bstr::{BString, ByteVec};
use gix::{ObjectId, objs::Kind};

use crate::{
    config::FILE_NAME,
    error::Error,
    git::{Missing, Mode, Repo, Tree, commit_text, entries, named},
    model::Problem,
};

/// The commit whose files count.
pub struct Side<'r> {
    repo: &'r Repo,
    /// As it is called in reports; empty where there is no commit.
    name: String,
    tree: Option<ObjectId>,
    /// What is under test.
    tested: Vec<ObjectId>,
    /// Paths of the repository that have a say, or would if the target side had them.
    asked: RefCell<Vec<BString>>,
    problems: RefCell<Vec<Problem>>,
}

/// A file of a policy.
pub enum Found {
    /// Its name for messages, and its text.
    File(String, String),
    /// The repository would have it there, but the target side has not.
    Absent,
    /// It is no path of the repository.
    OnDisk,
}

impl<'r> Side<'r> {
    /// The side of `commit`, or of nothing. `tested` are the commits under test.
    pub fn new(repo: &'r Repo, name: &str, commit: Option<ObjectId>, tested: &[ObjectId]) -> Self {
        let side = Self {
            repo,
            name: name.to_owned(),
            tree: None,
            tested: tested.to_vec(),
            asked: RefCell::default(),
            problems: RefCell::default(),
        };
        match commit.map(|commit| side.tree_of(commit)) {
            Some(Ok(tree)) => Self { tree: Some(tree), ..side },
            Some(Err(missing)) => {
                side.trouble(missing);
                side
            }
            None => side,
        }
    }

    /// The default configuration of the side: the name it is told by, and its text.
    pub fn config(&self) -> Option<(String, String)> {
        let path = BString::from(FILE_NAME);
        let text = self.text(&path);
        self.asked.borrow_mut().push(path);
        Some((format!("{}:{FILE_NAME}", self.name), text?))
    }

    /// What `path` means here.
    pub fn find(&self, path: &Path) -> Found {
        let Some(inside) = self.inside(path) else { return Found::OnDisk };
        let name = format!("{}:{inside}", self.name);
        let found = match self.text(&inside) {
            Some(text) => Found::File(name, text),
            None if self.tested.iter().any(|&commit| self.has(commit, &inside)) => Found::Absent,
            // Whoever runs this put it there.
            None => return Found::OnDisk,
        };
        self.asked.borrow_mut().push(inside);
        found
    }

    /// The `*.toml` files of a folder of the side, as paths to `find`; `None` if it has no such folder.
    pub fn folder(&self, path: &Path) -> Option<Vec<PathBuf>> {
        let inside = self.inside(path)?;
        let entry = self.tree.and_then(|tree| self.entry(tree, &inside).ok()?)?;
        let tree = (entry.0 == Mode::Tree).then_some(entry.1)?;
        let mut buffer = Vec::new();
        let entries = entries(self.repo.store(), tree, &mut buffer).map_err(|missing| self.trouble(missing));
        let names =
            entries.ok()?.into_iter().filter(|entry| entry.mode == Mode::Blob).map(|entry| entry.name);
        let names = names.filter(|name| name.ends_with(b".toml"));
        Some(names.map(|name| path.join(Vec::from(name).into_path_buf().unwrap_or_default())).collect())
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// Paths of the repository that have a say here.
    pub fn asked(&self) -> Vec<BString> {
        self.asked.borrow().clone()
    }

    /// What could not be read.
    pub fn problems(&self) -> Vec<Problem> {
        self.problems.borrow().clone()
    }

    fn trouble(&self, missing: Missing) {
        let problem = Problem::from(missing);
        let why = format!("needed for the settings of {}: {}", self.name, problem.why);
        self.problems.borrow_mut().push(Problem::new(problem.what, why));
    }

    /// The path from the repository's root. In a bare one, what is not on disk is taken as such.
    fn inside(&self, path: &Path) -> Option<BString> {
        let relative = match self.repo.work_tree() {
            Some(root) => {
                let root = root.canonicalize().ok()?;
                let (folder, name) = (path.parent()?, path.file_name()?);
                let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
                folder.canonicalize().ok()?.strip_prefix(&root).ok()?.join(name)
            }
            None if path.is_absolute() || path.exists() => return None,
            None => path.components().filter(|part| *part != Component::CurDir).collect(),
        };
        let bytes = Vec::from_path_lossy(&relative).into_owned();
        Some(if cfg!(windows) { bstr::ByteSlice::replace(&*bytes, "\\", "/").into() } else { bytes.into() })
    }

    fn text(&self, path: &BString) -> Option<String> {
        let (mode, id) = match self.entry(self.tree?, path) {
            Ok(entry) => entry?,
            Err(missing) => {
                self.trouble(missing);
                return None;
            }
        };
        if mode != Mode::Blob {
            return None;
        }
        let mut buffer = Vec::new();
        match self.repo.store().expect(id, Kind::Blob, &mut buffer) {
            Ok(data) => Some(String::from_utf8_lossy(data).into_owned()),
            Err(missing) => {
                self.trouble(missing);
                None
            }
        }
    }

    fn has(&self, commit: ObjectId, path: &BString) -> bool {
        let entry = self.tree_of(commit).and_then(|tree| self.entry(tree, path));
        entry.is_ok_and(|entry| entry.is_some())
    }

    fn tree_of(&self, commit: ObjectId) -> Result<ObjectId, Missing> {
        let mut buffer = Vec::new();
        let data = self.repo.store().expect(commit, Kind::Commit, &mut buffer)?;
        let broken = || Missing { id: commit, why: "a broken commit".to_owned() };
        commit_text(data).map(|commit| commit.tree).ok_or_else(broken)
    }

    fn entry(&self, root: ObjectId, path: &BString) -> Result<Option<(Mode, ObjectId)>, Missing> {
        let mut at = (Mode::Tree, root);
        let mut buffer = Vec::new();
        for name in path.split(|&byte| byte == b'/') {
            if at.0 != Mode::Tree {
                return Ok(None);
            }
            let tree: Tree = entries(self.repo.store(), at.1, &mut buffer)?;
            match named(&tree, name.into()) {
                Some(entry) => at = (entry.mode, entry.id),
                None => return Ok(None),
            }
        }
        Ok(Some(at))
    }
}

/// A file whose absence would make a scan look for less.
pub fn needed(side: &Side, path: &Path) -> Error {
    Error::new(format!("{}: {} does not have it", path.display(), side.name()))
        .mend("name a file outside the repository, or take the settings from elsewhere with --policy-from")
}
