//! The words of the command line. Touches no file.

use std::{path::PathBuf, str::FromStr, time::Duration};

use clap::{Args as ClapArgs, ColorChoice, Parser, Subcommand, ValueEnum};

use crate::{
    config::Size,
    model::{Confidence, Severity},
    pipeline::Limits,
    report::Format,
    source::Range,
    unpack,
};

/// Keeps secrets out of git: at the commit, at the push, and in the past.
///
/// Exit status: 0 everything asked for was read and nothing was found; 1 something was found; 2 it
/// could not run; 3 nothing was found, but something could not be read.
#[derive(Debug, Parser)]
#[command(name = "leakgate", version, arg_required_else_help = true, max_term_width = 100)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub flags: Flags,
}

// What a subcommand takes is made when it is the one that is asked for.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub enum Command {
    /// Scan what `git commit` is about to record
    Staged,
    /// Scan what the commits of a merge request bring in
    Range {
        /// BASE..HEAD: commits reachable from HEAD and not from BASE
        #[arg(value_name = "BASE..HEAD", allow_hyphen_values = true)]
        range: Range,
        /// The repository [default: the one around the current folder]
        #[arg(long, value_name = "PATH")]
        repo: Option<PathBuf>,
        #[command(flatten)]
        gate: GateArgs,
    },
    /// Scan every ref: branches, tags, notes, stashes; files, messages and names
    History {
        /// The repository [default: the one around the current folder]
        repo: Option<PathBuf>,
        /// Report what no ref reaches, too: dropped stashes, what force-pushes left behind
        #[arg(long)]
        unreachable: bool,
        /// Scan every version of every file whole; slower, finds the same
        #[arg(long)]
        exhaustive: bool,
        /// Leave out what the sweep that wrote this file found nothing in, and write it anew for the next
        #[arg(long, value_name = "FILE")]
        since_sweep: Option<PathBuf>,
    },
    /// Scan files and folders as they stand on disk
    Dir {
        /// What to scan [default: the current folder]
        paths: Vec<PathBuf>,
        /// Scan what git ignores, too
        #[arg(long)]
        no_ignore: bool,
    },
    /// Scan standard input
    Stdin {
        /// The name to report, and to match allowlist paths with
        #[arg(long, value_name = "NAME", default_value = "stdin")]
        path: String,
    },
    /// Scan a container image: every layer, what later layers delete too, and the configuration
    Image {
        /// An archive of `docker save` or an OCI layout, a folder of either, or - for standard input
        image: PathBuf,
    },
    /// Install, remove or look at git hooks
    #[command(subcommand)]
    Hook(HookCommand),
    /// Prove that the hook blocks: stage a made-up token in a scratch repository and show the result
    Doctor,
    /// List, show and check rules
    #[command(subcommand)]
    Rules(RulesCommand),
    /// Measure on labelled lines: precision, recall, calibration, the worst mistakes
    Eval {
        /// Labelled lines, one JSON object each (see corpus/README.md)
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Judge assignments by models trained on the other repositories of the same lines, in five folds
        #[arg(long)]
        folds: bool,
        /// How many of the worst mistakes to print
        #[arg(long, value_name = "N", default_value_t = 30)]
        worst: usize,
    },
    /// Build, verify and compare packs of patterns
    #[command(subcommand)]
    Pack(PackCommand),
    /// Tell what decided about a finding
    Why {
        fingerprint: String,
        /// Where it stands [default: the current folder]
        paths: Vec<PathBuf>,
    },
    /// Tell which rules looked at a text, and why each did not report it
    WhyNot {
        #[arg(allow_hyphen_values = true)]
        text: String,
        /// The path that it would stand at
        #[arg(long, value_name = "NAME", default_value = "settings.conf")]
        path: String,
    },
    /// Carry over what other tools were told may stay, into .leakgate.toml
    Import {
        /// .gitleaks.toml, .gitleaksignore, .secrets.baseline, .talismanrc, .secretsignore
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Add to a configuration that is there; what stands in it is kept
        #[arg(long)]
        force: bool,
    },
    /// Add to or list the allowlist
    #[command(subcommand)]
    Allow(AllowCommand),
    /// Accept what is known today
    #[command(subcommand)]
    Baseline(BaselineCommand),
}

impl Command {
    /// Whether it ends in a report.
    pub fn scans(&self) -> bool {
        match self {
            Self::Staged | Self::Range { .. } | Self::History { .. } | Self::Dir { .. } => true,
            Self::Stdin { .. } | Self::Image { .. } | Self::Hook(HookCommand::Run { .. }) => true,
            Self::Rules(command) => matches!(command, RulesCommand::Try { .. }),
            _ => false,
        }
    }

