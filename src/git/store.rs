//! Objects by id, from one or more object databases, with replace refs ignored.

use std::path::Path;

use gix::{ObjectId, objs::Find, objs::Kind, odb::pack::cache::lru::MemoryCappedHashmap};

use crate::{error::Error, model::Problem};

/// Bytes of unpacked objects that each handle keeps.
const CACHE: usize = 48 << 20;

/// The object databases of a repository: its own with its alternates, and any that the
/// environment adds (a push waits in quarantine there).
#[derive(Clone)]
pub struct Store {
    databases: Vec<gix::odb::Handle>,
    hash: gix::hash::Kind,
}

/// An object that could not be read, and why.
#[derive(Clone, Debug)]
pub struct Missing {
    pub id: ObjectId,
    pub why: String,
}

impl From<Missing> for Problem {
    fn from(missing: Missing) -> Self {
        Problem::new(format!("object {}", missing.id), missing.why)
    }
}

/// An object's kind and bytes.
pub struct Object<'b> {
    pub kind: Kind,
    pub data: &'b [u8],
}

impl Store {
    /// Opens the object folders in the order in which they are to be asked.
    pub fn open<'p>(
        folders: impl IntoIterator<Item = &'p Path>,
        hash: gix::hash::Kind,
    ) -> Result<Self, Error> {
        let mut databases = Vec::new();
        for folder in folders {
            let mut database =
                gix::odb::at(folder, hash).map_err(|error| Error::io("open the objects", folder, error))?;
            database.ignore_replacements = true;
            // Each handle has its own: versions of a file are built on one another.
            database.set_pack_cache(|| Box::new(MemoryCappedHashmap::new(CACHE)));
            databases.push(database);
        }
        Ok(Self { databases, hash })
    }

    pub fn hash(&self) -> gix::hash::Kind {
        self.hash
    }

    /// Reads any object, and proves that it is the one of that name.
    pub fn find<'b>(&self, id: ObjectId, buffer: &'b mut Vec<u8>) -> Result<Object<'b>, Missing> {
        let mut why = None;
        for database in &self.databases {
            match database.try_find(&id, buffer) {
                Ok(Some(found)) => {
                    let kind = found.kind;
                    // Whoever can write to the object folder could put something harmless under any name.
                    if gix::objs::compute_hash(self.hash, kind, buffer).ok() != Some(id) {
                        why = Some("its content is not what its name says".to_owned());
                        continue;
                    }
                    // The borrow checker cannot see that `found` lives in `buffer` only on this path.
                    return Ok(Object { kind, data: buffer });
                }
                Ok(None) => {}
                Err(error) => why = Some(format!("unreadable: {error}")),
            }
        }
        let why = why.unwrap_or_else(|| "not in the repository".to_owned());
        Err(Missing { id, why })
    }

    /// Reads an object that must be of one kind.
    pub fn expect<'b>(&self, id: ObjectId, kind: Kind, buffer: &'b mut Vec<u8>) -> Result<&'b [u8], Missing> {
        let object = self.find(id, buffer)?;
        if object.kind != kind {
            return Err(Missing { id, why: format!("a {} where a {kind} should be", object.kind) });
        }
        Ok(object.data)
    }

    pub fn has(&self, id: ObjectId) -> bool {
        use gix::odb::Header as _;
        self.databases.iter().any(|database| database.try_header(&id).is_ok_and(|header| header.is_some()))
    }
}
