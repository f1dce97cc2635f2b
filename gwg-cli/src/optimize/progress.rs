//! What is said and written while a search runs.

use crate::failure::Failure;
use crate::flags::OptimizeFlags;
use crate::{outputs, session};
use gwg_optimize::{Search, Solution, Watch};
use serde::Serialize;
use std::path::Path;
use std::time::{Duration, Instant};

/// Time between two lines, where something is better and where nothing is.
const NEWS: Duration = Duration::from_secs(1);
const SIGN_OF_LIFE: Duration = Duration::from_secs(10);
/// Time between two writes of the best solution.
const WRITES: Duration = Duration::from_millis(500);

/// The figures of a line.
#[derive(Serialize)]
struct Figures {
    seconds: f64,
    best: Option<f64>,
    found: Option<f64>,
}

/// Follows a run: keeps the best of all runs, writes and reports it.
pub(super) struct Progress<'p> {
    search: &'p dyn Search,
    path: Option<&'p Path>,
    force: bool,
    quiet: bool,
    /// The best of all runs.
    pub(super) best: Option<Solution>,
    /// Whether the best is not yet written.
    unwritten: bool,
    written: Option<Instant>,
    /// Why it cannot be written: the run ends there.
    pub(super) failed: Option<Failure>,
    said: Instant,
    news: bool,
    /// The best of this run.
    current: Option<(f64, f64)>,
}

impl<'p> Progress<'p> {
    pub(super) fn new(flags: &'p OptimizeFlags, search: &'p dyn Search) -> Self {
        Self {
            search,
            path: flags.best.as_deref(),
            force: flags.work.force,
            quiet: flags.work.quiet,
            best: None,
            unwritten: false,
            written: None,
            failed: None,
            said: Instant::now(),
            news: false,
            current: None,
        }
    }

    /// Another run begins.
    pub(super) fn begin(&mut self) {
        self.current = None;
    }

    /// Writes what is not written yet.
    pub(super) fn write(&mut self) {
        let (Some(path), Some(best), true) = (self.path, &self.best, self.unwritten) else {
            return;
        };
        self.unwritten = false;
        let text: String = best.x.iter().map(|symbol| format!("{symbol}\n")).collect();
        // What was at the path before is replaced with --force alone, then only what this run wrote.
        let done = match self.written {
            None => outputs::write_bytes("--best", path, text.as_bytes(), self.force),
            Some(_) => outputs::replace("--best", path, text.as_bytes()),
        };
        self.written = Some(Instant::now());
        if let Err(failure) = done {
            self.failed = Some(failure);
        }
    }

    fn say(&mut self, seconds: f64) {
        let wait = if self.news { NEWS } else { SIGN_OF_LIFE };
        if self.quiet || self.said.elapsed() < wait {
            return;
        }
        (self.said, self.news) = (Instant::now(), false);
        let text = match self.current {
            Some((value, at)) => format!("{seconds:.0} s: best {value}, found after {at:.2} s"),
            None => format!("{seconds:.0} s: no feasible solution yet"),
        };
        let figures = Figures {
            seconds,
            best: self.current.map(|(value, _)| value),
            found: self.current.map(|(_, at)| at),
        };
        session::update(&text, &figures);
    }
}

impl Watch for Progress<'_> {
    fn improved(&mut self, solution: &Solution) {
        self.current = Some((solution.value, solution.seconds));
        self.news = true;
        let sense = self.search.sense();
        let best = self.best.as_ref();
        // A run may put a solution of an earlier restart in place of one that is as good.
        if best.is_none_or(|best| !sense.better(best.value, solution.value)) {
            self.best = Some(solution.clone());
            self.unwritten = true;
        }
        if self
            .written
            .is_none_or(|written| written.elapsed() >= WRITES)
        {
            self.write();
        }
    }

    fn ends(&mut self, seconds: f64) -> bool {
        if self
            .written
            .is_none_or(|written| written.elapsed() >= WRITES)
        {
            self.write();
        }
        self.say(seconds);
        session::interrupted() || self.failed.is_some()
    }
}
