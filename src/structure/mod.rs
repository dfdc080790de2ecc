//! Offline structure checks: what a value proves by itself.
//!
//! Promise: for any bytes a check answers in time linear in their number, without panic, network,
//! clock or randomness, and says why. It never repeats the value: a [`Fact`] holds what the value
//! tells about itself (account, issuer, dates), not the secret.
//! It may not know rules, files, findings or anything else of the crate.

mod aws;
mod azure;
mod bip39;
mod cask;
mod chain;
mod crc;
mod der;
pub mod encrypted;
mod forge;
mod google;
mod hashed;
mod json;
mod jwt;
mod keystore;
mod macaroon;
mod marvin;
mod microsoft;
mod moment;
mod money;
mod ntlm;
mod packed;
mod paseto;
mod pem;
mod pgp;
mod placeholder;
pub mod public;
pub mod published;
mod putty;
mod sample;
mod service;
mod shape;
mod ssh;
mod supabase;
mod text;
mod vault;

#[cfg(test)]
mod tests;

use sample::Made;

/// Longer values are not looked into: no credential with a structure comes near it.
pub const LONGEST: usize = 256 * 1024;

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub verdict: Verdict,
    /// In the order in which the check found them.
    pub facts: Vec<Fact>,
    /// A severity that the value itself argues for, with the reason.
    pub advice: Option<Advice>,
}

/// How far the structure proves that the value is what its rule says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// A checksum, or a structure that chance does not make: the finding is certain.
    Pass { proof: &'static str },
    /// A weaker structure agrees; noise could too.
    Decodes { what: &'static str },
    /// Well formed, and worth nothing to a thief: public by design, unsigned, or ciphertext.
    Harmless { why: &'static str },
    /// The check cannot tell, and says what it lacks. Confidence stays as it was.
    Unknown { why: &'static str },
    /// The structure does not hold: confidence falls. Never a reason to drop in silence.
    Fail { why: &'static str },
}

/// Something the value tells about itself: `account`, `issuer`, `expires`…
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    pub name: &'static str,
    /// One line, printable, at most [`Fact::LONGEST`] characters.
    pub value: String,
}

/// A severity, and why the value argues for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advice {
    pub level: Level,
    pub why: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Info,
    Low,
    Medium,
    High,
    Critical,
}

/// What a check may use besides the value. All of it comes from the caller: the same input
/// gives the same answer on any day.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context<'a> {
    /// Now, in Unix seconds. Without it nothing counts as expired.
    pub now: Option<i64>,
    /// Text near the value that a check can use: a Supabase project ref or URL, or the literal
    /// that may have signed a JWT.
    pub beside: Option<&'a [u8]>,
}

/// What a passing check rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strength {
    /// A checksum; any change of one character in the sealed bytes is noticed. Sealed are all
    /// bytes but the first `skip` and the last `spare`.
    Checksum { skip: usize, spare: usize },
    /// A checksum over scattered or few bits; `why` says which single changes go unnoticed.
    Partial { why: &'static str },
    /// No checksum, but a structure that chance does not make.
    Structure,
    /// Lengths, alphabets and markers: agrees with noise now and then, so it never says `Pass`.
    Shape,
}

/// One row of the registry.
pub struct Check {
    /// As written in `check = "…"` of a pattern file.
    pub name: &'static str,
    pub what: &'static str,
    pub source: &'static str,
    pub strength: Strength,
    run: fn(&[u8], &Context<'_>) -> Outcome,
    sample: fn(&mut Made) -> Vec<u8>,
}

/// Every check, by family.
static FAMILIES: &[&[Check]] = &[
    aws::CHECKS,
    azure::CHECKS,
    bip39::CHECKS,
    cask::CHECKS,
    chain::CHECKS,
    crc::CHECKS,
    forge::CHECKS,
    google::CHECKS,
    hashed::CHECKS,
    json::CHECKS,
    jwt::CHECKS,
    keystore::CHECKS,
    macaroon::CHECKS,
    microsoft::CHECKS,
    money::CHECKS,
    ntlm::CHECKS,
    packed::CHECKS,
    paseto::CHECKS,
    pem::CHECKS,
    pgp::CHECKS,
    putty::CHECKS,
    service::CHECKS,
    shape::CHECKS,
    ssh::CHECKS,
    supabase::CHECKS,
    vault::CHECKS,
];

/// All checks, in the order of the families.
pub fn all() -> impl Iterator<Item = &'static Check> {
    FAMILIES.iter().copied().flatten()
}

/// The names that a pattern file may use, in the order of the families.
pub fn names() -> &'static [&'static str] {
    static NAMES: std::sync::OnceLock<Vec<&'static str>> = std::sync::OnceLock::new();
    NAMES.get_or_init(|| all().map(|check| check.name).collect())
}

