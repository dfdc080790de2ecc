//! What a careful reader sees in a key, its value and their surroundings, as small numbers.
//!
//! Every feature is a byte, so that a candidate can be kept without its text. Knows no path and no verdict.

use super::find::{Form, Spot};
use super::lexicon::{self as lex, classes_of, split};
use super::read::{ends_ci, is_ident, line_end, line_start, Quote};
use super::tables::Tables;

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
    K_LAST, K_LAST_META, K_AFTER, K_WORDS, K_LEN, K_CASE, K_DOTTED, K_QUOTED, K_BARE_KEY, K_WRONG, K_PREFIXED, K_OPEN, K_NONCE,
    // form
    F_FORM, F_CALLISH, F_COMPARE, F_HEADER, F_URL, F_QUERY, F_OWN_LINE, F_QUOTE, F_QUOTED, F_NTH, F_WRAPPED, F_WRAP_CODEC, F_WRAP_ENV, F_WRAP_NEW,
    F_IN_STRING,
    // value: classes
    V_LEN, V_LOWER, V_UPPER, V_DIGIT, V_SPECIAL, V_DISTINCT, V_ENTROPY, V_REL_ENTROPY, V_SWITCHES, V_CASE_SWITCHES, V_RUN_LETTER, V_RUN_DIGIT,
    V_VOWEL, V_PAIRS, V_PAIRS_LOW, V_RANDOM, V_VOCAB, V_LONG_WORD, V_WORDS,
    // value: shapes
    V_HEX, V_HEX_LEN, V_BASE64, V_PADDED, V_UUID, V_NUMBER, V_DATED, V_PATHLIKE, V_HOST, V_EMAIL, V_IDENT, V_SCREAM, V_DOTTED, V_KEBAB, V_TITLE, V_SPACES,
    V_SENTENCE, V_OPEN, V_TEMPLATE, V_REPEAT, V_ASCEND, V_MASK, V_PLACEHOLDER, V_FILLER, V_WEAK, V_TYPE, V_ENVIRON, V_CODEY, V_REGEX,
    V_SECRETWORD, V_ONLY_SECRET, V_IS_KEY, V_HAS_KEY, V_KEY_HAS, V_IS_USER, V_B64_TEXT, V_VENDOR, V_TRUNCATED, V_NONASCII, V_PRINTF, V_ESCAPES, V_SUFFIXED,
    // surroundings
    C_NEXT, C_REST, C_COMMENT, C_DECLARE, C_COMPARE, C_EXAMPLE, C_WRONG, C_USER, C_USER_NEAR, C_SECRET_NEAR, C_SAME_ABOVE, C_SAME_BELOW, C_INDENT, C_LINE_LEN, C_QUOTES,
    C_CLIENT, C_HASHY, C_TEXTY, C_HOST_NEAR, C_LOCAL, C_LONGLINE, C_PUBLIC,
}

/// How many features a candidate carries.
pub const COUNT: usize = NAMES.len();

/// Hashes of words, whose evidence the model looks up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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

fn sat(n: usize) -> u8 {
    u8::try_from(n).unwrap_or(255)
}

