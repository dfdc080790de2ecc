//! What is certainly no literal secret, whatever the rest says: references, code, names, ciphertext and what is public.
//!
//! Looks at a spot in its window. Knows no path.

use super::argument::argument;
use super::code::code;
use super::find::{Form, Spot};
use super::lexicon::{self as lex, says};
use super::prose::prose;
use super::public::{half, public, registered};
use super::read::{self, Quote, begins, is_base64, position};
use super::sealed::protected;
use super::sent::sent;
use super::shapes::shape;

/// Why a value is certainly no literal secret, if so.
pub fn hopeless(w: &[u8], s: &Spot, v: &[u8]) -> Option<&'static str> {
    Some(match () {
        () if v.len() < 3
            || v.iter().all(|b| !b.is_ascii_alphanumeric())
            || v.contains(&b'\\') && characters(v) < 3 =>
        {
            "too short"
        }
        () if v.iter().any(|b| matches!(b, 0..=8 | 11 | 12 | 14..=31 | 127))
            || garbled(v)
            || controls(s, v) =>
        {
            "not text"
        }
        () if refers(v)
            || variable(v)
            || negated(w, s, v)
            || v.starts_with(b"//") && w[..s.value.start].ends_with(b":") =>
        {
            "a reference to a value that is kept elsewhere"
        }
        () if protected(v) => "encrypted, hashed or kept elsewhere",
        () if joint(v, s.quote) || continued(w, s, v) => "a piece of a text that is put together",
        () if templated(v) => "a text with places to be filled",
        () if foreign(v) || prose(w, s, v) => "a text that people read",
        () if forgery(w, s) => "a token against forged requests",
        () if sample(w, s, v) => "a sample, as vendors mark theirs",
        () if public(&w[s.key.clone()], v)
            || numbered_key(w, s, v)
            || pgp_key(w, s, v)
            || link(w, s)
            || called_public(w, s)
            || certified(w, s, v)
            || half(w, s, v)
            || registered(w, s, v) =>
        {
            "public, or a reference"
        }
        () if user_file(w, s) => "the name of a file",
        () if told_in_part(&w[s.key.clone()]) => "a part of a token",
        () => {
            return shape(v)
                .or_else(|| sent(w, s, v))
                .or_else(|| code(w, s, v))
                .or_else(|| argument(w, s, v));
        }
    })
}

/// Begins as templates and shells write a reference.
fn refers(v: &[u8]) -> bool {
    begins(v, &[b"${", b"{{", b"<%", b"$(", b"#{"])
}

/// Neither UTF-8 nor cut off within a letter: the inside of a file that is no text.
fn garbled(v: &[u8]) -> bool {
    std::str::from_utf8(v).is_err_and(|e| e.error_len().is_some())
}

/// Holds a sign that steers a terminal, as tests of readers write one: `c\u0001d`, in a URL `c%01d`. Nobody types such
/// a password; the end of a line may be there by mistake.
fn controls(s: &Spot, v: &[u8]) -> bool {
    let control = |digits: Option<&[u8]>| {
        let number = digits.and_then(|two| std::str::from_utf8(two).ok());
        let number = number.and_then(|two| u8::from_str_radix(two, 16).ok());
        number.is_some_and(|n| n < 0x20 && !matches!(n, b'\t' | b'\n' | b'\r' | 0x1b))
    };
    let coded = matches!(s.form, Form::Url | Form::Header);
    memchr::memchr2_iter(b'\\', b'%', v).any(|at| match v[at..] {
        [b'\\', b'u', b'0', b'0', ..] => control(v.get(at + 4..at + 6)),
        [b'%', ..] if coded => control(v.get(at + 1..at + 3)),
        _ => false,
    })
}

/// The field of a form against forged requests, as frameworks name it: `post[_token]`, `csrfmiddlewaretoken`. It is
/// good for one visit.
fn forgery(w: &[u8], s: &Spot) -> bool {
    const NAMES: &[&[u8]] =
        &[b"_token", b"csrfmiddlewaretoken", b"authenticity_token", b"__RequestVerificationToken"];
    let name = &w[s.key.clone()];
    let said = || {
        let near = s.near(w, 100);
        position(near, b"X-CSRF-TOKEN").is_some() || position(near, b"X-XSRF-TOKEN").is_some()
    };
    // As Spring tells a page of it: with the name of the header that it is sent in.
    if name == b"token" && said() {
        return true;
    }
    s.form == Form::Named
        && (NAMES.contains(&name) || name.ends_with(b"[_token]") || name.ends_with(b"[_token"))
}

