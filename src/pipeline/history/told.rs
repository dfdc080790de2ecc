//! The last step: goes back to the commits that matter, finds the paths, reads the few blobs again for
//! lines and columns, and says what became of each secret.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::{Arc, Mutex},
};

use bstr::{BStr, BString, ByteSlice};
use gix::{ObjectId, objs::Kind};
use rayon::prelude::*;

use super::{
    graph::{Graph, Story},
    key,
    paths::{Telling, Tellings},
    scanned::{Known, Scanned, SecretIndex},
    trees::{TreeIndex, Trees},
};
use crate::{
    decode,
    git::{Mode, Repo, Store, commit_text, entries},
    model::{Commit, History, Origin, Part, Problem, Problems, Secret},
    pattern::RuleIndex,
    pipeline::{Scan, collect::Collected, examine::Hit, stream},
    source::{Content, Reader},
};

/// A text that holds secrets, to be read again for their lines.
struct Place {
    /// Of the commit; what has none comes last.
    order: usize,
    origin: Origin,
    content: Content,
    secrets: BTreeSet<SecretIndex>,
}

/// What the sweeps and the graph came to.
#[derive(Clone, Copy)]
pub struct Swept<'a> {
    pub scanned: &'a Scanned,
    pub graph: &'a Graph,
    pub trees: &'a Trees,
    pub refs: &'a [(BString, ObjectId)],
    /// Where secrets and names are told.
    pub tellings: &'a Tellings,
}

pub fn tell(
    scan: &Scan,
    repo: &Repo,
    swept: Swept,
    unreachable: bool,
    collected: &mut Collected,
    problems: &mut Problems,
) {
    let Swept { scanned, graph, trees, refs, tellings } = swept;
    for (id, why) in &scanned.broken {
        problems.add(Problem::new(format!("object {id}"), *why));
    }
    let mut teller = Teller {
        store: repo.store().clone(),
        scanned,
        graph,
        trees,
        credits: HashMap::new(),
        places: Vec::new(),
        messages: HashMap::new(),
        problems,
    };
    teller.commits();
    teller.members();
    teller.paths(&tellings.secrets);
    teller.messages(unreachable);
    teller.refs(scan, refs);
    teller.names(&tellings.names);
    if unreachable {
        teller.unreachable(&tellings.unmet);
    }
    let Teller { mut places, credits, messages, .. } = teller;
    places.sort_by(|a, b| (a.order, &a.origin).cmp(&(b.order, &b.origin)));
    read(scan, repo.store(), scanned, places, collected, problems);
    for ((secret, story), index) in scanned.secrets.iter().zip(&graph.stories).zip(0..) {
        let credit = |place: Option<usize>| place.and_then(|place| credits.get(&place).cloned());
        let history = match messages.get(&index) {
            // A message cannot be taken out of its commit.
            Some(commits) if story.commits == 0 => History {
                commits: commits.len() as u64,
                from: credit(commits.first().copied()).map(|commit| commit.date.clone()),
                reachable: true,
                ..history(story, &credit)
            },
            _ => history(story, &credit),
        };
        collected.histories.insert((secret.rule, Secret::new(&secret.value)), history);
    }
    collected.below += scanned.below;
    // Only the oldest places are told: whether a half stands alone, all texts that hold it decide.
    let blobs = scanned.blobs.iter().enumerate();
    let blobs = blobs.filter(|(blob, _)| unreachable || graph.ways.reach(*blob)).map(|(_, held)| held);
    let commits = scanned.commits.iter().map(|(node, secrets)| (node.id, secrets));
    let tags = scanned.tags.iter().map(|(id, _, secrets)| (*id, secrets));
    for (id, secrets) in blobs.map(|(id, secrets)| (*id, secrets)).chain(commits).chain(tags) {
        for secret in secrets {
            if scanned.beside.get(secret).is_some_and(|objects| !objects.contains(&id)) {
                let Known { rule, value } = &scanned.secrets[*secret as usize];
                collected.alone.insert((*rule, Secret::new(value)));
            }
        }
    }
}

