//! From flags to what a scan needs: patterns, configuration, baseline, threads.

use std::{
    cell::RefCell,
    env, fs,
    mem::ManuallyDrop,
    path::{Path, PathBuf},
};

use bstr::{BStr, BString};
use data_encoding::HEXLOWER;
use gix::objs::Kind;
use sha2::{Digest, Sha256};

use super::{
    args::{Flags, GateArgs},
    policy::{Found, Side, needed},
};
use crate::{
    config::{Config, FILE_NAME, Size},
    error::Error,
    filter::{Allowlist, Baseline, Excuses},
    git::{Repo, commit_text, entries, named},
    matcher::{Scanner, can_run},
    model::{Deadline, Policy, Problem},
    pattern::{self, Extras, Loaded, Pack, Rule, RuleIndex, Source},
    pipeline::{LargeFile, Levels, Limits, Scan},
    report, score,
};

/// Where the configuration is looked for.
pub enum Root<'r> {
    Repo(&'r Repo),
    /// The first folder at or above this one that has a configuration, no higher than a repository's root.
    Folder(&'r Path),
    /// The target side of a change, whatever the change says.
    Trusted(&'r Side<'r>, &'r GateArgs, Deadline),
}

/// What the flags and files of one run come to.
pub struct Plan {
    scanner: Scanner,
    levels: Levels,
    config: Config,
    baseline: Baseline,
    accept_inline: bool,
    deadline: Deadline,
    limits: Limits,
    require_complete: bool,
    large_file: Option<LargeFile>,
    /// Where it all came from.
    pub policy: Policy,
    /// What is to be told of that.
    pub notes: Vec<String>,
}

impl Plan {
    pub fn new(flags: &Flags, root: &Root) -> Result<Self, Error> {
        let mut read = Read::new(root);
        let pack = read.pack(flags)?;
        Self::made(flags, root, pack, read)
    }

    /// With a pack of one's own making.
    pub fn with(flags: &Flags, root: &Root, pack: Pack) -> Result<Self, Error> {
        Self::made(flags, root, pack, Read::new(root))
    }

    fn made(flags: &Flags, root: &Root, pack: Pack, mut read: Read) -> Result<Self, Error> {
        if let Some(threads) = flags.threads {
            // It fails only if a pool exists already, which then has the same number.
            let _ = rayon::ThreadPoolBuilder::new().num_threads(threads.into()).build_global();
        }
        let config = read.config(flags, root)?;
        let large_file = flags.large_file.or(config.large_file);
        let pack = match large_file {
            Some(Size(above)) => pack.and_large_file(above, &report::bytes(above))?,
            None => pack,
        };
        let large_file =
            large_file.map(|Size(above)| LargeFile { rule: pack.count() as RuleIndex - 1, above });
        let scanner = Scanner::believing(pack, score::least(flags.min_confidence))?;
        let baseline = read.baseline(flags)?;
        read.part(scanner.pack().hash().as_bytes());
        read.part(flags.min_confidence.word().as_bytes());
        read.part(flags.min_severity.word().as_bytes());
        let (accept_inline, deadline) = match root {
            Root::Trusted(_, gate, deadline) => (gate.accept_inline, *deadline),
            _ => (true, Deadline::default()),
        };
        read.part(&[u8::from(accept_inline)]);
        let hash = HEXLOWER.encode(&read.digest.finalize());
        let from = if read.from.is_empty() { "built-in".to_owned() } else { read.from.join(", ") };
        Ok(Self {
            scanner,
            levels: Levels {
                confidence: flags.min_confidence,
                severity: flags.min_severity,
                now: Some(jiff::Timestamp::now().as_second()),
            },
            config,
            baseline,
            accept_inline,
            deadline,
            limits: flags.limits.limits(),
            require_complete: flags.require_complete,
            large_file,
            policy: Policy { from, hash },
            notes: read.notes,
        })
    }

    /// Whom to ask about what is found.
    pub fn contact(&self) -> Option<String> {
        self.config.contact.clone()
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

    /// Ready to run. `from_root` takes a reported path to the path from the configuration's folder.
    pub fn scan<T>(
        self,
        from_root: &(dyn Fn(&BStr) -> BString + Sync),
        run: impl FnOnce(Scan) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
        // The process ends with the scan: to take every rule apart would only cost time.
        let scanner = ManuallyDrop::new(self.scanner);
        run(Scan {
            scanner: &scanner,
            levels: self.levels,
            allowlist: Allowlist::new(self.config, today),
            excuses: Excuses::new(scanner.pack().extras())?,
            baseline: self.baseline,
            accept_inline: self.accept_inline,
            deadline: self.deadline,
            limits: self.limits,
            require_complete: self.require_complete,
            large_file: self.large_file,
            from_root,
        })
    }
}

/// The built-in patterns and those that were added.
pub fn pack(flags: &Flags) -> Result<Pack, Error> {
    Read::on(None).pack(flags)
}

/// Reads the files of a plan, and keeps in mind which they were and what they said.
struct Read<'r> {
    side: Option<&'r Side<'r>>,
    notes: Vec<String>,
    from: Vec<String>,
    digest: Sha256,
}

impl<'r> Read<'r> {
    fn new(root: &Root<'r>) -> Self {
        Self::on(match root {
            Root::Trusted(side, ..) => Some(*side),
            _ => None,
        })
    }

    fn on(side: Option<&'r Side<'r>>) -> Self {
        Self { side, notes: Vec::new(), from: Vec::new(), digest: Sha256::new() }
    }

    fn part(&mut self, text: &[u8]) {
        self.digest.update((text.len() as u64).to_le_bytes());
        self.digest.update(text);
    }

    fn find(&self, path: &Path) -> Found {
        self.side.map_or(Found::OnDisk, |side| side.find(path))
    }

    fn pack(&mut self, flags: &Flags) -> Result<Pack, Error> {
        // The built-in rules stay packed, unless one of them is taken out.
        let mut builtin = !flags.no_builtin;
        let mut rules: Vec<Rule> = Vec::new();
        let mut extras = Extras::default();
        for path in &flags.rules {
            let Loaded { rules: added, extras: more } = self.rules(path)?;
            let disabled = |id: &str| more.disabled.iter().any(|one| one == id);
            if builtin && pattern::builtin::rules().any(|rule| disabled(&rule.id)) {
                rules.splice(..0, pattern::builtin::rules().cloned());
                builtin = false;
            }
            rules.retain(|rule| !disabled(&rule.id));
            for rule in &added {
                can_run(rule).map_err(|error| Error::new(format!("{}: {error}", path.display())))?;
            }
            extras.join(more);
            rules.extend(added);
        }
        if let (false, true, Some(Problem { what, why })) =
            (builtin, rules.is_empty(), extras.unhonoured.first())
        {
            return Err(Error::new(format!("no rule that was asked for can be run: {what}: {why}")));
        }
        let pack = if builtin { Pack::builtin_and(rules) } else { Pack::new(rules) };
        Ok(pack?.with(extras))
    }

    fn rules(&mut self, path: &Path) -> Result<Loaded, Error> {
        let Some(side) = self.side else { return pattern::load(path) };
        let files = side.folder(path).unwrap_or_else(|| vec![path.to_owned()]);
        let mut loaded = Loaded::default();
        for file in files {
            match side.find(&file) {
                Found::File(name, text) => {
                    let extended = RefCell::new(Vec::new());
                    let open = |own: &Path, named: &Path| {
                        let source = extended_by(side, own, named)?;
                        extended.borrow_mut().push(source.name.clone());
                        Ok(source)
                    };
                    self.from.push(name.clone());
                    loaded.join(pattern::load_text(&Source { name, path: file, text }, &open)?);
                    self.from.extend(extended.into_inner());
                }
                // Fewer rules than were asked for would look clean.
                Found::Absent => return Err(needed(side, path)),
                Found::OnDisk => {
                    loaded.join(pattern::load(&file)?);
                    self.from.push(file.display().to_string());
                }
            }
        }
        if loaded.is_empty() { Err(needed(side, path)) } else { Ok(loaded) }
    }

    fn baseline(&mut self, flags: &Flags) -> Result<Baseline, Error> {
        let Some(path) = flags.baseline.as_deref() else { return Ok(Baseline::default()) };
        match self.find(path) {
            Found::File(name, text) => {
                self.part(text.as_bytes());
                self.from.push(name.clone());
                Baseline::parse(&name, &text)
            }
            Found::Absent => {
                self.absent(path);
                Ok(Baseline::default())
            }
            Found::OnDisk => {
                let baseline = Baseline::read(path)?;
                self.part(baseline.to_string().as_bytes());
                self.from.push(path.display().to_string());
                Ok(baseline)
            }
        }
    }

    fn absent(&mut self, path: &Path) {
        let side = self.side.map(Side::name).unwrap_or_default();
        self.notes.push(format!("{side} does not have {}, so nothing in it counts here", path.display()));
    }

    fn config(&mut self, flags: &Flags, root: &Root) -> Result<Config, Error> {
        let found = match (&flags.config, root) {
            (Some(path), _) => match self.find(path) {
                Found::File(name, text) => Some((name, text)),
                Found::Absent => {
                    self.absent(path);
                    None
                }
                Found::OnDisk => {
                    let text = fs::read_to_string(path)
                        .map_err(|error| Error::io("read the configuration", path, error))?;
                    Some((path.display().to_string(), text))
                }
            },
            (None, Root::Trusted(side, ..)) => {
                let found = side.config();
                return Ok(self.lenient(found));
            }
            (None, Root::Repo(repo)) => match repo.work_tree() {
                Some(folder) => at(&folder.join(FILE_NAME))?,
                None => committed(repo)?.map(|text| (format!("HEAD:{FILE_NAME}"), text)),
            },
            (None, Root::Folder(folder)) => at(&folder.join(FILE_NAME))?,
        };
        let Some((name, text)) = found else { return Ok(Config::default()) };
        self.part(text.as_bytes());
        self.from.push(name.clone());
        Config::parse(&name, &text)
    }

    /// A configuration that is wrong allows nothing. If it stopped everything, the change that mends it could
    /// not come in.
    fn lenient(&mut self, found: Option<(String, String)>) -> Config {
        let Some((name, text)) = found else { return Config::default() };
        self.part(text.as_bytes());
        let parsed = Config::parse(&name, &text);
        self.from.push(name.clone());
        parsed.unwrap_or_else(|_| {
            // The error itself may quote whatever stands there.
            self.notes.push(format!(
                "{name} has a mistake, so it allows nothing; `leakgate allow list` tells which"
            ));
            Config::default()
        })
    }
}

/// The file that the pack at `own` extends, as that side has it. What it has not, does not count.
fn extended_by(side: &Side, own: &Path, named: &Path) -> Result<Source, Error> {
    for path in pattern::candidates(own, named) {
        match side.find(&path) {
            Found::File(name, text) => return Ok(Source { name, path, text }),
            Found::OnDisk if path.exists() => {
                let text = fs::read_to_string(&path)
                    .map_err(|error| Error::io("read the patterns", &path, error))?;
                return Ok(Source { name: path.display().to_string(), path, text });
            }
            Found::Absent | Found::OnDisk => {}
        }
    }
    Err(needed(side, named))
}

/// A file that may be absent.
fn at(path: &Path) -> Result<Option<(String, String)>, Error> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some((path.display().to_string(), text))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
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

/// The folder whose configuration a scan of `path` takes, and from which paths are judged: the nearest at or above it
/// that has a configuration or is the root of a repository; else the current folder, if the path leads below it from
/// there; else the folder itself.
pub fn config_folder(path: &Path) -> PathBuf {
    let here = env::current_dir().and_then(|here| here.canonicalize()).unwrap_or_default();
    let absolute = here.join(path);
    let absolute = absolute.canonicalize().unwrap_or(absolute);
    let start = if absolute.is_dir() { absolute.as_path() } else { absolute.parent().unwrap_or(&absolute) };
    let is_root = |folder: &&Path| folder.join(FILE_NAME).is_file() || folder.join(".git").exists();
    let root = start.ancestors().find(is_root);
    let below = path.is_relative() && start.starts_with(&here);
    root.unwrap_or(if below { &here } else { start }).to_owned()
}
