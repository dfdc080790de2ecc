//! Container images: every layer, with what later layers delete, and what the configuration says.
//!
//! An image is an archive of `docker save`, an OCI layout, or a folder of either. Layers are read once, in the order in
//! which they come; only then is it known which is which, so places are named at the end.

mod index;

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    fs::File,
    io::{self, BufReader, Read},
    path::{Path, PathBuf},
};

use bstr::{BString, ByteVec};

use super::{
    Scan,
    collect::Collected,
    inside::{self, Inside, Member, Opener, SEAM},
};
use crate::{
    error::Error,
    generic::Place,
    model::{Count, Coverage, Deadline, Origin, Problem, Problems, Report},
    unpack::{self, Input, Visitor},
};
use index::Index;

/// An image is larger than what stands in a repository, by these factors.
const MORE_BYTES: u64 = 64;
const MORE_ENTRIES: u64 = 20;
/// The image and its layers are containers, too.
const MORE_DEPTH: u32 = 2;

/// Bytes of a manifest or configuration.
const MANIFEST: u64 = 16 << 20;

/// Where an image is.
pub enum Image {
    File(PathBuf),
    Folder(PathBuf),
    Stdin,
}

impl Image {
    fn name(&self) -> BString {
        match self {
            Self::File(path) | Self::Folder(path) => Vec::from_path_lossy(path).into_owned().into(),
            Self::Stdin => "stdin".into(),
        }
    }
}

/// Scans an image.
pub fn image(mut scan: Scan, image: &Image) -> Result<Report, Error> {
    let limits = &mut scan.limits.unpack;
    limits.bytes = limits.bytes.saturating_mul(MORE_BYTES);
    limits.entries = limits.entries.saturating_mul(MORE_ENTRIES);
    limits.depth += MORE_DEPTH;
    let name = image.name();
    let parts = match image {
        Image::File(path) => {
            let file = File::open(path).map_err(|error| Error::io("scan", path, error))?;
            archive(&scan, path, BufReader::new(file))?
        }
        Image::Folder(path) => folder(&scan, path)?,
        Image::Stdin => stream(&scan)?,
    };
    let index = Index::read(&parts.documents);
    if index.is_empty() {
        return Err(Error::new(format!(
            "{name} is no container image: it has no manifest.json or index.json that names a configuration\n\
             give an archive of `docker save`, or an OCI layout; `leakgate dir` scans any archive"
        )));
    }
    Ok(tell(scan, &name, parts, &index))
}

/// What was read of an image.
struct Parts {
    inside: Inside,
    /// Manifests and configurations, by the names that they have in the image.
    documents: BTreeMap<BString, Vec<u8>>,
    /// What there is in the image.
    names: BTreeSet<BString>,
    /// Those that are neither documents nor containers, nor nothing but zeros as an empty layer is.
    odd: BTreeSet<BString>,
    packed: Packed,
    bytes: u64,
}

/// For each part of the image, the name that every path in it goes through, if there is one: that of the stream to
/// which a layer was compressed.
type Packed = BTreeMap<BString, Option<BString>>;

/// Scans members and keeps what says how they belong together.
struct Reader<'s> {
    opener: Opener<'s>,
    /// Names before that of a part of the image: of the stream that it was compressed to, or of its file.
    outer: Vec<BString>,
    /// How many of the names in a path to leave out.
    skip: usize,
    documents: BTreeMap<BString, Vec<u8>>,
    names: BTreeSet<BString>,
    odd: BTreeSet<BString>,
    packed: Packed,
    bytes: u64,
}

impl<'s> Reader<'s> {
    fn new(scan: &'s Scan<'s>) -> Self {
        Self {
            opener: Opener::new(scan),
            outer: Vec::new(),
            skip: 0,
            documents: BTreeMap::new(),
            names: BTreeSet::new(),
            odd: BTreeSet::new(),
            packed: Packed::new(),
            bytes: 0,
        }
    }

    fn names(&self, names: &[BString]) -> Vec<BString> {
        [&self.outer, names.get(self.skip..).unwrap_or_default()].concat()
    }

