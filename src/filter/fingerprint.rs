//! The name of a finding: made of the rule and the value, so that it is the same wherever the value
//! stands and whoever scans, and another secret never has it.
//!
//! It stands in files that many can read, so it must not give the value away. A machine-made token
//! cannot be guessed, so a plain hash hides it. A value that a person may have chosen can be: for those
//! the hash is slow (Argon2id, salted with the rule's id), about a millisecond a guess and a mebibyte of
//! memory, so a list of common passwords cannot simply be hashed and compared. Whoever suspects one
//! value can still check that one; only rotating it helps then.

use argon2::{Algorithm, Argon2, Params, Version};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::model::Secret;

const DOMAIN: &[u8] = b"leakgate fingerprint 1\0";

/// Memory in KiB and passes over it, of the slow hash.
const COST: (u32, u32) = (1024, 1);

/// `rule:` and 32 hexadecimal digits. Line ends do not count: CRLF is LF.
pub fn fingerprint(rule: &str, secret: &Secret, chosen_by_person: bool) -> String {
    let value: Vec<u8> = secret.reveal().iter().copied().filter(|&byte| byte != b'\r').collect();
    let mut hash = [0_u8; 16];
    if chosen_by_person {
        let salt = [DOMAIN, rule.as_bytes()].concat();
        let params = Params::new(COST.0, COST.1, 1, Some(hash.len())).expect("constant and valid");
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(&value, &salt, &mut hash)
            .expect("value and salt are within Argon2's limits of 4 GiB");
    } else {
        let mut digest = Sha256::new();
        digest.update(DOMAIN);
        digest.update(rule.as_bytes());
        digest.update([0]);
        digest.update(&value);
        hash.copy_from_slice(&digest.finalize()[..16]);
    }
    format!("{rule}:{}", HEXLOWER.encode(&hash))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::is_fingerprint;

    #[test]
    fn it_depends_on_rule_and_value_and_on_nothing_else() {
        for person in [false, true] {
            let of = |rule: &str, value: &str| fingerprint(rule, &Secret::new(value.as_bytes()), person);
            assert_eq!(of("a", "value"), of("a", "value"));
            assert_ne!(of("a", "value"), of("b", "value"));
            assert_ne!(of("a", "value"), of("a", "value2"));
            assert_eq!(of("a", "two\nlines"), of("a", "two\r\nlines"));
            assert!(is_fingerprint(&of("a", "")));
        }
        let value = Secret::new(b"value");
        assert_ne!(fingerprint("a", &value, true), fingerprint("a", &value, false));
    }
}
