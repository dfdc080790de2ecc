//! Prints how long it takes to unpack every object of a repository, and how much that was.
//!
//! `unpack REPOSITORY [--kinds blob,tree,commit,tag] [--threads N] [--runs N] [--verify] [--no-crc]`

use leakgate::objects::{Base, Kind, Object, Options, Pieces, Plan, Store, Visitor, sweep};
use std::{
    io::Read,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

struct Look {
    kinds: Vec<Kind>,
}

impl Visitor for Look {
    type State = ();
    type Worker = u64;

    fn worker(&self) -> u64 {
        0
    }

    fn wants(&self, kind: Kind) -> bool {
        self.kinds.contains(&kind)
    }

    fn whole(&self, sum: &mut u64, _: Object<'_>, bytes: &[u8]) {
        *sum += u64::from(bytes.last().copied().unwrap_or_default());
    }

    fn delta(&self, sum: &mut u64, _: Object<'_>, bytes: &[u8], _: Base<'_, ()>, _: Pieces<'_>) {
        *sum += u64::from(bytes.last().copied().unwrap_or_default());
    }

    fn huge(&self, _: &mut u64, object: Object<'_>, size: u64, bytes: &mut dyn Read) {
        let read = std::io::copy(bytes, &mut std::io::sink());
        println!("huge: {} {size} {read:?}", object.id);
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let mut options = Options::default();
    let (mut path, mut threads, mut runs) = (PathBuf::from("."), 2, 3);
    let mut look = Look { kinds: vec![Kind::Blob] };
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or_else(|| format!("{arg} needs a value"));
        match arg.as_str() {
            "--kinds" => {
                let kinds = value()?;
                look.kinds =
                    kinds.split(',').map(|k| Kind::from_bytes(k.as_bytes())).collect::<Result<_, _>>()?;
            }
            "--threads" => threads = value()?.parse()?,
            "--runs" => runs = value()?.parse()?,
            "--huge" => options.huge = value()?.parse()?,
            "--budget" => options.budget = value()?.parse()?,
            "--verify" => options.verify = true,
            "--no-crc" => options.crc = false,
            _ => path = arg.into(),
        }
    }
    let repo = gix::open_opts(&path, gix::open::Options::isolated())?;
    let (objects, hash) = (repo.git_dir().join("objects"), repo.object_hash());
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    for _ in 0..runs {
        let (start, cpu) = (Instant::now(), cpu_seconds());
        let watch = Watch::begin();
        let (store, outcome) = pool.install(|| {
            let store = Store::open(&objects, &[], hash);
            let outcome = sweep(&Plan::new(&store), &look, &options);
            (store, outcome)
        });
        let (wall, cpu) = (start.elapsed().as_secs_f64(), cpu_seconds() - cpu);
        let memory = watch.end() / 1024;
        drop(store);
        let all = outcome.tally.all();
        println!(
            "{wall:.3} s, {cpu:.2} s CPU, {threads} threads, {} objects, {} bytes, {} lost, {memory} MB beside the packs",
            all.objects, all.bytes, outcome.lost,
        );
        for kind in look.kinds.iter().copied().filter(|_| look.kinds.len() > 1) {
            let count = outcome.tally.of(kind);
            println!("  {kind}: {} objects, {} bytes", count.objects, count.bytes);
        }
        outcome.problems.iter().for_each(|problem| println!("  {problem}"));
    }
    Ok(())
}

/// Looks every few milliseconds how much memory the process has that is not a mapped file; Linux only.
struct Watch {
    done: Arc<AtomicBool>,
    thread: JoinHandle<u64>,
}

impl Watch {
    fn begin() -> Self {
        let done = Arc::new(AtomicBool::new(false));
        let ended = done.clone();
        let thread = std::thread::spawn(move || {
            let mut most = 0;
            while !ended.load(Relaxed) {
                most = most.max(anonymous_kilobytes().unwrap_or(0));
                std::thread::sleep(Duration::from_millis(3));
            }
            most
        });
        Self { done, thread }
    }

    fn end(self) -> u64 {
        self.done.store(true, Relaxed);
        self.thread.join().unwrap_or(0)
    }
}

fn anonymous_kilobytes() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

/// What the process has used of all processors, from Linux's account in hundredths of a second.
fn cpu_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = text.rsplit(')').next().unwrap_or_default().split_whitespace();
    fields.skip(11).take(2).filter_map(|n| n.parse::<f64>().ok()).sum::<f64>() / 100.0
}
