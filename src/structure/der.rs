//! Just enough DER to tell keys apart: kind, size, encrypted or not, private or public.
//! Reads definite lengths only and never goes deeper than the caller asks.

use super::sample::Made;
use super::{Level, Outcome};

pub(super) const INTEGER: u8 = 0x02;
pub(super) const BITS: u8 = 0x03;
pub(super) const OCTETS: u8 = 0x04;
pub(super) const OID: u8 = 0x06;
pub(super) const SEQUENCE: u8 = 0x30;

/// What is left to read of one level.
#[derive(Clone, Copy)]
pub(super) struct Der<'b>(pub &'b [u8]);

impl<'b> Der<'b> {
    /// The next tag and its content.
    pub fn next(&mut self) -> Option<(u8, &'b [u8])> {
        let [tag, length, rest @ ..] = self.0 else {
            return None;
        };
        let (length, rest) = match usize::from(*length) {
            short @ 0..=0x7f => (short, rest),
            long @ 0x81..=0x84 => {
                let (digits, rest) = rest.split_at_checked(long & 0x7f)?;
                (digits.iter().fold(0, |sum, &byte| sum << 8 | usize::from(byte)), rest)
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((*tag, content))
    }

    /// The next content, if it has this tag.
    pub fn take(&mut self, tag: u8) -> Option<&'b [u8]> {
        let mut ahead = *self;
        let content = ahead.next().filter(|(found, _)| *found == tag).map(|(_, content)| content)?;
        *self = ahead;
        Some(content)
    }
}

/// The content of a sequence that is all of `bytes`.
pub(super) fn whole(bytes: &[u8]) -> Option<Der<'_>> {
    let mut outer = Der(bytes);
    let content = outer.take(SEQUENCE)?;
    outer.0.is_empty().then_some(Der(content))
}

const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
const RSA_PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10];
const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
const DSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1];
const DH: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 3, 1];
const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
const PBES2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 13];

/// Curves: OID, name, and the bytes of a private key.
const CURVES: &[(&[u8], &str, usize)] = &[
    (P256, "EC P-256", 32),
    (&[0x2b, 0x81, 4, 0, 0x22], "EC P-384", 48),
    (&[0x2b, 0x81, 4, 0, 0x23], "EC P-521", 66),
    (&[0x2b, 0x81, 4, 0, 0x0a], "EC secp256k1", 32),
];

/// Keys that are one octet string: OID, name, bytes.
const EDWARDS: &[(&[u8], &str, usize)] = &[
    (&[0x2b, 0x65, 0x70], "Ed25519", 32),
    (&[0x2b, 0x65, 0x71], "Ed448", 57),
    (&[0x2b, 0x65, 0x6e], "X25519", 32),
    (&[0x2b, 0x65, 0x6f], "X448", 56),
];

/// Tells what key a DER text is.
pub(super) fn key(bytes: &[u8]) -> Outcome {
    let Some(mut inside) = whole(bytes) else {
        return Outcome::fail("not a whole DER structure: cut, or made up");
    };
    let Some((tag, first)) = inside.next() else {
        return Outcome::fail("an empty DER structure");
    };
    let next = inside.0.first().copied();
    let outcome = match (tag, next) {
        (INTEGER, Some(INTEGER)) => integers(inside),
        (INTEGER, Some(SEQUENCE)) if first == [3] => Some(Outcome::fail("a PKCS#12 file, not a key")),
        (INTEGER, Some(SEQUENCE)) => pkcs8(inside),
        (INTEGER, Some(OCTETS)) if first == [1] => sec1(inside, None),
        (SEQUENCE, Some(OCTETS)) => encrypted(first),
        (SEQUENCE, Some(BITS)) => Some(Outcome::harmless("a public key")),
        (SEQUENCE, Some(SEQUENCE)) => Some(Outcome::harmless("a certificate or request")),
        _ => None,
    };
    outcome.unwrap_or(Outcome::fail("a DER structure, but no private key"))
}

