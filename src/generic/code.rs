//! What code, patterns, lists and commands write where a value might stand, and that is none.
//!
//! Looks at a spot in its window. Knows no path.

use super::find::{Form, Spot};
use super::lexicon;
use super::list::{alternative, listed};
use super::names::known_name;
use super::read::{self, Quote};

/// Why a value is none, if code or the like says so.
pub fn code(w: &[u8], s: &Spot, v: &[u8]) -> Option<&'static str> {
    let name = &w[s.key.clone()];
    Some(match () {
        () if s.quote == Quote::None && s.form != Form::Bytes && bare(w, s, v) => "code",
        () if listed(w, s, v) || alternative(w, s) => "a word in a list",
        () if inherits(w, s) || declared(w, s, v) || qualified(v) => "the name of a type",
        () if alias(w, s) => "the name of a type",
        () if algorithm(v) => "the name of an algorithm",
        () if element(w, s) => "the name of a part of a page",
        () if command(w, s, v) || starts_with_command(v) || runs(w, s, v) => "a command",
        () if v.starts_with(b"{\"") || v.starts_with(b"{\\\"") => "an object",
        () if expanded(w, s) => "what is handed on beside a value",
        () if validation(v) || classes(v) || pattern(w, s) => "a rule for values",
        () if charset(v) => "the name of a character set",
        () if requirement(v) => "a version",
        () if succeeds(w, s, name) || passes(w, s, v) => "what is to pass",
        () if path(v) || working_folder(w, s) => "the name of a file",
        () if vector(w, s, v) => "a test's bytes",
        () => return known_name(w, s, v),
    })
}

/// A bare word that code has a meaning for: a call, an index, an error's number, `null`, the name of the next pair.
fn bare(w: &[u8], s: &Spot, v: &[u8]) -> bool {
    const NOTHING: &[&[u8]] = &[
        b"null",
        b"none",
        b"nil",
        b"true",
        b"false",
        b"undefined",
        b"string",
        b"self",
        b"this",
        b"str",
        b"int",
        b"bool",
        b"nullptr",
        b"disabled",
        b"enabled",
    ];
    let word = v.iter().all(|b| read::is_ident(*b) || *b == b'.' || *b == b'$');
    word && (matches!(w.get(s.end), Some(b'(' | b'['))
        || v.ends_with(b"_t")
        || w[s.end..].starts_with(b" $ "))
        || called(w, s, v)
        || number(v)
        || subscript(v)
        || v.ends_with(b":") && v[..v.len() - 1].iter().all(|b| read::is_key(*b))
        || v.len() <= 9 && NOTHING.iter().any(|x| x.eq_ignore_ascii_case(v))
}

/// Another name of a type, which is no value in any language: `type instance PrivateKey A1 = B.PrivateKey C2`.
fn alias(w: &[u8], s: &Spot) -> bool {
    s.quote == Quote::None
        && matches!(s.form, Form::Assign | Form::Space)
        && w[read::line_start(w, s.key.start)..s.key.start].starts_with(b"type ")
}

/// The head of a call that is cut off at its first comma: `HKDF-SHA-256(SP` of `HKDF-SHA-256(SP, salt)`.
fn called(w: &[u8], s: &Spot, v: &[u8]) -> bool {
    let name = v.iter().take_while(|b| read::is_key(**b)).count();
    name > 2 && v.get(name) == Some(&b'(') && !v.contains(&b')') && w.get(s.end) == Some(&b',')
}

/// A number as code writes it: `-0x1f`, `0x00000040UL`.
fn number(v: &[u8]) -> bool {
    let v = v.strip_prefix(b"-").unwrap_or(v);
    let suffix = v.iter().rev().take_while(|b| matches!(b, b'u' | b'U' | b'l' | b'L')).count();
    (v.starts_with(b"0x") || v.starts_with(b"0X"))
        && (v.len() <= 10 || (1..=3).contains(&suffix) && v.len() - suffix <= 18)
}

