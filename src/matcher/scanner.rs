//! From a text to its matches: leads, windows, regexes.

use std::sync::OnceLock;

use regex_automata::{
    Anchored, Input,
    meta::Regex,
    util::{captures::Captures, syntax},
};

use crate::{
    error::Error,
    model::Span,
    pattern::{Pack, Rule, RuleIndex},
    prefilter::{Keywords, Mark},
};

/// One match of one rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Match {
    /// All of it, context included.
    pub whole: Span,
    /// The group named `secret`.
    pub secret: Span,
    pub rule: RuleIndex,
}

/// A pack made ready to scan. Regexes are compiled when their keyword is first seen.
pub struct Scanner {
    pub(super) pack: Pack,
    pub(super) keywords: Keywords,
    /// For each word, the rules that it calls for.
    pub(super) called: Vec<Vec<RuleIndex>>,
    /// For each word, how far from its start anything matters to the rules that it calls for.
    pub(super) far: Vec<usize>,
    compiled: Vec<OnceLock<Compiled>>,
}

struct Compiled {
    regex: Regex,
    /// Index of the group named `secret`.
    group: usize,
}

impl Scanner {
    pub fn new(pack: Pack) -> Result<Self, Error> {
        let total: usize = pack.rules().iter().map(|rule| rule.leads.len()).sum();
        if total > Keywords::MOST {
            return Err(Error::new(format!(
                "the patterns have {total} beginnings and keywords; at most {} work",
                Keywords::MOST
            )));
        }
        let (keywords, which) = Keywords::new(pack.rules().iter().flat_map(|rule| rule.leads.iter()));
        let mut called = vec![Vec::new(); keywords.count()];
        let mut which = which.into_iter();
        for (index, rule) in pack.rules().iter().enumerate() {
            for word in which.by_ref().take(rule.leads.len()) {
                let rules: &mut Vec<RuleIndex> = &mut called[usize::from(word)];
                if rules.last() != Some(&(index as RuleIndex)) {
                    rules.push(index as RuleIndex);
                }
            }
        }
        let compiled = (0..pack.rules().len()).map(|_| OnceLock::new()).collect();
        let mut far = vec![0; called.len()];
        for (word, far) in far.iter_mut().enumerate() {
            let reaches = called[word].iter().map(|&rule| match pack.rule(rule) {
                Rule { reach, led: Some(_), .. } => reach + 3,
                Rule { reach, led: None, .. } => 2 * (reach + keywords.longest()),
            });
            *far = reaches.max().unwrap_or(0);
        }
        Ok(Self { pack, keywords, called, far, compiled })
    }

    pub fn pack(&self) -> &Pack {
        &self.pack
    }

    /// Every match of every rule, sorted.
    pub fn scan(&self, text: &[u8]) -> Vec<Match> {
        let mut marks = Vec::new();
        self.keywords.scan(text, 0..text.len(), |mark| marks.push(mark));
        settled(self.found(text, &marks))
    }

    /// What the rules find that the marks call for, sorted. Those of a led rule may overlap.
    pub(super) fn found(&self, text: &[u8], marks: &[Mark]) -> Vec<Match> {
        let mut matches = Vec::new();
        let mut windows = Vec::new();
        for mark in marks {
            for &rule in &self.called[usize::from(mark.word)] {
                match self.pack.rule(rule).led {
                    Some(_) => self.attempt(rule, text, mark.start, &mut matches),
                    None => windows.push((rule, self.window(text.len(), *mark, rule))),
                }
            }
        }
        join(&mut windows);
        for (rule, window) in windows {
            self.run(rule, text, window, &mut matches);
        }
        matches.sort_unstable();
        matches.dedup();
        matches
    }

    /// Where a match lies that contains the mark.
    pub(super) fn window(&self, length: usize, mark: Mark, rule: RuleIndex) -> Span {
        let reach = self.pack.rule(rule).reach;
        let end = mark.start + self.keywords.len(mark.word) + reach;
        Span::new(mark.start.saturating_sub(reach), end.min(length))
    }

    /// Runs one rule over one window. Look-around sees the text outside it.
    pub(super) fn run(&self, rule: RuleIndex, text: &[u8], window: Span, matches: &mut Vec<Match>) {
        let compiled = self.compiled(rule);
        let mut captures = None;
        for found in compiled.regex.find_iter(Input::new(text).range(window.range())) {
            let captures = captures.get_or_insert_with(|| compiled.regex.create_captures());
            if let Some(secret) = compiled.secret(text, found.range(), captures) {
                matches.push(Match { whole: Span::from(found.range()), secret, rule });
            }
        }
    }

    /// Tries a led rule where a lead stands. What comes of it depends on the bytes within reach alone.
    pub(super) fn attempt(&self, rule: RuleIndex, text: &[u8], lead: usize, matches: &mut Vec<Match>) {
        let Rule { reach, led, .. } = *self.pack.rule(rule);
        let compiled = self.compiled(rule);
        let before = usize::from(led.unwrap_or(0));
        for start in lead.saturating_sub(before)..=lead {
            let within = start..text.len().min(start + reach);
            let input = Input::new(text).range(within).anchored(Anchored::Yes);
            if let Some(found) = compiled.regex.find(input) {
                let mut captures = compiled.regex.create_captures();
                if let Some(secret) = compiled.secret(text, found.range(), &mut captures) {
                    matches.push(Match { whole: Span::from(found.range()), secret, rule });
                }
            }
        }
    }

