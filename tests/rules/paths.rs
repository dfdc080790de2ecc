//! Rules that are bound to paths.

use super::run;
use crate::harness::{Dir, Server, Told, made};

/// What it finds outside `.acmerc` is nothing to it.
const BOUND: &str = "provider = 'Acme'\n\n[[rule]]\nid = 'acme-rc-token'\ndescription = 'Acme token in its own file'\n\
    severity = 'high'\npaths = ['.acmerc', 'deploy/**/*.acme']\nkeywords = ['login']\n\
    regex = '''\\blogin (?<secret>[a-z0-9]{20})\\b'''\n\
    examples = [{ path = 'home/.acmerc', text = 'login {lowernum:20}' }]\n\
    near_misses = [{ path = 'notes.txt', text = 'login {lowernum:20}' }]\n";

fn value(number: u64) -> String {
    made::filled("{lowernum:20}", number)
}

fn line(number: u64) -> String {
    format!("login {}\n", value(number))
}

fn paths(told: &Told) -> Vec<&str> {
    told.findings.iter().filter_map(|finding| finding["path"].as_str()).collect()
}

#[test]
fn it_looks_at_its_files_at_every_gate_and_at_no_others() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    let rules = dir.write("bound.toml", BOUND);
    let rules = rules.to_str().expect("UTF-8");
    let base = repo.commit("README", "a\n");
    let files = ["home/.acmerc", "deploy/a/b/x.acme", "x.acme", "home/acmerc", "notes.txt"];
    for (number, name) in (0..).zip(files) {
        repo.stage(name, line(number));
    }
    let wanted = ["deploy/a/b/x.acme", "home/.acmerc"];
    let scan = |args: &[&str]| repo.scan(&[args, &["--rules", rules]].concat());
    let same = |told: &Told, gate: &str| {
        let mut found = paths(told);
        found.sort_unstable();
        assert_eq!(found, wanted, "{gate}: {}", told.ran.all());
        assert_eq!(told.summary["allowed"], 0, "{gate}: nothing is allowed that is none");
    };
    same(&scan(&["staged"]), "staged");
    same(&scan(&["dir", "."]), "dir");
    // The message is no file, and the name of a file is not the file.
    repo.record(&line(9));
    repo.commit(&format!("deploy/login {}/y.acme", value(8)), "b\n");
    same(&scan(&["range", &format!("{base}..HEAD")]), "range");
    same(&scan(&["history"]), "history");
    for (path, code) in [("web/.acmerc", 1), ("web/rc", 0)] {
        let args = ["stdin", "--path", path, "--rules", rules];
        let told = Told::fed(&mut repo.leakgate(&args), line(1).as_bytes());
        assert_eq!(told.ran.code, Some(code), "{path}: {}", told.ran.all());
    }
}

#[test]
fn a_push_with_it_is_refused_where_it_looks_and_passes_elsewhere() {
    let dir = Dir::new();
    let rules = dir.write("bound.toml", BOUND);
    let server = Server::new(&dir, &format!("--rules {}", rules.display()));
    server.dev.commit("notes.txt", line(1));
    let _ = server.push(&["main"]).passes();
    server.dev.commit("home/.acmerc", line(2));
    let _ = server.push(&["main"]).blocked(&value(2));
}

#[test]
fn where_it_does_not_look_it_hides_nothing() {
    let dir = Dir::new();
    // It takes the line of a token whole, and is surer of it.
    let greedy = BOUND.replace("login (?<secret>[a-z0-9]{20})", "login = (?<secret>[A-Za-z0-9_]{40})");
    let greedy = greedy.replace("keywords = ['login']", "keywords = ['login']\nconfidence = 'high'");
    dir.write("bound.toml", greedy);
    let text = format!("login = {}\n", made::token(1));
    dir.write("home/.acmerc", &text);
    dir.write("notes.txt", &text);
    let told = dir.scan("", &["dir", ".", "--rules", "bound.toml"]);
    let found: Vec<_> = told.findings.iter().map(|finding| (&finding["rule"], &finding["path"])).collect();
    let found: Vec<_> =
        found.into_iter().filter_map(|(rule, path)| Some((path.as_str()?, rule.as_str()?))).collect();
    assert_eq!(found, [("home/.acmerc", "acme-rc-token"), ("notes.txt", "github-pat-classic")]);
}

#[test]
fn an_example_of_it_names_its_file() {
    let dir = Dir::new();
    let with = |rule: &str, command: &str| {
        dir.write("bound.toml", rule);
        run(&dir, &["rules", command, "--no-builtin", "--rules", "bound.toml"])
    };
    for command in ["lint", "test"] {
        let ran = with(BOUND, command);
        assert_eq!(ran.code, Some(0), "{}", ran.all());
    }
    let text = format!("login {}", value(3));
    let why_not =
        run(&dir, &["why-not", &text, "--path", "notes.txt", "--no-builtin", "--rules", "bound.toml"]);
    assert!(
        why_not.stdout.contains("acme-rc-token: its regex matches, but it does not look at notes.txt"),
        "{}",
        why_not.all()
    );
    let shown = run(&dir, &["rules", "show", "acme-rc-token", "--no-builtin", "--rules", "bound.toml"]);
    assert!(shown.stdout.contains("paths        .acmerc, deploy/**/*.acme"), "{}", shown.all());
    for (from, to, command, told) in [
        ("home/.acmerc", "home/rc", "test", "example 1 is not found"),
        ("notes.txt", "a/.acmerc", "test", "near miss 1 is found"),
        (
            "{ path = 'notes.txt', text = 'login {lowernum:20}' }",
            "'login'",
            "lint",
            "give each example and near miss a path",
        ),
        ("'.acmerc', ", "'[', ", "lint", "paths: "),
        (
            "severity =",
            "pair = { with = ['acme-rc-token'] }\nseverity =",
            "lint",
            "paths: a rule with a pair looks",
        ),
    ] {
        let ran = with(&BOUND.replace(from, to), command);
        assert!(ran.code != Some(0) && ran.all().contains(told), "{to}: {}", ran.all());
    }
}
