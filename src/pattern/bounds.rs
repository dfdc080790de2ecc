//! Which files a rule looks at: those whose paths its file names, or all.

use std::{collections::BTreeMap, sync::OnceLock};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use regex::bytes::Regex;

use super::{Find, Pack, Rule, RuleIndex, builtin};
use crate::{error::Error, model::Part};

/// The rules of a pack that are bound to paths.
#[derive(Default)]
pub struct Bounds(BTreeMap<RuleIndex, Bound>);

/// All that is given must agree.
#[derive(Default)]
struct Bound {
    /// Those of a built-in rule are made when the first path is looked at: a start takes no time for them.
    globs: Option<OnceLock<Globs>>,
    /// Of another tool's pack.
    regex: Option<Regex>,
    /// It looks at paths themselves.
    of_paths: bool,
}

/// Those without `/` are for a file's name, the others for its path.
struct Globs {
    names: GlobSet,
    paths: GlobSet,
}

impl Bounds {
    pub fn new(pack: &Pack) -> Result<Self, Error> {
        let mut bounds = BTreeMap::<_, Bound>::new();
        let first_own = pack.count() - pack.own().len();
        for (index, rule) in (0..).zip(pack.outlines()).filter(|(_, rule)| rule.bound) {
            let wrong = |what: String| Error::new(format!("rule {:?}: paths: {what}", rule.id));
            let globs = match (index as usize).checked_sub(first_own) {
                Some(own) => Globs::new(&pack.own()[own].paths).map_err(wrong)?.into(),
                None => OnceLock::new(),
            };
            bounds.entry(index).or_default().globs = Some(globs);
        }
        let limits = &pack.extras().limits;
        let rules = if limits.is_empty() { 0 } else { pack.count() };
        for index in (0..rules).map(|index| index as RuleIndex) {
            let Rule { id, find, pair, .. } = pack.rule(index);
            let Some(limits) = limits.get(&**id) else { continue };
            if !limits.excuses.is_empty() && pair.is_none() {
                bounds.entry(index).or_default();
            }
            let Some(path) = &limits.path else { continue };
            let regex = Regex::new(&format!("(?-u){path}")).map_err(|error| {
                Error::new(format!("rule {id:?}: the regex of its path is too large: {error}"))
            })?;
            let bound = bounds.entry(index).or_default();
            (bound.regex, bound.of_paths) = (Some(regex), *find == Find::Path);
        }
        Ok(Self(bounds))
    }

    /// Whether every rule looks at all files.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it depends on the place if what the rule finds counts: there are files that it does not look at, or places
    /// that its pack excuses.
    pub fn bind(&self, rule: RuleIndex) -> bool {
        self.0.contains_key(&rule)
    }

    /// Whether the rule looks at that part of the file of that path from the root.
    pub fn look(&self, rule: RuleIndex, part: Part, path: &[u8]) -> bool {
        self.0.get(&rule).is_none_or(|bound| match part {
            Part::Path if bound.of_paths => self.admit(rule, path),
            Part::Content | Part::Member => !bound.of_paths && self.admit(rule, path),
            _ => bound.globs.is_none() && bound.regex.is_none(),
        })
    }

    /// Whether the rule looks at the file of that path from the root.
    pub fn admit(&self, rule: RuleIndex, path: &[u8]) -> bool {
        self.0.get(&rule).is_none_or(|bound| {
            let made = || Globs::new(&builtin::rule(rule as usize).paths).expect("they were tried");
            bound.globs.as_ref().is_none_or(|globs| globs.get_or_init(made).hold(path))
                && bound.regex.as_ref().is_none_or(|regex| regex.is_match(path))
        })
    }
}

/// What is wrong with a rule's globs, if anything.
pub fn check<T: AsRef<str>>(globs: &[T]) -> Result<(), String> {
    Globs::new(globs).map(drop)
}

impl Globs {
    fn new<T: AsRef<str>>(globs: &[T]) -> Result<Self, String> {
        let (mut names, mut paths) = (GlobSetBuilder::new(), GlobSetBuilder::new());
        for glob in globs {
            let glob = glob.as_ref();
            if glob.is_empty() {
                return Err("an empty one holds no file".to_owned());
            }
            let built = GlobBuilder::new(glob).literal_separator(true).build();
            let built = built.map_err(|error| error.to_string())?;
            if glob.contains('/') {
                paths.add(built)
            } else {
                names.add(built)
            };
        }
        let set = |builder: GlobSetBuilder| builder.build().map_err(|error| error.to_string());
        Ok(Self { names: set(names)?, paths: set(paths)? })
    }

    /// In a container the path within it counts, and the whole one.
    fn hold(&self, path: &[u8]) -> bool {
        let within = memchr::memmem::rfind(path, b"!/").map_or(path, |at| &path[at + 2..]);
        let name = memchr::memrchr(b'/', within).map_or(within, |at| &within[at + 1..]);
        let is = |set: &GlobSet, path: &[u8]| {
            let path = bstr::ByteSlice::to_path_lossy(path);
            set.is_match(path)
        };
        is(&self.names, name) || is(&self.paths, within) || is(&self.paths, path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hold(globs: &[&str], path: &str) -> bool {
        Globs::new(globs).expect("good globs").hold(path.as_bytes())
    }

    #[test]
    fn a_glob_is_for_the_name_or_for_the_path() {
        for (glob, path, wanted) in [
            ("*.env", "a/b/prod.env", true),
            ("*.env", "a.env/b", false),
            (".npmrc", "web/.npmrc", true),
            (".npmrc", "web/x.npmrc", false),
            ("config/*.yml", "config/a.yml", true),
            ("config/*.yml", "app/config/a.yml", false),
            ("config/*.yml", "config/a/b.yml", false),
            ("**/config/*.yml", "app/config/a.yml", true),
            ("config/*.yml", "app.zip!/config/a.yml", true),
            ("app.zip!/**", "app.zip!/config/a.yml", true),
            ("*.zip", "app.zip!/config/a.yml", false),
            ("*.{pem,key}", "certs/a.key", true),
        ] {
            assert_eq!(hold(&[glob], path), wanted, "{glob} {path}");
        }
        assert!(hold(&["*.a", "x/*.b"], "x/y.b") && hold(&["*.a", "x/*.b"], "y.a"));
        assert!(!hold(&["*.a", "x/*.b"], "y.b"));
    }

    #[test]
    fn a_wrong_glob_is_told() {
        assert!(check(&["a[".to_owned()]).is_err_and(|why| why.contains("a[")) && check(&[""]).is_err());
    }

    #[test]
    fn the_built_in_ones_are_right() {
        let bounds =
            Bounds::new(&Pack::builtin_and(Vec::new()).expect("rules")).expect("they are not made yet");
        assert!(bounds.0.keys().all(|&rule| !bounds.admit(rule, b"no such path/at.all")), "each is bound");
        assert!(builtin::rules().all(|rule| check(&rule.paths).is_ok()));
    }
}
