//! Values that stand where a secret would and are none: ciphertext, references to a secret kept
//! elsewhere, and digests.

use super::text::{HEX, base64, holds_ignoring_case, is, only, position};

/// How much of the text before the value is looked at.
const BEFORE: usize = 400;

/// What the value is, if it is ciphertext, a reference or a digest. `before` is the text before
/// it: its line, better a few lines.
pub fn what(value: &[u8], before: &[u8]) -> Option<&'static str> {
    let before = &before[before.len().saturating_sub(BEFORE)..];
    let value = value.trim_ascii();
    by_start(value)
        .or_else(|| by_content(value))
        .or_else(|| ciphertext_by_place(value, before))
        .or_else(|| digest(value, before))
}

/// Beginnings that nothing else has.
const STARTS: &[(&str, &str)] = &[
    ("ENC[AES256_GCM,", "SOPS ciphertext"),
    ("$ANSIBLE_VAULT;", "Ansible Vault ciphertext"),
    ("{cipher}", "Spring Cloud Config ciphertext"),
    ("age-encryption.org/v1", "age ciphertext"),
    ("YWdlLWVuY3J5cHRpb24ub3JnL3Yx", "age ciphertext"),
    ("-----BEGIN AGE ENCRYPTED FILE-----", "age ciphertext"),
    ("-----BEGIN PGP MESSAGE-----", "PGP ciphertext"),
    ("\0GITCRYPT\0", "git-crypt ciphertext"),
    ("arn:aws:secretsmanager:", "reference to AWS Secrets Manager"),
    ("arn:aws:ssm:", "reference to AWS Parameter Store"),
    ("{{resolve:secretsmanager:", "reference to AWS Secrets Manager"),
    ("{{resolve:ssm", "reference to AWS Parameter Store"),
    ("op://", "reference to 1Password"),
    ("akv://", "reference to Azure Key Vault"),
    ("@Microsoft.KeyVault(", "reference to Azure Key Vault"),
    ("{{ .Values.", "Helm value"),
    ("{{.Values.", "Helm value"),
    ("${{ secrets.", "reference to a CI secret"),
    ("${{secrets.", "reference to a CI secret"),
    ("os.environ", "read from the environment"),
    ("os.getenv(", "read from the environment"),
    ("process.env", "read from the environment"),
    ("ENV[", "read from the environment"),
    ("ENV.fetch(", "read from the environment"),
    ("getenv(", "read from the environment"),
    ("System.getenv", "read from the environment"),
    ("lookup('env'", "read from the environment"),
    ("lookup(\"env\"", "read from the environment"),
];

fn by_start(value: &[u8]) -> Option<&'static str> {
    // Nearly every value ends the search at its first byte.
    let first = value.first()?;
    let mut alike = STARTS.iter().filter(|(start, _)| start.as_bytes().first() == Some(first));
    alike.find(|(start, _)| value.starts_with(start.as_bytes())).map(|(_, what)| *what)
}

/// Values whose inside must be looked at too.
fn by_content(value: &[u8]) -> Option<&'static str> {
    if let Some(inside) = value.strip_prefix(b"ENC(").and_then(|rest| rest.strip_suffix(b")")) {
        return base64(inside).filter(|bytes| bytes.len() >= 16).map(|_| "Jasypt ciphertext");
    }
    if let Some(rest) = value.strip_prefix(b"vault:v") {
        let colon = position(rest, b":")?;
        let versioned = colon > 0 && only(&rest[..colon], b"0123456789");
        return versioned.then_some("Vault transit ciphertext");
    }
    if let Some(rest) = value.strip_prefix(b"ref+") {
        return position(rest, b"://").filter(|&at| at < 24).map(|_| "reference for vals");
    }
    if value.starts_with(b"projects/") && position(value, b"/secrets/").is_some() {
        return Some("reference to Google Secret Manager");
    }
    sealed_secret(value).or_else(|| kms(value))
}

/// Two bytes tell the length of the wrapped key, 512; then the key and the sealed value.
fn sealed_secret(value: &[u8]) -> Option<&'static str> {
    if value.len() < 700 || !value.starts_with(b"Ag") {
        return None;
    }
    let bytes = base64(value)?;
    (bytes.starts_with(&[2, 0]) && bytes.len() >= 2 + 512 + 16).then_some("Sealed Secrets ciphertext")
}

/// AWS KMS ciphertexts start with the same bytes since 2016.
fn kms(value: &[u8]) -> Option<&'static str> {
    if !value.starts_with(b"AQICAH") {
        return None;
    }
    base64(value).filter(|bytes| bytes.len() >= 100).map(|_| "AWS KMS ciphertext")
}

/// Values that only the text before them explains.
fn ciphertext_by_place(value: &[u8], before: &[u8]) -> Option<&'static str> {
    if position(before, b"secretKeyRef").is_some() {
        return Some("reference to a Kubernetes secret");
    }
    let line = before.rsplit(|&byte| byte == b'\n').next().unwrap_or(before);
    let digits = value.iter().filter(|byte| !byte.is_ascii_whitespace());
    if position(before, b"!vault").is_some()
        && digits.clone().count() >= 64
        && digits.clone().all(u8::is_ascii_digit)
    {
        return Some("Ansible Vault ciphertext");
    }
    if holds_ignoring_case(line, b"secure:") && matches!(value.len(), 344 | 684) && base64(value).is_some() {
        return Some("Travis CI ciphertext");
    }
    None
}

