//! For a person at a terminal: where, what, why it is believed and what to do; the counts last.
//!
//! A few findings are shown in full, many in short. All that is not of this program is escaped.

use std::io::{self, Write};

use super::{
    escape,
    layout::{code_line, wrap},
    paint::Paint,
    shown::{Past, Shown, Summary, View, short},
    words,
};

/// Up to this many findings are shown in full.
const FULL: usize = 3;

/// At most this many other places are named.
const OTHERS: usize = 3;

/// Widths below this would leave no room for words.
const NARROWEST: usize = 40;

pub fn write(view: &View, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page {
        out,
        paint: Paint { color: view.style.color },
        width: view.style.width.max(NARROWEST),
        program: &view.style.program.name,
        show_secrets: view.style.show_secrets,
    };
    if view.len() <= FULL {
        view.findings().try_for_each(|finding| page.in_full(&finding))?;
    } else {
        let mut revoke = Vec::new();
        for finding in view.findings() {
            page.in_short(&finding)?;
            let how = (finding.provider, finding.revoke);
            if !finding.revoke.is_empty() && !revoke.contains(&how) {
                revoke.push(how);
            }
        }
        page.what_to_do(&revoke)?;
    }
    let summary = view.summary();
    page.notes(&summary)?;
    page.trouble(&summary)?;
    page.summary(&summary)
}

struct Page<'p> {
    out: &'p mut dyn Write,
    paint: Paint,
    width: usize,
    program: &'p str,
    show_secrets: bool,
}

impl Page<'_> {
    fn in_full(&mut self, finding: &Shown) -> io::Result<()> {
        let paint = self.paint;
        writeln!(self.out, "{}", paint.bold(&finding.spot.label()))?;
        let level = finding.severity.word();
        let what = format!("{level}: {}", what(finding));
        for (index, line) in wrap(&what, self.width - 2).iter().enumerate() {
            match line.strip_prefix(level).filter(|_| index == 0) {
                Some(rest) => writeln!(self.out, "{}{rest}", paint.level(finding.severity, level))?,
                None => writeln!(self.out, "  {line}")?,
            }
        }
        writeln!(self.out)?;
        self.line_of_code(finding)?;
        writeln!(self.out)?;

        if self.show_secrets {
            self.item("value", &[escape(&finding.secret)])?;
        }
        if !finding.reasons.is_empty() {
            self.prose("why", &finding.reasons.join(", "))?;
        }
        if !finding.facts.is_empty() {
            let facts: Vec<_> = finding.facts.iter().map(|(name, value)| format!("{name} {value}")).collect();
            self.prose("it says", &escape(facts.join(", ")))?;
        }
        if let (Some(commit), Some(author), Some(date)) =
            (&finding.spot.commit, &finding.author, finding.date)
        {
            self.prose("commit", &format!("{} by {}, {date}", short(commit), escape(author)))?;
        }
        if let Some(layer) = &finding.spot.layer {
            let made_by = layer.instruction.as_deref().unwrap_or("not told what made it");
            let which = format!("{} of {}, {}: {made_by}", layer.number, layer.of, layer.digest);
            self.prose("layer", &which)?;
        }
        if let Some(past) = &finding.history {
            self.prose("since", &escape(past_of(past)))?;
        }
        if !finding.companions.is_empty() {
            self.item("with", &beside(finding))?;
        }
        if !finding.others.is_empty() {
            self.item("also at", &others(finding))?;
        }
        if !finding.revoke.is_empty() {
            self.prose("revoke", finding.revoke)?;
        }
        let allow = self.allow(finding.fingerprint);
        self.item("allow", &allow)?;
        writeln!(self.out)
    }

    fn line_of_code(&mut self, finding: &Shown) -> io::Result<()> {
        let number = finding.spot.line.to_string();
        let room = self.width.saturating_sub(number.len() + 4);
        let line = code_line(&finding.spot.snippet, room);
        let blank = " ".repeat(number.len());
        let paint = self.paint;
        writeln!(self.out, " {} {}", paint.dim(&format!("{number} |")), line.text)?;
        if line.underline > 0 {
            let under = paint.level(finding.severity, &"^".repeat(line.underline));
            writeln!(self.out, " {} {}{under}", paint.dim(&format!("{blank} |")), " ".repeat(line.indent))?;
        }
        Ok(())
    }

    fn in_short(&mut self, finding: &Shown) -> io::Result<()> {
        let paint = self.paint;
        let level = paint.level(finding.severity, &format!("{:8}", finding.severity));
        let place = paint.bold(&finding.spot.label());
        let commit =
            finding.spot.commit.as_deref().map(|id| format!(" in {}", short(id))).unwrap_or_default();
        let more = match finding.others.len() as u64 {
            0 => String::new(),
            more => format!(" and {}", words::count(more, "more place")),
        };
        writeln!(self.out, "{level}  {place}{commit}{more}")?;
        let room = self.width - 10;
        for line in wrap(&what(finding), room) {
            writeln!(self.out, "{:10}{line}", "")?;
        }
        let line = code_line(&finding.spot.snippet, room);
        if !line.text.is_empty() {
            writeln!(self.out, "{:10}{}", "", line.text.trim_start())?;
        }
        for line in beside(finding) {
            writeln!(self.out, "{:10}with {line}", "")?;
        }
        if self.show_secrets {
            writeln!(self.out, "{:10}{}", "", escape(&finding.secret))?;
        }
        writeln!(self.out, "{:10}{}", "", paint.dim(finding.fingerprint))
    }

    /// Said once for many findings.
    fn what_to_do(&mut self, revoke: &[(&str, &str)]) -> io::Result<()> {
        writeln!(self.out)?;
        if !revoke.is_empty() {
            writeln!(self.out, "Revoke what is real:")?;
        }
        for (provider, revoke) in revoke {
            self.paragraph(&escape(format!("{provider}: {revoke}")))?;
        }
        writeln!(self.out, "Allow what is not:")?;
        for line in self.allow("FINGERPRINT") {
            writeln!(self.out, "  {line}")?;
        }
        writeln!(self.out)
    }

    fn notes(&mut self, summary: &Summary) -> io::Result<()> {
        for note in &summary.notes {
            for (index, line) in wrap(&escape(note), self.width - 6).iter().enumerate() {
                let head = if index == 0 { self.paint.bold("note:") } else { "     ".to_owned() };
                writeln!(self.out, "{head} {line}")?;
            }
        }
        if summary.notes.is_empty() { Ok(()) } else { writeln!(self.out) }
    }

    fn trouble(&mut self, summary: &Summary) -> io::Result<()> {
        let heads = [("INCOMPLETE: ", "read", &summary.skipped), ("", "opened", &summary.unopened)];
        for (head, done, problems) in heads.into_iter().filter(|(_, _, problems)| !problems.is_empty()) {
            let things = words::count(problems.len() as u64, "thing");
            writeln!(self.out, "{}", self.paint.trouble(&format!("{head}{things} could not be {done}")))?;
            for problem in problems {
                self.paragraph(&format!("{}: {}", escape(&problem.what), escape(&problem.why)))?;
            }
            writeln!(self.out)?;
        }
        Ok(())
    }

    fn summary(&mut self, summary: &Summary) -> io::Result<()> {
        let paint = self.paint;
        for line in wrap(&escape(words::summary(summary)), self.width) {
            let line = match (summary.findings, summary.complete) {
                (0, true) => paint.good(&line),
                (0, false) => paint.trouble(&line),
                _ => paint.bold(&line),
            };
            writeln!(self.out, "{line}")?;
        }
        Ok(())
    }

    /// Indented, and what follows the first line once more.
    fn paragraph(&mut self, text: &str) -> io::Result<()> {
        for (index, line) in wrap(text, self.width - 4).iter().enumerate() {
            writeln!(self.out, "{}{line}", if index == 0 { "  " } else { "    " })?;
        }
        Ok(())
    }

    fn prose(&mut self, label: &str, text: &str) -> io::Result<()> {
        let lines = wrap(&escape(text), self.width - 11);
        self.item(label, &lines)
    }

    fn item(&mut self, label: &str, lines: &[String]) -> io::Result<()> {
        for (index, line) in lines.iter().enumerate() {
            let label = if index == 0 { label } else { "" };
            writeln!(self.out, "  {} {line}", self.paint.dim(&format!("{label:8}")))?;
        }
        Ok(())
    }

    /// The command, in two lines if it must.
    fn allow(&self, fingerprint: &str) -> Vec<String> {
        let (command, reason) = words::allow(self.program, fingerprint);
        if command.len() + 1 + reason.len() + 11 <= self.width {
            return vec![format!("{command} {reason}")];
        }
        vec![format!("{command} \\"), format!("  {reason}")]
    }
}

