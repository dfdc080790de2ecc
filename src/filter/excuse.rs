//! What a pack itself excuses: paths, values, words and commits of its rules.

use std::collections::BTreeMap;

use bstr::{BStr, ByteSlice};
use regex::bytes::Regex;

use crate::{
    error::Error,
    model::Secret,
    pattern::{Excuse, Extras, Target},
};

/// A place of a finding, as excuses look at it.
pub struct Excused<'c> {
    pub rule: &'c str,
    pub secret: &'c Secret,
    /// The whole match, and its line; asked for only where an excuse looks at them.
    pub near: Option<&'c Near>,
    /// From the repository's root.
    pub path: &'c BStr,
    pub commit: Option<String>,
}

/// The text around a value.
#[derive(Clone, Debug)]
pub struct Near {
    pub whole: Secret,
    pub line: Secret,
}

/// The excuses of a pack, compiled.
#[derive(Default)]
pub struct Excuses {
    by_rule: BTreeMap<String, Vec<Compiled>>,
    everywhere: Vec<Compiled>,
}

struct Compiled {
    all: bool,
    target: Target,
    regexes: Vec<Regex>,
    paths: Vec<Regex>,
    stopwords: Vec<String>,
    commits: Vec<String>,
}

impl Excuses {
    pub fn new(extras: &Extras) -> Result<Self, Error> {
        let mut excuses = Self::default();
        for (rule, limits) in &extras.limits {
            let all = limits.excuses.iter().map(Compiled::new).collect::<Result<_, _>>()?;
            excuses.by_rule.insert(rule.clone(), all);
        }
        excuses.everywhere = extras.everywhere.iter().map(Compiled::new).collect::<Result<_, _>>()?;
        Ok(excuses)
    }

    /// Whether the pack does not mean this one.
    pub fn cover(&self, place: &Excused) -> bool {
        let own = self.by_rule.get(place.rule).into_iter().flatten();
        own.chain(&self.everywhere).any(|excuse| excuse.covers(place))
    }
}

impl Compiled {
    fn new(excuse: &Excuse) -> Result<Self, Error> {
        let list = |regexes: &[String]| regexes.iter().map(|regex| compiled(regex)).collect::<Result<_, _>>();
        Ok(Self {
            all: excuse.all,
            target: excuse.target,
            regexes: list(&excuse.regexes)?,
            paths: list(&excuse.paths)?,
            stopwords: excuse.stopwords.clone(),
            commits: excuse.commits.clone(),
        })
    }

    fn covers(&self, place: &Excused) -> bool {
        let secret = place.secret.reveal();
        let text = match (self.target, place.near) {
            (Target::Match, Some(near)) => near.whole.reveal(),
            (Target::Line, Some(near)) => near.line.reveal(),
            _ => secret,
        };
        let folded = secret.to_ascii_lowercase();
        let commit = place.commit.as_deref();
        let answers = [
            (!self.regexes.is_empty(), self.regexes.iter().any(|regex| regex.is_match(text))),
            (!self.paths.is_empty(), self.paths.iter().any(|path| path.is_match(place.path))),
            (!self.stopwords.is_empty(), self.stopwords.iter().any(|word| folded.contains_str(word))),
            (!self.commits.is_empty(), self.commits.iter().any(|id| Some(id.as_str()) == commit)),
        ];
        let mut asked = answers.iter().filter(|(asked, _)| *asked).map(|(_, agrees)| *agrees).peekable();
        if self.all {
            asked.peek().is_some() && asked.all(|agrees| agrees)
        } else {
            asked.any(|agrees| agrees)
        }
    }
}

fn compiled(regex: &str) -> Result<Regex, Error> {
    Regex::new(&format!("(?-u){regex}"))
        .map_err(|error| Error::new(format!("a regex of the pack's allowlist is too large: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(excuse: Excuse, path: &str, value: &str, commit: Option<&str>) -> bool {
        let extras = Extras { everywhere: vec![excuse], ..Extras::default() };
        let secret = Secret::new(value.as_bytes());
        let near = Near { whole: Secret::new(b"whole"), line: Secret::new(b"a line") };
        let commit = commit.map(str::to_owned);
        let place = Excused { rule: "r", secret: &secret, near: Some(&near), path: path.into(), commit };
        Excuses::new(&extras).expect("valid").cover(&place)
    }

    fn list(text: &str) -> Vec<String> {
        vec![text.to_owned()]
    }

    #[test]
    fn one_condition_is_enough_or_all_are_asked() {
        let any = Excuse { regexes: list("^fake"), paths: list("^docs/"), ..Excuse::default() };
        assert!(covers(any.clone(), "docs/a", "real", None) && covers(any.clone(), "src/a", "fake", None));
        assert!(!covers(any.clone(), "src/a", "real", None));
        let all = Excuse { all: true, ..any };
        assert!(covers(all.clone(), "docs/a", "fake", None) && !covers(all, "docs/a", "real", None));
        assert!(!covers(Excuse { all: true, ..Excuse::default() }, "docs/a", "fake", None));
    }

    #[test]
    fn words_commits_and_other_targets_are_looked_at() {
        let words = Excuse { stopwords: list("sample"), ..Excuse::default() };
        assert!(covers(words.clone(), "a", "mySampleKey", None) && !covers(words, "a", "real", None));
        let commits = Excuse { commits: list("abc"), ..Excuse::default() };
        assert!(covers(commits.clone(), "a", "v", Some("abc")) && !covers(commits, "a", "v", None));
        let of = |target| Excuse { target, regexes: list("^a line$"), ..Excuse::default() };
        assert!(covers(of(Target::Line), "a", "v", None) && !covers(of(Target::Match), "a", "v", None));
    }
}
