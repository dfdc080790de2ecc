//! Tokens that are base64 (or base 58) of text with a mark, a pair, or a known size.

use data_encoding::{BASE64, BASE64_NOPAD};

use super::text::{BASE62, BASE64URL, HEX, LOWER, base64, base64_text, decimal, is, position};
use super::{Check, Context, Level, Outcome, Strength};

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "jfrog-reftkn",
        what: "base64 of 'reftkn', version, expiry and 27 characters",
        source: "observed",
        strength: Strength::Structure,
        run: reftkn,
        sample: |made| {
            let end = made.pick(&["0000000000", "1700000000", "3000000000"]);
            BASE64_NOPAD.encode(format!("reftkn:01:{end}:{}", made.text(BASE62, 27)).as_bytes()).into_bytes()
        },
    },
    Check {
        name: "jfrog-akcp",
        what: "base 58 of 54 bytes",
        source: "observed",
        strength: Strength::Shape,
        run: akcp,
        sample: |made| loop {
            let body = format!("AKCp{}", made.text(BASE58, 69));
            if akcp(body.as_bytes(), &Context::default()).is_fail() {
                continue;
            }
            break body.into_bytes();
        },
    },
    Check {
        name: "atlassian-dc-pat",
        what: "base64 of a decimal id, ':' and 20 bytes",
        source: "https://confluence.atlassian.com/enterprise/using-personal-access-tokens-1026032365.html",
        strength: Strength::Shape,
        run: datacenter,
        sample: |made| {
            let prefix = made.pick(&["", "BBDC-"]);
            let bytes = [made.text(b"123456789", 12).as_bytes(), b":", &made.bytes::<20>()].concat();
            format!("{prefix}{}", BASE64.encode(&bytes)).into_bytes()
        },
    },
    Check {
        name: "elastic-apikey",
        what: "base64 of 20 characters, ':' and 22",
        source: "https://www.elastic.co/docs/deploy-manage/api-keys/elasticsearch-api-keys",
        strength: Strength::Structure,
        run: elastic,
        sample: |made| {
            let text = format!("{}:{}", made.text(BASE64URL, 20), made.text(BASE64URL, 22));
            BASE64.encode(text.as_bytes()).into_bytes()
        },
    },
    Check {
        name: "intercom",
        what: "base64 of 'tok:' and text",
        source: "observed",
        strength: Strength::Structure,
        run: |value, _| text_with(value, "tok:", "base64 of tok:…"),
        sample: |made| {
            let text = format!("tok:{}_{}:1:0", made.text(HEX, 8), made.text(HEX, 32));
            BASE64.encode(text.as_bytes()).into_bytes()
        },
    },
    Check {
        name: "workos",
        what: "base64 of 'key_' and text, after sk_live_ or sk_test_",
        source: "observed",
        strength: Strength::Structure,
        run: workos,
        sample: |made| {
            let text = format!("key_{},{}", made.text(BASE62, 26), made.text(BASE62, 25));
            let mode = made.pick(&["live", "test"]);
            format!("sk_{mode}_{}", BASE64_NOPAD.encode(text.as_bytes())).into_bytes()
        },
    },
    Check {
        name: "clerk-publishable",
        what: "base64 of a host and '$': public",
        source: "https://clerk.com/docs",
        strength: Strength::Shape,
        run: clerk,
        sample: |made| {
            let host = format!("{}.clerk.accounts.example$", made.text(LOWER, 9));
            format!("pk_test_{}", BASE64_NOPAD.encode(host.as_bytes())).into_bytes()
        },
    },
    Check {
        name: "basic-auth",
        what: "base64 of user, ':' and password",
        source: "https://www.rfc-editor.org/rfc/rfc7617",
        strength: Strength::Shape,
        run: basic,
        sample: |made| {
            let text = format!("{}:{}", made.text(LOWER, 6), made.text(BASE62, 20));
            BASE64.encode(text.as_bytes()).into_bytes()
        },
    },
];

const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

fn reftkn(value: &[u8], context: &Context<'_>) -> Outcome {
    let text = base64_text(value);
    let parts: Vec<&str> = text.as_deref().unwrap_or_default().splitn(4, ':').collect();
    match parts[..] {
        ["reftkn", _, end, secret] if end.len() == 10 && secret.len() >= 20 => {
            match decimal(end.as_bytes()) {
                Some(0) => Outcome::pass("reftkn with an expiry").fact("expires", "never"),
                Some(end) => Outcome::pass("reftkn with an expiry").expires(end as i64, context),
                None => Outcome::fail("the expiry is not a number"),
            }
        }
        _ => Outcome::fail("not base64 of reftkn:…"),
    }
}

fn akcp(value: &[u8], _: &Context<'_>) -> Outcome {
    if value.len() != 73 || !value.starts_with(b"AKCp") {
        return Outcome::fail("not 73 characters that start AKCp");
    }
    match bs58::decode(value).into_vec() {
        Ok(bytes) if bytes.len() == 54 => Outcome::decodes("base 58 of 54 bytes"),
        _ => Outcome::fail("not base 58 of 54 bytes"),
    }
}

