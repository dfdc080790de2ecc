//! Types that no form betrays, but a name: one table of words, asked once for each name that is bound to a
//! value.
//!
//! What makes such a match believable: an assignment, pair, header, flag or call binds a name to a literal;
//! the whole literal has the type's form, and looks made rather than written; and the service's word stands
//! in the name, or on its line, in a comment just above, or in the head of the object or section around it
//! (`generic::Bound::around`); a word may begin in the innermost head and end in the name. A word elsewhere,
//! however near, says nothing. Where several types fit, the one whose word stands in the name wins, then the
//! one that asks more of the name, then the longer word.
//!
//! Knows no path.

use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use regex_automata::{meta::Regex, util::syntax};

use crate::{
    generic::Bound,
    pattern::{Find, Pack, RuleIndex, Word, fold},
};

/// One type.
struct Type {
    rule: RuleIndex,
    word: Word,
    value: String,
    form: OnceLock<Regex>,
}

/// All types of a pack.
pub struct Words {
    types: Vec<Type>,
    /// Each word once, and the types that it calls for.
    words: Vec<(String, Vec<u32>)>,
    /// Bytes of the shortest and the longest value of any type.
    lengths: (usize, usize),
    finder: OnceLock<AhoCorasick>,
}

/// How well a type fits; the greater the better.
type Fit = (bool, bool, usize, std::cmp::Reverse<RuleIndex>);

impl Words {
    pub fn new(pack: &Pack) -> Self {
        let mut types = Vec::new();
        let mut words = std::collections::BTreeMap::<String, Vec<u32>>::new();
        let mut lengths = (usize::MAX, 0);
        for (index, _) in pack.outlines().enumerate().filter(|(_, rule)| rule.word) {
            let rule = pack.rule(index as RuleIndex);
            let Find::Word(word) = &rule.find else { continue };
            for text in word.words.iter() {
                words.entry(text.to_string()).or_default().push(types.len() as u32);
            }
            lengths = (lengths.0.min(word.shortest), lengths.1.max(word.longest));
            types.push(Type {
                rule: index as RuleIndex,
                word: word.clone(),
                value: rule.regex.to_string(),
                form: OnceLock::new(),
            });
        }
        Self { types, words: words.into_iter().collect(), lengths, finder: OnceLock::new() }
    }

    pub fn is_empty(&self) -> bool {
        self.types.is_empty()
    }

    /// The type of a bound value.
    pub fn of(&self, bound: &Bound) -> Option<RuleIndex> {
        let value = bound.text();
        if value.len() < self.lengths.0 || value.len() > self.lengths.1 || !made(bound) || bound.is_open() {
            return None;
        }
        let finder = self.finder.get_or_init(|| {
            AhoCorasick::new(self.words.iter().map(|(word, _)| word)).expect("words are short and few")
        });
        let name = fold(bound.name());
        let mut best: Option<(Fit, RuleIndex)> = None;
        let mut look = |text: &[u8], in_name: bool| {
            for found in finder.find_overlapping_iter(text) {
                let (word, types) = &self.words[found.pattern().as_usize()];
                for of in types.iter().map(|&index| &self.types[index as usize]) {
                    let told = !of.word.name.is_empty();
                    let fit = (in_name, told, word.len(), std::cmp::Reverse(of.rule));
                    if best.is_none_or(|(known, _)| fit > known) && of.fits(&name, value) {
                        best = Some((fit, of.rule));
                    }
                }
            }
        };
        look(&name, true);
        bound.around(&mut |text, innermost| {
            let mut text = fold(text);
            if innermost {
                text.extend(&name); // `box: { apiKey: … }` is a `boxApiKey`
            }
            look(&text, false);
        });
        best.map(|(_, rule)| rule)
    }
}

impl Type {
    /// Whether name and value are as the type wants them. `name` is folded.
    fn fits(&self, name: &[u8], value: &[u8]) -> bool {
        let Word { name: parts, shortest, longest, .. } = &self.word;
        let named = |part: &[u8]| memchr::memmem::find(name, part).is_some();
        (*shortest..=*longest).contains(&value.len())
            && (parts.is_empty() || parts.iter().any(|part| named(part.as_bytes())))
            && self.form().is_match(value)
    }

    fn form(&self) -> &Regex {
        self.form.get_or_init(|| {
            Regex::builder()
                .syntax(syntax::Config::new().unicode(false).utf8(false))
                .build(&whole(&self.value))
                .expect("patterns are parsed and tried before they come here")
        })
    }
}

/// The regex of a value that is nothing else.
pub fn whole(value: &str) -> String {
    format!(r"\A(?:{value})\z")
}

/// A value that was made, not written: with a digit, or letters in no order that words have. One without
/// quotes could be a variable, so it takes more.
pub fn made(bound: &Bound) -> bool {
    let digits = bound.text().iter().filter(|byte| byte.is_ascii_digit()).count();
    let (likely, surely) = (bound.randomness() > 2, bound.randomness() > 8);
    if bound.is_literal() { digits > 0 || likely } else { digits > 3 || digits > 0 && likely || surely }
}
