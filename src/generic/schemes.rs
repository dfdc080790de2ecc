//! Secrets whose form needs no key: URLs, command-line credentials, authorization headers, SQL grants, JWTs.
//!
//! Each reads from its anchor and gives spots. Knows nothing of paths.

use super::find::{Form, Spot, spot};
use super::read::{Quote, is_ident, is_key, literal, prefix_ci, skip_blank, starts_ci, unquoted};
use super::values::text;

/// `scheme://user:password@host`, `scheme://token@host`
pub fn url(w: &[u8], at: usize, each: &mut impl FnMut(Spot)) {
    let mut start = at;
    while start > 0
        && at - start < 24
        && (w[start - 1].is_ascii_alphanumeric() || matches!(w[start - 1], b'+' | b'-' | b'.'))
    {
        start -= 1;
    }
    let from = at + 3;
    let mut i = from;
    let mut colon = None;
    while i < w.len() && i - from < 300 {
        match w[i] {
            b'@' => {
                let after = w.get(i + 1);
                if i > from
                    && after.is_some_and(|b| {
                        is_ident(*b) || matches!(b, b'[' | b'$' | b'{' | b'%' | b'<' | b'(' | b'*')
                    })
                {
                    // the last @ before the path ends the password
                    let more = w[i + 1..]
                        .iter()
                        .take(60)
                        .take_while(|b| {
                            !matches!(
                                b,
                                b'/' | b'?' | b'"' | b'\'' | b'`' | b' ' | b'\n' | b',' | b':' | b')'
                            )
                        })
                        .position(|b| *b == b'@');
                    if let Some(more) = more {
                        i += 1 + more;
                    }
                    match colon {
                        // An identifier, as in `at://did:plc:x@host`
                        Some(c) if &w[from..c] == b"did" => {}
                        Some(c) if c + 1 < i => each(spot(Form::Url, from..c, c + 1..i)),
                        None if escaped(&w[from..i]) => {}
                        None if reports(&w[from..i], &w[i + 1..]) => {}
                        None if i - from >= 12 && !w[from..i].iter().all(u8::is_ascii_alphabetic) => {
                            each(spot(Form::Url, start..at, from..i))
                        }
                        _ => {}
                    }
                }
                return;
            }
            b':' if colon.is_none() => colon = Some(i),
            b' ' | b'\t' | b'\n' | b'\r' | b'"' | b'\'' | b'`' | b'<' | b'>' | b'\\' => {
                // a placeholder in angle brackets is part of the password
                return;
            }
            b'/' if colon.is_none_or(|c| c + 1 == i) => return,
            b'?' | b')' | b'/' if colon.is_some_and(|c| w[c + 1..i].iter().all(u8::is_ascii_digit)) => return,
            _ => {}
        }
        i += 1;
    }
}

/// Whether a name is written with escapes, as tests of URLs do it: tokens need none.
fn escaped(user: &[u8]) -> bool {
    memchr::memchr_iter(b'%', user).count() >= 4
}

/// Whether errors are reported there, as every page of a site shows: `https://<32 digits>@o1.ingest.sentry.io/2`.
/// <https://docs.sentry.io/concepts/key-terms/dsn-explainer/>
fn reports(user: &[u8], host: &[u8]) -> bool {
    let host = &host[..host.iter().take(60).take_while(|b| is_key(**b)).count()];
    user.len() == 32
        && user.iter().all(u8::is_ascii_hexdigit)
        && memchr::memmem::find(host, b"sentry").is_some()
}

/// `user:password@tcp(host)`
pub fn dsn(w: &[u8], at: usize, each: &mut impl FnMut(Spot)) {
    let mut start = at;
    while start > 0
        && at - start < 100
        && !matches!(w[start - 1], b'"' | b'\'' | b'`' | b' ' | b'\n' | b'=' | b'/')
    {
        start -= 1;
    }
    if let Some(c) = w[start..at].iter().position(|b| *b == b':')
        && start + c + 1 < at
    {
        each(spot(Form::Url, start..start + c, start + c + 1..at));
    }
}

/// How far behind its name a command's flags are looked for.
const COMMAND: usize = 200;

/// The rest of a command, on its line and those that a backslash adds.
fn command(w: &[u8], at: usize) -> &[u8] {
    let rest = &w[at..w.len().min(at + COMMAND)];
    let end = memchr::memchr_iter(b'\n', rest).find(|&i| !rest[..i].trim_ascii_end().ends_with(b"\\"));
    &rest[..end.unwrap_or(rest.len())]
}

