//! `leakgate allow`: edits and prints the allowlist.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use super::{
    args::{AllowCommand, Flags},
    expect_fingerprint,
    plan::config_folder,
    print,
};
use crate::{
    config::{Config, FILE_NAME, NewAllow, add_allow},
    error::Error,
    exit,
};

pub fn run(flags: &Flags, command: AllowCommand) -> Result<u8, Error> {
    let path = match &flags.config {
        Some(path) => path.clone(),
        None => root()?.join(FILE_NAME),
    };
    match command {
        AllowCommand::Add { fingerprint, reason, owner, expires } => {
            let new = NewAllow {
                fingerprint: &fingerprint,
                reason: &reason,
                owner: owner.as_deref(),
                expires: expires.as_deref(),
            };
            add(&path, &new)
        }
        AllowCommand::List => list(&path),
    }
}

/// The root of the repository around the current folder; outside of one, the folder itself.
fn root() -> Result<PathBuf, Error> {
    match super::scan::here() {
        Ok(repo) => repo.work_tree().map(Path::to_owned).ok_or_else(|| {
            Error::new("a bare repository has no file to edit").mend("name one with --config FILE")
        }),
        Err(_) => Ok(config_folder(Path::new("."))),
    }
}

fn read(path: &Path) -> Result<String, Error> {
    match fs::read_to_string(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        other => other.map_err(|error| Error::io("read the configuration", path, error)),
    }
}

fn add(path: &Path, new: &NewAllow) -> Result<u8, Error> {
    expect_fingerprint(new.fingerprint)?;
    let name = path.display().to_string();
    let text = read(path)?;
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let config = Config::parse(&name, &text)?;
    if config.allow.iter().any(|entry| entry.covers_all_of(new.fingerprint, today)) {
        print(&format!("{name} allows {} already\n", new.fingerprint))?;
        return Ok(exit::CLEAN);
    }
    let edited = add_allow(&name, &text, new)?;
    // What is written must be what is read: a wrong date or an empty reason shows here.
    Config::parse(&name, &edited)?;
    replace(path, &edited)?;
    print(&format!("{name} now allows {}\n", new.fingerprint))?;
    Ok(exit::CLEAN)
}

/// Writes beside the file and renames, so that it is never half written. What a link leads to is replaced and not the
/// link; a pipe or a device is no file that another could take the place of, so it is written to.
pub fn replace(path: &Path, text: impl AsRef<[u8]>) -> Result<(), Error> {
    let wrong = |error| Error::io("write", path, error);
    if is_special(path) {
        return fs::write(path, text).map_err(wrong);
    }
    let path = &gix::lock::acquire::resolve_symlink(path);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = folder.join(format!(".{name}.{}", std::process::id()));
    let written = fs::File::create(&beside)
        .and_then(|mut file| file.write_all(text.as_ref()).and_then(|()| file.sync_all()))
        .and_then(|()| match fs::metadata(path) {
            Ok(metadata) => fs::set_permissions(&beside, metadata.permissions()),
            Err(_) => Ok(()),
        })
        .and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // The error that is told is the first one.
        let _ = fs::remove_file(&beside);
    }
    written.map_err(wrong)
}

/// Whether it is there and no file: nothing stays in it, so nothing in it can be lost. `/dev/stdout` may lead to a file,
/// but whoever opened that goes on writing to it.
pub fn is_special(path: &Path) -> bool {
    path.starts_with("/dev") || fs::metadata(path).is_ok_and(|found| !found.is_file())
}

fn list(path: &Path) -> Result<u8, Error> {
    let name = path.display().to_string();
    let config = Config::parse(&name, &read(path)?)?;
    let mut out = String::new();
    for entry in &config.allow {
        let mut line = entry.title();
        let extras = [
            entry.path.as_ref().map(|glob| format!("path {}", glob.glob())),
            entry.path_regex.as_ref().map(|regex| format!("path_regex {}", &regex.as_str()["(?-u)".len()..])),
            entry.regex.as_ref().map(|regex| format!("regex {}", &regex.as_str()["(?-u)".len()..])),
            entry.owner.as_ref().map(|owner| format!("owner {owner}")),
            entry.expires.map(|date| format!("expires {date}")),
            Some(entry.reason.clone()),
        ];
        for extra in extras.into_iter().flatten() {
            line.push_str(", ");
            line.push_str(&extra);
        }
        out.push_str(&crate::report::escape(line));
        out.push('\n');
    }
    if out.is_empty() {
        out = format!("{name} allows nothing\n");
    }
    print(&out)?;
    Ok(exit::CLEAN)
}
