//! What the first sweep found: by one thread, and by all together. Numbers do not depend on which thread met what.

use std::collections::{BTreeMap, HashMap, HashSet};

use bstr::BString;
use gix::ObjectId;

use super::{Key, KeyMap, KeySet, key};
use crate::{
    generic::{Candidate, Place},
    git::Node,
    matcher,
    model::Problem,
    pattern::RuleIndex,
    pipeline::{
        rivals::{self, Spot},
        stream,
    },
};

/// A secret, by its number.
pub type SecretIndex = u32;

/// Secrets by rule and value, numbered as they are met.
#[derive(Default)]
pub struct Secrets {
    known: HashMap<Vec<u8>, SecretIndex>,
    /// Whether each is believed enough to be reported.
    believed: Vec<bool>,
    key: Vec<u8>,
}

impl Secrets {
    pub fn add(&mut self, rule: RuleIndex, value: &[u8], believed: bool) -> SecretIndex {
        self.key.clear();
        self.key.extend_from_slice(&rule.to_le_bytes());
        self.key.extend_from_slice(value);
        if let Some(&index) = self.known.get(&self.key) {
            self.believed[index as usize] |= believed;
            return index;
        }
        let index = self.believed.len() as SecretIndex;
        self.believed.push(believed);
        self.known.insert(self.key.clone(), index);
        index
    }

    /// What a key was made of.
    fn parts(key: &[u8]) -> (RuleIndex, &[u8]) {
        let (rule, value) = key.split_at(4);
        (RuleIndex::from_le_bytes(rule.try_into().expect("four bytes")), value)
    }
}

/// What is told of an assignment once its path is known.
#[derive(Clone, Debug)]
pub struct Doubt {
    pub secret: SecretIndex,
    /// Place in `Scanned::candidates`.
    pub candidate: u32,
    /// What its path in the blob says, if the blob is a container.
    pub member: Option<Place>,
    /// If another overlaps it.
    pub rival: Option<Box<Rival>>,
}

/// An assignment that another overlaps: where it stands, and in which text of the blob.
#[derive(Clone, Debug)]
pub struct Rival {
    pub text: u32,
    pub spot: Spot,
}

impl Rival {
    /// For each assignment of a text, if another overlaps it.
    pub fn of(spots: Vec<Spot>, text: u32) -> impl Iterator<Item = Option<Box<Self>>> {
        let contested = rivals::contested(&spots);
        let all = spots.into_iter().zip(contested);
        all.map(move |(spot, contested)| contested.then(|| Box::new(Self { text, spot })))
    }
}

/// Candidates, each once, whatever their places in the text.
#[derive(Default)]
pub struct Candidates {
    known: HashMap<Candidate, u32>,
}

impl Candidates {
    pub fn add(&mut self, candidate: &Candidate) -> u32 {
        let next = self.known.len() as u32;
        *self.known.entry(candidate.without_place()).or_insert(next)
    }
}

/// What one thread found.
#[derive(Default)]
pub struct Worker {
    pub secrets: Secrets,
    pub candidates: Candidates,
    /// Of blobs.
    doubts: Vec<(ObjectId, Vec<Doubt>)>,
    blobs: Vec<(ObjectId, Vec<SecretIndex>)>,
    pub commits: Vec<(Node, Vec<SecretIndex>)>,
    pub tags: Vec<(ObjectId, ObjectId, Vec<SecretIndex>)>,
    pub present: Vec<Key>,
    pub broken: Vec<(ObjectId, &'static str)>,
    /// Blobs in which nothing was found, not even what is not told.
    clean: Vec<Key>,
    /// What could not be opened of a blob.
    unopened: Vec<(ObjectId, Vec<Problem>)>,
    /// What was found in blobs too large to be read again.
    pub huge: Vec<(ObjectId, stream::Scanned)>,
    /// Of containers, which secret stands in which member.
    members: Vec<(ObjectId, Vec<(SecretIndex, BString)>)>,
    /// Containers met, containers opened whole, members read.
    pub containers: [u64; 3],
    /// Halves of pairs, with the objects in which each of their places has its secret told beside it.
    beside: Vec<(ObjectId, SecretIndex)>,
    /// Used again from blob to blob.
    pub buffer: Vec<matcher::Part>,
}

/// What one blob gave.
#[derive(Default)]
pub struct Found {
    pub secrets: Vec<SecretIndex>,
    pub doubts: Vec<Doubt>,
    pub unopened: Vec<Problem>,
    /// Something was found that is believed too little.
    pub below: bool,
    /// If it is a container, which secret stands in which member.
    pub members: Vec<(SecretIndex, BString)>,
    /// Halves of pairs, and all that is at any place none.
    pub beside: Vec<SecretIndex>,
    pub alone: HashSet<SecretIndex>,
}

impl Found {
    pub fn half(&mut self, secret: SecretIndex, beside: bool) {
        if beside {
            self.beside.push(secret);
        } else {
            self.alone.insert(secret);
        }
    }
}

impl Worker {
    pub fn beside(&mut self, object: &gix::oid, found: Found) {
        let halves = found.beside.into_iter().filter(|half| !found.alone.contains(half));
        self.beside.extend(halves.map(|half| (object.to_owned(), half)));
    }

