//! The second sweep: which tree holds which tree, which holds a blob with a secret, and under which names. Names
//! are scanned, and every entry is proved to be there, where it is new.

use std::{
    collections::HashMap,
    io::Read,
    sync::{
        Mutex, OnceLock,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
};

use bstr::{BStr, BString, ByteSlice};
use data_encoding::HEXLOWER;
use gix::ObjectId;

use super::{Key, KeyMap, key, scanned::Scanned};
use crate::{
    objects::{self, Base, Kind, Object, Piece, Pieces},
    pipeline::Scan,
};

/// A tree, by its number.
pub type TreeIndex = u32;

/// A name of an entry, by its number.
pub type NameIndex = u32;

/// What an entry leads to, if it matters: a tree or a blob with secrets, told apart by the highest bit; or neither,
/// where only the name tells something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Child(u32);

const BLOB: u32 = 1 << 31;

/// What a child is.
pub enum Kid {
    Tree(TreeIndex),
    /// By its place in `Scanned::blobs`.
    Blob(u32),
    Name,
}

impl Child {
    const NAME: Self = Self(u32::MAX);

    pub fn kid(self) -> Kid {
        match self.0 {
            tree if tree & BLOB == 0 => Kid::Tree(tree),
            _ if self == Self::NAME => Kid::Name,
            blob => Kid::Blob(blob & !BLOB),
        }
    }
}

/// Trees numbered as they are met, in parts so that threads rarely wait for each other.
struct Numbers {
    parts: Vec<Mutex<KeyMap<TreeIndex>>>,
    next: AtomicU32,
}

/// In which of the parts a key is.
fn part_of(key: Key) -> usize {
    (key >> 120) as usize
}

impl Numbers {
    fn of(&self, key: Key) -> TreeIndex {
        let mut part = self.parts[part_of(key)].lock().expect("nothing in here panics");
        *part.entry(key).or_insert_with(|| self.next.fetch_add(1, Relaxed))
    }
}

/// A name's number, and whether something stands in it.
#[derive(Clone, Copy)]
struct Name {
    number: NameIndex,
    tells: bool,
}

#[derive(Default)]
pub struct Worker {
    /// For each tree read: its number, and where its children stand.
    trees: Vec<(TreeIndex, u32, u32)>,
    children: Vec<(Child, NameIndex)>,
    /// Names that this worker met.
    names: HashMap<BString, Name>,
    pieces: Vec<(usize, usize, usize)>,
}

/// What a tree hands to those built on it.
#[derive(Default)]
pub struct State {
    /// Where each entry starts, and where the last one ends.
    starts: Vec<u32>,
    /// The children that matter, each with its name, by the number of their entry.
    children: Vec<(u32, Child, NameIndex)>,
}

impl State {
    /// Takes over the entries of `base` that lie whole within `from..to` there, and stand at `at` here. Returns how
    /// many bytes they are: none, if no entry of the base starts at `from`.
    fn take(&mut self, base: &Self, from: u32, to: u32, at: u32) -> u32 {
        let Ok(first) = base.starts.binary_search(&from) else { return 0 };
        let last = base.starts.partition_point(|start| *start <= to) - 1;
        let number = self.starts.len() as u32;
        self.starts.extend(base.starts[first..last].iter().map(|start| start - from + at));
        let (first, end) = (first as u32, base.starts[last]);
        let children = &base.children[base.children.partition_point(|child| child.0 < first)..];
        let taken = children.iter().take_while(|child| child.0 < last as u32);
        self.children.extend(taken.map(|&(entry, child, name)| (entry - first + number, child, name)));
        end - from
    }
}

pub struct Visitor<'s> {
    scan: &'s Scan<'s>,
    scanned: &'s Scanned,
    hash: gix::hash::Kind,
    numbers: Numbers,
    /// Those that any worker met.
    names: Mutex<HashMap<BString, Name>>,
}

