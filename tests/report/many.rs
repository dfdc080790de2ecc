//! Many reports from one run, for a merge request: each whole, each valid, and none in the way of another.

use super::*;

/// A range with a finding, whose repository has a remote.
fn range<'d>(dir: &'d Dir, origin: &str) -> Repo<'d> {
    let repo = dir.repo("repo");
    repo.commit("a", "1\n");
    repo.commit("app.env", format!("github = {}\n", made::token(1)));
    repo.git(&["config", "remote.origin.url", origin]);
    repo
}

#[test]
fn one_run_writes_every_format_beside_what_it_prints() {
    let dir = Dir::new();
    let repo = range(&dir, "https://git.example/team/app.git");
    let mut args = vec!["range".to_owned(), "HEAD~1..main".to_owned()];
    for format in FORMATS {
        args.extend(["--report".to_owned(), format!("{format}=../out/{format}")]);
    }
    fs::create_dir(dir.path("out")).expect("writable");
    let args: Vec<_> = args.iter().map(String::as_str).collect();
    let ran = repo.run(&args);
    assert_eq!(ran.code, Some(1), "{}", ran.all());
    assert_eq!(ran.stdout, repo.run(&["range", "HEAD~1..main"]).stdout, "what is printed stays the same");
    for format in FORMATS {
        let alone = repo.run(&["range", "HEAD~1..main", "--format", format]).stdout;
        let written = dir.read(format!("out/{format}"));
        // GitLab's has the times of its run.
        assert!(written == alone || *format == "gitlab", "{format}");
        assert!(!written.contains(&made::token(1)), "{format}");
    }
    let names = fs::read_dir(dir.path("out")).expect("readable").count();
    assert_eq!(names, FORMATS.len(), "nothing is left beside the reports");
}

#[test]
fn gitlabs_report_has_what_its_schema_demands() {
    let dir = Dir::new();
    let repo = range(&dir, "x");
    let id = repo.git(&["rev-parse", "HEAD"]);
    let ran = repo.run(&["range", "HEAD~1..HEAD", "--report", "gitlab=../gitlab.json"]);
    assert_eq!(ran.code, Some(1), "{}", ran.all());
    let report: Value = serde_json::from_str(&dir.read("gitlab.json")).expect("JSON");
    let has = |value: &Value, names: &[&str]| {
        names.iter().for_each(|name| assert!(!value[*name].is_null(), "{name}: {value}"));
    };
    has(&report, &["version", "scan", "vulnerabilities"]);
    let scan = &report["scan"];
    has(scan, &["analyzer", "scanner", "type", "status", "start_time", "end_time"]);
    assert_eq!((&scan["type"], &scan["status"]), (&"secret_detection".into(), &"success".into()));
    for tool in ["analyzer", "scanner"] {
        has(&scan[tool], &["id", "name", "version", "vendor"]);
        has(&scan[tool]["vendor"], &["name"]);
    }
    for time in ["start_time", "end_time"] {
        let time = scan[time].as_str().expect("text");
        assert!(time.len() == 19 && time.parse::<jiff::civil::DateTime>().is_ok(), "{time}");
    }
    let found = &report["vulnerabilities"][0];
    has(found, &["id", "identifiers", "location", "severity", "name", "description"]);
    assert_eq!(found["severity"], "Critical");
    has(&found["identifiers"][0], &["type", "name", "value"]);
    let location = &found["location"];
    assert_eq!((&location["file"], &location["start_line"]), (&"app.env".into(), &1.into()));
    assert_eq!(location["commit"]["sha"], id);

    let folder = std::env::var_os("LEAKGATE_SCHEMAS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/schemas"), Into::into);
    let Ok(schema) = fs::read(folder.join("gitlab-secret-detection-15.schema.json")) else {
        println!("skipped: no schemas at {}; LEAKGATE_SCHEMAS names another place", folder.display());
        return;
    };
    let schema: Value = serde_json::from_slice(&schema).expect("a schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let faults: Vec<_> = validator.iter_errors(&report).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?}");
}

