//! What counts of all that was found in one text: the best matches, the assignments that none of them settles,
//! and the same in what the text encodes.
//!
//! Decides nothing that depends on where the text stands.

use std::collections::{HashMap, HashSet};

use super::{Levels, Limits, bound::Taken, rivals::Spot};
use crate::{
    decode,
    filter::Near,
    generic::{Candidate, Place, kind},
    matcher::{self, Assigned, Match, Scanner},
    model::{Confidence, Fact, Secret, Span},
    pattern::{Find, Rule, RuleIndex},
    score::{self, Paired, Verdict},
};

/// Bytes of a line kept at each side of a value, for comments and excuses on it.
pub const LINE: usize = 2000;

/// Something found, and what is thought of it: a verdict, or what one will be made of.
pub struct Found<T> {
    /// Where it stands in the text itself: encoded, if it is.
    pub at: Match,
    pub inner: Option<Inner>,
    pub what: T,
    /// Its other half, if it is told and one stands beside it.
    pub half: Option<Half>,
    /// It is the other half of something that is told.
    pub beside: bool,
}

/// The other half of something.
#[derive(Clone, Debug)]
pub struct Half {
    /// Where it stands in the text itself: encoded, if it is.
    pub at: Match,
    pub value: Secret,
    /// What it tells about itself.
    pub facts: Vec<Fact>,
    /// Line feeds between the two.
    pub lines: u64,
    /// What it goes with says enough for both: it is as severe, and blocks if this would.
    pub folds: bool,
}

/// What only the decoded text tells.
#[derive(Clone, Debug)]
pub struct Inner {
    pub value: Secret,
    /// Where the pack's excuses look at more than the value.
    pub near: Option<Near>,
    /// The decoded text that it stands in, by number, and where.
    pub view: u32,
    pub span: Span,
    /// `base64 > gzip`
    chain: String,
}

impl Inner {
    /// The decoded text, and where it stands there.
    pub fn spot(&self) -> (u32, Span) {
        (self.view, self.span)
    }

    /// Told among the reasons.
    pub fn reason(&self) -> String {
        format!("decoded: {}", self.chain)
    }
}

impl<T> Found<T> {
    fn new(at: Match, inner: Option<Inner>, what: T) -> Self {
        Self { at, inner, what, half: None, beside: false }
    }

    pub fn spot(&self) -> Spot {
        Spot { span: self.at.secret, inner: self.inner.as_ref().map(Inner::spot) }
    }

    /// The value, decoded.
    pub fn value<'a>(&'a self, text: &'a [u8]) -> &'a [u8] {
        self.inner.as_ref().map_or(&text[self.at.secret.range()], |inner| inner.value.reveal())
    }
}

/// What one text gave.
#[derive(Default)]
pub struct Settled {
    /// Believed or not.
    pub kept: Vec<Found<Verdict>>,
    pub candidates: Vec<Found<Candidate>>,
    /// Something stands in what the text encodes, whatever became of it.
    pub encodes: bool,
    /// Not all that the text encodes was decoded: which limit was met.
    pub cut: Option<&'static str>,
}

/// Whether a verdict is told.
pub fn told(verdict: &Verdict, levels: Levels) -> bool {
    verdict.confidence >= levels.confidence && verdict.severity >= levels.severity
}

/// What it takes to decode a text: limits, and where its encodings are, if that is known. If not, it will be.
pub type Decode<'d> = (&'d Limits, &'d mut Option<decode::Encodings>);

/// Settles `matches` and `assigned`, which were found in `text`, and what it encodes if it is to be decoded.
pub fn settle(
    scanner: &Scanner,
    levels: Levels,
    text: &[u8],
    matches: impl Iterator<Item = Match>,
    assigned: &[Assigned],
    decode: Option<Decode>,
) -> Settled {
    let mut out = Settled::default();
    let mut inner = Settled::default();
    if let Some((limits, encodings)) = decode {
        let mut views = 0;
        let spent = decode::views_of(text, encodings, &limits.of_text(text.len()), &mut |view| {
            views += 1;
            look_inside(scanner, levels, view, views, &mut inner);
        });
        out.cut = spent.cut;
        out.encodes = inner.encodes || spent.cut.is_some();
    }
    let judged = judge(scanner, levels, text, matches, assigned);
    let candidates = judged.told(scanner, text, |found| Some((found, None)), &mut out.kept);
    let rule = |candidate: &Candidate| scanner.rule_of(kind(candidate));
    out.candidates.extend(candidates.into_iter().filter_map(|candidate| {
        let at = match_of(&candidate, rule(&candidate)?);
        Some(Found::new(at, None, candidate))
    }));
    if !inner.kept.is_empty() || !inner.candidates.is_empty() {
        join(&mut out, inner, scanner, levels);
    }
    out
}

