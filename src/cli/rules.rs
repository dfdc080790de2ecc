//! `leakgate rules`: shows the rules, and checks them.

use std::{fmt::Write as _, fs};

use super::{
    args::{Flags, RulesCommand},
    plan, print,
};
use crate::{
    error::Error,
    exit,
    matcher::{Match, Scanner},
    pattern::{
        self, Rule,
        lint::{self, Source},
    },
    report::Format,
    score,
};

pub fn run(flags: &Flags, command: RulesCommand) -> Result<u8, Error> {
    match command {
        RulesCommand::List => list(flags),
        RulesCommand::Show { id } => show(flags, &id),
        RulesCommand::Lint => lint_all(flags),
        RulesCommand::Test => test_all(flags),
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
    print(&out)?;
    Ok(exit::CLEAN)
}

fn show(flags: &Flags, id: &str) -> Result<u8, Error> {
    let pack = plan::pack(flags)?;
    let rule =
        pack.rules().iter().find(|rule| rule.id == id).ok_or_else(|| {
            Error::new(format!("no rule is called {id:?}")).mend("see `leakgate rules list`")
        })?;
    let Rule {
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
        leads: _,
        led: _,
    } = rule;
    let mut out = format!(
        "id           {id}\nprovider     {provider}\ndescription  {description}\nseverity     {severity}\n\
         confidence   {confidence}\nkeywords     {}\nregex        {regex}\nreach        {reach} bytes at each side of a keyword\n",
        keywords.join(", ")
    );
    let mut line = |name: &str, text: &str| writeln!(out, "{name:<12} {text}").expect("writing to a string");
    if *entropy > 0.0 {
        line("entropy", &format!("at least {entropy} bits a character"));
    }
    if let Some(check) = check {
        line("check", check);
    }
    if *person {
        line("fingerprint", "slow, as a person may have chosen the value");
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
        for (name, text) in pattern::builtin_sources() {
            sources.push(Source::parse(name, text)?);
        }
    }
    for path in &flags.rules {
        for file in pattern::files(path)? {
            let text =
                fs::read_to_string(&file).map_err(|error| Error::io("read the patterns", &file, error))?;
            sources.push(Source::parse(&file.display().to_string(), &text)?);
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
    let rules: usize = sources.iter().map(|source| source.file.rules.len()).sum();
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
        let id = |found: &Match| &*scanner.pack().rule(found.rule).id;
        for source in sources {
            for rule in &source.file.rules {
                for (number, text) in lint::examples(rule).enumerate() {
                    outcome.examples += 1;
                    let matches = scanner.scan(&text);
                    let Some(own) = matches.iter().find(|found| id(found) == rule.id) else {
                        outcome.failures.push(format!("{}: example {} is not found", rule.id, number + 1));
                        continue;
                    };
                    let judged = matches
                        .iter()
                        .map(|found| {
                            (*found, score::judge(scanner.pack().rule(found.rule), &text, found, None))
                        })
                        .collect();
                    let winner = score::keep_best(judged)
                        .into_iter()
                        .find(|(found, _)| found.secret.overlaps(own.secret));
                    if let Some((winner, _)) = winner.filter(|(winner, _)| id(winner) != rule.id) {
                        outcome.steals.push(format!(
                            "{}: example {} is told as {}",
                            rule.id,
                            number + 1,
                            id(&winner)
                        ));
                    }
                }
                for (number, text) in lint::near_misses(rule).enumerate() {
                    outcome.near_misses += 1;
                    if scanner.scan(&text).iter().any(|found| id(found) == rule.id) {
                        outcome.failures.push(format!("{}: near miss {} is found", rule.id, number + 1));
                    }
                }
            }
        }
        outcome
    }
}
