//! At which paths each secret is told; and which assignments are, now that paths are known: an assignment is
//! believed or not under each path that its blob ever had.
//!
//! Names come from the entries that the sweep of trees met as new. One pass over pairs of tree and path,
//! oldest commit first. Where a tree or blob was ever met under several names, the tree that holds it is read
//! again: a name from elsewhere would make a path that was not there, or not yet.

use std::collections::{BTreeMap, HashMap, HashSet};

use bstr::BString;
use gix::ObjectId;

use super::{
    Key, PairMap, PairSet, key,
    scanned::{Doubt, Scanned, SecretIndex},
    trees::{Child, NameIndex, TreeIndex, Trees},
};
use crate::{
    generic::Place,
    git::{Store, entries},
    model::Problem,
    pipeline::{Levels, examine::believe},
};

/// A path: the one above it, and a name. The root is 0.
type PathIndex = u32;

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

/// Decides. `roots` are the trees of commits, each with its place, oldest first, and `met` all that they lead to,
/// children first. Secrets that are not believed
/// under any path of a blob are taken from it, unless no root leads to it: then no path is known.
pub fn decide(
    scanned: &mut Scanned,
    trees: &Trees,
    store: &Store,
    met: &[TreeIndex],
    roots: impl Iterator<Item = (usize, ObjectId)>,
    levels: Levels,
    problems: &mut Vec<Problem>,
) -> Vec<Telling> {
    if scanned.blobs.is_empty() {
        return Vec::new();
    }
    let holding = holding(trees, met);
    let mut decided = Decided { scanned, levels, judged: HashMap::new(), told: BTreeMap::new() };
    let mut paths = Paths::default();
    let mut believed: HashMap<usize, HashSet<SecretIndex>> = HashMap::new();
    let mut visited = PairSet::default();
    let mut met = PairSet::default();
    let (mut folders, mut files) = (vec![0; trees.count()], vec![0; scanned.blobs.len()]);
    let mut more = 0;
    let mut stack = Vec::new();
    for (commit, root) in roots {
        let Some(root) = trees.number(&root) else { continue };
        stack.push((root, 0));
        while let Some((tree, path)) = stack.pop() {
            if !holding[tree as usize] || !visited.insert((tree, path)) {
                continue;
            }
            if !counted(&mut folders[tree as usize], MOST_FOLDERS, &mut more) {
                continue;
            }
            let matters = |child: &Child| child.split().map_or(true, |below| holding[below as usize]);
            for (child, name) in named(decided.scanned, trees, store, tree, matters, problems) {
                let path = paths.join(path, name);
                match child.split() {
                    Ok(below) => stack.push((below, path)),
                    Err(blob) => {
                        let blob = blob as usize;
                        if met.insert((blob as u32, path)) && counted(&mut files[blob], MOST_FILES, &mut more)
                        {
                            let here = believed.entry(blob).or_default();
                            decided.at(commit, blob, path, &mut paths, trees, here);
                        }
                    }
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
    told.into_iter().map(telling).collect()
}

/// Counts one more, unless there are enough: then it counts as one of those that are `more`.
fn counted(count: &mut u32, most: u32, more: &mut u64) -> bool {
    let counts = *count < most;
    *count += u32::from(counts);
    *more += u64::from(!counts);
    counts
}

/// The children of a tree that are `wanted`, with the name that each has there.
fn named(
    scanned: &Scanned,
    trees: &Trees,
    store: &Store,
    tree: TreeIndex,
    wanted: impl Fn(&Child) -> bool,
    problems: &mut Vec<Problem>,
) -> Vec<(Child, NameIndex)> {
    let children = || trees.children(tree).unwrap_or_default().iter().copied().filter(&wanted);
    let names = || children().flat_map(|child| trees.names_of(child)).copied();
    if children().all(|child| trees.names_of(child).len() == 1) {
        return names().collect();
    }
    let hex = trees.name(tree);
    let absent = || Problem::new(format!("tree {hex}"), "not in the repository, or unreadable");
    let read = store.named(&trees.key(tree).to_le_bytes()).ok_or_else(absent);
    let read = read.and_then(|id| entries(store, id, &mut Vec::new()).map_err(Problem::from));
    let there: HashSet<(Key, BString)> = match read {
        Ok(entries) => entries.into_iter().map(|entry| (key(&entry.id), entry.name)).collect(),
        Err(problem) => {
            problems.push(problem);
            return names().collect();
        }
    };
    let of = |child: Child| match child.split() {
        Ok(below) => trees.key(below),
        Err(blob) => key(&scanned.blobs[blob as usize].0),
    };
    let mut names: Vec<_> =
        names().filter(|&(child, name)| there.contains(&(of(child), trees.label(name).into()))).collect();
    // A child that stands there under two names is there twice.
    names.sort_unstable();
    names.dedup();
    names
}

struct Decided<'s> {
    scanned: &'s Scanned,
    levels: Levels,
    /// Whether a candidate is believed where a path says this.
    judged: HashMap<(u32, Place), bool>,
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
        for &Doubt { secret, candidate, member } in doubts {
            let place = member.map_or(place, |member| member.inside(&place));
            let judge =
                || believe(&self.scanned.candidates[candidate as usize], &place, self.levels).is_some();
            if *self.judged.entry((candidate, place)).or_insert_with(judge) {
                believed.insert(secret);
                self.told.entry((secret, path)).or_insert((commit, blob));
            }
        }
    }
}

/// For each tree that is met, whether a blob with secrets is in or below it.
fn holding(trees: &Trees, met: &[TreeIndex]) -> Vec<bool> {
    let mut holding = vec![false; trees.count()];
    for &tree in met {
        let mut children = trees.children(tree).unwrap_or_default().iter();
        holding[tree as usize] =
            children.any(|child| child.split().map_or(true, |below| holding[below as usize]));
    }
    holding
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
