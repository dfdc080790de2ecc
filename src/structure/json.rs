//! Tokens that are base64 of JSON: the names in it say whose they are.

use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL_NOPAD};
use serde_json::{Map, Value};

use super::text::{BASE62, BASE64URL, DIGITS, HEX, LOWER, base64, base64_json, is, position};
use super::{Check, Context, Level, Outcome, Strength};

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "sentry-org",
        what: "base64 of JSON that names the organization, then 43 base64 characters",
        source: "https://github.com/getsentry/rfcs/blob/main/text/0091-ci-upload-tokens.md",
        strength: Strength::Structure,
        run: sentry,
        sample: |made| {
            let json = format!(
                r#"{{"iat":{},"url":"https://sentry.example.net","region_url":"https://us.sentry.example.net","org":"{}"}}"#,
                1_600_000_000 + made.below(100_000_000),
                made.text(LOWER, 8),
            );
            let secret = BASE64_NOPAD.encode(&made.bytes::<32>());
            format!("sntrys_{}_{secret}", BASE64.encode(json.as_bytes())).into_bytes()
        },
    },
    Check {
        name: "onepassword-service",
        what: "base64 of JSON with the account's keys",
        source: "https://developer.1password.com/docs/service-accounts/",
        strength: Strength::Structure,
        run: onepassword,
        sample: |made| {
            let json = format!(
                r#"{{"email":"{}@1passwordserviceaccounts.com","muk":{{"k":"{}"}},"secretKey":"A3-{}","signInAddress":"team.1password.com"}}"#,
                made.text(LOWER, 12),
                made.text(BASE62, 43),
                made.text(BASE62, 26),
            );
            format!("ops_{}", BASE64URL_NOPAD.encode(json.as_bytes())).into_bytes()
        },
    },
    Check {
        name: "grafana-cloud",
        what: "base64 of JSON that names the organization and holds a key",
        source: "https://grafana.com/docs/grafana-cloud/security-and-account-management/authentication-and-permissions/access-policies/",
        strength: Strength::Structure,
        run: grafana,
        sample: |made| {
            let json = format!(
                r#"{{"o":"{}","n":"{}","k":"{}","m":{{"r":"eu"}}}}"#,
                made.text(DIGITS, 6),
                made.text(LOWER, 8),
                made.text(BASE62, 24),
            );
            format!("glc_{}", BASE64.encode(json.as_bytes())).into_bytes()
        },
    },
    Check {
        name: "cloudflare-tunnel",
        what: "base64 of JSON with account, tunnel and secret",
        source: "https://developers.cloudflare.com/cloudflare-one/networks/connectors/cloudflare-tunnel/",
        strength: Strength::Structure,
        run: tunnel,
        sample: |made| {
            let json = format!(
                r#"{{"a":"{}","t":"{}-{}-4{}-8{}-{}","s":"{}"}}"#,
                made.text(HEX, 32),
                made.text(HEX, 8),
                made.text(HEX, 4),
                made.text(HEX, 3),
                made.text(HEX, 3),
                made.text(HEX, 12),
                BASE64.encode(&made.bytes::<32>()),
            );
            BASE64.encode(json.as_bytes()).into_bytes()
        },
    },
    Check {
        name: "mapbox",
        what: "base64 of JSON with user and token id, then 22 characters",
        source: "https://docs.mapbox.com/help/glossary/access-token/",
        strength: Strength::Structure,
        run: mapbox,
        sample: |made| {
            let json = format!(r#"{{"u":"{}","a":"c{}"}}"#, made.text(LOWER, 9), made.text(LOWER, 24));
            let kind = made.pick(&["sk", "tk"]);
            format!("{kind}.{}.{}", BASE64URL_NOPAD.encode(json.as_bytes()), made.text(BASE64URL, 22))
                .into_bytes()
        },
    },
];

type Json = Map<String, Value>;

fn text<'j>(json: &'j Json, name: &str) -> Option<&'j str> {
    json.get(name)?.as_str()
}

