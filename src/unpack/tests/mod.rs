//! Containers of every kind, made at run time with a made-up token in them, and what hostile ones come to.

mod hostile;
mod kinds;
mod make;

use std::io::{Cursor, Write};

use ::zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};
use bstr::{BString, ByteSlice};
use flate2::{Compression, GzBuilder, write::GzEncoder};

use super::*;

/// What a visitor saw.
#[derive(Default)]
pub struct Seen {
    pub members: Vec<(String, Vec<u8>)>,
    pub closed: Vec<(String, String)>,
    pub bytes: u64,
    /// Bytes of each member that are kept.
    keep: usize,
    /// Stops after so many members.
    stop_after: Option<usize>,
}

fn joined(path: &[BString]) -> String {
    path.iter().map(ToString::to_string).collect::<Vec<_>>().join(" > ")
}

impl Visitor for Seen {
    fn member(&mut self, path: &[BString], bytes: &mut dyn Read) {
        let mut kept = Vec::new();
        bytes.take(self.keep as u64).read_to_end(&mut kept).expect("reading never fails");
        self.bytes += kept.len() as u64 + io_copy(bytes);
        self.members.push((joined(path), kept));
    }

    fn closed(&mut self, path: &[BString], why: String) {
        self.closed.push((joined(path), why));
    }

    fn stop(&mut self) -> bool {
        self.stop_after.is_some_and(|most| self.members.len() >= most)
    }
}

fn io_copy(bytes: &mut dyn Read) -> u64 {
    std::io::copy(bytes, &mut std::io::sink()).expect("reading never fails")
}

impl Seen {
    pub fn with(bytes: &[u8], limits: &Limits) -> (Seen, Opened) {
        let kind = kind(&bytes[..bytes.len().min(512)]).expect("a container");
        let mut seen = Seen { keep: 1 << 20, ..Seen::default() };
        let opened = unpack(kind, &mut Cursor::new(bytes), limits, &mut seen);
        assert_eq!(opened.members, seen.members.len() as u64);
        (seen, opened)
    }

    pub fn of(bytes: &[u8]) -> Seen {
        Seen::with(bytes, &Limits::default()).0
    }

    /// Where the token stands whole.
    pub fn places(&self) -> Vec<&str> {
        let token = token();
        self.members.iter().filter(|it| it.1.contains_str(&token)).map(|it| it.0.as_str()).collect()
    }

    pub fn whys(&self) -> Vec<&str> {
        self.closed.iter().map(|it| it.1.as_str()).collect()
    }
}

/// Not of any vendor's shape.
pub fn token() -> String {
    ["made", "up", "Zq7", "Kx9", "Lw3", "Vb5"].join("_")
}

pub fn secret() -> Vec<u8> {
    format!("line one\nkey = {}\nlast line\n", token()).into_bytes()
}

pub fn zip_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

pub fn stored_zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(*name, SimpleFileOptions::default().compression_method(CompressionMethod::Stored))
            .unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

pub fn tar_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = ::tar::Builder::new(Vec::new());
    for (name, bytes) in entries {
        let mut header = ::tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, name, *bytes).unwrap();
    }
    tar.into_inner().unwrap()
}

pub fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut to = GzEncoder::new(Vec::new(), Compression::default());
    to.write_all(bytes).unwrap();
    to.finish().unwrap()
}

/// Numbers that are the same each time.
pub struct Numbers(pub u64);

impl Numbers {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    pub fn below(&mut self, most: usize) -> usize {
        (self.next() % most as u64) as usize
    }
}

/// Bytes that do not compress.
pub fn noise(len: usize) -> Vec<u8> {
    let mut numbers = Numbers(7);
    (0..len).map(|_| numbers.next() as u8).collect()
}

