//! OpenPGP private keys in armor: CRC-24 of the armor, packets to the last byte, and whether a
//! password protects the key.

use data_encoding::{BASE64, BASE64_NOPAD};

use super::sample::Made;
use super::text::{base64, position};
use super::{Check, Context, Outcome, Strength, der, pem};

pub(super) const CHECKS: &[Check] = &[Check {
    name: "pgp-armor",
    what: "CRC-24 of the armor, and packets that end with it",
    source: "https://www.rfc-editor.org/rfc/rfc9580",
    strength: Strength::Checksum { skip: 0, spare: END.len() },
    run: pgp,
    sample: pgp_sample,
}];

const LABEL: &str = "PGP PRIVATE KEY BLOCK";
const END: &str = "-----END PGP PRIVATE KEY BLOCK-----";

fn crc24(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0xb7_04ce, |sum, &byte| {
        (0..8).fold(sum ^ u32::from(byte) << 16, |sum, _| {
            let shifted = sum << 1;
            if shifted & 0x100_0000 == 0 { shifted } else { shifted ^ 0x186_4cfb }
        })
    })
}

fn crc24_text(bytes: &[u8]) -> String {
    format!("={}", BASE64_NOPAD.encode(&crc24(bytes).to_be_bytes()[1..]))
}

pub(super) fn pgp(value: &[u8], _: &Context<'_>) -> Outcome {
    let block = pem::find(value);
    match block.label {
        b"PGP PRIVATE KEY BLOCK" => {}
        b"PGP PUBLIC KEY BLOCK" => return Outcome::harmless("a public key"),
        b"PGP MESSAGE" => return Outcome::harmless("an encrypted message"),
        b"PGP SIGNATURE" => return Outcome::harmless("a signature"),
        _ => return Outcome::fail("no armor of a private key"),
    }
    // Escapes are undone only where it does not read as it is: comments may hold quotes.
    let read = || armor(block.inside).or_else(|| armor(&pem::unfold(block.inside)));
    let Some((bytes, told)) = read() else {
        return Outcome::fail("the body is not base64: cut, or made up");
    };
    if told.as_ref().is_some_and(|told| crc24_text(&bytes).as_bytes() != told) {
        return Outcome::fail("the armor's checksum does not hold");
    }
    let proof = match told {
        Some(_) => "CRC-24 holds, packets end with the armor",
        None => "packets end with the armor",
    };
    secret_key(&bytes, proof)
}

/// What the lines of a block hold, and its checksum, if there is one.
fn armor(plain: &[u8]) -> Option<(Vec<u8>, Option<Vec<u8>>)> {
    let mut body = Vec::new();
    let mut told = None;
    for line in plain.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii) {
        match line {
            _ if position(line, b": ").is_some() || line.ends_with(b":") => {}
            [b'=', ..] if line.len() == 5 => told = Some(line.to_vec()),
            _ => body.extend_from_slice(line),
        }
    }
    base64(&body).filter(|bytes| !bytes.is_empty()).map(|bytes| (bytes, told))
}

/// The tag and body of the next packet.
fn packet<'b>(bytes: &mut &'b [u8]) -> Option<(u8, &'b [u8])> {
    let (&head, rest) = bytes.split_first()?;
    let number = |width: usize| {
        let digits = rest.get(..width)?;
        Some((digits.iter().fold(0, |sum, &byte| sum << 8 | usize::from(byte)), width))
    };
    let (tag, (length, width)) = match (head & 0xc0, rest.first()?) {
        (0x80, _) if head & 3 == 3 => (head >> 2 & 15, (rest.len(), 0)),
        (0x80, _) => (head >> 2 & 15, number(1 << (head & 3))?),
        (0xc0, 0..=191) => (head & 63, number(1)?),
        (0xc0, 192..=223) => {
            let (length, width) = number(2)?;
            (head & 63, (length - (192 << 8) + 192, width))
        }
        (0xc0, 255) => {
            let digits = rest.get(1..5)?;
            (head & 63, (digits.iter().fold(0, |sum, &byte| sum << 8 | usize::from(byte)), 5))
        }
        _ => return None,
    };
    let (body, rest) = rest[width..].split_at_checked(length)?;
    *bytes = rest;
    Some((tag, body))
}

