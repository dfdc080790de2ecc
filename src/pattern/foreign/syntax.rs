//! From the regex of another tool (Go's RE2 syntax) to one that the engine runs: read with Go's meaning,
//! cut to a bounded length, its secret group named, and with the words that stand in every match.
//!
//! Knows nothing of files and rules. What cannot be kept is an error; what is changed is told.

use regex_syntax::hir::{Capture, Class, Hir, HirKind, Repetition};

use crate::pattern::{
    rebuilt::rebuilt,
    rule::{WHOLE, secret_group},
    schema::{LONGEST_REACH, SHORTEST_KEYWORD},
};

/// A regex made fit for the engine.
#[derive(Debug)]
pub struct Fitted {
    pub regex: String,
    /// One of these stands in every match, in any case; none are known if empty.
    pub words: Vec<String>,
    /// Where repetitions without an end were given one.
    pub cut: Option<u32>,
}

/// Ends that are tried for repetitions without one, the longest first.
const ENDS: [u32; 6] = [1000, 500, 250, 100, 50, 20];

/// More words than this stand for no rule.
const MOST_WORDS: usize = 64;

/// Fits a Go regex. `group` is the number of the group that holds the secret: 0 means the first group that holds
/// anything. Where none does, the whole match is the secret, if it may be: `or_whole`.
pub fn fit(regex: &str, group: u32, or_whole: bool) -> Result<Fitted, String> {
    let hir = parse(&translated(regex))?;
    let groups = groups(&hir);
    if group > groups {
        return Err(format!("its secret group is {group}, but the regex has {groups}"));
    }
    if hir.properties().minimum_len() == Some(0) {
        return Err("its regex matches the empty string".to_owned());
    }
    let mut wanted: Vec<u32> = if group == 0 { (1..=groups).collect() } else { vec![group] };
    let sure = wanted.iter().position(|&group| always_holds(&hir, group));
    wanted.truncate(sure.map_or(wanted.len(), |sure| sure + 1));
    let mut fitted = named(&hir, &wanted);
    if sure.is_none() && or_whole {
        // Its line feeds are not the secret's.
        let whole = Capture { index: 1, name: Some(WHOLE.into()), sub: Box::new(fitted) };
        fitted = capture(Hir::capture(whole), wanted.len());
    }
    let words = words(&fitted).unwrap_or_default();
    let (bounded, cut) = bounded(&fitted)?;
    Ok(Fitted { regex: bounded.to_string(), words, cut })
}

/// The words of which one stands in every path that the Go regex finds; where it ends in a file's name, they are
/// of that name.
pub fn words_of_path(regex: &str) -> Option<Vec<String>> {
    let hir = parse(&translated(regex)).ok()?;
    let parts: Vec<Hir> = flat(std::slice::from_ref(&hir)).into_iter().cloned().collect();
    let mut name: Vec<Hir> = Vec::new();
    for part in &parts {
        match part.kind() {
            HirKind::Literal(literal) if literal.0.contains(&b'/') => {
                let after = literal.0.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
                name = vec![Hir::literal(after)];
            }
            _ => name.push(part.clone()),
        }
    }
    words(&Hir::concat(name)).or_else(|| words(&Hir::concat(parts)))
}

/// Whether something stands in that group in every match.
fn always_holds(hir: &Hir, group: u32) -> bool {
    match hir.kind() {
        HirKind::Capture(one) if one.index == group => hir.properties().minimum_len() > Some(0),
        HirKind::Capture(other) => always_holds(&other.sub, group),
        HirKind::Repetition(all) => all.min > 0 && always_holds(&all.sub, group),
        HirKind::Concat(subs) => subs.iter().any(|sub| always_holds(sub, group)),
        _ => false,
    }
}

/// Parses as the engine does: bytes, no Unicode tables.
fn parse(regex: &str) -> Result<Hir, String> {
    let mut parser = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build();
    parser.parse(regex).map_err(|error| match error {
        regex_syntax::Error::Parse(error) => format!("its regex: {}", error.kind()),
        regex_syntax::Error::Translate(error) => format!("its regex: {}", error.kind()),
        _ => "its regex cannot be read".to_owned(),
    })
}

