//! The past, with git as the oracle: what holds a secret, since when, where it still stands and who took it out.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{
    harness::{Dir, Ran, Repo, Told, made},
    wrapped::made::zip,
};

mod again;
mod forged;
mod refs;
mod rivals;

/// A small generator, so that every run makes the same repositories.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 33) as usize % bound
    }
}

const FILES: [&str; 4] = ["a.conf", "deep/b.conf", "deep/er/c.conf", "d.conf"];

/// Lines that come and go, tokens among them; files are copied, branches merged, and all of it packed.
fn generated<'d>(dir: &'d Dir, name: &str, seed: u64) -> Repo<'d> {
    let repo = dir.repo(name);
    let mut dice = Dice(seed);
    let mut files: Vec<Vec<String>> =
        FILES.iter().map(|name| (0..80).map(|n| format!("{name} {n}")).collect()).collect();
    repo.commit("README.md", "hello\n");
    let mut branches = vec!["main".to_owned()];
    for step in 0..30 {
        let which = dice.below(FILES.len());
        let lines = &mut files[which];
        for _ in 0..dice.below(4) + 1 {
            lines.push(format!("step {step}"));
            let at = dice.below(lines.len());
            match dice.below(5) {
                0 => lines.insert(at, format!("token = {}", made::token(seed * 100 + dice.below(6) as u64))),
                1 => drop(lines.remove(at)),
                2 => lines.retain(|line| !line.starts_with("token")),
                _ => lines.insert(at, format!("line {step} {at}")),
            }
        }
        lines.push(format!("end of step {step}"));
        repo.commit(FILES[which], lines.join("\n"));
        match dice.below(8) {
            0 => {
                let branch = format!("b{step}");
                repo.git(&["checkout", "-q", "-b", &branch]);
                branches.push(branch);
            }
            1 => {
                let other = branches[dice.below(branches.len())].clone();
                _ = repo.try_git(&["merge", "-q", "-X", "ours", "-m", "merge", &other]);
                let read = |name: &&str| repo.try_git(&["show", &format!("HEAD:{name}")]).stdout;
                files = FILES.iter().map(|name| read(name).lines().map(str::to_owned).collect()).collect();
                files
                    .iter_mut()
                    .filter(|lines| lines.is_empty())
                    .for_each(|lines| lines.push("new".to_owned()));
            }
            _ => {}
        }
    }
    repo.git(&["repack", "-q", "-a", "-d", "-f", "--depth=50", "--window=50"]);
    repo
}

