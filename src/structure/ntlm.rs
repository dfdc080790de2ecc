//! The last message of an NTLM sign-in: who signs in where, and an answer that can be cracked offline.

use data_encoding::BASE64;

use super::sample::Made;
use super::text::{LOWERNUM, base64};
use super::{Check, Context, Outcome, Strength};

pub(super) const CHECKS: &[Check] = &[Check {
    name: "ntlm-authenticate",
    what: "an AUTHENTICATE_MESSAGE whose fields lie within it; its domain, user and computer are told",
    source: "https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-nlmp/",
    strength: Strength::Structure,
    run: authenticate,
    sample,
}];

/// Signature and type.
const HEAD: &[u8; 12] = b"NTLMSSP\0\x03\0\0\0";
/// Where the fields of the answers and names stand; flags follow.
const LM: usize = 12;
const NT: usize = 20;
const DOMAIN: usize = 28;
const USER: usize = 36;
const COMPUTER: usize = 44;
const FLAGS: usize = 60;
const UNICODE: u32 = 1;
/// Bytes of the first version's answer; the second's is longer.
const FIRST: usize = 24;

fn authenticate(value: &[u8], _: &Context<'_>) -> Outcome {
    let Some(message) = base64(value).filter(|message| message.starts_with(HEAD)) else {
        return Outcome::fail("not an AUTHENTICATE_MESSAGE in base64");
    };
    let field = |at| field(&message, at);
    let (Some(_), Some(answer), Some(domain), Some(user), Some(computer)) =
        (field(LM), field(NT), field(DOMAIN), field(USER), field(COMPUTER))
    else {
        return Outcome::fail("a field lies outside of the message");
    };
    // Old clients leave the flags out, and write names in their own code page.
    let wide = message.get(FLAGS..FLAGS + 4).is_none_or(|flags| flags[0] & UNICODE as u8 != 0);
    let outcome = match answer.len() {
        0 => return Outcome::harmless("an anonymous sign-in: no answer in it"),
        FIRST => Outcome::pass("a message with its fields, and an answer of NTLM's first version"),
        1..FIRST => return Outcome::fail("the answer is too short"),
        _ => Outcome::pass("a message with its fields, and an answer of NTLM's second version"),
    };
    let name = |bytes: &[u8]| Some(text(bytes, wide)).filter(|name| !name.is_empty());
    outcome.fact_if("domain", name(domain)).fact_if("user", name(user)).fact_if("computer", name(computer))
}

/// The bytes that a field at `at` names: their number, the room for them, and where they begin.
fn field(message: &[u8], at: usize) -> Option<&[u8]> {
    let field: &[u8; 8] = message.get(at..)?.first_chunk()?;
    let length = usize::from(u16::from_le_bytes([field[0], field[1]]));
    let start = u32::from_le_bytes([field[4], field[5], field[6], field[7]]) as usize;
    message.get(start..start.checked_add(length)?)
}

fn text(bytes: &[u8], wide: bool) -> String {
    if wide {
        let units = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    } else {
        String::from_utf8_lossy(bytes).into_owned()
    }
}

fn sample(made: &mut Made) -> Vec<u8> {
    let wide = |text: String| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let user = wide(made.text(LOWERNUM, 6));
    let (lm, nt) = (made.bytes::<24>(), made.bytes::<60>());
    let parts: [&[u8]; 6] = [&lm, &nt, &wide("CORP".to_owned()), &user, &wide("PC".to_owned()), &[]];
    let mut message = HEAD.to_vec();
    let mut start = FLAGS + 4;
    for part in parts {
        let length = (part.len() as u16).to_le_bytes();
        message.extend([length, length].concat());
        message.extend((start as u32).to_le_bytes());
        start += part.len();
    }
    message.extend(UNICODE.to_le_bytes());
    parts.iter().for_each(|part| message.extend(*part));
    BASE64.encode(&message).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(message: &[u8]) -> Outcome {
        authenticate(BASE64.encode(message).as_bytes(), &Context::default())
    }

    #[test]
    fn names_are_told_and_fields_must_lie_within() {
        let good = BASE64.decode(&sample(&mut Made::new(7))).expect("base64");
        let outcome = run(&good);
        assert!(outcome.is_pass());
        let facts: Vec<_> = outcome.facts.iter().map(|fact| (fact.name, fact.value.as_str())).collect();
        assert_eq!((facts[0], facts[2]), (("domain", "CORP"), ("computer", "PC")));
        assert_eq!(facts[1].0, "user");
        assert!(run(&good[..good.len() - 8]).is_fail(), "cut off");
        let with = |at: usize, byte: u8| {
            let mut message = good.clone();
            message[at] = byte;
            run(&message)
        };
        assert!(with(8, 1).is_fail(), "a first message");
        assert!(with(NT, 23).is_fail(), "too short an answer");
        assert_eq!(with(NT, 0).verdict.word(), "harmless");
        assert!(with(NT + 7, 255).is_fail(), "far outside");
    }
}
