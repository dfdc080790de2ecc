//! The commands that scan.

use std::{
    env,
    path::{Path, PathBuf},
};

use bstr::{BStr, BString, ByteSlice, ByteVec};

use super::{
    allow,
    args::{Flags, GateArgs},
    gate,
    plan::{Plan, Root, config_folder},
    progress::Watch,
    tell::{About, tell},
};
use crate::{
    error::Error,
    git::{Environment, Repo},
    model::Origin,
    pipeline::{self, HistoryOptions, Image},
    source::{self, Before, Content, DirOptions, Gathered, Item, Range},
};

pub fn staged(flags: &Flags) -> Result<u8, Error> {
    let repo = here()?;
    in_repo(flags, &repo, source::staged(&repo)?, "staged")
}

pub fn range(flags: &Flags, range: &Range, repo: &Option<PathBuf>, args: &GateArgs) -> Result<u8, Error> {
    gate::range(flags, args, &repo_at(repo)?, range)
}

pub fn history(flags: &Flags, repo: &Option<PathBuf>, options: HistoryOptions) -> Result<u8, Error> {
    if let Some(path) = options.since.filter(|path| allow::is_special(path)) {
        // A pipe would be waited for, and no file may take the place of a device.
        return Err(Error::new(format!("--since-sweep {}: not a file", path.display())).mend("name a file"));
    }
    let repo = repo_at(repo)?;
    let plan = Plan::new(flags, &Root::Repo(&repo))?;
    let watch = Watch::new(flags);
    let options = HistoryOptions { progress: Some(&watch.progress), ..options };
    let report = plan.scan(&|path: &BStr| path.to_owned(), |scan| pipeline::history(scan, &repo, options))?;
    drop(watch);
    tell(flags, report, About::new("history").of(&repo, flags, None, None))
}

pub fn dir(flags: &Flags, paths: &[PathBuf], no_ignore: bool) -> Result<u8, Error> {
    let default = [PathBuf::from(".")];
    let paths = if paths.is_empty() { &default } else { paths };
    let threads = flags.threads.map_or(0, usize::from);
    let gathered = source::dir(paths, DirOptions { ignore_rules: !no_ignore, threads })?;
    in_folder(flags, paths, gathered, "dir")
}

pub fn stdin(flags: &Flags, path: &str) -> Result<u8, Error> {
    let item = Item { origin: Origin::file(path), content: Content::Stdin, before: Before::Nothing };
    let gathered = Gathered { scanned: "stdin".to_owned(), items: vec![item], ..Gathered::default() };
    in_folder(flags, &[PathBuf::from(".")], gathered, "stdin")
}

pub fn image(flags: &Flags, path: &Path) -> Result<u8, Error> {
    let image = match path {
        path if path.as_os_str() == "-" => Image::Stdin,
        path if path.is_dir() => Image::Folder(path.to_owned()),
        path => Image::File(path.to_owned()),
    };
    let plan = Plan::new(flags, &Root::Folder(&config_folder(Path::new("."))))?;
    let report = plan.scan(&|path: &BStr| path.to_owned(), |scan| pipeline::image(scan, &image))?;
    tell(flags, report, About::new("image"))
}

/// Scans what was gathered from a repository, with the repository's configuration.
pub fn in_repo(flags: &Flags, repo: &Repo, gathered: Gathered, action: &'static str) -> Result<u8, Error> {
    let plan = Plan::new(flags, &Root::Repo(repo))?;
    let report = plan.scan(&|path: &BStr| path.to_owned(), |scan| Ok(pipeline::run(scan, gathered)))?;
    tell(flags, report, About::new(action).of(repo, flags, None, None))
}

/// Scans what was gathered from files, with the configuration nearest to the first of the paths given.
fn in_folder(
    flags: &Flags,
    paths: &[PathBuf],
    gathered: Gathered,
    action: &'static str,
) -> Result<u8, Error> {
    let root = config_folder(&paths[0]);
    let here = env::current_dir().and_then(|here| here.canonicalize()).unwrap_or_default();
    let given = paths.iter().map(|path| here.join(path));
    let given: Vec<_> =
        given.map(|path| (path.canonicalize().unwrap_or_else(|_| path.clone()), path)).collect();
    let from_root = |path: &BStr| -> BString {
        let path = here.join(path.to_path_lossy());
        // No link is followed below what was given, so the disk need not be asked for each file.
        let below = given.iter().find_map(|(actual, given)| {
            let below = path.strip_prefix(given).ok().filter(|below| !below.as_os_str().is_empty());
            below.map(|below| (actual.join(below), below))
        });
        let (path, below) =
            below.unwrap_or_else(|| (real(&path), path.file_name().unwrap_or_default().as_ref()));
        Vec::from_path_lossy(path.strip_prefix(&root).unwrap_or(below)).into_owned().into()
    };
    let plan = Plan::new(flags, &Root::Folder(&root))?;
    let report = plan.scan(&from_root, |scan| Ok(pipeline::run(scan, gathered)))?;
    tell(flags, report, About::new(action))
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
