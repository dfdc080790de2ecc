//! Scratch clones of one repository, a made-up token planted in them, and git's own counts.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use leakgate::{filter::fingerprint, model::Secret, pattern::sample};
use tempfile::TempDir;

/// The rule that the planted token belongs to.
const RULE: &str = "gitlab-pat";

/// The file that it is planted in.
pub const PLANTED: &str = "leakgate-planted.txt";

/// How many objects of each kind there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Objects {
    pub commits: u64,
    pub trees: u64,
    pub blobs: u64,
    pub tags: u64,
}

/// What is timed, and what the right answers are.
pub struct Scene {
    pub name: String,
    /// Bare, with every ref of the original and one more, whose commit holds the token.
    pub history: PathBuf,
    /// Checked out, with a change of three files staged, one of which holds the token.
    pub work: PathBuf,
    /// The other two.
    pub changed: Vec<String>,
    /// What the refs reach, and what there is.
    pub reachable: Objects,
    pub all: Objects,
    /// What the refs reach but the repository lacks, as partial clones and cut snapshots do.
    pub missing: Vec<String>,
    pub fingerprint: String,
    scratch: TempDir,
}

impl Scene {
    pub fn new(repository: &Path) -> Result<Self, String> {
        let original =
            repository.canonicalize().map_err(|error| format!("{}: {error}", repository.display()))?;
        let scratch = tempfile::tempdir().map_err(|error| format!("no scratch folder: {error}"))?;
        let (history, work) = (scratch.path().join("history.git"), scratch.path().join("work"));
        fs::create_dir(scratch.path().join("home")).map_err(|error| format!("no home: {error}"))?;
        let from = text(&original)?;
        // `--shared`: the objects stay where they are, and are read from there.
        git(scratch.path(), &["clone", "--quiet", "--mirror", "--shared", from, text(&history)?])?;
        git(scratch.path(), &["clone", "--quiet", "--shared", from, text(&work)?])?;

        let token = sample("glpat-{alnum:20}", 20);
        let token = str::from_utf8(&token).expect("templates are ASCII");
        plant_commit(&history, token)?;
        let changed = plant_staged(&work, token)?;
        let mut missing = Vec::new();
        let listing = ["rev-list", "--objects", "--no-object-names", "--missing=print", "--all"];
        Ok(Self {
            name: name(&original),
            reachable: count(&history, &listing, &mut missing)?,
            all: count(&history, &[], &mut Vec::new())?,
            missing,
            history,
            work,
            changed,
            fingerprint: fingerprint(RULE, &Secret::new(token.as_bytes()), false),
            scratch,
        })
    }

    /// A home of its own, so that no user's settings take part.
    pub fn home(&self) -> PathBuf {
        self.scratch.path().join("home")
    }

    pub fn output(&self) -> PathBuf {
        self.scratch.path().join("output")
    }
}

/// `redis+redis/repo` and `redis/.git` are no names; the folder above them is.
fn name(path: &Path) -> String {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    let named = parts.iter().rev().find(|part| !["repo", ".git"].contains(&&***part));
    named.map_or_else(|| path.display().to_string(), |part| part.trim_end_matches(".git").to_owned())
}

fn content(token: &str) -> String {
    format!("GITLAB_TOKEN={token}\n")
}

/// A commit on a branch of its own: only who reads every ref finds it.
fn plant_commit(repo: &Path, token: &str) -> Result<(), String> {
    let file = repo.join(PLANTED);
    fs::write(&file, content(token)).map_err(|error| format!("could not plant: {error}"))?;
    let blob = git(repo, &["hash-object", "-w", "--no-filters", PLANTED])?;
    fs::remove_file(&file).map_err(|error| format!("could not plant: {error}"))?;
    let index = repo.join("planting.index");
    let with_index = |args: &[&str]| run(command(repo, args).env("GIT_INDEX_FILE", &index));
    with_index(&["update-index", "--add", "--cacheinfo", &format!("100644,{blob},{PLANTED}")])?;
    let tree = with_index(&["write-tree"])?;
    let commit = git(repo, &["commit-tree", "-m", "Plant", &tree])?;
    git(repo, &["update-ref", "refs/heads/leakgate-planted", &commit])?;
    fs::remove_file(&index).map_err(|error| format!("could not plant: {error}"))
}