    /// Says whether there is any secret.
    pub fn found(&mut self, blob: &gix::oid, found: Found) -> bool {
        let Found { mut secrets, doubts, unopened, below, members, beside, alone } = found;
        self.beside(blob, Found { beside, alone, ..Found::default() });
        secrets.sort_unstable();
        secrets.dedup();
        if secrets.is_empty() && unopened.is_empty() && !below {
            self.clean.push(key(blob));
        }
        if !unopened.is_empty() {
            self.unopened.push((blob.to_owned(), unopened));
        }
        let any = !secrets.is_empty();
        if !members.is_empty() {
            self.members.push((blob.to_owned(), members));
        }
        if any {
            self.blobs.push((blob.to_owned(), secrets));
        }
        if !doubts.is_empty() {
            self.doubts.push((blob.to_owned(), doubts));
        }
        any
    }
}

/// A secret's rule and value.
pub struct Known {
    pub rule: RuleIndex,
    pub value: Vec<u8>,
}

/// What the first sweep found, over all threads.
#[derive(Default)]
pub struct Scanned {
    pub secrets: Vec<Known>,
    /// How many values were believed too little.
    pub below: u64,
    /// Blobs that hold secrets, sorted by id.
    pub blobs: Vec<(ObjectId, Vec<SecretIndex>)>,
    pub by_key: KeyMap<u32>,
    /// For each blob, which of its secrets are assignments, and what decides whether they are told.
    pub doubts: Vec<Vec<Doubt>>,
    pub candidates: Vec<Candidate>,
    pub commits: Vec<(Node, Vec<SecretIndex>)>,
    /// Tag, target, secrets.
    pub tags: Vec<(ObjectId, ObjectId, Vec<SecretIndex>)>,
    /// Every blob that is there.
    pub present: KeySet,
    pub broken: Vec<(ObjectId, &'static str)>,
    /// Blobs in which nothing was found, not even what is not told.
    pub clean: Vec<Key>,
    /// What could not be opened, by blob.
    pub unopened: BTreeMap<ObjectId, Vec<Problem>>,
    /// What was found in blobs too large to be read again.
    pub huge: HashMap<ObjectId, stream::Scanned>,
    /// Of containers, which secret stands in which member.
    pub members: HashMap<ObjectId, Vec<(SecretIndex, BString)>>,
    /// Containers met, containers opened whole, members read.
    pub containers: [u64; 3],
    /// For each half of a pair, the objects in which each of its places has its secret told beside it.
    pub beside: HashMap<SecretIndex, HashSet<ObjectId>>,
}

impl Scanned {
    pub fn join(workers: Vec<Worker>) -> Self {
        let mut all = Self::default();
        let mut secrets = Secrets::default();
        let mut renumbered = Vec::new();
        for worker in &workers {
            let mut numbers = vec![0; worker.secrets.believed.len()];
            for (name, &index) in &worker.secrets.known {
                let (rule, value) = Secrets::parts(name);
                numbers[index as usize] = secrets.add(rule, value, worker.secrets.believed[index as usize]);
            }
            renumbered.push(numbers);
        }
        // Numbers must not depend on which thread met what first.
        let mut names: Vec<(&Vec<u8>, SecretIndex)> =
            secrets.known.iter().map(|(name, &index)| (name, index)).collect();
        names.sort_unstable();
        let mut sorted = vec![0; names.len()];
        for (number, (name, index)) in names.iter().enumerate() {
            sorted[*index as usize] = number as SecretIndex;
            let (rule, value) = Secrets::parts(name);
            all.secrets.push(Known { rule, value: value.to_vec() });
        }
        all.below = secrets.believed.iter().filter(|believed| !**believed).count() as u64;
        let mut doubts: HashMap<ObjectId, Vec<Doubt>> = HashMap::new();
        for (worker, numbers) in workers.into_iter().zip(renumbered) {
            let renumber = |found: Vec<SecretIndex>| {
                let mut found: Vec<_> =
                    found.iter().map(|&index| sorted[numbers[index as usize] as usize]).collect();
                found.sort_unstable();
                found.dedup();
                found
            };
            let first = all.candidates.len() as u32;
            let mut candidates: Vec<_> = worker.candidates.known.into_iter().collect();
            candidates.sort_unstable_by_key(|(_, number)| *number);
            all.candidates.extend(candidates.into_iter().map(|(candidate, _)| candidate));
            for (id, mut found) in worker.doubts {
                for doubt in &mut found {
                    doubt.secret = sorted[numbers[doubt.secret as usize] as usize];
                    doubt.candidate += first;
                }
                doubts.insert(id, found);
            }
            all.blobs.extend(worker.blobs.into_iter().map(|(id, found)| (id, renumber(found))));
            all.commits.extend(worker.commits.into_iter().map(|(node, found)| (node, renumber(found))));
            all.tags.extend(worker.tags.into_iter().map(|(id, target, found)| (id, target, renumber(found))));
            for (id, mut members) in worker.members {
                members
                    .iter_mut()
                    .for_each(|(secret, _)| *secret = sorted[numbers[*secret as usize] as usize]);
                all.members.insert(id, members);
            }
            for (id, half) in worker.beside {
                all.beside.entry(sorted[numbers[half as usize] as usize]).or_default().insert(id);
            }
            all.present.extend(worker.present);
            all.broken.extend(worker.broken);
            all.clean.extend(worker.clean);
            all.unopened.extend(worker.unopened);
            all.huge.extend(worker.huge);
            for (sum, more) in all.containers.iter_mut().zip(worker.containers) {
                *sum += more;
            }
        }
        all.blobs.sort();
        all.blobs.dedup_by(|a, b| a.0 == b.0);
        all.by_key = all.blobs.iter().zip(0..).map(|((id, _), index)| (key(id), index)).collect();
        all.doubts = all.blobs.iter().map(|(id, _)| doubts.remove(id).unwrap_or_default()).collect();
        all.broken.sort();
        all
    }
}
