//! Are the answers right? Asked before anything is timed.

use std::fs::{self, File};

use serde_json::Value;

use super::{
    scene::{Objects, PLANTED, Scene},
    tools::{Candidate, Gate, Reports},
};

/// What a tool said.
#[derive(Clone, Copy, Debug)]
pub struct Answer {
    pub findings: usize,
    /// It names the file with the planted token.
    pub planted: bool,
}

/// Asks each tool once. Others may be wrong, and the table shows it; leakgate may not.
pub fn all(gate: Gate, scene: &Scene, candidates: &[Candidate]) -> Result<Vec<Option<Answer>>, String> {
    candidates.iter().map(|candidate| one(gate, scene, candidate)).collect()
}

fn one(gate: Gate, scene: &Scene, candidate: &Candidate) -> Result<Option<Answer>, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", candidate.name);
    let mut command = candidate.command(scene);
    if candidate.discard {
        command.stdout(std::process::Stdio::null());
    } else {
        command.stdout(File::create(scene.output()).map_err(failed)?);
    }
    let status = command.status().map_err(failed)?;
    if candidate.reports == Reports::Nothing {
        return Ok(None);
    }
    let text = fs::read(scene.output()).map_err(failed)?;
    let text = String::from_utf8_lossy(&text);
    let answer = Answer { findings: findings(candidate.reports, &text), planted: text.contains(PLANTED) };
    if candidate.reports == Reports::Leakgate {
        right(gate, scene, &text)
            .map_err(|why| format!("WRONG: leakgate {}: {why} ({status})", gate.word()))?;
        if status.code() != Some(1) {
            return Err(format!(
                "WRONG: leakgate {}: status {status}, though it found something",
                gate.word()
            ));
        }
    }
    Ok(Some(answer))
}

fn findings(reports: Reports, text: &str) -> usize {
    let json = || serde_json::from_str::<Value>(text).unwrap_or_default();
    let lines = || text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    match reports {
        Reports::Nothing => 0,
        Reports::Leakgate => lines().filter(|line| line["kind"] == "finding").count(),
        Reports::JsonLines => lines().filter(|line| line["rule"].is_object()).count(),
        Reports::JsonArray => json().as_array().map_or(0, Vec::len),
        Reports::JsonByPath => json()["results"]
            .as_object()
            .map_or(0, |paths| paths.values().filter_map(Value::as_array).map(Vec::len).sum()),
        Reports::Lines => text.lines().count(),
    }
}

/// What must be so of leakgate's own answer.
fn right(gate: Gate, scene: &Scene, text: &str) -> Result<(), String> {
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).map_err(|error| format!("no JSON: {error}")))
        .collect::<Result<_, _>>()?;
    let (summary, found) = lines.split_last().ok_or("it said nothing")?;
    let missing: &[String] = if gate == Gate::History { &scene.missing } else { &[] };
    if summary["kind"] != "summary" || summary["complete"] != missing.is_empty() {
        let skipped = &summary["skipped"];
        return Err(format!("complete is {}: {skipped}; git lacks {missing:?}", summary["complete"]));
    }
    let skipped = summary["skipped"].to_string();
    if let Some(id) = missing.iter().find(|id| !skipped.contains(&id[..32])) {
        return Err(format!("git lacks {id}, which is not among the skipped: {skipped}"));
    }
    let planted: Vec<_> =
        found.iter().filter(|line| line["fingerprint"] == scene.fingerprint.as_str()).collect();
    if planted.len() != 1 || planted[0]["path"] != PLANTED || planted[0]["line"] != 1 {
        return Err(format!(
            "the planted token stands in {PLANTED}, and it was told {} times",
            planted.len()
        ));
    }
    let count = |kind: &str| summary[kind]["read"].as_u64().unwrap_or_default();
    match gate {
        // The lines that were added hold nothing else, whatever the files held before.
        Gate::Staged if found.len() != 1 || count("blobs") != 3 => {
            Err(format!("{} findings in {} blobs; there is 1 in 3", found.len(), count("blobs")))
        }
        Gate::History => {
            let read = Objects {
                commits: count("commits"),
                trees: count("trees"),
                blobs: count("blobs"),
                tags: count("tags"),
            };
            if read == scene.reachable || read == scene.all {
                Ok(())
            } else {
                Err(format!("read {read:?}; git reaches {:?} and has {:?}", scene.reachable, scene.all))
            }
        }
        Gate::Staged | Gate::Dir => Ok(()),
    }
}
