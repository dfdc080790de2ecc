//! What is sent beside credentials, or encoded as they are, and is none: challenges, users alone, sentences, hashes.
//!
//! Looks at a spot in its window. Knows no path.

use super::find::{Form, Spot};
use super::lexicon::{self as lex, says};
use super::read::{self, Quote, is_base64, position};
use super::shapes::ascends;

/// What a value is, if it is sent and yet no credential.
pub fn sent(w: &[u8], s: &Spot, v: &[u8]) -> Option<&'static str> {
    Some(match () {
        () if challenge(w, s) => "what a server asks with, or proves itself by",
        () if parameter(w, s, v) => "what else a challenge says",
        () if identifier(w, s, v) || handshake(w, s, v) => "public, or a reference",
        () if counts(s, v) => "a test's bytes",
        () if descriptor(s, v) => "how messages are laid out",
        () if unsigned(w, s, v) => "a token without a signature",
        () if lone(w, s, v) => "a user without a password",
        () if encoded(w, s, v) => "a text in base64",
        () if spelled(v) => "a name in hexadecimal",
        () if salted(w, s, v) || hashed(&w[s.key.clone()], v) => "encrypted, hashed or kept elsewhere",
        () => return None,
    })
}

/// What a server asks with where passwords are digested, beside its realm, and what it answers: sent in clear, good once.
/// <https://www.rfc-editor.org/rfc/rfc7616>
fn challenge(w: &[u8], s: &Spot) -> bool {
    /// Bytes to either side in which the rest of a challenge stands.
    const NEAR: usize = 300;
    let near = || {
        let near = s.near(w, NEAR);
        position(near, b"realm").is_some() || position(near, b"qop").is_some()
    };
    match &w[s.key.clone()] {
        b"rspauth" => true,
        b"nonce" | b"Nonce" | b"cnonce" => near(),
        _ => false,
    }
}

/// What a challenge says besides its scheme: `Bearer max-age=3600`. In a token `=` stands at the end alone.
/// <https://www.rfc-editor.org/rfc/rfc9110#section-11.2>
fn parameter(w: &[u8], s: &Spot, v: &[u8]) -> bool {
    let name = v.iter().take_while(|b| b.is_ascii_lowercase() || matches!(b, b'_' | b'-')).count();
    (s.form == Form::Header || s.form == Form::Space && w[s.key.clone()].eq_ignore_ascii_case(b"bearer"))
        && name > 2
        && v.get(name) == Some(&b'=')
        && v.get(name + 1).is_some_and(|b| *b != b'=')
        && !says(&v[..name], lex::TOKEN | lex::KEY | lex::SECRET)
}

/// A decentralized identifier, or the public key that it holds: `did:example:123#x`, `did:key:z6Mk…`.
/// <https://w3c-ccg.github.io/did-key-spec/>
fn identifier(w: &[u8], s: &Spot, v: &[u8]) -> bool {
    const HEAD: &[u8] = b"did:key:z";
    v.starts_with(b"did:") && v.iter().filter(|b| **b == b':').count() >= 2
        || v.starts_with(b"z") && w[..=s.value.start].ends_with(HEAD)
}

/// What opens a WebSocket and what answers it: 16 bytes and a digest of 20, in base64, where the line or those around it
/// speak of one. <https://www.rfc-editor.org/rfc/rfc6455#section-1.3>
fn handshake(w: &[u8], s: &Spot, v: &[u8]) -> bool {
    /// Bytes to either side in which the word stands.
    const NEAR: usize = 400;
    let name = &w[s.key.clone()];
    let told = || {
        let near = s.near(w, NEAR);
        memchr::memchr2_iter(b'w', b'W', near).any(|at| read::starts_ci(near, at, b"websocket"))
    };
    (v.len() == 24 && v.ends_with(b"==") || v.len() == 28 && v.ends_with(b"="))
        && v.iter().copied().all(is_base64)
        && says(name, lex::KEY)
        && !says(name, lex::PASS | lex::SECRET | lex::TOKEN | lex::API)
        && told()
}

/// A byte as code writes it: `0x2a`, `42`.
fn byte(text: &[u8]) -> Option<u8> {
    let text = std::str::from_utf8(text.trim_ascii()).ok()?;
    text.strip_prefix("0x").map_or_else(|| text.parse().ok(), |hex| u8::from_str_radix(hex, 16).ok())
}

/// Bytes that count up, as tests have them: `0x00, 0x01, 0x02, 0x03`.
fn counts(s: &Spot, v: &[u8]) -> bool {
    let bytes = || v.split(|b| *b == b',').filter(|text| !text.trim_ascii().is_empty()).map(byte);
    s.form == Form::Bytes && bytes().collect::<Option<Vec<u8>>>().is_some_and(|bytes| ascends(&bytes))
}

