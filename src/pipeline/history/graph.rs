//! From trees to commits: which secrets each commit's tree holds, which commit brought each in, which
//! took it out, and which refs still have it. One pass over reachable trees, one over commits.

use std::collections::{BTreeMap, HashMap, HashSet};

use gix::ObjectId;

use super::{
    key,
    order::Order,
    paths::{self, Tellings},
    scanned::{Scanned, SecretIndex},
    sets::{EMPTY, Set, Sets},
    trees::{Kid, TreeIndex, Trees},
};
use crate::{
    git::{ById, Node},
    model::{Count, Problem},
    pipeline::Levels,
};

/// The first refs that hold something, branches (`false`) before others, and how many do.
type Holders<'r> = (Vec<(bool, &'r String)>, u64);

/// Refs told for each secret; of a mirror's thousands the others are counted.
const MOST_REFS: usize = 20;

/// What became of one secret in the trees of commits.
#[derive(Clone, Debug, Default)]
pub struct Story {
    /// The place in `Graph::commits` of the first commit that has it.
    pub introduced: Option<usize>,
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
    /// Those that refs lead through.
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

impl Graph {
    /// Also returns which assignments are told: that is decided between the commits, which lead to paths, and
    /// the secrets that each tree holds.
    pub fn new(scanned: &mut Scanned, trees: &Trees, order: Order, levels: Levels) -> (Self, Tellings) {
        let Order { commits, tags, tagged, tips, others, problems } = order;
        let mut graph = Self {
            commits,
            tags,
            trees: Vec::new(),
            blobs: Vec::new(),
            stories: vec![Story::default(); scanned.secrets.len()],
            refs: Count::default(),
            problems,
            sets: Sets::new(),
            held: vec![EMPTY; trees.count()],
            through: vec![NONE; trees.count()],
            blob_through: vec![NONE; scanned.blobs.len()],
            reached: vec![false; scanned.blobs.len()],
        };
        graph.place(scanned, trees, tips.len(), others);
        let met = graph.gather(scanned, trees);
        let commits = graph.commits.iter().map(|node| node.tree).enumerate();
        let named = graph.trees.iter().map(|(_, tree)| (usize::MAX, *tree));
        let mut problems = Vec::new();
        let roots = commits.chain(named);
        let tellings = paths::decide(scanned, trees, &met, roots, levels, &mut problems);
        graph.problems.append(&mut problems);
        graph.hold(scanned, trees, &met);
        graph.tell(scanned, trees, &tips, &tagged);
        graph.count_blobs(scanned);
        (graph, tellings)
    }

    /// What the refs name that are no `tips`.
    fn place(&mut self, scanned: &Scanned, trees: &Trees, tips: usize, others: Vec<(String, ObjectId)>) {
        self.refs.asked = (tips + others.len()) as u64;
        for (name, id) in others {
            if trees.number(&id).is_some_and(|tree| trees.children(tree).is_some()) {
                self.trees.push((name, id));
            } else if scanned.present.contains(&key(&id)) {
                self.blobs.push((name, id));
            } else {
                let what = format!("{name} (object {id})");
                self.problems.push(Problem::new(what, "not in the repository, or unreadable"));
            }
        }
        self.refs.read = (tips + self.trees.len() + self.blobs.len()) as u64;
    }

    /// The trees that a reachable commit or ref has, each once, children first. Notes through which tree each, and
    /// each blob with secrets, is met first.
    fn gather(&mut self, scanned: &Scanned, trees: &Trees) -> Vec<TreeIndex> {
        let roots: Vec<_> =
            self.commits.iter().map(|node| node.tree).chain(self.trees.iter().map(|tree| tree.1)).collect();
        let mut absent = HashSet::new();
        let mut met = Vec::with_capacity(trees.count());
        let mut entered = vec![false; trees.count()];
        for root in roots {
            if let Some(root) = trees.number(&root) {
                self.gather_below(trees, root, &mut entered, &mut met);
            } else if absent.insert(root) {
                self.problems
                    .push(Problem::new(format!("tree {root}"), "not in the repository, or unreadable"));
            }
        }
        for (_, id) in &self.blobs {
            if let Some(&blob) = scanned.by_key.get(&key(id)) {
                self.reached[blob as usize] = true;
            }
        }
        met
    }

