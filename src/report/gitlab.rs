//! GitLab's secret-detection report, version 15.
//!
//! Its field for the source line is left out for good: that is where secrets leak into artifacts.
//! One vulnerability a finding; GitLab knows one place of each, so the others stand in the description.

use std::io::{self, Write};

use bstr::ByteSlice as _;
use serde_json::{Value, json};

use super::{
    escape, json as printable, markdown,
    shown::{Shown, View},
    words,
};
use crate::model::Severity;

const VERSION: &str = "15.0.7";

/// GitLab wants a commit; this stands for none, as in its own analyzer's reports.
const NO_COMMIT: &str = "0000000";

/// At most so many other places in a description.
const OTHERS: usize = 20;

/// Lengths that GitLab takes, in characters.
const LONGEST_NAME: usize = 255;
const LONGEST_SOLUTION: usize = 7000;

pub fn write(view: &View, out: &mut dyn Write) -> io::Result<()> {
    let times = view.style.times.as_ref().ok_or_else(|| {
        io::Error::new(io::ErrorKind::InvalidInput, "GitLab's report needs the times of the scan")
    })?;
    let summary = view.summary();
    let trouble = summary
        .skipped
        .iter()
        .map(|it| json!({ "level": "warn", "value": format!("Not read: {}: {}", it.what, it.why) }));
    let closed = summary
        .unopened
        .iter()
        .map(|it| json!({ "level": "warn", "value": format!("Not opened: {}: {}", it.what, it.why) }));
    let notes = summary.notes.iter().map(|note| json!({ "level": "info", "value": format!("Note: {note}") }));
    let end = [json!({ "level": "info", "value": words::summary(&summary) })];
    let program = &view.style.program;
    let tool = json!({
        "id": program.name,
        "name": program.name,
        "version": program.version,
        "vendor": { "name": program.name },
    });
    let report = json!({
        "version": VERSION,
        "scan": {
            "type": "secret_detection",
            "status": if summary.complete { "success" } else { "failure" },
            "start_time": times.start,
            "end_time": times.end,
            "analyzer": tool,
            "scanner": tool,
            "messages": trouble.chain(closed).chain(notes).chain(end).collect::<Vec<_>>(),
        },
        "vulnerabilities": view.findings().map(|finding| vulnerability(view, &finding)).collect::<Vec<_>>(),
    });
    printable::value(&report, out)?;
    writeln!(out)
}

fn vulnerability(view: &View, finding: &Shown) -> Value {
    let spot = &finding.spot;
    let mut commit = json!({ "sha": spot.commit.as_deref().unwrap_or(NO_COMMIT) });
    if let (Some(author), Some(date)) = (&finding.author, finding.date) {
        commit["author"] = json!(author.to_str_lossy());
        commit["date"] = json!(date);
    }
    let mut location = json!({ "commit": commit });
    let signatures = json!([{ "algorithm": "hash", "value": finding.fingerprint }]);
    let mut tracked = json!({ "signatures": signatures });
    if spot.is_file() {
        let file = spot.path.to_str_lossy();
        location["file"] = json!(file);
        location["start_line"] = json!(spot.line);
        location["end_line"] = json!(spot.end_line);
        tracked["file"] = json!(file);
        tracked["start_line"] = json!(spot.line);
        tracked["end_line"] = json!(spot.end_line);
    }
    let mut vulnerability = json!({
        "id": finding.fingerprint,
        "name": cut(finding.description, LONGEST_NAME),
        "description": description(view, finding),
        "severity": severity(finding.severity),
        "identifiers": [
            {
                "type": format!("{}_rule_id", view.style.program.name),
                "name": format!("{} rule {}", view.style.program.name, finding.rule),
                "value": finding.rule,
            },
            {
                "type": "cwe",
                "name": "CWE-798",
                "value": "798",
                "url": "https://cwe.mitre.org/data/definitions/798.html",
            },
        ],
        "location": location,
        "tracking": { "type": "source", "items": [tracked] },
    });
    if !finding.revoke.is_empty() {
        vulnerability["solution"] = json!(cut(finding.revoke, LONGEST_SOLUTION));
    }
    vulnerability
}

/// Rendered as Markdown by GitLab.
fn description(view: &View, finding: &Shown) -> String {
    let mut lines = vec![format!(
        "{}: {}, {} confidence",
        markdown::prose(finding.description),
        markdown::code(&finding.secret),
        finding.confidence
    )];
    if finding.stage.is_some() {
        lines.push("Its rule is on trial: only a warning".to_owned());
    }
    if !finding.reasons.is_empty() {
        lines.push(format!("Why: {}", markdown::prose(&finding.reasons.join(", "))));
    }
    if !finding.spot.is_file() {
        lines.push(format!("At {}", markdown::place(&finding.spot)));
    }
    if !finding.others.is_empty() {
        let mut places: Vec<_> = finding.others.iter().take(OTHERS).map(markdown::place).collect();
        if finding.others.len() > OTHERS {
            places.push(format!("and {} more", finding.others.len() - OTHERS));
        }
        lines.push(format!("Also at {}", places.join(", ")));
    }
    let (command, reason) = words::allow(&view.style.program.name, finding.fingerprint);
    lines.push(format!("Not a secret? {}", markdown::code(format!("{command} {reason}"))));
    lines.join("\n\n")
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "Critical",
        Severity::High => "High",
        Severity::Medium => "Medium",
        Severity::Low => "Low",
    }
}

fn cut(text: &str, longest: usize) -> String {
    escape(text).chars().take(longest).collect()
}
