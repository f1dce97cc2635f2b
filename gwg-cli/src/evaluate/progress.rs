//! The progress of annealing.

use crate::session::{ProgressReporter, Watch};
use gwg_chains::{Observer, Progress, Stop, Threads};
use gwg_learn::log_z::{LogZError, Particles, Path, Start};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A path whose levels are counted while particles pass them.
pub(super) struct Watched<'p> {
    path: &'p dyn Path,
    name: &'static str,
    /// Intervals between levels.
    intervals: usize,
    reporter: &'p Mutex<ProgressReporter>,
    done: AtomicUsize,
    of: AtomicUsize,
}

impl<'p> Watched<'p> {
    pub(super) fn new(
        path: &'p dyn Path,
        name: &'static str,
        intervals: usize,
        reporter: &'p Mutex<ProgressReporter>,
    ) -> Self {
        Self {
            path,
            name,
            intervals,
            reporter,
            done: AtomicUsize::new(0),
            of: AtomicUsize::new(0),
        }
    }

    fn count(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        let of = self.of.load(Ordering::Relaxed).max(done);
        // What another thread shows at the moment is as good.
        if let Ok(mut reporter) = self.reporter.try_lock() {
            show(&mut reporter, self.name, done, of);
        }
    }
}

/// Shows how much is done.
pub(super) fn show(reporter: &mut ProgressReporter, name: &str, done: usize, of: usize) {
    let mut watch = Watch { name, reporter };
    // An interrupt ends the work elsewhere.
    let _ = Observer::<u8>::progress(&mut watch, Progress::Sampling { done, of });
}

impl Path for Watched<'_> {
    fn sites(&self) -> usize {
        self.path.sites()
    }

    fn log_z0(&self) -> f64 {
        self.path.log_z0()
    }

    fn threads(&self) -> &Threads {
        self.path.threads()
    }

    fn particles<'a>(
        &'a self,
        start: Start<'_>,
        t: f64,
        seed: u64,
    ) -> Result<Vec<Box<dyn Particles + Send + 'a>>, LogZError> {
        let blocks = self.path.particles(start, t, seed)?;
        self.done.store(0, Ordering::Relaxed);
        self.of
            .store(blocks.len() * self.intervals, Ordering::Relaxed);
        let blocks = blocks.into_iter().map(|block| {
            let counted = Counted { block, path: self };
            Box::new(counted) as Box<dyn Particles + Send + 'a>
        });
        Ok(blocks.collect())
    }
}

struct Counted<'a> {
    block: Box<dyn Particles + Send + 'a>,
    path: &'a Watched<'a>,
}

impl Particles for Counted<'_> {
    fn count(&self) -> usize {
        self.block.count()
    }

    fn advance(&mut self, t: f64, steps: u64, stop: Stop<'_>) -> Result<(), LogZError> {
        self.block.advance(t, steps, stop)
    }

    fn add_log_ratios(&mut self, from: f64, to: f64, sums: &mut [f64]) -> Result<(), LogZError> {
        self.path.count();
        self.block.add_log_ratios(from, to, sums)
    }

    fn add_slopes(&mut self, t: f64, sums: &mut [f64]) -> Result<(), LogZError> {
        self.path.count();
        self.block.add_slopes(t, sums)
    }

    fn values(&mut self, t: f64, values: &mut [f64]) -> Result<(), LogZError> {
        self.block.values(t, values)
    }

    fn states(&self, all: &mut Vec<u8>) {
        self.block.states(all);
    }
}
