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
    /// What stands on this line of this file, in this commit if one is named.
    Line {
        path: String,
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
        let (rest, _rule) = rest.rsplit_once(':')?;
        let line = line.parse().ok()?;
        let is_id = |id: &str| id.len() == 40 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        Some(match rest.split_once(':').filter(|(id, _)| is_id(id)) {
            Some((id, path)) => Wish::Line { path: path.to_owned(), line, commit: Some(id.to_lowercase()) },
            None => Wish::Line { path: rest.to_owned(), line, commit: None },
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
    for line in text.lines() {
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
    let key = |table: &Table, name: &str| {
        table.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone())
    };
    let mut wishes = Vec::new();
    let lists = [key(&table, "allowlist"), key(&table, "allowlists")];
    for list in lists.into_iter().flatten() {
        let all = if let Value::Array(all) = list { all } else { vec![list] };
        for allow in all.iter().filter_map(Value::as_table) {
            let texts = |name: &str| -> Vec<String> {
                let list = key(allow, name);
                let list = list.as_ref().and_then(Value::as_array).into_iter().flatten();
                list.filter_map(Value::as_str).map(str::to_owned).collect()
            };
            let word = |name: &str| key(allow, name).and_then(|value| value.as_str().map(str::to_lowercase));
            if !texts("targetRules").is_empty() {
                wishes.push(Wish::Lost("an allowlist for some rules: honoured with --rules".to_owned()));
                continue;
            }
            if !texts("commits").is_empty() {
                wishes.push(Wish::Lost("commits of an allowlist: honoured with --rules".to_owned()));
            }
            let (regexes, paths) = (texts("regexes"), texts("paths"));
            let words =
                texts("stopwords").into_iter().map(|word| format!("(?i){}", regex_syntax::escape(&word)));
            let target = word("regexTarget").filter(|target| target != "secret" && !regexes.is_empty());
            if let Some(target) = target {
                wishes.push(Wish::Lost(format!("regexes on the {target}: honoured with --rules")));
                continue;
            }
            let both = matches!(word("condition").as_deref(), Some("and" | "&&"));
            let values: Vec<String> = regexes.into_iter().chain(words).collect();
            if both && !values.is_empty() && !paths.is_empty() {
                let pairs = values
                    .iter()
                    .flat_map(|regex| paths.iter().map(move |path| (regex.clone(), path.clone())));
                wishes.extend(pairs.map(|(regex, path)| Wish::Value { regex, path: Some(path) }));
                continue;
            }
            wishes.extend(values.into_iter().map(|regex| Wish::Value { regex, path: None }));
            wishes.extend(paths.into_iter().map(Wish::PathRegex));
        }
    }
    if key(&table, "rules").is_some() {
        wishes.push(Wish::Lost("its rules: they are used with --rules, and need no copy".to_owned()));
    }
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
            line: 7,
            commit: commit.map(Into::into),
        };
        assert_eq!(
            of(".gitleaksignore", &format!("# why\n{id}:a/b.env:some-rule:7\na/b.env:some-rule:7\n")),
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
}