/// After the version: eight integers are RSA (PKCS#1), five are DSA.
fn integers(mut inside: Der<'_>) -> Option<Outcome> {
    let mut numbers = Vec::new();
    while let Some(number) = inside.take(INTEGER) {
        numbers.push(number);
        if numbers.len() > 8 {
            return None;
        }
    }
    match numbers[..] {
        [n, e, _, p, q, _, _, _] => Some(rsa(n, e, p, q, more_primes(inside))),
        [p, _, _, _, _] if inside.0.is_empty() => {
            Some(Outcome::pass("five DSA numbers").fact("kind", format!("DSA {} bits", bits(p))))
        }
        // A public RSA key is just n and e, the n standing where the version would.
        [_] if inside.0.is_empty() => Some(Outcome::harmless("a public key")),
        _ => None,
    }
}

fn bits(number: &[u8]) -> usize {
    let zeros = number.iter().take_while(|&&byte| byte == 0).count();
    match number.get(zeros) {
        Some(first) => (number.len() - zeros) * 8 - first.leading_zeros() as usize,
        None => 0,
    }
}

/// The prime 2^61 - 1.
const PRIME: u128 = (1 << 61) - 1;

fn residue(number: &[u8]) -> u128 {
    number.iter().fold(0, |sum, &byte| (sum << 8 | u128::from(byte)) % PRIME)
}

/// Made-up and scrambled keys keep the frame; only a real one multiplies.
pub(super) fn multiplies(n: &[u8], p: &[u8], q: &[u8]) -> bool {
    product_of(p, q, 1) == residue(n)
}

fn product_of(p: &[u8], q: &[u8], more: u128) -> u128 {
    residue(p) * residue(q) % PRIME * more % PRIME
}

/// The product of the primes beyond two, of which a few keys are made: each stands in a sequence with two numbers.
fn more_primes(mut inside: Der<'_>) -> u128 {
    let mut others = Der(inside.take(SEQUENCE).unwrap_or_default());
    let mut product = 1;
    while let Some(prime) = others.take(SEQUENCE).and_then(|one| Der(one).take(INTEGER)) {
        product = product * residue(prime) % PRIME;
    }
    product
}

fn rsa(n: &[u8], e: &[u8], p: &[u8], q: &[u8], more: u128) -> Outcome {
    let size = bits(n);
    let odd = [n, e, p, q].iter().all(|number| number.last().is_some_and(|byte| byte % 2 == 1));
    if size < 256 || !odd || product_of(p, q, more) != residue(n) {
        return Outcome::fail("the RSA numbers do not fit each other: scrambled, or a sample");
    }
    Outcome::pass("p × q = n, modulo a 61-bit prime").fact("kind", format!("RSA {size} bits"))
}

/// After the version: the algorithm and the key inside.
fn pkcs8(mut inside: Der<'_>) -> Option<Outcome> {
    let mut algorithm = Der(inside.take(SEQUENCE)?);
    let name = algorithm.take(OID)?;
    let private = inside.take(OCTETS)?;
    if name == RSA || name == RSA_PSS {
        let mut numbers = whole(private)?;
        numbers.take(INTEGER)?;
        return integers(numbers);
    }
    if name == EC {
        let curve = algorithm.take(OID);
        let mut numbers = whole(private)?;
        numbers.take(INTEGER)?;
        return sec1(numbers, curve);
    }
    if let Some((_, kind, size)) = EDWARDS.iter().find(|(known, ..)| *known == name) {
        let mut octets = Der(private);
        let key = octets.take(OCTETS)?;
        return Some(match key.len() == *size && octets.0.is_empty() {
            true => Outcome::pass("a key of its curve's length").fact("kind", kind),
            false => Outcome::fail("not a key of its curve's length"),
        });
    }
    let kind = match name {
        DSA => "DSA",
        DH => "Diffie-Hellman",
        _ => "of an algorithm this check does not know",
    };
    Some(Outcome::decodes("a whole PKCS#8 structure").fact("kind", kind))
}

