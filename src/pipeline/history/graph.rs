//! From trees to commits: which secrets each commit's tree holds, which commit brought each in, which
//! took it out, and which refs still have it. One pass over reachable trees, one over commits.

use std::collections::{BTreeMap, HashMap, HashSet};

use bstr::BString;
use gix::ObjectId;

use super::{
    blobs::{Scanned, SecretIndex},
    key,
    paths::{self, Telling},
    sets::{EMPTY, Set, Sets},
    trees::{TreeIndex, Trees},
};
use crate::{
    git::{ById, Node, topological},
    model::{Count, Problem},
    pipeline::Levels,
};

/// Introductions followed up for each secret: it may come and go.
const MOST_INTRODUCTIONS: usize = 50;

/// The first refs that hold something, branches (`false`) before others, and how many do.
type Holders<'r> = (Vec<(bool, &'r String)>, u64);

/// Refs told for each secret; of a mirror's thousands the others are counted.
const MOST_REFS: usize = 20;

/// What became of one secret in the trees of commits.
#[derive(Clone, Debug, Default)]
pub struct Story {
    /// Places in `Graph::commits`, oldest first, of commits that have it and whose parents have not.
    pub introduced: Vec<usize>,
    /// The last commit that has it not, and one of whose parents has.
    pub removed: Option<usize>,
    pub commits: u64,
    pub blobs: u64,
    /// The first of the refs whose tip holds it: branches, then others, by name.
    pub refs: Vec<String>,
    /// How many more there are.
    pub more_refs: u64,
}

pub struct Graph {
    /// Reachable ones, parents before children.
    pub commits: Vec<Node>,
    pub tags: HashSet<ObjectId>,
    /// Refs that name a tree or blob, and what they name.
    pub trees: Vec<(String, ObjectId)>,
    pub blobs: Vec<(String, ObjectId)>,
    pub stories: Vec<Story>,
    pub refs: Count,
    pub problems: Vec<Problem>,
    sets: Sets,
    /// For each tree, the set of secrets in and below it.
    held: Vec<Set>,
    /// For each tree and each blob with secrets that some ref reaches, the tree through which it was first
    /// met, going by commits from the oldest on.
    through: Vec<TreeIndex>,
    blob_through: Vec<TreeIndex>,
    /// Blobs with secrets that some ref reaches.
    reached: Vec<bool>,
}

/// Of a tree that was not met, or that a commit or ref names itself.
const NONE: TreeIndex = TreeIndex::MAX;

const UNKNOWN: Set = Set::MAX;

/// What refs come to.
struct Tips {
    commits: Vec<(String, ObjectId)>,
}

impl Graph {
    /// Also returns which assignments are told: that is decided between the commits, which lead to paths, and
    /// the secrets that each tree holds.
    pub fn new(
        scanned: &mut Scanned,
        trees: &Trees,
        refs: &[(BString, ObjectId)],
        shallow: &[ObjectId],
        levels: Levels,
    ) -> (Self, Vec<Telling>) {
        let mut graph = Self {
            commits: Vec::new(),
            tags: HashSet::new(),
            trees: Vec::new(),
            blobs: Vec::new(),
            stories: vec![Story::default(); scanned.secrets.len()],
            refs: Count::default(),
            problems: Vec::new(),
            sets: Sets::new(),
            held: vec![UNKNOWN; trees.count()],
            through: vec![NONE; trees.count()],
            blob_through: vec![NONE; scanned.blobs.len()],
            reached: vec![false; scanned.blobs.len()],
        };
        let all: ById<_> = scanned.commits.iter().map(|(node, _)| (node.id, node)).collect();
        let tips = graph.follow(scanned, trees, refs, &all);
        graph.walk(&all, &tips, shallow);
        drop(all);
        let commits = graph.commits.iter().map(|node| node.tree).enumerate();
        let named = graph.trees.iter().map(|(_, tree)| (usize::MAX, *tree));
        let tellings = paths::decide(scanned, trees, commits.chain(named), levels);
        graph.hold(scanned, trees);
        graph.tell(trees, &tips);
        graph.count_blobs(scanned);
        (graph, tellings)
    }

