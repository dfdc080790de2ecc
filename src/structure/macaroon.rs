//! Macaroons: PyPI's (libmacaroons v2, binary) and Fly.io's (MessagePack). Their caveats can be
//! read by anyone, so the scope is told.

use data_encoding::{BASE64, BASE64URL_NOPAD};
use serde_json::Value;

use super::sample::Made;
use super::text::{base64, position};
use super::{Check, Context, Level, Outcome, Strength};

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "pypi-macaroon",
        what: "a macaroon of PyPI, read to its last byte",
        source: "PyPI's help page on API tokens, and github.com/rescrv/libmacaroons",
        strength: Strength::Structure,
        run: pypi,
        sample: pypi_sample,
    },
    Check {
        name: "fly-macaroon",
        what: "MessagePack of nonce, location, caveats and a 32-byte tail",
        source: "https://github.com/superfly/macaroon",
        strength: Strength::Structure,
        run: fly,
        sample: fly_sample,
    },
];

/// Types of libmacaroons' fields.
const LOCATION: u8 = 1;
const IDENTIFIER: u8 = 2;
const SIGNATURE: u8 = 6;

/// One `type, length, bytes` field; a length takes 7 bits a byte.
fn field<'b>(bytes: &mut &'b [u8], kind: u8) -> Option<&'b [u8]> {
    let rest = bytes.strip_prefix(&[kind])?;
    let (length, rest) = match *rest {
        [low @ 0..=0x7f, ref rest @ ..] => (usize::from(low), rest),
        [low, high @ 0..=0x7f, ref rest @ ..] => (usize::from(low & 0x7f) | usize::from(high) << 7, rest),
        _ => return None,
    };
    let (field, rest) = rest.split_at_checked(length)?;
    *bytes = rest;
    Some(field)
}

struct Macaroon<'b> {
    location: &'b [u8],
    caveats: Vec<&'b [u8]>,
}

/// Version 2, `location identifier 0 (caveat 0)* 0 signature`.
fn macaroon(bytes: &[u8]) -> Option<Macaroon<'_>> {
    let mut rest = bytes.strip_prefix(&[2])?;
    let location = field(&mut rest, LOCATION)?;
    field(&mut rest, IDENTIFIER)?;
    rest = rest.strip_prefix(&[0])?;
    let mut caveats = Vec::new();
    while let Some(caveat) = field(&mut rest, IDENTIFIER) {
        caveats.push(caveat);
        rest = rest.strip_prefix(&[0])?;
    }
    rest = rest.strip_prefix(&[0])?;
    let signature = field(&mut rest, SIGNATURE)?;
    (signature.len() == 32 && rest.is_empty()).then_some(Macaroon { location, caveats })
}

fn pypi(value: &[u8], context: &Context<'_>) -> Outcome {
    let bytes = value.strip_prefix(b"pypi-").and_then(base64);
    let Some(macaroon) = bytes.as_deref().and_then(macaroon) else {
        return Outcome::fail("not base64 of a whole macaroon");
    };
    let host = String::from_utf8_lossy(macaroon.location);
    let mut outcome = Outcome::pass("a macaroon, read to its last byte").fact("host", &host);
    if host.starts_with("test.") {
        outcome = outcome.advise(Level::Low, "for the test registry");
    }
    macaroon.caveats.into_iter().fold(outcome, |outcome, caveat| pypi_caveat(outcome, caveat, context))
}

