//! What a value looks like: its letters, its shape, its words, and what it shares with its key.
//!
//! Knows no path and no verdict.

use super::features::*;
use super::find::{Form, Spot};
use super::lexicon::{self as lex, classes_of, split};
use super::read::{VALUE, base64, is_ident};
use super::tables::Tables;

pub fn value_classes(tables: &Tables, v: &[u8], f: &mut [u8; COUNT]) {
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
    b"example",
    b"your",
    b"xxx",
    b"changeme",
    b"change_me",
    b"change-me",
    b"placeholder",
    b"dummy",
    b"sample",
    b"redacted",
    b"replace",
    b"todo",
    b"insert",
    b"fixme",
    b"removed",
    b"hidden",
    b"masked",
    b"_here",
    b"-here",
    b"my_",
    b"my-",
    b"some_",
    b"some-",
    b"foobar",
    b"fake",
    b"filtered",
    b"the_",
    b"the-",
];

const VENDORS: &[&[u8]] = &[
    b"akia",
    b"asia",
    b"aiza",
    b"ghp_",
    b"gho_",
    b"ghs_",
    b"ghu_",
    b"github_pat_",
    b"glpat-",
    b"xoxb-",
    b"xoxp-",
    b"xoxa-",
    b"xoxe",
    b"sk_live_",
    b"sk_test_",
    b"pk_live_",
    b"pk_test_",
    b"sk-",
    b"rk_live_",
    b"eyj",
    b"ya29.",
    b"sg.",
    b"npm_",
    b"pypi-",
    b"shpat_",
    b"dop_v1_",
    b"hf_",
    b"key-",
    b"glc_",
    b"glsa_",
];

/// How names of files end.
const ENDINGS: &[&[u8]] = &[
    b".cfg", b".conf", b".crt", b".csv", b".env", b".go", b".html", b".ini", b".java", b".jks", b".jpg",
    b".js", b".json", b".key", b".log", b".md", b".p12", b".pem", b".pfx", b".php", b".png", b".pub", b".py",
    b".rb", b".rs", b".sh", b".so", b".sql", b".svg", b".toml", b".ts", b".txt", b".xml", b".yaml", b".yml",
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
    let mark = |i: usize| {
        PLACEHOLDERS.iter().any(|p| v[i..].len() >= p.len() && v[i..i + p.len()].eq_ignore_ascii_case(p))
    };
    v.windows(2).enumerate().filter(|(i, x)| opens(x) && mark(*i)).count()
}

pub fn contains_ci(v: &[u8], word: &[u8]) -> bool {
    let first = word[0];
    v.len() >= word.len()
        && (0..=v.len() - word.len())
            .any(|i| v[i] | 0x20 == first | 0x20 && v[i..i + word.len()].eq_ignore_ascii_case(word))
}

