//! Tokens that end in a CRC-32 of themselves: GitHub, npm, Vercel, Cloudflare, Atlassian,
//! Grafana, Confluent, Zuplo. The CRC is IEEE (zlib) throughout; what it covers and how it is
//! written differs.

use std::borrow::Cow;

use data_encoding::{BASE64_NOPAD, HEXLOWER};

use super::sample::Made;
use super::text::{BASE62, BASE64URL, HEX, UPPERNUM, is, number, only, position};
use super::{Check, Context, Outcome, Strength};

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "github-crc32",
        what: "the last 6 characters are the CRC-32 of the body in base 62",
        source: "https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/",
        strength: Strength::Checksum { skip: 4, spare: 0 },
        run: github,
        sample: github_sample,
    },
    Check {
        name: "npm-crc32",
        what: "the last 6 characters are the CRC-32 of the body in base 62",
        source: "https://github.blog/2021-09-23-announcing-npms-new-access-token-format/",
        strength: Strength::Checksum { skip: 0, spare: 0 },
        run: npm,
        sample: |made| base62_sample(made, "npm_", BASE62, 30),
    },
    Check {
        name: "vercel-crc32",
        what: "the last 6 characters are the CRC-32 of the body in base 62",
        source: "observed on seven tokens; no vendor text",
        strength: Strength::Checksum { skip: 4, spare: 0 },
        run: vercel,
        sample: |made| {
            let prefix = made.pick(VERCEL);
            base62_sample(made, prefix, BASE64URL, 50)
        },
    },
    Check {
        name: "cloudflare-crc32",
        what: "the last 8 characters are the CRC-32 of the body in hex",
        source: "https://developers.cloudflare.com/fundamentals/api/get-started/token-formats/",
        strength: Strength::Checksum { skip: 5, spare: 0 },
        run: cloudflare,
        sample: cloudflare_sample,
    },
    Check {
        name: "atlassian-crc32",
        what: "the last 8 characters are the CRC-32 of all before them in hex",
        source: "https://github.com/DataDog/dd-sensitive-data-scanner/pull/349",
        strength: Strength::Checksum { skip: 0, spare: 0 },
        run: atlassian,
        sample: atlassian_sample,
    },
    Check {
        name: "grafana-crc32",
        what: "the last 8 characters are the CRC-32 of prefix and body, bytes reversed, in hex",
        source: "https://github.com/grafana/grafana/tree/main/pkg/components/satokengen",
        strength: Strength::Checksum { skip: 0, spare: 0 },
        run: grafana,
        sample: grafana_sample,
    },
    Check {
        name: "confluent-crc32",
        what: "the last 6 characters are the CRC-32 of the body, bytes reversed, in base 64",
        source: "observed; no vendor text",
        strength: Strength::Checksum { skip: 0, spare: 0 },
        run: confluent,
        sample: confluent_sample,
    },
    Check {
        name: "zuplo-crc32",
        what: "the last 8 characters are the CRC-32 of the body in hex",
        source: "https://zuplo.com/blog/2022/10/10/unmetered-api-keys",
        strength: Strength::Checksum { skip: 0, spare: 0 },
        run: zuplo,
        sample: zuplo_sample,
    },
];

const FORM: &str = "not the length or alphabet of this token";
const VERCEL: &[&str] = &["vcp_", "vci_", "vca_", "vcr_", "vck_"];
const CLOUDFLARE: &[&str] = &["cfut_", "cfat_", "cfk_"];

fn crc(bytes: &[u8]) -> u32 {
    crc32fast::hash(bytes)
}

/// The value without whichever prefix it has.
fn after<'v>(value: &'v [u8], prefixes: &[&str]) -> Option<&'v [u8]> {
    prefixes.iter().find_map(|prefix| value.strip_prefix(prefix.as_bytes()))
}

/// `body` ends in 6 base-62 digits of the CRC of what stands before them.
fn base62_tail(body: &[u8]) -> Outcome {
    let Some((hashed, tail)) = body.split_last_chunk::<6>() else {
        return Outcome::fail(FORM);
    };
    let sum = number(crc(hashed).into(), BASE62, 6);
    Outcome::sum(sum.as_bytes() == tail, "CRC-32 holds")
}

