//! Decoded views of a text, level by level. Promises that all that was left out for a limit is told.

use std::ops::Range;

use super::{
    build::{Builder, Built, CONTEXT, Undo},
    encodings::Encodings,
    find::Sink,
    map::{Map, Step, Steps},
    runs::Coded,
    text::stretches,
};

/// A text in which one kind of encoding is undone, with a little of what stands around it.
pub struct View<'p> {
    all: &'p [Made],
    at: usize,
}

/// What was made of the root, or of another such text.
struct Made {
    text: Vec<u8>,
    map: Map,
    groups: Vec<Range<usize>>,
    /// By its number; None is the root.
    parent: Option<usize>,
    level: u32,
}

impl View<'_> {
    fn made(&self) -> &Made {
        &self.all[self.at]
    }

    /// The text to scan.
    pub fn text(&self) -> &[u8] {
        &self.made().text
    }

    /// Encodings within each other that led to it.
    #[cfg(test)]
    pub(super) fn level(&self) -> u32 {
        self.made().level
    }

    #[cfg(test)]
    pub(super) fn groups(&self) -> &[Range<usize>] {
        &self.made().groups
    }

    /// The smallest stretch of the root that makes `span`.
    pub fn source(&self, span: Range<usize>) -> Range<usize> {
        let mut span = span;
        let mut made = Some(self.made());
        while let Some(this) = made {
            span = this.map.source(span);
            made = this.parent.map(|parent| &self.all[parent]);
        }
        span
    }

    /// How `span` was decoded, outermost first. None if nothing of it was decoded at this level, or it goes over the
    /// seam between two groups.
    pub fn chain(&self, span: Range<usize>) -> Option<Vec<String>> {
        if !self.within_group(span.clone()) || !self.made().map.decoded(span.clone()) {
            return None;
        }
        let mut levels = Vec::new();
        let mut span = span;
        let mut made = Some(self.made());
        while let Some(this) = made {
            levels.push(named(this.map.steps(span.clone())));
            span = this.map.source(span);
            made = this.parent.map(|parent| &self.all[parent]);
        }
        Some(levels.into_iter().rev().flatten().collect())
    }

    /// Whether a part of `span` is what a run was decoded to and the rest is not: then chance put them side by side.
    pub fn mixes(&self, span: Range<usize>) -> bool {
        self.made().map.mixes(span)
    }

    /// Whether `whole` stands within one group.
    pub(super) fn within_group(&self, whole: Range<usize>) -> bool {
        let groups = &self.made().groups;
        let next = groups.partition_point(|group| group.end < whole.end);
        groups.get(next).is_some_and(|group| group.start <= whole.start)
    }
}

/// Names of steps, those at one level joined.
fn named(steps: impl Iterator<Item = Steps>) -> Vec<String> {
    let mut steps: Vec<Steps> = steps.collect();
    steps.sort_unstable();
    steps.dedup();
    let mut out: Vec<Vec<&str>> = Vec::new();
    for one in steps {
        for (nth, name) in one.names().enumerate() {
            if out.len() == nth {
                out.push(Vec::new());
            }
            if !out[nth].contains(&name) {
                out[nth].push(name);
            }
        }
    }
    out.into_iter().map(|names| names.join("+")).collect()
}

/// What decoding may cost.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Encodings within each other.
    pub depth: u32,
    /// Bytes that are made of one text, over all levels.
    pub bytes: u64,
}

impl Limits {
    /// Those for a text of `len` bytes.
    pub fn of(len: usize) -> Self {
        Self { depth: 4, bytes: 4 * len as u64 + (1 << 20) }
    }
}

/// What was made, and what a limit kept from being decoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    pub bytes: u64,
    /// Which limit, in words.
    pub cut: Option<&'static str>,
    /// Where in the root the first thing stands that was left as it is.
    pub at: Option<usize>,
}

pub const DEPTH: &str = "encodings within each other";
pub const BYTES: &str = "decoded bytes";

impl Spent {
    fn cut(&mut self, why: &'static str, at: usize) {
        if self.cut.is_none() {
            (self.cut, self.at) = (Some(why), Some(at));
        }
    }
}

/// Calls `each` for every view of `text`: outer levels first, at one level by the order of their parents, and of one
/// parent escapes, quoted-printable, runs, UTF-16.
pub fn views(text: &[u8], limits: &Limits, each: &mut dyn FnMut(&View)) -> Spent {
    views_of(text, &mut None, limits, each)
}

/// The same for a text whose encodings are known. If they are not, they will be, unless there was no room for some.
pub fn views_of(
    text: &[u8],
    known: &mut Option<Encodings>,
    limits: &Limits,
    each: &mut dyn FnMut(&View),
) -> Spent {
    let mut spent = Spent::default();
    let mut all: Vec<Made> = Vec::new();
    grow(text, None, known, limits, &mut all, &mut spent);
    let mut at = 0;
    while at < all.len() {
        each(&View { all: &all, at });
        let text = std::mem::take(&mut all[at].text);
        grow(&text, Some(at), &mut None, limits, &mut all, &mut spent);
        at += 1;
    }
    spent
}

