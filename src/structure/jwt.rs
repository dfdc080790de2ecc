//! JWT and JWE: what the token's own claims say.
//!
//! A JWT is readable by anyone, so issuer, kind and dates are told; only the signature proves
//! the issuer, and only a key beside it can check that.

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Map, Value};
use sha2::{Sha256, Sha384, Sha512};

use super::sample::Made;
use super::text::{base64, base64_json};
use super::{Check, Context, Level, Outcome, Strength};

pub(super) const CHECKS: &[Check] = &[Check {
    name: "jwt",
    what: "header and claims are JSON objects, the signature has its algorithm's length",
    source: "https://www.rfc-editor.org/rfc/rfc7519",
    strength: Strength::Structure,
    run: jwt,
    sample: jwt_sample,
}];

pub(super) type Claims = Map<String, Value>;

pub(super) fn jwt(value: &[u8], context: &Context<'_>) -> Outcome {
    let parts: Vec<&[u8]> = value.splitn(6, |&byte| byte == b'.').collect();
    match parts[..] {
        [header, claims, signature] => signed(value, header, claims, signature, context),
        [header, _, _, _, _] => sealed(header),
        [header, _] if base64_json(header).is_some() => Outcome::harmless("no signature: proves nothing"),
        _ => Outcome::fail("not three parts"),
    }
}

/// Five parts: a JWE, which only its receiver reads.
fn sealed(header: &[u8]) -> Outcome {
    let header = base64_json(header);
    let method = header.as_ref().and_then(|header| header.get("enc")?.as_str());
    match method {
        Some(method) => Outcome::decodes("an encrypted token (JWE): its claims cannot be read")
            .fact("encryption", method)
            .advise(Level::Low, "encrypted: what it allows cannot be read"),
        None => Outcome::fail("five parts, but no JWE header"),
    }
}

fn signed(value: &[u8], header: &[u8], claims: &[u8], signature: &[u8], context: &Context<'_>) -> Outcome {
    let Some(header) = base64_json(header) else {
        return Outcome::fail("the header is not base64 of a JSON object");
    };
    let Some(algorithm) = header.get("alg").and_then(Value::as_str) else {
        return Outcome::fail("the header names no algorithm");
    };
    let Some(claims) = base64_json(claims) else {
        return Outcome::fail("the claims are not base64 of a JSON object");
    };
    if algorithm.eq_ignore_ascii_case("none") || signature.is_empty() {
        return Outcome::harmless("unsigned: proves nothing").fact("algorithm", algorithm);
    }
    let Some(signature) = base64(signature) else {
        return Outcome::fail("the signature is not base64");
    };
    if !fits(algorithm, signature.len()) {
        return Outcome::fail("the signature is not as long as its algorithm makes it");
    }
    let head = &value[..value.iter().rposition(|&byte| byte == b'.').unwrap_or(0)];
    let key = context.beside.filter(|key| verifies(algorithm, key, head, &signature));
    let outcome = match key {
        Some(_) => Outcome::pass("the signature verifies with the key beside it"),
        None => Outcome::pass("header and claims are JSON, the signature has its algorithm's length"),
    };
    judge(tell(outcome.fact("algorithm", algorithm), &claims), &claims, context)
}

fn fits(algorithm: &str, length: usize) -> bool {
    match algorithm {
        "HS256" => length == 32,
        "HS384" => length == 48,
        "HS512" => length == 64,
        "ES256" | "ES256K" | "EdDSA" | "Ed25519" => length == 64 || (algorithm == "EdDSA" && length == 114),
        "ES384" => length == 96,
        "ES512" => length == 132,
        "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" => (128..=1024).contains(&length),
        _ => length >= 16,
    }
}

fn verifies(algorithm: &str, key: &[u8], head: &[u8], signature: &[u8]) -> bool {
    /// One HMAC, and whether it equals the signature.
    macro_rules! holds {
        ($hash:ty) => {
            Hmac::<$hash>::new_from_slice(key)
                .is_ok_and(|mac| mac.chain_update(head).verify_slice(signature).is_ok())
        };
    }
    match algorithm {
        "HS256" => holds!(Sha256),
        "HS384" => holds!(Sha384),
        "HS512" => holds!(Sha512),
        _ => false,
    }
}

pub(super) fn text<'c>(claims: &'c Claims, name: &str) -> Option<&'c str> {
    claims.get(name)?.as_str()
}

/// A NumericDate, which may have a fraction.
fn moment(claims: &Claims, name: &str) -> Option<i64> {
    let date = claims.get(name)?;
    date.as_i64().or_else(|| date.as_f64().map(|seconds| seconds as i64))
}