fn datacenter(value: &[u8], _: &Context<'_>) -> Outcome {
    let body = value.strip_prefix(b"BBDC-").unwrap_or(value);
    let bytes = base64(body).filter(|_| body.len() == 44).unwrap_or_default();
    let at = position(&bytes, b":").unwrap_or(0);
    match decimal(&bytes[..at]) {
        Some(id) if at >= 4 && bytes.len() - at - 1 == 20 => {
            Outcome::decodes("a decimal id and 20 bytes").fact("token id", id.to_string())
        }
        _ => Outcome::fail("not base64 of a decimal id and 20 bytes"),
    }
}

fn elastic(value: &[u8], _: &Context<'_>) -> Outcome {
    let text = base64_text(value).unwrap_or_default();
    match text.split_once(':') {
        Some((id, key)) if is(id.as_bytes(), BASE64URL, 20) && is(key.as_bytes(), BASE64URL, 22) => {
            Outcome::pass("base64 of 20 and 22 characters").fact("key id", id)
        }
        _ => Outcome::fail("not base64 of 20 and 22 characters"),
    }
}

fn text_with(value: &[u8], mark: &str, proof: &'static str) -> Outcome {
    match base64_text(value) {
        Some(text) if text.starts_with(mark) && text.len() > mark.len() + 8 => Outcome::pass(proof),
        _ => Outcome::fail("does not decode to text with the mark"),
    }
}

fn workos(value: &[u8], _: &Context<'_>) -> Outcome {
    let modes = [("sk_live_", "live"), ("sk_test_", "test")];
    let found = modes.iter().find_map(|(prefix, mode)| Some((value.strip_prefix(prefix.as_bytes())?, mode)));
    match found {
        Some((body, mode)) => text_with(body, "key_", "base64 of key_…").fact("mode", mode),
        None => Outcome::fail("does not start sk_live_ or sk_test_"),
    }
}

fn clerk(value: &[u8], _: &Context<'_>) -> Outcome {
    let body = value.strip_prefix(b"pk_live_").or(value.strip_prefix(b"pk_test_"));
    let text = body.and_then(base64_text).unwrap_or_default();
    match text.strip_suffix('$') {
        Some(host) if host.contains('.') => {
            Outcome::harmless("publishable keys are public by design").fact("host", host)
        }
        _ => Outcome::fail("not base64 of a host"),
    }
}

/// User names that say what the password is.
const USERS: &[(&str, &str)] = &[
    ("AWS", "ECR login, valid for 12 hours"),
    ("oauth2accesstoken", "Google access token, valid for an hour"),
    ("_json_key", "Google service-account key"),
    ("x-access-token", "GitHub token"),
    ("gitlab-ci-token", "GitLab job token"),
    ("oauth2", "OAuth token"),
];

fn basic(value: &[u8], _: &Context<'_>) -> Outcome {
    let text = base64(value).and_then(|bytes| String::from_utf8(bytes).ok());
    let pair = text.as_deref().and_then(|text| text.split_once(':'));
    let Some((user, password)) = pair.filter(|_| !text.iter().any(|text| text.contains('\0'))) else {
        // Base64 of that many bytes nearly always has a digit.
        return match value.iter().all(u8::is_ascii_alphabetic) {
            true => Outcome::harmless("a word: letters alone, and not base64 of user:password"),
            false => Outcome::fail("not base64 of user:password"),
        };
    };
    if password.is_empty() {
        return Outcome::harmless("the password is empty");
    }
    let kind = USERS.iter().find(|(known, _)| *known == user).map(|(_, kind)| *kind);
    let outcome = Outcome::decodes("base64 of user:password").fact("user", user).fact_if("kind", kind);
    match user {
        "AWS" | "oauth2accesstoken" => outcome.advise(Level::Medium, "valid for hours only"),
        _ => outcome,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::structure::{check, check_in};

    #[test]
    fn reference_tokens_expire() {
        let value =
            |end: &str| BASE64_NOPAD.encode(format!("reftkn:01:{end}:{}", "aB3".repeat(9)).as_bytes());
        let at = |end: &str| {
            let context = Context { now: Some(2_000_000_000), beside: None };
            check_in("jfrog-reftkn", value(end).as_bytes(), &context).expect("registered")
        };
        assert_eq!(at("1700000000").advice.map(|advice| advice.why), Some("expired"));
        assert_eq!(at("3000000000").advice, None);
        assert_eq!(at("0000000000").facts[0].value, "never");
    }

    #[test]
    fn an_empty_password_is_no_leak() {
        let word = |text: &str| {
            let value = BASE64.encode(text.as_bytes());
            check("basic-auth", value.as_bytes()).expect("registered").verdict.word()
        };
        assert_eq!(word("user:"), "harmless");
        assert_eq!(word("user:x"), "decodes");
        assert_eq!(word("us\u{e9}r"), "fail");
        assert_eq!(
            check("basic-auth", b"RequestRoutingRuleType").expect("registered").verdict.word(),
            "harmless"
        );
    }
}
