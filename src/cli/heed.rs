//! Every command takes all flags, but not each has a use for all of them. A flag that would be without effect is
//! refused: whoever gave it takes it for heeded.

use std::collections::BTreeSet;

use clap::{ArgMatches, parser::ValueSource};

use super::args::{Command, Flags, HookCommand, PackCommand, RulesCommand};
use crate::{error::Error, report::Format};

/// The names of what stood on the command line itself.
pub fn given(matches: &ArgMatches) -> BTreeSet<String> {
    let given = |id: &&clap::Id| matches.value_source(id.as_str()) == Some(ValueSource::CommandLine);
    matches.ids().filter(given).map(|id| id.as_str().replace('_', "-")).collect()
}

/// Refuses the first flag of which nothing would come.
pub fn check(command: &Command, flags: &Flags, given: &BTreeSet<String>) -> Result<(), Error> {
    let idle = given.iter().find(|name| is_idle(command, flags, name));
    match (command, idle) {
        (_, None) => Ok(()),
        (Command::Hook(HookCommand::Install(_)), Some(name)) => Err(Error::new(format!(
            "--{name} would have no effect on `hook install`"
        ))
        .mend(format!("what the hook is to give to leakgate follows `--`: hook install -- --{name} …"))),
        (_, Some(name)) => Err(Error::new(format!("--{name} would have no effect on `{}`", command.name()))
            .mend("leave it out; `--format`, `--output` and `--report` are for commands that scan")),
    }
}

fn is_idle(command: &Command, flags: &Flags, name: &str) -> bool {
    let lines = matches!(flags.format, Some(Format::Text | Format::Jsonl));
    match (command, name) {
        (Command::Hook(HookCommand::Run { .. }) | Command::Rules(RulesCommand::Try { .. }), _) => false,
        (Command::Hook(_), "color" | "no-progress") => false,
        (Command::Hook(_), _) => true,
        (Command::Rules(RulesCommand::New { .. }) | Command::Pack(PackCommand::Build { .. }), "output") => {
            false
        }
        (Command::Rules(RulesCommand::List | RulesCommand::Stats { .. }), "format") => !lines,
        (command, "output" | "report" | "format") => !command.scans(),
        _ => false,
    }
}
