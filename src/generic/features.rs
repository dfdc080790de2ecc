//! What a careful reader sees in a key, its value and their surroundings, as small numbers.
//!
//! Every feature is a byte, so that a candidate can be kept without its text. Knows no path and no verdict.

use super::around::surroundings;
use super::find::{Form, Spot};
use super::lexicon::{self as lex, split};
use super::read::{Quote, ends_ci, line_start};
use super::tables::Tables;
use super::value::{contains_ci, value_classes, value_shapes};

macro_rules! features {
    ($($name:ident),* $(,)?) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        #[derive(Clone, Copy)]
        #[repr(usize)]
        enum Index { $($name),* }
        /// Names of the features, in order.
        pub const NAMES: &[&str] = &[$(stringify!($name)),*];
        $(#[allow(dead_code)] pub const $name: usize = Index::$name as usize;)*
    };
}

features! {
    // key
    K_PASS, K_SECRET, K_TOKEN, K_KEY, K_AUTH, K_API, K_OWNER, K_SALT, K_USER_ID, K_PUBLIC, K_META, K_HASH, K_CRYPT, K_FAKE, K_CACHE,
    K_LAST, K_LAST_META, K_AFTER, K_WORDS, K_LEN, K_CASE, K_DOTTED, K_QUOTED, K_BARE_KEY, K_WRONG, K_PREFIXED, K_OPEN, K_NONCE, K_GUARDED,
    // form
    F_FORM, F_CALLISH, F_COMPARE, F_HEADER, F_URL, F_QUERY, F_OWN_LINE, F_QUOTE, F_QUOTED, F_NTH, F_WRAPPED, F_WRAP_CODEC, F_WRAP_ENV, F_WRAP_NEW,
    F_IN_STRING,
    // value: classes
    V_LEN, V_LOWER, V_UPPER, V_DIGIT, V_SPECIAL, V_DISTINCT, V_ENTROPY, V_REL_ENTROPY, V_SWITCHES, V_CASE_SWITCHES, V_RUN_LETTER, V_RUN_DIGIT,
    V_VOWEL, V_PAIRS, V_PAIRS_LOW, V_RANDOM, V_VOCAB, V_LONG_WORD, V_WORDS,
    // value: shapes
    V_HEX, V_HEX_LEN, V_BASE64, V_PADDED, V_UUID, V_NUMBER, V_DATED, V_PATHLIKE, V_HOST, V_EMAIL, V_IDENT, V_SCREAM, V_DOTTED, V_KEBAB, V_TITLE, V_SPACES,
    V_SENTENCE, V_OPEN, V_TEMPLATE, V_REPEAT, V_ASCEND, V_MASK, V_PLACEHOLDER, V_FILLER, V_WEAK, V_TYPE, V_ENVIRON, V_CODEY, V_REGEX,
    V_SECRETWORD, V_ONLY_SECRET, V_IS_KEY, V_HAS_KEY, V_KEY_HAS, V_IS_USER, V_B64_TEXT, V_VENDOR, V_TRUNCATED, V_NONASCII, V_PRINTF, V_ESCAPES, V_SUFFIXED, V_PERIOD, V_FILE,
    // surroundings
    C_NEXT, C_REST, C_COMMENT, C_DECLARE, C_COMPARE, C_EXAMPLE, C_WRONG, C_USER, C_USER_NEAR, C_SECRET_NEAR, C_SAME_ABOVE, C_SAME_BELOW, C_INDENT, C_LINE_LEN, C_QUOTES,
    C_CLIENT, C_HASHY, C_TEXTY, C_HOST_NEAR, C_LOCAL, C_LONGLINE, C_PUBLIC, C_AGAIN, C_AGAIN_NEAR,
}

/// How many features a candidate carries.
pub const COUNT: usize = NAMES.len();

/// Hashes of words, whose evidence the model looks up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Hashes {
    /// Words of the key, the last first; 0 where there is none.
    pub key: [u32; 4],
    /// The key whole, letters only.
    pub key_whole: u32,
    /// Words of the value.
    pub value: [u32; 6],
    /// The value whole.
    pub value_whole: u32,
}

pub fn sat(n: usize) -> u8 {
    u8::try_from(n).unwrap_or(255)
}

pub fn share(part: usize, all: usize) -> u8 {
    sat(part * 200 / all.max(1))
}

/// How much of a value is looked at letter by letter.
const HEAD: usize = 160;

/// The features of one spot in its window.
pub fn describe(tables: &Tables, w: &[u8], s: &Spot) -> ([u8; COUNT], Hashes) {
    let mut f = [0u8; COUNT];
    let mut h = Hashes::default();
    let keys = key_features(w, s, &mut f, &mut h);
    form_features(w, s, &mut f);
    let v = &w[s.value.clone()];
    // a long value shows what it is early
    let head = &v[..v.len().min(HEAD)];
    value_classes(tables, head, &mut f);
    value_shapes(w, s, v, head, keys, &mut f, &mut h);
    f[V_LEN] = sat(v.len());
    surroundings(w, s, &mut f);
    (f, h)
}

/// A name without the number at its end: `Sec-WebSocket-Key1`.
fn unnumbered(name: &[u8]) -> &[u8] {
    &name[..name.iter().rposition(|b| !b.is_ascii_digit()).map_or(0, |at| at + 1)]
}