fn share(part: usize, all: usize) -> u8 {
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
    // public by design, or a digest: unless the last word says secret after all
    f[K_OPEN] = u8::from(all & (lex::OPEN | lex::DIGEST) != 0 && last & (lex::PASS | lex::SECRET) == 0);
    f[K_LAST] = match last {
        l if l & lex::PASS != 0 => 6,
        l if l & lex::SECRET != 0 => 5,
        l if l & lex::TOKEN != 0 => 4,
        l if l & lex::KEY != 0 => 3,
        l if l & (lex::AUTH | lex::CRED) != 0 => 2,
        0 => 1,
        _ => 0,
    };
    f[K_LAST_META] = u8::from(last & (lex::META | lex::ID | lex::NAME | lex::HASH) != 0 && last & lex::SECRETIVE == 0);
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

fn value_classes(tables: &Tables, v: &[u8], f: &mut [u8; COUNT]) {
    let mut counts = [0u8; 256];
    let (mut lower, mut upper, mut digit, mut special, mut vowel, mut nonascii) = (0, 0, 0, 0, 0, 0);
    let (mut switches, mut case_switches, mut run_letter, mut run_digit, mut run) = (0, 0, 0, 0, 0);
    let mut prev = 9u8;
    for &b in v {
        counts[b as usize] = counts[b as usize].saturating_add(1);
        let class = match b {
            b'a'..=b'z' => {
                lower += 1;
                0
            }
            b'A'..=b'Z' => {
                upper += 1;
                1
            }
            b'0'..=b'9' => {
                digit += 1;
                2
            }
            _ => {
                special += 1;
                nonascii += usize::from(b >= 0x80);
                3
            }
        };
        vowel += usize::from(matches!(b | 0x20, b'a' | b'e' | b'i' | b'o' | b'u'));
        if class != prev {
            if prev != 9 {
                switches += 1;
                case_switches += usize::from(prev < 2 && class < 2);
            }
            if (class == 2) != (prev == 2) || class == 3 || prev == 3 {
                run = 0;
            }
            prev = class;
        }
        run += 1;
        match class {
            0 | 1 => run_letter = run_letter.max(run),
            2 => run_digit = run_digit.max(run),
            _ => {}
        }
    }
    let n = v.len().max(1);
    let mut distinct = 0usize;
    let mut bits = 0u32;
    // Σ c·log2(c) from a table keeps this off floating logarithms
    for b in v {
        let c = std::mem::take(&mut counts[*b as usize]);
        distinct += usize::from(c > 0);
        bits += tables.clog(c);
    }
    let total = tables.clog(sat(n));
    let entropy = (total.saturating_sub(bits)) as usize / n.min(255); // 1/32 bits a character
    let most = total as usize / n.min(255);
    f[V_LEN] = sat(v.len());
    f[V_LOWER] = share(lower, n);
    f[V_UPPER] = share(upper, n);
    f[V_DIGIT] = share(digit, n);
    f[V_SPECIAL] = share(special, n);
    f[V_DISTINCT] = sat(distinct);
    f[V_ENTROPY] = sat(entropy);
    f[V_REL_ENTROPY] = share(entropy, most);
    f[V_SWITCHES] = share(switches, n);
    f[V_CASE_SWITCHES] = share(case_switches, n);
    f[V_RUN_LETTER] = sat(run_letter);
    f[V_RUN_DIGIT] = sat(run_digit);
    f[V_VOWEL] = share(vowel, lower + upper);
    f[V_NONASCII] = share(nonascii, n);
    let p = tables.pairs(v);
    f[V_PAIRS] = p.mean;
    f[V_PAIRS_LOW] = p.lowest;
    f[V_RANDOM] = p.random;
    let (covered, longest) = tables.vocabulary(v);
    f[V_VOCAB] = share(covered, (lower + upper).max(1));
    f[V_LONG_WORD] = sat(longest);
}

const PLACEHOLDERS: &[&[u8]] = &[
    b"example", b"your", b"xxx", b"changeme", b"change_me", b"change-me", b"placeholder", b"dummy", b"sample", b"redacted", b"replace", b"todo", b"insert",
    b"fixme", b"removed", b"hidden", b"masked", b"_here", b"-here", b"my_", b"my-", b"some_", b"some-", b"foobar", b"fake", b"filtered", b"the_", b"the-",
];

const VENDORS: &[&[u8]] = &[
    b"akia", b"asia", b"aiza", b"ghp_", b"gho_", b"ghs_", b"ghu_", b"github_pat_", b"glpat-", b"xoxb-", b"xoxp-", b"xoxa-", b"xoxe", b"sk_live_", b"sk_test_", b"pk_live_",
    b"pk_test_", b"sk-", b"rk_live_", b"eyj", b"ya29.", b"sg.", b"npm_", b"pypi-", b"shpat_", b"dop_v1_", b"hf_", b"key-", b"glc_", b"glsa_",
];

/// The first two letters of the placeholder marks, as a set.
const OPENINGS: [u32; 32] = {
    let mut set = [0u32; 32];
    let mut i = 0;
    while i < PLACEHOLDERS.len() {
        set[(PLACEHOLDERS[i][0] & 31) as usize] |= 1 << (PLACEHOLDERS[i][1] & 31);
        i += 1;
    }
    set
};

/// How many places of the value open a placeholder mark.
fn placeholders(v: &[u8]) -> usize {
    let opens = |x: &[u8]| OPENINGS[(x[0] & 31) as usize] >> (x[1] & 31) & 1 == 1;
    let mark = |i: usize| PLACEHOLDERS.iter().any(|p| v[i..].len() >= p.len() && v[i..i + p.len()].eq_ignore_ascii_case(p));
    v.windows(2).enumerate().filter(|(i, x)| opens(x) && mark(*i)).count()
}

fn contains_ci(v: &[u8], word: &[u8]) -> bool {
    let first = word[0];
    v.len() >= word.len() && (0..=v.len() - word.len()).any(|i| v[i] | 0x20 == first | 0x20 && v[i..i + word.len()].eq_ignore_ascii_case(word))
}

fn value_shapes(w: &[u8], s: &Spot, whole: &[u8], v: &[u8], keys: lex::Class, f: &mut [u8; COUNT], h: &mut Hashes) {
    let n = whole.len();
    let count = |p: fn(&u8) -> bool| v.iter().filter(|b| p(b)).count();
    let all = |p: fn(&u8) -> bool| n > 0 && v.iter().all(p);
    let hex = all(|b| b.is_ascii_hexdigit() || *b == b':' || *b == b'-') && count(u8::is_ascii_hexdigit) * 10 >= v.len() * 6;
    f[V_HEX] = u8::from(hex);
    f[V_HEX_LEN] = u8::from(hex && matches!(n, 32 | 40 | 56 | 64 | 96 | 128));
    let b64 = all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'-' | b'_'));
    f[V_BASE64] = u8::from(b64) + u8::from(b64 && n % 4 == 0 && v.iter().any(|b| matches!(b, b'+' | b'/' | b'=')));
    f[V_PADDED] = u8::from(b64 && whole.ends_with(b"="));
    f[V_UUID] = u8::from(n == 36 && [8, 13, 18, 23].iter().all(|i| v[*i] == b'-') && count(u8::is_ascii_hexdigit) == 32);
    f[V_NUMBER] = u8::from(all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b'-' | b'_' | b' ' | b'x')));
    f[V_DATED] = u8::from(n >= 8 && count(u8::is_ascii_digit) >= 3 && all(|b| b.is_ascii_digit() || b"-:.TZ/+ v".contains(b)) && count(|b| b"-:./".contains(b)) >= 2);
    let slashes = count(|b| matches!(b, b'/' | b'\\'));
    f[V_PATHLIKE] = sat(slashes)
        + 20 * u8::from(v.starts_with(b"/") || v.starts_with(b"./") || v.starts_with(b"~/") || v.starts_with(b"../") || v.get(1..3) == Some(b":\\"))
        + 40 * u8::from(v.windows(3).any(|x| x == b"://"));
    let dots = count(|b| *b == b'.');
    f[V_HOST] = u8::from(dots >= 1 && all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'/')) && v.rsplit(|b| *b == b'.').next().is_some_and(|t| t.len() >= 2 && t[..2].iter().all(u8::is_ascii_alphabetic)));
    f[V_EMAIL] = u8::from(v.iter().position(|b| *b == b'@').is_some_and(|i| i > 0 && v[i..].contains(&b'.')));
    let ident = n > 0 && !v[0].is_ascii_digit() && all(|b| b.is_ascii_alphanumeric() || *b == b'_');
    f[V_IDENT] = u8::from(ident);
    f[V_SCREAM] = u8::from(ident && !v.iter().any(u8::is_ascii_lowercase)) + u8::from(ident && v.contains(&b'_') && !v.iter().any(u8::is_ascii_lowercase));
    f[V_DOTTED] = u8::from(dots >= 1 && all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_')) && v[0].is_ascii_alphabetic());
    f[V_KEBAB] = sat(count(|b| matches!(b, b'-' | b'_')));
    f[V_TITLE] = u8::from(n > 1 && v[0].is_ascii_uppercase() && v[1..].iter().all(u8::is_ascii_lowercase));
    let spaces = count(|b| *b == b' ');
    f[V_SPACES] = sat(spaces);
    f[V_OPEN] = match v.first() {
        Some(b'$') => 1,
        Some(b'<') => 2,
        Some(b'{') => 3,
        Some(b'%') => 4,
        Some(b'/') => 5,
        Some(b'@' | b'&' | b'*' | b'!') => 6,
        Some(b'#' | b'.' | b',' | b':' | b';' | b'?' | b'=') => 7,
        Some(b'-' | b'_' | b'+') => 8,
        Some(b'(' | b'[' | b')' | b']') => 9,
        Some(b' ') => 10,
        _ => 0,
    };
    let has2 = |a: &[u8]| v.windows(a.len()).any(|x| x == a);
    f[V_TEMPLATE] = u8::from(has2(b"${") || has2(b"{{") || has2(b"<%") || has2(b"#{") || has2(b"$(") || has2(b"%(") || v.first() == Some(&b'<') && v.last() == Some(&b'>'))
        + 2 * u8::from(v.contains(&b'{') && v.contains(&b'}'))
        + 4 * u8::from(v.first() == Some(&b'$') && v.get(1).is_some_and(|b| b.is_ascii_alphabetic()) && ident_tail(&v[1..]));
    f[V_PRINTF] = u8::from(v.windows(2).any(|x| x[0] == b'%' && matches!(x[1], b's' | b'd' | b'v' | b'q' | b'x' | b'@')))
        + 2 * u8::from(v.windows(2).filter(|x| x[0] == b'%' && (b'g'..=b'z').contains(&(x[1] | 0x20))).count() >= 3);
    f[V_ESCAPES] = sat(count(|b| *b == b'\\'));
    let (mut repeat, mut best, mut ascend, mut best_ascend) = (1usize, 1usize, 1usize, 1usize);
    for pair in v.windows(2) {
        repeat = if pair[0] == pair[1] { repeat + 1 } else { 1 };
        ascend = if pair[1] == pair[0].wrapping_add(1) { ascend + 1 } else { 1 };
        best = best.max(repeat);
        best_ascend = best_ascend.max(ascend);
    }
    f[V_REPEAT] = sat(best);
    f[V_ASCEND] = sat(best_ascend);
    f[V_MASK] = sat(count(|b| matches!(b, b'*' | b'.' | b'?')) * 100 / n.max(1)) + 100 * u8::from(has2(b"***") || has2(b"..."));
    f[V_PLACEHOLDER] = sat(placeholders(v));
    f[V_VENDOR] = u8::from(n >= 12 && VENDORS.iter().any(|p| v[..p.len()].eq_ignore_ascii_case(p)));
    // words
    let (mut words, mut fillers, mut secretive, mut kept) = (0usize, 0usize, 0usize, 0usize);
    let mut union = 0;
    let (mut letters, mut filler_letters) = (0usize, 0usize);
    split(v, |r, hash, class| {
        words += 1;
        let len = r.len();
        letters += len;
        if class & lex::FILLER != 0 {
            fillers += 1;
            filler_letters += len;
        }
        secretive += usize::from(class & lex::SECRETIVE != 0);
        union |= class;
        if kept < 6 {
            h.value[kept] = hash;
            kept += 1;
        }
    });
    h.value_whole = lex::hash(v);
    let class = classes_of(h.value_whole);
    f[V_WORDS] = sat(words);
    f[V_FILLER] = share(filler_letters, letters) / 2 + 100 * u8::from(words > 0 && fillers == words);
    f[V_SECRETWORD] = sat(secretive);
    f[V_ONLY_SECRET] = u8::from(words > 0 && secretive == words) + u8::from(class & lex::SECRETIVE != 0);
    f[V_WEAK] = u8::from(class & lex::WEAK != 0) + 2 * u8::from(union & lex::WEAK != 0);
    f[V_TYPE] = u8::from(class & lex::TYPE != 0) + 2 * u8::from(class & lex::NULL != 0);
    f[V_ENVIRON] = u8::from(union & lex::ENVIRON != 0 && (dots > 0 || v.contains(&b'[') || v.contains(&b'(')));
    f[V_SENTENCE] = u8::from(spaces >= 1 && words > spaces) + u8::from(spaces >= 2 && words > spaces && v.iter().filter(|b| b.is_ascii_lowercase()).count() * 2 > n) + u8::from(spaces >= 4);
    f[V_CODEY] = sat(count(|b| matches!(b, b'(' | b')' | b'[' | b']' | b'{' | b'}' | b';' | b'>' | b'<')));
    f[V_REGEX] = u8::from(has2(b"\\w") || has2(b"\\d") || has2(b"\\s") || has2(b"[^") || has2(b".*") || has2(b".+") || has2(b"[a-") || has2(b"[A-") || has2(b"(?") || has2(b"]+") || has2(b"]*"));
    f[V_SUFFIXED] = v.iter().rev().take_while(|b| b.is_ascii_digit()).count().min(9) as u8;
    // against the key
    let key = &w[s.key.clone()];
    let tail = key.rsplit(|b| matches!(b, b'.' | b'-')).next().unwrap_or(key);
    let same = |a: &[u8], b: &[u8]| a.iter().filter(|x| x.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase).eq(b.iter().filter(|x| x.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase));
    f[V_IS_KEY] = u8::from(same(key, v) || same(tail, v));
    f[V_HAS_KEY] = u8::from(tail.len() >= 4 && n > tail.len() && contains_ci(v, tail)) + 2 * u8::from(secretive > 0 && union & keys & lex::SECRETIVE != 0);
    f[V_KEY_HAS] = u8::from(n >= 3 && key.len() > n && contains_ci(key, v));
    f[V_IS_USER] = u8::from(s.form == Form::Url && key.eq_ignore_ascii_case(v));
    f[V_B64_TEXT] = if b64 && n >= 8 && (n % 4 == 0 || f[F_HEADER] == 1) { base64_text(v) } else { 0 };
    f[V_TRUNCATED] = u8::from(n >= super::read::VALUE - 2);
}

