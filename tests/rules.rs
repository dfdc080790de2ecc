//! The pattern pack as it is shipped, and a user's own patterns beside it.

use std::{fs, path::Path};

use crate::harness::{Dir, Ran, made};

mod paths;
mod whole;
mod work;

/// A rule for a token of a company that does not exist.
const RULE: &str = "provider = 'Acme'\nrevoke = 'Ask Acme.'\n\n[[rule]]\nid = 'acme-token'\ndescription = 'Acme token'\n\
    severity = 'high'\nkeywords = ['acme_']\nregex = '''\\b(?<secret>acme_[a-z0-9]{20})\\b'''\n\
    examples = ['x = acme_{lowernum:20}']\nnear_misses = ['acme_{lowernum:19}']\n";

fn acme() -> String {
    made::filled("acme_{lowernum:20}", 5)
}

fn run(dir: &Dir, args: &[&str]) -> Ran {
    Ran::of(&mut dir.leakgate("", args))
}

#[test]
fn every_rule_that_is_shipped_is_sound_and_finds_its_own_examples() {
    let dir = Dir::new();
    let ran = run(&dir, &["rules", "lint"]);
    assert_eq!(ran.code, Some(0), "{}", ran.all());
    assert!(ran.stdout.contains(", 0 mistakes"), "{}", ran.stdout);
    let ran = run(&dir, &["rules", "test"]);
    assert_eq!(ran.code, Some(0), "{}", ran.all());
    assert!(ran.stdout.contains(", 0 failures"), "{}", ran.stdout);
    let rules = run(&dir, &["rules", "list"]).stdout.lines().count();
    assert!(rules >= 80, "{rules}");
}

#[test]
fn the_pattern_files_and_the_tests_hold_nothing_that_looks_live() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let dir = Dir::new();
    let folders = ["patterns", "src", "tests", "hooks"].map(|folder| root.join(folder));
    let mut args = vec!["dir", "--no-ignore"];
    args.extend(folders.iter().map(|folder| folder.to_str().expect("UTF-8")));
    dir.scan("", &args).clean();
}

