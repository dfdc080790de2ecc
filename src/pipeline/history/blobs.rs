//! The first sweep: finds secrets in blobs, commits and tags, looking only at what is new in each.

use std::{
    collections::HashSet,
    io::{Cursor, Read},
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

use bstr::BStr;

use super::{
    earlier::Earlier,
    key,
    scanned::{Doubt, Found, Rival, SecretIndex, Worker},
};
use crate::{
    decode::{self, Copied, Encodings},
    generic::Place,
    git::{Node, commit_text, tag_text},
    matcher::{self, Assigned, Match, Traces},
    model::{Part, Problem, Span},
    objects::{self, Base, Kind, Object, Piece, Pieces, Progress},
    pipeline::{
        Scan,
        examine::{Doubtful, Examined},
        inside::{self, Inside},
        settle::{settle, told},
        stream,
    },
    unpack,
};

/// A copy of fewer bytes costs more to carry over than to look at again.
const SMALL: usize = 64;

/// What a blob hands to those built on it.
pub enum State {
    /// Its text is its bytes.
    Plain {
        traces: Traces,
        nul: bool,
        /// If they are known.
        encodings: Option<Encodings>,
        /// Something was found in what it encodes.
        encodes: bool,
    },
    /// It has to be decoded, or is no blob: what is built on it is scanned whole.
    Opaque,
}

pub struct Visitor<'s> {
    scan: &'s Scan<'s>,
    exhaustive: bool,
    /// Where blobs with secrets are counted.
    progress: Option<&'s Progress>,
    /// Blobs that need not be read again.
    earlier: Option<&'s Earlier>,
    /// Bytes that the prefilter was given.
    pub looked: AtomicU64,
}

impl<'s> Visitor<'s> {
    pub fn new(
        scan: &'s Scan<'s>,
        exhaustive: bool,
        progress: Option<&'s Progress>,
        earlier: Option<&'s Earlier>,
    ) -> Self {
        Self { scan, exhaustive, progress, earlier, looked: AtomicU64::new(0) }
    }

    /// The secrets in a text. Which assignments are told depends on paths that are not known yet, so here
    /// are all that any path could make believable, and what is needed to decide. Says whether the text
    /// encodes any; if it is not to be decoded that is known already, and no.
    fn judge(
        &self,
        worker: &mut Worker,
        text: &[u8],
        matches: &[Match],
        assigned: &[Assigned],
        decode: Option<&mut Option<Encodings>>,
    ) -> (Found, bool) {
        self.judge_where(|_| true, worker, text, matches, assigned, decode)
    }

    /// The same, of assignments only those whose value is to be kept.
    fn judge_where(
        &self,
        keep: impl Fn(Span) -> bool,
        worker: &mut Worker,
        text: &[u8],
        matches: &[Match],
        assigned: &[Assigned],
        decode: Option<&mut Option<Encodings>>,
    ) -> (Found, bool) {
        let mut out = Found::default();
        if matches.is_empty() && assigned.is_empty() && decode.is_none() {
            return (out, false);
        }
        let Scan { scanner, levels, limits, .. } = self.scan;
        let decode = decode.map(|encodings| (limits, encodings));
        let settled = settle(scanner, *levels, text, matches.iter().copied(), assigned, decode);
        for found in &settled.kept {
            let believed = told(&found.what, *levels);
            let index = worker.secrets.add(found.at.rule, found.value(text), believed || found.beside);
            out.secrets.extend(believed.then_some(index));
            out.half(index, found.beside);
            out.below |= !believed;
        }
        let doubtful: Vec<_> = settled.candidates.iter().filter(|found| keep(found.at.secret)).collect();
        let spots: Vec<_> = doubtful.iter().map(|found| found.spot()).collect();
        for (found, rival) in doubtful.into_iter().zip(Rival::of(spots, 0)) {
            let secret = worker.secrets.add(found.at.rule, found.value(text), true);
            let candidate = worker.candidates.add(&found.what);
            out.doubts.push(Doubt { secret, candidate, member: None, rival });
            out.secrets.push(secret);
        }
        if let Some(limit) = settled.cut {
            out.unopened.push(Problem::new("", format!("not all is decoded: {limit}")));
        }
        (out, settled.encodes)
    }

    fn hits(worker: &mut Worker, examined: &Examined, out: &mut Found) {
        let halves = || examined.hits.iter().filter_map(|hit| hit.partner.as_ref());
        let beside: HashSet<_> = halves().map(|half| (half.rule, half.start)).collect();
        for hit in &examined.hits {
            let index = worker.secrets.add(hit.rule, hit.secret.reveal(), true);
            out.secrets.push(index);
            out.half(index, beside.contains(&(hit.rule, hit.start)));
        }
        for half in halves() {
            out.half(worker.secrets.add(half.rule, half.secret.reveal(), true), true);
        }
    }

