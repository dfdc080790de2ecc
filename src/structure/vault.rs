//! HashiCorp Vault: service tokens (`hvs.`) and batch tokens (`hvb.`).

use data_encoding::BASE64URL_NOPAD;

use super::sample::Made;
use super::text::{BASE62, base64, is};
use super::{Check, Context, Level, Outcome, Strength};

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "vault-hvs",
        what: "24 characters, or base64 of a signed message that names the token",
        source: "https://developer.hashicorp.com/vault/docs/v1.10.x/release-notes/1.10.0",
        strength: Strength::Structure,
        run: service,
        sample: service_sample,
    },
    Check {
        name: "vault-hvb",
        what: "base64 of a key term, a version, a nonce and AES-GCM",
        source: "https://developer.hashicorp.com/vault/docs/concepts/tokens",
        strength: Strength::Shape,
        run: batch,
        sample: batch_sample,
    },
];

fn service(value: &[u8], _: &Context<'_>) -> Outcome {
    let Some(body) = value.strip_prefix(b"hvs.") else {
        return Outcome::fail("does not start hvs.");
    };
    if is(body, BASE62, 24) {
        return Outcome::decodes("24 letters and digits: a token of one cluster");
    }
    let Some(bytes) = base64(body) else {
        return Outcome::fail("neither 24 characters nor base64");
    };
    // Protobuf: 1 = 1; 2 = a 32-byte HMAC; 3 = a message that holds the inner token.
    let [8, 1, 0x12, 0x20, rest @ ..] = &bytes[..] else {
        return Outcome::fail("not a signed token");
    };
    let inner = rest.get(32..).and_then(|rest| match rest {
        [0x1a, length, inner @ ..] if inner.len() == usize::from(*length) => Some(inner),
        _ => None,
    });
    match inner {
        Some(inner) if super::text::position(inner, b"hvs.").is_some() => {
            Outcome::pass("an HMAC and the token it signs fill the value exactly")
        }
        _ => Outcome::fail("no inner token after the HMAC"),
    }
}

fn service_sample(made: &mut Made) -> Vec<u8> {
    let token = format!("hvs.{}", made.text(BASE62, 24));
    let inner = [&[0x0a, token.len() as u8], token.as_bytes()].concat();
    let bytes = [&[8, 1, 0x12, 0x20], &made.bytes::<32>()[..], &[0x1a, inner.len() as u8], &inner].concat();
    format!("hvs.{}", BASE64URL_NOPAD.encode(&bytes)).into_bytes()
}

fn batch(value: &[u8], _: &Context<'_>) -> Outcome {
    let bytes = value.strip_prefix(b"hvb.").and_then(base64);
    match bytes.as_deref() {
        Some([t0, t1, t2, t3, 2, rest @ ..]) if rest.len() >= 12 + 16 => {
            let term = u32::from_be_bytes([*t0, *t1, *t2, *t3]);
            if term == 0 || term > 1_000_000 {
                return Outcome::fail("no believable key term");
            }
            Outcome::decodes("key term, version and nonce agree")
                .fact("key term", term.to_string())
                .advise(Level::Medium, "batch tokens are short-lived and cannot be renewed")
        }
        _ => Outcome::fail("not base64 of a sealed token"),
    }
}

fn batch_sample(made: &mut Made) -> Vec<u8> {
    let term = 1 + made.below(9) as u8;
    let bytes = [&[0, 0, 0, term, 2][..], &made.bytes::<90>()].concat();
    format!("hvb.{}", BASE64URL_NOPAD.encode(&bytes)).into_bytes()
}