/// The description of a file of Protocol Buffers, as generated code holds it in bytes: its first field is the name.
fn descriptor(s: &Spot, v: &[u8]) -> bool {
    let mut bytes = v.split(|b| *b == b',').map(byte);
    let named = |b: Option<u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || b"/_.-".contains(&b));
    s.form == Form::Bytes
        && bytes.next() == Some(Some(0x0a))
        && bytes.next().is_some_and(|length| length.is_some_and(|length| length >= 8))
        && bytes.by_ref().take(8).filter(|b| named(*b)).count() == 8
}

/// A JWT whose payload a program fills in (`eyJ….$payload.x`), or whose signature is none: it opens nothing.
fn unsigned(w: &[u8], s: &Spot, v: &[u8]) -> bool {
    /// Letters of the shortest signature.
    const LEAST: usize = 16;
    if !v.starts_with(b"eyJ") {
        return false;
    }
    if position(v, b".$").is_some() {
        return true;
    }
    let mut parts = v.split(|b| *b == b'.').skip(1);
    let joined = || {
        let rest = w[s.end..].trim_ascii_start();
        matches!(rest.first(), Some(b'+' | b'.' | b'"' | b'\'' | b'\\' | b'&'))
    };
    match (parts.next(), parts.next(), parts.next()) {
        (Some(payload), Some(signature), None) => {
            payload.starts_with(b"eyJ") && signature.len() < LEAST && s.quote != Quote::None && !joined()
        }
        _ => false,
    }
}

/// The text that is encoded in base64, as long as `is` holds for each of its bytes.
fn decoded(v: &[u8], is: impl Fn(u8) -> bool) -> Option<Vec<u8>> {
    let digits = &v[..v.iter().rposition(|b| *b != b'=')? + 1];
    let text: Vec<u8> = read::base64(digits).take_while(|b| is(*b)).collect();
    (text.len() == digits.len() * 6 / 8).then_some(text)
}

/// The header of a user alone, whose name has no digit, and no sign of a password: `Basic dXNlcg==`.
fn lone(w: &[u8], s: &Spot, v: &[u8]) -> bool {
    s.form == Form::Header
        && v.len() <= 16
        && read::ends_ci(w[..s.value.start].trim_ascii_end(), b"basic")
        && decoded(v, |b| b.is_ascii_alphabetic() || matches!(b, b'.' | b'-' | b'_')).is_some()
}

/// A sentence in base64, under a name that is none of a password: the words of a person, in lower case, with blanks
/// between or what stands for them (`this_is_the_key`).
fn encoded(w: &[u8], s: &Spot, v: &[u8]) -> bool {
    let plain = |b: u8| {
        b.is_ascii_lowercase() || matches!(b, b' ' | b',' | b'.' | b'!' | b'?' | b'\'' | b'\n' | b'_')
    };
    let words = |text: &[u8]| text.split(|b| *b == b'_').filter(|word| word.len() > 1).count();
    v.len() >= 16
        && decoded(v, plain).is_some_and(|text| {
            text.trim_ascii().iter().any(|b| matches!(b, b' ' | b'!' | b'?')) || words(&text) > 3
        })
        && !says(&w[s.key.clone()], lex::PASS | lex::SECRET)
}

/// A name whose letters are written in hexadecimal: `636f6d2e6578616d706c65`.
fn spelled(v: &[u8]) -> bool {
    let digit = |b: u8| char::from(b).to_digit(16).unwrap_or(0xff);
    v.len() >= 16
        && v.len().is_multiple_of(2)
        && v.chunks(2).all(|two| {
            let byte = digit(two[0]) << 4 | digit(two[1]);
            matches!(u8::try_from(byte), Ok(b'a'..=b'z' | b'.' | b'-' | b'_'))
        })
}

/// A hash with its salt, and how many rounds made it, as Keycloak, Mosquitto and macOS keep a password.
fn salted(w: &[u8], s: &Spot, v: &[u8]) -> bool {
    /// Bytes to either side in which the rest stands.
    const NEAR: usize = 300;
    /// Letters of the shortest hash: 32 bytes in base64.
    const HASH: usize = 43;
    let lead = &w[s.value.start.saturating_sub(30)..s.value.start];
    if position(lead, b"hashedSaltedValue").is_some() {
        return true;
    }
    let near = |word: &[u8]| position(s.near(w, NEAR), word).is_some();
    let rounds = || near(b"iterations") || near(b"hashIterations") || near(b"hashedSaltedValue");
    let hash = || v.len() >= HASH && v.iter().copied().all(is_base64) && says(&w[s.key.clone()], lex::PASS);
    // Pairs of a record: what code derives a key from stands there alone.
    matches!(s.form, Form::Pair | Form::Arrow)
        && (w[s.key.clone()] == *b"salt" || hash() && near(b"salt"))
        && rounds()
}

