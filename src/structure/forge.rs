//! Tokens of code hosts and package registries: GitHub fine-grained, GitLab routable, NuGet,
//! JetBrains, Jenkins.

use data_encoding::{BASE32_NOPAD, BASE64, BASE64URL_NOPAD};
use sha2::{Digest, Sha256};

use super::sample::Made;
use super::text::{BASE32, BASE62, LOWERNUM, base64, base64_text, is, number, only, position};
use super::{Check, Context, Outcome, Strength};

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "github-fine-grained",
        what: "8 of the last 16 characters are a SHA-256 of all before them",
        source: "https://github.com/mongodb/kingfisher/pull/342",
        strength: Strength::Checksum { skip: 0, spare: 8 },
        run: fine_grained,
        sample: fine_grained_sample,
    },
    Check {
        name: "gitlab-routable",
        what: "the last 7 characters are the CRC-32 of all before them in base 36",
        source: "https://gitlab.com/gitlab-org/gitlab/-/blob/master/lib/authn/token_field/generator/routable_token.rb",
        strength: Strength::Checksum { skip: 0, spare: 0 },
        run: gitlab_routable,
        sample: gitlab_sample,
    },
    Check {
        name: "nuget",
        what: "two base-32 numbers of 12 and 16 bytes, of one case, the first starting 'v4'",
        source: "https://github.com/NuGet/NuGetGallery/blob/main/src/NuGetGallery.Services/Authentication/ApiKeyV4.cs",
        strength: Strength::Shape,
        run: nuget,
        sample: nuget_sample,
    },
    Check {
        name: "jenkins-secret",
        what: "base64 of a version, two lengths, an IV and whole AES blocks",
        source: "https://github.com/jenkinsci/jenkins/blob/master/core/src/main/java/hudson/util/Secret.java",
        strength: Strength::Structure,
        run: jenkins,
        sample: jenkins_sample,
    },
    Check {
        name: "jetbrains-perm",
        what: "three parts, the first two base64 of text",
        source: "https://www.jetbrains.com/help/youtrack/server/manage-permanent-token.html",
        strength: Strength::Shape,
        run: jetbrains,
        sample: |made| {
            let user = BASE64.encode(made.text(LOWERNUM, 9).as_bytes());
            let name = BASE64.encode(made.text(LOWERNUM, 8).as_bytes());
            format!("perm:{user}.{name}.{}", made.text(BASE62, 30)).into_bytes()
        },
    },
];

const FORM: &str = "not the length or alphabet of this token";

/// `token[13..20]` is the owner's user id, `token[77..85]` the checksum; the use of the last
/// 8 characters is not known.
fn fine_grained(value: &[u8], _: &Context<'_>) -> Outcome {
    let parts = value.strip_prefix(b"github_pat_").filter(|body| {
        body.len() == 82 && body[22] == b'_' && only(&body[..22], BASE62) && only(&body[23..], BASE62)
    });
    let Some(body) = parts else {
        return Outcome::fail(FORM);
    };
    let sum = BASE32_NOPAD.encode(&Sha256::digest(&value[..77]));
    let outcome = Outcome::sum(sum.as_bytes()[..8] == value[77..85], "SHA-256 piece holds");
    let owner = BASE32_NOPAD.decode(&body[2..9]).ok();
    let owner = owner.and_then(|bytes| bytes.try_into().ok()).map(u32::from_be_bytes);
    match outcome.is_pass() {
        true => outcome.fact_if("owner id", owner.map(|id| id.to_string())),
        false => outcome,
    }
}

fn fine_grained_sample(made: &mut Made) -> Vec<u8> {
    let owner = BASE32_NOPAD.encode(&(made.next() as u32 >> 4).to_be_bytes());
    let mut token = format!("github_pat_11{owner}0{}_", made.text(BASE62, 12));
    token += &made.text(BASE62, 43);
    let sum = BASE32_NOPAD.encode(&Sha256::digest(token.as_bytes()));
    token += &sum[..8];
    token += &made.text(BASE62, 8);
    token.into_bytes()
}

/// The payload's lines, by letter.
const ROUTING: &[(u8, &str)] = &[
    (b'c', "cell"),
    (b'o', "organization id"),
    (b'g', "group id"),
    (b'p', "project id"),
    (b'u', "user id"),
    (b't', "type"),
];

fn gitlab_routable(value: &[u8], _: &Context<'_>) -> Outcome {
    let Some((hashed, tail)) = value.split_last_chunk::<7>() else {
        return Outcome::fail(FORM);
    };
    // A pass must not hang on the CRC alone: a dot and the payload's length stand before it.
    let mut parts = hashed.rsplit(|&byte| byte == b'.');
    let length = parts.next().filter(|length| is(length, LOWERNUM, 2));
    let payload = match parts.next() {
        Some(version) if is(version, LOWERNUM, 2) => parts.next(),
        other => other,
    };
    let (Some(length), Some(payload)) = (length, payload) else {
        return Outcome::fail(FORM);
    };
    let told = std::str::from_utf8(length).ok().and_then(|text| usize::from_str_radix(text, 36).ok());
    let Some(start) = told.and_then(|told| payload.len().checked_sub(told)) else {
        return Outcome::fail("the payload is shorter than the token says");
    };
    let sum = number(crc32fast::hash(hashed).into(), LOWERNUM, 7);
    let outcome = Outcome::sum(sum.as_bytes() == tail, "CRC-32 and length hold");
    match outcome.is_pass() {
        true => routing(outcome, &payload[start..]),
        false => outcome,
    }
}

