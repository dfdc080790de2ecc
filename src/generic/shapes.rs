//! What a value's own form says that it is, and that is no secret: an address, a browser, a format, a filler.
//!
//! Looks at a value alone. Knows no name, no text and no path.

use core::net::{IpAddr, SocketAddr};

use super::lexicon::{HASH, SECRETIVE, classes};
use super::read::{base64, is_base64, starts_ci};

/// What a value certainly is, if its form tells.
pub fn shape(v: &[u8]) -> Option<&'static str> {
    Some(match () {
        () if address(v) => "an address of the network",
        () if greeting(v) => "the name of a way to log in, or its first message",
        () if beginning(v) => "the first letters of a token alone",
        () if spelled(v) => "a word written as escapes",
        () if host(v) => "the name of a host",
        () if advisory(v) => "the number of an advisory",
        () if sealed(v) => "encrypted, hashed or kept elsewhere",
        () if v.starts_with(b"Mozilla/") => "the name of a browser",
        () if directives(v) => "a text with places to be filled",
        () if symbol(v) => "a symbol by its numbers",
        () if coloured(v) => "a text in colour",
        () if library(v) => "the name of a file",
        () if alphabet(v) => "the alphabet",
        () if counted(v) => "a test's bytes",
        () if hollow(v) => "a block with nothing in it",
        () if breached(v) => "digests of passwords that leaked",
        () if repeated(v) || runs(v) || idle(v) => "a sample, as people make them up",
        // What Crowdin's own language has for every text.
        () if v.starts_with(b"crwdns") && memchr::memmem::find(v, b":0crwdne").is_some() => {
            "a text that people read"
        }
        () => return None,
    })
}

/// `192.0.2.1:80`, `2001:db8::1`, `[::1]:443`
fn address(v: &[u8]) -> bool {
    let of_one = |b: &u8| b.is_ascii_hexdigit() || matches!(b, b'.' | b':' | b'[' | b']');
    let Some(text) = v.iter().all(of_one).then(|| std::str::from_utf8(v).ok()).flatten() else {
        return false;
    };
    text.parse::<IpAddr>().is_ok() || text.parse::<SocketAddr>().is_ok()
}

/// A host of a well-known domain: `.cdn.example.net`.
fn host(v: &[u8]) -> bool {
    const DOMAINS: &[&[u8]] = &[b".com", b".net", b".org", b".io", b".dev", b".gov", b".edu"];
    let label = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.');
    DOMAINS.iter().any(|domain| v.ends_with(domain))
        && v.iter().all(label)
        && v.iter().filter(|b| **b == b'.').count() >= 2
}

/// The name of a way to log in, or the messages of NTLM that open it and hold no answer yet.
fn greeting(v: &[u8]) -> bool {
    const SCHEMES: &[&[u8]] = &[
        b"basic",
        b"bearer",
        b"digest",
        b"negotiate",
        b"kerberos",
        b"oauth",
        b"mschap",
        b"mschapv2",
        b"ms-chap",
        b"ms-chap-v2",
        b"peap",
        b"ttls",
        b"ntlm",
        b"gssapi",
        b"cram-md5",
        b"digest-md5",
        b"xoauth2",
    ];
    SCHEMES.iter().any(|s| s.eq_ignore_ascii_case(v))
        || v.starts_with(b"TlRMTVNTUAAB")
        || v.starts_with(b"TlRMTVNTUAAC")
        || v.starts_with(b"TlRMTVNTUAAD") && v.len() < 80
}

