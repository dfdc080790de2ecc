//! Password hashes, and Cisco's reversible type 7.

use super::sample::Made;
use super::text::{BASE62, DIGITS, base64, decimal, only};
use super::{Check, Context, Level, Outcome, Strength};

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "password-hash",
        what: "a known scheme with salt and digest of its lengths",
        source: "https://man7.org/linux/man-pages/man5/crypt.5.html",
        strength: Strength::Shape,
        run: hash,
        sample: hash_sample,
    },
    Check {
        name: "cisco-type7",
        what: "an offset and bytes that decode to printable text",
        source: "published key of the scheme, known since 1995",
        strength: Strength::Shape,
        run: type7,
        sample: type7_sample,
    },
];

/// What crypt's own base64 is written with.
const CRYPT: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Scheme, its name, and the digest's length in characters.
const SCHEMES: &[(&str, &str, usize)] = &[
    ("1", "MD5-crypt", 22),
    ("apr1", "Apache MD5-crypt", 22),
    ("5", "SHA-256-crypt", 43),
    ("6", "SHA-512-crypt", 86),
    ("y", "yescrypt", 43),
];

fn hash(value: &[u8], _: &Context<'_>) -> Outcome {
    let text = std::str::from_utf8(value).unwrap_or_default();
    let told = |scheme: &str, quick: bool| {
        let outcome = Outcome::decodes("a known scheme with salt and digest").fact("scheme", scheme);
        match quick {
            true => outcome.advise(Level::Medium, "a quick hash: short passwords are found fast"),
            false => outcome.advise(Level::Low, "a slow hash: only weak passwords are found"),
        }
    };
    if let Some(body) = text.strip_prefix("{SHA}") {
        return match base64(body.as_bytes()) {
            Some(digest) if digest.len() == 20 => told("SHA-1 without salt", true),
            _ => Outcome::fail("not a SHA-1 digest"),
        };
    }
    let parts: Vec<&str> = text.splitn(8, '$').collect();
    match parts[..] {
        ["", "2a" | "2b" | "2x" | "2y", cost, body] => {
            let cost = decimal(cost.as_bytes()).filter(|cost| (4..=31).contains(cost));
            match cost {
                Some(cost) if body.len() == 53 && only(body.as_bytes(), CRYPT) => {
                    told("bcrypt", false).fact("cost", cost.to_string())
                }
                _ => Outcome::fail("not bcrypt's lengths"),
            }
        }
        ["", "argon2i" | "argon2d" | "argon2id", _, _, salt, digest] => {
            match (base64(salt.as_bytes()), base64(digest.as_bytes())) {
                (Some(salt), Some(digest)) if salt.len() >= 8 && digest.len() >= 16 => told("Argon2", false),
                _ => Outcome::fail("not Argon2's parts"),
            }
        }
        ["pbkdf2_sha256", rounds, _, digest] => {
            match (decimal(rounds.as_bytes()), base64(digest.as_bytes())) {
                (Some(_), Some(digest)) if digest.len() == 32 => told("PBKDF2-SHA-256", false),
                _ => Outcome::fail("not PBKDF2's parts"),
            }
        }
        ["", scheme, .., digest] if parts.len() >= 4 => {
            let known = SCHEMES.iter().find(|(known, ..)| *known == scheme);
            match known {
                Some((_, name, length)) if digest.len() == *length && only(digest.as_bytes(), CRYPT) => {
                    told(name, scheme.ends_with('1'))
                }
                Some(_) => Outcome::fail("not the scheme's lengths"),
                None => Outcome::fail("no known scheme"),
            }
        }
        _ => Outcome::fail("no known scheme"),
    }
}

fn hash_sample(made: &mut Made) -> Vec<u8> {
    let salt = made.text(BASE62, 8);
    if made.below(3) == 0 {
        return format!("$2y$1{}${}", made.below(3), made.text(CRYPT, 53)).into_bytes();
    }
    let (scheme, _, length) = made.pick(SCHEMES);
    let cost = if scheme == "y" { "j9T$" } else { "" };
    format!("${scheme}${cost}{salt}${}", made.text(CRYPT, length)).into_bytes()
}

/// The key is published: type 7 hides a password from a glance and nothing more.
const TYPE7: &[u8; 53] = b"dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87";

fn type7(value: &[u8], _: &Context<'_>) -> Outcome {
    let Some((offset, body)) = value.split_at_checked(2).filter(|(offset, _)| only(offset, DIGITS)) else {
        return Outcome::fail("no offset of two digits");
    };
    let bytes = data_encoding::HEXUPPER_PERMISSIVE.decode(body).unwrap_or_default();
    let offset = decimal(offset).unwrap_or(0) as usize;
    if bytes.len() < 4 || offset >= TYPE7.len() {
        return Outcome::fail("not hex of four or more characters");
    }
    let keys = TYPE7.iter().cycle().skip(offset);
    let printable = bytes.iter().zip(keys).all(|(byte, key)| (b' '..=b'~').contains(&(byte ^ key)));
    match printable {
        true => Outcome::decodes("decodes to printable text")
            .fact("length", bytes.len().to_string())
            .fact("protection", "none: reversible with a published key"),
        false => Outcome::fail("does not decode to printable text"),
    }
}

fn type7_sample(made: &mut Made) -> Vec<u8> {
    let offset = made.below(16) as usize;
    let password = made.text(BASE62, 10);
    let keys = TYPE7.iter().cycle().skip(offset);
    let hex: String = password.bytes().zip(keys).map(|(byte, key)| format!("{:02X}", byte ^ key)).collect();
    format!("{offset:02}{hex}").into_bytes()
}

#[cfg(test)]
mod tests {
    use crate::structure::check;

    /// The textbook example: it decodes to `cisco`.
    #[test]
    fn known_type7() {
        let outcome = check("cisco-type7", b"0822455D0A16").expect("registered");
        assert_eq!(outcome.facts[0].value, "5");
        assert!(check("cisco-type7", b"0822455D0AF6").expect("registered").is_fail());
    }

    #[test]
    fn schemes_are_told() {
        let scheme = |value: &str| {
            let outcome = check("password-hash", value.as_bytes()).expect("registered");
            outcome.facts.first().map(|fact| fact.value.clone())
        };
        let digest = "a./".repeat(40);
        assert_eq!(scheme(&format!("$apr1$salt${}", &digest[..22])).as_deref(), Some("Apache MD5-crypt"));
        assert_eq!(
            scheme(&format!("$6$rounds=5000$salt${}", &digest[..86])).as_deref(),
            Some("SHA-512-crypt")
        );
        assert_eq!(scheme(&format!("$2b$12${}", &digest[..53])).as_deref(), Some("bcrypt"));
        assert_eq!(scheme(&format!("$2b$99${}", &digest[..53])), None);
        assert_eq!(scheme("{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=").as_deref(), Some("SHA-1 without salt"));
        assert_eq!(scheme("$6$salt$short"), None);
    }
}
