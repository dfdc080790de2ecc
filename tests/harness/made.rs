//! Made-up secrets: made when a test runs, so that none stands in any file. The same number gives the
//! same value.

use leakgate::{pattern::sample, structure};

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A GitHub token that nobody was ever given. Its checksum is right, so that it is believed.
pub fn token(number: u64) -> String {
    let body = filled("{alnum:30}", number);
    let mut rest = crc32fast::hash(body.as_bytes()) as usize;
    let mut check = [b'0'; 6];
    for digit in check.iter_mut().rev() {
        *digit = BASE62[rest % 62];
        rest /= 62;
    }
    format!("ghp_{body}{}", String::from_utf8_lossy(&check))
}

/// A value for rules that end in a secret of letters and digits.
pub fn filled(template: &str, number: u64) -> String {
    String::from_utf8(sample(template, number)).expect("templates are text")
}

/// A password such as people choose, for a URL.
pub fn password(number: u64) -> String {
    filled("{word:5}{digits:2}{word:4}", number)
}

/// A URL with that password in it.
pub fn url(password: &str) -> String {
    format!("https://deploy:{password}@git.internal/team/app.git")
}

/// A value that passes the offline check of that name.
pub fn checked(check: &str, number: u64) -> String {
    let value = structure::sample(check, number).unwrap_or_else(|| panic!("no check is called {check}"));
    String::from_utf8(value).expect("samples are text")
}

/// An unencrypted private key in PEM, of the kind that `openssl` writes.
pub fn private_key() -> String {
    let mut keys = (1..).map(|number| checked("pem-private-key", number));
    keys.find(|key| key.contains("BEGIN RSA")).expect("one sample in four is one")
}
