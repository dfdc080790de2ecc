//! Private keys and seeds with the checksum their standard gives them: CRC-16 (NATS, Stellar),
//! bech32 (age, Nostr) and base58check (Bitcoin, XRP).

use bech32::primitives::decode::CheckedHrpstring;
use bech32::{Bech32, Hrp};
use data_encoding::BASE32_NOPAD;
use sha2::{Digest, Sha256};

use super::sample::Made;
use super::{Check, Context, Outcome, Strength};

const ALL: Strength = Strength::Checksum { skip: 0, spare: 0 };

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "nats-nkey",
        what: "36 bytes whose last 2 are the CRC-16 of the others",
        source: "https://github.com/nats-io/nkeys",
        strength: ALL,
        run: nats,
        sample: nats_sample,
    },
    Check {
        name: "stellar-seed",
        what: "35 bytes whose last 2 are the CRC-16 of the others",
        source: "https://github.com/stellar/stellar-protocol/blob/master/ecosystem/sep-0023.md",
        strength: ALL,
        run: stellar,
        sample: stellar_sample,
    },
    Check {
        name: "age-secret-key",
        what: "bech32 of 32 bytes",
        source: "https://age-encryption.org/v1",
        strength: ALL,
        run: |value, _| bech32_key(value, "age-secret-key-"),
        sample: |made| {
            let key = bech32::encode_upper::<Bech32>(hrp("age-secret-key-"), &made.bytes::<32>());
            key.expect("32 bytes fit").into_bytes()
        },
    },
    Check {
        name: "nostr-nsec",
        what: "bech32 of 32 bytes",
        source: "https://github.com/nostr-protocol/nips/blob/master/19.md",
        strength: ALL,
        run: |value, _| bech32_key(value, "nsec"),
        sample: |made| {
            let key = bech32::encode_lower::<Bech32>(hrp("nsec"), &made.bytes::<32>());
            key.expect("32 bytes fit").into_bytes()
        },
    },
    Check {
        name: "bitcoin-wif",
        what: "base58check of a 32-byte private key",
        source: "https://en.bitcoin.it/wiki/Wallet_import_format",
        strength: ALL,
        run: wif,
        sample: wif_sample,
    },
    Check {
        name: "bip32-xprv",
        what: "base58check of an extended private key of 78 bytes",
        source: "https://github.com/bitcoin/bips/blob/master/bip-0032.mediawiki",
        strength: ALL,
        run: xprv,
        sample: xprv_sample,
    },
    Check {
        name: "xrp-seed",
        what: "base58check, Ripple's alphabet, of a 16-byte seed",
        source: "https://xrpl.org/docs/references/protocol/data-types/base58-encodings",
        strength: ALL,
        run: xrp,
        sample: xrp_sample,
    },
];

/// CRC-16/XMODEM: polynomial 1021, starting from 0.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |sum: u16, &byte| {
        (0..8).fold(sum ^ (u16::from(byte) << 8), |sum, _| {
            let shifted = sum << 1;
            if sum & 0x8000 == 0 { shifted } else { shifted ^ 0x1021 }
        })
    })
}

/// Base 32 of `N` bytes that end in the CRC-16 of the others, little-endian.
fn crc16_body<const N: usize>(value: &[u8]) -> Result<[u8; N], Outcome> {
    let bytes = BASE32_NOPAD.decode(value).ok().and_then(|bytes| bytes.try_into().ok());
    let bytes: [u8; N] = bytes.ok_or(Outcome::fail("not base 32 of this length"))?;
    let (hashed, sum) = bytes.split_at(N - 2);
    match crc16(hashed).to_le_bytes() == sum {
        true => Ok(bytes),
        false => Err(Outcome::fail("the checksum does not hold")),
    }
}

fn crc16_text(body: &[u8]) -> Vec<u8> {
    let sum = crc16(body).to_le_bytes();
    BASE32_NOPAD.encode(&[body, &sum].concat()).into_bytes()
}

/// Types of seed: the five bits that are the second letter, and what they open.
const NATS: &[(u8, &str)] = &[
    (0, "account"),
    (2, "cluster"),
    (13, "server"),
    (14, "operator"),
    (15, "private key"),
    (20, "user"),
    (23, "curve key"),
];

