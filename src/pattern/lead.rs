//! What a match begins with, read off the regex: cheap to look for, before any regex is compiled.
//!
//! A rule is *led* if every match begins with one of its leads, but for at most one byte before it; then
//! the regex is tried at those places and nowhere else. A lead may stand where nothing matches, never the
//! other way round. Shared with the build script, so this file imports nothing of the crate.

use std::{fmt, ops::Deref};

use regex_syntax::hir::{Class, Hir, HirKind, Look};

/// Bytes from a lead's start that are looked at, at most: enough to tell a token from a word, and
/// few, as so many are looked at again before each change in a text.
pub const LONGEST: usize = 16;

/// More than that, and the rule's keywords are looked for instead.
const MOST: usize = 64;

/// Choices of one byte that are spelled out rather than kept as a class.
const SPELLED: usize = 8;

/// Bytes of a literal after which nothing is spelled out any more.
const ENOUGH: usize = 4;

/// A few bytes, held in place: a table of them has no pointer that would be set when the program starts.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Literal {
    /// With zeros behind the end. Comes first, so that they are in the order of their bytes.
    bytes: [u8; LONGEST],
    len: u8,
}

impl Literal {
    /// The first `len` of these bytes; zeros follow.
    pub const fn new(bytes: [u8; LONGEST], len: u8) -> Self {
        Self { bytes, len }
    }

    /// As many of the bytes as fit.
    pub fn of(text: &[u8]) -> Self {
        let mut literal = Self::default();
        text.iter().take(LONGEST).for_each(|&byte| literal.push(byte));
        literal
    }

    /// Whether bytes begin with it, but for bit 5 of each, which is the case of letters.
    #[inline]
    fn may_be(&self, text: &[u8; LONGEST]) -> bool {
        const { assert!(LONGEST == 16) };
        const CASE: u128 = u128::from_ne_bytes([0x20; LONGEST]);
        let beyond = 8 * (LONGEST - usize::from(self.len));
        let differ = (u128::from_le_bytes(self.bytes) ^ u128::from_le_bytes(*text)) & !CASE;
        beyond == 8 * LONGEST || differ << beyond == 0
    }

    fn push(&mut self, byte: u8) {
        self.bytes[usize::from(self.len)] = byte;
        self.len += 1;
    }
}

impl Deref for Literal {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }
}

impl fmt::Debug for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.escape_ascii())
    }
}

/// A literal and the bytes around it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lead {
    /// In its own case, or in lower case if `fold`.
    pub literal: Literal,
    /// Letters count in either case.
    pub fold: bool,
    /// No letter, digit or underscore stands before it.
    pub boundary: bool,
    /// The bytes that may follow the literal, as a bitmap, and how many of them must.
    pub class: [u64; 4],
    pub count: u8,
}

/// A rule's leads.
pub struct Leads {
    pub leads: Vec<Lead>,
    /// How many bytes before a lead a match may begin; or nothing is known of where matches begin.
    pub led: Option<u8>,
}

impl Lead {
    /// The beginning of a word in any case, with anything around it.
    pub fn word(word: &str) -> Self {
        let literal = Literal::of(word.to_ascii_lowercase().as_bytes());
        Self { literal, fold: true, ..Self::default() }
    }

    /// A word in its own case, with neither letter nor digit behind it.
    pub fn hump(word: &str) -> Self {
        let mut class = [0; 4];
        let others = (0..=u8::MAX).filter(|byte| !byte.is_ascii_alphanumeric());
        others.for_each(|byte| class[usize::from(byte >> 6)] |= 1 << (byte & 63));
        Self { literal: Literal::of(word.as_bytes()), class, count: 1, ..Self::default() }
    }

    /// Whether it stands at `start` in `text`.
    pub fn holds(&self, text: &[u8], start: usize) -> bool {
        // Nearly always it does not, and that is told at once.
        if let Some(here) = text.get(start..).and_then(|rest| rest.first_chunk())
            && !self.literal.may_be(here)
        {
            return false;
        }
        let after = start + self.literal.len();
        let Some(here) = text.get(start..after) else { return false };
        let same = if self.fold { here.eq_ignore_ascii_case(&self.literal) } else { here == &*self.literal };
        same && !(self.boundary && start > 0 && is_word(text[start - 1]))
            && text
                .get(after..after + usize::from(self.count))
                .is_some_and(|next| next.iter().all(|&byte| self.allows(byte)))
    }

    /// Whether that byte may follow the literal.
    pub fn allows(&self, byte: u8) -> bool {
        self.class[usize::from(byte >> 6)] >> (byte & 63) & 1 != 0
    }