/// What is believed of the text itself goes before what it encodes, and a form before an assignment.
fn join(out: &mut Settled, inner: Settled, scanner: &Scanner, levels: Levels) {
    let mut taken = Taken::default();
    let settles =
        |found: &&Found<Verdict>| told(&found.what, levels) && !scanner.bounds().bind(found.at.rule);
    for found in out.kept.iter().filter(settles) {
        taken.add(found.at.secret.start, found.at.secret.end);
    }
    let mut seen: HashMap<(RuleIndex, Secret), Taken> = HashMap::new();
    let mut first = |found: &Match, inner: &Option<Inner>| {
        let inner = inner.as_ref().expect("it stands in decoded text");
        let seen = seen.entry((found.rule, inner.value.clone())).or_default();
        let Span { start, end } = found.secret;
        let first = !seen.meets(start, end);
        seen.add(start, end);
        first
    };
    let free = |taken: &Taken, found: &Match| !taken.meets(found.secret.start, found.secret.end);
    let bound = |found: &Match| scanner.bounds().bind(found.rule);
    let kept: Vec<_> = (inner.kept.into_iter())
        .filter(|found| (bound(&found.at) || free(&taken, &found.at)) && first(&found.at, &found.inner))
        .collect();
    for found in kept.iter().filter(settles) {
        taken.add(found.at.secret.start, found.at.secret.end);
    }
    out.kept.extend(kept);
    out.candidates.retain(|found| free(&taken, &found.at));
    let candidates = inner.candidates.into_iter();
    out.candidates
        .extend(candidates.filter(|found| free(&taken, &found.at) && first(&found.at, &found.inner)));
}

fn look_inside(scanner: &Scanner, levels: Levels, view: &decode::View, number: u32, out: &mut Settled) {
    let text = view.text();
    let found = scanner.find(text);
    if found.matches.is_empty() && found.assigned.is_empty() {
        return;
    }
    let judged = judge(scanner, levels, text, found.matches.iter().copied(), &found.assigned);
    let looks_near = scanner.pack().extras().look_near();
    let place = |found: Match| {
        let chain = view.chain(found.whole.range())?;
        let at = Match {
            whole: view.source(found.whole.range()).into(),
            secret: view.source(found.secret.range()).into(),
            rule: found.rule,
        };
        let inner = Inner {
            value: Secret::new(&text[found.secret.range()]),
            near: looks_near.then(|| near(text, &found)),
            view: number,
            span: found.secret,
            chain: chain.join(" > "),
        };
        Some((at, Some(inner)))
    };
    let before = out.kept.len();
    let candidates = judged.told(scanner, text, place, &mut out.kept).into_iter();
    for candidate in candidates.filter(|candidate| !view.mixes(candidate.value.clone())) {
        let Some(rule) = scanner.rule_of(kind(&candidate)) else { continue };
        let Some((at, inner)) = place(match_of(&candidate, rule)) else { continue };
        out.encodes = true;
        out.candidates.push(Found::new(at, inner, candidate));
    }
    out.encodes |= out.kept.len() > before;
}

fn match_of(candidate: &Candidate, rule: RuleIndex) -> Match {
    Match { whole: candidate.whole.clone().into(), secret: candidate.value.clone().into(), rule }
}

/// What was found in one text, decoded or not.
struct Judged {
    /// The best matches, in order of place, believed or not; then those of rules that are bound to paths.
    kept: Vec<(Match, Verdict)>,
    /// Which of them are halves of one thing.
    pairs: Vec<Paired>,
    /// The assignments that none of the matches settles.
    candidates: Vec<Candidate>,
}

