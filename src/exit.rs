//! The exit status: documented, tested and frozen.

use crate::model::Report;

/// Everything asked for was read, and nothing was found.
pub const CLEAN: u8 = 0;
/// Something was found, whatever else happened. What rules in stage `warn` found does not count.
pub const FINDINGS: u8 = 1;
/// The run could not do what was asked: usage, config, no repository, unresolvable revision.
pub const ERROR: u8 = 2;
/// Nothing was found, but something asked for could not be read.
pub const INCOMPLETE: u8 = 3;

/// The status of a scan that ran to its end.
pub fn status(report: &Report) -> u8 {
    if report.findings.iter().any(|finding| !finding.warn) {
        FINDINGS
    } else if report.complete() {
        CLEAN
    } else {
        INCOMPLETE
    }
}
