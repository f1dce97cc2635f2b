//! Reports of a training run on standard error.

use super::engine::Figures;
use crate::report::text::number;
use crate::session;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

/// Time between two reports at the start, and later on.
const FIRST: Duration = Duration::from_secs(1);
const LATER: Duration = Duration::from_secs(10);

pub(super) struct Reporter {
    quiet: bool,
    last: Instant,
    every: Duration,
}

impl Reporter {
    pub(super) fn new(quiet: bool) -> Self {
        Self {
            quiet,
            last: Instant::now(),
            every: FIRST,
        }
    }

    pub(super) fn report(&mut self, figures: &Figures, updates: u64, seconds: f64) {
        if self.quiet || self.last.elapsed() < self.every {
            return;
        }
        self.last = Instant::now();
        self.every = (self.every * 2).min(LATER);
        let mut text = format!("update {} of {updates}, {seconds:.0} s:", figures.update);
        for (name, value) in &figures.values {
            let _ = write!(text, " {name} {}", number(*value, 4));
        }
        session::update(&text, figures);
    }
}
