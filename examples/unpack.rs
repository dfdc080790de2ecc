//! Prints how long it takes to unpack every object of a repository, and how much that was.
//!
//! `unpack REPOSITORY [--kinds blob,tree,commit,tag] [--threads N] [--runs N] [--verify] [--crc]`

use leakgate::objects::{Base, Kind, Object, Options, Pieces, Store, Visitor, sweep};
use std::{io::Read, path::PathBuf, time::Instant};

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
    let mut look = Look {
        kinds: vec![Kind::Blob],
    };
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or_else(|| format!("{arg} needs a value"));
        match arg.as_str() {
            "--kinds" => {
                let kinds = value()?;
                look.kinds = kinds
                    .split(',')
                    .map(|k| Kind::from_bytes(k.as_bytes()))
                    .collect::<Result<_, _>>()?;
            }
            "--threads" => threads = value()?.parse()?,
            "--runs" => runs = value()?.parse()?,
            "--huge" => options.huge = value()?.parse()?,
            "--budget" => options.budget = value()?.parse()?,
            "--verify" => options.verify = true,
            "--crc" => options.crc = true,
            _ => path = arg.into(),
        }
    }
    let repo = gix::open_opts(&path, gix::open::Options::isolated())?;
    let (objects, hash) = (repo.git_dir().join("objects"), repo.object_hash());
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()?;
    for _ in 0..runs {
        let start = Instant::now();
        let store = pool.install(|| Store::open(&objects, &[], hash));
        let opened = start.elapsed();
        let outcome = pool.install(|| sweep(&store, &look, &options));
        let all = outcome.tally.all();
        println!(
            "{:.3} s (open {:.3}) {} objects {} bytes {threads} threads, {} lost, peak {} MB resident, {} without files",
            start.elapsed().as_secs_f64(),
            opened.as_secs_f64(),
            all.objects,
            all.bytes,
            outcome.lost,
            status("VmHWM:").unwrap_or(0) / 1024,
            status("RssAnon:").unwrap_or(0) / 1024,
        );
        for kind in look.kinds.iter().copied() {
            println!("  {kind}: {:?}", outcome.tally.of(kind));
        }
        println!("  as bases only: {:?}", outcome.tally.base_only());
        outcome
            .problems
            .iter()
            .for_each(|problem| println!("  {problem}"));
    }
    Ok(())
}

/// A line of Linux's account of this process, in kB.
fn status(key: &str) -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    text.lines()
        .find_map(|line| line.strip_prefix(key))?
        .trim()
        .trim_end_matches(" kB")
        .parse()
        .ok()
}
