//! Finds everything an object store is made of: packs, loose objects, and the alternates of alternates.
//!
//! Looks at names only. What is there but cannot be used is a [`Problem`].

use super::{
    pack::{Loose, Pack},
    problem::Problem,
};
use gix::{
    hash::{Kind, ObjectId},
    odb::{alternate, pack::multi_index},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

/// More memory than this the pack names of a multi-pack-index do not get.
const NAMES_LIMIT: usize = 64 << 20;

/// The objects of a repository, wherever they lie. Opened once; packs stay mapped.
pub struct Store {
    pub(super) hash: Kind,
    pub(super) directories: Vec<PathBuf>,
    pub(super) packs: Vec<Pack>,
    pub(super) loose: Loose,
    pub(super) problems: Vec<Problem>,
}

impl Store {
    /// Open the object directory `objects`, what its `info/alternates` name, and the `extra` directories with theirs
    /// (a quarantine, what `GIT_ALTERNATE_OBJECT_DIRECTORIES` lists). `hash` is the repository's object format.
    ///
    /// A directory that is reached twice is read once; alternates that go round in a circle are therefore no problem,
    /// and unlike in git there is no limit to their depth.
    pub fn open(objects: &Path, extra: &[PathBuf], hash: Kind) -> Self {
        let mut problems = Vec::new();
        let directories = directories(objects, extra, &mut problems);
        let mut store =
            Self { hash, directories: Vec::new(), packs: Vec::new(), loose: Loose::default(), problems };
        for directory in &directories {
            store.add_packs(&directory.join("pack"));
        }
        for (number, directory) in directories.iter().enumerate() {
            store.add_loose(number as u32, directory);
        }
        store.loose.list.sort_unstable();
        store.directories = directories;
        store
    }

    /// The object directories in the order they are searched.
    pub fn directories(&self) -> &[PathBuf] {
        &self.directories
    }

    fn add_packs(&mut self, directory: &Path) {
        let mut packs: BTreeMap<PathBuf, [bool; 2]> = BTreeMap::new();
        for path in list(directory, &mut self.problems) {
            match path.extension().and_then(|e| e.to_str()) {
                Some("pack") => packs.entry(path).or_default()[0] = true,
                Some("idx") => packs.entry(path.with_extension("pack")).or_default()[1] = true,
                _ => {}
            }
        }
        let mut multi = Multi::Unread;
        for (path, [data, index]) in packs {
            let pack = match (data, index) {
                (true, true) => Pack::with_index(&path, self.hash, &mut self.problems),
                (true, false) => match multi.covering(directory, &path, self.hash, &mut self.problems) {
                    Some((file, number)) => {
                        Pack::with_multi_index(&path, self.hash, file, number, &mut self.problems)
                    }
                    None => {
                        self.problems.push(Problem::new(path.display(), "a pack without an index"));
                        None
                    }
                },
                (false, _) => {
                    self.problems.push(Problem::new(path.display(), "the pack of an index is missing"));
                    None
                }
            };
            self.packs.extend(pack);
        }
    }

    fn add_loose(&mut self, number: u32, directory: &Path) {
        let mut hex = String::new();
        for fan in list(directory, &mut self.problems) {
            let Some(first) = name(&fan).filter(|n| n.len() == 2 && is_hex(n)) else {
                continue;
            };
            for path in list(&fan, &mut self.problems) {
                let Some(rest) = name(&path).filter(|n| is_hex(n)) else {
                    continue;
                };
                hex.clear();
                hex.extend([first, rest]);
                match ObjectId::from_hex(hex.as_bytes()) {
                    Ok(id) if id.kind() == self.hash => self.loose.list.push((id, number)),
                    _ => self.problems.push(Problem::new(path.display(), "not the name of an object")),
                }
            }
        }
    }

    /// The file of a loose object.
    pub(super) fn loose_path(&self, at: u32) -> PathBuf {
        let (id, directory) = &self.loose.list[at as usize];
        let hex = id.to_string();
        self.directories[*directory as usize].join(&hex[..2]).join(&hex[2..])
    }
}

/// The multi-pack-index of a pack directory, read when it is first needed.
enum Multi {
    Unread,
    Read(Option<Arc<multi_index::File>>),
}

impl Multi {
    fn covering(
        &mut self,
        directory: &Path,
        pack: &Path,
        hash: Kind,
        problems: &mut Vec<Problem>,
    ) -> Option<(&Arc<multi_index::File>, u32)> {
        if let Self::Unread = self {
            let path = directory.join("multi-pack-index");
            let file = path.exists().then(|| multi_index::File::at(&path, Some(NAMES_LIMIT)));
            let file = match file {
                Some(Ok(file)) if file.object_hash() == hash => Some(Arc::new(file)),
                Some(Ok(_)) => {
                    problems.push(Problem::new(path.display(), "for another object format"));
                    None
                }
                Some(Err(e)) => {
                    problems.push(Problem::new(path.display(), e));
                    None
                }
                None => None,
            };
            *self = Self::Read(file);
        }
        let Self::Read(Some(file)) = self else {
            return None;
        };
        let index = pack.with_extension("idx");
        let number =
            file.index_names().iter().position(|name| Some(name.as_os_str()) == index.file_name())?;
        Some((file, number as u32))
    }
}

/// `objects` and `extra` and all their alternates, each once.
fn directories(objects: &Path, extra: &[PathBuf], problems: &mut Vec<Problem>) -> Vec<PathBuf> {
    let mut waiting: Vec<PathBuf> = extra.iter().rev().cloned().collect();
    waiting.push(objects.to_owned());
    let mut seen = BTreeSet::new();
    let mut out = Vec::new();
    while let Some(directory) = waiting.pop() {
        match fs::canonicalize(&directory) {
            Ok(real) => {
                if !seen.insert(real) {
                    continue;
                }
            }
            Err(e) => {
                problems.push(Problem::new(directory.display(), format!("object directory: {e}")));
                continue;
            }
        }
        let file = directory.join("info").join("alternates");
        match fs::read(&file) {
            Ok(text) => match alternate::parse(&text) {
                Ok(paths) => waiting.extend(paths.into_iter().rev().map(|path| directory.join(path))),
                Err(e) => problems.push(Problem::new(file.display(), e)),
            },
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            Err(e) => problems.push(Problem::new(file.display(), e)),
        }
        out.push(directory);
    }
    out
}

/// The entries of a directory in order of name; none if it does not exist.
fn list(directory: &Path, problems: &mut Vec<Problem>) -> Vec<PathBuf> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(e) if matches!(e.kind(), io::ErrorKind::NotFound) => return Vec::new(),
        Err(e) => {
            problems.push(Problem::new(directory.display(), e));
            return Vec::new();
        }
    };
    let mut paths = Vec::new();
    for entry in entries {
        match entry {
            Ok(entry) => paths.push(entry.path()),
            Err(e) => problems.push(Problem::new(directory.display(), e)),
        }
    }
    paths.sort_unstable();
    paths
}

fn name(path: &Path) -> Option<&str> {
    path.file_name()?.to_str()
}

fn is_hex(name: &str) -> bool {
    name.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}
