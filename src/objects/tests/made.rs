//! Packs written byte by byte, honest ones at first, for chains and trees of deltas that git would not make.

use super::*;
use libdeflater::{CompressionLvl, Compressor};
use std::fs;

/// A pack in the making: entries with the names the index shall give them.
#[derive(Default)]
pub(super) struct Made {
    pub(super) bytes: Vec<u8>,
    pub(super) names: Vec<(ObjectId, u64, u32)>,
    pub(super) objects: Objects,
    count: u32,
}

pub(super) fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut compressor = Compressor::new(CompressionLvl::default());
    let mut out = vec![0; compressor.zlib_compress_bound(bytes.len())];
    let len = compressor.zlib_compress(bytes, &mut out).expect("room enough");
    out.truncate(len);
    out
}

pub(super) fn id_of(kind: Kind, bytes: &[u8]) -> ObjectId {
    gix::objs::compute_hash(gix::hash::Kind::Sha1, kind, bytes).expect("no collision")
}

pub(super) fn varint(mut n: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while n > 0x7f {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
    out
}

/// A delta from its instructions and the sizes it states.
pub(super) fn delta(base: u64, result: u64, ops: &[&[u8]]) -> Vec<u8> {
    [varint(base), varint(result), ops.concat()].concat()
}

pub(super) fn copy(from: usize, len: usize) -> Vec<u8> {
    let (f, l) = ((from as u32).to_le_bytes(), (len as u32).to_le_bytes());
    vec![0xff, f[0], f[1], f[2], f[3], l[0], l[1], l[2]]
}

pub(super) fn insert(bytes: &[u8]) -> Vec<u8> {
    assert!((1..128).contains(&bytes.len()));
    [&[bytes.len() as u8], bytes].concat()
}

impl Made {
    pub(super) fn new() -> Self {
        Self { bytes: b"PACK\0\0\0\x02\0\0\0\0".to_vec(), ..Self::default() }
    }

    /// Begin an entry of `kind` (a number of the format) that states `size`, and return its offset.
    fn head(&mut self, kind: u8, size: u64) -> u64 {
        let offset = self.bytes.len() as u64;
        self.count += 1;
        let mut rest = size >> 4;
        let more = |rest: u64| if rest > 0 { 0x80 } else { 0 };
        self.bytes.push((kind << 4) | (size & 15) as u8 | more(rest));
        while rest > 0 {
            let byte = (rest & 0x7f) as u8;
            rest >>= 7;
            self.bytes.push(byte | more(rest));
        }
        offset
    }

    /// Name what was added last.
    fn name(&mut self, offset: u64, id: ObjectId) -> u64 {
        self.names.push((id, offset, libdeflater::crc32(&self.bytes[offset as usize..])));
        offset
    }

    /// An entry with a header that states `size`, whatever `zlib` holds.
    pub(super) fn raw(&mut self, kind: u8, size: u64, zlib: &[u8], id: ObjectId) -> u64 {
        let offset = self.head(kind, size);
        self.bytes.extend(zlib);
        self.name(offset, id)
    }

    pub(super) fn blob(&mut self, bytes: &[u8]) -> u64 {
        let id = id_of(Kind::Blob, bytes);
        self.objects.insert(id, (Kind::Blob, bytes.to_vec()));
        self.raw(3, bytes.len() as u64, &zlib(bytes), id)
    }

    pub(super) fn offset_delta(&mut self, base: u64, delta: &[u8], id: ObjectId) -> u64 {
        let offset = self.head(6, delta.len() as u64);
        let mut distance = offset.wrapping_sub(base);
        let mut bytes = vec![(distance & 0x7f) as u8];
        while distance > 0x7f {
            distance = (distance >> 7) - 1;
            bytes.insert(0, (distance & 0x7f) as u8 | 0x80);
        }
        self.bytes.extend(bytes);
        self.bytes.extend(zlib(delta));
        self.name(offset, id)
    }

    pub(super) fn ref_delta(&mut self, base: ObjectId, delta: &[u8], id: ObjectId) -> u64 {
        let offset = self.head(7, delta.len() as u64);
        self.bytes.extend(base.as_slice());
        self.bytes.extend(zlib(delta));
        self.name(offset, id)
    }

    /// The blob that is `base` with `more` behind it.
    pub(super) fn longer(&mut self, at: u64, base: &[u8], more: &[u8]) -> (u64, Vec<u8>) {
        let bytes = [base, more].concat();
        let delta = delta(base.len() as u64, bytes.len() as u64, &[&copy(0, base.len()), &insert(more)]);
        let id = id_of(Kind::Blob, &bytes);
        self.objects.insert(id, (Kind::Blob, bytes.clone()));
        (self.offset_delta(at, &delta, id), bytes)
    }

    /// The pack with its count and trailer, and the index.
    pub(super) fn files(&self) -> (Vec<u8>, Vec<u8>) {
        let mut pack = self.bytes.clone();
        pack[8..12].copy_from_slice(&self.count.to_be_bytes());
        let trailer = sha1(&pack);
        pack.extend(trailer);

        let mut names = self.names.clone();
        names.sort();
        let mut idx = b"\xfftOc\0\0\0\x02".to_vec();
        for byte in 0..=255 {
            let count = names.iter().filter(|(id, ..)| id.as_bytes()[0] <= byte).count() as u32;
            idx.extend(count.to_be_bytes());
        }
        names.iter().for_each(|(id, ..)| idx.extend(id.as_slice()));
        names.iter().for_each(|(.., crc)| idx.extend(crc.to_be_bytes()));
        let mut large = Vec::new();
        for (_, offset, _) in &names {
            if *offset < 1 << 31 {
                idx.extend((*offset as u32).to_be_bytes());
            } else {
                idx.extend((1 << 31 | (large.len() as u32 / 8)).to_be_bytes());
                large.extend(offset.to_be_bytes());
            }
        }
        idx.extend(large);
        idx.extend(trailer);
        let own = sha1(&idx);
        idx.extend(own);
        (pack, idx)
    }

    /// Write both files into the repository.
    pub(super) fn save(&self, repo: &Repo, name: &str) {
        let (pack, idx) = self.files();
        write(repo, name, &pack, &idx);
    }
}

pub(super) fn write(repo: &Repo, name: &str, pack: &[u8], idx: &[u8]) {
    let path = repo.objects().join("pack").join(format!("pack-{name}.pack"));
    fs::write(&path, pack).expect("written");
    fs::write(path.with_extension("idx"), idx).expect("written");
}

fn sha1(bytes: &[u8]) -> [u8; 20] {
    let mut hasher = gix::hash::hasher(gix::hash::Kind::Sha1);
    hasher.update(bytes);
    hasher.try_finalize().expect("no collision").as_slice().try_into().expect("20 bytes")
}

const STRICT: Options<'_> =
    Options { huge: 64 << 20, budget: 128 << 20, crc: true, verify: false, progress: None };

#[test]
fn git_agrees_with_packs_made_here() {
    let (repo, mut made) = (Repo::new(), Made::new());
    let base = b"the first of them\n".to_vec();
    let at = made.blob(&base);
    let (at, bytes) = made.longer(at, &base, b"and more\n");
    made.longer(at, &bytes, b"and more\n");
    made.save(&repo, "a");
    assert_eq!(repo.all(), made.objects);
    assert_eq!(agree(&repo.store(), &STRICT, &made.objects).deltas, 2);
}

#[test]
fn a_chain_of_thousands() {
    let (repo, mut made) = (Repo::new(), Made::new());
    let mut bytes = b"0".to_vec();
    let mut at = made.blob(&bytes);
    for n in 0..6000u32 {
        (at, bytes) = made.longer(at, &bytes, &n.to_le_bytes()[..2]);
    }
    made.save(&repo, "a");
    let store = repo.store();
    assert_eq!(agree(&store, &STRICT, &made.objects).deltas, 6000);
    agree(&store, &Options { budget: 0, ..STRICT }, &made.objects);
    let seen = agree(&store, &Options { huge: 11_000, ..STRICT }, &made.objects);
    assert!((400..600).contains(&seen.huge), "{}", seen.huge);
}

/// Made of a spine with a bush at each joint: much to hand over between threads, and to keep meanwhile.
#[test]
fn a_bushy_family_on_any_number_of_threads() {
    let (repo, mut made) = (Repo::new(), Made::new());
    let mut spine = vec![7; 3000];
    let mut at = made.blob(&spine);
    for joint in 0..40u8 {
        let (mut twig_at, mut twig) = (at, spine.clone());
        for leaf in 0..50u8 {
            let (next_at, next) = made.longer(twig_at, &twig, &[joint, leaf, 1]);
            if leaf % 3 > 0 {
                (twig_at, twig) = (next_at, next);
            }
        }
        (at, spine) = made.longer(at, &spine, &[joint, 2]);
    }
    made.save(&repo, "a");
    let store = repo.store();
    for threads in [1, 2, 7] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        for budget in [0, 20_000, 1 << 20] {
            let options = Options { budget, ..STRICT };
            let seen = pool.install(|| agree(&store, &options, &made.objects));
            assert_eq!((seen.deltas, seen.base_only.len()), (40 * 51, 0));
        }
    }
}

