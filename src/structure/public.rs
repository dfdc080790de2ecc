//! Values that are public by design, whatever name they stand under: publishable keys, recipients, certificates,
//! tokens that every visitor gets.

use super::pem;
use super::text::{BASE62, base64_json, holds_ignoring_case, only};
use super::{Context, Verdict, jwt};

/// What bech32 is written with.
const BECH32: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/// What the value is, if it is public by design. `near` is the text around it: a few lines at each side.
pub fn what(value: &[u8], near: &[u8]) -> Option<&'static str> {
    let rest = |prefix: &str| value.strip_prefix(prefix.as_bytes());
    // Nearly every value ends the search at its first byte.
    match value.first()? {
        b'p' => {
            let key = rest("pk_live_").or(rest("pk_test_"));
            let mapbox = || {
                let (json, _) =
                    rest("pk.")?.split_at_checked(value[3..].iter().position(|&byte| byte == b'.')?)?;
                base64_json(json).filter(|json| json.contains_key("u"))
            };
            let is_key = |key: &[u8]| {
                // Some are base64 of a host.
                let end = key.iter().rposition(|&byte| byte != b'=').map_or(0, |at| at + 1);
                end >= 16 && key.len() - end <= 2 && only(&key[..end], BASE62)
            };
            (key.is_some_and(is_key) || mapbox().is_some()).then_some("a publishable key, public by design")
        }
        b's' => rest("sb_publishable_").map(|_| "a publishable key, public by design"),
        b'a' => {
            rest("age1").filter(|rest| rest.len() == 58 && only(rest, BECH32)).map(|_| "an age recipient")
        }
        b'k' => {
            let public = ["k1.public.", "k2.public.", "k3.public.", "k4.public."];
            public.iter().find_map(|prefix| rest(prefix)).map(|_| "a public key")
        }
        b'A' => (value.starts_with(b"AIza") && is_firebase(near))
            .then_some("the API key of a Firebase web app, public by design"),
        b'e' if value.starts_with(b"eyJ") && value.contains(&b'.') => {
            match jwt::jwt(value, &Context::default()).verdict {
                Verdict::Harmless { why } => Some(why),
                _ => None,
            }
        }
        b'-' if value.starts_with(b"-----BEGIN ") => pem::public(pem::find(value).label),
        _ => None,
    }
}

/// A web app's configuration names where its users sign in.
fn is_firebase(near: &[u8]) -> bool {
    holds_ignoring_case(near, b"authdomain") || holds_ignoring_case(near, b"auth_domain")
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_encoding::BASE64URL_NOPAD;

    fn is_public(value: &str) -> bool {
        what(value.as_bytes(), b"").is_some()
    }

    #[test]
    fn what_a_web_page_may_hold() {
        let random = "aB3dE5gH7jK9mN1pQ3sT5vW7";
        for mode in ["live", "test"] {
            assert!(is_public(&format!("pk_{mode}_{random}")));
            assert!(
                is_public(&format!("pk_{mode}_{random}==")) && !is_public(&format!("pk_{mode}_{random}==="))
            );
            assert!(!is_public(&format!("sk_{mode}_{random}")));
        }
        assert!(is_public(&format!("sb_publishable_{random}")) && !is_public(&format!("sb_secret_{random}")));
        let user = BASE64URL_NOPAD.encode(br#"{"u":"somebody","a":"c1"}"#);
        assert!(is_public(&format!("pk.{user}.{random}")) && !is_public(&format!("sk.{user}.{random}")));
        assert!(!is_public(&format!("pk.{random}.{random}")) && !is_public("pk."));
    }

    #[test]
    fn halves_that_are_given_away() {
        assert!(is_public(&format!("age1{}", "qpzry9x8gf".repeat(6).split_at(58).0)));
        assert!(!is_public(&format!("age1{}", "b".repeat(58))));
        assert!(is_public("k4.public.abc") && !is_public("k4.secret.abc"));
        let block = |label: &str| format!("-----BEGIN {label}-----\nMIIB\n-----END {label}-----");
        assert!(is_public(&block("X9.42 DH PARAMETERS")) && is_public(&block("PKCS7")));
        assert!(!is_public(&block("PRIVATE KEY")));
        assert!(!is_public(&format!("{}\n{}", block("CERTIFICATE"), block("RSA PRIVATE KEY"))));
    }

    #[test]
    fn tokens_that_every_visitor_gets() {
        let token = |claims: &[u8]| {
            let part = |bytes: &[u8]| BASE64URL_NOPAD.encode(bytes);
            format!("{}.{}.{}", part(br#"{"alg":"HS256"}"#), part(claims), part(&[7; 32]))
        };
        assert!(is_public(&token(br#"{"iss":"supabase","role":"anon"}"#)));
        assert!(!is_public(&token(br#"{"iss":"supabase","role":"service_role"}"#)));
    }

    #[test]
    fn keys_of_firebase_are_known_by_what_stands_beside_them() {
        let key = ["AIza", &"aB3dE".repeat(7)].concat();
        assert!(what(key.as_bytes(), b"authDomain: 'app.firebaseapp.com'").is_some());
        assert!(what(key.as_bytes(), b"VITE_AUTH_DOMAIN=x").is_some());
        assert!(what(key.as_bytes(), b"maps").is_none());
    }
}
