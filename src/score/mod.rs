//! What a match is worth: the rule's own confidence, moved by what the value looks like.
//!
//! Nothing is thrown away here. A value that looks made up is believed little, with the reason told,
//! so that `--min-confidence low` shows everything. Never sees a file, the network or a list of
//! known findings.

mod amid;
mod assignment;
mod entropy;
mod overlap;
mod pair;
mod placeholder;

pub use assignment::{explain_assignment, judge_assignment, least};
pub use entropy::bits_per_byte;
pub use overlap::keep_best;
pub use pair::{Paired, drop_lone, pairs};

use std::ops::Range;

use crate::{
    generic::read::VALUE,
    matcher::Match,
    model::{Confidence, Fact, Severity},
    pattern::{Find, Rule},
    structure::{self, Level, encrypted, public, published},
};

/// What a match is worth, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    pub confidence: Confidence,
    pub severity: Severity,
    /// A word or a few each.
    pub reasons: Vec<String>,
    /// What the value tells about itself.
    pub facts: Vec<Fact>,
    /// It is known to be no secret: a sample, a stand-in, ciphertext.
    pub harmless: bool,
}

/// Bytes before a value in which marks of ciphertext are looked for.
const BEFORE: usize = 200;

/// Bytes at each side of a value in which is looked for what makes it public.
const NEAR: usize = 400;

/// Ciphertext is read to its end, even where a value is not.
const CIPHERTEXT: usize = 64 * 1024;

/// Judges one match of `rule` in `text`. `now`, in Unix seconds, is what dates in values are compared with.
pub fn judge(rule: &Rule, text: &[u8], found: &Match, now: Option<i64>) -> Verdict {
    let value = &text[found.secret.range()];
    let mut verdict = Verdict {
        confidence: rule.confidence,
        severity: rule.severity,
        reasons: Vec::new(),
        facts: Vec::new(),
        harmless: false,
    };
    if rule.find == Find::Path {
        // A path is what it is, made up or not.
        verdict.reasons.push("path".to_owned());
        return verdict;
    }
    // Without keywords it is known by its first bytes.
    let keyword_inside = rule.find == Find::Regex && rule.keywords.is_empty()
        || rule.keywords.iter().any(|word| contains_folded(value, word.as_bytes()));
    let known_by = match keyword_inside {
        true if rule.of_files() => "file",
        true => "prefix",
        false => "context",
    };
    verdict.reasons.push(known_by.to_owned());
    if let Some(what) = known(text, found.secret.range()) {
        verdict.harmless = true;
        return verdict.doubt(what);
    }
    if verdict.check(rule, value, now) {
        return verdict;
    }
    if let Some(what) = given_away(text, found.secret.range()) {
        verdict.harmless = true;
        return verdict.doubt(what);
    }
    if amid::base64(text, found.secret.range()) {
        return verdict.doubt("amid base64");
    }
    if rule.entropy > 0.0 {
        if bits_per_byte(value) < rule.entropy {
            verdict = verdict.doubt("low entropy");
        } else {
            verdict.reasons.push("entropy".to_owned());
        }
    }
    match own(rule, value).into_iter().find_map(placeholder::looks_made_up) {
        Some(why) => Verdict { harmless: true, ..verdict.doubt(why) },
        None => verdict,
    }
}

/// What of a value is its own: all, but for a keyword that would itself look made up (`0x4AAAAAAA`). Such a one stands
/// in every value, so it tells nothing of this one.
fn own<'v>(rule: &Rule, value: &'v [u8]) -> [&'v [u8]; 2] {
    let mut odd = rule.keywords.iter().filter(|word| placeholder::looks_made_up(word.as_bytes()).is_some());
    let split = |word: &str| {
        let at = memchr::memmem::find(value, word.as_bytes())?;
        Some([&value[..at], &value[at + word.len()..]])
    };
    odd.find_map(|word| split(word)).unwrap_or([value, &[]])
}

/// Why a value is no secret, whatever its form: a published sample, encrypted, or public by design.
pub fn harmless(text: &[u8], value: Range<usize>) -> Option<&'static str> {
    known(text, value.clone()).or_else(|| given_away(text, value))
}

/// A published sample, or encrypted.
fn known(text: &[u8], value: Range<usize>) -> Option<&'static str> {
    let before = &text[value.start.saturating_sub(BEFORE)..value.start];
    // Of what is long an assignment holds the beginning alone.
    let more = match value.len() < VALUE {
        true => 0,
        false => text[value.end..].iter().take(CIPHERTEXT).take_while(|byte| in_base64(byte)).count(),
    };
    published::is_sample(&text[value.clone()])
        .or_else(|| encrypted::what(&text[value.start..value.end + more], before))
}

/// Public by design.
fn given_away(text: &[u8], value: Range<usize>) -> Option<&'static str> {
    let near = value.start.saturating_sub(NEAR)..text.len().min(value.end + NEAR);
    public::what(&text[value], &text[near])
}

