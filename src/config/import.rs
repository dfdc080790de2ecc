//! Other tools' lists of what may stay, as their documentation describes them: read into wishes, which the
//! importer turns into entries. Touches no file.

use serde::Deserialize;
use toml::{Table, Value};

/// What an entry of such a list is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Every value at paths like this.
    Path(String),
    PathRegex(String),
    /// Every value like this, at paths like that if there is one.
    Value {
        regex: String,
        path: Option<String>,
    },
    /// What stands on this line of this file, in this commit if one is named; of several, what the rule found.
    Line {
        path: String,
        rule: String,
        line: u64,
        commit: Option<String>,
    },
    /// The value of this file with this SHA-1.
    Hash {
        path: String,
        sha1: String,
    },
    /// Whatever stands in this file today.
    File(String),
    /// This very value.
    Exactly(Vec<u8>),
    /// What cannot be carried over, and why.
    Lost(String),
}

/// The wishes of a file, by its name. `None` if no such tool is known.
pub fn wishes(name: &str, text: &str) -> Option<Result<Vec<Wish>, String>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    Some(match name.rsplit('/').next().unwrap_or(name) {
        ".gitleaksignore" | ".betterleaksignore" => Ok(ignored(text)),
        ".secretsignore" => Ok(secrets_ignored(text)),
        ".talismanrc" => Ok(talisman(text)),
        last if last.ends_with(".baseline") => baseline(text),
        last if last.ends_with(".toml") => pack(text),
        _ => return None,
    })
}

/// `commit:path:rule:line` or `path:rule:line`, one a line.
fn ignored(text: &str) -> Vec<Wish> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let wish = |entry: &str| {
        let (rest, line) = entry.rsplit_once(':')?;
        let (rest, rule) = rest.rsplit_once(':')?;
        let rule = rule.to_lowercase().replace(|sign: char| !sign.is_ascii_alphanumeric(), "-");
        let line = line.parse().ok()?;
        let is_id = |id: &str| id.len() == 40 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        Some(match rest.split_once(':').filter(|(id, _)| is_id(id)) {
            Some((id, path)) => {
                Wish::Line { path: path.to_owned(), rule, line, commit: Some(id.to_lowercase()) }
            }
            None => Wish::Line { path: rest.to_owned(), rule, line, commit: None },
        })
    };
    lines.map(|line| wish(line).unwrap_or_else(|| Wish::Lost(format!("{line}: not a fingerprint")))).collect()
}

/// Globs as `.gitignore` has them, then values after a line `[secrets]`.
fn secrets_ignored(text: &str) -> Vec<Wish> {
    let mut wishes = Vec::new();
    let mut values = false;
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        if line.trim() == "[secrets]" {
            values = true;
        } else if values {
            wishes.push(Wish::Exactly(line.as_bytes().to_vec()));
        } else if let Some(glob) = line.trim().strip_prefix('!') {
            wishes.push(Wish::Lost(format!("!{glob}: an exception to other lines")));
        } else if !line.starts_with('#') {
            wishes.extend(globs(line.trim()).map(Wish::Path));
        }
    }
    wishes
}

/// A line of `.gitignore` as globs from the root: for the file, and for all below a folder.
fn globs(line: &str) -> impl Iterator<Item = String> {
    let (line, folder) = line.strip_suffix('/').map_or((line, false), |line| (line, true));
    let anchored = line.contains('/');
    let line = line.strip_prefix('/').unwrap_or(line);
    let from_root = if anchored { line.to_owned() } else { format!("**/{line}") };
    let below = format!("{from_root}/**");
    [(!folder).then_some(from_root), Some(below)].into_iter().flatten()
}

#[derive(Deserialize)]
struct Baseline {
    results: std::collections::BTreeMap<String, Vec<Known>>,
}

#[derive(Deserialize)]
struct Known {
    hashed_secret: String,
}

/// JSON: by file, the SHA-1 of each value.
fn baseline(text: &str) -> Result<Vec<Wish>, String> {
    let baseline: Baseline =
        serde_json::from_str(text).map_err(|error| format!("not a baseline: {error}"))?;
    let known = baseline.results.into_iter().flat_map(|(path, known)| {
        known
            .into_iter()
            .map(move |known| Wish::Hash { path: path.clone(), sha1: known.hashed_secret.to_lowercase() })
    });
    Ok(known.collect())
}

