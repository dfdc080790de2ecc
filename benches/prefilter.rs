//! How fast the leads of the built-in pack are looked for, in GB/s on one thread; and of each named folder, how the
//! time of `leakgate dir` is spent.
//!
//! `cargo bench --bench prefilter -- [FILE|FOLDER…]`    with no name: this package's own source
//!
//! Before anything is timed, an automaton of the aho-corasick crate looks for the same literals in the
//! same text, and both must mark the same places. Counting the bytes `e` with memchr is the other end:
//! no filter that reads every byte is faster.

mod stages;

use std::{
    fs,
    hint::black_box,
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use leakgate::{
    pattern::{Lead, builtin, sample},
    prefilter::Keywords,
};

/// Bytes that each text is repeated or cut to: more than any cache holds.
const SIZE: usize = 64 << 20;

/// Bytes on which the two are compared.
const COMPARED: usize = 8 << 20;

const RUNS: usize = 7;

fn main() -> ExitCode {
    let named: Vec<PathBuf> =
        std::env::args().skip(1).filter(|arg| arg != "--bench").map(PathBuf::from).collect();
    let speeds = texts(&named).and_then(|texts| texts.iter().try_for_each(|(name, text)| one(name, text)));
    let mut folders = named.iter().filter(|path| path.is_dir());
    match speeds.and_then(|()| folders.try_for_each(|folder| stages::print(folder))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("prefilter: {why}");
            ExitCode::FAILURE
        }
    }
}

fn one(name: &str, text: &[u8]) -> Result<(), String> {
    let leads: Vec<&Lead> = builtin::leads().iter().collect();
    let (keywords, _) = Keywords::builtin_and(std::iter::empty());
    let automaton = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .kind(Some(AhoCorasickKind::ContiguousNFA))
        .build(leads.iter().map(|lead| &*lead.literal))
        .map_err(|error| error.to_string())?;

    let compared = &text[..text.len().min(COMPARED)];
    let ours = places(&keywords, compared);
    let theirs = naive(&automaton, &leads, compared);
    if ours != theirs {
        return Err(format!("WRONG on {name}: {} places are marked, {} are there", ours.len(), theirs.len()));
    }

    println!(
        "{name}: {} leads, {} places in the first {} MiB",
        leads.len(),
        ours.len(),
        compared.len() >> 20
    );
    let report = |what: &str, time: Duration| {
        println!("  {what:<24} {:6.2} GB/s", text.len() as f64 / time.as_secs_f64() / 1e9);
    };
    report("leads", fastest(|| places_count(&keywords, text)));
    report("aho-corasick", fastest(|| automaton.find_overlapping_iter(text).count()));
    report("memchr", fastest(|| memchr::memchr_iter(b'e', text).count()));
    Ok(())
}

/// Where each lead stands: start and length.
fn places(keywords: &Keywords, text: &[u8]) -> Vec<(usize, usize)> {
    let mut places = Vec::new();
    keywords.scan(text, 0..text.len(), |mark| places.push((mark.start, keywords.len(mark.word))));
    places.sort_unstable();
    places
}

fn naive(automaton: &AhoCorasick, leads: &[&Lead], text: &[u8]) -> Vec<(usize, usize)> {
    let mut places: Vec<_> = automaton
        .find_overlapping_iter(text)
        .filter(|found| leads[found.pattern().as_usize()].holds(text, found.start()))
        .map(|found| (found.start(), found.len()))
        .collect();
    places.sort_unstable();
    places
}

fn places_count(keywords: &Keywords, text: &[u8]) -> usize {
    let mut count = 0;
    keywords.scan(text, 0..text.len(), |_| count += 1);
    count
}

fn fastest(mut work: impl FnMut() -> usize) -> Duration {
    let run = |_| {
        let start = Instant::now();
        black_box(work());
        start.elapsed()
    };
    (0..RUNS).map(run).min().unwrap_or_default()
}

/// Name and content of each text.
fn texts(named: &[PathBuf]) -> Result<Vec<(String, Vec<u8>)>, String> {
    let own = [Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let named = if named.is_empty() { &own[..] } else { named };
    let mut texts = Vec::new();
    for path in named {
        let mut text = Vec::new();
        read(path, &mut text).map_err(|error| format!("{}: {error}", path.display()))?;
        if text.is_empty() {
            return Err(format!("{}: nothing to read", path.display()));
        }
        texts.push((path.display().to_string(), repeated(&text)));
    }
    // What no keyword helps with, and what is full of them.
    texts.push(("letters and digits".to_owned(), repeated(&sample(&format!("{{alnum:{}}}", 4 << 20), 1))));
    texts.push((
        "a token on every line".to_owned(),
        repeated(&sample(&"key = ghp_{alnum:36}\n".repeat(100_000), 2)),
    ));
    Ok(texts)
}

/// Every file at and below `path`, up to `SIZE` bytes, in the order of their names.
fn read(path: &Path, text: &mut Vec<u8>) -> std::io::Result<()> {
    if text.len() >= SIZE || path.is_symlink() {
        return Ok(());
    }
    if !path.is_dir() {
        text.extend(fs::read(path)?);
        return Ok(());
    }
    let mut entries: Vec<_> =
        fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    entries.sort();
    entries.iter().try_for_each(|entry| read(entry, text))
}

fn repeated(text: &[u8]) -> Vec<u8> {
    text.iter().copied().cycle().take(SIZE).collect()
}
