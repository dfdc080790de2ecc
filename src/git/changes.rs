//! What a tree has that none of its parents has at the same path.

use std::{
    collections::{HashMap, HashSet},
    rc::Rc,
};

use bstr::{BStr, BString, ByteVec};
use gix::{ObjectId, objs::Kind, objs::TreeRefIter};

use super::{Missing, Store};

/// What an entry of a tree is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    Tree,
    /// A file, executable or not; or a symbolic link, whose target is its content.
    Blob,
    /// A commit of another repository, whose objects are not here.
    Submodule,
}

impl Mode {
    pub fn of(mode: gix::objs::tree::EntryMode) -> Self {
        if mode.is_tree() {
            Self::Tree
        } else if mode.is_commit() {
            Self::Submodule
        } else {
            Self::Blob
        }
    }
}

/// An entry of a tree.
#[derive(Clone, Debug)]
pub struct Entry {
    pub name: BString,
    pub mode: Mode,
    pub id: ObjectId,
}

/// A tree's entries; an empty list for no tree.
pub type Tree = Vec<Entry>;

/// A path whose content no parent has there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    pub path: BString,
    pub id: ObjectId,
    /// What each parent has at that path: a blob, or nothing.
    pub before: Vec<Option<ObjectId>>,
}

/// Reads a tree.
pub fn entries(store: &Store, id: ObjectId, buffer: &mut Vec<u8>) -> Result<Tree, Missing> {
    let data = store.expect(id, Kind::Tree, buffer)?;
    let entries: Result<Tree, _> = TreeRefIter::from_bytes(data, store.hash())
        .map(|entry| match entry {
            Ok(entry) => Ok(Entry {
                name: entry.filename.to_owned(),
                mode: Mode::of(entry.mode),
                id: entry.oid.to_owned(),
            }),
            Err(error) => Err(Missing { id, why: format!("a broken tree: {error}") }),
        })
        .collect();
    let mut entries = entries?;
    // Nearly sorted already: git orders a folder as if its name ended in a slash.
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(entries)
}

/// Reads trees, and keeps those read last: one commit's tree is the next one's parent.
pub struct Folders<'s> {
    store: &'s Store,
    buffer: Vec<u8>,
    known: HashMap<ObjectId, Rc<Tree>>,
    /// Entries of all of them.
    held: usize,
}

/// Entries kept at most; some hundred bytes each.
const HELD: usize = 200_000;

impl<'s> Folders<'s> {
    pub fn new(store: &'s Store) -> Self {
        Self { store, buffer: Vec::new(), known: HashMap::new(), held: 0 }
    }

    fn read(&mut self, id: ObjectId) -> Result<Rc<Tree>, Missing> {
        if let Some(tree) = self.known.get(&id) {
            return Ok(tree.clone());
        }
        let tree = Rc::new(entries(self.store, id, &mut self.buffer)?);
        self.held += tree.len();
        if self.held > HELD {
            self.known.clear();
            self.held = tree.len();
        }
        self.known.insert(id, tree.clone());
        Ok(tree)
    }
}

/// The first entry of each name in a sorted tree, for names that are asked for in order.
struct InOrder<'t>(&'t [Entry]);

impl<'t> InOrder<'t> {
    fn named(&mut self, name: &BStr) -> Option<&'t Entry> {
        while let Some((first, rest)) = self.0.split_first()
            && first.name < name
        {
            self.0 = rest;
        }
        self.0.first().filter(|entry| entry.name == name)
    }
}

/// The first entry of that name, in a tree that `entries` read.
pub fn named<'t>(tree: &'t Tree, name: &BStr) -> Option<&'t Entry> {
    let at = tree.partition_point(|entry| entry.name < name);
    tree.get(at).filter(|entry| entry.name == name)
}

/// Deeper folders than this are named as a problem; git's own limit is the same.
const DEEPEST: usize = 2048;

/// After so many folders of one comparison, a folder met before is not read again under another
/// path: a few small trees can spell out billions of paths.
const FOLDERS: usize = 100_000;

/// A folder to compare: what it is now, and what each parent has at its path.
struct Folder {
    path: BString,
    depth: usize,
    now: Option<ObjectId>,
    before: Vec<Option<ObjectId>>,
}

