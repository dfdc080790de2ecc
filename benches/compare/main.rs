//! Times leakgate beside git and other scanners, on the same repositories, turn by turn.
//!
//! `cargo bench --bench compare -- [--runs N] [--gate staged|dir|history] REPOSITORY…`
//!
//! No time is printed before the answers are right: a token made on the spot must be found by each
//! gate, and what leakgate says it read must agree with what git counts. A wrong answer ends the run
//! with status 1. The repositories are not touched: everything happens in scratch clones of them.

mod check;
mod measure;
mod scene;
mod table;
mod tools;

use std::{path::PathBuf, process::ExitCode};

use scene::Scene;
use tools::{Gate, Tools};

struct Asked {
    runs: usize,
    gates: Vec<Gate>,
    repositories: Vec<PathBuf>,
}

fn asked(args: impl Iterator<Item = String>) -> Result<Asked, String> {
    let mut asked = Asked { runs: 5, gates: Vec::new(), repositories: Vec::new() };
    // `cargo bench` adds `--bench`.
    let mut args = args.filter(|arg| arg != "--bench");
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or_else(|| format!("{arg} needs a value"));
        match arg.as_str() {
            "--runs" => asked.runs = value()?.parse().map_err(|_| "--runs takes a number".to_owned())?,
            "--gate" => asked.gates.push(Gate::named(&value()?)?),
            _ if arg.starts_with('-') => return Err(format!("no such option: {arg}")),
            _ => asked.repositories.push(arg.into()),
        }
    }
    if asked.runs == 0 {
        return Err("--runs takes a number from 1".to_owned());
    }
    if asked.gates.is_empty() {
        asked.gates = Gate::ALL.to_vec();
    }
    Ok(asked)
}

fn run() -> Result<(), String> {
    let asked = asked(std::env::args().skip(1))?;
    let tools = Tools::find();
    println!("{}", table::machine(&tools));
    if asked.repositories.is_empty() {
        println!("Nothing to time: name repositories, as in `cargo bench --bench compare -- ../redis`.");
    }
    for repository in &asked.repositories {
        let scene = Scene::new(repository)?;
        println!("\n## {}\n\n{}", scene.name, table::scenery(&scene));
        for &gate in &asked.gates {
            let candidates = tools.candidates(gate, &scene);
            let answers = check::all(gate, &scene, &candidates)?;
            let costs = measure::turn_by_turn(&candidates, &scene, asked.runs)?;
            print!("\n{}", table::table(gate, asked.runs, &candidates, &answers, &costs));
        }
    }
    Ok(())
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("compare: {why}");
            ExitCode::FAILURE
        }
    }
}