    /// What was found in a text that was scanned for good: the blob's own, or by its number that of a member.
    fn examined(
        worker: &mut Worker,
        examined: &Examined,
        number: u32,
        member: Option<Place>,
        out: &mut Found,
    ) {
        Self::hits(worker, examined, out);
        out.below |= examined.below > 0;
        let spots = examined.doubtful.iter().map(Doubtful::spot).collect();
        for (doubtful, rival) in examined.doubtful.iter().zip(Rival::of(spots, number)) {
            let (rule, secret) = doubtful.secret();
            let secret = worker.secrets.add(rule, secret.reveal(), true);
            let candidate = worker.candidates.add(doubtful.candidate());
            out.doubts.push(Doubt { secret, candidate, member, rival });
            out.secrets.push(secret);
        }
    }

    /// What stands in a container.
    fn inside(&self, worker: &mut Worker, inside: Inside, out: &mut Found) {
        let whole = inside.whole();
        for (count, more) in worker.containers.iter_mut().zip([1, u64::from(whole), inside.read]) {
            *count += more;
        }
        for (member, number) in inside.members.iter().zip(1..) {
            let before = out.secrets.len();
            if member.part == Part::Path {
                // A name assigns nothing.
                Self::hits(worker, &member.found, out);
            } else {
                Self::examined(worker, &member.found, number, Some(member.place()), out);
            }
            let name = inside::join(&member.names);
            out.members.extend(out.secrets[before..].iter().map(|&secret| (secret, name.clone())));
        }
        out.unopened.extend(inside.unopened);
    }

    fn blob(&self, worker: &mut Worker, id: &gix::oid, found: Found) {
        worker.present.push(key(id));
        if worker.found(id, found) {
            self.progress.inspect(|progress| _ = progress.found.fetch_add(1, Relaxed));
        }
    }

    /// Scans a whole text, and says what can be handed on.
    fn scan_whole(&self, worker: &mut Worker, object: &Object, bytes: &[u8]) -> State {
        self.looked.fetch_add(bytes.len() as u64, Relaxed);
        let text = decode::text(bytes);
        let plain = matches!(text, std::borrow::Cow::Borrowed(_));
        let container = inside::kind(bytes);
        if self.exhaustive || !plain || container.is_some() {
            if !object.base_only {
                let all = self.scan.scanner.find_in_file(&text);
                let inside = container.map(|kind| inside::open(self.scan, kind, &mut Cursor::new(bytes)));
                let beside = inside::beside(container, bytes, &text);
                let settles = inside.as_ref().is_some_and(Inside::settles);
                let keep = |value: Span| !settles || value.within(&beside);
                let (mut found, _) =
                    self.judge_where(keep, worker, &text, &all.matches, &all.assigned, Some(&mut None));
                if let Some(inside) = inside {
                    self.inside(worker, inside, &mut found);
                }
                self.blob(worker, object.id, found);
            }
            return State::Opaque;
        }
        let traces = self.scan.scanner.trace(&text);
        let (mut encodings, mut encodes) = (None, true);
        if !object.base_only {
            let decode = Some(&mut encodings);
            let (found, any) = self.judge(worker, &text, &traces.matches(), &traces.assigned, decode);
            encodes = any;
            self.blob(worker, object.id, found);
        }
        State::Plain { traces, nul: memchr::memchr(0, bytes).is_some(), encodings, encodes }
    }

    /// The secrets in the parts of a commit or tag.
    fn texts(&self, worker: &mut Worker, id: &gix::oid, texts: [&BStr; 2]) -> Vec<SecretIndex> {
        let mut found = Vec::new();
        for text in texts {
            let text = decode::text(text);
            let all = self.scan.scanner.find(&text);
            let mut here = self.judge(worker, &text, &all.matches, &all.assigned, Some(&mut None)).0;
            found.append(&mut here.secrets);
            worker.beside(id, here);
        }
        found
    }

    fn commit(&self, worker: &mut Worker, id: &gix::oid, bytes: &[u8]) {
        let Some(commit) = commit_text(bytes) else {
            worker.broken.push((id.to_owned(), "a broken commit"));
            return;
        };
        let found = self.texts(worker, id, [commit.header, commit.message]);
        let node = Node { id: id.to_owned(), tree: commit.tree, parents: commit.parents, time: commit.time };
        worker.commits.push((node, found));
    }

    fn tag(&self, worker: &mut Worker, id: &gix::oid, bytes: &[u8]) {
        let Some(tag) = tag_text(bytes) else {
            worker.broken.push((id.to_owned(), "a broken tag"));
            return;
        };
        let found = self.texts(worker, id, [tag.header, tag.message]);
        worker.tags.push((id.to_owned(), tag.target, found));
    }

