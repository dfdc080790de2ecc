//! What refs about to be pushed bring in: commits, and tags of anything.

use std::collections::HashSet;

use bstr::{BString, ByteSlice};
use gix::{ObjectId, objs::Kind};

use super::{Before, Content, Gathered, Item, commits, metadata::text_item};
use crate::{
    error::Error,
    git::{Mode, Repo, Store, entries, tag_text},
    model::{Count, Origin, Part, Problem},
};

/// What tips come to: commits, and trees or blobs that a tag may point at.
#[derive(Default)]
struct Tips {
    commits: Vec<ObjectId>,
    trees: Vec<ObjectId>,
    blobs: Vec<ObjectId>,
}

/// What refs about to be pushed bring that `hidden` does not reach.
pub fn push(repo: &Repo, tips: &[ObjectId], hidden: &[ObjectId]) -> Result<Gathered, Error> {
    let mut extra = Gathered::default();
    let mut new = Tips::default();
    for &tip in tips {
        if let Err(problem) = follow(repo.store(), tip, &mut new, &mut extra) {
            extra.problems.add(problem);
        }
    }
    let mut old = Tips::default();
    for &tip in hidden {
        // What the other side has and this one has not hides nothing.
        let _ = follow(repo.store(), tip, &mut old, &mut Gathered::default());
    }
    let mut objects =
        Objects { store: repo.store(), seen: HashSet::new(), blobs: Vec::new(), names: HashSet::new() };
    new.trees.iter().for_each(|&tree| objects.tree(tree, &mut extra));
    new.blobs.iter().for_each(|&blob| objects.blob(blob, BString::default()));
    let mut gathered = commits(repo, &new.commits, &old.commits)?;
    gathered.items.extend(extra.items);
    for (id, path) in objects.blobs {
        let origin = Origin { path, part: Part::Content, blob: Some(id), commit: None };
        gathered.items.push(Item { origin, content: Content::Blob(id), before: Before::Nothing });
    }
    gathered.problems.extend(extra.problems.into_sorted());
    gathered.coverage.tags = extra.coverage.tags;
    gathered.coverage.trees = extra.coverage.trees;
    Ok(gathered)
}

/// Follows tags to what they point at, scanning their messages.
fn follow(store: &Store, tip: ObjectId, tips: &mut Tips, gathered: &mut Gathered) -> Result<(), Problem> {
    let mut id = tip;
    let mut buffer = Vec::new();
    let mut met = HashSet::new();
    while met.insert(id) {
        let object = store.find(id, &mut buffer)?;
        match object.kind {
            Kind::Commit => tips.commits.push(id),
            Kind::Tree => tips.trees.push(id),
            Kind::Blob => tips.blobs.push(id),
            Kind::Tag => {
                let tag = tag_text(object.data)
                    .ok_or_else(|| Problem::new(format!("object {id}"), "a broken tag"))?;
                for text in [tag.header, tag.message] {
                    gathered.items.push(text_item(
                        Part::TagMessage,
                        Part::TagMessage.word().into(),
                        text,
                        None,
                    ));
                }
                add_one(&mut gathered.coverage.tags);
                id = tag.target;
                continue;
            }
        }
        return Ok(());
    }
    Err(Problem::new(format!("object {tip}"), "a tag that points at itself"))
}

fn add_one(count: &mut Count) {
    count.asked += 1;
    count.read += 1;
}

/// Trees and blobs met so far.
struct Objects<'s> {
    store: &'s Store,
    seen: HashSet<ObjectId>,
    /// Each blob once, with the first path at which it was met.
    blobs: Vec<(ObjectId, BString)>,
    /// Names of files and folders, each scanned once.
    names: HashSet<BString>,
}

impl Objects<'_> {
    fn blob(&mut self, id: ObjectId, path: BString) {
        if self.seen.insert(id) {
            self.blobs.push((id, path));
        }
    }

    fn tree(&mut self, id: ObjectId, gathered: &mut Gathered) {
        let mut stack = vec![(id, BString::default())];
        let mut buffer = Vec::new();
        while let Some((id, path)) = stack.pop() {
            if !self.seen.insert(id) {
                continue;
            }
            gathered.coverage.trees.asked += 1;
            let entries = match entries(self.store, id, &mut buffer) {
                Ok(entries) => entries,
                Err(missing) => {
                    gathered.problems.add(missing.into());
                    continue;
                }
            };
            gathered.coverage.trees.read += 1;
            for entry in entries {
                if self.names.insert(entry.name.clone()) {
                    gathered.items.push(text_item(
                        Part::Path,
                        entry.name.as_ref(),
                        entry.name.as_ref(),
                        None,
                    ));
                }
                let mut path = path.clone();
                if !path.is_empty() {
                    path.push(b'/');
                }
                path.extend_from_slice(entry.name.as_bytes());
                match entry.mode {
                    Mode::Tree => stack.push((entry.id, path)),
                    Mode::Blob => self.blob(entry.id, path),
                    Mode::Submodule => {}
                }
            }
        }
    }
}
