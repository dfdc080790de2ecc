//! Packs of other tools: the TOML of gitleaks and betterleaks, as their documentation describes it.
//!
//! Nothing is dropped in silence. A rule that cannot be run, and a key that is not understood, is named with
//! its rule and makes the scan incomplete; what is run in another way is a note.

mod syntax;

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use toml::{Table, Value};

use super::{
    Excuse, Extras, Find, Limits, Rule, Target,
    schema::{self, Measured},
};
use crate::{error::Error, model::Problem};
use syntax::translated;

/// A pack may extend another, and that another; deeper than this is a mistake or a circle.
const DEEPEST: usize = 5;

/// What another tool's pack came to.
#[derive(Debug, Default)]
pub struct Foreign {
    pub rules: Vec<Rule>,
    pub extras: Extras,
}

/// Keys as other tools write them; they do not mind case, so all are read in lower case.
#[derive(Deserialize)]
struct RawPack {
    #[serde(default)]
    extend: RawExtend,
    #[serde(default)]
    rules: Vec<RawRule>,
    allowlist: Option<RawAllow>,
    #[serde(default)]
    allowlists: Vec<RawAllow>,
    #[serde(flatten)]
    rest: Table,
}

#[derive(Default, Deserialize)]
struct RawExtend {
    path: Option<PathBuf>,
    url: Option<String>,
    #[serde(default)]
    usedefault: bool,
    #[serde(default)]
    disabledrules: Vec<String>,
    #[serde(flatten)]
    rest: Table,
}

#[derive(Deserialize)]
struct RawRule {
    id: Option<String>,
    #[serde(default)]
    description: String,
    regex: Option<String>,
    path: Option<String>,
    #[serde(default)]
    entropy: f32,
    #[serde(default)]
    secretgroup: u32,
    allowlist: Option<RawAllow>,
    #[serde(default)]
    allowlists: Vec<RawAllow>,
    #[serde(default)]
    skipreport: bool,
    #[serde(flatten)]
    rest: Table,
}

#[derive(Default, Deserialize)]
struct RawAllow {
    #[serde(default)]
    condition: String,
    #[serde(default)]
    regextarget: String,
    #[serde(default)]
    regexes: Vec<String>,
    #[serde(default)]
    paths: Vec<String>,
    #[serde(default)]
    stopwords: Vec<String>,
    #[serde(default)]
    commits: Vec<String>,
    #[serde(default)]
    targetrules: Vec<String>,
    #[serde(flatten)]
    rest: Table,
}

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
pub fn read(path: &Path, text: &str) -> Result<Foreign, Error> {
    read_at(path, text, 0)
}

fn read_at(path: &Path, text: &str, depth: usize) -> Result<Foreign, Error> {
    let name = path.display().to_string();
    let wrong = |what: &dyn std::fmt::Display| Error::new(format!("{name}: not a pack\n{what}"));
    let table: Table = text.parse().map_err(|error: toml::de::Error| wrong(&error.to_string().trim_end()))?;
    let raw: RawPack = lowered(Value::Table(table)).try_into().map_err(|error| wrong(&error))?;
    let mut told = Told { file: name.clone(), foreign: Foreign::default() };
    told.unknown("", &raw.rest);
    told.unknown("extend", &raw.extend.rest);
    if let Some(base) = &raw.extend.path {
        if depth == DEEPEST {
            return Err(Error::new(format!("{name}: packs extend each other more than {DEEPEST} times")));
        }
        // As their documentation has it, from the folder in which the scan runs; else from the file's own.
        let beside = path.parent().map(|folder| folder.join(base)).filter(|_| !base.exists());
        let base = beside.unwrap_or_else(|| base.clone());
        let text = fs::read_to_string(&base).map_err(|error| Error::io("read the patterns", &base, error))?;
        let Foreign { rules, extras } = read_at(&base, &text, depth + 1)?;
        told.foreign.rules = rules;
        told.foreign.extras = extras;
    }
    if let Some(url) = &raw.extend.url {
        told.lost("extend", format!("{url} is not fetched: a scan opens no connection"));
    }
    if raw.extend.usedefault {
        told.note("the pack that it extends is the built-in one of this program".to_owned());
    }
    told.foreign.rules.retain(|rule| !raw.extend.disabledrules.iter().any(|id| kebab(id) == *rule.id));
    told.foreign.extras.disabled.extend(raw.extend.disabledrules.iter().map(|id| kebab(id)));
    for (index, rule) in raw.rules.into_iter().enumerate() {
        told.rule(index + 1, rule);
    }
    for allow in raw.allowlist.into_iter().chain(raw.allowlists) {
        let rules: Vec<String> = allow.targetrules.iter().map(|id| kebab(id)).collect();
        let Some(excuse) = told.excuse("allowlist", allow) else { continue };
        let extras = &mut told.foreign.extras;
        for id in &rules {
            extras.limits.entry(id.clone()).or_default().excuses.push(excuse.clone());
        }
        if rules.is_empty() {
            extras.everywhere.push(excuse);
        }
    }
    Ok(told.foreign)
}

/// What has been read of one file.
struct Told {
    file: String,
    foreign: Foreign,
}

impl Told {
    fn lost(&mut self, rule: &str, why: String) {
        let what = if rule.is_empty() { self.file.clone() } else { format!("{}: {rule}", self.file) };
        self.foreign.extras.unhonoured.push(Problem::new(what, why));
    }

    fn note(&mut self, what: String) {
        self.foreign.extras.notes.push(format!("{}: {what}", self.file));
    }

    fn unknown(&mut self, rule: &str, rest: &Table) {
        for key in rest.keys().filter(|key| !OF_NO_EFFECT.contains(&key.as_str())) {
            self.lost(rule, format!("{key} is not understood, so the rest works without it"));
        }
    }