impl Judged {
    /// Hands on the matches, each where `place` says that it stands in the text itself, and gives back the rest.
    fn told(
        self,
        scanner: &Scanner,
        text: &[u8],
        place: impl Fn(Match) -> Option<(Match, Option<Inner>)>,
        out: &mut Vec<Found<Verdict>>,
    ) -> Vec<Candidate> {
        let Self { kept, pairs, candidates } = self;
        let warns = |found: &Match| scanner.pack().rule(found.rule).warn;
        let half = |paired: &Paired| {
            let ((secret, verdict), (half, of_half)) = (&kept[paired.secret], &kept[paired.half]);
            Some(Half {
                at: place(*half)?.0,
                value: Secret::new(&text[half.secret.range()]),
                facts: of_half.facts.clone(),
                lines: paired.lines,
                folds: verdict.severity >= of_half.severity && (!warns(secret) || warns(half)),
            })
        };
        let mut halves: HashMap<usize, Half> =
            pairs.iter().filter_map(|paired| Some((paired.secret, half(paired)?))).collect();
        let beside: HashSet<usize> = pairs.iter().map(|paired| paired.half).collect();
        for (number, (found, what)) in kept.into_iter().enumerate() {
            let Some((at, inner)) = place(found) else { continue };
            let (half, beside) = (halves.remove(&number), beside.contains(&number));
            out.push(Found { half, beside, ..Found::new(at, inner, what) });
        }
        candidates
    }
}

fn judge(
    scanner: &Scanner,
    levels: Levels,
    text: &[u8],
    matches: impl Iterator<Item = Match>,
    assigned: &[Assigned],
) -> Judged {
    let pack = scanner.pack();
    let rule = |found: &Match| pack.rule(found.rule);
    let judged = matches.map(|found| (found, score::judge(rule(&found), text, &found, levels.now)));
    // What a rule finds that does not look everywhere, settles nothing here.
    let (bound, mut judged): (Vec<_>, Vec<_>) =
        judged.partition(|(found, _)| scanner.bounds().bind(found.rule));
    score::drop_lone(pack, text, &mut judged);
    let tells = |rule| {
        let Rule { find, confidence, .. } = pack.rule(rule);
        (matches!(find, Find::Word(_)), *confidence)
    };
    let mut kept = score::keep_best(judged, tells);
    let assigned = matcher::candidates(assigned);
    if levels.confidence == Confidence::Low {
        give_way(&mut kept, &assigned);
    }
    let pairs = score::pairs(pack, text, &kept, |verdict| told(verdict, levels));
    let candidates = assigned.into_iter().filter(|candidate| {
        let value = Span::from(candidate.value.clone());
        let next = kept.partition_point(|(found, _)| found.secret.end <= value.start);
        // A rule that is sure of the form has the last word on its value, be it that it is none.
        let settled = kept[next..].iter().take_while(|(found, _)| found.secret.start < value.end).any(
            |(found, verdict)| {
                told(verdict, levels) || verdict.harmless && rule(found).confidence > Confidence::Low
            },
        );
        !settled && score::harmless(text, candidate.value.clone()).is_none()
    });
    let candidates = candidates.collect();
    kept.extend(bound);
    Judged { kept, pairs, candidates }
}

/// Leaves out what a rule is hardly sure of where an assignment is surer, so that who asks for more is told no less
/// surely. Which it is may depend on no place: the one without a name speaks for all.
fn give_way(kept: &mut Vec<(Match, Verdict)>, assigned: &[Candidate]) {
    let sure = |candidate: &&Candidate| {
        let judged = score::judge_assignment(candidate, &Place::of(b""));
        judged.is_some_and(|(_, verdict)| verdict.confidence > Confidence::Low)
    };
    let mut surer = Taken::default();
    assigned.iter().filter(sure).for_each(|one| surer.add(one.value.start, one.value.end));
    kept.retain(|(found, verdict)| {
        verdict.confidence > Confidence::Low || !surer.meets(found.secret.start, found.secret.end)
    });
}

/// The match and its line, as long as a comment may stand from it.
pub fn near(text: &[u8], found: &Match) -> Near {
    let line = line_around(text, found.secret, LINE);
    Near { whole: Secret::new(&text[found.whole.range()]), line: Secret::new(&text[line.range()]) }
}

/// The line on which a span begins, at most `context` bytes beyond the span at each side.
pub fn line_around(text: &[u8], span: Span, context: usize) -> Span {
    let mut from = span.start.saturating_sub(context);
    while from < span.start && text[from] & 0xc0 == 0x80 {
        from += 1;
    }
    let start = memchr::memrchr(b'\n', &text[from..span.start]).map_or(from, |at| from + at + 1);
    let to = span.end.saturating_add(context).min(text.len());
    let end = memchr::memchr(b'\n', &text[span.start..to]).map_or(to, |at| span.start + at);
    Span::new(start, end)
}