    /// Takes each ref through tags to what it names.
    fn follow(
        &mut self,
        scanned: &Scanned,
        trees: &Trees,
        refs: &[(BString, ObjectId)],
        commits: &ById<&Node>,
    ) -> Tips {
        let tags: ById<_> = scanned.tags.iter().map(|(id, target, _)| (*id, *target)).collect();
        let mut tips = Tips { commits: Vec::new() };
        for (name, tip) in refs {
            self.refs.asked += 1;
            let mut id = *tip;
            let mut steps = 0;
            while let Some(&target) = tags.get(&id).filter(|_| steps <= tags.len()) {
                self.tags.insert(id);
                id = target;
                steps += 1;
            }
            let name = name.to_string();
            if commits.contains_key(&id) {
                tips.commits.push((name, id));
            } else if trees.number(&id).is_some_and(|tree| trees.children(tree).is_some()) {
                self.trees.push((name, id));
            } else if scanned.present.contains(&key(&id)) {
                self.blobs.push((name, id));
            } else {
                self.problems.push(Problem::new(
                    format!("{name} (object {id})"),
                    "not in the repository, or unreadable",
                ));
                continue;
            }
            self.refs.read += 1;
        }
        tips
    }

    /// Puts the commits that refs reach in order.
    fn walk(&mut self, all: &ById<&Node>, tips: &Tips, shallow: &[ObjectId]) {
        let cut: HashSet<_> = shallow.iter().copied().collect();
        let mut reachable = ById::default();
        let mut stack: Vec<_> = tips.commits.iter().map(|tip| tip.1).collect();
        while let Some(id) = stack.pop() {
            if reachable.contains_key(&id) {
                continue;
            }
            let Some(&node) = all.get(&id) else {
                self.problems
                    .push(Problem::new(format!("commit {id}"), "not in the repository, or unreadable"));
                reachable.insert(id, None);
                continue;
            };
            let mut node = node.clone();
            if cut.contains(&id) && !node.parents.is_empty() {
                let why = "this clone is shallow: the parents of this commit are not here; \
                           fetch them with `git fetch --unshallow`";
                self.problems.push(Problem::new(format!("commit {id}"), why));
                node.parents.clear();
            }
            stack.extend(&node.parents);
            reachable.insert(id, Some(node));
        }
        let nodes = reachable.into_iter().filter_map(|(id, node)| node.map(|node| (id, node))).collect();
        self.commits = topological(nodes);
        self.commits.reverse();
    }

    /// Finds the set of every tree that a reachable commit or ref has, children first.
    fn hold(&mut self, scanned: &Scanned, trees: &Trees) {
        let roots: Vec<_> =
            self.commits.iter().map(|node| node.tree).chain(self.trees.iter().map(|tree| tree.1)).collect();
        let blobs: Vec<Set> = scanned.blobs.iter().map(|(_, secrets)| self.sets.of(secrets)).collect();
        let mut absent = HashSet::new();
        for root in roots {
            let Some(root) = trees.number(&root) else {
                if absent.insert(root) {
                    self.problems
                        .push(Problem::new(format!("tree {root}"), "not in the repository, or unreadable"));
                }
                continue;
            };
            self.hold_tree(&blobs, trees, root);
        }
        for (_, id) in &self.blobs {
            if let Some(&blob) = scanned.by_key.get(&key(id)) {
                self.reached[blob as usize] = true;
            }
        }
    }

    fn hold_tree(&mut self, blobs: &[Set], trees: &Trees, root: TreeIndex) {
        // A tree cannot hold itself: its name is a hash of what it holds. One that was entered and is not
        // done yet counts as empty all the same, so that a forged one ends too.
        let mut stack = vec![(root, false)];
        while let Some((tree, entered)) = stack.pop() {
            if !entered && self.held[tree as usize] != UNKNOWN {
                continue;
            }
            let Some(children) = trees.children(tree) else {
                self.held[tree as usize] = EMPTY;
                let what = format!("object {}", trees.name(tree));
                self.problems.push(Problem::new(
                    what,
                    "a tree names it, but it is not in the repository, or unreadable",
                ));
                continue;
            };
            if !entered {
                self.held[tree as usize] = EMPTY;
                stack.push((tree, true));
                for below in children.iter().filter_map(|child| child.split().ok()) {
                    if self.held[below as usize] == UNKNOWN {
                        if self.through[below as usize] == NONE {
                            self.through[below as usize] = tree;
                        }
                        stack.push((below, false));
                    }
                }
                continue;
            }
            let mut set = EMPTY;
            for child in children {
                let one = match child.split() {
                    Ok(below) => self.held[below as usize],
                    Err(blob) => {
                        if !std::mem::replace(&mut self.reached[blob as usize], true) {
                            self.blob_through[blob as usize] = tree;
                        }
                        blobs[blob as usize]
                    }
                };
                set = self.sets.union(set, one);
            }
            self.held[tree as usize] = set;
        }
    }