    fn rule(&mut self, number: usize, raw: RawRule) {
        let Some(id) = raw.id.as_deref().map(kebab).filter(|id| !id.is_empty()) else {
            return self.lost(&format!("rule {number}"), "it has no id, so it is not run".to_owned());
        };
        self.unknown(&id, &raw.rest);
        let mut limits = Limits::default();
        if let Some(path) = raw.path.as_deref().filter(|path| !path.is_empty()) {
            match compiles(path) {
                Ok(()) => limits.path = Some(translated(path)),
                Err(why) => return self.lost(&id, format!("path: {why}, so it is not run")),
            }
        }
        for allow in raw.allowlist.into_iter().chain(raw.allowlists) {
            limits.excuses.extend(self.excuse(&id, allow));
        }
        let Some(regex) = raw.regex.filter(|regex| !regex.is_empty()) else {
            // Without a regex it adds to a rule of the pack that is extended.
            let known = self.foreign.rules.iter().any(|rule| rule.id == id);
            if !known && limits.path.is_some() {
                return self.lost(&id, "it finds files by their names alone, so it is not run".to_owned());
            }
            let all = self.foreign.extras.limits.entry(id).or_default();
            all.path = limits.path.or_else(|| all.path.take());
            all.excuses.extend(limits.excuses);
            return;
        };
        if raw.skipreport {
            return self.note(format!("{id} reports nothing by itself, so it is not run"));
        }
        let fitted = match syntax::fit(&regex, raw.secretgroup) {
            Ok(fitted) => fitted,
            Err(why) => return self.lost(&id, format!("{why}, so it is not run")),
        };
        let measured = match schema::measure_regex(&fitted.regex, &fitted.words) {
            Ok(measured) => measured,
            Err(fault) => {
                return self.lost(&id, format!("{}: {}, so it is not run", fault.field, fault.what));
            }
        };
        if let Some(end) = fitted.cut {
            self.note(format!("{id}: repetitions without an end stop at {end}"));
        }
        // It stands for one of the same id in the packs before it.
        self.foreign.extras.disabled.push(id.clone());
        let rules = &mut self.foreign.rules;
        rules.retain(|rule| rule.id != id);
        rules.push(rule(&id, &raw.description, raw.entropy, &fitted, measured));
        if limits != Limits::default() {
            self.foreign.extras.limits.insert(id, limits);
        }
    }

    fn excuse(&mut self, rule: &str, raw: RawAllow) -> Option<Excuse> {
        self.unknown(&format!("{rule}: allowlist"), &raw.rest);
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
                self.lost(rule, format!("allowlist: regexTarget {other:?} is not understood; left out"));
                return None;
            }
        };
        let all = match raw.condition.to_lowercase().as_str() {
            "" | "or" | "||" => false,
            "and" | "&&" => true,
            other => {
                self.lost(rule, format!("allowlist: condition {other:?} is not understood; left out"));
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
            self.lost(rule, format!("allowlist: {why}; that one is left out"));
            // One condition less would excuse more than was meant.
            if all {
                return None;
            }
        }
        Some(excuse)
    }
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

fn rule(id: &str, description: &str, entropy: f32, fitted: &syntax::Fitted, measured: Measured) -> Rule {
    let description = if description.is_empty() { id } else { description };
    Rule {
        find: Find::Regex,
        keywords: fitted.words.iter().map(|word| word.clone().into()).collect(),
        leads: measured.leads.into(),
        led: measured.led,
        regex: fitted.regex.clone().into(),
        reach: measured.reach,
        entropy,
        ..Rule::bare(id.to_owned().into(), "Own pack".into(), description.to_owned().into())
    }
}

/// An id in the form of our own.
fn kebab(id: &str) -> String {
    let signs =
        id.chars().map(|sign| if sign.is_ascii_alphanumeric() { sign.to_ascii_lowercase() } else { '-' });
    signs.collect::<String>().trim_matches('-').to_owned()
}

/// All keys in lower case.
fn lowered(value: Value) -> Value {
    match value {
        Value::Table(table) => {
            Value::Table(table.into_iter().map(|(key, value)| (key.to_lowercase(), lowered(value))).collect())
        }
        Value::Array(all) => Value::Array(all.into_iter().map(lowered).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Foreign {
        super::read(Path::new("own.toml"), text).expect("it is a pack")
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
        assert_eq!((&*rule.id, &*rule.description, rule.entropy), ("acme-key", "Acme", 3.0));
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
            ("[[rules]]\nid = 'a'\npath = 'id_rsa$'\n", "own.toml: a: it finds files by their names"),
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
        let folder = tempfile::tempdir().expect("a temporary folder");
        let base = folder.path().join("base.toml");
        fs::write(&base, format!("{ACME}{}", ACME.replace("Acme_Key", "zenith"))).expect("writable");
        let text = "[extend]\npath = 'base.toml'\ndisabledRules = ['zenith']\n[[rules]]\nid = 'acme-key'\n\
            [[rules.allowlists]]\nstopwords = ['x']\n[[allowlists]]\ntargetRules = ['acme-key']\npaths = ['^a']\n";
        let pack = super::read(&folder.path().join("own.toml"), text).expect("it is a pack");
        let ids: Vec<_> = pack.rules.iter().map(|rule| &*rule.id).collect();
        assert_eq!(ids, ["acme-key"]);
        assert_eq!(pack.extras.limits["acme-key"].excuses.len(), 2);
        assert!(pack.extras.disabled.iter().any(|id| id == "zenith"));
        let circle = format!("[extend]\npath = {:?}\n", base.display().to_string());
        fs::write(&base, &circle).expect("writable");
        assert!(super::read(&base, &circle).expect_err("endless").to_string().contains("extend each other"));
    }
}
