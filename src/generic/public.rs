//! What is public though its name says key or token: public keys, fingerprints, references and places in a list.
//!
//! Looks at a name and a value, and at the lines around them. Knows no path.

use std::ops::Deref;

use super::around;
use super::find::Spot;
use super::lexicon::{self as lex, Class, says, split};
use super::read::{begins, ends_ci, is_ident, is_uuid, position};

/// A name and its words.
struct Name<'n> {
    text: &'n [u8],
    words: Vec<&'n [u8]>,
    classes: Class,
}

impl<'n> Name<'n> {
    fn of(text: &'n [u8]) -> Self {
        let (mut words, mut classes) = (Vec::new(), 0);
        split(text, |word, _, class| {
            words.push(&text[word]);
            classes |= class;
        });
        Self { text, words, classes }
    }

    /// Whether any word of it is one of these.
    fn has(&self, words: &[&[u8]]) -> bool {
        self.words.iter().any(|own| words.iter().any(|word| own.eq_ignore_ascii_case(word)))
    }

    /// Whether any word of it is of one of these classes.
    fn says(&self, classes: Class) -> bool {
        self.classes & classes != 0
    }
}

impl Deref for Name<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.text
    }
}

/// Whether a value is public by its own form or under that name.
pub fn public(name: &[u8], v: &[u8]) -> bool {
    let name = &Name::of(name);
    is_public_key(v)
        || modulus(v)
        || scope(v)
        || v.starts_with(b"urn:")
        || v.starts_with(b"openpgp4fpr:")
        || event(v)
        || credential_id(name)
        || fingerprint(v) && !name.says(lex::PASS | lex::SECRET)
        || (point(v) && !name.says(lex::TOKEN) || account(v))
            && !name.says(lex::PASS | lex::SECRET)
            && !name.has(&[b"private", b"priv"])
        || pgp_id(name, v)
        || issue(name, v)
        || page(name)
        || halved(name) && !name.says(lex::PASS | lex::SECRET)
        || record(name)
        || uid(name, v)
        || nkey(name, v)
        || recipient(v)
        || site(name)
        || once(name, v)
        || grant(name)
        || file(name, v)
        || place(name)
}

/// Public keys, certificates and signatures, as SSH, OpenPGP and X.509 write them.
fn is_public_key(v: &[u8]) -> bool {
    const SSH: &[&[u8]] =
        &[b"ssh-rsa", b"ssh-dss", b"ssh-ed25519", b"ecdsa-sha2-nistp", b"sk-ssh-", b"sk-ecdsa-"];
    // A packet of tag 6, its length, version 4: in the old form and the new.
    const PGP: &[&[u8]] = &[
        b"mQENB", b"mQGNB", b"mQINB", b"mQGiB", b"mQMuB", b"mDME", b"mFIE", b"xsBN", b"xsDN", b"xsFN",
        b"xjME",
    ];
    const BEGIN: &[u8] = b"-----BEGIN ";
    const ARMOUR: &[&[u8]] =
        &[b"PUBLIC", b"CERT", b"RSA PUBLIC", b"PGP PUBLIC", b"PGP SIGNATURE", b"SSH SIGNATURE"];
    // The same in hexadecimal: RSA's number, no parameters, and then a string of bits.
    const HEX: &[u8] = b"2a864886f70d010101050003";
    // By which one asks whether a certificate still holds: SHA-1's number, no parameters, and a digest of 20 bytes.
    const ASKED: &[u8] = b"300906052b0e03021a05000414";
    // A key's algorithm and then a string of bits, or a certificate's version and then its number.
    const DER: &[&[u8]] = &[
        b"9w0BAQEFAAOC",
        b"3DQEBAQUAA4",
        b"MFkwEwYHKoZIzj0CAQYI",
        b"MFYwEAYHKoZIzj0CAQYF",
        b"MHYwEAYHKoZIzj0CAQYF",
        b"MIGbMBAGByqGSM49AgEG",
        b"MCowBQYDK2VwAyEA",
        b"MCowBQYDK2VuAyEA",
        b"gAwIBAgI",
    ];
    let v = v.trim_ascii_start();
    let head = &v[..v.len().min(48)];
    let mut armour = memchr::memchr_iter(b'-', head).filter_map(|at| head[at..].strip_prefix(BEGIN));
    // Their own names for their kinds, behind their lengths, in base64.
    const SSH_KEYS: &[&[u8]] = &[
        b"AAAAB3NzaC1",
        b"AAAAC3NzaC1lZDI1NTE5",
        b"AAAAE2VjZHNhLXNoYTIt",
        b"AAAAGnNrLXNzaC1",
        b"AAAAInNrLWVjZHNh",
    ];
    begins(v, SSH) || begins(v, SSH_KEYS)
        || v.len() >= 80 && begins(v, PGP)
        || v.len() >= 56 && v.starts_with(b"M") && DER.iter().any(|part| position(head, part).is_some())
        || v.starts_with(b"30") && (position(head, HEX).is_some() || position(head, ASKED).is_some())
        || armour.any(|behind| begins(behind, ARMOUR))
        // The same of PEM, in base64 once more.
        || v.starts_with(b"LS0tLS1CRUdJTiBDRVJU") || v.starts_with(b"LS0tLS1CRUdJTiBQVUJMSUMg")
        // The hashed name of a host, and its key.
        || v.starts_with(b"|1|")
        // A token of Datadog for what runs in browsers.
        || v.len() == 35 && v.starts_with(b"pub") && v[3..].iter().all(u8::is_ascii_hexdigit)
}

