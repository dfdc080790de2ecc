//! Every check against its own samples, tampered samples and noise.

use super::*;

#[test]
fn names_are_unique_and_kebab_case() {
    let mut seen = std::collections::BTreeSet::new();
    for check in all() {
        let kebab =
            check.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        assert!(kebab && seen.insert(check.name), "{}", check.name);
        assert!(!check.what.is_empty() && !check.source.is_empty(), "{}", check.name);
    }
    assert_eq!(names().len(), seen.len());
    assert!(check("no-such-check", b"").is_none());
}

/// What each strength promises of a valid value.
#[test]
fn samples_pass() {
    for check in all() {
        for seed in 0..60 {
            let outcome = check.run(&check.sample(seed), &Context::default());
            let promised = match check.strength {
                Strength::Shape => {
                    matches!(outcome.verdict, Verdict::Decodes { .. } | Verdict::Harmless { .. })
                }
                _ => outcome.is_pass(),
            };
            assert!(promised, "{} seed {seed}: {:?}", check.name, outcome.verdict);
        }
    }
}

#[test]
fn shapes_never_pass() {
    for check in all().filter(|check| check.strength == Strength::Shape) {
        let passes = (0..60).any(|seed| check.run(&check.sample(seed), &Context::default()).is_pass());
        assert!(!passes, "{}", check.name);
    }
}

#[test]
fn samples_are_deterministic_and_differ() {
    for check in all() {
        assert_eq!(check.sample(7), check.sample(7), "{}", check.name);
        assert_ne!(check.sample(7), check.sample(8), "{}", check.name);
    }
}

/// Other characters for one place: of its own class, of another, and one that no token has.
fn others(byte: u8) -> Vec<u8> {
    let mut others = vec![b'A', b'z', b'5', b'0', b'Q', b'q', b'.'];
    others.extend([byte ^ 0x20, byte.wrapping_add(1), byte.wrapping_sub(1)]);
    others.retain(|&other| other != byte && (other.is_ascii_alphanumeric() || other == b'.'));
    others
}

/// Every change of one character in the sealed part is noticed.
#[test]
fn tampered_samples_do_not_pass() {
    for check in all() {
        let Strength::Checksum { skip, spare } = check.strength else {
            continue;
        };
        for seed in 0..6 {
            let sample = check.sample(seed);
            for at in skip..sample.len() - spare {
                for other in others(sample[at]) {
                    let mut changed = sample.clone();
                    changed[at] = other;
                    let outcome = check.run(&changed, &Context::default());
                    assert!(!outcome.is_pass(), "{}: byte {at} as {}", check.name, char::from(other));
                }
            }
        }
    }
}

/// Checksums over few bits let a tampered value through now and then, and no more often.
#[test]
fn partial_checksums_notice_nearly_all() {
    for check in all().filter(|check| matches!(check.strength, Strength::Partial { .. })) {
        // What stands between the words of a phrase does not matter; it has a test of its own.
        if check.name == "bip39" {
            continue;
        }
        let (mut tried, mut passed) = (0, 0);
        for seed in 0..10 {
            let sample = check.sample(seed);
            for at in 0..sample.len() {
                for other in others(sample[at]) {
                    let mut changed = sample.clone();
                    changed[at] = other;
                    tried += 1;
                    passed += usize::from(check.run(&changed, &Context::default()).is_pass());
                }
            }
        }
        assert!(passed * 50 <= tried, "{}: {passed} of {tried}", check.name);
    }
}

#[test]
fn a_character_more_or_less_does_not_pass() {
    for check in all().filter(|check| matches!(check.strength, Strength::Checksum { .. })) {
        // Armor may be followed by anything: its frame, not the value's end, ends it.
        if check.name == "pgp-armor" {
            continue;
        }
        for seed in 0..10 {
            let sample = check.sample(seed);
            let longer = [&sample[..], b"A"].concat();
            for value in [&sample[1..], &sample[..sample.len() - 1], &longer] {
                assert!(!check.run(value, &Context::default()).is_pass(), "{}", check.name);
            }
        }
    }
}

const ALPHABETS: &[&[u8]] = &[
    text::BASE62,
    text::BASE64URL,
    text::HEX,
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\n\\ \"",
    b"{}[]:,\"01aeu.\\",
    b"-BEGIN PRVATKY\nM",
];

fn noise(made: &mut sample::Made) -> Vec<u8> {
    let length = made.below(400) as usize;
    match made.below(ALPHABETS.len() as u64 + 1) as usize {
        0 => made.bytes::<400>()[..length].to_vec(),
        n => made.text(ALPHABETS[n - 1], length).into_bytes(),
    }
}

