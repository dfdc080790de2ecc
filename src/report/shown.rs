//! What may be shown of a report, settled here once for all formats: values redacted, and masked where
//! they stand in paths, authors and names. Serializes as the JSON Lines contract has it.

use std::collections::BTreeMap;

use bstr::{BStr, BString, ByteSlice as _};
use data_encoding::HEXLOWER;
use serde::Serialize;

use super::{Masker, Style, escape};
use crate::model::{
    Companion, Confidence, Coverage, Finding, History, Part, Place, Policy, Problem, Report, Secret,
    Severity, Snippet,
};

/// A report and how to look at it.
pub struct View<'r> {
    report: &'r Report,
    pub style: &'r Style,
    masker: Masker,
}

/// A finding as it may be shown.
#[derive(Serialize)]
pub struct Shown<'r> {
    pub rule: &'r str,
    pub description: &'r str,
    pub severity: Severity,
    pub confidence: Confidence,
    /// The first place.
    #[serde(flatten)]
    pub spot: Spot,
    /// Redacted, or the value if that was asked for.
    #[serde(serialize_with = "lossy")]
    pub secret: BString,
    pub fingerprint: &'r str,
    #[serde(serialize_with = "optional_lossy")]
    pub author: Option<BString>,
    pub date: Option<&'r str>,
    pub reasons: &'r [String],
    /// What the value tells about itself.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<&'r str, String>,
    pub provider: &'r str,
    pub revoke: &'r str,
    /// `warn` of a rule that is being tried; nothing else is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<&'static str>,
    /// What became of it, where a whole history was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub history: Option<Past>,
    /// The other places.
    #[serde(rename = "places")]
    pub others: Vec<Spot>,
    /// What goes with it and stands beside it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub companions: Vec<Beside<'r>>,
}

/// The other half of a finding, as it may be shown.
#[derive(Serialize)]
pub struct Beside<'r> {
    pub rule: &'r str,
    pub description: &'r str,
    /// Redacted as a finding is.
    #[serde(serialize_with = "lossy")]
    pub secret: BString,
    /// Line feeds between the two.
    pub lines: u64,
    #[serde(skip)]
    pub distance: String,
    #[serde(flatten)]
    pub spot: Spot,
}

/// What became of a secret, as it may be shown.
#[derive(Serialize)]
pub struct Past {
    pub reachable: bool,
    /// Commits and blobs that hold it.
    pub commits: u64,
    pub blobs: u64,
    /// Refs whose tip holds it.
    pub refs: Vec<String>,
    pub more_refs: u64,
    pub exposed: Exposed,
    /// The commit that took it out.
    pub removed_by: Option<String>,
}

/// From the commit that brought it in to the one that took it out; null where that is not known, or
/// has not happened.
#[derive(Serialize)]
pub struct Exposed {
    pub from: Option<String>,
    pub to: Option<String>,
}

/// A place as it may be shown.
#[derive(Serialize)]
pub struct Spot {
    #[serde(serialize_with = "lossy")]
    pub path: BString,
    /// The path in hex, only where it is not UTF-8 and `path` thus not all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes: Option<String>,
    #[serde(serialize_with = "word")]
    pub part: Part,
    pub line: u64,
    pub column: u64,
    pub end_line: u64,
    pub end_column: u64,
    pub blob: Option<String>,
    pub commit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layer: Option<Layer>,
    #[serde(skip)]
    pub snippet: Snippet,
}

/// A layer of a container image, as it may be shown.
#[derive(Serialize)]
pub struct Layer {
    pub number: usize,
    pub of: usize,
    pub digest: String,
    pub instruction: Option<String>,
}

/// All that is not a finding.
#[derive(Serialize)]
pub struct Summary<'r> {
    pub complete: bool,
    pub scanned: String,
    #[serde(flatten)]
    pub coverage: Coverage,
    pub skipped: Vec<Problem>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unopened: Vec<Problem>,
    pub findings: usize,
    /// How many of them are no secrets but files.
    #[serde(skip)]
    pub files: usize,
    pub allowed: u64,
    pub below: u64,
    pub notes: Vec<String>,
    pub pack: Pack<'r>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<&'r Policy>,
    pub leakgate: &'r str,
}

#[derive(Serialize)]
pub struct Pack<'r> {
    pub version: &'r str,
    pub hash: &'r str,
}

impl<'r> View<'r> {
    pub fn new(report: &'r Report, style: &'r Style) -> Self {
        let masker = if style.show_secrets { Masker::idle() } else { Masker::new(&report.findings) };
        Self { report, style, masker }
    }

    /// How many findings there are.
    pub fn len(&self) -> usize {
        self.report.findings.len()
    }

    pub fn findings(&self) -> impl Iterator<Item = Shown<'r>> + '_ {
        self.report.findings.iter().map(|finding| self.show(finding))
    }

    /// A name as it may be shown.
    pub fn mask(&self, text: &[u8]) -> String {
        escape(self.masker.mask(text))
    }

    /// The name of a file or a ref as it may be shown.
    fn name(&self, name: &str) -> String {
        String::from_utf8_lossy(&self.masker.mask_name(name.as_bytes())).into_owned()
    }

