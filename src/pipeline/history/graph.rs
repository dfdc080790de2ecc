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
    ways::Ways,
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
    pub ways: Ways,
    pub stories: Vec<Story>,
    pub refs: Count,
    pub problems: Vec<Problem>,
    sets: Sets,
    /// For each tree, the set of secrets in and below it.
    held: Vec<Set>,
}

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
            ways: Ways::default(),
            stories: vec![Story::default(); scanned.secrets.len()],
            refs: Count::default(),
            problems,
            sets: Sets::new(),
            held: vec![EMPTY; trees.count()],
        };
        graph.place(scanned, trees, tips.len(), others);
        let roots: Vec<_> = graph.commits.iter().map(|node| trees.number(&node.tree)).collect();
        graph.find_ways(scanned, trees, &roots);
        let commits = roots.iter().enumerate().filter_map(|(place, root)| Some((place, (*root)?)));
        let named = graph.trees.iter().filter_map(|(_, tree)| Some((usize::MAX, trees.number(tree)?)));
        let (roots_of_all, problems) = (commits.chain(named), &mut graph.problems);
        let tellings = paths::decide(scanned, trees, &graph.ways, roots_of_all, levels, problems);
        graph.hold(scanned);
        graph.tell(scanned, trees, &roots, &tips, &tagged);
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

    /// From commits and from refs. `roots` are the numbers of the commits' trees.
    fn find_ways(&mut self, scanned: &Scanned, trees: &Trees, roots: &[Option<TreeIndex>]) {
        let of_commits = self.commits.iter().map(|node| node.tree).zip(roots.iter().copied());
        let of_refs = self.trees.iter().map(|(_, id)| (*id, trees.number(id)));
        let blobs = self.blobs.iter().filter_map(|(_, id)| scanned.by_key.get(&key(id)));
        let blobs = blobs.map(|blob| *blob as usize);
        self.ways = Ways::new(scanned, trees, of_commits.chain(of_refs), blobs, &mut self.problems);
    }

    /// Finds the set of each of the trees.
    fn hold(&mut self, scanned: &Scanned) {
        let blobs: Vec<Set> = scanned.blobs.iter().map(|(_, secrets)| self.sets.of(secrets)).collect();
        for &tree in &self.ways.trees {
            let sets = self.ways.of(tree).iter().map(|(child, _)| match child.kid() {
                Kid::Tree(below) => self.held[below as usize],
                Kid::Blob(blob) => blobs[blob as usize],
                Kid::Name => EMPTY,
            });
            self.held[tree as usize] = self.sets.union(sets.filter(|set| *set != EMPTY).collect());
        }
    }

    /// Walks the commits, oldest first.
    fn tell(
        &mut self,
        scanned: &Scanned,
        trees: &Trees,
        roots: &[Option<TreeIndex>],
        tips: &[(String, ObjectId)],
        tagged: &[(String, ObjectId)],
    ) {
        let mut held: ById<Set> = ById::with_capacity_and_hasher(self.commits.len(), Default::default());
        let mut counts: HashMap<Set, u64> = HashMap::new();
        for (place, (node, root)) in self.commits.iter().zip(roots).enumerate() {
            let now = root.map_or(EMPTY, |tree| self.held[tree as usize]);
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
        for (_, (_, secrets)) in scanned.blobs.iter().enumerate().filter(|(blob, _)| self.ways.reach(*blob)) {
            for &secret in secrets {
                self.stories[secret as usize].blobs += 1;
            }
        }
    }
}
