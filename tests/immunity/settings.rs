//! Settings and environment that blind others, each alone, against one repository with the token staged and
//! committed. What they name must not run.

use super::*;

/// The token committed on `main` and staged once more in another file.
fn ready(dir: &Dir) -> Repo<'_> {
    let repo = started(dir, "repo");
    repo.commit("app.env", line());
    repo.stage("staged.env", line());
    repo
}

fn every_gate_hits(repo: &Repo<'_>, spy: &Spy, what: &str, env: &[(&str, &str)]) {
    for gate in Gate::ALL {
        spy.forget();
        let told = match gate {
            // git tells its hooks the folders itself, whatever the environment said before.
            Gate::Receive => {
                let own = |name: &str| name.starts_with("GIT_DIR") || name.contains("_OBJECT_DIRECTOR");
                let env: Vec<_> = env.iter().filter(|(name, _)| !own(name)).copied().collect();
                receive(repo, &env)
            }
            _ => Told::of(repo.leakgate(gate.args()).envs(env.iter().copied())),
        };
        hold(told, Expect::Hit, &format!("{what}, {gate:?}"));
        spy.never_ran(what);
    }
}

#[test]
fn no_setting_of_the_repository_hides_or_runs_anything() {
    let dir = Dir::new();
    let spy = Spy::new(&dir);
    let repo = ready(&dir);
    dir.write("attributes", "* binary -diff\n");
    dir.write("order", "nothing\n");
    dir.write("included", "[diff]\n\texternal = false\n[core]\n\tfsmonitor = false\n");
    dir.script("hooks/pre-commit", "exit 0");
    let attributes = dir.path("attributes");
    let attributes = attributes.to_str().expect("UTF-8");
    let script = spy.script();
    let settings = [
        ("color.ui", "always"),
        ("color.diff", "always"),
        ("core.attributesFile", attributes),
        ("core.fsmonitor", script),
        ("core.hooksPath", "../hooks"),
        ("core.quotePath", "false"),
        ("core.pager", script),
        ("core.editor", script),
        ("core.sshCommand", script),
        ("core.askPass", script),
        ("core.gitProxy", script),
        ("core.alternateRefsCommand", script),
        ("core.autocrlf", "true"),
        ("core.eol", "crlf"),
        ("core.safecrlf", "true"),
        ("core.fileMode", "false"),
        ("core.ignoreCase", "true"),
        ("core.precomposeUnicode", "true"),
        ("core.symlinks", "false"),
        ("core.untrackedCache", "true"),
        ("core.sparseCheckout", "true"),
        ("core.useReplaceRefs", "true"),
        ("core.excludesFile", attributes),
        ("core.worktree", "/nonexistent"),
        ("core.bigFileThreshold", "1"),
        ("core.deltaBaseCacheLimit", "1"),
        ("core.looseCompression", "0"),
        ("core.logAllRefUpdates", "false"),
        ("core.commitGraph", "true"),
        ("core.multiPackIndex", "true"),
        ("diff.external", script),
        ("diff.noprefix", "true"),
        ("diff.mnemonicPrefix", "true"),
        ("diff.orderFile", "/nonexistent"),
        ("diff.renames", "copies"),
        ("diff.renameLimit", "0"),
        ("diff.suppressBlankEmpty", "true"),
        ("diff.ignoreSubmodules", "all"),
        ("diff.submodule", "log"),
        ("diff.wordRegex", "."),
        ("diff.context", "0"),
        ("diff.relative", "true"),
        ("diff.algorithm", "minimal"),
        ("log.date", "format:%%"),
        ("log.showSignature", "true"),
        ("log.follow", "true"),
        ("log.diffMerges", "off"),
        ("log.excludeDecoration", "*"),
        ("format.pretty", "oneline"),
        ("i18n.logOutputEncoding", "UTF-16"),
        ("i18n.commitEncoding", "UTF-16"),
        ("gpg.program", script),
        ("credential.helper", script),
        ("filter.spy.process", script),
        ("include.path", "../../included"),
        ("transfer.hideRefs", "refs/heads"),
        ("uploadpack.hideRefs", "refs"),
        ("gc.reflogExpire", "now"),
        ("safe.directory", ""),
        ("index.sparse", "true"),
        ("index.threads", "1"),
        ("index.version", "4"),
        ("extensions.worktreeConfig", "true"),
        ("fetch.fsckObjects", "true"),
        ("trace2.eventTarget", "/nonexistent"),
        ("status.showUntrackedFiles", "no"),
        ("submodule.recurse", "true"),
        ("advice.detachedHead", "false"),
    ];
    let there = there(&repo);
    let (config, their_config) = (repo.read(".git/config"), there.read("config"));
    for (name, value) in settings {
        repo.git(&["config", name, value]);
        there.git(&["config", name, value]);
        every_gate_hits(&repo, &spy, name, &[]);
        repo.write(".git/config", &config);
        there.write("config", &their_config);
    }
}