#[test]
fn unpack_goes_into_what_is_nested() {
    let inner = gz(&tar_of(&[("x/b.env", &secret())]));
    let zip = zip_of(&[("lib/app.tar.gz", &inner)]);
    let outer = gz(&tar_of(&[("deep.zip", &zip)]));
    let seen = Seen::of(&outer);
    assert_eq!(seen.places(), ["content > deep.zip > lib/app.tar.gz > app.tar > x/b.env"]);
    assert!(seen.closed.is_empty(), "{:?}", seen.closed);
}

#[test]
fn unpack_tells_of_depth_and_shows_the_rest_raw() {
    let mut bytes = secret();
    for _ in 0..5 {
        bytes = stored_zip(&[("inner.zip", &bytes)]);
    }
    let seen = Seen::of(&bytes);
    assert_eq!(seen.closed.len(), 1, "{:?}", seen.closed);
    assert!(seen.whys()[0].contains("4 containers"), "{:?}", seen.closed);
    // The fifth is stored, and given as it is; so are those around it.
    assert_eq!(seen.places().len(), 4);
}

/// 400 MB of zeros: a block that ends at a byte is repeated.
#[test]
fn unpack_ends_a_bomb_at_its_ratio() {
    let mut packer = flate2::Compress::new(Compression::best(), false);
    let block = vec![0; 4 << 20];
    let mut packed = Vec::with_capacity(1 << 20);
    packer.compress_vec(&block, &mut packed, flate2::FlushCompress::Full).unwrap();
    let mut data = packed.repeat(100);
    data.extend([3, 0]);
    let bomb = make::Raw { size: 400 << 20, ..make::Raw::packed("zeros", 8, b"", data) };
    let bytes = make::raw_zip(&[bomb, make::Raw::stored("after.env", &secret())]);
    let (seen, opened) = Seen::with(&bytes, &Limits::default());
    assert_eq!(seen.closed.len(), 1, "{:?}", seen.closed);
    assert!(seen.whys()[0].starts_with("over the budget of 100 bytes for each"), "{:?}", seen.closed);
    assert!(opened.bytes < (16 << 20) + 100 * bytes.len() as u64, "{opened:?}");
    assert_eq!(seen.places(), ["after.env"]);
}

#[test]
fn unpack_reads_many_members_and_no_more_than_allowed() {
    let mut tar = Vec::new();
    let one = tar_of(&[("some/file.txt", b"text")]);
    for _ in 0..100_000 {
        tar.extend_from_slice(&one[..1024]);
    }
    let (seen, opened) = Seen::with(&tar, &Limits::default());
    assert_eq!(opened.members, 100_000);
    assert!(seen.closed.is_empty(), "{:?}", seen.closed);
    let (seen, opened) = Seen::with(&tar, &Limits { entries: 1000, ..Limits::default() });
    assert_eq!(opened.members, 1000);
    assert_eq!(seen.whys(), ["over the budget of 1000 members"]);
}

#[test]
fn unpack_stops_when_told() {
    let bytes = tar_of(&[("a", b"a"), ("b", b"b"), ("c", b"c")]);
    let mut seen = Seen { keep: 100, stop_after: Some(2), ..Seen::default() };
    let opened = unpack(Kind::Tar, &mut Cursor::new(&bytes), &Limits::default(), &mut seen);
    assert_eq!(opened.members, 2);
    assert!(seen.closed.is_empty());
}

#[test]
fn unpack_takes_names_as_they_are() {
    let mut tar = ::tar::Builder::new(Vec::new());
    for name in [&b"../../etc/passwd"[..], b"/abs/olute", b"not\xff\xfeutf8"] {
        let mut header = ::tar::Header::new_gnu();
        header.as_mut_bytes()[..name.len()].copy_from_slice(name);
        header.set_size(1);
        header.set_cksum();
        tar.append(&header, &b"x"[..]).unwrap();
    }
    let bytes = tar.into_inner().unwrap();
    struct Names(Vec<BString>);
    impl Visitor for Names {
        fn member(&mut self, path: &[BString], _: &mut dyn Read) {
            self.0.extend(path.iter().cloned());
        }
        fn closed(&mut self, _: &[BString], why: String) {
            panic!("{why}");
        }
    }
    let mut names = Names(Vec::new());
    unpack(Kind::Tar, &mut Cursor::new(&bytes), &Limits::default(), &mut names);
    assert_eq!(names.0, ["../../etc/passwd".as_bytes(), b"/abs/olute", b"not\xff\xfeutf8"]);
    let zip = zip_of(&[("../../etc/passwd", b"x")]);
    assert_eq!(Seen::of(&zip).members[0].0, "../../etc/passwd");
}

