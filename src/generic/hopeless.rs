//! What is certainly no literal secret, whatever the rest says: references, code, names, ciphertext and what is public.
//!
//! Looks at a spot in its window. Knows no path.

use super::find::{Form, Spot};
use super::lexicon;
use super::public::public;
use super::read::{self, Quote};

/// Why a value is certainly no literal secret, if so.
pub fn hopeless(w: &[u8], s: &Spot, v: &[u8]) -> Option<&'static str> {
    Some(match () {
        () if v.len() < 3 || v.iter().all(|b| !b.is_ascii_alphanumeric()) => "too short",
        () if v.iter().any(|b| matches!(b, 0..=8 | 11 | 12 | 14..=31 | 127)) || garbled(v) => "not text",
        () if refers(v) || variable(v) => "a reference to a value that is kept elsewhere",
        () if protected(v) => "encrypted, hashed or kept elsewhere",
        () if joint(v, s.quote) || continued(w, s, v) => "a piece of a text that is put together",
        () if templated(v) => "a text with places to be filled",
        () if beginning(v) => "the first letters of a token alone",
        () if s.quote == Quote::None && s.form != Form::Bytes && code(w, s, v) => "code",
        () if listed(w, s, v) => "a word in a list",
        () if inherits(w, s) || qualified(v) => "the name of a type",
        () if algorithm(v) => "the name of an algorithm",
        () if command(w, s, v) || starts_with_command(v) => "a command",
        () if spelled(v) => "a word written as escapes",
        () if greeting(v) => "the name of a way to log in, or its first message",
        () if validation(v) || classes(v) => "a rule for values",
        () if selects(w, s) => "a label that is selected by",
        () if forgery(w, s) => "a token against forged requests",
        () if public(&w[s.key.clone()], v) || numbered_key(w, s, v) => "public, or a reference",
        () if user_file(w, s) => "the name of a file",
        () if alternative(w, s) => "a word in a list",
        () if told_in_part(&w[s.key.clone()]) => "a part of a token",
        () if charset(v) => "the name of a character set",
        () => return None,
    })
}

/// Begins as templates and shells write a reference.
fn refers(v: &[u8]) -> bool {
    [&b"${"[..], b"{{", b"<%", b"$(", b"#{"].iter().any(|head| v.starts_with(head))
}

/// A bare word that code has a meaning for: a call, an index, an error's number, `null`, the name of the next pair.
fn code(w: &[u8], s: &Spot, v: &[u8]) -> bool {
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
    ];
    let bare = v.iter().all(|b| read::is_ident(*b) || *b == b'.' || *b == b'$');
    let number = v.strip_prefix(b"-").unwrap_or(v);
    matches!(w.get(s.end), Some(b'(' | b'[')) && bare
        || number.starts_with(b"0x") && number.len() <= 10
        || subscript(v)
        || v.ends_with(b":") && v[..v.len() - 1].iter().all(|b| read::is_key(*b))
        || v.len() <= 9 && NOTHING.iter().any(|x| x.eq_ignore_ascii_case(v))
}

/// Neither UTF-8 nor cut off within a letter: the inside of a file that is no text.
fn garbled(v: &[u8]) -> bool {
    std::str::from_utf8(v).is_err_and(|e| e.error_len().is_some())
}

/// An item of a list: `stack[i + 1]`.
fn subscript(v: &[u8]) -> bool {
    let name = v.iter().take_while(|b| read::is_ident(**b) || **b == b'.').count();
    let index = v[name..].strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]")).unwrap_or_default();
    name > 0
        && !index.is_empty()
        && index.iter().all(|b| read::is_ident(*b) || matches!(b, b'+' | b'-' | b' ' | b'.' | b'"' | b'\''))
}

/// A label that Kubernetes selects by: `key: name` and then `operator: In`.
fn selects(w: &[u8], s: &Spot) -> bool {
    let next = w[s.end..].iter().take(40).position(u8::is_ascii_alphanumeric).unwrap_or_default();
    w[s.key.clone()] == *b"key" && w[s.end + next..].starts_with(b"operator")
}

