//! One text to scan: where it stands, how to read it, and which of its lines count.

use std::{
    fs::File,
    io::{self, Read, Seek},
    path::PathBuf,
    sync::Arc,
};

use bstr::{BString, ByteVec};
use gix::ObjectId;

use super::renames::Gone;
use crate::{
    decode,
    git::{Added, Store},
    model::{Commit, Coverage, Deadline, Origin, Problem, Problems},
};

/// Bytes of a file that is read at once.
const SMALL: u64 = 16 << 20;

/// How to get a text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Content {
    Blob(ObjectId),
    File(PathBuf),
    /// The target of a symbolic link, which is what git records of it.
    Link(PathBuf),
    Stdin,
    Text(BString),
}

impl Content {
    /// For messages.
    pub fn name(&self) -> String {
        match self {
            Self::Blob(id) => format!("object {id}"),
            Self::File(path) | Self::Link(path) => path.display().to_string(),
            Self::Stdin => "standard input".to_owned(),
            Self::Text(_) => "a name or message".to_owned(),
        }
    }
}

/// A text, in memory or to be read.
pub enum Opened {
    Whole(Vec<u8>),
    /// A regular file, which can be read again.
    File(File),
    Stream(Box<dyn Read>),
}

/// What each parent had, so that only new lines count.
#[derive(Clone, Debug)]
pub enum Before {
    /// Every line counts.
    Nothing,
    Parents {
        /// What each parent has at the same path.
        versions: Vec<Option<ObjectId>>,
        /// For each parent, what it had at paths that are no more: a file may have been renamed.
        gone: Arc<Vec<Gone>>,
    },
}

/// One text to scan.
#[derive(Clone, Debug)]
pub struct Item {
    pub origin: Origin,
    pub content: Content,
    pub before: Before,
}

/// What those who must rewrite commits need to know of them.
#[derive(Clone, Debug, Default)]
pub struct Shape {
    /// Some are merges.
    pub merges: bool,
    /// Those without parents.
    pub roots: Vec<ObjectId>,
}

/// What a source has to scan.
#[derive(Default)]
pub struct Gathered {
    /// In the user's words.
    pub scanned: String,
    pub items: Vec<Item>,
    pub coverage: Coverage,
    pub problems: Problems,
    /// Files that commits took away, each with the commit.
    pub gone: Vec<(BString, Arc<Commit>)>,
    /// What helps to take something out of these commits again.
    pub shape: Shape,
    /// For blobs.
    pub store: Option<Store>,
    /// Whether everything that there is was asked for, so that an unused allowlist entry is of no use.
    pub whole: bool,
}

/// Reads items.
#[derive(Clone)]
pub struct Reader {
    store: Option<Store>,
    deadline: Deadline,
}

impl Reader {
    pub fn new(store: Option<Store>) -> Self {
        Self { store, deadline: Deadline::default() }
    }

    /// After it, renamed files are looked for no more, so that all of their lines count.
    #[must_use]
    pub fn until(self, deadline: Deadline) -> Self {
        Self { deadline, ..self }
    }

    fn store(&self) -> &Store {
        self.store.as_ref().expect("a source that has blobs gives the store that has them")
    }

    /// Gets a text. A blob comes whole, as git objects do, and a small file; a large one or a pipe as a stream.
    pub fn open(&self, content: &Content) -> Result<Opened, Problem> {
        let problem = |error: io::Error| Problem::new(content.name(), reason(&error));
        Ok(match content {
            Content::Blob(id) => Opened::Whole(self.blob(*id)?),
            Content::Text(text) => Opened::Whole(text.to_vec()),
            Content::Link(path) => {
                let target = std::fs::read_link(path).map_err(problem)?;
                Opened::Whole(Vec::from_path_lossy(&target).into_owned())
            }
            Content::File(path) => {
                let mut file = File::open(path).map_err(problem)?;
                match file.metadata() {
                    Ok(it) if it.is_file() => match small(&mut file, it.len()).map_err(problem)? {
                        Some(bytes) => Opened::Whole(bytes),
                        None => Opened::File(file),
                    },
                    _ => Opened::Stream(Box::new(file)),
                }
            }
            Content::Stdin => Opened::Stream(Box::new(io::stdin())),
        })
    }

    fn blob(&self, id: ObjectId) -> Result<Vec<u8>, Problem> {
        let mut buffer = Vec::new();
        self.store().expect(id, gix::objs::Kind::Blob, &mut buffer)?;
        Ok(buffer)
    }

    /// Which lines of `text` are new. What cannot be read of the past makes more lines count, and a problem.
    pub fn added(&self, before: &Before, origin: &Origin, text: &[u8], problems: &mut Problems) -> Added {
        let read = |id| self.blob(id).ok();
        let Before::Parents { versions, gone } = before else { return Added::since([], text) };
        let mut texts = Vec::new();
        // All lines are new to a parent that had nothing, so it takes none of them away.
        for (parent, version) in versions.iter().enumerate() {
            texts.extend(match version {
                Some(id) => self.blob(*id).map_err(|problem| problems.add(problem)).ok(),
                None => gone[parent]
                    .renamed_to(origin.path.as_ref(), origin.blob, text, self.deadline, &read)
                    .and_then(read),
            });
        }
        // Lines are those of the text: in UTF-16, a byte that looks like the end of one may be half of a character.
        let texts: Vec<_> = texts.iter().map(|old| decode::text(old)).collect();
        Added::since(texts.iter().map(|old| &old[..]), &decode::text(text))
    }
}

/// An I/O error in plain words.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "not found".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}

/// All of a file of that size, if it is small and does not grow while it is read. Else it is to be read from its start.
fn small(file: &mut File, size: u64) -> io::Result<Option<Vec<u8>>> {
    if size > SMALL {
        return Ok(None);
    }
    // One more, so that its end shows.
    let mut bytes = vec![0; size as usize + 1];
    let mut got = 0;
    while got < bytes.len() {
        match file.read(&mut bytes[got..]) {
            Ok(0) => {
                bytes.truncate(got);
                return Ok(Some(bytes));
            }
            Ok(more) => got += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    file.rewind()?;
    Ok(None)
}
