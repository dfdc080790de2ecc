//! Joins hits into findings, one for each rule and value; takes out what is allowed; and orders them.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::{Scan, examine::Hit, inside::around};
use crate::{
    filter::{Candidate, Excused, Inline, Near, fingerprint},
    model::{Finding, History, Origin, Part, Place, Problems, Report, Secret},
    pattern::RuleIndex,
    score::Verdict,
};

/// Places told of one finding. More are counted in a note.
const MOST_PLACES: usize = 10_000;

/// A place and its number in the source's order.
struct Seen {
    order: usize,
    place: Place,
    inline: Inline,
    near: Option<Near>,
}

struct Group {
    verdict: Verdict,
    seen: Vec<Seen>,
}

/// Hits by rule and value.
#[derive(Default)]
pub struct Collected {
    groups: BTreeMap<(RuleIndex, Secret), Group>,
    pub below: u64,
    pub unopened: Problems,
    /// What became of each, where a whole history was read.
    pub histories: BTreeMap<(RuleIndex, Secret), History>,
}

impl Collected {
    pub fn add(&mut self, order: usize, origin: Origin, hit: Hit) {
        let group = self
            .groups
            .entry((hit.rule, hit.secret))
            .or_insert_with(|| Group { verdict: hit.verdict.clone(), seen: Vec::new() });
        if hit.verdict.confidence > group.verdict.confidence {
            group.verdict = hit.verdict;
        }
        let place = Place { origin, start: hit.start, end: hit.end, snippet: hit.snippet };
        group.seen.push(Seen { order, place, inline: hit.inline, near: hit.near });
    }

    /// `everything` was asked for, so if it was read too, an allowance that covered nothing is of no use.
    pub fn into_report(mut self, scan: Scan, everything: bool, mut problems: Problems) -> Report {
        let Scan { scanner, mut allowlist, excuses, baseline, accept_inline, from_root, .. } = scan;
        let pack = scanner.pack();
        problems.extend(pack.extras().unhonoured.iter().cloned());
        let mut unopened = self.unopened.into_sorted();
        if scan.require_complete {
            problems.extend(unopened.drain(..));
        }
        let everything = everything && problems.is_empty();
        let named: Vec<_> = self
            .groups
            .into_par_iter()
            .map(|((index, secret), group)| {
                let rule = pack.rule(index);
                (index, fingerprint(&rule.id, &secret, rule.person), secret, group)
            })
            .collect();
        let mut report = Report {
            below: self.below,
            skipped: problems.into_sorted(),
            unopened,
            pack_version: pack.version().to_owned(),
            pack_hash: pack.hash().to_owned(),
            ..Report::default()
        };
        let mut ordered = Vec::new();
        for (index, fingerprint, secret, mut group) in named {
            let rule = pack.rule(index);
            if baseline.knows(&fingerprint) {
                report.allowed += 1;
                continue;
            }
            group.seen.sort_by(|a, b| (a.order, &a.place.start).cmp(&(b.order, &b.place.start)));
            group.seen.dedup_by(|next, last| same_place(&next.place, &last.place));
            group.seen.retain(|seen| {
                let path = from_root(seen.place.origin.path.as_ref());
                if seen.inline == Inline::NoReason {
                    let note = format!(
                        "{}:{}: leakgate:allow {} gives no reason, so it has no effect",
                        seen.place.origin.path, seen.place.start.line, rule.id
                    );
                    report.notes.push(note);
                }
                let commit = seen.place.origin.commit.as_ref().map(|commit| commit.id.to_string());
                let excused = Excused {
                    rule: &rule.id,
                    secret: &secret,
                    near: seen.near.as_ref(),
                    path: path.as_ref(),
                    commit,
                };
                let mut covered = |path: &[u8]| {
                    let (rule, fingerprint, path) = (&rule.id, &fingerprint, path.into());
                    allowlist.covers(&Candidate { rule, fingerprint, secret: &secret, path })
                };
                // What covers a container covers what is in it.
                let contained = seen.place.origin.part == Part::Member && around(&path).any(&mut covered);
                if contained || covered(&path) || excuses.cover(&excused) {
                    return false;
                }
                if seen.inline == Inline::Allowed && !accept_inline {
                    let note = format!(
                        "{}:{}: leakgate:allow {} comes with the change itself, so it has no effect here",
                        seen.place.origin.path, seen.place.start.line, rule.id
                    );
                    report.notes.push(note);
                    return true;
                }
                seen.inline != Inline::Allowed
            });
            let Some(first) = group.seen.first() else {
                report.allowed += 1;
                continue;
            };
            let order = (first.order, first.place.start, rule.id.to_string());
            if group.seen.len() > MOST_PLACES {
                let more = group.seen.len() - MOST_PLACES;
                report.notes.push(format!("{fingerprint} stands in {more} more places than are told"));
                group.seen.truncate(MOST_PLACES);
            }
            let history = self.histories.remove(&(index, secret.clone()));
            let finding = Finding {
                history,
                rule: rule.id.to_string(),
                description: rule.description.to_string(),
                provider: rule.provider.to_string(),
                severity: group.verdict.severity,
                confidence: group.verdict.confidence,
                person: rule.person,
                fingerprint,
                reasons: group.verdict.reasons,
                facts: group.verdict.facts,
                revoke: rule.revoke.to_string(),
                warn: rule.warn,
                secret,
                places: group.seen.into_iter().map(|seen| seen.place).collect(),
            };
            ordered.push((order, finding));
        }
        ordered.sort_by(|a, b| a.0.cmp(&b.0));
        report.findings = ordered.into_iter().map(|(_, finding)| finding).collect();
        report.notes.extend(scanner.pack().extras().notes.iter().cloned());
        report.notes.sort();
        report.notes.dedup();
        report.notes.extend(allowlist.notes(everything));
        report
    }
}

/// The same text at the same place, brought in by more than one commit.
fn same_place(a: &Place, b: &Place) -> bool {
    a.start == b.start
        && a.origin.path == b.origin.path
        && a.origin.blob == b.origin.blob
        && a.origin.part == b.origin.part
}