/// The field of a form against forged requests, as frameworks of PHP name it: `post[_token]`. It is good for one visit.
fn forgery(w: &[u8], s: &Spot) -> bool {
    let name = &w[s.key.clone()];
    s.form == Form::Named && (name == b"_token" || name.ends_with(b"[_token]") || name.ends_with(b"[_token"))
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

/// The list of a system's users: `/etc/passwd`.
fn user_file(w: &[u8], s: &Spot) -> bool {
    // A name may hold a dot, but no slash.
    w[s.key.clone()].starts_with(b"passwd") && w[..s.key.start].ends_with(b"etc/")
}

/// One of many words with nothing but bars between them: `(public|password|keyboard)`.
fn alternative(w: &[u8], s: &Spot) -> bool {
    /// No row of a table is longer before its value; of a longer line the start may be out of sight.
    const ROW: usize = 400;
    let from = read::line_start(w, s.key.start);
    s.form == Form::Table
        && w.get(s.key.end) == Some(&b'|')
        && s.value.start == s.key.end + 1
        && (s.key.start - from > ROW || !w[from..].trim_ascii_start().starts_with(b"|"))
}

/// A token's last letters, by which people know it again: `token_last_eight`.
fn told_in_part(name: &[u8]) -> bool {
    const PARTS: &[&[u8]] = &[b"last_four", b"last_eight", b"last4", b"last8", b"LastFour", b"LastEight"];
    PARTS.iter().any(|part| name.ends_with(part))
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
        b"iso-8859-1",
        b"iso-8859-15",
        b"cp1252",
        b"windows-1252",
    ];
    v.len() <= 12 && NAMES.iter().any(|name| name.eq_ignore_ascii_case(v))
}

