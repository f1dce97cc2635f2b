//! Progress output.

use gwg_chains::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, Write as _};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

/// Time between two lines.
const LINES: Duration = Duration::from_secs(10);

/// Time between two changes of the bar.
const BAR: Duration = Duration::from_millis(200);

/// A bar on a terminal, a line every ten seconds elsewhere, or nothing.
pub(crate) enum ProgressReporter {
    Silent,
    Bar { bar: ProgressBar, last: Instant },
    Lines(Arc<Mutex<Lines>>),
}

/// The latest of a run, for a line.
pub(crate) struct Lines {
    started: Instant,
    last: Instant,
    phase: &'static str,
    done: u64,
    of: u64,
    line: String,
}

impl ProgressReporter {
    pub(crate) fn new(quiet: bool) -> Self {
        let now = Instant::now();
        if quiet {
            Self::Silent
        } else if std::io::stderr().is_terminal() {
            let bar = ProgressBar::with_draw_target(Some(1), ProgressDrawTarget::stderr());
            if let Ok(style) = ProgressStyle::with_template(
                "{prefix:>8} [{bar:32}] {pos}/{len}  {msg}  {eta} left",
            ) {
                bar.set_style(style.progress_chars("=> "));
            }
            Self::Bar { bar, last: now }
        } else {
            let lines = Arc::new(Mutex::new(Lines {
                started: now,
                last: now,
                phase: "",
                done: 0,
                of: 0,
                line: String::new(),
            }));
            let shared = Arc::downgrade(&lines);
            let ticker = std::thread::Builder::new().name("progress".into());
            // Without it there are lines all the same, between steps.
            let _ = ticker.spawn(move || tick(&shared));
            Self::Lines(lines)
        }
    }

    pub(super) const fn silent(&self) -> bool {
        matches!(self, Self::Silent)
    }

    /// Notes the progress, and shows it where it is time to, with the rest of the line.
    pub(super) fn show(&mut self, progress: Progress, line: impl FnOnce() -> String) {
        let (phase, done, of) = counted(progress);
        match self {
            Self::Silent => {}
            Self::Bar { bar, last } => {
                if last.elapsed() < BAR {
                    return;
                }
                if bar.prefix() != phase {
                    bar.reset();
                    bar.set_prefix(phase);
                }
                bar.set_length(of);
                bar.set_position(done);
                bar.set_message(line());
                *last = Instant::now();
            }
            Self::Lines(lines) => {
                let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
                if lines.phase != phase {
                    lines.line.clear();
                }
                (lines.phase, lines.done, lines.of) = (phase, done, of);
                if lines.last.elapsed() >= LINES {
                    lines.line = line();
                    lines.print();
                }
            }
        }
    }

    pub(crate) fn clear(&self) {
        if let Self::Bar { bar, .. } = self {
            bar.finish_and_clear();
        }
    }
}

impl Lines {
    fn print(&mut self) {
        let Self {
            phase, done, of, ..
        } = *self;
        let comma = if self.line.is_empty() { "" } else { ", " };
        let seconds = self.started.elapsed().as_secs_f64();
        let line = format!(
            "{phase}: {done} of {of} after {seconds:.0} s{comma}{}\n",
            self.line
        );
        // A closed stream is no reason to end the run.
        let _ = std::io::stderr().write_all(line.as_bytes());
        self.last = Instant::now();
    }
}

/// Prints the lines that are due while the run is in one long step, until the reporter is dropped.
fn tick(lines: &Weak<Mutex<Lines>>) {
    loop {
        std::thread::sleep(LINES / 20);
        let Some(lines) = lines.upgrade() else {
            return;
        };
        let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
        // The run itself has the time of a slice for a line of its own, with more in it.
        if !lines.phase.is_empty() && lines.last.elapsed() >= LINES + LINES / 20 {
            lines.print();
        }
    }
}

/// The phase of a run, the number of steps or draws done in it, and their total.
fn counted(progress: Progress) -> (&'static str, u64, u64) {
    match progress {
        Progress::Warmup { done, of } => ("warm-up", done, of),
        Progress::Sampling { done, of } => ("sampling", done as u64, of as u64),
    }
}