fn tell(outcome: Outcome, claims: &Claims) -> Outcome {
    let scope = text(claims, "scope").or_else(|| text(claims, "scp"));
    let audience = match claims.get("aud") {
        Some(Value::Array(all)) => all.first().and_then(Value::as_str),
        other => other.and_then(Value::as_str),
    };
    outcome
        .fact_if("kind", kind(claims))
        .fact_if("issuer", text(claims, "iss"))
        .fact_if("audience", audience)
        .fact_if("role", text(claims, "role"))
        .fact_if("scope", scope)
        .fact_if("project", text(claims, "ref"))
}

fn is_kubernetes(claims: &Claims) -> bool {
    text(claims, "iss").is_some_and(|issuer| issuer.starts_with("kubernetes/serviceaccount"))
        || text(claims, "sub").is_some_and(|subject| subject.starts_with("system:serviceaccount:"))
}

fn kind(claims: &Claims) -> Option<&'static str> {
    if is_kubernetes(claims) {
        return Some("Kubernetes service account");
    }
    let issuer = text(claims, "iss")?;
    let holds = |part| issuer.contains(part);
    Some(match issuer {
        "supabase" => "Supabase key",
        "supabase-demo" => "Supabase demo key",
        _ if holds("token.actions.githubusercontent.com") => "GitHub Actions identity, valid for minutes",
        _ if holds("accounts.google.com") => "Google identity",
        _ if holds("sts.windows.net") || holds("login.microsoftonline.com") => {
            "Microsoft Entra access token, valid for about an hour"
        }
        _ if holds(".auth0.com") => "Auth0 token",
        _ if holds("cognito-idp.") => "Amazon Cognito token",
        _ if holds(".okta.com") => "Okta token",
        _ => return None,
    })
}

const YEAR: i64 = 366 * 24 * 60 * 60;

/// Dates and roles decide how much the token is worth.
fn judge(mut outcome: Outcome, claims: &Claims, context: &Context<'_>) -> Outcome {
    let issuer = text(claims, "iss").unwrap_or_default();
    let role = text(claims, "role").unwrap_or_default();
    if issuer.starts_with("supabase") && role == "anon" {
        return Outcome {
            facts: outcome.facts,
            ..Outcome::harmless("Supabase's anon key is public by design")
        };
    }
    if issuer == "supabase-demo" {
        return Outcome {
            facts: outcome.facts,
            ..Outcome::harmless("Supabase's demo key, the same everywhere")
        };
    }
    if text(claims, "sub") == Some("1234567890") && text(claims, "name") == Some("John Doe") {
        return Outcome { facts: outcome.facts, ..Outcome::harmless("the claims of jwt.io's sample token") };
    }
    let (made, end) = (moment(claims, "iat"), moment(claims, "exp"));
    if let Some(made) = made {
        outcome = outcome.created(made);
    }
    outcome = match end {
        None if is_kubernetes(claims) => {
            outcome.advise(Level::Critical, "a service account's token without end")
        }
        None => outcome.advise(Level::High, "never expires"),
        Some(_) if issuer.starts_with("supabase") && role == "service_role" => {
            outcome.advise(Level::Critical, "service_role passes every access rule")
        }
        Some(end) if made.is_some_and(|made| end.saturating_sub(made) > YEAR) => {
            outcome.advise(Level::High, "valid for more than a year")
        }
        Some(_) => outcome,
    };
    match end {
        Some(end) => outcome.expires(end, context),
        None => outcome,
    }
}

