//! `leakgate rules`: shows the rules, and checks them.

use std::fmt::Write as _;

use super::{
    args::{Flags, RulesCommand},
    plan, print, tryout,
};
use crate::{
    error::Error,
    exit,
    matcher::Scanner,
    model::{Confidence, Severity, Span},
    pattern::{
        self, Find, Pair, Rule, RuleIndex,
        lint::{self, Fixtures, Source},
    },
    pipeline::{self, Levels, Told},
    report::Format,
};

pub fn run(flags: &Flags, command: RulesCommand) -> Result<u8, Error> {
    match command {
        RulesCommand::List => list(flags),
        RulesCommand::Show { id } => show(flags, &id),
        RulesCommand::Lint => lint_all(flags),
        RulesCommand::Test => test_all(flags),
        RulesCommand::New { provider, id } => tryout::new(flags, &provider, &id),
        RulesCommand::Stats { path } => tryout::stats(flags, path.as_deref()),
        RulesCommand::Try { rule, repo } => tryout::history(flags, &rule, &repo),
    }
}

fn list(flags: &Flags) -> Result<u8, Error> {
    let pack = plan::pack(flags)?;
    let mut out = String::new();
    for rule in pack.rules() {
        if flags.format == Some(Format::Jsonl) {
            let line = serde_json::json!({
                "id": rule.id, "provider": rule.provider, "description": rule.description,
                "severity": rule.severity, "confidence": rule.confidence,
                "checks": rule.check.iter().collect::<Vec<_>>(),
            });
            writeln!(out, "{line}").expect("writing to a string");
        } else {
            writeln!(out, "{:<40} {:<9} {}", rule.id, rule.severity, rule.description)
                .expect("writing to a string");
        }
    }
    if flags.format != Some(Format::Jsonl) {
        let (count, version, hash) = (pack.count(), pack.version(), pack.hash());
        writeln!(out, "{count} rules; pack {version}, sha256 {hash}").expect("writing to a string");
    }
    print(&out)?;
    Ok(exit::CLEAN)
}

fn show(flags: &Flags, id: &str) -> Result<u8, Error> {
    let pack = plan::pack(flags)?;
    let rule = pack
        .rules()
        .find(|rule| rule.id == id)
        .ok_or_else(|| Error::new(format!("no rule is called {id:?}")).mend("see `leakgate rules list`"))?;
    let Rule {
        warn,
        paths,
        find,
        id,
        provider,
        description,
        severity,
        confidence,
        keywords,
        regex,
        entropy,
        check,
        person,
        revoke,
        reach,
        pair,
        leads: _,
        led: _,
    } = rule;
    let mut out = String::new();
    let mut line = |name: &str, text: &str| writeln!(out, "{name:<12} {text}").expect("writing to a string");
    line("id", id);
    line("provider", provider);
    line("description", description);
    if *find != Find::Assignment {
        line("severity", severity.word());
        line("confidence", confidence.word());
    }
    match find {
        Find::Regex => {
            if !keywords.is_empty() {
                line("keywords", &keywords.join(", "));
            }
            line("regex", regex);
            if rule.of_files() {
                line("found in", &format!("files of less than {reach} bytes, as wholes"));
            } else {
                line("reach", &format!("{reach} bytes at each side of a keyword"));
            }
        }
        Find::Path => line("found by", &format!("the path of a file, with one of: {}", keywords.join(", "))),
        Find::Word(word) => {
            line("words", &word.words.join(", "));
            if !word.name.is_empty() {
                line("name", &word.name.join(", "));
            }
            line("value", regex);
        }
        Find::Assignment => {
            line("found by", "the assignment detector; name, value, surroundings and path decide")
        }
        Find::Size(above) => line("found by", &format!("its size: more than {above} bytes")),
    }
    if *entropy > 0.0 {
        line("entropy", &format!("at least {entropy} bits a character"));
    }
    if let Some(check) = check {
        line("check", check);
    }
    if *person {
        line("fingerprint", "slow, as a person may have chosen the value");
    }
    if !paths.is_empty() {
        line("paths", &paths.join(", "));
    }
    if *warn {
        line("stage", "warn: shown, but fails nothing");
    }
    if let Some(Pair { with, within, needed }) = pair {
        let lines = if *within == 1 { "line" } else { "lines" };
        let alone = if *needed { "; alone it is nothing" } else { "" };
        line("pair", &format!("with {}, within {within} {lines}{alone}", with.join(" or ")));
    }
    if !revoke.is_empty() {
        line("revoke", revoke);
    }
    print(&out)?;
    Ok(exit::CLEAN)
}

