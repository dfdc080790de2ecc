//! Whose settings count: the server's and the target side's, never those of what is under test.

use super::*;

/// An allowance of everything that the rule for the made-up tokens finds.
const ALLOW: &str = "[[allow]]\nrule = 'github-pat-classic'\nreason = 'trust me'\n";

fn note(told: &Told, words: &str) {
    assert!(told.summary["notes"].to_string().contains(words), "{words:?}: {}", told.summary);
}

#[test]
fn a_push_cannot_allow_itself_in_one_step_or_two() {
    let dir = Dir::new();
    let server = Server::new(&dir, "");
    server.dev.git(&["checkout", "--quiet", "-b", "topic"]);
    let change = server.dev.commit(".leakgate.toml", ALLOW);
    server.dev.commit("app.env", line(1));
    let told = server.push(&["topic"]).blocked(&made::token(1));
    note(
        &told,
        &format!(
            ".leakgate.toml is changed by {}, which has no effect here: that of HEAD counts",
            &change[..12]
        ),
    );

    let told = server.push(&["topic~1:refs/heads/topic"]).passes();
    note(&told, "no effect here");
    let told = server.push(&["topic"]).blocked(&made::token(1));
    assert_eq!(told.summary["notes"], serde_json::json!([]), "this push changes nothing of it");
}

#[test]
fn what_head_allows_passes_on_every_branch() {
    let dir = Dir::new();
    let server = Server::new(&dir, "");
    server.dev.commit(".leakgate.toml", ALLOW);
    server.push(&["main"]).passes();
    server.dev.git(&["checkout", "--quiet", "-b", "topic"]);
    server.dev.commit("app.env", line(1));
    let told = server.push(&["topic"]).passes();
    assert_eq!(told.summary["allowed"], 1);
    assert_eq!(told.summary["policy"]["from"], "HEAD:.leakgate.toml");
    // Taking it away again counts once it is there, and is told before.
    server.dev.git(&["rm", "--quiet", ".leakgate.toml"]);
    server.dev.record("no more");
    server.dev.commit("b.env", line(2));
    let told = server.push(&["topic:main"]).passes();
    note(&told, ".leakgate.toml is changed by ");
    server.dev.commit("c.env", line(1));
    let told = server.push(&["topic:main"]);
    told.blocked(&made::token(1));
}

#[test]
fn the_servers_file_overrules_what_the_repository_has() {
    let dir = Dir::new();
    let server = Server::new(&dir, "");
    server.dev.commit(".leakgate.toml", ALLOW);
    server.push(&["main"]).passes();
    let empty = dir.write("server/policy.toml", "");
    server.hook(&format!("--config {}", empty.display()));
    server.dev.commit("app.env", line(1));
    server.push(&["main"]).blocked(&made::token(1));
    let lenient = dir.write("server/lenient.toml", ALLOW);
    server.hook(&format!("--config {}", lenient.display()));
    let told = server.push(&["main"]).passes();
    assert_eq!(told.summary["policy"]["from"], lenient.display().to_string());
}

#[test]
fn another_revision_may_have_the_say() {
    let dir = Dir::new();
    let server = Server::new(&dir, "");
    server.dev.git(&["checkout", "--quiet", "-b", "policy"]);
    server.dev.commit(".leakgate.toml", ALLOW);
    server.push(&["policy"]).passes();
    server.dev.git(&["checkout", "--quiet", "main"]);
    server.dev.commit("app.env", line(1));
    server.push(&["main"]).blocked(&made::token(1));
    server.hook("--policy-from refs/heads/policy");
    server.push(&["main"]).passes();
    server.hook("--policy-from no-such-ref");
    server.dev.commit("b.env", "1\n");
    let pushed = server.push(&["main"]);
    assert!(!pushed.git.success() && pushed.git.stderr.contains("no-such-ref"), "{}", pushed.git.stderr);
}

#[test]
fn an_inline_allowance_that_comes_with_the_push_has_no_effect() {
    let dir = Dir::new();
    let server = Server::new(&dir, "");
    let inline = format!("{} # leakgate:allow github-pat-classic made up\n", line(1).trim_end());
    server.dev.commit("app.env", &inline);
    let told = server.push(&["main"]).blocked(&made::token(1));
    note(&told, "app.env:1: leakgate:allow github-pat-classic comes with the change itself");
    server.hook("--accept-inline");
    let told = server.push(&["main"]).passes();
    assert_eq!(told.summary["allowed"], 1);
    // What stands there already, on a line that does not change, blocks nobody.
    server.hook("");
    server.dev.commit("app.env", inline + "more = 1\n");
    server.push(&["main"]).passes();
}