/// The user and password of `curl … -u`
pub fn curl(w: &[u8], at: usize, each: &mut impl FnMut(Spot)) {
    if let Some(flag) = memchr::memmem::find(command(w, at), b" -u ") {
        user_pass(w, at + flag + 1, each);
    }
}

/// `-u user:password`, `--user user:password`
pub fn user_pass(w: &[u8], at: usize, each: &mut impl FnMut(Spot)) {
    let mut p = at + if starts_ci(w, at, b"--user") { 6 } else { 3 };
    if p == at + 6 && !matches!(w.get(p), Some(b' ' | b'=')) {
        return;
    }
    p = skip_blank(w, if w.get(p) == Some(&b'=') { p + 1 } else { p }, 8);
    let (quote, range, end) = match literal(w, p) {
        Some(l) => (l.quote, l.text, l.end),
        None => match unquoted(w, p, false) {
            Some(v) => (Quote::None, v.clone(), v.end),
            None => return,
        },
    };
    if let Some(c) = w[range.clone()].iter().position(|b| *b == b':') {
        let (user, pass) = (range.start..range.start + c, range.start + c + 1..range.end);
        if !user.is_empty()
            && !pass.is_empty()
            && w[user.clone()].iter().all(|b| is_key(*b) || *b == b'@')
            && w[pass.start] != b'/'
        {
            each(Spot {
                form: Form::Flag,
                quote,
                key: user,
                key_quoted: false,
                value: pass,
                end,
                wrapper: 0..0,
                nth: 0,
            });
        }
    }
}

/// Programs that take a password with `-p`: joined to it, behind a blank, or either.
const CLIENTS: &[(&str, bool, bool)] = &[
    ("mysql", true, false),
    ("mariadb", true, false),
    ("sshpass", true, true),
    ("docker login", false, true),
    ("podman login", false, true),
    ("az login", false, true),
    ("cqlsh", false, true),
];

/// The client whose name stands at `at`: whether it takes its password joined, and apart.
pub fn client(w: &[u8], at: usize) -> Option<(bool, bool)> {
    let found = CLIENTS.iter().find(|(name, ..)| starts_ci(w, at, name.as_bytes()));
    found.map(|&(_, joined, apart)| (joined, apart))
}

/// The value joined to a flag, as `mysql` takes it, or after it, as `sshpass` does.
pub fn client_password(w: &[u8], at: usize, each: &mut impl FnMut(Spot)) {
    let Some((joined, apart)) = client(w, at) else { return };
    // `mysqldump` is a client, `mysql_server` is none.
    if matches!(w[at..].iter().find(|b| !b.is_ascii_alphabetic()), Some(b'_' | b'-')) {
        return;
    }
    let Some(flag) = memchr::memmem::find(command(w, at), b" -p") else { return };
    let at = at + flag;
    let p = at + 3;
    if !if w.get(p) == Some(&b' ') { apart } else { joined } {
        return;
    }
    let p = skip_blank(w, p, 4);
    let (quote, value, end) = match literal(w, p) {
        Some(l) => (l.quote, l.text, l.end),
        None => match unquoted(w, p, false) {
            Some(v) => (Quote::None, v.clone(), v.end),
            None => return,
        },
    };
    if !value.is_empty() && w[value.start] != b'-' {
        each(Spot {
            form: Form::Flag,
            quote,
            key: at + 1..at + 3,
            key_quoted: false,
            value,
            end,
            wrapper: 0..0,
            nth: 0,
        });
    }
}

/// `Bearer x`, `Basic x`
pub fn scheme(w: &[u8], at: usize, each: &mut impl FnMut(Spot)) {
    let word = if starts_ci(w, at, b"bearer") { 6 } else { 5 };
    // `UCS-Basic` is another word.
    if at > 0 && (is_ident(w[at - 1]) || w[at - 1] == b'-') || w.get(at + word) != Some(&b' ') {
        return;
    }
    let p = skip_blank(w, at + word, 4);
    if let Some(v) = unquoted(w, p, false)
        // `libgit2` of `basic libgit2 concepts` is shorter than any name and password.
        && v.len() >= if word == 5 { 8 } else { 6 }
        && encoded(&w[v.clone()])
        // `MinGW-w64` is no base64 of the common kind.
        && (word == 6 || !w[v.clone()].contains(&b'-'))
        // Nor is `TMyClass`: base64 of letters alone comes in fours.
        && (word == 6 || v.len() % 4 == 0 || !w[v.clone()].iter().all(u8::is_ascii_alphabetic))
    {
        each(spot(Form::Header, at..at + word, v));
    }
}