    fn set_of(&self, trees: &Trees, commit: &Node) -> Set {
        trees.number(&commit.tree).map_or(EMPTY, |tree| self.held[tree as usize])
    }

    /// Walks the commits, oldest first.
    fn tell(&mut self, trees: &Trees, tips: &Tips) {
        let mut held: ById<Set> = ById::with_capacity_and_hasher(self.commits.len(), Default::default());
        let mut counts: HashMap<Set, u64> = HashMap::new();
        for (place, node) in self.commits.iter().enumerate() {
            let now = self.set_of(trees, node);
            held.insert(node.id, now);
            *counts.entry(now).or_default() += 1;
            let before: Vec<Set> =
                node.parents.iter().filter_map(|parent| held.get(parent).copied()).collect();
            if !before.is_empty() && before.iter().all(|&set| set == now) {
                continue;
            }
            for secret in self.sets.only_in(now, &before) {
                let story = &mut self.stories[secret as usize];
                if story.introduced.len() < MOST_INTRODUCTIONS {
                    story.introduced.push(place);
                }
            }
            for &set in before.iter().filter(|&&set| set != now) {
                for secret in self.sets.only_in(set, &[now]) {
                    self.stories[secret as usize].removed = Some(place);
                }
            }
        }
        for (set, count) in counts {
            for &secret in self.sets.members(set) {
                self.stories[secret as usize].commits += count;
            }
        }
        let commits = tips.commits.iter().map(|(name, id)| (name, held.get(id).copied().unwrap_or(EMPTY)));
        let bare = self
            .trees
            .iter()
            .map(|(name, id)| (name, trees.number(id).map_or(EMPTY, |tree| self.held[tree as usize])));
        let mut tips: Vec<(bool, &String, Set)> =
            commits.chain(bare).map(|(name, set)| (!name.starts_with("refs/heads/"), name, set)).collect();
        tips.sort_unstable();
        // Many refs hold the same secrets.
        let mut alike: BTreeMap<Set, Holders> = BTreeMap::new();
        for (other, name, set) in tips {
            let (first, all) = alike.entry(set).or_default();
            if first.len() < MOST_REFS {
                first.push((other, name));
            }
            *all += 1;
        }
        let mut named: BTreeMap<SecretIndex, Holders> = BTreeMap::new();
        for (set, (first, all)) in &alike {
            for &secret in self.sets.members(*set) {
                let (names, count) = named.entry(secret).or_default();
                names.extend(first);
                *count += all;
            }
        }
        for (secret, (mut names, all)) in named {
            names.sort_unstable();
            names.truncate(MOST_REFS);
            let story = &mut self.stories[secret as usize];
            story.refs.extend(names.iter().map(|(_, name)| (*name).clone()));
            story.more_refs += all - names.len() as u64;
        }
    }

    fn count_blobs(&mut self, scanned: &Scanned) {
        for ((_, secrets), _) in scanned.blobs.iter().zip(&self.reached).filter(|(_, reached)| **reached) {
            for &secret in secrets {
                self.stories[secret as usize].blobs += 1;
            }
        }
    }

    /// Whether a tree or what is below it holds a secret.
    pub fn holds(&self, tree: TreeIndex, secret: SecretIndex) -> bool {
        let set = self.held[tree as usize];
        set != UNKNOWN && self.sets.has(set, secret)
    }

    /// The trees from a commit's or ref's own down to the one that holds a blob with secrets, where the blob
    /// was first met. Empty if it was not.
    pub fn way_to(&self, blob: usize) -> Vec<TreeIndex> {
        let mut way = Vec::new();
        let mut tree = self.blob_through[blob];
        while tree != NONE && way.len() <= self.through.len() {
            way.push(tree);
            tree = self.through[tree as usize];
        }
        way.reverse();
        way
    }

    /// Whether a ref reaches a blob that has secrets.
    pub fn reaches(&self, blob: usize) -> bool {
        self.reached[blob]
    }
}
