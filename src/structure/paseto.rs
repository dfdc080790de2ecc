//! PASETO tokens (public ones are readable, local ones encrypted) and PASERK keys.

use data_encoding::BASE64URL_NOPAD;

use super::jwt::{Claims, text};
use super::sample::Made;
use super::text::base64;
use super::{Check, Context, Level, Outcome, Strength, moment};

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "paseto",
        what: "version, purpose and a payload of at least a signature's length",
        source: "https://github.com/paseto-standard/paseto-spec",
        strength: Strength::Structure,
        run: paseto,
        sample: paseto_sample,
    },
    Check {
        name: "paserk",
        what: "version, type and a key of its length",
        source: "https://github.com/paseto-standard/paserk",
        strength: Strength::Shape,
        run: paserk,
        sample: |made| {
            let (version, length) = made.pick(&[("k2", 64), ("k4", 64), ("k3", 48)]);
            let random = made.bytes::<64>();
            format!("{version}.secret.{}", BASE64URL_NOPAD.encode(&random[..length])).into_bytes()
        },
    },
];

fn paseto(value: &[u8], context: &Context<'_>) -> Outcome {
    let parts: Vec<&[u8]> = value.splitn(5, |&byte| byte == b'.').collect();
    let (version, purpose, payload) = match parts[..] {
        [version, purpose, payload] | [version, purpose, payload, _] => (version, purpose, payload),
        _ => return Outcome::fail("not three or four parts"),
    };
    let Some(payload) = base64(payload).filter(|_| matches!(version, b"v1" | b"v2" | b"v3" | b"v4")) else {
        return Outcome::fail("no known version, or a payload that is not base64");
    };
    let signature = match version {
        b"v1" => 256,
        b"v3" => 96,
        _ => 64,
    };
    match purpose {
        b"public" => {
            let claims = payload.len().checked_sub(signature).map(|end| &payload[..end]);
            let claims = claims.and_then(|claims| serde_json::from_slice::<Claims>(claims).ok());
            match claims {
                Some(claims) => {
                    dates_of_paseto(Outcome::pass("claims are JSON, a signature follows"), &claims, context)
                }
                None => Outcome::fail("no JSON claims before the signature"),
            }
        }
        b"local" if payload.len() >= 40 => Outcome::decodes("an encrypted token: its claims cannot be read")
            .advise(Level::Low, "encrypted: what it allows cannot be read"),
        _ => Outcome::fail("no known purpose, or too short"),
    }
}

fn dates_of_paseto(outcome: Outcome, claims: &Claims, context: &Context<'_>) -> Outcome {
    let outcome = outcome.fact_if("issuer", text(claims, "iss")).fact_if("created", text(claims, "iat"));
    let end = text(claims, "exp");
    match (claims.get("exp"), end.and_then(moment::parse)) {
        (None, _) => outcome.advise(Level::High, "never expires"),
        (_, Some(end)) => outcome.expires(end, context),
        _ => outcome.fact_if("expires", end),
    }
}

fn paseto_sample(made: &mut Made) -> Vec<u8> {
    let claims = format!(r#"{{"iss":"made-up","exp":"20{}-01-01T00:00:00+00:00"}}"#, 20 + made.below(60));
    let payload = [claims.as_bytes(), &made.bytes::<64>()].concat();
    let version = made.pick(&["v2", "v4"]);
    format!("{version}.public.{}", BASE64URL_NOPAD.encode(&payload)).into_bytes()
}

fn paserk(value: &[u8], _: &Context<'_>) -> Outcome {
    let parts: Vec<&[u8]> = value.splitn(4, |&byte| byte == b'.').collect();
    let [version, kind, key] = parts[..] else {
        return Outcome::fail("not three parts");
    };
    let length = base64(key).map_or(0, |key| key.len());
    match (version, kind, length) {
        (b"k1" | b"k2" | b"k3" | b"k4", b"public", _) => Outcome::harmless("a public key"),
        (b"k1", b"secret", 1000..) | (b"k3", b"secret", 48) | (b"k2" | b"k4", b"secret", 64) => {
            Outcome::decodes("a signing key of its version's length").fact("kind", "signing key")
        }
        (b"k1" | b"k2" | b"k3" | b"k4", b"local", 32) => {
            Outcome::decodes("a symmetric key of 32 bytes").fact("kind", "symmetric key")
        }
        _ => Outcome::fail("no known version and type, or a key of another length"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::structure::check;

    #[test]
    fn local_tokens_are_unreadable() {
        let value = format!("v4.local.{}", BASE64URL_NOPAD.encode(&[7; 80]));
        let outcome = check("paseto", value.as_bytes()).expect("registered");
        assert_eq!(outcome.verdict.word(), "decodes");
        assert_eq!(outcome.advice.map(|advice| advice.level), Some(Level::Low));
    }

    #[test]
    fn dates_decide_the_severity() {
        let level = |claims: &str| {
            let payload = [claims.as_bytes(), &[7; 64]].concat();
            let value = format!("v4.public.{}", BASE64URL_NOPAD.encode(&payload));
            let context = Context { now: Some(1_800_000_000), beside: None };
            let outcome =
                crate::structure::check_in("paseto", value.as_bytes(), &context).expect("registered");
            outcome.advice.map(|advice| advice.why)
        };
        assert_eq!(level(r#"{"exp":"2020-01-01T00:00:00+00:00"}"#), Some("expired"));
        assert_eq!(level(r#"{"exp":"2190-01-01T00:00:00Z"}"#), None);
        assert_eq!(level(r#"{"exp":"soon"}"#), None);
        assert_eq!(level(r#"{"sub":"a"}"#), Some("never expires"));
    }

    #[test]
    fn claims_must_come_before_the_signature() {
        let value = format!("v4.public.{}", BASE64URL_NOPAD.encode(&[7; 80]));
        assert!(check("paseto", value.as_bytes()).expect("registered").is_fail());
    }

    #[test]
    fn public_keys_are_harmless() {
        let value = format!("k4.public.{}", BASE64URL_NOPAD.encode(&[7; 32]));
        assert_eq!(check("paserk", value.as_bytes()).expect("registered").verdict.word(), "harmless");
    }
}
