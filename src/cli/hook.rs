//! `leakgate hook`: installs hooks, and is what they call.

use std::{env, fs, path::Path};

use bstr::ByteSlice;
use clap::Parser as _;

use super::{
    args::{Args, Flags, HookArgs, HookCommand, HookRun},
    print, receive, scan,
};
use crate::{
    error::Error,
    exit,
    git::Repo,
    hook::{self, Change, Kind, Options, Order, State, Target},
    model::{Origin, Part},
    source::{Before, Content, Gathered, Item},
};

pub fn run(flags: &Flags, command: HookCommand) -> Result<u8, Error> {
    match command {
        HookCommand::Install(args) => install(&args),
        HookCommand::Uninstall(args) => uninstall(&args),
        HookCommand::Status(args) => status(&args),
        HookCommand::Run { hook: HookRun::PreCommit } => scan::staged(flags),
        HookCommand::Run { hook: HookRun::PrePush { .. } } => receive::pre_push(flags),
        HookCommand::Run { hook: HookRun::PreReceive(args) } => receive::pre_receive(flags, &args),
        HookCommand::Run { hook: HookRun::CommitMsg { file } } => commit_msg(flags, &file),
    }
}

fn target(args: &HookArgs) -> Result<Target, Error> {
    match &args.file {
        Some(file) if file.file_name().is_none() => {
            Err(Error::new(format!("{}: a folder, and not a hook", file.display()))
                .mend("name the file in it that the server is to run"))
        }
        Some(file) => Ok(Target::File(file.clone())),
        None if args.global => Target::global(),
        None => Target::here(),
    }
}

fn install(args: &HookArgs) -> Result<u8, Error> {
    let program =
        env::current_exe().map_err(|error| Error::new(format!("could not find this program: {error}")))?;
    let kind = args.kind.unwrap_or(Kind::PreCommit);
    understood(kind, &args.flags)?;
    let options = Options { program, order: Order::default(), flags: args.flags.clone() };
    let installed = hook::install(&target(args)?, kind, &options)?;
    let path = installed.path.display();
    let mut out = match installed.change {
        Change::None => format!("{path} is installed already\n"),
        Change::Updated => format!("{path} is brought up to date\n"),
        _ => format!("{path} is installed\n"),
    };
    if let Some(kept) = installed.kept {
        out += &format!("the hook that was there runs still, from {}\n", kept.display());
    }
    out += &lines(&installed.notes);
    print(&out)?;
    Ok(exit::CLEAN)
}

/// A flag that is wrong is told now, not to everyone who pushes.
fn understood(kind: Kind, flags: &[String]) -> Result<(), Error> {
    let file = (kind == Kind::CommitMsg).then_some("FILE");
    let words = ["leakgate"].iter().chain(kind.words()).copied();
    let words = words.chain(flags.iter().map(String::as_str)).chain(file);
    Args::try_parse_from(words).map(drop).map_err(|error| {
        let told = error.to_string();
        Error::new(format!(
            "the hook would not understand its flags: {}",
            told.lines().next().unwrap_or_default()
        ))
        .mend(format!("see what there is: leakgate {} --help", kind.words().join(" ")))
    })
}

fn uninstall(args: &HookArgs) -> Result<u8, Error> {
    none_given(&args.flags, "uninstall")?;
    let removed = hook::uninstall(&target(args)?, args.kind.unwrap_or(Kind::PreCommit))?;
    let path = removed.path.display();
    let out = match removed.change {
        Change::Restored => format!("{path} is again what it was before\n"),
        Change::Removed => format!("{path} is removed\n"),
        _ => format!("{path}: there is no hook of leakgate\n"),
    };
    print(&(out + &lines(&removed.notes)))?;
    Ok(exit::CLEAN)
}

fn status(args: &HookArgs) -> Result<u8, Error> {
    none_given(&args.flags, "status")?;
    let target = target(args)?;
    let kinds = args.kind.map_or(Kind::ALL.to_vec(), |kind| vec![kind]);
    let mut out = String::new();
    for kind in kinds {
        let status = hook::status(&target, kind)?;
        let state = match &status.state {
            State::Ours(_) if status.is_installed() => "installed".to_owned(),
            State::Ours(_) | State::Absent => "not installed".to_owned(),
            State::Foreign => "a hook of someone else".to_owned(),
            State::Edited(_) => "installed, and edited since".to_owned(),
            State::Unusable(why) => format!("cannot run: {why}"),
        };
        out += &format!("{:<12} {state}  ({})\n", kind.name(), status.path.display());
        if let Some(kept) = status.kept {
            let told = match &status.state {
                State::Ours(_) | State::Edited(_) => "the hook that was there runs too, from",
                _ => "the hook that was there before leakgate does not run; it is kept as",
            };
            out += &format!("{:<12} {told} {}\n", "", kept.display());
        }
        status.notes.iter().for_each(|note| out += &format!("{:<12} {note}\n", ""));
    }
    print(&out)?;
    Ok(exit::CLEAN)
}

/// Only a hook that is written takes flags.
fn none_given(flags: &[String], command: &str) -> Result<(), Error> {
    match flags.first() {
        None => Ok(()),
        Some(flag) => Err(Error::new(format!("{flag} would have no effect on `hook {command}`"))
            .mend("leave out what follows `--`")),
    }
}

fn lines(notes: &[String]) -> String {
    notes.iter().map(|note| format!("{note}\n")).collect()
}

/// Below this line of a commit message, git shows the change and cuts it off again.
const SCISSORS: &[u8] = b"------------------------ >8 ------------------------";

fn commit_msg(flags: &Flags, file: &Path) -> Result<u8, Error> {
    let repo: Repo = scan::here()?;
    let mut text = fs::read(file).map_err(|error| Error::io("read the commit message", file, error))?;
    if let Some(cut) = text.find(SCISSORS) {
        text.truncate(cut);
    }
    let origin = Origin::part(Part::CommitMessage);
    let item = Item { origin, content: Content::Text(text.into()), before: Before::Nothing };
    let gathered =
        Gathered { scanned: "commit message".to_owned(), items: vec![item], ..Gathered::default() };
    scan::in_repo(flags, &repo, gathered, "commit-msg")
}
