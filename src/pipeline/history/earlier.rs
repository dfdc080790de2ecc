//! What an earlier sweep read and found nothing in, kept in a file, so that the next one need not read it again.
//!
//! Holds names of blobs, never a value, and nothing of what something was found in: that is read again, so that both
//! sweeps tell the same. What was read by another program, other patterns, levels or limits counts for nothing.
//!
//! The file: `MAGIC`, the SHA-256 of what it was read with, the names' first 16 bytes each, sorted, and the SHA-256 of all
//! that.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::Mutex,
};

use sha2::{Digest, Sha256};

use super::{Key, KeySet, key};
use crate::error::Error;

const MAGIC: &[u8] = b"leakgate sweep 1\n";
const HASH: usize = 32;
const NAME: usize = size_of::<Key>();

/// The blobs of an earlier sweep.
pub struct Earlier {
    file: PathBuf,
    /// What decides about findings.
    by: [u8; HASH],
    clean: KeySet,
    /// Those of them that are still there.
    met: Mutex<KeySet>,
}

impl Earlier {
    /// Reads a file, if it is there. `by` is all that decides about findings.
    pub fn read(file: &Path, by: &[u8]) -> Result<Self, Error> {
        let by = Sha256::digest(by).into();
        let clean = match fs::read(file) {
            Ok(bytes) => parse(&bytes, &by).ok_or_else(|| {
                Error::new(format!(
                    "{} is damaged, or no file that --since-sweep wrote\n\
                     delete it, or name another: the next sweep then reads everything",
                    file.display()
                ))
            })?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => KeySet::default(),
            Err(error) => return Err(Error::io("read", file, error)),
        };
        Ok(Self { file: file.to_owned(), by, clean, met: Mutex::default() })
    }

    /// Whether nothing was found in a blob that is there.
    pub fn knows(&self, id: &gix::oid) -> bool {
        let key = key(id);
        let known = self.clean.contains(&key);
        if known {
            self.met.lock().expect("no thread panics with it").insert(key);
        }
        known
    }

    /// Those that were asked for.
    pub fn met(&self) -> KeySet {
        self.met.lock().expect("no thread panics with it").clone()
    }

    /// Keeps the names for the next sweep: the file is there whole, or as it was.
    pub fn write(&self, clean: impl Iterator<Item = Key>) -> Result<(), Error> {
        let mut keys: Vec<Key> = self.met().into_iter().chain(clean).collect();
        keys.sort_unstable();
        keys.dedup();
        let mut bytes = [MAGIC, &self.by].concat();
        keys.iter().for_each(|key| bytes.extend_from_slice(&key.to_le_bytes()));
        bytes.extend_from_slice(&Sha256::digest(&bytes));
        let folder = self.file.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let write = || -> io::Result<()> {
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            file.write_all(&bytes)?;
            file.persist(&self.file)?;
            Ok(())
        };
        write().map_err(|error| Error::io("write", &self.file, error))
    }
}

/// The names, none if they were read with something else. `None` if it is no such file.
fn parse(bytes: &[u8], by: &[u8; HASH]) -> Option<KeySet> {
    let (body, sum) = bytes.split_at_checked(bytes.len().checked_sub(HASH)?)?;
    let (was_by, names) = body.strip_prefix(MAGIC)?.split_at_checked(HASH)?;
    if Sha256::digest(body)[..] != *sum || names.len() % NAME != 0 {
        return None;
    }
    if was_by != by {
        return Some(KeySet::default());
    }
    let name = |bytes: &[u8]| Key::from_le_bytes(bytes.try_into().expect("it is cut to this length"));
    Some(names.chunks_exact(NAME).map(name).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back_to_whoever_asks_with_the_same_rules() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("sweep");
        let first = Earlier::read(&file, b"rules").expect("a new one");
        first.write([7, 3, 7].into_iter()).expect("written");
        let again = Earlier::read(&file, b"rules").expect("read");
        assert_eq!(again.clean, KeySet::from_iter([3, 7]));
        assert!(Earlier::read(&file, b"other rules").expect("read").clean.is_empty());
    }

    #[test]
    fn a_damaged_file_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("sweep");
        Earlier::read(&file, b"rules").expect("a new one").write([1, 2].into_iter()).expect("written");
        let whole = fs::read(&file).expect("it is there");
        for at in [0, MAGIC.len(), whole.len() / 2, whole.len() - 1] {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            fs::write(&file, bytes).expect("written");
            let error = Earlier::read(&file, b"rules").err().expect("it is wrong").to_string();
            assert!(error.contains("damaged"), "{error}");
        }
        fs::write(&file, &whole[..whole.len() - 1]).expect("written");
        assert!(Earlier::read(&file, b"rules").is_err());
    }
}