    pub fn summary(&self) -> Summary<'r> {
        let report = self.report;
        let mask = |text: &String| self.masker.mask_text(text);
        let masked = |problems: &[Problem]| {
            problems.iter().map(|it| Problem::new(self.name(&it.what), mask(&it.why))).collect()
        };
        Summary {
            complete: report.complete(),
            scanned: mask(&report.scanned),
            coverage: report.coverage,
            skipped: masked(&report.skipped),
            unopened: masked(&report.unopened),
            findings: report.findings.len(),
            files: report.findings.iter().filter(|finding| finding.is_file()).count(),
            allowed: report.allowed,
            below: report.below,
            notes: report.notes.iter().map(mask).collect(),
            pack: Pack { version: &report.pack_version, hash: &report.pack_hash },
            policy: report.policy.as_ref(),
            leakgate: &self.style.program.version,
        }
    }

    fn show(&self, finding: &'r Finding) -> Shown<'r> {
        let (first, others) = finding.places.split_first().expect("a finding has a place");
        let commit = first.origin.commit.as_deref();
        Shown {
            rule: &finding.rule,
            description: &finding.description,
            severity: finding.severity,
            confidence: finding.confidence,
            spot: self.spot(first),
            secret: self.secret(&finding.secret, finding.person),
            fingerprint: &finding.fingerprint,
            author: commit.map(|commit| self.masker.mask(&commit.author).into()),
            date: commit.map(|commit| commit.date.as_str()),
            reasons: &finding.reasons,
            facts: finding.facts.iter().map(|fact| (fact.name, self.masker.mask_text(&fact.value))).collect(),
            provider: &finding.provider,
            revoke: &finding.revoke,
            stage: finding.warn.then_some("warn"),
            history: finding.history.as_ref().map(|history| self.past(history)),
            others: others.iter().map(|place| self.spot(place)).collect(),
            companions: finding.companions.iter().map(|companion| self.beside(companion)).collect(),
        }
    }

    fn secret(&self, secret: &Secret, person: bool) -> BString {
        if self.style.show_secrets { secret.reveal().into() } else { secret.redacted(person).into() }
    }

    fn beside(&self, companion: &'r Companion) -> Beside<'r> {
        Beside {
            rule: &companion.rule,
            description: &companion.description,
            secret: self.secret(&companion.secret, companion.person),
            lines: companion.lines,
            distance: companion.distance(),
            spot: self.spot(&companion.place),
        }
    }

    fn past(&self, history: &History) -> Past {
        let removed = history.removed.as_deref();
        Past {
            reachable: history.reachable,
            commits: history.commits,
            blobs: history.blobs,
            refs: history.refs.iter().map(|name| self.name(name)).collect(),
            more_refs: history.more_refs,
            exposed: Exposed { from: history.from.clone(), to: removed.map(|commit| commit.date.clone()) },
            removed_by: removed.map(|commit| commit.id.to_string()),
        }
    }

    fn spot(&self, place: &Place) -> Spot {
        let Place { origin, start, end, snippet } = place;
        let path = BString::from(self.masker.mask_path(origin));
        Spot {
            path_bytes: path.to_str().is_err().then(|| HEXLOWER.encode(&path)),
            path,
            part: origin.part,
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            blob: origin.blob.map(|id| id.to_string()),
            commit: origin.commit.as_ref().map(|commit| commit.id.to_string()),
            layer: origin.layer.as_ref().map(|layer| Layer {
                number: layer.number,
                of: layer.of,
                digest: self.masker.mask_text(&layer.digest),
                instruction: layer.instruction.as_ref().map(|made_by| self.masker.mask_text(made_by)),
            }),
            snippet: self.masker.mask_snippet(snippet),
        }
    }
}

impl Beside<'_> {
    /// What it is, as much of its value as is shown, and how far away it stands.
    pub fn label(&self) -> String {
        format!("{} {}, {}", escape(self.description), escape(&self.secret), self.distance)
    }
}

impl Spot {
    /// `path:line:column`, fit to be shown.
    pub fn label(&self) -> String {
        format!("{}:{}:{}", escape(&self.path), self.line, self.column)
    }

    /// The label, and the commit where there is one.
    pub fn full_label(&self) -> String {
        match &self.commit {
            Some(commit) => format!("{} in {}", self.label(), short(commit)),
            None => self.label(),
        }
    }

    /// The path names a file that can be opened; if not, it is a made-up name.
    pub fn is_file(&self) -> bool {
        self.part == Part::Content
    }

    /// The file to open: it, or the container that it is in.
    pub fn file(&self) -> Option<&BStr> {
        match self.part {
            Part::Content => Some(self.path.as_ref()),
            Part::Member => self.path.split_str("!/").next().map(BStr::new),
            _ => None,
        }
    }
}

/// As much of an object's id as people use.
pub fn short(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}

fn lossy<S: serde::Serializer>(text: &BString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&text.to_str_lossy())
}

fn optional_lossy<S: serde::Serializer>(text: &Option<BString>, serializer: S) -> Result<S::Ok, S::Error> {
    text.as_ref().map(|text| text.to_str_lossy()).serialize(serializer)
}

fn word<S: serde::Serializer>(part: &Part, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(part.word())
}
