//! Keys in containers of their own: PKCS#12, Java key stores, JWK, Tink, WireGuard.

use bstr::ByteSlice;
use data_encoding::{BASE64, BASE64URL_NOPAD};
use serde_json::{Map, Value};

use super::der::{Der, INTEGER, OID, SEQUENCE, element};
use super::sample::Made;
use super::text::base64;
use super::{Check, Context, Level, Outcome, Strength, der};

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "pkcs12",
        what: "a whole PFX structure of version 3",
        source: "https://www.rfc-editor.org/rfc/rfc7292",
        strength: Strength::Structure,
        run: pkcs12,
        sample: pkcs12_sample,
    },
    Check {
        name: "jks",
        what: "magic number, version and a believable count of entries",
        source: "https://docs.oracle.com/javase/8/docs/technotes/guides/security/crypto/CryptoSpec.html",
        strength: Strength::Shape,
        run: jks,
        sample: |made| {
            let magic = made.pick(&[[0xfe, 0xed, 0xfe, 0xed], [0xce; 4]]);
            [&magic[..], &[0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1], &made.bytes::<128>()].concat()
        },
    },
    Check {
        name: "jwk",
        what: "JSON with a private number of its curve's length, or factors that multiply",
        source: "https://www.rfc-editor.org/rfc/rfc7517",
        strength: Strength::Structure,
        run: jwk,
        sample: jwk_sample,
    },
    Check {
        name: "tink-keyset",
        what: "JSON keyset with clear key material",
        source: "https://developers.google.com/tink",
        strength: Strength::Structure,
        run: tink,
        sample: |made| {
            let id = made.below(u64::from(u32::MAX));
            let value = BASE64.encode(&made.bytes::<34>());
            format!(
                r#"{{"primaryKeyId":{id},"key":[{{"keyData":{{"typeUrl":"type.googleapis.com/google.crypto.tink.AesGcmKey","keyMaterialType":"SYMMETRIC","value":"{value}"}},"outputPrefixType":"TINK","keyId":{id},"status":"ENABLED"}}]}}"#
            )
            .into_bytes()
        },
    },
    Check {
        name: "wireguard",
        what: "32 bytes with the bits that Curve25519 sets",
        source: "https://www.wireguard.com/",
        strength: Strength::Shape,
        run: wireguard,
        sample: |made| {
            let mut key = made.bytes::<32>();
            key[0] &= 0xf8;
            key[31] = key[31] & 0x7f | 0x40;
            BASE64.encode(&key).into_bytes()
        },
    },
];

/// Raw bytes, or base64 of them on any number of lines.
fn raw_or_base64(value: &[u8], magic: &[u8]) -> Option<Vec<u8>> {
    if value.starts_with(magic) {
        return Some(value.to_vec());
    }
    let bare: Vec<u8> = value.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    base64(&bare).filter(|bytes| bytes.starts_with(magic))
}

const DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1];
const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2];

fn pkcs12(value: &[u8], _: &Context<'_>) -> Outcome {
    let bytes = raw_or_base64(value, &[SEQUENCE]);
    let parts = bytes.as_deref().and_then(der::whole).and_then(|mut inside| {
        let version = inside.take(INTEGER)?;
        let content = Der(inside.take(SEQUENCE)?).take(OID)?;
        Some((version, content, inside.take(SEQUENCE).is_some()))
    });
    match parts {
        Some(([3], DATA | SIGNED_DATA, mac)) => Outcome::pass("a whole PFX structure")
            .fact("integrity", if mac { "password" } else { "none or signature" })
            .advise(Level::Medium, "protected by a password, which is often empty or changeit"),
        _ => Outcome::fail("not a whole PFX structure: cut, or something else"),
    }
}

fn pkcs12_sample(made: &mut Made) -> Vec<u8> {
    let octets = element(der::OCTETS, &made.bytes::<96>());
    let content = element(SEQUENCE, &[element(OID, DATA), element(0xa0, &octets)].concat());
    let mac = element(SEQUENCE, &element(der::OCTETS, &made.bytes::<20>()));
    let bytes = element(SEQUENCE, &[&[INTEGER, 1, 3][..], &content, &mac].concat());
    match made.below(2) {
        0 => bytes,
        _ => BASE64.encode(&bytes).into_bytes(),
    }
}

