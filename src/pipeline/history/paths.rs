//! At which paths each secret is told, and each name in which something stands; and which assignments are told, now
//! that paths are known: an assignment is believed or not under each path that its blob ever had.
//!
//! One pass over pairs of tree and path, oldest commit first.

use std::collections::{BTreeMap, HashMap, HashSet};

use bstr::BString;

use super::{
    PairMap, PairSet,
    scanned::{Doubt, Scanned, SecretIndex},
    trees::{Kid, NameIndex, TreeIndex, Trees},
    ways::Ways,
};
use crate::{
    generic::Place,
    model::Problem,
    pipeline::{Levels, examine::believe, rivals},
};

/// A path: the one above it, and a name. The root is 0.
type PathIndex = u32;

/// Of a tree that was not visited yet.
const NONE: PathIndex = PathIndex::MAX;

/// Paths followed for each folder, and for each file: trees within each other can make any number of them.
const MOST_FOLDERS: u32 = 1000;
const MOST_FILES: u32 = 10_000;

/// Where a secret is told: the first commit in which it stands under a path, and is believed there, by its place in
/// the graph (`usize::MAX` for a tree that a ref names), the blob, and the path.
pub struct Telling {
    pub secret: SecretIndex,
    pub commit: usize,
    pub blob: usize,
    pub path: BString,
}

/// What is told where.
#[derive(Default)]
pub struct Tellings {
    pub secrets: Vec<Telling>,
    /// Paths that end in a name in which something stands, each with its first commit.
    pub names: Vec<(usize, BString)>,
    /// Such names that no root leads to.
    pub unmet: Vec<BString>,
}

/// Decides. `roots` are the trees of commits, each with its place, oldest first. Secrets that are not believed
/// under any path of a blob are taken from it, unless no root leads to it: then no path is known.
pub fn decide(
    scanned: &mut Scanned,
    trees: &Trees,
    ways: &Ways,
    roots: impl Iterator<Item = (usize, TreeIndex)>,
    levels: Levels,
    problems: &mut Vec<Problem>,
) -> Tellings {
    if scanned.blobs.is_empty() && trees.telling().is_empty() {
        return Tellings::default();
    }
    let mut decided = Decided { scanned, levels, judged: HashMap::new(), told: BTreeMap::new() };
    let mut paths = Paths::default();
    let mut believed: HashMap<usize, HashSet<SecretIndex>> = HashMap::new();
    let mut visited = Visited { first: vec![NONE; trees.count()], others: PairSet::default() };
    let mut met = PairSet::default();
    let (mut folders, mut files) = (vec![0; trees.count()], vec![0; scanned.blobs.len()]);
    let mut names = Vec::new();
    let mut named = HashSet::new();
    let mut unmet: HashSet<NameIndex> = trees.telling().iter().copied().collect();
    let mut more = 0;
    let mut stack = Vec::new();
    for (commit, root) in roots {
        stack.push((root, 0));
        while let Some((tree, path)) = stack.pop() {
            if ways.of(tree).is_empty() || !visited.first_time(tree, path) {
                continue;
            }
            if !counted(&mut folders[tree as usize], MOST_FOLDERS, &mut more) {
                continue;
            }
            for &(child, name) in ways.of(tree) {
                let tells = trees.tells(name);
                let path = paths.join(path, name);
                if tells && named.insert(path) {
                    unmet.remove(&name);
                    names.push((commit, path));
                }
                match child.kid() {
                    Kid::Tree(below) => stack.push((below, path)),
                    Kid::Blob(blob) => {
                        if met.insert((blob, path))
                            && counted(&mut files[blob as usize], MOST_FILES, &mut more)
                        {
                            let here = believed.entry(blob as usize).or_default();
                            decided.at(commit, blob as usize, path, &mut paths, trees, here);
                        }
                    }
                    Kid::Name => {}
                }
            }
        }
    }
    if more > 0 {
        let why = format!("{more} more paths of files with secrets than are followed");
        problems.push(Problem::new("the paths", why));
    }
    let told = decided.told;
    for (blob, believed) in believed {
        let doubtful: HashSet<_> = scanned.doubts[blob].iter().map(|doubt| doubt.secret).collect();
        scanned.blobs[blob].1.retain(|secret| !doubtful.contains(secret) || believed.contains(secret));
    }
    let telling =
        |((secret, path), (commit, blob))| Telling { secret, commit, blob, path: paths.text(trees, path) };
    let mut unmet: Vec<BString> = unmet.into_iter().map(|name| trees.label(name).to_owned()).collect();
    unmet.sort_unstable();
    Tellings {
        secrets: told.into_iter().map(telling).collect(),
        names: names.into_iter().map(|(commit, path)| (commit, paths.text(trees, path))).collect(),
        unmet,
    }
}

