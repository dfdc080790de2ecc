//! Visits every node of the forest, bases before what is built on them, on all threads of the current pool.
//!
//! Each family is walked depth-first without recursion, the heaviest kid of a node last: the base goes as soon as its
//! last kid is built, so that however long the chain, at most log2(family) bases wait on one path, usually one or two.
//! When no whole family is left to begin, a worker hands the heaviest part of its own to one that waits.

mod large;

use super::{
    Base, Kind, Object, Options, Tally, Visitor,
    buffer::{Buffer, Spares},
    delta::{Delta, Sizes},
    forest::Forest,
    inflate::{Stream, exact, plausible},
    plan::Content,
    problem::{Fault, Mark},
    spool::{Body, Patch, Source, Spool},
};
use gix::{hash::ObjectId, zlib::Status};
use libdeflater::Decompressor;
use std::{
    fs::File,
    io::Read,
    mem,
    ops::Range,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

/// Roots a worker takes in one go.
const HANDFUL: usize = 32;
/// A part of a family worth handing over has at least this many objects.
const WORTH: u32 = 32;
/// More bytes than any loose object's header has.
const LOOSE_HEADER: usize = 64;

pub(super) struct Walk<'a, V: Visitor> {
    forest: &'a Forest<'a>,
    visitor: &'a V,
    options: &'a Options<'a>,
    /// The next root nobody has taken.
    cursor: AtomicUsize,
    /// Parts handed over that nobody has begun.
    handed: AtomicUsize,
    /// Bytes of bases kept in memory because more than one kid needs them.
    kept: AtomicUsize,
    threads: usize,
    desks: Mutex<Vec<Desk<V>>>,
}

/// What one worker has before it.
pub(super) struct Desk<V: Visitor> {
    pub(super) worker: V::Worker,
    pub(super) tally: Tally,
    pub(super) marks: Vec<Mark>,
    tools: Tools,
    stack: Vec<Frame<V::State>>,
}

/// What a worker needs to make bytes.
struct Tools {
    fast: Decompressor,
    slow: gix::zlib::Inflate,
    /// Compressed bytes of a loose object.
    file: Buffer,
    /// The instructions of a delta.
    delta: Buffer,
    /// A base read back from its temporary file.
    base: Buffer,
    spares: Spares,
}

/// An object on which others are built.
struct Parent<S> {
    body: Body,
    state: Option<S>,
    kind: Kind,
    /// What it counts in `kept`.
    kept: usize,
}

struct Frame<S> {
    parent: Arc<Parent<S>>,
    kids: Range<u32>,
}

impl<'a, V: Visitor> Walk<'a, V> {
    pub(super) fn new(forest: &'a Forest<'a>, visitor: &'a V, options: &'a Options<'a>) -> Self {
        Self {
            forest,
            visitor,
            options,
            cursor: AtomicUsize::new(0),
            handed: AtomicUsize::new(0),
            kept: AtomicUsize::new(0),
            threads: rayon::current_num_threads(),
            desks: Mutex::new(Vec::new()),
        }
    }