impl<'s> Visitor<'s> {
    pub fn new(scan: &'s Scan<'s>, scanned: &'s Scanned, hash: gix::hash::Kind) -> Self {
        let parts = (0..256).map(|_| Mutex::default()).collect();
        Self { scan, scanned, hash, numbers: Numbers { parts, next: 0.into() }, names: Mutex::default() }
    }

    /// Reads all entries; those inside a copied piece are taken from the base's state.
    fn read(&self, worker: &mut Worker, object: &Object, bytes: &[u8], base: &State) -> State {
        let id_len = self.hash.len_in_bytes();
        let mut state = State { starts: Vec::with_capacity(base.starts.len() + 1), children: Vec::new() };
        let mut at = 0;
        let pieces = std::mem::take(&mut worker.pieces);
        let mut piece = pieces.iter().peekable();
        while at < bytes.len() {
            while piece.next_if(|piece| piece.1 <= at).is_some() {}
            if let Some(&&(start, end, from)) = piece.peek()
                && start <= at
            {
                let (from, to) = (at - start + from, end - start + from);
                let taken = state.take(base, from as u32, to as u32, at as u32);
                if taken > 0 {
                    at += taken as usize;
                    continue;
                }
            }
            let Some(nul) = memchr::memchr(0, &bytes[at..]) else { break };
            let end = at + nul + 1 + id_len;
            if end > bytes.len() {
                break;
            }
            let child = self.entry(worker, &bytes[at..at + nul], &bytes[end - id_len..end]);
            state.children.extend(child.map(|(child, name)| (state.starts.len() as u32, child, name)));
            state.starts.push(at as u32);
            at = end;
        }
        state.starts.push(at as u32);
        worker.pieces = pieces;
        if !object.base_only {
            let number = self.numbers.of(key(object.id));
            let start = worker.children.len() as u32;
            worker.children.extend(state.children.iter().map(|&(_, child, name)| (child, name)));
            worker.trees.push((number, start, worker.children.len() as u32));
        }
        state
    }

    fn entry(&self, worker: &mut Worker, mode_and_name: &[u8], id: &[u8]) -> Option<(Child, NameIndex)> {
        let space = memchr::memchr(b' ', mode_and_name)?;
        let (mode, name) = (&mode_and_name[..space], &mode_and_name[space + 1..]);
        let id = gix::oid::try_from_bytes(id).ok()?;
        let key = key(id);
        let name = self.name(worker, name);
        let child = match mode {
            b"40000" | b"040000" => Some(Child(self.numbers.of(key))),
            // A submodule's commit is in another repository.
            b"160000" => None,
            // One that is not there is numbered like a tree, which then is not there either.
            _ if !self.scanned.present.contains(&key) => Some(Child(self.numbers.of(key))),
            _ => self.scanned.by_key.get(&key).map(|index| Child(index | BLOB)),
        };
        Some((child.or(name.tells.then_some(Child::NAME))?, name.number))
    }

    fn name(&self, worker: &mut Worker, name: &[u8]) -> Name {
        if let Some(known) = worker.names.get(name.as_bstr()) {
            return *known;
        }
        let mut names = self.names.lock().expect("nothing in here panics");
        let number = names.len() as NameIndex;
        let tells = || !self.scan.scanner.scan(name).is_empty();
        let known = *names.entry(name.into()).or_insert_with(|| Name { number, tells: tells() });
        worker.names.insert(name.into(), known);
        known
    }
}

