//! The commands that scan.

use std::{
    env,
    fs::File,
    io::{self, BufWriter, IsTerminal, Write},
    path::{Path, PathBuf},
};

use bstr::{BStr, BString, ByteSlice, ByteVec};
use clap::ColorChoice;

use super::{
    args::Flags,
    plan::{Plan, Root, config_folder},
};
use crate::{
    error::Error,
    exit,
    git::{Environment, Repo},
    model::{Origin, Report},
    pipeline::{self, HistoryOptions},
    report,
    source::{self, Before, Content, DirOptions, Gathered, Item, Range},
};

pub fn staged(flags: &Flags) -> Result<u8, Error> {
    let repo = here()?;
    in_repo(flags, &repo, source::staged(&repo)?)
}

pub fn range(flags: &Flags, range: &Range, repo: &Option<PathBuf>) -> Result<u8, Error> {
    let repo = repo_at(repo)?;
    in_repo(flags, &repo, source::range(&repo, range)?)
}

pub fn history(flags: &Flags, repo: &Option<PathBuf>, options: HistoryOptions) -> Result<u8, Error> {
    let repo = repo_at(repo)?;
    let plan = Plan::new(flags, &Root::Repo(&repo))?;
    plan.scan(&|path: &BStr| path.to_owned(), |scan| {
        let pack = scan.scanner.pack();
        write(flags, &Plan::tell(pack, pipeline::history(scan, &repo, options)?))
    })
}

pub fn dir(flags: &Flags, paths: &[PathBuf], no_ignore: bool) -> Result<u8, Error> {
    let default = [PathBuf::from(".")];
    let paths = if paths.is_empty() { &default } else { paths };
    let threads = flags.threads.map_or(0, usize::from);
    let gathered = source::dir(paths, DirOptions { ignore_rules: !no_ignore, threads })?;
    in_folder(flags, &paths[0], gathered)
}

pub fn stdin(flags: &Flags, path: &str) -> Result<u8, Error> {
    let item = Item { origin: Origin::file(path), content: Content::Stdin, before: Before::Nothing };
    let gathered = Gathered { scanned: "stdin".to_owned(), items: vec![item], ..Gathered::default() };
    in_folder(flags, Path::new("."), gathered)
}

/// Scans what was gathered from a repository, with the repository's configuration.
pub fn in_repo(flags: &Flags, repo: &Repo, gathered: Gathered) -> Result<u8, Error> {
    let plan = Plan::new(flags, &Root::Repo(repo))?;
    plan.scan(&|path: &BStr| path.to_owned(), |scan| {
        let pack = scan.scanner.pack();
        write(flags, &Plan::tell(pack, pipeline::run(scan, gathered)))
    })
}

/// Scans what was gathered from files, with the configuration nearest to `start`.
fn in_folder(flags: &Flags, start: &Path, gathered: Gathered) -> Result<u8, Error> {
    let root = config_folder(start);
    let here = env::current_dir().and_then(|here| here.canonicalize()).unwrap_or_default();
    let from_root = |path: &BStr| -> BString {
        let path = real(&here.join(path.to_path_lossy()));
        let relative = path.strip_prefix(&root).unwrap_or(&path);
        Vec::from_path_lossy(relative).into_owned().into()
    };
    let plan = Plan::new(flags, &Root::Folder(&root))?;
    plan.scan(&from_root, |scan| {
        let pack = scan.scanner.pack();
        write(flags, &Plan::tell(pack, pipeline::run(scan, gathered)))
    })
}

/// The path with its folder as the disk has it, where there is one: it may go up, or through links. The
/// last part is left as it is, as a link is scanned as itself.
fn real(path: &Path) -> PathBuf {
    match (path.parent().map(Path::canonicalize), path.file_name()) {
        (Some(Ok(folder)), Some(name)) => folder.join(name),
        _ => path.to_owned(),
    }
}

/// The repository around the current folder, as the environment has it.
pub fn here() -> Result<Repo, Error> {
    Repo::discover(Path::new("."), &Environment::current())
}

pub fn repo_at(path: &Option<PathBuf>) -> Result<Repo, Error> {
    match path {
        Some(path) => Repo::at(path),
        None => here(),
    }
}

/// Writes the report where the flags say, and returns its exit status.
pub fn write(flags: &Flags, report: &Report) -> Result<u8, Error> {
    let style = report::Style {
        color: color(flags),
        show_secrets: flags.show_secrets,
        times: times(flags),
        ..report::Style::default()
    };
    let action = "write the result";
    match &flags.output {
        Some(path) => {
            let file = File::create(path).map_err(|error| Error::io(action, path, error))?;
            let mut out = BufWriter::new(file);
            report::write(flags.format, report, &style, &mut out)
                .and_then(|()| out.flush())
                .map_err(|error| Error::io(action, path, error))?;
        }
        None => {
            let mut out = BufWriter::new(io::stdout().lock());
            match report::write(flags.format, report, &style, &mut out).and_then(|()| out.flush()) {
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                    return Err(Error::new(format!("could not {action}: {error}")));
                }
                _ => {}
            }
        }
    }
    Ok(exit::status(report))
}

/// Only for the one format that demands them: all others say the same whenever they are written.
fn times(flags: &Flags) -> Option<report::Times> {
    let plain = |time: jiff::Timestamp| time.strftime("%Y-%m-%dT%H:%M:%S").to_string();
    (flags.format == report::Format::Gitlab)
        .then(|| report::Times { start: plain(flags.began), end: plain(jiff::Timestamp::now()) })
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
