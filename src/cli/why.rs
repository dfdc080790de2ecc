//! Why something is told, and why something is not: which rule, which word, which filter decided.
//!
//! The text that is asked about is never shown again: places are told by column.

use std::{env, fmt::Write as _, path::PathBuf};

use bstr::{ByteSlice as _, ByteVec as _};

use super::{
    args::Flags,
    expect_fingerprint,
    plan::{self, Plan, Root, config_folder},
    print, tryout,
};
use crate::{
    config::Config,
    error::Error,
    exit,
    filter::{Allowlist, Candidate},
    generic,
    matcher::Scanner,
    model::{Confidence, Finding, Report, Severity},
    pattern::{Find, Pack, Rule},
    pipeline::{self, Levels},
    report::{Masker, escape},
    score,
    source::{self, DirOptions},
};

/// Tells of one finding what decided about it, in the files and folders named.
pub fn why(flags: &Flags, fingerprint: &str, paths: &[PathBuf]) -> Result<u8, Error> {
    expect_fingerprint(fingerprint)?;
    let default = [PathBuf::from(".")];
    let paths = if paths.is_empty() { &default } else { paths };
    let root = config_folder(&paths[0]);
    let asked = Flags { baseline: None, ..flags.clone() };
    let all = Flags { min_confidence: Confidence::Low, min_severity: Severity::Low, ..asked.clone() };
    let look = |flags: &Flags| -> Result<Report, Error> {
        let plan = Plan::new(flags, &Root::Folder(&root))?.without_allowlist();
        let gathered = source::dir(paths, DirOptions { ignore_rules: true, threads: 0 })?;
        plan.scan(&|path| path.to_owned(), |scan| Ok(pipeline::run(scan, gathered)))
    };
    let found = |report: &Report| report.findings.iter().any(|finding| finding.fingerprint == fingerprint);
    // Where all is told, another finding may stand in the place of the one that is told otherwise.
    let report = Some(look(&asked)?).filter(found).map_or_else(|| look(&all), Ok)?;
    let Some(finding) = report.findings.iter().find(|finding| finding.fingerprint == fingerprint) else {
        let known = plan::pack(flags)?;
        let id = fingerprint.rsplit_once(':').map_or("", |(id, _)| id);
        let mend = match known.rules().any(|rule| rule.id == id) {
            true => "name the files or folders where it stands",
            false => "no rule of that name is in the pack: add it with --rules",
        };
        return Err(Error::new(format!("{fingerprint} is not found there")).mend(mend));
    };
    let pack = plan::pack(flags)?;
    let mut out = String::new();
    let masker = if flags.show_secrets { Masker::idle() } else { Masker::new(&report.findings) };
    explain(&mut out, tryout::named(&pack, &finding.rule)?, finding, &masker);
    let config = Plan::new(flags, &Root::Folder(&root))?.into_config();
    outcome(&mut out, flags, finding, config, &root);
    print(&out)?;
    Ok(exit::CLEAN)
}

fn explain(out: &mut String, rule: &Rule, finding: &Finding, masker: &Masker) {
    let mut line = |name: &str, text: &str| {
        writeln!(out, "{name:<12} {text}").expect("writing to a string");
    };
    line("rule", &finding.rule);
    line("what", &finding.description);
    match &rule.find {
        Find::Regex if rule.of_files() => line("found by", "its file, of which it is the whole"),
        Find::Regex if rule.keywords.is_empty() => line("found by", "its first bytes"),
        Find::Regex => line("found by", &format!("its regex, near one of: {}", rule.keywords.join(", "))),
        Find::Path => line("found by", "the path of a file"),
        Find::Word(word) => {
            line("found by", &format!("a name with one of: {}; and the value's form", word.words.join(", ")));
        }
        Find::Assignment => line("found by", "the detector of assignments"),
        Find::Size(above) => line("found by", &format!("its size: more than {above} bytes")),
    }
    line("confidence", &format!("{}, of the rule itself {}", finding.confidence, rule.confidence));
    line("severity", &format!("{}, of the rule itself {}", finding.severity, rule.severity));
    line("because", &finding.reasons.join(", "));
    for fact in &finding.facts {
        line("it says", &format!("{} {}", fact.name, escape(masker.mask_text(&fact.value))));
    }
    for beside in &finding.companions {
        line("with", &format!("{}, {}", beside.rule, beside.distance()));
    }
    for place in &finding.places {
        let path = escape(masker.mask_path(&place.origin));
        line("at", &format!("{path}:{}:{}", place.start.line, place.start.column));
    }
}

