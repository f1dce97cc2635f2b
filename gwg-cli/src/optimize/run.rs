//! The runs of a command: one, or several to a target.

use super::progress::Progress;
use crate::failure::Failure;
use crate::flags::OptimizeFlags;
use crate::session;
use gwg_optimize::{Limits, Options, Search, Solution, optimize};

/// What is common to all runs.
pub(super) struct Runs<'r> {
    pub(super) flags: &'r OptimizeFlags,
    pub(super) search: &'r dyn Search,
    pub(super) limits: Limits,
    pub(super) threads: usize,
    pub(super) start: Option<&'r [u8]>,
}

/// What was found.
pub(super) struct Found {
    pub(super) best: Option<Solution>,
    /// Seconds of all runs.
    pub(super) seconds: f64,
    pub(super) restarts: u64,
    /// Runs that were made, and those that reached the target.
    pub(super) runs: u64,
    pub(super) successes: u64,
}

impl Runs<'_> {
    pub(super) fn all(&self) -> Result<Found, Failure> {
        let mut progress = Progress::new(self.flags, self.search);
        let mut found = Found {
            best: None,
            seconds: 0.0,
            restarts: 0,
            runs: 0,
            successes: 0,
        };
        for repeat in 0..self.flags.repeats {
            progress.begin();
            let options = Options {
                seed: self.flags.work.seed.wrapping_add(repeat.wrapping_mul(STEP)),
                threads: self.threads,
                limits: self.limits,
                start: self.start,
            };
            let outcome = optimize(self.search, &options, &mut progress);
            found.seconds += outcome.seconds;
            found.restarts += outcome.restarts;
            found.runs += 1;
            found.successes += u64::from(self.is_reached(outcome.best.as_ref()));
            if session::interrupted() || progress.failed.is_some() {
                break;
            }
        }
        progress.write();
        if let Some(failure) = progress.failed {
            return Err(failure);
        }
        found.best = progress.best;
        Ok(found)
    }

    fn is_reached(&self, best: Option<&Solution>) -> bool {
        let target = best.zip(self.flags.target);
        target.is_some_and(|(best, target)| !self.search.sense().better(target, best.value))
    }
}

/// Between the seeds of repeated runs: far from those that users count up.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
