//! What lies in `hooks/`, ready to copy, is what the installer writes and does what it says.

use super::*;

#[test]
fn the_ready_hooks_are_the_installers_own() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("hooks");
    for kind in Kind::ALL {
        let gate = hook::Gate {
            kind,
            program: Path::new("/usr/local/bin/leakgate"),
            order: Order::Before,
            flags: &[],
        };
        let shim = hook::Shim { name: kind.name(), gate: Some(gate), other: hook::Other::Kept };
        let path = folder.join(kind.name());
        if std::env::var_os("LEAKGATE_WRITE").is_some() {
            fs::write(&path, shim.render()).expect("writable");
            mode(&path, 0o755);
        }
        let present = fs::read(&path).unwrap_or_default();
        assert!(present == shim.render(), "{}: run this test with LEAKGATE_WRITE=1", path.display());
        assert_eq!(path.metadata().expect("there").permissions().mode() & 0o111, 0o111, "{}", path.display());
    }
}

#[test]
fn the_ci_script_scans_the_range_and_fails_on_a_shallow_clone() {
    let dir = world();
    let path = format!("{}:{}", dir.path("bin").display(), std::env::var("PATH").expect("set"));
    let dir = dir.with_env("PATH", path);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("hooks/ci.sh");
    let run = |folder: &str, args: &[&str]| Ran::of(dir.command(&script, folder).args(args)).code;

    let repo = dir.repo("repo");
    repo.commit("a", "1");
    repo.commit("b", "1");
    assert_eq!(run("repo", &["main~1"]), Some(0));
    assert_eq!(run("repo", &["main~1", "main", "--format", "junit"]), Some(0));
    assert_eq!(calls(&dir), ["leakgate range main~1..HEAD", "leakgate range main~1..main --format junit"]);
    stand_in(&dir, 3);
    assert_eq!(run("repo", &["main"]), Some(3));
    assert_ne!(run("repo", &[]), Some(0));
    stand_in(&dir, 0);
    calls(&dir);

    let url = format!("file://{}", repo.path("").display());
    dir.git("", &["clone", "--quiet", "--depth=1", &url, "shallow"]);
    dir.git("shallow", &["remote", "set-url", "origin", "/nowhere"]);
    assert_eq!(run("shallow", &["HEAD"]), Some(3));
    assert_eq!(calls(&dir), [""; 0], "it did not come to a scan");
    dir.git("shallow", &["remote", "set-url", "origin", &url]);
    assert_eq!(run("shallow", &["HEAD~1"]), Some(0));
    assert_eq!(dir.git("shallow", &["rev-list", "--count", "HEAD"]), "2", "the rest was fetched");
}