/// A regex as written for Go, for a parser of Rust's syntax: the two differ in a few escapes and signs.
pub fn translated(regex: &str) -> String {
    let mut out = String::with_capacity(regex.len() + 8);
    let mut rest = regex;
    let mut in_class = false;
    while let Some(first) = rest.chars().next() {
        if let Some(quoted) = rest.strip_prefix(r"\Q") {
            let (text, after) = quoted.split_once(r"\E").unwrap_or((quoted, ""));
            out.push_str(&regex_syntax::escape(text));
            rest = after;
            continue;
        }
        let mut taken = first.len_utf8();
        match first {
            '\\' => {
                let escaped = rest[1..].chars().next();
                taken += escaped.map_or(0, char::len_utf8);
                match escaped {
                    // Words begin and end so in Rust; in Go these are plain signs.
                    Some(sign @ ('<' | '>')) => out.push(sign),
                    // Go's \s has no vertical tab.
                    Some('s') if in_class => out.push_str(r"\t\n\f\r "),
                    Some('s') => out.push_str(r"[\t\n\f\r ]"),
                    Some('S') => out.push_str(r"[^\t\n\f\r ]"),
                    _ => out.push_str(&rest[..taken]),
                }
            }
            '[' if !in_class => {
                in_class = true;
                // A bracket that closes at once is a sign.
                let open = if rest.starts_with("[^") { "[^" } else { "[" };
                out.push_str(open);
                taken = open.len();
                if rest[taken..].starts_with(']') {
                    out.push_str(r"\]");
                    taken += 1;
                }
            }
            '[' if rest.starts_with("[:") => out.push('['),
            '[' => out.push_str(r"\["),
            // `[:alpha:]` closes itself and not the class.
            ']' if in_class && out.ends_with(':') && out.rfind("[:").is_some_and(|at| at + 2 < out.len()) => {
                out.push(']');
            }
            ']' if in_class => {
                in_class = false;
                out.push(']');
            }
            // Rust's set operations: plain signs to Go.
            '&' | '~' if in_class => {
                out.push('\\');
                out.push(first);
            }
            '-' if in_class && rest.starts_with("--") => {
                out.push_str(r"\-");
            }
            '{' if !in_class && !is_count(rest) => out.push_str(r"\{"),
            _ => out.push(first),
        }
        rest = &rest[taken..];
    }
    out
}

/// Whether a brace opens `{n}`, `{n,}` or `{n,m}`.
fn is_count(text: &str) -> bool {
    let Some((inside, _)) = text[1..].split_once('}') else { return false };
    let (least, most) = inside.split_once(',').unwrap_or((inside, ""));
    !least.is_empty() && [least, most].iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
}

fn groups(hir: &Hir) -> u32 {
    u32::try_from(hir.properties().explicit_captures_len()).unwrap_or(u32::MAX)
}

/// A group that may hold the secret; the lower its rank, the sooner it is looked at.
fn capture(sub: Hir, rank: usize) -> Hir {
    Hir::capture(Capture { index: 1, name: Some(secret_group(rank).into()), sub: Box::new(sub) })
}

/// The same with the groups of these numbers named, and no other group.
fn named(hir: &Hir, wanted: &[u32]) -> Hir {
    rebuilt(hir, &mut |kind| match kind {
        HirKind::Capture(group) => Some(match wanted.iter().position(|&one| one == group.index) {
            Some(rank) => capture(named(&group.sub, wanted), rank),
            None => named(&group.sub, wanted),
        }),
        _ => None,
    })
}

/// The same with an end to every repetition, so that no match is longer than what is looked at; and that end
/// where there was none.
fn bounded(hir: &Hir) -> Result<(Hir, Option<u32>), String> {
    let fits = |hir: &Hir| hir.properties().maximum_len().is_some_and(|longest| longest <= LONGEST_REACH);
    if fits(hir) {
        return Ok((hir.clone(), None));
    }
    for end in ENDS {
        let cut = cut(hir, end);
        if fits(&cut) {
            return Ok((cut, Some(end)));
        }
    }
    Err(format!("a match may be longer than {LONGEST_REACH} bytes"))
}

fn cut(hir: &Hir, end: u32) -> Hir {
    rebuilt(hir, &mut |kind| match kind {
        HirKind::Repetition(all) if all.max.is_none() => {
            let sub = Box::new(cut(&all.sub, end));
            Some(Hir::repetition(Repetition { max: Some(all.min.max(end)), sub, ..all.clone() }))
        }
        _ => None,
    })
}

/// Words of which one stands in every match, in lower case; the rarest such set, as far as length tells.
fn words(hir: &Hir) -> Option<Vec<String>> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) | HirKind::Class(_) => None,
        HirKind::Capture(group) => words(&group.sub),
        HirKind::Repetition(all) if all.min > 0 => words(&all.sub),
        HirKind::Repetition(_) => None,
        HirKind::Alternation(subs) => {
            let mut all = Vec::new();
            for sub in subs {
                all.extend(words(sub)?);
            }
            all.sort();
            all.dedup();
            (all.len() <= MOST_WORDS).then_some(all)
        }
        HirKind::Literal(_) => longest_run(std::slice::from_ref(hir)),
        HirKind::Concat(subs) => {
            let parts = subs.iter().filter_map(words);
            parts.chain(longest_run(subs)).max_by_key(|set| rarity(set))
        }
    }
}