/// An item of a list: `stack[i + 1]`.
fn subscript(v: &[u8]) -> bool {
    let name = v.iter().take_while(|b| read::is_ident(**b) || **b == b'.').count();
    let index = v[name..].strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]")).unwrap_or_default();
    name > 0
        && !index.is_empty()
        && index.iter().all(|b| read::is_ident(*b) || matches!(b, b'+' | b'-' | b' ' | b'.' | b'"' | b'\''))
}

/// What text is encoded in: `encode("latin1")`.
fn charset(v: &[u8]) -> bool {
    const NAMES: &[&[u8]] = &[
        b"latin1",
        b"latin-1",
        b"utf8",
        b"utf-8",
        b"utf16",
        b"utf-16",
        b"utf-16le",
        b"utf-16be",
        b"us-ascii",
        b"ascii",
        b"iso-8859-1",
        b"iso-8859-15",
        b"cp1252",
        b"windows-1252",
    ];
    v.len() <= 12 && NAMES.iter().any(|name| name.eq_ignore_ascii_case(v))
}

/// A pattern: `[0-9a-f]+`, `^\\s*$`.
fn classes(v: &[u8]) -> bool {
    const PARTS: &[&[u8]] = &[
        b"[0-9", b"[a-z", b"[A-Z", b"[a-f", b"[A-F", b"[^", b"\\s*", b"\\s+", b"\\d+", b"\\d{", b"\\w+",
        b"(?:", b"(?i)",
    ];
    // Each of them begins with one of these.
    memchr::memchr3(b'[', b'\\', b'(', v).is_some()
        && PARTS.iter().any(|part| read::position(v, part).is_some())
}

/// What a pattern is made of: `nonToken = RegExp("…")`.
fn pattern(w: &[u8], s: &Spot) -> bool {
    s.called_by(w, &[b"regexp", b"regex", b"re.compile"])
}

/// What a form asks of a value, or how a model keeps it: `required|min:8`, `hashed`.
fn validation(v: &[u8]) -> bool {
    const RULES: &[&[u8]] = &[
        b"required",
        b"nullable",
        b"confirmed",
        b"sometimes",
        b"string",
        b"min",
        b"max",
        b"between",
        b"size",
        b"same",
        b"different",
        b"filled",
        b"present",
        b"current_password",
        b"alpha_num",
        b"hashed",
        b"encrypted",
    ];
    v.split(|b| *b == b'|').all(|rule| {
        let name = rule.split(|b| *b == b':').next().unwrap_or_default();
        RULES.contains(&name)
    })
}

/// `class Token : Base`: what a type derives from, or in a form of Delphi is (`object editPassword: TEdit`).
fn inherits(w: &[u8], s: &Spot) -> bool {
    const TYPES: &[&[u8]] = &[
        b"class",
        b"struct",
        b"interface",
        b"trait",
        b"enum",
        b"protocol",
        b"extension",
        b"record",
        b"object",
    ];
    let lead = w[read::line_start(w, s.key.start)..s.key.start].trim_ascii_end();
    s.form == Form::Colon && s.quote == Quote::None && TYPES.iter().any(|t| lead.ends_with(t))
}

/// What a variable holds, as TypeScript, Kotlin and Swift say it: `let signingKey: Secp256k1Keypair`.
fn declared(w: &[u8], s: &Spot, v: &[u8]) -> bool {
    const WORDS: &[&[u8]] =
        &[b"let", b"var", b"val", b"const", b"readonly", b"public", b"private", b"protected"];
    // No letters end so by chance.
    const TYPES: &[&[u8]] = &[b"Keypair", b"KeyPair", b"PrivateKey", b"PublicKey"];
    if s.form != Form::Colon || s.quote != Quote::None || !v[0].is_ascii_uppercase() {
        return false;
    }
    let lead = w[read::line_start(w, s.key.start)..s.key.start].trim_ascii();
    let word = lead.rsplit(|b| !b.is_ascii_alphabetic()).next().unwrap_or_default();
    (WORDS.contains(&word) || TYPES.iter().any(|end| v.ends_with(end)))
        && v.iter().all(|b| read::is_ident(*b))
}

