//! Packs of other tools: the TOML of gitleaks and betterleaks, as their documentation describes it.
//!
//! Nothing is dropped in silence. A rule that cannot be run, and a key that is not understood, is named with
//! its rule and makes the scan incomplete; what is run in another way is a note.

mod raw;
mod syntax;

use std::{
    collections::{BTreeSet, HashMap},
    path::{Path, PathBuf},
};

use toml::Table;

use super::{
    Excuse, Extras, Find, Limits, Rule, Target, builtin,
    schema::{self, Measured, SHORTEST_KEYWORD},
};
use crate::{error::Error, model::Problem};
use raw::{RawAllow, RawPack, RawRule};
use syntax::translated;

/// A pack may extend another, and that another; deeper than this is a mistake or a circle.
const DEEPEST: usize = 5;

/// What another tool's pack came to.
#[derive(Debug, Default)]
pub struct Foreign {
    pub rules: Vec<Rule>,
    pub extras: Extras,
}

/// A file of patterns: what it is called in messages, where it lies, and what it says.
pub struct Source {
    pub name: String,
    pub path: PathBuf,
    pub text: String,
}

/// Opens the file that a pack names, given the pack's own path.
pub type Open<'o> = &'o dyn Fn(&Path, &Path) -> Result<Source, Error>;

/// Keys that change nothing of what is found.
const OF_NO_EFFECT: &[&str] =
    &["title", "description", "minversion", "tags", "keywords", "references", "confidence", "severity", "id"];

/// Whether the text is another tool's pack and not one of our own.
pub fn is(text: &str) -> bool {
    text.parse::<Table>().is_ok_and(|table| {
        let has = |names: &[&str]| table.keys().any(|key| names.contains(&key.to_lowercase().as_str()));
        !has(&["provider", "rule", "word", "kind", "file"])
            && has(&["rules", "extend", "allowlist", "allowlists"])
    })
}

/// Reads such a pack, and those that it extends.
pub fn read(source: &Source, open: Open) -> Result<Foreign, Error> {
    let mut packs = Packs::default();
    packs.add(source, open, 0)?;
    Ok(packs.finish())
}

/// What has been read of a pack and of those that it extends.
#[derive(Default)]
struct Packs {
    /// With what the packs above say of each.
    rules: Vec<RawRule>,
    allowlists: Vec<RawAllow>,
    /// What each rule is called here, by its own id.
    ids: HashMap<String, String>,
    foreign: Foreign,
}

impl Packs {
    fn add(&mut self, source: &Source, open: Open, depth: usize) -> Result<(), Error> {
        let Source { name, path, text } = source;
        let raw = RawPack::parse(name, text)
            .map_err(|error| Error::new(format!("{name}: not a pack\n{}", error.to_string().trim_end())))?;
        self.unknown(name, "", &raw.rest);
        self.unknown(name, "extend", &raw.extend.rest);
        if let Some(base) = &raw.extend.path {
            if depth == DEEPEST {
                return Err(Error::new(format!("{name}: packs extend each other more than {DEEPEST} times")));
            }
            self.add(&open(path, base)?, open, depth + 1)?;
        }
        if let Some(url) = &raw.extend.url {
            self.lost(name, "extend", format!("{url} is not fetched: a scan opens no connection"));
        }
        if raw.extend.usedefault {
            self.note(name, "the pack that it extends is the built-in one of this program");
        }
        for id in raw.extend.disabledrules {
            let count = self.rules.len();
            self.rules.retain(|rule| rule.id.as_ref() != Some(&id));
            let here = builtin_id(&id);
            if self.rules.len() == count && here.is_none() {
                self.note(name, &format!("disabledRules: no rule is called {id:?}"));
            }
            self.foreign.extras.disabled.extend(here);
        }
        let mut known: HashMap<String, usize> = HashMap::new();
        for (number, rule) in self.rules.iter().enumerate() {
            known.extend(rule.id.clone().map(|id| (id, number)));
        }
        let below = self.rules.len();
        for (number, rule) in (1..).zip(raw.rules) {
            let Some(id) = rule.id.clone().filter(|id| !kebab(id).is_empty()) else {
                self.lost(name, &format!("rule {number}"), "it has no id, so it is not run".to_owned());
                continue;
            };
            match known.get(&id) {
                Some(&at) if at < below => self.rules[at].amend(rule),
                Some(&at) => {
                    self.note(name, &format!("{id} stands there twice; the last one counts"));
                    self.rules[at] = rule;
                }
                None => {
                    known.insert(id, self.rules.len());
                    self.rules.push(rule);
                }
            }
        }
        self.allowlists.extend(raw.allowlists);
        Ok(())
    }