const SECRET_KEY: u8 = 5;
const SECRET_SUBKEY: u8 = 7;
const USER_ID: u8 = 13;

/// The primary key may be a stub while a subkey is whole: the most telling of all keys decides.
fn secret_key(bytes: &[u8], proof: &'static str) -> Outcome {
    let mut rest = bytes;
    let mut keys = Vec::new();
    let mut user = None;
    while !rest.is_empty() {
        match packet(&mut rest) {
            Some((SECRET_KEY | SECRET_SUBKEY, body)) => keys.extend(Secret::read(body)),
            Some((USER_ID, body)) => user = user.or(Some(String::from_utf8_lossy(body))),
            Some(_) => {}
            None => {
                return Outcome::fail("the packets do not end with the armor: cut, or made up");
            }
        }
    }
    let Some(worst) = keys.iter().map(|key| key.material).max() else {
        return Outcome::fail("no secret-key packet inside");
    };
    let outcome = match worst {
        Material::Stub => Outcome::harmless("a stub: the secret is elsewhere, perhaps on a card"),
        Material::Wrong => Outcome::fail("the secret numbers' sum does not hold"),
        Material::Sealed => der::protected(Outcome::pass(proof), "string-to-key"),
        Material::Plain => Outcome::pass(proof).fact("encrypted", "no"),
    };
    outcome.fact_if("user", user).created(keys[0].created.into())
}

/// What stands where the secret numbers belong; the later, the worse the leak.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Material {
    Stub,
    Wrong,
    Sealed,
    Plain,
}

struct Secret {
    created: u32,
    material: Material,
}

impl Secret {
    fn read(packet: &[u8]) -> Option<Secret> {
        let [version, c0, c1, c2, c3, algorithm, rest @ ..] = packet else {
            return None;
        };
        let mut rest = rest;
        match version {
            4 => public_part(&mut rest, *algorithm)?,
            5 | 6 => {
                let (length, after) = rest.split_first_chunk::<4>()?;
                rest = after.get(u32::from_be_bytes(*length) as usize..)?;
            }
            _ => return None,
        }
        let (&usage, rest) = rest.split_first()?;
        let material = match usage {
            0 if *version == 4 => {
                let (numbers, sum) = rest.split_last_chunk::<2>()?;
                let expected = numbers.iter().fold(0u16, |sum, &byte| sum.wrapping_add(byte.into()));
                match expected.to_be_bytes() == *sum {
                    true => Material::Plain,
                    false => Material::Wrong,
                }
            }
            0 => Material::Plain,
            // Cipher, kind 101, hash, and GNU's name.
            254 | 255 if rest.get(1) == Some(&101) => Material::Stub,
            _ => Material::Sealed,
        };
        let created = u32::from_be_bytes([*c0, *c1, *c2, *c3]);
        Some(Secret { created, material })
    }
}

/// Steps over the public numbers.
fn public_part(rest: &mut &[u8], algorithm: u8) -> Option<()> {
    let (named, numbers, fixed) = match algorithm {
        1..=3 => (false, 2, 0),
        16 => (false, 3, 0),
        17 => (false, 4, 0),
        19 | 22 => (true, 1, 0),
        18 => (true, 1, 0),
        25 | 27 => (false, 0, 32),
        26 => (false, 0, 56),
        28 => (false, 0, 57),
        _ => return None,
    };
    if named {
        let (&length, after) = rest.split_first()?;
        *rest = after.get(usize::from(length)..)?;
    }
    for _ in 0..numbers {
        let (bits, after) = rest.split_first_chunk::<2>()?;
        *rest = after.get(usize::from(u16::from_be_bytes(*bits)).div_ceil(8)..)?;
    }
    *rest = rest.get(fixed..)?;
    if algorithm == 18 {
        let (&length, after) = rest.split_first()?;
        *rest = after.get(usize::from(length)..)?;
    }
    Some(())
}

