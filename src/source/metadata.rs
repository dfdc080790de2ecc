//! The texts of a repository that are no files: messages, headers, names.

use std::sync::Arc;

use bstr::BStr;
use gix::{ObjectId, objs::Kind};

use super::{Before, Content, Item};
use crate::{
    git::{Store, commit_text},
    model::{Commit, Origin, Part, Problem},
};

/// A text that is all new.
pub fn text_item(part: Part, path: &BStr, text: &BStr, commit: Option<Arc<Commit>>) -> Item {
    let origin = Origin { path: path.to_owned(), part, blob: None, commit, layer: None };
    Item { origin, content: Content::Text(text.to_owned()), before: Before::Nothing }
}

/// A commit's header and message, and who made it.
pub fn commit_items(store: &Store, id: ObjectId, items: &mut Vec<Item>) -> Result<Arc<Commit>, Problem> {
    let mut buffer = Vec::new();
    let data = store.expect(id, Kind::Commit, &mut buffer)?;
    let commit = commit_text(data).ok_or_else(|| Problem::new(format!("object {id}"), "a broken commit"))?;
    let credit = Arc::new(commit.credit(id));
    for (part, text) in [(Part::CommitHeader, commit.header), (Part::CommitMessage, commit.message)] {
        items.push(text_item(part, part.word().into(), text, Some(credit.clone())));
    }
    Ok(credit)
}
