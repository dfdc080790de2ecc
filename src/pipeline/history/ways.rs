//! The trees that refs reach: by which way each was met first, and which of their entries lead to something that is
//! told. What leads nowhere, which is most, is looked at once and not again.

use std::collections::HashSet;

use gix::ObjectId;

use super::{
    scanned::Scanned,
    trees::{Child, Kid, NameIndex, TreeIndex, Trees},
};
use crate::model::Problem;

/// Of a tree that was not met, or that a commit or ref names itself.
const NONE: TreeIndex = TreeIndex::MAX;

#[derive(Default)]
pub struct Ways {
    /// Those that lead to a blob with secrets or a name that tells something, each once, children first.
    pub trees: Vec<TreeIndex>,
    /// For each tree, where its entries that do stand in `entries`.
    at: Vec<(u32, u32)>,
    entries: Vec<(Child, NameIndex)>,
    /// For each tree and each blob with secrets that is reached, the tree through which it was first met, going by
    /// roots in their order.
    through: Vec<TreeIndex>,
    blob_through: Vec<TreeIndex>,
    /// Blobs with secrets that are reached.
    reached: Vec<bool>,
}

impl Ways {
    /// Of all that `roots` reach, and the blobs that refs name. A root without a number is not there.
    pub fn new(
        scanned: &Scanned,
        trees: &Trees,
        roots: impl Iterator<Item = (ObjectId, Option<TreeIndex>)>,
        blobs: impl Iterator<Item = usize>,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let mut ways = Self {
            trees: Vec::new(),
            at: vec![(0, 0); trees.count()],
            entries: Vec::new(),
            through: vec![NONE; trees.count()],
            blob_through: vec![NONE; scanned.blobs.len()],
            reached: vec![false; scanned.blobs.len()],
        };
        let mut absent = HashSet::new();
        let mut entered = vec![false; trees.count()];
        for (id, root) in roots {
            if let Some(root) = root {
                ways.below(trees, root, &mut entered, problems);
            } else if absent.insert(id) {
                problems.push(Problem::new(format!("tree {id}"), "not in the repository, or unreadable"));
            }
        }
        blobs.for_each(|blob| ways.reached[blob] = true);
        ways
    }

    fn below(&mut self, trees: &Trees, root: TreeIndex, entered: &mut [bool], problems: &mut Vec<Problem>) {
        let mut stack = vec![(root, false)];
        while let Some((tree, done)) = stack.pop() {
            if !done && std::mem::replace(&mut entered[tree as usize], true) {
                continue;
            }
            let Some(children) = trees.children(tree) else {
                let what = format!("object {}", trees.name(tree));
                let why = "a tree names it, but it is not in the repository, or unreadable";
                problems.push(Problem::new(what, why));
                continue;
            };
            if done {
                self.pass(trees, tree, children);
                continue;
            }
            stack.push((tree, true));
            for (child, _) in children {
                if let Kid::Tree(below) = child.kid()
                    && !entered[below as usize]
                {
                    if self.through[below as usize] == NONE {
                        self.through[below as usize] = tree;
                    }
                    stack.push((below, false));
                }
            }
        }
    }

    /// Keeps the entries of a tree that lead to something. What is below it was passed before: no tree holds itself,
    /// as its name is a hash of what it holds. Of one that is forged the one that comes first leads nowhere.
    fn pass(&mut self, trees: &Trees, tree: TreeIndex, children: &[(Child, NameIndex)]) {
        let from = self.entries.len() as u32;
        for &(child, name) in children {
            let leads = match child.kid() {
                Kid::Tree(below) => !self.of(below).is_empty() || trees.tells(name),
                Kid::Blob(blob) => {
                    if !std::mem::replace(&mut self.reached[blob as usize], true) {
                        self.blob_through[blob as usize] = tree;
                    }
                    true
                }
                Kid::Name => true,
            };
            if leads {
                self.entries.push((child, name));
            }
        }
        let to = self.entries.len() as u32;
        if from < to {
            self.at[tree as usize] = (from, to);
            self.trees.push(tree);
        }
    }

    /// The entries of a tree that lead to something.
    pub fn of(&self, tree: TreeIndex) -> &[(Child, NameIndex)] {
        let (from, to) = self.at[tree as usize];
        &self.entries[from as usize..to as usize]
    }

    /// The trees from a root down to the one that holds a blob with secrets, where the blob was first met. Empty if it
    /// was not.
    pub fn to(&self, blob: usize) -> Vec<TreeIndex> {
        let mut way = Vec::new();
        let mut tree = self.blob_through[blob];
        while tree != NONE && way.len() <= self.through.len() {
            way.push(tree);
            tree = self.through[tree as usize];
        }
        way.reverse();
        way
    }

    /// Whether a blob with secrets is reached.
    pub fn reach(&self, blob: usize) -> bool {
        self.reached[blob]
    }
}