/// A public key that a service hands out for secrets, behind its number, as GitHub does: `"key_id":"568…","key":"9MO…="`.
fn numbered_key(w: &[u8], s: &Spot, v: &[u8]) -> bool {
    if w[s.key.clone()] != *b"key" || v.len() != 44 || !v.ends_with(b"=") {
        return false;
    }
    let is_edge = |b: &u8| matches!(b, b'"' | b'\\' | b',' | b':') || b.is_ascii_whitespace();
    let trim = |text: &mut &[u8]| {
        while let Some((last, rest)) = text.split_last()
            && is_edge(last)
        {
            *text = rest;
        }
    };
    let mut before = &w[..s.key.start];
    trim(&mut before);
    let digits = before.iter().rev().take(24).take_while(|b| b.is_ascii_digit()).count();
    before = &before[..before.len() - digits];
    trim(&mut before);
    digits >= 15 && before.ends_with(b"key_id")
}

/// The fingerprint of an OpenPGP key: `GPG key: …`.
fn pgp_key(w: &[u8], s: &Spot, v: &[u8]) -> bool {
    let before = w[..s.key.start].trim_ascii_end();
    matches!(v.len(), 16 | 40)
        && (read::ends_ci(before, b"gpg") || read::ends_ci(before, b"pgp"))
        && v.iter().all(u8::is_ascii_hexdigit)
}

/// What is said to be public, in words and in no code: `comment: public key: …`.
fn called_public(w: &[u8], s: &Spot) -> bool {
    s.form == Form::Colon
        && s.quote == Quote::None
        && w[s.key.clone()].eq_ignore_ascii_case(b"key")
        && read::ends_ci(&w[..s.key.start], b"public ")
}

/// The digest of a certificate, where its line speaks of one.
fn certified(w: &[u8], s: &Spot, v: &[u8]) -> bool {
    const WORDS: &[&[u8]] = &[b"humbprint", b"mtls", b"x5t"];
    if v.len() != 40 || !v.iter().all(u8::is_ascii_hexdigit) {
        return false;
    }
    let line = &w[read::line_start(w, s.key.start.min(s.value.start))..read::line_end(w, s.end)];
    WORDS.iter().any(|word| position(line, word).is_some())
}

/// Of an address that is made to be handed on, of a file that Firebase stores.
/// <https://firebase.google.com/docs/storage/web/download-files>
fn link(w: &[u8], s: &Spot) -> bool {
    const HOST: &[u8] = b"//firebasestorage.googleapis.com/";
    /// Bytes of the address before the name.
    const FAR: usize = 300;
    let lead = &w[s.key.start.saturating_sub(FAR)..s.key.start];
    // The way to a stored file, though its host stand elsewhere.
    if s.form == Form::Query && lead.ends_with(b"alt=media&") {
        return true;
    }
    let blank = lead.iter().rposition(|b| b.is_ascii_whitespace()).map_or(0, |at| at + 1);
    s.form == Form::Query && memchr::memmem::find(&lead[blank..], HOST).is_some()
}

/// Marked as a sample within (`wJalr…EXAMPLEKEY`), or one that says what to write (`user:pass`).
fn sample(w: &[u8], s: &Spot, v: &[u8]) -> bool {
    let told = || {
        matches!(&w[s.key.clone()], b"user" | b"username") && matches!(v, b"pass" | b"passwd" | b"password")
    };
    v.len() >= 16 && position(v, b"EXAMPLE").is_some() || s.form == Form::Flag && told()
}

/// The list of a system's users (`/etc/passwd`), a file of that name elsewhere (`restore /tmp/passwd …`), or where the
/// list is kept (`passwd: files`).
fn user_file(w: &[u8], s: &Spot) -> bool {
    const KEPT: &[&[u8]] =
        &[b"files", b"compat", b"db", b"nis", b"nisplus", b"sss", b"ldap", b"systemd", b"winbind"];
    let before = &w[..s.key.start];
    if s.form == Form::Colon && w[s.key.clone()] == *b"passwd" && KEPT.contains(&&w[s.value.clone()]) {
        return true;
    }
    // A name may hold a dot, but no slash.
    w[s.key.clone()].starts_with(b"passwd")
        && (before.ends_with(b"etc/") || s.form == Form::Space && before.ends_with(b"/"))
}

