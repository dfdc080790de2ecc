//! Packs and lists of other tools: a team's own configuration works on the first day, and what does not is named.

use crate::harness::{Dir, Ran, made};

/// A pack as gitleaks reads it, for a company that does not exist.
const PACK: &str = "title = 'own'\n[[rules]]\nid = 'acme-key'\ndescription = 'Acme key'\n\
    regex = '''(?i)acme[_-]key\\s*=\\s*\"?(acme-[a-z0-9]{20,})'''\nkeywords = ['acme']\nentropy = 2\nsecretGroup = 1\n";

fn acme(number: u64) -> String {
    made::filled("acme-{lowernum:20}", number)
}

fn line(number: u64) -> String {
    format!("acme_key = {}\n", acme(number))
}

#[test]
fn a_rule_of_another_tools_pack_finds_what_it_means() {
    let dir = Dir::new();
    dir.write("app.env", format!("{}other = {}\ngithub = {}\n", line(1), acme(2), made::token(1)));
    dir.write("own.toml", PACK);
    let told = dir.scan("", &["dir", "app.env", "--rules", "own.toml"]).hits(&[&acme(1), &made::token(1)]);
    assert_eq!(told.findings[0]["rule"], "acme-key");
    assert_eq!(told.summary["complete"], true);
    let notes = told.summary["notes"].to_string();
    assert!(notes.contains("acme-key: repetitions without an end stop at"), "{notes}");
    dir.scan("", &["dir", "app.env", "--no-builtin", "--rules", "own.toml"]).hits(&[&acme(1)]);
    let lint = Ran::of(&mut dir.leakgate("", &["rules", "list", "--no-builtin", "--rules", "own.toml"]));
    assert!(lint.stdout.starts_with("acme-key "), "{}", lint.all());
}

#[test]
fn its_allowlists_paths_and_conditions_are_kept() {
    let dir = Dir::new();
    for (file, number) in
        [("app/src/a.env", 1), ("app/src/b.txt", 2), ("app/docs/a.env", 3), ("app/docs/b.env", 4)]
    {
        dir.write(file, line(number));
    }
    let all = [1, 2, 3, 4].map(acme);
    let found = |extra: &str, wanted: &[usize]| {
        dir.write("own.toml", format!("{PACK}{extra}"));
        let wanted: Vec<&str> = wanted.iter().map(|number| all[number - 1].as_str()).collect();
        let told = dir.scan("", &["dir", "app", "--no-builtin", "--rules", "own.toml"]);
        let _ = if wanted.is_empty() { told.clean() } else { told.hits(&wanted) };
    };
    found("", &[1, 2, 3, 4]);
    found("path = '''\\.env$'''\n", &[1, 3, 4]);
    found("[allowlist]\npaths = ['^docs/']\n", &[1, 2]);
    found(&format!("[[allowlists]]\nstopwords = ['{}']\n", &acme(2)[8..]), &[1, 3, 4]);
    let both =
        format!("[[rules.allowlists]]\ncondition = 'AND'\npaths = ['^docs/']\nregexes = ['{}']\n", acme(3));
    found(&both, &[1, 2, 4]);
    found(&both.replace("'AND'", "'OR'"), &[1, 2]);
    found("[[rules.allowlists]]\nregexTarget = 'line'\nregexes = ['^acme_key']\n", &[]);
    found("[[rules.allowlists]]\nregexTarget = 'match'\nregexes = ['^acme-']\n", &[1, 2, 3, 4]);
    found("[[allowlists]]\ntargetRules = ['other']\npaths = ['.']\n", &[1, 2, 3, 4]);
}

