//! Stores that lie: each lie must be a named problem, with the rest of the store still read.

use super::made::*;
use super::*;
use std::fs;

const GOOD: &[u8] = b"the good one, which must be read whatever else there is";

/// A pack with one good object and what `lie` adds to it.
fn lying<T>(lie: impl FnOnce(&mut Made, u64) -> T) -> (Repo, Made) {
    let (repo, mut made) = (Repo::new(), Made::new());
    let at = made.blob(GOOD);
    lie(&mut made, at);
    made.save(&repo, "a");
    (repo, made)
}

/// Without the index' CRC-32, so that what it would find out first is found out by what comes after.
fn lax() -> Options<'static> {
    Options { crc: false, ..Options::default() }
}

fn some_id(n: u8) -> ObjectId {
    id_of(Kind::Blob, &[b'x', n])
}

/// Sweep as configured by default, and with everything streamed; both must read exactly the objects in `made` and have
/// the problems `whys`, each of them once, and `lost` objects.
#[track_caller]
fn expect(store: impl Fn() -> Store, made: &Made, whys: &[&str], lost: u64) {
    for options in
        [lax(), Options { huge: 4, budget: 0, ..lax() }, Options { budget: 0, verify: true, ..lax() }]
    {
        let (objects, _, outcome) = see(&store(), &Keep::default(), &options);
        let mut found: Vec<_> = outcome.problems.iter().map(|p| p.why.as_str()).collect();
        let mut whys = whys.to_vec();
        found.sort();
        whys.sort();
        assert_eq!(found, whys, "{:#?}", outcome.problems);
        assert_eq!(outcome.lost, lost);
        assert_eq!(objects, made.objects);
    }
}

#[track_caller]
fn deceived<T>(lie: impl FnOnce(&mut Made, u64) -> T, whys: &[&str], lost: u64) {
    let (repo, made) = lying(lie);
    expect(|| repo.store(), &made, whys, lost);
}

#[test]
fn sizes_in_headers() {
    let short = "holds fewer bytes than its header says";
    deceived(|made, _| made.raw(3, 11, &zlib(b"ten bytes!"), some_id(1)), &[short], 1);
    let long = "holds more bytes than its header says";
    deceived(|made, _| made.raw(3, 9, &zlib(b"ten bytes!"), some_id(1)), &[long], 1);
    deceived(|made, _| made.raw(3, 0, &zlib(b"ten bytes!"), some_id(1)), &[long], 1);
}

#[test]
fn claims_of_gigabytes() {
    let claim = "claims more bytes than its compressed data can hold";
    for size in [5 << 20, 1 << 32, 1 << 40, u64::MAX >> 1] {
        deceived(|made, _| made.raw(3, size, &zlib(b"little"), some_id(1)), &[claim], 1);
        deceived(|made, _| made.raw(1, size, b"", some_id(1)), &[claim], 1);
    }
    // A delta cannot be judged by its compressed length, but by its instructions.
    let size = "delta does not make the size it states";
    for stated in [56, 1 << 20, 1 << 32, 1 << 60] {
        let ops = delta(GOOD.len() as u64, stated, &[&copy(0, GOOD.len())]);
        deceived(|made, at| made.offset_delta(at, &ops, some_id(1)), &[size], 1);
    }
}

#[test]
fn a_bomb_is_streamed() {
    let (repo, mut made) = (Repo::new(), Made::new());
    let bomb = vec![0; 40 << 20];
    let at = made.blob(&bomb);
    let id = made.names[0].0;
    let grown = delta(
        40 << 20,
        (40 << 20) + 1,
        &[
            &copy(0, (1 << 24) - 1),
            &copy(1 << 24, 1 << 23),
            &copy(9, (1 << 24) + 1 - (1 << 24)),
            &copy(5, (1 << 24) - 1),
            &insert(b"!"),
        ],
    );
    // The lengths above make 40 MiB and one byte, and the result is not named by its hash.
    let made_len = ((1 << 24) - 1) + (1 << 23) + 1 + ((1 << 24) - 1) + 1;
    assert_eq!(made_len, (40 << 20), "one byte less than stated");
    made.offset_delta(at, &grown, some_id(1));
    made.save(&repo, "a");
    let (objects, seen, outcome) = see(&repo.store(), &Keep::default(), &Options { huge: 1 << 20, ..lax() });
    assert_eq!(objects.keys().collect::<Vec<_>>(), [&id]);
    assert_eq!((seen.huge, outcome.lost), (1, 1));
    assert_eq!(outcome.problems[0].why, "delta does not make the size it states");
}