    fn finish(mut self) -> Foreign {
        let mut taken = BTreeSet::new();
        // Of each form that several have, the number that was given last.
        let mut given: HashMap<String, u32> = HashMap::new();
        for rule in std::mem::take(&mut self.rules) {
            let own = rule.id.clone().expect("those without were left out");
            let plain = kebab(&own);
            let mut id = plain.clone();
            while taken.contains(&id) {
                let number = given.entry(plain.clone()).or_insert(1);
                *number += 1;
                id = format!("{plain}-{number}");
            }
            if id != plain {
                self.note(&rule.file, &format!("{own} is told as {id}, as another is told as {plain}"));
            }
            taken.insert(id.clone());
            self.ids.insert(own, id.clone());
            self.rule(id, rule);
        }
        for allow in std::mem::take(&mut self.allowlists) {
            let mut rules = Vec::new();
            for id in &allow.targetrules {
                match self.ids.get(id).cloned().or_else(|| builtin_id(id)) {
                    Some(id) => rules.push(id),
                    None => self.note(&allow.file, &format!("allowlist: no rule is called {id:?}")),
                }
            }
            let everywhere = allow.targetrules.is_empty();
            let Some(excuse) = self.excuse("allowlist", allow) else { continue };
            let extras = &mut self.foreign.extras;
            for id in rules {
                extras.limits.entry(id).or_default().excuses.push(excuse.clone());
            }
            if everywhere {
                extras.everywhere.push(excuse);
            }
        }
        self.foreign
    }

    fn lost(&mut self, file: &str, rule: &str, why: String) {
        let what = if rule.is_empty() { file.to_owned() } else { format!("{file}: {rule}") };
        self.foreign.extras.unhonoured.push(Problem::new(what, why));
    }

    fn note(&mut self, file: &str, what: &str) {
        self.foreign.extras.notes.push(format!("{file}: {what}"));
    }

    fn unknown(&mut self, file: &str, rule: &str, rest: &Table) {
        for key in rest.keys().filter(|key| !OF_NO_EFFECT.contains(&key.as_str())) {
            self.lost(file, rule, format!("{key} is not understood, so the rest works without it"));
        }
    }

    fn rule(&mut self, id: String, raw: RawRule) {
        let file = raw.file;
        self.unknown(&file, &id, &raw.rest);
        let mut limits = Limits::default();
        let path = raw.path.filter(|path| !path.is_empty());
        if let Some(path) = &path {
            match compiles(path) {
                Ok(()) => limits.path = Some(translated(path)),
                Err(why) => return self.lost(&file, &id, format!("path: {why}, so it is not run")),
            }
        }
        for allow in raw.allowlists {
            limits.excuses.extend(self.excuse(&id, allow));
        }
        let regex = raw.regex.filter(|regex| !regex.is_empty());
        // Without a regex it may add to a built-in rule.
        if regex.is_none() && builtin_id(&id).is_some() {
            self.foreign.extras.limits.insert(id, limits);
            return;
        }
        if raw.skipreport {
            return self.note(&file, &format!("{id} reports nothing by itself, so it is not run"));
        }
        let found = match (regex, path) {
            // Nothing has no entropy.
            (Some(regex), _) => by_regex(&regex, raw.secretgroup, raw.secretgroup == 0 || raw.entropy == 0.0),
            (None, Some(path)) => by_path(&path),
            (None, None) => {
                let why = "it has no regex and no path, and adds to no rule that is known";
                return self.lost(&file, &id, why.to_owned());
            }
        };
        let By { find, regex, words, measured, cut } = match found {
            Ok(found) => found,
            Err(why) => return self.lost(&file, &id, format!("{why}, so it is not run")),
        };
        if let Some(end) = cut {
            self.note(&file, &format!("{id}: repetitions without an end stop at {end}"));
        }
        let description = if raw.description.is_empty() { id.clone() } else { raw.description };
        self.foreign.rules.push(Rule {
            find,
            keywords: words.into_iter().map(Into::into).collect(),
            leads: measured.leads.into(),
            led: measured.led,
            regex: regex.into(),
            reach: measured.reach,
            // There it must be more than that, not as much.
            entropy: if raw.entropy > 0.0 { raw.entropy.next_up() } else { 0.0 },
            ..Rule::bare(id.clone().into(), "Own pack".into(), description.into())
        });
        // It stands for one of the same id in the packs before it.
        self.foreign.extras.disabled.push(id.clone());
        if limits != Limits::default() {
            self.foreign.extras.limits.insert(id, limits);
        }
    }