/// The full name of a class: `org.apache.log4j.FileAppender`.
fn qualified(v: &[u8]) -> bool {
    let parts = v.split(|b| *b == b'.');
    let name = |part: &[u8]| {
        part.first().is_some_and(u8::is_ascii_alphabetic) && part.iter().all(|b| read::is_ident(*b))
    };
    let last = parts.clone().next_back().unwrap_or(b"");
    parts.clone().count() >= 3
        && parts.clone().all(name)
        && last[0].is_ascii_uppercase()
        && v.iter().filter(|b| b.is_ascii_digit()).count() <= 2
}

/// The name of an algorithm: `PBKDF2WithHmacSHA1`, `AES/CBC/PKCS5Padding`.
fn algorithm(v: &[u8]) -> bool {
    const NAMES: &[&[u8]] = &[
        b"pbkdf", b"with", b"hmac", b"sha", b"aes", b"cbc", b"gcm", b"ecb", b"ctr", b"pkcs", b"padding",
        b"no", b"rsa", b"ecdsa", b"ed", b"des", b"md", b"oaep", b"and", b"mgf", b"scram", b"chacha", b"poly",
        b"aws", b"p", b"argon", b"id", b"bcrypt", b"scrypt", b"crypt",
    ];
    const CURVES: &[&[u8]] =
        &[b"secp256k1", b"secp256r1", b"secp384r1", b"secp521r1", b"prime256v1", b"curve25519", b"x25519"];
    if CURVES.iter().any(|curve| curve.eq_ignore_ascii_case(v)) {
        return true;
    }
    // Of JOSE: `A128CBC-HS256`
    let jose = [&b"A128"[..], b"A192", b"A256"].iter().find_map(|head| v.strip_prefix(*head));
    if matches!(jose, Some(b"CBC-HS256" | b"CBC-HS384" | b"CBC-HS512" | b"GCM" | b"KW" | b"GCMKW")) {
        return true;
    }
    let (mut words, mut known) = (0, 0);
    lexicon::split(v, |r, _, _| {
        words += 1;
        known += usize::from(NAMES.iter().any(|n| v[r.clone()].eq_ignore_ascii_case(n)));
    });
    v.len() >= 6 && v.len() <= 40 && words > 0 && known == words
}

/// A program that is run: its name is no value of what it gives.
fn command(w: &[u8], s: &Spot, v: &[u8]) -> bool {
    const RUNS: &[&[u8]] =
        &[b"command", b"popen", b"subprocess", b"shell", b"system", b"check_output", b"exec", b"spawn"];
    let wrapper = &w[s.wrapper.clone()];
    let runs = RUNS.iter().any(|r| wrapper.windows(r.len()).any(|x| x.eq_ignore_ascii_case(r)));
    runs && v.iter().all(|b| read::is_key(*b) || matches!(b, b'/' | b' '))
}

/// By which a page is asked for one of its parts: `document.getElementById('x')`.
fn element(w: &[u8], s: &Spot) -> bool {
    const ASKS: &[&[u8]] =
        &[b"getelementbyid", b"getelementsbyname", b"queryselector", b"queryselectorall", b"find_element"];
    s.call(w) == b"$" || s.called_by(w, ASKS)
}

/// `ConvertTo-SecureString x`: the cmdlet is no value.
fn starts_with_command(v: &[u8]) -> bool {
    [&b"ConvertTo-"[..], b"ConvertFrom-", b"Get-", b"New-Object", b"Read-Host"]
        .iter()
        .any(|c| v.starts_with(c))
}

/// What a shell runs and takes the output of: `pwgen -1s 32` in backticks, `Select-Xml -Content $x`.
fn runs(w: &[u8], s: &Spot, v: &[u8]) -> bool {
    let flag = |text: &[u8]| read::position(text, b" -").is_some();
    let cmdlet = || {
        let mut words = v.split(|b| *b == b'-');
        let word = |word: &[u8]| word.len() > 2 && word.iter().all(u8::is_ascii_alphabetic);
        words.clone().count() == 2
            && words.all(word)
            && matches!(w[s.end..], [b' ', b'-', b'A'..=b'Z' | b'a'..=b'z', ..])
    };
    s.quote == Quote::Back && flag(v) || s.form == Form::Assign && s.quote == Quote::None && cmdlet()
}

