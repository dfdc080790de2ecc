//! `leakgate baseline write`: accepts what the history holds today.

use std::path::PathBuf;

use super::{
    allow::replace,
    args::{BaselineCommand, Flags},
    plan::{Plan, Root},
    print, scan,
};
use crate::{
    error::Error,
    exit,
    filter::Baseline,
    pipeline::{self, HistoryOptions},
    report::{Masker, escape},
};

/// Written to if no file is named.
const FILE_NAME: &str = ".leakgate.baseline";

pub fn run(flags: &Flags, command: BaselineCommand) -> Result<u8, Error> {
    let BaselineCommand::Write { repo } = command;
    let repo = scan::repo_at(&repo)?;
    let file = match (&flags.baseline, repo.work_tree()) {
        (Some(path), _) => path.clone(),
        (None, Some(root)) => root.join(FILE_NAME),
        (None, None) => PathBuf::from(FILE_NAME),
    };
    // The old baseline must not hide what belongs into the new one.
    let flags = Flags { baseline: None, ..flags.clone() };
    let plan = Plan::new(&flags, &Root::Repo(&repo))?;
    plan.scan(&|path| path.to_owned(), |run| {
        let report = pipeline::history(run, &repo, HistoryOptions::default())?;
        let known: Baseline = report.findings.iter().map(|finding| finding.fingerprint.clone()).collect();
        replace(&file, known.to_string())?;
        print(&format!("{}: {} known findings\n", file.display(), report.findings.len()))?;
        let masker = Masker::new(&report.findings);
        for problem in &report.skipped {
            let told = masker.mask_text(&format!("{}: {}", problem.what, problem.why));
            print(&format!("not read: {}\n", escape(told)))?;
        }
        Ok(if report.complete() { exit::CLEAN } else { exit::INCOMPLETE })
    })
}