fn ident_tail(v: &[u8]) -> bool {
    v.iter().all(|b| is_ident(*b) || matches!(b, b'[' | b']' | b'-' | b'>' | b'.' | b'"' | b'\''))
}

/// 1: decodes to printable text; 2: to `user:password`; 3: to nothing but everyday filler; 0 else.
fn base64_text(v: &[u8]) -> u8 {
    let mut text = [0u8; 48];
    let (mut acc, mut bits, mut n) = (0u32, 0, 0usize);
    for b in v {
        let x = match b {
            b'A'..=b'Z' => b - b'A',
            b'a'..=b'z' => b - b'a' + 26,
            b'0'..=b'9' => b - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => break,
        };
        acc = acc << 6 | u32::from(x);
        bits += 6;
        if bits >= 8 && n < text.len() {
            bits -= 8;
            text[n] = (acc >> bits) as u8;
            if !matches!(text[n], 0x20..0x7f | b'\n') {
                return 0;
            }
            n += 1;
        }
    }
    let text = &text[..n];
    let (mut words, mut letters, mut plain) = (0, 0, 0);
    split(text, |r, _, class| {
        words += 1;
        letters += r.len();
        plain += if class & (lex::FILLER | lex::WEAK) != 0 { r.len() } else { 0 };
    });
    match () {
        () if n < 5 => 0,
        () if words > 0 && letters * 3 >= n * 2 && plain == letters => 3,
        () => 1 + u8::from(text.contains(&b':')),
    }
}