/// A pattern of letters or digits: `[0-9a-f]+`.
fn classes(v: &[u8]) -> bool {
    [&b"[0-9"[..], b"[a-z", b"[A-Z", b"[a-f", b"[A-F", b"[^"]
        .iter()
        .any(|class| memchr::memmem::find(v, class).is_some())
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

/// The neighbour of a word in a list (`["password", "reset"]`), or a flag behind a command's name.
fn listed(w: &[u8], s: &Spot, v: &[u8]) -> bool {
    if s.form != Form::Comma {
        return false;
    }
    let word = v.iter().all(|b| b.is_ascii_alphabetic() || *b == b'_');
    let flag = v[0] == b'-' && v[1..].iter().all(|b| b.is_ascii_lowercase() || *b == b'-');
    let rest = w[s.end..].trim_ascii_start();
    let next = rest.first();
    if next == Some(&b':') || rest.starts_with(b"=>") {
        return true; // the name of the next pair
    }
    let before = w[..s.key.start.saturating_sub(1)].iter().rev().find(|b| !b.is_ascii_whitespace());
    flag || word && (next == Some(&b',') || before == Some(&b'[') || before == Some(&b','))
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
}

/// `class Token : Base`: what a type derives from.
fn inherits(w: &[u8], s: &Spot) -> bool {
    const TYPES: &[&[u8]] =
        &[b"class", b"struct", b"interface", b"trait", b"enum", b"protocol", b"extension", b"record"];
    let lead = w[read::line_start(w, s.key.start)..s.key.start].trim_ascii_end();
    s.form == Form::Colon && s.quote == Quote::None && TYPES.iter().any(|t| lead.ends_with(t))
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
        b"aws", b"p",
    ];
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

/// Letters as escapes alone (`\x4e\x54`): a word that shall not be read as one.
fn spelled(v: &[u8]) -> bool {
    v.len() >= 8
        && v.chunks(4).all(|c| {
            let hex = |b: u8| char::from(b).to_digit(16);
            let byte = (c.len() == 4 && c.starts_with(b"\\x")).then(|| Some(hex(c[2])? << 4 | hex(c[3])?));
            byte.flatten().is_some_and(|b| (0x20..0x7f).contains(&b))
        })
}

/// The name of a way to log in, or the messages of NTLM that open it and hold no answer yet.
fn greeting(v: &[u8]) -> bool {
    const SCHEMES: &[&[u8]] = &[b"basic", b"bearer", b"digest", b"negotiate", b"kerberos", b"oauth"];
    SCHEMES.iter().any(|s| s.eq_ignore_ascii_case(v))
        || v.starts_with(b"TlRMTVNTUAAB")
        || v.starts_with(b"TlRMTVNTUAAC")
        || v.starts_with(b"TlRMTVNTUAAD") && v.len() < 80
}

/// Holds a place to be filled: `{name}`, `{name:08x}`, `%.*s`.
fn templated(v: &[u8]) -> bool {
    if memchr::memmem::find(v, b"%.*s").is_some() {
        return true;
    }
    let mut rest = v;
    while let Some(open) = memchr::memchr(b'{', rest) {
        rest = &rest[open + 1..];
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

/// A variable of a shell or a script: `$DB_PASSWORD`. Passwords that begin so hold a digit or a mark.
fn variable(v: &[u8]) -> bool {
    v.len() > 3 && v[0] == b'$' && v[1..].iter().all(|b| b.is_ascii_alphabetic() || *b == b'_')
}

/// A token's first letters alone: `sk-live-`.
fn beginning(v: &[u8]) -> bool {
    v.len() <= 20
        && matches!(v.last(), Some(b'-' | b'_'))
        && v.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

/// The text between two literals (`' + name + '`), read as one.
fn joint(v: &[u8], quote: Quote) -> bool {
    let edge = |b: Option<&u8>| matches!(b, Some(b'"' | b'\'' | b'`' | b' '));
    let glue = |b: &u8| matches!(b, b'+' | b'.' | b'&' | b'|' | b',');
    let inner = |side: &mut dyn Iterator<Item = &u8>| {
        side.skip_while(|b| matches!(**b, b'"' | b'\'' | b'`' | b' ')).take(1).any(glue)
    };
    quote != Quote::None
        && edge(v.first())
        && edge(v.last())
        && (inner(&mut v.iter()) || inner(&mut v.iter().rev()))
}

/// Encrypted or hashed values, and names of values kept elsewhere: no leak.
fn protected(v: &[u8]) -> bool {
    // a list of words or an alternation
    if v.iter().filter(|b| **b == b'|').count() >= 4 {
        return true;
    }
    const HEADS: &[&[u8]] = &[
        b"ENC[",
        b"ENC(",
        b"$ANSIBLE_VAULT",
        b"{cipher}",
        b"!vault",
        b"vault:",
        b"arn:",
        b"op://",
        b"akv://",
        b"ref+",
        b"@Microsoft.KeyVault",
        b"projects/",
        b"sha1$",
        b"sha256$",
        b"pbkdf2",
        b"{SHA",
        b"{SSHA",
        b"{sha",
        b"{ssha",
        b"bcrypt",
        b"scrypt:",
        b"md5$",
        b"sha256:",
        b"sha256-",
        b"sha512-",
        b"sha384-",
        b"SCRAM-SHA",
        b"data:",
        b"secretKeyRef",
        b"!Ref",
        b"!Sub",
        b"Fn::",
    ];
    if HEADS.iter().any(|h| v.starts_with(h)) {
        return true;
    }
    // Maven's: a base64 text in braces
    let inner = v.strip_prefix(b"{").and_then(|v| v.strip_suffix(b"}")).unwrap_or(b"");
    if inner.len() >= 24 && inner.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='))
    {
        return true;
    }
    // crypt: $id$…, $id$rounds$…
    let tail = v.strip_prefix(b"$").unwrap_or(b"");
    let id = tail.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'-').count();
    (1..=10).contains(&id) && tail.get(id) == Some(&b'$') && tail.len() > 20
}

/// `ConvertTo-SecureString x`: the cmdlet is no value.
fn starts_with_command(v: &[u8]) -> bool {
    [&b"ConvertTo-"[..], b"ConvertFrom-", b"Get-", b"New-Object", b"Read-Host"]
        .iter()
        .any(|c| v.starts_with(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether nothing that the names in a text bind is left.
    fn nothing(text: &str) -> bool {
        super::super::find(text.as_bytes()).is_empty()
    }

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
        ] {
            assert!(nothing(&text), "{text}");
        }
        for text in [
            format!("read(\"/run/passwd\", \"{value}\")"),
            format!("|password|{value}|"),
            format!("user | password | {value}"),
            format!("\"token_last\": \"{value}\""),
            format!("[\"password\", \"{value}\"]"),
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
}
