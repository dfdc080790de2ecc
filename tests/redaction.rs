//! No output tells a value unless it is asked to: every format, both streams, every place where a value
//! can stand besides the line it was found on.

use crate::harness::{Dir, Ran, Repo, made};

const FORMATS: &[&str] =
    &["text", "json", "jsonl", "sarif", "gitlab", "github", "junit", "csv", "markdown", "push"];

/// What is planted: each value, and the pieces of it that may stand in no output.
struct Planted {
    token: String,
    password: String,
    weak: String,
    key: String,
}

impl Planted {
    fn new() -> Self {
        Self {
            token: made::token(1),
            password: made::password(1),
            weak: made::filled("{word:4}{digits:3}{word:2}", 2),
            key: made::private_key(),
        }
    }

    fn text(&self) -> String {
        let Self { token, password, weak, key } = self;
        format!(
            "key = {token}; again {token}\n{}\npostgres://admin:{weak}@db.internal/app?x={token}\n{key}\n",
            made::url(password)
        )
    }

    /// Every piece of a value of eight characters or more; of the key, every line of its body.
    fn pieces(&self) -> Vec<String> {
        let mut pieces = vec![self.weak.clone()];
        for value in [&self.token, &self.password] {
            pieces
                .extend(value.as_bytes().windows(8).map(|piece| String::from_utf8_lossy(piece).into_owned()));
        }
        pieces.extend(
            self.key
                .lines()
                .filter(|line| !line.starts_with("--"))
                .map(|line| line[..16.min(line.len())].to_owned()),
        );
        pieces.retain(|piece| piece.len() >= 8);
        pieces
    }

    #[track_caller]
    fn absent(&self, ran: &Ran, what: &str) {
        for piece in self.pieces() {
            assert!(!ran.stdout.contains(&piece), "{what}: {piece:?} on standard output:\n{}", ran.stdout);
            assert!(!ran.stderr.contains(&piece), "{what}: {piece:?} on standard error:\n{}", ran.stderr);
        }
    }
}

/// The values in a file, in its name, in a folder's, in the author's name, in messages and in a branch's name.
fn repo<'d>(dir: &'d Dir, planted: &Planted) -> Repo<'d> {
    let repo = dir.repo("repo");
    repo.commit("first", "1\n");
    let name = format!("backup-{}/{}.env", planted.token, planted.token);
    repo.stage(&name, planted.text());
    repo.git(&[
        "commit",
        "--quiet",
        "--author",
        &format!("{} <{}@x>", planted.token, planted.token),
        "-m",
        &planted.text(),
    ]);
    repo.git(&["tag", "-a", "v1", "-m", &planted.text()]);
    repo.git(&["branch", &format!("try/{}", planted.token)]);
    repo.stage("staged.env", planted.text());
    repo
}

#[test]
fn no_format_of_any_scan_tells_a_value() {
    let dir = Dir::new();
    let planted = Planted::new();
    let repo = repo(&dir, &planted);
    let branch = format!("main~1..try/{}", planted.token);
    let commands: &[&[&str]] =
        &[&["staged"], &["range", "main~1..main"], &["range", &branch], &["history"], &["dir"]];
    for command in commands {
        for format in FORMATS {
            let ran = repo.run(&[*command, &["--format", format]].concat());
            assert_eq!(ran.code, Some(1), "{command:?} {format}: {}", ran.stderr);
            planted.absent(&ran, &format!("{command:?} {format}"));
        }
    }
}

#[test]
fn no_other_flag_makes_it_tell_one() {
    let dir = Dir::new();
    let planted = Planted::new();
    let repo = repo(&dir, &planted);
    for more in
        [&["--color", "always"][..], &["--min-confidence", "low"], &["--threads", "2"], &["--no-progress"]]
    {
        planted.absent(&repo.run(&[&["staged"], more].concat()), &format!("{more:?}"));
    }
    let mut loud = repo.leakgate(&["history"]);
    loud.env("RUST_LOG", "trace").env("RUST_BACKTRACE", "full").env("GIT_TRACE", "2").env("DEBUG", "1");
    planted.absent(&Ran::of(&mut loud), "with every log switched on");
}

#[test]
fn asked_to_it_tells_them() {
    let dir = Dir::new();
    let planted = Planted::new();
    let repo = repo(&dir, &planted);
    for format in FORMATS {
        let ran = repo.run(&["staged", "--show-secrets", "--format", format]);
        // GitLab's report has no field for it.
        let shown = ran.stdout.contains(&planted.token);
        assert!(shown || *format == "gitlab", "{format}: {}", ran.stdout);
    }
    let told = repo.staged();
    for value in [&planted.token, &planted.password, &planted.weak] {
        assert!(told.secrets().contains(&value.as_str()), "{value} is found: {}", told.ran.stdout);
    }
    assert!(told.secrets().iter().any(|secret| secret.contains(planted.key.lines().nth(1).expect("a body"))));
}