/// A few bytes changed, cut out, doubled or put in.
fn mutate(made: &mut sample::Made, value: &mut Vec<u8>) {
    for _ in 0..1 + made.below(4) {
        if value.is_empty() {
            return;
        }
        let at = made.below(value.len() as u64) as usize;
        match made.below(5) {
            0 => value[at] = made.next() as u8,
            1 => value.truncate(at),
            2 => {
                value.remove(at);
            }
            3 => value.insert(at, made.next() as u8),
            _ => {
                let piece = value[at..].to_vec();
                value.extend_from_slice(&piece);
            }
        }
    }
}

/// Promises that hold for any outcome of any bytes.
fn assert_sound(check: &Check, value: &[u8], context: &Context<'_>) {
    let outcome = check.run(value, context);
    assert_eq!(outcome, check.run(value, context), "{}", check.name);
    assert!(!outcome.verdict.reason().is_empty(), "{}", check.name);
    for fact in &outcome.facts {
        assert!(fact.value.chars().count() <= Fact::LONGEST, "{}", check.name);
        assert!(fact.value.chars().all(|c| !c.is_control()), "{}", check.name);
    }
}

#[test]
fn noise_and_mutations_are_answered() {
    let mut made = sample::Made::new(2024);
    for check in all() {
        for seed in 0..150 {
            let value = noise(&mut made);
            let other = noise(&mut made);
            let now = Some(made.next() as i64);
            assert_sound(check, &value, &Context { now, beside: Some(&other) });
            let mut value = check.sample(seed);
            mutate(&mut made, &mut value);
            assert_sound(check, &value, &Context { now, beside: Some(&other) });
        }
    }
    for _ in 0..3000 {
        let (value, before) = (noise(&mut made), noise(&mut made));
        let _ =
            (encrypted::what(&value, &before), published::is_sample(&value), published::placeholder(&value));
    }
}

/// Noise does not pass. The weakest sums (Luhn, BIP-39) still need a range or a list of words.
#[test]
fn noise_does_not_pass() {
    let mut made = sample::Made::new(4711);
    for check in all() {
        for _ in 0..300 {
            let outcome = check.run(&noise(&mut made), &Context::default());
            assert!(!outcome.is_pass(), "{}", check.name);
        }
    }
}

/// One check's sample does not pass another's check, but for containers that share a format.
#[test]
fn samples_of_others_do_not_pass() {
    let shared = [
        ("openssh-key", "pem-private-key"),
        ("pem-private-key", "openssh-key"),
        ("pgp-armor", "pem-private-key"),
        ("gcp-service-account", "pem-private-key"),
    ];
    for check in all() {
        for other in all().filter(|other| other.name != check.name) {
            if shared.contains(&(other.name, check.name)) {
                continue;
            }
            for seed in 0..3 {
                let outcome = check.run(&other.sample(seed), &Context::default());
                assert!(!outcome.is_pass(), "{} takes {}", check.name, other.name);
            }
        }
    }
}

/// What a fact may repeat of a value is what its holder publishes anyway: names of key kinds,
/// dates and rights of a query string, ciphers, curves.
const PLAIN_TEXT: &[&str] =
    &["azure-sas", "gcp-service-account", "jwk", "pgp-armor", "putty-key", "tink-keyset"];

#[test]
fn facts_repeat_nothing_of_the_value() {
    for check in all().filter(|check| !PLAIN_TEXT.contains(&check.name)) {
        for seed in 0..40 {
            let value = check.sample(seed);
            for fact in check.run(&value, &Context::default()).facts {
                let repeated =
                    fact.value.as_bytes().windows(8).any(|part| text::position(&value, part).is_some());
                assert!(!repeated, "{}: {} repeats the value", check.name, fact.name);
            }
        }
    }
}

/// Awkward inputs, long enough that a check of more than linear time would take minutes.
#[test]
fn long_inputs_end() {
    const LONG: usize = 32 * 1024;
    let pieces: &[&[u8]] = &[
        b"A",
        b"=",
        b"\\",
        b"&#",
        b"-----BEGIN ",
        b"-----BEGIN PRIVATE KEY-----",
        b"[",
        b"{\"a\":",
        b".",
        b",",
        b"\"",
        b"zoo ",
        b"A: ",
        b"fm2_A,",
        b"\0",
    ];
    for piece in pieces {
        let value = piece.repeat(LONG / piece.len());
        for check in all() {
            check.run(&value, &Context { now: Some(0), beside: Some(&value) });
        }
        encrypted::what(&value, &value);
        published::is_sample(&value);
        published::placeholder(&value);
    }
}

#[test]
fn longer_values_are_unknown() {
    let value = vec![b'A'; LONGEST + 1];
    for check in all() {
        let outcome = check.run(&value, &Context::default());
        assert!(matches!(outcome.verdict, Verdict::Unknown { .. }), "{}", check.name);
    }
}
