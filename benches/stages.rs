//! How the time of `leakgate dir` on one thread is spent, stage by stage.
//!
//! Each stage is run by itself over all the files, and timed; what the whole takes beyond their sum is the rest: judging,
//! containers, names of files, the report. What two stages share, such as bytes still in the cache, makes the sum inexact,
//! so a rest below zero is possible and printed as it is.

use std::{
    io::Read as _,
    path::{Path, PathBuf},
    time::Duration,
};

use leakgate::{
    config::Config,
    decode,
    filter::{Allowlist, Baseline, Excuses},
    matcher::Scanner,
    model::{Confidence, Deadline, Severity},
    pattern::Pack,
    pipeline::{self, Levels, Limits, Scan},
    score,
    source::{self, DirOptions, Gathered, Opened, Reader},
};

use super::fastest;

pub fn print(folder: &Path) -> Result<(), String> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().map_err(|error| error.to_string())?;
    pool.install(|| all(folder))
}

fn all(folder: &Path) -> Result<(), String> {
    let levels = Levels { confidence: Confidence::Medium, severity: Severity::Low, now: None };
    let pack = Pack::builtin_and(Vec::new()).map_err(|error| error.to_string())?;
    let scanner =
        Scanner::believing(pack, score::least(levels.confidence)).map_err(|error| error.to_string())?;
    let listed = || -> Result<Gathered, String> {
        let options = DirOptions { ignore_rules: true, threads: 1 };
        source::dir(&[PathBuf::from(folder)], options).map_err(|error| error.to_string())
    };
    let gathered = listed()?;
    let reader = Reader::new(None);
    let read = || -> Vec<Vec<u8>> {
        let items = gathered.items.iter();
        items.map(|item| bytes(&reader, item)).collect()
    };
    let raw = read();
    let texts: Vec<_> = raw.iter().map(|raw| decode::text(raw)).collect();
    let sum = |of: &dyn Fn(&[u8]) -> usize| -> usize { texts.iter().map(|text| of(text)).sum() };
    let whole = || {
        let report = pipeline::run(scan(&scanner, levels), listed().unwrap_or_default());
        report.findings.len()
    };
    let found = whole();

    let list = fastest(|| listed().map_or(0, |gathered| gathered.items.len()));
    let reading = fastest(|| read().len());
    let to_text = fastest(|| raw.iter().map(|raw| decode::text(raw).len()).sum());
    let marks = fastest(|| sum(&|text| scanner.marks(text).len()));
    let matches = fastest(|| sum(&|text| scanner.scan(text).len()));
    let finds = fastest(|| sum(&|text| scanner.find(text).assigned.len()));
    let limits = Limits::default();
    let inside = fastest(|| {
        sum(&|text| {
            let mut found = 0;
            let bytes = (limits.decoded * text.len() as u64).saturating_add(1 << 20);
            decode::views(text, &decode::Limits { depth: limits.depth, bytes }, &mut |view| {
                found += scanner.find(view.text()).matches.len();
            });
            found
        })
    });
    let total = fastest(whole);

    let size: usize = raw.iter().map(Vec::len).sum();
    println!("{}: {} texts, {size} bytes, {found} findings, one thread", folder.display(), raw.len());
    let stages = [
        ("list files", millis(list)),
        ("read", millis(reading)),
        ("to text", millis(to_text)),
        ("prefilter", millis(marks)),
        ("match", millis(matches) - millis(marks)),
        ("generic", millis(finds) - millis(matches)),
        ("what texts encode", millis(inside)),
    ];
    let total = millis(total);
    let known: f64 = stages.iter().map(|(_, time)| time).sum();
    for (what, time) in stages.into_iter().chain([("rest", total - known), ("dir", total)]) {
        let speed = size as f64 / time.abs().max(f64::EPSILON) / 1e6;
        println!("  {what:<20} {time:9.1} ms {:5.1}%  {speed:7.2} GB/s", 100.0 * time / total);
    }
    Ok(())
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn scan(scanner: &Scanner, levels: Levels) -> Scan<'_> {
    Scan {
        scanner,
        levels,
        allowlist: Allowlist::new(Config::default(), jiff::civil::Date::MIN),
        excuses: Excuses::default(),
        baseline: Baseline::default(),
        accept_inline: true,
        deadline: Deadline::default(),
        limits: Limits::default(),
        require_complete: false,
        large_file: None,
        from_root: &|path| path.to_owned(),
    }
}

/// What cannot be read is told by `leakgate dir`; here it takes no time.
fn bytes(reader: &Reader, item: &source::Item) -> Vec<u8> {
    let mut bytes = Vec::new();
    let read = match reader.open(&item.content) {
        Ok(Opened::Whole(whole)) => return whole,
        Ok(Opened::File(mut file)) => file.read_to_end(&mut bytes),
        Ok(Opened::Stream(_)) | Err(_) => Ok(0),
    };
    read.map_or_else(|_| Vec::new(), |_| bytes)
}
