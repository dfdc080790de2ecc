//! `leakgate hook`: installs hooks, and is what they call.

use std::{env, fs, io::BufRead, path::Path};

use bstr::ByteSlice;
use gix::ObjectId;

use super::{
    args::{Flags, HookArgs, HookCommand, HookRun},
    print, scan,
};
use crate::{
    error::Error,
    exit,
    git::{Repo, hex},
    hook::{self, Change, Kind, Options, Order, State, Target},
    model::{Origin, Part},
    source::{self, Before, Content, Gathered, Item},
};

pub fn run(flags: &Flags, command: HookCommand) -> Result<u8, Error> {
    match command {
        HookCommand::Install(args) => install(&args),
        HookCommand::Uninstall(args) => uninstall(&args),
        HookCommand::Status(args) => status(&args),
        HookCommand::Run { hook: HookRun::PreCommit } => scan::staged(flags),
        HookCommand::Run { hook: HookRun::PrePush { .. } } => pre_push(flags),
        HookCommand::Run { hook: HookRun::PreReceive } => pre_receive(flags),
        HookCommand::Run { hook: HookRun::CommitMsg { file } } => commit_msg(flags, &file),
    }
}

fn target(args: &HookArgs) -> Result<Target, Error> {
    if args.global { Target::global() } else { Target::here() }
}

fn install(args: &HookArgs) -> Result<u8, Error> {
    let program =
        env::current_exe().map_err(|error| Error::new(format!("could not find this program: {error}")))?;
    let options = Options { program, order: Order::default() };
    let installed = hook::install(&target(args)?, args.kind.unwrap_or(Kind::PreCommit), &options)?;
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

fn uninstall(args: &HookArgs) -> Result<u8, Error> {
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
            out += &format!("{:<12} the hook that was there runs too, from {}\n", "", kept.display());
        }
        status.notes.iter().for_each(|note| out += &format!("{:<12} {note}\n", ""));
    }
    print(&out)?;
    Ok(exit::CLEAN)
}

fn lines(notes: &[String]) -> String {
    notes.iter().map(|note| format!("{note}\n")).collect()
}

/// Scans what the refs on standard input would bring to the remote. What any of its branches known
/// here has already is not new.
fn pre_push(flags: &Flags) -> Result<u8, Error> {
    let repo = scan::here()?;
    let mut tips = Vec::new();
    let mut hidden = repo.remote_tips()?;
    for line in std::io::stdin().lock().lines() {
        let line = line.map_err(|error| Error::new(format!("could not read the refs to push: {error}")))?;
        let (local, remote) = push_line(&line)?;
        // A deleted ref brings nothing.
        tips.extend(local.filter(|id| !id.is_null()));
        hidden.extend(remote.filter(|id| !id.is_null() && repo.store().has(*id)));
    }
    let mut gathered = source::push(&repo, &tips, &hidden)?;
    gathered.scanned = "push".to_owned();
    scan::in_repo(flags, &repo, gathered)
}

/// Scans what a push would bring in that no ref reaches yet. Its objects wait in quarantine, which the
/// environment names; the configuration is that of the repository's own HEAD.
fn pre_receive(flags: &Flags) -> Result<u8, Error> {
    let repo = scan::here()?;
    let mut broken = Vec::new();
    let refs = repo.refs(&mut |problem| broken.push(problem))?;
    let hidden: Vec<ObjectId> = refs.into_iter().map(|(_, id)| id).collect();
    let mut tips = Vec::new();
    for line in std::io::stdin().lock().lines() {
        let line = line.map_err(|error| Error::new(format!("could not read the pushed refs: {error}")))?;
        let wrong = || {
            Error::new(format!("{line:?} is not what git gives a pre-receive hook"))
                .mend("it wants lines of: old-id new-id ref")
        };
        let mut words = line.splitn(3, ' ');
        let (Some(_), Some(new), Some(_)) = (words.next(), words.next(), words.next()) else {
            return Err(wrong());
        };
        // A deleted ref brings nothing.
        tips.extend(Some(hex(new.as_bytes()).ok_or_else(wrong)?).filter(|id| !id.is_null()));
    }
    let mut gathered = source::push(&repo, &tips, &hidden)?;
    // A ref that cannot be read hides nothing, so more is scanned, not less; it is told all the same.
    gathered.problems.extend(broken);
    gathered.scanned = "push".to_owned();
    scan::in_repo(flags, &repo, gathered)
}

/// `local-ref local-id remote-ref remote-id`
fn push_line(line: &str) -> Result<(Option<ObjectId>, Option<ObjectId>), Error> {
    let wrong = || {
        Error::new(format!("{line:?} is not what git gives a pre-push hook"))
            .mend("it wants lines of: local-ref local-id remote-ref remote-id")
    };
    let mut words = line.split(' ');
    let (Some(_), Some(local), Some(_), Some(remote), None) =
        (words.next(), words.next(), words.next(), words.next(), words.next())
    else {
        return Err(wrong());
    };
    let id = |word: &str| hex(word.as_bytes()).ok_or_else(wrong);
    Ok((Some(id(local)?), Some(id(remote)?)))
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
    scan::in_repo(flags, &repo, gathered)
}
