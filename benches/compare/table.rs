//! Tables in Markdown, ready for `benches/runs/`.

use std::{fmt::Write as _, fs, thread};

use super::{
    check::Answer,
    measure::Cost,
    scene::{Objects, Scene},
    tools::{Candidate, Gate, Tools},
};

/// When, on what, with what.
pub fn machine(tools: &Tools) -> String {
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let cpus = thread::available_parallelism().map_or(1, usize::from);
    let model = fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
        let line = text.lines().find(|line| line.starts_with("model name"))?;
        line.split_once(':').map(|(_, model)| model.trim().to_owned())
    });
    let model = model.unwrap_or_else(|| "unknown CPU".to_owned());
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().filter(|load| !load.is_empty()).unwrap_or("unknown").to_owned();
    let mut out = format!("# {today}\n\n- Machine: {model}, {cpus} threads; load at the start {load}\n");
    let versions: Vec<_> = tools.found.iter().map(|(_, _, version)| version.as_str()).collect();
    writeln!(out, "- Tools: {}", versions.join("; ")).expect("writing to a string");
    if !tools.missing.is_empty() {
        writeln!(out, "- Missing: {}", tools.missing.join(", ")).expect("writing to a string");
    }
    out.push_str(
        "- Before any time: each gate of leakgate found the planted token, and its counts agreed with git's",
    );
    out
}

/// What git counts in the clone.
pub fn scenery(scene: &Scene) -> String {
    let words = |Objects { commits, trees, blobs, tags }: Objects| {
        format!("{commits} commits, {trees} trees, {blobs} blobs, {tags} tags")
    };
    let reached = words(scene.reachable);
    let mut out = if scene.reachable == scene.all {
        format!("Git counts {reached}, all of them reachable.")
    } else {
        format!("Git reaches {reached}; in all there are {}.", words(scene.all))
    };
    if !scene.missing.is_empty() {
        let count = scene.missing.len();
        write!(out, " {count} more are named and not there, so `history` must say that it is incomplete.")
            .expect("writing to a string");
    }
    out
}

pub fn table(
    gate: Gate,
    runs: usize,
    candidates: &[Candidate],
    answers: &[Option<Answer>],
    costs: &[Cost],
) -> String {
    let mut out = format!(
        "### {}: median of {runs}\n\n\
         | tool | wall, ms | fastest, ms | times leakgate | CPU, s | peak memory, MiB | findings | planted one |\n\
         |---|--:|--:|--:|--:|--:|--:|---|\n",
        gate.word()
    );
    let ours = costs[0].median().as_secs_f64();
    for ((candidate, answer), cost) in candidates.iter().zip(answers).zip(costs) {
        let (median, fastest) = (cost.median().as_secs_f64(), cost.walls[0].as_secs_f64());
        let (cpu, memory) = cost.cpu_and_memory.map_or_else(
            || ("-".to_owned(), "-".to_owned()),
            |(cpu, memory)| (format!("{cpu:.2}"), format!("{:.1}", memory as f64 / 1024.0)),
        );
        let (findings, planted) = match answer {
            None => ("-".to_owned(), "-"),
            Some(answer) => (answer.findings.to_string(), if answer.planted { "found" } else { "MISSED" }),
        };
        writeln!(
            out,
            "| {} | {:.1} | {:.1} | {:.2} | {cpu} | {memory} | {findings} | {planted} |",
            candidate.name,
            median * 1e3,
            fastest * 1e3,
            median / ours,
        )
        .expect("writing to a string");
    }
    out
}