    fn gather_below(
        &mut self,
        trees: &Trees,
        root: TreeIndex,
        entered: &mut [bool],
        met: &mut Vec<TreeIndex>,
    ) {
        let mut stack = vec![(root, false)];
        while let Some((tree, done)) = stack.pop() {
            if !done && std::mem::replace(&mut entered[tree as usize], true) {
                continue;
            }
            let Some(children) = trees.children(tree) else {
                let what = format!("object {}", trees.name(tree));
                self.problems.push(Problem::new(
                    what,
                    "a tree names it, but it is not in the repository, or unreadable",
                ));
                continue;
            };
            if !done {
                stack.push((tree, true));
            } else {
                met.push(tree);
            }
            for (child, _) in children {
                match child.kid() {
                    Kid::Tree(below) if !done && !entered[below as usize] => {
                        if self.through[below as usize] == NONE {
                            self.through[below as usize] = tree;
                        }
                        stack.push((below, false));
                    }
                    Kid::Blob(blob) if done && !std::mem::replace(&mut self.reached[blob as usize], true) => {
                        self.blob_through[blob as usize] = tree;
                    }
                    Kid::Tree(_) | Kid::Blob(_) | Kid::Name => {}
                }
            }
        }
    }

    /// Finds the set of each of the trees. None holds itself, as its name is a hash of what it holds: of one that is
    /// forged the one that comes first counts as empty.
    fn hold(&mut self, scanned: &Scanned, trees: &Trees, met: &[TreeIndex]) {
        let blobs: Vec<Set> = scanned.blobs.iter().map(|(_, secrets)| self.sets.of(secrets)).collect();
        for &tree in met {
            let children = trees.children(tree).unwrap_or_default();
            let sets = children.iter().map(|(child, _)| match child.kid() {
                Kid::Tree(below) => self.held[below as usize],
                Kid::Blob(blob) => blobs[blob as usize],
                Kid::Name => EMPTY,
            });
            self.held[tree as usize] = self.sets.union(sets.filter(|set| *set != EMPTY).collect());
        }
    }

    fn set_of(&self, trees: &Trees, commit: &Node) -> Set {
        trees.number(&commit.tree).map_or(EMPTY, |tree| self.held[tree as usize])
    }

    /// Walks the commits, oldest first.
    fn tell(
        &mut self,
        scanned: &Scanned,
        trees: &Trees,
        tips: &[(String, ObjectId)],
        tagged: &[(String, ObjectId)],
    ) {
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
                self.stories[secret as usize].introduced.get_or_insert(place);
            }
            for &set in before.iter().filter(|&&set| set != now) {
                for secret in self.sets.only_in(set, &[now]) {
                    self.stories[secret as usize].removed = Some(place);
                }
            }
        }
        for (set, count) in counts {
            for secret in self.sets.members(set) {
                self.stories[secret as usize].commits += count;
            }
        }
        let said = self.said(scanned, tagged);
        let mut tips: BTreeMap<&String, Set> =
            tips.iter().map(|(name, id)| (name, held.get(id).copied().unwrap_or(EMPTY))).collect();
        for (name, id) in &self.trees {
            tips.insert(name, trees.number(id).map_or(EMPTY, |tree| self.held[tree as usize]));
        }
        for (name, id) in &self.blobs {
            let secrets = scanned.by_key.get(&key(id)).map(|&blob| &*scanned.blobs[blob as usize].1);
            tips.insert(name, self.sets.of(secrets.unwrap_or_default()));
        }
        // What a tag says is held by the refs that lead to it.
        for (name, tag) in tagged {
            if let Some(&said) = said.get(tag).filter(|set| **set != EMPTY) {
                let set = tips.entry(name).or_insert(EMPTY);
                *set = self.sets.union(vec![*set, said]);
            }
        }
        let tips = tips.into_iter().map(|(name, set)| (!name.starts_with("refs/heads/"), name, set));
        let mut tips: Vec<_> = tips.collect();
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
            for secret in self.sets.members(*set) {
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

    /// The secrets that each tag says, or one that it leads to. Each is passed once.
    fn said(&mut self, scanned: &Scanned, tagged: &[(String, ObjectId)]) -> ById<Set> {
        let tags: ById<_> =
            scanned.tags.iter().map(|(id, target, secrets)| (*id, (*target, secrets))).collect();
        let mut said: ById<Set> = ById::default();
        for (_, tag) in tagged {
            let mut passed = Vec::new();
            let mut id = *tag;
            while let Some((target, secrets)) = tags.get(&id).filter(|_| !said.contains_key(&id)) {
                // For one that is forged, and comes back to itself.
                said.insert(id, EMPTY);
                passed.push((id, secrets));
                id = *target;
            }
            let mut all = said.get(&id).copied().unwrap_or(EMPTY);
            for (id, secrets) in passed.into_iter().rev() {
                if !secrets.is_empty() {
                    let own = self.sets.of(secrets);
                    all = self.sets.union(vec![all, own]);
                }
                said.insert(id, all);
            }
        }
        said
    }

    fn count_blobs(&mut self, scanned: &Scanned) {
        for ((_, secrets), _) in scanned.blobs.iter().zip(&self.reached).filter(|(_, reached)| **reached) {
            for &secret in secrets {
                self.stories[secret as usize].blobs += 1;
            }
        }
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