fn nats(value: &[u8], _: &Context<'_>) -> Outcome {
    let bytes: [u8; 36] = match crc16_body(value) {
        Ok(bytes) => bytes,
        Err(outcome) => return outcome,
    };
    let kind = (bytes[0] & 7) << 2 | bytes[1] >> 6;
    match NATS.iter().find(|(known, _)| *known == kind) {
        Some((_, kind)) if bytes[0] & 0xf8 == 0x90 && bytes[1] & 0x3f == 0 => {
            Outcome::pass("CRC-16 holds").fact("kind", kind)
        }
        _ => Outcome::fail("no known kind of seed"),
    }
}

fn nats_sample(made: &mut Made) -> Vec<u8> {
    let (kind, _) = made.pick(NATS);
    let head = [0x90 | kind >> 2, kind << 6];
    crc16_text(&[&head[..], &made.bytes::<32>()].concat())
}

fn stellar(value: &[u8], _: &Context<'_>) -> Outcome {
    match crc16_body::<35>(value) {
        Ok([0x90, ..]) => Outcome::pass("CRC-16 holds"),
        Ok(_) => Outcome::harmless("a public key, not a seed"),
        Err(outcome) => outcome,
    }
}

fn stellar_sample(made: &mut Made) -> Vec<u8> {
    crc16_text(&[&[0x90][..], &made.bytes::<32>()].concat())
}

fn hrp(name: &str) -> Hrp {
    Hrp::parse(name).expect("a known prefix is a valid one")
}

fn bech32_key(value: &[u8], name: &str) -> Outcome {
    let text = std::str::from_utf8(value).unwrap_or_default();
    let Ok(parsed) = CheckedHrpstring::new::<Bech32>(text) else {
        return Outcome::fail("the checksum does not hold");
    };
    match parsed.hrp() == hrp(name) && parsed.byte_iter().count() == 32 {
        true => Outcome::pass("bech32 checksum holds"),
        false => Outcome::fail("not 32 bytes under this prefix"),
    }
}

/// Base 58 decoding is quadratic, and no key is longer.
const LONGEST_BASE58: usize = 120;

/// The payload of a base58check text.
fn base58check(value: &[u8], alphabet: &bs58::Alphabet) -> Option<Vec<u8>> {
    if value.len() > LONGEST_BASE58 {
        return None;
    }
    let mut bytes = bs58::decode(value).with_alphabet(alphabet).into_vec().ok()?;
    let at = bytes.len().checked_sub(4)?;
    let sum = bytes.split_off(at);
    (double_sha256(&bytes)[..4] == sum).then_some(bytes)
}

fn base58check_text(payload: &[u8], alphabet: &bs58::Alphabet) -> Vec<u8> {
    let sum = double_sha256(payload);
    let bytes = [payload, &sum[..4]].concat();
    bs58::encode(bytes).with_alphabet(alphabet).into_vec()
}

fn double_sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(Sha256::digest(bytes)).into()
}

fn wif(value: &[u8], _: &Context<'_>) -> Outcome {
    let Some(payload) = base58check(value, bs58::Alphabet::BITCOIN) else {
        return Outcome::fail("the checksum does not hold");
    };
    let outcome = Outcome::pass("base58check holds");
    match payload[..] {
        [0x80, ref key @ ..] if is_key(key) => outcome.fact("network", "main"),
        [0xef, ref key @ ..] if is_key(key) => test_network(outcome),
        _ => Outcome::fail("base58check of something else"),
    }
}

/// 32 bytes, and 01 after them if the public key is to be compressed.
fn is_key(key: &[u8]) -> bool {
    key.len() == 32 || (key.len() == 33 && key[32] == 1)
}

fn test_network(outcome: Outcome) -> Outcome {
    outcome.fact("network", "test").advise(super::Level::Low, "coins of the test network are worth nothing")
}

fn wif_sample(made: &mut Made) -> Vec<u8> {
    let mut payload = vec![made.pick(&[0x80, 0xef])];
    payload.extend_from_slice(&made.bytes::<32>());
    if made.below(2) == 0 {
        payload.push(1);
    }
    base58check_text(&payload, bs58::Alphabet::BITCOIN)
}

/// Versions of extended private keys.
const EXTENDED: &[(u32, &str)] =
    &[(0x0488_ade4, "main"), (0x049d_7878, "main"), (0x04b2_430c, "main"), (0x0435_8394, "test")];

fn xprv(value: &[u8], _: &Context<'_>) -> Outcome {
    let Some(payload) = base58check(value, bs58::Alphabet::BITCOIN) else {
        return Outcome::fail("the checksum does not hold");
    };
    let network = payload.first_chunk().and_then(|version| {
        let version = u32::from_be_bytes(*version);
        EXTENDED.iter().find(|(known, _)| *known == version)
    });
    let Some((_, network)) = network.filter(|_| payload.len() == 78 && payload[45] == 0) else {
        return Outcome::fail("base58check of something else");
    };
    let outcome = Outcome::pass("base58check holds").fact("depth", payload[4].to_string());
    match *network {
        "test" => test_network(outcome),
        network => outcome.fact("network", network),
    }
}