/// The longer its shortest word, the rarer; then the fewer.
fn rarity(words: &[String]) -> (usize, std::cmp::Reverse<usize>) {
    (words.iter().map(String::len).min().unwrap_or(0), std::cmp::Reverse(words.len()))
}

/// What can be spelt out of parts that follow each other: the best run of letters and small classes.
fn longest_run(parts: &[Hir]) -> Option<Vec<String>> {
    let mut best: Option<Vec<String>> = None;
    let mut run = vec![String::new()];
    let mut keep = |run: &mut Vec<String>| {
        let mut words = std::mem::replace(run, vec![String::new()]);
        words.sort();
        words.dedup();
        let enough = words.iter().all(|word| word.len() >= SHORTEST_KEYWORD);
        if enough && best.as_ref().is_none_or(|best| rarity(&words) > rarity(best)) {
            best = Some(words);
        }
    };
    for part in flat(parts) {
        let choices = choices(part);
        if choices.is_empty() || choices.len() * run.len() > MOST_WORDS {
            keep(&mut run);
        }
        if !choices.is_empty() {
            run = followed(&run, &choices);
        }
    }
    keep(&mut run);
    best
}

/// Groups opened, so that letters on both sides of a bracket are one run.
fn flat(parts: &[Hir]) -> Vec<&Hir> {
    parts
        .iter()
        .flat_map(|part| match part.kind() {
            HirKind::Capture(group) => flat(std::slice::from_ref(&group.sub)),
            HirKind::Concat(subs) => flat(subs),
            _ => vec![part],
        })
        .collect()
}

/// Each of the words with each of the next behind it.
fn followed(words: &[String], next: &[String]) -> Vec<String> {
    words.iter().flat_map(|word| next.iter().map(move |next| word.clone() + next)).collect()
}

