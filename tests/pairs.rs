//! Two halves of one thing, such as a key's id and its secret, are one finding where they stand together; and
//! nothing is lost where they do not.

use serde_json::Value;

use crate::harness::{Dir, Ran, Repo, Told, made};

fn id(number: u64) -> String {
    // Not the temporary kind.
    let ids = (number * 1000..).map(|number| made::checked("aws-key-id", number));
    ids.into_iter().find(|id| id.starts_with("AKIA")).expect("one of the kinds")
}

fn key(number: u64) -> String {
    made::filled("{alnum:20}+{alnum:19}", number)
}

fn id_line(number: u64) -> String {
    format!("aws_access_key_id = {}\n", id(number))
}

fn key_line(number: u64) -> String {
    format!("aws_secret_access_key = {}\n", key(number))
}

fn pair(number: u64) -> String {
    id_line(number) + &key_line(number)
}

/// The values that go with a finding.
fn companions(finding: &Value) -> Vec<(&str, u64)> {
    let list = finding["companions"].as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter()
        .map(|one| (one["secret"].as_str().expect("text"), one["lines"].as_u64().expect("a number")))
        .collect()
}

/// Finding and companions, by value.
fn told(told: &Told) -> Vec<(&str, Vec<(&str, u64)>)> {
    let mut all: Vec<_> = told
        .findings
        .iter()
        .map(|finding| (finding["secret"].as_str().expect("text"), companions(finding)))
        .collect();
    all.sort_unstable();
    all
}

/// What `history` tells, whose answer must not depend on how it reads.
fn history(repo: &Repo) -> Told {
    let swept = repo.history();
    assert_eq!(told(&swept), told(&repo.scan(&["history", "--exhaustive"])));
    swept
}

#[test]
fn every_gate_tells_both_halves_as_one() {
    let dir = Dir::new();
    let repo = dir.repo("app");
    let first = repo.commit("README.md", "hello\n");
    let text = format!("[default]\n{}region = eu\n{}", id_line(1), key_line(1));
    repo.stage("credentials", &text);
    let (id, key) = (id(1), key(1));
    let one = [(key.as_str(), vec![(id.as_str(), 2)])];
    assert_eq!(told(&repo.staged()), one);
    repo.record("Credentials");
    assert_eq!(told(&repo.range(&format!("{first}..HEAD"))), one);
    assert_eq!(told(&history(&repo)), one);
    let found = repo.scan(&["dir"]);
    assert_eq!(told(&found), one);
    let mut command = repo.leakgate(&["stdin", "--path", "credentials"]);
    assert_eq!(told(&Told::fed(&mut command, text.as_bytes())), one);

    let finding = found.one();
    assert_eq!(finding["rule"], "aws-secret-access-key");
    assert!(finding["reasons"].to_string().contains("its id stands 2 lines away"), "{finding}");
    assert_eq!(finding["companions"][0]["rule"], "aws-access-key-id");
    assert_eq!((&finding["companions"][0]["line"], &finding["line"]), (&2.into(), &4.into()));
    // What the id says of itself is told of both.
    assert!(finding["facts"]["account"].is_string(), "{finding}");
}

#[test]
fn alone_each_half_is_told() {
    let dir = Dir::new();
    dir.write("id.ini", id_line(1));
    dir.write("key.ini", key_line(1));
    dir.write("far.ini", format!("{}{}{}", id_line(2), "#\n".repeat(5), key_line(2)));
    let (id1, key1, id2, key2) = (id(1), key(1), id(2), key(2));
    let mut all = [&id1, &key1, &id2, &key2].map(|value| (value.as_str(), vec![]));
    all.sort_unstable();
    let found = dir.scan("", &["dir", "id.ini", "key.ini", "far.ini"]);
    assert_eq!(told(&found), all);
    assert!(found.findings.iter().all(|finding| finding["companions"].is_null()));
}

#[test]
fn where_many_stand_each_secret_takes_the_nearest_and_no_id_is_lost() {
    let dir = Dir::new();
    let text = format!("{}[old]\n{}\n[new]\n{}", id_line(3), pair(1), pair(2));
    dir.write("credentials", text);
    let (id1, key1, id2, key2, id3) = (id(1), key(1), id(2), key(2), id(3));
    let mut all = vec![
        (key1.as_str(), vec![(id1.as_str(), 1)]),
        (key2.as_str(), vec![(id2.as_str(), 1)]),
        (id3.as_str(), vec![]),
    ];
    all.sort_unstable();
    assert_eq!(told(&dir.scan("", &["dir", "credentials"])), all);
}