/// A name that says public half: `public_key`, `PubKeys`, `preKey`. A modifier of code (`public:`) says nothing.
fn halved(name: &Name) -> bool {
    const WHOLE: &[&[u8]] = &[b"pubkey", b"pubkeys", b"publickey", b"publickeys", b"prekey", b"prekeys"];
    const HALF: &[&[u8]] = &[b"public", b"pub", b"pre"];
    let key = |word: &&[u8]| word.eq_ignore_ascii_case(b"key") || word.eq_ignore_ascii_case(b"keys");
    let pair = |two: &[&[u8]]| key(&two[1]) && HALF.iter().any(|half| two[0].eq_ignore_ascii_case(half));
    (name.has(WHOLE) || name.words.windows(2).any(pair)) && !name.has(&[b"private", b"priv"])
}

/// Whether what stands around a value says that it is a public half: the head of the block (`public_keys: {`), or the
/// line with which a public key begins, above.
pub fn half(w: &[u8], s: &Spot, v: &[u8]) -> bool {
    /// Letters of the shortest key, and bytes before it in which the line stands.
    const LEAST: usize = 16;
    const FAR: usize = 400;
    const BEGIN: &[u8] = b"-----BEGIN ";
    let key = &w[s.key.clone()];
    if v.len() < LEAST || v.contains(&b' ') || says(key, lex::PASS | lex::SECRET | lex::TOKEN) {
        return false;
    }
    let before = &w[s.value.start.saturating_sub(FAR)..s.value.start];
    if let Some(at) = memchr::memmem::rfind(before, BEGIN) {
        let armour = &before[at + BEGIN.len()..];
        return armour.starts_with(b"PUBLIC KEY") && position(armour, b"-----END").is_none();
    }
    if Name::of(key).has(&[b"private", b"priv", b"api", b"access"]) {
        return false;
    }
    let mut told = false;
    around::heads(w, s, &mut |head, inner| {
        if inner {
            let end = head.iter().rposition(|b| is_ident(*b)).map_or(0, |at| at + 1);
            let length = head[..end].iter().rev().take_while(|b| is_ident(**b)).count();
            told = halved(&Name::of(&head[end - length..end]));
        }
    });
    told
}

