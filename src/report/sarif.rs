//! SARIF 2.1.0, for code scanning.
//!
//! A place in a commit message or a name is no file: it has its made-up path and a logical location
//! that says what it is. Snippets are lines with all values masked.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    io::{self, Write},
};

use bstr::{BStr, ByteSlice as _};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use serde_json::{Map, Value, json};

use super::{
    VersionControl, json as printable,
    shown::{Shown, Spot, Summary, View},
    words,
};
use crate::model::{Confidence, Severity};

/// Names our fingerprint among those of other tools; the number goes up should it ever change.
const FINGERPRINT: &str = "leakgateFingerprint/v1";

pub fn write(view: &View, out: &mut dyn Write) -> io::Result<()> {
    let mut rules = Rules::default();
    let results: Vec<_> = view.findings().map(|finding| result(&finding, &mut rules)).collect();
    let summary = view.summary();
    let program = &view.style.program;
    let mut run = json!({
        "tool": { "driver": {
            "name": program.name,
            "version": program.version,
            "rules": rules.list,
            "properties": { "packVersion": summary.pack.version, "packHash": summary.pack.hash },
        } },
        "invocations": [invocation(view, &summary)],
        "columnKind": "unicodeCodePoints",
        "results": results,
        "properties": {
            "scanned": summary.scanned,
            "coverage": summary.coverage,
            "allowed": summary.allowed,
            "below": summary.below,
        },
    });
    if let Some(source) = view.style.version_control.as_ref().and_then(provenance) {
        run["versionControlProvenance"] = json!([source]);
    }
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    });
    printable::value(&log, out)?;
    writeln!(out)
}

/// The rules of the findings, each once, in the order of their first finding.
#[derive(Default)]
struct Rules {
    list: Vec<Value>,
    known: BTreeMap<String, (usize, Severity)>,
}

impl Rules {
    /// The rule's index. Where findings of one rule differ in severity, the rule has the highest.
    fn index(&mut self, finding: &Shown) -> usize {
        let index = match self.known.entry(finding.rule.to_owned()) {
            Entry::Occupied(known) if known.get().1 >= finding.severity => return known.get().0,
            Entry::Occupied(mut known) => {
                known.get_mut().1 = finding.severity;
                known.get().0
            }
            Entry::Vacant(new) => {
                let index = self.list.len();
                new.insert((index, finding.severity));
                self.list.push(Value::Null);
                index
            }
        };
        self.list[index] = rule(finding);
        index
    }
}

fn rule(finding: &Shown) -> Value {
    let mut rule = json!({
        "id": finding.rule,
        "shortDescription": { "text": finding.description },
        "fullDescription": { "text": format!("{} ({})", finding.description, finding.provider) },
        "defaultConfiguration": { "level": level(finding) },
        "properties": {
            "tags": ["security", "secret"],
            "precision": precision(finding.confidence),
            "security-severity": score(finding.severity),
        },
    });
    if !finding.revoke.is_empty() {
        rule["help"] = json!({ "text": format!("Revoke: {}", finding.revoke) });
    }
    rule
}

fn result(finding: &Shown, rules: &mut Rules) -> Value {
    let text = format!(
        "{}: {}, {} confidence",
        finding.description,
        finding.secret.to_str_lossy(),
        finding.confidence
    );
    let mut result = json!({
        "ruleId": finding.rule,
        "ruleIndex": rules.index(finding),
        "level": level(finding),
        "message": { "text": text },
        "locations": [location(&finding.spot)],
        "partialFingerprints": { FINGERPRINT: finding.fingerprint },
        "properties": {
            "severity": finding.severity,
            "confidence": finding.confidence,
            "reasons": finding.reasons,
            "provider": finding.provider,
            "author": finding.author.as_ref().map(|author| author.to_str_lossy()),
            "date": finding.date,
        },
    });
    if let Some(stage) = finding.stage {
        result["properties"]["stage"] = json!(stage);
    }
    let others = finding.others.iter().map(|spot| (spot, "The same value".to_owned()));
    let beside = finding.companions.iter().map(|beside| (&beside.spot, beside.label()));
    let related = others.chain(beside).enumerate().map(|(index, (spot, text))| {
        let mut location = location(spot);
        location["id"] = json!(index + 1);
        location["message"] = json!({ "text": text });
        location
    });
    let related: Vec<_> = related.collect();
    if !related.is_empty() {
        result["relatedLocations"] = related.into();
    }
    result
}