    /// Bytes from its start that are looked at.
    pub fn extent(&self) -> usize {
        self.literal.len() + usize::from(self.count)
    }

    /// How often it stands in a million places of source text, were letters drawn one by one.
    pub fn commonness(&self) -> f64 {
        let class: u32 = (0..=255).filter(|&byte| self.allows(byte)).map(per_100_000).sum();
        // Letters that follow one another are likelier than letters drawn one by one.
        let known = self.literal.iter().map(|&byte| f64::from(per_100_000(byte)) / 1e5);
        let follow = (f64::from(class.min(100_000)) / 1e5).powi(self.count.min(8).into());
        known.product::<f64>() * follow * if self.boundary { 0.3e6 } else { 1e6 }
    }

    fn contains(&self, word: &Lead) -> bool {
        let len = word.literal.len();
        self.literal.windows(len).any(|here| here.eq_ignore_ascii_case(&word.literal))
    }

    fn is_selective(&self) -> bool {
        let known = self.literal.len();
        known >= 3 || known == 2 && self.boundary && self.count >= 8
    }

    fn add(&mut self, byte: u8, either_case: bool) {
        self.literal.push(byte);
        self.fold |= either_case;
    }
}

/// Leads that stand no more often than this in a million places cost nothing.
const RARE: f64 = 0.01;

/// The leads of a regex every match of which contains one of `keywords`, if there are any.
pub fn leads(hir: &Hir, keywords: &[String]) -> Leads {
    let mut words: Vec<Lead> = keywords.iter().map(|word| Lead::word(word)).collect();
    words.sort();
    words.dedup();
    let parts = sequence(hir);
    // A keyword with what stands around it in the regex is rarer than the bare word.
    let inside = (1..parts.len()).filter_map(|first| of_parts(&parts[first..])).map(|(leads, _)| leads);
    let inside = inside.filter(|leads| leads.iter().all(|lead| words.iter().any(|word| lead.contains(word))));
    let common = |leads: &Vec<Lead>| leads.iter().map(Lead::commonness).sum::<f64>();
    let inside =
        inside.chain([words.clone()]).min_by(|a, b| common(a).total_cmp(&common(b))).expect("the words");
    match of_parts(&parts) {
        // To be led is worth more than to be called a little less often.
        Some((leads, before)) if words.is_empty() || common(&leads) <= (8.0 * common(&inside)).max(RARE) => {
            Leads { leads, led: Some(before) }
        }
        _ => Leads { leads: inside, led: None },
    }
}

/// What every match of these parts begins with, but for so many bytes.
fn of_parts(parts: &[&Hir]) -> Option<(Vec<Lead>, u8)> {
    let mut parts = parts.iter().peekable();
    let (mut before, mut boundary) = (0, false);
    while let Some(width) = parts.peek().and_then(|part| width_before(part)) {
        let look = matches!(parts.next().map(|part| part.kind()), Some(HirKind::Look(Look::WordAscii)));
        boundary = look || boundary && width == 0;
        before += width;
    }
    let mut open = vec![Growing { lead: Lead { boundary, ..Lead::default() }, closed: false }];
    for part in parts {
        open = grow(open, part)?;
    }
    let mut leads: Vec<Lead> = open.into_iter().map(|growing| growing.finished()).collect();
    leads.sort();
    leads.dedup();
    let good = before <= 1 && leads.iter().all(Lead::is_selective);
    good.then_some((leads, before))
}

#[derive(Clone)]
struct Growing {
    lead: Lead,
    /// Nothing more is known of what follows.
    closed: bool,
}

impl Growing {
    fn finished(self) -> Lead {
        let mut lead = self.lead;
        if lead.fold {
            lead.literal.bytes.make_ascii_lowercase();
        }
        // A word boundary says what stands before only where the literal begins with a letter.
        lead.boundary &= lead.literal.first().is_some_and(|&byte| is_word(byte));
        lead
    }

    fn close(&mut self) {
        self.closed = true;
    }

    fn follow(&mut self, class: &[u8], count: u32) {
        for &byte in class {
            self.lead.class[usize::from(byte >> 6)] |= 1 << (byte & 63);
        }
        let most = (LONGEST - self.lead.literal.len()) as u32;
        self.lead.count = (u32::from(self.lead.count) + count).min(most) as u8;
        self.closed |= u32::from(self.lead.count) == most;
    }

    fn full(&self) -> bool {
        self.lead.literal.len() + 4 >= LONGEST
    }
}