/// One of many numbers that are told apart by name, as a registry has them: UUIDs on line after line, most under names
/// that speak of no secret.
pub fn registered(w: &[u8], s: &Spot, v: &[u8]) -> bool {
    /// Bytes to either side, and how many others there are at least.
    const FAR: usize = 400;
    const LEAST: usize = 4;
    let numbered = |line: &&[u8]| {
        let number = line.windows(36).position(is_uuid);
        number.is_some_and(|at| !says(&line[..at], lex::PASS | lex::SECRET | lex::TOKEN))
    };
    is_uuid(v)
        && !says(&w[s.key.clone()], lex::SECRET | lex::TOKEN)
        && s.near(w, FAR).split(|b| *b == b'\n').filter(numbered).count() >= LEAST
}

/// A key of .NET in XML that holds no more than the number that all know.
fn modulus(v: &[u8]) -> bool {
    let has = |part: &[u8]| position(v, part).is_some();
    let secret = || [&b"<P>"[..], b"<D>", b"003CP\\", b"003CD\\"].iter().any(|part| has(part));
    has(b"RSAKeyValue") && has(b"Modulus") && has(b"/RSAKeyValue") && !secret()
}

/// What a signature of AWS is good for, behind the id of the key: `…/20130524/us-east-1/s3/aws4_request`.
fn scope(v: &[u8]) -> bool {
    position(v, b"aws4_request").is_some()
}

/// A digest of a key or certificate, in pairs: MD5, SHA-1, SHA-256.
fn fingerprint(v: &[u8]) -> bool {
    let mut pairs = v.split(|b| *b == b':');
    matches!(v.len(), 47 | 59 | 95)
        && pairs.all(|pair| pair.len() == 2 && pair.iter().all(u8::is_ascii_hexdigit))
}

/// A point of a curve of 256 bits: a public key, in hexadecimal, or in base64 as browsers are given one to push with.
/// <https://www.rfc-editor.org/rfc/rfc8292#section-3.2>
fn point(v: &[u8]) -> bool {
    let form = match v.len() {
        66 => matches!(v[1], b'2' | b'3'),
        87 => {
            return v[0] == b'B' && v.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        }
        130 => v[1] == b'4',
        _ => false,
    };
    form && v[0] == b'0' && v.iter().all(u8::is_ascii_hexdigit)
}

/// The address of an account or a contract of Ethereum: 20 bytes.
fn account(v: &[u8]) -> bool {
    v.len() == 42 && v.starts_with(b"0x") && v[2..].iter().all(u8::is_ascii_hexdigit)
}

/// Whom age encrypts for. <https://age-encryption.org/v1>
fn recipient(v: &[u8]) -> bool {
    v.len() == 62 && v.starts_with(b"age1") && v.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}

/// The half of a captcha's keys that stands in the page, or the key by which a page searches its manual.
/// <https://docsearch.algolia.com/docs/api/#apikey>
fn site(name: &Name) -> bool {
    [&b"sitekey"[..], b"site_key", b"site-key"].iter().any(|end| ends_ci(name, end))
        || name.has(&[b"docsearch"]) && !name.has(&[b"admin", b"write"])
}

/// By which a service knows that a request is made again, as those of AWS take it: a UUID.
fn once(name: &Name, v: &[u8]) -> bool {
    const NAMES: &[&[u8]] =
        &[b"ClientToken", b"clientToken", b"RequestToken", b"requestToken", b"UpdateToken", b"update_token"];
    v.len() == 36 && v[8] == b'-' && NAMES.contains(&name.text)
}

/// The id or fingerprint of an OpenPGP key.
fn pgp_id(name: &Name, v: &[u8]) -> bool {
    let digits = v.strip_prefix(b"0x").unwrap_or(v);
    matches!(digits.len(), 8 | 16 | 32 | 40)
        && digits.iter().all(u8::is_ascii_hexdigit)
        && (name.has(&[b"gpg", b"pgp", b"openpgp", b"recv", b"receive", b"signingkey", b"signkey", b"ppa"])
            || digits.len() == 16 && v.iter().all(|b| !b.is_ascii_lowercase()) && name.has(&[b"signature"]))
}