    fn other(&self, worker: &mut Worker, object: &Object, bytes: &[u8]) {
        if object.base_only {
            return;
        }
        match object.kind {
            Kind::Commit => self.commit(worker, object.id, bytes),
            Kind::Tag => self.tag(worker, object.id, bytes),
            Kind::Blob | Kind::Tree => {}
        }
    }
}

impl objects::Visitor for Visitor<'_> {
    type State = State;
    type Worker = Worker;

    fn worker(&self) -> Worker {
        Worker::default()
    }

    fn wants(&self, kind: Kind) -> bool {
        kind != Kind::Tree
    }

    fn known(&self, id: &gix::oid) -> bool {
        self.earlier.is_some_and(|earlier| earlier.knows(id))
    }

    fn whole(&self, worker: &mut Worker, object: Object<'_>, bytes: &[u8]) -> State {
        if object.kind == Kind::Blob {
            return self.scan_whole(worker, &object, bytes);
        }
        self.other(worker, &object, bytes);
        State::Opaque
    }

    fn delta(
        &self,
        worker: &mut Worker,
        object: Object<'_>,
        bytes: &[u8],
        base: Base<'_, State>,
        pieces: Pieces<'_>,
    ) -> State {
        let State::Plain { traces, nul, encodings, encodes } = base.state else {
            return self.whole(worker, object, bytes);
        };
        let mut parts = std::mem::take(&mut worker.buffer);
        parts.clear();
        let (mut at, mut new_nul) = (0, false);
        for piece in pieces {
            match piece {
                Piece::Copy { from, len } if len >= SMALL => parts.push(matcher::Part::Copied { from, len }),
                Piece::Copy { len, .. } | Piece::Insert { len } => {
                    new_nul |= memchr::memchr(0, &bytes[at..at + len]).is_some();
                    match parts.last_mut() {
                        Some(matcher::Part::New { len: last }) => *last += len,
                        _ => parts.push(matcher::Part::New { len }),
                    }
                }
            }
            at += piece.len();
        }
        let nul = *nul || new_nul;
        // Of what ends as an archive, and is no text, there is a NUL.
        let decoded = || nul && matches!(decode::text(bytes), std::borrow::Cow::Owned(_));
        let container = if nul { inside::kind(bytes) } else { unpack::kind(bytes) };
        let state = if container.is_some() || decoded() {
            self.scan_whole(worker, &object, bytes)
        } else {
            let (traces, looked) = self.scan.scanner.trace_from(bytes, traces, parts.iter().copied());
            self.looked.fetch_add(looked as u64, Relaxed);
            let copied = copied(&parts);
            let mut encodings = encodings.as_ref().and_then(|known| known.carried(bytes, &copied));
            let near = || encodings.as_ref().is_none_or(|known| known.touch_new(bytes, &copied));
            // If nothing was found in what the base encodes, there is something only where anything is new.
            let mut encodes = *encodes || near();
            if !object.base_only {
                let decode = encodes.then_some(&mut encodings);
                let (found, any) = self.judge(worker, bytes, &traces.matches(), &traces.assigned, decode);
                encodes = any;
                self.blob(worker, object.id, found);
            }
            State::Plain { traces, nul, encodings, encodes }
        };
        worker.buffer = parts;
        state
    }

    fn huge(&self, worker: &mut Worker, object: Object<'_>, size: u64, bytes: &mut dyn Read) {
        if object.base_only || object.kind != Kind::Blob {
            return;
        }
        // An error comes back to the sweep, which names the object.
        let scanned = stream::windows(self.scan, bytes);
        self.looked.fetch_add(scanned.bytes, Relaxed);
        if scanned.found.cut {
            worker.broken.push((object.id.to_owned(), "more findings in it than are told"));
        }
        let mut found = Found::default();
        Self::examined(worker, &scanned.found, 0, None, &mut found);
        if let Some(kind) = scanned.kind {
            let why = format!("{} of {size} bytes, too large to be held in memory", kind.word());
            found.unopened.push(Problem::new("", why));
        }
        self.blob(worker, object.id, found);
        if !scanned.is_empty() {
            worker.huge.push((object.id.to_owned(), scanned));
        }
    }
}

/// What was copied, in order.
fn copied(parts: &[matcher::Part]) -> Vec<Copied> {
    let mut at = 0;
    let mut copied = Vec::with_capacity(parts.len());
    for part in parts {
        let end = at + part.len();
        if let matcher::Part::Copied { from, .. } = *part {
            copied.push(Copied { to: at..end, from });
        }
        at = end;
    }
    copied
}
