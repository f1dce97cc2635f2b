//! What every estimate of a command shares.

use super::method::Method;
use super::progress;
use crate::failure::Failure;
use crate::flags::EvaluateFlags;
use crate::memory;
use crate::session::{self, ProgressReporter};
use gwg_chains::Threads;
use gwg_core::SplitMix64;
use gwg_learn::Data;
use gwg_learn::log_z::{Estimate, LogZError};
use std::sync::Mutex;
use std::time::Instant;

/// Random numbers of the parts of a command are of different seeds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part {
    Annealing = 0,
    Levels = 1,
    Draws = 2,
    Chains = 3,
    Base = 4,
    Ladder = 5,
}

/// The settings, the threads and the rows.
pub(super) struct Work<'w> {
    pub(super) flags: &'w EvaluateFlags,
    pub(super) method: Method,
    pub(super) threads: Threads,
    pub(super) data: Option<&'w Data>,
    reporter: Mutex<ProgressReporter>,
}

impl<'w> Work<'w> {
    pub(super) fn new(
        flags: &'w EvaluateFlags,
        method: Method,
        threads: Threads,
        data: Option<&'w Data>,
    ) -> Self {
        Self {
            flags,
            method,
            threads,
            data,
            reporter: Mutex::new(ProgressReporter::new(flags.work.quiet, None)),
        }
    }

    pub(super) fn reporter(&self) -> &Mutex<ProgressReporter> {
        &self.reporter
    }

    /// Shows how much of a part is done.
    pub(super) fn show(&self, name: &str, done: usize, of: usize) {
        if let Ok(mut reporter) = self.reporter.lock() {
            progress::show(&mut reporter, name, done, of);
        }
    }

    /// Clears what shows the progress.
    pub(super) fn done(&self) {
        if let Ok(reporter) = self.reporter.lock() {
            reporter.clear();
        }
    }

    pub(super) fn seed(&self, part: Part) -> u64 {
        SplitMix64::mix(self.flags.work.seed ^ SplitMix64::mix(0x6a09_e667_f3bc_c908 ^ part as u64))
    }

    /// Refuses more paths than there is memory for.
    pub(super) fn check_memory(&self, needed: u64, sites: usize) -> Result<(), Failure> {
        let paths = self.flags.particles;
        let what = format!("--particles: {paths} paths of {sites} sites");
        memory::check(&what, needed, "use fewer")
    }

    /// Says what is done next.
    pub(super) fn announce(&self, text: &str) {
        if !self.flags.work.quiet {
            session::announce(text);
        }
    }

    /// Ends the command once a signal was received.
    #[allow(clippy::unused_self, reason = "as the other checks of a run")]
    pub(super) fn check_stop(&self) -> Result<(), Failure> {
        if session::interrupted() {
            return Err(session::interruption());
        }
        Ok(())
    }
}

/// An estimate, and what is known of it besides.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) kind: Kind,
    pub(super) estimate: Estimate,
    pub(super) seconds: f64,
    /// By what it is known, or where its states come from.
    pub(super) source: Option<String>,
    pub(super) ladder: Option<LadderFacts>,
    /// False where it is shown, but is no evidence.
    pub(super) counts: bool,
}

/// The estimates by their keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Exact,
    Forward,
    Reverse,
    Bar,
    Integration,
    Ladder,
}

/// The run of a ladder.
#[derive(Clone, Debug)]
pub(super) struct LadderFacts {
    pub(super) models: usize,
    pub(super) arrivals: u64,
    pub(super) acceptance: Vec<f64>,
}

impl Found {
    pub(super) fn new(kind: Kind, estimate: Estimate, since: Instant) -> Self {
        Self {
            kind,
            estimate,
            seconds: since.elapsed().as_secs_f64(),
            source: None,
            ladder: None,
            counts: true,
        }
    }

    pub(super) fn from(self, source: impl Into<String>) -> Self {
        Self {
            source: Some(source.into()),
            ..self
        }
    }
}

/// All estimates, and what else is to be said.
#[derive(Debug, Default)]
pub(super) struct Estimates {
    pub(super) all: Vec<Found>,
    pub(super) notes: Vec<String>,
    /// The kernel that moved the paths.
    pub(super) sampler: String,
    /// Its steps per level.
    pub(super) steps: usize,
    /// Whether it is not reversible, as the Bennett acceptance ratio of both directions requires.
    pub(super) irreversible: bool,
}

/// An error of an estimate, in the words of the command line.
pub(super) fn failed(error: LogZError) -> Failure {
    match error {
        LogZError::Stopped => session::interruption(),
        error @ (LogZError::Bind { .. } | LogZError::Kernel(_)) => {
            Failure::usage(format!("--sampler: {error}"))
        }
        error => Failure::run(error),
    }
}