#[test]
fn what_cannot_be_honoured_is_named_and_the_scan_is_not_called_clean() {
    let dir = Dir::new();
    dir.write("app.env", "1\n");
    for (extra, named) in [
        ("[[rules]]\nid = 'hex'\nregex = '[0-9a-f]{40}'\n", "hex"),
        ("[[rules]]\nid = 'key-file'\npath = 'id_rsa$'\n", "key-file"),
        ("filter = 'finding.secret.size() > 3'\n", "filter is not understood"),
        ("[extend]\nurl = 'https://packs.example/own.toml'\n", "not fetched"),
    ] {
        dir.write("own.toml", format!("{PACK}{extra}"));
        let told = dir.scan("", &["dir", "app.env", "--rules", "own.toml"]);
        assert_eq!(told.ran.code, Some(3), "{extra}: {}", told.ran.all());
        let skipped = told.summary["skipped"].to_string();
        assert!(skipped.contains(named) && skipped.contains("own.toml"), "{skipped}");
    }
}

#[test]
fn a_pack_takes_out_rules_and_stands_upon_the_shipped_ones() {
    let dir = Dir::new();
    dir.write("app.env", format!("{}github = {}\n", line(1), made::token(1)));
    let pack = |extend: &str| {
        dir.write("own.toml", format!("{extend}{PACK}"));
        dir.scan("", &["dir", "app.env", "--rules", "own.toml"])
    };
    let _ = pack("[extend]\nuseDefault = true\n").hits(&[&acme(1), &made::token(1)]);
    let _ = pack("[extend]\nuseDefault = true\ndisabledRules = ['github-pat-classic']\n").hits(&[&acme(1)]);
}

#[test]
fn lists_of_other_tools_are_carried_over_as_fingerprints() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    let commit = repo.commit("a.env", format!("x\ngithub = {}\n", made::token(1)));
    repo.commit("b.env", format!("github = {}\n", made::token(2)));
    repo.commit("c.env", format!("github = {}\n", made::token(3)));
    repo.commit("d.env", format!("github = {}\n", made::token(4)));
    repo.write(".gitleaksignore", format!("{commit}:a.env:github-pat:2\na.env:github-pat:1\n"));
    let sha1 = {
        use sha1::Digest as _;
        sha1::Sha1::digest(made::token(2).as_bytes())
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    let json = serde_json::json!({"version": "1", "results": {"b.env": [{"hashed_secret": sha1, "line_number": 1}]}});
    repo.write(".secrets.baseline", json.to_string());
    repo.write(".talismanrc", "fileignoreconfig:\n- filename: c.env\n  checksum: 00\n");
    let ran = repo.run(&["import", ".gitleaksignore", ".secrets.baseline", ".talismanrc"]);
    assert_eq!(ran.code, Some(3), "one line of it is about nothing: {}", ran.all());
    assert!(ran.stdout.contains("a.env:1: nothing is found there"), "{}", ran.stdout);
    assert!(ran.stdout.contains("3 new entries"), "{}", ran.stdout);
    assert!(!repo.read(".leakgate.toml").contains("ghp_"), "no value is copied");
    let _ = repo.history().hits(&[&made::token(4)]);
}

#[test]
fn an_import_keeps_what_stands_there_and_overwrites_nothing_unasked() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.commit("vendor/a.env", format!("github = {}\n", made::token(1)));
    repo.commit("a.env", format!("github = {}\n", made::token(2)));
    repo.write(".gitleaks.toml", "[allowlist]\npaths = ['^vendor/']\n");
    let old = "# why\n[[allow]]\nrule = 'x'\nreason = \"r\"\n";
    repo.write(".leakgate.toml", old);
    let refused = repo.run(&["import", ".gitleaks.toml"]);
    assert!(refused.code == Some(2) && refused.stderr.contains("--force"), "{}", refused.all());
    assert_eq!(repo.read(".leakgate.toml"), old);
    for new in ["1 new entries", "0 new entries"] {
        let ran = repo.run(&["import", ".gitleaks.toml", "--force"]);
        assert!(ran.success() && ran.stdout.contains(new), "{}", ran.all());
        assert!(repo.read(".leakgate.toml").starts_with(old));
    }
    let _ = repo.history().hits(&[&made::token(2)]);
    let unknown = repo.run(&["import", "a.env", "--force"]);
    assert!(unknown.code == Some(2) && unknown.stderr.contains("a list of no tool"), "{}", unknown.all());
}