/// A token's first or last letters, by which people know it again (`token_last_eight`), or what seals it.
fn told_in_part(name: &[u8]) -> bool {
    const PARTS: &[&[u8]] = &[
        b"last_four",
        b"last_eight",
        b"last4",
        b"last8",
        b"LastFour",
        b"LastEight",
        b"token_prefix",
        b"okenPrefix",
        b"key_prefix",
        b"token_signature",
        b"okenSignature",
    ];
    PARTS.iter().any(|part| name.ends_with(part))
}

/// The constant head of a longer text: `"neo4j/" + password`.
fn continued(w: &[u8], s: &Spot, v: &[u8]) -> bool {
    let rest = w[s.end..].trim_ascii_start();
    // a shell's next command: `&& run`, `./run`, `. ./run`
    let command = [&b"&&"[..], b"./", b". ./", b". /"].iter().any(|next| rest.starts_with(next));
    s.quote != Quote::None
        && matches!(v.last(), Some(b'/' | b':' | b'=' | b'.' | b' '))
        && matches!(rest.first(), Some(b'+' | b'.' | b'&' | b'%'))
        && !command
        && !called_on(rest)
        && !padded(v)
}

/// What is called on the literal before it: `"x".encode()`. Only one name joins it to more.
fn called_on(rest: &[u8]) -> bool {
    let name = rest.strip_prefix(b".").unwrap_or_default();
    name.first().is_some_and(u8::is_ascii_alphabetic) && !name.starts_with(b"concat(")
}

/// Whole base64, and filled up to its end.
fn padded(v: &[u8]) -> bool {
    let end = v.iter().rev().take_while(|b| **b == b'=').count();
    let digit = |b: &u8| *b != b'=' && is_base64(*b) || matches!(b, b'-' | b'_');
    v.len() >= 16
        && v.len().is_multiple_of(4)
        && (1..=2).contains(&end)
        && v[..v.len() - end].iter().all(digit)
}

/// How long an escape is, which begins at a backslash, and the number in it, if it is one of Unicode.
fn escape(v: &[u8]) -> (usize, Option<u32>) {
    let digits = |from: usize, most: usize| {
        let some = v.iter().skip(from).take(most).take_while(|b| b.is_ascii_hexdigit()).count();
        let number = std::str::from_utf8(&v[from.min(v.len())..][..some]).expect("digits");
        (some, u32::from_str_radix(number, 16).ok())
    };
    match v.get(1) {
        Some(b'u') if v.get(2) == Some(&b'{') => match digits(3, 6) {
            (some, number) if v.get(3 + some) == Some(&b'}') => (4 + some, number),
            _ => (2, None),
        },
        Some(b'u') => match digits(2, 4) {
            (4, number) => (6, number),
            _ => (2, None),
        },
        Some(b'x') => (2 + digits(2, 2).0, None),
        _ => (2, None),
    }
}

/// How many characters a value has, escapes being one each, though they be escaped again.
fn characters(v: &[u8]) -> usize {
    let (mut at, mut count) = (0, 0);
    while at < v.len() {
        while v[at..].starts_with(br"\\") {
            at += 1;
        }
        at += if v[at] == b'\\' { escape(&v[at..]).0 } else { 1 };
        count += 1;
    }
    count
}

/// Letters beyond ASCII, more than one, as escapes or amid words: what people read. No machine makes such tokens.
fn foreign(v: &[u8]) -> bool {
    if v.contains(&b' ') && v.iter().filter(|b| **b >= 0xc3).count() > 1 {
        return true;
    }
    // Far beyond all scripts, where generators of tests draw from, too.
    if v.iter().filter(|b| **b >= 0xf3).count() > 1 {
        return true;
    }
    let escapes = memchr::memchr_iter(b'\\', v).filter_map(|at| escape(&v[at..]).1);
    escapes.filter(|number| *number >= 0x80).count() > 1 || drawn(v)
}

