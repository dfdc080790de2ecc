//! What a command costs: time on the wall, and, where `/usr/bin/time` is at hand, CPU and memory.

use std::{
    fs::File,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use super::{scene::Scene, tools::Candidate};

/// What one tool cost.
#[derive(Clone, Debug, Default)]
pub struct Cost {
    /// Sorted.
    pub walls: Vec<Duration>,
    /// Seconds of user and system time, and the peak of resident memory in KiB.
    pub cpu_and_memory: Option<(f64, u64)>,
}

impl Cost {
    pub fn median(&self) -> Duration {
        let middle = self.walls.len() / 2;
        if self.walls.len() % 2 == 1 {
            self.walls[middle]
        } else {
            (self.walls[middle - 1] + self.walls[middle]) / 2
        }
    }
}

/// Runs all of them `runs` times, one after the other in each round, and each round begins with
/// another one: what else the machine does falls on all alike. They have all run once before.
pub fn turn_by_turn(candidates: &[Candidate], scene: &Scene, runs: usize) -> Result<Vec<Cost>, String> {
    let mut costs = vec![Cost::default(); candidates.len()];
    for round in 0..runs {
        for turn in 0..candidates.len() {
            let which = (round + turn) % candidates.len();
            let mut command = candidates[which].command(scene);
            aim(&mut command, &candidates[which], scene)?;
            let start = Instant::now();
            // Findings are no failure; and that it answers was seen before.
            command.status().map_err(|error| format!("{}: {error}", candidates[which].name))?;
            costs[which].walls.push(start.elapsed());
        }
    }
    for (candidate, cost) in candidates.iter().zip(&mut costs) {
        cost.walls.sort();
        cost.cpu_and_memory = cpu_and_memory(candidate, scene);
    }
    Ok(costs)
}

fn aim(command: &mut Command, candidate: &Candidate, scene: &Scene) -> Result<(), String> {
    if candidate.discard {
        command.stdout(Stdio::null());
    } else {
        // A file and not the null device, which some tools know and cut short for.
        let file = File::create(scene.output()).map_err(|error| format!("no output file: {error}"))?;
        command.stdout(file);
    }
    Ok(())
}

/// One more run, under GNU time: what it adds would show in the wall time of the fast ones.
fn cpu_and_memory(candidate: &Candidate, scene: &Scene) -> Option<(f64, u64)> {
    let told = scene.output().with_extension("time");
    let args = ["-q", "-f", "%U %S %M", "-o", told.to_str()?];
    let mut command = candidate.command_under(scene, "/usr/bin/time", &args);
    aim(&mut command, candidate, scene).ok()?;
    command.status().ok()?;
    let text = std::fs::read_to_string(&told).ok()?;
    let mut words = text.split_whitespace();
    let mut next = || words.next()?.parse::<f64>().ok();
    let (user, system, memory) = (next()?, next()?, next()?);
    Some((user + system, memory as u64))
}
