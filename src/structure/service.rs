//! Tokens whose parts hold numbers that must be believable: Discord, Telegram, Slack, swarm
//! joins, ULIDs, Salesforce sessions, minisign.

use data_encoding::{BASE64, BASE64URL_NOPAD};

use super::sample::Made;
use super::text::{BASE62, BASE64URL, DIGITS, HEX, LOWERNUM, base64, base64_text, decimal, is, number, only};
use super::{Check, Context, Level, Outcome, Strength};

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "discord-bot",
        what: "base64 of a user id that is a moment, a time, and an HMAC's length",
        source: "https://discord.com/developers/docs/reference#authentication",
        strength: Strength::Structure,
        run: discord,
        sample: |made| {
            let id = (made.below(1 << 40) + (1 << 38)) << 22 | made.below(1 << 22);
            let id = BASE64URL_NOPAD.encode(id.to_string().as_bytes());
            let length = made.pick(&[27, 38]);
            format!("{id}.{}.{}", made.text(BASE64URL, 6), made.text(BASE64URL, length)).into_bytes()
        },
    },
    Check {
        name: "telegram-bot",
        what: "8 to 10 digits, ':' and 35 characters that start AA",
        source: "https://core.telegram.org/bots/features#botfather",
        strength: Strength::Shape,
        run: telegram,
        sample: |made| format!("1{}:AA{}", made.text(DIGITS, 9), made.text(BASE64URL, 33)).into_bytes(),
    },
    Check {
        name: "slack-token",
        what: "ids of 9 to 14 digits and a secret of the kind's length",
        source: "https://docs.slack.dev/authentication/tokens",
        strength: Strength::Shape,
        run: slack,
        sample: slack_sample,
    },
    Check {
        name: "swarm-token",
        what: "two base-36 numbers within 256 and 128 bits",
        source: "https://github.com/moby/swarmkit/blob/master/ca/config.go",
        strength: Strength::Shape,
        run: swarm,
        sample: |made| {
            let parts = (made.text(LOWERNUM, 49), made.text(LOWERNUM, 24));
            format!("SWMTKN-1-0{}-0{}", parts.0, parts.1).into_bytes()
        },
    },
    Check {
        name: "ulid-tail",
        what: "the last 26 characters are a ULID: its first ten are a moment",
        source: "https://github.com/ulid/spec",
        strength: Strength::Shape,
        run: ulid,
        sample: |made| {
            let moment = 1_500_000_000_000 + made.below(300_000_000_000);
            let prefix = made.pick(&["PMAT-", "ucat_"]);
            format!("{prefix}{}{}", number(moment, CROCKFORD, 10), made.text(CROCKFORD, 16)).into_bytes()
        },
    },
    Check {
        name: "salesforce-session",
        what: "a 15-character organization id, '!' and AQ or AR",
        source: "https://help.salesforce.com/",
        strength: Strength::Shape,
        run: salesforce,
        sample: |made| format!("00D{}!AQ{}", made.text(BASE62, 12), made.text(BASE62, 94)).into_bytes(),
    },
    Check {
        name: "minisign",
        what: "base64 that starts with the algorithm, key derivation and checksum marks",
        source: "https://jedisct1.github.io/minisign/",
        strength: Strength::Structure,
        run: minisign,
        sample: |made| {
            let head = made.pick(&[b"EdScB2", b"Ed\0\0B2"]);
            let bytes = [&head[..], &made.bytes::<152>()].concat();
            BASE64.encode(&bytes).into_bytes()
        },
    },
];

const FORM: &str = "not the parts or lengths of this token";

/// Discord's ids count milliseconds from 2015, above 22 bits of their own.
const DISCORD_EPOCH: u64 = 1_420_070_400_000;

