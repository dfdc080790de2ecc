//! Mistakes in pattern files that parse: told all at once, each with its file and rule.

use std::collections::BTreeMap;

use super::{
    bounds, sample,
    schema::{
        Example, PairEntry, PatternFile, RuleEntry, WordEntry, fold, measure, measure_kind, measure_word,
    },
};
use crate::error::Error;

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    pub file: String,
    pub rule: String,
    pub what: String,
}

/// A pattern file as written, with the name that messages use.
pub struct Source {
    pub name: String,
    pub file: PatternFile,
}

impl Source {
    pub fn parse(name: &str, text: &str) -> Result<Self, Error> {
        let file = toml::from_str(text).map_err(|error| {
            Error::new(format!("{name}: not a pattern file\n{}", error.to_string().trim_end()))
        })?;
        Ok(Self { name: name.to_owned(), file })
    }
}

/// Whether a rule can be the other half of one that has a pair.
enum Half {
    Free,
    Paired,
    Bound,
}

/// Takes a mistake.
type Tell<'t> = dyn FnMut(String) + 't;

/// Everything wrong with the files, in their order.
pub fn lint(sources: &[Source]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut ids: BTreeMap<&str, &str> = BTreeMap::new();
    let paired: BTreeMap<&str, Half> = sources.iter().flat_map(Source::paired).collect();
    for source in sources {
        let mut check = |id: &str, what: &mut dyn FnMut(&mut Tell)| {
            let mut fault =
                |what: String| faults.push(Fault { file: source.name.clone(), rule: id.to_owned(), what });
            what(&mut fault);
        };
        for rule in &source.file.rules {
            check(&rule.id, &mut |fault| one_rule(rule, fault));
            check(&rule.id, &mut |fault| one_pair(rule.pair.as_ref(), &paired, fault));
            check(&rule.id, &mut |fault| one_path(&rule.paths, &rule.examples, &rule.near_misses, fault));
        }
        for word in &source.file.words {
            check(&word.id, &mut |fault| one_word(word, fault));
            check(&word.id, &mut |fault| one_pair(word.pair.as_ref(), &paired, fault));
            check(&word.id, &mut |fault| one_path(&word.paths, &word.examples, &word.near_misses, fault));
        }
        for kind in &source.file.kinds {
            check(&kind.id, &mut |fault| {
                if let Err(wrong) = measure_kind(kind) {
                    fault(format!("{}: {}", wrong.field, wrong.what));
                }
                described(&kind.description, &kind.examples, &kind.near_misses, fault);
            });
        }
        for fixtures in source.fixtures() {
            if let Some(first) = ids.insert(fixtures.id, &source.name) {
                check(fixtures.id, &mut |fault| fault(format!("the id stands twice, first in {first}")));
            }
        }
    }
    faults
}

/// What every type has besides what it finds.
fn described(
    description: &str,
    examples: &[Example],
    near_misses: &[Example],
    fault: &mut dyn FnMut(String),
) {
    if description.trim().is_empty() {
        fault("description: say what it is".to_owned());
    }
    if examples.is_empty() {
        fault("examples: give at least one text in which the rule finds something".to_owned());
    }
    if near_misses.is_empty() {
        fault("near_misses: give at least one text that looks alike and is not one".to_owned());
    }
}

/// A rule that is bound to paths is tried at one, and at another.
fn one_path(paths: &[String], examples: &[Example], near_misses: &[Example], fault: &mut dyn FnMut(String)) {
    if let Err(wrong) = bounds::check(paths) {
        fault(format!("paths: {wrong}"));
    }
    let unnamed = examples.iter().chain(near_misses).any(|example| example.path().is_none());
    if !paths.is_empty() && unnamed {
        fault("paths: give each example and near miss a path: { path = \"…\", text = \"…\" }".to_owned());
    }
}

/// `paired` says of each rule whether it asks for another half itself; one that is bound to paths is no half.
fn one_pair(pair: Option<&PairEntry>, paired: &BTreeMap<&str, Half>, fault: &mut dyn FnMut(String)) {
    for id in pair.iter().flat_map(|pair| &pair.with) {
        match paired.get(id.as_str()) {
            None => fault(format!("pair: with: no rule is called {id:?}")),
            Some(Half::Paired) => {
                fault(format!("pair: with: {id:?} has a pair itself: name the half that has none"));
            }
            Some(Half::Bound) => {
                fault(format!("pair: with: {id:?} is bound to paths: name a rule that looks at all files"));
            }
            Some(Half::Free) => {}
        }
    }
}

fn one_word(word: &WordEntry, fault: &mut dyn FnMut(String)) {
    if let Err(wrong) = measure_word(word) {
        fault(format!("{}: {}", wrong.field, wrong.what));
    }
    described(&word.description, &word.examples, &word.near_misses, fault);
    for (index, example) in filled(&word.id, &word.examples, 0).enumerate() {
        let folded = String::from_utf8_lossy(&fold(&example)).into_owned();
        if !word.words.iter().any(|word| folded.contains(word.as_str())) {
            fault(format!("examples: number {} holds none of the words", index + 1));
        }
    }
}