    fn done(self, read: u64) -> Parts {
        let Self { opener, documents, names, odd, packed, bytes, .. } = self;
        Parts { inside: opener.done(read), documents, names, odd, packed, bytes }
    }
}

impl Visitor for Reader<'_> {
    fn member(&mut self, names: &[BString], bytes: &mut dyn Read) {
        let names = self.names(names);
        let mut counted = Counted { inner: bytes, bytes: 0 };
        if let Some(first) = names.first() {
            self.names.insert(first.clone());
            let through = names.get(1).filter(|_| names.len() > 2);
            let known = self.packed.entry(first.clone()).or_insert_with(|| through.cloned());
            if known.as_ref() != through {
                *known = None;
            }
        }
        let mut start = [0; 1];
        let got = counted.read(&mut start).unwrap_or(0);
        let document = names.len() == 1 && matches!(start[..got], [b'{' | b'[']);
        let mut rest = start[..got].chain(&mut counted);
        if document {
            let mut text = Vec::new();
            // Should it break off, it is no document, and scanned as what it is.
            let _ = (&mut rest).take(MANIFEST).read_to_end(&mut text);
            self.opener.member(&names, &mut text.as_slice().chain(rest));
            self.documents.insert(names[0].clone(), text);
        } else {
            self.opener.member(&names, &mut rest);
            if names.len() == 1 && got > 0 && start != [0] {
                self.odd.insert(names[0].clone());
            }
        }
        self.bytes += counted.bytes;
    }

    fn closed(&mut self, names: &[BString], why: String) {
        let names = self.names(names);
        self.names.extend(names.first().cloned());
        self.opener.closed(&names, why);
    }

    fn stop(&mut self) -> bool {
        self.opener.stop()
    }
}

struct Counted<'r> {
    inner: &'r mut dyn Read,
    bytes: u64,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = self.inner.read(buffer)?;
        self.bytes += got as u64;
        Ok(got)
    }
}

/// The first bytes, which tell the kind.
fn head(input: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    input.take(512).read_to_end(&mut head)?;
    Ok(head)
}

fn archive(scan: &Scan, path: &Path, mut input: impl Input) -> Result<Parts, Error> {
    let head = head(&mut input).and_then(|head| input.rewind().map(|()| head));
    let head = head.map_err(|error| Error::io("scan", path, error))?;
    let kind = unpack::kind(&head).ok_or_else(|| {
        Error::new(format!("{} is no container image: it is no tar archive", path.display()))
    })?;
    let mut reader = Reader::new(scan);
    reader.skip = usize::from(kind.compresses());
    let opened = unpack::unpack(kind, &mut input, &scan.limits.unpack, &mut reader);
    Ok(reader.done(opened.members))
}

fn stream(scan: &Scan) -> Result<Parts, Error> {
    let mut reader = Reader::new(scan);
    let mut stdin = std::io::stdin().lock();
    let head = head(&mut stdin).map_err(|error| Error::io("scan", Path::new("standard input"), error))?;
    let kind = unpack::kind(&head)
        .filter(|kind| !kind.seeks())
        .ok_or_else(|| Error::new("standard input is no container image: it is no tar archive".to_owned()))?;
    reader.skip = usize::from(kind.compresses());
    let mut input = head.as_slice().chain(stdin);
    let opened = unpack::unpack_stream(kind, &mut input, &scan.limits.unpack, &mut reader);
    Ok(reader.done(opened.members))
}

fn folder(scan: &Scan, root: &Path) -> Result<Parts, Error> {
    let mut reader = Reader::new(scan);
    let mut read = 0;
    let walker =
        ignore::WalkBuilder::new(root).standard_filters(false).sort_by_file_name(|a, b| a.cmp(b)).build();
    for entry in walker {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                reader.opener.closed(&[], error.to_string());
                continue;
            }
        };
        if !entry.file_type().is_some_and(|it| it.is_file()) {
            continue;
        }
        let path = entry.path();
        let name = Vec::from_path_lossy(path.strip_prefix(root).unwrap_or(path)).into_owned();
        reader.outer = vec![name.into()];
        match File::open(path) {
            Ok(file) => read += part(scan, &mut reader, BufReader::new(file)),
            Err(error) => reader.closed(&[], error.to_string()),
        }
    }
    Ok(reader.done(read))
}

