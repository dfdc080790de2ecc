//! Drives the generic detector by hand: training, evaluation, and a look at a directory.
use leakgate::generic::{Model, eval, rows, train};

/// How often each template is filled.
const MADE: u64 = 2;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    // Files behind `--made` hold templates, which are filled, each time otherwise.
    let read = |files: &[String]| -> Vec<rows::Line> {
        let lines = |f: &String| rows::read(&std::fs::read_to_string(f).expect(f)).expect(f);
        let made = files.iter().position(|f| f == "--made").unwrap_or(files.len());
        let mut all: Vec<rows::Line> = files[..made].iter().flat_map(lines).collect();
        for (seed, f) in (0..MADE).flat_map(|seed| files.iter().skip(made + 1).map(move |f| (seed, f))) {
            all.extend(rows::fill(lines(f), seed));
        }
        rows::merge(all)
    };
    match args[0].as_str() {
        "cv" | "nested" => {
            let lines = read(&args[1..]);
            let mut g = train::GROWTH;
            let var = |n: &str| std::env::var(n).ok().and_then(|v| v.parse::<f64>().ok());
            if let Some(v) = var("TREES") {
                g.trees = v as usize
            }
            if let Some(v) = var("RATE") {
                g.rate = v
            }
            if let Some(v) = var("RIDGE") {
                g.ridge = v
            }
            if let Some(v) = var("SHARE") {
                g.share = v as u32
            }
            let scored = eval::cross_validate(
                &lines,
                g,
                std::env::var("ROUND").ok().and_then(|r| r.parse().ok()).unwrap_or(0),
                args[0] == "nested",
            );
            // Made lines teach, but only what people judged counts.
            let judged = lines.len() - made_lines(&args[1..]);
            print!("{}", eval::report(&scored[..judged], 600));
        }
        "train" => {
            let model = train::train(&read(&args[2..]));
            std::fs::write(&args[1], model.to_bytes()).expect("write");
            println!(
                "evidence {} trees {} bands {:?} knots {:?}",
                model.evidence.len(),
                model.forest.trees.len(),
                model.calibration.bands,
                model.calibration.knots
            );
        }
        "eval" => print!("{}", eval::report(&eval::score(Model::builtin(), &read(&args[1..])), 30)),
        "scan" => {
            let model = Model::from_bytes(&std::fs::read(&args[1]).expect("model")).expect("model");
            for dir in &args[2..] {
                scan(&model, dir);
            }
        }
        "mine" => mine(&args[1..]),
        "speed" => speed(&args[1]),
        _ => eprintln!(
            "cv | nested | train OUT | eval, each with FILE… [--made FILE…]; scan MODEL DIR…; speed DIR"
        ),
    }
}

/// How many of the lines that are read come from templates; they come last.
fn made_lines(files: &[String]) -> usize {
    let lines = |f: &String| rows::read(&std::fs::read_to_string(f).expect(f)).expect(f);
    let made = files.iter().skip_while(|f| *f != "--made").skip(1);
    let filled = made.flat_map(|f| (0..MADE).flat_map(move |seed| rows::fill(lines(f), seed)));
    rows::merge(filled.collect()).len()
}

fn files(dir: &str) -> Vec<(String, Vec<u8>)> {
    let mut out = Vec::new();
    let mut stack = vec![std::path::PathBuf::from(dir)];
    while let Some(p) = stack.pop() {
        let Ok(meta) = p.symlink_metadata() else { continue };
        if meta.is_dir() {
            let mut entries: Vec<_> =
                std::fs::read_dir(&p).expect("dir").map(|e| e.expect("entry").path()).collect();
            entries.sort();
            stack.extend(entries.into_iter().rev());
        } else if meta.is_file() {
            let bytes = std::fs::read(&p).expect("file");
            if !bytes[..bytes.len().min(8000)].contains(&0) {
                out.push((p.strip_prefix(dir).expect("under").to_string_lossy().into_owned(), bytes));
            }
        }
    }
    out
}