/// 16 random bytes, lines `o:1`, and one byte that counts the lines' bytes.
fn routing(mut outcome: Outcome, payload: &[u8]) -> Outcome {
    let Some(bytes) = base64(payload) else {
        return outcome;
    };
    let Some((&length, head)) = bytes.split_last() else {
        return outcome;
    };
    let lines = head.len().checked_sub(length.into()).map(|start| &head[start..]);
    for line in lines.unwrap_or_default().split(|&byte| byte == b'\n') {
        let [letter, b':', text @ ..] = line else {
            continue;
        };
        let id = std::str::from_utf8(text).ok().and_then(|text| u64::from_str_radix(text, 36).ok());
        if let (Some((_, name)), Some(id)) = (ROUTING.iter().find(|(known, _)| known == letter), id) {
            outcome = outcome.fact(name, id.to_string());
        }
    }
    outcome
}

fn gitlab_sample(made: &mut Made) -> Vec<u8> {
    let prefix = made.pick(&["glpat-", "gldt-", "glrt-", "glptt-"]);
    let lines =
        format!("o:{}\nu:{}", number(made.below(900), LOWERNUM, 1), number(made.below(1 << 24), LOWERNUM, 1));
    let mut payload = made.bytes::<16>().to_vec();
    payload.extend_from_slice(lines.as_bytes());
    payload.push(lines.len() as u8);
    let payload = BASE64URL_NOPAD.encode(&payload);
    let length = number(payload.len() as u64, LOWERNUM, 2);
    let version = made.pick(&["01.", ""]);
    let hashed = format!("{prefix}{payload}.{version}{length}");
    let sum = number(crc32fast::hash(hashed.as_bytes()).into(), LOWERNUM, 7);
    format!("{hashed}{sum}").into_bytes()
}

fn nuget(value: &[u8], _: &Context<'_>) -> Outcome {
    let upper = value.to_ascii_uppercase();
    let one_case = upper == value || value.to_ascii_lowercase() == value;
    if !one_case || !is(&upper, BASE32, 46) || !upper.starts_with(b"OY2") {
        return Outcome::fail("not 46 base-32 characters of one case");
    }
    // Both halves end in unused bits, which must be zero.
    let halves = (BASE32_NOPAD.decode(&upper[..20]), BASE32_NOPAD.decode(&upper[20..]));
    match halves {
        (Ok(id), Ok(_)) if id.starts_with(b"v4") => Outcome::decodes("both halves are whole base-32 numbers"),
        _ => Outcome::fail("the halves are not whole base-32 numbers"),
    }
}

fn nuget_sample(made: &mut Made) -> Vec<u8> {
    let id = [&b"v4"[..], &made.bytes::<10>()].concat();
    let key = BASE32_NOPAD.encode(&id) + &BASE32_NOPAD.encode(&made.bytes::<16>());
    key.to_ascii_lowercase().into_bytes()
}

fn jenkins(value: &[u8], _: &Context<'_>) -> Outcome {
    let body = value.strip_prefix(b"{").and_then(|body| body.strip_suffix(b"}"));
    let Some(bytes) = base64(body.unwrap_or(value)) else {
        return Outcome::fail("not base64");
    };
    let Some(([1, iv @ .., d0, d1, d2, d3], rest)) = bytes.split_first_chunk::<9>() else {
        return Outcome::fail("no version and lengths");
    };
    let data = u32::from_be_bytes([*d0, *d1, *d2, *d3]) as usize;
    let whole = *iv == [0, 0, 0, 16] && data > 0 && data.is_multiple_of(16);
    match whole && rest.len() == 16 + data {
        true => Outcome::pass("IV and AES blocks fill the value exactly")
            .fact("encrypted", "yes: with the server's own master key")
            .advise(super::Level::Medium, "readable only with the server's key files"),
        false => Outcome::fail("the lengths do not fit"),
    }
}

fn jenkins_sample(made: &mut Made) -> Vec<u8> {
    let blocks = 1 + made.below(4) as usize;
    let mut bytes = vec![1, 0, 0, 0, 16];
    bytes.extend_from_slice(&(blocks as u32 * 16).to_be_bytes());
    for _ in 0..=blocks {
        bytes.extend_from_slice(&made.bytes::<16>());
    }
    format!("{{{}}}", BASE64.encode(&bytes)).into_bytes()
}

fn jetbrains(value: &[u8], _: &Context<'_>) -> Outcome {
    let body = position(value, b":").map(|at| &value[at + 1..]).unwrap_or(value);
    let parts: Vec<&[u8]> = body.splitn(4, |&byte| byte == b'.').collect();
    let [user, name, secret] = parts[..] else {
        return Outcome::fail("not three parts");
    };
    match (base64_text(user), base64_text(name)) {
        (Some(user), Some(_)) if secret.len() >= 20 => {
            Outcome::decodes("user and token name are base64 of text").fact("user", user)
        }
        _ => Outcome::fail("user and token name are not base64 of text"),
    }
}

#[cfg(test)]
mod tests {
    use crate::structure::{Fact, check, sample};

    #[test]
    fn gitlab_tells_its_owner() {
        let outcome = check("gitlab-routable", &sample("gitlab-routable", 5).expect("registered"));
        let facts = outcome.expect("registered").facts;
        let named = |name| facts.iter().any(|fact: &Fact| fact.name == name);
        assert!(named("organization id") && named("user id"), "{facts:?}");
    }

    #[test]
    fn a_nuget_key_of_mixed_case_is_noise() {
        let mut value = sample("nuget", 1).expect("registered");
        let at = value.iter().rposition(u8::is_ascii_lowercase).expect("has a letter");
        value[at].make_ascii_uppercase();
        assert!(check("nuget", &value).expect("registered").is_fail());
    }
}
