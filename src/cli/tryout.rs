//! Working on rules: a scaffold, what each costs, and what one would find on a real history.

use std::{
    fmt::Write as _,
    io::Read,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use bstr::BStr;

use super::{
    args::Flags,
    plan::{self, Plan, Root},
    print, scan,
    tell::{About, tell},
};
use crate::{
    decode,
    error::Error,
    exit,
    matcher::Scanner,
    model::{Confidence, Severity},
    pattern::{Find, Pack, Rule, lint::Source, lint::lint},
    pipeline::{self, HistoryOptions},
    report::{Format, escape},
    source::{self, DirOptions, Opened, Reader},
};

/// The rule of that id.
pub fn named<'p>(pack: &'p Pack, id: &str) -> Result<&'p Rule, Error> {
    let found = pack.rules().find(|rule| rule.id == id);
    found.ok_or_else(|| Error::new(format!("no rule is called {id:?}")).mend("see `leakgate rules list`"))
}

/// Writes a file to begin with. `rules lint` says what it still lacks.
pub fn new(flags: &Flags, provider: &str, id: &str) -> Result<u8, Error> {
    if plan::pack(flags)?.rules().any(|rule| rule.id == id) {
        return Err(Error::new(format!("a rule is called {id:?} already")));
    }
    let provider = toml::Value::String(provider.to_owned());
    let text = format!(
        "provider = {provider}\n\
         url = \"\"                    # the vendor's page on its tokens\n\
         revoke = \"\"                 # where to revoke it, and what to look at then\n\n\
         [[rule]]\n\
         id = \"{id}\"\n\
         description = \"\"            # what it is, no verbs\n\
         severity = \"high\"           # what an attacker can do with it: critical, high, medium, low\n\
         stage = \"warn\"              # shown, but fails nothing; leave it out once the rule is trusted\n\
         keywords = [\"PREFIX_\"]      # one of them stands in every match; the rarer the better\n\
         regex = '''\\b(?<secret>PREFIX_[A-Za-z0-9]{{32}})\\b'''\n\
         entropy = 3.0               # bits a character, at least\n\
         examples = []               # such as 'KEY=PREFIX_{{alnum:32}}': each must be found\n\
         near_misses = []            # such as 'KEY=PREFIX_{{alnum:20}}': none may be found\n"
    );
    // The id is checked as any other is.
    let faults = lint(&[Source::parse("the new file", &text)?]);
    if let Some(fault) = faults.iter().find(|fault| fault.what.starts_with("id:")) {
        return Err(Error::new(format!("{id:?}: {}", fault.what)));
    }
    let Some(path) = &flags.output else {
        print(&text)?;
        return Ok(exit::CLEAN);
    };
    if path.exists() {
        return Err(Error::new(format!("{} is there already", path.display())).mend("name a new file"));
    }
    std::fs::write(path, &text).map_err(|error| Error::io("write", path, error))?;
    let path = path.display();
    print(&format!(
        "{path} is written; `leakgate rules lint --no-builtin --rules {path}` says what it lacks\n"
    ))?;
    Ok(exit::CLEAN)
}

/// Scans a whole history with one rule, and tells everything that it finds there.
pub fn history(flags: &Flags, id: &str, repo: &Option<PathBuf>) -> Result<u8, Error> {
    let pack = plan::pack(flags)?;
    let rule = named(&pack, id)?.clone();
    let alone = Pack::new(vec![rule])?.with(pack.extras().clone());
    let flags = Flags { min_confidence: Confidence::Low, min_severity: Severity::Low, ..flags.clone() };
    let repo = scan::repo_at(repo)?;
    let plan = Plan::with(&flags, &Root::Repo(&repo), alone)?;
    let report =
        plan.scan(&|path| path.to_owned(), |run| pipeline::history(run, &repo, HistoryOptions::default()))?;
    tell(&flags, report, About::new("rules").of(&repo, &flags, None, None))
}

/// A rule, or all that look for assignments, which share their work.
struct Cost {
    id: String,
    scanner: Scanner,
    matches: u64,
    time: Duration,
}

/// Runs each rule by itself over the files of a folder.
pub fn stats(flags: &Flags, path: Option<&Path>) -> Result<u8, Error> {
    let paths = [path.unwrap_or(Path::new(".")).to_owned()];
    let gathered = source::dir(&paths, DirOptions { ignore_rules: true, threads: 0 })?;
    let reader = Reader::new(gathered.store);
    let mut costs = costs(&plan::pack(flags)?)?;
    let (mut bytes, mut texts) = (0, 0_u64);
    let mut problems = gathered.problems;
    for item in &gathered.items {
        let raw = match reader.open(&item.content) {
            Ok(Opened::Whole(raw)) => raw,
            Ok(Opened::File(mut file)) => all(&mut file, item.origin.path.as_ref())?,
            Ok(Opened::Stream(mut stream)) => all(&mut stream, item.origin.path.as_ref())?,
            Err(problem) => {
                problems.add(problem);
                continue;
            }
        };
        let text = decode::text(&raw);
        bytes += text.len() as u64;
        texts += 1;
        for cost in &mut costs {
            let begin = Instant::now();
            let found = cost.scanner.find_in_file(&text);
            cost.time += begin.elapsed();
            cost.matches += (found.matches.len() + found.assigned.len()) as u64;
        }
    }
    costs.sort_by(|a, b| b.time.cmp(&a.time).then(a.id.cmp(&b.id)));
    let mut out = String::new();
    for Cost { id, matches, time, .. } in &costs {
        let micros = time.as_micros();
        if flags.format == Some(Format::Jsonl) {
            let line = serde_json::json!({ "id": id, "matches": matches, "microseconds": micros as u64 });
            writeln!(out, "{line}").expect("writing to a string");
        } else {
            writeln!(out, "{id:<44} {matches:>9} matches {micros:>12} us").expect("writing to a string");
        }
    }
    let problems = problems.into_sorted();
    if flags.format != Some(Format::Jsonl) {
        writeln!(out, "{texts} files, {bytes} bytes; every time holds one reading of them all")
            .expect("writing to a string");
        for problem in &problems {
            let told = escape(format!("{}: {}", problem.what, problem.why));
            writeln!(out, "not read: {told}").expect("writing to a string");
        }
    }
    print(&out)?;
    Ok(if problems.is_empty() { exit::CLEAN } else { exit::INCOMPLETE })
}

fn all(source: &mut dyn Read, path: &BStr) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    source.read_to_end(&mut bytes).map_err(|error| Error::new(format!("{path}: {error}")))?;
    Ok(bytes)
}

fn costs(pack: &Pack) -> Result<Vec<Cost>, Error> {
    let cost = |id: &str, rules: Vec<Rule>| {
        let scanner = Scanner::new(Pack::new(rules)?)?;
        Ok(Cost { id: id.to_owned(), scanner, matches: 0, time: Duration::ZERO })
    };
    let (regexes, others): (Vec<_>, Vec<_>) =
        pack.rules().cloned().partition(|rule| rule.find == Find::Regex);
    let mut all: Vec<Cost> =
        regexes.into_iter().map(|rule| cost(&rule.id.clone(), vec![rule])).collect::<Result<_, Error>>()?;
    if !others.is_empty() {
        all.push(cost("(names bound to values)", others)?);
    }
    Ok(all)
}
