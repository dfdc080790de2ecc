//! PEM private keys, as files and code write them: wrapped, escaped, quoted line by line,
//! joined, in JSON, YAML or XML, or in base64 once more.

use data_encoding::BASE64;

use super::sample::Made;
use super::text::{base64, holds_ignoring_case, position};
use super::{Check, Context, Outcome, Strength, der, pgp, ssh};

pub(super) const CHECKS: &[Check] = &[Check {
    name: "pem-private-key",
    what: "the DER inside is whole, and its numbers fit each other",
    source: "https://www.rfc-editor.org/rfc/rfc7468",
    strength: Strength::Structure,
    run: pem,
    sample: pem_sample,
}];

const BEGIN: &[u8] = b"-----BEGIN ";

/// Base64 of `-----BEGIN`.
const WRAPPED: &[u8] = b"LS0tLS1CRUdJTi";

/// A body shorter than this holds no key; the shortest is an Ed25519 key of 64 characters.
const SHORTEST: usize = 60;

pub(super) fn pem(value: &[u8], context: &Context<'_>) -> Outcome {
    let bare: Vec<u8> = value.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    if bare.starts_with(WRAPPED) {
        return match base64(&bare) {
            Some(inside) => block(&inside, context).fact("written as", "base64 of PEM"),
            None => Outcome::fail("base64 of a PEM block, but cut or not whole"),
        };
    }
    block(value, context)
}

/// The text of one block, without its frame lines, and the label of the frame.
pub(super) struct Block<'v> {
    pub label: &'v [u8],
    pub inside: &'v [u8],
}

/// The first private block, or else the first; a text without a frame is taken as a body.
pub(super) fn find(value: &[u8]) -> Block<'_> {
    let mut first = None;
    let mut rest = value;
    while let Some(at) = position(rest, BEGIN) {
        let label = &rest[at + BEGIN.len()..];
        let Some(end) = position(label, b"-----").filter(|&end| end <= 64) else {
            rest = label;
            continue;
        };
        let (label, after) = (&label[..end], &label[end + 5..]);
        let inside = &after[..position(after, b"-----END").unwrap_or(after.len())];
        let block = Block { label, inside };
        if position(label, b"PRIVATE KEY").is_some() {
            return block;
        }
        first = first.or(Some(block));
        rest = &after[inside.len()..];
    }
    first.unwrap_or(Block { label: b"", inside: value })
}

/// Labels of things that are no secrets.
const PUBLIC: &[(&[u8], &str)] = &[
    (b"PUBLIC KEY", "a public key"),
    (b"CERTIFICATE", "a certificate or request"),
    (b"PARAMETERS", "parameters, not a key"),
    (b"PKCS7", "a signed message or certificates"),
    (b"CMS", "a signed or encrypted message"),
    (b"X509 CRL", "a revocation list"),
    (b"AGE ENCRYPTED FILE", "an encrypted file"),
    (b"PGP MESSAGE", "an encrypted message"),
    (b"PGP SIGNATURE", "a signature"),
];

/// What a block of this label is, if it is no secret.
pub(super) fn public(label: &[u8]) -> Option<&'static str> {
    PUBLIC.iter().find(|(known, _)| position(label, known).is_some()).map(|(_, what)| *what)
}

fn block(value: &[u8], context: &Context<'_>) -> Outcome {
    // ssh.com's own frame has four dashes and a space.
    if position(value, b"---- BEGIN SSH2 PUBLIC").is_some() {
        return Outcome::harmless("a public key");
    }
    if position(value, b"---- BEGIN SSH2 ").is_some() {
        return Outcome::unknown("a key in ssh.com's format, which this check does not read");
    }
    let Block { label, inside } = find(value);
    if let Some(why) = public(label) {
        return Outcome::harmless(why);
    }
    if label.starts_with(b"PGP PRIVATE KEY") {
        return pgp::pgp(value, context);
    }
    if position(inside, b"...").is_some() || position(inside, "…".as_bytes()).is_some() {
        return Outcome::fail("a template: the body has dots for what is left out");
    }
    let plain = unfold(inside);
    let tokens = body_tokens(&plain);
    let body = tokens.concat();
    if body.len() < SHORTEST {
        return Outcome::fail("the body is too short for a key");
    }
    if body.iter().all(|&byte| byte == body[0]) {
        return Outcome::fail("a template: one character repeated");
    }
    let Some(bytes) = base64(&body) else {
        return Outcome::fail("the body is not base64: cut, or made up");
    };
    if bytes.starts_with(ssh::MAGIC) {
        return ssh::openssh_bytes(&bytes);
    }
    if holds_ignoring_case(&plain, b"Proc-Type:") && position(&plain, b"ENCRYPTED").is_some() {
        let how = cipher(&plain).unwrap_or("a password");
        return match bytes.len().is_multiple_of(8) {
            true => der::protected(Outcome::decodes("whole cipher blocks under a DEK-Info header"), how),
            false => Outcome::fail("not whole cipher blocks: cut, or made up"),
        };
    }
    der::key(&bytes)
}