fn discord(value: &[u8], _: &Context<'_>) -> Outcome {
    let parts: Vec<&[u8]> = value.splitn(4, |&byte| byte == b'.').collect();
    let [id, time, mac] = parts[..] else {
        return Outcome::fail(FORM);
    };
    let lengths = is(time, BASE64URL, 6) && matches!(mac.len(), 27 | 38) && only(mac, BASE64URL);
    let id = base64_text(id).filter(|id| (17..=19).contains(&id.len()));
    let id = id.and_then(|text| text.parse::<u64>().ok().filter(|_| only(text.as_bytes(), DIGITS)));
    match id {
        Some(id) if lengths => {
            let made = ((id >> 22) + DISCORD_EPOCH) / 1000;
            Outcome::pass("the first part is a user id")
                .fact("user id", id.to_string())
                .fact_if("account created", super::moment::stamp(made as i64))
        }
        _ => Outcome::fail("the first part is not a user id, or the others have other lengths"),
    }
}

fn telegram(value: &[u8], _: &Context<'_>) -> Outcome {
    let parts: Vec<&[u8]> = value.splitn(3, |&byte| byte == b':').collect();
    let [id, secret] = parts[..] else {
        return Outcome::fail(FORM);
    };
    let whole = (8..=10).contains(&id.len()) && decimal(id).is_some() && id[0] != b'0';
    match whole && is(secret, BASE64URL, 35) && secret.starts_with(b"AA") {
        true => Outcome::decodes("a bot's number and 35 characters that start AA"),
        false => Outcome::fail(FORM),
    }
}

fn slack(value: &[u8], _: &Context<'_>) -> Outcome {
    let parts: Vec<&[u8]> = value.splitn(8, |&byte| byte == b'-').collect();
    let id = |part: &[u8]| (9..=14).contains(&part.len()) && only(part, DIGITS);
    let word = |part: &[u8], length: usize| is(part, BASE62, length);
    let (kind, holds) = match parts[..] {
        [b"xoxb", a, b, secret] => ("bot token", id(a) && id(b) && (word(secret, 24) || word(secret, 23))),
        [b"xoxb", a, secret] => ("bot token (old)", id(a) && word(secret, 24)),
        [b"xoxp", a, b, c, secret] => ("user token", id(a) && id(b) && id(c) && is(secret, HEX, 32)),
        [b"xapp", b"1", app, b, secret] => {
            ("app token", app.starts_with(b"A") && id(b) && is(secret, HEX, 64))
        }
        _ if value.starts_with(b"xox") || value.starts_with(b"xapp-") => {
            return Outcome::unknown("a kind of Slack token whose parts are not known");
        }
        _ => ("", false),
    };
    match holds {
        true => Outcome::decodes("ids and secret have the kind's lengths").fact("kind", kind),
        false => Outcome::fail("ids or secret have other lengths"),
    }
}

fn slack_sample(made: &mut Made) -> Vec<u8> {
    let id = made.text(b"123456789", 12);
    let text = match made.below(3) {
        0 => format!("xoxb-{id}-{}-{}", made.text(b"123456789", 13), made.text(BASE62, 24)),
        1 => format!("xoxp-{id}-{id}-{}-{}", made.text(b"123456789", 13), made.text(HEX, 32)),
        _ => format!("xapp-1-A{}-{id}-{}", made.text(BASE62, 10), made.text(HEX, 64)),
    };
    text.into_bytes()
}

/// Base 36 is not exact: most texts of these lengths are too big for the numbers.
fn swarm(value: &[u8], _: &Context<'_>) -> Outcome {
    let Some(body) = value.strip_prefix(b"SWMTKN-1-") else {
        return Outcome::fail(FORM);
    };
    if body.len() != 76 || body[50] != b'-' {
        return Outcome::fail(FORM);
    }
    match fits(&body[..50], 32) && fits(&body[51..], 16) {
        true => Outcome::decodes("a 256-bit digest and a 128-bit secret in base 36"),
        false => Outcome::fail("a number is too big for its place"),
    }
}