/// Adds to each open lead what `hir` lets follow it; nothing if they become too many.
fn grow(mut open: Vec<Growing>, hir: &Hir) -> Option<Vec<Growing>> {
    if open.len() > MOST {
        return None;
    }
    let all = open.iter().all(|growing| growing.closed);
    match hir.kind() {
        _ if all => {}
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => {
            for growing in open.iter_mut().filter(|growing| !growing.closed) {
                for &byte in &literal.0 {
                    if growing.closed {
                        break;
                    } else if growing.lead.count > 0 {
                        growing.follow(&[byte], 1);
                    } else if growing.full() {
                        growing.close();
                        break;
                    } else {
                        growing.lead.add(byte, false);
                    }
                }
            }
        }
        HirKind::Class(class) => open = one_of(open, &bytes(class)?),
        HirKind::Repetition(repeated) => {
            let class = match repeated.sub.kind() {
                HirKind::Class(class) => Some(bytes(class)?),
                _ => None,
            };
            match (class, repeated.min, repeated.max) {
                (_, 0, Some(1)) => {
                    open.iter_mut().filter(|growing| growing.lead.count > 0).for_each(Growing::close);
                    let (with, done): (Vec<_>, Vec<_>) =
                        open.into_iter().partition(|growing| !growing.closed);
                    open = done;
                    open.extend(with.iter().cloned());
                    open.extend(grow(with, &repeated.sub)?);
                }
                (_, 0, _) => open.iter_mut().for_each(Growing::close),
                (Some(class), min, max) if class.len() > SPELLED || max != Some(min) || min > 4 => {
                    for growing in open.iter_mut().filter(|growing| !growing.closed) {
                        growing.follow(&class, min);
                        growing.closed |= max != Some(min);
                    }
                }
                (_, min, max) => {
                    for _ in 0..min.min(4) {
                        open = grow(open, &repeated.sub)?;
                    }
                    if max != Some(min) || min > 4 {
                        open.iter_mut().for_each(Growing::close);
                    }
                }
            }
        }
        HirKind::Capture(capture) => open = grow(open, &capture.sub)?,
        HirKind::Concat(subs) => {
            for sub in subs {
                open = grow(open, sub)?;
            }
        }
        HirKind::Alternation(subs) => {
            // What follows differs: no more is known of it.
            open.iter_mut().filter(|growing| growing.lead.count > 0).for_each(Growing::close);
            let (with, done): (Vec<_>, Vec<_>) = open.into_iter().partition(|growing| !growing.closed);
            open = done;
            for sub in subs {
                open.extend(grow(with.clone(), sub)?);
            }
        }
    }
    (open.len() <= MOST).then_some(open)
}

/// One byte of a class follows each open lead.
fn one_of(open: Vec<Growing>, class: &[u8]) -> Vec<Growing> {
    let either_case = matches!(class, [upper, lower] if upper.is_ascii_uppercase() && lower ^ upper == 0x20);
    let mut out = Vec::with_capacity(open.len());
    for mut growing in open {
        let spelled = class.len() <= SPELLED && growing.lead.literal.len() < ENOUGH;
        if growing.closed {
            out.push(growing);
        } else if growing.lead.count > 0 || !spelled && !either_case {
            growing.follow(class, 1);
            out.push(growing);
        } else if growing.full() {
            growing.close();
            out.push(growing);
        } else if either_case {
            growing.lead.add(class[1], true);
            out.push(growing);
        } else {
            for &byte in class {
                let mut next = growing.clone();
                next.lead.add(byte, false);
                out.push(next);
            }
        }
    }
    out
}

fn bytes(class: &Class) -> Option<Vec<u8>> {
    let class = match class {
        Class::Bytes(class) => class,
        // A choice of single ASCII letters comes as one of these.
        Class::Unicode(class) => &class.to_byte_class()?,
    };
    Some(class.ranges().iter().flat_map(|range| range.start()..=range.end()).collect())
}

/// How many bytes a look-around, one byte, or a choice of these takes.
fn width_before(hir: &Hir) -> Option<u8> {
    match hir.kind() {
        HirKind::Look(_) => Some(0),
        HirKind::Class(class) => (bytes(class)?.len() > SPELLED).then_some(1),
        HirKind::Alternation(subs) => {
            subs.iter().map(width_before).try_fold(0, |widest, width| Some(widest.max(width?)))
        }
        HirKind::Repetition(repeated) if (repeated.min, repeated.max) == (0, Some(1)) => {
            width_before(&repeated.sub)
        }
        HirKind::Capture(capture) => width_before(&capture.sub),
        _ => None,
    }
}