    /// For the audit log.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Staged => "staged",
            Self::Range { .. } => "range",
            Self::History { .. } => "history",
            Self::Dir { .. } => "dir",
            Self::Eval { .. } => "eval",
            Self::Stdin { .. } => "stdin",
            Self::Image { .. } => "image",
            Self::Hook(HookCommand::Run { hook }) => match hook {
                HookRun::PreCommit => "staged",
                HookRun::PrePush { .. } => "pre-push",
                HookRun::PreReceive(_) => "pre-receive",
                HookRun::CommitMsg { .. } => "commit-msg",
            },
            Self::Hook(_) => "hook",
            Self::Doctor => "doctor",
            Self::Rules(_) => "rules",
            Self::Allow(_) => "allow",
            Self::Baseline(_) => "baseline",
            Self::Pack(_) => "pack",
            Self::Why { .. } => "why",
            Self::WhyNot { .. } => "why-not",
            Self::Import { .. } => "import",
        }
    }
}

#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub enum HookCommand {
    /// Install a hook that blocks secrets; an existing hook is kept and run too
    Install(HookArgs),
    /// Remove the hook and put back what was there
    Uninstall(HookArgs),
    /// Tell which hooks are installed
    Status(HookArgs),
    /// What an installed hook calls
    Run {
        #[command(subcommand)]
        hook: HookRun,
    },
}

#[derive(Debug, ClapArgs)]
pub struct HookArgs {
    /// Which hook [default: pre-commit]
    #[arg(long = "type", value_name = "TYPE")]
    pub kind: Option<crate::hook::Kind>,
    /// For every repository of this user
    #[arg(long)]
    pub global: bool,
    /// This very file, for a server that runs all files of a folder
    #[arg(long, value_name = "FILE", conflicts_with = "global")]
    pub file: Option<PathBuf>,
    /// What the hook gives to leakgate, such as --deadline 30s (for `install`)
    #[arg(last = true, value_name = "FLAGS")]
    pub flags: Vec<String>,
}

/// What a gate that nobody can skip takes besides.
#[derive(Clone, Debug, Default, ClapArgs)]
pub struct GateArgs {
    /// Take configuration, baseline and rules that lie in the repository from here [default: the base of the
    /// range; for pre-receive HEAD]
    #[arg(long, value_name = "REV")]
    pub policy_from: Option<String>,
    /// Let `leakgate:allow` count that comes with the change itself
    #[arg(long)]
    pub accept_inline: bool,
    /// Stop after so long, such as 30s
    #[arg(long, value_name = "TIME", value_parser = span)]
    pub deadline: Option<Duration>,
    /// What then becomes of a change in which nothing was found so far
    #[arg(long, value_name = "block|allow", default_value = "block")]
    pub on_timeout: OnTimeout,
}

/// What becomes of a change that there was no time to look at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum OnTimeout {
    #[default]
    Block,
    Allow,
}

impl OnTimeout {
    pub fn word(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::Allow => "allow",
        }
    }
}

/// `30s`, `500ms`, `1m 30s`.
fn span(text: &str) -> Result<Duration, String> {
    let wrong = || "give a number and a unit, such as 500ms, 30s or 2m".to_owned();
    let span: jiff::SignedDuration = text.parse().map_err(|_| wrong())?;
    Duration::try_from(span).map_err(|_| wrong())
}

/// A further report: its format, and the file it goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportTo {
    pub format: Format,
    pub file: PathBuf,
}

impl FromStr for ReportTo {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, file) = text
            .split_once('=')
            .filter(|(_, file)| !file.is_empty())
            .ok_or_else(|| format!("{text:?} is not FORMAT=FILE, such as sarif=leakgate.sarif"))?;
        Ok(Self { format: format.parse()?, file: file.into() })
    }
}

#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub enum HookRun {
    /// Scan the staged change
    PreCommit,
    /// Scan the commits about to be pushed, named on standard input
    PrePush {
        /// The remote's name and address, as git gives them
        remote: Vec<String>,
    },
    /// On the server: scan what a push brings in that no ref there reaches yet; refs on standard input
    PreReceive(GateArgs),
    /// Scan a commit message
    CommitMsg {
        /// The file that holds it
        file: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub enum RulesCommand {
    /// Print every rule
    List,
    /// Print one rule
    Show { id: String },
    /// Write a pattern file to begin with, to standard output or to --output
    New {
        /// As the vendor writes it
        provider: String,
        /// Lower case with hyphens, the provider first
        id: String,
    },
    /// Count what each rule matches in a folder, and how long it takes
    Stats {
        /// The folder [default: the current one]
        path: Option<PathBuf>,
    },
    /// Tell everything that one rule would find in a history
    Try {
        rule: String,
        /// The repository [default: the one around the current folder]
        repo: Option<PathBuf>,
    },
    /// Check rules for mistakes
    Lint,
    /// Run every rule over every example
    Test,
}

#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub enum PackCommand {
    /// Make one file of a folder's pattern files; name it with --output
    Build {
        folder: PathBuf,
        /// Of the pack, as its maker counts
        #[arg(long, value_name = "VERSION", default_value = "")]
        version: String,
    },
    /// Check a detached Ed25519 signature; 1 if it is not good
    Verify {
        file: PathBuf,
        /// The public key: PEM, base64, hexadecimal or raw
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        /// The signature: base64, hexadecimal or raw
        #[arg(long, value_name = "FILE")]
        signature: PathBuf,
    },
    /// Tell what a new pack would change, rule by rule, and with a repository finding by finding
    Diff { old: PathBuf, new: PathBuf, repo: Option<PathBuf> },
}