/// An argument behind what a shell fills in: `"$PASSWORD" "default"`.
fn expanded(w: &[u8], s: &Spot) -> bool {
    let lead = &w[..s.key.start];
    s.form == Form::Space && s.quote != Quote::None && (lead.ends_with(b"\"$") || lead.ends_with(b"\"${"))
}

/// What a package asks for: `pyu2f>=0.1.5`.
fn requirement(v: &[u8]) -> bool {
    let name = v.iter().take_while(|b| read::is_key(**b)).count();
    let rest = &v[name..];
    let version = [&b">="[..], b"<=", b"==", b"~="].iter().find_map(|sign| rest.strip_prefix(*sign));
    name > 0
        && version
            .is_some_and(|version| version.first().is_some_and(u8::is_ascii_digit) && version.contains(&b'.'))
}

/// Says that something is to succeed, as tests do: `git_pass(add("x"))`, `run_pass "unit"`. Else there would stand whose
/// password it is, or what becomes of it.
fn succeeds(w: &[u8], s: &Spot, name: &[u8]) -> bool {
    let called = s.form == Form::Call || s.form == Form::Space && s.quote != Quote::None;
    // `pass = new InlineServicesPass("x")`
    if s.call(w).strip_prefix(b"new ").is_some_and(camel_pass) {
        return true;
    }
    // A constant calls nothing: `#define SECRET_PASS "x"`.
    if !called || !name.iter().any(u8::is_ascii_lowercase) {
        return false;
    }
    const WHOSE: &str = "set get with enter fill check verify hash encrypt decrypt user usr admin root login auth db \
                         database mysql postgres pg smtp mail email ftp http proxy ldap ssh sudo become redis key store \
                         keystore wifi account server client host my old new default";
    let (mut words, mut whose, mut last) = (0, false, 0..0);
    lexicon::split(name, |r, _, _| {
        words += 1;
        whose |= WHOSE.split(' ').any(|word| name[r.clone()].eq_ignore_ascii_case(word.as_bytes()));
        last = r;
    });
    words > 1 && !whose && name[last].eq_ignore_ascii_case(b"pass")
}

/// `InlineServicesPass`, which goes through something.
fn camel_pass(name: &[u8]) -> bool {
    name.strip_suffix(b"Pass").is_some_and(|head| {
        head.first().is_some_and(u8::is_ascii_uppercase) && head.last().is_some_and(u8::is_ascii_lowercase)
    })
}

/// What passed, in words (`PASS: Slowest request`, `mail_pass: fetching all fields`), what is handed on (`pass "tvos" to
/// it`), or the macro of AsciiDoc (`pass:quotes[…]`).
fn passes(w: &[u8], s: &Spot, v: &[u8]) -> bool {
    let name = &w[s.key.clone()];
    if s.form == Form::Space && name == b"pass" && v.iter().all(u8::is_ascii_lowercase) {
        return true;
    }
    let said = name.eq_ignore_ascii_case(b"pass") || read::ends_ci(name, b"_pass") || camel_pass(name);
    if s.form != Form::Colon || s.quote != Quote::None || !said {
        return false;
    }
    let rest = &w[s.end..];
    let next = rest.strip_prefix(b" ").unwrap_or_default();
    let word = next.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    // A setting of a filter: `eof_action=pass:repeatlast=0`
    if w[..s.key.start].ends_with(b"=") && v.contains(&b'=') {
        return true;
    }
    v.iter().all(u8::is_ascii_alphabetic)
        && (matches!(rest.first(), Some(b'[' | b',')) && s.value.start == s.key.end + 1
            || word > 1 && matches!(next.get(word), Some(b' ' | b'.' | b',' | b'\n' | b'"' | b'\'') | None))
}