/// The base-36 number takes at most `size` bytes.
fn fits(text: &[u8], size: usize) -> bool {
    let mut bytes = vec![0u8; size];
    text.iter().all(|&byte| {
        let Some(digit) = LOWERNUM.iter().position(|&known| known == byte) else {
            return false;
        };
        let mut carry = digit as u32;
        for byte in bytes.iter_mut().rev() {
            carry += u32::from(*byte) * 36;
            *byte = carry as u8;
            carry >>= 8;
        }
        carry == 0
    })
}

const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

fn ulid(value: &[u8], _: &Context<'_>) -> Outcome {
    let Some(tail) = value.split_last_chunk::<26>().map(|(_, tail)| tail.to_ascii_uppercase()) else {
        return Outcome::fail(FORM);
    };
    if !only(&tail, CROCKFORD) || tail[0] > b'7' {
        return Outcome::fail("not a ULID");
    }
    let digit = |byte: &u8| CROCKFORD.iter().position(|known| known == byte).unwrap_or(0) as u64;
    let moment = tail[..10].iter().fold(0, |sum, byte| sum << 5 | digit(byte)) / 1000;
    // From 2015 to 2100: anything else is chance.
    match moment {
        1_420_000_000..=4_100_000_000 => {
            Outcome::decodes("a ULID with a believable moment").created(moment as i64)
        }
        _ => Outcome::fail("the ULID's moment is not believable"),
    }
}

fn salesforce(value: &[u8], _: &Context<'_>) -> Outcome {
    let organization = value.len() > 80 && value.starts_with(b"00D") && only(&value[..15], BASE62);
    match organization && matches!(&value[15..18], b"!AQ" | b"!AR") {
        true => Outcome::decodes("an organization id and a session")
            .advise(Level::Medium, "sessions end after hours"),
        false => Outcome::fail(FORM),
    }
}

fn minisign(value: &[u8], _: &Context<'_>) -> Outcome {
    match base64(value).as_deref() {
        Some([b'E', b'd', b'S', b'c', b'B', b'2', rest @ ..]) if rest.len() >= 152 => {
            Outcome::pass("the marks of a secret key and its length")
                .fact("encrypted", "yes")
                .advise(Level::Medium, "encrypted with a password")
        }
        Some([b'E', b'd', 0, 0, b'B', b'2', rest @ ..]) if rest.len() >= 152 => {
            Outcome::pass("the marks of a secret key and its length").fact("encrypted", "no")
        }
        Some([b'E', b'd', rest @ ..]) if rest.len() == 40 => Outcome::harmless("a public key"),
        _ => Outcome::fail("not the marks or length of a secret key"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::structure::check;

    /// Discord's documented token: the id in it is of 2015.
    #[test]
    fn known_discord_token() {
        let value = ["MTk4NjIyNDgzNDcxOTI1MjQ4", ".Cl2FMQ.", "ZnCjm1XVW7vRze4b7Cq4se7kKWs"].concat();
        let outcome = check("discord-bot", value.as_bytes()).expect("registered");
        assert!(outcome.is_pass());
        assert_eq!(outcome.facts[0].value, "198622483471925248");
        assert!(outcome.facts[1].value.starts_with("2016-"), "{:?}", outcome.facts);
    }

    #[test]
    fn known_telegram_token() {
        let value = ["110201543:", "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"].concat();
        let whole = ["110201543:", "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawB"].concat();
        let word = |value: &str| check("telegram-bot", value.as_bytes()).expect("registered").verdict.word();
        assert_eq!(word(&value), "fail", "the documents' sample is one character short");
        assert_eq!(word(&whole), "decodes");
    }

    #[test]
    fn big_swarm_numbers_do_not_fit() {
        assert!(fits(b"0z", 1));
        assert!(fits(b"73", 1), "255");
        assert!(!fits(b"74", 1), "256");
        assert!(!fits(b"Z", 1));
    }

    #[test]
    fn a_ulid_of_1970_is_chance() {
        let value = format!("PMAT-{}", "0".repeat(26));
        assert!(check("ulid-tail", value.as_bytes()).expect("registered").is_fail());
    }
}