/// What must match one after the other, groups opened.
fn sequence(hir: &Hir) -> Vec<&Hir> {
    match hir.kind() {
        HirKind::Concat(subs) => subs.iter().flat_map(sequence).collect(),
        HirKind::Capture(capture) => sequence(&capture.sub),
        _ => vec![hir],
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// How often a byte stands in 100,000 bytes of source text, letters in either case together.
pub fn per_100_000(byte: u8) -> u32 {
    /// From 40 MB of C, Ruby and prose: `0x20..0x40`, then `0x60..0x80`.
    const COUNTS: [u16; 64] = [
        18627, 88, 1068, 229, 144, 59, 161, 165, 861, 1912, 3561, 109, 1004, 978, 921, 369, 319, 273, 159,
        86, 88, 70, 72, 45, 50, 44, 614, 531, 114, 605, 289, 58, 215, 4399, 997, 2820, 2709, 7941, 1629,
        1212, 1608, 4302, 151, 524, 2883, 1698, 4185, 4083, 1775, 198, 4514, 4530, 6025, 1912, 637, 586, 431,
        767, 162, 532, 221, 531, 46, 2102,
    ];
    match byte | 0x20 {
        folded @ 0x20..0x40 => COUNTS[usize::from(folded - 0x20)].into(),
        folded @ 0x60..0x80 => COUNTS[usize::from(folded - 0x40)].into(),
        _ => 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(regex: &str, keywords: &[&str]) -> Leads {
        let parser = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build().parse(regex);
        let keywords: Vec<String> = keywords.iter().map(|word| (*word).to_owned()).collect();
        leads(&parser.expect("a regex"), &keywords)
    }

    fn literals(leads: &Leads) -> Vec<String> {
        leads.leads.iter().map(|lead| String::from_utf8_lossy(&lead.literal).into_owned()).collect()
    }

    #[test]
    fn a_prefix_leads_with_what_must_follow() {
        let leads = of(r"\b(?<secret>tok_[a-z]{30})\b", &["tok_"]);
        assert_eq!(leads.led, Some(0));
        let [lead] = &leads.leads[..] else { panic!("one lead") };
        assert!(lead.boundary && !lead.fold && lead.count == 12 && &*lead.literal == b"tok_");
        assert!(lead.holds(b" tok_abcdefghijkl", 1) && !lead.holds(b"xtok_abcdefghijkl", 1));
        assert!(!lead.holds(b" tok_abcdefghijk.", 1) && !lead.holds(b" tok_abc", 1));
    }

    #[test]
    fn a_rare_beginning_leads_though_its_keyword_is_rarer() {
        let leads = of("(?<secret>-----BEGIN SECRET KEY-----[a-z]{9})", &["BEGIN SECRET KEY"]);
        assert_eq!((leads.led, &*literals(&leads)), (Some(0), &["-----BEGIN S".to_owned()][..]));
    }

    #[test]
    fn choices_are_spelled_out() {
        let leads = of(r"(?:^|[^a-z])(?<secret>g[hi](?:p|oo)_[0-9]{8})", &["_"]);
        assert_eq!(literals(&leads), ["ghoo_", "ghp_", "gioo_", "gip_"]);
        assert_eq!(leads.led, Some(1));
        assert_eq!(literals(&of(r"ab(?:x|y)_(?<secret>[0-9]{9})", &["_"])), ["abx_", "aby_"]);
        assert_eq!(literals(&of(r"rediss?://(?<secret>x)", &["redis"])), ["redis://x", "rediss://x"]);
    }

    #[test]
    fn letters_of_either_case_fold() {
        let leads = of(r"(?i:secret)[ =]{1,3}(?<secret>[0-9]{9})", &["secret"]);
        assert!(leads.leads[0].fold && leads.leads[0].count == 1 && leads.led == Some(0));
        assert!(leads.leads[0].holds(b"SECRet=1", 0) && !leads.leads[0].holds(b"secret(", 0));
    }

    #[test]
    fn where_no_beginning_is_known_the_keywords_are_looked_for() {
        let leads = of(r"[a-z]{1,9}(?:://.{1,9}|=)(?<secret>[0-9]{9})", &["://", "12="]);
        assert!(leads.led.is_none() && leads.leads == [Lead::word("12="), Lead::word("://")]);
        // A rare word inside is better than a common one at the beginning, and in its own case.
        let leads = of(r"(?:key|set).{1,9}Quixotry(?<secret>[0-9]{9})", &["quixotry"]);
        assert_eq!((literals(&leads), leads.led), (vec!["Quixotry".to_owned()], None));
    }
}