/// The cipher that `DEK-Info:` names.
fn cipher(plain: &[u8]) -> Option<&str> {
    let at = position(plain, b"DEK-Info:")?;
    let mut words = plain[at + 9..].split(|byte| byte.is_ascii_whitespace() || *byte == b',');
    let name = words.find(|word| !word.is_empty())?;
    std::str::from_utf8(name).ok()
}

/// The pieces of the body: headers (`Name: value`) and lone punctuation (comment marks) go.
pub(super) fn body_tokens(plain: &[u8]) -> Vec<&[u8]> {
    let mut tokens = Vec::new();
    let mut is_value = false;
    for token in plain.split(u8::is_ascii_whitespace) {
        let token = token.trim_ascii();
        if token.is_empty() {
            continue;
        }
        let header = token.ends_with(b":");
        let marks = !token.iter().any(u8::is_ascii_alphanumeric) && !token.iter().all(|&byte| byte == b'=');
        if !header && !is_value && !marks {
            tokens.push(token);
        }
        is_value = header;
    }
    tokens
}

/// Undoes how code writes lines: `\n`, `\\n`, `\/`, `\u000a`, `%0A`, `&#10;`, and quotes around
/// each line with `+`, `,` or `.` between. What is not an escape stays.
pub(super) fn unfold(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut between = false;
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let (byte, width) = match rest[0] {
            b'\\' => escape(rest),
            b'%' => coded(rest.get(1..3), 16, 3).unwrap_or((b'%', 1)),
            b'&' => entity(rest),
            b'"' | b'\'' | b'`' => {
                between = !between;
                (b'\n', 1)
            }
            other => (other, 1),
        };
        if !between {
            plain.push(byte);
        }
        at += width;
    }
    plain
}

/// Any number of backslashes and what they escape.
fn escape(rest: &[u8]) -> (u8, usize) {
    let slashes = rest.iter().take_while(|&&byte| byte == b'\\').count();
    match rest.get(slashes) {
        Some(b'n' | b'\n' | b'"' | b'\'') => (b'\n', slashes + 1),
        Some(b'r' | b't' | b'\r') => (b' ', slashes + 1),
        Some(b'u') => coded(rest.get(slashes + 1..slashes + 5), 16, slashes + 5).unwrap_or((b'\n', slashes)),
        Some(b'x') => coded(rest.get(slashes + 1..slashes + 3), 16, slashes + 3).unwrap_or((b'\n', slashes)),
        Some(b'/') => (b'/', slashes + 1),
        _ => (b'\n', slashes),
    }
}

fn entity(rest: &[u8]) -> (u8, usize) {
    let end = rest.iter().take(8).position(|&byte| byte == b';');
    let found = end.and_then(|end| match &rest[1..end] {
        [b'#', b'x' | b'X', digits @ ..] => coded(Some(digits), 16, end + 1),
        [b'#', digits @ ..] => coded(Some(digits), 10, end + 1),
        _ => Some((b'\n', end + 1)),
    });
    found.unwrap_or((b'&', 1))
}

/// An ASCII character by its number.
fn coded(digits: Option<&[u8]>, radix: u32, width: usize) -> Option<(u8, usize)> {
    let digits = std::str::from_utf8(digits?).ok().filter(|text| !text.starts_with('+'))?;
    let number = u8::from_str_radix(digits, radix).ok().filter(u8::is_ascii)?;
    Some((number, width))
}

pub(super) fn frame(label: &str, bytes: &[u8]) -> Vec<u8> {
    let body = BASE64.encode(bytes);
    let lines: Vec<&str> =
        body.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).expect("base64 is ASCII")).collect();
    let dashes = "-----";
    format!("{dashes}BEGIN {label}{dashes}\n{}\n{dashes}END {label}{dashes}", lines.join("\n")).into_bytes()
}

