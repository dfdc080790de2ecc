//! What can be written in `.leakgate.toml`, and what is wrong with it.

use super::*;

/// A repository with a token in two places and another in one of them, staged.
fn repo<'d>(dir: &'d Dir, config: &str) -> Repo<'d> {
    let repo = dir.repo("repo");
    repo.stage("src/app.env", line(1));
    repo.stage("tests/deep/app.env", line(1) + &line(2));
    repo.write(".leakgate.toml", config);
    repo
}

#[test]
fn all_that_an_entry_names_must_agree() {
    let (one, two) = (made::token(1), made::token(2));
    for (entry, left) in [
        ("path = 'tests/**'", &[&*one][..]),
        ("path = 'tests/*'", &[&one, &two]),
        ("path = '**/app.env'", &[]),
        ("rule = 'github-pat-classic'", &[]),
        ("rule = 'github-pat'", &[&one, &two]),
        ("rule = 'github-pat-classic'\npath = 'tests/**'", &[&one]),
        ("rule = 'jwt'\npath = 'tests/**'", &[&one, &two]),
        (&format!("regex = '^{two}$'"), &[&one]),
        (&format!("regex = '^{two}'\npath = 'src/**'"), &[&one, &two]),
    ] {
        let dir = Dir::new();
        let told = repo(&dir, &format!("[[allow]]\n{entry}\nreason = 'x'\n")).staged();
        if left.is_empty() {
            told.clean()
        } else {
            told.hits(left)
        };
    }
}

#[test]
fn a_value_allowed_in_one_place_is_found_in_the_other() {
    let dir = Dir::new();
    let repo = repo(&dir, "[[allow]]\npath = 'tests/**'\nreason = 'x'\n");
    let told = repo.staged().hits(&[&made::token(1)]);
    assert_eq!((&told.one()["path"], &told.one()["places"]), (&"src/app.env".into(), &serde_json::json!([])));
}

#[test]
fn past_its_day_an_entry_covers_nothing_and_is_told() {
    for (expires, covers) in [("2000-01-31", false), ("2999-01-31", true)] {
        let dir = Dir::new();
        let repo = dir.repo("repo");
        repo.stage("app.env", line(1));
        let entry = format!("[[allow]]\nrule = 'github-pat-classic'\nreason = 'x'\nexpires = {expires}\n");
        repo.write(".leakgate.toml", entry);
        let told = repo.staged();
        if covers {
            told.clean();
        } else {
            let told = told.hits(&[&made::token(1)]);
            assert!(told.summary["notes"].to_string().contains(expires), "{}", told.summary);
            assert!(repo.run(&["staged"]).stdout.contains(expires));
        }
    }
}

#[test]
fn an_entry_that_covers_nothing_is_told_where_all_was_read() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.commit("app.env", line(1));
    let used = "[[allow]]\nrule = 'github-pat-classic'\nreason = 'x'\n";
    let unused = format!("[[allow]]\nfingerprint = 'jwt:{}'\nreason = 'x'\n", "0a".repeat(16));
    repo.write(".leakgate.toml", used.to_owned() + &unused);
    for command in ["history", "dir"] {
        let told = repo.scan(&[command]).clean();
        let notes = told.summary["notes"].to_string();
        assert!(notes.contains("entry 2") && !notes.contains("entry 1"), "{command}: {notes}");
        assert!(repo.run(&[command]).stdout.contains("entry 2"), "{command}");
    }
    // A staged change is a part, so nothing can be said.
    assert_eq!(repo.staged().clean().summary["notes"], serde_json::json!([]));
}

#[test]
fn a_mistake_in_the_file_stops_the_scan_and_is_told_with_its_line() {
    let fingerprint = format!("fingerprint = 'jwt:{}'", "0a".repeat(16));
    for (config, what) in [
        ("[[allow]]\nrule = 'x'\nreasn = 'typo'\n", "reasn"),
        ("[[alow]]\nrule = 'x'\nreason = 'typo'\n", "alow"),
        ("[[allow]]\nrule = 'x'\n", "reason"),
        ("[[allow]]\nrule = 'x'\nreason = ''\n", "reason"),
        ("[[allow]]\nreason = 'covers everything?'\n", "entry 1"),
        ("[[allow]]\nrule = 'x'\nreason = 'x'\nexpires = 'soon'\n", "expires"),
        ("[[allow]]\nregex = '('\nreason = 'x'\n", "regex"),
        ("[[allow]]\npath = '['\nreason = 'x'\n", "path"),
        ("[[allow]]\nfingerprint = 'jwt:12'\nreason = 'x'\n", "fingerprint"),
        ("[[allow]]\nrule = 'x'\nreason = 'x'\n[[allow]\n", "4"),
        (&format!("[[allow]]\n{fingerprint}\n{fingerprint}\nreason = 'x'\n"), "3"),
    ] {
        let dir = Dir::new();
        let repo = repo(&dir, config);
        let told = repo.staged().refused(what);
        assert!(told.ran.stderr.contains(".leakgate.toml"), "{}", told.ran.stderr);
        repo.scan(&["dir"]).refused(what);
        assert_eq!(repo.run(&["allow", "list"]).code, Some(2), "{config}");
    }
}

#[test]
fn another_file_may_be_named_and_must_be_there() {
    let dir = Dir::new();
    let repo = repo(&dir, "[[allow]]\npath = '**'\nreason = 'x'\n");
    dir.write("other.toml", "");
    repo.staged().clean();
    repo.scan(&["staged", "--config", "../other.toml"]).hits(&[&made::token(1), &made::token(2)]);
    repo.scan(&["staged", "--config", "../no-such.toml"]).refused("no-such.toml");
}

#[test]
fn paths_count_from_the_root_whatever_the_folder_and_the_argument() {
    let dir = Dir::new();
    let repo = repo(&dir, "[[allow]]\npath = 'tests/deep/*'\nreason = 'x'\n");
    let inside = repo.inside("tests/deep");
    inside.scan(&["dir"]).clean();
    inside.scan(&["dir", "app.env"]).clean();
    inside.scan(&["dir", "../../src"]).hits(&[&made::token(1)]);
    dir.scan("home", &["dir", "../repo/tests"]).clean();
    let absolute = repo.path("tests");
    dir.scan("home", &["dir", absolute.to_str().expect("UTF-8")]).clean();
}

#[test]
fn a_bare_repository_takes_what_its_head_has() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.commit("app.env", line(1));
    repo.commit(".leakgate.toml", "[[allow]]\npath = 'app.env'\nreason = 'x'\n");
    dir.git("", &["clone", "--quiet", "--bare", "repo", "bare"]);
    dir.scan("bare", &["history"]).clean();
    dir.scan("", &["history", "bare"]).clean();
}
