//! Repositories made by git: the sweep must see what `git cat-file --batch-all-objects` sees, each object once.

use super::*;
use crate::objects::Progress;
use std::fs;

const SMALL: Options<'_> = Options { huge: 2000, budget: 0, crc: true, verify: true, progress: None };

fn plain() -> Options<'static> {
    Options { crc: true, verify: true, ..Options::default() }
}

fn repacked(repo: &Repo, args: &[&str]) {
    repo.git(&[args, &["repack", "-q", "-a", "-d", "-f", "--depth=30", "--window=20"]].concat());
}

#[test]
fn nothing_at_all() {
    agree(&Repo::new().store(), &plain(), &Objects::new());
}

#[test]
fn offset_deltas() {
    let repo = Repo::new();
    repo.grow(0, 60);
    repacked(&repo, &[]);
    let seen = agree(&repo.store(), &plain(), &repo.all());
    assert!(seen.deltas > 300, "{} deltas", seen.deltas);
    assert_eq!((seen.huge, seen.base_only.len()), (0, 0));
}

#[test]
fn ref_deltas() {
    let repo = Repo::new();
    repo.grow(0, 60);
    repacked(&repo, &["-c", "repack.useDeltaBaseOffset=false"]);
    let seen = agree(&repo.store(), &plain(), &repo.all());
    assert!(seen.deltas > 300, "{} deltas", seen.deltas);
}

#[test]
fn sha256_too() {
    let repo = Repo::with("sha256");
    repo.grow(0, 20);
    for options in [&[][..], &["-c", "repack.useDeltaBaseOffset=false"]] {
        repacked(&repo, options);
        assert!(agree(&repo.store(), &plain(), &repo.all()).deltas > 50);
    }
    repo.feed(&["hash-object", "-w", "--stdin"], b"loose");
    agree(&repo.store(), &plain(), &repo.all());
}

#[test]
fn all_of_it_in_temporary_files_and_streams() {
    let repo = Repo::new();
    repo.grow(0, 40);
    for options in [&[][..], &["-c", "repack.useDeltaBaseOffset=false"]] {
        repacked(&repo, options);
        let (store, all) = (repo.store(), repo.all());
        for huge in [0, 1, 100, 2000, 6000, 20_000] {
            let seen = agree(&store, &Options { huge, ..SMALL }, &all);
            let large = all.values().filter(|(_, bytes)| bytes.len() as u64 > huge).count();
            assert_eq!(seen.huge, large);
        }
        agree(&store, &Options { budget: 0, ..plain() }, &all);
        agree(&store, &Options { budget: 30_000, ..plain() }, &all);
    }
}