#[test]
fn bases_in_another_pack_or_loose_and_behind_what_is_built_on_them() {
    let (repo, mut one, mut two) = (Repo::new(), Made::new(), Made::new());
    repo.feed(&["hash-object", "-w", "--stdin"], b"loose base");
    let loose = id_of(Kind::Blob, b"loose base");
    let mut expected = repo.all();
    let mut on = |pack: &mut Made, base: &[u8], more: &[u8]| {
        let bytes = [base, more].concat();
        let id = id_of(Kind::Blob, &bytes);
        let ops = delta(base.len() as u64, bytes.len() as u64, &[&copy(0, base.len()), &insert(more)]);
        pack.ref_delta(id_of(Kind::Blob, base), &ops, id);
        expected.insert(id, (Kind::Blob, bytes.clone()));
        bytes
    };
    let a = on(&mut two, b"in pack one", b", grown in two");
    let b = on(&mut one, &a, b", and once more in one");
    on(&mut two, &b, b", and back");
    on(&mut one, b"loose base", b", grown");
    one.blob(b"in pack one"); // behind what is built on it
    expected.extend(one.objects.clone());
    one.save(&repo, "one");
    two.save(&repo, "two");
    let seen = agree(&repo.store(), &STRICT, &expected);
    assert_eq!(seen.deltas, 4);

    // The loose object is a blob: nothing for who wants trees.
    let (objects, _, outcome) =
        see(&repo.store(), &Keep { only: Some(Kind::Tree), ..Keep::default() }, &STRICT);
    assert_eq!((objects.len(), outcome.lost, outcome.problems.len()), (0, 0, 0));
    let (objects, seen, _) = see(&repo.store(), &Keep { known: [loose].into(), ..Keep::default() }, &STRICT);
    assert_eq!((objects.len(), seen.base_only), (expected.len() - 1, vec![loose]));
}

