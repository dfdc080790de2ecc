//! What was asked for and what was read: the proof behind "nothing found".

use serde::Serialize;

/// How many of one kind of thing were asked for, and how many of those were read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    pub asked: u64,
    pub read: u64,
}

impl Count {
    /// All that was asked for was read.
    pub fn both(count: u64) -> Self {
        Self { asked: count, read: count }
    }

    fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

fn is_none(count: &u64) -> bool {
    *count == 0
}

/// The counts of one scan. Kinds that a scan does not have stay at zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Coverage {
    pub refs: Count,
    pub commits: Count,
    pub trees: Count,
    pub tags: Count,
    pub blobs: Count,
    pub files: Count,
    pub bytes: Count,
    /// Of these, how many were looked at: `history` looks only at what is new in each version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub examined: Option<u64>,
    /// Files and blobs that contain others. Those that were opened whole count as read.
    #[serde(skip_serializing_if = "Count::is_none")]
    pub containers: Count,
    /// What was read in them.
    #[serde(skip_serializing_if = "is_none")]
    pub members: u64,
    /// Of the blobs, those that an earlier sweep read and found nothing in.
    #[serde(skip_serializing_if = "is_none")]
    pub earlier: u64,
}
