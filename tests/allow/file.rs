//! What `allow add` and `import` do to the file, and what `allow list` shows of it.

use super::*;

/// A repository with a staged token, and the fingerprint of that.
fn repo(dir: &Dir) -> (Repo<'_>, String) {
    let repo = dir.repo("repo");
    repo.stage("app.env", line(1));
    let name = fingerprint(&repo.staged());
    (repo, name)
}

#[test]
fn every_byte_that_stands_there_stays_whatever_the_line_ends_and_comments() {
    for before in [
        "# head\r\n[[allow]]\r\nrule = \"jwt\" # why\r\nreason = \"r\"\r\n",
        "\u{feff}[[allow]]\nrule = 'jwt'\nreason = 'r'\n",
        "# only a comment",
        "contact = \"x\"\n\n\n# between\n[[allow]]\n  rule   =  'jwt'\nreason = '''r\r\n'''\n\n  # at the end\n\n",
        "  \n\t\n",
    ] {
        for import in [false, true] {
            let dir = Dir::new();
            let (repo, name) = repo(&dir);
            repo.write(".leakgate.toml", before);
            if import {
                repo.write(".gitleaksignore", "app.env:github-pat:1\n");
                repo.git(&["commit", "--quiet", "--no-verify", "-m", "x"]);
                repo.git(&["commit", "--quiet", "--allow-empty", "-m", "y"]);
                let ran = repo.run(&["import", ".gitleaksignore", "--force"]);
                assert!(ran.success(), "{}", ran.all());
                assert!(repo.read(".leakgate.toml").contains(&name));
            } else {
                allow(&repo, &name, &[]);
            }
            let after = repo.read(".leakgate.toml");
            assert!(after.starts_with(before) && after.len() > before.len(), "{import}: {after:?}");
            let _ = repo.scan(&["dir", "app.env"]).clean();
            // Lines end as they did.
            let ends = after.matches('\n').count() == after.matches("\r\n").count();
            assert_eq!(ends, before.starts_with("# head\r\n"), "{import}: {after:?}");
        }
    }
}

#[test]
fn what_an_entry_allows_no_more_or_only_elsewhere_is_not_allowed_already() {
    for rest in ["expires = 2001-01-31\n", "path = 'elsewhere/**'\n", "regex = '^x$'\n"] {
        let dir = Dir::new();
        let (repo, name) = repo(&dir);
        repo.write(".leakgate.toml", format!("[[allow]]\nfingerprint = '{name}'\nreason = 'r'\n{rest}"));
        allow(&repo, &name, &[]);
        let _ = repo.staged().clean();
        let once = repo.read(".leakgate.toml");
        allow(&repo, &name, &[]);
        assert_eq!(repo.read(".leakgate.toml"), once, "now it is");
    }
}

#[test]
fn an_entry_that_names_nothing_is_no_entry() {
    let dir = Dir::new();
    let (repo, _) = repo(&dir);
    for key in ["rule", "path", "path_regex", "regex"] {
        repo.write(".leakgate.toml", format!("[[allow]]\n{key} = ''\nreason = 'r'\n"));
        let _ = repo.staged().refused(&format!("{key} is empty"));
    }
}

#[test]
fn what_a_repository_says_does_not_reach_the_terminal_as_it_stands() {
    let dir = Dir::new();
    let (repo, _) = repo(&dir);
    for text in [
        "[[allow]]\nrule = \"x\\u001b[31m\"\nreason = \"a\\nb\\u001b[2J\"\nowner = \"\\u202eo\"\n",
        "[[allow]]\nrule = '\u{1b}[31m'\n",
        "[[allow]]\nru\u{9b}31mle = 1\n",
        "\"\\u001b[31m\" = 1\n",
        "large_file = \"\\u202e\"\n",
    ] {
        repo.write(".leakgate.toml", text);
        for args in [&["allow", "list"][..], &["staged"]] {
            let ran = repo.run(args);
            let odd = ran.all().chars().find(|&it| it.is_control() && it != '\n' || it == '\u{202e}');
            assert_eq!(odd, None, "{args:?} {text:?}: {:?}", ran.all());
            assert!(
                args[0] != "allow" || ran.stdout.lines().count() <= 1,
                "one line an entry: {}",
                ran.stdout
            );
        }
    }
}