/// Old caveats are an object with `permissions`; new ones a list that starts with their kind:
/// 0 = times, 1 = project names, 2 = project ids, 3 = user.
fn pypi_caveat(outcome: Outcome, caveat: &[u8], context: &Context<'_>) -> Outcome {
    let Ok(caveat) = serde_json::from_slice::<Value>(caveat) else {
        return outcome;
    };
    if let Some(permissions) = caveat.get("permissions") {
        let projects = permissions.get("projects").and_then(Value::as_array);
        return match projects {
            Some(projects) => outcome.fact("scope", names(projects)),
            None => outcome.fact("scope", "all projects of the user"),
        };
    }
    let kind = caveat.get(0).and_then(Value::as_u64);
    match (kind, caveat.get(1)) {
        (Some(0), Some(end)) => match end.as_i64() {
            Some(end) => outcome.expires(end, context),
            None => outcome,
        },
        (Some(1), Some(Value::Array(projects))) => outcome.fact("scope", names(projects)),
        (Some(2), Some(Value::Array(projects))) => {
            outcome.fact("scope", format!("{} projects", projects.len()))
        }
        (Some(3), Some(_)) => outcome.fact("scope", "all projects of the user"),
        _ => outcome,
    }
}

fn names(projects: &[Value]) -> String {
    let names: Vec<&str> = projects.iter().filter_map(Value::as_str).collect();
    names.join(", ")
}

fn put(bytes: &mut Vec<u8>, kind: u8, field: &[u8]) {
    bytes.push(kind);
    if field.len() > 0x7f {
        bytes.push(field.len() as u8 | 0x80);
        bytes.push((field.len() >> 7) as u8);
    } else {
        bytes.push(field.len() as u8);
    }
    bytes.extend_from_slice(field);
}

fn pypi_sample(made: &mut Made) -> Vec<u8> {
    let host = made.pick(&[concat!("py", "pi.org"), concat!("test.py", "pi.org")]);
    let caveat = made.pick(&[
        r#"{"version": 1, "permissions": "user"}"#,
        r#"{"version": 1, "permissions": {"projects": ["made-up"]}}"#,
        r#"[1, ["made-up"]]"#,
        r#"[0, 1700000000, 1600000000]"#,
    ]);
    let mut bytes = vec![2];
    put(&mut bytes, LOCATION, host.as_bytes());
    put(&mut bytes, IDENTIFIER, &made.bytes::<36>());
    bytes.push(0);
    put(&mut bytes, IDENTIFIER, caveat.as_bytes());
    bytes.extend_from_slice(&[0, 0]);
    put(&mut bytes, SIGNATURE, &made.bytes::<32>());
    format!("pypi-{}", BASE64URL_NOPAD.encode(&bytes)).into_bytes()
}

fn fly(value: &[u8], _: &Context<'_>) -> Outcome {
    let value = value.strip_prefix(b"FlyV1 ").unwrap_or(value);
    let mut kinds = Vec::new();
    let mut place = None;
    for token in value.split(|&byte| byte == b',') {
        let at = position(token, b"_").unwrap_or(0);
        kinds.push(match &token[..at] {
            b"fm1r" => "permission",
            b"fm1a" => "authentication",
            b"fm2" => "token",
            _ => return Outcome::fail("does not start fm2_, fm1r_ or fm1a_"),
        });
        let body = &token[at + 1..];
        let bytes = base64(body);
        match bytes.as_deref().and_then(fly_location) {
            Some(found) => place = place.or(Some(String::from_utf8_lossy(found).into_owned())),
            None => return Outcome::fail("not base64 of a whole macaroon"),
        }
    }
    Outcome::pass("MessagePack with a 32-byte tail, read to its last byte")
        .fact("kind", kinds.join(", "))
        .fact_if("host", place)
}

/// The second of the four entries, if the value is whole.
fn fly_location(bytes: &[u8]) -> Option<&[u8]> {
    let mut rest = bytes.strip_prefix(&[0x94])?;
    skip(&mut rest)?;
    let place = rest;
    skip(&mut rest)?;
    let place = &place[..place.len() - rest.len()];
    skip(&mut rest)?;
    let tail = rest.strip_prefix(&[0xc4, 32])?;
    let text = match *place.first()? {
        0xa0..=0xbf => &place[1..],
        0xd9 => &place[2..],
        _ => return None,
    };
    (tail.len() == 32).then_some(text)
}

