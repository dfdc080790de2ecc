//! Payment cards (Luhn, issuer ranges) and IBAN (mod 97, length by country).

use super::sample::Made;
use super::text::{DIGITS, UPPERNUM, only};
use super::{Check, Context, Outcome, Strength};

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "luhn",
        what: "issuer range, length and Luhn digit of a payment card",
        source: "ISO/IEC 7812-1",
        strength: Strength::Checksum { skip: 0, spare: 0 },
        run: luhn,
        sample: luhn_sample,
    },
    Check {
        name: "iban",
        what: "country, its length, and the remainder by 97",
        source: "ISO 13616",
        strength: Strength::Partial {
            why: "a letter put for a digit changes the number's length: one in 97 goes unnoticed",
        },
        run: iban,
        sample: iban_sample,
    },
];

struct Issuer {
    name: &'static str,
    /// First digits, from and to, both of the same length.
    ranges: &'static [(u32, u32)],
    lengths: &'static [usize],
}

const ISSUERS: &[Issuer] = &[
    Issuer { name: "Visa", ranges: &[(4, 4)], lengths: &[13, 16, 19] },
    Issuer { name: "Mastercard", ranges: &[(51, 55), (2221, 2720)], lengths: &[16] },
    Issuer { name: "American Express", ranges: &[(34, 34), (37, 37)], lengths: &[15] },
    Issuer {
        name: "Diners Club",
        ranges: &[(300, 305), (3095, 3095), (36, 36), (38, 39)],
        lengths: &[14, 16],
    },
    Issuer { name: "Discover", ranges: &[(6011, 6011), (644, 649), (65, 65)], lengths: &[16, 19] },
    Issuer { name: "JCB", ranges: &[(3528, 3589)], lengths: &[16, 17, 18, 19] },
    Issuer { name: "UnionPay", ranges: &[(62, 62)], lengths: &[16, 17, 18, 19] },
    Issuer {
        name: "Maestro",
        ranges: &[(50, 50), (56, 58), (6304, 6304), (6759, 6759), (6761, 6763)],
        lengths: &[13, 14, 15, 16, 17, 18, 19],
    },
];

/// The digits, without the spaces or dashes that group them.
fn ungroup(value: &[u8]) -> Vec<u8> {
    let grouping = |byte: &u8| matches!(byte, b' ' | b'-');
    value.iter().copied().filter(|byte| !grouping(byte)).collect()
}

fn luhn(value: &[u8], _: &Context<'_>) -> Outcome {
    if value.len() > 40 {
        return Outcome::fail("too long for a card number");
    }
    let digits = ungroup(value);
    if !(13..=19).contains(&digits.len()) || !only(&digits, DIGITS) {
        return Outcome::fail("not 13 to 19 digits");
    }
    if digits.iter().all(|&digit| digit == digits[0]) {
        return Outcome::fail("one digit repeated");
    }
    let Some(issuer) = ISSUERS.iter().find(|issuer| issuer.made(&digits)) else {
        return Outcome::fail("no issuer has this range and length");
    };
    Outcome::sum(luhn_sum(&digits) == 0, "Luhn digit and issuer range hold").fact("issuer", issuer.name)
}

impl Issuer {
    fn made(&self, digits: &[u8]) -> bool {
        let in_range = |&(from, to): &(u32, u32)| {
            let length = from.ilog10() as usize + 1;
            let first = super::text::decimal(&digits[..length]).unwrap_or(0);
            (u64::from(from)..=u64::from(to)).contains(&first)
        };
        self.lengths.contains(&digits.len()) && self.ranges.iter().any(in_range)
    }
}

fn luhn_sum(digits: &[u8]) -> u32 {
    let weighed = digits.iter().rev().enumerate().map(|(at, digit)| {
        let digit = u32::from(digit - b'0');
        match at % 2 {
            0 => digit,
            _ if digit > 4 => digit * 2 - 9,
            _ => digit * 2,
        }
    });
    weighed.sum::<u32>() % 10
}

fn luhn_sample(made: &mut Made) -> Vec<u8> {
    let issuer = &ISSUERS[made.below(ISSUERS.len() as u64) as usize];
    let (from, to) = made.pick(issuer.ranges);
    let length = made.pick(issuer.lengths);
    let first = u64::from(from) + made.below(u64::from(to - from) + 1);
    let mut digits = first.to_string();
    let missing = length - digits.len() - 1;
    digits += &made.text(DIGITS, missing);
    digits.push('0');
    let mut digits = digits.into_bytes();
    let sum = luhn_sum(&digits);
    let last = digits.len() - 1;
    digits[last] = b'0' + ((10 - sum) % 10) as u8;
    digits
}