#[test]
fn a_token_that_its_issuer_signed_is_told_as_the_issuers() {
    let dir = Dir::new();
    let made = |claims: &str| {
        let part = |text: &str| data_encoding::BASE64URL_NOPAD.encode(text.as_bytes());
        let signature = made::filled("{b64url:42}", 7) + "A";
        format!("{}.{}.{signature}", part(r#"{"alg":"HS256","typ":"JWT"}"#), part(claims))
    };
    let issued = |issuer: &str, role: &str| {
        format!(r#"{{"iss":"{issuer}","ref":"abcdefghijklmnopqrst","role":"{role}","iat":1700000000}}"#)
    };
    for (claims, rule) in [
        (issued("supabase", "service_role"), "supabase-service-role-jwt"),
        (issued("example", "user"), "jwt"),
    ] {
        dir.write("app.env", format!("VALUE={}\n", made(&claims)));
        let told = dir.scan("", &["dir", "app.env"]);
        assert_eq!(told.one()["rule"], rule, "{claims}");
    }
}

#[test]
fn a_users_rule_is_added_to_those_that_are_shipped() {
    let dir = Dir::new();
    dir.write("app.env", format!("a = {}\nb = {}\n", acme(), made::token(1)));
    dir.write("rules/acme.toml", RULE);
    dir.write("rules/README.md", "not a rule file\n");
    let plain = dir.scan("", &["dir", "app.env"]).hits(&[&made::token(1)]);
    for place in ["rules/acme.toml", "rules"] {
        let told = dir.scan("", &["dir", "app.env", "--rules", place]).hits(&[&acme(), &made::token(1)]);
        assert_ne!(
            told.summary["pack"]["hash"], plain.summary["pack"]["hash"],
            "another pack has another hash"
        );
        let found = &told.findings[0];
        assert_eq!(
            (&found["rule"], &found["provider"], &found["revoke"]),
            (&"acme-token".into(), &"Acme".into(), &"Ask Acme.".into())
        );
        dir.scan("", &["dir", "app.env", "--no-builtin", "--rules", place]).hits(&[&acme()]);
    }
    dir.scan("", &["dir", "app.env", "--no-builtin"]).refused("--no-builtin");
    let shown = run(&dir, &["rules", "show", "acme-token", "--rules", "rules"]);
    assert!(shown.success() && shown.stdout.contains("Acme token"), "{}", shown.all());
    assert!(run(&dir, &["rules", "list", "--rules", "rules"]).stdout.contains("acme-token"));
}

#[test]
fn a_mistake_in_a_users_rule_stops_the_scan_and_is_told_with_file_rule_and_place() {
    let dir = Dir::new();
    dir.write("app.env", "1\n");
    for (from, to, told) in [
        ("{20})", "{20}", &["acme-token", "column 3", "unclosed group"][..]),
        ("[a-z0-9]", "[z-a0-9]", &["acme-token", "column"]),
        ("<secret>", "<other>", &["acme-token", "secret"]),
        ("(?<secret>acme_[a-z0-9]{20})", "(?<secret>acme_(?=x)[a-z0-9]{20})", &["acme-token", "look"]),
        ("severity = 'high'", "severity = 'grave'", &["acme-token", "severity"]),
        ("keywords = ['acme_']", "keywords = ['ac']", &["acme-token", "keywords"]),
        ("id = 'acme-token'", "id = 'Acme Token'", &["Acme Token", "id"]),
        ("id = 'acme-token'", "id = 'github-pat-classic'", &["github-pat-classic"]),
        ("keywords =", "keyword =", &["line 8", "keyword"]),
        ("severity = 'high'", "severity = high", &["line 7"]),
        ("description = 'Acme token'\n", "", &["description"]),
    ] {
        assert!(RULE.contains(from), "{from}");
        dir.write("acme.toml", RULE.replace(from, to));
        let message = dir.scan("", &["dir", "app.env", "--rules", "acme.toml"]).refused(told[0]).ran.stderr;
        for word in told {
            assert!(message.contains(word), "{to}: {word}: {message}");
        }
        assert!(message.contains("acme.toml") || from.contains("id = "), "{message}");
    }
    dir.scan("", &["dir", "app.env", "--rules", "no-such.toml"]).refused("no-such.toml");
    dir.write("empty/readme", "");
    dir.scan("", &["dir", "app.env", "--rules", "empty"]).refused("empty");
}

#[test]
fn lint_refuses_what_would_be_a_rule_that_nobody_can_trust() {
    let dir = Dir::new();
    let lint = |text: &str| {
        dir.write("acme.toml", text);
        run(&dir, &["rules", "lint", "--no-builtin", "--rules", "acme.toml"])
    };
    let sound = lint(RULE);
    assert!(sound.success(), "{}", sound.all());
    let twice = RULE.to_owned() + &RULE[RULE.find("[[rule]]").expect("a rule")..];
    for (text, told) in [
        (RULE.replace("examples = ['x = acme_{lowernum:20}']\n", ""), "examples"),
        (RULE.replace("near_misses = ['acme_{lowernum:19}']\n", ""), "near_misses"),
        (RULE.replace("['acme_']", "['acme_', 'acme-']"), "acme-"),
        (RULE.replace("x = acme_", "x = acne_"), "none of the keywords"),
        (RULE.replace("{20})", "+)"), "bound"),
        (twice, "twice"),
    ] {
        assert_ne!(text, RULE);
        let ran = lint(&text);
        assert_eq!(ran.code, Some(1), "{told}: {}", ran.all());
        assert!(ran.stdout.contains(told) && ran.stdout.contains("acme.toml"), "{told}: {}", ran.stdout);
    }
    // The same id as one that is shipped.
    dir.write("acme.toml", RULE.replace("acme-token", "github-pat-classic"));
    let ran = run(&dir, &["rules", "lint", "--rules", "acme.toml"]);
    assert_eq!(ran.code, Some(1), "{}", ran.all());
}

#[test]
fn the_rule_test_fails_where_an_example_is_missed_or_a_near_miss_is_found() {
    let dir = Dir::new();
    for (from, to, told) in [
        ("x = acme_{lowernum:20}", "x = acme_{upper:20}", "example 1 is not found"),
        ("acme_{lowernum:19}", "acme_{lowernum:20}", "near miss 1 is found"),
    ] {
        dir.write("acme.toml", RULE.replace(from, to));
        let ran = run(&dir, &["rules", "test", "--no-builtin", "--rules", "acme.toml"]);
        assert_eq!(ran.code, Some(1), "{}", ran.all());
        assert!(ran.stdout.contains(told), "{}", ran.stdout);
    }
}

#[test]
fn a_rule_file_need_not_be_small_or_kind() {
    let dir = Dir::new();
    // A regex that backtracking engines take for ever over, on the text that makes them.
    let evil = RULE.replace("acme_[a-z0-9]{20}", "acme_(?:(?:a{1,30}){1,30}){1,20}b");
    dir.write("acme.toml", evil);
    dir.write("app.env", format!("acme_{}\n", "a".repeat(5_000)));
    dir.scan("", &["dir", "app.env", "--rules", "acme.toml", "--min-confidence", "low"]).clean();
    // One too large to be compiled is told, not tried.
    dir.write("acme.toml", RULE.replace("{20})", "{1000}{1000}{1000})"));
    let ran = run(&dir, &["dir", "app.env", "--rules", "acme.toml"]);
    assert_eq!(ran.code, Some(2), "{}", ran.all());
    for told in ["acme.toml", "acme-token", "regex"] {
        assert!(ran.stderr.contains(told), "{told}: {}", ran.stderr);
    }
}

#[test]
fn every_file_of_the_pack_is_built_in() {
    let dir = Dir::new();
    let listed = run(&dir, &["rules", "list"]).stdout;
    let (listed, pack) = listed.trim_end().rsplit_once('\n').expect("more than one line");
    assert!(pack.contains("sha256"), "the last line is the pack's: {pack}");
    let listed: Vec<_> = listed.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("patterns");
    let mut count = 0;
    for entry in fs::read_dir(folder).expect("readable") {
        let path = entry.expect("readable").path();
        if path.extension().is_some_and(|it| it == "toml") {
            let text = fs::read_to_string(&path).expect("text");
            for id in text.lines().filter_map(|line| line.strip_prefix("id = \"")?.strip_suffix('"')) {
                count += 1;
                assert!(listed.contains(&id), "{}: {id}", path.display());
            }
        }
    }
    assert_eq!(count, listed.len());
}