/// Steps over one MessagePack value: counts what is still owed instead of recursing.
fn skip(bytes: &mut &[u8]) -> Option<()> {
    let mut owed = 1usize;
    while owed > 0 {
        let (&kind, rest) = bytes.split_first()?;
        let number = |width: usize| {
            let bytes = rest.get(..width)?;
            Some(bytes.iter().fold(0usize, |sum, &byte| sum << 8 | usize::from(byte)))
        };
        let (head, body, more) = match kind {
            0x00..=0x7f | 0xe0..=0xff | 0xc0 | 0xc2 | 0xc3 => (0, 0, 0),
            0x80..=0x8f => (0, 0, 2 * usize::from(kind & 15)),
            0x90..=0x9f => (0, 0, usize::from(kind & 15)),
            0xa0..=0xbf => (0, usize::from(kind & 31), 0),
            0xc4 | 0xd9 => (1, number(1)?, 0),
            0xc5 | 0xda => (2, number(2)?, 0),
            0xc6 | 0xdb => (4, number(4)?, 0),
            0xc7 => (1, number(1)? + 1, 0),
            0xc8 => (2, number(2)? + 1, 0),
            0xcc | 0xd0 => (1, 0, 0),
            0xcd | 0xd1 => (2, 0, 0),
            0xca | 0xce | 0xd2 => (4, 0, 0),
            0xcb | 0xcf | 0xd3 => (8, 0, 0),
            0xd4..=0xd8 => (0, 1 + (1 << (kind - 0xd4)), 0),
            0xdc => (2, 0, number(2)?),
            0xde => (2, 0, 2 * number(2)?),
            // No token needs extensions or lists this long.
            0xc1 | 0xc9 | 0xdd | 0xdf => return None,
        };
        *bytes = rest.get(head..)?.get(body..)?;
        // Each value owed takes at least one byte of what is left.
        owed = owed - 1 + more;
        if owed > bytes.len() {
            return (owed == 0).then_some(());
        }
    }
    Some(())
}

fn fly_sample(made: &mut Made) -> Vec<u8> {
    let prefix = made.pick(&["fm2_", "fm1r_", "fm1a_"]);
    let place = b"https://api.fly.io/v1";
    let mut bytes = vec![0x94, 0x93, 0xc4, 16];
    bytes.extend_from_slice(&made.bytes::<16>());
    bytes.extend_from_slice(&[0xc4, 16]);
    bytes.extend_from_slice(&made.bytes::<16>());
    bytes.push(0xc2);
    bytes.push(0xa0 | place.len() as u8);
    bytes.extend_from_slice(place);
    bytes.extend_from_slice(&[0x92, 0x05, 0x91, 0xce, 1, 2, 3, 4, 0xc4, 32]);
    bytes.extend_from_slice(&made.bytes::<32>());
    format!("{prefix}{}", BASE64.encode(&bytes)).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::structure::check;

    #[test]
    fn a_list_that_owes_more_than_there_is_ends_at_once() {
        let mut bytes: &[u8] = &[0xdc, 0xff, 0xff, 1, 2, 3];
        assert_eq!(skip(&mut bytes), None);
    }

    #[test]
    fn the_scope_is_told() {
        let scopes: std::collections::BTreeSet<String> = (0..40)
            .filter_map(|seed| check("pypi-macaroon", &pypi_sample(&mut Made::new(seed))))
            .flat_map(|outcome| outcome.facts)
            .filter(|fact| fact.name == "scope")
            .map(|fact| fact.value)
            .collect();
        assert_eq!(scopes.len(), 2, "{scopes:?}");
    }

    #[test]
    fn several_fly_tokens_in_one_value() {
        let (a, b) = (fly_sample(&mut Made::new(1)), fly_sample(&mut Made::new(2)));
        let value = [b"FlyV1 ", &a[..], b",", &b].concat();
        assert!(check("fly-macaroon", &value).expect("registered").is_pass());
    }
}
