//! Tokens known by a marker, an alphabet and lengths alone. Agreement is weak, so nothing here
//! says `Pass`; disagreement still tells a hand-made sample from an issued token.

use super::sample::Made;
use super::text::{BASE32, BASE62, BASE64URL, DIGITS, HEX, is, only};
use super::{Check, Context, Level, Outcome, Strength};

/// A row whose only difference is its function, maker and words.
const fn shape(
    name: &'static str,
    what: &'static str,
    source: &'static str,
    run: fn(&[u8], &Context<'_>) -> Outcome,
    sample: fn(&mut Made) -> Vec<u8>,
) -> Check {
    Check { name, what, source, strength: Strength::Shape, run, sample }
}

pub(super) const CHECKS: &[Check] = &[
    shape("openai-marker", "base64 of 'OpenAI' in the middle", "observed", openai, |made| {
        let (prefix, half) = made.pick(OPENAI);
        let (left, right) = (made.text(BASE62, half), made.text(BASE62, half));
        format!("{prefix}{left}T3BlbkFJ{right}").into_bytes()
    }),
    shape("groq-marker", "a marker at 24 of 56", "observed", groq, |made| {
        format!("gsk_{}WGdyb3FY{}", made.text(BASE62, 20), made.text(BASE62, 24)).into_bytes()
    }),
    shape(
        "anthropic-tail",
        "93 characters and AA",
        "https://docs.anthropic.com/en/api/getting-started",
        anthropic,
        |made| {
            let kind = made.pick(&["api03", "admin01", "oat01"]);
            format!("sk-ant-{kind}-{}AA", made.text(BASE64URL, 93)).into_bytes()
        },
    ),
    shape("huggingface-letters", "34 letters, no digit", "observed", huggingface, |made| {
        format!("hf_{}", made.text(LETTERS, 34)).into_bytes()
    }),
    shape(
        "dynatrace",
        "base 32 of 24 and 64 characters",
        "https://docs.dynatrace.com/docs/manage/access-control/access-tokens",
        dynatrace,
        |made| {
            let kind = made.pick(&["dt0c01", "dt0s01"]);
            format!("{kind}.{}.{}", made.text(BASE32, 24), made.text(BASE32, 64)).into_bytes()
        },
    ),
    shape(
        "tailscale",
        "a type, an id that ends CNTRL, and 32 characters",
        "https://tailscale.com/kb/1277/key-prefixes",
        tailscale,
        |made| {
            let kind = made.pick(TAILSCALE);
            format!("tskey-{kind}-k{}CNTRL-{}", made.text(BASE62, 11), made.text(BASE62, 32)).into_bytes()
        },
    ),
    shape(
        "mailchimp",
        "32 hex digits and a data centre",
        "https://mailchimp.com/developer/",
        mailchimp,
        |made| format!("{}-us{}", made.text(HEX, 32), 1 + made.below(21)).into_bytes(),
    ),
    shape(
        "ghost-admin",
        "24 and 64 hex digits; the id starts with its moment",
        "https://docs.ghost.org/admin-api/",
        ghost,
        |made| {
            let moment = 1_500_000_000 + made.below(300_000_000);
            format!("{moment:08x}{}:{}", made.text(HEX, 16), made.text(HEX, 64)).into_bytes()
        },
    ),
    shape("zhipu", "32 hex digits, '.' and 16 characters", "https://docs.z.ai", zhipu, |made| {
        format!("{}.{}", made.text(HEX, 32), made.text(BASE62, 16)).into_bytes()
    }),
    shape(
        "terraform-atlas",
        "14 characters, '.atlasv1.' and 67",
        "https://developer.hashicorp.com/terraform/cloud-docs/users-teams-organizations/api-tokens",
        terraform,
        |made| format!("{}.atlasv1.{}", made.text(BASE62, 14), made.text(BASE64URL, 67)).into_bytes(),
    ),
    shape(
        "databricks",
        "32 hex digits, perhaps '-' and a digit",
        "https://docs.databricks.com/aws/en/dev-tools/auth/pat",
        databricks,
        |made| format!("dapi{}{}", made.text(HEX, 32), made.pick(&["", "-2"])).into_bytes(),
    ),
    shape(
        "newrelic-license",
        "40 characters that end NRAL",
        "https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/",
        newrelic,
        |made| format!("{}{}FFFFNRAL", made.pick(&["eu01xx", "a1b2c3"]), made.text(HEX, 26)).into_bytes(),
    ),
    shape(
        "twilio-sid",
        "two letters and 32 hex digits",
        "https://www.twilio.com/docs/glossary/what-is-a-sid",
        twilio,
        |made| format!("SK{}", made.text(HEX, 32)).into_bytes(),
    ),
    shape(
        "stripe-key",
        "a kind, a mode and 24 to 247 characters",
        "https://docs.stripe.com/keys",
        stripe,
        |made| {
            let kind = made.pick(&["sk_live_", "rk_live_", "sk_test_"]);
            format!("{kind}51{}", made.text(BASE62, 97)).into_bytes()
        },
    ),
    shape(
        "sendgrid",
        "22 and 43 characters",
        "https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys",
        sendgrid,
        |made| format!("SG.{}.{}", made.text(BASE64URL, 22), made.text(BASE64URL, 43)).into_bytes(),
    ),
];

const LETTERS: &[u8; 52] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

fn agrees(holds: bool, what: &'static str) -> Outcome {
    match holds {
        true => Outcome::decodes(what),
        false => Outcome::fail("not the lengths, alphabets or markers of this token"),
    }
}

/// Prefix, and how many characters stand on each side of the marker.
const OPENAI: &[(&str, usize)] = &[
    ("sk-", 20),
    ("sk-proj-", 74),
    ("sk-proj-", 58),
    ("sk-proj-", 20),
    ("sk-svcacct-", 74),
    ("sk-svcacct-", 58),
    ("sk-service-", 74),
    ("sk-admin-", 58),
    ("sk-admin-", 74),
];

fn openai(value: &[u8], _: &Context<'_>) -> Outcome {
    let holds = OPENAI.iter().any(|(prefix, half)| {
        value.strip_prefix(prefix.as_bytes()).is_some_and(|body| {
            body.len() == 2 * half + 8 && only(body, BASE64URL) && &body[*half..half + 8] == b"T3BlbkFJ"
        })
    });
    agrees(holds, "the marker stands in the middle")
}

fn groq(value: &[u8], _: &Context<'_>) -> Outcome {
    if !value.starts_with(b"gsk_") || !is(&value[4..], BASE62, 52) {
        return agrees(false, "");
    }
    match &value[24..32] {
        b"WGdyb3FY" => Outcome::decodes("the marker stands at 24"),
        // Only keys made in the console are known to carry it.
        _ => Outcome::unknown("no marker at 24: not a key of the console"),
    }
}

fn anthropic(value: &[u8], _: &Context<'_>) -> Outcome {
    let kinds: &[(&[u8], &str)] = &[
        (b"sk-ant-api03-", "API key"),
        (b"sk-ant-admin01-", "admin key"),
        (b"sk-ant-oat01-", "OAuth access token"),
        (b"sk-ant-ort01-", "OAuth refresh token"),
        (b"sk-ant-sid01-", "session key"),
    ];
    let found = kinds.iter().find_map(|(prefix, kind)| Some((value.strip_prefix(*prefix)?, kind)));
    match found {
        Some((body, kind)) if is(body, BASE64URL, 95) && body.ends_with(b"AA") => {
            Outcome::decodes("93 characters and AA").fact("kind", kind)
        }
        _ => agrees(false, ""),
    }
}

fn huggingface(value: &[u8], _: &Context<'_>) -> Outcome {
    let body = value.strip_prefix(b"hf_").or(value.strip_prefix(b"api_org_"));
    agrees(body.is_some_and(|body| is(body, LETTERS, 34)), "34 letters")
}

fn dynatrace(value: &[u8], _: &Context<'_>) -> Outcome {
    let parts: Vec<&[u8]> = value.splitn(4, |&byte| byte == b'.').collect();
    match parts[..] {
        [[b'd', b't', b'0', kind, a, b], public, secret] => {
            let head = kind.is_ascii_lowercase() && a.is_ascii_digit() && b.is_ascii_digit();
            let parts = is(public, BASE32, 24) && is(secret, BASE32, 64);
            agrees(head && parts, "base 32 of 24 and 64 characters")
        }
        [[b'd', b't', b'0', ..], public] if is(public, BASE32, 24) => {
            Outcome::harmless("only the public part of a token")
        }
        _ => agrees(false, ""),
    }
}

const TAILSCALE: &[&str] = &["api", "auth", "client", "scim", "webhook"];

fn tailscale(value: &[u8], _: &Context<'_>) -> Outcome {
    let parts: Vec<&[u8]> = value.splitn(5, |&byte| byte == b'-').collect();
    match parts[..] {
        [b"tskey", kind, id, secret] if TAILSCALE.iter().any(|known| known.as_bytes() == kind) => {
            let holds =
                id.ends_with(b"CNTRL") && only(id, BASE62) && secret.len() >= 16 && only(secret, BASE62);
            agrees(holds, "an id that ends CNTRL and a secret")
        }
        _ => agrees(false, ""),
    }
}

fn mailchimp(value: &[u8], _: &Context<'_>) -> Outcome {
    let Some((key, centre)) = value.split_at_checked(32) else {
        return agrees(false, "");
    };
    let centre =
        centre.strip_prefix(b"-us").filter(|centre| matches!(centre.len(), 1 | 2) && only(centre, DIGITS));
    match centre {
        Some(centre) if is(key, HEX, 32) => Outcome::decodes("32 hex digits and a data centre")
            .fact("data centre", format!("us{}", String::from_utf8_lossy(centre))),
        _ => agrees(false, ""),
    }
}

fn ghost(value: &[u8], _: &Context<'_>) -> Outcome {
    if value.len() != 89 || value[24] != b':' || !is(&value[..24], HEX, 24) || !is(&value[25..], HEX, 64) {
        return agrees(false, "");
    }
    // The id is a MongoDB object id: seconds first.
    let digits = std::str::from_utf8(&value[..8]).unwrap_or_default();
    let moment = i64::from_str_radix(digits, 16).unwrap_or(0);
    Outcome::decodes("24 and 64 hex digits").created(moment)
}

fn zhipu(value: &[u8], _: &Context<'_>) -> Outcome {
    let holds =
        value.len() == 49 && value[32] == b'.' && only(&value[..32], HEX) && only(&value[33..], BASE62);
    agrees(holds, "32 hex digits and 16 characters")
}

fn terraform(value: &[u8], _: &Context<'_>) -> Outcome {
    let holds = value.len() == 90
        && &value[14..23] == b".atlasv1."
        && only(&value[..14], BASE62)
        && only(&value[23..], BASE64URL);
    agrees(holds, "14 and 67 characters around the marker")
}

fn databricks(value: &[u8], _: &Context<'_>) -> Outcome {
    let body = value.strip_prefix(b"dapi").and_then(|body| body.split_at_checked(32));
    let holds = body.is_some_and(|(key, tail)| only(key, HEX) && matches!(tail, [] | [b'-', b'0'..=b'9']));
    agrees(holds, "32 hex digits")
}

fn newrelic(value: &[u8], _: &Context<'_>) -> Outcome {
    if value.len() != 40 || !value.ends_with(b"NRAL") || !only(value, BASE62) {
        return agrees(false, "");
    }
    let region = if value.starts_with(b"eu01xx") { "EU" } else { "US" };
    Outcome::decodes("40 characters that end NRAL").fact("region", region)
}

fn twilio(value: &[u8], _: &Context<'_>) -> Outcome {
    match value.split_first_chunk::<2>() {
        Some((b"SK", body)) if is(body, HEX, 32) => {
            Outcome::decodes("SK and 32 hex digits").fact("kind", "API key id")
        }
        Some((prefix, body)) if prefix.iter().all(u8::is_ascii_uppercase) && is(body, HEX, 32) => {
            Outcome::harmless("an identifier: the token stands elsewhere")
        }
        _ => agrees(false, ""),
    }
}

fn stripe(value: &[u8], _: &Context<'_>) -> Outcome {
    let Some((kind, rest)) = value.split_first_chunk::<3>() else {
        return agrees(false, "");
    };
    let (mode, body) = match rest.split_first_chunk::<5>() {
        Some((b"live_", body)) => ("live", body),
        Some((b"test_", body)) => ("test", body),
        _ => return agrees(false, ""),
    };
    if !(10..=247).contains(&body.len()) || !only(body, BASE62) {
        return agrees(false, "");
    }
    let outcome = match kind {
        b"sk_" => Outcome::decodes("a secret key's shape").fact("kind", "secret key"),
        b"rk_" => Outcome::decodes("a restricted key's shape").fact("kind", "restricted key"),
        b"pk_" => Outcome::harmless("publishable keys are public by design"),
        _ => return agrees(false, ""),
    };
    let outcome = outcome.fact("mode", mode);
    match mode {
        "test" => outcome.advise(Level::Low, "a test key moves no money"),
        _ => outcome,
    }
}

fn sendgrid(value: &[u8], _: &Context<'_>) -> Outcome {
    let holds = value.len() == 69
        && value.starts_with(b"SG.")
        && value[25] == b'.'
        && only(&value[3..25], BASE64URL)
        && only(&value[26..], BASE64URL);
    agrees(holds, "22 and 43 characters")
}

#[cfg(test)]
mod tests {
    use crate::structure::{Level, check};

    #[test]
    fn modes_of_stripe() {
        let outcome = |prefix: &str| {
            let value = format!("{prefix}{}", "a1B2c3D4".repeat(3));
            check("stripe-key", value.as_bytes()).expect("registered")
        };
        assert_eq!(outcome("sk_live_").advice, None);
        assert_eq!(outcome("sk_test_").advice.map(|advice| advice.level), Some(Level::Low));
        assert_eq!(outcome("pk_live_").verdict.word(), "harmless");
        assert_eq!(outcome("ck_live_").verdict.word(), "fail");
    }

    #[test]
    fn account_ids_of_twilio_are_no_secrets() {
        let value = format!("AC{}", "0a1b".repeat(8));
        assert_eq!(check("twilio-sid", value.as_bytes()).expect("registered").verdict.word(), "harmless");
    }
}