#[test]
fn sarif_says_which_repository_and_revision_it_is_of() {
    let dir = Dir::new();
    let repo = range(&dir, "https://ann:password@git.example/team/app.git");
    let id = repo.git(&["rev-parse", "HEAD"]);
    let provenance = |more: &[&str]| -> Value {
        let ran = repo.run(&[&["range", "HEAD~1..main", "--format", "sarif"], more].concat());
        assert!(!ran.stdout.contains("password"), "{}", ran.stdout);
        let log: Value = serde_json::from_str(&ran.stdout).expect("JSON");
        log["runs"][0]["versionControlProvenance"][0].clone()
    };
    let expected = serde_json::json!({
        "repositoryUri": "https://git.example/team/app.git", "revisionId": id, "branch": "main",
    });
    assert_eq!(provenance(&[]), expected);
    assert_eq!(
        provenance(&["--repository-url", "https://other.example/x"])["repositoryUri"],
        "https://other.example/x"
    );
    repo.git(&["config", "remote.origin.url", "git@git.example:team/app.git"]);
    assert_eq!(provenance(&[])["repositoryUri"], "ssh://git.example/team/app.git");
    repo.git(&["config", "remote.origin.url", "../somewhere"]);
    assert_eq!(provenance(&[]), Value::Null, "no address is better than a wrong one");
}

#[test]
fn a_report_that_cannot_be_written_is_an_error_and_leaves_the_old_one() {
    let dir = Dir::new();
    let repo = range(&dir, "x");
    let ran = repo.run(&["range", "HEAD~1..HEAD", "--report", "sarif=no/such/folder/out"]);
    assert!(ran.code == Some(2) && ran.stderr.contains("no/such/folder"), "{}", ran.all());
    for wrong in ["sarif", "sarif=", "xml=out"] {
        let ran = repo.run(&["range", "HEAD~1..HEAD", "--report", wrong]);
        assert_eq!(ran.code, Some(2), "{wrong}: {}", ran.all());
    }
    repo.write("old", "old\n");
    let ran = repo.run(&["range", "no-such..HEAD", "--report", "sarif=old"]);
    assert!(ran.code == Some(2) && repo.read("old") == "old\n", "{}", ran.all());
}

#[cfg(unix)]
#[test]
fn a_report_goes_into_a_pipe_and_to_where_a_link_leads() {
    use std::os::unix::fs::{FileTypeExt as _, symlink};

    let dir = Dir::new();
    let repo = range(&dir, "x");
    let alone = repo.run(&["range", "HEAD~1..HEAD", "--format", "json"]).stdout;
    let pipe = dir.path("pipe");
    assert!(dir.command("mkfifo", "").arg(&pipe).status().expect("it runs").success());
    dir.write("real", "old\n");
    symlink("real", dir.path("link")).expect("a link");
    symlink("new", dir.path("dangling")).expect("a link");
    // Opened for both, so that neither side waits for the other.
    let mut reader = fs::File::options().read(true).write(true).open(&pipe).expect("a pipe");
    let to = ["json=../pipe", "json=../link", "json=../dangling"];
    let mut args = vec!["range", "HEAD~1..HEAD"];
    to.iter().for_each(|to| args.extend(["--report", to]));
    let ran = repo.run(&args);
    assert_eq!(ran.code, Some(1), "{}", ran.all());
    let kind = |name: &str| fs::symlink_metadata(dir.path(name)).expect("it is there").file_type();
    assert!(kind("pipe").is_fifo() && kind("link").is_symlink() && kind("dangling").is_symlink());
    let mut got = vec![0; alone.len()];
    std::io::Read::read_exact(&mut reader, &mut got).expect("the pipe holds it all");
    assert_eq!(String::from_utf8_lossy(&got), alone);
    assert!(dir.read("real") == alone && dir.read("new") == alone);
}

#[test]
fn two_results_for_one_file_are_refused() {
    let dir = Dir::new();
    let repo = range(&dir, "x");
    repo.write("out", "old\n");
    for twice in [
        &["--report", "json=out", "--report", "sarif=./out"][..],
        &["--report", "json=out", "--output", "../repo/out"],
        &["--audit", "new", "--output", "./new"],
    ] {
        let ran = repo.run(&[&["range", "HEAD~1..HEAD"], twice].concat());
        assert_eq!(ran.code, Some(2), "{twice:?}: {}", ran.all());
        assert!(ran.stderr.contains("more than one result"), "{}", ran.stderr);
        assert_eq!(repo.read("out"), "old\n", "{twice:?}");
    }
}
