//! CSV by RFC 4180, for spreadsheets: one row a place, then what could not be read or opened, then notes.
//!
//! A spreadsheet would run a cell that begins like a formula, so such a cell gets an apostrophe before it.

use std::io::{self, Write};

use super::{
    escape,
    shown::{Shown, Spot, View},
};

const COLUMNS: [&str; 20] = [
    "kind",
    "rule",
    "description",
    "severity",
    "confidence",
    "path",
    "line",
    "column",
    "end_line",
    "end_column",
    "secret",
    "fingerprint",
    "reasons",
    "part",
    "commit",
    "author",
    "date",
    "blob",
    "revoke",
    "stage",
];

pub fn write(view: &View, out: &mut dyn Write) -> io::Result<()> {
    writeln_crlf(&COLUMNS.map(str::to_owned), out)?;
    for finding in view.findings() {
        place(&finding, &finding.spot, true, out)?;
        for spot in &finding.others {
            place(&finding, spot, false, out)?;
        }
    }
    let summary = view.summary();
    for (kind, problems) in [("skipped", &summary.skipped), ("unopened", &summary.unopened)] {
        for problem in problems {
            let mut row = <[String; COLUMNS.len()]>::default();
            row[0] = kind.to_owned();
            row[2] = cell(&problem.why);
            row[5] = cell(&problem.what);
            writeln_crlf(&row, out)?;
        }
    }
    for note in &summary.notes {
        let mut row = <[String; COLUMNS.len()]>::default();
        row[0] = "note".to_owned();
        row[2] = cell(note);
        writeln_crlf(&row, out)?;
    }
    Ok(())
}

/// Author and date are known of the first place's commit.
fn place(finding: &Shown, spot: &Spot, first: bool, out: &mut dyn Write) -> io::Result<()> {
    let row = [
        if first { "finding" } else { "place" }.to_owned(),
        cell(finding.rule),
        cell(finding.description),
        finding.severity.to_string(),
        finding.confidence.to_string(),
        cell(&spot.path),
        spot.line.to_string(),
        spot.column.to_string(),
        spot.end_line.to_string(),
        spot.end_column.to_string(),
        cell(&finding.secret),
        cell(finding.fingerprint),
        cell(finding.reasons.join(", ")),
        spot.part.word().to_owned(),
        spot.commit.clone().unwrap_or_default(),
        finding.author.as_ref().filter(|_| first).map(cell).unwrap_or_default(),
        finding.date.filter(|_| first).map(cell).unwrap_or_default(),
        spot.blob.clone().unwrap_or_default(),
        cell(finding.revoke),
        finding.stage.unwrap_or("block").to_owned(),
    ];
    writeln_crlf(&row, out)
}

/// Text that may be anything, as the text of a cell and nothing else.
fn cell(text: impl AsRef<[u8]>) -> String {
    let text = escape(text);
    // Some programs drop blanks before they look; some take the wide forms of East Asian keyboards too.
    let formula = text.trim_start().starts_with(['=', '+', '-', '@', '|', '＝', '＋', '－', '＠']);
    if formula { format!("'{text}") } else { text }
}

fn writeln_crlf(row: &[String], out: &mut dyn Write) -> io::Result<()> {
    let quoted: Vec<_> = row.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
    write!(out, "{}\r\n", quoted.join(","))
}
