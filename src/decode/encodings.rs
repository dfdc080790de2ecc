//! Where a text encodes something: found once, and carried over to a text that is made of pieces of it.
//!
//! Why what is carried over is what a look at the whole text finds. No stretch, no seam and no wrapped block goes over
//! a border, and nothing else is remembered by `find`, nor does it look over a line's end. So what it tells between two
//! borders is decided by the bytes between them and by those that make them borders. Where all of these were copied,
//! they say the same as in the text that they come from. All else is looked at anew, from border to border.

use std::ops::Range;

use super::{
    build::CONTEXT,
    chars::{CODED, is_blank, is_quote, skip_blanks},
    find::{Sink, find},
    joins::{SEAM, seam},
    runs::{Coded, INDENT, SHORT},
};

/// Bytes that are looked at rather than left out.
const NEAR: usize = 64;

/// Bytes before a literal's end that are looked at in search of `\n`.
const BEFORE: usize = 12;

/// Bytes from what is encoded that its view takes over.
const REACH: usize = CONTEXT + 1;

/// Bytes that a carried run may decode to in search of its end.
const LONG: u64 = 16 << 10;

/// All that is encoded in a text, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Encodings(Vec<Encoding>);

#[derive(Clone, Copy, Debug, PartialEq)]
struct Encoding {
    from: usize,
    to: usize,
    what: What,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum What {
    Escapes,
    Quoted,
    Seam,
    Run(Coded),
}

/// A stretch of a text that was copied, and where it stands in the text it comes from.
#[derive(Clone, Debug)]
pub struct Copied {
    pub to: Range<usize>,
    pub from: usize,
}

impl Encodings {
    /// Finds all in `text`, handing on the runs as they are met, and the rest at the end. `find` tells seams early.
    pub fn find(text: &[u8], sink: &mut impl Sink) -> Self {
        let mut recorder = Recorder { runs: |coded| sink.run(coded), found: Vec::new() };
        find(text, 0..text.len(), &mut recorder);
        let found = Self(sorted(recorder.found));
        found.0.iter().filter(|one| !matches!(one.what, What::Run(_))).for_each(|one| one.tell(sink));
        found
    }

    #[cfg(test)]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Hands on all.
    pub fn tell(&self, sink: &mut impl Sink) {
        self.0.iter().for_each(|one| one.tell(sink));
    }

    /// Those of `text`, of which `copied` stretches, in order, come from the text that these are of. None: it takes a
    /// look at the whole text to know them.
    pub fn carried(&self, text: &[u8], copied: &[Copied]) -> Option<Self> {
        let mut all = Vec::with_capacity(self.0.len() + 4);
        let mut cut = false;
        // All before is known.
        let mut done = Border::default();
        let mut edges = edges(text, copied).enumerate().peekable();
        while let Some((nth, edge)) = edges.next() {
            let mut from = done.at;
            if let Some(last) = nth.checked_sub(1)
                && done.to <= edge.start
            {
                from = border_before(text, done.at, edge.start);
                self.move_over(&copied[last], done.at..from, &mut all);
            }
            let mut end = border_behind(text, edge.end);
            // What is near is looked at in one go.
            while let Some((_, next)) = edges.next_if(|(_, next)| next.start < end.at + NEAR) {
                end = if next.end > end.from { border_behind(text, next.end) } else { end };
            }
            let to = end.at;
            if from < to {
                let runs = |coded: Coded| {
                    let decoded = coded.decode(text, LONG, &mut 0)?;
                    cut |= decoded.cut;
                    Some(decoded.end)
                };
                let mut recorder = Recorder { runs, found: Vec::new() };
                find(text, from..to, &mut recorder);
                all.extend(sorted(recorder.found));
                done = end;
            }
        }
        (!cut).then_some(Self(all))
    }

    /// Adds those that stand within `span`, which is a part of what was copied.
    fn move_over(&self, copied: &Copied, span: Range<usize>, all: &mut Vec<Encoding>) {
        let there = |at: usize| at - copied.to.start + copied.from;
        let first = self.0.partition_point(|one| one.from < there(span.start));
        let within = self.0[first..].iter().take_while(|one| one.from < there(span.end));
        all.extend(within.map(|one| one.moved(|at| at - copied.from + copied.to.start)));
    }

