//! Builds a view: what was found is put in place of its code, with a little of the text around it.

use std::ops::Range;

use super::{
    escapes::{Escape, escape},
    map::{Map, Segment, Step, Steps, Unit},
    printable::quoted,
    work,
};

/// Bytes of context at each side of what was decoded.
pub const CONTEXT: usize = 128;

/// Lines of context.
const LINES: usize = 4;

/// Stands between groups. No encoding and no join goes over it.
const BETWEEN: &[u8] = b"\n\n";

/// What is undone everywhere in a group.
#[derive(Clone, Copy)]
pub enum Undo {
    Escapes,
    Quoted,
    Nothing,
}

impl Undo {
    /// Where the next byte stands that one may begin with.
    fn next(self, text: &[u8]) -> Option<usize> {
        match self {
            Self::Escapes => memchr::memchr3(b'%', b'\\', b'&', text),
            Self::Quoted => memchr::memchr(b'=', text),
            Self::Nothing => None,
        }
    }

    /// The one that begins at a place.
    fn at(self, text: &[u8], at: usize) -> Option<Escape> {
        match self {
            Self::Escapes => escape(text, at),
            Self::Quoted => quoted(text, at),
            Self::Nothing => None,
        }
    }
}

pub struct Builder<'t> {
    text: &'t [u8],
    undo: Undo,
    /// Bytes that it may become.
    most: u64,
    made: Vec<u8>,
    map: Map,
    groups: Vec<Range<usize>>,
    open: Option<Open>,
    /// Where in the text something was found that there was no room for.
    pub cut: Option<usize>,
}

struct Open {
    /// Where the group begins in what is made.
    at: usize,
    /// How far the text was taken over.
    done: usize,
    /// End of the last thing found.
    last: usize,
}

/// A text in which what was encoded is decoded.
#[derive(Debug)]
pub struct Built {
    pub text: Vec<u8>,
    pub map: Map,
    pub groups: Vec<Range<usize>>,
}

impl<'t> Builder<'t> {
    pub fn new(text: &'t [u8], undo: Undo) -> Self {
        let (made, map, groups) = (Vec::new(), Map::default(), Vec::new());
        Self { text, undo, most: 0, made, map, groups, open: None, cut: None }
    }

    /// Bytes that are made, or will be for what was touched.
    pub fn used(&self) -> u64 {
        let open = self.open.as_ref().map_or(0, |open| open.last - open.done.min(open.last) + CONTEXT);
        (self.made.len() + open) as u64
    }

    /// Lets it make so many bytes.
    pub fn allow(&mut self, most: u64) -> &mut Self {
        self.most = most;
        self
    }

    /// Bytes that may still be made.
    pub fn room(&self) -> u64 {
        self.most.saturating_sub(self.used())
    }

    /// Sees to it that what stands at `span` is in a group. False: there is no room.
    pub fn touch(&mut self, span: Range<usize>) -> bool {
        // Escapes become shorter, and what is copied does not become longer.
        let len = span.len();
        self.touch_for(span, len)
    }

    /// The same for what becomes `len` bytes.
    pub fn touch_for(&mut self, span: Range<usize>, len: usize) -> bool {
        if self.cut.is_some() {
            return false;
        }
        let needs = (len + 4 * CONTEXT + BETWEEN.len()) as u64;
        if needs > self.room() {
            self.cut = Some(span.start);
            return false;
        }
        if self.open.as_ref().is_some_and(|open| span.start > open.last + 2 * CONTEXT) {
            self.close();
        }
        let start = span.start;
        let open = self.open.get_or_insert_with(|| {
            let from = before(self.text, start);
            if !self.made.is_empty() {
                let last = self.map.source(self.made.len() - 1..self.made.len()).end;
                self.map.push(self.made.len(), last..from, Unit::WHOLE, Steps::COPIED);
                self.made.extend_from_slice(BETWEEN);
            }
            Open { at: self.made.len(), done: from, last: start }
        });
        open.last = open.last.max(span.end);
        true
    }

    /// Puts what was decoded in place of `span`.
    pub fn replace(&mut self, span: Range<usize>, bytes: &[u8], map: &[Segment]) {
        self.take_over(span.start);
        self.map.append(self.made.len(), map);
        self.made.extend_from_slice(bytes);
        self.open.as_mut().expect("the span was touched").done = span.end;
    }

    /// Leaves `span` out.
    pub fn leave_out(&mut self, span: Range<usize>) {
        let seam =
            Segment { at: 0, from: span.start, to: span.end, unit: Unit::WHOLE, steps: Step::Joined.into() };
        self.replace(span, &[], &[seam]);
    }

    /// Takes the text over up to `to`.
    fn take_over(&mut self, to: usize) {
        work::count(to - self.open.as_ref().map_or(to, |open| open.done.min(to)));
        let open = self.open.as_mut().expect("a group is open");
        debug_assert!(open.done <= to, "what is found comes in order");
        let mut from = open.done.min(to);
        open.done = to;
        let mut at = from;
        while let Some(next) = self.undo.next(&self.text[at..to]) {
            at += next;
            match self.undo.at(self.text, at).filter(|unit| at + unit.len <= to) {
                Some(unit) => {
                    self.copy(from..at);
                    let source = at..at + unit.len;
                    let of = u8::try_from(unit.len).ok();
                    let shape = match (unit.byte, of) {
                        (Some(_), Some(of)) => Unit { made: 1, of },
                        _ => Unit::WHOLE,
                    };
                    self.map.push(self.made.len(), source, shape, unit.step.into());
                    self.made.extend(unit.byte);
                    at += unit.len;
                    from = at;
                }
                None => at += 1,
            }
        }
        self.copy(from..to);
    }

    fn copy(&mut self, span: Range<usize>) {
        if !span.is_empty() {
            self.map.push(self.made.len(), span.clone(), Unit::COPY, Steps::COPIED);
            self.made.extend_from_slice(&self.text[span]);
        }
    }

    fn close(&mut self) {
        let Some(open) = &self.open else { return };
        let at = open.at;
        let end = after(self.text, open.last).max(open.done);
        self.take_over(end);
        self.groups.push(at..self.made.len());
        self.open = None;
    }

    /// The view, if there is anything in it.
    pub fn finish(mut self) -> Option<Built> {
        self.close();
        let Self { made, map, groups, .. } = self;
        (!made.is_empty()).then_some(Built { text: made, map, groups })
    }
}

/// Where the context before `at` begins: a few lines, and not amid a character.
fn before(text: &[u8], at: usize) -> usize {
    work::count(CONTEXT);
    let from = at.saturating_sub(CONTEXT);
    let from = memchr::memrchr_iter(b'\n', &text[from..at]).nth(LINES - 1).map_or(from, |end| from + end + 1);
    (from..at).find(|at| text[*at] & 0xc0 != 0x80).unwrap_or(at)
}

/// Where the context behind `at` ends.
fn after(text: &[u8], at: usize) -> usize {
    let to = text.len().min(at + CONTEXT);
    let to = memchr::memchr_iter(b'\n', &text[at..to]).nth(LINES - 1).map_or(to, |end| at + end);
    (at..=to).rev().find(|at| text.get(*at).is_none_or(|byte| byte & 0xc0 != 0x80)).unwrap_or(at)
}