fn in_base64(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

impl Verdict {
    /// Of what is not judged yet.
    pub fn none() -> Self {
        Self {
            confidence: Confidence::Low,
            severity: Severity::Low,
            reasons: Vec::new(),
            facts: Vec::new(),
            harmless: false,
        }
    }

    fn doubt(mut self, why: &str) -> Self {
        self.confidence = Confidence::Low;
        self.reasons.push(why.to_owned());
        self
    }

    /// Asks the rule's structure check. True if it settles the matter.
    fn check(&mut self, rule: &Rule, value: &[u8], now: Option<i64>) -> bool {
        let context = structure::Context { now, beside: None };
        let Some(outcome) = rule.check.as_deref().and_then(|name| structure::check_in(name, value, &context))
        else {
            return false;
        };
        self.facts =
            outcome.facts.into_iter().map(|fact| Fact { name: fact.name, value: fact.value }).collect();
        if let Some(advice) = outcome.advice {
            self.severity = match advice.level {
                Level::Info | Level::Low => Severity::Low,
                Level::Medium => Severity::Medium,
                Level::High => Severity::High,
                Level::Critical => Severity::Critical,
            };
            self.reasons.push(advice.why.to_owned());
        }
        match outcome.verdict {
            structure::Verdict::Pass { proof } => {
                self.confidence = Confidence::High;
                self.reasons.push(proof.to_owned());
                true
            }
            structure::Verdict::Harmless { why } => {
                self.harmless = true;
                self.confidence = Confidence::Low;
                self.reasons.push(why.to_owned());
                true
            }
            structure::Verdict::Decodes { what } => {
                self.reasons.push(what.to_owned());
                false
            }
            structure::Verdict::Fail { why } => {
                // One step only: samples in documents are often scrambled by hand, and so are checks in other tools.
                self.confidence = match self.confidence {
                    Confidence::High => Confidence::Medium,
                    Confidence::Medium | Confidence::Low => Confidence::Low,
                };
                self.reasons.push(why.to_owned());
                false
            }
            structure::Verdict::Unknown { .. } => false,
        }
    }
}

fn contains_folded(text: &[u8], word: &[u8]) -> bool {
    text.len() >= word.len() && text.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        matcher::Scanner,
        pattern::{Pack, sample},
    };

    /// The verdict on the first match of the rule `id` in `text`.
    fn verdict(id: &str, text: &[u8]) -> Verdict {
        let scanner = Scanner::new(Pack::builtin_and(Vec::new()).expect("rules")).expect("few words");
        let rule = |found: &Match| scanner.pack().rule(found.rule);
        let matches = scanner.scan(text);
        let found = matches.iter().find(|found| rule(found).id == id).expect("it is found");
        judge(rule(found), text, found, Some(1_800_000_000))
    }

    #[test]
    fn a_checksum_that_holds_makes_it_certain_and_one_that_fails_is_told() {
        let samples = (0..100).filter_map(|seed| structure::sample("github-crc32", seed));
        let token = samples.into_iter().find(|token| token.starts_with(b"ghp_")).expect("one of the kinds");
        let good = verdict("github-pat-classic", &token);
        assert_eq!(good.confidence, Confidence::High);
        assert!(!good.reasons.iter().any(|reason| reason == "entropy"), "a proof needs no guess: {good:?}");
        let mut tampered = token;
        let last = tampered.last_mut().expect("not empty");
        *last = if *last == b'a' { b'b' } else { b'a' };
        let bad = verdict("github-pat-classic", &tampered);
        assert_eq!(bad.confidence, Confidence::Medium);
        assert_ne!(good.reasons, bad.reasons);
    }

    #[test]
    fn a_key_in_base64_is_judged_by_what_it_is() {
        let mut keys = (0..100).filter_map(|seed| structure::sample("pem-private-key", seed));
        let key = keys.find(|key| key.starts_with(b"-----BEGIN ENCRYPTED")).expect("one of the kinds");
        let text = data_encoding::BASE64.encode(&key);
        let verdict = verdict("private-key-pem-base64", format!("key: {text}\n").as_bytes());
        assert_eq!(
            (verdict.confidence, verdict.severity),
            (Confidence::High, Severity::Medium),
            "{verdict:?}"
        );
    }

    #[test]
    fn an_installation_token_that_has_expired_is_low() {
        let expired = (0..100).filter_map(|seed| structure::sample("jwt", seed)).find(|token| {
            let context = structure::Context { now: Some(1_800_000_000), beside: None };
            structure::check_in("jwt", token, &context)
                .is_some_and(|it| it.advice.is_some_and(|it| it.why == "expired"))
        });
        let token = [b"ghs_123456_", &expired.expect("many are")[..]].concat();
        let verdict = verdict("github-app-installation-token-jwt", &token);
        assert_eq!((verdict.confidence, verdict.severity), (Confidence::High, Severity::Low), "{verdict:?}");
    }

    #[test]
    fn a_published_sample_and_a_stand_in_are_believed_little() {
        let sample_id = ["AKIAIOSFODNN7", "EXAMPLE"].concat();
        assert_eq!(verdict("aws-access-key-id", sample_id.as_bytes()).confidence, Confidence::Low);
        let blank = sample("ghp_xxxxxxxxxx{alnum:26}", 3);
        assert_eq!(verdict("github-pat-classic", &blank).confidence, Confidence::Low);
    }

    #[test]
    fn what_every_value_of_a_rule_has_makes_none_a_stand_in() {
        for (id, real, blank) in [
            ("cloudflare-turnstile-secret", "0x4AAAAAAA{b64url:25}", "0x4AAAAAAA{b64url:17}xxxxxxxx"),
            (
                "dropbox-token-legacy",
                "{b64url:11}AAAAAAAAAA{b64url:43}",
                "{b64url:11}AAAAAAAAAA{b64url:35}xxxxxxxx",
            ),
        ] {
            let named = |value: &str| sample(&format!("DROPBOX_OR_OTHER=\"{value}\""), 3);
            assert_ne!(verdict(id, &named(real)).confidence, Confidence::Low, "{id}");
            assert_eq!(verdict(id, &named(blank)).confidence, Confidence::Low, "{id}");
        }
    }
}
