//! JUnit XML, for CI systems that show test results: a finding is a failed test, what could not be
//! read a test in error, and a clean scan one test that passed (an empty suite is an error to many).

use std::io::{self, Write};

use super::{escape, shown::View, words};

pub fn write(view: &View, out: &mut dyn Write) -> io::Result<()> {
    let summary = view.summary();
    let (failures, errors) = (summary.findings, summary.skipped.len());
    let counts =
        format!("tests=\"{}\" failures=\"{failures}\" errors=\"{errors}\"", (failures + errors).max(1));
    let program = xml(&view.style.program.name);
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"{program}\" {counts}>")?;
    writeln!(out, "  <testsuite name=\"{}\" {counts}>", xml(&summary.scanned))?;
    for finding in view.findings() {
        let spot = &finding.spot;
        let file = match spot.is_file() {
            true => format!(" file=\"{}\" line=\"{}\"", xml(&spot.path), spot.line),
            false => String::new(),
        };
        let (label, rule) = (xml(spot.full_label()), xml(finding.rule));
        writeln!(out, "    <testcase classname=\"{rule}\" name=\"{label}\"{file}>")?;
        let what = format!("{} ({} confidence)", finding.description, finding.confidence);
        writeln!(out, "      <failure type=\"{}\" message=\"{}\">", finding.severity, xml(&what))?;
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
        writeln!(out, "{}\n      </failure>\n    </testcase>", lines.join("\n"))?;
    }
    for skipped in &summary.skipped {
        writeln!(out, "    <testcase classname=\"{program}.read\" name=\"{}\">", xml(&skipped.what))?;
        writeln!(
            out,
            "      <error type=\"unreadable\" message=\"{}\"/>\n    </testcase>",
            xml(&skipped.why)
        )?;
    }
    if failures + errors == 0 {
        writeln!(out, "    <testcase classname=\"{program}\" name=\"no secrets\"/>")?;
    }
    writeln!(out, "    <system-out>")?;
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