/// The lines of YAML that its own schema knows.
fn talisman(text: &str) -> Vec<Wish> {
    let mut wishes = Vec::new();
    let mut section = String::new();
    let mut nested = false;
    for (number, line) in (1..).zip(text.lines()) {
        let plain = line.trim();
        if plain.is_empty() || plain.starts_with('#') || plain == "---" {
            continue;
        }
        let item = plain.strip_prefix("- ").map(str::trim);
        let (key, value) = item.unwrap_or(plain).split_once(':').unwrap_or((item.unwrap_or(plain), ""));
        if item.is_none() && !line.starts_with([' ', '\t']) {
            section = key.to_owned();
            nested = false;
            if !["fileignoreconfig", "allowed_patterns", "version"].contains(&key) {
                wishes.push(Wish::Lost(format!("{key}: has no counterpart")));
            }
            continue;
        }
        match (section.as_str(), key) {
            ("fileignoreconfig", "filename") => {
                nested = false;
                wishes.push(Wish::File(unquoted(value)));
            }
            ("fileignoreconfig", "allowed_patterns") => {
                nested = true;
                wishes.push(Wish::Lost("allowed_patterns of one file: has no counterpart".to_owned()));
            }
            ("allowed_patterns", _) if !nested => {
                let regex = unquoted(item.unwrap_or(plain));
                wishes.push(Wish::Value { regex, path: None });
            }
            // What files had when they were listed; and what was told above already.
            ("fileignoreconfig", "checksum") => nested = false,
            ("fileignoreconfig", _) if nested => {}
            ("fileignoreconfig" | "", _) => {
                wishes.push(Wish::Lost(format!("line {number}: {key}: has no counterpart")));
            }
            _ => {}
        }
    }
    wishes
}

fn unquoted(text: &str) -> String {
    let text = text.trim();
    let inner = ['"', '\''].iter().find_map(|&sign| text.strip_prefix(sign)?.strip_suffix(sign));
    inner.unwrap_or(text).to_owned()
}

/// The allowlists of a pack: those for all rules.
fn pack(text: &str) -> Result<Vec<Wish>, String> {
    let table: Table = text.parse().map_err(|error| format!("not TOML: {error}"))?;
    let mut wishes = Vec::new();
    for name in ["allowlist", "allowlists"] {
        let Some(list) = key(&table, name) else { continue };
        let all = if let Value::Array(all) = list { all } else { vec![list] };
        for (number, allow) in (1..).zip(all) {
            let wrong = |what: String| format!("{name} {number}: {what}");
            let Value::Table(allow) = allow else { return Err(wrong("not a table".to_owned())) };
            wishes.extend(allowed(&allow).map_err(wrong)?);
        }
    }
    if key(&table, "extend").is_some() {
        wishes.push(Wish::Lost("what it extends: import that file, too".to_owned()));
    }
    if key(&table, "rules").is_some() {
        wishes.push(Wish::Lost("its rules: they are used with --rules, and need no copy".to_owned()));
    }
    Ok(wishes)
}

/// The value of a key, whatever its case.
fn key(table: &Table, name: &str) -> Option<Value> {
    table.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone())
}

