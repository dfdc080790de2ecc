//! Is a candidate a secret in this file? Probability, confidence, kind, severity, reasons.
//!
//! Sees a candidate, a path and a model; no text.

use super::Candidate;
use super::features as ft;
use super::find::Form;
use super::model::{Calibration, EVIDENCE_AT, Model, PATH_AT, WIDTH, name};
use super::path::{self, Kind as File, Place};
use super::read::Quote;

/// How sure; `None` is below any report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    None,
    Low,
    Medium,
    High,
}

impl Calibration {
    /// The band that a score falls in.
    pub fn band(&self, score: f32) -> Confidence {
        let s = score * 256.0;
        let [high, medium, low] = self.bands.map(f32::from);
        match s {
            s if s >= high => Confidence::High,
            s if s >= medium => Confidence::Medium,
            s if s >= low => Confidence::Low,
            _ => Confidence::None,
        }
    }
}

/// What it is; each is a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A key, token or other machine-made secret
    Secret,
    /// A password
    Password,
    /// A password within a URL
    UrlPassword,
    /// A default or everyday password
    WeakPassword,
}

impl Kind {
    /// The rule's id.
    pub fn id(self) -> &'static str {
        match self {
            Kind::Secret => "generic-secret",
            Kind::Password => "generic-password",
            Kind::UrlPassword => "url-password",
            Kind::WeakPassword => "weak-password",
        }
    }
}

/// What an attacker gains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Low,
    Medium,
    High,
}

/// The verdict.
#[derive(Clone, Debug)]
pub struct Judgement {
    pub probability: f32,
    pub confidence: Confidence,
    pub kind: Kind,
    pub severity: Severity,
}

/// The row that the trees see.
pub fn row(model: &Model, c: &Candidate, place: &Place) -> [u8; 256] {
    let mut x = [0u8; 256];
    x[..ft::COUNT].copy_from_slice(&c.features);
    x[PATH_AT..PATH_AT + path::COUNT].copy_from_slice(&place.features);
    model.fill(&mut x, &c.hashes);
    x
}

/// Log-odds of a candidate at a place; no text can lift those that the file's own rules exclude.
pub fn score(model: &Model, c: &Candidate, place: &Place) -> f32 {
    if excluded(c, place) { f32::NEG_INFINITY } else { model.forest.score(&row(model, c, place)) }
}

/// Letters of which the next is as little to be foreseen are no name.
const RANDOM: u8 = 180;

/// Fewer digits than this, in 200ths, has a name of words (`S3-toegangssleutel`), and no value that a machine made.
const FEW: u8 = 16;

/// In code a bare word is a variable, and a lock file or style sheet holds no secrets but in addresses.
pub fn excluded(c: &Candidate, place: &Place) -> bool {
    if never(c) {
        return true;
    }
    let f = &c.features;
    // a plain word in minified code
    if f[ft::C_LONGLINE] > 0 && f[ft::V_DIGIT] == 0 && f[ft::V_UPPER] < 60 && place.kind == File::Code {
        return true;
    }
    // words, where a program speaks to people
    let read = f[ft::V_SPACES] > 0 || f[ft::V_NONASCII] > 0 || f[ft::V_ESCAPES] > 0;
    if place.speaks && (f[ft::V_DIGIT] < FEW || read) {
        return true;
    }
    let bare = c.quote == Quote::None
        && matches!(
            c.form,
            Form::Assign | Form::Colon | Form::Pair | Form::Arrow | Form::Compare | Form::Named | Form::Space
        );
    match place.kind {
        File::Lock | File::Style => c.form != Form::Url,
        File::Code => {
            bare && f[ft::F_IN_STRING] == 0
                && f[ft::C_COMMENT] == 0
                && f[ft::V_NUMBER] == 0
                && f[ft::V_DIGIT] < 30
                && !(f[ft::V_DIGIT] > 0 && f[ft::V_LEN] >= 16 && f[ft::V_RANDOM] >= RANDOM)
        }
        _ => false,
    }
}

