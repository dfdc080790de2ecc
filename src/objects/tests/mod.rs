//! The sweep against git itself on real repositories, and against packs made by hand to deceive it.

mod hostile;
mod made;
mod real;

use super::{Base, Kind, Object, Options, Outcome, Piece, Pieces, Plan, Store, Visitor, oid, sweep};
use gix::hash::ObjectId;
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Read, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

type Objects = BTreeMap<ObjectId, (Kind, Vec<u8>)>;

/// Keeps all it sees, and checks at every object that its pieces make it from its base.
#[derive(Default)]
struct Keep {
    only: Option<Kind>,
    known: BTreeSet<ObjectId>,
}

#[derive(Default)]
struct Seen {
    objects: Vec<(ObjectId, Kind, Vec<u8>)>,
    base_only: Vec<ObjectId>,
    deltas: usize,
    huge: usize,
}

impl Seen {
    fn add(&mut self, object: Object<'_>, bytes: &[u8]) -> Vec<u8> {
        if object.base_only {
            self.base_only.push(object.id.to_owned());
        } else {
            self.objects.push((object.id.to_owned(), object.kind, bytes.to_vec()));
        }
        bytes.to_vec()
    }
}

impl Visitor for Keep {
    type State = Vec<u8>;
    type Worker = Seen;

    fn worker(&self) -> Seen {
        Seen::default()
    }

    fn wants(&self, kind: Kind) -> bool {
        self.only.is_none_or(|only| only == kind)
    }

    fn known(&self, id: &oid) -> bool {
        self.known.contains(id)
    }

    fn whole(&self, seen: &mut Seen, object: Object<'_>, bytes: &[u8]) -> Vec<u8> {
        seen.add(object, bytes)
    }

    fn delta(
        &self,
        seen: &mut Seen,
        object: Object<'_>,
        bytes: &[u8],
        base: Base<'_, Vec<u8>>,
        pieces: Pieces<'_>,
    ) -> Vec<u8> {
        assert_eq!(base.bytes, base.state, "the base's own state comes with it");
        let (mut at, mut last) = (0, None);
        for piece in pieces {
            assert!(!piece.is_empty());
            if let Piece::Copy { from, len } = piece {
                assert_eq!(bytes[at..at + len], base.bytes[from..from + len]);
            }
            match (last, piece) {
                (Some(Piece::Insert { .. }), Piece::Insert { .. }) => {
                    panic!("two inserts in a row")
                }
                (Some(Piece::Copy { from, len }), Piece::Copy { from: next, .. }) => {
                    assert_ne!(from + len, next, "copies side by side are one piece");
                }
                _ => {}
            }
            at += piece.len();
            last = Some(piece);
        }
        assert_eq!(at, bytes.len(), "the pieces cover the object");
        seen.deltas += 1;
        seen.add(object, bytes)
    }

    fn huge(&self, seen: &mut Seen, object: Object<'_>, size: u64, bytes: &mut dyn Read) {
        let mut all = Vec::new();
        if bytes.read_to_end(&mut all).is_ok() {
            assert_eq!(all.len() as u64, size);
            assert!(!object.base_only);
            seen.huge += 1;
            seen.add(object, &all);
        }
    }
}

/// Sweep with `visitor` and put what its workers saw together; no object may be seen twice.
fn see(store: &Store, visitor: &Keep, options: &Options<'_>) -> (Objects, Seen, Outcome<()>) {
    let outcome = sweep(&Plan::new(store), visitor, options);
    let mut all = Seen::default();
    let mut objects = Objects::new();
    for mut seen in outcome.workers {
        for (id, kind, bytes) in seen.objects.drain(..) {
            assert!(objects.insert(id, (kind, bytes)).is_none(), "{id} was visited twice");
        }
        all.base_only.append(&mut seen.base_only);
        all.deltas += seen.deltas;
        all.huge += seen.huge;
    }
    let count = outcome.tally.all();
    assert_eq!(count.objects, objects.len() as u64);
    assert_eq!(count.bytes, objects.values().map(|(_, bytes)| bytes.len() as u64).sum::<u64>());
    let outcome = Outcome {
        workers: vec![],
        tally: outcome.tally,
        problems: outcome.problems,
        lost: outcome.lost,
        faulty: outcome.faulty,
        stopped: outcome.stopped,
    };
    (objects, all, outcome)
}

