//! From a text to its matches: leads, windows, regexes.

use std::{
    ops::Index,
    sync::{Arc, OnceLock},
};

use regex_automata::Input;

use super::{
    assigned::{Assigned, Assignments},
    compiled::Compiled,
    delta::Traces,
};
use crate::{
    error::Error,
    generic::{self, Confidence, Kind},
    model::Span,
    pattern::{Bounds, LONGEST_WHOLE, Outline, Pack, Rule, RuleIndex, builtin},
    prefilter::{Keywords, Mark, Word},
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

/// All that stands in a text.
#[derive(Default)]
pub struct Found {
    /// Sorted.
    pub matches: Vec<Match>,
    /// In the order of their anchors; what is typed among them is among the matches too.
    pub assigned: Vec<Assigned>,
}

impl From<Traces> for Found {
    fn from(traces: Traces) -> Self {
        Self { matches: traces.matches(), assigned: traces.assigned }
    }
}

/// A pack made ready to scan. Regexes are compiled when their keyword is first seen.
pub struct Scanner {
    pub(super) pack: Arc<Pack>,
    pub(super) keywords: Keywords,
    /// For each word, the rules that it calls for.
    pub(super) called: Called,
    /// For each word, how far from its start anything matters to the rules that it calls for.
    pub(super) far: Vec<usize>,
    pub(super) assignments: Assignments,
    /// Rules without a lead, each of which matches whole texts of less bytes than its reach.
    whole: Vec<(RuleIndex, usize)>,
    bounds: Bounds,
    compiled: Vec<OnceLock<Box<Compiled>>>,
}

/// The rules that each word calls for, in order, each once.
pub(super) struct Called {
    /// For each word where its rules start, and an end.
    starts: Vec<u32>,
    rules: Vec<RuleIndex>,
}

impl Called {
    fn new(mut calls: Vec<(Word, RuleIndex)>, words: usize) -> Self {
        calls.sort_unstable();
        calls.dedup();
        let mut starts = vec![0; words + 1];
        calls.iter().for_each(|(word, _)| starts[usize::from(*word) + 1] += 1);
        (1..starts.len()).for_each(|at| starts[at] += starts[at - 1]);
        Self { starts, rules: calls.into_iter().map(|(_, rule)| rule).collect() }
    }
}

impl Index<usize> for Called {
    type Output = [RuleIndex];

    fn index(&self, word: usize) -> &[RuleIndex] {
        &self.rules[self.starts[word] as usize..self.starts[word + 1] as usize]
    }
}

impl Scanner {
    pub fn new(pack: Pack) -> Result<Self, Error> {
        Self::believing(pack, Confidence::Low)
    }

    /// As `new`; assignments that no path could make at least so sure are left out.
    pub fn believing(pack: Pack, least: Confidence) -> Result<Self, Error> {
        let anchors = Assignments::anchors(&pack);
        let own: usize = pack.own().iter().map(|rule| rule.leads.len()).sum();
        let builtin = if pack.has_builtin() { builtin::leads().len() } else { 0 };
        let total = builtin + own + anchors.len();
        if total > Keywords::MOST {
            return Err(Error::new(format!(
                "the patterns have {total} beginnings and keywords; at most {} work",
                Keywords::MOST
            )));
        }
        let leads = pack.own().iter().flat_map(|rule| rule.leads.iter());
        let more = leads.chain(anchors.iter().map(|anchor| &anchor.0));
        let (keywords, which) =
            if pack.has_builtin() { Keywords::builtin_and(more) } else { Keywords::new(more) };
        let mut which = which.into_iter();
        let mut calls: Vec<(Word, RuleIndex)> = Vec::new();
        let first_own = pack.count() - pack.own().len();
        for index in 0..first_own {
            calls.extend(builtin::leads_of(index).iter().map(|&word| (word, index as RuleIndex)));
        }
        for (index, rule) in (first_own..).zip(pack.own()) {
            let words = which.by_ref().take(rule.leads.len());
            calls.extend(words.map(|word| (word, index as RuleIndex)));
        }
        let mut far = vec![0; keywords.count()];
        let outlines: Vec<_> = pack.outlines().collect();
        for &(word, rule) in &calls {
            let reach = match outlines[rule as usize] {
                Outline { reach, led: Some(_), .. } => reach + 3,
                Outline { reach, led: None, .. } => 2 * (reach + keywords.longest()),
            };
            let far = &mut far[usize::from(word)];
            *far = reach.max(*far);
        }
        let mut led = vec![false; outlines.len()];
        calls.iter().for_each(|(_, rule)| led[*rule as usize] = true);
        let whole = (0..).zip(&outlines).filter(|(index, outline)| outline.regex && !led[*index as usize]);
        let whole = whole.map(|(index, outline)| (index, outline.reach)).collect();
        let anchors = which.zip(anchors.iter().map(|anchor| anchor.1));
        let pack = Arc::new(pack);
        let assignments = Assignments::new(&pack, anchors, keywords.count(), least);
        for (word, far) in far.iter_mut().enumerate() {
            if assignments.is_anchor(word as Word) {
                *far = (generic::REACH + keywords.longest()).max(*far);
            }
        }
        let called = Called::new(calls, keywords.count());
        let bounds = Bounds::new(&pack)?;
        let compiled = (0..pack.count()).map(|_| OnceLock::new()).collect();
        Ok(Self { pack, keywords, called, far, assignments, whole, bounds, compiled })
    }

    pub fn pack(&self) -> &Pack {
        &self.pack
    }

    /// Which files the rules look at.
    pub fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    /// The rule of a kind of assignment, if the pack has it.
    pub fn rule_of(&self, kind: Kind) -> Option<RuleIndex> {
        self.assignments.rule(kind)
    }

    /// Every match of every rule that is found by its regex, sorted, in a text that is no file.
    pub fn scan(&self, text: &[u8]) -> Vec<Match> {
        settled(self.found(text, &self.marks(text)))
    }

    /// Every match of every rule, and every assignment, in a text that is no file, or not all of one.
    pub fn find(&self, text: &[u8]) -> Found {
        self.traces(text).into()
    }

    /// The same of a file, with the matches of rules that it is the whole of.
    pub fn find_in_file(&self, file: &[u8]) -> Found {
        self.trace(file).into()
    }

    /// Every place where a lead stands: what decides where anything else looks.
    pub fn marks(&self, text: &[u8]) -> Vec<Mark> {
        let mut marks = Vec::new();
        self.keywords.scan(text, 0..text.len(), |mark| marks.push(mark));
        marks
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
        for found in compiled.find_iter(Input::new(text).range(window.range())) {
            if let Some(secret) = compiled.secret(text, found.clone(), &mut captures) {
                matches.push(Match { whole: Span::from(found), secret, rule });
            }
        }
    }

    /// Runs the rules that match whole files. Hardly a file is as short as any match, and without a blank but at its ends:
    /// for the others no regex need be compiled.
    pub(super) fn whole(&self, text: &[u8], matches: &mut Vec<Match>) {
        if text.len() >= LONGEST_WHOLE || memchr::memchr2(b' ', b'\t', text.trim_ascii()).is_some() {
            return;
        }
        for &(rule, _) in self.whole.iter().filter(|(_, reach)| text.len() < *reach) {
            self.run(rule, text, Span::new(0, text.len()), matches);
        }
    }

    /// Tries a led rule where a lead stands. What comes of it depends on the bytes within reach alone.
    pub(super) fn attempt(&self, rule: RuleIndex, text: &[u8], lead: usize, matches: &mut Vec<Match>) {
        let Rule { reach, led, .. } = *self.pack.rule(rule);
        let compiled = self.compiled(rule);
        let before = usize::from(led.unwrap_or(0));
        for start in lead.saturating_sub(before)..=lead {
            let within = start..text.len().min(start + reach);
            if let Some(found) = compiled.find_at(Input::new(text).range(within))
                && let Some(secret) = compiled.secret(text, found.clone(), &mut None)
            {
                matches.push(Match { whole: Span::from(found), secret, rule });
            }
        }
    }

    fn compiled(&self, rule: RuleIndex) -> &Compiled {
        self.compiled[rule as usize].get_or_init(|| Box::new(Compiled::new(self.pack.rule(rule))))
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

#[cfg(test)]
pub(super) mod tests {
    use super::{
        super::{assigned, naive::Oracle, words},
        *,
    };
    use crate::pattern::{self, Find};

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
        [[rule]]
        id = "whole"
        description = "a short text and nothing else"
        severity = "high"
        paths = ["*.key"]
        regex = '\A(?<secret>[a-z_]{4,30})\n?\z'
        [[word]]
        id = "named"
        description = "a value that only its name betrays"
        severity = "high"
        words = ["acme", "acmecorp"]
        name = ["token", "pass"]
        value = '[A-Za-z0-9]{16}'
        [[word]]
        id = "anchored"
        description = "a value whose name says nothing else"
        severity = "high"
        words = ["zorg"]
        value = '[0-9a-f]{12,16}'
        anchor = true
        [[kind]]
        id = "generic-secret"
        description = "any other"
    "#;

    pub fn scanner() -> Scanner {
        Scanner::new(Pack::new(pattern::parse("test", RULES).expect("valid")).expect("rules"))
            .expect("few words")
    }

    /// Pieces of assignments, of the types above and others.
    pub const ASSIGNED: &[&str] = &[
        "token",
        "acme",
        "Acme_Corp.",
        "zorg",
        "secret",
        " = ",
        ": ",
        "=",
        "\"",
        "'",
        "\n",
        "  ",
        "{",
        "# ",
        "[acme]\n",
        "[ac]\n",
        "me_",
        "Zk3x9QpL2vB7mN4t",
        "0f3c9a7be2d41c",
        "a1B2c3D4e5F6g7H8i9J0k1L2",
        ", ",
        "key",
        "_key",
        "(",
        "--",
        "password",
        "x",
    ];

    /// Each anchor by itself, each word and form compared plainly.
    fn plainly(scanner: &Scanner, text: &[u8]) -> Vec<Match> {
        use crate::{
            generic::{anchor_at, read_at},
            pattern::fold,
        };
        let mut out = Vec::new();
        for at in 0..text.len() {
            let zorg = text[at..].get(..4).is_some_and(|word| word.eq_ignore_ascii_case(b"zorg"));
            if !zorg && anchor_at(text, at).is_none() {
                continue;
            }
            read_at(text, at, &mut |bound| {
                let name = String::from_utf8(fold(bound.name())).expect("ASCII");
                let mut near = Vec::new();
                bound.around(&mut |text, innermost| {
                    let text = String::from_utf8(fold(text)).expect("ASCII");
                    near.push(if innermost { text + &name } else { text });
                });
                let stands = |word: &str| name.contains(word) || near.iter().any(|text| text.contains(word));
                let value = bound.text();
                let named = stands("acme")
                    && (name.contains("token") || name.contains("pass"))
                    && value.len() == 16
                    && value.iter().all(u8::is_ascii_alphanumeric);
                let anchored = stands("zorg")
                    && (12..=16).contains(&value.len())
                    && value.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
                let rule =
                    |id: &str| scanner.pack().rules().position(|rule| rule.id == id).expect("it is there");
                // Where both fit, a word in the name decides, then the type that asks more of it.
                let rule = match (named, anchored) {
                    (true, true) if name.contains("zorg") && !name.contains("acme") => rule("anchored"),
                    (true, _) => rule("named"),
                    (false, true) => rule("anchored"),
                    (false, false) => return,
                };
                if words::made(bound) && !bound.is_open() {
                    let (whole, secret) = (Span::from(bound.whole()), Span::from(bound.value()));
                    out.push(Match { whole, secret, rule: rule as RuleIndex });
                }
            });
        }
        out.sort_unstable();
        out.dedup();
        out
    }

    #[test]
    fn a_long_repetition_ends_where_its_rule_says() {
        let rules = r#"
            provider = "Test"
            [[rule]]
            id = "block"
            description = "a long body between marks"
            severity = "high"
            keywords = ["begin-"]
            regex = 'begin-(?<secret>[a-z]{20,1500})-end'
            [[rule]]
            id = "whole"
            description = "all of it is the secret"
            severity = "high"
            keywords = ["start-"]
            regex = '\b(?<secret>start-[a-z]{20,1500}-end)\b'
        "#;
        let scanner = Scanner::new(Pack::new(pattern::parse("test", rules).expect("valid")).expect("rules"))
            .expect("few words");
        assert!(scanner.pack().rules().all(|rule| rule.led.is_some()));
        for (length, found) in [(19, false), (20, true), (1000, true), (1500, true), (1520, false)] {
            let body = "x".repeat(length);
            let text = format!(" begin-{body}-end start-{body}-end ");
            let secrets: Vec<&str> =
                scanner.scan(text.as_bytes()).iter().map(|found| &text[found.secret.range()]).collect();
            let whole = format!("start-{body}-end");
            let all = [&*body, &whole];
            assert_eq!(secrets, if found { &all[..] } else { &[] }, "{length}");
        }
    }

    #[test]
    fn names_betray_what_they_betray_plainly() {
        let scanner = scanner();
        let mut state = 5_u64;
        let mut hits = 0;
        for round in 0..6000 {
            let mut text = String::new();
            for _ in 0..round % 50 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                text.push_str(ASSIGNED[(state >> 33) as usize % ASSIGNED.len()]);
            }
            let found = scanner.find(text.as_bytes());
            let typed = assigned::typed(&found.assigned);
            hits += typed.len();
            assert_eq!(typed, plainly(&scanner, text.as_bytes()), "{text:?}");
            let candidates = assigned::candidates(&found.assigned);
            let mut all = Vec::new();
            for at in (0..text.len()).filter(|at| crate::generic::anchor_at(text.as_bytes(), *at).is_some()) {
                crate::generic::find_at(text.as_bytes(), at, &mut all);
            }
            assert!(candidates.iter().all(|candidate| all.contains(candidate)), "{text:?}");
        }
        assert!(hits > 20, "the texts must hold something to find: {hits}");
    }

    #[test]
    fn windows_find_what_every_regex_over_the_whole_text_finds() {
        let scanner = scanner();
        let oracle = Oracle::new(&scanner);
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
            let mut found = scanner.find_in_file(text.as_bytes()).matches;
            found.retain(|found| scanner.pack().rule(found.rule).find == Find::Regex);
            hits += found.len();
            assert_eq!(found, oracle.scan(text.as_bytes()), "{text:?}");
        }
        assert!(hits > 1000, "the texts must hold something to find: {hits}");
    }
}
