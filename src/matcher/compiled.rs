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
    /// Of a led rule.
    ends: Option<Ends>,
    /// All of a match is the secret.
    plain: bool,
    /// Made when it is asked for: most rules that are tried match nothing.
    full: OnceLock<Full>,
}

/// Says where a match ends whose start is known. Costs half of what `Full` costs to make.
struct Ends {
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
        let ends = rule.led.is_some().then(|| Ends::new(&hir)).flatten();
        let plain = is_secret(&hir) && hir.properties().explicit_captures_len() == 1;
        Self { hir, ends, plain, full: OnceLock::new() }
    }

    fn full(&self) -> &Full {
        self.full.get_or_init(|| Full::new(&self.hir, self.ends.is_some()))
    }

    /// Every match within the input, from left to right.
    pub fn find_iter<'t>(&'t self, input: Input<'t>) -> impl Iterator<Item = Range<usize>> + 't {
        self.full().regex.find_iter(input).map(|found| found.range())
    }

    /// The match that begins where the input does.
    pub fn find_at(&self, input: Input) -> Option<Range<usize>> {
        let input = input.anchored(Anchored::Yes);
        match self.ends.as_ref().map(|ends| ends.find(&input)) {
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

impl Ends {
    /// `None`: it cannot be had for this regex.
    fn new(hir: &Hir) -> Option<Self> {
        let plain = thompson::Config::new().utf8(false).which_captures(WhichCaptures::None);
        let nfa = thompson::Compiler::new().configure(plain).build_from_hir(hir).ok()?;
        let any_size = DFA::config().skip_cache_capacity_check(true);
        let automaton = DFA::builder().configure(any_size).build_from_nfa(nfa).ok()?;
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
            // A led rule is only tried where its lead was found already.
            .configure(Regex::config().utf8_empty(false).auto_prefilter(!led))
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
