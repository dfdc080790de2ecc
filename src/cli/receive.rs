//! What the hooks of a push do: on the developer's side before it, and on the server's, where nobody can
//! skip it. All refs are read from standard input, each counts, and none is cut off.

use std::io::Read as _;

use bstr::{BStr, BString, ByteSlice};
use gix::ObjectId;

use super::{
    args::{Flags, GateArgs},
    gate,
    plan::{Plan, Root},
    scan,
    tell::{About, tell},
};
use crate::{
    error::Error,
    git::{Repo, hex},
    model::Deadline,
    pipeline,
    report::{Format, Push, Update},
    source::{self, Gathered, NewRef},
};

/// One line of a hook's input: a ref of the other side, as it is there and as it would be.
struct Pushed {
    name: BString,
    old: ObjectId,
    new: ObjectId,
}

impl Pushed {
    fn update(&self) -> Update {
        Update { name: self.name.to_vec(), old: self.old.to_string(), new: self.new.to_string() }
    }
}

/// Refs that bring something: all but the deleted ones.
fn new_refs(pushed: &[Pushed]) -> Vec<NewRef> {
    let brings = pushed.iter().filter(|it| !it.new.is_null());
    brings.map(|it| NewRef { name: it.name.clone(), id: it.new, created: it.old.is_null() }).collect()
}

fn about(action: &'static str, repo: &Repo, flags: &Flags, pushed: &[Pushed], gathered: &Gathered) -> About {
    let new: Vec<_> = pushed.iter().filter(|it| !it.new.is_null()).collect();
    About {
        format: Format::Push,
        refs: pushed.iter().map(Pushed::update).collect(),
        push: Push {
            tips: new.iter().map(|it| it.new.to_string()).collect(),
            roots: gathered.shape.roots.iter().map(ToString::to_string).collect(),
            merges: gathered.shape.merges,
            only_notes: new.iter().all(|it| it.name.starts_with(b"refs/notes/")),
            ..Push::default()
        },
        ..About::new(action).of(
            repo,
            flags,
            new.first().map(|it| it.new.to_string()),
            new.first().map(|it| it.name.to_string()),
        )
    }
}

/// Scans what the refs on standard input would bring to the remote. What any remote's branches known here
/// have already is not new.
pub fn pre_push(flags: &Flags) -> Result<u8, Error> {
    let repo = scan::here()?;
    let pushed = lines("pre-push", "local-ref local-id remote-ref remote-id", |line| {
        // Names of refs hold no blanks, but a revision may stand in the place of the first.
        let (rest, old) = line.rsplit_once_str(" ")?;
        let (rest, name) = rest.rsplit_once_str(" ")?;
        let (_, new) = rest.rsplit_once_str(" ")?;
        Some(Pushed { name: name.into(), old: hex(old)?, new: hex(new)? })
    })?;
    let mut hidden = repo.remote_tips()?;
    hidden.extend(pushed.iter().map(|it| it.old).filter(|id| !id.is_null() && repo.store().has(*id)));
    let mut gathered = source::push(&repo, &new_refs(&pushed), &hidden, Deadline::default())?;
    gathered.scanned = "push".to_owned();
    let plan = Plan::new(flags, &Root::Repo(&repo))?;
    let mut about = about("pre-push", &repo, flags, &pushed, &gathered);
    about.push.contact = plan.contact();
    let report = plan.scan(&|path: &BStr| path.to_owned(), |scan| Ok(pipeline::run(scan, gathered)))?;
    tell(flags, report, about)
}

/// Scans what a push would bring in that no ref reaches yet. Its objects wait in quarantine, which the
/// environment names.
pub fn pre_receive(flags: &Flags, args: &GateArgs) -> Result<u8, Error> {
    let deadline = gate::deadline(flags, args);
    let repo = scan::here()?;
    let mut broken = Vec::new();
    let refs = repo.refs(&mut |problem| broken.push(problem))?;
    let hidden: Vec<ObjectId> = refs.into_iter().map(|(_, id)| id).collect();
    let pushed = lines("pre-receive", "old-id new-id ref", |line| {
        let (old, rest) = line.split_once_str(" ")?;
        let (new, name) = rest.split_once_str(" ")?;
        (!name.is_empty()).then_some(Pushed { name: name.into(), old: hex(old)?, new: hex(new)? })
    })?;
    if pushed.is_empty() {
        return Err(Error::new("standard input names no refs, so there is nothing to look at").mend(
            "git names them to a pre-receive hook; perhaps a hook that ran before this one read them",
        ));
    }
    let new = new_refs(&pushed);
    let mut gathered = source::push(&repo, &new, &hidden, deadline)?;
    // A ref that cannot be read hides nothing, so more is scanned, not less; it is told all the same.
    gathered.problems.extend(broken);
    gathered.scanned = "push".to_owned();
    // Not the pushed branch's old tip: whoever may push to it could allow a secret with a first push, and
    // bring it in with a second one. HEAD is the branch that others watch.
    let tips: Vec<_> = new.iter().map(|it| it.id).collect();
    let side = match (&args.policy_from, repo.head()?) {
        (Some(revision), _) => gate::side(&repo, revision, &tips)?,
        (None, head) => super::policy::Side::new(&repo, "HEAD", head, &tips),
    };
    let about = about("pre-receive", &repo, flags, &pushed, &gathered);
    gate::run(flags, args, &side, gathered, about)
}

/// Reads all of standard input. Bytes, as names of refs need not be UTF-8.
fn lines(hook: &str, form: &str, parse: impl Fn(&BStr) -> Option<Pushed>) -> Result<Vec<Pushed>, Error> {
    let mut input = Vec::new();
    std::io::stdin()
        .lock()
        .read_to_end(&mut input)
        .map_err(|error| Error::new(format!("could not read the refs that are pushed: {error}")))?;
    let wrong = |line: &BStr| {
        Error::new(format!("{line:?} is not what git gives a {hook} hook"))
            .mend(format!("it wants lines of: {form}"))
    };
    input.lines().map(|line| parse(line.as_bstr()).ok_or_else(|| wrong(line.as_bstr()))).collect()
}
