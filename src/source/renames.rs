//! Which file a new one was before it was renamed, by the lines that they share. Reads each file that is no more once,
//! however many new ones there are. Knows nothing of what stands on the lines.

use std::{
    collections::{HashMap, HashSet},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::OnceLock,
};

use bstr::{BStr, BString, ByteSlice};
use gix::ObjectId;

use crate::model::Deadline;

/// More renamed files than this in one commit are not compared with one another.
const RENAMES: usize = 1000;

/// Nor are those after this many bytes.
const BYTES: usize = 64 << 20;

/// What one parent had at paths that are no more.
#[derive(Debug, Default)]
pub struct Gone {
    pub files: Vec<(BString, ObjectId)>,
    /// Made when it is first asked for.
    index: OnceLock<Index>,
}

/// By the hash of a line, in which files it stands, and how often.
#[derive(Debug, Default)]
struct Index {
    lines: HashMap<u64, Vec<(usize, usize)>>,
    /// How many lines each file has.
    totals: Vec<usize>,
}

impl Gone {
    pub fn new(files: Vec<(BString, ObjectId)>) -> Self {
        Self { files, index: OnceLock::new() }
    }

    /// The file that this one most likely was: the one with the same content, else the one with the most lines in
    /// common, if that is half of them or more. Among equals, the one of the same name.
    pub fn renamed_to(
        &self,
        path: &BStr,
        id: Option<ObjectId>,
        text: &[u8],
        deadline: Deadline,
        read: &dyn Fn(ObjectId) -> Option<Vec<u8>>,
    ) -> Option<ObjectId> {
        if self.files.is_empty() || self.files.len() > RENAMES || deadline.passed() {
            return None;
        }
        if let Some(same) = id.filter(|id| self.files.iter().any(|(_, old)| old == id)) {
            return Some(same);
        }
        let index = self.index.get_or_init(|| Index::new(&self.files, deadline, read));
        let lines: HashSet<u64> = text.lines().map(hash).collect();
        let mut common = vec![0; index.totals.len()];
        for (file, count) in lines.iter().filter_map(|line| index.lines.get(line)).flatten() {
            common[*file] += count;
        }
        let alike =
            |file: &usize| common[*file] > 0 && common[*file] * 2 >= index.totals[*file].max(lines.len());
        let rank = |&file: &usize| (common[file], name(&self.files[file].0) == name(path));
        // Of equals, the last is the greatest: the first one is meant.
        let best = (0..common.len()).rev().filter(alike).max_by_key(rank)?;
        Some(self.files[best].1)
    }
}

impl Index {
    fn new(
        files: &[(BString, ObjectId)],
        deadline: Deadline,
        read: &dyn Fn(ObjectId) -> Option<Vec<u8>>,
    ) -> Self {
        let mut index = Self::default();
        let mut bytes = 0;
        for (file, (_, id)) in files.iter().enumerate() {
            if bytes > BYTES || deadline.passed() {
                break;
            }
            let text = read(*id).unwrap_or_default();
            bytes += text.len();
            index.totals.push(0);
            for line in text.lines() {
                index.totals[file] += 1;
                let stands = index.lines.entry(hash(line)).or_default();
                match stands.last_mut().filter(|last| last.0 == file) {
                    Some((_, count)) => *count += 1,
                    None => stands.push((file, 1)),
                }
            }
        }
        index
    }
}

/// Two lines with one hash make at worst another file the likeliest one: what is new is asked of the lines themselves.
fn hash(line: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    line.hash(&mut hasher);
    hasher.finish()
}

fn name(path: &[u8]) -> &[u8] {
    path.rsplit_once_str("/").map_or(path, |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As it is meant: each file is held against the new one by itself.
    fn naive(old: &[(&str, Vec<u8>)], path: &str, text: &[u8]) -> Option<usize> {
        let lines: HashSet<&[u8]> = text.lines().collect();
        let mut best: Option<((usize, bool), usize)> = None;
        for (number, (old_path, old)) in old.iter().enumerate() {
            let common = old.lines().filter(|line| lines.contains(line)).count();
            let rank = (common, name(old_path.as_bytes()) == name(path.as_bytes()));
            let enough = common > 0 && common * 2 >= old.lines().count().max(lines.len());
            if enough && best.is_none_or(|best| rank > best.0) {
                best = Some((rank, number));
            }
        }
        best.map(|(_, number)| number)
    }

    #[test]
    fn the_likeliest_file_is_the_one_that_comparing_each_would_find() {
        let paths = ["a/x", "a/y", "b/x", "c", "b/z"];
        let mut state = 1_u64;
        let mut below = |end: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % end
        };
        let mut text = || {
            let lines = below(8);
            (0..lines).flat_map(|_| format!("{}\n", below(6)).into_bytes()).collect::<Vec<u8>>()
        };
        let id = |number: usize| ObjectId::Sha1([number as u8; 20]);
        let mut found = [0; 2];
        for round in 0..2000 {
            let old: Vec<_> = paths.iter().map(|&path| (path, text())).collect();
            let new = text();
            let path = paths[round % paths.len()];
            let files = old.iter().enumerate().map(|(number, (path, _))| ((*path).into(), id(number)));
            let gone = Gone::new(files.collect());
            let read = |of: ObjectId| Some(old[usize::from(of.as_bytes()[0])].1.clone());
            let got = gone.renamed_to(path.into(), None, &new, Deadline::default(), &read);
            assert_eq!(got, naive(&old, path, &new).map(id), "{old:?} {path} {new:?}");
            found[usize::from(got.is_some())] += 1;
        }
        assert!(found.iter().all(|&count| count > 200), "{found:?}");
    }
}