/// A token's first letters alone: `sk-live-`.
fn beginning(v: &[u8]) -> bool {
    v.len() <= 20
        && matches!(v.last(), Some(b'-' | b'_'))
        && v.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

/// Letters as escapes alone (`\x4e\x54`): a word that shall not be read as one.
fn spelled(v: &[u8]) -> bool {
    v.len() >= 8
        && v.chunks(4).all(|c| {
            let hex = |b: u8| char::from(b).to_digit(16);
            let byte = (c.len() == 4 && c.starts_with(b"\\x")).then(|| Some(hex(c[2])? << 4 | hex(c[3])?));
            byte.flatten().is_some_and(|b| (0x20..0x7f).contains(&b))
        })
}

/// `CVE-2024-12345`, `GHSA-8mxv-9xhp-86h4`
fn advisory(v: &[u8]) -> bool {
    let parts = v.split(|b| *b == b'-').count();
    v.starts_with(b"CVE-") && parts == 3 || v.starts_with(b"GHSA-") && parts == 4 && v.len() == 19
}

/// As Bitwarden encrypts: the kind, then the vector, the text and its code, each in base64: `2.…==|…=|…=`.
/// <https://bitwarden.com/help/bitwarden-security-white-paper/>
fn sealed(v: &[u8]) -> bool {
    let [b'0'..=b'7', b'.', parts @ ..] = v else { return false };
    parts.contains(&b'|')
        && parts.split(|b| *b == b'|').all(|part| part.len() >= 8 && part.iter().copied().all(is_base64))
}

/// Places of `printf` with signs between them (`%02X:%02X`), or one that Python names (`jid=%(jid)s`).
fn directives(v: &[u8]) -> bool {
    if let Some(open) = memchr::memmem::find(v, b"%(") {
        let name = v[open + 2..].iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
        return name > 0
            && matches!(v[open + 2 + name..], [b')', b's' | b'd' | b'r' | b'i' | b'f' | b'x', ..]);
    }
    let mut parts = v.split(|b| *b == b'%');
    let signs = |text: &[u8]| text.iter().all(|b| !b.is_ascii_alphanumeric());
    let directive = |part: &[u8]| {
        let flags = part.iter().take_while(|b| b.is_ascii_digit() || **b == b'.').count();
        let kind = part[flags..].iter().take(2).take_while(|b| b"lhxXdiuscp".contains(b)).count();
        kind > 0 && signs(&part[flags + kind..])
    };
    parts.next().is_some_and(signs) && v.iter().filter(|b| **b == b'%').count() > 1 && parts.all(directive)
}

/// A symbol of Unicode as its numbers: `1f39f-fe0f`, `1f1f5-1f1fc`.
fn symbol(v: &[u8]) -> bool {
    let mut numbers = v.split(|b| *b == b'-');
    numbers.clone().count() > 1
        && numbers.all(|n| (4..=5).contains(&n.len()) && n.iter().all(u8::is_ascii_hexdigit))
        && (v.starts_with(b"1f") || v.ends_with(b"-fe0f"))
}

/// Begins with a code of a terminal: `\x1b[32mPASS`.
fn coloured(v: &[u8]) -> bool {
    [&b"\\x1b["[..], b"\\033[", b"\\e[", b"\\u001b["].iter().any(|code| v.starts_with(code))
}

/// A program or library that is loaded: `libk7.1.0.dylib`.
fn library(v: &[u8]) -> bool {
    [&b".dll"[..], b".so", b".dylib", b".jar", b".exe"].iter().any(|ending| v.ends_with(ending))
}

/// The alphabet, in turns of case (`AbCdEfGhIjKlMnOpQrStUvWxYz`), from its end, or again and again.
fn alphabet(v: &[u8]) -> bool {
    let by = |step: i16| {
        let lower = |b: u8| i16::from(b | 0x20);
        v.windows(2).filter(|two| lower(two[1]) - lower(two[0]) == step).count()
    };
    v.len() >= 16 && v.iter().all(u8::is_ascii_alphabetic) && by(1).max(by(-1)) * 8 >= v.len() * 7
}

/// Bytes that count up, in hexadecimal or base64 (`000102030405…`, `00112233…`, `01234567…`, `AAECAwQF…`), or digits.
pub fn counted(v: &[u8]) -> bool {
    let digit = |b: u8| char::from(b).to_digit(16);
    let hex = || {
        let bytes = v.chunks(2).map(|two| Some((digit(two[0])? << 4 | digit(*two.get(1)?)?) as u8));
        bytes.collect::<Option<Vec<u8>>>().is_some_and(|bytes| ascends(&bytes))
    };
    let follows = |two: &[u8]| two[1] == two[0] + 1 || two == b"90";
    if v.len() >= 16 && v.iter().all(u8::is_ascii_digit) && v.windows(2).all(follows) {
        return true;
    }
    // In base64 fewer bytes might be a short text.
    hex() || v.len() >= 22 && v.iter().copied().all(is_base64) && ascends(&base64(v).collect::<Vec<u8>>())
}

/// Whether most of some bytes are one more than those before them, or 0x11 or 0x22 more.
pub fn ascends(bytes: &[u8]) -> bool {
    let by = |step: u8| bytes.windows(2).filter(|two| two[0].checked_add(step) == Some(two[1])).count();
    bytes.len() >= 8 && by(1).max(by(0x11)).max(by(0x22)) * 4 >= bytes.len() * 3
}

/// Says that nobody asks for it (`unused`, `does-not-matter`), what kind of thing it is (`plaintext`), that it is none
/// (`notasecret`), or whose is to stand there (`yoursecret`).
pub fn idle(v: &[u8]) -> bool {
    const SAYS: &[&[u8]] = &[
        b"unused",
        b"notused",
        b"ignored",
        b"ignoreme",
        b"irrelevant",
        b"dontcare",
        b"doesntmatter",
        b"doesnotmatter",
        b"whatever",
        b"notneeded",
        b"notrequired",
        b"plain",
        b"plaintext",
        b"cleartext",
        b"passphrase",
    ];
    const HEADS: &[&[u8]] = &[b"nota", b"notthe", b"notmy", b"your"];
    let mut letters = [0; 24];
    let mut count = 0;
    for &b in v {
        match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' if count < letters.len() => letters[count] = b,
            b'_' | b'-' | b' ' | b'\'' => continue,
            _ => return false,
        }
        count += 1;
    }
    let letters = &letters[..count];
    let kind = |head: &&[u8]| {
        starts_ci(letters, 0, head) && classes(&letters[head.len()..]) & (SECRETIVE | HASH) != 0
    };
    SAYS.iter().any(|word| word.eq_ignore_ascii_case(letters)) || HEADS.iter().any(kind)
}