#[test]
fn no_attribute_from_anywhere_hides_anything() {
    let dir = Dir::new();
    let spy = Spy::new(&dir);
    let repo = ready(&dir);
    repo.git(&["config", "diff.spy.textconv", spy.script()]);
    repo.git(&["config", "diff.spy.command", spy.script()]);
    repo.git(&["config", "diff.spy.binary", "true"]);
    for attributes in [
        "* -diff\n",
        "* binary\n",
        "* diff=spy\n",
        "* working-tree-encoding=UTF-16\n",
        "* export-ignore\n",
        "* ident\n",
    ] {
        repo.write(".git/info/attributes", attributes);
        repo.write(".gitattributes", attributes);
        there(&repo).write("info/attributes", attributes);
        dir.write("home/.config/git/attributes", attributes);
        every_gate_hits(&repo, &spy, attributes, &[("GIT_ATTR_SOURCE", "HEAD"), ("XDG_CONFIG_HOME", "")]);
    }
}

#[test]
fn no_environment_hides_or_runs_anything() {
    let dir = Dir::new();
    let spy = Spy::new(&dir);
    let repo = ready(&dir);
    dir.write("config", format!("[core]\n\tfsmonitor = {0}\n[diff]\n\texternal = {0}\n", spy.script()));
    let config = dir.path("config");
    let config = config.to_str().expect("UTF-8");
    let grafts = dir.write("grafts", format!("{}\n", repo.git(&["rev-parse", "main"])));
    let grafts = grafts.to_str().expect("UTF-8");
    let script = spy.script();
    for env in [
        &[("GIT_EXTERNAL_DIFF", script)][..],
        &[
            ("GIT_PAGER", script),
            ("PAGER", script),
            ("GIT_EDITOR", script),
            ("GIT_SSH", script),
            ("GIT_ASKPASS", script),
        ],
        &[("GIT_CONFIG_COUNT", "1"), ("GIT_CONFIG_KEY_0", "core.fsmonitor"), ("GIT_CONFIG_VALUE_0", script)],
        &[("GIT_CONFIG_PARAMETERS", "'core.worktree'='/nonexistent'")],
        &[("GIT_CONFIG_GLOBAL", config), ("GIT_CONFIG_SYSTEM", config), ("GIT_CONFIG_NOSYSTEM", "0")],
        &[("GIT_CONFIG", config)],
        &[("GIT_NO_REPLACE_OBJECTS", "0"), ("GIT_REPLACE_REF_BASE", "refs/heads/")],
        &[("GIT_GRAFT_FILE", grafts)],
        &[("GIT_SHALLOW_FILE", grafts)],
        &[("GIT_NAMESPACE", "empty")],
        &[("GIT_CEILING_DIRECTORIES", "/")],
        &[("GIT_DISCOVERY_ACROSS_FILESYSTEM", "0")],
        &[("GIT_LITERAL_PATHSPECS", "1"), ("GIT_ICASE_PATHSPECS", "1"), ("GIT_PREFIX", "no/such/")],
        &[("GIT_DEFAULT_HASH", "sha256"), ("GIT_DEFAULT_REF_FORMAT", "reftable")],
        &[("GIT_OPTIONAL_LOCKS", "0"), ("GIT_FLUSH", "1"), ("GIT_TRACE", "2"), ("GIT_TRACE2", "2")],
        &[("GIT_DIFF_OPTS", "--unified=0"), ("GIT_ATTR_NOSYSTEM", "1")],
        &[("GIT_DIR", ".git"), ("GIT_WORK_TREE", ".")],
        &[("GIT_DIR", ".git"), ("GIT_INDEX_FILE", ".git/index"), ("GIT_PREFIX", "")],
        &[("GIT_ALTERNATE_OBJECT_DIRECTORIES", "/nonexistent")],
        &[("NO_COLOR", "1"), ("TERM", "dumb"), ("COLUMNS", "1"), ("LANG", "xx_XX.UTF-16")],
    ] {
        every_gate_hits(&repo, &spy, &format!("{env:?}"), env);
    }
}

#[test]
fn hooks_of_the_repository_do_not_run() {
    let dir = Dir::new();
    let spy = Spy::new(&dir);
    let repo = ready(&dir);
    for name in
        ["pre-commit", "post-checkout", "post-index-change", "fsmonitor-watchman", "reference-transaction"]
    {
        fs::copy(spy.script(), repo.path(format!(".git/hooks/{name}"))).expect("it was written");
        fs::copy(spy.script(), there(&repo).path(format!("hooks/{name}"))).expect("it was written");
    }
    every_gate_hits(&repo, &spy, "hooks", &[]);
}

#[test]
fn a_repository_of_another_owner_is_read() {
    use std::os::unix::fs::{MetadataExt as _, lchown};
    let dir = Dir::new();
    let spy = Spy::new(&dir);
    let repo = ready(&dir);
    if fs::metadata("/proc/self").map_or(1, |own| own.uid()) != 0 {
        println!("skipped: only root can give files away");
        return;
    }
    let mut folders = vec![repo.path(""), there(&repo).path("")];
    while let Some(folder) = folders.pop() {
        lchown(&folder, Some(65534), Some(65534)).expect("root may");
        for entry in fs::read_dir(&folder).expect("readable") {
            let path = entry.expect("readable").path();
            lchown(&path, Some(65534), Some(65534)).expect("root may");
            if path.is_dir() && !path.is_symlink() {
                folders.push(path);
            }
        }
    }
    assert!(repo.try_git(&["status"]).stderr.contains("dubious ownership"), "git itself refuses");
    every_gate_hits(&repo, &spy, "another owner", &[]);
}
