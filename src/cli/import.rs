//! `leakgate import`: carries over what other tools were told may stay. Values are never copied: what names
//! one place, or spells out one value, becomes the fingerprint of what stands there. Other patterns are copied.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use bstr::ByteSlice as _;
use data_encoding::HEXLOWER;
use globset::GlobBuilder;
use regex::bytes::Regex;
use regex_syntax::hir::HirKind;
use sha1::{Digest as _, Sha1};
use toml_edit::{Item, Table, value};

use super::{
    allow::replace,
    args::Flags,
    plan::{Plan, Root, config_folder},
    print, scan,
};
use crate::{
    config::{Config, FILE_NAME, Wish, allow_list, wishes, with_entries},
    error::Error,
    exit,
    git::Repo,
    model::{Confidence, Finding, Severity},
    pattern,
    pipeline::{self, HistoryOptions},
    source::{self, DirOptions},
};

/// One entry to write: keys and values, in the order of the keys.
type Entry = Vec<(&'static str, String)>;

pub fn run(flags: &Flags, files: &[PathBuf], force: bool) -> Result<u8, Error> {
    let repo = scan::here().ok();
    let root =
        repo.as_ref().and_then(Repo::work_tree).map_or_else(|| config_folder(Path::new(".")), Path::to_owned);
    let target = flags.config.clone().unwrap_or_else(|| root.join(FILE_NAME));
    let before = match fs::read_to_string(&target) {
        Ok(_) if !force => {
            return Err(Error::new(format!("{} is there already", target.display()))
                .mend("--force adds to it; what stands in it is kept"));
        }
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(Error::io("read the configuration", &target, error)),
    };
    let mut importer =
        Importer { flags, root: &root, repo: repo.as_ref(), findings: None, incomplete: false };
    let mut entries: BTreeSet<Entry> = BTreeSet::new();
    let (mut told, mut lost) = (Vec::new(), 0_u64);
    for file in files {
        let text = fs::read_to_string(file).map_err(|error| Error::io("read", file, error))?;
        let name = file.display().to_string();
        let wishes = wishes(&name, &text)
            .ok_or_else(|| {
                Error::new(format!("{name}: a list of no tool that is known")).mend(
                    "known are .gitleaks.toml, .gitleaksignore, .secrets.baseline, .talismanrc and .secretsignore",
                )
            })?
            .map_err(|what| Error::new(format!("{name}: {what}")))?;
        let reason = format!("carried over from {}", file.file_name().unwrap_or_default().to_string_lossy());
        let mut carried = 0_u64;
        for wish in wishes {
            match importer.entries(&wish, &reason)? {
                Ok(new) => {
                    carried += 1;
                    entries.extend(new);
                }
                Err(why) => {
                    lost += 1;
                    told.push(format!("{name}: not carried over: {why}"));
                }
            }
        }
        told.push(format!("{name}: {carried} carried over"));
    }
    if importer.incomplete {
        lost += 1;
        told.push(
            "not everything could be read, so some may be missing; `leakgate history` tells what".to_owned(),
        );
    }
    let (text, new) = appended(&target.display().to_string(), &before, &entries)?;
    // What is written must be what is read.
    Config::parse(&target.display().to_string(), &text)?;
    if new > 0 {
        replace(&target, &text)?;
    }
    told.push(format!("{}: {new} new entries", target.display()));
    let lines: Vec<String> = told.iter().map(crate::report::escape).collect();
    print(&format!("{}\n", lines.join("\n")))?;
    Ok(if lost == 0 { exit::CLEAN } else { exit::INCOMPLETE })
}

struct Importer<'i> {
    flags: &'i Flags,
    root: &'i Path,
    repo: Option<&'i Repo>,
    /// All that stands there, believed or not; scanned for once, when first asked for.
    findings: Option<Vec<Finding>>,
    incomplete: bool,
}

