//! The words around which assignments are read, and where one of them stands.
//!
//! Knows nothing of what is read there.

use super::foreign;
use super::read::{is_ident, starts_ci};

/// Literal words, compared without case, whose neighbourhood is read.
pub const ANCHORS: &[&str] = &{
    let mut all = [""; OWN.len() + foreign::WORDS.len()];
    let mut i = 0;
    while i < all.len() {
        all[i] = if i < OWN.len() { OWN[i] } else { foreign::WORDS[i - OWN.len()] };
        i += 1;
    }
    all
};

/// The words that are ASCII.
const OWN: &[&str] = &[
    "passw",
    "passphrase",
    "_pass",
    "-pass",
    "pass\"",
    "pass'",
    "pass=",
    "pass =",
    "pass:",
    "pass>",
    "pass[",
    "pass]",
    "pass !",
    "pass  ",
    "pass :",
    "pass \"",
    "pass\t",
    ":pass ",
    "_pw",
    "pw\"",
    "pw'",
    "pw:",
    "pw  ",
    "pw :",
    "passcode",
    "pwd",
    "senha",
    "contrasena",
    "wachtwoord",
    "kennwort",
    "haslo",
    "pswd",
    "passord",
    "salasana",
    "adgangskode",
    "losenord",
    "jelszo",
    "kata_sandi",
    "mat_khau",
    "pw=",
    "pw =",
    "secret",
    "token",
    "auth_",
    "_auth",
    "-auth",
    "auth\"",
    "auth'",
    "auth=",
    "auth:",
    "auth =",
    "auth :",
    "auth  ",
    "authoriz",
    "authkey",
    "authdata",
    "credential",
    KEY_WORD,
    "apikey",
    "accesskey",
    "aeskey",
    "bearer",
    "basic ",
    "identified by",
    "://",
    "@tcp(",
    "_salt",
    "salt\"",
    "salt'",
    "salt=",
    "salt:",
    "salt =",
    "salt :",
    "salt  ",
    "nonce",
    "ticket",
    "_signature",
    "totp_",
    "totp\"",
    "totp'",
    "totp=",
    "totp:",
    "totp =",
    "totp.",
    "hotp.",
    "totp(",
    "hotp(",
    "eyj",
    "login(",
    "curl ",
    "--user",
    "mysql",
    "mariadb",
    "sshpass",
    "docker login",
    "podman login",
    "az login",
    "cqlsh",
    "securestring",
    "requirepass",
    "masterauth",
    "motdepasse",
];

/// An anchor only where it ends a name, or one of its words, or a name that is known.
pub const KEY_WORD: &str = "key";

/// Words that are anchors where a name in camel case ends with one: `signingKey`, `dbPass`.
pub const HUMPS: &[&str] = &["Key", "Pass", "Auth", "Salt"];

/// Every text that makes a `key` an anchor, and where in it the `key` stands.
pub const KEY_FORMS: &[(&str, u8)] = &[
    ("_key", 1),
    ("-key", 1),
    ("key\"", 0),
    ("key'", 0),
    ("key=", 0),
    ("key:", 0),
    ("key(", 0),
    ("key>", 0),
    ("key =", 0),
    ("key |", 0),
    ("key :", 0),
    ("key  ", 0),
    ("key\t", 0),
    ("key</", 0),
    ("keybytes", 0),
    ("keyvalue", 0),
];

/// The anchor at byte `at` of `w`, if one stands there. Looks no farther than an anchor is long, and one byte
/// back.
pub fn anchor_at(w: &[u8], at: usize) -> Option<&'static str> {
    let first = w.get(at)?.to_ascii_lowercase();
    let second = w.get(at + 1)?.to_ascii_lowercase();
    if STARTS[first as usize] >> (second & 63) & 1 == 0 {
        return None;
    }
    let [from, to] = [first, first + 1].map(|byte| usize::from(BY_FIRST.1[byte as usize]));
    let mut anchors = BY_FIRST.0[from..to].iter().copied().filter(|a| starts_ci(w, at, a.as_bytes()));
    let stands = |anchor: &&str| match *anchor {
        KEY_WORD => ends_key(w, at),
        "_auth" | "-auth" | "_pw" => !begins_other(w, at),
        _ => true,
    };
    anchors.next().filter(stands).or_else(|| hump(w, at).filter(|_| joined(w, at)))
}

