//! The command line: what may be asked, and what is done about it. Everything else is the library's.

mod allow;
mod args;
mod baseline;
mod doctor;
mod eval;
mod gate;
mod heed;
mod hook;
mod import;
mod pack;
mod plan;
mod policy;
mod progress;
mod receive;
mod rules;
mod scan;
mod tell;
mod tryout;
mod why;

use std::{io::Write, process::ExitCode};

use clap::{CommandFactory as _, FromArgMatches as _};

use crate::{error::Error, exit, model::is_fingerprint, pipeline::HistoryOptions, report};
use args::{Args, Command};

/// Parses the command line, does what it asks, and returns the exit status.
pub fn main() -> ExitCode {
    let parsed = Args::command().try_get_matches().and_then(|mut matches| {
        let given = heed::given(&matches);
        Args::from_arg_matches_mut(&mut matches).map(|args| (args, given))
    });
    let (args, given) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => {
            // Nobody is left to tell if this fails.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { exit::ERROR } else { exit::CLEAN });
        }
    };
    if let Err(error) = heed::check(&args.command, &args.flags, &given) {
        complain(&error);
        return ExitCode::from(exit::ERROR);
    }
    let (flags, action) = (args.flags.clone(), args.command.name());
    match run(args) {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            let recorded = tell::tell_failure(&flags, action);
            if let Err(error) = recorded {
                complain(&error);
            }
            complain(&error);
            ExitCode::from(exit::ERROR)
        }
    }
}

fn run(args: Args) -> Result<u8, Error> {
    let flags = &args.flags;
    tell::each_to_its_own(flags)?;
    match args.command {
        Command::Staged => scan::staged(flags),
        Command::Range { range, repo, gate } => scan::range(flags, &range, &repo, &gate),
        Command::History { repo, unreachable, exhaustive, since_sweep } => {
            let since = since_sweep.as_deref();
            scan::history(flags, &repo, HistoryOptions { unreachable, exhaustive, since, progress: None })
        }
        Command::Dir { paths, no_ignore } => scan::dir(flags, &paths, no_ignore),
        Command::Stdin { path } => scan::stdin(flags, &path),
        Command::Image { image } => scan::image(flags, &image),
        Command::Hook(command) => hook::run(flags, command),
        Command::Doctor => doctor::run(flags),
        Command::Eval { files, folds, worst } => eval::run(flags, &files, folds, worst),
        Command::Rules(command) => rules::run(flags, command),
        Command::Pack(command) => pack::run(flags, command),
        Command::Why { fingerprint, paths } => why::why(flags, &fingerprint, &paths),
        Command::WhyNot { text, path } => why::why_not(flags, &text, &path),
        Command::Import { files, force } => import::run(flags, &files, force),
        Command::Allow(command) => allow::run(flags, command),
        Command::Baseline(command) => baseline::run(flags, command),
    }
}

/// Tells what went wrong, which may quote what a repository says.
fn complain(error: &Error) {
    let told = error.to_string();
    let lines: Vec<String> = told.split('\n').map(report::escape).collect();
    // Nobody is left to tell if this fails.
    let _ = writeln!(std::io::stderr(), "leakgate: {}", lines.join("\n"));
}

/// Whether text that was given is a fingerprint. It is not repeated, as it may be the value itself.
fn expect_fingerprint(text: &str) -> Result<(), Error> {
    if is_fingerprint(text) {
        return Ok(());
    }
    Err(Error::new("what was given is not a fingerprint")
        .mend("copy the one that the finding shows: a rule's id, a colon and 32 hexadecimal digits"))
}

/// Writes to standard output. A reader that closed its end early has what it wanted.
fn print(text: &str) -> Result<(), Error> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Error::new(format!("could not write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}
