//! The built-in pack: `patterns/*.toml`, made into tables by the build script.
//!
//! The tables hold numbers, and all texts stand in one: so nothing of them is touched, and no pointer set, when the
//! program starts. A rule is unpacked when it is first asked for.

use std::{borrow::Cow, ops::Range, sync::OnceLock};

use super::{Find, Lead, Outline, Pair, Rule, Word, lead::Literal};
use crate::model::{Confidence, Severity};

/// Where a text stands among all texts.
#[derive(Clone, Copy)]
struct Text {
    at: u32,
    len: u32,
}

/// Where texts, or numbers of leads, stand in their table.
#[derive(Clone, Copy)]
struct List {
    at: u32,
    len: u32,
}

enum How {
    Regex,
    Word { words: List, name: List, shortest: u32, longest: u32, anchor: bool },
    Assignment,
}

struct PairEntry {
    with: List,
    within: u64,
    needed: bool,
}

struct Entry {
    how: How,
    id: Text,
    provider: Text,
    description: Text,
    severity: Severity,
    confidence: Confidence,
    keywords: List,
    leads: List,
    led: Option<u8>,
    regex: Text,
    reach: u32,
    entropy: f32,
    check: Option<Text>,
    person: bool,
    revoke: Text,
    warn: bool,
    paths: List,
    pair: Option<PairEntry>,
}

/// A pattern file as written.
struct Source {
    name: Text,
    text: Text,
}

include!(concat!(env!("OUT_DIR"), "/tables.rs"));

/// All texts, one behind the other.
static TEXTS: &str = include_str!(concat!(env!("OUT_DIR"), "/texts.txt"));

/// How many rules there are, numbered by file and then in the file's order.
pub fn count() -> usize {
    ENTRIES.len()
}

/// One of them.
pub fn rule(number: usize) -> &'static Rule {
    static UNPACKED: OnceLock<Box<[OnceLock<Box<Rule>>]>> = OnceLock::new();
    let unpacked = UNPACKED.get_or_init(|| (0..count()).map(|_| OnceLock::new()).collect());
    unpacked[number].get_or_init(|| Box::new(ENTRIES[number].rule()))
}

/// All of them, unpacked.
pub fn rules() -> impl ExactSizeIterator<Item = &'static Rule> {
    (0..count()).map(rule)
}

/// What is known of a rule without unpacking it.
pub fn outline(number: usize) -> Outline<'static> {
    let Entry { how, id, reach, led, paths, .. } = &ENTRIES[number];
    let anchor = matches!(how, How::Word { anchor: true, .. });
    let regex = matches!(how, How::Regex);
    let word = matches!(how, How::Word { .. });
    let assignment = matches!(how, How::Assignment);
    Outline {
        id: id.get(),
        regex,
        word,
        assignment,
        anchor,
        bound: paths.len > 0,
        reach: *reach as usize,
        led: *led,
    }
}

/// The leads of all rules, in order, each once.
pub fn leads() -> &'static [Lead] {
    &LEADS
}

/// Which of `leads` are those of a rule.
pub fn leads_of(number: usize) -> &'static [u16] {
    &LED_BY[ENTRIES[number].leads.range()]
}

/// The hash of all rules.
pub fn hash() -> &'static str {
    HASH
}

/// The pattern files as written: name and text. For the commands that show and check rules.
pub fn sources() -> impl ExactSizeIterator<Item = (&'static str, &'static str)> {
    SOURCES.iter().map(|source| (source.name.get(), source.text.get()))
}

impl Text {
    fn get(self) -> &'static str {
        &TEXTS[self.at as usize..(self.at + self.len) as usize]
    }

    fn cow(self) -> Cow<'static, str> {
        Cow::Borrowed(self.get())
    }
}

impl List {
    fn range(self) -> Range<usize> {
        self.at as usize..(self.at + self.len) as usize
    }

    fn texts(self) -> Cow<'static, [Cow<'static, str>]> {
        if self.len == 0 {
            return Cow::Borrowed(&[]);
        }
        LISTS[self.range()].iter().map(|text| text.cow()).collect()
    }
}

impl Entry {
    fn rule(&self) -> Rule {
        let find = match self.how {
            How::Regex => Find::Regex,
            How::Assignment => Find::Assignment,
            How::Word { words, name, shortest, longest, anchor } => Find::Word(Word {
                words: words.texts(),
                name: name.texts(),
                shortest: shortest as usize,
                longest: longest as usize,
                anchor,
            }),
        };
        let leads = &LED_BY[self.leads.range()];
        Rule {
            find,
            id: self.id.cow(),
            provider: self.provider.cow(),
            description: self.description.cow(),
            severity: self.severity,
            confidence: self.confidence,
            keywords: self.keywords.texts(),
            leads: leads.iter().map(|&lead| LEADS[usize::from(lead)].clone()).collect(),
            led: self.led,
            regex: self.regex.cow(),
            reach: self.reach as usize,
            entropy: self.entropy,
            check: self.check.map(Text::cow),
            person: self.person,
            revoke: self.revoke.cow(),
            warn: self.warn,
            paths: self.paths.texts(),
            pair: self.pair.as_ref().map(|pair| Pair {
                with: pair.with.texts(),
                within: pair.within,
                needed: pair.needed,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::{hash, parse};

    #[test]
    fn the_tables_hold_what_the_files_say() {
        let written: Vec<Rule> =
            sources().flat_map(|(name, text)| parse(name, text).expect("the build checked it")).collect();
        assert_eq!(written.len(), count());
        for (number, (unpacked, written)) in rules().zip(&written).enumerate() {
            assert_eq!(unpacked, written);
            assert_eq!(outline(number), Outline::of(written));
            let leads: Vec<_> = leads_of(number).iter().map(|&lead| &leads()[usize::from(lead)]).collect();
            assert_eq!(leads, written.leads.iter().collect::<Vec<_>>());
        }
        assert_eq!(super::hash(), hash::hash(written.iter(), None));
    }

    #[test]
    fn leads_are_in_order_and_each_stands_once() {
        assert!(leads().windows(2).all(|pair| pair[0] < pair[1]));
    }
}
