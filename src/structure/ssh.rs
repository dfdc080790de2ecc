//! OpenSSH's own key format. In a key without a password two equal numbers prove that it is
//! whole; the public half is in clear, so its fingerprint is told.

use data_encoding::BASE64_NOPAD;
use sha2::{Digest, Sha256};

use super::sample::Made;
use super::text::base64;
use super::{Check, Context, Level, Outcome, Strength, der, pem};

pub(super) const CHECKS: &[Check] = &[Check {
    name: "openssh-key",
    what: "parts fill the key exactly, check numbers are equal, padding counts up",
    source: "https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key",
    strength: Strength::Structure,
    run: openssh,
    sample: openssh_sample,
}];

pub(super) const MAGIC: &[u8] = b"openssh-key-v1\0";

/// A length of four bytes and as many bytes.
pub(super) fn string<'b>(bytes: &mut &'b [u8]) -> Option<&'b [u8]> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let (text, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
    *bytes = rest;
    Some(text)
}

pub(super) fn put_string(bytes: &mut Vec<u8>, text: &[u8]) {
    bytes.extend_from_slice(&(text.len() as u32).to_be_bytes());
    bytes.extend_from_slice(text);
}

/// As `ssh-keygen -l` prints it.
pub(super) fn fingerprint(public: &[u8]) -> String {
    format!("SHA256:{}", BASE64_NOPAD.encode(&Sha256::digest(public)))
}

fn openssh(value: &[u8], _: &Context<'_>) -> Outcome {
    let inside = pem::unfold(pem::find(value).inside);
    match base64(&pem::body_tokens(&inside).concat()) {
        Some(bytes) if bytes.starts_with(MAGIC) => openssh_bytes(&bytes),
        _ => Outcome::fail("not base64 of an OpenSSH key: cut, or made up"),
    }
}

struct Key<'b> {
    cipher: &'b [u8],
    public: &'b [u8],
    private: &'b [u8],
}

fn parse(bytes: &[u8]) -> Option<Key<'_>> {
    let mut rest = bytes.strip_prefix(MAGIC)?;
    let cipher = string(&mut rest)?;
    let _kdf = string(&mut rest)?;
    let _options = string(&mut rest)?;
    let count = rest.strip_prefix(&[0, 0, 0, 1])?;
    rest = count;
    let public = string(&mut rest)?;
    let private = string(&mut rest)?;
    // Ciphers that authenticate leave a tag of 16 bytes.
    matches!(rest.len(), 0 | 16).then_some(Key { cipher, public, private })
}

pub(super) fn openssh_bytes(bytes: &[u8]) -> Outcome {
    let Some(key) = parse(bytes) else {
        return Outcome::fail("not a whole OpenSSH key: cut, or made up");
    };
    let mut public = key.public;
    let Some(kind) = string(&mut public) else {
        return Outcome::fail("the public half names no kind of key");
    };
    let tell = |outcome: Outcome| {
        outcome.fact("kind", String::from_utf8_lossy(kind)).fact("fingerprint", fingerprint(key.public))
    };
    if key.cipher != b"none" {
        let how = String::from_utf8_lossy(key.cipher);
        return match !key.private.is_empty() && key.private.len().is_multiple_of(8) {
            true => der::protected(tell(Outcome::pass("parts fill the key exactly")), &how),
            false => Outcome::fail("not whole cipher blocks"),
        };
    }
    match private(key.private, kind) {
        Some(comment) => {
            let outcome = tell(Outcome::pass("check numbers are equal, padding counts up"))
                .fact("comment", String::from_utf8_lossy(comment));
            match kind.starts_with(b"sk-") {
                true => outcome.advise(Level::Low, "works only with the security key that it was made on"),
                false => outcome,
            }
        }
        None => Outcome::fail("the private half does not check: scrambled, or made up"),
    }
}

/// Two equal numbers, the kind again, fields, a comment, and padding 1, 2, 3…
fn private<'b>(bytes: &'b [u8], kind: &[u8]) -> Option<&'b [u8]> {
    let (first, rest) = bytes.split_first_chunk::<4>()?;
    let (second, mut rest) = rest.split_first_chunk::<4>()?;
    if first != second || string(&mut rest)? != kind {
        return None;
    }
    let fields = match kind {
        // Public half and application, a byte of flags; then the handle of the key, and what is reserved.
        b"sk-ssh-ed25519@openssh.com" | b"sk-ecdsa-sha2-nistp256@openssh.com" => {
            let public = if kind.starts_with(b"sk-ecdsa-") { 3 } else { 2 };
            for _ in 0..public {
                string(&mut rest)?;
            }
            rest = rest.get(1..)?;
            2
        }
        b"ssh-ed25519" => 2,
        b"ssh-rsa" => 6,
        b"ssh-dss" => 5,
        _ if kind.starts_with(b"ecdsa-sha2-") => 3,
        _ => return None,
    };
    for _ in 0..fields {
        string(&mut rest)?;
    }
    let comment = string(&mut rest)?;
    let counts = rest.iter().zip(1..).all(|(&byte, number)| byte == number);
    (rest.len() < 16 && counts).then_some(comment)
}