/// The key's word classes; returns them all.
fn key_features(w: &[u8], s: &Spot, f: &mut [u8; COUNT], h: &mut Hashes) -> lex::Class {
    let key = &w[s.key.clone()];
    let mut all = 0;
    let mut last = 0;
    let mut after = 0u8;
    let mut seen = false;
    let mut count = 0usize;
    let mut hashes = [0u32; 12];
    let mut whole = lex::SEED;
    split(key, |r, hash, class| {
        // a glued ending counts as its word, `api` and `user` before it too
        all |= class;
        if class & lex::SECRETIVE != 0 {
            seen = true;
            after = 0;
        } else if seen {
            after = after.saturating_add(1);
        }
        last = class;
        hashes[count % 12] = hash;
        count += 1;
        whole = r.clone().fold(whole, |x, i| lex::step(x, key[i].to_ascii_lowercase()));
    });
    for i in 0..count.min(4) {
        h.key[i] = hashes[(count - 1 - i) % 12];
    }
    h.key_whole = lex::finish(whole);
    let has = |c: lex::Class| u8::from(all & c != 0);
    f[K_PASS] = has(lex::PASS);
    f[K_SECRET] = has(lex::SECRET);
    f[K_TOKEN] = has(lex::TOKEN);
    f[K_KEY] = has(lex::KEY);
    f[K_AUTH] = has(lex::AUTH | lex::CRED);
    f[K_API] = has(lex::API);
    f[K_OWNER] = has(lex::OWNER);
    f[K_SALT] = has(lex::SALT);
    f[K_USER_ID] = has(lex::USER) + 2 * has(lex::ID | lex::NAME);
    f[K_PUBLIC] = has(lex::PUBLIC);
    f[K_META] = has(lex::META);
    f[K_HASH] = has(lex::HASH);
    f[K_CRYPT] = has(lex::CRYPT);
    f[K_FAKE] = has(lex::FAKE);
    f[K_CACHE] = has(lex::CACHE);
    f[K_WRONG] = has(lex::WRONG);
    f[K_NONCE] = u8::from(ends_ci(key, b"nonce"));
    let guards = [&b"encrypted"[..], b"sealed", b"wrapped", b"hashed"];
    f[K_GUARDED] = u8::from(guards.iter().any(|g| contains_ci(key, g)));
    // public by design, or a digest: unless the last word says secret after all
    f[K_OPEN] = u8::from(
        all & (lex::OPEN | lex::DIGEST) != 0 && last & (lex::PASS | lex::SECRET) == 0
            || ends_ci(unnumbered(key), b"websocket-key"),
    );
    f[K_LAST] = match last {
        l if l & lex::PASS != 0 => 6,
        l if l & lex::SECRET != 0 => 5,
        l if l & lex::TOKEN != 0 => 4,
        l if l & lex::KEY != 0 => 3,
        l if l & (lex::AUTH | lex::CRED) != 0 => 2,
        0 => 1,
        _ => 0,
    };
    f[K_LAST_META] = u8::from(
        last & (lex::META | lex::ID | lex::NAME | lex::USER | lex::HASH) != 0 && last & lex::SECRETIVE == 0,
    );
    f[K_AFTER] = after;
    f[K_WORDS] = sat(count);
    f[K_LEN] = sat(key.len());
    let upper = key.iter().filter(|b| b.is_ascii_uppercase()).count();
    let lower = key.iter().filter(|b| b.is_ascii_lowercase()).count();
    f[K_CASE] = match (upper, lower) {
        (0, _) => 0,
        (_, 0) => 3,
        _ if key[0].is_ascii_uppercase() => 2,
        _ => 1,
    };
    f[K_DOTTED] = sat(key.iter().filter(|b| **b == b'.').count());
    f[K_QUOTED] = u8::from(s.key_quoted);
    f[K_BARE_KEY] = u8::from(key.eq_ignore_ascii_case(b"key") || key.eq_ignore_ascii_case(b"keys"));
    f[K_PREFIXED] = match s.key.start.checked_sub(1).map(|i| w[i]) {
        Some(b'-') => 1,
        Some(b'$') => 2,
        Some(b'<') => 3,
        Some(b'[') => 4,
        Some(b':' | b'@') => 5,
        Some(b' ' | b'\t' | b'\n') | None => 0,
        _ => 6,
    };
    all
}

fn form_features(w: &[u8], s: &Spot, f: &mut [u8; COUNT]) {
    f[F_FORM] = s.form as u8;
    f[F_CALLISH] = u8::from(matches!(s.form, Form::Call | Form::Comma)) + 2 * u8::from(s.form == Form::Item);
    f[F_COMPARE] = u8::from(s.form == Form::Compare);
    f[F_HEADER] = u8::from(s.form == Form::Header);
    f[F_URL] = u8::from(s.form == Form::Url) + 2 * u8::from(s.form == Form::Flag);
    f[F_QUERY] = u8::from(s.form == Form::Query);
    f[F_OWN_LINE] = u8::from(super::find::own_line(w, s.key.start));
    f[F_QUOTE] = s.quote as u8;
    f[F_QUOTED] = u8::from(s.quote != Quote::None);
    f[F_NTH] = s.nth;
    let wrap = &w[s.wrapper.clone()];
    f[F_WRAPPED] = sat(wrap.len());
    let mut class = 0;
    split(wrap, |_, _, c| class |= c);
    f[F_WRAP_CODEC] = u8::from(class & lex::CODEC != 0);
    f[F_WRAP_ENV] = u8::from(class & lex::ENVIRON != 0);
    f[F_WRAP_NEW] = u8::from(wrap.starts_with(b"new ") || wrap.first().is_some_and(u8::is_ascii_uppercase));
    // the key's own quote does not make it part of a string
    let lead = &w[line_start(w, s.key.start)..s.key.start - usize::from(s.key_quoted)];
    f[F_IN_STRING] = lead.iter().fold(0, |open, b| match b {
        b'"' => open ^ 1,
        b'\'' => open ^ 2,
        b'`' => open ^ 4,
        _ => open,
    });
}
