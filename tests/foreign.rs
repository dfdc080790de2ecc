//! Packs and lists of other tools: a team's own configuration works on the first day, and what does not is named.

use crate::harness::{Dir, Ran, Server, Told, made};

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
        let told = dir.scan("app", &["dir", ".", "--no-builtin", "--rules", "../own.toml"]);
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
        ("[[rules]]\nid = 'key-file'\npath = '^[a-z]$'\n", "key-file"),
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
fn a_pack_of_which_nothing_can_be_run_says_why() {
    let dir = Dir::new();
    dir.write("own.toml", "[[rules]]\nid = 'hex'\nregex = '[0-9a-f]{40}'\n");
    let told = dir.scan("", &["dir", "own.toml", "--no-builtin", "--rules", "own.toml"]);
    let _ = told.refused("own.toml: hex: no word of 3 letters");
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
fn an_import_copies_no_value_that_a_list_spells_out() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    for (number, name) in (1..).zip(["a.env", "b.env", "c.env", "d.env"]) {
        repo.commit(name, format!("github = {}\n", made::token(number)));
    }
    let [regex, word, folded] = [1, 2, 3].map(made::token);
    let folded = folded.to_uppercase();
    repo.write(
        ".gitleaks.toml",
        format!("[allowlist]\nregexes = ['{regex}', 'EXAMPLE$']\nstopwords = ['{word}', '{folded}']\n"),
    );
    let ran = repo.run(&["import", ".gitleaks.toml"]);
    assert!(ran.success() && ran.stdout.contains("4 new entries"), "{}", ran.all());
    let written = repo.read(".leakgate.toml");
    assert!(!written.to_lowercase().contains("ghp_") && written.contains("EXAMPLE$"), "{written}");
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

/// Tells files by their paths alone.
const BY_PATH: &str = "[[rules]]\nid = 'key-file'\npath = '(?:^|/)deploy/.*[.]pem$'\n";

fn told_paths(told: &Told) -> Vec<&str> {
    told.findings
        .iter()
        .map(|finding| {
            assert_eq!((&finding["rule"], &finding["part"]), (&"key-file".into(), &"path".into()));
            finding["path"].as_str().expect("text")
        })
        .collect()
}

#[test]
fn a_rule_of_paths_alone_tells_new_files_at_every_gate() {
    let dir = Dir::new();
    let pack = dir.write("own.toml", format!("{BY_PATH}[[rules.allowlists]]\npaths = ['sample']\n"));
    let pack = pack.to_str().expect("UTF-8");
    let server = Server::new(&dir, &format!("--rules {pack}"));
    let repo = &server.dev;
    repo.commit("README.md", "see deploy/key.pem\n");
    server.push(&["main"]).passes();
    repo.git(&["checkout", "--quiet", "-b", "topic"]);
    let name = "app/deploy/example.pem";
    for (path, text) in [
        (name, "x = 1\n"),
        ("key.pem", "deploy/key.pem"),
        ("deploy/sample.pem", "x"),
        ("deploy/key.pem.txt", "x"),
    ] {
        repo.stage(path, text);
    }
    let told = repo.scan(&["staged", "--rules", pack]);
    assert_eq!((told_paths(&told), told.ran.code), (vec![name], Some(1)), "{}", told.ran.all());
    repo.record("files");
    for args in [&["range", "main..topic"][..], &["history"], &["dir", "."], &["dir", "app"]] {
        let told = repo.scan(&[args, &["--rules", pack]].concat());
        assert_eq!(told_paths(&told), [name], "{args:?}: {}", told.ran.all());
    }
    let pushed = server.push(&["topic"]);
    assert_eq!(pushed.git.code, Some(1), "{}", pushed.git.all());
    assert_eq!(told_paths(&pushed.told.expect("the gate was asked")), [name]);
    repo.stage(name, "x = 2\n");
    repo.scan(&["staged", "--rules", pack]).clean();
    let id = repo.scan(&["history", "--rules", pack]).one()["fingerprint"].as_str().expect("text").to_owned();
    assert!(repo.run(&["allow", "add", &id, "--reason", "made for a test"]).success());
    repo.scan(&["history", "--rules", pack]).clean();
}

#[test]
fn the_secret_is_the_first_group_that_holds_anything_or_the_whole_match() {
    let dir = Dir::new();
    let values = [1, 2].map(|number| made::filled("{lowernum:20}", number));
    dir.write("app.env", format!("acme-a{}\nacme-b{}\nacme-none;\n", values[0], values[1]));
    let regex = "acme-(?:a([a-z0-9]{20})|b([a-z0-9]{20})|(?:none;))";
    dir.write("own.toml", format!("[[rules]]\nid = 'acme'\nregex = '{regex}'\n"));
    let told = dir.scan("", &["dir", "app.env", "--no-builtin", "--rules", "own.toml"]);
    let _ = told.hits(&[&values[0], &values[1], "acme-none;"]);
}

#[test]
fn what_one_rule_excuses_hides_nothing_that_another_finds() {
    let dir = Dir::new();
    dir.write("app/docs/a.env", line(1));
    dir.write("app/src/a.env", line(2));
    let other = "[[rules]]\nid = 'zenith-key'\nregex = 'acme-([a-z0-9]{15})'\n";
    let excuse = "[[rules.allowlists]]\npaths = ['^docs/']\n";
    for pack in [format!("{PACK}{excuse}{other}"), format!("{other}{PACK}{excuse}")] {
        dir.write("own.toml", pack);
        let told = dir.scan("app", &["dir", ".", "--no-builtin", "--rules", "../own.toml"]);
        let mut rules: Vec<_> =
            told.findings.iter().map(|finding| (&finding["path"], &finding["rule"])).collect();
        rules.sort_by_key(|(path, _)| path.to_string());
        assert_eq!(rules[0], (&"docs/a.env".into(), &"zenith-key".into()), "{}", told.ran.all());
        assert_eq!(rules.len(), 2, "one for each place: {rules:?}");
    }
}

#[test]
fn a_pack_that_is_extended_is_read_from_the_side_that_counts() {
    let dir = Dir::new();
    let server = Server::new(&dir, "--rules ci/own.toml");
    let repo = &server.dev;
    repo.stage("ci/base.toml", PACK);
    repo.commit("ci/own.toml", "[extend]\npath = 'base.toml'\n[[allowlists]]\npaths = ['^docs/']\n");
    server.hook("");
    server.push(&["main"]).passes();
    server.hook("--rules ci/own.toml");
    repo.git(&["checkout", "--quiet", "-b", "topic"]);
    repo.stage("docs/a.env", line(2));
    repo.stage("ci/base.toml", "[[allowlists]]\npaths = ['.']\n");
    repo.commit("a.env", line(1));
    let told = repo.scan(&["range", "main..topic", "--rules", "ci/own.toml"]).hits(&[&acme(1)]);
    assert!(told.summary["policy"]["from"].to_string().contains("main:ci/base.toml"), "{}", told.summary);
    let told = server.push(&["topic"]).blocked(&acme(1));
    assert!(told.summary["notes"].to_string().contains("ci/base.toml is changed by"), "{}", told.summary);
    // A pack may say nothing but what is excused.
    repo.git(&["checkout", "--quiet", "main"]);
    repo.commit("ci/own.toml", "[[allowlists]]\npaths = ['^docs/']\n");
    repo.git(&["checkout", "--quiet", "-b", "other"]);
    repo.commit("docs/b.env", format!("github = {}\n", made::token(1)));
    repo.scan(&["range", "main..other", "--rules", "ci/own.toml"]).clean();
}

#[test]
fn a_pinned_pack_extends_nothing_that_is_not() {
    use sha2::{Digest as _, Sha256};
    let dir = Dir::new();
    dir.write("base.toml", PACK);
    let own = "[extend]\npath = 'base.toml'\n";
    dir.write("own.toml", own);
    let pin = format!("own.toml#sha256={}", data_encoding::HEXLOWER.encode(&Sha256::digest(own)));
    let _ = dir.scan("", &["dir", "own.toml", "--rules", &pin]).refused("extends what is not");
}
