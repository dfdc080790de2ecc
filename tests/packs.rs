//! Packs that are shared: one file, pinned by hash, signed, compared; and rules on trial.

use ed25519_dalek::{Signer as _, SigningKey};

use crate::harness::{Dir, Ran, made};

const RULE: &str = "provider = 'Acme'\n\n[[rule]]\nid = 'acme-token'\ndescription = 'Acme token'\n\
    severity = 'high'\nkeywords = ['acme_']\nregex = '''\\b(?<secret>acme_[a-z0-9]{20})\\b'''\n\
    examples = ['x = acme_{lowernum:20}']\nnear_misses = ['acme_{lowernum:19}']\n";

fn acme(number: u64) -> String {
    made::filled("acme_{lowernum:20}", number)
}

fn run(dir: &Dir, args: &[&str]) -> Ran {
    Ran::of(&mut dir.leakgate("", args))
}

/// Builds a pack of one rule, and returns how it is pinned.
fn built(dir: &Dir) -> String {
    dir.write("rules/acme.toml", RULE);
    let ran = run(dir, &["pack", "build", "rules", "-o", "acme.pack"]);
    assert!(ran.success() && ran.stdout.starts_with("1 rules of 1 files"), "{}", ran.all());
    let pin = ran.stdout.split('\'').nth(1).expect("it says how");
    assert!(pin.starts_with("acme.pack#sha256="), "{pin}");
    pin.to_owned()
}

#[test]
fn a_built_pack_finds_what_its_files_find_and_is_pinned_by_its_hash() {
    let dir = Dir::new();
    let pin = built(&dir);
    dir.write("app.env", format!("x = {}\n", acme(1)));
    for rules in ["rules", "acme.pack", &pin] {
        let _ = dir.scan("", &["dir", "app.env", "--no-builtin", "--rules", rules]).hits(&[&acme(1)]);
    }
    let lint = run(&dir, &["rules", "lint", "--no-builtin", "--rules", &pin]);
    assert!(lint.success() && lint.stdout.contains("1 rules in 1 files"), "{}", lint.all());
    let pack = dir.read("acme.pack").replace("{20}", "{21}");
    dir.write("acme.pack", pack);
    let _ = dir.scan("", &["dir", "app.env", "--rules", &pin]).refused("not the file that was pinned");
}

#[test]
fn only_the_signature_of_that_key_on_that_file_is_good() {
    let dir = Dir::new();
    let _ = built(&dir);
    let key = SigningKey::from_bytes(&[7; 32]);
    dir.write("key.pub", key.verifying_key().to_bytes());
    dir.write("acme.sig", key.sign(dir.read("acme.pack").as_bytes()).to_bytes());
    let verify =
        || run(&dir, &["pack", "verify", "acme.pack", "--key", "key.pub", "--signature", "acme.sig"]);
    let ran = verify();
    assert!(ran.success() && ran.stdout.contains("is good"), "{}", ran.all());
    dir.write("key.pub", SigningKey::from_bytes(&[8; 32]).verifying_key().to_bytes());
    assert_eq!(verify().code, Some(1), "another key");
    dir.write("key.pub", key.verifying_key().to_bytes());
    dir.write("acme.pack", dir.read("acme.pack") + "\n");
    let ran = verify();
    assert!(ran.code == Some(1) && ran.stdout.contains("NOT good"), "{}", ran.all());
    dir.write("acme.sig", "short");
    assert_eq!(verify().code, Some(2), "no signature at all");
}

#[test]
fn what_a_rule_on_trial_finds_is_shown_and_fails_nothing() {
    let dir = Dir::new();
    dir.write("app.env", format!("x = {}\n", acme(1)));
    dir.write("acme.toml", RULE.replace("severity =", "stage = 'warn'\nseverity ="));
    let told = dir.scan("", &["dir", "app.env", "--rules", "acme.toml"]);
    assert_eq!((told.ran.code, told.findings.len()), (Some(0), 1), "{}", told.ran.all());
    assert_eq!(told.findings[0]["stage"], "warn");
    let text = run(&dir, &["dir", "app.env", "--rules", "acme.toml"]);
    assert!(text.success() && text.stdout.contains("only a warning"), "{}", text.all());
    dir.write("app.env", format!("x = {}\ngithub = {}\n", acme(1), made::token(1)));
    let told = dir.scan("", &["dir", "app.env", "--rules", "acme.toml"]);
    assert_eq!((told.ran.code, told.findings.len()), (Some(1), 2), "one that blocks is enough");
    assert!(told.findings[1].get("stage").is_none());
    dir.write("acme.toml", RULE.replace("severity =", "stage = 'maybe'\nseverity ="));
    let _ = dir.scan("", &["dir", "app.env", "--rules", "acme.toml"]).refused("stage");
}

#[test]
fn a_difference_is_told_rule_by_rule_and_finding_by_finding() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.commit("a.env", format!("x = {}\ny = {}\n", acme(1), made::filled("acne_{lowernum:20}", 2)));
    dir.write("old.toml", RULE);
    let body = &RULE[RULE.find("[[rule]]").expect("a rule")..];
    let more = body.replace("acme-token", "acne-token").replace("acme_", "acne_");
    dir.write("new.toml", RULE.replace("'high'", "'low'") + &more);
    let ran = run(&dir, &["pack", "diff", "old.toml", "new.toml", "repo"]);
    assert!(ran.success(), "{}", ran.all());
    for line in
        ["~ acme-token: severity", "+ acne-token: Acme token", "2 rules differ", "1 findings before, 2 after"]
    {
        assert!(ran.stdout.lines().any(|told| told == line), "{line}: {}", ran.stdout);
    }
    assert!(ran.stdout.contains("+ finding acne-token:") && !ran.stdout.contains("acne_"), "{}", ran.stdout);
    let same = run(&dir, &["pack", "diff", "old.toml", "old.toml"]);
    assert_eq!(same.stdout, "0 rules differ\n");
}

#[test]
fn a_pack_that_cannot_be_built_leaves_the_old_one_and_no_new_one() {
    let dir = Dir::new();
    let _ = built(&dir);
    let before = dir.read("acme.pack");
    dir.write("rules/twice.toml", RULE);
    for name in ["acme.pack", "new.pack"] {
        let ran = run(&dir, &["pack", "build", "rules", "-o", name]);
        assert!(ran.code == Some(2) && ran.stderr.contains("two rules have the id"), "{}", ran.all());
    }
    std::fs::create_dir(dir.path("none")).expect("writable");
    assert_eq!(run(&dir, &["pack", "build", "none", "-o", "new.pack"]).code, Some(2));
    assert!(!dir.path("new.pack").exists());
    assert_eq!(dir.read("acme.pack"), before);
}