    fn compiled(&self, rule: RuleIndex) -> &Compiled {
        self.compiled[rule as usize].get_or_init(|| Compiled::new(self.pack.rule(rule)))
    }
}

/// Of matches of one rule that overlap, the first. They come and go sorted.
pub fn settled(mut matches: Vec<Match>) -> Vec<Match> {
    if matches.len() > 1 {
        matches.sort_unstable_by_key(|found| (found.rule, found.whole));
        matches.dedup_by(|next, last| next.rule == last.rule && next.whole.start < last.whole.end);
        matches.sort_unstable();
    }
    matches
}

/// Joins windows of one rule that touch, and sorts them.
pub(super) fn join(windows: &mut Vec<(RuleIndex, Span)>) {
    windows.sort_unstable();
    windows.dedup_by(|next, last| {
        let touches = next.0 == last.0 && next.1.start <= last.1.end;
        if touches {
            last.1.end = last.1.end.max(next.1.end);
        }
        touches
    });
}

/// Fails for a regex that parses but is too large to be run. All that a `Scanner` gets must have passed.
pub fn can_run(rule: &Rule) -> Result<(), Error> {
    Compiled::regex(rule).map(drop).map_err(|error| {
        let why = error.size_limit().map_or_else(
            || error.to_string(),
            |limit| format!("it comes to more than {limit} bytes of automaton: use smaller repetitions"),
        );
        Error::new(format!("rule {:?}: regex: {why}", rule.id))
    })
}

impl Compiled {
    fn regex(rule: &Rule) -> Result<Regex, Box<regex_automata::meta::BuildError>> {
        Regex::builder()
            // A led rule is only tried where its lead was found already.
            .configure(Regex::config().utf8_empty(false).auto_prefilter(rule.led.is_none()))
            .syntax(syntax::Config::new().unicode(false).utf8(false))
            .build(&rule.regex)
            .map_err(Box::new)
    }

    fn new(rule: &Rule) -> Self {
        let regex = Self::regex(rule).expect("patterns are parsed and tried before they come here");
        let group = regex
            .group_info()
            .to_index(regex_automata::PatternID::ZERO, "secret")
            .expect("patterns are refused without this group");
        Self { regex, group }
    }

    /// The secret within a match. The engine takes the same path again, as the best one is still there.
    fn secret(&self, text: &[u8], found: std::ops::Range<usize>, captures: &mut Captures) -> Option<Span> {
        let input = Input::new(text).range(found).anchored(Anchored::Yes);
        self.regex.search_captures(&input, captures);
        captures.get_group(self.group).map(|group| Span::from(group.range()))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::{super::naive, *};
    use crate::pattern;

    const RULES: &str = r#"
        provider = "Test"
        [[rule]]
        id = "short"
        description = "a token with a prefix"
        severity = "high"
        keywords = ["abc_"]
        regex = '\b(?<secret>abc_[a-z]{3,6})\b'
        [[rule]]
        id = "context"
        description = "a value after a word"
        severity = "high"
        keywords = ["pass", "word"]
        regex = '(?i:pass|word)[a-z]{0,4}[ =]{1,3}(?<secret>[a-z_]{4,10})'
        [[rule]]
        id = "block"
        description = "lines between marks"
        severity = "high"
        keywords = ["<<<<"]
        regex = '<<<<\n(?<secret>[a-z\n]{1,30})>>>>'
        [[rule]]
        id = "far"
        description = "a rule that reaches far"
        severity = "high"
        keywords = ["<<<<"]
        regex = '<<<<(?<secret>[^x]{1,600})xabc'
        [[rule]]
        id = "inside"
        description = "a word somewhere inside"
        severity = "high"
        keywords = ["word", "abcd"]
        regex = '[a-z]{1,9}(?:word|abcd)(?<secret>[a-z ]{2,12})'
        [[rule]]
        id = "before"
        description = "one byte before its beginning"
        severity = "high"
        keywords = ["def"]
        regex = '(?:^|[^a-z])(?<secret>de[fg](?:x|abc)?[a-z_]{1,9})'
    "#;

    pub fn scanner() -> Scanner {
        Scanner::new(Pack::new(pattern::parse("test", RULES).expect("valid")).expect("rules"))
            .expect("few words")
    }

    #[test]
    fn windows_find_what_every_regex_over_the_whole_text_finds() {
        let scanner = scanner();
        let pieces: &[&str] =
            &["abc_", "def", "pass", "word", "=", " ", "\n", "<<<<\n", ">>>>", "x", "abcdefgh", "_", "PASS"];
        let mut state = 7_u64;
        let mut hits = 0;
        for round in 0..4000 {
            let mut text = String::new();
            for _ in 0..round % 60 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                text.push_str(pieces[(state >> 33) as usize % pieces.len()]);
            }
            let found = scanner.scan(text.as_bytes());
            hits += found.len();
            assert_eq!(found, naive::scan(&scanner, text.as_bytes()), "{text:?}");
        }
        assert!(hits > 1000, "the texts must hold something to find: {hits}");
    }
}
