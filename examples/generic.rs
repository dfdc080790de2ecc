//! Drives the generic detector by hand: training, evaluation, and a look at a directory.
use leakgate::generic::{eval, rows, train, Model};

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let read = |files: &[String]| -> Vec<rows::Line> {
        let all = files.iter().flat_map(|f| rows::read(&std::fs::read_to_string(f).expect(f)).expect(f)).collect();
        rows::merge(all)
    };
    match args[0].as_str() {
        "cv" | "nested" => {
            let lines = read(&args[1..]);
            let mut g = train::GROWTH;
            let var = |n: &str| std::env::var(n).ok().and_then(|v| v.parse::<f64>().ok());
            if let Some(v) = var("TREES") { g.trees = v as usize }
            if let Some(v) = var("RATE") { g.rate = v }
            if let Some(v) = var("RIDGE") { g.ridge = v }
            if let Some(v) = var("SHARE") { g.share = v as u32 }
            let scored = eval::cross_validate(&lines, args[0] == "nested", g);
            print!("{}", eval::report(&scored, 60));
        }
        "train" => {
            let model = train::train(&read(&args[2..]));
            std::fs::write(&args[1], model.to_bytes()).expect("write");
            println!("evidence {} trees {} bands {:?} knots {:?}", model.evidence.len(), model.forest.trees.len(), model.calibration.bands, model.calibration.knots);
        }
        "eval" => print!("{}", eval::report(&eval::score(Model::builtin(), &read(&args[1..])), 30)),
        _ => eprintln!("cv | nested | train OUT | eval"),
    }
}
