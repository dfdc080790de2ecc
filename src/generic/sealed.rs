//! Values that are of no use as they stand: encrypted, hashed, or the name of what is kept elsewhere.
//!
//! Looks at a value alone. Knows no name, no text and no path.

use super::read::{begins, is_base64};

/// Encrypted or hashed values, and names of values kept elsewhere: no leak.
pub fn protected(v: &[u8]) -> bool {
    // a list of words or an alternation
    if v.iter().filter(|b| **b == b'|').count() >= 4 {
        return true;
    }
    const HEADS: &[&[u8]] = &[
        b"ENC[",
        b"ENC(",
        b"ENCRYPTED[",
        b"encrypted:",
        b"$ANSIBLE_VAULT",
        b"{cipher}",
        b"!vault",
        b"vault:",
        b"arn:",
        b"op://",
        b"akv://",
        b"ref+",
        b"@Microsoft.KeyVault",
        b"projects/",
        b"sha1$",
        b"sha256$",
        b"pbkdf2",
        b"{pbkdf2",
        b"{scrypt",
        b"{argon2",
        b"{SHA",
        b"{SSHA",
        b"{sha",
        b"{ssha",
        b"bcrypt",
        b"HMACSHA",
        b"<enc",
        b"$2a$",
        b"$2b$",
        b"$2y$",
        b"scrypt:",
        b"md5$",
        b"sha256:",
        b"sha256-",
        b"sha512-",
        b"sha384-",
        b"SCRAM-SHA",
        b"data:",
        b"secretKeyRef",
        b"!Ref",
        b"!Sub",
        b"Fn::",
    ];
    if begins(v, HEADS) || scheme(v) || ciphertext(v) {
        return true;
    }
    // Maven's: a base64 text in braces
    let inner = v.strip_prefix(b"{").and_then(|v| v.strip_suffix(b"}")).unwrap_or(b"");
    if inner.len() >= 24 && inner.iter().copied().all(is_base64) {
        return true;
    }
    // crypt: $id$…, $id$rounds$…
    let tail = v.strip_prefix(b"$").unwrap_or(b"");
    let id = tail.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'-').count();
    (1..=16).contains(&id) && tail.get(id) == Some(&b'$') && tail.len() > 20
}

/// A hash as directories keep it, behind its kind: `{PBKDF2-SHA256}10000$…`.
fn scheme(v: &[u8]) -> bool {
    let Some((kind, hash)) = v.strip_prefix(b"{").and_then(|rest| {
        let end = memchr::memchr(b'}', &rest[..rest.len().min(24)])?;
        Some((&rest[..end], &rest[end + 1..]))
    }) else {
        return false;
    };
    kind.len() >= 3
        && kind
            .iter()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || matches!(b, b'-' | b'+' | b'_'))
        && hash.len() >= 16
}

/// As services and tools write down what they have encrypted: its first bytes, in base64, and its length tell.
fn ciphertext(v: &[u8]) -> bool {
    /// Of KMS of AWS (version and key of the blob), of KMS of Google (its first field), of Laravel (`{"iv":`).
    const HEADS: &[(&[u8], usize)] =
        &[(b"AQICAH", 100), (b"AQIDAH", 100), (b"AQECAH", 100), (b"CiQA", 80), (b"eyJpdiI6", 80)];
    let base64 = |v: &[u8]| v.iter().copied().all(is_base64);
    match v {
        // Of Sealed Secrets: two bytes say how long the key is, which is 512 bytes.
        [b'A', b'g', b'A'..=b'D', ..] if v.len() >= 300 => base64(v),
        // Of Pulumi: `v1:` nonce `:` text.
        [b'v', b'1', b':', parts @ ..] => v.len() >= 24 && parts.contains(&b':'),
        // Of PostgreSQL: a digest with the user's name.
        [b'm', b'd', b'5', digest @ ..] => digest.len() == 32 && digest.iter().all(u8::is_ascii_hexdigit),
        _ => HEADS.iter().any(|(head, least)| v.starts_with(head) && v.len() >= *least) && base64(v),
    }
}

#[cfg(test)]
mod tests {
    use crate::generic::tests::nothing;

    #[test]
    fn what_is_encrypted_or_hashed_is_no_secret() {
        let value = "d-XZ-x.9_n5023Xl-3Pw-r7g";
        for text in [
            format!("kind: SealedSecret\n  password: AgB{}", "Ab3k".repeat(150)),
            format!("secret: AQICAH{}", "Ab3k".repeat(40)),
            format!("secret: eyJpdiI6{}", "Ab3k".repeat(40)),
            format!("encryption_salt: v1:{value}:{value}"),
            format!("ALTER ROLE app PASSWORD 'md5{}'", "429b225683a1617c".repeat(2)),
        ] {
            assert!(nothing(&text), "{text}");
        }
        for text in [
            format!("password: AgB{}", "Ab3k".repeat(5)),
            format!("secret: AQICAH{}", "Ab3k".repeat(5)),
            format!("secret: v1:{value}"),
            format!("secret: md5{}", "429b225683a1617c"),
        ] {
            assert!(!nothing(&text), "{text}");
        }
    }
}
