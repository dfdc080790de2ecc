//! Tells the outcome of a scan wherever it is asked for: standard output or a file, further reports, the audit
//! log; and says what it comes to.

use std::{
    collections::BTreeSet,
    env,
    fs::File,
    io::{self, BufWriter, IsTerminal, Write},
};

use clap::ColorChoice;

use super::{
    allow,
    args::{Flags, OnTimeout},
};
use crate::{
    audit,
    error::Error,
    exit,
    git::Repo,
    model::{Deadline, Report},
    report::{self, Event, Format, Push, Style, Times, Update, VersionControl},
};

/// What is to be told besides what was found.
#[derive(Clone, Debug)]
pub struct About {
    /// What was done: `staged`, `range`, `pre-receive`, …
    pub action: &'static str,
    /// The form if none was asked for.
    pub format: Format,
    pub repository: Option<String>,
    pub refs: Vec<Update>,
    pub push: Push,
    /// What happens when time runs out, where there is a deadline.
    pub on_timeout: Option<OnTimeout>,
    pub version_control: Option<VersionControl>,
}

impl About {
    pub fn new(action: &'static str) -> Self {
        Self {
            action,
            format: Format::Text,
            repository: None,
            refs: Vec::new(),
            push: Push::default(),
            on_timeout: None,
            version_control: None,
        }
    }

    /// The repository that was scanned, and which revision and branch of it.
    #[must_use]
    pub fn of(self, repo: &Repo, flags: &Flags, revision: Option<String>, branch: Option<String>) -> Self {
        let address = flags.repository_url.clone().or_else(|| repo.origin());
        Self {
            repository: repo.folder().canonicalize().ok().map(|path| path.display().to_string()),
            version_control: address.map(|repository| VersionControl { repository, revision, branch }),
            ..self
        }
    }
}

/// What an outcome comes to.
struct Decision {
    status: u8,
    reason: &'static str,
}

fn decide(report: &Report, on_timeout: Option<OnTimeout>) -> Decision {
    let status = exit::status(report);
    let late = !report.complete() && report.skipped.iter().all(Deadline::caused);
    match (status, late) {
        (exit::CLEAN, _) => Decision { status, reason: "clean" },
        (exit::FINDINGS, _) => Decision { status, reason: "secrets" },
        (_, true) if on_timeout == Some(OnTimeout::Allow) => {
            Decision { status: exit::CLEAN, reason: "deadline" }
        }
        (_, true) => Decision { status, reason: "deadline" },
        (_, false) => Decision { status, reason: "incomplete" },
    }
}

/// Refuses two results in one file, of which one would be lost without a word.
pub fn each_to_its_own(flags: &Flags) -> Result<(), Error> {
    let reports = flags.report.iter().map(|to| &to.file);
    let mut seen = BTreeSet::new();
    for path in reports.chain(&flags.output).chain(&flags.audit).filter(|path| !allow::is_special(path)) {
        let whole = path.canonicalize().or_else(|_| std::path::absolute(path));
        if !seen.insert(whole.unwrap_or_else(|_| path.clone())) {
            return Err(Error::new(format!(
                "{}: more than one result is to be written there",
                path.display()
            ))
            .mend("name a file for each"));
        }
    }
    Ok(())
}

/// Tells the outcome, and returns the exit status.
pub fn tell(flags: &Flags, mut report: Report, about: About) -> Result<u8, Error> {
    let decision = decide(&report, about.on_timeout);
    if decision.reason == "deadline" {
        let end = if decision.status == exit::CLEAN { "is let through" } else { "is blocked" };
        report.notes.push(format!("what was not checked by the deadline {end}"));
    }
    let push = Push { passes: decision.status == exit::CLEAN, ..about.push.clone() };
    let version_control = about.version_control.clone();
    let format = flags.format.unwrap_or(about.format);
    let style = Style { show_secrets: flags.show_secrets, push, version_control, ..Style::default() };
    // First what stays, so that nothing is told that was not recorded.
    if let Some(path) = &flags.audit {
        let event = event(flags, &about, decision.status, decision.reason);
        // Never a value, whatever the reports show.
        let style = Style { show_secrets: false, ..style.clone() };
        audit::append(path, &report::event(&event, Some(&report), &style))?;
    }
    for to in &flags.report {
        let style = Style { times: times(flags, to.format), ..style.clone() };
        let mut text = Vec::new();
        report::write(to.format, &report, &style, &mut text)
            .map_err(|error| Error::io("write the report", &to.file, error))?;
        allow::replace(&to.file, &text)?;
    }
    let style = Style { color: color(flags), times: times(flags, format), ..style };
    print(flags, format, &report, &style)?;
    Ok(decision.status)
}

/// Records that a run with an audit log came to no outcome. The error itself may quote what nobody may keep.
pub fn tell_failure(flags: &Flags, action: &'static str) -> Result<(), Error> {
    let Some(path) = &flags.audit else { return Ok(()) };
    let event = event(flags, &About::new(action), exit::ERROR, "error");
    audit::append(path, &report::event(&event, None, &Style::default()))
}

fn event(flags: &Flags, about: &About, status: u8, reason: &'static str) -> Event {
    let time = |time: jiff::Timestamp| time.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
    Event {
        action: about.action.to_owned(),
        reason,
        passes: status == exit::CLEAN,
        status,
        start: time(flags.began),
        end: time(jiff::Timestamp::now()),
        nanoseconds: flags.clock.elapsed().as_nanos().try_into().unwrap_or(u64::MAX),
        user: user(),
        repository: about.repository.clone(),
        refs: about.refs.clone(),
        on_timeout: about.on_timeout.map(OnTimeout::word),
    }
}

/// Whoever pushes, as the server tells its hooks: GitLab, Gitea and Forgejo, GitHub, a web server, CI; else the
/// user that this runs as.
fn user() -> Option<String> {
    let names = [
        "GL_USERNAME",
        "GITEA_PUSHER_NAME",
        "GITHUB_USER_LOGIN",
        "REMOTE_USER",
        "GITLAB_USER_LOGIN",
        "GITHUB_ACTOR",
        "LOGNAME",
        "USER",
    ];
    names
        .iter()
        .filter_map(env::var_os)
        .map(|name| name.to_string_lossy().into_owned())
        .find(|it| !it.is_empty())
}

/// Prints the report, or writes it to the one file.
fn print(flags: &Flags, format: Format, report: &Report, style: &Style) -> Result<(), Error> {
    let action = "write the result";
    match &flags.output {
        Some(path) => {
            let file = File::create(path).map_err(|error| Error::io(action, path, error))?;
            let mut out = BufWriter::new(file);
            report::write(format, report, style, &mut out)
                .and_then(|()| out.flush())
                .map_err(|error| Error::io(action, path, error))?;
        }
        None => {
            let mut out = BufWriter::new(io::stdout().lock());
            match report::write(format, report, style, &mut out).and_then(|()| out.flush()) {
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                    return Err(Error::new(format!("could not {action}: {error}")));
                }
                _ => {}
            }
        }
    }
    Ok(())
}

/// Only for the one format that demands them: all others say the same whenever they are written.
fn times(flags: &Flags, format: Format) -> Option<Times> {
    let plain = |time: jiff::Timestamp| time.strftime("%Y-%m-%dT%H:%M:%S").to_string();
    (format == Format::Gitlab)
        .then(|| Times { start: plain(flags.began), end: plain(jiff::Timestamp::now()) })
}

fn color(flags: &Flags) -> bool {
    match flags.color {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => {
            let refused = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
            flags.output.is_none() && !refused && io::stdout().is_terminal()
        }
    }
}