fn sentry(value: &[u8], _: &Context<'_>) -> Outcome {
    let body = value.strip_prefix(b"sntrys_");
    let parts = body.and_then(|body| position(body, b"_").map(|at| (&body[..at], &body[at + 1..])));
    let Some((json, secret)) = parts else {
        return Outcome::fail("not two parts");
    };
    match base64_json(json) {
        Some(json) if json.contains_key("org") && base64(secret).is_some_and(|secret| secret.len() == 32) => {
            let outcome = Outcome::pass("JSON that names the organization, and 32 bytes")
                .fact_if("organization", text(&json, "org"))
                .fact_if("host", text(&json, "region_url").or(text(&json, "url")));
            match json.get("iat").and_then(Value::as_f64) {
                Some(made) => outcome.created(made as i64),
                None => outcome,
            }
        }
        _ => Outcome::fail("no JSON with an organization, or not 32 bytes after it"),
    }
}

fn onepassword(value: &[u8], _: &Context<'_>) -> Outcome {
    let json = value.strip_prefix(b"ops_").and_then(base64_json);
    match json {
        Some(json) if json.contains_key("secretKey") || json.contains_key("muk") => {
            Outcome::pass("JSON with the account's keys").fact_if("host", text(&json, "signInAddress"))
        }
        _ => Outcome::fail("not base64 of JSON with the account's keys"),
    }
}

/// `glc_` tokens, and the older keys that are bare base64.
fn grafana(value: &[u8], _: &Context<'_>) -> Outcome {
    let json = base64_json(value.strip_prefix(b"glc_").unwrap_or(value));
    match json {
        Some(json) if json.contains_key("k") && json.contains_key("n") => {
            let number = json.get("id").and_then(Value::as_u64).map(|id| id.to_string());
            let region = json.get("m").and_then(|more| more.get("r")?.as_str());
            Outcome::pass("JSON with an organization and a key")
                .fact_if("organization id", text(&json, "o").map(str::to_owned).or(number))
                .fact_if("name", text(&json, "n"))
                .fact_if("region", region)
        }
        _ => Outcome::fail("not base64 of JSON with a key"),
    }
}

fn tunnel(value: &[u8], _: &Context<'_>) -> Outcome {
    match base64_json(value) {
        Some(json) if ["a", "t", "s"].iter().all(|name| text(&json, name).is_some()) => {
            Outcome::pass("JSON with account, tunnel and secret")
                .fact_if("account", text(&json, "a"))
                .fact_if("tunnel", text(&json, "t"))
        }
        _ => Outcome::fail("not base64 of JSON with account, tunnel and secret"),
    }
}

fn mapbox(value: &[u8], _: &Context<'_>) -> Outcome {
    let parts: Vec<&[u8]> = value.splitn(4, |&byte| byte == b'.').collect();
    let [kind, json, secret] = parts[..] else {
        return Outcome::fail("not three parts");
    };
    let Some(json) = base64_json(json).filter(|_| is(secret, BASE64URL, 22)) else {
        return Outcome::fail("no JSON, or not 22 characters after it");
    };
    let Some(user) = text(&json, "u") else {
        return Outcome::fail("the JSON names no user");
    };
    let outcome = match kind {
        b"pk" => Outcome::harmless("public tokens are public by design"),
        b"sk" => Outcome::pass("JSON that names the user, and 22 characters"),
        b"tk" => Outcome::pass("JSON that names the user, and 22 characters")
            .advise(Level::Medium, "temporary: valid for an hour at most"),
        _ => return Outcome::fail("no known kind"),
    };
    let outcome = outcome.fact("user", user);
    match user {
        "mapbox" => outcome.advise(Level::Low, "the user is Mapbox itself: a sample of its documents"),
        _ => outcome,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::structure::check;

    #[test]
    fn public_mapbox_tokens_are_harmless() {
        let json = BASE64URL_NOPAD.encode(br#"{"u":"somebody","a":"c1"}"#);
        let value = format!("pk.{json}.{}", "a1B2".repeat(6).split_at(22).0);
        assert_eq!(check("mapbox", value.as_bytes()).expect("registered").verdict.word(), "harmless");
    }
}