/// An issue, where a ticket is no credential: `ABC-123`, `team/project#45`, an address.
fn issue(name: &Name, v: &[u8]) -> bool {
    let digits = |v: &[u8]| !v.is_empty() && v.iter().all(u8::is_ascii_digit);
    let v = v.trim_ascii_start();
    let v = v.strip_prefix(b"[").unwrap_or(v);
    let numbered = |v: &[u8]| {
        v.iter().rposition(|b| matches!(b, b'-' | b'#')).is_some_and(|at| {
            let (project, number) = (&v[..at], &v[at + 1..]);
            let letters = project.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
            digits(number) && (v[at] == b'#' || letters && project.len() <= 12)
        })
    };
    let numbered = numbered(v) || v.split(|b| *b == b'/').all(numbered);
    let address = v.starts_with(b"http://") || v.starts_with(b"https://");
    let commit = v.len() >= 40 && v[..40].iter().all(u8::is_ascii_hexdigit);
    let hex = (10..=40).contains(&v.len()) && v.iter().all(u8::is_ascii_hexdigit);
    (numbered || address) && name.has(&[b"ticket", b"tickets"])
        || hex && name.eq_ignore_ascii_case(b"ticket")
        || commit && name.has(&[b"tickets"])
}

/// A name of what says where something is kept, or that it was sent before.
fn place(name: &Name) -> bool {
    const NAMES: &[&[u8]] = &[
        b"idempotencykey",
        b"partitionkey",
        b"sortkey",
        b"foreignkey",
        b"propertykey",
        b"sonarprojectkey",
        b"s3key",
        b"objectkey",
        b"rulekey",
        b"routingkey",
        b"credentialsource",
        b"releasekey",
        b"formkey",
        b"processkey",
        b"processdefinitionkey",
        b"processinstancebykey",
        b"startprocessinstancebykey",
        b"resultkey",
        b"recordkey",
        b"rkey",
        b"statekey",
    ];
    // All of them end so.
    if !name.words.last().is_some_and(|last| ends_ci(last, b"key") || ends_ci(last, b"source")) {
        return false;
    }
    let letters = |name: &[u8], known: &[u8]| {
        let letters = name.iter().filter(|b| b.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase);
        letters.eq(known.iter().copied())
    };
    // Of `activiti:formKey` and `request.withFormKey` the last word counts, too.
    let last = name.rsplit(|b| matches!(b, b'.' | b':')).next().unwrap_or(name);
    let last = last.strip_prefix(b"with").unwrap_or(last);
    // What holds many says it at the end of any name: `assertDictionaryKey`.
    const HOLDERS: &[&[u8]] =
        &[b"dictionary", b"dict", b"map", b"index", b"partition", b"primary", b"foreign", b"cache"];
    let within = || match &name.words[..] {
        [.., holder, last] => {
            last.eq_ignore_ascii_case(b"key") && HOLDERS.iter().any(|h| holder.eq_ignore_ascii_case(h))
        }
        _ => false,
    };
    within()
        || ends_ci(name, b"cachekey")
        || NAMES.iter().any(|known| letters(name, known) || letters(last, known))
}

/// An event of Matrix: the digest of what it says. <https://spec.matrix.org/latest/rooms/v4/#event-ids>
fn event(v: &[u8]) -> bool {
    let digit = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    v.len() == 44 && v[0] == b'$' && v[1..].iter().all(digit)
}

/// By which WebAuthn knows a credential again, in base64: `CREDENTIAL_ID_BASE64URL`.
fn credential_id(name: &Name) -> bool {
    let ends: &[&[u8]] = &[b"_id_base64url", b"_id_base64", b"_id_b64"];
    ends.iter().any(|end| ends_ci(name, end)) && name.has(&[b"credential"])
}