fn what(finding: &Shown) -> String {
    let stage = words::stage(finding);
    format!("{} ({} confidence{stage})", escape(finding.description), finding.confidence)
}

fn others(finding: &Shown) -> Vec<String> {
    let mut lines: Vec<_> = finding.others.iter().take(OTHERS).map(|spot| spot.full_label()).collect();
    if finding.others.len() > OTHERS {
        lines.push(format!("and {} more", finding.others.len() - OTHERS));
    }
    lines
}

fn beside(finding: &Shown) -> Vec<String> {
    let mut lines: Vec<_> = finding.companions.iter().take(OTHERS).map(|one| one.label()).collect();
    if finding.companions.len() > OTHERS {
        lines.push(format!("and {} more", finding.companions.len() - OTHERS));
    }
    lines
}

/// How long a secret was there, in a sentence.
fn past_of(past: &Past) -> String {
    if !past.reachable {
        return "no ref reaches it".to_owned();
    }
    let commits = format!("in {} commits and {} blobs", past.commits, past.blobs);
    match (&past.removed_by, past.refs.split_first()) {
        (_, Some((first, more))) => match more.len() as u64 + past.more_refs {
            0 => format!("{commits}; still at {first}"),
            more => format!("{commits}; still at {first} and {more} more refs"),
        },
        (Some(commit), None) => {
            let when = past.exposed.to.as_deref().unwrap_or("an unknown day");
            format!("{commits}; taken out by {} on {when}", short(commit))
        }
        (None, None) => commits,
    }
}
