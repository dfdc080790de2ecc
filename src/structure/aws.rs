//! AWS: what a key id, a session token and a Bedrock key tell about themselves.

use data_encoding::{BASE32_NOPAD, BASE64, BASE64_NOPAD};

use super::sample::Made;
use super::text::{BASE62, DIGITS, LOWERNUM, base64, base64_text, decimal};
use super::{Check, Context, Level, Outcome, Strength, moment};

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "aws-key-id",
        what: "base 32 whose first bytes hold the account number",
        source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html",
        strength: Strength::Shape,
        run: key_id,
        sample: key_id_sample,
    },
    Check {
        name: "aws-session-token",
        what: "base64 that starts with the token's origin mark",
        source: "observed",
        strength: Strength::Shape,
        run: session_token,
        sample: session_token_sample,
    },
    Check {
        name: "aws-bedrock",
        what: "base64 of a named key, or of a presigned address",
        source: "https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html",
        strength: Strength::Structure,
        run: bedrock,
        sample: bedrock_sample,
    },
];

const KEYS: &[(&[u8; 4], &str)] = &[
    (b"AKIA", "user access key"),
    (b"ASIA", "temporary access key"),
    (b"ABIA", "bearer token"),
    (b"ACCA", "context credential"),
];

const NAMES: &[&[u8; 4]] = &[b"AGPA", b"AIDA", b"AIPA", b"ANPA", b"ANVA", b"APKA", b"AROA", b"ASCA"];

/// Accounts that AWS's own documents use.
const DOCUMENTED: &[u64] = &[123_456_789_012, 111_122_223_333, 444_455_556_666, 111_111_111_111];

fn key_id(value: &[u8], _: &Context<'_>) -> Outcome {
    let Some((prefix, body)) = value.split_first_chunk::<4>() else {
        return Outcome::fail("too short for a key id");
    };
    if NAMES.contains(&prefix) {
        return Outcome::harmless("names a group, user or role: an identifier, not a key");
    }
    let Some((_, kind)) = KEYS.iter().find(|(known, _)| *known == prefix) else {
        return Outcome::fail("no known kind of key id");
    };
    let bytes = BASE32_NOPAD.decode(body).ok().and_then(|bytes| <[u8; 10]>::try_from(bytes).ok());
    let Some(bytes) = bytes else {
        return Outcome::fail("not 16 base-32 characters");
    };
    if bytes[0] & 0x80 == 0 {
        return Outcome::decodes("base 32, of the time before 2019: no account number inside")
            .fact("kind", kind);
    }
    let account = account(&bytes);
    if account >= 1_000_000_000_000 {
        return Outcome::fail("the account number inside has more than 12 digits");
    }
    let outcome = Outcome::decodes("base 32 with an account number of 12 digits")
        .fact("account", format!("{account:012}"))
        .fact("kind", kind);
    match DOCUMENTED.contains(&account) {
        true => outcome.advise(Level::Low, "the account is one of AWS's documents"),
        false => outcome,
    }
}

/// 40 bits of the first 48, without the highest.
fn account(bytes: &[u8; 10]) -> u64 {
    let first = bytes[..6].iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte));
    (first & 0x7fff_ffff_ff80) >> 7
}

fn key_id_sample(made: &mut Made) -> Vec<u8> {
    let (prefix, _) = made.pick(KEYS);
    let mut bytes = made.bytes::<10>();
    let account = made.below(1_000_000_000_000);
    let first = 1 << 47 | account << 7 | u64::from(bytes[5] & 0x7f);
    bytes[..6].copy_from_slice(&first.to_be_bytes()[2..]);
    [&prefix[..], BASE32_NOPAD.encode(&bytes).as_bytes()].concat()
}

/// Tokens of today have `origin_ec`.
const ORIGINS: &[&[u8]] = &[b"origin_ec", b"origin", b"er/aws", b"aws"];

fn session_token(value: &[u8], _: &Context<'_>) -> Outcome {
    // The start is enough: tokens are often cut or wrapped further on.
    let start: Vec<u8> = value.iter().copied().take(16).collect();
    let whole = start.len() - start.len() % 4;
    let Some(bytes) = base64(&start[..whole]).filter(|_| value.len() >= 100) else {
        return Outcome::fail("not 100 or more base64 characters");
    };
    let marked = matches!(bytes[..], [_, 0x0a, length, ref origin @ ..]
        if ORIGINS.iter().any(|known| known.len() == usize::from(length) && origin.starts_with(known)));
    match marked {
        true => Outcome::decodes("starts with the origin mark").fact("kind", "temporary session token"),
        false => Outcome::fail("no origin mark at the start"),
    }
}

fn session_token_sample(made: &mut Made) -> Vec<u8> {
    let origin = made.pick(ORIGINS);
    let mut bytes = vec![made.next() as u8, 0x0a, origin.len() as u8];
    bytes.extend_from_slice(origin);
    bytes.extend_from_slice(&made.bytes::<240>());
    BASE64.encode(&bytes).into_bytes()
}

