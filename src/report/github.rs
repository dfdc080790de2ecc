//! GitHub workflow annotations: one command a line on standard output, read by the runner.
//!
//! The runner shows ten errors, warnings and notices a step each, so this goes beside another report.
//! A line feed in a value would begin a command of its own; here none gets out unescaped.

use std::io::{self, Write};

use super::{
    escape,
    shown::{Shown, View},
    words,
};

pub fn write(view: &View, out: &mut dyn Write) -> io::Result<()> {
    for finding in view.findings() {
        let command = match finding.stage {
            Some(_) => "notice",
            None => words::alarm(finding.severity, "error", "warning", "notice"),
        };
        let mut properties: Vec<(&str, String)> = Vec::new();
        let spot = &finding.spot;
        if spot.is_file() {
            properties.push(("file", escape(&spot.path)));
            properties.push(("line", spot.line.to_string()));
            properties.push(("endLine", spot.end_line.to_string()));
            if spot.line == spot.end_line {
                properties.push(("col", spot.column.to_string()));
                properties.push(("endColumn", spot.end_column.to_string()));
            }
        }
        properties.push(("title", escape(finding.description)));
        annotate(command, &properties, &message(view, &finding), out)?;
    }
    let summary = view.summary();
    for note in &summary.notes {
        annotate("notice", &[("title", view.style.program.name.clone())], &escape(note), out)?;
    }
    for skipped in &summary.skipped {
        let text = format!("{}: {}", escape(&skipped.what), escape(&skipped.why));
        annotate("error", &[("title", "Could not be read".to_owned())], &text, out)?;
    }
    writeln!(out, "{}: {}", escape(&view.style.program.name), escape(words::summary(&summary)))
}

fn message(view: &View, finding: &Shown) -> String {
    let mut lines = vec![format!(
        "{} ({} confidence{}): {}",
        finding.severity,
        finding.confidence,
        words::stage(finding),
        escape(&finding.secret)
    )];
    if !finding.spot.is_file() || finding.spot.commit.is_some() {
        lines.push(format!("At {}", finding.spot.full_label()));
    }
    if !finding.others.is_empty() {
        lines.push(format!("And in {}", words::count(finding.others.len() as u64, "more place")));
    }
    if !finding.reasons.is_empty() {
        lines.push(format!("Why: {}", escape(finding.reasons.join(", "))));
    }
    if !finding.revoke.is_empty() {
        lines.push(format!("Revoke: {}", escape(finding.revoke)));
    }
    let (command, reason) = words::allow(&view.style.program.name, finding.fingerprint);
    lines.push(format!("Not a secret? {command} {reason}"));
    lines.join("\n")
}

fn annotate(command: &str, properties: &[(&str, String)], text: &str, out: &mut dyn Write) -> io::Result<()> {
    let properties: Vec<_> =
        properties.iter().map(|(name, value)| format!("{name}={}", property(value))).collect();
    writeln!(out, "::{command} {}::{}", properties.join(","), data(text))
}

/// What the runner undoes in the text.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// What the runner undoes in a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