/// Few characters, each many times: `aaaaaaaabbbbbbbbcccccccc`, `aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee`.
fn runs(v: &[u8]) -> bool {
    let changes = v.windows(2).filter(|two| two[0] != two[1]).count();
    v.len() >= 24 && changes * 4 <= v.len()
}

/// PEM in base64 that ends where it begins, as a document shows what a cluster keeps.
fn hollow(v: &[u8]) -> bool {
    /// Letters that the shortest key and its marks have.
    const SHORTEST: usize = 150;
    v.len() < SHORTEST
        && v.starts_with(b"LS0tLS1CRUdJTi")
        && memchr::memmem::find(&base64(v).collect::<Vec<u8>>(), b"-----END ").is_some()
}

/// The ends of digests, and how often each leaked: `0018A45C4D1DEF81644B54AB7F969B88D65:1`.
/// <https://haveibeenpwned.com/API/v3#SearchingPwnedPasswordsByRange>
fn breached(v: &[u8]) -> bool {
    v.len() > 36 && v[..35].iter().all(u8::is_ascii_hexdigit) && v[35] == b':' && v[36].is_ascii_digit()
}

/// The same few digits again and again (`deadbeefdeadbeefdeadbeef`), or nothing but what hides a value
/// (`XXXXXXXXXXXXXXXX`).
fn repeated(v: &[u8]) -> bool {
    /// The longest part that is repeated.
    const PART: usize = 8;
    let v = v.strip_prefix(b"0x").unwrap_or(v);
    if v.len() >= 2 * PART && v.iter().all(|b| *b == v[0]) && matches!(v[0], b'x' | b'X') {
        return true;
    }
    v.len() >= 3 * PART
        && v.iter().all(u8::is_ascii_hexdigit)
        && (1..=PART).any(|part| v[part..].iter().zip(v).all(|(a, b)| a == b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_that_no_secret_has() {
        for value in [
            "192.0.2.1",
            "192.0.2.1:8080",
            "2001:db8:4009:81f::200e",
            "[2001:db8::200e]:123",
            "Mozilla/5.0 (Linux; Android 8.1.0) AppleWebKit/537.36",
            "%02X:%02X:%02X",
            "jid=%(SJID)s",
            "1f39f-fe0f",
            "1f1f5-1f1fc",
            "\\x1b[32mPASS",
            "libk7.1.0.dylib",
            &"deadbeef".repeat(5),
            &"X".repeat(16),
            &format!("0x{}", "a".repeat(32)),
            "crwdns6846:0crwdne6846:0",
            ".d1i90.cdn.example.net",
            "GHSA-8mxv-9xhp-86h4",
            "CVE-2024-12345",
            "BcDeFgHiJkLmNoPqRsTuVwXyZa",
            &format!("{}.{}.whatever", "a".repeat(25), "a".repeat(34)),
            "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
            &format!("{}D65:12", "0018A45C".repeat(4)),
            "2.Ytudv+Qk3ET9==|ijsFhmjaf0Zk=|QmFzZTY0UGFydA==",
            "zyxwvutsrqponmlkjihg",
            &"abcdefghijklmnop".repeat(2),
            "00112233445566778899aabbccddeeff",
            "aabbccddeeffaabbccddeeffaabbccdd",
            "AAECAwQFBgcICQoLDA0ODw==",
            &"0123456789abcdef".repeat(2),
            "12345678901234567890",
            "unused",
            "does-not-matter",
            "NotASecret",
            "your_password",
            "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCi0tLS0tRU5EIFBSSVZBVEUgS0VZLS0tLS0=",
        ] {
            assert!(shape(value.as_bytes()).is_some(), "{value}");
        }
        for value in [
            "ab:cd",
            "192.0.2",
            "fake/57f6:162c",
            "Mozilla",
            "100%(sure)",
            "%02X-key",
            "pass%word%d",
            &["deadbeef", "deadbeef", "deadbee1"].concat(),
            &"deadbeefcafe".repeat(3),
            "deadbeefdeadbeef",
            "Pass.word.com",
            "one.net",
            "GHSA-a-b",
            "AbCdEfGhIjKlMnOpQxRyStUv",
            "1234567890ABCDEFG",
            "aaaaaaaabbbbbbbbccccccc",
            &format!("{}D65:x2", "0018A45C".repeat(4)),
            "2.Ytudv+Qk3ET9",
            "9.Ytudv+Qk3ET9==|ijsFhmjaf0Zk=",
            "abcdefghqponmlkj",
            &["ABEiM0RV", "gneImao="].concat(),
            "MTIzNDVhYmNkZQ==",
            "usedoften",
            "notary7",
            "yourself",
            &["LS0tLS1CRUdJTiBQ", "UklWQVRFIEtFWS0tLS0tCk1J"].concat(),
        ] {
            assert_eq!(shape(value.as_bytes()), None, "{value}");
        }
    }
}
