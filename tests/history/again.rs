//! Sweeps that begin where an earlier one ended.

use std::{ffi::OsStr, fs, process::Command};

use bstr::ByteSlice;

use super::{Dir, Told, generated, made};

#[test]
fn a_later_sweep_tells_the_same_and_reads_only_what_is_new_or_not_clean() {
    let dir = Dir::new();
    let repo = generated(&dir, "repo", 3);
    let state = dir.path("sweep");
    let since = ["history", "--since-sweep", state.to_str().expect("UTF-8")];
    let blobs = |told: &Told| told.summary["blobs"]["read"].as_u64().expect("a count");
    let read = |told: &Told| blobs(told) - told.summary["earlier"].as_u64().unwrap_or(0);
    let whole = repo.history();
    let first = repo.scan(&since);
    assert_eq!((&first.findings, read(&first)), (&whole.findings, blobs(&whole)));
    let again = repo.scan(&since);
    assert_eq!((&again.findings, blobs(&again)), (&whole.findings, blobs(&whole)));
    let unclean = read(&again);
    assert!(unclean < blobs(&whole) / 2, "{unclean} of {}", blobs(&whole));

    repo.commit("new.conf", format!("token = {}\n", made::token(999)));
    repo.commit("a.conf", "nothing\n");
    repo.git(&["gc", "-q"]);
    let later = repo.scan(&since);
    assert_eq!(later.findings, repo.history().findings);
    assert!(later.secrets().contains(&made::token(999).as_str()));
    assert_eq!(read(&later), unclean + 2);

    // By other rules, what was read before counts for nothing.
    let rules = dir.write("more.toml", "provider = 'X'\n[[rule]]\nid = 'x-y'\ndescription = 'y'\nseverity = 'low'\nkeywords = ['zyzzy_']\nregex = '(?<secret>zyzzy_[a-z]{8})'\n");
    let other = repo.scan(&[&since[..], &["--rules", rules.to_str().expect("UTF-8")]].concat());
    assert_eq!(read(&other), blobs(&other));
    dir.write("sweep", "leakgate sweep 1\n");
    repo.scan(&since).refused("damaged");
}

#[test]
fn what_another_build_read_counts_for_nothing() {
    let dir = Dir::new();
    let repo = dir.repo("app");
    repo.commit("a.txt", "nothing here\n");
    let state = dir.path("sweep");
    let since = ["history", "--since-sweep", state.to_str().expect("UTF-8")];
    let usual = repo.leakgate(&since);
    // One that differs in its sources alone.
    let sources = env!("LEAKGATE_SOURCES");
    let bytes = fs::read(usual.get_program()).expect("the program");
    let other = dir.path("other-build");
    fs::write(&other, bytes.replace(sources, "0".repeat(sources.len()))).expect("writable");
    fs::set_permissions(&other, fs::metadata(usual.get_program()).expect("there").permissions())
        .expect("ours");
    let earlier = |program: &OsStr| {
        let mut command = Command::new(program);
        command.args(usual.get_args()).current_dir(usual.get_current_dir().expect("set"));
        for (name, value) in usual.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let told = Told::of(&mut command);
        told.summary["earlier"].as_u64().unwrap_or(0)
    };
    let [usual, other] = [usual.get_program(), other.as_os_str()];
    assert_eq!([usual, usual, other, other, usual].map(earlier), [0, 1, 0, 1, 0]);
}

#[test]
fn trouble_with_a_blob_is_told_again_by_the_next_sweep() {
    let dir = Dir::new();
    let repo = dir.repo("app");
    repo.commit("a.txt", "nothing here\n");
    let [good, bad] = ["a.txt", "b.txt"].map(|name| {
        repo.commit(name, format!("nothing in {name}\n"));
        let id = repo.git(&["rev-parse", &format!("HEAD:{name}")]);
        repo.path(format!(".git/objects/{}/{}", &id[..2], &id[2..]))
    });
    // Harmless, but not what its name says: what git would have there is not known.
    fs::remove_file(&bad).expect("it is there");
    fs::copy(good, bad).expect("writable");
    let state = dir.path("sweep");
    let since = ["history", "--since-sweep", state.to_str().expect("UTF-8")];
    for _ in 0..3 {
        repo.scan(&since).incomplete("does not have its hash");
    }
}