/// What is no secret under any path.
fn never(c: &Candidate) -> bool {
    let f = &c.features;
    // public by design or a digest; base64 of `user:password` and the like; `true`; a date; something left out (`...`)
    if f[ft::K_OPEN] == 1
        || f[ft::V_B64_TEXT] == 3
        || f[ft::V_TYPE] & 2 == 2
        || f[ft::V_DATED] == 1
        || f[ft::V_MASK] >= 100
    {
        return true;
    }
    // a short nonce is none; nor is a UUID, unless its name says secret and not what of it (`…_ERROR`), or it is a random one
    // and whose key; nor a format of many directives
    let told = f[ft::K_PASS] | f[ft::K_SECRET] | f[ft::K_TOKEN] == 1;
    let told = told && f[ft::K_LAST_META] & f[ft::K_META] == 0;
    let key = f[ft::K_LAST] == 3 && f[ft::K_API] | f[ft::K_OWNER] | f[ft::K_AUTH] == 1;
    let number = f[ft::V_UUID] > 0 && !told && !(key && f[ft::V_UUID] == 2);
    if f[ft::K_NONCE] == 1 && f[ft::V_LEN] <= 24 || number || f[ft::V_PRINTF] >= 2 {
        return true;
    }
    // encrypted; the name of a file
    let encoded = f[ft::V_BASE64] > 0 || f[ft::V_HEX] == 1;
    if f[ft::K_GUARDED] == 1 && encoded && f[ft::V_LEN] >= 24 || f[ft::V_FILE] == 1 && f[ft::V_SPACES] == 0 {
        return true;
    }
    // a pattern of what a header may hold
    if f[ft::F_HEADER] == 1 && f[ft::V_REGEX] == 1 {
        return true;
    }
    // the alphabet
    if f[ft::V_ASCEND] >= 16 {
        return true;
    }
    // the digest that the name tells of
    if f[ft::K_HASH] == 1 && f[ft::V_HEX_LEN] == 1 && f[ft::K_SECRET] | f[ft::K_TOKEN] | f[ft::K_KEY] == 0 {
        return true;
    }
    // the name of a type, or the pattern of one
    c.quote == Quote::None && f[ft::V_TYPE] & 1 == 1
        || f[ft::V_REGEX] == 1 && f[ft::V_CODEY] >= 2 && f[ft::K_PASS] == 0
}

impl Model {
    /// Score and band, without reasons: what a scan needs for most candidates.
    pub fn weigh(&self, c: &Candidate, place: &Place) -> (f32, Confidence) {
        let score = score(self, c, place);
        (score, self.calibration.band(score))
    }
}

/// Judges a candidate under a path.
pub fn judge(model: &Model, c: &Candidate, path: &[u8]) -> Judgement {
    judge_at(model, c, &Place::of(path))
}

/// As `judge`, with the path looked at once a file.
pub fn judge_at(model: &Model, c: &Candidate, place: &Place) -> Judgement {
    let (score, confidence) = model.weigh(c, place);
    let kind = kind(c);
    let probability = if score == f32::NEG_INFINITY { 0.0 } else { model.calibration.probability(score) };
    Judgement { probability, confidence, kind, severity: severity(c, kind, place) }
}

/// The highest probability that any path could give the candidate.
pub fn upper_bound(model: &Model, c: &Candidate) -> f32 {
    model.calibration.probability(ceiling(model, c))
}

/// Whether some path could make the candidate at least so sure.
pub fn possible(model: &Model, c: &Candidate, least: Confidence) -> bool {
    !never(c) && model.calibration.band(ceiling(model, c)) >= least
}

fn ceiling(model: &Model, c: &Candidate) -> f32 {
    let mut x = [0u8; 256];
    x[..ft::COUNT].copy_from_slice(&c.features);
    model.fill(&mut x, &c.hashes);
    model.ceiling.score(&x)
}