fn jks(value: &[u8], _: &Context<'_>) -> Outcome {
    let found = [("JKS", [0xfe, 0xed, 0xfe, 0xed]), ("JCEKS", [0xce; 4])]
        .into_iter()
        .find_map(|(kind, magic)| Some((kind, raw_or_base64(value, &magic)?)));
    match found.as_ref().map(|(kind, bytes)| (kind, &bytes[4..])) {
        Some((kind, [0, 0, 0, 1 | 2, 0, 0, count @ ..])) if count.len() > 24 => {
            Outcome::decodes("magic number, version and count of entries")
                .fact("kind", kind)
                .advise(Level::Medium, "protected by a password, which is often changeit")
        }
        _ => Outcome::fail("no Java key store"),
    }
}

type Json = Map<String, Value>;

fn text<'j>(json: &'j Json, name: &str) -> Option<&'j str> {
    json.get(name)?.as_str()
}

/// JSON, or base64 of it.
fn json(value: &[u8]) -> Option<Json> {
    let direct = serde_json::from_slice(value).ok();
    // As code writes it that has other quotes.
    let quoted = || (!value.contains(&b'"')).then(|| value.replace("'", "\""));
    direct
        .or_else(|| serde_json::from_slice(&base64(value.trim_ascii())?).ok())
        .or_else(|| serde_json::from_slice(&quoted()?).ok())
}

fn jwk(value: &[u8], _: &Context<'_>) -> Outcome {
    let Some(json) = json(value) else {
        return Outcome::fail("not a JSON object");
    };
    let Some(Value::Array(keys)) = json.get("keys") else {
        return one_jwk(&json);
    };
    // Of a set, the first key that is not harmless speaks.
    let outcomes = keys.iter().filter_map(Value::as_object).map(one_jwk);
    let mut harmless = None;
    for outcome in outcomes {
        match outcome.verdict.word() {
            "harmless" => harmless = Some(outcome),
            _ => return outcome,
        }
    }
    harmless.unwrap_or(Outcome::fail("an empty key set"))
}

fn one_jwk(key: &Json) -> Outcome {
    let Some(kind) = text(key, "kty") else {
        return Outcome::fail("names no kind of key");
    };
    let number = |name: &str| text(key, name).and_then(|text| base64(text.as_bytes()));
    let curve = text(key, "crv").unwrap_or_default();
    let outcome = match kind {
        "oct" => match number("k") {
            Some(bytes) if bytes.len() >= 16 => {
                Outcome::pass("a symmetric key").fact("size", format!("{} bits", bytes.len() * 8))
            }
            Some(_) => Outcome::fail("shorter than any cipher's key"),
            None => Outcome::fail("no key, or not base64"),
        },
        "RSA" | "EC" | "OKP" if !key.contains_key("d") => return Outcome::harmless("a public key"),
        "RSA" => match (number("n"), number("d"), number("p"), number("q")) {
            (Some(n), Some(_), Some(p), Some(q)) if der::multiplies(&n, &p, &q) => {
                Outcome::pass("p × q = n, modulo a 61-bit prime")
            }
            (Some(_), Some(_), Some(_), Some(_)) => Outcome::fail("the RSA numbers do not fit each other"),
            (Some(n), Some(d), ..) if n.len() >= 64 && d.len() <= n.len() => {
                Outcome::decodes("modulus and exponent of one size")
            }
            _ => Outcome::fail("numbers are missing or not base64"),
        },
        "EC" | "OKP" => {
            let size = match curve {
                "P-256" | "secp256k1" | "Ed25519" | "X25519" => 32,
                "P-384" => 48,
                "P-521" => 66,
                "Ed448" => 57,
                "X448" => 56,
                _ => return Outcome::fail("names no known curve"),
            };
            match number("d") {
                Some(bytes) if bytes.len() == size => Outcome::pass("a number of its curve's length"),
                _ => Outcome::fail("not a number of its curve's length"),
            }
        }
        _ => return Outcome::fail("no known kind of key"),
    };
    let kind = match curve {
        "" => kind.to_owned(),
        curve => format!("{kind} {curve}"),
    };
    outcome.fact("kind", kind).fact_if("algorithm", text(key, "alg")).fact_if("key id", text(key, "kid"))
}

