//! Where the bytes of a decoded text came from, and how.

use std::ops::Range;

/// A step of decoding. Its name is what people call the encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Step {
    Percent = 1,
    Backslash,
    Html,
    Joined,
    QuotedPrintable,
    Base64,
    Hex,
    Gzip,
    Zlib,
    Utf16,
}

const NAMES: [&str; 11] = [
    "",
    "percent",
    "backslash",
    "html",
    "joined",
    "quoted-printable",
    "base64",
    "hex",
    "gzip",
    "zlib",
    "utf-16",
];

/// What was done one after the other, outermost first: a step is four bits. None: it was copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Steps(u16);

impl Steps {
    pub const COPIED: Self = Self(0);

    pub fn then(self, step: Step) -> Self {
        let mut shift = 0;
        while self.0 >> shift != 0 {
            shift += 4;
        }
        debug_assert!(shift < 16);
        Self(self.0 | u16::from(step as u8) << shift)
    }

    /// Whether a whole run was decoded at once, rather than one character.
    fn begin_with_run(self) -> bool {
        self.0 & 15 == Step::Base64 as u16 || self.0 & 15 == Step::Hex as u16
    }

    pub fn names(self) -> impl Iterator<Item = &'static str> {
        (0..4)
            .map(move |nth| usize::from(self.0 >> (4 * nth) & 15))
            .take_while(|step| *step != 0)
            .map(|step| NAMES[step])
    }
}

impl From<Step> for Steps {
    fn from(step: Step) -> Self {
        Self::default().then(step)
    }
}

/// Source bytes per decoded bytes, in the smallest units that decode by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit {
    pub made: u8,
    pub of: u8,
}

impl Unit {
    pub const COPY: Self = Self { made: 1, of: 1 };
    /// Cannot be divided.
    pub const WHOLE: Self = Self { made: 0, of: 0 };
}

/// Some bytes of a decoded text that came from one stretch of its source, unit by unit.
#[derive(Clone, Debug)]
pub struct Segment {
    /// Where it begins in the decoded text. It ends where the next one begins.
    pub at: usize,
    pub from: usize,
    pub to: usize,
    pub unit: Unit,
    pub steps: Steps,
}

/// Segments in the order of both texts.
#[derive(Clone, Debug, Default)]
pub struct Map(Vec<Segment>);

impl Map {
    /// Adds what begins at `at` and came from `from`. Units alike are held as one segment.
    pub fn push(&mut self, at: usize, from: Range<usize>, unit: Unit, steps: Steps) {
        if let Some(last) = self.0.last_mut()
            && last.steps == steps
            && last.unit == unit
            && unit != Unit::WHOLE
            && last.to == from.start
            && (last.to - last.from) % usize::from(unit.of) == 0
            && (at - last.at) * usize::from(unit.of) == (last.to - last.from) * usize::from(unit.made)
        {
            last.to = from.end;
            return;
        }
        self.0.push(Segment { at, from: from.start, to: from.end, unit, steps });
    }

    /// The segments of another map that begins at `at` and at `from`.
    pub fn append(&mut self, at: usize, more: &[Segment]) {
        for segment in more {
            self.push(at + segment.at, segment.from..segment.to, segment.unit, segment.steps);
        }
    }

    pub fn into_segments(self) -> Vec<Segment> {
        self.0
    }

    /// The segment of the byte at `at`.
    fn holding(&self, at: usize) -> usize {
        self.0.partition_point(|segment| segment.at <= at).saturating_sub(1)
    }

    /// The smallest stretch of the source that makes `span`.
    pub fn source(&self, span: Range<usize>) -> Range<usize> {
        let Some(first) = self.0.get(self.holding(span.start)) else { return 0..0 };
        let start = first.unit_at(span.start).start;
        if span.is_empty() {
            return start..start;
        }
        let last = &self.0[self.holding(span.end - 1)];
        start..last.unit_at(span.end - 1).end
    }

    fn touched(&self, span: Range<usize>) -> &[Segment] {
        match span.is_empty() || self.0.is_empty() {
            true => &[],
            false => &self.0[self.holding(span.start)..=self.holding(span.end - 1)],
        }
    }

    /// How the segments that `span` touches were decoded, without those that were copied. What was left
    /// out, such as the seam between two literals, is touched if `span` goes over it.
    pub fn steps(&self, span: Range<usize>) -> impl Iterator<Item = Steps> {
        self.touched(span).iter().map(|segment| segment.steps).filter(|steps| *steps != Steps::COPIED)
    }

    /// Whether `span` goes over an end of what a run of characters was decoded to.
    pub fn mixes(&self, span: Range<usize>) -> bool {
        let mut runs = self.touched(span).iter().map(|segment| segment.steps.begin_with_run());
        let first = runs.next();
        runs.any(|run| Some(run) != first)
    }

    /// Whether anything of `span` was decoded.
    pub fn decoded(&self, span: Range<usize>) -> bool {
        self.steps(span).next().is_some()
    }
}

impl Segment {
    /// The source of the unit that the byte at `at` belongs to.
    fn unit_at(&self, at: usize) -> Range<usize> {
        if self.unit == Unit::WHOLE {
            return self.from..self.to;
        }
        let of = usize::from(self.unit.of);
        let from = self.from + (at - self.at) / usize::from(self.unit.made) * of;
        from.min(self.to)..(from + of).min(self.to)
    }
}