fn scan(model: &Model, dir: &str) {
    use leakgate::generic::{Confidence, Place, find_all, judge_at, reasons};
    let (mut lines, mut found, mut candidates) = (0usize, 0usize, 0usize);
    for (path, text) in files(dir) {
        lines += memchr::memchr_iter(b'\n', &text).count();
        let place = Place::of(path.as_bytes());
        let mut last = usize::MAX;
        for c in find_all(&model.tables, &text) {
            candidates += 1;
            let j = judge_at(model, &c, &place);
            if j.confidence >= Confidence::Medium {
                let from = memchr::memrchr(b'\n', &text[..c.value.start]).map_or(0, |i| i + 1);
                if from == last {
                    continue;
                }
                last = from;
                found += 1;
                let to =
                    memchr::memchr(b'\n', &text[c.value.start..]).map_or(text.len(), |i| c.value.start + i);
                let number = memchr::memchr_iter(b'\n', &text[..from]).count() + 1;
                let line: String =
                    String::from_utf8_lossy(&text[from..to]).trim().chars().take(140).collect();
                let value: String =
                    String::from_utf8_lossy(&text[c.value.clone()]).chars().take(44).collect();
                println!(
                    "{:.2} {:?} {} {:?} {path}:{number} | {line} | {value} | {:?}",
                    j.probability,
                    j.confidence,
                    j.kind.id(),
                    j.severity,
                    reasons(model, &c, &place).map(|r| r.unwrap_or(""))
                );
            }
        }
    }
    println!(
        "== {dir}: {lines} lines, {candidates} candidates, {found} findings, {:.2} per 100,000 lines",
        found as f64 * 1e5 / lines.max(1) as f64
    );
}

fn mine(args: &[String]) {
    use leakgate::generic::{Place, find_all, train};
    let model = Model::from_bytes(&std::fs::read(&args[0]).expect("model")).expect("model");
    let least: f32 = args[1].parse().expect("least score");
    let _ = train::FOLDS;
    for dir in &args[2..] {
        let repo = format!("ordinary/{}", dir.trim_end_matches('/').rsplit('/').next().unwrap_or(""));
        for (path, text) in files(dir) {
            let place = Place::of(path.as_bytes());
            let mut last = usize::MAX;
            let Ok(text) = std::str::from_utf8(&text) else { continue };
            for c in find_all(&model.tables, text.as_bytes()) {
                if leakgate::generic::judge::score(&model, &c, &place) < least {
                    continue;
                }
                let from = text[..c.value.start].rfind('\n').map_or(0, |i| i + 1);
                if from == last {
                    continue;
                }
                last = from;
                let mut around = text[from..].split('\n');
                let (line, after) = (around.next().unwrap_or(""), around.next().unwrap_or(""));
                let before = if from == 0 { "" } else { text[..from - 1].rsplit('\n').next().unwrap_or("") };
                if line.len() > 2000 {
                    continue;
                }
                println!(
                    "{}",
                    serde_json::json!({"repo": repo, "path": path, "label": "F", "category": "ordinary", "before": before, "line": line, "after": after})
                );
            }
        }
    }
}

/// CPU time of this process so far, in nanoseconds.
fn cpu() -> u64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").expect("schedstat");
    text.split(' ').next().and_then(|n| n.parse().ok()).expect("a number")
}

fn speed(dir: &str) {
    use leakgate::generic::{Place, anchor_at, find_with, judge_at};
    let model = Model::builtin();
    let all = files(dir);
    let bytes: usize = all.iter().map(|f| f.1.len()).sum();
    let anchors: Vec<Vec<usize>> =
        all.iter().map(|(_, t)| (0..t.len()).filter(|i| anchor_at(t, *i).is_some()).collect()).collect();
    let count: usize = anchors.iter().map(Vec::len).sum();
    const ROUNDS: usize = 30;
    for _ in 0..2 {
        let mut found = Vec::new();
        let start = cpu();
        for _ in 0..ROUNDS {
            found.clear();
            for ((_, text), at) in all.iter().zip(&anchors) {
                let mut out = Vec::new();
                for a in at {
                    find_with(&model.tables, text, *a, &mut out);
                }
                found.push(out);
            }
        }
        let finding = (cpu() - start) as f64 / ROUNDS as f64;
        let n = found.iter().map(Vec::len).sum::<usize>() as f64;
        let places: Vec<Place> = all.iter().map(|(p, _)| Place::of(p.as_bytes())).collect();
        let start = cpu();
        let mut sum = 0.0;
        for _ in 0..ROUNDS {
            for (place, c) in places.iter().zip(&found) {
                for c in c {
                    sum += model.weigh(c, place).0.max(-9.0);
                }
            }
        }
        let weighing = (cpu() - start) as f64 / ROUNDS as f64;
        let start = cpu();
        for _ in 0..ROUNDS {
            for (place, c) in places.iter().zip(&found) {
                for c in c {
                    sum += judge_at(model, c, place).probability;
                }
            }
        }
        let judging = (cpu() - start) as f64 / ROUNDS as f64;
        println!(
            "{bytes} bytes, {count} anchors ({:.0} per MB), {n} candidates; find {:.0} ns an anchor, {:.0} ns a candidate; weigh {:.0} ns, judge {:.0} ns a candidate; {sum}",
            count as f64 * 1e6 / bytes as f64,
            finding / count as f64,
            finding / n,
            weighing / n,
            judging / n
        );
    }
}
