//! Writes files whole or not at all. It may not know what is in them.

use std::{fs, io::Write, path::Path};

use gix::tempfile::{AutoRemove, ContainingDirectory};

use crate::error::Error;

/// Replaces or makes `path` in one step: the bytes go to a file beside it, which then takes its name.
/// The file is executable for everyone whatever the umask says, as git passes over a hook that
/// the pushing user may not execute.
pub fn executable(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let fail = |error| refused("write the hook", path, error);
    let folder = path.parent().expect("a hook lies in a folder");
    let mut file =
        gix::tempfile::new(folder, ContainingDirectory::Exists, AutoRemove::Tempfile).map_err(fail)?;
    file.with_mut(|file| {
        file.write_all(bytes)?;
        set_executable(file.as_file())?;
        file.as_file().sync_all()
    })
    .and_then(|done| done)
    .map_err(fail)?;
    file.persist(path).map_err(|failed| fail(failed.error))?;
    Ok(())
}

/// Whether `path` is a file that this user could run.
pub fn is_runnable(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|meta| meta.is_file() && has_executable_bit(&meta))
}

/// An error of the file system, with the usual way out where rights are missing.
pub fn refused(action: &str, path: &Path, error: std::io::Error) -> Error {
    use std::io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
    let rights = matches!(error.kind(), PermissionDenied | ReadOnlyFilesystem);
    let failed = Error::io(action, path, error);
    if rights {
        failed.mend("make the folder writable for you, or run this as the user who owns it")
    } else {
        failed
    }
}

#[cfg(unix)]
fn set_executable(file: &fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o755))
}

#[cfg(unix)]
pub fn has_executable_bit(meta: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    meta.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn set_executable(_: &fs::File) -> std::io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
pub fn has_executable_bit(_: &fs::Metadata) -> bool {
    true
}