/// Country and length, from the registry of the standard.
#[rustfmt::skip]
const COUNTRIES: &[(&[u8; 2], usize)] = &[
    (b"AD", 24), (b"AE", 23), (b"AL", 28), (b"AT", 20), (b"AZ", 28), (b"BA", 20), (b"BE", 16),
    (b"BG", 22), (b"BH", 22), (b"BI", 27), (b"BR", 29), (b"BY", 28), (b"CH", 21), (b"CR", 22),
    (b"CY", 28), (b"CZ", 24), (b"DE", 22), (b"DJ", 27), (b"DK", 18), (b"DO", 28), (b"EE", 20),
    (b"EG", 29), (b"ES", 24), (b"FI", 18), (b"FK", 18), (b"FO", 18), (b"FR", 27), (b"GB", 22),
    (b"GE", 22), (b"GI", 23), (b"GL", 18), (b"GR", 27), (b"GT", 28), (b"HN", 28), (b"HR", 21),
    (b"HU", 28), (b"IE", 22), (b"IL", 23), (b"IQ", 23), (b"IS", 26), (b"IT", 27), (b"JO", 30),
    (b"KW", 30), (b"KZ", 20), (b"LB", 28), (b"LC", 32), (b"LI", 21), (b"LT", 20), (b"LU", 20),
    (b"LV", 21), (b"LY", 25), (b"MC", 27), (b"MD", 24), (b"ME", 22), (b"MK", 19), (b"MN", 20),
    (b"MR", 27), (b"MT", 31), (b"MU", 30), (b"NI", 28), (b"NL", 18), (b"NO", 15), (b"OM", 23),
    (b"PK", 24), (b"PL", 28), (b"PS", 29), (b"PT", 25), (b"QA", 29), (b"RO", 24), (b"RS", 22),
    (b"RU", 33), (b"SA", 24), (b"SC", 31), (b"SD", 18), (b"SE", 24), (b"SI", 19), (b"SK", 24),
    (b"SM", 27), (b"SO", 23), (b"ST", 25), (b"SV", 28), (b"TL", 23), (b"TN", 24), (b"TR", 26),
    (b"UA", 29), (b"VA", 22), (b"VG", 24), (b"XK", 20), (b"YE", 30),
];

fn iban(value: &[u8], _: &Context<'_>) -> Outcome {
    if value.len() > 80 {
        return Outcome::fail("too long for an IBAN");
    }
    let number = ungroup(value);
    let country = number.first_chunk::<2>();
    let length = country.and_then(|country| COUNTRIES.iter().find(|(known, _)| *known == country));
    let Some((country, _)) = length.filter(|(_, length)| *length == number.len()) else {
        return Outcome::fail("no country has this code and length");
    };
    if !only(&number, UPPERNUM) {
        return Outcome::fail("not capital letters and digits");
    }
    let holds = remainder(&number) == 1;
    Outcome::sum(holds, "remainder by 97 and length hold").fact("country", String::from_utf8_lossy(*country))
}

/// The first four characters go to the end, letters count from 10.
fn remainder(number: &[u8]) -> u32 {
    let turned = number[4..].iter().chain(&number[..4]);
    turned.fold(0, |sum, &byte| match byte {
        b'0'..=b'9' => (sum * 10 + u32::from(byte - b'0')) % 97,
        _ => (sum * 100 + u32::from(byte - b'A') + 10) % 97,
    })
}

fn iban_sample(made: &mut Made) -> Vec<u8> {
    let (country, length) = made.pick(COUNTRIES);
    let body = made.text(DIGITS, length - 4);
    let country = String::from_utf8_lossy(country);
    let rest = remainder(format!("{country}00{body}").as_bytes());
    format!("{country}{:02}{body}", 98 - rest).into_bytes()
}

#[cfg(test)]
mod tests {
    use crate::structure::check;

    fn word(name: &str, value: &str) -> &'static str {
        check(name, value.as_bytes()).expect("registered").verdict.word()
    }

    #[test]
    fn known_cards() {
        for (value, issuer) in [
            ("4242 4242 4242 4242", "Visa"),
            ("5555-5555-5555-4444", "Mastercard"),
            ("378282246310005", "American Express"),
            ("6011111111111117", "Discover"),
            ("3566002020360505", "JCB"),
        ] {
            let outcome = check("luhn", value.as_bytes()).expect("registered");
            assert!(outcome.is_pass(), "{value}");
            assert_eq!(outcome.facts[0].value, issuer);
        }
        assert_eq!(word("luhn", "4242424242424241"), "fail");
        assert_eq!(word("luhn", "0000000000000000"), "fail");
        assert_eq!(word("luhn", "9242424242424249"), "fail", "no issuer");
    }

    #[test]
    fn known_ibans() {
        for value in ["GB82 WEST 1234 5698 7654 32", "DE89370400440532013000", "NL91ABNA0417164300"] {
            assert_eq!(word("iban", value), "pass", "{value}");
        }
        assert_eq!(word("iban", "DE89370400440532013001"), "fail");
        assert_eq!(word("iban", "DE8937040044053201300"), "fail");
    }

    /// Every change of a digit for a digit, or a letter for a letter, is noticed.
    #[test]
    fn iban_changes_within_a_class() {
        let value = b"GB82WEST12345698765432";
        for at in 2..value.len() {
            let class = if value[at].is_ascii_digit() { b'0'..=b'9' } else { b'A'..=b'Z' };
            for other in class.filter(|&other| other != value[at]) {
                let mut changed = value.to_vec();
                changed[at] = other;
                assert!(check("iban", &changed).expect("registered").is_fail());
            }
        }
    }
}