fn pgp_sample(made: &mut Made) -> Vec<u8> {
    let mut key = vec![4];
    key.extend_from_slice(&(1_600_000_000 + made.below(100_000_000) as u32).to_be_bytes());
    key.extend_from_slice(&[22, 9, 0x2b, 6, 1, 4, 1, 0xda, 0x47, 0x0f, 1]);
    // 263 bits: the form byte 40 and 32 bytes.
    key.extend_from_slice(&[1, 7, 0x40]);
    key.extend_from_slice(&made.bytes::<32>());
    key.push(0);
    let mut secret = vec![1, 0];
    secret.extend_from_slice(&made.bytes::<32>());
    secret[2] |= 0x80;
    let sum = secret.iter().fold(0u16, |sum, &byte| sum.wrapping_add(byte.into()));
    key.extend_from_slice(&secret);
    key.extend_from_slice(&sum.to_be_bytes());
    let user = b"Made Up <made@up.example>";
    let head = |tag: u8, length: usize| [0xc0 | tag, length as u8];
    let bytes = [&head(SECRET_KEY, key.len())[..], &key, &head(USER_ID, user.len()), user].concat();
    let text = BASE64.encode(&bytes);
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).expect("ASCII")).collect();
    format!("-----BEGIN {LABEL}-----\n\n{}\n{}\n{END}", lines.join("\n"), crc24_text(&bytes)).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::structure::check;

    #[test]
    fn crc24_of_the_check_string() {
        assert_eq!(crc24(b"123456789"), 0x21_cf02);
    }

    #[test]
    fn headers_escapes_and_a_missing_sum() {
        let value = String::from_utf8(pgp_sample(&mut Made::new(1))).expect("text");
        let sum = value.lines().rev().nth(1).expect("has a sum").to_owned();
        for written in [
            value.replacen("\n\n", "\nVersion: GnuPG v2\nComment: made up\n\n", 1),
            value.replace('\n', "\\n"),
            value.replace('\n', "\r\n"),
            value.lines().map(|line| format!("\"{line}\\n\" +\n")).collect(),
            value.lines().map(|line| format!("  '{line}\\n'\n")).collect(),
            value.replace(&format!("{sum}\n"), ""),
        ] {
            let outcome = check("pgp-armor", written.as_bytes()).expect("registered");
            assert!(outcome.is_pass(), "{:?}\n{written}", outcome.verdict);
            let user = outcome.facts.iter().find(|fact| fact.name == "user");
            assert_eq!(user.map(|user| &user.value[..]), Some("Made Up <made@up.example>"));
        }
    }

    /// A key packet of the given tag: 32 public bytes, then the secret part.
    fn key(tag: u8, secret: &[u8]) -> Vec<u8> {
        let body = [&[4, 1, 2, 3, 4, 27][..], &[9; 32], secret].concat();
        [&[0xc0 | tag, body.len() as u8][..], &body].concat()
    }

    const STUB: &[u8] = &[255, 0, 101, 0, b'G', b'N', b'U', 1];
    const SEALED: &[u8] = &[254, 9, 3, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0x60];

    #[test]
    fn a_stub_is_harmless_and_a_sealed_key_medium() {
        assert_eq!(secret_key(&key(SECRET_KEY, STUB), "made").verdict.word(), "harmless");
        assert!(secret_key(&key(SECRET_KEY, SEALED), "made").advice.is_some());
    }

    /// What `gpg --export-secret-subkeys` writes: the primary is a stub, the subkey is not.
    #[test]
    fn a_whole_subkey_under_a_stub_counts() {
        let plain = [&[0][..], &[5; 32], &160u16.to_be_bytes()].concat();
        let bytes = [key(SECRET_KEY, STUB), key(SECRET_SUBKEY, &plain)].concat();
        assert!(secret_key(&bytes, "made").is_pass());
        let bytes = [key(SECRET_KEY, STUB), key(SECRET_SUBKEY, SEALED)].concat();
        assert!(secret_key(&bytes, "made").advice.is_some());
    }
}