/// After the version: the number, and the curve if the frame has not named it.
fn sec1(mut inside: Der<'_>, curve: Option<&[u8]>) -> Option<Outcome> {
    let number = inside.take(OCTETS)?;
    let own = inside.take(0xa0).and_then(|content| Der(content).take(OID));
    let public = inside.take(0xa1).and_then(|content| Der(content).take(BITS));
    let Some(name) = own.or(curve) else {
        return Some(Outcome::decodes("an EC key that names no curve").fact("kind", "EC"));
    };
    let Some((_, kind, size)) = CURVES.iter().find(|(known, ..)| *known == name) else {
        return Some(Outcome::decodes("an EC key").fact("kind", "EC, another curve"));
    };
    // Unused bits, the form byte, and one or two coordinates.
    let fits = public.is_none_or(|public| [size + 2, size * 2 + 2].contains(&public.len()));
    Some(match number.len() == *size && fits {
        true => Outcome::pass("numbers of the curve's length").fact("kind", kind),
        false => Outcome::fail("the numbers have not the curve's length"),
    })
}

fn encrypted(algorithm: &[u8]) -> Option<Outcome> {
    let name = Der(algorithm).take(OID)?;
    let kind = if name == PBES2 { "PBES2" } else { "an older scheme" };
    Some(protected(Outcome::pass("a whole encrypted PKCS#8 structure"), kind))
}

/// Tells that a password stands between a thief and the key.
pub(super) fn protected(outcome: Outcome, how: &str) -> Outcome {
    outcome.fact("encrypted", format!("yes: {how}")).advise(Level::Medium, "encrypted with a password")
}

/// DER text of one element.
pub(super) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let head = match length {
        0..=0x7f => vec![tag, length as u8],
        0x80..=0xff => vec![tag, 0x81, length as u8],
        _ => vec![tag, 0x82, (length >> 8) as u8, length as u8],
    };
    [&head[..], content].concat()
}

fn integer(number: &[u8]) -> Vec<u8> {
    let sign: &[u8] = if number[0] & 0x80 == 0 { &[] } else { &[0] };
    element(INTEGER, &[sign, number].concat())
}

/// A PKCS#1 key whose two factors are odd but not prime: it opens nothing.
pub(super) fn rsa_sample(made: &mut Made) -> Vec<u8> {
    let mut factor = || {
        let mut number = made.bytes::<64>();
        number[0] |= 0xc0;
        number[63] |= 1;
        number
    };
    let (p, q) = (factor(), factor());
    let n = product(&p, &q);
    let (half, d) = (made.bytes::<64>(), [made.bytes::<64>(), made.bytes()].concat());
    let numbers: Vec<Vec<u8>> = [&[0][..], &n, &[1, 0, 1], &d, &p, &q, &half, &half, &half]
        .iter()
        .map(|number| integer(number))
        .collect();
    element(SEQUENCE, &numbers.concat())
}

/// Schoolbook multiplication, big-endian.
fn product(a: &[u8; 64], b: &[u8; 64]) -> Vec<u8> {
    let mut digits = vec![0u32; 128];
    for (i, x) in a.iter().enumerate() {
        for (j, y) in b.iter().enumerate() {
            digits[i + j + 1] += u32::from(*x) * u32::from(*y);
        }
    }
    let mut carry = 0;
    let mut bytes = vec![0; 128];
    for (at, digit) in digits.iter().enumerate().rev() {
        carry += digit;
        bytes[at] = carry as u8;
        carry >>= 8;
    }
    bytes
}

