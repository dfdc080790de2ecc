//! Two halves of one thing, such as a key's id and its secret: which of what stands in a text belong together.
//!
//! Each secret takes the nearest half that its rule asks for. Time grows in line with the matches: of the
//! halves before and after a secret only the next ones are looked at, and no further than `FURTHEST`.

use std::collections::{BTreeMap, BTreeSet};

use super::Verdict;
use crate::{
    matcher::Match,
    model::Span,
    pattern::{Pack, Pair, RuleIndex},
};

/// Bytes between two halves, at most.
const FURTHEST: usize = 2000;

/// Matches of different rules that may overlap one secret, so that the half beyond them is still seen.
const OVERLAPPING: usize = 4;

type Judged = (Match, Verdict);

/// A secret and its other half, by their places among the matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paired {
    pub secret: usize,
    pub half: usize,
    /// Line feeds between them.
    pub lines: u64,
}

/// Takes out what is too weak alone and has no other half beside it.
pub fn drop_lone(pack: &Pack, text: &[u8], judged: &mut Vec<Judged>) {
    let weak = |(found, _): &Judged| pack.rule(found.rule).pair.as_ref().is_some_and(|pair| pair.needed);
    if !judged.iter().any(weak) {
        return;
    }
    let mut halves = Halves::new(pack, text);
    let mut lone = |at: usize| weak(&judged[at]) && halves.nearest(judged, at).is_none();
    let lone: Vec<bool> = (0..judged.len()).map(&mut lone).collect();
    let mut lone = lone.into_iter();
    judged.retain(|_| !lone.next().expect("one for each"));
}

/// The other half of each secret that is `told`, in the order of the matches.
pub fn pairs(pack: &Pack, text: &[u8], kept: &[Judged], told: impl Fn(&Verdict) -> bool) -> Vec<Paired> {
    let mut halves = Halves::new(pack, text);
    let secrets = (0..kept.len()).filter(|&at| told(&kept[at].1));
    secrets.filter_map(|at| halves.take(kept, at)).collect()
}

/// Finds halves.
struct Halves<'t> {
    pack: &'t Pack,
    text: &'t [u8],
    /// What may go with the secrets of a rule, in order of place.
    of: BTreeMap<RuleIndex, Vec<(Span, usize)>>,
    taken: BTreeSet<usize>,
}

impl<'t> Halves<'t> {
    fn new(pack: &'t Pack, text: &'t [u8]) -> Self {
        Self { pack, text, of: BTreeMap::new(), taken: BTreeSet::new() }
    }

    fn take(&mut self, matches: &[Judged], secret: usize) -> Option<Paired> {
        let paired = self.nearest(matches, secret)?;
        self.taken.insert(paired.half);
        Some(paired)
    }

    /// The fewest lines away; of two, the one that no other secret took, then the one before.
    fn nearest(&mut self, matches: &[Judged], secret: usize) -> Option<Paired> {
        let found = &matches[secret].0;
        let pair = self.pack.rule(found.rule).pair.as_ref()?;
        let halves = self.of.entry(found.rule).or_insert_with(|| halves(self.pack, pair, matches));
        let span = found.secret;
        let begin = halves.partition_point(|(half, _)| half.start < span.start);
        let before = halves[..begin].iter().rev().take(OVERLAPPING).find(|(half, _)| half.end <= span.start);
        let after = halves[begin..].iter().take(OVERLAPPING).find(|(half, _)| half.start >= span.end);
        let gap = |half: Span| match half.end <= span.start {
            true => half.end..span.start,
            false => span.end..half.start,
        };
        [before, after]
            .into_iter()
            .flatten()
            .filter(|(half, _)| gap(*half).len() <= FURTHEST)
            .map(|&(half, at)| (memchr::memchr_iter(b'\n', &self.text[gap(half)]).count() as u64, at))
            .filter(|(lines, _)| *lines <= pair.within)
            .min_by_key(|(lines, at)| (*lines, self.taken.contains(at)))
            .map(|(lines, half)| Paired { secret, half, lines })
    }
}