fn xprv_sample(made: &mut Made) -> Vec<u8> {
    let (version, _) = made.pick(EXTENDED);
    let mut payload = version.to_be_bytes().to_vec();
    payload.extend_from_slice(&made.bytes::<41>());
    payload.push(0);
    payload.extend_from_slice(&made.bytes::<32>());
    base58check_text(&payload, bs58::Alphabet::BITCOIN)
}

fn xrp(value: &[u8], _: &Context<'_>) -> Outcome {
    match base58check(value, bs58::Alphabet::RIPPLE).as_deref() {
        Some([0x21, seed @ ..]) if seed.len() == 16 => {
            Outcome::pass("base58check holds").fact("key type", "secp256k1")
        }
        Some([0x01, 0xe1, 0x4b, seed @ ..]) if seed.len() == 16 => {
            Outcome::pass("base58check holds").fact("key type", "ed25519")
        }
        Some(_) => Outcome::fail("base58check of something else"),
        None => Outcome::fail("the checksum does not hold"),
    }
}

fn xrp_sample(made: &mut Made) -> Vec<u8> {
    let head: &[u8] = made.pick(&[&[0x21][..], &[0x01, 0xe1, 0x4b]]);
    base58check_text(&[head, &made.bytes::<16>()].concat(), bs58::Alphabet::RIPPLE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::structure::check;

    fn passes(name: &str, pieces: &[&str]) -> bool {
        check(name, pieces.concat().as_bytes()).is_some_and(|outcome| outcome.is_pass())
    }

    #[test]
    fn crc16_of_the_check_string() {
        assert_eq!(crc16(b"123456789"), 0x31c3);
    }

    /// Samples of the standards and the projects' own documents, in pieces.
    #[test]
    fn known_answers() {
        assert!(passes("stellar-seed", &["SDJHRQF4GCMIIKAAAQ6IHY42", "X73FQFLHUULAPSKKD4DFDM7UXWWCRHBE"]));
        assert!(passes("bitcoin-wif", &["5HueCGU8rMjxEXxiPuD5BDku4", "MkFqeZyd4dZ1jvhTVqvbTLvyTJ"]));
        assert!(passes(
            "nostr-nsec",
            &["nsec1vl029mgpspedva04g90vltkh6f", "vh240zqtv9k0t9af8935ke9laqsnlfe5"]
        ));
        assert!(passes(
            "bip32-xprv",
            &[
                "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPP",
                "qjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi",
            ],
        ));
        assert!(passes("xrp-seed", &["snoPBrXtMeMyMHUVT", "gbuqAfg1SUTb"]));
        assert!(passes(
            "age-secret-key",
            &["AGE-SECRET-KEY-1", "GFPYYSJZGFPYYSJZGFPYYSJZGFPYYS", "JZGFPYYSJZGFPYYSJZGFPQ4EGAEX"],
        ));
    }

    /// As the vendor writes them: an operator's seed starts `SO`, a user's `SU`.
    #[test]
    fn the_second_letter_of_a_seed_tells_its_kind() {
        let kinds = [
            (b'A', "account"),
            (b'C', "cluster"),
            (b'N', "server"),
            (b'O', "operator"),
            (b'P', "private key"),
            (b'U', "user"),
            (b'X', "curve key"),
        ];
        for (letter, kind) in kinds {
            // Two letters, then 6 bits that are zero, as the seed begins with a whole byte.
            let mut head =
                BASE32_NOPAD.decode(&[b'S', letter, b'A', b'A', b'A', b'A', b'A', b'A']).expect("base 32");
            head.truncate(2);
            let seed = crc16_text(&[&head[..], &[7; 32]].concat());
            assert_eq!(seed[..2], [b'S', letter]);
            let outcome = check("nats-nkey", &seed).expect("registered");
            assert!(outcome.is_pass(), "{kind}: {:?}", outcome.verdict);
            assert_eq!(outcome.facts[0].value, kind);
        }
    }

    #[test]
    fn a_public_stellar_key_is_harmless() {
        let key = crc16_text(&[&[6 << 3][..], &[7; 32]].concat());
        let outcome = check("stellar-seed", &key).expect("registered");
        assert_eq!(outcome.verdict.word(), "harmless");
    }
}
