//! Azure's identifiable keys: a signature in the text, a Marvin32 at the end.
//! Source: github.com/microsoft/security-utilities, IdentifiableSecrets and its metadata.

use data_encoding::{BASE64, BASE64URL, Encoding};

use super::marvin::{marvin32, seed};
use super::sample::Made;
use super::{Check, Outcome, Strength};

const SOURCE: &str = "https://github.com/microsoft/security-utilities";

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "azure-key-64",
        what: "64 bytes whose last 4 are the Marvin32 of the others",
        source: SOURCE,
        strength: Strength::Checksum { skip: 0, spare: 0 },
        run: |value, _| identifiable(value, &KEY_64),
        sample: |made| identifiable_sample(made, &KEY_64),
    },
    Check {
        name: "azure-key-32",
        what: "32 bytes whose last 4 are the Marvin32 of the others",
        source: SOURCE,
        strength: Strength::Checksum { skip: 0, spare: 0 },
        run: |value, _| identifiable(value, &KEY_32),
        sample: |made| identifiable_sample(made, &KEY_32),
    },
    Check {
        name: "azure-key-39",
        what: "39 bytes whose last 4 are the Marvin32 of the others",
        source: SOURCE,
        strength: Strength::Checksum { skip: 0, spare: 0 },
        run: |value, _| identifiable(value, &KEY_39),
        sample: |made| identifiable_sample(made, &KEY_39),
    },
    Check {
        name: "azure-key-40",
        what: "40 bytes whose last 4 are the Marvin32 of the others",
        source: SOURCE,
        strength: Strength::Checksum { skip: 0, spare: 0 },
        run: |value, _| identifiable(value, &KEY_40),
        sample: |made| identifiable_sample(made, &KEY_40),
    },
];

struct Shape {
    bytes: usize,
    /// Where the four characters of the signature stand.
    at: usize,
    encoding: &'static Encoding,
    makers: &'static [Maker],
}

/// Who makes keys with this signature, and the seeds by what they open.
struct Maker {
    signature: &'static [u8; 4],
    service: &'static str,
    seeds: &'static [(&'static [u8; 8], &'static str)],
}

const MESSAGING: &[(&[u8; 8], &str)] =
    &[(b"Send0000", "send"), (b"Listen00", "listen"), (b"Manage00", "manage")];

const KEY_64: Shape = Shape {
    bytes: 64,
    at: 76,
    encoding: &BASE64,
    makers: &[
        Maker { signature: b"+ASt", service: "Storage", seeds: &[(b"Default0", "account key")] },
        Maker {
            signature: b"ACDb",
            service: "Cosmos DB",
            seeds: &[(b"MastRW00", "read-write key"), (b"MastRO00", "read-only key")],
        },
        Maker { signature: b"+ABa", service: "Batch", seeds: &[(b"AbAcct00", "account key")] },
        Maker { signature: b"+AMC", service: "Machine Learning (classic)", seeds: &[(b"Classic0", "key")] },
        Maker {
            signature: b"APIM",
            service: "API Management",
            seeds: &[
                (b"Tenant00", "management key"),
                (b"IoTHub00", "subscription key"),
                (b"Gatewy00", "gateway key"),
                (b"GitKey00", "repository key"),
            ],
        },
    ],
};

const KEY_32: Shape = Shape {
    bytes: 32,
    at: 33,
    encoding: &BASE64,
    makers: &[
        Maker { signature: b"+ASb", service: "Service Bus", seeds: MESSAGING },
        Maker { signature: b"+AEh", service: "Event Hubs", seeds: MESSAGING },
        Maker { signature: b"+ARm", service: "Relay", seeds: MESSAGING },
        Maker {
            signature: b"AIoT",
            service: "IoT Hub",
            seeds: &[
                (b"IoTHub00", "hub key"),
                (b"DpsKey00", "device provisioning key"),
                (b"Device00", "device key"),
            ],
        },
        Maker { signature: b"AzCa", service: "Cache for Redis", seeds: &[(b"Access00", "access key")] },
        Maker { signature: b"AZEG", service: "Event Grid", seeds: &[(b"Default0", "key")] },
    ],
};