/// The wishes of one allowlist. What it asks for besides is never left out: that would allow more than was meant.
fn allowed(allow: &Table) -> Result<Vec<Wish>, String> {
    let texts = |name: &str| -> Result<Vec<String>, String> {
        let Some(list) = key(allow, name) else { return Ok(Vec::new()) };
        list.try_into().map_err(|_| format!("{name}: not a list of texts"))
    };
    let word = |name: &str| {
        key(allow, name).map_or(Some(String::new()), |value| value.as_str().map(str::to_lowercase))
    };
    let lost = |what: &str| Wish::Lost(format!("{what}: honoured with --rules"));
    let (mut regexes, paths, commits) = (texts("regexes")?, texts("paths")?, texts("commits")?);
    let words: Vec<String> =
        texts("stopwords")?.iter().map(|word| format!("(?i){}", regex_syntax::escape(word))).collect();
    if !texts("targetRules")?.is_empty() {
        return Ok(vec![lost("an allowlist for some rules")]);
    }
    let both = match word("condition").as_deref() {
        Some("" | "or" | "||") => false,
        Some("and" | "&&") => true,
        _ => return Err("condition: neither AND nor OR".to_owned()),
    };
    let target = word("regexTarget").filter(|target| !["", "secret"].contains(&target.as_str()));
    let of_value = target.is_none() || regexes.is_empty();
    let mut wishes = Vec::new();
    if both {
        if !commits.is_empty() || !of_value || !regexes.is_empty() && !words.is_empty() {
            return Ok(vec![lost("an allowlist that asks for more than a value and a path")]);
        }
        let of_values = !regexes.is_empty() || !words.is_empty();
        if of_values && !paths.is_empty() {
            for regex in regexes.into_iter().chain(words) {
                let pair = |path: &String| Wish::Value { regex: regex.clone(), path: Some(path.clone()) };
                wishes.extend(paths.iter().map(pair));
            }
            return Ok(wishes);
        }
    }
    if !commits.is_empty() {
        wishes.push(lost("commits of an allowlist"));
    }
    if !of_value {
        wishes.push(lost(&format!("regexes on the {}", target.unwrap_or_default())));
        regexes.clear();
    }
    wishes.extend(regexes.into_iter().chain(words).map(|regex| Wish::Value { regex, path: None }));
    wishes.extend(paths.into_iter().map(Wish::PathRegex));
    Ok(wishes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, text: &str) -> Vec<Wish> {
        wishes(name, text).expect("a known name").expect("readable")
    }

    #[test]
    fn each_format_is_read() {
        let id = "0123456789".repeat(4);
        let line = |commit: Option<&str>| Wish::Line {
            path: "a/b.env".into(),
            rule: "some-rule".into(),
            line: 7,
            commit: commit.map(Into::into),
        };
        assert_eq!(
            of(
                ".gitleaksignore",
                &format!("\u{feff}# why\r\n{id}:a/b.env:some-rule:7\r\na/b.env:some-rule:7\n")
            ),
            [line(Some(&id)), line(None)]
        );
        assert_eq!(
            of("x/.secretsignore", "*.env\n/docs/\n[secrets]\nabc\n"),
            [
                Wish::Path("**/*.env".into()),
                Wish::Path("**/*.env/**".into()),
                Wish::Path("docs/**".into()),
                Wish::Exactly(b"abc".to_vec())
            ]
        );
        let json =
            r#"{"version":"1","results":{"a.py":[{"type":"T","hashed_secret":"AB","line_number":3}]}}"#;
        assert_eq!(of(".secrets.baseline", json), [Wish::Hash { path: "a.py".into(), sha1: "ab".into() }]);
        let yaml = "fileignoreconfig:\n- filename: a.pem\n  checksum: 00\nallowed_patterns:\n- 'ke.y'\nthreshold: high\n";
        assert_eq!(
            of(".talismanrc", yaml),
            [
                Wish::File("a.pem".into()),
                Wish::Value { regex: "ke.y".into(), path: None },
                Wish::Lost("threshold: has no counterpart".into())
            ]
        );
        assert!(wishes("README.md", "").is_none());
        assert!(wishes("x.baseline", "no json").expect("known").is_err());
    }

    #[test]
    fn the_allowlists_of_a_pack_are_read_with_their_conditions() {
        let toml = "[allowlist]\npaths = ['^vendor/']\nstopwords = ['a.b']\n[[rules]]\nid = 'x'\n";
        let lost = Wish::Lost("its rules: they are used with --rules, and need no copy".into());
        let value =
            |regex: &str, path: Option<&str>| Wish::Value { regex: regex.into(), path: path.map(Into::into) };
        assert_eq!(
            of(".gitleaks.toml", toml),
            [value(r"(?i)a\.b", None), Wish::PathRegex("^vendor/".into()), lost]
        );
        let both = "[[allowlists]]\ncondition = 'AND'\nregexes = ['r']\npaths = ['p']\n";
        assert_eq!(of(".gitleaks.toml", both), [value("r", Some("p"))]);
        let line = "[[allowlists]]\nregexTarget = 'line'\nregexes = ['r']\n";
        assert!(matches!(&of(".gitleaks.toml", line)[..], [Wish::Lost(_)]));
    }

    #[test]
    fn what_an_allowlist_asks_for_besides_is_never_left_out() {
        let all = |rest: &str| of("x.toml", &format!("[[allowlists]]\n{rest}\n"));
        for both in [
            "condition = 'AND'\ncommits = ['c']\npaths = ['p']",
            "condition = '&&'\nregexes = ['r']\nstopwords = ['w']",
            "condition = 'and'\nregexes = ['r']\nregexTarget = 'line'\npaths = ['p']",
        ] {
            assert!(matches!(&all(both)[..], [Wish::Lost(_)]), "{both}: {:?}", all(both));
        }
        let any = all("regexes = ['r']\nregexTarget = 'match'\npaths = ['p']");
        assert!(matches!(&any[..], [Wish::Lost(_), Wish::PathRegex(_)]), "{any:?}");
        assert!(matches!(&of("x.toml", "[extend]\npath = 'base.toml'\n")[..], [Wish::Lost(_)]));
        for (wrong, told) in [
            ("[[allowlists]]\n[[allowlists]]\npaths = 'p'\n", "allowlists 2: paths: not a list"),
            ("allowlist = 3\n", "allowlist 1: not a table"),
            ("[allowlist]\ncondition = 'xor'\n", "condition: neither"),
            ("[allowlist\n", "line 1"),
        ] {
            let error = wishes("x.toml", wrong).expect("a known name").expect_err(wrong);
            assert!(error.contains(told), "{error}");
        }
        let odd = of(".talismanrc", "fileignoreconfig:\n- filename: a\n  cheksum: 0\nnonsense\n");
        assert!(
            matches!(&odd[..], [Wish::File(_), Wish::Lost(line), Wish::Lost(_)] if line.contains("line 3")),
            "{odd:?}"
        );
    }
}
