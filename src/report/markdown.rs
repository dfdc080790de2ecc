//! A comment for a merge request, short enough for any forge.
//!
//! All that is not of this program stands in code spans, where a page reads no markup, mention or link.
//! There are no tables: their cells end at a `|` even within code.

use std::io::{self, Write};

use super::{
    escape,
    shown::{Shown, Spot, View, short},
    words,
};

/// GitHub takes comments of 65,536 characters; past this many bytes findings are only counted.
const LONGEST: usize = 50_000;

/// And so is what could not be read, after as much again as a comment has left.
const LONGEST_WITH_TROUBLE: usize = 60_000;

const OTHERS: usize = 3;

pub fn write(view: &View, out: &mut dyn Write) -> io::Result<()> {
    let summary = view.summary();
    let mut page = match (summary.findings as u64, summary.complete) {
        (0, true) => "### No secrets found\n\n".to_owned(),
        (0, false) => "### No secrets found, but not everything could be read\n\n".to_owned(),
        (findings, _) => format!("### {} found\n\n", words::found(findings, summary.files as u64)),
    };
    let mut rest = summary.findings as u64;
    for finding in view.findings() {
        let item = item(view, &finding);
        if page.len() + item.len() > LONGEST {
            break;
        }
        page += &item;
        rest -= 1;
    }
    if rest > 0 {
        page += &format!("\nAnd {} that this comment has no room for.\n", words::count(rest, "finding"));
    }
    if summary.findings > 0 {
        page += "\nA secret that was pushed is known to others: revoke it first, then take it out.\n\n";
    }
    for (done, problems) in [("read", &summary.skipped), ("opened", &summary.unopened)] {
        if !problems.is_empty() {
            let named = problems.iter().map(|it| format!("{}: {}", code(&it.what), code(&it.why)));
            let things = words::count(problems.len() as u64, "thing");
            page += &format!("**{things} could not be {done}**\n\n");
            list(named, &mut page);
        }
    }
    if !summary.notes.is_empty() {
        page += "**Notes**\n\n";
        list(summary.notes.iter().map(code), &mut page);
    }
    page += &format!("{}\n", code(words::summary(&summary)));
    out.write_all(page.as_bytes())
}

fn item(view: &View, finding: &Shown) -> String {
    let mut item = format!(
        "- **{}** at {}: {}, {} confidence{}\n",
        prose(finding.description),
        place(&finding.spot),
        finding.severity,
        finding.confidence,
        words::stage(finding),
    );
    let mut line = |text: String| item += &format!("  - {text}\n");
    line(format!("Value: {}", code(&finding.secret)));
    if !finding.reasons.is_empty() {
        line(format!("Why: {}", prose(&finding.reasons.join(", "))));
    }
    if let (Some(author), Some(date)) = (&finding.author, finding.date) {
        line(format!("By {} on {}", code(author), code(date)));
    }
    if !finding.others.is_empty() {
        let mut places: Vec<_> = finding.others.iter().take(OTHERS).map(place).collect();
        if finding.others.len() > OTHERS {
            places.push(format!("and {} more", finding.others.len() - OTHERS));
        }
        line(format!("Also at {}", places.join(", ")));
    }
    if !finding.revoke.is_empty() {
        line(format!("Revoke: {}", prose(finding.revoke)));
    }
    let (command, reason) = words::allow(&view.style.program.name, finding.fingerprint);
    line(format!("Not a secret? {}", code(format!("{command} {reason}"))));
    item
}

pub fn place(spot: &Spot) -> String {
    match &spot.commit {
        Some(commit) => format!("{} in {}", code(spot.label()), code(short(commit))),
        None => code(spot.label()),
    }
}

fn list(items: impl ExactSizeIterator<Item = String>, page: &mut String) {
    let mut rest = items.len() as u64;
    for item in items {
        if page.len() + item.len() > LONGEST_WITH_TROUBLE {
            break;
        }
        *page += &format!("- {item}\n");
        rest -= 1;
    }
    if rest > 0 {
        *page += &format!("- and {rest} more\n");
    }
    page.push('\n');
}

/// A code span: the fence is longer than any run of backticks within.
pub fn code(text: impl AsRef<[u8]>) -> String {
    let text = escape(text);
    let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    // One blank at each end is taken off again.
    let bare = !text.is_empty() && !text.starts_with(['`', ' ']) && !text.ends_with(['`', ' ']);
    let blank = if bare { "" } else { " " };
    format!("{fence}{blank}{text}{blank}{fence}")
}

/// The words of a rule: markup characters are escaped, all on one line.
pub fn prose(text: &str) -> String {
    let mut prose = String::new();
    for character in escape(text).chars() {
        if "\\`*_[]<>&~|#@!$".contains(character) {
            prose.push('\\');
        }
        prose.push(character);
    }
    prose
}
