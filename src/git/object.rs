//! Commits and tags taken apart, leniently: git itself reads many that its own checker refuses.

use bstr::{BStr, BString, ByteSlice};
use gix::ObjectId;

use crate::model;

/// A commit's parts, borrowed.
pub struct CommitText<'c> {
    pub tree: ObjectId,
    pub parents: Vec<ObjectId>,
    /// The header lines as they stand.
    pub header: &'c BStr,
    pub message: &'c BStr,
    author: &'c BStr,
    /// Committer's seconds since 1970; 0 where unreadable.
    pub time: i64,
}

/// A tag's parts, borrowed.
pub struct TagText<'t> {
    pub target: ObjectId,
    pub header: &'t BStr,
    pub message: &'t BStr,
}

fn split(data: &[u8]) -> (&BStr, &BStr) {
    match data.find(b"\n\n") {
        Some(end) => (data[..=end].as_bstr(), data[end + 2..].as_bstr()),
        None => (data.as_bstr(), b"".as_bstr()),
    }
}

/// `None` if there is no tree or an id is no id.
pub fn commit_text(data: &[u8]) -> Option<CommitText<'_>> {
    let (header, message) = split(data);
    let mut commit = CommitText {
        tree: ObjectId::null(gix::hash::Kind::Sha1),
        parents: Vec::new(),
        header,
        message,
        author: b"".as_bstr(),
        time: 0,
    };
    let mut has_tree = false;
    for line in header.lines() {
        if let Some(hex) = line.strip_prefix(b"tree ")
            && !has_tree
        {
            commit.tree = ObjectId::from_hex(hex).ok()?;
            has_tree = true;
        } else if let Some(hex) = line.strip_prefix(b"parent ") {
            commit.parents.push(ObjectId::from_hex(hex).ok()?);
        } else if let Some(author) = line.strip_prefix(b"author ") {
            commit.author = author.as_bstr();
        } else if let Some(committer) = line.strip_prefix(b"committer ") {
            commit.time = when(committer.as_bstr()).map_or(0, |(seconds, _)| seconds);
        }
    }
    has_tree.then_some(commit)
}

/// `None` if it points at nothing.
pub fn tag_text(data: &[u8]) -> Option<TagText<'_>> {
    let (header, message) = split(data);
    let hex = header.lines().find_map(|line| line.strip_prefix(b"object "))?;
    Some(TagText { target: ObjectId::from_hex(hex).ok()?, header, message })
}

impl CommitText<'_> {
    /// Who and when, for a report.
    pub fn credit(&self, id: ObjectId) -> model::Commit {
        let (author, date) = match self.author.rfind_byte(b'>') {
            Some(end) => (self.author[..=end].as_bstr(), when(self.author)),
            None => (self.author, None),
        };
        let date = date.map_or_else(String::new, |(seconds, offset)| iso(seconds, offset));
        model::Commit { id, author: BString::from(author), date }
    }
}

/// Seconds and offset in seconds, from the end of an author or committer line.
fn when(line: &BStr) -> Option<(i64, i32)> {
    let after = &line[line.rfind_byte(b'>')? + 1..];
    let mut words = after.fields();
    let seconds = words.next()?.to_str().ok()?.parse().ok()?;
    let offset: i32 = words.next().and_then(|word| word.to_str().ok()?.parse().ok()).unwrap_or(0);
    Some((seconds, offset / 100 * 3600 + offset % 100 * 60))
}

/// ISO 8601, or empty for a time that no calendar has.
fn iso(seconds: i64, offset: i32) -> String {
    let offset = jiff::tz::Offset::from_seconds(offset).unwrap_or(jiff::tz::Offset::UTC);
    let Ok(time) = jiff::Timestamp::from_second(seconds) else { return String::new() };
    time.display_with_offset(offset).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_is_taken_apart() {
        let tree = "1".repeat(40);
        let parent = "2".repeat(40);
        let text = format!(
            "tree {tree}\nparent {parent}\nauthor A <a@b> 1700000000 +0130\ncommitter C <c@d> 1700000001 -0500\n\nmsg\n\nmore"
        );
        let commit = commit_text(text.as_bytes()).expect("well formed");
        assert_eq!(commit.tree.to_string(), tree);
        assert_eq!(commit.parents.len(), 1);
        assert_eq!(commit.message, "msg\n\nmore");
        assert_eq!(commit.time, 1_700_000_001);
        let credit = commit.credit(commit.tree);
        assert_eq!(credit.author, "A <a@b>");
        assert_eq!(credit.date, "2023-11-14T23:43:20+01:30");
    }

    #[test]
    fn odd_commits_do_not_panic() {
        for text in ["", "tree ", "tree zz\n", "author > x y", "parent 1"] {
            assert!(commit_text(text.as_bytes()).is_none());
        }
        let odd = format!(
            "tree {}\nauthor nobody\ncommitter > 99999999999999999999 +99999999999\n",
            "3".repeat(40)
        );
        let commit = commit_text(odd.as_bytes()).expect("a tree is enough");
        assert_eq!(commit.credit(commit.tree).date, "");
    }
}
