//! A rule's regex as it is run: parsed, built, and what its match says of the secret.
//!
//! Knows nothing of leads and windows.

use regex_automata::{
    Anchored, Input, PatternID,
    meta::{BuildError, Regex},
    util::{captures::Captures, syntax},
};
use regex_syntax::hir::{Hir, HirKind, Repetition};

use super::words;
use crate::{
    error::Error,
    model::Span,
    pattern::{Find, Rule, WHOLE, rebuilt, secret_group},
};

pub struct Compiled {
    pub regex: Regex,
    /// Indices of the groups that may hold the secret, the first of them first; none if it always is the whole match.
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
    Compiled::regex(rule, &hir).map(drop).map_err(|error| {
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

    fn regex(rule: &Rule, hir: &Hir) -> Result<Regex, Box<BuildError>> {
        Regex::builder()
            // A led rule is only tried where its lead was found already.
            .configure(Regex::config().utf8_empty(false).auto_prefilter(rule.led.is_none()))
            .build_from_hir(hir)
            .map_err(Box::new)
    }

    /// Of a rule that `can_run`.
    pub fn new(rule: &Rule) -> Self {
        let tried = "patterns are parsed and tried before they come here";
        let hir = Self::parsed(rule).expect(tried);
        let regex = Self::regex(rule, &hir).expect(tried);
        let index = |name: &str| regex.group_info().to_index(PatternID::ZERO, name);
        let whole = index(WHOLE);
        let mut groups: Vec<usize> = (0..).map_while(|rank| index(&secret_group(rank))).collect();
        assert!(!groups.is_empty(), "patterns are refused without such a group");
        if whole.is_none() && is_secret(&hir) {
            groups.clear();
        }
        Self { groups, whole, regex }
    }

    /// The secret within a match. The engine takes the same path again, as the best one is still there.
    pub fn secret(
        &self,
        text: &[u8],
        found: std::ops::Range<usize>,
        captures: &mut Option<Captures>,
    ) -> Option<Span> {
        if self.groups.is_empty() {
            return Some(Span::from(found));
        }
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
