//! Reads a user's own pattern files. What is wrong is told by file, rule and field.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    Extras, Rule, bounds,
    foreign::{self, Open, Source},
    hash::sha256,
    made,
    packed::Packed,
    schema,
};
use crate::error::Error;

/// What `--rules` came to.
#[derive(Debug, Default)]
pub struct Loaded {
    pub rules: Vec<Rule>,
    pub extras: Extras,
}

/// Reads one file, or every `*.toml` of a folder in the order of their names. A file may be our own or another
/// tool's, and may be pinned: `FILE#sha256=HASH`.
pub fn load(path: &Path) -> Result<Loaded, Error> {
    let mut loaded = Loaded::default();
    for file in files(path)? {
        let (path, text) = read_pinned(&file)?;
        let pinned = path != file;
        let source = Source { name: path.display().to_string(), path, text };
        loaded.join(load_text(&source, &|own, named| match pinned {
            false => beside(own, named),
            true => Err(Error::new(format!("{}: it is pinned, and extends what is not", own.display()))
                .mend("pin a pack that stands for itself: copy in what it extends")),
        })?);
    }
    if loaded.is_empty() {
        return Err(Error::new(format!("{}: no rule in it", path.display()))
            .mend("write at least one [[rule]], or leave --rules out"));
    }
    Ok(loaded)
}

/// Reads the text of one such file; `open` finds those that it extends.
pub fn load_text(source: &Source, open: Open) -> Result<Loaded, Error> {
    if foreign::is(&source.text) {
        let pack = foreign::read(source, open)?;
        return Ok(Loaded { rules: pack.rules, extras: pack.extras });
    }
    let mut loaded = Loaded::default();
    for (name, part) in sources(&source.name, &source.text)? {
        loaded.rules.extend(parse(&name, &part)?);
    }
    Ok(loaded)
}

/// The file that the pack at `own` names: as their documentation has it, from the folder in which the scan runs; else
/// from the pack's own.
fn beside(own: &Path, named: &Path) -> Result<Source, Error> {
    let path = candidates(own, named).into_iter().find(|path| path.exists());
    let path = path.unwrap_or_else(|| named.to_owned());
    let text = fs::read_to_string(&path).map_err(|error| Error::io("read the patterns", &path, error))?;
    Ok(Source { name: path.display().to_string(), path, text })
}

/// Where a file may lie that the pack at `own` names, the likeliest first.
pub fn candidates(own: &Path, named: &Path) -> Vec<PathBuf> {
    let folder = own.parent().unwrap_or(Path::new(""));
    vec![named.to_owned(), folder.join(named)]
}

impl Loaded {
    /// Whether it says nothing at all.
    pub fn is_empty(&self) -> bool {
        let Extras { limits, everywhere, disabled, unhonoured, notes: _ } = &self.extras;
        let more = limits.is_empty() && everywhere.is_empty() && disabled.is_empty() && unhonoured.is_empty();
        self.rules.is_empty() && more
    }

    /// Adds what another file holds.
    pub fn join(&mut self, other: Self) {
        self.rules.extend(other.rules);
        self.extras.join(other.extras);
    }
}

/// What stands between a file and its hash in a pin.
const PIN: &str = "#sha256=";

/// Reads a file whose hash may be given with it, and returns its own path and text.
pub fn read_pinned(path: &Path) -> Result<(PathBuf, String), Error> {
    let named = path.to_str().and_then(|name| name.rsplit_once(PIN));
    let file = named.map_or_else(|| path.to_owned(), |(file, _)| PathBuf::from(file));
    let text = fs::read_to_string(&file).map_err(|error| Error::io("read the patterns", &file, error))?;
    if let Some((_, wanted)) = named {
        let is = sha256(text.as_bytes());
        if !is.eq_ignore_ascii_case(wanted) {
            return Err(Error::new(format!(
                "{} is not the file that was pinned: its hash is {is}",
                file.display()
            ))
            .mend("look at what changed with `leakgate pack diff OLD NEW`, then pin the new hash"));
        }
    }
    Ok((file, text))
}

/// The pattern files in a text, each with a name for messages: itself, or those of a pack in one file.
pub fn sources(name: &str, text: &str) -> Result<Vec<(String, String)>, Error> {
    let Some(packed) = Packed::read(text) else { return Ok(vec![(name.to_owned(), text.to_owned())]) };
    Ok(packed.files.into_iter().map(|file| (format!("{name}: {}", file.name), file.text)).collect())
}

/// The pattern files that `path` means: itself, or every `*.toml` of a folder in the order of their names.
pub fn files(path: &Path) -> Result<Vec<PathBuf>, Error> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(|error| Error::io("read the patterns", path, error))? {
        let entry = entry.map_err(|error| Error::io("read the patterns", path, error))?.path();
        if entry.extension().is_some_and(|extension| extension == "toml") {
            files.push(entry);
        }
    }
    files.sort();
    Ok(files)
}

/// Reads the text of one pattern file; `name` is for messages.
pub fn parse(name: &str, text: &str) -> Result<Vec<Rule>, Error> {
    let file: schema::PatternFile = toml::from_str(text).map_err(|error| {
        Error::new(format!("{name}: not a pattern file\n{}", error.to_string().trim_end()))
    })?;
    let wrong = |id: &str, fault: schema::Fault| {
        Error::new(format!("{name}: rule {id:?}: {}: {}", fault.field, fault.what))
    };
    let rules = made::rules(&file).map_err(|(id, fault)| wrong(&id, fault))?;
    for rule in &rules {
        bounds::check(&rule.paths).map_err(|what| wrong(&rule.id, schema::Fault { field: "paths", what }))?;
    }
    Ok(rules)
}