/// Letters that a generator of tests drew, as Haskell shows them: `\SOH`, `\1064292`, which no other language has.
fn drawn(v: &[u8]) -> bool {
    const NAMES: &[&[u8]] = &[
        b"NUL", b"SOH", b"STX", b"ETX", b"EOT", b"ENQ", b"ACK", b"DLE", b"DC1", b"DC2", b"DC3", b"DC4",
        b"NAK", b"SYN", b"ETB", b"CAN", b"SUB", b"ESC", b"DEL", b"EM", b"FS", b"GS", b"RS", b"US", b"SO",
        b"SI",
    ];
    let mut signs = 0;
    for at in memchr::memchr_iter(b'\\', v) {
        let rest = &v[at + 1..];
        let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        // Octal escapes have three digits.
        signs += match digits {
            4..=5 if rest[0] != b'0' => 1,
            6..=7 if rest[0] != b'0' => 2,
            _ => usize::from(begins(rest, NAMES)),
        };
    }
    signs > 1
}

/// Holds a place to be filled (`{name}`, `{name:08x}`, `#{call(9)}`, `%.*s`) or is one (`%[1]s`).
fn templated(v: &[u8]) -> bool {
    let numbered = v.starts_with(b"%[") && v.iter().position(|b| *b == b']') == Some(v.len() - 2);
    if numbered || position(v, b"%.*s").is_some() {
        return true;
    }
    let mut rest = v;
    while let Some(open) = memchr::memchr(b'{', rest) {
        let called = rest[..open].ends_with(b"#") || rest[..open].ends_with(b"$");
        rest = &rest[open + 1..];
        if called && rest.contains(&b'}') {
            return true;
        }
        let name = rest.iter().take_while(|b| read::is_ident(**b) || **b == b'.').count();
        let format = match rest.get(name) {
            Some(b':') => rest[name..].iter().take(9).take_while(|b| **b != b'}' && **b != b'{').count(),
            _ => 0,
        };
        if name > 0 && !rest[0].is_ascii_digit() && rest.get(name + format) == Some(&b'}') {
            return true;
        }
    }
    false
}

/// A variable of a shell or a script, or what it holds: `$DB_PASSWORD`, `$ARGV[1]`. Passwords that begin so hold a digit
/// or a mark, and do not say in capitals what they are (`$DB2_PASSWD`).
fn variable(v: &[u8]) -> bool {
    let Some(rest) = v.strip_prefix(b"$") else { return false };
    let name = rest.iter().take_while(|b| b.is_ascii_alphabetic() || **b == b'_').count();
    let item = rest[name..].strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]"));
    let told = || {
        rest.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_')
            && says(rest, lex::SECRETIVE)
    };
    v.len() > 3
        && name > 0
        && (name == rest.len()
            || told()
            || item.is_some_and(|item| !item.is_empty() && item.iter().all(u8::is_ascii_digit)))
}

/// What its own name is not: `showPassword = !showPassword`.
fn negated(w: &[u8], s: &Spot, v: &[u8]) -> bool {
    v.strip_prefix(b"!").is_some_and(|rest| *rest == w[s.key.clone()])
}

