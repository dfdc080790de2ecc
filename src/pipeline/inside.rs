//! Scans what stands in a container, member by member, and says what could not be opened.

use std::{
    collections::{HashMap, HashSet},
    io::Read,
};

use bstr::{BString, ByteSlice as _};

use super::{
    Levels, Scan,
    examine::{Examined, Hit},
    stream,
};
use crate::{
    decode,
    generic::Place,
    model::{Origin, Part, Position, Problem, Span},
    unpack::{self, Input, Kind, Visitor},
};

/// Stands between a container's path and that of its member, as in addresses of Java archives.
pub const SEAM: &str = "!/";

/// One text in a container.
pub struct Member {
    /// Names from the container on.
    pub names: Vec<BString>,
    /// The member's content or its name.
    pub part: Part,
    pub found: Examined,
}

impl Member {
    /// What is believed in it of what is wanted, its container being at a place.
    pub fn at(&self, container: &Place, levels: Levels, wanted: &mut dyn FnMut(&Hit) -> bool) -> Vec<Hit> {
        self.found.at(self.part, &self.place().inside(container), levels, wanted)
    }

    /// What its own path says.
    pub fn place(&self) -> Place {
        Place::of(&join(&self.names))
    }
}

/// A path of names.
pub fn join(names: &[BString]) -> BString {
    bstr::join(SEAM, names).into()
}

/// What a container gave.
#[derive(Default)]
pub struct Inside {
    /// Those in which something was found.
    pub members: Vec<Member>,
    /// How many members were read.
    pub read: u64,
    /// What was not opened or not read to its end. Named from the container on.
    pub unopened: Vec<Problem>,
    /// The deadline came first.
    pub late: bool,
}

impl Inside {
    /// Of a container that could not be opened at all.
    pub fn closed(why: impl Into<String>) -> Self {
        Self { unopened: vec![Problem::new("", why)], ..Self::default() }
    }

    /// All of it was read.
    pub fn whole(&self) -> bool {
        self.unopened.is_empty() && !self.late
    }

    /// Its members say all that its own bytes could, but for those that stand `beside` them.
    pub fn settles(&self) -> bool {
        self.read > 0 && self.whole()
    }
}

/// The path of something in a container.
pub fn path(container: &[u8], names: &[BString]) -> BString {
    [container, SEAM.as_bytes(), &join(names)].concat().into()
}

/// What was not opened of one container, named from that on.
pub fn unopened_in<'a>(container: &'a str, unopened: &'a [Problem]) -> impl Iterator<Item = Problem> + 'a {
    unopened.iter().map(move |Problem { what, why }| {
        let seam = if what.is_empty() { "" } else { SEAM };
        Problem::new(format!("{container}{seam}{what}"), why)
    })
}

/// Where a member stands, given where its container does.
pub fn origin(container: &Origin, member: &Member) -> Origin {
    Origin { path: path(&container.path, &member.names), part: member.part, ..container.clone() }
}

/// The paths of the containers around a member, outermost first.
pub fn around(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    path.find_iter(SEAM).map(|seam| &path[..seam])
}

/// What kind of container is in memory, if any. A zip archive may stand behind a program or a picture.
pub fn kind(bytes: &[u8]) -> Option<Kind> {
    unpack::kind(bytes).or_else(|| unpack::kind_by_end(bytes))
}

/// Where something may be assigned in the bytes of a container themselves, if `text` is these bytes: before the first
/// NUL and after the last, as in a script that carries an archive. Nowhere, if the container holds its members as they
/// are: they have their own place.
pub fn beside(kind: Option<Kind>, bytes: &[u8], text: &[u8]) -> Vec<Span> {
    use Kind::{Bzip2, Gzip, SevenZip, Tar, Xz, Zip, Zstd};
    if !matches!(kind, Some(Zip | Tar | Gzip | Bzip2 | Xz | Zstd | SevenZip)) || text != bytes {
        return Vec::new();
    }
    match (memchr::memchr(0, bytes), memchr::memrchr(0, bytes)) {
        (Some(first), Some(last)) => vec![Span::new(0, first), Span::new(last, bytes.len())],
        _ => Vec::new(),
    }
}

/// Opens what is in memory or in a file.
pub fn open(scan: &Scan, kind: Kind, input: &mut dyn Input) -> Inside {
    let mut opener = Opener::new(scan);
    let opened = unpack::unpack(kind, input, &scan.limits.unpack, &mut opener);
    opener.done(opened.members)
}

/// Scans members as they come.
pub struct Opener<'s> {
    scan: &'s Scan<'s>,
    inside: Inside,
}

impl<'s> Opener<'s> {
    pub fn new(scan: &'s Scan<'s>) -> Self {
        Self { scan, inside: Inside::default() }
    }

    /// Of so many members.
    pub fn done(mut self, read: u64) -> Inside {
        self.inside.read = read;
        self.inside.unopened.sort();
        self.inside.unopened.dedup_by(|next, last| next.what == last.what);
        once(&mut self.inside.members);
        self.inside
    }

    fn add(&mut self, names: &[BString], part: Part, found: Examined) {
        if let Some(why) = found.left() {
            self.inside.unopened.push(Problem::new(join(names).to_string(), why));
        }
        if !found.is_empty() {
            self.inside.members.push(Member { names: names.to_vec(), part, found });
        }
    }
}

/// What a container within another stores as it is, is told where it stands in that, and not in its bytes as well.
fn once(members: &mut Vec<Member>) {
    let mut deeper: HashMap<_, HashSet<_>> = HashMap::new();
    for Member { names, found, .. } in members.iter() {
        for len in 1..names.len() {
            let secrets = found.secrets().map(|(rule, secret)| (rule, secret.clone()));
            deeper.entry(names[..len].to_vec()).or_default().extend(secrets);
        }
    }
    for member in members.iter_mut().filter(|member| member.part == Part::Member) {
        if let Some(told) = deeper.get(&member.names) {
            member.found.leave_out(|rule, secret| told.contains(&(rule, secret.clone())));
        }
    }
    members.retain(|member| !member.found.is_empty());
}

impl Visitor for Opener<'_> {
    fn member(&mut self, names: &[BString], bytes: &mut dyn Read) {
        let Scan { scanner, levels, limits, .. } = self.scan;
        // The names of what it is in were looked at when they came.
        let name = names.last().map(|name| decode::text(name)).unwrap_or_default();
        let whole = Span::new(0, name.len() + 1);
        let found = scanner.find(&name);
        let found = super::examine::examine(scanner, &found, *levels, limits, &name, whole, Position::FIRST);
        self.add(names, Part::Path, found);
        let scanned = stream::windows(self.scan, bytes);
        self.inside.late |= scanned.late;
        if let Some(error) = scanned.broken {
            self.closed(names, error.to_string());
        }
        self.add(names, Part::Member, scanned.found);
    }

    fn closed(&mut self, names: &[BString], why: String) {
        self.inside.unopened.push(Problem::new(join(names).to_string(), why));
    }

    fn stop(&mut self) -> bool {
        self.inside.late |= self.scan.deadline.passed();
        self.inside.late
    }
}