/// Sweep everything, find no problem, and agree with `expected` byte by byte.
#[track_caller]
fn agree(store: &Store, options: &Options<'_>, expected: &Objects) -> Seen {
    let (objects, seen, outcome) = see(store, &Keep::default(), options);
    assert_eq!(outcome.problems, []);
    assert_eq!((outcome.lost, outcome.stopped), (0, false));
    assert!(objects == *expected, "{} objects, expected {}", objects.len(), expected.len());
    seen
}

/// A repository in a temporary directory, worked on by git with nobody's configuration.
struct Repo {
    dir: tempfile::TempDir,
    hash: gix::hash::Kind,
}

impl Repo {
    fn new() -> Self {
        Self::with("sha1")
    }

    fn with(format: &str) -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let hash = if format == "sha1" { gix::hash::Kind::Sha1 } else { gix::hash::Kind::Sha256 };
        let repo = Self { dir, hash };
        repo.git(&["init", "-q", "--bare", "-b", "main", &format!("--object-format={format}")]);
        repo
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    fn objects(&self) -> PathBuf {
        self.path().join("objects")
    }

    fn git(&self, args: &[&str]) -> Vec<u8> {
        self.feed(args, &[])
    }

    fn feed(&self, args: &[&str], input: &[u8]) -> Vec<u8> {
        let mut git = Command::new("git")
            .args(["-c", "core.looseCompression=1", "-c", "gc.auto=0"])
            .args(args)
            .current_dir(self.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").expect("PATH is set"))
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("git is installed");
        let mut stdin = git.stdin.take().expect("piped");
        let input = input.to_vec();
        let feeder = std::thread::spawn(move || stdin.write_all(&input));
        let output = git.wait_with_output().expect("git runs");
        let _ = feeder.join().expect("no panic"); // git need not read all it is given
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    /// Everything git finds in the repository.
    fn all(&self) -> Objects {
        let text = self.git(&["cat-file", "--batch-all-objects", "--batch", "--unordered"]);
        let mut rest = &text[..];
        let mut objects = Objects::new();
        while let Some(end) = rest.iter().position(|b| *b == b'\n') {
            let line = std::str::from_utf8(&rest[..end]).expect("a header line");
            let [id, kind, size] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
            let size: usize = size.parse().expect("a size");
            let bytes = rest[end + 1..][..size].to_vec();
            let id = ObjectId::from_hex(id.as_bytes()).expect("an id");
            objects.insert(id, (Kind::from_bytes(kind.as_bytes()).expect("a kind"), bytes));
            rest = &rest[end + 1 + size + 1..];
        }
        objects
    }

    fn store(&self) -> Store {
        Store::open(&self.objects(), &[], self.hash)
    }

    /// Commit versions `from..to` of some files that change a little each time, as a pack of their own.
    fn grow(&self, from: usize, to: usize) {
        let mut stream = Vec::new();
        for version in from..to {
            let when = format!("A U Thor <a@example.com> {} +0000", 1_700_000_000 + version);
            let message = format!("Version {version}\n");
            write!(stream, "commit refs/heads/main\ncommitter {when}\ndata {}\n{message}", message.len())
                .expect("memory");
            if version > 0 && version == from {
                writeln!(stream, "from refs/heads/main^0").expect("memory");
            }
            for file in 0..6 {
                let text = text(file, version);
                write!(stream, "M 100644 inline dir/{file}.txt\ndata {}\n", text.len()).expect("memory");
                stream.extend(text);
                stream.push(b'\n');
            }
        }
        self.feed(&["-c", "fastimport.unpackLimit=0", "fast-import", "--quiet", "--force"], &stream);
    }

    /// The files in the pack directory with that extension, in order of name.
    fn packs(&self, extension: &str) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.objects().join("pack")).expect("packs");
        let mut paths: Vec<_> = entries.map(|e| e.expect("an entry").path()).collect();
        paths.retain(|p| p.extension().is_some_and(|e| e == extension));
        paths.sort();
        paths
    }
}

/// Version `version` of a made-up file: lines, of which a few change in every version and more are added.
fn text(file: usize, version: usize) -> Vec<u8> {
    let mut out = Vec::new();
    for line in 0..40 * (file + 1) + version * 2 {
        let touched =
            (0..=version).rev().find(|v| (line * 31 + v * 17 + file).is_multiple_of(53)).unwrap_or(0);
        writeln!(
            out,
            "{:x} line {line} of file {file}, touched in {touched}",
            (line * 7919 + touched) * 104_729
        )
        .expect("memory");
    }
    out
}