fn one_rule(rule: &RuleEntry, fault: &mut dyn FnMut(String)) {
    match measure(rule) {
        Ok(measured) if !measured.bounded => {
            fault(
                "regex: bound every repetition, as in {1,64}, so that a match cannot be endless".to_owned(),
            );
        }
        Ok(_) => {}
        Err(wrong) => fault(format!("{}: {}", wrong.field, wrong.what)),
    }
    described(&rule.description, &rule.examples, &rule.near_misses, fault);
    let examples: Vec<String> = filled(&rule.id, &rule.examples, 0)
        .map(|text| String::from_utf8_lossy(&text).to_ascii_lowercase())
        .collect();
    for word in &rule.keywords {
        let word = word.to_ascii_lowercase();
        if !examples.is_empty() && !examples.iter().any(|text| text.contains(&word)) {
            fault(format!("keywords: {word:?} stands in none of the examples"));
        }
    }
    for (index, text) in examples.iter().enumerate() {
        if !rule.keywords.is_empty()
            && !rule.keywords.iter().any(|word| text.contains(&word.to_ascii_lowercase()))
        {
            fault(format!("examples: number {} holds none of the keywords", index + 1));
        }
    }
}

/// What one type's examples and near misses are, as written.
pub struct Fixtures<'s> {
    pub id: &'s str,
    examples: &'s [Example],
    near_misses: &'s [Example],
}

impl Source {
    /// The ids of all types, and whether each can be another's half.
    fn paired(&self) -> impl Iterator<Item = (&str, Half)> {
        let half = |pair: &Option<PairEntry>, paths: &[String]| match pair {
            Some(_) => Half::Paired,
            None if paths.is_empty() => Half::Free,
            None => Half::Bound,
        };
        let rules = self.file.rules.iter().map(move |rule| (&*rule.id, half(&rule.pair, &rule.paths)));
        rules.chain(self.file.words.iter().map(move |word| (&*word.id, half(&word.pair, &word.paths))))
    }

    /// Those of all types of the file, in order.
    pub fn fixtures(&self) -> impl Iterator<Item = Fixtures<'_>> {
        let PatternFile { rules, words, kinds, .. } = &self.file;
        let rules = rules.iter().map(|it| (&it.id, &it.examples, &it.near_misses));
        let words = words.iter().map(|it| (&it.id, &it.examples, &it.near_misses));
        let kinds = kinds.iter().map(|it| (&it.id, &it.examples, &it.near_misses));
        let all = rules.chain(words).chain(kinds);
        all.map(|(id, examples, near_misses)| Fixtures { id, examples, near_misses })
    }
}

impl Fixtures<'_> {
    /// The examples, filled in, each with its path if it has one; the same each time.
    pub fn examples(&self) -> impl Iterator<Item = (Option<&str>, Vec<u8>)> {
        self.examples.iter().map(Example::path).zip(filled(self.id, self.examples, 0))
    }

    /// The near misses, likewise.
    pub fn near_misses(&self) -> impl Iterator<Item = (Option<&str>, Vec<u8>)> {
        self.near_misses.iter().map(Example::path).zip(filled(self.id, self.near_misses, 1 << 32))
    }
}

fn filled<'r>(id: &str, examples: &'r [Example], offset: u64) -> impl Iterator<Item = Vec<u8>> + 'r {
    // FNV-1a of the id, so that no two rules have the same samples.
    let seed = id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    examples.iter().zip(offset..).map(move |(one, number)| sample(one.text(), seed.wrapping_add(number)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<String> {
        let source = Source::parse("a.toml", text).expect("it parses");
        lint(&[source]).into_iter().map(|fault| fault.what).collect()
    }

    const GOOD: &str = "provider = 'P'\n[[rule]]\nid = 'p-x'\ndescription = 'd'\nseverity = 'low'\nkeywords = ['abc_']\n\
        regex = '(?<secret>abc_[a-z]{4})'\nexamples = ['abc_{lower:4}']\nnear_misses = ['abc_']\n";

    #[test]
    fn a_good_rule_has_no_fault() {
        assert_eq!(faults(GOOD), Vec::<String>::new());
    }

    #[test]
    fn each_mistake_is_told() {
        let of = |from: &str, to: &str| faults(&GOOD.replace(from, to)).join("\n");
        assert!(of("examples = ['abc_{lower:4}']", "").contains("examples: give at least one"));
        assert!(of("near_misses = ['abc_']", "").contains("near_misses: give"));
        assert!(of("['abc_']\nregex", "['abc_', 'xyz']\nregex").contains("\"xyz\" stands in none"));
        assert!(of("'abc_{lower:4}'", "'abd_{lower:4}'").contains("number 1 holds none"));
        assert!(of("{4}", "+").contains("bound every repetition"));
        assert!(of("<secret>", "<other>").contains("(?<secret>…)"));
        assert!(of("(?<secret>abc_[a-z]{4})", "(?<secret>abc_[a-z]{4}").contains("column 1: unclosed group"));
        assert!(of("'p-x'", "'P x'").contains("id: use lower-case"));
        let paired = |with: &str, more: &str| {
            of("severity = 'low'", &format!("severity = 'low'\npair = {{ with = {with}{more} }}"))
        };
        assert!(paired("['p-y']", "").contains("no rule is called \"p-y\""));
        assert!(paired("['p-x']", "").contains("has a pair itself"));
        assert!(paired("[]", "").contains("with: name the rule"));
        assert!(paired("['p-y']", ", within = 21").contains("at most 20 lines"));
        let twice = format!("{GOOD}{}", GOOD.replace("provider = 'P'\n", ""));
        assert!(faults(&twice).join("\n").contains("the id stands twice"));
    }
}