fn base62_sample(made: &mut Made, prefix: &str, alphabet: &[u8], length: usize) -> Vec<u8> {
    let body = made.text(alphabet, length);
    let sum = number(crc(body.as_bytes()).into(), BASE62, 6);
    format!("{prefix}{body}{sum}").into_bytes()
}

fn github(value: &[u8], context: &Context<'_>) -> Outcome {
    let Some((prefix, body)) = value.split_first_chunk::<4>() else {
        return Outcome::fail(FORM);
    };
    let plain = only(body, BASE62);
    match (prefix, body.len()) {
        (b"ghp_" | b"gho_" | b"ghu_", 36) if plain => base62_tail(body),
        (b"ghr_", 76) if plain => base62_tail(body),
        (b"ghr_", 36) if plain => Outcome::unknown("an old form without a known checksum"),
        (b"ghs_", 36) if plain => Outcome::unknown("installation tokens have no known checksum"),
        (b"ghs_", _) => installation(body, context),
        _ => Outcome::fail(FORM),
    }
}

/// The newer installation token: app id, `_`, and a JWT that tells the rest.
fn installation(body: &[u8], context: &Context<'_>) -> Outcome {
    let app = position(body, b"_").and_then(|at| super::text::decimal(&body[..at]).zip(Some(at)));
    match app {
        Some((_, at)) => super::jwt::jwt(&body[at + 1..], context),
        None => Outcome::fail(FORM),
    }
}

fn github_sample(made: &mut Made) -> Vec<u8> {
    let (prefix, length) = made.pick(&[("ghp_", 30), ("gho_", 30), ("ghu_", 30), ("ghr_", 70)]);
    base62_sample(made, prefix, BASE62, length)
}

fn npm(value: &[u8], _: &Context<'_>) -> Outcome {
    match after(value, &["npm_"]) {
        Some(body) if is(body, BASE62, 36) => base62_tail(body),
        _ => Outcome::fail(FORM),
    }
}

fn vercel(value: &[u8], _: &Context<'_>) -> Outcome {
    match after(value, VERCEL) {
        Some(body) if is(body, BASE64URL, 56) => base62_tail(body),
        _ => Outcome::fail(FORM),
    }
}

/// `value` is a body, `between`, and 8 hex digits of the body's CRC.
fn hex_tail(value: &[u8], between: &[u8]) -> Outcome {
    let body = value.split_last_chunk::<8>().and_then(|(head, tail)| {
        let body = head.strip_suffix(between)?;
        Some((body, tail))
    });
    let Some((body, tail)) = body else {
        return Outcome::fail(FORM);
    };
    let sum = HEXLOWER.encode(&crc(body).to_be_bytes());
    Outcome::sum(sum.as_bytes() == tail, "CRC-32 holds")
}

fn cloudflare(value: &[u8], _: &Context<'_>) -> Outcome {
    match after(value, CLOUDFLARE) {
        Some(body) if is(body, BASE62, 48) => {
            let kind = match value.get(2) {
                Some(b'u') => "user API token",
                Some(b'a') => "account API token",
                _ => "global API key",
            };
            hex_tail(body, b"").fact("kind", kind)
        }
        _ => Outcome::fail(FORM),
    }
}

fn cloudflare_sample(made: &mut Made) -> Vec<u8> {
    let prefix = made.pick(CLOUDFLARE);
    let body = made.text(BASE62, 40);
    format!("{prefix}{body}{:08x}", crc(body.as_bytes())).into_bytes()
}

fn zuplo(value: &[u8], _: &Context<'_>) -> Outcome {
    match after(value, &["zpka_"]) {
        Some(body) if body.len() == 41 => hex_tail(body, b"_"),
        _ => Outcome::fail(FORM),
    }
}

fn zuplo_sample(made: &mut Made) -> Vec<u8> {
    let body = made.text(HEX, 32);
    format!("zpka_{body}_{:08x}", crc(body.as_bytes())).into_bytes()
}

fn atlassian(value: &[u8], _: &Context<'_>) -> Outcome {
    let value = unescape_equals(value);
    let Some((hashed, tail)) = value.split_last_chunk::<8>() else {
        return Outcome::fail(FORM);
    };
    let bitbucket = value.starts_with(b"ATBB");
    let atlassian = value.starts_with(b"ATATT3") || value.starts_with(b"ATCTT3");
    if !(bitbucket || atlassian && hashed.ends_with(b"=")) {
        return Outcome::fail(FORM);
    }
    let sum = format!("{:08X}", crc(hashed));
    Outcome::sum(sum.as_bytes() == tail, "CRC-32 holds")
}