    fn excuse(&mut self, rule: &str, raw: RawAllow) -> Option<Excuse> {
        let file = raw.file;
        self.unknown(&file, &format!("{rule}: allowlist"), &raw.rest);
        let mut wrong = None;
        let mut regexes = |list: &[String]| -> Vec<String> {
            let fit = |regex: &String| match compiles(regex) {
                Ok(()) => Some(translated(regex)),
                Err(why) => {
                    wrong.get_or_insert(why);
                    None
                }
            };
            list.iter().filter_map(fit).collect()
        };
        let target = match raw.regextarget.to_lowercase().as_str() {
            "" | "secret" => Target::Secret,
            "match" => Target::Match,
            "line" => Target::Line,
            other => {
                self.lost(
                    &file,
                    rule,
                    format!("allowlist: regexTarget {other:?} is not understood; left out"),
                );
                return None;
            }
        };
        let all = match raw.condition.to_lowercase().as_str() {
            "" | "or" | "||" => false,
            "and" | "&&" => true,
            other => {
                self.lost(&file, rule, format!("allowlist: condition {other:?} is not understood; left out"));
                return None;
            }
        };
        let excuse = Excuse {
            all,
            target,
            regexes: regexes(&raw.regexes),
            paths: regexes(&raw.paths),
            stopwords: raw.stopwords.iter().map(|word| word.to_lowercase()).collect(),
            commits: raw.commits.iter().map(|id| id.to_lowercase()).collect(),
        };
        if let Some(why) = wrong {
            self.lost(&file, rule, format!("allowlist: {why}; that one is left out"));
            // One condition less would excuse more than was meant.
            if all {
                return None;
            }
        }
        Some(excuse)
    }
}

/// How a rule finds what it finds.
struct By {
    find: Find,
    regex: String,
    words: Vec<String>,
    measured: Measured,
    /// Where repetitions without an end were given one.
    cut: Option<u32>,
}

fn by_regex(regex: &str, group: u32, or_whole: bool) -> Result<By, String> {
    let syntax::Fitted { regex, words, cut } = syntax::fit(regex, group, or_whole)?;
    let measured = measured(&regex, &words)?;
    if words.is_empty() && measured.led.is_none() {
        return Err(format!("no word of {SHORTEST_KEYWORD} letters stands in every match"));
    }
    Ok(By { find: Find::Regex, regex, words, measured, cut })
}

/// Any text of one line with one of the words; which are the paths that count, the limits tell.
fn by_path(path: &str) -> Result<By, String> {
    let words = syntax::words_of_path(path)
        .ok_or_else(|| format!("no word of {SHORTEST_KEYWORD} letters stands in every path that it finds"))?;
    let regex = r"\A(?<secret>[^\n]+)\z".to_owned();
    let measured = measured(&regex, &words)?;
    Ok(By { find: Find::Path, regex, words, measured, cut: None })
}

fn measured(regex: &str, words: &[String]) -> Result<Measured, String> {
    schema::measure_regex(regex, words).map_err(|fault| format!("{}: {}", fault.field, fault.what))
}

/// A regex of another tool, written for Go, as it is written here.
pub fn go_regex(regex: &str) -> Result<String, String> {
    compiles(regex).map(|()| translated(regex))
}

fn compiles(regex: &str) -> Result<(), String> {
    regex_syntax::ParserBuilder::new()
        .unicode(false)
        .utf8(false)
        .build()
        .parse(&translated(regex))
        .map(|_| ())
        .map_err(|_| format!("the regex {regex:?} cannot be read"))
}

