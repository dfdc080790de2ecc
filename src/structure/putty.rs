//! PuTTY keys (`.ppk`, versions 2 and 3): without a password the file's MAC can be checked.

use data_encoding::{BASE64, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use sha1::{Digest, Sha1};
use sha2::Sha256;

use super::sample::Made;
use super::text::base64;
use super::{Check, Context, Outcome, Strength, der, pem, ssh};

pub(super) const CHECKS: &[Check] = &[Check {
    name: "putty-key",
    what: "the MAC over kind, comment and both halves",
    source: "https://tartarus.org/~simon/putty-snapshots/htmldoc/AppendixC.html",
    strength: Strength::Checksum { skip: 0, spare: 0 },
    run: putty,
    sample: putty_sample,
}];

struct File<'t> {
    version: u8,
    kind: &'t str,
    encryption: &'t str,
    comment: &'t str,
    public: Vec<u8>,
    private: Vec<u8>,
    mac: &'t str,
}

type Lines<'t> = std::iter::Peekable<std::str::Lines<'t>>;

/// The value of the next line, if it has this name.
fn header<'t>(lines: &mut Lines<'t>, name: &str) -> Option<&'t str> {
    let line = lines.next_if(|line| line.trim().starts_with(name))?;
    line.trim().strip_prefix(name)?.strip_prefix(": ").or(Some("")).map(str::trim)
}

/// A count of lines, and the base64 in them.
fn body(lines: &mut Lines<'_>, name: &str) -> Option<Vec<u8>> {
    let count: usize = header(lines, name)?.parse().ok()?;
    let text: String = lines.by_ref().take(count).map(str::trim).collect();
    base64(text.as_bytes())
}

fn parse(text: &str) -> Option<File<'_>> {
    let mut lines = text.trim().lines().peekable();
    let mut version = 2;
    let mut kind = header(&mut lines, "PuTTY-User-Key-File-2");
    if kind.is_none() {
        version = 3;
        kind = header(&mut lines, "PuTTY-User-Key-File-3");
    }
    let encryption = header(&mut lines, "Encryption")?;
    let comment = header(&mut lines, "Comment")?;
    let public = body(&mut lines, "Public-Lines")?;
    // Version 3 describes how the password is stretched.
    while lines.next_if(|line| line.starts_with("Key-Derivation") || line.starts_with("Argon2-")).is_some() {}
    let private = body(&mut lines, "Private-Lines")?;
    let mac = header(&mut lines, "Private-MAC")?;
    Some(File { version, kind: kind?, encryption, comment, public, private, mac })
}

impl File<'_> {
    fn expected_mac(&self) -> String {
        let mut hashed = Vec::new();
        for part in [self.kind, self.encryption, self.comment] {
            ssh::put_string(&mut hashed, part.as_bytes());
        }
        ssh::put_string(&mut hashed, &self.public);
        ssh::put_string(&mut hashed, &self.private);
        const ANY: &str = "HMAC takes a key of any length";
        match self.version {
            2 => {
                let key = Sha1::digest(b"putty-private-key-file-mac-key");
                let mac = Hmac::<Sha1>::new_from_slice(&key).expect(ANY).chain_update(&hashed);
                HEXLOWER.encode(&mac.finalize().into_bytes())
            }
            _ => {
                let mac = Hmac::<Sha256>::new_from_slice(b"").expect(ANY).chain_update(&hashed);
                HEXLOWER.encode(&mac.finalize().into_bytes())
            }
        }
    }
}

fn putty(value: &[u8], _: &Context<'_>) -> Outcome {
    // Escapes are undone only where it does not read as it is: comments may hold quotes.
    let plain = pem::unfold(value);
    let (Ok(text), Ok(plain)) = (std::str::from_utf8(value), std::str::from_utf8(&plain)) else {
        return Outcome::fail("not text");
    };
    let plain: Vec<&str> = plain.lines().filter(|line| !line.trim().is_empty()).collect();
    let plain = plain.join("\n");
    let Some(file) = parse(text).or_else(|| parse(&plain)) else {
        return Outcome::fail("not a whole PuTTY key: cut, or made up");
    };
    let tell = |outcome: Outcome| {
        outcome
            .fact("kind", file.kind)
            .fact("fingerprint", ssh::fingerprint(&file.public))
            .fact("comment", file.comment)
    };
    if file.encryption != "none" {
        return match file.private.len().is_multiple_of(16) {
            true => {
                der::protected(tell(Outcome::decodes("all parts of an encrypted PuTTY key")), file.encryption)
            }
            false => Outcome::fail("not whole cipher blocks"),
        };
    }
    match file.expected_mac() == file.mac {
        true => tell(Outcome::pass("the MAC holds")),
        false => Outcome::fail("the MAC does not hold"),
    }
}

fn putty_sample(made: &mut Made) -> Vec<u8> {
    let mut public = Vec::new();
    ssh::put_string(&mut public, b"ssh-ed25519");
    ssh::put_string(&mut public, &made.bytes::<32>());
    let mut private = Vec::new();
    ssh::put_string(&mut private, &made.bytes::<32>());
    let version = made.pick(&[2, 3]);
    let (kind, encryption, comment) = ("ssh-ed25519", "none", "made-up");
    let file = File { version, kind, encryption, comment, public, private, mac: "" };
    let lines = |bytes: &[u8]| {
        let text = BASE64.encode(bytes);
        let lines: Vec<&str> =
            text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).expect("ASCII")).collect();
        format!("{}\n{}", lines.len(), lines.join("\n"))
    };
    format!(
        "PuTTY-User-Key-File-{version}: {kind}\nEncryption: {encryption}\nComment: {comment}\nPublic-Lines: {}\nPrivate-Lines: {}\nPrivate-MAC: {}",
        lines(&file.public),
        lines(&file.private),
        file.expected_mac(),
    )
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::structure::check;

    #[test]
    fn on_one_line() {
        let value = String::from_utf8(putty_sample(&mut Made::new(1))).expect("text");
        for written in [
            value.replace('\n', "\\n"),
            value.replace('\n', "\\r\\n"),
            value.replace('\n', "\r\n"),
            value.lines().map(|line| format!("{line}\\n\" +\n    \"")).collect(),
        ] {
            assert!(check("putty-key", written.as_bytes()).expect("registered").is_pass(), "{written}");
        }
    }

    #[test]
    fn a_password_is_told() {
        let value = String::from_utf8(putty_sample(&mut Made::new(1))).expect("text");
        let value = value.replace("Encryption: none", "Encryption: aes256-cbc");
        // 36 bytes are not whole blocks; 48 are.
        assert!(check("putty-key", value.as_bytes()).expect("registered").is_fail());
        let at = value.find("Private-Lines").expect("has it");
        let head = &value[..at];
        let value = format!("{head}Private-Lines: 1\n{}\nPrivate-MAC: 00", BASE64.encode(&[1; 48]));
        let outcome = check("putty-key", value.as_bytes()).expect("registered");
        assert_eq!(outcome.verdict.word(), "decodes");
        assert!(outcome.advice.is_some());
    }
}