/// The word of camel case that stands at `at`, with neither letter nor digit behind it.
fn hump(w: &[u8], at: usize) -> Option<&'static str> {
    let word = HUMPS.iter().copied().find(|word| w[at..].starts_with(word.as_bytes()))?;
    w.get(at + word.len()).is_some_and(|b| !b.is_ascii_alphanumeric()).then_some(word)
}

/// Whether such a word is joined to one before it: `signingKey`.
fn joined(w: &[u8], at: usize) -> bool {
    at > 0 && (w[at - 1].is_ascii_lowercase() || w[at - 1].is_ascii_digit())
}

/// Whether such a word is a name by itself: `Key`.
pub(super) fn alone(w: &[u8], at: usize) -> bool {
    hump(w, at).is_some() && !joined(w, at)
}

/// Whether the `_auth`, `-auth` or `_pw` at `at` begins another word: `Co-authored-by`, not `Proxy-Authorization`;
/// `_pwm`, not `_pw`.
pub(super) fn begins_other(w: &[u8], at: usize) -> bool {
    let word = at + 1;
    starts_ci(w, word, b"author") && !starts_ci(w, word, b"authoriz") && !starts_ci(w, word, b"authoris")
        || starts_ci(w, at, b"_pw") && w.get(at + 3).is_some_and(|b| is_ident(*b))
}

/// Whether the `key` at `at` is the end of a name or a word of its own in one, or ends a name of keys.
fn ends_key(w: &[u8], at: usize) -> bool {
    let ends = match w.get(at + 3) {
        Some(b'"' | b'\'' | b'=' | b':' | b'(' | b'>') => true,
        Some(b' ') => matches!(w.get(at + 4), Some(b'=' | b'|' | b':' | b' ')),
        Some(b'\t') => true,
        Some(b'<') => w.get(at + 4) == Some(&b'/'),
        Some(b'b' | b'B') => starts_ci(w, at, b"keybytes"),
        Some(b'v' | b'V') => starts_ci(w, at, b"keyvalue"),
        _ => false,
    };
    ends || at > 0 && matches!(w[at - 1], b'_' | b'-')
}

/// The anchors in the order of their first bytes, and where those of each byte begin. No byte of UTF-8 is 255.
const BY_FIRST: ([&str; ANCHORS.len()], [u8; 256]) = {
    let (mut anchors, mut starts) = ([""; ANCHORS.len()], [0; 256]);
    let (mut byte, mut count) = (0, 0);
    while byte < 256 {
        starts[byte] = count as u8;
        let mut i = 0;
        while i < ANCHORS.len() {
            if ANCHORS[i].as_bytes()[0] as usize == byte {
                anchors[count] = ANCHORS[i];
                count += 1;
            }
            i += 1;
        }
        byte += 1;
    }
    assert!(count == ANCHORS.len() && count <= u8::MAX as usize);
    (anchors, starts)
};

/// For each byte that opens an anchor, which may follow it, by their last six bits. No anchor is a single byte.
const STARTS: [u64; 256] = {
    let mut starts = [0; 256];
    let mut i = 0;
    while i < ANCHORS.len() + HUMPS.len() {
        let anchor = if i < ANCHORS.len() { ANCHORS[i] } else { HUMPS[i - ANCHORS.len()] }.as_bytes();
        starts[anchor[0].to_ascii_lowercase() as usize] |= 1 << (anchor[1] & 63);
        i += 1;
    }
    starts
};