#[test]
fn baseline_and_rules_in_the_repository_are_those_of_head() {
    let dir = Dir::new();
    let server = Server::new(&dir, "--baseline .leakgate.baseline --rules rules");
    let id = {
        server.dev.stage("x.env", line(1));
        server.dev.staged().one()["fingerprint"].as_str().expect("text").to_owned()
    };
    server.dev.git(&["reset", "--quiet", "--hard"]);
    let rule = "provider = 'Acme'\nrevoke = ''\n[[rule]]\nid = 'acme-key'\ndescription = 'Acme key'\nseverity = 'high'\nkeywords = ['acme_live_']\nregex = '''\\b(?<secret>acme_live_[a-z0-9]{16})\\b'''\nexamples = ['acme_live_{lowernum:16}']\nnear_misses = ['acme_live_{lowernum:3}']\n";
    // Without them on either side there is nothing to judge by: fewer rules than asked for look clean.
    server.dev.commit("a", "1\n");
    let pushed = server.push(&["main"]);
    assert!(!pushed.git.success() && pushed.git.stderr.contains("rules"), "{}", pushed.git.stderr);
    server.hook("");
    server.dev.stage("rules/acme.toml", rule);
    server.dev.commit("rules/README.md", "our rules\n");
    server.push(&["main"]).passes();

    server.hook("--baseline .leakgate.baseline --rules rules");
    server.dev.stage("app.env", line(1));
    server.dev.commit(".leakgate.baseline", format!("{id}\n"));
    let told = server.push(&["main"]).blocked(&made::token(1));
    note(&told, "HEAD does not have .leakgate.baseline, so nothing in it counts here");
    note(&told, ".leakgate.baseline is changed by");
    server.dev.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
    server.dev.commit(".leakgate.baseline", format!("{id}\n"));
    server.push(&["main"]).passes();
    server.dev.commit("app.env", line(1));
    server.push(&["main"]).passes();

    let value = made::filled("acme_live_{lowernum:16}", 5);
    server.dev.stage("rules/acme.toml", rule.replace("acme_live_", "nothing_"));
    server.dev.commit("acme.env", &value);
    let told = server.push(&["main"]).blocked(&value);
    note(&told, "rules/acme.toml is changed by");
}

#[test]
fn a_broken_configuration_allows_nothing_and_can_be_mended() {
    let dir = Dir::new();
    let server = Server::new(&dir, "");
    server.dev.commit(".leakgate.toml", format!("{ALLOW}regexp = 'do not quote me'\n"));
    server.push(&["main"]).passes();
    server.dev.commit("app.env", line(1));
    let told = server.push(&["main"]).blocked(&made::token(1));
    note(&told, "HEAD:.leakgate.toml");
    assert!(!told.ran.stderr.contains("quote"), "{}", told.ran.stderr);
    server.dev.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
    server.dev.commit(".leakgate.toml", ALLOW);
    server.push(&["main"]).passes();
    server.dev.commit("app.env", line(1));
    server.push(&["main"]).passes();
}

#[test]
fn a_merge_request_is_judged_by_its_base() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.commit("a", "1\n");
    repo.git(&["checkout", "--quiet", "-b", "topic"]);
    let change = repo.commit(".leakgate.toml", ALLOW);
    repo.commit("app.env", line(1));
    let told = repo.range("main..topic").hits(&[&made::token(1)]);
    note(
        &told,
        &format!(
            ".leakgate.toml is changed by {}, which has no effect here: that of main counts",
            &change[..12]
        ),
    );
    // Even by naming the file: it is the branch's.
    let told = repo.scan(&["range", "main..topic", "--config", ".leakgate.toml"]).hits(&[&made::token(1)]);
    note(&told, "main does not have .leakgate.toml");
    repo.scan(&["range", "main..topic", "--policy-from", "topic"]).clean();
    let outside = dir.write("outside.toml", ALLOW);
    repo.scan(&["range", "main..topic", "--config", outside.to_str().expect("UTF-8")]).clean();
    // A file that no commit has was put there by whoever runs this.
    repo.write("ci/policy.toml", ALLOW);
    repo.scan(&["range", "main..topic", "--config", "ci/policy.toml"]).clean();

    repo.git(&["checkout", "--quiet", "main"]);
    repo.commit(".leakgate.toml", ALLOW);
    repo.git(&["checkout", "--quiet", "topic"]);
    let told = repo.range("main..topic").clean();
    assert_eq!(told.summary["policy"]["from"], "main:.leakgate.toml");

    repo.git(&["checkout", "--quiet", "-b", "inline", "main~1"]);
    repo.commit("app.env", format!("{} # leakgate:allow github-pat-classic made up\n", line(1).trim_end()));
    repo.range("main~1..inline").hits(&[&made::token(1)]);
    repo.scan(&["range", "main~1..inline", "--accept-inline"]).clean();
}

#[test]
fn the_policys_hash_follows_what_decides_and_nothing_else() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.commit("a", "1\n");
    repo.commit("b", "1\n");
    let hash = |more: &[&str]| {
        let told = repo.scan(&[&["range", "HEAD~1..HEAD"], more].concat());
        told.summary["policy"]["hash"].as_str().expect("text").to_owned()
    };
    let plain = hash(&[]);
    assert_eq!(plain.len(), 64);
    assert_eq!(hash(&["--threads", "2"]), plain);
    let policy = dir.write("p.toml", ALLOW);
    let policy = policy.to_str().expect("UTF-8");
    for more in [&["--config", policy][..], &["--min-severity", "high"], &["--accept-inline"]] {
        assert_ne!(hash(more), plain, "{more:?}");
    }
}