/// The number of something that is authorized: `return_authorization_reason_id`.
fn grant(name: &Name) -> bool {
    ends_ci(name, b"_id")
        && name.has(&[b"authorization"])
        && !name.says(lex::PASS | lex::SECRET | lex::TOKEN)
        && !name.has(&[b"key"])
}

/// Where a list goes on, or that a request was made before: `nextPageToken`, `LockToken`, `client-request-token`.
fn page(name: &Name) -> bool {
    // Asked of every value.
    if !ends_ci(name, b"token") {
        return false;
    }
    let last = |nth: usize| name.words.iter().nth_back(nth).copied().unwrap_or_default();
    const LISTS: &[&[u8]] = &[
        b"page",
        b"pagination",
        b"continuation",
        b"sync",
        b"next",
        b"starting",
        b"lock",
        b"forward",
        b"backward",
        b"idempotency",
    ];
    let is = |word: &[u8], known: &[&[u8]]| known.iter().any(|k| word.eq_ignore_ascii_case(k));
    is(last(0), &[b"token"])
        && (is(last(1), LISTS)
            || is(last(1), &[b"request"]) && is(last(2), &[b"client"])
            || is(last(1), &[b"change"]) && last(2).is_empty())
}

/// A public key of NATS: those that are secret begin with S.
fn nkey(name: &Name, v: &[u8]) -> bool {
    let key = || v.len() == 56 && v.iter().all(|b| matches!(b, b'A'..=b'Z' | b'2'..=b'7'));
    !v.starts_with(b"S") && (name.has(&[b"nkey"]) || name.has(&[b"user", b"account", b"issuer"]) && key())
}

/// What a domain shows to anybody (`DkimTokens`), or a message of a network of many (`author_signature`).
fn record(name: &Name) -> bool {
    name.ends_with(b"author_signature")
        || name.has(&[b"dkim"]) && !name.says(lex::PASS | lex::SECRET) && !name.has(&[b"private", b"key"])
}

/// The number of an object, as Kubernetes gives one to each (`secretUID`), or of a class, as Windows does (`{…}`).
fn uid(name: &Name, v: &[u8]) -> bool {
    match v.len() {
        // Labels are texts of both: `k8s-uid:…`.
        37.. if v[..v.len() - 36].ends_with(b"uid:") => is_uuid(&v[v.len() - 36..]),
        36 => v[8] == b'-' && ends_ci(name, b"uid"),
        38 => v[0] == b'{' && v[37] == b'}' && v[9] == b'-' && v[14] == b'-',
        _ => false,
    }
}