/// Names after which 40 or 64 hex digits are the id of an object or a checksum.
const OBJECTS: &[&str] = &[
    "commit",
    "sha",
    "sha1",
    "sha256",
    "rev",
    "revision",
    "ref",
    "checksum",
    "digest",
    "hash",
    "tree",
    "integrity",
];

fn digest(value: &[u8], before: &[u8]) -> Option<&'static str> {
    for (start, length) in [("sha256-", 32), ("sha384-", 48), ("sha512-", 64), ("h1:", 32)] {
        if let Some(rest) = value.strip_prefix(start.as_bytes()) {
            return base64(rest).filter(|bytes| bytes.len() == length).map(|_| "integrity digest");
        }
    }
    if value.strip_prefix(b"sha256:").is_some_and(|rest| is(rest, HEX, 64)) {
        return Some("image digest");
    }
    let name = last_word(before);
    let named = |names: &[&str]| names.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()));
    if named(OBJECTS) && (is(value, HEX, 40) || is(value, HEX, 64)) {
        return Some("object id or checksum");
    }
    if named(&["UserSecretsId", "ProjectGuid", "id"]) && is_uuid(value) {
        return Some("identifier");
    }
    None
}

/// The last name before the value: what it is assigned to.
fn last_word(before: &[u8]) -> &[u8] {
    let word = |byte: &u8| byte.is_ascii_alphanumeric();
    let end = before.iter().rposition(word).map_or(0, |at| at + 1);
    let start = before[..end].iter().rposition(|byte| !word(byte)).map_or(0, |at| at + 1);
    &before[start..end]
}

fn is_uuid(value: &[u8]) -> bool {
    let value = value.strip_prefix(b"{").and_then(|value| value.strip_suffix(b"}")).unwrap_or(value);
    let dashes = [8, 13, 18, 23];
    value.len() == 36
        && value.iter().enumerate().all(|(at, byte)| match dashes.contains(&at) {
            true => *byte == b'-',
            false => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::structure::sample::Made;
    use data_encoding::BASE64;

    fn known(value: &str, before: &str) -> Option<&'static str> {
        what(value.as_bytes(), before.as_bytes())
    }

    #[test]
    fn by_start_alone() {
        assert_eq!(known("ENC[AES256_GCM,data:p673w==,iv:YY=,type:str]", ""), Some("SOPS ciphertext"));
        assert_eq!(known("ENC[RSA,data]", ""), None);
        assert_eq!(known("$ANSIBLE_VAULT;1.1;AES256\n6162", ""), Some("Ansible Vault ciphertext"));
        assert_eq!(known("op://vault/item/field", ""), Some("reference to 1Password"));
        assert_eq!(known("process.env.TOKEN", ""), Some("read from the environment"));
        assert_eq!(known("ref+awsssm://path", ""), Some("reference for vals"));
        assert_eq!(known("reference://path", ""), None);
        assert_eq!(known("vault:v1:8SDd3WHDOjf7mq69", ""), Some("Vault transit ciphertext"));
        assert_eq!(known("vault:very-secret:x", ""), None);
    }

    #[test]
    fn ciphertext_must_look_like_it() {
        let mut made = Made::new(1);
        let jasypt = BASE64.encode(&made.bytes::<32>());
        assert_eq!(known(&format!("ENC({jasypt})"), ""), Some("Jasypt ciphertext"));
        assert_eq!(known("ENC(hunter2)", ""), None);
        let sealed = [&[2, 0][..], &made.bytes::<512>(), &made.bytes::<40>()].concat();
        assert_eq!(known(&BASE64.encode(&sealed), ""), Some("Sealed Secrets ciphertext"));
        let other = [&[2, 1][..], &made.bytes::<512>(), &made.bytes::<40>()].concat();
        assert_eq!(known(&BASE64.encode(&other), ""), None);
        let travis = BASE64.encode(&made.bytes::<256>());
        assert_eq!(known(&travis, "  - secure: \""), Some("Travis CI ciphertext"));
        assert_eq!(known(&travis, "  - token: \""), None);
    }

    #[test]
    fn digests_need_a_name() {
        let id = "0a1b2c3d4e".repeat(4);
        assert_eq!(known(&id, "commit: "), Some("object id or checksum"));
        assert_eq!(known(&id, "\"rev\" = \""), Some("object id or checksum"));
        assert_eq!(known(&id, "token: "), None);
        assert_eq!(known(&id, "commit_token: "), None);
        let sri = format!("sha512-{}", BASE64.encode(&[7; 64]));
        assert_eq!(known(&sri, ""), Some("integrity digest"));
        assert_eq!(known("sha512-abc", ""), None);
    }

    #[test]
    fn identifiers_are_uuids_under_their_names() {
        let id = "12345678-1234-4234-8234-123456789abc";
        assert_eq!(known(id, "<UserSecretsId>"), Some("identifier"));
        assert_eq!(known(id, "<ProjectGuid>{"), Some("identifier"));
        assert_eq!(known(id, "client_secret="), None);
    }
}
