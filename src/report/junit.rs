//! JUnit XML, for CI systems that show test results: a finding is a failed test (of a rule on trial a skipped
//! one), what could not be read a test in error, and a clean scan one test that passed (an empty suite is an error to many).

use std::io::{self, Write};

use super::{escape, shown::View, words};

pub fn write(view: &View, out: &mut dyn Write) -> io::Result<()> {
    let summary = view.summary();
    let warnings = view.findings().filter(|finding| finding.stage.is_some()).count();
    let (failures, errors) = (summary.findings - warnings, summary.skipped.len());
    let tests = (summary.findings + errors).max(1);
    let skipped = if warnings > 0 { format!(" skipped=\"{warnings}\"") } else { String::new() };
    let counts = format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\"");
    let program = xml(&view.style.program.name);
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"{program}\" {counts}>")?;
    writeln!(out, "  <testsuite name=\"{}\" {counts}{skipped}>", xml(&summary.scanned))?;
    for finding in view.findings() {
        let spot = &finding.spot;
        let file = match spot.is_file() {
            true => format!(" file=\"{}\" line=\"{}\"", xml(&spot.path), spot.line),
            false => String::new(),
        };
        let (label, rule) = (xml(spot.full_label()), xml(finding.rule));
        writeln!(out, "    <testcase classname=\"{rule}\" name=\"{label}\"{file}>")?;
        let stage = words::stage(&finding);
        let what = xml(format!("{} ({} confidence{stage})", finding.description, finding.confidence));
        let mut lines = vec![format!("Value: {}", xml(&finding.secret))];
        if !finding.reasons.is_empty() {
            lines.push(format!("Why: {}", xml(finding.reasons.join(", "))));
        }
        if !finding.revoke.is_empty() {
            lines.push(format!("Revoke: {}", xml(finding.revoke)));
        }
        lines.extend(finding.others.iter().map(|spot| format!("Also at: {}", xml(spot.full_label()))));
        let (command, reason) = words::allow(&view.style.program.name, finding.fingerprint);
        lines.push(format!("Not a secret? {}", xml(format!("{command} {reason}"))));
        let (lines, severity) = (lines.join("\n"), finding.severity);
        // What fails nothing is a test that was not run.
        match finding.stage {
            Some(_) => writeln!(
                out,
                "      <skipped message=\"{what}\"/>\n      <system-out>\n{lines}\n      </system-out>"
            )?,
            None => writeln!(
                out,
                "      <failure type=\"{severity}\" message=\"{what}\">\n{lines}\n      </failure>"
            )?,
        }
        writeln!(out, "    </testcase>")?;
    }
    for skipped in &summary.skipped {
        writeln!(out, "    <testcase classname=\"{program}.read\" name=\"{}\">", xml(&skipped.what))?;
        writeln!(
            out,
            "      <error type=\"unreadable\" message=\"{}\"/>\n    </testcase>",
            xml(&skipped.why)
        )?;
    }
    if summary.findings + errors == 0 {
        writeln!(out, "    <testcase classname=\"{program}\" name=\"no secrets\"/>")?;
    }
    writeln!(out, "    <system-out>")?;
    for closed in &summary.unopened {
        writeln!(out, "not opened: {}: {}", xml(&closed.what), xml(&closed.why))?;
    }
    for note in &summary.notes {
        writeln!(out, "note: {}", xml(note))?;
    }
    writeln!(out, "{}", xml(words::summary(&summary)))?;
    writeln!(out, "    </system-out>\n  </testsuite>\n</testsuites>")
}

/// Escaped twice: what must not be seen as it stands (which is all that XML cannot hold), and markup.
fn xml(text: impl AsRef<[u8]>) -> String {
    let mut xml = String::new();
    for character in escape(text).chars() {
        match character {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' => xml.push_str("&quot;"),
            '\'' => xml.push_str("&apos;"),
            _ => xml.push(character),
        }
    }
    xml
}