pub fn value_shapes(
    w: &[u8],
    s: &Spot,
    whole: &[u8],
    v: &[u8],
    keys: lex::Class,
    f: &mut [u8; COUNT],
    h: &mut Hashes,
) {
    let n = whole.len();
    let count = |p: fn(&u8) -> bool| v.iter().filter(|b| p(b)).count();
    let all = |p: fn(&u8) -> bool| n > 0 && v.iter().all(p);
    let hex = all(|b| b.is_ascii_hexdigit() || *b == b':' || *b == b'-')
        && count(u8::is_ascii_hexdigit) * 10 >= v.len() * 6;
    f[V_HEX] = u8::from(hex);
    f[V_HEX_LEN] = u8::from(hex && matches!(n, 32 | 40 | 56 | 64 | 96 | 128));
    let b64 = all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'-' | b'_'));
    f[V_BASE64] = u8::from(b64)
        + u8::from(b64 && n.is_multiple_of(4) && v.iter().any(|b| matches!(b, b'+' | b'/' | b'=')));
    f[V_PADDED] = u8::from(b64 && whole.ends_with(b"="));
    let uuid = n == 36 && [8, 13, 18, 23].iter().all(|i| v[*i] == b'-') && count(u8::is_ascii_hexdigit) == 32;
    // 2: a random one
    f[V_UUID] =
        u8::from(uuid) + u8::from(uuid && v[14] == b'4' && matches!(v[19] | 0x20, b'8' | b'9' | b'a' | b'b'));
    f[V_NUMBER] =
        u8::from(all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b'-' | b'_' | b' ' | b'x')));
    f[V_DATED] = u8::from(
        n >= 8
            && count(u8::is_ascii_digit) >= 3
            && all(|b| b.is_ascii_digit() || b"-:.TZ/+ v".contains(b))
            && count(|b| b"-:./".contains(b)) >= 2,
    );
    let slashes = count(|b| matches!(b, b'/' | b'\\'));
    f[V_PATHLIKE] = sat(slashes)
        + 20 * u8::from(
            v.starts_with(b"/")
                || v.starts_with(b"./")
                || v.starts_with(b"~/")
                || v.starts_with(b"../")
                || v.get(1..3) == Some(b":\\"),
        )
        + 40 * u8::from(v.windows(3).any(|x| x == b"://"));
    let dots = count(|b| *b == b'.');
    f[V_HOST] = u8::from(
        dots >= 1
            && all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'/'))
            && v.rsplit(|b| *b == b'.')
                .next()
                .is_some_and(|t| t.len() >= 2 && t[..2].iter().all(u8::is_ascii_alphabetic)),
    );
    f[V_FILE] = u8::from(ENDINGS.iter().any(|e| n > e.len() + 1 && v.ends_with(e)));
    f[V_EMAIL] = u8::from(v.iter().position(|b| *b == b'@').is_some_and(|i| i > 0 && v[i..].contains(&b'.')));
    let ident = n > 0 && !v[0].is_ascii_digit() && all(|b| b.is_ascii_alphanumeric() || *b == b'_');
    f[V_IDENT] = u8::from(ident);
    f[V_SCREAM] = u8::from(ident && !v.iter().any(u8::is_ascii_lowercase))
        + u8::from(ident && v.contains(&b'_') && !v.iter().any(u8::is_ascii_lowercase));
    f[V_DOTTED] = u8::from(
        dots >= 1
            && all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_'))
            && v[0].is_ascii_alphabetic(),
    );
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
    f[V_TEMPLATE] = u8::from(
        has2(b"${")
            || has2(b"{{")
            || has2(b"<%")
            || has2(b"#{")
            || has2(b"$(")
            || has2(b"%(")
            || v.first() == Some(&b'<') && v.last() == Some(&b'>'),
    ) + 2 * u8::from(v.contains(&b'{') && v.contains(&b'}'))
        + 4 * u8::from(
            v.first() == Some(&b'$')
                && v.get(1).is_some_and(|b| b.is_ascii_alphabetic())
                && ident_tail(&v[1..]),
        );
    f[V_PRINTF] = u8::from(
        v.windows(2).any(|x| x[0] == b'%' && matches!(x[1], b's' | b'd' | b'v' | b'q' | b'x' | b'@')),
    ) + 2 * u8::from(
        v.windows(2).filter(|x| x[0] == b'%' && (b'g'..=b'z').contains(&(x[1] | 0x20))).count() >= 3,
    );
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
    f[V_MASK] = sat(count(|b| matches!(b, b'*' | b'.' | b'?')) * 100 / n.max(1))
        + 100 * u8::from(has2(b"***") || has2(b"..."));
    f[V_PERIOD] = period(v);
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
    f[V_ENVIRON] =
        u8::from(union & lex::ENVIRON != 0 && (dots > 0 || v.contains(&b'[') || v.contains(&b'(')));
    f[V_SENTENCE] = u8::from(spaces >= 1 && words > spaces)
        + u8::from(
            spaces >= 2 && words > spaces && v.iter().filter(|b| b.is_ascii_lowercase()).count() * 2 > n,
        )
        + u8::from(spaces >= 4);
    f[V_CODEY] = sat(count(|b| matches!(b, b'(' | b')' | b'[' | b']' | b'{' | b'}' | b';' | b'>' | b'<')));
    f[V_REGEX] = u8::from(
        has2(b"\\w")
            || has2(b"\\d")
            || has2(b"\\s")
            || has2(b"[^")
            || has2(b".*")
            || has2(b".+")
            || has2(b"[a-")
            || has2(b"[A-")
            || has2(b"(?")
            || has2(b"]+")
            || has2(b"]*"),
    );
    f[V_SUFFIXED] = v.iter().rev().take_while(|b| b.is_ascii_digit()).count().min(9) as u8;
    // against the key
    let key = &w[s.key.clone()];
    let tail = key.rsplit(|b| matches!(b, b'.' | b'-')).next().unwrap_or(key);
    let same = |a: &[u8], b: &[u8]| {
        a.iter()
            .filter(|x| x.is_ascii_alphanumeric())
            .map(u8::to_ascii_lowercase)
            .eq(b.iter().filter(|x| x.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase))
    };
    f[V_IS_KEY] = u8::from(same(key, v) || same(tail, v));
    f[V_HAS_KEY] = u8::from(tail.len() >= 4 && n > tail.len() && contains_ci(v, tail))
        + 2 * u8::from(secretive > 0 && union & keys & lex::SECRETIVE != 0);
    f[V_KEY_HAS] = u8::from(n >= 3 && key.len() > n && contains_ci(key, v));
    f[V_IS_USER] = u8::from(s.form == Form::Url && key.eq_ignore_ascii_case(v));
    f[V_B64_TEXT] =
        if b64 && n >= 8 && (n.is_multiple_of(4) || f[F_HEADER] == 1) { base64_text(v) } else { 0 };
    f[V_TRUNCATED] = u8::from(n >= VALUE - 2);
}

/// How often a value repeats its own beginning to its end (`deadbeefdeadbeef`: 2); 0 if it does not.
fn period(v: &[u8]) -> u8 {
    let most = v.len() / 2;
    (1..=most.min(20)).find(|n| v[*n..] == v[..v.len() - n]).map_or(0, |n| sat(v.len() / n))
}

fn ident_tail(v: &[u8]) -> bool {
    v.iter().all(|b| is_ident(*b) || matches!(b, b'[' | b']' | b'-' | b'>' | b'.' | b'"' | b'\''))
}

/// 1: decodes to printable text; 2: to `user:password`; 3: to nothing but everyday filler; 0 else.
fn base64_text(v: &[u8]) -> u8 {
    let mut text = [0u8; 48];
    let mut len = 0;
    for (place, byte) in text.iter_mut().zip(base64(v)) {
        if !matches!(byte, 0x20..0x7f | b'\n') {
            return 0;
        }
        *place = byte;
        len += 1;
    }
    let text = &text[..len];
    let (mut words, mut letters, mut plain) = (0, 0, 0);
    split(text, |r, _, class| {
        words += 1;
        letters += r.len();
        plain += if class & (lex::FILLER | lex::WEAK) != 0 { r.len() } else { 0 };
    });
    match () {
        () if len < 5 => 0,
        () if words > 0 && letters * 3 >= len * 2 && plain == letters => 3,
        () => 1 + u8::from(text.contains(&b':')),
    }
}
