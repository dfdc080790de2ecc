//! What a value's own form says that it is, and that is no secret: an address, a browser, a format, a filler.
//!
//! Looks at a value alone. Knows no name, no text and no path.

use core::net::{IpAddr, SocketAddr};

use super::read::is_base64;

/// What a value certainly is, if its form tells.
pub fn shape(v: &[u8]) -> Option<&'static str> {
    Some(match () {
        () if address(v) => "an address of the network",
        () if host(v) => "the name of a host",
        () if advisory(v) => "the number of an advisory",
        () if sealed(v) => "encrypted, hashed or kept elsewhere",
        () if v.starts_with(b"Mozilla/") => "the name of a browser",
        () if directives(v) => "a text with places to be filled",
        () if symbol(v) => "a symbol by its numbers",
        () if coloured(v) => "a text in colour",
        () if library(v) => "the name of a file",
        () if alphabet(v) => "the alphabet",
        () if breached(v) => "digests of passwords that leaked",
        () if repeated(v) || runs(v) => "a sample, as people make them up",
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

/// The alphabet, in turns of case: `AbCdEfGhIjKlMnOpQrStUvWxYz`.
fn alphabet(v: &[u8]) -> bool {
    v.len() >= 16
        && v.iter().all(u8::is_ascii_alphabetic)
        && v.windows(2).filter(|two| (two[1] | 0x20) == (two[0] | 0x20) + 1).count() >= v.len() - 2
}

/// Few characters, each many times: `aaaaaaaabbbbbbbbcccccccc`, `aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee`.
fn runs(v: &[u8]) -> bool {
    let changes = v.windows(2).filter(|two| two[0] != two[1]).count();
    v.len() >= 24 && changes * 4 <= v.len()
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
            "aabbccddeeffaabbccddeeffaabbccdd",
            &format!("{}D65:x2", "0018A45C".repeat(4)),
            "2.Ytudv+Qk3ET9",
            "9.Ytudv+Qk3ET9==|ijsFhmjaf0Zk=",
        ] {
            assert_eq!(shape(value.as_bytes()), None, "{value}");
        }
    }
}