    /// Whether a view takes over, or has decoded, anything that was not copied, or stands where copied stretches meet.
    pub fn touch_new(&self, text: &[u8], copied: &[Copied]) -> bool {
        let edges: Vec<_> = if self.0.is_empty() { return false } else { edges(text, copied).collect() };
        self.0.iter().any(|one| {
            let next = edges.partition_point(|edge| edge.end + REACH < one.from);
            edges.get(next).is_some_and(|edge| edge.start <= one.to + REACH)
        })
    }
}

/// Whether anything in a text may be encoded.
pub fn encodes(text: &[u8]) -> bool {
    let mut recorder = Recorder { runs: |coded: Coded| Some(coded.end), found: Vec::new() };
    find(text, 0..text.len(), &mut recorder);
    !recorder.found.is_empty()
}

/// What was not copied, in order: before, between and behind what was, though it be empty.
fn edges(text: &[u8], copied: &[Copied]) -> impl Iterator<Item = Range<usize>> {
    let starts = std::iter::once(0).chain(copied.iter().map(|copied| copied.to.end));
    let ends = copied.iter().map(|copied| copied.to.start).chain([text.len()]);
    starts.zip(ends).map(|(start, end)| start..end)
}

impl Encoding {
    fn tell(&self, sink: &mut impl Sink) {
        let span = self.from..self.to;
        match self.what {
            What::Escapes => sink.escapes(span),
            What::Quoted => sink.quoted(span),
            What::Seam => sink.seam(span),
            What::Run(coded) => _ = sink.run(coded),
        }
    }

    fn moved(&self, place: impl Fn(usize) -> usize) -> Self {
        let what = match self.what {
            What::Run(coded) => What::Run(coded.moved(&place)),
            what => what,
        };
        Self { from: place(self.from), to: place(self.to), what }
    }
}

/// Keeps what is found.
struct Recorder<R> {
    runs: R,
    found: Vec<Encoding>,
}

impl<R> Recorder<R> {
    fn keep(&mut self, span: Range<usize>, what: What) {
        self.found.push(Encoding { from: span.start, to: span.end, what });
    }
}

impl<R: FnMut(Coded) -> Option<usize>> Sink for Recorder<R> {
    fn escapes(&mut self, span: Range<usize>) {
        self.keep(span, What::Escapes);
    }

    fn quoted(&mut self, span: Range<usize>) {
        self.keep(span, What::Quoted);
    }

    fn seam(&mut self, span: Range<usize>) {
        self.keep(span, What::Seam);
    }

    fn run(&mut self, coded: Coded) -> Option<usize> {
        let end = (self.runs)(coded)?;
        self.keep(coded.from..end, What::Run(coded));
        Some(end)
    }
}

/// No two begin at one place.
fn sorted(mut found: Vec<Encoding>) -> Vec<Encoding> {
    found.sort_unstable_by_key(|one| one.from);
    found
}

/// A line's beginning that nothing encoded goes over, as all bytes within `from..to` say together.
#[derive(Clone, Copy, Default)]
struct Border {
    at: usize,
    from: usize,
    to: usize,
}

/// The last border that the bytes from `floor`, which is one, to `to` make.
fn border_before(text: &[u8], floor: usize, to: usize) -> usize {
    let ends = memchr::memrchr_iter(b'\n', &text[floor..to]);
    let mut borders = ends.filter_map(|end| border(text, floor + end + 1));
    borders.find(|border| border.to <= to).map_or(floor, |border| border.at)
}

/// The first border that the bytes from `from` on make.
fn border_behind(text: &[u8], from: usize) -> Border {
    let ends = memchr::memchr_iter(b'\n', &text[from..]);
    let mut borders = ends.filter_map(|end| border(text, from + end + 1));
    let end = Border { at: text.len(), from: text.len(), to: text.len() };
    borders.find(|border| border.from >= from).unwrap_or(end)
}

/// Whether nothing encoded goes over the line end before `at`.
fn border(text: &[u8], at: usize) -> Option<Border> {
    let line = text[..at - 1].strip_suffix(b"\r").unwrap_or(&text[..at - 1]);
    let mut to = at;
    let last = *line.last().unwrap_or(&b'\n');
    if matches!(last, b'=' | b'\\') {
        return None;
    }
    let run = line.iter().rev().take(SHORT).take_while(|byte| CODED.has(**byte)).count();
    if run == SHORT {
        let next = skip_blanks(text, at, INDENT);
        if CODED.at(text, next) {
            return None;
        }
        to = next + 1;
    }
    // Between a literal's end and the line's stands nothing but an operator.
    let tail = line.iter().rev().take(SEAM).take_while(|byte| may_join(**byte)).count();
    for quote in (line.len() - tail..line.len()).filter(|at| is_quote(text[*at])) {
        if seam(text, quote).is_some_and(|seam| seam.end > at) {
            return None;
        }
        to = at + SEAM;
    }
    let from = line.len().saturating_sub(run.max(tail) + BEFORE);
    Some(Border { at, from, to })
}

/// Whether a byte may stand between a literal's end and the line's, or is its quote.
fn may_join(byte: u8) -> bool {
    let operator = matches!(byte, b'+' | b'.' | b'<' | b'>' | b'|' | b'&' | b'~' | b',' | b'_' | b'\\');
    operator || is_blank(byte) || is_quote(byte)
}