#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub enum AllowCommand {
    /// Allow one finding, by its fingerprint
    Add {
        fingerprint: String,
        /// Why it may stay
        #[arg(long)]
        reason: String,
        /// Who answers for it
        #[arg(long)]
        owner: Option<String>,
        /// The day from which it counts again, as YYYY-MM-DD
        #[arg(long, value_name = "DATE")]
        expires: Option<String>,
    },
    /// Print the allowlist
    List,
}

#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub enum BaselineCommand {
    /// Scan the whole history and write what is found to the baseline file
    Write {
        /// The repository [default: the one around the current folder]
        repo: Option<PathBuf>,
    },
}

/// How far to follow what is wrapped in encodings and containers. What lies beyond is named in the report.
#[derive(Clone, Copy, Debug, ClapArgs)]
pub struct LimitArgs {
    /// Encodings within encodings, and containers within containers
    #[arg(long, global = true, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=16))]
    pub max_depth: u32,
    /// How many times its own size a text may decode to, all levels together, after the first mebibyte
    #[arg(long, global = true, value_name = "N", default_value_t = 4)]
    pub max_decoded: u64,
    /// Mebibytes that one container may unpack to
    #[arg(long, global = true, value_name = "MIB", default_value_t = 1024)]
    pub max_unpacked: u64,
    /// How many times its own size a container may unpack to
    #[arg(long, global = true, value_name = "N", default_value_t = 100)]
    pub max_ratio: u64,
    /// Entries of one container, all levels together
    #[arg(long, global = true, value_name = "N", default_value_t = 250_000)]
    pub max_entries: u64,
    /// Time for one container, such as 10s [default: none, so that the answer is the same on any machine]
    #[arg(long, global = true, value_name = "TIME", value_parser = span)]
    pub max_time: Option<Duration>,
}

impl LimitArgs {
    pub fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        (limits.depth, limits.decoded) = (self.max_depth, self.max_decoded);
        limits.unpack = unpack::Limits {
            depth: self.max_depth,
            bytes: self.max_unpacked.saturating_mul(1 << 20),
            ratio: self.max_ratio,
            entries: self.max_entries,
            time: self.max_time,
            ..limits.unpack
        };
        limits
    }
}

/// Flags that every command takes, before or after its name.
#[derive(Clone, Debug, ClapArgs)]
pub struct Flags {
    /// How to print the result: text, json, jsonl, sarif, … [default: text; push for hooks of a push]
    #[arg(long, global = true, value_name = "FORMAT")]
    pub format: Option<Format>,
    /// Write the result to a file
    #[arg(long, short, global = true, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Write a report to a file besides, as FORMAT=FILE; may be given more than once
    #[arg(long, global = true, value_name = "FORMAT=FILE")]
    pub report: Vec<ReportTo>,
    /// Append what was decided to a log, one JSON object a line
    #[arg(long, global = true, value_name = "FILE")]
    pub audit: Option<PathBuf>,
    /// The repository's address, for SARIF [default: that of the remote `origin`]
    #[arg(long, global = true, value_name = "URL")]
    pub repository_url: Option<String>,
    /// Report only what is at least so sure: low, medium, high
    #[arg(long, global = true, value_name = "LEVEL", default_value = "medium")]
    pub min_confidence: Confidence,
    /// Report only what is at least so grave: low, medium, high, critical
    #[arg(long, global = true, value_name = "LEVEL", default_value = "low")]
    pub min_severity: Severity,
    /// Patterns to add: a file, FILE#sha256=HASH, or a folder of files, our own or another tool's;
    /// may be given more than once
    #[arg(long, global = true, value_name = "FILE|DIR")]
    pub rules: Vec<PathBuf>,
    /// Leave the built-in patterns out
    #[arg(long, global = true)]
    pub no_builtin: bool,
    /// The configuration [default: .leakgate.toml at the repository's root]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Known findings to leave out
    #[arg(long, global = true, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Let what could not be opened or decoded make the result incomplete, too (exit status 3)
    #[arg(long, global = true)]
    pub require_complete: bool,
    /// Tell files that a change adds above a size, such as 5MiB [default: large_file in the configuration, else none]
    #[arg(long, global = true, value_name = "SIZE")]
    pub large_file: Option<Size>,
    #[command(flatten, next_help_heading = "How far to follow what is wrapped")]
    pub limits: LimitArgs,
    /// Print secrets in clear
    #[arg(long, global = true)]
    pub show_secrets: bool,
    /// Threads to use [default: one a core]
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,
    /// Show no progress bar
    #[arg(long, global = true)]
    pub no_progress: bool,
    /// When the program began, by the calendar and by the clock.
    #[arg(skip = jiff::Timestamp::now())]
    pub began: jiff::Timestamp,
    #[arg(skip = std::time::Instant::now())]
    pub clock: std::time::Instant,
}