#[test]
fn copies_beyond_64_kib_and_sizes_left_out() {
    let (repo, mut made) = (Repo::new(), Made::new());
    let base: Vec<u8> = (0..200_000u32).flat_map(|n| n.to_le_bytes()).collect();
    let at = made.blob(&base);
    // 0x80: from 0, and no size, which means 0x10000; then one with only the third size byte.
    let bytes = [&base[..0x10000], &base[0x300..0x300 + 0x20000], b"!"].concat();
    let ops =
        delta(base.len() as u64, bytes.len() as u64, &[&[0x80], &[0x80 | 2 | 0x40, 3, 2], &insert(b"!")]);
    made.offset_delta(at, &ops, id_of(Kind::Blob, &bytes));
    made.objects.insert(id_of(Kind::Blob, &bytes), (Kind::Blob, bytes));
    made.save(&repo, "a");
    assert_eq!(repo.all(), made.objects);
    // A delta may make nothing at all, too; git does not read such.
    made.offset_delta(at, &delta(base.len() as u64, 0, &[]), id_of(Kind::Blob, b""));
    made.objects.insert(id_of(Kind::Blob, b""), (Kind::Blob, vec![]));
    made.save(&repo, "a");
    for huge in [0, 1000, 100_000, 1 << 30] {
        agree(&repo.store(), &Options { huge, ..STRICT }, &made.objects);
    }
}
