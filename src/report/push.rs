//! For whoever pushed: short and calm, since it is read in a terminal behind git's `remote: `. What was found
//! and where, how to take it out of the commits, what to revoke and whom to ask.
//!
//! Lines of this program's own words take at most 72 columns, so that 80 suffice with the prefix. A long
//! name or command stands on a line of its own, whole.

use std::{
    borrow::Cow,
    collections::BTreeSet,
    io::{self, Write},
};

use bstr::ByteSlice as _;

use super::{
    escape,
    layout::wrap,
    shown::{Shown, Spot, View, short},
    words,
};
use crate::model::{LARGE_FILE, Part};

const WIDTH: usize = 72;

/// At most so many findings, other places, files in a command, causes of trouble, and vendors are told.
const FINDINGS: usize = 5;
const OTHERS: usize = 3;
const FILES: usize = 3;
const TROUBLE: usize = 5;
const VENDORS: usize = 3;

pub fn write(view: &View, out: &mut dyn Write) -> io::Result<()> {
    let summary = view.summary();
    let mut page = Page(String::new());
    let blocking = || view.findings().filter(|finding| finding.stage.is_none());
    let files = blocking().filter(|finding| finding.rule == LARGE_FILE).count();
    let blocking = blocking().count();
    match (blocking as u64, summary.complete) {
        (0, true) if summary.findings > 0 => {
            let warnings = words::count(summary.findings as u64, "warning");
            page.prose("", &format!("leakgate: this push passes, with {warnings}:"));
        }
        (0, true) => {}
        (0, false) if view.style.push.passes => {
            page.prose("", "leakgate: this push passes, though not all of it could be checked:");
        }
        (0, false) => page.prose("", "leakgate: this push is refused, as not all of it could be checked:"),
        (found, complete) => {
            let rest = if complete { "" } else { " Not all of it could be checked." };
            page.prose("", &format!("leakgate: this push is refused.{rest} It brings in"));
            // Said apart, as the colon must not be torn off by the wrapping.
            page.0.truncate(page.0.trim_end().len());
            page.0 += &format!(" {}:\n", words::found(found, files as u64));
        }
    }
    findings(view, blocking > 0, &mut page);
    for (head, problems) in [("", &summary.skipped), ("not opened: ", &summary.unopened)] {
        for problem in problems.iter().take(TROUBLE) {
            page.prose("  ", &format!("{head}{}: {}", escape(&problem.what), escape(&problem.why)));
        }
        if problems.len() > TROUBLE {
            page.prose("  ", &format!("and {} more", problems.len() - TROUBLE));
        }
    }
    for note in &summary.notes {
        page.prose("", &format!("note: {}", escape(note)));
    }
    if summary.findings == 0 {
        page.prose("", &format!("leakgate: {}", escape(words::summary(&summary))));
    }
    if blocking > 0 || (!summary.complete && !view.style.push.passes) {
        page.prose("", &whom_to_ask(view, blocking > 0));
    }
    out.write_all(page.0.as_bytes())
}

fn findings(view: &View, blocked: bool, page: &mut Page) {
    if view.len() == 0 {
        return;
    }
    let mut shown: Vec<_> = view.findings().collect();
    // What blocks comes first.
    shown.sort_by_key(|finding| finding.stage.is_some());
    for finding in shown.iter().take(FINDINGS) {
        page.gap();
        page.line("  ", &label(&finding.spot));
        let value = escape(&finding.secret);
        let stage = words::stage(finding);
        page.prose("    ", &format!("{}: {value}{stage}", escape(finding.description)));
        for other in finding.others.iter().take(OTHERS) {
            page.line("    ", &format!("also {}", label(other)));
        }
        if finding.others.len() > OTHERS {
            page.line("    ", &format!("and {} more places", finding.others.len() - OTHERS));
        }
        page.line("    ", &format!("id {}", finding.fingerprint));
    }
    if view.len() > FINDINGS {
        page.gap();
        page.line("  ", &format!("and {}", words::count((view.len() - FINDINGS) as u64, "more secret")));
    }
    page.gap();
    if !blocked {
        return;
    }
    let findings: Vec<_> = view.findings().filter(|finding| finding.stage.is_none()).collect();
    take_out(view, &findings, page);
    page.gap();
    page.prose("", "Was it pushed or shown anywhere before? Then revoke it as well:");
    let mut vendors = BTreeSet::new();
    for finding in &findings {
        if !finding.revoke.is_empty() && vendors.len() < VENDORS && vendors.insert(finding.provider) {
            page.prose("  ", &format!("{}: {}", escape(finding.provider), escape(finding.revoke)));
        }
    }
    if vendors.is_empty() {
        page.prose("  ", "where it was issued.");
    }
    page.gap();
}

/// `app.env:3:1 in 0123456789ab`; what is no file is called what it is.
fn label(spot: &Spot) -> String {
    let place = match spot.part {
        Part::Content | Part::Member => spot.label(),
        Part::Path => format!("the name {}", escape(&spot.path)),
        Part::RefName => format!("the name of {}", escape(&spot.path)),
        Part::TagMessage => format!("the message of {}", escape(&spot.path)),
        Part::CommitMessage => format!("the message, line {}", spot.line),
        Part::CommitHeader => "the author or committer".to_owned(),
    };
    match &spot.commit {
        Some(commit) => format!("{place} in {}", short(commit)),
        None => place,
    }
}

