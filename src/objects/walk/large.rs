//! Objects that are not read into memory as a whole: the visitor reads them as a stream, and what others are built on
//! is written to a temporary file meanwhile.

use super::{
    super::{
        Kind, Object, Options, Visitor,
        inflate::Stream,
        problem::{Fault, Mark},
        spool::{Body, Source, Spool},
    },
    Desk, LOOSE_HEADER, Parent, Walk, fill,
};
use std::io::{self, BufReader, Read};

impl<V: Visitor> Walk<'_, V> {
    /// A loose object that is large, or whose file is.
    pub(super) fn stream_loose(
        &self,
        desk: &mut Desk<V>,
        node: u32,
        zlib: impl Read,
    ) -> Result<Option<Parent<V::State>>, Fault> {
        let mut stream = Stream::new(BufReader::new(zlib), u64::MAX);
        let mut head = Vec::with_capacity(LOOSE_HEADER);
        while head.last() != Some(&0) {
            let mut byte = [0];
            if stream.read_exact(&mut byte).is_err() || head.len() == LOOSE_HEADER {
                return Err(stream.fault().unwrap_or(Fault::LooseHeader));
            }
            head.extend(byte);
        }
        let (kind, size, _) = gix::objs::decode::loose_header(&head).map_err(|_| Fault::LooseHeader)?;
        if !self.visitor.wants(kind) {
            return Ok(None);
        }
        stream.expect(size);
        if size > self.options.huge {
            return self.huge(desk, node, kind, size, &mut stream);
        }
        // Badly compressed: a file larger than the limit for an object that is not.
        let mut bytes = desk.tools.spares.take();
        let made = fill(&mut stream, bytes.sized(size as usize));
        self.show(desk, node, kind, bytes, made, None)
    }

    /// Let the visitor read an object too large for memory; what others are built on goes to a temporary file besides.
    pub(super) fn huge(
        &self,
        desk: &mut Desk<V>,
        node: u32,
        kind: Kind,
        size: u64,
        source: &mut dyn Source,
    ) -> Result<Option<Parent<V::State>>, Fault> {
        let kids = !self.forest.kids(node).is_empty();
        let wanted = self.forest.wanted(node);
        let store = self.forest.plan.store;
        let mut tee = Tee {
            source,
            copy: if kids { Some(Spool::new()) } else { None },
            hasher: (self.options.verify || self.forest.plan.is_loose(node)).then(|| {
                let mut hasher = gix::hash::hasher(store.hash);
                hasher.update(&gix::objs::encode::loose_header(kind, size));
                hasher
            }),
            options: self.options,
        };
        if let Some(id) = self.forest.plan.id(node).filter(|_| wanted) {
            self.visitor.huge(&mut desk.worker, Object { id, kind, base_only: false }, size, &mut tee);
        }
        let rest = io::copy(&mut tee, &mut io::sink()); // whatever the visitor left, to the checksum at the end
        if self.options.stopped() {
            desk.marks.push(Mark { node, fault: Fault::Stopped, lost: 0 });
            return Ok(None);
        }
        if rest.is_err() {
            return Err(tee.source.fault().unwrap_or(Fault::File));
        }
        self.count(desk, kind, wanted, size);
        if let (Some(hasher), Some(id)) = (tee.hasher, self.forest.plan.id(node))
            && hasher.try_finalize().ok().as_deref() != Some(id)
        {
            desk.marks.push(Mark { node, fault: Fault::Hash, lost: 0 });
        }
        match tee.copy {
            None => Ok(None),
            Some(Ok(spool)) => Ok(Some(Parent { body: Body::Spooled(spool), state: None, kind, kept: 0 })),
            Some(Err(fault)) => {
                self.give_up(desk, node, fault, 0);
                Ok(None)
            }
        }
    }
}

/// Passes on what it reads, with a copy for a temporary file and the hasher. Failing to write ends the copy only.
struct Tee<'a> {
    source: &'a mut dyn Source,
    copy: Option<Result<Spool, Fault>>,
    hasher: Option<gix::hash::Hasher>,
    options: &'a Options<'a>,
}

impl Read for Tee<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.options.stopped() {
            return Err(io::Error::other("stopped"));
        }
        let n = self.source.read(out)?;
        if let Some(hasher) = &mut self.hasher {
            hasher.update(&out[..n]);
        }
        if let Some(Ok(spool)) = &mut self.copy
            && let Err(fault) = spool.add(&out[..n])
        {
            self.copy = Some(Err(fault));
        }
        Ok(n)
    }
}