fn surroundings(w: &[u8], s: &Spot, f: &mut [u8; COUNT]) {
    let key_at = s.key.start.min(s.value.start);
    let from = line_start(w, key_at);
    let to = line_end(w, s.end.max(s.value.end));
    let line = &w[from..to];
    let lead = &w[from..key_at];
    f[C_NEXT] = match w.get(s.end) {
        None | Some(b'\n' | b'\r') => 0,
        Some(b',') => 1,
        Some(b';') => 2,
        Some(b')') => 3,
        Some(b' ' | b'\t') => 4,
        Some(b'(') => 5,
        Some(b'.') => 6,
        Some(b'[') => 7,
        Some(b'&') => 8,
        Some(b'"' | b'\'' | b'`') => 9,
        Some(b'}' | b']') => 10,
        Some(b'\\') => 11,
        Some(b'<' | b'>') => 12,
        Some(b'@') => 13,
        _ => 14,
    };
    let rest = &w[s.end.min(to)..to];
    f[C_REST] = sat(rest.split(|b| *b == b' ').filter(|x| x.len() > 1).count());
    let trimmed = lead.iter().position(|b| !matches!(b, b' ' | b'\t')).map_or(&lead[lead.len()..], |i| &lead[i..]);
    let c = |p: &[u8]| trimmed.starts_with(p);
    let directive = [&b"#define"[..], b"#if", b"#el", b"#include", b"#pragma", b"#undef"].iter().any(|d| c(d));
    f[C_COMMENT] = if c(b"//") || c(b"/*") || c(b"* ") || c(b"<!--") {
        2
    } else if c(b"#") && !directive || c(b";") || c(b"-- ") {
        1
    } else if lead.windows(3).any(|x| x == b"// " || x == b" # ") {
        3
    } else {
        0
    };
    f[C_INDENT] = sat(lead.len() - trimmed.len());
    f[C_LINE_LEN] = sat(line.len() / 4);
    f[C_LONGLINE] = u8::from(line.len() > 400) + u8::from(line.len() > 700);
    f[C_QUOTES] = sat(line.iter().filter(|b| matches!(b, b'"' | b'\'')).count());
    // the line's words, without the value's own
    let mut line_class = 0;
    let before = &w[from..s.value.start.max(from)];
    for part in [&before[before.len().saturating_sub(120)..], &rest[..rest.len().min(80)]] {
        split(part, |_, _, class| line_class |= class);
    }
    let mut lead_class = 0;
    split(&lead[..lead.len().min(60)], |_, _, class| lead_class |= class);
    f[C_DECLARE] = u8::from(lead_class & lex::DECLARE != 0);
    f[C_COMPARE] = u8::from(line_class & lex::COMPARE != 0);
    f[C_WRONG] = u8::from(line_class & lex::WRONG != 0);
    f[C_EXAMPLE] = u8::from(line_class & lex::EXAMPLE != 0);
    f[C_USER] = u8::from(line_class & lex::USER != 0);
    f[C_CLIENT] = u8::from(line_class & lex::CLIENT != 0);
    f[C_PUBLIC] = u8::from(line_class & lex::PUBLIC != 0);
    f[C_HASHY] = u8::from(line_class & lex::HASH != 0);
    f[C_TEXTY] = u8::from(trimmed.first().is_some_and(u8::is_ascii_alphabetic) && trimmed.iter().filter(|b| **b == b' ').count() >= 3 && !trimmed.contains(&b'='));
    // the lines above and below
    let above = if from > 0 { &w[line_start(w, from - 1)..from - 1] } else { &w[..0] };
    let below = if to + 1 < w.len() { &w[to + 1..line_end(w, to + 1)] } else { &w[..0] };
    let mut near = 0;
    for l in [above, below] {
        split(&l[..l.len().min(90)], |_, _, class| near |= class);
    }
    f[C_USER_NEAR] = u8::from(near & lex::USER != 0);
    f[C_SECRET_NEAR] = u8::from(near & (lex::PASS | lex::SECRET | lex::TOKEN | lex::CRED) != 0);
    f[C_HOST_NEAR] = u8::from(near & lex::OWNER != 0);
    f[C_SAME_ABOVE] = alike(line, above);
    f[C_SAME_BELOW] = alike(line, below);
    f[C_LOCAL] = u8::from(contains_ci(line, b"localhost") || contains_ci(line, b"127.0.0.1"));
}

/// How alike two lines are built: indentation, first bytes, punctuation.
fn alike(a: &[u8], b: &[u8]) -> u8 {
    if b.is_empty() {
        return 0;
    }
    let indent = |l: &[u8]| l.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    let marks = |l: &[u8]| l.iter().take(120).filter(|b| matches!(b, b'=' | b':' | b'"' | b'\'' | b'(' | b',')).fold(0u32, |h, b| lex::step(h, *b));
    let head = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    1 + u8::from(indent(a) == indent(b)) + 2 * u8::from(marks(a) == marks(b)) + 4 * u8::from(head > indent(a) + 4)
}