#[test]
fn unpack_takes_a_mark_without_a_container_for_text() {
    for mark in [&b"\x1f\x8b\x08\0"[..], b"\x28\xb5\x2f\xfd", b"\xfd7zXZ\0", b"BZh91AY&SY"] {
        let zip = zip_of(&[("x", &[mark, &secret()].concat())]);
        let seen = Seen::of(&zip);
        assert_eq!(seen.places().last(), Some(&"x"), "{mark:?} {:?}", seen.members);
        assert!(!seen.closed.is_empty());
    }
}

#[test]
fn unpack_reads_gzip_with_names_comments_members_and_trailers() {
    let mut to = GzBuilder::new()
        .filename("inner.env")
        .comment(format!("c {}", token()))
        .write(Vec::new(), Compression::fast());
    to.write_all(b"first ").unwrap();
    let mut bytes = to.finish().unwrap();
    bytes.extend(gz(&secret()));
    let seen = Seen::of(&bytes);
    assert_eq!(seen.places(), ["gzip comment", "inner.env"]);
    assert!(seen.members[1].1.starts_with(b"first line one"));
    // What follows is shown if nobody else does.
    let seen = Seen::of(&zip_of(&[("x.gz", &[gz(b"nothing"), secret()].concat())]));
    assert_eq!(seen.places(), ["x.gz"]);
    assert!(seen.closed.is_empty());
}

#[test]
fn unpack_opens_what_stands_behind_something_else() {
    let secret = secret();
    let zip = zip_of(&[("b.env", &secret)]);
    let (one, two) = (gz(b"nothing"), gz(&secret));
    let zeros = [0; 100_000];
    for (name, bytes, place) in [
        ("frames", [&one[..], &zeros, &two].concat(), "content"),
        ("bzip2 frames", [&make::bz2(b"nothing")[..], &zeros, &make::bz2(&secret)].concat(), "content"),
        ("another stream", [&one[..], &make::xz(&secret)].concat(), "behind the stream > content"),
        ("zip behind gzip", [&one[..], &zip].concat(), "behind the stream > b.env"),
        ("zip behind tar", [&tar_of(&[("a", b"a")])[..], &zip].concat(), "between members > b.env"),
        ("program in zip", zip_of(&[("a.exe", &[b"MZ", &zip[..]].concat())]), "a.exe > b.env"),
        ("program in tar", tar_of(&[("a.exe", &[b"MZ", &zip[..], b"\n"].concat())]), "a.exe > b.env"),
        ("program in gzip", gz(&[b"MZ", &zip[..]].concat()), "content > b.env"),
    ] {
        let seen = Seen::of(&bytes);
        assert_eq!(seen.places(), [place], "{name}");
        assert!(seen.closed.is_empty(), "{name} {:?}", seen.closed);
    }
    let program = tar_of(&[("a.exe", &[&noise(2000)[..], &zip].concat())]);
    for limits in [Limits { depth: 1, ..Limits::default() }, Limits { nested: 1000, ..Limits::default() }] {
        let (seen, _) = Seen::with(&program, &limits);
        assert_eq!(seen.members.len(), 1);
        assert!(seen.whys()[0].ends_with("the zip archive was not opened"), "{:?}", seen.closed);
    }
}

#[test]
fn unpack_ends_for_a_cut_stream_and_says_so() {
    let bytes = gz(&noise(10_000));
    let (seen, opened) = Seen::with(&bytes[..5000], &Limits::default());
    assert_eq!(seen.whys(), ["damaged: it ends too early"]);
    assert!(opened.bytes > 3000);
}
