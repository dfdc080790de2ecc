//! A rule's regex as it is run: parsed, built, and what its match says of the secret.
//!
//! Knows nothing of leads and windows.

use std::{
    ops::Range,
    panic::{RefUnwindSafe, UnwindSafe},
    sync::OnceLock,
};

use regex_automata::{
    Anchored, Input, MatchError, PatternID,
    hybrid::dfa::{Cache, DFA},
    meta::{BuildError, Regex},
    nfa::thompson::{self, WhichCaptures},
    util::{captures::Captures, pool::Pool, syntax},
};
use regex_syntax::hir::{Hir, HirKind, Repetition};

use super::words;
use crate::{
    error::Error,
    model::Span,
    pattern::{Find, Rule, WHOLE, rebuilt, secret_group},
};

pub struct Compiled {
    hir: Hir,
    led: bool,
    /// All of a match is the secret.
    plain: bool,
    /// Asked first, as most rules that are tried match nothing. It matches wherever the rule does, and seldom
    /// elsewhere.
    rough: Option<Lazy>,
    /// Of a led rule: says where a match ends whose start is known. This and the next are made when they are asked for.
    exact: OnceLock<Option<Lazy>>,
    full: OnceLock<Full>,
}

/// An automaton whose states are made as the text comes by.
struct Lazy {
    automaton: DFA,
    caches: Pool<Cache, Box<dyn Fn() -> Cache + Send + Sync + UnwindSafe + RefUnwindSafe>>,
}

/// Finds matches, and the secret in each.
struct Full {
    regex: Regex,
    /// Indices of the groups that may hold the secret, the first of them first.
    groups: Vec<usize>,
    /// The group of the whole match, if the line feeds around it are not the secret's.
    whole: Option<usize>,
}

/// A repetition that a led rule allows more often than this is run without a limit, as its reach is one. A limit would be
/// a state for each time, made as the text comes by: of a key of 2 KiB that took a millisecond.
const LONG: u32 = 1000;

/// Fails for a regex that parses but is too large to be run. All that a `Scanner` gets must have passed.
pub fn can_run(rule: &Rule) -> Result<(), Error> {
    if matches!(rule.find, Find::Assignment | Find::Size(_)) {
        return Ok(());
    }
    let wrong = |why: String| Error::new(format!("rule {:?}: regex: {why}", rule.id));
    let hir = Compiled::parsed(rule).map_err(wrong)?;
    Full::regex(&hir, rule.led.is_some()).map(drop).map_err(|error| {
        wrong(error.size_limit().map_or_else(
            || error.to_string(),
            |limit| format!("it comes to more than {limit} bytes of automaton: use smaller repetitions"),
        ))
    })
}

impl Compiled {
    /// Parsed as it is run.
    fn parsed(rule: &Rule) -> Result<Hir, String> {
        let text = match rule.find {
            Find::Word(_) => words::whole(&rule.regex),
            _ => rule.regex.to_string(),
        };
        let syntax = syntax::Config::new().unicode(false).utf8(false);
        let hir = syntax::parse_with(&text, &syntax).map_err(|error| error.to_string())?;
        Ok(if rule.led.is_some() { unlimited(&hir) } else { hir })
    }

    /// Of a rule that `can_run`.
    pub fn new(rule: &Rule) -> Self {
        let hir = Self::parsed(rule).expect(TRIED);
        let (led, rough) = (rule.led.is_some(), Lazy::new(&rough(&hir)));
        let plain = is_secret(&hir) && hir.properties().explicit_captures_len() == 1;
        Self { hir, led, plain, rough, exact: OnceLock::new(), full: OnceLock::new() }
    }

    fn full(&self) -> &Full {
        self.full.get_or_init(|| Full::new(&self.hir, self.led))
    }

    /// Whether nothing matches within the input, if that can be told cheaply.
    fn misses(&self, input: &Input) -> bool {
        let found = self.rough.as_ref().map(|rough| rough.find(&input.clone().earliest(true)));
        matches!(found, Some(Ok(None)))
    }

    /// Every match within the input, from left to right.
    pub fn find_iter<'t>(&'t self, input: Input<'t>) -> impl Iterator<Item = Range<usize>> + 't {
        let found = (!self.misses(&input)).then(|| self.full().regex.find_iter(input));
        found.into_iter().flatten().map(|found| found.range())
    }

    /// The match that begins where the input does.
    pub fn find_at(&self, input: Input) -> Option<Range<usize>> {
        let input = input.anchored(Anchored::Yes);
        if self.misses(&input) {
            return None;
        }
        let exact = self.exact.get_or_init(|| Lazy::new(&self.hir));
        match exact.as_ref().map(|exact| exact.find(&input)) {
            Some(Ok(end)) => end.map(|end| input.start()..end),
            None | Some(Err(_)) => self.full().regex.find(input).map(|found| found.range()),
        }
    }

    /// The secret within a match.
    pub fn secret(&self, text: &[u8], found: Range<usize>, captures: &mut Option<Captures>) -> Option<Span> {
        if self.plain { Some(Span::from(found)) } else { self.full().secret(text, found, captures) }
    }
}

const TRIED: &str = "patterns are parsed and tried before they come here";