/// What a comparison calls for each thing it meets.
pub trait Seen {
    /// A blob that differs from what every parent has at its path.
    fn changed(&mut self, change: Change);
    /// A submodule where no parent has anything.
    fn submodule(&mut self, path: BString);
    /// A blob of a parent (by its number) whose path is no more.
    fn gone(&mut self, parent: usize, path: BString, id: ObjectId);
    /// A tree that could not be read. The rest goes on.
    fn missing(&mut self, missing: Missing);
    /// Whether to end here, with folders left that were not compared. Asked before each folder.
    fn stop(&mut self) -> bool {
        false
    }
}

/// Compares a tree with its parents' trees.
pub fn between(
    folders: &mut Folders,
    tree: Option<ObjectId>,
    parents: &[Option<ObjectId>],
    seen: &mut dyn Seen,
) {
    between_at(folders, BString::default(), tree, parents, seen);
}

/// The same for a folder at `path`.
pub fn between_at(
    folders: &mut Folders,
    path: BString,
    tree: Option<ObjectId>,
    parents: &[Option<ObjectId>],
    seen: &mut dyn Seen,
) {
    // A stack instead of recursion: a hostile tree may be thousands deep.
    let mut stack = vec![Folder { path, depth: 0, now: tree, before: parents.to_vec() }];
    let mut known = HashSet::new();
    while let Some(folder) = stack.pop() {
        if seen.stop() {
            return;
        }
        let met = !known.insert((folder.now, folder.before.clone()));
        if (folder.now.is_some() && folder.before.contains(&folder.now)) || (met && known.len() > FOLDERS) {
            continue;
        }
        if folder.depth > DEEPEST {
            let id = folder.now.or_else(|| folder.before.iter().flatten().next().copied());
            let why = format!("nested deeper than {DEEPEST} folders");
            id.into_iter().for_each(|id| seen.missing(Missing { id, why: why.clone() }));
            continue;
        }
        let mut read = |id: Option<ObjectId>| match id.map(|id| folders.read(id)) {
            Some(Ok(entries)) => entries,
            Some(Err(error)) => {
                seen.missing(error);
                Rc::default()
            }
            None => Rc::default(),
        };
        let now = read(folder.now);
        let before: Vec<Rc<Tree>> = folder.before.iter().map(|&parent| read(parent)).collect();
        let mut parents: Vec<_> = before.iter().map(|tree| InOrder(tree)).collect();
        let mut there: Vec<Option<&Entry>> = Vec::with_capacity(parents.len());
        for entry in now.iter() {
            there.clear();
            there.extend(parents.iter_mut().map(|tree| tree.named(entry.name.as_ref())));
            if there.iter().flatten().any(|old| old.id == entry.id && old.mode == entry.mode) {
                continue;
            }
            let before =
                there.iter().map(|old| old.filter(|old| old.mode == entry.mode).map(|old| old.id)).collect();
            let path = join(folder.path.as_ref(), entry.name.as_ref());
            match entry.mode {
                Mode::Blob => seen.changed(Change { path, id: entry.id, before }),
                Mode::Tree => {
                    stack.push(Folder { path, depth: folder.depth + 1, now: Some(entry.id), before })
                }
                Mode::Submodule if there.iter().all(Option::is_none) => seen.submodule(path),
                Mode::Submodule => {}
            }
        }
        for (number, tree) in before.iter().enumerate() {
            let mut now = InOrder(&now);
            for entry in tree.iter() {
                if now.named(entry.name.as_ref()).is_some_and(|new| new.mode == entry.mode) {
                    continue;
                }
                let path = join(folder.path.as_ref(), entry.name.as_ref());
                match entry.mode {
                    Mode::Blob => seen.gone(number, path, entry.id),
                    Mode::Tree => {
                        let mut before = vec![None; folder.before.len()];
                        before[number] = Some(entry.id);
                        stack.push(Folder { path, depth: folder.depth + 1, now: None, before });
                    }
                    Mode::Submodule => {}
                }
            }
        }
    }
}

fn join(folder: &BStr, name: &BStr) -> BString {
    let mut path = BString::from(folder);
    if !path.is_empty() {
        path.push_byte(b'/');
    }
    path.push_str(name);
    path
}