#[test]
fn an_id_that_stands_alone_somewhere_is_told_by_itself_too() {
    let dir = Dir::new();
    let repo = dir.repo("app");
    repo.commit("credentials", pair(1));
    repo.commit("notes.txt", id_line(1));
    let (id, key) = (id(1), key(1));
    let mut both = vec![(key.as_str(), vec![(id.as_str(), 1)]), (id.as_str(), vec![])];
    both.sort_unstable();
    assert_eq!(told(&repo.scan(&["dir"])), both);
    assert_eq!(told(&history(&repo)), both);
}

#[test]
fn an_id_that_outlives_its_secret_is_told_by_itself_too() {
    let dir = Dir::new();
    let repo = dir.repo("app");
    repo.commit("credentials", pair(1));
    repo.commit("credentials", format!("{}# moved\n{}", id_line(1), key_line(1)));
    let (id, key) = (id(1), key(1));
    let one = [(key.as_str(), vec![(id.as_str(), 1)])];
    assert_eq!(told(&history(&repo)), one);
    repo.commit("credentials", id_line(1));
    let mut both = vec![(key.as_str(), vec![(id.as_str(), 1)]), (id.as_str(), vec![])];
    both.sort_unstable();
    assert_eq!(told(&history(&repo)), both);
    // In the commit that took the secret out nothing is new.
    repo.range("HEAD~1..HEAD").clean();
    repo.scan(&["dir"]).hits(&[&id]);
}

#[test]
fn in_a_change_a_new_half_beside_an_old_one_is_told() {
    let dir = Dir::new();
    let repo = dir.repo("app");
    repo.commit("credentials", format!("{}\n# key\n", id_line(1)));
    repo.commit("credentials", format!("{}\n{}# key\n", id_line(1), key_line(1)));
    repo.commit("credentials", format!("{}{}# key\n", id_line(2), key_line(1)));
    let (id1, key1, id2) = (id(1), key(1), id(2));
    assert_eq!(told(&repo.range("HEAD~2..HEAD~1")), [(key1.as_str(), vec![(id1.as_str(), 2)])]);
    assert_eq!(told(&repo.range("HEAD~1..HEAD")), [(id2.as_str(), vec![])]);
}

#[test]
fn an_allowance_for_the_secret_is_one_for_the_pair() {
    let dir = Dir::new();
    let repo = dir.repo("app");
    repo.commit("credentials", pair(1));
    repo.commit("other", pair(2));
    let found = repo.scan(&["dir", "credentials"]);
    let fingerprint = found.one()["fingerprint"].as_str().expect("text").to_owned();
    let entry =
        |fingerprint: &str| format!("[[allow]]\nfingerprint = \"{fingerprint}\"\nreason = \"revoked\"\n");
    repo.write(".leakgate.toml", entry(&fingerprint));
    repo.scan(&["dir"]).hits(&[&key(2)]);
    history(&repo).hits(&[&key(2)]);
    // One for the id alone takes the id away, and nothing else.
    repo.write("alone", id_line(1));
    let alone = repo.scan(&["dir", "alone"]);
    repo.write(".leakgate.toml", entry(alone.one()["fingerprint"].as_str().expect("text")));
    repo.scan(&["dir"]).hits(&[&key(1), &key(2)]);
    assert!(!repo.scan(&["dir"]).summary["notes"].to_string().contains("covers nothing"));
}

#[test]
fn a_baseline_knows_both_halves() {
    let dir = Dir::new();
    let repo = dir.repo("app");
    repo.commit("credentials", pair(1));
    assert!(repo.run(&["baseline", "write"]).success());
    let known = ["--baseline", ".leakgate.baseline"];
    repo.scan(&[&["history"], &known[..]].concat()).clean();
    repo.scan(&[&["dir"], &known[..]].concat()).clean();
    // The same id elsewhere was never accepted.
    repo.stage("notes.txt", id_line(1));
    repo.scan(&[&["staged"], &known[..]].concat()).hits(&[&id(1)]);
}

const RULES: &str = r#"
    provider = "Acme"
    [[rule]]
    id = "acme-id"
    description = "Acme id"
    severity = "ID"
    keywords = ["acme_id_"]
    regex = '(?<secret>acme_id_[a-z0-9]{12})'
    examples = ["acme_id_{lowernum:12}"]
    near_misses = ["acme_id_"]
    [[rule]]
    id = "acme-key"
    description = "Acme key"
    severity = "high"
    stage = "STAGE"
    keywords = ["acme_key_"]
    regex = '(?<secret>acme_key_[a-z0-9]{12})'
    pair = { with = ["acme-id"], within = 1 }
    examples = ["acme_key_{lowernum:12}"]
    near_misses = ["acme_key_"]
"#;