    /// Walk the whole forest, and return what the workers have.
    pub(super) fn run(self) -> Vec<Desk<V>> {
        rayon::scope(|scope| {
            for _ in 0..self.threads {
                scope.spawn(|scope| {
                    let mut desk = self.desk();
                    loop {
                        let from = self.cursor.fetch_add(HANDFUL, Relaxed);
                        let Some(roots) = self.forest.roots.get(from..) else {
                            break;
                        };
                        for &root in roots.iter().take(HANDFUL) {
                            self.family(scope, &mut desk, root, None);
                        }
                        if roots.is_empty() || self.options.stopped() {
                            break;
                        }
                    }
                    self.leave(desk);
                });
            }
        });
        self.desks.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn desk(&self) -> Desk<V> {
        let desk = self.desks.lock().unwrap_or_else(PoisonError::into_inner).pop();
        desk.unwrap_or_else(|| Desk {
            worker: self.visitor.worker(),
            tally: Tally::default(),
            marks: Vec::new(),
            tools: Tools {
                fast: Decompressor::new(),
                slow: gix::zlib::Inflate::default(),
                file: Buffer::default(),
                delta: Buffer::default(),
                base: Buffer::default(),
                spares: Spares::default(),
            },
            stack: Vec::new(),
        })
    }

    fn leave(&self, desk: Desk<V>) {
        self.desks.lock().unwrap_or_else(PoisonError::into_inner).push(desk);
    }

    /// Visit `node` and all that is built on it.
    fn family<'s>(
        &'s self,
        scope: &rayon::Scope<'s>,
        desk: &mut Desk<V>,
        node: u32,
        parent: Option<Arc<Parent<V::State>>>,
    ) {
        let mut next = Some((node, parent));
        loop {
            let (node, parent) = match next.take() {
                Some(first) => first,
                None => match self.next_kid(desk) {
                    Some((node, parent)) => (node, Some(parent)),
                    None => return,
                },
            };
            if self.options.stopped() {
                let rest = mem::take(&mut desk.stack);
                parent
                    .into_iter()
                    .chain(rest.into_iter().map(|f| f.parent))
                    .for_each(|p| self.release(desk, p));
                return;
            }
            match self.read(desk, node, parent.as_deref()) {
                Ok(Some(made)) => {
                    desk.stack.push(Frame { parent: Arc::new(made), kids: self.forest.kids(node) })
                }
                Ok(None) => {}
                Err(fault) => self.give_up(desk, node, fault, u32::from(self.forest.wanted(node))),
            }
            if let Some(parent) = parent {
                self.release(desk, parent);
            }
            if self.cursor.load(Relaxed) >= self.forest.roots.len()
                && self.handed.load(Relaxed) < self.threads
            {
                self.hand_over(scope, desk);
            }
        }
    }

    fn next_kid(&self, desk: &mut Desk<V>) -> Option<(u32, Arc<Parent<V::State>>)> {
        let mut frame = desk.stack.pop()?;
        let kid = self.forest.kid(frame.kids.start);
        frame.kids.start += 1;
        if frame.kids.is_empty() {
            return Some((kid, frame.parent));
        }
        let parent = frame.parent.clone();
        desk.stack.push(frame);
        Some((kid, parent))
    }