/// Reads one file of a folder.
fn part(scan: &Scan, reader: &mut Reader, mut input: impl Input) -> u64 {
    let head = match head(&mut input).and_then(|head| input.rewind().map(|()| head)) {
        Ok(head) => head,
        Err(error) => {
            reader.closed(&[], error.to_string());
            return 0;
        }
    };
    match unpack::kind(&head) {
        Some(kind) => unpack::unpack(kind, &mut input, &scan.limits.unpack, reader).members,
        None => {
            reader.member(&[], &mut input);
            1
        }
    }
}

/// Names the places, and makes the report.
fn tell(scan: Scan, image: &BString, parts: Parts, index: &Index) -> Report {
    let Parts { inside, documents, names, odd, packed, bytes } = parts;
    let mut problems = Problems::default();
    let mut coverage = Coverage {
        files: Count { asked: index.layers().count() as u64, read: 0 },
        bytes: Count::both(bytes),
        containers: Count { asked: 1, read: u64::from(inside.whole()) },
        members: inside.read,
        ..Coverage::default()
    };
    for (name, layer) in index.layers() {
        let why = if !names.contains(name) {
            "the image names it, but it is not there"
        } else if odd.contains(name) {
            "it is packed in a way that is not known, so only its bytes were scanned"
        } else {
            coverage.files.read += 1;
            continue;
        };
        let what = format!("{image}: layer {} of {} ({})", layer.number, layer.of, layer.digest);
        problems.add(Problem::new(what, why));
    }
    for wanted in &index.missing {
        problems
            .add(Problem::new(format!("{image}{SEAM}{wanted}"), "the image names it, but it is not there"));
    }
    if inside.late {
        problems.add(Deadline::problem("the image was read"));
    }
    let settings = settings(&scan, index, &documents);
    let mut collected = Collected::default();
    let mut known = HashSet::new();
    let place_of_image = Place::of(image);
    let add = |member: &Member, collected: &mut Collected, known: Option<&HashSet<_>>| {
        let first = &member.names[0];
        let layer = index.layer(first);
        let mut names = member.names.clone();
        if let Some(layer) = &layer {
            names[0] = layer.digest.clone().into();
            if packed.get(first).is_some_and(Option::is_some) {
                names.remove(1);
            }
        }
        let origin = Origin {
            path: inside::path(image, &names),
            part: member.part,
            layer: layer.clone(),
            ..Origin::file("")
        };
        let order = layer.map_or(0, |layer| layer.number);
        let mut told = Vec::new();
        for hit in member.at(&place_of_image, scan.levels, &mut |_| true) {
            let key = (hit.rule, hit.secret.clone());
            if known.is_none_or(|known| !known.contains(&key)) {
                collected.add(order, origin.clone(), hit);
                told.push(key);
            }
        }
        told
    };
    for member in &settings {
        known.extend(add(member, &mut collected, None));
    }
    for member in &inside.members {
        // What its settings said is told there, where it can be read.
        let document = documents.contains_key(&member.names[0]);
        add(member, &mut collected, document.then_some(&known));
    }
    collected.unopened.extend(inside::unopened_in(&image.to_string(), &inside.unopened));
    let mut report = collected.into_report(scan, false, problems);
    report.scanned = format!("image {image}");
    report.coverage = coverage;
    report
}

/// What the configurations say, as the files that would say it.
fn settings(scan: &Scan, index: &Index, documents: &BTreeMap<BString, Vec<u8>>) -> Vec<Member> {
    let mut opener = Opener::new(scan);
    for config in &index.configs {
        let Some(document) = documents.get(config) else { continue };
        for (name, text) in index::settings(document) {
            opener.member(&[config.clone(), name.into()], &mut text.as_bytes());
        }
    }
    opener.done(0).members
}
