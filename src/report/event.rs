//! One decision of a gate as one line of JSON, for an audit log. Field names are those of the Elastic Common
//! Schema where it has one; the rest stands under `leakgate`. Never a value: names and paths are masked
//! as in every report.

use serde_json::{Map, Value, json};

use super::{Style, escape, json as printable, shown::View};
use crate::model::Report;

/// The schema whose names are used.
const ECS: &str = "8.17.0";

/// At most so many findings are listed; all are counted.
const FINDINGS: usize = 100;

/// A ref as it was and as it will be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Update {
    pub name: Vec<u8>,
    pub old: String,
    pub new: String,
}

/// What happened, apart from what was found.
#[derive(Clone, Debug, Default)]
pub struct Event {
    /// Which gate: `pre-receive`, `range`, …
    pub action: String,
    /// `clean`, `secrets`, `incomplete`, `deadline`, `error`.
    pub reason: &'static str,
    pub passes: bool,
    pub status: u8,
    /// RFC 3339, UTC.
    pub start: String,
    pub end: String,
    pub nanoseconds: u64,
    /// Whoever the server or the machine says it was.
    pub user: Option<String>,
    pub repository: Option<String>,
    pub refs: Vec<Update>,
    /// What happens when time runs out, where there is a deadline.
    pub on_timeout: Option<&'static str>,
}

/// The event as one line. Without a report the run failed before there was one.
pub fn event(event: &Event, report: Option<&Report>, style: &Style) -> Vec<u8> {
    let empty = Report::default();
    let view = View::new(report.unwrap_or(&empty), style);
    let summary = view.summary();
    let mut ours = Map::new();
    let mut set = |name: &str, value: Value| ours.insert(name.to_owned(), value);
    set("decision", json!(if event.passes { "pass" } else { "block" }));
    set("reason", json!(event.reason));
    set("status", json!(event.status));
    if let Some(repository) = &event.repository {
        set("repository", json!(view.mask(repository.as_bytes())));
    }
    let refs = event.refs.iter();
    let refs = refs.map(|it| json!({ "name": view.mask(&it.name), "old": it.old, "new": it.new }));
    set("refs", refs.collect());
    if let Some(on_timeout) = event.on_timeout {
        set("on_timeout", json!(on_timeout));
    }
    if report.is_some() {
        set("complete", json!(summary.complete));
        set("coverage", json!(summary.coverage));
        set("not_read", json!(summary.skipped.iter().take(FINDINGS).collect::<Vec<_>>()));
        set("notes", json!(summary.notes.iter().take(FINDINGS).collect::<Vec<_>>()));
        set("allowed", json!(summary.allowed));
        set("pack", json!(summary.pack));
        set("policy", json!(summary.policy));
        let findings = view.findings().take(FINDINGS).map(|finding| {
            json!({
                "rule": finding.rule,
                "severity": finding.severity,
                "fingerprint": finding.fingerprint,
                "path": escape(&finding.spot.path),
                "part": finding.spot.part.word(),
                "line": finding.spot.line,
                "commit": finding.spot.commit,
            })
        });
        set("findings", json!({ "count": summary.findings, "list": findings.collect::<Vec<_>>() }));
    }
    let mut line = json!({
        "@timestamp": event.end,
        "ecs": { "version": ECS },
        "event": {
            "kind": "event",
            "category": ["vulnerability"],
            "type": ["info"],
            "dataset": "leakgate.audit",
            "module": "leakgate",
            "action": event.action,
            "outcome": match event.reason {
                "error" => "failure",
                "incomplete" | "deadline" => "unknown",
                _ => "success",
            },
            "reason": event.reason,
            "start": event.start,
            "end": event.end,
            "duration": event.nanoseconds,
        },
        "observer": {
            "product": style.program.name,
            "vendor": style.program.name,
            "version": style.program.version,
        },
        "leakgate": ours,
    });
    if let Some(user) = &event.user {
        line["user"] = json!({ "name": view.mask(user.as_bytes()) });
    }
    let mut bytes = Vec::new();
    printable::value(&line, &mut bytes).expect("memory takes all that is written to it");
    bytes.push(b'\n');
    bytes
}