/// Credentials of a header are encoded: no plain word, no sentence.
fn encoded(v: &[u8]) -> bool {
    let inner_upper = v[1..].iter().any(u8::is_ascii_uppercase) && v.iter().any(u8::is_ascii_lowercase);
    v.iter().all(|b| b.is_ascii_alphanumeric() || b"-._~+/=".contains(b))
        && (inner_upper && v.len() >= 8 || v.iter().any(|b| b.is_ascii_digit() || *b == b'='))
}

/// Bytes before `identified by` in which a statement says who; in prose none may.
const STATEMENT: usize = 120;

/// `IDENTIFIED BY 'x'`, `IDENTIFIED WITH … BY 'x'`
pub fn identified(w: &[u8], at: usize, each: &mut impl FnMut(Spot)) {
    let p = skip_blank(w, at + 13, 8);
    let key = at..at + 13;
    let p = if let Some(n) = prefix_ci(w, p, &[b"password "]) { p + n } else { p };
    let before = &w[at.saturating_sub(STATEMENT)..at];
    let whose = [&b"user"[..], b"role", b"grant", b"link"];
    let spoken = !w[at..].starts_with(b"IDENTIFIED BY")
        && !whose.iter().any(|word| before.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word)));
    if let Some(l) = literal(w, p).filter(|_| !spoken) {
        text(w, l.text, l.end, l.quote, 0..0, 0, &mut |mut s| {
            s.form = Form::Space;
            s.key = key.clone();
            each(s);
        });
    } else if let Some(v) = unquoted(w, p, false)
        && v.len() >= 3
        && (w[at..].starts_with(b"IDENTIFIED BY") && !starts_ci(w, v.start, b"values")
            || w[v.clone()].iter().any(u8::is_ascii_digit))
    {
        each(spot(Form::Space, key, v));
    }
}

/// Whether a generator of one-time passwords stands at `at`, about to be made.
pub fn one_time(w: &[u8], at: usize) -> bool {
    (starts_ci(w, at, b"totp") || starts_ci(w, at, b"hotp")) && matches!(w.get(at + 4), Some(b'.' | b'('))
}

/// `TOTP.new('…')`, `pyotp.HOTP("…")`: what they are made of is base32.
pub fn one_time_secret(w: &[u8], at: usize, each: &mut impl FnMut(Spot)) {
    let mut p = at + 4;
    if w[p] == b'.' {
        let name = w[p + 1..].iter().take(12).take_while(|b| is_ident(**b)).count();
        if !matches!(&w[p + 1..p + 1 + name], b"new" | b"create" | b"parse" | b"generate") {
            return;
        }
        p += 1 + name;
    }
    if !matches!(w.get(p), Some(b'(' | b' ')) {
        return;
    }
    let Some(l) = literal(w, skip_blank(w, p + 1, 4)) else { return };
    // Digits that base32 has not stand in made-up samples, and in what was written down wrong.
    if l.text.len() >= 16 && w[l.text.clone()].iter().all(|b| matches!(b, b'A'..=b'Z' | b'0'..=b'9' | b'=')) {
        each(Spot { quote: l.quote, end: l.end, ..spot(Form::Call, at..at + 4, l.text) });
    }
}

/// `eyJ….….…`
pub fn jwt(w: &[u8], at: usize, each: &mut impl FnMut(Spot)) {
    if !w[at..].starts_with(b"eyJ")
        || at > 0 && (w[at - 1].is_ascii_alphanumeric() || w[at - 1] == b'/' || w[at - 1] == b'+')
    {
        return;
    }
    let body = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    let first = w[at..].iter().take_while(|b| body(b)).count();
    if first < 16 || w.get(at + first) != Some(&b'.') {
        return;
    }
    let second = w[at + first + 1..].iter().take_while(|b| body(b)).count();
    if second < 8 {
        return;
    }
    // without a signature it opens nothing
    let dot = at + first + 1 + second;
    let signature = w[dot.min(w.len() - 1) + 1..].iter().take_while(|b| body(b)).count();
    if w.get(dot) == Some(&b'.') && signature >= 16 {
        each(spot(Form::Jwt, at..at, at..dot + 1 + signature));
    }
}
