//! What the ready-made jobs for merge requests do, run as their CI would run them: a secret fails them, a
//! clean branch passes, and a clone that is too shallow is never clean.

use super::*;
use crate::harness::{PROGRAM, made};

/// The commands of each job, as a shell gets them.
fn jobs() -> Vec<(&'static str, String)> {
    let read = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("hooks").join(name);
        fs::read_to_string(path).expect("it is there")
    };
    let gitlab = read("gitlab-ci.yml");
    let script = gitlab
        .split_once("\n  script:\n")
        .expect("a script")
        .1
        .split_once("\n  artifacts:")
        .expect("an end")
        .0;
    let folded: Vec<_> =
        script.lines().map(str::trim).filter(|line| !line.starts_with('#') && *line != "- >-").collect();

    let jenkins = read("Jenkinsfile");
    let command = jenkins.split_once("sh '").expect("a step").1.split_once('\'').expect("an end").0;

    let github = read("github-workflow.yml");
    let run =
        github.split_once("run: >-\n").expect("a step").1.split_once("\n        env:").expect("an end").0;
    // What the image is given; the image's entry point is the program.
    let run = run.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    let given = run.split_once("leakgate:0.1.0 ").expect("the image").1;

    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("hooks/ci.sh");
    vec![
        ("gitlab", folded.join(" ")),
        ("jenkins", command.to_owned()),
        ("github", format!("leakgate {given}")),
        ("ci.sh", format!("{} origin/main", script.display())),
    ]
}

/// Runs a job in a clone of `origin`, on `topic`, as deep as asked.
fn job(dir: &Dir, command: &str, depth: Option<&str>) -> Ran {
    let _ = fs::remove_dir_all(dir.path("clone"));
    let url = format!("file://{}", dir.path("origin").display());
    let mut words = vec!["clone", "--quiet", "--branch", "topic", "--no-single-branch"];
    words.extend(depth.map(|_| "--depth").into_iter().chain(depth));
    dir.git("", &[&words[..], &[&url, "clone"]].concat());
    // No way back: what was not cloned cannot be fetched.
    dir.git("clone", &["remote", "set-url", "origin", "/nowhere"]);
    let base = dir.git("origin", &["rev-parse", "main"]);
    let path = format!("{}:{}", dir.path("bin").display(), std::env::var("PATH").expect("set"));
    let mut shell = dir.command("sh", "clone");
    shell.args(["-e", "-c", command]).env("PATH", path).env("CHANGE_TARGET", "main");
    shell.env("CI_MERGE_REQUEST_DIFF_BASE_SHA", &base).env("BASE", &base).env("HEAD", "HEAD");
    Ran::of(&mut shell)
}

#[test]
fn jobs_fail_for_a_secret_and_for_a_clone_that_is_too_shallow() {
    let dir = Dir::new();
    fs::create_dir(dir.path("bin")).expect("writable");
    link(PROGRAM, &dir.path("bin/leakgate"));
    let origin = dir.repo("origin");
    origin.commit("a", "1\n");
    origin.commit("b", "1\n");
    origin.git(&["checkout", "--quiet", "-b", "topic"]);
    origin.commit("secret.env", format!("github = {}\n", made::token(1)));
    origin.commit("secret.env", "none\n");
    origin.commit("c", "1\n");
    for (name, command) in jobs() {
        let ran = job(&dir, &command, None);
        assert_eq!(ran.code, Some(1), "{name}: {}", ran.all());
        assert!(!ran.all().contains(&made::token(1)), "{name}: {}", ran.all());
        let report = dir.path("clone/gl-secret-detection-report.json");
        assert_eq!(report.exists(), name == "gitlab", "{name}");
        // The commit that has it lies deeper than the clone reaches.
        for depth in ["1", "2"] {
            let ran = job(&dir, &command, Some(depth));
            assert!(matches!(ran.code, Some(2 | 3)), "{name}, depth {depth}: {}", ran.all());
            assert!(ran.all().contains("shallow"), "{name}, depth {depth}: {}", ran.all());
        }
    }
    origin.git(&["reset", "--quiet", "--hard", "main"]);
    origin.commit("c", "1\n");
    for (name, command) in jobs() {
        let ran = job(&dir, &command, None);
        assert_eq!(ran.code, Some(0), "{name}: {}", ran.all());
    }
}

#[test]
fn every_job_asks_for_the_whole_history() {
    let read = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("hooks").join(name);
        fs::read_to_string(path).expect("it is there")
    };
    assert!(read("gitlab-ci.yml").contains("GIT_DEPTH: \"0\""));
    assert!(read("github-workflow.yml").contains("fetch-depth: 0"));
    assert!(read("Jenkinsfile").contains("shallow: false"));
    assert!(read("ci.sh").contains("--unshallow"));
    let image = read("Dockerfile");
    let last = image.rsplit_once("\nUSER ").expect("a user").1;
    assert!(last.starts_with(|it: char| ('1'..='9').contains(&it)), "never root: {last}");
}
