//! From flags to what a scan needs: patterns, configuration, baseline, threads.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use bstr::{BStr, BString};
use gix::objs::Kind;

use super::args::Flags;
use crate::{
    config::{Config, FILE_NAME},
    error::Error,
    filter::{Allowlist, Baseline, Excuses},
    git::{Repo, commit_text, entries, named},
    matcher::{Scanner, can_run},
    model::Report,
    pattern::{self, Extras, Loaded, Pack},
    pipeline::{Levels, Scan},
    score,
};

/// Where the configuration is looked for.
pub enum Root<'r> {
    Repo(&'r Repo),
    /// The first folder at or above this one that has a configuration, no higher than a repository's root.
    Folder(&'r Path),
}

/// What the flags and files of one run come to.
pub struct Plan {
    scanner: Scanner,
    levels: Levels,
    config: Config,
    baseline: Baseline,
}

impl Plan {
    pub fn new(flags: &Flags, root: &Root) -> Result<Self, Error> {
        Self::with(flags, root, pack(flags)?)
    }

    /// With a pack of one's own making.
    pub fn with(flags: &Flags, root: &Root, pack: Pack) -> Result<Self, Error> {
        if let Some(threads) = flags.threads {
            // It fails only if a pool exists already, which then has the same number.
            let _ = rayon::ThreadPoolBuilder::new().num_threads(threads.into()).build_global();
        }
        let baseline = flags.baseline.as_deref().map(Baseline::read).transpose()?.unwrap_or_default();
        Ok(Self {
            scanner: Scanner::believing(pack, score::least(flags.min_confidence))?,
            levels: Levels {
                confidence: flags.min_confidence,
                severity: flags.min_severity,
                now: Some(jiff::Timestamp::now().as_second()),
            },
            config: config(flags, root)?,
            baseline,
        })
    }

    /// Nothing is allowed.
    #[must_use]
    pub fn without_allowlist(mut self) -> Self {
        self.config = Config::default();
        self
    }

    pub fn into_config(self) -> Config {
        self.config
    }

    /// Adds to a report what the pack says of itself: what of it could not be honoured makes a scan incomplete.
    pub fn tell(pack: &Pack, mut report: Report) -> Report {
        report.skipped.extend(pack.extras().unhonoured.iter().cloned());
        report.notes.extend(pack.extras().notes.iter().cloned());
        report
    }

    /// Ready to run. `from_root` takes a reported path to the path from the configuration's folder.
    pub fn scan<T>(
        self,
        from_root: &(dyn Fn(&BStr) -> BString + Sync),
        run: impl FnOnce(Scan) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
        run(Scan {
            scanner: &self.scanner,
            levels: self.levels,
            allowlist: Allowlist::new(self.config, today),
            excuses: Excuses::new(self.scanner.pack().extras())?,
            baseline: self.baseline,
            from_root,
        })
    }
}

/// The built-in patterns and those that were added.
pub fn pack(flags: &Flags) -> Result<Pack, Error> {
    let mut rules = if flags.no_builtin { Vec::new() } else { pattern::builtin().to_vec() };
    let mut extras = Extras::default();
    for path in &flags.rules {
        let Loaded { rules: added, extras: more } = pattern::load(path)?;
        rules.retain(|rule| !more.disabled.iter().any(|id| *id == rule.id));
        for rule in &added {
            can_run(rule).map_err(|error| Error::new(format!("{}: {error}", path.display())))?;
        }
        extras.join(more);
        rules.extend(added);
    }
    Ok(Pack::new(rules)?.with(extras))
}

fn config(flags: &Flags, root: &Root) -> Result<Config, Error> {
    let (name, text) = match (&flags.config, root) {
        (Some(path), _) => {
            let text =
                fs::read_to_string(path).map_err(|error| Error::io("read the configuration", path, error))?;
            (path.display().to_string(), text)
        }
        (None, Root::Repo(repo)) => match repo.work_tree() {
            Some(folder) => return at(&folder.join(FILE_NAME)),
            None => match committed(repo)? {
                Some(text) => (format!("HEAD:{FILE_NAME}"), text),
                None => return Ok(Config::default()),
            },
        },
        (None, Root::Folder(folder)) => return at(&folder.join(FILE_NAME)),
    };
    Config::parse(&name, &text)
}

/// A file that may be absent.
fn at(path: &Path) -> Result<Config, Error> {
    match fs::read_to_string(path) {
        Ok(text) => Config::parse(&path.display().to_string(), &text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Config::default()),
        Err(error) => Err(Error::io("read the configuration", path, error)),
    }
}

/// The configuration that HEAD has: a bare repository has no other.
fn committed(repo: &Repo) -> Result<Option<String>, Error> {
    let Some(head) = repo.head()? else { return Ok(None) };
    let mut buffer = Vec::new();
    let store = repo.store();
    let wrong = |what: String| Error::new(format!("could not read HEAD:{FILE_NAME}: {what}"));
    let commit = store.expect(head, Kind::Commit, &mut buffer).map_err(|missing| wrong(missing.why))?;
    let tree = commit_text(commit).ok_or_else(|| wrong("a broken commit".to_owned()))?.tree;
    let root = entries(store, tree, &mut buffer).map_err(|missing| wrong(missing.why))?;
    let Some(entry) = named(&root, FILE_NAME.into()) else { return Ok(None) };
    let data = store.expect(entry.id, Kind::Blob, &mut buffer).map_err(|missing| wrong(missing.why))?;
    String::from_utf8(data.to_vec()).map(Some).map_err(|_| wrong("not UTF-8".to_owned()))
}

/// The folder whose configuration a scan of `path` takes: the nearest at or above it that has one, but
/// not above the root of a repository; else the folder itself.
pub fn config_folder(path: &Path) -> PathBuf {
    let absolute = env::current_dir().map_or_else(|_| path.to_owned(), |here| here.join(path));
    let absolute = absolute.canonicalize().unwrap_or(absolute);
    let start = if absolute.is_dir() { absolute.as_path() } else { absolute.parent().unwrap_or(&absolute) };
    for folder in start.ancestors() {
        if folder.join(FILE_NAME).is_file() {
            return folder.to_owned();
        }
        if folder.join(".git").exists() {
            break;
        }
    }
    start.to_owned()
}