fn jwt_sample(made: &mut Made) -> Vec<u8> {
    let (algorithm, length) = made.pick(&[("HS256", 32), ("HS512", 64), ("ES256", 64), ("RS256", 256)]);
    let header = format!(r#"{{"alg":"{algorithm}","typ":"JWT"}}"#);
    let created = 1_500_000_000 + made.below(200_000_000);
    let end = created + 60 * made.below(20_000_000);
    let claims = made.pick(&[r#""iss":"https://login.example.net""#, r#""sub":"4711""#]);
    let claims = format!(r#"{{{claims},"iat":{created},"exp":{end}}}"#);
    let random = [made.bytes::<64>(), made.bytes(), made.bytes(), made.bytes()].concat();
    let encode = |bytes: &[u8]| BASE64URL_NOPAD.encode(bytes);
    let parts = [encode(header.as_bytes()), encode(claims.as_bytes()), encode(&random[..length])];
    parts.join(".").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::structure::{check, check_in};

    fn made(header: &str, claims: &str, key: &[u8]) -> Vec<u8> {
        let head = format!(
            "{}.{}",
            BASE64URL_NOPAD.encode(header.as_bytes()),
            BASE64URL_NOPAD.encode(claims.as_bytes())
        );
        let mac = Hmac::<Sha256>::new_from_slice(key).expect("any length").chain_update(&head);
        let signature = BASE64URL_NOPAD.encode(&mac.finalize().into_bytes());
        format!("{head}.{signature}").into_bytes()
    }

    const HS256: &str = r#"{"alg":"HS256"}"#;

    fn level(claims: &str, now: i64) -> Option<Level> {
        let context = Context { now: Some(now), beside: None };
        let outcome = check_in("jwt", &made(HS256, claims, b"k"), &context).expect("registered");
        outcome.advice.map(|advice| advice.level)
    }

    #[test]
    fn claims_decide_the_severity() {
        assert_eq!(level(r#"{"iat":0,"exp":100}"#, 50), None);
        assert_eq!(level(r#"{"iat":0,"exp":100}"#, 101), Some(Level::Low));
        assert_eq!(level(r#"{"sub":"a"}"#, 50), Some(Level::High));
        assert_eq!(level(r#"{"iat":0,"exp":99999999}"#, 50), Some(Level::High));
        assert_eq!(level(r#"{"iss":"kubernetes/serviceaccount"}"#, 50), Some(Level::Critical));
        assert_eq!(level(r#"{"iss":"supabase","role":"service_role","exp":100}"#, 50), Some(Level::Critical));
        assert_eq!(level(r#"{"iss":"supabase","role":"service_role","exp":100}"#, 200), Some(Level::Low));
    }

    #[test]
    fn the_sample_of_jwt_io_is_harmless() {
        let claims = r#"{"sub":"1234567890","name":"John Doe","iat":1516239022}"#;
        let key = ["your-256", "-bit-secret"].concat();
        let value = made(r#"{"alg":"HS256","typ":"JWT"}"#, claims, key.as_bytes());
        assert_eq!(check("jwt", &value).expect("registered").verdict.word(), "harmless");
        let published = crate::structure::published::is_sample(&value);
        assert_eq!(published, Some("jwt.io sample token"), "the published signature itself");
    }

    #[test]
    fn public_and_unsigned_tokens_are_harmless() {
        let word = |value: &[u8]| check("jwt", value).expect("registered").verdict.word();
        assert_eq!(word(&made(HS256, r#"{"iss":"supabase","role":"anon","exp":1}"#, b"k")), "harmless");
        assert_eq!(word(&made(r#"{"alg":"none"}"#, "{}", b"k")), "harmless");
        let value = made(HS256, "{}", b"k");
        let cut = value.iter().rposition(|&byte| byte == b'.').expect("has dots");
        assert_eq!(word(&value[..cut]), "harmless");
        assert_eq!(word(&value[..=cut]), "harmless");
        assert_eq!(word(&value[..value.len() - 2]), "fail", "a cut signature");
    }

    #[test]
    fn a_key_beside_it_verifies() {
        let value = made(HS256, "{}", b"the key");
        let proof = |key: &[u8]| {
            let context = Context { now: None, beside: Some(key) };
            check_in("jwt", &value, &context).expect("registered").verdict.reason()
        };
        assert!(proof(b"the key").contains("verifies"));
        assert!(!proof(b"another").contains("verifies"));
    }

    #[test]
    fn claims_cannot_write_on_the_terminal() {
        let value = made(HS256, "{\"iss\":\"a\\u001b[31m\\u202eb\"}", b"k");
        let outcome = check("jwt", &value).expect("registered");
        let issuer = outcome.facts.iter().find(|fact| fact.name == "issuer").expect("told");
        assert_eq!(issuer.value, "a?[31m?b");
    }

    #[test]
    fn absurd_dates_do_not_overflow() {
        for date in ["1e300", "-1e300", "9223372036854775807", "-9223372036854775808", "\"soon\""] {
            let claims = format!(r#"{{"iat":{date},"exp":{date}}}"#);
            let context = Context { now: Some(i64::MIN), beside: None };
            assert!(check_in("jwt", &made(HS256, &claims, b"k"), &context).is_some());
        }
        let claims = r#"{"iat":-9223372036854775808,"exp":9223372036854775807}"#;
        assert!(check("jwt", &made(HS256, claims, b"k")).is_some());
    }

    #[test]
    fn five_parts_are_encrypted() {
        let header = BASE64URL_NOPAD.encode(br#"{"alg":"dir","enc":"A256GCM"}"#);
        let value = format!("{header}..a.b.c");
        let outcome = check("jwt", value.as_bytes()).expect("registered");
        assert_eq!(outcome.verdict.word(), "decodes");
    }
}