/// What is no secret, or has another half itself, goes with nothing: so no half is hidden behind a hidden one.
fn halves(pack: &Pack, pair: &Pair, matches: &[Judged]) -> Vec<(Span, usize)> {
    let fits = |(found, verdict): &Judged| {
        let rule = pack.rule(found.rule);
        !verdict.harmless && rule.pair.is_none() && pair.with.contains(&rule.id)
    };
    let all = matches.iter().enumerate().filter(|(_, one)| fits(one));
    let mut halves: Vec<_> = all.map(|(at, (found, _))| (found.secret, at)).collect();
    halves.sort_unstable();
    halves
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        matcher::Scanner,
        model::Confidence,
        pattern,
        score::{judge, keep_best},
    };

    const RULES: &str = r#"
        provider = "Test"
        [[rule]]
        id = "half"
        description = "an id"
        severity = "low"
        keywords = ["id_"]
        regex = '(?<secret>id_[a-z0-9]{12})'
        [[rule]]
        id = "whole"
        description = "a secret"
        severity = "high"
        keywords = ["key_"]
        regex = '(?<secret>key_[a-z0-9]{12})'
        pair = { with = ["half"], within = 2 }
        [[rule]]
        id = "weak"
        description = "a weak one"
        severity = "high"
        keywords = ["pin_"]
        regex = '(?<secret>pin_[a-z0-9]{12})'
        pair = { with = ["half"], within = 2, needed = true }
    "#;

    /// Made-up values, where only one letter stands: it tells them apart.
    fn made(text: &str) -> String {
        let letter = regex::Regex::new(r"_([a-z])\b").expect("valid");
        letter.replace_all(text, "_q7w3e9r1t5z$1").into_owned()
    }

    fn settled(text: &str) -> (Vec<Judged>, Vec<(String, String, u64)>) {
        let text = made(text);
        let pack = Pack::new(pattern::parse("test", RULES).expect("valid")).expect("rules");
        let scanner = Scanner::new(pack).expect("few words");
        let pack = scanner.pack();
        let matches = scanner.find(text.as_bytes()).matches;
        let judged = |found: Match| (found, judge(pack.rule(found.rule), text.as_bytes(), &found, None));
        let mut judged: Vec<_> = matches.into_iter().map(judged).collect();
        drop_lone(pack, text.as_bytes(), &mut judged);
        let kept = keep_best(judged, |rule| (false, pack.rule(rule).confidence));
        let paired = pairs(pack, text.as_bytes(), &kept, |verdict| verdict.confidence > Confidence::Low);
        let last =
            |at: usize| text[..kept[at].0.secret.end].chars().next_back().expect("a letter").to_string();
        let paired = paired.iter().map(|it| (last(it.secret), last(it.half), it.lines)).collect();
        (kept, paired)
    }

    fn paired(text: &str) -> Vec<(String, String, u64)> {
        settled(text).1
    }

    fn pair(secret: &str, half: &str, lines: u64) -> (String, String, u64) {
        (secret.to_owned(), half.to_owned(), lines)
    }

    #[test]
    fn halves_go_together_within_so_many_lines_and_no_further() {
        assert_eq!(paired("id_a\nkey_b"), [pair("b", "a", 1)]);
        assert_eq!(paired("key_b\n\nid_a"), [pair("b", "a", 2)]);
        assert_eq!(paired("id_a key_b"), [pair("b", "a", 0)]);
        assert_eq!(paired("id_a\n\n\nkey_b"), []);
        assert_eq!(paired(&format!("id_a{}key_b", " ".repeat(FURTHEST))), [pair("b", "a", 0)]);
        assert_eq!(paired(&format!("id_a{}key_b", " ".repeat(FURTHEST + 1))), []);
    }

    #[test]
    fn each_secret_takes_the_nearest_half() {
        assert_eq!(paired("id_a\nkey_b\n\nid_c\nkey_d"), [pair("b", "a", 1), pair("d", "c", 1)]);
        assert_eq!(paired("key_b\nid_a\nkey_d\nid_c"), [pair("b", "a", 1), pair("d", "c", 1)]);
        assert_eq!(paired("id_a,key_b,id_c,key_d"), [pair("b", "a", 0), pair("d", "c", 0)]);
        assert_eq!(paired("id_a\nid_c\nkey_b"), [pair("b", "c", 1)]);
        assert_eq!(paired("id_a\nkey_b\nkey_d"), [pair("b", "a", 1), pair("d", "a", 2)]);
    }

    #[test]
    fn what_is_too_weak_alone_is_found_beside_its_half_only() {
        assert_eq!(settled("pin_b").0.len(), 0);
        assert_eq!(paired("id_a\npin_b"), [pair("b", "a", 1)]);
        assert_eq!(settled("id_a\n\n\npin_b").0.len(), 1);
        // A stand-in is no half.
        assert_eq!(settled(&format!("id_{}\npin_b", "x".repeat(12))).0.len(), 1);
    }

    #[test]
    fn a_secret_that_is_not_told_takes_no_half() {
        assert_eq!(paired(&format!("id_a\nkey_{}", "x".repeat(12))), []);
    }
}
