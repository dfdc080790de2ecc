//! What commits bring in: each commit's new lines against all of its parents, and its messages.

use std::{collections::HashMap, sync::Arc};

use bstr::BString;
use gix::{ObjectId, objs::Kind};

use super::{
    Before, Content, Gathered, Item, Shape,
    metadata::{commit_items, text_item},
    renames::Gone,
};
use crate::{
    error::Error,
    git::{Change, Folders, Missing, Node, Repo, Seen, Store, between, commit_text, reachable},
    model::{Count, Coverage, Deadline, Origin, Part, Problem, Problems},
};

/// The two ends of a range as the user wrote them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    pub base: String,
    pub head: String,
}

impl std::str::FromStr for Range {
    type Err = Error;

    /// `BASE..HEAD`, or `BASE...HEAD`, which by reachability is the same. An end left out is HEAD.
    fn from_str(text: &str) -> Result<Self, Error> {
        let (base, head) = text.split_once("...").or_else(|| text.split_once("..")).ok_or_else(|| {
            Error::new(format!("{text:?} is not a range"))
                .mend(format!("write BASE..HEAD, such as main..HEAD; for one commit {text}~1..{text}"))
        })?;
        let or_head = |end: &str| if end.is_empty() { "HEAD".to_owned() } else { end.to_owned() };
        Ok(Self { base: or_head(base), head: or_head(head) })
    }
}

/// What the commits bring in that are reachable from the range's head and not from its base.
pub fn range(repo: &Repo, range: &Range, deadline: Deadline) -> Result<Gathered, Error> {
    let base = repo.commit(&range.base)?;
    let head = repo.commit(&range.head)?;
    let mut gathered = commits(repo, &[head], &[base], deadline)?;
    gathered.scanned = format!("range {}..{}", range.base, range.head);
    Ok(gathered)
}

/// What the commits bring in that are reachable from `tips` and not from `hidden`.
pub fn commits(
    repo: &Repo,
    tips: &[ObjectId],
    hidden: &[ObjectId],
    deadline: Deadline,
) -> Result<Gathered, Error> {
    let store = repo.store();
    let mut problems = Problems::default();
    let mut unread = 0;
    let mut nodes = reachable(store, tips, hidden, &repo.shallow()?, deadline, &mut |missing| {
        unread += 1;
        problems.add(missing.into());
    });
    if deadline.passed() {
        // A walk that ended early may hold what is old, too.
        problems.add(Deadline::problem("all commits were known"));
        unread += nodes.len();
        nodes.clear();
    }
    let asked = (nodes.len() + unread) as u64;
    let coverage = Coverage { commits: Count { asked, read: 0 }, ..Coverage::default() };
    let shape = Shape {
        merges: nodes.iter().any(|node| node.parents.len() > 1),
        roots: nodes.iter().filter(|node| node.parents.is_empty()).map(|node| node.id).collect(),
    };
    let mut gathered =
        Gathered { coverage, problems, shape, store: Some(store.clone()), ..Gathered::default() };
    let mut trees = Trees {
        store,
        folders: Folders::new(store),
        known: nodes.iter().map(|node| (node.id, Some(node.tree))).collect(),
    };
    for (done, node) in nodes.iter().rev().enumerate() {
        if deadline.passed() {
            let why = format!("{} of {} commits were looked at", nodes.len() - done, nodes.len());
            gathered.problems.add(Deadline::problem(why));
            break;
        }
        one_commit(&mut trees, node, deadline, &mut gathered);
        gathered.coverage.commits.read += 1;
    }
    Ok(gathered)
}

fn one_commit(trees: &mut Trees, node: &Node, deadline: Deadline, gathered: &mut Gathered) {
    let credit = match commit_items(trees.store, node.id, &mut gathered.items) {
        Ok(credit) => credit,
        Err(problem) => return gathered.problems.add(problem),
    };
    let parents: Vec<_> =
        node.parents.iter().take(PARENTS).map(|&parent| trees.of(parent, &mut gathered.problems)).collect();
    let mut changes = Changes { deadline, ..Changes::new(parents.len()) };
    between(&mut trees.folders, Some(node.tree), &parents, &mut changes);
    changes.into_items(Some(&credit), gathered);
}