/// A line more in each of two files, and a new file with the token.
fn plant_staged(work: &Path, token: &str) -> Result<Vec<String>, String> {
    let listed =
        git(work, &["ls-files", "--", "*.c", "*.rs", "*.rb", "*.py", "*.go", "*.js", "*.java", "*.md"])?;
    let files: Vec<String> =
        listed.lines().filter(|path| !path.contains(['"', ' '])).map(str::to_owned).collect();
    // The middle one and the last one: neither is likely to be the licence or a test of nothing.
    let changed: Vec<String> = [files.len() / 2, files.len().saturating_sub(1)]
        .iter()
        .filter_map(|&at| files.get(at).cloned())
        .collect();
    if changed.len() < 2 || changed[0] == changed[1] {
        return Err(format!("{}: no two source files to change", work.display()));
    }
    for path in &changed {
        let path = work.join(path);
        let mut text = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        text.extend_from_slice(b"one more line\n");
        fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    fs::write(work.join(PLANTED), content(token)).map_err(|error| format!("could not plant: {error}"))?;
    git(work, &["add", "--force", "--", PLANTED, &changed[0], &changed[1]])?;
    Ok(changed)
}

/// What `git rev-list` lists or, without it, all that the store has, counted by kind. `missing` takes what
/// it lists with a question mark.
fn count(repo: &Path, listing: &[&str], missing: &mut Vec<String>) -> Result<Objects, String> {
    let failed = |error: std::io::Error| format!("git could not count: {error}");
    let mut check = command(repo, &["cat-file", "--buffer", "--batch-check=%(objecttype)"]);
    let lister = if listing.is_empty() {
        check.args(["--batch-all-objects", "--unordered"]);
        None
    } else {
        let mut lister = command(repo, listing).stdout(Stdio::piped()).spawn().map_err(failed)?;
        check.stdin(lister.stdout.take().expect("it is piped"));
        Some(lister)
    };
    let mut child = check.stdout(Stdio::piped()).spawn().map_err(failed)?;
    let mut objects = Objects::default();
    for line in BufReader::new(child.stdout.take().expect("it is piped")).lines() {
        match line.map_err(failed)?.as_str() {
            "commit" => objects.commits += 1,
            "tree" => objects.trees += 1,
            "blob" => objects.blobs += 1,
            "tag" => objects.tags += 1,
            other => match other.strip_prefix('?').and_then(|rest| rest.strip_suffix(" missing")) {
                Some(id) => missing.push(id.to_owned()),
                None => return Err(format!("{}: git says {other:?}", repo.display())),
            },
        }
    }
    for mut child in lister.into_iter().chain([child]) {
        if !child.wait().map_err(failed)?.success() {
            return Err(format!("{}: git could not count", repo.display()));
        }
    }
    Ok(objects)
}

fn text(path: &Path) -> Result<&str, String> {
    path.to_str().ok_or_else(|| format!("{}: not UTF-8", path.display()))
}

/// Git with no settings but the repository's, and a fixed author and date.
fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new("git");
    command
        .args(args)
        .current_dir(folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .envs([("GIT_AUTHOR_NAME", "Ann Author"), ("GIT_AUTHOR_EMAIL", "ann@example.com")])
        .envs([("GIT_COMMITTER_NAME", "Ann Author"), ("GIT_COMMITTER_EMAIL", "ann@example.com")])
        .envs([("GIT_AUTHOR_DATE", "2001-02-03T04:05:06Z"), ("GIT_COMMITTER_DATE", "2001-02-03T04:05:06Z")]);
    command
}

fn git(folder: &Path, args: &[&str]) -> Result<String, String> {
    run(&mut command(folder, args))
}

fn run(command: &mut Command) -> Result<String, String> {
    let ran = command.output().map_err(|error| format!("git could not be run: {error}"))?;
    if !ran.status.success() {
        return Err(format!("{command:?} failed: {}", String::from_utf8_lossy(&ran.stderr)));
    }
    Ok(String::from_utf8_lossy(&ran.stdout).trim_end().to_owned())
}
