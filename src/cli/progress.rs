//! How far a sweep is: one line on a terminal's standard error, nothing anywhere else. Ctrl-C ends the sweep, and
//! what was found until then is told; a second one ends the program.
//!
//! Knows numbers only: nothing from a repository is written here.

use std::{
    io::{self, IsTerminal, Write},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use super::args::Flags;
use crate::{objects::Progress, report::grouped};

/// Between two looks at the numbers.
const PAUSE: Duration = Duration::from_millis(150);

/// A sweep that can be watched and stopped. Its line goes with it.
pub struct Watch {
    pub progress: Arc<Progress>,
    over: Arc<AtomicBool>,
    line: Option<JoinHandle<()>>,
}

impl Watch {
    /// Shows a line if there is a terminal and the flags do not refuse it, and listens for Ctrl-C.
    pub fn new(flags: &Flags) -> Self {
        let progress = Arc::new(Progress::default());
        let over = Arc::new(AtomicBool::new(false));
        let stop = progress.clone();
        // Without it, Ctrl-C ends the program as it always does.
        let _ = ctrlc::set_handler(move || {
            if stop.stop.swap(true, Relaxed) {
                #[allow(clippy::exit, reason = "asked for twice")]
                std::process::exit(130);
            }
        });
        let shown = !flags.no_progress && io::stderr().is_terminal();
        let line = shown.then(|| {
            let (progress, over) = (progress.clone(), over.clone());
            thread::spawn(move || draw(&progress, &over))
        });
        Self { progress, over, line }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.over.store(true, Relaxed);
        if let Some(line) = self.line.take() {
            line.thread().unpark();
            // A line that cannot be drawn is no reason to fail.
            let _ = line.join();
        }
    }
}

fn draw(progress: &Progress, over: &AtomicBool) {
    let began = Instant::now();
    while !over.load(Relaxed) {
        let text = line(progress, began.elapsed());
        let _ = write!(io::stderr(), "\r\x1b[K{text}").and_then(|()| io::stderr().flush());
        thread::park_timeout(PAUSE);
    }
    let _ = write!(io::stderr(), "\r\x1b[K").and_then(|()| io::stderr().flush());
}

/// `12,345 of 70,405 objects, 1,204 MB, 3 blobs with secrets, 4 s left`
fn line(progress: &Progress, elapsed: Duration) -> String {
    let [total, objects, bytes, found] =
        [&progress.total, &progress.objects, &progress.bytes, &progress.found]
            .map(|count| count.load(Relaxed));
    if progress.stop.load(Relaxed) {
        return "stopping; Ctrl-C once more to end at once".to_owned();
    }
    if total == 0 {
        return "reading the indices of packs".to_owned();
    }
    if objects >= total {
        return format!("tracing what was found in {found} blobs to commits");
    }
    let left = match objects {
        0 => String::new(),
        _ => format!(", {:.0} s left", elapsed.as_secs_f64() * (total - objects) as f64 / objects as f64),
    };
    format!(
        "{} of {} objects, {} MB, {} blobs with secrets{left}",
        grouped(objects),
        grouped(total),
        grouped(bytes / 1_000_000),
        grouped(found)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_tells_how_far_and_how_long() {
        let progress = Progress::default();
        assert_eq!(line(&progress, Duration::ZERO), "reading the indices of packs");
        progress.total.store(70_405, Relaxed);
        progress.objects.store(14_081, Relaxed);
        progress.bytes.store(1_204_000_000, Relaxed);
        progress.found.store(3, Relaxed);
        assert_eq!(
            line(&progress, Duration::from_secs(1)),
            "14,081 of 70,405 objects, 1,204 MB, 3 blobs with secrets, 4 s left"
        );
        progress.stop.store(true, Relaxed);
        assert!(line(&progress, Duration::ZERO).starts_with("stopping"));
    }
}
