//! The gates that nobody can skip: their settings come from the target side, their time may be limited, and
//! what the change says of its own settings is told, not followed.

use std::collections::BTreeSet;

use bstr::{BStr, BString};
use gix::ObjectId;

use super::{
    args::{Flags, GateArgs},
    plan::{Plan, Root},
    policy::Side,
    tell::{About, tell},
};
use crate::{
    error::Error,
    git::{Repo, hex},
    model::{Deadline, Part},
    pipeline,
    report::Format,
    source::{self, Gathered, Range},
};

/// Scans what a range brings in.
pub fn range(flags: &Flags, args: &GateArgs, repo: &Repo, range: &Range) -> Result<u8, Error> {
    let gathered = source::range(repo, range, deadline(flags, args))?;
    let head = repo.commit(&range.head)?;
    let side = side(repo, args.policy_from.as_deref().unwrap_or(&range.base), &[head])?;
    let branch = hex(range.head.as_bytes()).is_none().then(|| range.head.clone());
    let about = About::new("range").of(repo, flags, Some(head.to_string()), branch);
    run(flags, args, &side, gathered, About { format: Format::Text, ..about })
}

/// The side of a revision.
pub fn side<'r>(repo: &'r Repo, revision: &str, tested: &[ObjectId]) -> Result<Side<'r>, Error> {
    Ok(Side::new(repo, revision, Some(repo.commit(revision)?), tested))
}

/// When the run has to end, counted from its beginning.
pub fn deadline(flags: &Flags, args: &GateArgs) -> Deadline {
    let end = args.deadline.and_then(|span| flags.clock.checked_add(span));
    end.map_or_else(Deadline::default, Deadline::at)
}

/// Scans what was gathered by the settings of a side, and tells the outcome.
pub fn run(
    flags: &Flags,
    args: &GateArgs,
    side: &Side,
    mut gathered: Gathered,
    mut about: About,
) -> Result<u8, Error> {
    let plan = Plan::new(flags, &Root::Trusted(side, args, deadline(flags, args)))?;
    gathered.problems.extend(side.problems());
    let mut notes = plan.notes.clone();
    notes.extend(own_settings(side, &gathered));
    about.push.contact = plan.contact();
    about.on_timeout = args.deadline.map(|_| args.on_timeout);
    let policy = plan.policy.clone();
    let mut report = plan.scan(&|path: &BStr| path.to_owned(), |scan| Ok(pipeline::run(scan, gathered)))?;
    report.notes.extend(notes);
    report.policy = Some(policy);
    tell(flags, report, about)
}

/// What the change does to the settings by which it is judged.
fn own_settings(side: &Side, gathered: &Gathered) -> Vec<String> {
    let asked = side.asked();
    let watched = |path: &BString| asked.contains(path);
    let mut touched = BTreeSet::new();
    for item in &gathered.items {
        if item.origin.part == Part::Content
            && watched(&item.origin.path)
            && let Some(commit) = &item.origin.commit
        {
            touched.insert((&item.origin.path, commit.id));
        }
    }
    touched.extend(gathered.gone.iter().filter(|(path, _)| watched(path)).map(|(path, by)| (path, by.id)));
    let from = if side.name().is_empty() { "the other side" } else { side.name() };
    touched
        .into_iter()
        .map(|(path, commit)| {
            format!(
                "{path} is changed by {}, which has no effect here: that of {from} counts",
                commit.to_hex_with_len(12)
            )
        })
        .collect()
}