fn history(story: &Story, credit: &dyn Fn(Option<usize>) -> Option<Arc<Commit>>) -> History {
    let first = credit(story.introduced);
    let refs = story.refs.clone();
    History {
        commits: story.commits,
        blobs: story.blobs,
        from: first.map(|commit| commit.date.clone()),
        removed: if refs.is_empty() { credit(story.removed) } else { None },
        reachable: story.commits > 0 || !refs.is_empty(),
        refs,
        more_refs: story.more_refs,
    }
}

struct Teller<'a> {
    store: Store,
    scanned: &'a Scanned,
    graph: &'a Graph,
    trees: &'a Trees,
    /// Who made the commits that are told, by their place in the graph.
    credits: HashMap<usize, Arc<Commit>>,
    places: Vec<Place>,
    /// Commits whose message or header holds a secret, by their place in the graph.
    messages: HashMap<SecretIndex, BTreeSet<usize>>,
    problems: &'a mut Problems,
}

impl Teller<'_> {
    /// Who made a commit, by its place in the graph. What has no commit has none.
    fn credit(&mut self, place: usize) -> Option<Arc<Commit>> {
        if let Some(credit) = self.credits.get(&place) {
            return Some(credit.clone());
        }
        let id = self.graph.commits.get(place)?.id;
        let credit = Arc::new(commit_text(&self.again(id, Kind::Commit)?)?.credit(id));
        self.credits.insert(place, credit.clone());
        Some(credit)
    }

    /// Who brought each secret in, and who took it out.
    fn commits(&mut self) {
        let graph = self.graph;
        for place in graph.stories.iter().flat_map(|story| [story.introduced, story.removed]).flatten() {
            self.credit(place);
        }
    }

    /// Each member of a container in which a secret stands, at the path at which a version of the container was first
    /// met that has it there.
    fn members(&mut self) {
        let first: HashMap<_, _> = (self.graph.commits.iter().enumerate().rev())
            .filter_map(|(place, node)| Some((self.trees.number(&node.tree)?, place)))
            .collect();
        let mut buffer = Vec::new();
        let mut versions = Vec::new();
        for (blob, (id, secrets)) in self.scanned.blobs.iter().enumerate() {
            let Some(members) = self.scanned.members.get(id) else { continue };
            let way = self.graph.ways.to(blob);
            let Some(&place) = way.first().and_then(|root| first.get(root)) else { continue };
            let Some(path) = self.path(self.graph.commits[place].tree, &way[1..], *id, &mut buffer) else {
                continue;
            };
            versions.push((place, path, *id, secrets, members));
        }
        versions.sort_unstable();
        let mut known = HashSet::new();
        for (order, path, id, secrets, members) in &versions {
            let told = members.iter().filter(|(secret, _)| secrets.binary_search(secret).is_ok());
            let new = told.filter(|(secret, member)| known.insert((*secret, path, member)));
            let secrets: BTreeSet<_> = new.map(|(secret, _)| *secret).collect();
            if !secrets.is_empty() {
                self.blob(*order, path.clone(), *id, secrets);
            }
        }
    }

    /// Each path of each secret, in the first commit in which it stands there.
    fn paths(&mut self, tellings: &[Telling]) {
        let mut together: BTreeMap<(usize, usize, &BString), BTreeSet<SecretIndex>> = BTreeMap::new();
        for Telling { secret, commit, blob, path } in tellings {
            together.entry((*commit, *blob, path)).or_default().insert(*secret);
        }
        for ((order, blob, path), secrets) in together {
            self.blob(order, path.clone(), self.scanned.blobs[blob].0, secrets);
        }
    }

    /// Goes from a commit's tree through trees of known numbers to a blob.
    fn path(
        &mut self,
        root: ObjectId,
        way: &[TreeIndex],
        blob: ObjectId,
        buffer: &mut Vec<u8>,
    ) -> Option<BString> {
        let mut path = BString::default();
        let mut tree = root;
        for step in way.iter().map(|&step| Some(step)).chain([None]) {
            let entries = entries(&self.store, tree, buffer)
                .map_err(|missing| self.problems.add(missing.into()))
                .ok()?;
            let entry = entries.into_iter().find(|entry| match step {
                Some(step) => entry.mode == Mode::Tree && self.trees.number(&entry.id) == Some(step),
                None => entry.mode == Mode::Blob && entry.id == blob,
            })?;
            if !path.is_empty() {
                path.push(b'/');
            }
            path.extend_from_slice(&entry.name);
            tree = entry.id;
        }
        Some(path)
    }

    fn blob(&mut self, order: usize, path: BString, id: ObjectId, secrets: BTreeSet<SecretIndex>) {
        let commit = self.credit(order);
        let origin = Origin { path, part: Part::Content, blob: Some(id), commit, layer: None };
        self.places.push(Place { order, origin, content: Content::Blob(id), secrets });
    }

    fn text(
        &mut self,
        order: usize,
        part: Part,
        path: &BStr,
        text: &BStr,
        commit: Option<Arc<Commit>>,
        secrets: &[SecretIndex],
    ) {
        let origin = Origin { path: path.to_owned(), part, blob: None, commit, layer: None };
        let secrets = secrets.iter().copied().collect();
        self.places.push(Place { order, origin, content: Content::Text(text.to_owned()), secrets });
    }

    /// What the sweep has read once.
    fn again(&mut self, id: ObjectId, kind: Kind) -> Option<Vec<u8>> {
        let mut buffer = Vec::new();
        let read = self.store.expect(id, kind, &mut buffer).map(<[u8]>::to_vec);
        read.map_err(|missing| self.problems.add(missing.into())).ok()
    }

    /// Messages and headers of commits and tags: of those that refs reach, or of all.
    fn messages(&mut self, unreachable: bool) {
        let places: HashMap<_, _> =
            self.graph.commits.iter().enumerate().map(|(place, node)| (node.id, place)).collect();
        for (node, secrets) in self.scanned.commits.iter().filter(|(_, secrets)| !secrets.is_empty()) {
            let place = places.get(&node.id).copied();
            if place.is_none() && !unreachable {
                continue;
            }
            for &secret in secrets.iter().filter(|_| place.is_some()) {
                self.messages.entry(secret).or_default().extend(place);
            }
            let Some(data) = self.again(node.id, Kind::Commit) else { continue };
            let Some(commit) = commit_text(&data) else { continue };
            let credit = match place {
                Some(place) => self.credit(place),
                None => Some(Arc::new(commit.credit(node.id))),
            };
            let place = place.unwrap_or(usize::MAX);
            for (part, text) in [(Part::CommitHeader, commit.header), (Part::CommitMessage, commit.message)] {
                self.text(place, part, part.word().into(), text, credit.clone(), secrets);
            }
        }
        for (id, _, secrets) in self
            .scanned
            .tags
            .iter()
            .filter(|(id, _, found)| !found.is_empty() && (unreachable || self.graph.tags.contains(id)))
        {
            let Some(data) = self.again(*id, Kind::Tag) else { continue };
            let part = Part::TagMessage;
            self.text(usize::MAX, part, part.word().into(), data.as_bstr(), None, secrets);
        }
    }

    /// Names of refs, and blobs that refs name without a commit.
    fn refs(&mut self, scan: &Scan, refs: &[(BString, ObjectId)]) {
        // Of a mirror's tens of thousands nearly all are plain.
        let may_tell = |name: &[u8]| !scan.scanner.marks(name).is_empty() || decode::encodes(name);
        for (name, _) in refs.iter().filter(|(name, _)| may_tell(name)) {
            self.text(usize::MAX, Part::RefName, name.as_ref(), name.as_ref(), None, &[]);
        }
        for (name, id) in self.graph.blobs.clone() {
            let Some(&blob) = self.scanned.by_key.get(&key(&id)) else { continue };
            let secrets = self.scanned.blobs[blob as usize].1.iter().copied().collect();
            self.blob(usize::MAX, name.into(), id, secrets);
        }
    }

    /// Paths that end in a name in which something stands.
    fn names(&mut self, names: &[(usize, BString)]) {
        for (order, path) in names {
            let commit = self.credit(*order);
            self.text(*order, Part::Path, path.as_ref(), path.as_ref(), commit, &[]);
        }
    }

    /// What no ref reaches: blobs, and names in which something stands.
    fn unreachable(&mut self, names: &[BString]) {
        for name in names {
            self.text(usize::MAX, Part::Path, name.as_ref(), name.as_ref(), None, &[]);
        }
        for (blob, (id, secrets)) in self.scanned.blobs.iter().enumerate() {
            if !self.graph.ways.reach(blob) {
                let path = format!("unreachable blob {id}").into();
                self.blob(usize::MAX, path, *id, secrets.iter().copied().collect());
            }
        }
    }
}