#[test]
fn errors_and_trouble_tell_no_value_either() {
    let dir = Dir::new();
    let planted = Planted::new();
    let repo = repo(&dir, &planted);
    let broken = repo.git(&["rev-parse", ":staged.env"]);
    let (folder, file) = broken.split_at(2);
    let path = repo.path(format!(".git/objects/{folder}/{file}"));
    std::fs::remove_file(path).expect("a loose object");
    for format in FORMATS {
        let ran = repo.run(&["staged", "--format", format]);
        assert_eq!(ran.code, Some(3), "{format}: {}", ran.all());
        planted.absent(&ran, format);
    }
}

#[test]
fn a_mistake_in_the_allowlist_does_not_repeat_a_value() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    let planted = Planted::new();
    repo.stage("app.env", planted.text());
    repo.write(".leakgate.toml", format!("[[allow]]\nregex = '{}'\nreason = 'x'\n", planted.token));
    planted.absent(&repo.run(&["staged"]), "an entry that covers it");
    let ran = repo.run(&["hook", "run", "pre-commit"]);
    assert_eq!(ran.code, Some(1), "{}", ran.all());
    planted.absent(&ran, "the hook");
    let ran = repo.run(&["doctor"]);
    planted.absent(&ran, "doctor");
}

#[test]
fn a_baseline_and_an_allowlist_hold_no_value() {
    let dir = Dir::new();
    let planted = Planted::new();
    let repo = repo(&dir, &planted);
    let ran = repo.run(&["baseline", "write"]);
    assert!(ran.success(), "{}", ran.all());
    planted.absent(&ran, "baseline write");
    let told = repo.staged();
    for found in &told.findings {
        let name = found["fingerprint"].as_str().expect("text");
        planted.absent(&repo.run(&["allow", "add", name, "--reason", "x"]), "allow add");
    }
    for file in [".leakgate.baseline", ".leakgate.toml"] {
        let held = Ran { code: None, stdout: repo.read(file), stderr: String::new() };
        planted.absent(&held, file);
    }
    repo.staged().clean();
}

#[test]
fn commands_that_explain_tell_no_value_that_stands_in_a_path() {
    let dir = Dir::new();
    let planted = Planted::new();
    let repo = repo(&dir, &planted);
    for found in &repo.scan(&["dir"]).findings {
        let ran = repo.run(&["why", found["fingerprint"].as_str().expect("text")]);
        assert!(ran.success() && ran.stdout.contains("\nat "), "{}", ran.all());
        planted.absent(&ran, "why");
    }
    let rule = "provider = 'A'\n[[rule]]\nid = 'a-token'\ndescription = 'A'\nseverity = 'high'\nkeywords = ['ghp_']\n\
        regex = '(?<secret>ghp_[A-Za-z0-9]{36})'\nexamples = ['x = ghp_{alnum:36}']\nnear_misses = ['ghp_']\n";
    repo.write("old.toml", rule.replace("ghp_", "none_"));
    repo.write("new.toml", rule);
    let ran = repo.run(&["pack", "diff", "old.toml", "new.toml", "."]);
    assert!(ran.stdout.contains("+ finding a-token:"), "{}", ran.all());
    planted.absent(&ran, "pack diff");
}

#[test]
fn a_value_given_for_a_fingerprint_is_not_repeated() {
    let dir = Dir::new();
    let planted = Planted::new();
    let repo = repo(&dir, &planted);
    let token = &planted.token;
    for args in [&["allow", "add", token, "--reason", "x"][..], &["why", token]] {
        let ran = repo.run(args);
        assert!(ran.code == Some(2) && ran.stderr.contains("is not a fingerprint"), "{}", ran.all());
        planted.absent(&ran, args[0]);
    }
    for text in [
        format!("[[allow]]\nfingerprint = '{token}'\nreason = 'x'\n"),
        format!("[[allow]]\nfingerprint = ['{token}']\nreason = 'x'\n"),
        format!("[[allow]]\nfingerprint = '{token}\nreason = 'x'\n"),
        format!("[[allow]]\nregex = '({token}'\nreason = 'x'\n"),
        format!("[[allow]]\npath = '[{token}'\nreason = 'x'\n"),
        format!("[[allow]]\nrule = 'x'\nreason = 'x'\nexpires = '{token}'\n"),
        format!("large_file = '{token}'\n"),
    ] {
        repo.write(".leakgate.toml", &text);
        for args in [
            &["staged"][..],
            &["allow", "list"],
            &["allow", "add", &format!("jwt:{}", "0".repeat(32)), "--reason", "x"],
        ] {
            let ran = repo.run(args);
            assert!(ran.code == Some(2) && ran.stderr.contains(".leakgate.toml"), "{args:?}: {}", ran.all());
            planted.absent(&ran, &format!("{args:?}: {}", text.replace(token, "TOKEN")));
        }
    }
}

#[test]
fn a_password_that_is_a_word_is_masked_in_lines_and_left_in_paths() {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.commit("first", "1\n");
    let word = "orchard";
    repo.stage("deploy/orchard/db.yml", format!("{}: {word}\n", ["pass", "word"].concat()));
    let ran = repo.run(&["staged"]);
    assert!(ran.stdout.contains("deploy/orchard/db.yml"), "{}", ran.stdout);
    assert!(!ran.stdout.replace("deploy/orchard/", "").contains(word), "{}", ran.stdout);
}