const KEY_39: Shape = Shape {
    bytes: 39,
    at: 42,
    encoding: &BASE64,
    makers: &[
        Maker {
            signature: b"AzSe",
            service: "AI Search",
            seeds: &[(b"PAdmin00", "admin key"), (b"Query000", "query key")],
        },
        Maker { signature: b"+ACR", service: "Container Registry", seeds: &[(b"ACRDfl00", "key")] },
    ],
};

const KEY_40: Shape = Shape {
    bytes: 40,
    at: 44,
    encoding: &BASE64URL,
    makers: &[Maker {
        signature: b"AzFu",
        service: "Functions",
        seeds: &[(b"Functi00", "function key"), (b"Master00", "master key"), (b"System00", "system key")],
    }],
};

fn identifiable(value: &[u8], shape: &Shape) -> Outcome {
    let Ok(bytes) = shape.encoding.decode(value) else {
        return Outcome::fail("not base64 of this length");
    };
    if bytes.len() != shape.bytes {
        return Outcome::fail("not base64 of this length");
    }
    let signature = &value[shape.at..shape.at + 4];
    let Some(maker) = shape.makers.iter().find(|maker| maker.signature == signature) else {
        // Keys made before signatures came, and those of other services, are of the same length.
        return Outcome::unknown("no known signature, so no checksum to hold it to");
    };
    let (hashed, sum) = bytes.split_at(shape.bytes - 4);
    let role = maker.seeds.iter().find(|(name, _)| {
        let expected = marvin32(seed(name), hashed).to_le_bytes();
        sum == expected || (maker.signature == b"AzCa" && redis_text(hashed, expected, shape) == value)
    });
    match role {
        Some((_, role)) => Outcome::pass("Marvin32 holds").fact("service", maker.service).fact("kind", role),
        None => Outcome::fail("the checksum does not hold"),
    }
}

/// Redis keys avoid `+` and `/`: both are replaced in the finished text, checksum included.
fn redis_text(hashed: &[u8], sum: [u8; 4], shape: &Shape) -> Vec<u8> {
    let text = shape.encoding.encode(&[hashed, &sum].concat()).into_bytes();
    text.into_iter().map(redis_letter).collect()
}

fn redis_letter(byte: u8) -> u8 {
    match byte {
        b'+' => b'P',
        b'/' => b'F',
        other => other,
    }
}

fn identifiable_sample(made: &mut Made, shape: &Shape) -> Vec<u8> {
    let maker = &shape.makers[made.below(shape.makers.len() as u64) as usize];
    let (name, _) = made.pick(maker.seeds);
    let random = made.bytes::<64>();
    let mut text = shape.encoding.encode(&random[..shape.bytes]).into_bytes();
    text[shape.at..shape.at + 4].copy_from_slice(maker.signature);
    // The bits between the signature and the checksum are zero, as the vendor leaves them.
    text[shape.at + 4] = b'A';
    if maker.signature == b"AzCa" {
        text.iter_mut().for_each(|byte| *byte = redis_letter(*byte));
    }
    let mut bytes = shape.encoding.decode(&text).expect("made of base64 characters");
    let end = shape.bytes - 4;
    let sum = marvin32(seed(name), &bytes[..end]).to_le_bytes();
    bytes[end..].copy_from_slice(&sum);
    match maker.signature {
        b"AzCa" => redis_text(&bytes[..end], sum, shape),
        _ => shape.encoding.encode(&bytes).into_bytes(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::structure::check;

    #[test]
    fn every_seed_of_every_maker_is_told_apart() {
        for shape in [&KEY_64, &KEY_32, &KEY_39, &KEY_40] {
            let mut seen = std::collections::BTreeSet::new();
            for seed in 0..400 {
                let value = identifiable_sample(&mut Made::new(seed), shape);
                let outcome = identifiable(&value, shape);
                assert!(outcome.is_pass());
                seen.insert(outcome.facts.iter().map(|fact| fact.value.clone()).collect::<Vec<_>>());
            }
            let known: usize = shape.makers.iter().map(|maker| maker.seeds.len()).sum();
            assert_eq!(seen.len(), known);
        }
    }

    #[test]
    fn a_key_without_a_signature_is_not_judged() {
        let value = BASE64.encode(&[7; 64]);
        let outcome = check("azure-key-64", value.as_bytes()).expect("registered");
        assert_eq!(outcome.verdict.word(), "unknown");
        let other = BASE64.encode(&[7; 63]);
        assert!(check("azure-key-64", other.as_bytes()).expect("registered").is_fail());
    }
}