/// Reads the places again and collects what stands there. A place without named secrets tells all.
fn read(
    scan: &Scan,
    store: &Store,
    scanned: &Scanned,
    places: Vec<Place>,
    collected: &mut Collected,
    problems: &mut Problems,
) {
    let reader = Mutex::new(Reader::new(Some(store.clone())));
    let own = || reader.lock().expect("no thread panics while it clones").clone();
    let mut texts: HashMap<Content, Vec<usize>> = HashMap::new();
    for (number, place) in places.iter().enumerate() {
        texts.entry(place.content.clone()).or_default().push(number);
    }
    let mut texts: Vec<_> = texts.into_iter().collect();
    texts.sort_by_key(|(_, numbers)| numbers[0]);
    let secrets = scanned.secrets.iter().zip(0..);
    let known: HashMap<(RuleIndex, &[u8]), SecretIndex> =
        secrets.map(|(Known { rule, value }, index)| ((*rule, &**value), index)).collect();
    let tells = |number: usize, hit: &Hit| {
        let secrets = &places[number].secrets;
        let known = || known.get(&(hit.rule, hit.secret.reveal()));
        secrets.is_empty() || known().is_some_and(|secret| secrets.contains(secret))
    };
    // What is believed at each place, and told there.
    type Found = Result<Vec<(usize, Vec<(Origin, Hit)>)>, Problem>;
    let found: Vec<Found> = texts
        .into_par_iter()
        .map_init(own, |reader, (content, numbers)| {
            let huge = match &content {
                Content::Blob(id) => scanned.huge.get(id),
                _ => None,
            };
            let again;
            let found = match huge {
                Some(found) => found,
                None => {
                    again = stream::scan(scan, reader, &content)?;
                    &again
                }
            };
            let at = |number: usize| {
                let wanted = &mut |_: &Origin, hit: &Hit| tells(number, hit);
                (number, found.at(scan, &places[number].origin, wanted))
            };
            Ok(numbers.into_iter().map(at).collect())
        })
        .collect();
    // Each path of a secret is told once, where it is oldest: places come in that order. A place that names
    // other secrets only tells nothing of this one.
    let mut lowest: HashMap<(RuleIndex, &[u8], &BStr), usize> = HashMap::new();
    for (number, hits) in found.iter().flatten().flatten() {
        for (origin, hit) in hits {
            let key = (hit.rule, hit.secret.reveal(), origin.path.as_bstr());
            let least = lowest.entry(key).or_insert(*number);
            *least = (*number).min(*least);
        }
    }
    for places_of_text in &found {
        let places_of_text = match places_of_text {
            Ok(places_of_text) => places_of_text,
            Err(problem) => {
                problems.add(problem.clone());
                continue;
            }
        };
        for (number, hits) in places_of_text {
            for (origin, hit) in hits {
                let oldest =
                    lowest.get(&(hit.rule, hit.secret.reveal(), origin.path.as_bstr())) == Some(number);
                if oldest {
                    collected.add(*number, origin.clone(), hit.clone());
                }
            }
        }
    }
}