/// The digest of a file, under its name.
fn file(name: &Name, v: &[u8]) -> bool {
    const ENDINGS: &[&[u8]] = &[
        b".php", b".class", b".java", b".kt", b".scala", b".py", b".rb", b".go", b".rs", b".c", b".h",
        b".cpp", b".cs", b".js", b".jsx", b".ts", b".tsx", b".vue", b".css", b".html", b".md", b".png",
        b".svg",
    ];
    let hex = matches!(v.len(), 32 | 40 | 64) && v.iter().all(u8::is_ascii_hexdigit);
    let base64 = matches!(v.len(), 24 | 28 | 44) && v.ends_with(b"=");
    (hex || base64) && ENDINGS.iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generic::tests::found;

    #[test]
    fn keys_that_anybody_may_have_are_public() {
        let long = |head: &str| format!("{head}{}", "Ab3".repeat(30));
        for head in [
            "ssh-rsa AAAA",
            "ssh-dss%20AAAA",
            "mQINB",
            "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A",
            "MIIDdzCCAl+gAwIBAgIE",
        ] {
            assert!(public(b"key", long(head).as_bytes()), "{head}");
        }
        assert!(
            !public(b"key", long(&["MIIEvQIBADANBgkqhkiG9w", "0BAQEFAASCBKcw"].concat()).as_bytes()),
            "a private one"
        );
        assert!(!public(b"key", long("mQxx").as_bytes()));
        assert!(public(b"key", b"\n  -----BEGIN PUBLIC KEY-----\n"));
        let hex = |kind: &str| {
            let algorithm = ["2a864886f70d", "0101010500"].concat();
            format!("30819f300d0609{algorithm}{kind}818d0030818902818100{}", "c1".repeat(40))
        };
        assert!(public(b"key", hex("03").as_bytes()));
        assert!(!public(b"key", hex("04").as_bytes()), "a private one");
    }

    #[test]
    fn fingerprints_and_points_are_public_unless_their_name_says_otherwise() {
        let pairs = vec!["a4"; 16].join(":");
        assert!(public(b"key_id", pairs.as_bytes()) && !public(b"secret", pairs.as_bytes()));
        assert!(!public(b"key_id", &pairs.as_bytes()[3..]), "15 are none");
        let point = format!("02{}", "9f".repeat(32));
        assert!(public(b"script_key", point.as_bytes()));
        assert!(
            !public(b"private_key", point.as_bytes())
                && !public(b"key", format!("05{}", &point[2..]).as_bytes())
        );
    }

    #[test]
    fn a_public_half_is_told_by_its_name_or_by_what_stands_around() {
        let is = |name: &str| public(name.as_bytes(), b"aB3xY9");
        assert!(is("LAST_PREKEY") && is("prekeyKey") && is("signedPreKey") && is("server_pub_key"));
        assert!(!is("prekey_private_key") && !is("prefix_key") && !is("public") && !is("secret_public_key"));
        assert!(!found("public_keys:\n  key: \"@\"\n") && found("other_keys:\n  key: \"@\"\n"));
        assert!(found("public:\n  std::string key = \"@\";\n"), "a modifier");
        assert!(found("public_keys:\n  secret: \"@\"\n"));
        let pem = |kind: &str| format!("key =\n  [ \"-----BEGIN {kind} KEY-----\", key = \"@\"\n");
        assert!(!found(&pem("PUBLIC")) && found(&pem("OTHER")));
    }

    #[test]
    fn numbers_of_a_registry_and_public_numbers_are_no_credentials() {
        let number = "cc965dfc-1d39-485c-ab12-40b0adf78d0b";
        let list =
            |names: &[&str]| names.iter().map(|n| format!("  {n} = \"{number}\",\n")).collect::<String>();
        let registered = |text: &str| {
            let mut all = false;
            let at = text.find("Pass").expect("a name");
            crate::generic::spots_at(text.as_bytes(), at, &mut |w, _, s| {
                all |= registered(w, &s, &w[s.value.clone()]);
            });
            all
        };
        assert!(registered(&list(&["Chrome", "Edge", "ProtonPass", "Keeper", "Dashlane"])));
        assert!(!registered(&list(&["Chrome", "ProtonPass", "Keeper"])));
        assert!(!registered(&list(&["a_secret", "b_secret", "ProtonPass", "c_secret", "d_token"])));
        let xml = |more: &str| {
            format!("<RSAKeyValue><Modulus>s7Jl</Modulus><Exponent>AQAB</Exponent>{more}</RSAKeyValue>")
        };
        assert!(public(b"key", xml("").as_bytes()) && !public(b"key", xml("<P>x7</P>").as_bytes()));
        let asked = |digest: &str| format!("303b300906052b0e03021a05000414{}{digest}", "8a83".repeat(10));
        assert!(public(b"ID key", asked("0414").as_bytes()));
        assert!(public(b"Secret", format!("k8s-uid:{number}").as_bytes()));
        assert!(!public(b"Secret", format!("k8s-key:{number}").as_bytes()));
    }

    #[test]
    fn references_are_no_credentials() {
        let is = |name: &str, v: &str| public(name.as_bytes(), v.as_bytes());
        assert!(
            is("TICKET", "LIKAFKA-4425")
                && is("Tickets", "team/project#12")
                && is("ticket", "https://t.dev/1")
        );
        assert!(!is("ticket", "TGT-1-abcdef") && !is("password", "ABC-123"));
        assert!(is("nextPageToken", "CgRv") && is("continuation_token", "x") && !is("refreshToken", "x"));
        assert!(is("NextToken", "x") && is("next-lock-token", "x") && is("client-request-token", "x"));
        assert!(!is("unlock_token", "x") && !is("request_token", "x") && !is("nextcloud_token", "x"));
        assert!(is("ChangeToken", "x") && !is("password_change_token", "x") && is("token_cache_key", "x"));
        assert!(is("DkimTokens", "x") && !is("dkim_private_key", "x"));
        let made = |head: &str, len: usize| format!("{head}{}", &"b4c9d2e8".repeat(12)[head.len()..len]);
        assert!(is("token", &made("0x", 42)) && !is("private_key", &made("0x", 42)));
        assert!(!is("token", &made("0x", 40)));
        assert!(is("vapidKey", &made("B", 87)) && !is("vapid_private_key", &made("B", 87)));
        assert!(is("signing_key", &made("age1", 62)) && !is("signing_key", &made("age2", 62)));
        let id = format!("${}", "aB3-".repeat(11))[..44].to_owned();
        assert!(is("auth_events", &id) && !is("auth", &id[..43]) && !is("auth", &format!("a{}", &id[1..])));
        assert!(is("CREDENTIAL_ID_BASE64URL", "x") && !is("credential_base64", "x"));
        assert!(is("algolia.docsearch.api_key", "x") && !is("docsearch_admin_api_key", "x"));
        assert!(is("rkey", "x") && !is("markey", "x"));
        assert!(is("RECAPTCHA_SITE_KEY", "x") && is("sitekey", "x") && !is("site_secret", "x"));
        assert!(is("client_token", &made("pub", 35)) && !is("client_token", &made("pub", 36)));
        let number = "cc965dfc-1d39-485c-ab12-40b0adf78d0b";
        assert!(is("ClientToken", number) && !is("ClientToken", "x") && !is("client_token", number));
        let seed = "SUAG32YJ2GVZG3KT";
        assert!(!is("encryptionkey", "x") && !is("ValidationKey", "x"));
        assert!(is("user.Nkey", &seed[1..]));
        assert!(is("nkey", &seed[1..]) && !is("nkey", seed));
        let user = "UBAC".repeat(14);
        assert!(is("no_auth_user", &user) && !is("no_auth_user", &user[1..]) && !is("auth_secret", &user));
        let number = "cc965dfc-1d39-485c-ab12-40b0adf78d0b";
        let class = format!("{{{number}}}");
        assert!(is("OAuth", &class) && !is("OAuth", number) && !is("OAuth", &class.replace('-', "a")));
        assert!(is("secretUID", number) && !is("secretUID", &number[1..]) && !is("secret_id", number));
        let id = "4AEE18F83AFDEB23";
        assert!(is("signature-keys", id) && !is("signature-keys", &id.to_lowercase()));
        assert!(is("return_authorization_id", "ra_x") && !is("authorization_key_id", "ra_x"));
        assert!(is("GPG_KEY", &"7C".repeat(20)) && !is("API_KEY", &"7C".repeat(20)));
        assert!(
            is("sonar.projectKey", "x")
                && is("withProcessDefinitionKey", "x")
                && is("activiti:formKey", "x")
                && !is("apiKey", "x")
        );
        assert!(is("AssertDictionaryKey", "x") && is("row_index_key", "x") && !is("mapped_key", "x"));
        assert!(is("PasswordBroker.php", &"c8".repeat(16)) && !is("password.txt", &"c8".repeat(16)));
        assert!(is("credential", "id/20130524/us-east-1/s3/aws4_request") && is("lock_token", "urn:uuid:1"));
    }
}