/// Whether it would be told, and what else decides.
fn outcome(out: &mut String, flags: &Flags, finding: &Finding, config: Config, root: &std::path::Path) {
    let mut line = |text: String| writeln!(out, "{:<12} {text}", "outcome").expect("writing to a string");
    let mut told = true;
    if finding.confidence < flags.min_confidence {
        told = false;
        line(format!("not told below --min-confidence {}", finding.confidence));
    }
    if finding.severity < flags.min_severity {
        told = false;
        line(format!("not told below --min-severity {}", finding.severity));
    }
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let here = env::current_dir().and_then(|here| here.canonicalize()).unwrap_or_default();
    for entry in config.allow {
        let title = entry.title();
        let mut one = Allowlist::new(Config { allow: vec![entry], ..Config::default() }, today);
        let covered = finding.places.iter().all(|place| {
            let path = here.join(place.origin.path.to_path_lossy());
            let path = Vec::from_path_lossy(path.strip_prefix(root).unwrap_or(&path)).into_owned();
            one.covers(&Candidate {
                rule: &finding.rule,
                fingerprint: &finding.fingerprint,
                secret: &finding.secret,
                path: path.as_slice().into(),
            })
        });
        if covered {
            told = false;
            line(format!("allowed by allowlist {title}"));
        }
    }
    if told {
        line("told, unless a baseline or a comment on its line allows it".to_owned());
    }
}

/// Tells of a text which rules looked at it, and why each did not report it.
pub fn why_not(flags: &Flags, text: &str, path: &str) -> Result<u8, Error> {
    let pack = plan::pack(flags)?;
    let scanner = Scanner::new(pack.clone())?;
    let bytes = text.as_bytes();
    let levels = |confidence| Levels { confidence, severity: Severity::Low, now: None };
    let mut out = String::new();
    let mut line = |id: &str, what: String| writeln!(out, "{id}: {what}").expect("writing to a string");
    let winners = pipeline::told(&scanner, levels(Confidence::Low), path, bytes);
    let mut seen = Vec::new();
    for told in &winners {
        let rule = pack.rule(told.rule);
        seen.push(rule.id.to_string());
        let verdict = &told.verdict;
        let (sure, severity) = (verdict.confidence, verdict.severity);
        let enough = sure >= flags.min_confidence && severity >= flags.min_severity;
        let what = if enough { "told" } else { "found, but believed too little to be told" };
        let at = told.secret.start + 1;
        line(
            &rule.id,
            format!(
                "{what}: {sure} confidence, {severity} severity ({}); column {at}",
                verdict.reasons.join(", ")
            ),
        );
    }
    let folded = text.to_ascii_lowercase();
    let unseen = |rule: &Rule| rule.find == Find::Regex && !seen.contains(&rule.id.to_string());
    for (index, rule) in (0..).zip(pack.rules()).filter(|(_, rule)| unseen(rule)) {
        let word =
            rule.keywords.iter().find_map(|word| Some((word, folded.find(&word.to_ascii_lowercase())?)));
        let Some((word, at)) = word else { continue };
        let alone = Scanner::new(Pack::new(vec![rule.clone()])?)?;
        let matches = alone.find(bytes).matches;
        let verdicts = matches.iter().map(|found| score::judge(rule, bytes, found, None));
        let harmless = verdicts.clone().all(|verdict| verdict.harmless);
        let what = match matches.is_empty() {
            true => format!("its word {word:?} stands at column {}, but its regex matches nothing", at + 1),
            false if harmless => {
                let reasons: Vec<_> = verdicts.flat_map(|verdict| verdict.reasons).collect();
                format!("its regex matches, but the value is no secret ({})", reasons.join(", "))
            }
            false if !scanner.bounds().admit(index, path.as_bytes()) => {
                format!("its regex matches, but it does not look at {path}")
            }
            false if rule.pair.as_ref().is_some_and(|pair| pair.needed) => {
                "its regex matches, but its other half does not stand beside it, or another rule is surer there"
                    .to_owned()
            }
            false => "its regex matches, but another rule is surer or longer there".to_owned(),
        };
        line(&rule.id, what);
    }
    // What is believed but not told, another finding settles.
    for one in generic::find(bytes) {
        let judged = generic::judge(generic::Model::builtin(), &one, path.as_bytes());
        if judged.confidence == generic::Confidence::None && scanner.rule_of(judged.kind).is_some() {
            let (at, percent) = (one.value.start + 1, judged.probability * 100.0);
            let what = format!("the value at column {at} is judged to be no secret, {percent:.0}% likely");
            line(judged.kind.id(), what);
        }
    }
    for (value, why) in generic::excluded(bytes) {
        line("assignments", format!("the value at column {} is no secret: {why}", value.start + 1));
    }
    if out.is_empty() {
        out = "no rule's word stands in it, and no name that speaks of a secret is bound to a value\n"
            .to_owned();
    }
    print(&out)?;
    Ok(exit::CLEAN)
}