/// The text between two literals (`' + name + '`), read as one.
fn joint(v: &[u8], quote: Quote) -> bool {
    let edge = |b: Option<&u8>| matches!(b, Some(b'"' | b'\'' | b'`' | b' '));
    let glue = |b: &u8| matches!(b, b'+' | b'.' | b'&' | b'|' | b',');
    let inner = |side: &mut dyn Iterator<Item = &u8>| {
        side.skip_while(|b| matches!(**b, b'"' | b'\'' | b'`' | b' ')).take(1).any(glue)
    };
    // Code behind the quote that closed a text: `"…password: "+t.hex;e=1,n="…`
    let goes_on = v.first() == Some(&b'+') && v.iter().any(|b| matches!(b, b';' | b'('));
    // From the end of one call to the next: `").append("`
    let goes_on = goes_on || v.first() == Some(&b')') && v.last() == Some(&b'(');
    quote != Quote::None
        && (goes_on
            || edge(v.first()) && edge(v.last()) && (inner(&mut v.iter()) || inner(&mut v.iter().rev())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generic::tests::nothing;

    #[test]
    fn what_names_of_files_lists_and_character_sets_bind_is_no_value() {
        let value = "d-XZ-x.9_n5023Xl-3Pw-r7g";
        for text in [
            format!("open(\"/etc/passwd\", \"{value}\")"),
            format!("'none|password|{value}|other'"),
            format!("{}|password|{value}|", "|x".repeat(300)),
            format!("\"token_last_eight\": \"{value}\""),
            "password = password.encode(\"latin1\")".to_owned(),
            "do |unencrypted_password|\n  attribute_digest = 1".to_owned(),
            "key = \"%.*s4-d-XZ-x.9_n5023Xl\"".to_owned(),
            format!("[[\"string\", \"password\"], [\"boolean\", \"{value}\"]]"),
            format!("\"https://firebasestorage.googleapis.com/v0/b/o/a?alt=media&token={value}\""),
            ["curl -u user", "pass https://example.com/"].join(":"),
            format!("https://{}@o1.ingest.sentry.io/2", ["429b225683a1617c", "8d7638cf1c11da81"].concat()),
            format!("secret = \"{}\" # for mtls", "4B5FE072C7".repeat(4)),
            "n={a:\"wrong password: \"+t.hex;e=\"x1\"}".to_owned(),
            format!("{{\"token\": \"{value}\", \"headerName\": \"X-CSRF-TOKEN\"}}"),
            format!("\"a.png?alt=media&token={value}\""),
            "http://%3D%5B%5D%3A%3B%22~%7C1@host/".to_owned(),
            format!("password(\"c{}d\")", "\\u0001"),
            ".append(\", password=\").append(\"****\")".to_owned(),
            "mysqladmin --password=\"$DB2PASSWD\" create".to_owned(),
            format!("comment: minisign public key: {}", ["3CD5B98A", "871AE383"].concat()),
            format!("token_prefix: {value}"),
            format!("{{\"stamp\":{{\"token_signature\":\"{value}\"}}}}"),
            ["http://a", "c%0D%0A%0Cd3@host"].join(":"),
        ] {
            assert!(nothing(&text), "{text}");
        }
        for text in [
            format!("read(\"/run/passwd\", \"{value}\")"),
            format!("|password|{value}|"),
            format!("https://firebasestorage.googleapis.com/ https://example.com/?token={value}"),
            format!("user | password | {value}"),
            format!("\"token_last\": \"{value}\""),
            format!("[\"password\", \"{value}\"]"),
            format!("curl -u user:{value} https://example.com/"),
            ["Pass", "word: \u{201c}Tr0ub4dor&3x\u{201d}"].concat(),
            format!("https://{}@example.com/2", ["429b225683a1617c", "8d7638cf1c11da81"].concat()),
            format!("secret = \"{}\" # for tls", "4B5FE072C7".repeat(4)),
            format!("password(\"c{}d{value}\")", "\\u0026"),
            ["password = \")append", "8)\""].concat(),
            ["mysqladmin --password=\"$DB2", "mnq8\" create"].concat(),
            format!("comment: minisign key: {}", ["3CD5B98A", "871AE383"].concat()),
            ["http://a", "c%0D%0Ad3Zr8@host"].join(":"),
            format!("{{\"token\": \"{value}\", \"headerName\": \"X-AUTH-TOKEN\"}}"),
            format!("http://{}@host/", ["x3%3DZk9", "Qp2LvB7"].concat()),
            format!("SECRET = '{}=='.encode()", &["wJDxr2Vn7Qs5", "Zt8Lk3Mb9A"].concat()),
            format!("let secret = \"{}==\".to_string();", &["wJDxr2Vn7Qs5", "Zt8Lk3Mb9A"].concat()),
            ["db_pass", "word: Walnut(12)harbor!"].concat(),
            ["DB_PASSWORD=aB9s7{", "cdXq{xX2"].concat(),
            ["password = \"\"\"\nTr0ub", "4dor&3x\n\"\"\""].concat(),
            format!("password = password.encode(\"{value}\")"),
        ] {
            assert!(!nothing(&text), "{text}");
        }
    }

    #[test]
    fn a_public_key_stands_behind_its_number() {
        let key = format!("{}=", "Ab3".repeat(15).split_off(2));
        let object = |id: &str, key: &str| format!("{{\"key_id\":\"{id}\",\n \"key\":\"{key}\"}}");
        let number = "568250167242549743";
        assert_eq!(key.len(), 44);
        assert!(nothing(&object(number, &key)) && nothing(&object(number, &key).replace('"', "\\\"")));
        assert!(!nothing(&object("AKID568250167242", &key)) && !nothing(&object(number, &key[1..])));
    }

    #[test]
    fn what_a_generator_of_tests_draws_is_no_secret() {
        for v in [r"\1020342X", r"0\EOT\DC2\RS", r"g\60021\23060i\ETX", r"a\u{1f600}b\u{e9}c9"] {
            assert!(foreign(v.as_bytes()), "{v}");
        }
        assert!(foreign("\u{1004ea}x9\u{f31a2}".as_bytes()));
        for v in [r"ab\033c9\012", r"DOMAIN\SUBx9", r"x\12345", r"\u{e9}x91", "x9\u{1f600}\u{1f601}"] {
            assert!(!foreign(v.as_bytes()), "{v}");
        }
    }

    #[test]
    fn escapes_are_characters_and_letters_of_other_scripts_are_text() {
        assert_eq!(
            [characters(b"\\u0003"), characters(b"a\\x0dB"), characters(b"\\r\\n\\"), characters(b"abc")],
            [1, 3, 3, 3]
        );
        assert!(foreign(b"\\u0160patn\\u00e9") && !foreign(b"p\\u00e4ss") && !foreign(b"\\u0041\\u0042c"));
        let digest = "429b225683a1617c".repeat(2);
        for text in [
            "if password == \"\\u0003\"",
            "addError('password', 'Nieprawidłowa nazwa lub hasło')",
            "password = \"%[1]s\"",
            "emptyPassword=\\u0160patn\\u00E9 jm\\u00E9no",
            "pw = \"Passw0rd-#{rand(999999)}\"",
            "pw = \"Passw0rd-${suffix}\"",
            &format!("tool restore /tmp/passwd {digest}"),
            &format!("with the GPG key: {}", "13BB3A3407".repeat(4)),
            &["SecretAccessKey = \"", "wJalrXUtnFEMI", "EXAMPLE", "KEY\""].concat(),
            &["DISABLE_AUTH?=", "E2E_DIR?=/tmp/e2e"].join("\n"),
            "// with a salted password:\nByteSource salt = null;",
            "passwd:         compat",
            &format!("<input name=\"csrfmiddlewaretoken\" value=\"{digest}\">"),
            &format!("key: ENCRYPTED[!{digest}!]"),
            &format!("key = \"AAAAB3NzaC1yc2E{digest}\""),
            "a way to set the password [GH-5998]",
            "login(\"$ARGV[1]\", $secret, \"$ARGV[2]\")",
            "<i click=\"showPwd = !showPwd\">",
            "\"url\": \"otpauth://totp/issuer.example.com:6e11a9a7-62fd-4c2c\"",
            "phase2=\"auth=MSCHAPV2 retry=0\"",
            &format!("Secret: \"<enc-v1>{digest}\""),
            &format!("Password.PBKDF2 := '{{PBKDF2-SHA256}}{digest}'"),
            "\"hashed_password\":\"$2a$04$zvZz1zV\"",
            &format!("/* Ticket {digest} */"),
            &format!("\"author_signature\": \"{digest}\""),
            "\"releaseKey\": \"20170430092936-dee2d58e74515ff3\"",
            "adduser --disabled-password freerad",
            "* make requirePassword middleware",
            "<input-password i18n-title title=\"Password\">",
        ] {
            assert!(nothing(text), "{text}");
        }
        assert!(!nothing(&format!("tool restore passwd {digest}")));
        let word = "Tr0ub4dor";
        for text in [
            format!("with the key: {}", "13BB3A3407".repeat(4)),
            format!("Ticket: TGT-1-{digest}-cas"),
            format!("requirepass {word}&3"),
            format!("pass = \"!{word}\""),
            format!("pass = \"${}[1x]\"", "ecret"),
        ] {
            assert!(!nothing(&text), "{text}");
        }
        assert!(!nothing(&format!("AUTH_KEY=\\\n  {digest}")), "a line that goes on");
        for (string, end) in [("token=@&state=x1", 17), ("token=@&st=x1", 23)] {
            let text = string.replace('@', "Tr0ub4dor&3");
            let found = super::super::find(text.as_bytes());
            assert_eq!(found.first().map(|found| found.value.clone()), Some(6..end), "{text}");
        }
        for string in ["  \"password=@\": 1", "  \"password=@\\n\"", "  'password=@',"] {
            let text = string.replace('@', "Tr0ub4dor&3");
            let found = super::super::find(text.as_bytes());
            assert_eq!(found.first().map(|found| found.value.clone()), Some(12..23), "{text}");
        }
    }
}
