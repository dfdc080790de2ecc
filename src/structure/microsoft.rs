//! Microsoft's other tokens: Entra client secrets, old DevOps tokens, shared access signatures.

use data_encoding::{BASE32_NOPAD, BASE64};

use super::marvin::{marvin32, seed};
use super::sample::Made;
use super::text::{BASE62, base64, is};
use super::{Check, Context, Outcome, Strength, moment};

const SOURCE: &str = "https://github.com/microsoft/security-utilities";

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "azure-devops-old",
        what: "4 scattered bytes of the 32 are the CRC-32 of the other 28, masked",
        source: SOURCE,
        strength: Strength::Checksum { skip: 0, spare: 0 },
        run: devops,
        sample: devops_sample,
    },
    Check {
        name: "entra-secret",
        what: "the last 3 characters are a piece of the Marvin32 of the others",
        source: SOURCE,
        strength: Strength::Partial { why: "18 bits of checksum: one change in 287,496 goes unnoticed" },
        run: entra,
        sample: entra_sample,
    },
    Check {
        name: "azure-sas",
        what: "a query string with a version date and a 32-byte signature",
        source: "https://learn.microsoft.com/en-us/rest/api/storageservices/create-account-sas",
        strength: Strength::Structure,
        run: sas,
        sample: sas_sample,
    },
];

/// What the checksum of an old DevOps token is masked with, by who it is for.
const DEVOPS_MASKS: &[(u32, &str)] = &[(0xe0b9_692d, "user token"), (0x1019_f92e, "application token")];

fn devops_sum(bytes: &[u8; 32]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    for part in [0..2, 3..7, 9..22, 23..32] {
        hasher.update(&bytes[part]);
    }
    hasher.finalize()
}

fn devops(value: &[u8], _: &Context<'_>) -> Outcome {
    let upper = value.to_ascii_uppercase();
    let lower = value.iter().all(|byte| !byte.is_ascii_uppercase());
    let bytes = BASE32_NOPAD.decode(&upper).ok().filter(|_| lower);
    let Some(bytes) = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok()) else {
        return Outcome::fail("not 52 lower-case base-32 characters");
    };
    let told = u32::from_le_bytes([bytes[22], bytes[8], bytes[7], bytes[2]]);
    let sum = devops_sum(&bytes);
    match DEVOPS_MASKS.iter().find(|(mask, _)| sum ^ mask == told) {
        Some((_, kind)) => Outcome::pass("CRC-32 holds").fact("kind", kind),
        None => Outcome::fail("the checksum does not hold"),
    }
}

fn devops_sample(made: &mut Made) -> Vec<u8> {
    let mut bytes = made.bytes::<32>();
    let (mask, _) = made.pick(DEVOPS_MASKS);
    let sum = (devops_sum(&bytes) ^ mask).to_le_bytes();
    [bytes[22], bytes[8], bytes[7], bytes[2]] = sum;
    BASE32_NOPAD.encode(&bytes).to_ascii_lowercase().into_bytes()
}

const BASE66: &[u8; 66] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ1234567890.-_~";

/// The first 3 of the 6 base-66 digits.
fn entra_sum(hashed: &[u8]) -> String {
    let digits = super::text::number(marvin32(seed(b"AadPwd00"), hashed).into(), BASE66, 6);
    digits[..3].to_owned()
}

fn entra(value: &[u8], _: &Context<'_>) -> Outcome {
    if value.get(3..6) == Some(b"7Q~") && is(value, BASE66, 37) {
        return Outcome::unknown("secrets with 7Q~ have no checksum");
    }
    if value.get(3..6) != Some(b"8Q~") || !is(value, BASE66, 40) {
        return Outcome::fail("not the length or alphabet of a client secret");
    }
    let (hashed, tail) = value.split_at(37);
    Outcome::sum(entra_sum(hashed).as_bytes() == tail, "Marvin32 piece holds")
}

fn entra_sample(made: &mut Made) -> Vec<u8> {
    let hashed = format!("{}8Q~{}", made.text(BASE62, 3), made.text(BASE66, 31));
    let sum = entra_sum(hashed.as_bytes());
    format!("{hashed}{sum}").into_bytes()
}

fn sas(value: &[u8], context: &Context<'_>) -> Outcome {
    let value = value.strip_prefix(b"?").unwrap_or(value);
    let Ok(text) = std::str::from_utf8(value) else {
        return Outcome::fail("not a query string");
    };
    let text = text.replace("&amp;", "&");
    let get = |name: &str| {
        let pair = text.split('&').find(|pair| pair.split('=').next() == Some(name))?;
        pair.split_once('=').map(|(_, value)| unescape(value))
    };
    let (Some(version), Some(signature)) = (get("sv"), get("sig")) else {
        return Outcome::fail("no sv or no sig");
    };
    if moment::parse(&version).is_none() {
        return Outcome::fail("sv is not a date");
    }
    if base64(signature.as_bytes()).is_none_or(|bytes| bytes.len() != 32) {
        return Outcome::fail("the signature is not 32 bytes");
    }
    let kind = match (get("ss"), get("skoid"), get("sr")) {
        (Some(_), ..) => "account SAS",
        (_, Some(_), _) => "user delegation SAS",
        (.., Some(_)) => "service SAS",
        _ => "SAS",
    };
    let outcome =
        Outcome::pass("dated, with a 32-byte signature").fact("kind", kind).fact_if("rights", get("sp"));
    match get("se").and_then(|end| moment::parse(&end)) {
        Some(end) => outcome.expires(end, context),
        None => outcome,
    }
}

/// Undoes `%XX`; anything else stays.
fn unescape(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = bytes.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        let byte = hex.and_then(|hex| data_encoding::HEXUPPER_PERMISSIVE.decode(hex).ok());
        plain.push(byte.as_ref().map_or(bytes[at], |byte| byte[0]));
        at += if byte.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&plain).into_owned()
}

fn sas_sample(made: &mut Made) -> Vec<u8> {
    let year = 2020 + made.below(20);
    let signature = BASE64.encode(&made.bytes::<32>());
    let signature = signature.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    format!("sv=2022-11-02&ss=b&srt=sco&sp=rwdl&se={year}-06-01T12%3A00%3A00Z&spr=https&sig={signature}")
        .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::structure::{Level, check_in, sample};

    #[test]
    fn a_signature_in_the_past_is_expired() {
        let value = sample("azure-sas", 3).expect("registered");
        let at = |now| {
            let context = Context { now: Some(now), beside: None };
            check_in("azure-sas", &value, &context).expect("registered").advice
        };
        assert_eq!(at(0), None);
        assert_eq!(at(4_000_000_000).map(|advice| advice.level), Some(Level::Low));
    }
}