#[test]
fn no_half_is_hidden_behind_one_that_counts_less() {
    let dir = Dir::new();
    let (id, key) = (made::filled("acme_id_{lowernum:12}", 1), made::filled("acme_key_{lowernum:12}", 1));
    dir.write("a.txt", format!("{id}\n{key}\n"));
    let scan = |severity: &str, stage: &str| {
        dir.write("acme.toml", RULES.replace("\"ID\"", severity).replace("STAGE", stage));
        let found = dir.scan("", &["dir", "a.txt", "--no-builtin", "--rules", "acme.toml"]);
        (found.findings.len(), found.ran.code)
    };
    assert_eq!(scan("'low'", "block"), (1, Some(1)));
    assert_eq!(scan("'critical'", "block"), (2, Some(1)));
    assert_eq!(scan("'low'", "warn"), (2, Some(1)));
}

#[test]
fn what_is_no_secret_is_told_with_one_and_never_alone() {
    let dir = Dir::new();
    let sid = made::filled("AC{hex:32}", 7);
    dir.write("twilio.env", format!("TWILIO_ACCOUNT_SID={sid}\n"));
    dir.scan("", &["dir", "twilio.env"]).clean();
    let token = made::filled("{hex:32}", 8);
    dir.write("twilio.env", format!("TWILIO_ACCOUNT_SID={sid}\nTWILIO_AUTH_TOKEN={token}\n"));
    let found = dir.scan("", &["dir", "twilio.env"]);
    assert_eq!(told(&found), [(token.as_str(), vec![(sid.as_str(), 1)])]);
    assert_eq!(found.summary["below"], 0, "it is told, so it is not below");
    let all = dir.scan("", &["dir", "twilio.env", "--min-confidence", "low"]);
    assert_eq!(told(&all), told(&found));
}

#[test]
fn what_is_too_weak_alone_is_told_beside_its_id() {
    let dir = Dir::new();
    let (id, key) = (id(1), key(1));
    let rule = |text: String| {
        dir.write("app.txt", text);
        let found = dir.scan("", &["dir", "app.txt", "--min-confidence", "low"]);
        let rules = found.findings.iter().map(|finding| finding["rule"].as_str().expect("text").to_owned());
        rules.collect::<Vec<_>>()
    };
    assert_eq!(rule(format!("id: {id}\nregion: eu\nmy-secret: {key}\n")), ["aws-secret-key-beside-id"]);
    assert!(
        !rule(format!("region: eu\nmy-secret: {key}\n")).contains(&"aws-secret-key-beside-id".to_owned())
    );
}

#[test]
fn no_output_tells_the_value_of_a_folded_half() {
    let dir = Dir::new();
    let (sid, token) = (made::filled("AC{hex:32}", 7), made::filled("{hex:32}", 8));
    // It stands in the file's name too, where nothing says what it is.
    let name = format!("{sid}.env");
    dir.write(&name, format!("TWILIO_ACCOUNT_SID={sid}\nTWILIO_AUTH_TOKEN={token}\n"));
    let written = |format: &str| {
        let ran = Ran::of(&mut dir.leakgate("", &["dir", &name, "--format", format]));
        assert!(
            !ran.stdout.is_empty() && !ran.stdout.contains(&sid) && !ran.stdout.contains(&token),
            "{format}"
        );
        ran.stdout
    };
    for format in ["json", "jsonl", "gitlab", "github", "junit", "csv", "markdown", "push"] {
        written(format);
    }
    assert!(written("text").contains("with     Twilio account SID AC"));
    let sarif: Value = serde_json::from_str(&written("sarif")).expect("JSON");
    let related = sarif["runs"][0]["results"][0]["relatedLocations"].to_string();
    assert!(related.contains("Twilio account SID") && related.contains("1 line away"), "{related}");
}

#[test]
fn halves_at_both_sides_of_a_window_go_together() {
    const WINDOW: usize = 16 << 20;
    let dir = Dir::new();
    let line = format!("{}\n", ".".repeat(63));
    let before = line.repeat(WINDOW / 64 - 1);
    let text = format!("{before}{}{}{}", id_line(1), key_line(1), line.repeat(2000));
    dir.write("large", &text);
    assert!(before.len() < WINDOW && before.len() + pair(1).len() > WINDOW, "the border lies between");
    let (id, key) = (id(1), key(1));
    let found = dir.scan("", &["dir", "large"]);
    assert_eq!(told(&found), [(key.as_str(), vec![(id.as_str(), 1)])]);
}

#[test]
fn halves_that_are_encoded_together_go_together() {
    let dir = Dir::new();
    let repo = dir.repo("app");
    let encoded = |text: String| data_encoding::BASE64.encode(text.as_bytes());
    repo.commit("secret.yaml", format!("data: {}\n", encoded(format!("[default]\n{}", pair(1)))));
    let (id, key) = (id(1), key(1));
    let one = [(key.as_str(), vec![(id.as_str(), 1)])];
    assert_eq!(told(&repo.scan(&["dir"])), one);
    assert_eq!(told(&history(&repo)), one);
}