    /// Give the heaviest kid of the lowest frame to another worker, unless it is all there is to do.
    fn hand_over<'s>(&'s self, scope: &rayon::Scope<'s>, desk: &mut Desk<V>) {
        let only = desk.stack.len() == 1;
        let Some(frame) = desk.stack.first_mut() else {
            return;
        };
        let kid = self.forest.kid(frame.kids.end - 1);
        if self.forest.weight(kid) < WORTH || (only && frame.kids.len() == 1) {
            return;
        }
        frame.kids.end -= 1;
        let parent = match frame.kids.is_empty() {
            true => desk.stack.remove(0).parent,
            false => frame.parent.clone(),
        };
        self.handed.fetch_add(1, Relaxed);
        scope.spawn(move |scope| {
            self.handed.fetch_sub(1, Relaxed);
            let mut desk = self.desk();
            self.family(scope, &mut desk, kid, Some(parent));
            self.leave(desk);
        });
    }

    /// Reuse the parent's buffer if nobody else has it.
    fn release(&self, desk: &mut Desk<V>, parent: Arc<Parent<V::State>>) {
        if let Some(parent) = Arc::into_inner(parent) {
            self.kept.fetch_sub(parent.kept, Relaxed);
            if let Body::Memory(buffer) = parent.body {
                desk.tools.spares.give(buffer);
            }
        }
    }

    /// Note that `node` has a fault and that, besides `own`, what is built on it is lost.
    fn give_up(&self, desk: &mut Desk<V>, node: u32, fault: Fault, own: u32) {
        desk.marks.push(Mark { node, fault, lost: own });
        let others = self.forest.weight(node) - u32::from(self.forest.wanted(node));
        if others > 0 {
            desk.marks.push(Mark { node, fault: Fault::Orphan, lost: others });
        }
    }

    /// Make the object's bytes, show them to the visitor, and keep them if others are built on them.
    fn read(
        &self,
        desk: &mut Desk<V>,
        node: u32,
        parent: Option<&Parent<V::State>>,
    ) -> Result<Option<Parent<V::State>>, Fault> {
        if self.options.crc && !self.forest.plan.crc_holds(node) {
            desk.marks.push(Mark { node, fault: Fault::Crc, lost: 0 });
        }
        let limit = self.options.huge;
        match (self.forest.plan.content(node)?, parent) {
            (Content::Whole { kind, size, zlib }, _) if size > limit => {
                self.huge(desk, node, kind, size, &mut Stream::new(zlib, size))
            }
            (Content::Whole { kind, size, zlib }, _) => {
                let mut bytes = desk.tools.spares.take();
                let made = exact(&mut desk.tools.fast, zlib, bytes.sized(size as usize));
                self.show(desk, node, kind, bytes, made, None)
            }
            (Content::Delta { size, zlib }, Some(parent)) => {
                let mut delta = mem::take(&mut desk.tools.delta);
                let made = if size > limit {
                    self.patch(desk, node, parent, Stream::new(zlib, size))
                } else {
                    exact(&mut desk.tools.fast, zlib, delta.sized(size as usize))
                        .and_then(|()| self.build(desk, node, parent, &delta))
                };
                delta.shrink();
                desk.tools.delta = delta;
                made
            }
            (Content::Delta { .. }, None) => Err(Fault::NoBase),
            (Content::Loose, _) => self.read_loose(desk, node),
        }
    }

    /// Build an object from a delta that is in memory.
    fn build(
        &self,
        desk: &mut Desk<V>,
        node: u32,
        parent: &Parent<V::State>,
        delta: &[u8],
    ) -> Result<Option<Parent<V::State>>, Fault> {
        let (sizes, _) = Sizes::parse(delta)?;
        if sizes.result > self.options.huge || parent.body.len() > self.options.huge {
            return self.patch(desk, node, parent, delta);
        }
        let mut read_back = mem::take(&mut desk.tools.base);
        let base: &[u8] = match &parent.body {
            Body::Memory(bytes) => bytes,
            Body::Spooled(spool) => {
                parent.body.read_at(0, read_back.sized(spool.len as usize))?;
                &read_back
            }
        };
        let made = Delta::parse(delta, base.len()).and_then(|delta| {
            let mut bytes = desk.tools.spares.take();
            let made = delta.apply(base, bytes.sized(delta.result));
            let base = parent.state.as_ref().map(|state| (Base { bytes: base, state }, delta));
            self.show(desk, node, parent.kind, bytes, made, base)
        });
        read_back.shrink();
        desk.tools.base = read_back;
        made
    }

    /// Build an object piecemeal, since it, its base or its delta is too large for memory.
    fn patch<R: Source>(
        &self,
        desk: &mut Desk<V>,
        node: u32,
        parent: &Parent<V::State>,
        delta: R,
    ) -> Result<Option<Parent<V::State>>, Fault> {
        let mut patch = Patch::new(delta, &parent.body)?;
        if patch.size > self.options.huge {
            return self.huge(desk, node, parent.kind, patch.size, &mut patch);
        }
        let mut bytes = desk.tools.spares.take();
        let out = bytes.sized(patch.size as usize);
        let made = fill(&mut patch, out);
        self.show(desk, node, parent.kind, bytes, made, None)
    }

    fn read_loose(&self, desk: &mut Desk<V>, node: u32) -> Result<Option<Parent<V::State>>, Fault> {
        let path = self.forest.plan.store.loose_path(self.forest.plan.loose(node));
        let mut file = File::open(path).map_err(|_| Fault::File)?;
        let len = file.metadata().map_err(|_| Fault::File)?.len();
        if len > self.options.huge {
            return self.stream_loose(desk, node, file);
        }
        let mut zlib = mem::take(&mut desk.tools.file);
        let made = file.read_exact(zlib.sized(len as usize)).map_err(|_| Fault::File).and_then(|()| {
            let mut head = [0; LOOSE_HEADER];
            desk.tools.slow.reset();
            let (status, _, held) = desk.tools.slow.prefix(&zlib, &mut head).map_err(|_| Fault::Zlib)?;
            if held < head.len() && status != Status::StreamEnd {
                return Err(Fault::Zlib);
            }
            let (kind, size, skip) =
                gix::objs::decode::loose_header(&head[..held]).map_err(|_| Fault::LooseHeader)?;
            if !self.visitor.wants(kind) {
                return Ok(None);
            }
            if !plausible(size, len) {
                return Err(Fault::Claim);
            }
            if size > self.options.huge {
                return self.stream_loose(desk, node, &zlib[..]);
            }
            let mut bytes = desk.tools.spares.take();
            let made = exact(&mut desk.tools.fast, &zlib, bytes.sized(skip + size as usize));
            bytes.skip(skip);
            self.show(desk, node, kind, bytes, made, None)
        });
        zlib.shrink();
        desk.tools.file = zlib;
        made
    }

    /// Show an object in memory to the visitor, if it could be `made`.
    fn show(
        &self,
        desk: &mut Desk<V>,
        node: u32,
        kind: Kind,
        bytes: Buffer,
        made: Result<(), Fault>,
        base: Option<(Base<'_, V::State>, Delta<'_>)>,
    ) -> Result<Option<Parent<V::State>>, Fault> {
        if let Err(fault) = made {
            desk.tools.spares.give(bytes);
            return Err(fault);
        }
        let computed: ObjectId;
        let id = match self.forest.plan.id(node) {
            Some(id) => id,
            None => {
                computed = gix::objs::compute_hash(self.forest.plan.store.hash, kind, &bytes)
                    .map_err(|_| Fault::Hash)?;
                &computed
            }
        };
        if (self.options.verify || self.forest.plan.is_loose(node))
            && gix::objs::compute_hash(self.forest.plan.store.hash, kind, &bytes).ok().as_deref() != Some(id)
        {
            desk.marks.push(Mark { node, fault: Fault::Hash, lost: 0 });
        }
        let wanted = self.forest.wanted(node);
        let object = Object { id, kind, base_only: !wanted };
        let state = match base {
            Some((base, delta)) => self.visitor.delta(&mut desk.worker, object, &bytes, base, delta.pieces()),
            None => self.visitor.whole(&mut desk.worker, object, &bytes),
        };
        self.count(desk, kind, wanted, bytes.len() as u64);
        let kids = self.forest.kids(node).len();
        if kids == 0 {
            desk.tools.spares.give(bytes);
            return Ok(None);
        }
        let mut parent = Parent { body: Body::Memory(Buffer::default()), state: Some(state), kind, kept: 0 };
        if kids > 1 && self.kept.load(Relaxed) + bytes.len() > self.options.budget {
            let spool = Spool::of(&bytes);
            desk.tools.spares.give(bytes);
            match spool {
                Ok(spool) => parent.body = Body::Spooled(spool),
                Err(fault) => {
                    self.give_up(desk, node, fault, 0);
                    return Ok(None);
                }
            }
        } else {
            if kids > 1 {
                parent.kept = bytes.len();
                self.kept.fetch_add(parent.kept, Relaxed);
            }
            parent.body = Body::Memory(bytes);
        }
        Ok(Some(parent))
    }

    fn count(&self, desk: &mut Desk<V>, kind: Kind, wanted: bool, bytes: u64) {
        desk.tally.add(kind, wanted, bytes);
        if wanted && let Some(progress) = self.options.progress {
            progress.objects.fetch_add(1, Relaxed);
            progress.bytes.fetch_add(bytes, Relaxed);
        }
    }
}

/// Fill `out` from `source`, which must end there.
fn fill(source: &mut impl Source, out: &mut [u8]) -> Result<(), Fault> {
    let made = source.read_exact(out).and_then(|()| source.read(&mut [0]));
    match made {
        Ok(0) => Ok(()),
        Ok(_) => Err(Fault::Long),
        Err(_) => Err(source.fault().unwrap_or(Fault::Short)),
    }
}
