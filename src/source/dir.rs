//! Files and folders as they stand on disk, hidden ones included. Ignore rules of git are honoured
//! unless told otherwise; `.ignore` files of other tools are not, and symbolic links are not followed:
//! the target's name is the content, as in git.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    sync::Mutex,
};

use bstr::{ByteSlice, ByteVec};
use ignore::{WalkBuilder, WalkState};

use super::{Before, Content, Gathered, Item, metadata::text_item};
use crate::{
    error::Error,
    model::{Origin, Part, Problem},
};

/// What of a folder to scan.
#[derive(Clone, Copy, Debug)]
pub struct DirOptions {
    /// Leave out what git ignores.
    pub ignore_rules: bool,
    pub threads: usize,
}

/// The files at and below `paths`. A path that does not exist is an error.
pub fn dir(paths: &[PathBuf], options: DirOptions) -> Result<Gathered, Error> {
    let mut gathered = Gathered { whole: true, ..Gathered::default() };
    let mut found = Vec::new();
    for path in paths {
        let metadata = path.symlink_metadata().map_err(|error| Error::io("scan", path, error))?;
        if path.is_dir() && !metadata.is_symlink() || is_dir_behind_link(path) {
            walk(path, options, &mut found, &mut gathered);
        } else {
            // A file that was named is read whatever it is: a pipe too.
            found.push(Content::File(path.clone()));
        }
    }
    let names: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
    gathered.scanned = format!("dir {}", names.join(" "));
    // As paths are ordered, folder by folder, without taking them apart for each comparison.
    found.sort_by_cached_key(|content| Vec::from_path_lossy(path_of(content)).replace("/", "\0"));
    found.dedup();
    for content in found {
        let path = shown(path_of(&content));
        gathered.items.push(text_item(Part::Path, path.as_ref(), path.as_ref(), None));
        gathered.items.push(Item { origin: Origin::file(path), content, before: Before::Nothing });
    }
    Ok(gathered)
}

fn is_dir_behind_link(path: &Path) -> bool {
    path.is_symlink() && path.is_dir()
}

fn walk(root: &Path, options: DirOptions, found: &mut Vec<Content>, gathered: &mut Gathered) {
    let walker = WalkBuilder::new(root)
        .standard_filters(false)
        .git_ignore(options.ignore_rules)
        .git_exclude(options.ignore_rules)
        .git_global(options.ignore_rules)
        .parents(options.ignore_rules)
        .threads(options.threads)
        .filter_entry(|entry| entry.depth() == 0 || entry.file_name() != OsStr::new(".git"))
        .build_parallel();
    // A channel would wake its reader for every file.
    let all = Mutex::new(Vec::new());
    walker.run(|| {
        Box::new(|entry| {
            if let Some(met) = met(entry) {
                all.lock().expect("nothing panics while it is held").push(met);
            }
            WalkState::Continue
        })
    });
    for met in all.into_inner().expect("nothing panics while it is held") {
        match met {
            Ok(content) => found.push(content),
            Err(problem) => gathered.problems.add(problem),
        }
    }
}

/// A file or link that was met; folders, pipes, sockets and devices hold no text.
fn met(entry: Result<ignore::DirEntry, ignore::Error>) -> Option<Result<Content, Problem>> {
    let entry = match entry {
        Ok(entry) => entry,
        Err(error) => return Some(Err(Problem::new(what(&error), error.to_string()))),
    };
    if let Some(error) = entry.error() {
        return Some(Err(Problem::new(entry.path().display().to_string(), error.to_string())));
    }
    let kind = entry.file_type()?;
    if kind.is_symlink() && entry.depth() > 0 {
        Some(Ok(Content::Link(entry.into_path())))
    } else if kind.is_file() {
        Some(Ok(Content::File(entry.into_path())))
    } else {
        None
    }
}

fn what(error: &ignore::Error) -> String {
    match error {
        ignore::Error::WithPath { path, .. } => path.display().to_string(),
        ignore::Error::WithDepth { err, .. } => what(err),
        _ => "a folder".to_owned(),
    }
}

fn path_of(content: &Content) -> &Path {
    match content {
        Content::File(path) | Content::Link(path) => path,
        Content::Blob(_) | Content::Stdin | Content::Text(_) => unreachable!("a walk meets files and links"),
    }
}

/// The path as it is reported: with `/`, and without a leading `./`.
fn shown(path: &Path) -> bstr::BString {
    let path = path.strip_prefix(".").unwrap_or(path);
    let bytes = Vec::from_path_lossy(path).into_owned();
    if cfg!(windows) { bytes.replace("\\", "/").into() } else { bytes.into() }
}