impl objects::Visitor for Visitor<'_> {
    type State = State;
    type Worker = Worker;

    fn worker(&self) -> Worker {
        Worker::default()
    }

    fn wants(&self, kind: Kind) -> bool {
        kind == Kind::Tree
    }

    fn whole(&self, worker: &mut Worker, object: Object<'_>, bytes: &[u8]) -> State {
        worker.pieces.clear();
        self.read(worker, &object, bytes, &State::default())
    }

    fn delta(
        &self,
        worker: &mut Worker,
        object: Object<'_>,
        bytes: &[u8],
        base: Base<'_, State>,
        pieces: Pieces<'_>,
    ) -> State {
        worker.pieces.clear();
        let mut at = 0;
        for piece in pieces {
            if let Piece::Copy { from, len } = piece {
                worker.pieces.push((at, at + len, from));
            }
            at += piece.len();
        }
        self.read(worker, &object, bytes, base.state)
    }

    fn huge(&self, worker: &mut Worker, object: Object<'_>, _size: u64, bytes: &mut dyn Read) {
        let mut all = Vec::new();
        // An error comes back to the sweep, which names the object.
        if bytes.read_to_end(&mut all).is_ok() {
            worker.pieces.clear();
            self.read(worker, &object, &all, &State::default());
        }
    }
}

/// What the second sweep found, over all threads.
pub struct Trees {
    /// In parts.
    numbers: Vec<KeyMap<TreeIndex>>,
    /// The key of each number: wanted only where something is missing.
    keys: OnceLock<Vec<Key>>,
    /// For each number: its children in one of `children`. `None` for one that is not there.
    trees: Vec<Option<(usize, u32, u32)>>,
    children: Vec<Vec<(Child, NameIndex)>>,
    names: Vec<BString>,
    /// Names in which something stands, sorted by number.
    telling: Vec<NameIndex>,
}

impl Trees {
    pub fn join(workers: Vec<Worker>, visitor: Visitor) -> Self {
        // git has it in every repository, be it stored there or not.
        let empty = visitor.numbers.of(key(&ObjectId::empty_tree(visitor.hash)));
        let count = visitor.numbers.next.into_inner() as usize;
        let parts = visitor.numbers.parts.into_iter();
        let numbers = parts.map(|part| part.into_inner().expect("nothing in there panics")).collect();
        let named = visitor.names.into_inner().expect("nothing in there panics");
        let mut all = Self {
            numbers,
            keys: OnceLock::new(),
            trees: vec![None; count],
            children: Vec::new(),
            names: vec![BString::default(); named.len()],
            telling: Vec::new(),
        };
        for (worker, nth) in workers.into_iter().zip(0..) {
            for (number, start, end) in worker.trees {
                all.trees[number as usize] = Some((nth, start, end));
            }
            all.children.push(worker.children);
        }
        all.trees[empty as usize].get_or_insert((all.children.len(), 0, 0));
        all.children.push(Vec::new());
        for (name, Name { number, tells }) in named {
            all.names[number as usize] = name;
            all.telling.extend(tells.then_some(number));
        }
        all.telling.sort_unstable();
        all
    }

    /// The name of an entry.
    pub fn label(&self, name: NameIndex) -> &BStr {
        self.names[name as usize].as_ref()
    }

    /// Names in which something stands.
    pub fn telling(&self) -> &[NameIndex] {
        &self.telling
    }

    /// Whether something stands in a name.
    pub fn tells(&self, name: NameIndex) -> bool {
        self.telling.binary_search(&name).is_ok()
    }

    /// How many numbers there are.
    pub fn count(&self) -> usize {
        self.trees.len()
    }

    pub fn number(&self, id: &gix::oid) -> Option<TreeIndex> {
        let key = key(id);
        self.numbers[part_of(key)].get(&key).copied()
    }

    /// Each with its name. `None` if the tree is not there.
    pub fn children(&self, tree: TreeIndex) -> Option<&[(Child, NameIndex)]> {
        let (worker, start, end) = self.trees[tree as usize]?;
        Some(&self.children[worker][start as usize..end as usize])
    }

    /// The beginning of an object's name, long enough for git to find it.
    pub fn name(&self, tree: TreeIndex) -> String {
        let keys = self.keys.get_or_init(|| {
            let mut keys = vec![0; self.count()];
            self.numbers.iter().flatten().for_each(|(key, number)| keys[*number as usize] = *key);
            keys
        });
        HEXLOWER.encode(&keys[tree as usize].to_le_bytes())
    }
}
