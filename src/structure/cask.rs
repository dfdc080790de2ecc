//! Microsoft's common annotated security keys, 2024 and later (`JQQJ9…`).
//! Source: github.com/microsoft/security-utilities, CommonAnnotatedKey and IdentifiableSecrets.

use data_encoding::BASE64;

use super::marvin::{marvin32, seed};
use super::sample::Made;
use super::text::{BASE62, only};
use super::{Check, Context, Outcome, Strength};

pub(super) const CHECKS: &[Check] = &[Check {
    name: "azure-cask",
    what: "the tail is the Marvin32 of the first 60 bytes; the month of making is readable",
    source: "https://github.com/microsoft/security-utilities",
    strength: Strength::Partial {
        why: "the tail of the short form keeps 24 bits: one change in 16 million goes unnoticed",
    },
    run: cask,
    sample: cask_sample,
}];

/// Who makes keys with this signature, whatever its case.
const MAKERS: &[(&[u8; 4], &str)] = &[
    (b"AZDO", "Azure DevOps"),
    (b"ACOG", "Azure AI services"),
    (b"AZAC", "App Configuration"),
    (b"AZEG", "Event Grid"),
    (b"AZMP", "Maps"),
    (b"AZCS", "Communication Services"),
    (b"AZFR", "Fluid Relay"),
    (b"AZMR", "Mixed Reality"),
    (b"MSQL", "SQL"),
];

/// What the character before `ACOG` names.
const COGNITIVE: &[(u8, &str)] = &[
    (b'A', "AI Services"),
    (b'B', "Azure OpenAI"),
    (b'E', "Cognitive Services"),
    (b'F', "Vision"),
    (b'K', "Face"),
    (b'Y', "Speech"),
];

fn cask(value: &[u8], _: &Context<'_>) -> Outcome {
    if !matches!(value.len(), 84 | 88) || value.get(52..57) != Some(b"JQQJ9") {
        return Outcome::fail("not 84 or 88 characters with JQQJ9 at 52");
    }
    let tail = value[80..].strip_suffix(b"==").unwrap_or(&value[80..]);
    let Ok(hashed) = BASE64.decode(&value[..80]) else {
        return Outcome::fail("not base64");
    };
    let kind = match value[57] {
        b'9' => "key",
        b'D' => "derived key",
        b'H' => "hash",
        _ => return Outcome::fail("no known kind at 57"),
    };
    if !writings(marvin32(seed(b"Default0"), &hashed)).iter().any(|sum| agree(sum, tail)) {
        return Outcome::fail("the checksum does not hold");
    }
    let signature: &[u8] = &value[76..80];
    let maker = MAKERS.iter().find(|(known, _)| known.eq_ignore_ascii_case(signature));
    let service = match value[75] {
        letter if signature.eq_ignore_ascii_case(b"ACOG") => {
            COGNITIVE.iter().find(|(known, _)| *known == letter)
        }
        _ => None,
    };
    let service = service.map(|(_, name)| *name).or(maker.map(|(_, name)| *name));
    let keeper = match signature.iter().all(u8::is_ascii_lowercase) {
        true => "Microsoft",
        false => "customer",
    };
    Outcome::pass("Marvin32 holds")
        .fact_if("service", service)
        .fact("kind", kind)
        .fact("managed by", keeper)
        .fact_if("created", month(value[58], value[59]))
}

/// `A`, `A` is January 2024.
fn month(year: u8, month: u8) -> Option<String> {
    const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let year = LETTERS.iter().position(|&letter| letter == year)?;
    let month = (b'A'..=b'L').position(|letter| letter == month)?;
    Some(format!("{}-{:02}", 2024 + year, month + 1))
}

/// The sum as the vendor's tools have written it: base64 of its bytes at first, then base 62 of
/// the number, whose bytes were taken in either order.
fn writings(sum: u32) -> [String; 3] {
    let little = sum.to_le_bytes();
    [BASE64.encode(&little), base62(little), base62(sum.to_be_bytes())]
}

/// A number in base 62; a leading zero byte is written as a leading zero digit.
fn base62(bytes: [u8; 4]) -> String {
    let zeros = bytes.iter().take_while(|&&byte| byte == 0).count().min(3);
    let digits = super::text::number(u32::from_be_bytes(bytes).into(), BASE62, 1);
    "0".repeat(zeros) + &digits
}

/// A short tail keeps the first characters of the sum.
fn agree(sum: &str, tail: &[u8]) -> bool {
    let sum = sum.trim_end_matches('=').as_bytes();
    let shared = sum.len().min(tail.len());
    shared >= 4 && sum[..shared] == tail[..shared]
}

fn cask_sample(made: &mut Made) -> Vec<u8> {
    let (signature, _) = made.pick(MAKERS);
    let signature = String::from_utf8_lossy(signature).into_owned();
    let (kind, tail) = made.pick(&[("9", 4), ("9", 6), ("D", 4)]);
    let year = made.text(b"ABCDEF", 1);
    let month = made.text(b"ABCDEFGHIJKL", 1);
    let hashed = format!(
        "{}JQQJ9{kind}{year}{month}{}AAA{}{signature}",
        made.text(BASE62, 52),
        made.text(BASE62, 12),
        made.text(b"ABEFKY", 1),
    );
    let bytes = BASE64.decode(hashed.as_bytes()).expect("80 base-62 characters are base64");
    let sums = writings(marvin32(seed(b"Default0"), &bytes));
    let sum = match kind {
        "9" => &sums[0],
        _ => &sums[2],
    };
    // The vendor draws again while the text has `+` or `/`, or is too short.
    match sum.get(..tail).filter(|sum| only(sum.as_bytes(), BASE62)) {
        Some(sum) => format!("{hashed}{sum}{}", if tail == 6 { "==" } else { "" }).into_bytes(),
        None => cask_sample(made),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months() {
        assert_eq!(month(b'A', b'A').as_deref(), Some("2024-01"));
        assert_eq!(month(b'C', b'L').as_deref(), Some("2026-12"));
        assert_eq!(month(b'A', b'M'), None);
    }

    #[test]
    fn base62_keeps_leading_zero_bytes() {
        assert_eq!(base62([0, 0, 0, 0]), "0000");
        assert_eq!(base62([0, 0, 0, 61]), "000z");
        assert_eq!(base62([0, 0, 1, 0]), "0048");
    }

    #[test]
    fn the_speech_service_is_named() {
        let outcome = (0..200).find_map(|seed| {
            let value = cask_sample(&mut Made::new(seed));
            (&value[75..80] == b"YACOG").then(|| cask(&value, &Context::default()))
        });
        let facts = outcome.expect("one sample in 54 is a speech key").facts;
        assert!(facts.iter().any(|fact| fact.value == "Speech"), "{facts:?}");
    }
}