fn location(spot: &Spot) -> Value {
    let mut location = json!({ "physicalLocation": {
        "artifactLocation": artifact(spot.path.as_bstr()),
        "region": {
            "startLine": spot.line,
            "startColumn": spot.column,
            "endLine": spot.end_line,
            "endColumn": spot.end_column,
        },
        "contextRegion": {
            "startLine": spot.line,
            "endLine": spot.end_line,
            "snippet": { "text": spot.snippet.text },
        },
    } });
    let commit = spot.commit.as_deref();
    if !spot.is_file() {
        let part = spot.part.word();
        let name = commit.map_or_else(|| part.to_owned(), |commit| format!("{commit}/{part}"));
        location["logicalLocations"] = json!([{ "name": part, "fullyQualifiedName": name }]);
    }
    let properties: Map<_, _> = [("commit", commit), ("blob", spot.blob.as_deref())]
        .into_iter()
        .filter_map(|(name, id)| Some((name.to_owned(), json!(id?))))
        .collect();
    if !properties.is_empty() {
        location["properties"] = Value::Object(properties);
    }
    location
}

/// An absolute path as a `file` URL, another as relative to the root of the sources.
fn artifact(path: &BStr) -> Value {
    let encoded = percent_encode(path, PATH).to_string();
    match encoded.starts_with('/') {
        true => json!({ "uri": format!("file://{encoded}") }),
        false => json!({ "uri": encoded, "uriBaseId": "%SRCROOT%" }),
    }
}

/// What RFC 3986 lets stand in a path as itself; `:` is not among it, for it would begin with a scheme.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

fn invocation(view: &View, summary: &Summary) -> Value {
    let trouble = summary.skipped.iter().map(|skipped| {
        json!({
            "descriptor": { "id": "not-read" },
            "level": "error",
            "message": { "text": format!("Not read: {}: {}", skipped.what, skipped.why) },
        })
    });
    let closed = summary.unopened.iter().map(|closed| {
        json!({
            "descriptor": { "id": "not-opened" },
            "level": "warning",
            "message": { "text": format!("Not opened: {}: {}", closed.what, closed.why) },
        })
    });
    let notes = summary
        .notes
        .iter()
        .map(|note| json!({ "descriptor": { "id": "note" }, "level": "note", "message": { "text": note } }));
    let mut invocation = json!({
        "executionSuccessful": summary.complete,
        "toolExecutionNotifications": trouble.chain(closed).chain(notes).collect::<Vec<_>>(),
    });
    if let Some(times) = &view.style.times {
        invocation["startTimeUtc"] = json!(format!("{}Z", times.start));
        invocation["endTimeUtc"] = json!(format!("{}Z", times.end));
    }
    invocation
}

/// Only what is a URL; CI systems put a token for their own use into it, which is dropped.
fn provenance(source: &VersionControl) -> Option<Value> {
    let address = as_url(&source.repository);
    let (scheme, rest) = address.split_once("://")?;
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = host.rsplit('@').next()?;
    let mut value = json!({ "repositoryUri": format!("{scheme}://{host}{path}") });
    for (name, text) in [("revisionId", &source.revision), ("branch", &source.branch)] {
        if let Some(text) = text {
            value[name] = json!(text);
        }
    }
    Some(value)
}

/// `user@host:path`, as ssh has it, as a URL; anything else as it is.
fn as_url(address: &str) -> std::borrow::Cow<'_, str> {
    match address.split_once(':') {
        Some((host, path)) if !host.contains('/') && !path.starts_with("//") && host.len() > 1 => {
            format!("ssh://{host}/{}", path.trim_start_matches('/')).into()
        }
        _ => address.into(),
    }
}

/// What fails nothing is a note, be it as grave as it may.
fn level(finding: &Shown) -> &'static str {
    match finding.stage {
        Some(_) => "note",
        None => words::alarm(finding.severity, "error", "warning", "note"),
    }
}

fn precision(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::High => "very-high",
        Confidence::Medium => "high",
        Confidence::Low => "low",
    }
}

/// On the scale of CVSS, in the middle of the band that code scanning calls by the same word.
fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.5",
    }
}