fn pem_sample(made: &mut Made) -> Vec<u8> {
    match made.below(4) {
        0 => frame("RSA PRIVATE KEY", &der::rsa_sample(made)),
        1 => frame("EC PRIVATE KEY", &der::ec_sample(made)),
        2 => frame("ENCRYPTED PRIVATE KEY", &der::encrypted_sample(made)),
        _ => pkcs8_sample(made),
    }
}

pub(super) fn pkcs8_sample(made: &mut Made) -> Vec<u8> {
    frame("PRIVATE KEY", &der::ed25519_sample(made))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::structure::{Level, check};

    fn outcome(value: &[u8]) -> Outcome {
        check("pem-private-key", value).expect("registered")
    }

    fn rsa() -> String {
        let key = der::rsa_sample(&mut Made::new(7));
        String::from_utf8(frame("RSA PRIVATE KEY", &key)).expect("PEM is ASCII")
    }

    /// Every way of writing the same key gives the same answer.
    #[test]
    fn the_ways_of_writing_a_key() {
        let key = rsa();
        let quoted: Vec<String> = key.lines().map(|line| format!("\"{line}\\n\"")).collect();
        let commented: Vec<String> = key.lines().map(|line| format!("// {line}")).collect();
        let ways = [
            key.clone(),
            key.replace('\n', "\r\n"),
            key.replace('\n', "\\n"),
            key.replace('\n', "\\\\n"),
            key.replace('\n', "\\r\\n").replace('/', "\\/"),
            key.replace('\n', " "),
            key.replace('\n', "\n      "),
            key.replace('\n', "&#10;"),
            key.replace('\n', "&#xA;"),
            key.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D").replace('\n', "%0A"),
            key.replace('+', "\\u002b").replace('=', "\\u003d").replace('\n', "\\u000a"),
            quoted.join(" +\n  ").trim_matches('"').to_owned(),
            quoted.join(",\n").trim_matches('"').to_owned(),
            quoted.join("\n").trim_matches('"').to_owned(),
            key.replace('\n', "\\\n"),
            commented.join("\n"),
            BASE64.encode(key.as_bytes()),
            key.lines().filter(|line| !line.starts_with('-')).collect(),
        ];
        for way in &ways {
            let outcome = outcome(way.as_bytes());
            assert!(outcome.is_pass(), "{:?} for\n{way}", outcome.verdict);
            assert_eq!(outcome.facts[0].value, "RSA 1024 bits", "{way}");
        }
    }

    #[test]
    fn cut_keys_and_templates_fail() {
        let key = rsa();
        let lines: Vec<&str> = key.lines().collect();
        let cut = [&lines[..4], &lines[5..]].concat().join("\n");
        assert!(outcome(cut.as_bytes()).is_fail());
        let dotted = [lines[0], lines[1], "...", lines[lines.len() - 1]].join("\n");
        assert!(outcome(dotted.as_bytes()).is_fail());
        let dashes = "-----";
        let repeated = format!("{dashes}BEGIN PRIVATE KEY{dashes}\n{}\n{dashes}END", "x".repeat(64));
        assert!(outcome(repeated.as_bytes()).is_fail());
    }

    #[test]
    fn encrypted_keys_are_told() {
        let key = der::rsa_sample(&mut Made::new(7));
        let plain = frame("RSA PRIVATE KEY", &key[..key.len() / 16 * 16]);
        let text = String::from_utf8(plain).expect("PEM is ASCII");
        let head = "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0123456789ABCDEF\n\n";
        let outcome = outcome(text.replacen("KEY-----\n", head, 1).as_bytes());
        assert_eq!(outcome.advice.map(|advice| advice.level), Some(Level::Medium));
        assert_eq!(outcome.facts[0].value, "yes: AES-128-CBC");
    }

    #[test]
    fn public_things_are_harmless() {
        for label in ["PUBLIC KEY", "CERTIFICATE", "CERTIFICATE REQUEST", "RSA PUBLIC KEY", "DH PARAMETERS"] {
            assert_eq!(outcome(&frame(label, &[1; 99])).verdict.word(), "harmless", "{label}");
        }
        let pair = [frame("CERTIFICATE", &[1; 99]), rsa().into_bytes()].concat();
        assert!(outcome(&pair).is_pass(), "the key after a certificate counts");
    }
}