impl Importer<'_> {
    /// The entries of a wish, or why there is none.
    fn entries(&mut self, wish: &Wish, reason: &str) -> Result<Result<Vec<Entry>, String>, Error> {
        let entry = |keys: &[(&'static str, &str)]| {
            let all = keys.iter().map(|(key, text)| (*key, (*text).to_owned()));
            all.chain([("reason", reason.to_owned())]).collect::<Entry>()
        };
        let regex = |regex: &str| {
            let own = pattern::go_regex(regex).map_err(|why| format!("{regex}: {why}"))?;
            // What is written must be what can be run.
            let tried = Regex::new(&format!("(?-u){own}")).map_err(|_| format!("{regex}: too large"));
            tried.map(|_| own)
        };
        Ok(match wish {
            Wish::Lost(why) => Err(why.clone()),
            Wish::Path(glob) => match GlobBuilder::new(glob).literal_separator(true).build() {
                Ok(_) => Ok(vec![entry(&[("path", glob)])]),
                Err(why) => Err(format!("{glob}: {why}")),
            },
            Wish::PathRegex(path) => regex(path).map(|path| vec![entry(&[("path_regex", &path)])]),
            Wish::Value { regex: text, path: None } => match self.spelled_out(text)? {
                found if found.is_empty() => regex(text).map(|text| vec![entry(&[("regex", &text)])]),
                found => known(found, reason, "a value of it"),
            },
            Wish::Value { regex: text, path: Some(path) } => match (regex(text), regex(path)) {
                (Ok(text), Ok(path)) => Ok(vec![entry(&[("regex", &text), ("path_regex", &path)])]),
                (Err(why), _) | (_, Err(why)) => Err(why),
            },
            Wish::Line { path, rule, line, commit } => {
                let there = |finding: &Finding| {
                    finding.places.iter().any(|place| {
                        let of = place.origin.commit.as_ref().map(|of| of.id.to_string());
                        place.origin.path == path.as_bytes()
                            && (place.start.line..=place.end.line).contains(line)
                            && commit.as_ref().is_none_or(|commit| of.as_ref() == Some(commit))
                    })
                };
                let mut found = self.found(|finding| finding.rule == *rule && there(finding))?;
                if found.is_empty() {
                    found = self.found(there)?;
                }
                known(found, reason, &format!("{path}:{line}"))
            }
            Wish::Hash { path, sha1 } => {
                let found = self.found(|finding| {
                    let at = finding.places.iter().any(|place| place.origin.path == path.as_bytes());
                    at && HEXLOWER.encode(&Sha1::digest(finding.secret.reveal())) == *sha1
                })?;
                known(found, reason, path)
            }
            Wish::File(path) => {
                let found = self.found(|finding| {
                    finding.places.iter().any(|place| place.origin.path == path.as_bytes())
                })?;
                known(found, reason, path)
            }
            Wish::Exactly(value) => {
                let found = self.found(|finding| finding.secret.reveal().trim() == value.trim())?;
                known(found, reason, "a value of it")
            }
        })
    }

    /// What has the value that a pattern spells out letter by letter.
    fn spelled_out(&mut self, regex: &str) -> Result<Vec<String>, Error> {
        /// No secret is shorter, and most words that are not to stand in one are.
        const SHORTEST: usize = 8;
        let plain = regex.strip_prefix("(?i)");
        let parsed = regex_syntax::parse(plain.unwrap_or(regex));
        let Ok(HirKind::Literal(literal)) = parsed.map(|hir| hir.into_kind()) else { return Ok(Vec::new()) };
        if literal.0.len() < SHORTEST {
            return Ok(Vec::new());
        }
        self.found(|finding| match plain {
            Some(_) => finding.secret.reveal().eq_ignore_ascii_case(&literal.0),
            None => *finding.secret.reveal() == *literal.0,
        })
    }

    fn found(&mut self, wanted: impl Fn(&Finding) -> bool) -> Result<Vec<String>, Error> {
        let findings = match self.findings.take() {
            Some(findings) => findings,
            None => self.scan()?,
        };
        let names =
            findings.iter().filter(|finding| wanted(finding)).map(|finding| finding.fingerprint.clone());
        let names = names.collect();
        self.findings = Some(findings);
        Ok(names)
    }

    /// Everything in the history, or where there is none, in the folder.
    fn scan(&mut self) -> Result<Vec<Finding>, Error> {
        let flags = Flags {
            min_confidence: Confidence::Low,
            min_severity: Severity::Low,
            baseline: None,
            ..self.flags.clone()
        };
        let report = match self.repo {
            Some(repo) => {
                let plan = Plan::new(&flags, &Root::Repo(repo))?.without_allowlist();
                plan.scan(&|path| path.to_owned(), |run| {
                    pipeline::history(run, repo, HistoryOptions::default())
                })?
            }
            None => {
                let plan = Plan::new(&flags, &Root::Folder(self.root))?.without_allowlist();
                let gathered =
                    source::dir(&[PathBuf::from(".")], DirOptions { ignore_rules: false, threads: 0 })?;
                plan.scan(&|path| path.to_owned(), |run| Ok(pipeline::run(run, gathered)))?
            }
        };
        self.incomplete = !report.complete();
        Ok(report.findings)
    }
}

/// Entries for fingerprints; what nothing is found for needs none.
fn known(fingerprints: Vec<String>, reason: &str, place: &str) -> Result<Vec<Entry>, String> {
    if fingerprints.is_empty() {
        return Err(format!("{place}: nothing is found there, so nothing needs to be allowed"));
    }
    let entry = |name: String| vec![("fingerprint", name), ("reason", reason.to_owned())];
    Ok(fingerprints.into_iter().map(entry).collect())
}

/// The text with those entries that it does not have yet, and how many these are.
fn appended(name: &str, text: &str, entries: &BTreeSet<Entry>) -> Result<(String, usize), Error> {
    let list = allow_list(name, text)?;
    let same = |table: &Table, entry: &Entry| {
        entry
            .iter()
            .all(|(key, text)| *key == "reason" || table.get(key).and_then(Item::as_str) == Some(text))
            && table.len() == entry.len()
    };
    let new: Vec<Table> = entries
        .iter()
        .filter(|entry| !list.iter().any(|table| same(table, entry)))
        .map(|entry| entry.iter().map(|(key, text)| (*key, value(text))).collect())
        .collect();
    Ok((with_entries(text, &new), new.len()))
}
