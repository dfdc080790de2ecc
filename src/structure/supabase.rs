//! Supabase keys: the checksum takes in the project's ref, so the ref must stand near.

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};

use super::sample::Made;
use super::text::{BASE64URL, LOWER, is, position};
use super::{Check, Context, Outcome, Strength};

pub(super) const CHECKS: &[Check] = &[Check {
    name: "supabase",
    what: "the last 8 characters are a SHA-256 of the project ref and the key",
    source: "https://github.com/supabase/supabase/tree/master/docker",
    strength: Strength::Checksum { skip: 0, spare: 0 },
    run: supabase,
    sample: supabase_sample,
}];

/// The ref that keys of one's own server are made with.
const SELF_HOSTED: &[u8] = b"supabase-self-hosted";
const SECRET: &[u8] = b"sb_secret_";
const PUBLISHABLE: &[u8] = b"sb_publishable_";

fn sum(reference: &[u8], hashed: &[u8]) -> String {
    let digest = Sha256::digest([reference, b"|", hashed].concat());
    BASE64URL_NOPAD.encode(&digest[..6])
}

fn supabase(value: &[u8], context: &Context<'_>) -> Outcome {
    let body = value.strip_prefix(SECRET).or(value.strip_prefix(PUBLISHABLE));
    let Some(body) = body.filter(|body| is(body, BASE64URL, 31) && body[22] == b'_') else {
        return Outcome::fail("not 22 and 8 characters");
    };
    if body.len() + SECRET.len() != value.len() {
        return Outcome::harmless("publishable keys are public by design");
    }
    let (hashed, tail) = (&value[..value.len() - 9], &value[value.len() - 8..]);
    if sum(SELF_HOSTED, hashed).as_bytes() == tail {
        return Outcome::pass("SHA-256 piece holds").fact("project", "self-hosted");
    }
    match context.beside.and_then(reference) {
        Some(reference) if sum(reference, hashed).as_bytes() == tail => {
            Outcome::pass("SHA-256 piece holds").fact("project", String::from_utf8_lossy(reference))
        }
        Some(_) => Outcome::fail("the checksum does not hold for the project ref beside it"),
        None => Outcome::unknown("the checksum needs the project ref, and none stands near"),
    }
}

/// The 20 letters before `.supabase.`, or the whole text if it is just such letters.
fn reference(beside: &[u8]) -> Option<&[u8]> {
    let head = match position(beside, b".supabase.") {
        Some(at) => &beside[..at],
        None if beside.len() == 20 => beside,
        None => return None,
    };
    let reference = &head[head.len().checked_sub(20)?..];
    is(reference, LOWER, 20).then_some(reference)
}

/// A self-hosted key: the only one that proves itself without a neighbour.
fn supabase_sample(made: &mut Made) -> Vec<u8> {
    with_reference(made, SELF_HOSTED)
}

fn with_reference(made: &mut Made, reference: &[u8]) -> Vec<u8> {
    let hashed = format!("sb_secret_{}", made.text(BASE64URL, 22));
    let tail = sum(reference, hashed.as_bytes());
    format!("{hashed}_{tail}").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::structure::{check, check_in};

    /// The local-stack key of the vendor's own docs is made with its own ref, not with the
    /// self-hosted one; a made-up project shows the rest.
    #[test]
    fn the_ref_decides() {
        let project = b"abcdefghijklmnopqrst";
        let value = with_reference(&mut Made::new(1), project);
        let word = |beside: Option<&[u8]>| {
            let context = Context { now: None, beside };
            check_in("supabase", &value, &context).expect("registered").verdict.word()
        };
        assert_eq!(word(None), "unknown");
        assert_eq!(word(Some(b"no project here")), "unknown");
        assert_eq!(word(Some(project)), "pass");
        assert_eq!(word(Some(b"URL=https://abcdefghijklmnopqrst.supabase.co/rest")), "pass");
        assert_eq!(word(Some(b"https://tsrqponmlkjihgfedcba.supabase.co")), "fail");
    }

    #[test]
    fn publishable_keys_are_harmless() {
        let value = format!("sb_publishable_{}_{}", "aB3".repeat(8).split_at(22).0, "a".repeat(8));
        assert_eq!(check("supabase", value.as_bytes()).expect("registered").verdict.word(), "harmless");
    }
}
