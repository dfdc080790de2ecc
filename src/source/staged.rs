//! What `git commit` is about to record: the index against HEAD, and against the other parents of a
//! merge. The working copy is never looked at.

use bstr::{BStr, ByteSlice};
use gix::{
    ObjectId,
    index::{
        Entry, State,
        entry::{Flags, Mode as IndexMode, Stage},
        extension::Tree as Cached,
    },
    objs::Kind,
};

use super::{Gathered, range::Changes};
use crate::{
    error::Error,
    git::{self, Change, Folders, Mode, Repo, Seen, Store, between_at, commit_text, entries, named},
};

/// The staged change.
pub fn staged(repo: &Repo) -> Result<Gathered, Error> {
    let mut gathered =
        Gathered { scanned: "staged".to_owned(), store: Some(repo.store().clone()), ..Gathered::default() };
    let Some(index) = repo.index()? else { return Ok(gathered) };
    let commits = repo.head()?.into_iter().chain(repo.merge_heads()?);
    let parents =
        commits.map(|commit| tree_of(repo.store(), commit).map(Some)).collect::<Result<Vec<_>, _>>()?;
    let mut walk = Walk {
        store: repo.store(),
        folders: Folders::new(repo.store()),
        index: &index,
        changes: Changes::new(parents.len()),
        buffer: Vec::new(),
    };
    walk.folder(0, index.entries(), index.tree(), &parents);
    walk.changes.into_items(None, &mut gathered);
    Ok(gathered)
}

fn tree_of(store: &Store, commit: ObjectId) -> Result<ObjectId, Error> {
    let unreadable = |why: &str| {
        Error::new(format!("could not read commit {commit}, which HEAD or the merge names: {why}"))
    };
    let mut buffer = Vec::new();
    let data = store.expect(commit, Kind::Commit, &mut buffer).map_err(|missing| unreadable(&missing.why))?;
    commit_text(data).map(|commit| commit.tree).ok_or_else(|| unreadable("broken"))
}

struct Walk<'i> {
    store: &'i Store,
    folders: Folders<'i>,
    index: &'i State,
    changes: Changes,
    buffer: Vec<u8>,
}

impl<'i> Walk<'i> {
    /// Compares one folder, whose path is the first `prefix` bytes of each of its entries' paths.
    /// A folder that the index's tree cache calls unchanged is skipped: `git commit` records the
    /// cached tree itself, so nothing else can come in by it. Folders are as deep as paths are
    /// long, which the index limits to 4,095 bytes for the recursion here.
    fn folder(
        &mut self,
        prefix: usize,
        files: &'i [Entry],
        cached: Option<&Cached>,
        parents: &[Option<ObjectId>],
    ) {
        let unchanged = |cached: &Cached| cached.num_entries.is_some() && parents.contains(&Some(cached.id));
        if cached.is_some_and(unchanged) {
            return;
        }
        let before: Vec<git::Tree> = parents
            .iter()
            .map(|tree| match tree.map(|tree| entries(self.store, tree, &mut self.buffer)) {
                Some(Ok(entries)) => entries,
                Some(Err(missing)) => {
                    self.changes.missing(missing);
                    git::Tree::new()
                }
                None => git::Tree::new(),
            })
            .collect();
        let mut names: Vec<(&BStr, Mode)> = Vec::new();
        let mut rest = files;
        while let Some(entry) = rest.first() {
            let name = &entry.path(self.index)[prefix..];
            let Some(slash) = name.find_byte(b'/') else {
                rest = &rest[1..];
                self.file(entry, name.as_bstr(), &before, &mut names);
                continue;
            };
            let end = prefix + slash + 1;
            let folder = &entry.path(self.index)[..end];
            let count = rest.partition_point(|entry| entry.path(self.index).starts_with(folder));
            let (inside, after) = rest.split_at(count.max(1));
            rest = after;
            let name = name[..slash].as_bstr();
            names.push((name, Mode::Tree));
            let there: Vec<_> = before.iter().map(|tree| find(tree, name, Mode::Tree)).collect();
            if entry.mode == IndexMode::DIR {
                between_at(
                    &mut self.folders,
                    folder[..end - 1].into(),
                    Some(entry.id),
                    &there,
                    &mut self.changes,
                );
                continue;
            }
            let cached =
                cached.and_then(|cached| cached.children.iter().find(|child| child.name[..] == name[..]));
            self.folder(end, inside, cached, &there);
        }
        self.gone(
            &files.first().map_or(b"".as_bstr(), |entry| entry.path(self.index))[..prefix],
            &before,
            &mut names,
        );
    }

    fn file(
        &mut self,
        entry: &'i Entry,
        name: &'i BStr,
        before: &[git::Tree],
        names: &mut Vec<(&'i BStr, Mode)>,
    ) {
        // `git add -N` only promises a file, and the common ancestor of a conflict is of the past: no
        // commit records them.
        if entry.flags.contains(Flags::INTENT_TO_ADD) || entry.stage() == Stage::Base {
            return;
        }
        if entry.mode == IndexMode::COMMIT {
            names.push((name, Mode::Submodule));
            if before.iter().all(|tree| named(tree, name).is_none()) {
                self.changes.submodule(entry.path(self.index).to_owned());
            }
            return;
        }
        names.push((name, Mode::Blob));
        let there: Vec<_> = before.iter().map(|tree| find(tree, name, Mode::Blob)).collect();
        if !there.contains(&Some(entry.id)) {
            self.changes.changed(Change {
                path: entry.path(self.index).to_owned(),
                id: entry.id,
                before: there,
            });
        }
    }

    /// Tells what the parents have in a folder and the index has not.
    fn gone(&mut self, prefix: &[u8], before: &[git::Tree], names: &mut [(&BStr, Mode)]) {
        names.sort_unstable();
        for (number, tree) in before.iter().enumerate() {
            for entry in tree {
                if names.binary_search(&(entry.name.as_ref(), entry.mode)).is_ok() {
                    continue;
                }
                let path = [prefix, &entry.name[..]].concat();
                match entry.mode {
                    Mode::Blob => self.changes.gone(number, path.into(), entry.id),
                    Mode::Tree => {
                        let mut only = vec![None; before.len()];
                        only[number] = Some(entry.id);
                        between_at(&mut self.folders, path.into(), None, &only, &mut self.changes);
                    }
                    Mode::Submodule => {}
                }
            }
        }
    }
}

fn find(tree: &git::Tree, name: &BStr, mode: Mode) -> Option<ObjectId> {
    named(tree, name).filter(|entry| entry.mode == mode).map(|entry| entry.id)
}