/// What Spring calls the hash of a password: `encodedPassword = "…"`, in hexadecimal or in base64 that is no text.
fn hashed(name: &[u8], v: &[u8]) -> bool {
    const NAME: &[u8] = b"encodedpassword";
    let letters = name.iter().filter(|b| b.is_ascii_alphabetic()).map(u8::to_ascii_lowercase);
    let ends = name.len() >= NAME.len() && letters.rev().take(NAME.len()).eq(NAME.iter().rev().copied());
    let digits = v.len().is_multiple_of(4) && v.iter().copied().all(is_base64);
    ends && v.len() >= 32 && digits && decoded(v, |b| b == b'\n' || (0x20..0x7f).contains(&b)).is_none()
}

#[cfg(test)]
mod tests {
    use crate::generic::tests::nothing;

    #[test]
    fn what_is_sent_beside_credentials_is_none() {
        let hex = ["429b225683a1617c", "8d7638cf1c11da81"].concat();
        let jwt = |rest: &str| format!("token = '{}.{rest}'", ["eyJhbGciOiJ", "IUzI1NiJ9"].concat());
        for text in [
            format!("Digest realm=\"x\", nonce=\"{hex}\""),
            format!("rspauth={hex}"),
            "parseHeader('Bearer max-age=3600')".to_owned(),
            format!("\"publicDidKey\": \"did:key:zQ3sh{hex}\""),
            format!("key = \"did:key:zQ3sh{hex}\""),
            format!("secret = \"did:example:123#{hex}\""),
            "{\"key\":\"636f6d2e63726173686c79746963732e757365722d6964\"}".to_owned(),
            format!("\"hashedSaltedValue\": \"{hex}\",\n\"salt\": \"{hex}\","),
            "secret_rawDesc = []byte{0x0a, 0x2a, 0x64, 0x61, 0x70, 0x72, 0x2f, 0x70, 0x72, 0x6f, 0x12}"
                .to_owned(),
            jwt("$payload.lqzULA_U3YzEl_-fL7YLU"),
            jwt("eyJzdWIiOiIxMjM0NTY3ODkwIn0.INVALID"),
            ["header(\"Basic dXN", "lcg==\")"].concat(),
            ["?tok^en=ZW5jb2Rl", "ZCBpbmZvIQ"].concat(),
            "char pw[8] = {0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07};".to_owned(),
            format!("\"password\": \"{hex}{hex}\",\n\"salt\": \"{hex}\",\n\"iterations\": 101"),
            format!("String encodedPassword = \"{hex}\";"),
            format!("Nonce(\"{hex}\"),\n realm = \"x\""),
            ["webSocket(upgrade, requestK^ey: \"OfS0wDaT5N", "oxF2gqm7Zj2YtetzM=\")"].concat(),
            ["k^ey: dGhpc19pc190aGVfdmVye", "V9kZWVwX3N0b3J5"].concat(),
            "sec^ret = []byte{0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF, 0x11, 0x22, 0x33, 0x44, 0x55};".to_owned(),
        ] {
            // Split, so that no name stands here beside a value.
            assert!(nothing(&text.replace('^', "")), "{text}");
        }
        for text in [
            format!("nonce(\"x\", nonce=\"{hex}\")"),
            format!("parseHeader('Bearer {hex}=')"),
            format!("parseHeader('Bearer access_token={hex}')"),
            format!("key = \"zQ3sh{hex}\""),
            format!("secret = \"did:{hex}\""),
            "{\"k^ey\":\"636f6d2e63726173686c79746963732e757365722d69e4\"}".to_owned(),
            format!("\"salt\": \"{hex}\","),
            format!("key = \"{hex}{hex}\"\nderive(key, salt, iterations)"),
            "sec^ret_rawDesc = []byte{0x0a, 0x2a, 0x64, 0xe1, 0x70, 0x72, 0x2f, 0x70, 0x72, 0x6f, 0x12}"
                .to_owned(),
            jwt(&format!("eyJzdWIiOiIxMjM0NTY3ODkwIn0.{hex}")),
            jwt("eyJzdWIiOiIxMjM0NTY3ODkwIn0.INVALID' + '").replace("''", "'"),
            "header(\"Bas^ic dXNl^cjpw^YXNz^OXg=\")".to_owned(),
            ["header(\"Bas^ic MTIzNDVh", "YmNkZQ==\")"].concat(),
            ["pass^word=ZW5jb2Rl", "ZCBpbmZvIQ"].concat(),
            format!("String decodedPassword = \"{hex}\";"),
            ["socket(upgrade, requestK^ey: \"OfS0wDaT5N", "oxF2gqm7Zj2YtetzM=\")"].concat(),
            ["webSocket(upgrade, secretK^ey: \"OfS0wDaT5N", "oxF2gqm7Zj2YtetzM=\")"].concat(),
            "sec^ret = []byte{0xAA, 0xBB, 0x1C, 0xDD, 0x2E, 0xFF, 0x11, 0x52, 0x33, 0x44, 0x81};".to_owned(),
        ] {
            assert!(!nothing(&text.replace('^', "")), "{text}");
        }
    }
}
