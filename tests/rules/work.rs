//! Working on rules: a scaffold, what each costs, what one would find, and who decided.

use super::{RULE, acme, run};
use crate::harness::{Dir, made};

#[test]
fn a_scaffold_is_a_file_that_lint_takes_apart() {
    let dir = Dir::new();
    let ran = run(&dir, &["rules", "new", "Acme \"Corp\"", "acme-key", "-o", "acme.toml"]);
    assert!(ran.success() && ran.stdout.contains("acme.toml"), "{}", ran.all());
    let lint = run(&dir, &["rules", "lint", "--no-builtin", "--rules", "acme.toml"]);
    assert_eq!(lint.code, Some(1));
    for lacks in ["description", "examples", "near_misses"] {
        assert!(lint.stdout.contains(&format!("acme-key: {lacks}:")), "{lacks}: {}", lint.stdout);
    }
    assert_eq!(
        run(&dir, &["rules", "new", "Acme", "acme-key", "-o", "acme.toml"]).code,
        Some(2),
        "it is there"
    );
    assert_eq!(run(&dir, &["rules", "new", "Acme", "Acme Key"]).code, Some(2), "no id");
    assert_eq!(run(&dir, &["rules", "new", "GitHub", "github-pat-classic"]).code, Some(2), "known");
}

#[test]
fn matches_and_time_are_counted_for_each_rule() {
    let dir = Dir::new();
    dir.write("app/a", format!("x = {}\n", acme()));
    dir.write("app/b", format!("y = {}\nz = {}\n", acme(), made::token(1)));
    dir.write("acme.toml", RULE);
    let ran = run(&dir, &["rules", "stats", "app", "--rules", "acme.toml", "--format", "jsonl"]);
    assert!(ran.success(), "{}", ran.all());
    let matches = |id: &str| {
        let lines =
            ran.stdout.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"));
        let line = lines.into_iter().find(|line| line["id"] == id).expect(id);
        assert!(line["microseconds"].is_u64());
        line["matches"].as_u64().expect("a number")
    };
    assert_eq!(
        (matches("acme-token"), matches("github-pat-classic"), matches("npm-access-token")),
        (2, 1, 0)
    );
}

#[test]
fn one_rule_is_tried_on_a_history_alone() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.commit("a.env", format!("x = {}\ngithub = {}\n", acme(), made::token(1)));
    repo.commit("a.env", "gone\n");
    dir.write("acme.toml", RULE);
    let _ = dir.scan("", &["rules", "try", "acme-token", "repo", "--rules", "acme.toml"]).hits(&[&acme()]);
    let _ = dir.scan("", &["rules", "try", "github-pat-classic", "repo"]).hits(&[&made::token(1)]);
    let _ = dir.scan("", &["rules", "try", "npm-access-token", "repo"]).clean();
    assert_eq!(run(&dir, &["rules", "try", "no-such-rule", "repo"]).code, Some(2));
}

#[test]
fn what_decided_about_a_finding_is_told_without_its_value() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.write("a.env", format!("github = {}\n", made::token(1)));
    let told = repo.scan(&["dir"]);
    let name = told.one()["fingerprint"].as_str().expect("text");
    let ran = repo.run(&["why", name]);
    assert!(ran.success(), "{}", ran.all());
    for part in ["github-pat-classic", "ghp_", "high, of the rule itself high", "a.env:1:", "told, unless"] {
        assert!(ran.stdout.contains(part), "{part}: {}", ran.stdout);
    }
    assert!(!ran.all().contains(&made::token(1)));
    let allowed = repo.run(&["allow", "add", name, "--reason", "made up"]);
    assert!(allowed.success(), "{}", allowed.all());
    let ran = repo.run(&["why", name, "a.env"]);
    assert!(ran.success() && ran.stdout.contains("allowed by allowlist entry 1"), "{}", ran.all());
    repo.write("b.env", "1\n");
    assert_eq!(repo.run(&["why", name, "b.env"]).code, Some(2), "it is not there");
    assert_eq!(repo.run(&["why", "abc"]).code, Some(2), "no fingerprint");
}

#[test]
fn why_a_text_is_not_told_is_said_for_each_rule_that_looked() {
    let dir = Dir::new();
    let why_not = |text: &str| {
        let ran = run(&dir, &["why-not", text]);
        assert!(ran.success(), "{}", ran.all());
        ran.stdout
    };
    let told = why_not(&format!("x = {}", made::token(1)));
    assert!(
        told.contains("github-pat-classic: told: high confidence") && told.contains("column 5"),
        "{told}"
    );
    let short = why_not("x = ghp_abc");
    assert!(
        short.contains("github-pat-classic: its word \"ghp_\" stands at column 5, but its regex"),
        "{short}"
    );
    let blank = made::filled("ghp_xxxxxxxxxx{alnum:26}", 3);
    let doubted = why_not(&blank);
    assert!(doubted.contains("github-pat-classic: found, but believed too little"), "{doubted}");
    assert!(!doubted.contains(&blank), "the text is not shown again");
    assert!(why_not("hello").starts_with("no rule's word stands in it"));
    let parts = [
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
        "eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ",
        "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
    ];
    let published = why_not(&parts.join("."));
    assert!(published.contains("jwt: its regex matches, but the value is no secret ("), "{published}");
    let reference = why_not("TICKET: ABC-1234");
    assert!(
        reference.contains("assignments: the value at column 9 is no secret: public, or a reference"),
        "{reference}"
    );
    let settled = why_not(&format!("token = 'see {}'", made::token(1)));
    assert!(settled.contains("told: ") && !settled.contains("no secret"), "{settled}");
    let word = why_not("the token: optional");
    assert!(
        word.contains("generic-secret: the value at column 12 is judged to be no secret, 0% likely"),
        "{word}"
    );
}
