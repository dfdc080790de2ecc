//! Joins hits into findings, one for each rule and value; takes out what is allowed; and orders them.

use std::collections::{BTreeMap, BTreeSet};

use bstr::{BStr, BString};
use rayon::prelude::*;

use super::{
    Scan,
    bound::{self, Here},
    examine::{Hit, Partner},
    inside::around,
};
use crate::{
    filter::{Candidate, Excused, Inline, Near, fingerprint},
    model::{Companion, Fact, Finding, History, Origin, Part, Place, Position, Problems, Report, Secret},
    pattern::{Pack, RuleIndex},
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
    partner: Option<Partner>,
    /// It stands in what the text encodes.
    decoded: bool,
    /// Something else is told there.
    hidden: bool,
}

impl Seen {
    /// As the pack's excuses look at it.
    fn excused<'s>(&'s self, rule: &'s str, secret: &'s Secret, path: &'s BStr) -> Excused<'s> {
        let commit = self.place.origin.commit.as_ref().map(|commit| commit.id.to_string());
        Excused { rule, secret, near: self.near.as_ref(), path, commit }
    }
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
    /// The places of halves whose secret is told there, or allowed: what was said of it was said of both.
    beside: BTreeSet<(RuleIndex, Secret, Spot)>,
    /// Halves that stand alone somewhere, be it at no place that is told.
    pub alone: BTreeSet<(RuleIndex, Secret)>,
}

/// A place within one scan: the number of the text, its path within, and where.
type Spot = (usize, BString, Position);

impl Collected {
    pub fn add(&mut self, order: usize, origin: Origin, hit: Hit) {
        if let Some(half) = hit.partner.as_ref().filter(|half| half.folds) {
            let spot = (order, origin.path.clone(), half.start);
            self.beside.insert((half.rule, half.secret.clone(), spot));
        }
        let group = self
            .groups
            .entry((hit.rule, hit.secret))
            .or_insert_with(|| Group { verdict: hit.verdict.clone(), seen: Vec::new() });
        if hit.verdict.confidence > group.verdict.confidence {
            group.verdict = hit.verdict;
        }
        let place = Place { origin, start: hit.start, end: hit.end, snippet: hit.snippet };
        let (inline, near, partner, decoded) = (hit.inline, hit.near, hit.partner, hit.inner.is_some());
        group.seen.push(Seen { order, place, inline, near, partner, decoded, hidden: false });
    }

    /// Whether a value is told with others wherever it stands. One place alone, and it is told by itself.
    fn folded(&self, (rule, secret): &(RuleIndex, Secret), group: &Group) -> bool {
        let beside = |Seen { order, place, .. }: &Seen| {
            let spot = (*order, place.origin.path.clone(), place.start);
            self.beside.contains(&(*rule, secret.clone(), spot))
        };
        !self.beside.is_empty()
            && !self.alone.contains(&(*rule, secret.clone()))
            && group.seen.iter().all(beside)
    }

    /// Takes out what rules that are bound to places found elsewhere, and what is hidden where they look. Says how much
    /// their pack excuses wherever it stands.
    fn settle_bound(&mut self, scan: &Scan) -> u64 {
        let (bounds, pack) = (scan.scanner.bounds(), scan.scanner.pack());
        if bounds.is_empty() {
            return 0;
        }
        let mut texts = BTreeSet::new();
        let mut excused = 0;
        for ((rule, secret), group) in self.groups.iter_mut().filter(|((rule, _), _)| bounds.bind(*rule)) {
            let id = &pack.rule(*rule).id;
            group.seen.retain(|seen| {
                let path = (scan.from_root)(seen.place.origin.path.as_ref());
                bounds.look(*rule, seen.place.origin.part, &path)
            });
            let looked = !group.seen.is_empty();
            // What is excused hides nothing.
            group.seen.retain(|seen| {
                let path = (scan.from_root)(seen.place.origin.path.as_ref());
                !scan.excuses.cover(&seen.excused(id, secret, path.as_ref()))
            });
            excused += u64::from(looked && group.seen.is_empty());
            texts.extend(group.seen.iter().map(|seen| (seen.order, seen.place.origin.path.clone())));
        }
        // By text, all that is found in those in which a bound rule found something.
        let mut found = BTreeMap::<_, Vec<(Here<Position>, &mut bool)>>::new();
        for ((rule, _), group) in &mut self.groups {
            let confidence = group.verdict.confidence;
            for Seen { order, place, decoded, hidden, .. } in &mut group.seen {
                let text = (*order, place.origin.path.clone());
                if texts.contains(&text) {
                    let decoded = *decoded;
                    let here = Here { rule: *rule, confidence, decoded, start: place.start, end: place.end };
                    found.entry(text).or_default().push((here, hidden));
                }
            }
        }
        for all in found.into_values() {
            let (here, hidden): (Vec<_>, Vec<_>) = all.into_iter().unzip();
            for (stays, hidden) in bound::stay(bounds, &here).into_iter().zip(hidden) {
                *hidden = !stays;
            }
        }
        self.groups.retain(|_, group| {
            group.seen.retain(|seen| !seen.hidden);
            !group.seen.is_empty()
        });
        excused
    }

