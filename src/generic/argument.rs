//! What is handed to a call, and is no value of the name beside it: whose it is, what it is checked against, a format.
//!
//! Looks at a spot in its window. Knows no path.

use super::find::{Form, Spot};
use super::lexicon::split;
use super::read::{self, Quote, literal, skip_gap};

/// What an argument is, if it is no value.
pub fn argument(w: &[u8], s: &Spot, v: &[u8]) -> Option<&'static str> {
    Some(match () {
        () if whose(w, s) => "the name of a user",
        () if asked(w, s, v) => "the name of a key",
        () if checked(w, s) => "what a password is checked against",
        () if format(w, s, v) => "a text with places to be filled",
        () if unpacked(w, s) => "what a call takes whose result is taken apart",
        () if applied(w, s, v) => "an argument beside a value",
        () if label(w, s, v) => "the name of an argument",
        () if message(w, s) => "a text that people read",
        () if beside(w, s) || within(w, s) => "an argument beside a value",
        () => return None,
    })
}

/// Whose it is that a call gives: `token = create_user("alice")`.
fn whose(w: &[u8], s: &Spot) -> bool {
    let call = s.call(w);
    if s.quote == Quote::None || call.is_empty() || s.wrapper.end >= s.value.start {
        return false;
    }
    let mut last = 0..0;
    split(call, |r, _, _| last = r);
    last.end == call.len()
        && [&b"user"[..], b"username"].iter().any(|word| call[last.clone()].eq_ignore_ascii_case(word))
        && w[s.wrapper.end..s.value.start].iter().all(|b| !matches!(b, b',' | b'=' | b':'))
}

/// The name by which a call gets what it gives, in letters alone: `password = get_hash("entropy", x)`.
fn asked(w: &[u8], s: &Spot, v: &[u8]) -> bool {
    const GETS: &[&[u8]] = &[b"get", b"fetch", b"lookup", b"find", b"retrieve"];
    let call = s.call(w);
    let name = call.iter().rev().take_while(|b| read::is_ident(**b)).count();
    let name = &call[call.len() - name..];
    s.form == Form::Assign
        && s.quote != Quote::None
        && s.nth == 0
        && v.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'-' | b'.'))
        && GETS.iter().any(|get| read::starts_ci(name, 0, get))
}

/// The hash that a password is checked against: `matches("password", "5f4d…")`.
fn checked(w: &[u8], s: &Spot) -> bool {
    const CALLS: &[&[u8]] = &[
        b"matches(",
        b"upgradeencoding(",
        b"checkpw(",
        b"check_password(",
        b"check_password_hash(",
        b"password_verify(",
        b"comparesync(",
        b"bcrypt.compare(",
    ];
    let lead = &w[..s.key.start.saturating_sub(1)];
    s.form == Form::Comma && s.key_quoted && CALLS.iter().any(|call| read::ends_ci(lead, call))
}

/// What a text is made by, as C and Erlang write it: `format("~4.16.0B", x)`, `sprintf("a-%d", x)`.
fn format(w: &[u8], s: &Spot, v: &[u8]) -> bool {
    let mark = |at: usize| {
        let digits =
            v[at + 1..].iter().take_while(|b| b.is_ascii_digit() || matches!(b, b'.' | b'*')).count();
        v.get(at + 1 + digits).is_some_and(u8::is_ascii_alphabetic)
    };
    s.called_by(w, &[b"format", b"printf"]) && memchr::memchr2_iter(b'~', b'%', v).any(mark)
}

/// The result of the call is taken apart, and the name is a part of it: `{:ok, token} = parse("x")`.
fn unpacked(w: &[u8], s: &Spot) -> bool {
    if s.form != Form::Assign || s.wrapper.is_empty() || w.get(s.key.end) != Some(&b'}') {
        return false;
    }
    let lead = &w[read::line_start(w, s.key.start)..s.key.start];
    memchr::memrchr(b'{', lead).is_some_and(|at| !matches!(lead[..at].last(), Some(b'$' | b'#' | b'@')))
}

/// What a function takes without brackets, as Haskell, OCaml, F# and Elm write it, where a name ends with a word for
/// secrets: `t <- gcmToken c2 alice`, `pool <- create redisUser redisPassword "main"`, `isKey Ecdsa_256 k =`.
fn applied(w: &[u8], s: &Spot, v: &[u8]) -> bool {
    let key = &w[s.key.clone()];
    let hump = || key.windows(2).any(|two| two[0].is_ascii_lowercase() && two[1].is_ascii_uppercase());
    if s.form != Form::Space || !key[0].is_ascii_lowercase() || !hump() {
        return false;
    }
    let lead = &w[read::line_start(w, s.key.start)..s.key.start];
    let before = lead.trim_ascii_end();
    if s.quote == Quote::None {
        let defined = || w[s.end..read::line_end(w, s.end)].trim_ascii_end().ends_with(b" =");
        let called = before.ends_with(b" =") || before.ends_with(b" <-");
        return v.iter().all(|b| read::is_ident(*b)) && lead.ends_with(b" ") && called
            || before.is_empty() && defined();
    }
    let bound = || [&b" = "[..], b" <- "].iter().find_map(|sign| memchr::memmem::rfind(lead, sign));
    lead.ends_with(b" ")
        && before.last().is_some_and(|b| read::is_ident(*b) || *b == b')')
        && bound().is_some_and(|at| memchr::memchr2(b'"', b'\'', &lead[at..]).is_none())
}