/// The path of a file, with folders and an ending.
fn path(v: &[u8]) -> bool {
    let Some(dot) = memchr::memrchr(b'.', v) else { return false };
    let ending = &v[dot + 1..];
    v[..dot].iter().filter(|b| **b == b'/').count() >= 2
        && (1..=8).contains(&ending.len())
        && ending.iter().all(u8::is_ascii_lowercase)
        && v.iter().all(|b| read::is_key(*b) || *b == b'/')
}

/// The folder that a shell is in: `Join-Path $PWD 'a.zip'`, `-v $(pwd):/app`.
fn working_folder(w: &[u8], s: &Spot) -> bool {
    let lead = &w[..s.key.start];
    match &w[s.key.clone()] {
        b"PWD" => s.form == Form::Space && lead.ends_with(b"$"),
        b"pwd" => lead.ends_with(b"$("),
        _ => false,
    }
}

/// Of the vectors by which ciphers are tested: a key beside its nonce, texts and tag.
fn vector(w: &[u8], s: &Spot, v: &[u8]) -> bool {
    /// Bytes to either side in which the others stand.
    const NEAR: usize = 400;
    const OTHERS: &[&[u8]] = &[
        b"\"iv\"",
        b"\"aad\"",
        b"\"tag\"",
        b"\"ct\"",
        b"\"msg\"",
        b"\"nonce\"",
        b"\"plaintext\"",
        b"\"ciphertext\"",
    ];
    let beside = || {
        let near = s.near(w, NEAR);
        OTHERS.iter().filter(|name| memchr::memmem::find(near, name).is_some()).count()
    };
    s.form == Form::Pair
        && w[s.key.clone()] == *b"key"
        && v.iter().all(u8::is_ascii_hexdigit)
        && beside() >= 3
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generic::tests::nothing;

    #[test]
    fn code_and_patterns_are_told_from_values() {
        for code in ["yyTok[i+0]", "row[0]", "config['token']"] {
            assert!(subscript(code.as_bytes()), "{code}");
        }
        for rules in ["required|min:8", "nullable", "hashed", "max:10"] {
            assert!(validation(rules.as_bytes()), "{rules}");
        }
        assert!(classes(b"[0-9a-f]{40}") && classes(b"Basic [a-zA-Z]+"));
        let at_end = |text: &str| {
            let mut hopeless = true;
            super::super::read_at(
                text.as_bytes(),
                text.find("key").or(text.find("_token")).expect("one"),
                &mut |_| {
                    hopeless = false;
                },
            );
            hopeless
        };
        let value = "d-XZ-x.9_n5023Xl-3Pw-r7g";
        assert!(
            at_end(&format!("- key: {value}\n  operator: In\n"))
                && !at_end(&format!("- key: {value}\n  other: In\n"))
        );
        let input = |name: &str| format!("<input name=\"{name}\" value=\"{}\">", "83a1617c69".repeat(4));
        assert!(at_end(&input("post[_token]")) && !at_end(&input("api_token")));
        for value in ["a[1", "[abc]", "min8", "requiredX|7", "p[ss]word!", "x:y"] {
            let v = value.as_bytes();
            assert!(!subscript(v) && !validation(v) && !classes(v), "{value}");
        }
    }

    #[test]
    fn tests_and_lists_and_settings_hold_no_values() {
        let hex = ["384ea416ac3c2f51", "a76e7d8226346d4e"].concat();
        let value = "d-XZ-x.9_n5023Xl-3Pw-r7g";
        for text in [
            format!("cl_git_pass(add(index, \"{value}\"));"),
            format!("run_pass \"{value}\" \"$@\""),
            "# PASS: Throughput is 150 writes/s".to_owned(),
            "# pass \"appletvos\" for the other one".to_owned(),
            "\"general.mail_pass: fetching all fields\"".to_owned(),
            "See the pass:specialcharacters,macros[introduction]".to_owned(),
            format!("\"password\" | \"{value}\""),
            "createToken('^\\\\s*>=\\\\s*0$')".to_owned(),
            "#define OTHER_TOKEN    0x00000040UL".to_owned(),
            "\"token\" : \"Purple1/v4/45/50/9d/45509d39-6a5d/pr_source.json\"".to_owned(),
            format!("Join-Path $PWD '{value}'"),
            format!("docker run -v $(pwd):/{value} x"),
            "'Locator\\RemoveEmptyPass: Removing what is empty'".to_owned(),
            format!("$pass = new RegisterPass('x.connections', '{value}');"),
            format!("name: \"1Password\",\n id: parse(\"{value}\"),"),
            "auth_require = [\"pyu2f>=0.1.5\"]".to_owned(),
            "password = \"argon2id\"".to_owned(),
            format!("echo \"$PASSWORD\" | {value}"),
            format!("{{'password'}}, set('{value}')"),
            "key = \"000102030405060708090a0b0c0d0e0f\"".to_owned(),
            "key = \"00112233445566778899aabbccddeeff\"".to_owned(),
            format!("{{\"key\": \"{hex}\", \"iv\": \"00\", \"tag\": \"01\", \"ct\": \"02\"}}"),
            format!("superSecret = 0X{}L;", "B3".repeat(4)),
            "optional(CONF_PASSWORD): cv.uint32_t,".to_owned(),
            "printf \"COOKIE_SECRET=`pwgen -1s 32`\\n\"".to_owned(),
            "$password = select-xml -Content $decrypted".to_owned(),
            "object editPassword: TButtonedEdit".to_owned(),
            "  let signingKey: Secp256k1Bytes".to_owned(),
            "  plcRotationKey: Secp256k1Keypair".to_owned(),
            "final nonToken = RegExp('Tr0ub4dor&3x');".to_owned(),
            "enc: z.enum(['A128CBC-HS256'])".to_owned(),
            "password = settings.password.encode('ascii')".to_owned(),
            "password: var(\"PGPASSWORD\").ok()".to_owned(),
            "key = ECKey.generate_key(\"secp256k1\")".to_owned(),
            "addUser email pass = liftHandler $ runDB $ do".to_owned(),
            "echo \"  PASS: Checklists imported\"".to_owned(),
            ["at://did:plc:asdf", "23@host.example"].concat(),
            "JSON_KEYS('{\"A\": 1, \"B\": {\"C\": 2}}')".to_owned(),
            format!("create_user \"$ADMIN_PASSWORD\" \"{value}\""),
            "modifies the basic TSynDWSSyn here".to_owned(),
        ] {
            assert!(nothing(&text), "{text}");
        }
        for text in [
            format!("set_user_pass(connection, \"{value}\")"),
            format!("set POSTGRES_PASS {value}"),
            format!("my_pass(\"{value}\")"),
            format!("there with pass \"{value}\""),
            format!("pass: {}", "throughput"),
            format!("user: me pass: {value} host: example"),
            format!("| \"password\" | \"{value}\" |"),
            "token = 0x00000041000000420000004300000044".to_owned(),
            format!("token = \"{}\"", "ab/cd/ef12/gh34ij".repeat(2)),
            format!("$PWD = '{value}'"),
            format!("(pwd):{value} x"),
            format!("$pass = new Pass('{value}');"),
            ["  signing", "Key: Secp256k1Bytes"].concat(),
            ["pass", "word: var(\"PgPassw0rd\")"].concat(),
            ["at://user:asdf", "23x@host.example"].concat(),
            format!("secret=`{value}`"),
            format!("password = {}", ["select", "xml92"].join("-")),
            format!("create_user \"ADMIN_PASSWORD\" \"{value}\""),
            format!("modifies the basic {} here", ["TSynDWS", "Syns4"].concat()),
            format!("put(\"password\", parse(\"{value}\"))"),
            format!("auth_require = [\"pyu2f>={value}\"]"),
            format!("key = \"000102030405{hex}\""),
            format!("{{\"key\": \"{hex}\", \"iv\": \"00\", \"region\": \"01\"}}"),
        ] {
            assert!(!nothing(&text), "{text}");
        }
    }
}