    /// `everything` was asked for, so if it was read too, an allowance that covered nothing is of no use.
    pub fn into_report(mut self, scan: Scan, everything: bool, mut problems: Problems) -> Report {
        let excused = self.settle_bound(&scan);
        let Scan { scanner, mut allowlist, excuses, baseline, accept_inline, from_root, .. } = scan;
        let pack = scanner.pack();
        problems.extend(pack.extras().unhonoured.iter().cloned());
        let mut unopened = std::mem::take(&mut self.unopened).into_sorted();
        if scan.require_complete {
            problems.extend(unopened.drain(..));
        }
        let everything = everything && problems.is_empty();
        let groups = std::mem::take(&mut self.groups);
        let named: Vec<_> = groups
            .into_par_iter()
            .map(|(key, group)| {
                let folded = self.folded(&key, &group);
                let (index, secret) = key;
                let rule = pack.rule(index);
                (index, fingerprint(&rule.id, &secret, rule.person), secret, group, folded)
            })
            .collect();
        let mut report = Report {
            below: self.below,
            allowed: excused,
            skipped: problems.into_sorted(),
            unopened,
            pack_version: pack.version().to_owned(),
            pack_hash: pack.hash().to_owned(),
            ..Report::default()
        };
        let mut ordered = Vec::new();
        for (index, fingerprint, secret, mut group, folded) in named {
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
                let excused = seen.excused(&rule.id, &secret, path.as_ref());
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
            // After the allowlist was asked, so that an entry for it is of use as before.
            if folded {
                continue;
            }
            let order = (first.order, first.place.start, rule.id.to_string());
            let Verdict { mut reasons, mut facts, .. } = group.verdict;
            let companions = companions(pack, &mut group.seen, &mut facts);
            if let Some(nearest) = companions.iter().min_by_key(|companion| companion.lines) {
                reasons.push(format!("its id stands {}", nearest.distance()));
            }
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
                reasons,
                facts,
                revoke: rule.revoke.to_string(),
                warn: rule.warn,
                secret,
                places: group.seen.into_iter().map(|seen| seen.place).collect(),
                companions,
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

/// The halves beside a secret, each value at its first place; what they tell about themselves is added to
/// what the secret tells.
fn companions(pack: &Pack, seen: &mut [Seen], facts: &mut Vec<Fact>) -> Vec<Companion> {
    let mut known = BTreeSet::new();
    let mut companions = Vec::new();
    for seen in seen {
        let Some(half) = seen.partner.take() else { continue };
        if !known.insert((half.rule, half.secret.clone())) {
            continue;
        }
        for fact in half.facts {
            if facts.iter().all(|told| told.name != fact.name) {
                facts.push(fact);
            }
        }
        let rule = pack.rule(half.rule);
        let origin = seen.place.origin.clone();
        companions.push(Companion {
            rule: rule.id.to_string(),
            description: rule.description.to_string(),
            secret: half.secret,
            person: rule.person,
            lines: half.lines,
            place: Place { origin, start: half.start, end: half.end, snippet: half.snippet },
        });
    }
    companions
}

/// The same text at the same place, brought in by more than one commit.
fn same_place(a: &Place, b: &Place) -> bool {
    a.start == b.start
        && a.origin.path == b.origin.path
        && a.origin.blob == b.origin.blob
        && a.origin.part == b.origin.part
}