impl Lazy {
    /// `None`: it cannot be had for this regex.
    fn new(hir: &Hir) -> Option<Self> {
        let plain = thompson::Config::new().utf8(false).which_captures(WhichCaptures::None);
        let nfa = thompson::Compiler::new().configure(plain).build_from_hir(hir).ok()?;
        // It gives up where states are made over and over again.
        let lazy = DFA::config()
            .skip_cache_capacity_check(true)
            .minimum_cache_clear_count(Some(3))
            .minimum_bytes_per_state(Some(10));
        let automaton = DFA::builder().configure(lazy).build_from_nfa(nfa).ok()?;
        let own = automaton.clone();
        Some(Self { automaton, caches: Pool::new(Box::new(move || own.create_cache())) })
    }

    fn find(&self, input: &Input) -> Result<Option<usize>, MatchError> {
        let found = self.automaton.try_search_fwd(&mut self.caches.get(), input)?;
        Ok(found.map(|found| found.offset()))
    }
}

impl Full {
    fn regex(hir: &Hir, led: bool) -> Result<Regex, Box<BuildError>> {
        Regex::builder()
            // A led rule has its lead already, and where its match ends is known.
            .configure(Regex::config().utf8_empty(false).auto_prefilter(!led).hybrid(!led).dfa(!led))
            .build_from_hir(hir)
            .map_err(Box::new)
    }

    fn new(hir: &Hir, led: bool) -> Self {
        let regex = Self::regex(hir, led).expect(TRIED);
        let index = |name: &str| regex.group_info().to_index(PatternID::ZERO, name);
        let whole = index(WHOLE);
        let groups: Vec<usize> = (0..).map_while(|rank| index(&secret_group(rank))).collect();
        assert!(!groups.is_empty(), "patterns are refused without such a group");
        Self { groups, whole, regex }
    }

    /// The engine takes the same path again, as the best one is still there.
    fn secret(&self, text: &[u8], found: Range<usize>, captures: &mut Option<Captures>) -> Option<Span> {
        let captures = captures.get_or_insert_with(|| self.regex.create_captures());
        let input = Input::new(text).range(found).anchored(Anchored::Yes);
        self.regex.search_captures(&input, captures);
        let held = |&group: &usize| captures.get_group(group).filter(|held| !held.is_empty());
        let mut secret = Span::from(self.groups.iter().find_map(held)?.range());
        let whole = self.whole.and_then(|group| held(&group)).map(|whole| Span::from(whole.range()));
        if whole == Some(secret) {
            let feed = |byte: &&u8| **byte == b'\n';
            secret.start += text[secret.range()].iter().take_while(feed).count();
            secret.end -= text[secret.range()].iter().rev().take_while(feed).count();
        }
        (!secret.range().is_empty()).then_some(secret)
    }
}

/// The same with no upper limit to repetitions that may be `LONG`.
fn unlimited(hir: &Hir) -> Hir {
    rebuilt(hir, &mut |kind| match kind {
        HirKind::Repetition(all) if all.max.is_some_and(|max| max > LONG) => {
            Some(Hir::repetition(Repetition { max: None, ..all.with(unlimited(&all.sub)) }))
        }
        _ => None,
    })
}

/// The same with fewer states: what is repeated, is repeated without a limit, and at least a few times.
fn rough(hir: &Hir) -> Hir {
    const FEW: u32 = 8;
    rebuilt(hir, &mut |kind| match kind {
        HirKind::Repetition(all) if all.max != Some(1) => {
            let sub = Box::new(rough(&all.sub));
            Some(Hir::repetition(Repetition { min: all.min.min(FEW), max: None, greedy: all.greedy, sub }))
        }
        _ => None,
    })
}

/// Whether all bytes of a match are of the group named `secret`.
fn is_secret(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Capture(capture) => capture.name.as_deref() == Some("secret"),
        HirKind::Concat(parts) => {
            let mut bytes = parts.iter().filter(|part| !matches!(part.kind(), HirKind::Look(_)));
            bytes.next().is_some_and(is_secret) && bytes.next().is_none()
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is rough must never miss: each regex over texts made of what it is made of.
    #[test]
    fn a_rough_regex_matches_wherever_the_regex_does() {
        let syntax = syntax::Config::new().unicode(false).utf8(false);
        let mut state = 11_u64;
        for regex in [
            r"ab[ab]{12,14}\b",
            r"(?m:^)(?:[ab]{2,3}-){0,3}b{1,2}(?:a|b-){3}",
            r"(?:a{9}|b{2,}?)-?\z",
            r"(?:(?:ab?){1,2}-){2,20}a{0}b{0,1}\B",
        ] {
            let hir = syntax::parse_with(regex, &syntax).expect("valid");
            let exact = Lazy::new(&hir).expect("small");
            let rough = Lazy::new(&rough(&hir)).expect("small");
            let (mut hits, mut misses) = (0, 0);
            for round in 0..20_000 {
                let mut text = Vec::new();
                for _ in 0..round % 40 {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    text.extend([&b"a"[..], b"b", b"aaaa", b"ab", b"-", b"\n"][(state >> 33) as usize % 6]);
                }
                let from = (state >> 40) as usize % (text.len() + 1);
                for anchored in [Anchored::No, Anchored::Yes] {
                    let input = Input::new(&text).range(from..).anchored(anchored);
                    let [exact, rough] = [&exact, &rough].map(|one| one.find(&input).expect("few states"));
                    assert!(exact.is_none() || rough.is_some(), "{regex} {input:?}");
                    hits += usize::from(exact.is_some());
                    misses += usize::from(rough.is_none());
                }
            }
            assert!(hits > 100 && misses > 100, "{regex}: {hits} hits, {misses} misses");
        }
    }
}