/// Adds what can be made of one text.
fn grow(
    text: &[u8],
    parent: Option<usize>,
    known: &mut Option<Encodings>,
    limits: &Limits,
    all: &mut Vec<Made>,
    spent: &mut Spent,
) {
    let level = parent.map_or(0, |parent| all[parent].level);
    let fresh = parent.map(|parent| &all[parent].map);
    // Beyond the last level it is only told that there is something.
    let last = level >= limits.depth;
    let left = if last { 0 } else { limits.bytes.saturating_sub(spent.bytes) };
    let mut views = Views {
        text,
        fresh,
        left,
        escapes: Builder::new(text, Undo::Escapes),
        quoted: Builder::new(text, Undo::Quoted),
        runs: Builder::new(text, Undo::Nothing),
    };
    match known {
        Some(known) => known.tell(&mut views),
        None => {
            let found = Encodings::find(text, &mut views);
            *known = Some(found).filter(|_| !views.cut());
        }
    }
    let mut wide = Builder::new(text, Undo::Nothing);
    if let Some(fresh) = fresh {
        let used = views.escapes.used() + views.quoted.used() + views.runs.used();
        utf16(text, fresh, wide.allow(views.left.saturating_sub(used)));
    }
    let Views { left: still, escapes, quoted, runs, .. } = views;
    // What was made in vain counts, too.
    spent.bytes += left - still;
    let mut made = Vec::new();
    for builder in [escapes, quoted, runs, wide] {
        let cut = builder.cut;
        if let Some(built) = builder.finish() {
            spent.bytes += built.text.len() as u64;
            made.push(built);
        }
        if let Some(at) = cut {
            let at = parent.map_or(at, |parent| View { all, at: parent }.source(at..at).start);
            spent.cut(if last { DEPTH } else { BYTES }, at);
        }
    }
    all.extend(made.into_iter().map(|Built { text, map, groups }| Made {
        text,
        map,
        groups,
        parent,
        level: level + 1,
    }));
}

/// Room for the context of what is decoded.
const ROOM: u64 = 3 * CONTEXT as u64;

/// Builds the views of one text in one pass.
struct Views<'t> {
    text: &'t [u8],
    /// Of what was decoded before, only what it made is looked at.
    fresh: Option<&'t Map>,
    /// Bytes that all of them may make.
    left: u64,
    escapes: Builder<'t>,
    quoted: Builder<'t>,
    runs: Builder<'t>,
}

impl Views<'_> {
    /// Whether something was left as it is.
    fn cut(&self) -> bool {
        [&self.escapes, &self.quoted, &self.runs].iter().any(|builder| builder.cut.is_some())
    }

    fn is_fresh(&self, span: &Range<usize>) -> bool {
        self.fresh.is_none_or(|map| map.decoded(span.clone()))
    }
}

impl Sink for Views<'_> {
    fn escapes(&mut self, span: Range<usize>) {
        if self.is_fresh(&span) {
            let most = self.left.saturating_sub(self.quoted.used() + self.runs.used());
            self.escapes.allow(most).touch(span);
        }
    }

    fn quoted(&mut self, span: Range<usize>) {
        if self.is_fresh(&span) {
            let most = self.left.saturating_sub(self.escapes.used() + self.runs.used());
            self.quoted.allow(most).touch(span);
        }
    }

    fn seam(&mut self, span: Range<usize>) {
        // A token at either side may be what is new.
        let around = span.start.saturating_sub(1)..(span.end + 1).min(self.text.len());
        let most = self.left.saturating_sub(self.quoted.used() + self.runs.used());
        if self.is_fresh(&around) && self.escapes.allow(most).touch(span.clone()) {
            self.escapes.leave_out(span);
        }
    }

    fn run(&mut self, coded: Coded) -> Option<usize> {
        // What begins behind a fresh line end is new as well.
        let around = coded.from.saturating_sub(1)..(coded.end + 2).min(self.text.len());
        if !self.is_fresh(&around) || self.runs.cut.is_some() {
            return Some(coded.end);
        }
        let most = self.left.saturating_sub(self.escapes.used() + self.quoted.used());
        let room = self.runs.allow(most).room().saturating_sub(2 * ROOM);
        if room == 0 {
            self.runs.cut = Some(coded.from);
            return Some(coded.end);
        }
        let mut vain = 0;
        let decoded = coded.decode(self.text, room, &mut vain);
        self.left = self.left.saturating_sub(vain);
        let decoded = decoded?;
        if self.runs.touch_for(coded.from..decoded.end, decoded.bytes.len()) {
            self.runs.replace(coded.from..decoded.end, &decoded.bytes, &decoded.map);
        }
        if decoded.cut {
            self.runs.cut = Some(coded.from);
        }
        Some(decoded.end)
    }
}

/// What was decoded to UTF-16.
fn utf16(text: &[u8], fresh: &Map, builder: &mut Builder) {
    for stretch in stretches(text) {
        if fresh.decoded(stretch.from..stretch.to) && builder.touch(stretch.from..stretch.to) {
            let (mut bytes, mut map) = (Vec::new(), Map::default());
            stretch.convert(text, &mut bytes, &mut |at, from, unit| {
                map.push(at, from, unit, Step::Utf16.into())
            });
            builder.replace(stretch.from..stretch.to, &bytes, &map.into_segments());
        }
    }
}