/// An argument by its name, as Swift and Objective-C call a function: `init(user:password:persistence)`.
fn label(w: &[u8], s: &Spot, v: &[u8]) -> bool {
    let lead = &w[..s.key.start];
    let open = || lead.iter().rev().take(120).find(|b| !read::is_ident(**b) && **b != b':');
    s.form == Form::Colon
        && s.value.start == s.key.end + 1
        && lead.ends_with(b":")
        && matches!(w.get(s.end), Some(b')' | b':'))
        && open() == Some(&b'(')
        && v.iter().all(u8::is_ascii_alphabetic)
}

/// What a program says, as Haskell writes it: `germanMessage Password = "Passwort"`.
fn message(w: &[u8], s: &Spot) -> bool {
    if s.form != Form::Assign || s.quote != Quote::Double {
        return false;
    }
    let lead = w[read::line_start(w, s.key.start)..s.key.start].trim_ascii();
    lead.ends_with(b"Message") && !lead.contains(&b' ')
}

/// The last of what a function is handed, before its first line: `def f(user, key):`.
fn within(w: &[u8], s: &Spot) -> bool {
    s.form == Form::Colon && w[s.key.end] == b')' && w[s.key.end..s.value.start].contains(&b'\n')
}

/// A password is a value itself where an odd one of an even number of texts: `Login("user", "password", "A", "B")`.
fn beside(w: &[u8], s: &Spot) -> bool {
    /// Bytes before, and texts in all, that are gone through.
    const FAR: usize = 120;
    const MOST: usize = 8;
    if s.form != Form::Comma || !s.key_quoted {
        return false;
    }
    let lead = &w[s.key.start.saturating_sub(FAR)..s.key.start - 1];
    let Some(open) = memchr::memrchr(b'(', lead) else { return false };
    let mut at = s.key.start - 1 - (lead.len() - open) + 1;
    let mut before = 0;
    for count in 1..=MOST {
        let Some(text) = literal(w, skip_gap(w, at)) else { return false };
        before += usize::from(text.end < s.key.start);
        let next = skip_gap(w, text.end);
        match w.get(next) {
            Some(b',') => at = next + 1,
            Some(b')') => return before % 2 == 1 && count % 2 == 0,
            _ => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use crate::generic::tests::{found, nothing};

    #[test]
    fn what_a_call_takes_beside_a_value_is_none() {
        for text in [
            "token1 = self.create_user(\"kermit1\")",
            "token = await loginAsUser('kermit1', x)",
            "matches(\"pass^word\", \"012345678901234567890123456789\")",
            "Token = io_lib:format(\"\\\\u~4.16.0B\", [Char]),",
            "{:error, {a, b, token}} = Code.string_to_quoted(\"a.'x1'\")",
            "`UrlCredential(user:password:persistence)`",
            "germanMessage Pass^word = \"Passwort\"",
            "pass^word = get_hash('entropy', x)",
            "let overlap = gcmTo^ken c2Gcm1Overlap aliceC2",
            "(r, a) <- createPool l (o ^. redis) redisUser redisPass^word \"main-redis1\"",
            "validateKe^y Ecdsa_secp521r1_sha512 pk1 (X.PubKey pk2) =",
            "def add(c, host_key):\n    c.run('mkdir -m 700 -p ~/.ssh')",
            "new Somebody(\"somebody\", \"password\", \"FOOBAR_1\", \"FOOBAR_2\")",
        ] {
            // Split, so that no name stands here beside a value.
            assert!(nothing(&text.replace('^', "")), "{text}");
        }
    }

    #[test]
    fn what_a_call_takes_as_a_value_is_one() {
        for text in [
            "token1 = self.create_token(\"@\")",
            "password = hash(user, \"@\")",
            "create_user(\"bob\", password=\"@\")",
            "set(\"password\", \"@\")",
            "let germanPassword = \"@\"",
            "password = String.format(\"@\")",
            "{:error, token} = {1, \"@\"}; token = \"@\"",
            "config['token'] = decode(\"@\")",
            "login(user:password:@)",
            "hset(\"user\", \"password\", \"@\")",
            "hset(\"user\", \"password\", \"@\", \"mail\", \"x\")",
            "put(\"password\", \"@\", \"user\", \"x\")",
            "password = get_hash(\"@\", x)",
            "authorization = Token @",
            "sql = \"CREATE USER bob WITH PASSWORD '@'\"",
            "userPassword = \"@\"",
            "login $ plainTextPassword \"@\"",
        ] {
            assert!(found(text), "{text}");
        }
    }
}