/// The commands that take it out of the commits.
fn take_out(view: &View, findings: &[Shown], page: &mut Page) {
    let push = &view.style.push;
    let spots = || findings.iter().flat_map(|it| std::iter::once(&it.spot).chain(&it.others));
    let is_tip = |spot: &Spot| spot.commit.as_ref().is_some_and(|id| push.tips.contains(id));
    let (within, without): (Vec<_>, Vec<_>) = spots().partition(|spot| spot.commit.is_some());
    if let Some(oldest) = within.first() {
        if push.only_notes {
            page.prose("", "Git keeps notes as commits. Take these notes off, and write them again:");
            page.line("  ", "git update-ref -d refs/notes/commits   # or the ref you pushed");
        } else if within.iter().all(|spot| is_tip(spot)) {
            page.prose("", "Take it out, put that into the last commit, and push again:");
            amend(&within, page);
        } else {
            let id = oldest.commit.as_deref().expect("it was chosen for its commit");
            page.prose("", &format!("Take it out of every commit from {} on, and push again:", short(id)));
            let merges = if push.merges { " --rebase-merges" } else { "" };
            let from = if push.roots.iter().any(|root| root == id) {
                "--root".to_owned()
            } else {
                format!("{}^", short(id))
            };
            page.line("  ", &format!("git rebase -i{merges} {from}"));
            page.prose("    ", "# In the list, write `edit` for `pick` at the commits named above.");
            page.prose("    ", "# At each stop, take it out; then:");
            amend(&within, page);
            page.line("  ", "git rebase --continue");
        }
    }
    let mut told = BTreeSet::new();
    for spot in without {
        if !told.insert((spot.part, &spot.path)) || told.len() > FILES {
            continue;
        }
        let name = escape(&spot.path);
        match spot.part {
            Part::RefName => {
                page.prose("", "A name is public, too. Push it under another one:");
                page.line("  ", &format!("# {name}"));
            }
            Part::TagMessage => {
                page.prose("", "Make the tag again, with another message:");
                let tag = spot.path.strip_prefix(b"refs/tags/").unwrap_or(&spot.path);
                page.line("  ", &format!("git tag -f -a {0} {0}^{{}}", word(tag)));
            }
            _ => page.prose("", "A tag points straight at it. Delete that tag: git tag -d NAME"),
        }
    }
}

/// What goes into the commit that is checked out.
fn amend(spots: &[&Spot], page: &mut Page) {
    let has = |part: Part| spots.iter().any(|spot| spot.part == part);
    if has(Part::Content) || has(Part::Member) || has(Part::Path) {
        let paths: BTreeSet<_> = spots.iter().filter_map(|spot| spot.file()).collect();
        if has(Part::Path) {
            page.line("  ", "git mv -- OLD-NAME NEW-NAME");
        }
        match paths.len() {
            0 => {}
            // A name that holds a value is not shown, so it cannot be given either.
            1..=FILES if !paths.iter().any(|path| path.contains_str(super::mask::MASK)) => {
                let names: Vec<_> = paths.iter().map(|path| word(path)).collect();
                page.line("  ", &format!("git add -- {}", names.join(" ")));
            }
            _ => page.line("  ", "git add -u"),
        }
    }
    match (has(Part::CommitMessage), has(Part::CommitHeader)) {
        (false, false) => page.line("  ", "git commit --amend --no-edit"),
        (true, false) => page.line("  ", "git commit --amend   # and change the message"),
        (_, true) => page.line("  ", "git commit --amend --author 'NAME <MAIL>'"),
    }
}

fn whom_to_ask(view: &View, found: bool) -> String {
    let whom = match &view.style.push.contact {
        Some(contact) => escape(contact),
        None => "those who run this repository".to_owned(),
    };
    if found {
        format!("Not a secret, or in doubt? Ask {whom}, and name the id.")
    } else {
        format!("In doubt? Ask {whom}.")
    }
}

/// One word of a shell.
fn word(path: &[u8]) -> Cow<'static, str> {
    let text = escape(path);
    let plain = |it: char| it.is_alphanumeric() || "/._-+@%,:=".contains(it);
    if !text.is_empty() && text.chars().all(plain) {
        return text.into();
    }
    format!("'{}'", text.replace('\'', r"'\''")).into()
}

struct Page(String);

impl Page {
    /// Wrapped, and what follows the first line indented once more.
    fn prose(&mut self, indent: &str, text: &str) {
        for (index, line) in wrap(text, WIDTH - indent.len() - 2).iter().enumerate() {
            self.line(indent, &format!("{}{line}", if index == 0 { "" } else { "  " }));
        }
    }

    fn line(&mut self, indent: &str, text: &str) {
        self.0 += indent;
        self.0 += text;
        self.0.push('\n');
    }

    fn gap(&mut self) {
        self.0.push('\n');
    }
}