/// A merge is compared with so many of its parents, as each of its files is held against each of them. What stands
/// only in the others counts as new.
const PARENTS: usize = 100;

/// Trees of commits, each looked up once.
struct Trees<'s> {
    store: &'s Store,
    folders: Folders<'s>,
    known: HashMap<ObjectId, Option<ObjectId>>,
}

impl Trees<'_> {
    fn of(&mut self, commit: ObjectId, problems: &mut Problems) -> Option<ObjectId> {
        *self.known.entry(commit).or_insert_with(|| {
            let mut buffer = Vec::new();
            match self.store.expect(commit, Kind::Commit, &mut buffer) {
                Ok(data) => commit_text(data).map(|commit| commit.tree),
                Err(missing) => {
                    problems.add(Problem::from(missing));
                    None
                }
            }
        })
    }
}

/// Collects one comparison of trees.
pub struct Changes {
    pub changed: Vec<Change>,
    /// Paths of new submodules: of them only the name is here.
    pub submodules: Vec<BString>,
    pub gone: Vec<Vec<(BString, ObjectId)>>,
    pub missing: Vec<Missing>,
    pub deadline: Deadline,
    /// It ended before all folders were compared.
    stopped: bool,
}

impl Changes {
    pub fn new(parents: usize) -> Self {
        Self {
            changed: Vec::new(),
            submodules: Vec::new(),
            gone: vec![Vec::new(); parents],
            missing: Vec::new(),
            deadline: Deadline::default(),
            stopped: false,
        }
    }

    /// Turns them into items: the content of each changed file, and the names of new ones.
    pub fn into_items(mut self, credit: Option<&Arc<crate::model::Commit>>, gathered: &mut Gathered) {
        gathered.problems.extend(self.missing.into_iter().map(Problem::from));
        if self.stopped {
            gathered.problems.add(Deadline::problem("all folders of a commit were compared"));
        }
        if let Some(credit) = credit {
            let gone = self.gone.iter().flatten().map(|(path, _)| (path.clone(), credit.clone()));
            gathered.gone.extend(gone);
        }
        self.changed.sort();
        self.submodules.sort();
        let name = |path: &BString| text_item(Part::Path, path.as_ref(), path.as_ref(), credit.cloned());
        gathered.items.extend(self.submodules.iter().map(name));
        let gone = Arc::new(self.gone.into_iter().map(Gone::new).collect::<Vec<_>>());
        for change in self.changed {
            let commit = credit.cloned();
            if change.before.iter().all(Option::is_none) {
                gathered.items.push(name(&change.path));
            }
            let origin =
                Origin { path: change.path, part: Part::Content, blob: Some(change.id), commit, layer: None };
            let before = match change.before.is_empty() {
                true => Before::Nothing,
                false => Before::Parents { versions: change.before, gone: gone.clone() },
            };
            gathered.items.push(Item { origin, content: Content::Blob(change.id), before });
        }
    }
}

impl Seen for Changes {
    fn changed(&mut self, change: Change) {
        self.changed.push(change);
    }

    fn submodule(&mut self, path: BString) {
        self.submodules.push(path);
    }

    fn gone(&mut self, parent: usize, path: BString, id: ObjectId) {
        self.gone[parent].push((path, id));
    }

    fn missing(&mut self, missing: Missing) {
        self.missing.push(missing);
    }

    fn stop(&mut self) -> bool {
        self.stopped |= self.deadline.passed();
        self.stopped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_has_two_ends() {
        let of = |text: &str| text.parse::<Range>().map(|range| (range.base, range.head)).ok();
        assert_eq!(of("a..b"), Some(("a".into(), "b".into())));
        assert_eq!(of("a...b"), Some(("a".into(), "b".into())));
        assert_eq!(of("a.."), Some(("a".into(), "HEAD".into())));
        assert_eq!(of("a"), None);
    }
}
