//! What refs about to be pushed bring in: commits, and tags of anything.

use std::collections::HashSet;

use bstr::{BString, ByteSlice};
use gix::{ObjectId, objs::Kind};

use super::{Before, Content, Gathered, Item, commits, metadata::text_item};
use crate::{
    error::Error,
    git::{Mode, Repo, Store, TagText, entries, tag_text},
    model::{Count, Deadline, Origin, Part, Problem},
};

/// A ref as it will be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRef {
    pub name: BString,
    pub id: ObjectId,
    /// Whether there was none of that name.
    pub created: bool,
}

/// What refs come to: tags, and the commits, trees or blobs that they point at.
#[derive(Default)]
struct Tips {
    tags: HashSet<ObjectId>,
    /// Tags that lead to what cannot be read.
    lost: HashSet<ObjectId>,
    commits: Vec<ObjectId>,
    trees: Vec<ObjectId>,
    blobs: Vec<ObjectId>,
}

/// What refs about to be pushed bring that `hidden` does not reach. A tree or blob that a tag points at is
/// all new, unless it is what a hidden ref points at.
pub fn push(
    repo: &Repo,
    refs: &[NewRef],
    hidden: &[ObjectId],
    deadline: Deadline,
) -> Result<Gathered, Error> {
    let store = repo.store();
    let mut old = Tips::default();
    for &tip in hidden {
        // What the other side has and this one has not hides nothing.
        let _ = follow(store, tip, &mut old, &mut |_| {});
    }
    let mut extra = Gathered::default();
    let mut new = Tips { tags: old.tags.clone(), ..Tips::default() };
    for NewRef { name, id, created } in refs {
        if *created {
            extra.items.push(text_item(Part::RefName, name.as_ref(), name.as_ref(), None));
        }
        let met = follow(store, *id, &mut new, &mut |tag| {
            for text in [tag.header, tag.message] {
                extra.items.push(text_item(Part::TagMessage, name.as_ref(), text, None));
            }
            add_one(&mut extra.coverage.tags);
        });
        if let Err(problem) = met {
            extra.problems.add(problem);
        }
    }
    let mut objects = Objects {
        store,
        deadline,
        seen: old.trees.into_iter().chain(old.blobs).collect(),
        blobs: Vec::new(),
        names: HashSet::new(),
    };
    new.trees.iter().for_each(|&tree| objects.tree(tree, &mut extra));
    new.blobs.iter().for_each(|&blob| objects.blob(blob, BString::default()));
    let mut gathered = commits(repo, &new.commits, &old.commits, deadline)?;
    gathered.items.extend(extra.items);
    for (id, path) in objects.blobs {
        let origin = Origin { path, part: Part::Content, blob: Some(id), commit: None, layer: None };
        gathered.items.push(Item { origin, content: Content::Blob(id), before: Before::Nothing });
    }
    gathered.problems.extend(extra.problems.into_sorted());
    gathered.coverage.tags = extra.coverage.tags;
    gathered.coverage.trees = extra.coverage.trees;
    gathered.coverage.refs = Count::both(refs.len() as u64);
    Ok(gathered)
}

/// Follows a tag to what it points at, passing each one met for the first time to `tag`. What leads to one that was met
/// before is followed no further: its end is known.
fn follow(
    store: &Store,
    tip: ObjectId,
    tips: &mut Tips,
    tag: &mut dyn FnMut(&TagText),
) -> Result<(), Problem> {
    let mut passed = HashSet::new();
    let end = end(store, tip, tips, tag, &mut passed);
    let known = if end.is_ok() { &mut tips.tags } else { &mut tips.lost };
    known.extend(passed);
    match end? {
        Some((Kind::Commit, id)) => tips.commits.push(id),
        Some((Kind::Tree, id)) => tips.trees.push(id),
        Some((Kind::Blob, id)) => tips.blobs.push(id),
        Some((Kind::Tag, _)) | None => {}
    }
    Ok(())
}

/// What a chain of tags ends in; nothing, if that is known. Notes the new tags in `passed`.
fn end(
    store: &Store,
    tip: ObjectId,
    known: &Tips,
    tag: &mut dyn FnMut(&TagText),
    passed: &mut HashSet<ObjectId>,
) -> Result<Option<(Kind, ObjectId)>, Problem> {
    let mut id = tip;
    let mut buffer = Vec::new();
    while !known.tags.contains(&id) && !known.lost.contains(&id) {
        let object = store.find(id, &mut buffer)?;
        if object.kind != Kind::Tag {
            return Ok(Some((object.kind, id)));
        }
        // Names are hashes of what they name, so no chain of tags comes back to itself; a forged one ends here.
        if !passed.insert(id) {
            return Err(Problem::new(format!("object {tip}"), "a tag that points at itself"));
        }
        let text =
            tag_text(object.data).ok_or_else(|| Problem::new(format!("object {id}"), "a broken tag"))?;
        tag(&text);
        id = text.target;
    }
    Ok(None)
}

fn add_one(count: &mut Count) {
    count.asked += 1;
    count.read += 1;
}

/// Trees and blobs met so far.
struct Objects<'s> {
    store: &'s Store,
    deadline: Deadline,
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
            if self.deadline.passed() {
                return gathered.problems.add(Deadline::problem("all folders of a tagged tree were read"));
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
