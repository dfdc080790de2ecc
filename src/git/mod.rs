//! Reading a git repository: objects, refs, the index, and what changed between trees.
//!
//! Everything is read from the repository's own files. No git process is started; of the
//! configuration only the repository's own is read, and only what says how it is stored. Attributes,
//! diff settings, replace refs, grafts and the commit-graph are not consulted, so none of them
//! can hide anything. Knows nothing of secrets.

mod changes;
mod commits;
mod lines;
mod object;
mod open;
mod refs;
mod store;

pub use changes::{Change, Entry, Folders, Mode, Seen, Tree, between, between_at, entries, named};
pub use commits::{ById, CUT_OFF, Node, reachable, topological};
pub use lines::Added;
pub use object::{CommitText, TagText, commit_text, tag_text};
pub use open::{Environment, Repo, hex};
pub use store::{Missing, Object, Store};