/// The `=` before the checksum is often escaped by the file that holds the token.
fn unescape_equals(value: &[u8]) -> Cow<'_, [u8]> {
    for escaped in [&b"\\="[..], b"%3D", b"%3d", b"\\u003d", b"\\u003D"] {
        if let Some(head) = value.len().checked_sub(8 + escaped.len())
            && &value[head..value.len() - 8] == escaped
        {
            return Cow::Owned([&value[..head], b"=", &value[value.len() - 8..]].concat());
        }
    }
    Cow::Borrowed(value)
}

fn atlassian_sample(made: &mut Made) -> Vec<u8> {
    let hashed = match made.below(3) {
        0 => format!("ATATT3xFfGF0{}=", made.text(BASE64URL, 171)),
        1 => format!("ATCTT3xFfGN0{}=", made.text(BASE64URL, 171)),
        _ => format!("ATBB{}", made.text(BASE62, 24)),
    };
    format!("{hashed}{:08X}", crc(hashed.as_bytes())).into_bytes()
}

fn grafana(value: &[u8], _: &Context<'_>) -> Outcome {
    let parts = value.split_last_chunk::<8>().and_then(|(head, tail)| {
        let hashed = head.strip_suffix(b"_")?;
        let body = hashed.strip_prefix(b"glsa_")?;
        is(body, BASE62, 32).then_some((hashed, tail))
    });
    let Some((hashed, tail)) = parts else {
        return Outcome::fail(FORM);
    };
    let sum = HEXLOWER.encode(&crc(hashed).to_le_bytes());
    Outcome::sum(sum.as_bytes() == tail, "CRC-32 holds")
}

fn grafana_sample(made: &mut Made) -> Vec<u8> {
    let hashed = format!("glsa_{}", made.text(BASE62, 32));
    let sum = HEXLOWER.encode(&crc(hashed.as_bytes()).to_le_bytes());
    format!("{hashed}_{sum}").into_bytes()
}

fn confluent(value: &[u8], _: &Context<'_>) -> Outcome {
    let parts = after(value, &["cflt"]).filter(|body| body.len() == 60);
    let Some((hashed, tail)) = parts.and_then(|body| body.split_last_chunk::<6>()) else {
        return Outcome::fail(FORM);
    };
    let sum = BASE64_NOPAD.encode(&crc(hashed).to_le_bytes());
    Outcome::sum(sum.as_bytes() == tail, "CRC-32 holds")
}

fn confluent_sample(made: &mut Made) -> Vec<u8> {
    let body = made.text(UPPERNUM, 54);
    let sum = BASE64_NOPAD.encode(&crc(body.as_bytes()).to_le_bytes());
    format!("cflt{body}{sum}").into_bytes()
}

#[cfg(test)]
mod tests {
    use crate::structure::{Verdict, check, sample};

    fn passes(name: &str, pieces: &[&str]) -> bool {
        check(name, pieces.concat().as_bytes()).is_some_and(|outcome| outcome.is_pass())
    }

    /// Samples that the vendors or their tests publish, in pieces.
    #[test]
    fn known_answers() {
        assert!(passes("github-crc32", &["ghp_", "zQWBuTSOoRi4A9spHcVY", "5ncnsDkxkJ0mLq17"]));
        assert!(passes("grafana-crc32", &["glsa_", "yscW25imSKJIuav8zF37", "RZmnbiDvB05G_fcaaf58a"]));
    }

    /// An installation token of the old form carries no known checksum: no verdict either way.
    #[test]
    fn installation_tokens_are_not_judged() {
        let value = ["ghs_", &"a1B2".repeat(9)].concat();
        let outcome = check("github-crc32", value.as_bytes()).expect("registered");
        assert!(matches!(outcome.verdict, Verdict::Unknown { .. }));
    }

    #[test]
    fn atlassian_escapes() {
        for seed in 0..20 {
            let value = String::from_utf8(sample("atlassian-crc32", seed).expect("registered"))
                .expect("a token is ASCII");
            for escaped in ["\\=", "%3D", "\\u003d"] {
                let written = value.replace('=', escaped);
                assert!(passes("atlassian-crc32", &[&written]), "{escaped}");
            }
        }
    }
}