fn bedrock(value: &[u8], context: &Context<'_>) -> Outcome {
    if let Some(body) = value.strip_prefix(b"ABSK") {
        let Some(text) = base64_text(body).filter(|text| text.starts_with("BedrockAPIKey-")) else {
            return Outcome::fail("not base64 of BedrockAPIKey-…");
        };
        let Some((name, _)) = text.split_once(':') else {
            return Outcome::fail("no ':' after the key's name");
        };
        let account = name.rsplit('-').next().filter(|part| part.len() == 12);
        let account = account.filter(|part| decimal(part.as_bytes()).is_some());
        return Outcome::pass("base64 of BedrockAPIKey-…:…")
            .fact("kind", "long-term key")
            .fact_if("account", account);
    }
    let text = value.strip_prefix(b"bedrock-api-key-").and_then(base64_text);
    let Some(text) = text.filter(|text| text.starts_with("bedrock.amazonaws.com/")) else {
        return Outcome::fail("not base64 of an address of Bedrock");
    };
    let get = |name: &str| {
        let pair = text.split(['?', '&']).find(|pair| pair.split('=').next() == Some(name))?;
        pair.split_once('=').map(|(_, value)| value)
    };
    let outcome = Outcome::pass("base64 of a presigned address").fact("kind", "short-term key");
    let seconds = get("X-Amz-Expires").and_then(|text| decimal(text.as_bytes()));
    match (get("X-Amz-Date").and_then(basic_date), seconds) {
        (Some(made), Some(seconds)) => {
            let end = made.saturating_add_unsigned(seconds);
            outcome.created(made).expires(end, context)
        }
        _ => outcome,
    }
}

/// `20240501T120000Z` in seconds since 1970.
fn basic_date(text: &str) -> Option<i64> {
    let digits = text.is_ascii() && text.len() == 16;
    let iso = digits.then(|| {
        let (date, time) = text.split_at(8);
        format!(
            "{}-{}-{}T{}:{}:{}Z",
            &date[..4],
            &date[4..6],
            &date[6..],
            &time[1..3],
            &time[3..5],
            &time[5..7],
        )
    })?;
    moment::parse(&iso)
}

fn bedrock_sample(made: &mut Made) -> Vec<u8> {
    if made.below(2) == 0 {
        let name = format!("BedrockAPIKey-{}-at-{}", made.text(LOWERNUM, 4), made.text(DIGITS, 12));
        let text = format!("{name}:{}", made.text(BASE62, 40));
        return format!("ABSK{}", BASE64.encode(text.as_bytes())).into_bytes();
    }
    let text = format!(
        "bedrock.amazonaws.com/?Action=CallWithBearerToken&X-Amz-Date=20250{}01T120000Z&X-Amz-Expires=43200&X-Amz-Signature={}",
        1 + made.below(9),
        made.text(super::text::HEX, 64),
    );
    format!("bedrock-api-key-{}", BASE64_NOPAD.encode(text.as_bytes())).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::structure::{check, check_in};

    /// A published sample and the account that its authors name for it.
    #[test]
    fn known_account() {
        let value = ["ASIA", "Y34FZKBOKMUTVV7A"].concat();
        let outcome = check("aws-key-id", value.as_bytes()).expect("registered");
        assert_eq!(outcome.facts[0].value, "609629065308");
    }

    #[test]
    fn identifiers_are_not_keys() {
        let value = ["AROA", "Y34FZKBOKMUTVV7A"].concat();
        let outcome = check("aws-key-id", value.as_bytes()).expect("registered");
        assert_eq!(outcome.verdict.word(), "harmless");
    }

    #[test]
    fn digits_that_base_32_lacks() {
        for digit in ["0", "1", "8", "9"] {
            let value = ["AKIA", "Y34FZKBOKMUTVV7", digit].concat();
            assert!(check("aws-key-id", value.as_bytes()).expect("registered").is_fail());
        }
    }

    /// How tokens begin that STS gives out, now and before.
    #[test]
    fn session_tokens_of_every_time_are_known() {
        for start in ["IQoJb3JpZ2luX2Vj", "FwoGZXIvYXdz", "FQoGZXIvYXdz", "AQoDYXdz"] {
            let value = format!("{start}{}", "Ab3d".repeat(40));
            let outcome = check("aws-session-token", value.as_bytes()).expect("registered");
            assert_eq!(outcome.verdict.word(), "decodes", "{start}");
        }
    }

    #[test]
    fn short_term_bedrock_keys_expire() {
        let value = (0..20).map(|seed| bedrock_sample(&mut Made::new(seed)));
        let value = value.into_iter().find(|value| value.starts_with(b"bedrock")).expect("half are");
        let context = Context { now: Some(4_000_000_000), beside: None };
        let outcome = check_in("aws-bedrock", &value, &context).expect("registered");
        assert_eq!(outcome.advice.map(|advice| advice.why), Some("expired"));
        assert!(outcome.facts.iter().any(|fact| fact.name == "created"));
    }
}