fn jwk_sample(made: &mut Made) -> Vec<u8> {
    let number = BASE64URL_NOPAD.encode(&made.bytes::<32>());
    let point = BASE64URL_NOPAD.encode(&made.bytes::<32>());
    let text = match made.below(3) {
        0 => format!(r#"{{"kty":"EC","crv":"P-256","x":"{point}","y":"{point}","d":"{number}"}}"#),
        1 => format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{point}","d":"{number}"}}"#),
        _ => format!(r#"{{"kty":"oct","alg":"HS256","k":"{number}"}}"#),
    };
    text.into_bytes()
}

fn tink(value: &[u8], _: &Context<'_>) -> Outcome {
    let Some(json) = json(value).filter(|json| json.contains_key("primaryKeyId")) else {
        return Outcome::fail("no JSON keyset");
    };
    let keys = json.get("key").and_then(Value::as_array);
    let data = keys.into_iter().flatten().filter_map(|key| key.get("keyData"));
    let mut public = 0;
    for data in data {
        let material = data.get("keyMaterialType").and_then(Value::as_str);
        let name = data.get("typeUrl").and_then(Value::as_str).unwrap_or_default();
        let value = data.get("value").and_then(Value::as_str).unwrap_or_default();
        match material {
            Some("SYMMETRIC" | "ASYMMETRIC_PRIVATE")
                if base64(value.as_bytes()).is_some_and(|key| key.len() >= 16) =>
            {
                let kind = name.rsplit('.').next().unwrap_or_default();
                return Outcome::pass("a keyset with clear key material").fact("kind", kind);
            }
            Some("ASYMMETRIC_PUBLIC" | "REMOTE") => public += 1,
            _ => {}
        }
    }
    match public {
        0 if json.contains_key("encryptedKeyset") => Outcome::harmless("an encrypted keyset"),
        0 => Outcome::fail("no key material"),
        _ => Outcome::harmless("public keys or references only"),
    }
}

fn wireguard(value: &[u8], _: &Context<'_>) -> Outcome {
    let Some(key) = base64(value).filter(|key| key.len() == 32 && value.len() == 44) else {
        return Outcome::fail("not 32 bytes in base64");
    };
    match key[0] % 8 == 0 && (64..128).contains(&key[31]) {
        true => Outcome::decodes("the five bits of a Curve25519 secret are set"),
        false => Outcome::fail("not clamped as a secret is: a public or preshared key, or something else"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::structure::check;

    fn word(name: &str, value: &[u8]) -> &'static str {
        check(name, value).expect("registered").verdict.word()
    }

    #[test]
    fn public_jwks_are_harmless() {
        assert_eq!(word("jwk", br#"{"kty":"RSA","n":"AQAB","e":"AQAB"}"#), "harmless");
        assert_eq!(word("jwk", br#"{"keys":[{"kty":"RSA","n":"AQAB"},{"kty":"EC"}]}"#), "harmless");
        let private = String::from_utf8(jwk_sample(&mut Made::new(1))).expect("JSON");
        let set = format!(r#"{{"keys":[{{"kty":"RSA","n":"AQAB"}},{private}]}}"#);
        assert_eq!(word("jwk", set.as_bytes()), "pass");
        assert_eq!(word("jwk", BASE64.encode(private.as_bytes()).as_bytes()), "pass");
        assert_eq!(word("jwk", private.replace('"', "'").as_bytes()), "pass");
    }

    #[test]
    fn jwk_numbers_must_multiply() {
        let encode = |number: &[u8]| BASE64URL_NOPAD.encode(number);
        let text = |n: &[u8]| {
            let (n, d, p) = (encode(n), encode(&[5; 2]), encode(&[3]));
            format!(r#"{{"kty":"RSA","n":"{n}","d":"{d}","p":"{p}","q":"{p}"}}"#)
        };
        assert_eq!(word("jwk", text(&[9]).as_bytes()), "pass");
        assert_eq!(word("jwk", text(&[8]).as_bytes()), "fail");
    }

    #[test]
    fn the_well_known_start_of_pkcs12() {
        let bytes = (0..9).map(|seed| pkcs12_sample(&mut Made::new(seed)));
        let text = bytes.into_iter().find(|bytes| bytes.is_ascii()).expect("half are base64");
        let text = String::from_utf8(text).expect("ASCII");
        assert!(text.starts_with("MI"), "{text}");
    }
}