/// What the candidate is, if it is a secret.
pub fn kind(c: &Candidate) -> Kind {
    let f = &c.features;
    let password =
        f[ft::K_PASS] == 1 && f[ft::K_LAST] != 4 && f[ft::K_LAST] != 3 || matches!(c.form, Form::Flag);
    // machine-made values are no everyday passwords, whatever their words
    let strong = f[ft::V_LEN] >= 16 && f[ft::V_ENTROPY] >= 105;
    let plain = f[ft::V_WEAK] & 1 == 1
        || f[ft::V_FILLER] >= 200
        || f[ft::V_LEN] < 8 && (f[ft::V_DIGIT] == 0 || f[ft::V_DIGIT] == 200)
        || f[ft::V_IS_KEY] == 1
        || f[ft::V_IS_USER] == 1;
    match () {
        () if !strong && plain && (password || c.form == Form::Url) => Kind::WeakPassword,
        () if c.form == Form::Url => Kind::UrlPassword,
        () if password => Kind::Password,
        () => Kind::Secret,
    }
}

/// Weak passwords are low in tests, examples and documents, medium where they configure something that runs.
fn severity(c: &Candidate, kind: Kind, place: &Place) -> Severity {
    let p = &place.features;
    let idle = p[path::P_TEST] | p[path::P_DOC] | p[path::P_EXAMPLE] | p[path::P_FIXTURE] != 0
        || c.features[ft::C_COMMENT] != 0;
    match (kind, idle) {
        (Kind::WeakPassword, true) => Severity::Low,
        (Kind::WeakPassword, false) | (_, true) => Severity::Medium,
        _ => Severity::High,
    }
}

/// Names of the features that decided, the weightiest first: those whose absence would lower the score most.
/// Takes ten times as long as to judge.
pub fn reasons(model: &Model, c: &Candidate, place: &Place) -> [Option<&'static str>; 3] {
    let x = row(model, c, place);
    let mut usual = model.typical;
    usual[EVIDENCE_AT..WIDTH].fill(128);
    let gains = model.forest.gains(&x, &usual);
    let mut top: [(f32, Option<&'static str>); 3] = [(0.02, None); 3];
    for (i, drop) in gains.into_iter().enumerate().take(WIDTH) {
        if let Some(at) = top.iter().position(|t| drop > t.0) {
            top[at..].rotate_right(1);
            top[at] = (drop, Some(name(i)));
        }
    }
    top.map(|t| t.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the first value in a text may be a secret in a file.
    fn may_be(path: &str, text: &str) -> bool {
        let found = crate::generic::find(text.as_bytes());
        found.first().is_some_and(|c| !excluded(c, &Place::of(path.as_bytes())))
    }

    #[test]
    fn names_that_say_what_is_public_are_known_with_a_number_behind() {
        let value = "d-XZ-x.9_n5023Xl-3Pw-r7g";
        for name in ["Sec-WebSocket-Key", "Sec-WebSocket-Key2", "DNSKEY"] {
            assert!(!may_be("a.txt", &format!("\"{name}\", \"{value}\"")), "{name}");
        }
        assert!(may_be("a.txt", &format!("\"Sec-Key2\", \"{value}\"")));
    }

    #[test]
    fn words_of_a_translation_may_hold_a_digit() {
        let text = |value: &str| format!("{{\"s3-access-key\": \"{value}\"}}");
        assert!(!may_be("i18n/nl.json", &text(&["S3-toegangs", "sleutel"].concat())));
        assert!(may_be("config/nl.json", &text(&["S3-toegangs", "sleutel"].concat())));
        assert!(may_be("i18n/nl.json", &text(&["S3-toe9angs", "sl7utel"].concat())));
    }

    #[test]
    fn a_record_of_erlang_is_no_comment() {
        assert!(!may_be("a.erl", "#oauth{password = generated_one} ->"));
        assert!(may_be("a.erl", "# password = generated_one"));
    }
}