fn told(told: &Told) -> Vec<&Value> {
    told.findings.iter().collect()
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

/// What git says of one value: the commits whose tree holds it.
fn holders(repo: &Repo, value: &str, commits: &[String]) -> BTreeSet<String> {
    let holds = |commit: &&String| repo.try_git(&["grep", "-q", "-F", "-e", value, commit]).success();
    commits.iter().filter(holds).cloned().collect()
}

#[test]
fn git_agrees_on_where_a_secret_was_and_is() {
    let dir = Dir::new();
    let (mut gone, mut standing) = (0, 0);
    for seed in 1..4 {
        let repo = generated(&dir, &format!("r{seed}"), seed);
        let all = repo.history();
        assert_eq!(told(&all), told(&repo.scan(&["history", "--exhaustive"])), "seed {seed}");
        let commits = lines(&repo.git(&["rev-list", "--all", "--topo-order", "--reverse"]));
        let refs = lines(&repo.git(&["for-each-ref", "--format=%(refname) %(objectname)"]));
        let mut values = BTreeSet::new();
        for finding in &all.findings {
            let text = |field: &str| finding[field].as_str().unwrap_or_default().to_owned();
            let value = text("secret");
            let holders = holders(&repo, &value, &commits);
            let history = &finding["history"];
            assert_eq!(history["commits"], holders.len(), "{value}");

            // It is told at a commit that brought it in: no parent has it, and no earlier commit.
            let parents = |commit: &str| lines(&repo.git(&["rev-parse", &format!("{commit}^@")]));
            let first = commits.iter().find(|commit| holders.contains(*commit)).expect("one holds it");
            let told = text("commit");
            assert!(holders.contains(&told) && parents(&told).iter().all(|parent| !holders.contains(parent)));
            assert!(
                told == *first || !repo.try_git(&["merge-base", "--is-ancestor", first, &told]).success()
            );
            let blob = repo.git(&["rev-parse", &format!("{told}:{}", text("path"))]);
            assert_eq!(blob.trim(), text("blob"));
            let found =
                repo.git(&["log", "--all", "--format=%H", &format!("--find-object={}", text("blob"))]);
            assert!(found.contains(&told), "{value}");

            let tips = refs.iter().filter_map(|line| line.split_once(' '));
            let standing_at: Vec<&str> =
                tips.filter(|(_, tip)| holders.contains(*tip)).map(|(name, _)| name).collect();
            assert_eq!(history["refs"], serde_json::json!(standing_at), "{value}");
            if standing_at.is_empty() {
                let by = history["removed_by"].as_str().expect("somebody took it out");
                assert!(!holders.contains(by) && parents(by).iter().any(|parent| holders.contains(parent)));
                gone += 1;
            } else {
                assert_eq!(history["removed_by"], Value::Null);
                standing += 1;
            }
            values.insert(value);
        }
        // And nothing that git knows of is left out.
        for number in 0..6 {
            let value = made::token(seed * 100 + number);
            assert_eq!(
                values.contains(&value),
                !self::holders(&repo, &value, &commits).is_empty(),
                "{value}"
            );
        }
    }
    assert!(gone > 0 && standing > 0, "{gone} gone, {standing} standing: the repositories test little");
}

#[test]
fn only_what_is_new_is_looked_at() {
    let dir = Dir::new();
    let repo = dir.repo("app");
    let mut lines: Vec<String> =
        (0..4000).map(|n| format!("a line of text, number {n}, that stays")).collect();
    for version in 0..40 {
        lines[version * 97] = format!("changed in version {version}");
        repo.commit("large.txt", lines.join("\n"));
    }
    repo.git(&["repack", "-q", "-a", "-d", "-f"]);
    let told = repo.history().clean();
    let bytes = |field: &Value| field.as_u64().expect("a count");
    let (read, examined) = (bytes(&told.summary["bytes"]["read"]), bytes(&told.summary["examined"]));
    assert!(examined * 8 < read, "{examined} of {read} bytes");
    let whole = repo.scan(&["history", "--exhaustive"]);
    assert!(bytes(&whole.summary["examined"]) * 10 > read * 9, "all of it");
}

#[test]
fn what_the_name_of_a_branch_encodes_is_told() {
    let dir = Dir::new();
    let repo = dir.repo("app");
    repo.commit("README.md", "hello\n");
    repo.git(&["branch", "fix/a-plain-name"]);
    repo.git(&[
        "branch",
        &data_encoding::BASE64URL_NOPAD.encode(format!("see {}", made::token(5)).as_bytes()),
    ]);
    repo.history().hits(&[&made::token(5)]);
}

#[test]
fn what_only_its_new_path_makes_believable_is_told_there() {
    let dir = Dir::new();
    for (from, to) in
        [("example.md", "prod.env"), ("docs/a.md", "deploy/prod.env"), ("x/example.md", "y/z/prod.env")]
    {
        let repo = dir.repo(&to.replace('/', "-"));
        repo.commit(from, ["PASSWORD=", "change", "me\n"].concat());
        repo.history().clean();
        let folder = repo.path(to).parent().expect("in a repository").to_owned();
        std::fs::create_dir_all(folder).expect("writable");
        repo.git(&["mv", from, to]);
        let moved = repo.record("Move it");
        repo.commit("README.md", "hello\n");
        for told in [repo.history(), repo.scan(&["history", "--exhaustive"])] {
            let told = told.hits(&["changeme"]);
            let finding = told.one();
            assert_eq!((&finding["path"], &finding["commit"]), (&to.into(), &moved.clone().into()));
            assert_eq!(finding["places"], serde_json::json!([]));
        }
    }
}

#[test]
fn each_path_of_an_assignment_is_told_in_a_commit_that_has_it() {
    let dir = Dir::new();
    let repo = dir.repo("app");
    let value = made::filled("{alnum:20}", 1);
    let first = repo.commit("src/one.py", format!("db_password = \"{value}\"\n"));
    repo.git(&["mv", "src/one.py", "src/two.py"]);
    let second = repo.record("Rename it");
    repo.git(&["mv", "src", "lib"]);
    let third = repo.record("Rename its folder");
    let told = repo.history().hits(&[&value]);
    let finding = told.one();
    let place = |place: &Value| {
        let text = |field: &str| place[field].as_str().expect("text").to_owned();
        (text("path"), text("commit"))
    };
    let all: Vec<_> =
        [finding].into_iter().chain(finding["places"].as_array().expect("a list")).map(place).collect();
    let one = |path: &str, commit: &str| (path.to_owned(), commit.to_owned());
    assert_eq!(all, [one("src/one.py", &first), one("src/two.py", &second), one("lib/two.py", &third)]);
}

#[test]
fn every_path_of_a_token_is_told_so_what_allows_one_path_hides_no_other() {
    let dir = Dir::new();
    let repo = dir.repo("app");
    let rules = "[[allow]]\nrule = 'github-pat-classic'\npath = 'tests/**'\nreason = 'made up'\n";
    repo.commit(".leakgate.toml", rules);
    repo.commit("tests/app.env", format!("token = {}\n", made::token(1)));
    repo.history().clean();
    repo.git(&["mv", "tests", "src"]);
    let moved = repo.record("Move it");
    let told = repo.history().hits(&[&made::token(1)]);
    let finding = told.one();
    assert_eq!((&finding["path"], &finding["commit"]), (&"src/app.env".into(), &moved.into()));
}

#[test]
fn every_member_of_a_container_is_told_though_its_path_stays_the_same() {
    let dir = Dir::new();
    let repo = dir.repo("app");
    let rules = "[[allow]]\nrule = 'github-pat-classic'\npath = 'app.zip!/tests/**'\nreason = 'made up'\n";
    repo.commit(".leakgate.toml", rules);
    let text = format!("token = {}\n", made::token(1));
    for member in ["tests/a.env", "tests/b.env"] {
        repo.commit("app.zip", zip(&[(member, text.as_bytes())]));
    }
    repo.history().clean();
    let moved = repo.commit("app.zip", zip(&[("src/a.env", text.as_bytes())]));
    repo.commit("app.zip", zip(&[("src/a.env", text.as_bytes()), ("b.txt", b"more")]));
    let told = repo.history().hits(&[&made::token(1)]);
    let finding = told.one();
    assert_eq!((&finding["path"], &finding["commit"]), (&"app.zip!/src/a.env".into(), &moved.into()));
}

#[test]
fn a_name_is_told_by_its_path_in_its_first_commit_and_if_no_ref_reaches_it_when_asked_for() {
    let dir = Dir::new();
    let repo = dir.repo("app");
    repo.commit("a.txt", "hello\n");
    let named = format!("old/{}.txt", made::token(1));
    repo.stage(&named, "hello\n");
    let lost = repo.record("Add it");
    repo.git(&["reset", "--quiet", "--hard", "HEAD^"]);
    repo.history().clean();
    let told = repo.scan(&["history", "--unreachable"]).hits(&[&made::token(1)]);
    assert_eq!(told.one()["part"], "path");
    repo.git(&["reset", "--quiet", "--hard", &lost]);
    repo.stage(&format!("{}/of/many.txt", made::token(2)), "hello\n");
    repo.record("Add a folder");
    let told = repo.history().hits(&[&made::token(1), &made::token(2)]);
    let first = told.findings.iter().find(|found| found["commit"] == lost).expect("by its commit");
    assert_eq!((&first["path"], &first["part"]), (&named.into(), &"path".into()));
}

/// A tree of these entries, as it stands.
fn tree(repo: &Repo, entries: &[(&str, &str, &str)]) -> String {
    let lines = entries.iter().map(|(mode, name, id)| {
        let kind = if *mode == "40000" { "tree" } else { "blob" };
        format!("{mode} {kind} {id}\t{name}\n")
    });
    let list = repo.write("tree.txt", lines.collect::<String>());
    let mut mktree = repo.dir.command("git", &repo.name);
    let ran = Ran::of(mktree.arg("mktree").stdin(std::fs::File::open(list).expect("just written")));
    assert!(ran.success(), "{}", ran.all());
    ran.stdout.trim().to_owned()
}

#[test]
fn folders_within_folders_end() {
    let dir = Dir::new();
    let repo = dir.repo("app");
    let value = made::filled("{alnum:20}", 2);
    repo.commit("a.py", format!("db_password = \"{value}\"\n"));
    let mut top = repo.git(&["rev-parse", "HEAD^{tree}"]);
    for _ in 0..9 {
        let names: Vec<_> = (0..10).map(|number| format!("d{number}")).collect();
        top =
            tree(&repo, &names.iter().map(|name| ("40000", name.as_str(), top.as_str())).collect::<Vec<_>>());
    }
    let commit = repo.git(&["commit-tree", "-m", "a thousand million files", &top]);
    repo.git(&["update-ref", "refs/heads/deep", &commit]);
    let told = repo.history();
    assert_eq!((told.secrets(), told.ran.code), (vec![&*value], Some(1)));
    assert!(told.summary["skipped"].to_string().contains("more paths"), "{}", told.summary);
}

#[test]
fn messages_that_no_ref_reaches_are_told_if_asked_for() {
    let dir = Dir::new();
    let repo = dir.repo("app");
    repo.commit("a.txt", "hello\n");
    let lost = repo.record(&format!("see {}", made::token(1)));
    repo.git(&["tag", "-a", "v1", "-m", &made::token(2)]);
    repo.git(&["tag", "-d", "v1"]);
    repo.git(&["reset", "--quiet", "--hard", "HEAD^"]);
    repo.history().clean();
    let told = repo.scan(&["history", "--unreachable"]).hits(&[&made::token(1), &made::token(2)]);
    assert!(told.findings.iter().all(|finding| finding["history"]["reachable"] == false));
    let message = told.findings.iter().find(|finding| finding["part"] == "commit-message");
    assert_eq!(message.expect("one of the two")["commit"], lost);
}

#[test]
fn what_tags_say_and_what_they_name_is_held_by_them() {
    let dir = Dir::new();
    let repo = dir.repo("app");
    repo.commit("a.txt", "hello\n");
    repo.git(&["tag", "-a", "says", "-m", &made::token(1)]);
    let file = repo.write("b.txt", format!("token = {}\n", made::token(2)));
    let blob = repo.git(&["hash-object", "-w", file.to_str().expect("UTF-8")]);
    repo.git(&["tag", "names", &blob]);
    let file = repo.write("b.txt", format!("token = {}\n", made::token(3)));
    let blob = repo.git(&["hash-object", "-w", file.to_str().expect("UTF-8")]);
    let within = tree(&repo, &[("100644", "c.txt", &blob)]);
    repo.git(&["tag", "holds", &within]);
    let told = repo.history().hits(&[&made::token(1), &made::token(2), &made::token(3)]);
    for (number, tag) in [(1, "says"), (2, "names"), (3, "holds")] {
        let found = told.findings.iter().find(|finding| finding["secret"] == made::token(number));
        let history = &found.expect("all are told")["history"];
        assert_eq!((&history["reachable"], &history["removed_by"]), (&true.into(), &Value::Null));
        assert_eq!(history["refs"], serde_json::json!([format!("refs/tags/{tag}")]));
    }
}

#[test]
fn the_empty_folder_need_not_be_stored() {
    let dir = Dir::new();
    let repo = dir.repo("app");
    let empty = repo.git(&["hash-object", "-t", "tree", "/dev/null"]);
    let commit = repo.git(&["commit-tree", "-m", "nothing yet", &empty]);
    repo.git(&["update-ref", "refs/heads/main", &commit]);
    assert!(!repo.path(".git/objects").join(&empty[..2]).exists());
    repo.history().clean();
}

#[test]
fn a_folder_that_is_named_as_a_file_hides_nothing() {
    let dir = Dir::new();
    let repo = dir.repo("app");
    repo.commit("a.txt", format!("token = {}\n", made::token(1)));
    let inner = repo.git(&["rev-parse", "HEAD^{tree}"]);
    let bytes: Vec<u8> = (0..inner.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&inner[at..at + 2], 16).expect("hex"))
        .collect();
    let file = repo.write("outer", [b"100644 folder\0", &bytes[..]].concat());
    let outer = repo.git(&["hash-object", "-w", "--literally", "-t", "tree", file.to_str().expect("UTF-8")]);
    let commit = repo.git(&["commit-tree", "-m", "odd", &outer]);
    repo.git(&["update-ref", "refs/heads/main", &commit]);
    let told = repo.history().hits(&[&made::token(1)]);
    assert_eq!(told.one()["path"], "folder/a.txt");
}