/// The pattern files that the flags name: the built-in ones, and those added.
fn sources(flags: &Flags) -> Result<Vec<Source>, Error> {
    let mut sources = Vec::new();
    if !flags.no_builtin {
        for (name, text) in pattern::builtin::sources() {
            sources.push(Source::parse(name, text)?);
        }
    }
    for path in &flags.rules {
        for file in pattern::files(path)? {
            let (file, text) = pattern::read_pinned(&file)?;
            // Another tool's pack has no examples; `list` names its rules.
            if pattern::is_foreign(&text) {
                continue;
            }
            for (name, part) in pattern::sources(&file.display().to_string(), &text)? {
                sources.push(Source::parse(&name, &part)?);
            }
        }
    }
    Ok(sources)
}

fn lint_all(flags: &Flags) -> Result<u8, Error> {
    let sources = sources(flags)?;
    let faults = lint::lint(&sources);
    let mut out = String::new();
    for fault in &faults {
        writeln!(out, "{}: {}: {}", fault.file, fault.rule, fault.what).expect("writing to a string");
    }
    let rules: usize = sources.iter().map(|source| source.fixtures().count()).sum();
    writeln!(out, "{rules} rules in {} files, {} mistakes", sources.len(), faults.len())
        .expect("writing to a string");
    print(&out)?;
    Ok(if faults.is_empty() { exit::CLEAN } else { exit::FINDINGS })
}

/// Runs every rule over every example and near miss.
fn test_all(flags: &Flags) -> Result<u8, Error> {
    let scanner = Scanner::new(plan::pack(flags)?)?;
    let outcome = Tested::run(&scanner, &sources(flags)?);
    let mut out = String::new();
    for line in outcome.steals.iter().chain(&outcome.failures) {
        writeln!(out, "{line}").expect("writing to a string");
    }
    writeln!(
        out,
        "{} examples, {} near misses, {} taken by another rule, {} failures",
        outcome.examples,
        outcome.near_misses,
        outcome.steals.len(),
        outcome.failures.len()
    )
    .expect("writing to a string");
    print(&out)?;
    Ok(if outcome.failures.is_empty() { exit::CLEAN } else { exit::FINDINGS })
}

/// What the rules did to one another's examples.
#[derive(Default)]
pub struct Tested {
    pub examples: usize,
    pub near_misses: usize,
    /// Examples that another rule is told for.
    pub steals: Vec<String>,
    /// Examples not found by their own rule, and near misses that are.
    pub failures: Vec<String>,
}

impl Tested {
    pub fn run(scanner: &Scanner, sources: &[Source]) -> Self {
        let mut outcome = Self::default();
        for fixtures in sources.iter().flat_map(Source::fixtures) {
            outcome.examples(scanner, &fixtures);
            for (number, (path, text)) in fixtures.near_misses().enumerate() {
                outcome.near_misses += 1;
                if own(scanner, path.unwrap_or(EXAMPLE_PATH), &text, fixtures.id).is_some() {
                    outcome.failures.push(format!("{}: near miss {} is found", fixtures.id, number + 1));
                }
            }
        }
        outcome
    }

    fn examples(&mut self, scanner: &Scanner, fixtures: &Fixtures) {
        for (number, (path, text)) in fixtures.examples().enumerate() {
            self.examples += 1;
            let path = path.unwrap_or(EXAMPLE_PATH);
            let Some(own) = own(scanner, path, &text, fixtures.id) else {
                self.failures.push(format!("{}: example {} is not found", fixtures.id, number + 1));
                continue;
            };
            let winner = told(scanner, path, &text).into_iter().find(|told| told.secret.overlaps(own));
            let winner = winner.map(|told| &*scanner.pack().rule(told.rule).id);
            if let Some(winner) = winner.filter(|winner| *winner != fixtures.id) {
                self.steals.push(format!("{}: example {} is told as {winner}", fixtures.id, number + 1));
            }
        }
    }
}

/// Examples are read as configuration, unless they name their file.
const EXAMPLE_PATH: &str = "settings.conf";

fn told(scanner: &Scanner, path: &str, text: &[u8]) -> Vec<Told> {
    let levels = Levels { confidence: Confidence::Low, severity: Severity::Low, now: None };
    pipeline::told(scanner, levels, path, text)
}

/// Where the rule finds something: a match of its own, or, of a kind, what is told at default levels.
fn own(scanner: &Scanner, path: &str, text: &[u8], id: &str) -> Option<Span> {
    let admits = |rule: RuleIndex| scanner.bounds().admit(rule, path.as_bytes());
    let is_own = |rule: RuleIndex| scanner.pack().rule(rule).id == id && admits(rule);
    if let Some(found) = scanner.find(text).matches.iter().find(|found| is_own(found.rule)) {
        return Some(found.secret);
    }
    let levels = Levels { confidence: Confidence::Medium, severity: Severity::Low, now: None };
    let told = pipeline::told(scanner, levels, path, text);
    told.iter().find(|told| is_own(told.rule)).map(|told| told.secret)
}