/// Under which paths each tree was visited. Nearly every tree has one only.
struct Visited {
    first: Vec<PathIndex>,
    others: PairSet,
}

impl Visited {
    fn first_time(&mut self, tree: TreeIndex, path: PathIndex) -> bool {
        let first = &mut self.first[tree as usize];
        if *first == NONE {
            *first = path;
            return true;
        }
        *first != path && self.others.insert((tree, path))
    }
}

/// Counts one more, unless there are enough: then it counts as one of those that are `more`.
fn counted(count: &mut u32, most: u32, more: &mut u64) -> bool {
    let counts = *count < most;
    *count += u32::from(counts);
    *more += u64::from(!counts);
    counts
}

struct Decided<'s> {
    scanned: &'s Scanned,
    levels: Levels,
    /// How probable a candidate is where a path says this, if it is believed.
    judged: HashMap<(u32, Place), Option<f32>>,
    told: BTreeMap<(SecretIndex, PathIndex), (usize, usize)>,
}

impl Decided<'_> {
    /// Decides on one blob under one path.
    fn at(
        &mut self,
        commit: usize,
        blob: usize,
        path: PathIndex,
        paths: &mut Paths,
        trees: &Trees,
        believed: &mut HashSet<SecretIndex>,
    ) {
        let place = paths.place(trees, path);
        let doubts = &self.scanned.doubts[blob];
        let doubtful: HashSet<_> = doubts.iter().map(|doubt| doubt.secret).collect();
        for &secret in self.scanned.blobs[blob].1.iter().filter(|secret| !doubtful.contains(secret)) {
            self.told.entry((secret, path)).or_insert((commit, blob));
        }
        let mut contested: BTreeMap<u32, Vec<_>> = BTreeMap::new();
        let mut tell = |secret| {
            believed.insert(secret);
            self.told.entry((secret, path)).or_insert((commit, blob));
        };
        for Doubt { secret, candidate, member, rival } in doubts {
            let place = member.map_or(place, |member| member.inside(&place));
            let judge = || {
                let believed = believe(&self.scanned.candidates[*candidate as usize], &place, self.levels);
                believed.map(|(probability, _)| probability)
            };
            let Some(probability) = *self.judged.entry((*candidate, place)).or_insert_with(judge) else {
                continue;
            };
            match rival {
                None => tell(*secret),
                Some(rival) => {
                    contested.entry(rival.text).or_default().push((*secret, (probability, rival.spot)));
                }
            }
        }
        for (secrets, spots) in
            contested.into_values().map(|all| all.into_iter().unzip::<_, _, Vec<_>, Vec<_>>())
        {
            let stays = secrets.into_iter().zip(rivals::stay(&spots));
            stays.filter(|(_, stays)| *stays).for_each(|(secret, _)| tell(secret));
        }
    }
}

/// Paths, each once.
#[derive(Default)]
struct Paths {
    known: PairMap<PathIndex>,
    list: Vec<(PathIndex, NameIndex)>,
    places: HashMap<PathIndex, Place>,
}

impl Paths {
    fn join(&mut self, above: PathIndex, name: NameIndex) -> PathIndex {
        *self.known.entry((above, name)).or_insert_with(|| {
            self.list.push((above, name));
            self.list.len() as PathIndex
        })
    }

    fn text(&self, trees: &Trees, mut path: PathIndex) -> BString {
        let mut names = Vec::new();
        while let Some(&(above, name)) = (path as usize).checked_sub(1).map(|index| &self.list[index]) {
            names.push(trees.label(name));
            path = above;
        }
        names.reverse();
        bstr::join("/", names).into()
    }

    /// What a path says.
    fn place(&mut self, trees: &Trees, path: PathIndex) -> Place {
        if let Some(place) = self.places.get(&path) {
            return *place;
        }
        let place = Place::of(&self.text(trees, path));
        self.places.insert(path, place);
        place
    }
}
