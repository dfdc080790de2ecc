//! Rules for secrets that are all of their file: no word and no known bytes stand in them.

use super::run;
use crate::harness::{Dir, Told, made};

fn key(number: u64) -> String {
    made::filled("{hex:32}", number)
}

const RULE: &str = "provider = 'Acme'\n\n[[rule]]\nid = 'acme-seed'\ndescription = 'Acme seed'\nseverity = 'high'\n\
    paths = ['*.seed']\nregex = '''\\A(?<secret>[a-z0-9]{20})\\n?\\z'''\n\
    examples = [{ path = 'a.seed', text = '{lowernum:20}' }]\nnear_misses = [{ path = 'a.txt', text = '{lowernum:20}' }]\n";

#[test]
fn a_key_that_is_all_of_its_file_is_told_at_every_gate() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    let base = repo.commit("README", "a\n");
    repo.stage("config/master.key", key(1));
    repo.stage("config/other.txt", key(2));
    repo.stage("app/config/master.key", format!("{}\nand more\n", key(3)));
    let wanted = [&*key(1)];
    let _ = repo.staged().hits(&wanted);
    let _ = repo.scan(&["dir", "."]).hits(&wanted);
    // A message is no file.
    repo.record(&key(4));
    let _ = repo.range(&format!("{base}..HEAD")).hits(&wanted);
    let _ = repo.history().hits(&wanted);
    let stdin = |path: &str| Told::fed(&mut repo.leakgate(&["stdin", "--path", path]), key(1).as_bytes());
    let _ = stdin("web/master.key").hits(&wanted);
    let _ = stdin("web/key").clean();
}

#[test]
fn in_a_pack_a_change_of_such_a_file_is_a_new_whole() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    dir.write("seed.toml", RULE);
    // Git makes deltas of what is alike and long enough: the last file holds less than a seed, the one before more.
    let lines: Vec<String> = (0..60).map(|nth| format!("{}\n", made::filled("{lowernum:20}", nth))).collect();
    for text in
        [lines.concat(), lines[..2].concat(), lines[0].clone(), lines[1].clone(), lines[1][1..].to_owned()]
    {
        repo.commit("a.seed", text);
    }
    repo.git(&["repack", "-adfq", "--depth=50"]);
    let rules = ["--rules", "../seed.toml"];
    for more in [&[][..], &["--exhaustive"]] {
        let told = repo.scan(&[&["history"], &rules[..], more].concat());
        let _ = told.hits(&[lines[0].trim_end(), lines[1].trim_end()]);
    }
}

#[test]
fn without_keywords_a_rule_says_which_files_it_is_the_whole_of() {
    let dir = Dir::new();
    for (from, to, wanted) in [
        ("paths = ['*.seed']\n", "", "paths: what matches whole files, and no keyword, names these files"),
        ("\\z'''", "'''", "keywords: name at least one word"),
        ("{20}", "{2000}", "keywords: name at least one word"),
        ("[a-z0-9]{20}", "[a-z0-9 ]{20}", "keywords: name at least one word"),
        ("\\A(", "\\A#?(", "keywords: name at least one word"),
    ] {
        assert!(RULE.contains(from), "{from}");
        dir.write("seed.toml", RULE.replace(from, to));
        let ran = run(&dir, &["rules", "lint", "--no-builtin", "--rules", "seed.toml"]);
        assert!(ran.code != Some(0) && ran.all().contains(wanted), "{}", ran.all());
    }
    dir.write("seed.toml", RULE);
    let shown = run(&dir, &["rules", "show", "acme-seed", "--no-builtin", "--rules", "seed.toml"]);
    assert!(shown.stdout.contains("found in     files of less than 22 bytes, as wholes"), "{}", shown.all());
}