#[test]
fn broken_zlib() {
    let zlib_why = "corrupt or truncated zlib stream";
    let good = zlib(b"some text, some text, some text");
    let bad = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut zlib = good.clone();
        change(&mut zlib);
        deceived(|made, _| made.raw(3, 31, &zlib, some_id(1)), &[zlib_why], 1);
    };
    bad(&|z| z.truncate(z.len() / 2));
    bad(&|z| z.truncate(z.len() - 1));
    bad(&|z| z.truncate(1));
    bad(&|z| *z.last_mut().expect("bytes") ^= 1); // the Adler-32
    bad(&|z| z[0] ^= 0xff);
    bad(&|z| z[2] |= 6); // a block of the reserved type
    let claim = "claims more bytes than its compressed data can hold";
    deceived(|made, _| made.raw(3, 3100, b"", some_id(1)), &[claim], 1);
}

#[test]
fn deltas_that_lie() {
    let len = GOOD.len() as u64;
    let all = copy(0, GOOD.len());
    let cases: &[(&str, Vec<u8>)] = &[
        ("delta made for a base of another size", delta(len + 1, len, &[&all])),
        ("delta made for a base of another size", delta(0, len, &[&all])),
        ("delta copies from beyond its base", delta(len, len, &[&copy(1, GOOD.len())])),
        ("delta copies from beyond its base", delta(len, 10, &[&copy(0xffff_fff0, 10)])),
        ("delta copies from beyond its base", delta(len, 0x10000, &[&[0x80]])),
        ("delta does not make the size it states", delta(len, len - 1, &[&all])),
        ("delta does not make the size it states", delta(len, len + 1, &[&all])),
        ("delta does not make the size it states", delta(len, len + 9, &[&all, &insert(b"ten bytes!")])),
        ("broken delta instructions", delta(len, len, &[&all, &[0]])),
        ("broken delta instructions", delta(len, len, &[&all[..5]])),
        ("broken delta instructions", delta(len, 10, &[b"\x0aonly 9 b!"])),
        ("broken delta instructions", vec![]),
        ("broken delta instructions", vec![0x80; 30]),
        ("broken delta instructions", [&[0xff; 9][..], &[0x7f], &[1]].concat()),
    ];
    for (why, ops) in cases {
        deceived(|made, at| made.offset_delta(at, ops, some_id(1)), &[why], 1);
        let good = id_of(Kind::Blob, GOOD);
        deceived(|made, _| made.ref_delta(good, ops, some_id(1)), &[why], 1);
    }
}

#[test]
fn bases_that_are_not_there() {
    let none = delta(1, 1, &[&copy(0, 1)]);
    let missing = "the base of the delta is missing";
    deceived(|made, _| made.ref_delta(some_id(9), &none, some_id(1)), &[missing], 1);
    let outside = "the base of the delta lies outside the pack";
    deceived(|made, _| made.offset_delta(3, &none, some_id(1)), &[outside], 1);
    deceived(|made, _| made.offset_delta(0u64.wrapping_sub(1 << 40), &none, some_id(1)), &[outside], 1);
    // Itself, which is no distance at all.
    deceived(|made, _| made.offset_delta(made.bytes.len() as u64, &none, some_id(1)), &[outside], 1);
    // Into the middle of the first entry, where what may look like an entry is none; the entry itself is unharmed.
    let (repo, made) = lying(|made, at| made.offset_delta(at + 3, &none, some_id(1)));
    let (objects, _, outcome) = see(&repo.store(), &Keep::default(), &lax());
    assert_eq!(objects, made.objects);
    assert!(outcome.lost >= 1 && !outcome.problems.is_empty());
}