/// An id in the form of our own.
fn kebab(id: &str) -> String {
    let signs =
        id.chars().map(|sign| if sign.is_ascii_alphanumeric() { sign.to_ascii_lowercase() } else { '-' });
    signs.collect::<String>().trim_matches('-').to_owned()
}

/// That id, if a built-in rule has it.
fn builtin_id(id: &str) -> Option<String> {
    let id = kebab(id);
    (0..builtin::count()).any(|index| builtin::outline(index).id == id).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of packs that lie beside each other, each with its text; the first is read.
    fn read_of(files: &[(&str, &str)]) -> Result<Foreign, Error> {
        let open = |_: &Path, name: &Path| {
            let (name, text) = files.iter().find(|(file, _)| Path::new(file) == name).expect("it is there");
            Ok(Source { name: (*name).to_owned(), path: name.into(), text: (*text).to_owned() })
        };
        super::read(&open(Path::new(""), Path::new(files[0].0))?, &open)
    }

    fn read(text: &str) -> Foreign {
        read_of(&[("own.toml", text)]).expect("it is a pack")
    }

    fn lost(text: &str) -> Vec<String> {
        let problems = read(text).extras.unhonoured;
        problems.into_iter().map(|problem| format!("{}: {}", problem.what, problem.why)).collect()
    }

    const ACME: &str = "[[rules]]\nid = 'Acme_Key'\ndescription = 'Acme'\nregex = '''acme-([a-z0-9]{20,})'''\n\
        keywords = ['acme']\nentropy = 3\nsecretGroup = 1\n";

    #[test]
    fn it_is_told_from_a_pack_of_our_own() {
        assert!(is(ACME) && is("[extend]\nuseDefault = true\n") && is("[[allowlists]]\npaths = ['x']\n"));
        assert!(!is("provider = 'P'\n[[rule]]\nid = 'p'\n") && !is("not toml"));
    }

    #[test]
    fn a_rule_is_read_with_all_that_it_says() {
        let pack = read(&format!(
            "{ACME}path = '''\\.env$'''\n[[rules.allowlists]]\ncondition = 'AND'\nregexTarget = 'line'\nregexes = ['ok']\n\
             paths = ['^docs/']\nstopWords = ['Sample']\n"
        ));
        let rule = &pack.rules[0];
        assert_eq!((&*rule.id, &*rule.description, rule.entropy), ("acme-key", "Acme", 3_f32.next_up()));
        assert_eq!(rule.keywords.join(" "), "acme-");
        let limits = &pack.extras.limits["acme-key"];
        assert_eq!(limits.path.as_deref(), Some(r"\.env$"));
        let excuse = &limits.excuses[0];
        assert!(excuse.all && excuse.target == Target::Line);
        assert_eq!(
            (&excuse.paths[..], &excuse.stopwords[..]),
            (&["^docs/".to_owned()][..], &["sample".to_owned()][..])
        );
        assert!(pack.extras.unhonoured.is_empty(), "{:?}", pack.extras.unhonoured);
        assert_eq!(pack.extras.notes, ["own.toml: acme-key: repetitions without an end stop at 1000"]);
    }

    #[test]
    fn what_cannot_be_honoured_is_named_with_its_rule() {
        for (text, told) in [
            ("[[rules]]\nid = 'a'\nregex = '[a-z]{32}'\n", "own.toml: a: no word of 3 letters"),
            ("[[rules]]\nid = 'a'\npath = '^[a-z]$'\n", "own.toml: a: no word of 3 letters"),
            ("[[rules]]\nregex = 'acme'\n", "own.toml: rule 1: it has no id"),
            ("[[rules]]\nid = 'a'\nregex = 'acme('\n", "own.toml: a: its regex"),
            (
                "[[rules]]\nid = 'a'\nregex = 'acme'\nfilter = 'x > 1'\n",
                "own.toml: a: filter is not understood",
            ),
            (
                "[[rules]]\nid = 'a'\nregex = 'acme'\n[[rules.required]]\nid = 'b'\n",
                "own.toml: a: required is not",
            ),
            (
                "[extend]\nurl = 'https://packs.example/x'\n",
                "own.toml: extend: https://packs.example/x is not fetched",
            ),
            ("prefilter = 'x'\nrules = []\n", "own.toml: prefilter is not understood"),
            ("[allowlist]\nregexes = ['(']\n", "own.toml: allowlist: allowlist: the regex"),
            (
                "[allowlist]\ncondition = 'xor'\nregexes = ['a']\n",
                "own.toml: allowlist: allowlist: condition \"xor\"",
            ),
        ] {
            let lost = lost(text);
            assert!(lost.len() == 1 && lost[0].starts_with(told), "{text}: {lost:?}");
        }
    }

    #[test]
    fn a_pack_extends_another_takes_rules_out_and_adds_to_them() {
        let base =
            format!("{ACME}{}[[rules.allowlists]]\nstopwords = ['y']\n", ACME.replace("Acme_Key", "zenith"));
        let own = "[extend]\npath = 'base.toml'\ndisabledRules = ['Acme_Key']\n[[rules]]\nid = 'zenith'\n\
            entropy = 2\npath = 'x'\n[[rules.allowlists]]\nstopwords = ['x']\n\
            [[allowlists]]\ntargetRules = ['zenith']\npaths = ['^a']\n";
        let pack = read_of(&[("own.toml", own), ("base.toml", &base)]).expect("it is a pack");
        let [rule] = &pack.rules[..] else { panic!("one was taken out: {:?}", pack.rules) };
        assert_eq!((&*rule.id, rule.entropy), ("zenith", 2_f32.next_up()));
        assert!(rule.regex.contains("acme"), "what is not said again stays as it was");
        let limits = &pack.extras.limits["zenith"];
        assert_eq!((limits.path.as_deref(), limits.excuses.len()), (Some("x"), 3));
        let other = own.replace("entropy", "regex = 'other([0-9]{9})'\nentropy");
        let pack = read_of(&[("own.toml", &other), ("base.toml", &base)]).expect("it is a pack");
        assert!(pack.rules[0].regex.contains("other"));
        assert_eq!(pack.extras.limits["zenith"].excuses.len(), 3, "those of the base stay");
        let circle = read_of(&[("own.toml", "[extend]\npath = 'own.toml'\n")]).expect_err("endless");
        assert!(circle.to_string().contains("extend each other"), "{circle}");
    }

    #[test]
    fn of_two_rules_with_one_id_the_last_counts_and_like_ids_stay_apart() {
        let twice = read(&format!("{ACME}path = 'x'\n{}", ACME.replace("acme-", "zenith-")));
        assert_eq!((twice.rules.len(), twice.extras.limits.len()), (1, 0));
        assert!(twice.rules[0].regex.contains("zenith"));
        assert!(twice.extras.notes[0].contains("Acme_Key stands there twice"), "{:?}", twice.extras.notes);
        let like = read(&format!(
            "{ACME}{}[[allowlists]]\ntargetRules = ['acme-key']\npaths = ['x']\n",
            ACME.replace("Acme_Key", "acme-key")
        ));
        let ids: Vec<_> = like.rules.iter().map(|rule| &*rule.id).collect();
        assert_eq!(ids, ["acme-key", "acme-key-2"]);
        assert!(like.extras.limits.contains_key("acme-key-2"), "each by its own id");
    }

    #[test]
    fn a_rule_that_is_named_and_not_there_is_told() {
        for (text, told) in [
            (
                "[extend]\nuseDefault = true\ndisabledRules = ['nobodys']\n",
                "disabledRules: no rule is called",
            ),
            ("[[allowlists]]\ntargetRules = ['nobodys']\npaths = ['x']\n", "allowlist: no rule is called"),
        ] {
            let notes = read(text).extras.notes;
            assert!(notes.iter().any(|note| note.contains(told) && note.contains("nobodys")), "{notes:?}");
        }
        let amends = "[[rules]]\nid = 'github-pat-classic'\n[[rules.allowlists]]\npaths = ['x']\n";
        assert_eq!(read(amends).extras.limits["github-pat-classic"].excuses.len(), 1);
        assert_eq!(lost(&amends.replace("github-pat-classic", "nobodys")).len(), 1);
    }
}
