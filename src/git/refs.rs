//! What refs there are, and what each names, as `git rev-list --all` has them.

use std::{fs, path::Path};

use bstr::{BString, ByteSlice, ByteVec};
use gix::ObjectId;

use super::{Repo, hex};
use crate::{error::Error, model::Problem};

impl Repo {
    /// Every ref and what it points at, sorted by name; HEAD too where it is detached. A ref that
    /// cannot be read is passed to `broken`.
    pub fn refs(&self, broken: &mut dyn FnMut(Problem)) -> Result<Vec<(BString, ObjectId)>, Error> {
        let wrong = |error: gix::Error| Error::new(format!("could not read the refs: {error}"));
        let mut refs = Vec::new();
        for reference in self.git.references().map_err(wrong)?.all().map_err(wrong)? {
            match reference {
                Ok(reference) => {
                    let name = reference.name().as_bstr();
                    // A symbolic ref stands for another one, which is listed itself if it is in `refs`.
                    let other = reference.follow().and_then(Result::ok);
                    let other = other.filter(|other| !other.name().as_bstr().starts_with(b"refs/"));
                    let id = reference.try_id().or_else(|| other.as_ref()?.try_id());
                    refs.extend(id.map(|id| (name.to_owned(), id.detach())));
                }
                Err(error) => broken(Problem::new("a ref", error.to_string())),
            }
        }
        let head = self.git.head().map_err(wrong)?;
        if head.is_detached()
            && let Some(id) = head.id()
        {
            refs.push(("HEAD".into(), id.detach()));
        }
        self.other_heads(&mut refs, broken);
        let loose = self.git.common_dir().join("refs");
        passed_over(&loose, "refs".into(), &mut refs, broken);
        refs.sort();
        refs.dedup();
        Ok(refs)
    }

    /// The detached HEADs of the main and the linked working trees other than this one, as `git rev-list
    /// --all` has them. One that is on a branch says nothing new.
    fn other_heads(&self, refs: &mut Vec<(BString, ObjectId)>, broken: &mut dyn FnMut(Problem)) {
        let common = self.git.common_dir();
        let linked = common.join("worktrees");
        let mut folders = vec![(BString::from("main-worktree/HEAD"), common.to_owned())];
        match fs::read_dir(&linked) {
            Ok(entries) => {
                for entry in entries.flatten() {
                    let name = Vec::from_os_string(entry.file_name()).unwrap_or_default();
                    folders.push(([b"worktrees/", &name[..], b"/HEAD"].concat().into(), entry.path()));
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => broken(Problem::new(linked.display().to_string(), error.to_string())),
        }
        let own = self.git.git_dir().canonicalize().ok();
        for (name, folder) in folders {
            if folder.canonicalize().ok() == own {
                continue;
            }
            match fs::read(folder.join("HEAD")) {
                Ok(text) => match hex(&text) {
                    Some(id) => refs.push((name, id)),
                    None if text.starts_with(b"ref:") => {}
                    None => broken(Problem::new(name.to_string(), "neither an object id nor a ref")),
                },
                Err(error) => broken(Problem::new(name.to_string(), error.to_string())),
            }
        }
    }

    /// What the remote-tracking branches point at: what some remote is known to have.
    pub fn remote_tips(&self) -> Result<Vec<ObjectId>, Error> {
        let refs = self.refs(&mut |_| {})?;
        Ok(refs
            .into_iter()
            .filter(|(name, _)| name.starts_with(b"refs/remotes/"))
            .map(|(_, id)| id)
            .collect())
    }
}

/// What the library that lists the refs passes over without a word: those that are links in the file system, which git
/// follows, and those whose names are none, which git complains of.
fn passed_over(
    folder: &Path,
    name: BString,
    refs: &mut Vec<(BString, ObjectId)>,
    broken: &mut dyn FnMut(Problem),
) {
    let mut folders = vec![(folder.to_owned(), name)];
    while let Some((folder, name)) = folders.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) => {
                broken(Problem::new(name.to_string(), error.to_string()));
                continue;
            }
        };
        for entry in entries {
            let (entry, kind) = match entry.and_then(|entry| entry.file_type().map(|kind| (entry, kind))) {
                Ok(entry) => entry,
                Err(error) => {
                    broken(Problem::new(name.to_string(), error.to_string()));
                    continue;
                }
            };
            let own = Vec::from_os_string(entry.file_name()).unwrap_or_default();
            let name = BString::from([&name[..], &own].join(&b'/'));
            if kind.is_dir() {
                folders.push((entry.path(), name));
            } else if kind.is_symlink() {
                match fs::read(entry.path()) {
                    Ok(text) => refs.extend(hex(&text).map(|id| (name, id))),
                    Err(error) => broken(Problem::new(name.to_string(), format!("a link: {error}"))),
                }
            } else if !own.starts_with(b".")
                && !own.ends_with(b".lock")
                && gix::refs::FullName::try_from(name.as_bstr()).is_err()
            {
                broken(Problem::new(name.to_string(), "no name that a ref can have"));
            }
        }
    }
}