#[test]
fn bases_that_the_index_keeps_quiet_about() {
    let (repo, mut made) = lying(|made, _| {
        let base = b"not in the index\n".to_vec();
        let at = made.blob(&base);
        let (at, bytes) = made.longer(at, &base, b"nor this\n");
        made.longer(at, &bytes, b"but this is\n");
    });
    for (id, ..) in made.names.drain(1..3) {
        made.objects.remove(&id);
    }
    made.save(&repo, "a");
    let unlisted = "a base of deltas that the index does not list";
    let count = "its index has 2 objects, the pack 4";
    expect(|| repo.store(), &made, &[unlisted, unlisted, count], 0);
    let (_, seen, outcome) = see(&repo.store(), &Keep::default(), &lax());
    assert_eq!(seen.base_only.len(), 2);
    assert_eq!(outcome.tally.base_only().objects, 2);
}

#[test]
fn circles() {
    let ops = delta(1, 1, &[&copy(0, 1)]);
    let ring = |made: &mut Made, _| {
        for n in 0..5 {
            made.ref_delta(some_id((n + 1) % 5), &ops, some_id(n));
        }
        made.ref_delta(some_id(0), &ops, some_id(100)); // leads to the circle
        made.ref_delta(some_id(100), &ops, some_id(101));
    };
    let cycle = "deltas that lead back to themselves";
    deceived(ring, &[&[cycle; 5][..], &["built on an object that cannot be read"]].concat(), 7);
    deceived(|made, _| made.ref_delta(some_id(1), &ops, some_id(1)), &[cycle], 1);

    // Across two packs.
    let repo = Repo::new();
    for (name, from, to) in [("a", 1, 2), ("b", 2, 1)] {
        let mut made = Made::new();
        made.ref_delta(some_id(from), &ops, some_id(to));
        made.save(&repo, name);
    }
    expect(|| repo.store(), &Made::new(), &[cycle, cycle], 2);
}

#[test]
fn what_is_built_on_something_broken_is_counted() {
    let (repo, made) = lying(|made, _| {
        let (mut at, mut bytes) = (made.blob(b"broken below"), b"broken below".to_vec());
        for n in 0..1000u32 {
            (at, bytes) = made.longer(at, &bytes, &n.to_le_bytes()[..2]);
        }
        made.objects.retain(|_, (_, bytes)| bytes == GOOD);
    });
    let (mut pack, idx) = made.files();
    let broken = made.names[1].1 as usize;
    pack[broken + 5] ^= 0x55;
    write(&repo, "a", &pack, &idx);
    let (zlib, orphans) = ("corrupt or truncated zlib stream", "built on an object that cannot be read");
    expect(|| repo.store(), &made, &[zlib, orphans], 1001);
    let outcome = see(&repo.store(), &Keep::default(), &lax()).2;
    assert_eq!(outcome.problems.iter().map(|p| p.lost).sum::<u64>(), 1001);
    let named = format!("object {} at {broken}", made.names[1].0);
    assert!(outcome.problems[0].what.ends_with(&named), "{}", outcome.problems[0]);
}

#[test]
fn a_flood_of_faults_is_folded() {
    let (repo, made) = lying(|made, _| {
        for n in 0..200 {
            made.raw(3, 5, b"not zlib", some_id(n));
        }
    });
    let (_, _, outcome) = see(&repo.store(), &Keep::default(), &lax());
    assert_eq!(made.names.len(), 201);
    assert_eq!(outcome.lost, 200);
    assert_eq!(outcome.problems.len(), 9);
    assert_eq!(outcome.problems.iter().map(|p| p.lost).sum::<u64>(), 200);
    assert_eq!(outcome.problems[8].why, "corrupt or truncated zlib stream: 192 more");
}