/// SEC1 on P-256, without the public half.
pub(super) fn ec_sample(made: &mut Made) -> Vec<u8> {
    let number = element(OCTETS, &made.bytes::<32>());
    let curve = element(0xa0, &element(OID, P256));
    element(SEQUENCE, &[&[INTEGER, 1, 1][..], &number, &curve].concat())
}

/// PKCS#8 Ed25519.
pub(super) fn ed25519_sample(made: &mut Made) -> Vec<u8> {
    let algorithm = element(SEQUENCE, &element(OID, EDWARDS[0].0));
    let private = element(OCTETS, &element(OCTETS, &made.bytes::<32>()));
    element(SEQUENCE, &[&[INTEGER, 1, 0][..], &algorithm, &private].concat())
}

/// Encrypted PKCS#8.
pub(super) fn encrypted_sample(made: &mut Made) -> Vec<u8> {
    let algorithm = element(SEQUENCE, &element(OID, PBES2));
    let private = element(OCTETS, &made.bytes::<128>());
    element(SEQUENCE, &[algorithm, private].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_that_lie_are_refused() {
        assert!(whole(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0]).is_none());
        assert!(whole(&[0x30, 0x80, 0, 0]).is_none(), "indefinite");
        assert!(whole(&[0x30, 0x01, 0, 0]).is_none(), "more after it");
        assert!(whole(&[0x30, 0x02, 5, 0]).is_some());
    }

    #[test]
    fn sizes_in_bits() {
        assert_eq!(bits(&[0, 0x80, 0]), 16);
        assert_eq!(bits(&[0x7f]), 7);
        assert_eq!(bits(&[0, 0]), 0);
        assert_eq!(bits(&[]), 0);
    }

    #[test]
    fn a_scrambled_rsa_key_fails() {
        let good = rsa_sample(&mut Made::new(1));
        assert!(key(&good).is_pass());
        // Inside the modulus.
        let mut bad = good.clone();
        bad[60] ^= 0x10;
        assert!(key(&bad).is_fail());
    }

    /// RFC 8017 allows for more than two.
    #[test]
    fn a_key_of_three_primes_multiplies() {
        let mut made = Made::new(5);
        let mut prime =
            || [0xc0 | made.next() as u8, 3, 5, 7, 1, 2, 3, 4, 5, 6, 7, 9, 1, 2, 3, made.next() as u8 | 1];
        let (p, q, r) = (prime(), prime(), prime());
        let times = |a: &[u8], b: &[u8]| {
            let mut digits = vec![0u64; a.len() + b.len()];
            for (i, x) in a.iter().rev().enumerate() {
                for (j, y) in b.iter().rev().enumerate() {
                    digits[i + j] += u64::from(*x) * u64::from(*y);
                }
            }
            let mut carry = 0;
            let mut bytes: Vec<u8> = Vec::new();
            for digit in digits {
                carry += digit;
                bytes.push(carry as u8);
                carry >>= 8;
            }
            bytes.reverse();
            bytes
        };
        let n = times(&times(&p, &q), &r);
        let third = element(SEQUENCE, &[integer(&r), integer(&[3]), integer(&[5])].concat());
        let key_of = |third: &[u8]| {
            let numbers: Vec<Vec<u8>> = [&[1][..], &n, &[1, 0, 1], &[7; 48], &p, &q, &[3], &[3], &[3]]
                .iter()
                .map(|it| integer(it))
                .collect();
            element(SEQUENCE, &[numbers.concat(), element(SEQUENCE, third)].concat())
        };
        assert!(key(&key_of(&third)).is_pass());
        assert!(key(&key_of(&[])).is_fail());
    }

    #[test]
    fn the_well_known_starts() {
        let text = data_encoding::BASE64.encode(&ed25519_sample(&mut Made::new(1)));
        assert!(text.starts_with("MC4CAQAwBQYDK2VwBCIEI"));
        let text = data_encoding::BASE64.encode(&rsa_sample(&mut Made::new(1)));
        assert!(text.starts_with("MII"));
    }
}