#[test]
fn loose_objects() {
    let repo = Repo::new();
    for text in ["", "one", "two\n"] {
        repo.feed(&["hash-object", "-w", "--stdin"], text.as_bytes());
    }
    repo.feed(&["mktree"], b"");
    let long: Vec<u8> = (0..200_000u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    repo.feed(&["hash-object", "-w", "--stdin"], &long);
    fs::write(repo.objects().join("17").with_file_name("tmp_obj_x"), "not yet").expect("written");
    let all = repo.all();
    assert_eq!(all.len(), 5);
    for huge in [0, 3, 100_000, 1 << 30] {
        agree(&repo.store(), &Options { huge, ..plain() }, &all);
    }
}

#[test]
fn several_packs_and_copies_of_everything() {
    let repo = Repo::new();
    for part in 0..4 {
        repo.grow(part * 10, part * 10 + 10);
    }
    assert_eq!(repo.packs("pack").len(), 4);
    agree(&repo.store(), &plain(), &repo.all());

    // All of it once more in one pack, and some of it loose.
    repo.git(&["repack", "-q", "-a", "-f"]);
    assert_eq!(repo.packs("pack").len(), 5);
    let (id, (_, bytes)) = repo.all().into_iter().find(|(_, (kind, _))| *kind == Kind::Blob).expect("a blob");
    let other = Repo::new();
    other.feed(&["hash-object", "-w", "--stdin"], &bytes);
    let fan = id.to_string()[..2].to_owned();
    fs::rename(other.objects().join(&fan), repo.objects().join(&fan)).expect("moved");
    let seen = agree(&repo.store(), &plain(), &repo.all());
    assert!(seen.base_only.len() < repo.all().len(), "few are shown again as bases");
}

#[test]
fn a_multi_pack_index_with_and_without_the_indices() {
    let repo = Repo::new();
    for part in 0..3 {
        repo.grow(part * 10, part * 10 + 10);
    }
    repo.git(&["repack", "-q", "-a", "-f"]);
    repo.git(&["multi-pack-index", "write"]);
    let all = repo.all();
    agree(&repo.store(), &plain(), &all);
    for idx in repo.packs("idx") {
        fs::remove_file(idx).expect("removed");
        agree(&repo.store(), &plain(), &all);
    }
    fs::remove_file(repo.objects().join("pack/multi-pack-index")).expect("removed");
    let (objects, _, outcome) = see(&repo.store(), &Keep::default(), &plain());
    assert_eq!(objects.len(), 0);
    assert_eq!(outcome.problems.len(), 4);
    assert!(outcome.problems.iter().all(|p| p.why == "a pack without an index"));
}

#[test]
fn alternates_of_alternates_and_a_quarantine() {
    let [far, near, here, extra] = [(); 4].map(|()| Repo::new());
    far.grow(0, 10);
    near.feed(&["hash-object", "-w", "--stdin"], b"near");
    here.feed(&["hash-object", "-w", "--stdin"], b"here");
    extra.feed(&["hash-object", "-w", "--stdin"], b"extra");
    let alternate =
        |of: &Repo, text: String| fs::write(of.objects().join("info/alternates"), text).expect("written");
    let name = near.path().file_name().expect("a name").to_str().expect("text");
    alternate(&here, format!("# a comment\n\n../../{name}/objects\n"));
    alternate(&near, format!("\"{}\"\n", far.objects().display()));
    let all = here.all();
    assert!(all.len() > 40);
    agree(&here.store(), &plain(), &all);

    // Round in a circle, which git does not mind either, and one by two names.
    alternate(&far, format!("{}\n{}/./\n", here.objects().display(), near.objects().display()));
    agree(&here.store(), &plain(), &all);

    let mut more = all.clone();
    more.extend(extra.all());
    alternate(&extra, format!("{}\n", here.objects().display()));
    let store = Store::open(&here.objects(), &[extra.objects(), far.objects()], here.hash);
    agree(&store, &plain(), &more);
    assert_eq!(store.directories().len(), 4);

    alternate(&far, "/nowhere/at/all\n".into());
    let (objects, _, outcome) = see(&here.store(), &Keep::default(), &plain());
    assert_eq!(objects, all);
    assert_eq!(outcome.problems.len(), 1);
    assert!(outcome.problems[0].what.contains("/nowhere/at/all"), "{}", outcome.problems[0]);
}

#[test]
fn one_kind_only_and_nothing_that_is_known() {
    let repo = Repo::new();
    repo.grow(0, 30);
    repacked(&repo, &[]);
    let main = String::from_utf8(repo.git(&["rev-parse", "main"])).expect("an id");
    let tag = format!(
        "object {}\ntype commit\ntag one\ntagger A <a@example.com> 1700000000 +0000\n\na tag\n",
        main.trim()
    );
    repo.feed(&["mktag"], tag.as_bytes());
    let all = repo.all();
    for only in [Kind::Commit, Kind::Tree, Kind::Blob, Kind::Tag] {
        let (objects, seen, outcome) =
            see(&repo.store(), &Keep { only: Some(only), ..Keep::default() }, &plain());
        let expected: Objects = all.clone().into_iter().filter(|(_, (kind, _))| *kind == only).collect();
        assert!(!expected.is_empty());
        assert_eq!(objects, expected);
        assert_eq!((seen.base_only.len(), outcome.problems), (0, vec![]));
    }

    // Every third object is new: all of those, and of the others none but bases.
    let known: BTreeSet<_> =
        all.keys().enumerate().filter(|(at, _)| at % 3 != 0).map(|(_, id)| *id).collect();
    let keep = Keep { known: known.clone(), ..Keep::default() };
    let (objects, seen, _) = see(&repo.store(), &keep, &plain());
    assert!(objects.keys().all(|id| !known.contains(id)));
    assert_eq!(objects.len(), all.len() - known.len());
    assert!(!seen.base_only.is_empty() && seen.base_only.iter().all(|id| known.contains(id)));
}

#[test]
fn stopping() {
    let repo = Repo::new();
    repo.grow(0, 10);
    let progress = Progress::default();
    let options = Options { progress: Some(&progress), ..plain() };
    agree(&repo.store(), &options, &repo.all());
    let total = repo.all().len() as u64;
    let load = |n: &std::sync::atomic::AtomicU64| n.load(std::sync::atomic::Ordering::Relaxed);
    assert_eq!((load(&progress.total), load(&progress.objects)), (total, total));
    progress.stop.store(true, std::sync::atomic::Ordering::Relaxed);
    let (objects, _, outcome) = see(&repo.store(), &Keep::default(), &options);
    assert_eq!((objects.len(), outcome.stopped), (0, true));
}

/// Asks the sweep to stop while it reads.
#[derive(Default)]
struct Stopper(Progress);

impl Visitor for Stopper {
    type State = ();
    type Worker = ();

    fn worker(&self) {}

    fn wants(&self, kind: Kind) -> bool {
        kind == Kind::Blob
    }

    fn whole(&self, (): &mut (), _: Object<'_>, _: &[u8]) {}

    fn delta(&self, (): &mut (), _: Object<'_>, _: &[u8], _: Base<'_, ()>, _: Pieces<'_>) {}

    fn huge(&self, (): &mut (), _: Object<'_>, _: u64, bytes: &mut dyn Read) {
        self.0.stop.store(true, std::sync::atomic::Ordering::Relaxed);
        assert!(bytes.read_to_end(&mut Vec::new()).is_err());
    }
}

#[test]
fn what_was_not_read_to_its_end_is_faulty() {
    let repo = Repo::new();
    let id = repo.feed(&["hash-object", "-w", "--stdin"], &[b'x'; 100]);
    let id = ObjectId::from_hex(id.trim_ascii()).expect("an id");
    let stopper = Stopper::default();
    let options = Options { huge: 10, progress: Some(&stopper.0), ..plain() };
    let outcome = sweep(&Plan::new(&repo.store()), &stopper, &options);
    assert!(outcome.stopped);
    assert_eq!(outcome.faulty, [id]);
}