/// The check of that name.
pub fn find(name: &str) -> Option<&'static Check> {
    all().find(|check| check.name == name)
}

/// Runs a check without a clock and without neighbours. `None`: no such check.
pub fn check(name: &str, value: &[u8]) -> Option<Outcome> {
    check_in(name, value, &Context::default())
}

/// Runs a check with what the caller knows besides the value. `None`: no such check.
pub fn check_in(name: &str, value: &[u8], context: &Context<'_>) -> Option<Outcome> {
    find(name).map(|check| check.run(value, context))
}

/// A made-up value that passes the check; the same seed gives the same value.
pub fn sample(name: &str, seed: u64) -> Option<Vec<u8>> {
    find(name).map(|check| check.sample(seed))
}

impl Check {
    pub fn run(&self, value: &[u8], context: &Context<'_>) -> Outcome {
        if value.len() > LONGEST {
            return Outcome::unknown("longer than the check reads (256 KiB)");
        }
        (self.run)(value, context)
    }

    pub fn sample(&self, seed: u64) -> Vec<u8> {
        (self.sample)(&mut Made::new(seed))
    }
}

impl Outcome {
    fn new(verdict: Verdict) -> Self {
        Outcome { verdict, facts: Vec::new(), advice: None }
    }

    fn pass(proof: &'static str) -> Self {
        Self::new(Verdict::Pass { proof })
    }

    fn decodes(what: &'static str) -> Self {
        Self::new(Verdict::Decodes { what })
    }

    fn harmless(why: &'static str) -> Self {
        Self::new(Verdict::Harmless { why })
    }

    fn unknown(why: &'static str) -> Self {
        Self::new(Verdict::Unknown { why })
    }

    fn fail(why: &'static str) -> Self {
        Self::new(Verdict::Fail { why })
    }

    /// `Pass` if the checksum holds, else `Fail`.
    fn sum(holds: bool, proof: &'static str) -> Self {
        match holds {
            true => Self::pass(proof),
            false => Self::fail("the checksum does not hold"),
        }
    }

    fn fact(mut self, name: &'static str, value: impl AsRef<str>) -> Self {
        self.facts.push(Fact::new(name, value.as_ref()));
        self
    }

    fn fact_if(self, name: &'static str, value: Option<impl AsRef<str>>) -> Self {
        match value {
            Some(value) => self.fact(name, value),
            None => self,
        }
    }

    fn advise(mut self, level: Level, why: &'static str) -> Self {
        self.advice = Some(Advice { level, why });
        self
    }

    /// True for `Pass`: the finding is certain.
    pub fn is_pass(&self) -> bool {
        matches!(self.verdict, Verdict::Pass { .. })
    }

    /// True for `Fail`: confidence falls.
    pub fn is_fail(&self) -> bool {
        matches!(self.verdict, Verdict::Fail { .. })
    }
}

impl Verdict {
    /// `pass`, `decodes`, `harmless`, `unknown` or `fail`.
    pub fn word(&self) -> &'static str {
        match self {
            Verdict::Pass { .. } => "pass",
            Verdict::Decodes { .. } => "decodes",
            Verdict::Harmless { .. } => "harmless",
            Verdict::Unknown { .. } => "unknown",
            Verdict::Fail { .. } => "fail",
        }
    }

    /// The reason, whatever the verdict.
    pub fn reason(&self) -> &'static str {
        match self {
            Verdict::Pass { proof } => proof,
            Verdict::Decodes { what } => what,
            Verdict::Harmless { why } | Verdict::Unknown { why } | Verdict::Fail { why } => why,
        }
    }
}

impl Fact {
    pub const LONGEST: usize = 100;

    /// The text comes from scanned bytes, so it is cut and made printable here, once for all.
    fn new(name: &'static str, value: &str) -> Self {
        let mut shown: String = value.chars().take(Self::LONGEST).map(printable).collect();
        if value.chars().nth(Self::LONGEST).is_some() {
            shown.pop();
            shown.push('…');
        }
        Fact { name, value: shown }
    }
}

/// Control characters, and those that reorder or hide text, become `?`.
fn printable(c: char) -> char {
    let hides = matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}');
    if c.is_control() || hides { '?' } else { c }
}