fn openssh_sample(made: &mut Made) -> Vec<u8> {
    let (public, seed, check) = (made.bytes::<32>(), made.bytes::<32>(), made.bytes::<4>());
    let mut blob = Vec::new();
    put_string(&mut blob, b"ssh-ed25519");
    put_string(&mut blob, &public);
    let mut private = [check, check].concat();
    put_string(&mut private, b"ssh-ed25519");
    put_string(&mut private, &public);
    put_string(&mut private, &[seed, public].concat());
    put_string(&mut private, b"made@up.example");
    let padding = private.len().next_multiple_of(8) - private.len();
    private.extend((1..).take(padding).map(|number: u8| number));
    let mut bytes = MAGIC.to_vec();
    put_string(&mut bytes, b"none");
    put_string(&mut bytes, b"none");
    put_string(&mut bytes, b"");
    bytes.extend_from_slice(&[0, 0, 0, 1]);
    put_string(&mut bytes, &blob);
    put_string(&mut bytes, &private);
    pem::frame("OPENSSH PRIVATE KEY", &bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::structure::check;

    /// The frame alone is the same for both checks.
    #[test]
    fn pem_knows_it_too() {
        let value = openssh_sample(&mut Made::new(3));
        let here = check("openssh-key", &value).expect("registered");
        assert!(here.is_pass());
        assert_eq!(Some(here), check("pem-private-key", &value));
    }

    #[test]
    fn in_comments() {
        let value = String::from_utf8(openssh_sample(&mut Made::new(3))).expect("PEM is ASCII");
        for mark in ["# ", "// ", " * ", "-- ", ";; "] {
            let lines: Vec<String> = value.lines().map(|line| format!("{mark}{line}")).collect();
            assert!(
                check("openssh-key", lines.join("\n").as_bytes()).expect("registered").is_pass(),
                "{mark}"
            );
        }
    }

    #[test]
    fn the_well_known_starts() {
        let value = String::from_utf8(openssh_sample(&mut Made::new(3))).expect("PEM is ASCII");
        let body = value.lines().nth(1).expect("has a body");
        assert!(body.starts_with("b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ"));
    }

    /// A change in the check numbers, the names or the padding is noticed; one in the key's own
    /// bytes is not, since nothing sums them up.
    #[test]
    fn unequal_check_numbers_fail() {
        let value = openssh_sample(&mut Made::new(3));
        let text: Vec<u8> = pem::find(&value).inside.iter().copied().filter(|byte| *byte != b'\n').collect();
        let mut bytes = base64(&text).expect("made of base64");
        let at = bytes.len() - 8 - 4 * 5 - 15 - 64 - 32 - 11;
        assert!(openssh_bytes(&bytes).is_pass());
        for near in at..at + 8 {
            let before = bytes[near];
            bytes[near] ^= 1;
            assert!(openssh_bytes(&bytes).is_fail(), "byte {near}");
            bytes[near] = before;
        }
    }

    /// As `ssh-keygen -t ed25519-sk` and `-t ecdsa-sk` write them.
    #[test]
    fn keys_on_hardware_are_whole_and_low() {
        for (kind, public) in [
            ("sk-ssh-ed25519@openssh.com", vec![vec![7; 32]]),
            ("sk-ecdsa-sha2-nistp256@openssh.com", vec![b"nistp256".to_vec(), vec![4; 65]]),
        ] {
            let mut half = Vec::new();
            put_string(&mut half, kind.as_bytes());
            public.iter().for_each(|part| put_string(&mut half, part));
            put_string(&mut half, b"ssh:");
            let mut private = vec![1, 2, 3, 4, 1, 2, 3, 4];
            private.extend_from_slice(&half);
            private.push(1);
            for part in [&[9; 128][..], b"", b"made@up.example"] {
                put_string(&mut private, part);
            }
            let padding = private.len().next_multiple_of(8) - private.len();
            private.extend((1..).take(padding).map(|number: u8| number));
            let mut bytes = MAGIC.to_vec();
            for text in ["none", "none", ""] {
                put_string(&mut bytes, text.as_bytes());
            }
            bytes.extend_from_slice(&[0, 0, 0, 1]);
            put_string(&mut bytes, &half);
            put_string(&mut bytes, &private);
            let outcome = openssh_bytes(&bytes);
            assert!(outcome.is_pass(), "{kind}: {:?}", outcome.verdict);
            assert_eq!(outcome.advice.map(|advice| advice.level), Some(Level::Low));
        }
    }

    #[test]
    fn an_encrypted_key_is_medium() {
        let mut bytes = MAGIC.to_vec();
        for text in [&b"aes256-ctr"[..], b"bcrypt", &[7; 24]] {
            put_string(&mut bytes, text);
        }
        bytes.extend_from_slice(&[0, 0, 0, 1]);
        let mut blob = Vec::new();
        put_string(&mut blob, b"ssh-rsa");
        put_string(&mut bytes, &blob);
        put_string(&mut bytes, &[9; 160]);
        let outcome = openssh_bytes(&bytes);
        assert!(outcome.is_pass() && outcome.advice.is_some());
    }
}
