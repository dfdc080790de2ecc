//! Counts and levels in words.

use super::shown::{Shown, Summary};
use crate::model::{Count, Coverage, Severity};

/// The end of every report for people: findings, what was read, what does not count.
pub fn summary(summary: &Summary) -> String {
    let found = match (summary.findings as u64, summary.complete) {
        (0, true) => "no secrets in".to_owned(),
        (0, false) => "no secrets in what could be read:".to_owned(),
        (findings, _) => format!("{} in", found(findings, summary.files as u64)),
    };
    let mut words = match summary.coverage == Coverage::default() {
        true if summary.complete && summary.findings == 0 => format!("{}: nothing to read", summary.scanned),
        _ => format!("{}: {found} {}", summary.scanned, coverage(&summary.coverage)),
    };
    if summary.allowed > 0 {
        words += &format!("; {} allowed", grouped(summary.allowed));
    }
    if summary.below > 0 {
        words += &format!("; {} below the asked levels", grouped(summary.below));
    }
    if !summary.skipped.is_empty() {
        words += &format!("; {} not read", grouped(summary.skipped.len() as u64));
    }
    if !summary.unopened.is_empty() {
        words += &format!("; {} not opened", grouped(summary.unopened.len() as u64));
    }
    words + "."
}

/// The command that allows a finding, and its last argument.
pub fn allow(program: &str, fingerprint: &str) -> (String, &'static str) {
    (format!("{program} allow add {fingerprint}"), "--reason \"why\"")
}

/// `2 secrets and 1 large file`, of so many findings that include so many files.
pub fn found(findings: u64, files: u64) -> String {
    match (findings - files, files) {
        (secrets, 0) => count(secrets, "secret"),
        (0, files) => count(files, "large file"),
        (secrets, files) => format!("{} and {}", count(secrets, "secret"), count(files, "large file")),
    }
}

/// `1 file`, `2 files`, `1,234 files`.
pub fn count(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(number), if number == 1 { "" } else { "s" })
}

/// What was read, kinds that the scan has only: `3 files, 12.0 KiB`; `4 of 5 blobs` where some are missing.
pub fn coverage(coverage: &Coverage) -> String {
    let kinds = [
        (coverage.refs, "ref"),
        (coverage.commits, "commit"),
        (coverage.tags, "tag"),
        (coverage.blobs, "blob"),
        (coverage.files, "file"),
    ];
    let mut words: Vec<_> = kinds
        .into_iter()
        .filter(|(kind, _)| *kind != Count::default())
        .map(|(kind, noun)| match kind.asked > kind.read {
            true => format!("{} of {}", grouped(kind.read), count(kind.asked, noun)),
            false => count(kind.read, noun),
        })
        .collect();
    if coverage.earlier > 0 {
        words.push(format!("{} known from an earlier sweep", count(coverage.earlier, "blob")));
    }
    if coverage.members > 0 {
        let containers = count(coverage.containers.asked, "container");
        words.push(format!("{} in {containers}", count(coverage.members, "member")));
    }
    words.push(bytes(coverage.bytes.read));
    words.join(", ")
}

/// `1,234,567`
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `512 bytes`, `12.0 KiB`: rounded down, in whole numbers, so that no machine differs.
pub fn bytes(number: u64) -> String {
    let units = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    match units.into_iter().find(|(size, _)| number >= *size) {
        Some((size, unit)) => {
            format!("{}.{} {unit}", grouped(number / size), u128::from(number % size) * 10 / u128::from(size))
        }
        None => count(number, "byte"),
    }
}

/// What is said besides of a finding that fails nothing.
pub fn stage(finding: &Shown) -> &'static str {
    if finding.stage.is_some() { ", only a warning" } else { "" }
}

/// The three levels of SARIF and of workflow annotations: below high it need not stop anyone.
pub fn alarm<T>(severity: Severity, error: T, warning: T, note: T) -> T {
    match severity {
        Severity::Critical | Severity::High => error,
        Severity::Medium => warning,
        Severity::Low => note,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_read_well() {
        assert_eq!(count(0, "secret"), "0 secrets");
        assert_eq!(count(1, "secret"), "1 secret");
        assert_eq!(
            [found(3, 0), found(1, 1), found(3, 1)],
            ["3 secrets", "1 large file", "2 secrets and 1 large file"]
        );
        assert_eq!(count(1_234_567, "blob"), "1,234,567 blobs");
        assert_eq!(count(999, "blob"), "999 blobs");
        assert_eq!(bytes(1023), "1,023 bytes");
        assert_eq!(bytes(12 * 1024 + 512), "12.5 KiB");
        assert_eq!(bytes(u64::MAX), "17,179,869,183.9 GiB");
    }

    #[test]
    fn coverage_names_what_is_missing() {
        let coverage_of =
            Coverage { blobs: Count { asked: 5, read: 4 }, files: Count::both(3), ..Coverage::default() };
        assert_eq!(coverage(&coverage_of), "4 of 5 blobs, 3 files, 0 bytes");
    }
}