#[test]
fn entry_kinds_that_do_not_exist() {
    for kind in [0, 5] {
        deceived(|made, _| made.raw(kind, 5, &zlib(b"hello"), some_id(1)), &["broken entry header"], 1);
    }
    // A size that never ends.
    let (repo, mut made) = lying(|_, _| {});
    let at = made.bytes.len() as u64;
    made.bytes.extend([0xff; 40]);
    made.names.push((some_id(1), at, 0));
    made.save(&repo, "a");
    let (objects, _, outcome) = see(&repo.store(), &Keep::default(), &lax());
    assert_eq!((objects.len(), outcome.lost), (1, 1));
}

#[test]
fn indices_that_lie() {
    let outside = "the index points outside the pack";
    let count = "its index has 2 objects, the pack 1";
    for offset in [0, 11, 1 << 20, (1 << 31) - 1, 1 << 31, 1 << 40, u64::MAX] {
        deceived(
            |made, _| {
                made.names.push((some_id(1), offset, 0));
            },
            &[outside, count],
            1,
        );
    }
    let shared = "the index gives several names to one entry";
    deceived(
        |made, at| {
            made.names.push((ObjectId::from_hex(&[b'f'; 40]).expect("an id"), at, 0));
            at
        },
        &[shared, count],
        1,
    );

    // Garbage, of any length, in place of the index; one of another pack; one of another hash.
    let (repo, made) = lying(|_, _| {});
    let (pack, idx) = made.files();
    for len in [0, 1, 8, 100, 1031, 1032, 1072, 5000] {
        write(&repo, "a", &pack, &vec![0xff; len]);
        assert!(!repo.store().problems.is_empty(), "{len} bytes of garbage");
        write(&repo, "a", &pack, &idx[..len.min(idx.len() - 1)]);
        assert!(!repo.store().problems.is_empty(), "the first {len} bytes");
    }
    let mut other = idx.clone();
    let trailer = idx.len() - 40;
    other[trailer] ^= 1;
    write(&repo, "a", &pack, &other);
    let (objects, _, outcome) = see(&repo.store(), &Keep::default(), &lax());
    assert_eq!((objects, outcome.problems.len()), (made.objects, 1));
    write(&repo, "a", &pack, &idx);
    let as_sha256 = Store::open(&repo.objects(), &[], gix::hash::Kind::Sha256);
    assert!(!as_sha256.problems.is_empty());
}

#[test]
fn any_bit_of_the_index_or_the_pack() {
    let (repo, made) = lying(|made, at| {
        let (at, bytes) = made.longer(at, GOOD, b" grown");
        made.longer(at, &bytes, b" and grown");
        made.ref_delta(id_of(Kind::Blob, GOOD), &delta(55, 3, &[&copy(4, 3)]), some_id(1));
    });
    let (pack, idx) = made.files();
    let options = Options { crc: true, verify: true, huge: 60, ..lax() };
    for (which, file) in [&pack, &idx].into_iter().enumerate() {
        for at in 0..file.len() {
            // Of the fan-out, which is long, some; the index' own checksum is not checked.
            if which == 1 && ((8..1032).contains(&at) && at % 37 > 0 || at + 20 >= file.len()) {
                continue;
            }
            let mut changed = file.clone();
            changed[at] ^= 1 << (at % 8);
            match which {
                0 => write(&repo, "a", &changed, &idx),
                _ => write(&repo, "a", &pack, &changed),
            }
            let (_, _, outcome) = see(&repo.store(), &Keep::default(), &options);
            assert!(!outcome.problems.is_empty(), "file {which}, byte {at}");
        }
    }
}

#[test]
fn packs_cut_short() {
    let (repo, made) = lying(|made, at| {
        made.longer(at, GOOD, b" grown");
        made.blob(b"the last one");
    });
    let (pack, idx) = made.files();
    for len in 0..pack.len() {
        write(&repo, "a", &pack[..len], &idx);
        let (objects, _, outcome) = see(&repo.store(), &Keep::default(), &lax());
        assert!(!outcome.problems.is_empty());
        if len >= 32 {
            assert_eq!(objects.len() as u64 + outcome.lost, 3, "{len} bytes");
        }
    }
    fs::remove_file(repo.packs("pack").pop().expect("a pack")).expect("removed");
    assert_eq!(repo.store().problems[0].why, "the pack of an index is missing");
}

