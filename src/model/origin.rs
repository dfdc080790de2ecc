//! Where bytes come from: a path, a part of a repository, a commit.

use std::sync::Arc;

use bstr::BString;
use gix::ObjectId;

/// Which part of a repository a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The content of a file.
    Content,
    /// The content of a file in a container, whose path begins with that of the container.
    Member,
    /// The name of a file, folder or submodule.
    Path,
    CommitMessage,
    /// Author and committer lines.
    CommitHeader,
    TagMessage,
    RefName,
}

impl Part {
    /// The word used in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Content => "content",
            Self::Member => "member",
            Self::Path => "path",
            Self::CommitMessage => "commit-message",
            Self::CommitHeader => "commit-header",
            Self::TagMessage => "tag-message",
            Self::RefName => "ref-name",
        }
    }
}

/// The commit that brought a text in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Commit {
    pub id: ObjectId,
    /// `Name <mail>` as the commit has it.
    pub author: BString,
    /// Author date as ISO 8601 with its own offset.
    pub date: String,
}

/// One place where a text stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// With `/`, as bytes: git's paths need not be UTF-8. For parts other than content, a made-up name.
    pub path: BString,
    pub part: Part,
    pub blob: Option<ObjectId>,
    pub commit: Option<Arc<Commit>>,
    /// In a container image.
    pub layer: Option<Arc<Layer>>,
}

/// A layer of a container image.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Layer {
    /// From 1, the oldest, to `of`.
    pub number: usize,
    pub of: usize,
    /// `sha256:…`
    pub digest: String,
    /// What made it, as the image tells.
    pub instruction: Option<String>,
}

impl Origin {
    /// A file's content outside any repository's objects.
    pub fn file(path: impl Into<BString>) -> Self {
        Self { path: path.into(), part: Part::Content, blob: None, commit: None, layer: None }
    }

    /// A text of a repository that is no file.
    pub fn part(part: Part) -> Self {
        Self { path: part.word().into(), part, blob: None, commit: None, layer: None }
    }
}