/// What one part spells, in lower case; empty if too much.
fn choices(part: &Hir) -> Vec<String> {
    match part.kind() {
        HirKind::Literal(literal) => match std::str::from_utf8(&literal.0) {
            Ok(text) if text.is_ascii() => vec![text.to_ascii_lowercase()],
            _ => Vec::new(),
        },
        HirKind::Class(Class::Bytes(class)) => {
            let bytes = class.ranges().iter().flat_map(|range| range.start()..=range.end());
            let mut all: Vec<String> =
                bytes.map(|byte| char::from(byte.to_ascii_lowercase()).to_string()).collect();
            all.sort();
            all.dedup();
            if all.len() <= 16 && all.iter().all(|text| text.is_ascii()) { all } else { Vec::new() }
        }
        HirKind::Alternation(subs) => {
            let all: Vec<_> = subs.iter().map(choices).collect();
            if all.iter().any(Vec::is_empty) { Vec::new() } else { all.concat() }
        }
        HirKind::Capture(group) => choices(&group.sub),
        HirKind::Concat(subs) => {
            let spelt = subs.iter().try_fold(vec![String::new()], |words, sub| {
                let next = choices(sub);
                let few = !next.is_empty() && words.len() * next.len() <= MOST_WORDS;
                few.then(|| followed(&words, &next))
            });
            spelt.unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use regex::bytes::Regex;

    use super::*;

    fn fitted(regex: &str, group: u32) -> Fitted {
        fit(regex, group, true).unwrap_or_else(|why| panic!("{regex}: {why}"))
    }

    fn secret(regex: &str, group: u32, text: &str) -> Option<String> {
        let regex = Regex::new(&format!("(?-u){}", fitted(regex, group).regex)).expect("it compiles");
        let found = regex.captures(text.as_bytes())?;
        let groups = (0..4).map(secret_group).filter_map(|name| found.name(&name));
        let held = groups.into_iter().find(|group| !group.is_empty())?;
        Some(String::from_utf8_lossy(held.as_bytes()).into_owned())
    }

    #[test]
    fn words_are_read_off_a_path_whatever_its_case() {
        let words = |regex| words_of_path(regex).unwrap_or_default();
        assert_eq!(words(r"(?i)(?:^|\/)[^\/]+\.p(?:12|fx)$"), [".p12", ".pfx"]);
        assert_eq!(
            words(r"(?i)(?:^|/)conf/(key|(?:pass|cred)s)\.ini$"),
            ["creds.ini", "key.ini", "passs.ini"]
        );
        assert_eq!(words(r"[^/]+$"), [""; 0]);
    }

    #[test]
    fn the_secret_is_the_named_group_or_the_first_or_all() {
        let regex = r#"(?i)(acme|zenith)_key\s*=\s*"([a-z0-9]{4,})""#;
        let text = r#"ACME_KEY = "ab12cd""#;
        assert_eq!(secret(regex, 2, text).as_deref(), Some("ab12cd"));
        assert_eq!(secret(regex, 0, text).as_deref(), Some("ACME"));
        assert_eq!(secret("acme-[0-9]+", 0, "x acme-123").as_deref(), Some("acme-123"));
        assert!(fit(regex, 3, true).expect_err("there is no third").contains("secret group"));
    }

    #[test]
    fn it_is_the_first_group_that_holds_anything_or_else_the_whole_match() {
        let either = "acme-(?:a([0-9]{3})|b([a-z]{3}))?;";
        for (text, wanted) in [("acme-a123;", "123"), ("acme-bxyz;", "xyz"), ("acme-;", "acme-;")] {
            assert_eq!(secret(either, 0, text).as_deref(), Some(wanted));
        }
        assert_eq!(secret("acme(x*)(y*)z", 0, "acmeyz").as_deref(), Some("y"));
        assert_eq!(secret("acme(-([a-z]+))?", 0, "acme-xy").as_deref(), Some("-xy"));
        assert_eq!(secret("acme(-([a-z]+))?", 2, "acme-xy").as_deref(), Some("xy"));
        assert_eq!(secret("acme(-([a-z]+))?", 2, "acme").as_deref(), Some("acme"));
        assert_eq!(fitted("acme(x)(y)?", 0).regex.matches("secret").count(), 1, "no more than may be needed");
    }

    #[test]
    fn the_words_of_a_path_are_those_of_the_files_name_if_it_has_any() {
        for (regex, words) in
            [(r"\.pem$", ".pem"), (r"(?:^|/)deploy/id_rsa$", "id_rsa"), (r"^secrets/[a-z]$", "secrets/")]
        {
            assert_eq!(words_of_path(regex).expect("there are some"), [words], "{regex}");
        }
        assert_eq!(words_of_path("^[a-z]$"), None);
    }

    #[test]
    fn repetitions_without_an_end_get_one_and_it_is_told() {
        let fitted = fitted("acme_[a-z]+[0-9]*", 0);
        assert_eq!(fitted.cut, Some(1000));
        assert!(parse(&fitted.regex).expect("valid").properties().maximum_len().is_some());
        assert_eq!(super::fit("acme_[a-z]{4}", 0, true).expect("valid").cut, None);
        assert!(fit("acme(?:[a-z]{1000}){30}", 0, true).expect_err("too long").contains("longer"));
    }

    #[test]
    fn the_words_stand_in_every_match() {
        assert_eq!(fitted("gh[pou]_[a-z]{9}", 0).words, ["gho_", "ghp_", "ghu_"]);
        assert_eq!(fitted("(?i)(?:acme|zenith)[a-z]?=[0-9]{9}", 0).words, ["acme", "zenith"]);
        assert_eq!(fitted("[a-z]{3}(?:one-)?-----BEGIN", 0).words, ["-----begin"]);
        assert_eq!(fitted("(?i)ab(c)d[0-9]{4}", 0).words, ["abcd"]);
        for none in ["[a-z]{32}", "(?:acme)?[a-z]{9}", "acme|[0-9]{9}", "ab[0-9]{9}"] {
            assert!(fitted(none, 0).words.is_empty(), "{none}");
        }
    }

    #[test]
    fn what_go_reads_otherwise_is_translated() {
        for (go, rust) in [
            (r"\Qa.b\E+c", r"a\.b+c"),
            (r"\<key\>", "<key>"),
            (r"[[a]", r"[\[a]"),
            ("[[:alpha:]x]", "[[:alpha:]x]"),
            ("[]a]", r"[\]a]"),
            ("a{,3}{2}", r"a\{,3}{2}"),
            ("[a&&b]", r"[a\&\&b]"),
            (r"[\s]\s", r"[\t\n\f\r ][\t\n\f\r ]"),
        ] {
            assert_eq!(translated(go), rust);
            parse(rust).unwrap_or_else(|why| panic!("{rust}: {why}"));
        }
        assert!(fit(r"acme(?=x)", 0, true).expect_err("no such thing in either").contains("regex"));
    }
}