#[test]
fn loose_objects_that_lie() {
    let lies: &[(&str, Vec<u8>)] = &[
        ("corrupt or truncated zlib stream", vec![]),
        ("corrupt or truncated zlib stream", b"garbage".to_vec()),
        ("broken loose object header", zlib(b"blob")),
        ("broken loose object header", zlib(b"blob x\0abc")),
        ("broken loose object header", zlib(b"blob -3\0abc")),
        ("broken loose object header", zlib(b"glob 3\0abc")),
        ("broken loose object header", zlib(b"blob 99999999999999999999999999999\0abc")),
        ("broken loose object header", zlib(&[b'b'; 5000])),
        ("claims more bytes than its compressed data can hold", zlib(b"blob 4294967296\0abc")),
        ("claims more bytes than its compressed data can hold", zlib(b"blob 9223372036854775807\0abc")),
        ("holds fewer bytes than its header says", zlib(b"blob 4\0abc")),
        ("holds more bytes than its header says", zlib(b"blob 2\0abc")),
        ("corrupt or truncated zlib stream", {
            let whole = zlib(b"blob 3\0abc");
            whole[..whole.len() - 1].to_vec()
        }),
    ];
    for (why, file) in lies {
        let repo = Repo::new();
        repo.feed(&["hash-object", "-w", "--stdin"], GOOD);
        let fan = repo.objects().join("aa");
        fs::create_dir(&fan).expect("made");
        fs::write(fan.join("b".repeat(38)), file).expect("written");
        let (objects, _, outcome) = see(&repo.store(), &Keep::default(), &lax());
        assert_eq!((objects.len(), outcome.lost), (1, 1));
        assert_eq!(outcome.problems.len(), 1);
        assert_eq!(outcome.problems[0].why, *why);
        assert!(outcome.problems[0].what.ends_with(&"b".repeat(38)));
        // The same with files and objects too large for memory.
        let (objects, _, outcome) = see(&repo.store(), &Keep::default(), &Options { huge: 1, ..lax() });
        assert_eq!((objects.len(), outcome.lost, outcome.problems.len()), (1, 1, 1), "{why}");
    }
    let repo = Repo::new();
    fs::create_dir_all(repo.objects().join("aa/".to_owned() + &"c".repeat(38))).expect("made");
    fs::write(repo.objects().join("aa/abc"), "").expect("written");
    let (_, _, outcome) = see(&repo.store(), &Keep::default(), &lax());
    let whys: Vec<_> = outcome.problems.iter().map(|p| p.why.as_str()).collect();
    assert_eq!(whys, ["not the name of an object", "the file cannot be read"]);
}

#[test]
fn wrong_hashes_and_checksums_are_noticed_when_asked() {
    let (repo, made) = lying(|made, _| {
        made.raw(3, 5, &zlib(b"hello"), some_id(1));
        made.objects.insert(some_id(1), (Kind::Blob, b"hello".to_vec()));
        made.names[0].2 ^= 1;
    });
    for (options, expected) in [
        (lax(), vec![]),
        (Options { verify: true, ..lax() }, vec!["its content does not have its hash"]),
        (Options { verify: true, huge: 1, ..lax() }, vec!["its content does not have its hash"]),
        (Options { crc: true, ..lax() }, vec!["the index has another CRC-32 for it"]),
    ] {
        let (objects, _, outcome) = see(&repo.store(), &Keep::default(), &options);
        assert_eq!((objects, outcome.lost), (made.objects.clone(), 0));
        assert_eq!(outcome.faulty.len(), expected.len());
        assert_eq!(outcome.problems.iter().map(|p| p.why.as_str()).collect::<Vec<_>>(), expected);
    }
}

#[test]
fn a_store_that_is_not_there() {
    let store = Store::open(Path::new("/nowhere/at/all"), &[], gix::hash::Kind::Sha1);
    let (objects, _, outcome) = see(&store, &Keep::default(), &lax());
    assert_eq!((objects.len(), outcome.problems.len()), (0, 1));
}
