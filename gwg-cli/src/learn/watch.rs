//! Whether the chains of a training run are still those of its model.

use super::engine::{Engine, Figures};
use super::history::History;
use crate::flags::LearnFlags;

/// Sweeps of chains that begin anew, as a multiple of those of an update.
pub(super) const MORE_SWEEPS: usize = 10;

/// Looks in a run, where --check-every does not say.
const LOOKS: usize = 10;

/// How far the correlation of chains that begin anew falls below its best before it is a warning: more than its noise.
const FALL: f64 = 0.05;

const NAME: &str = "resampled";

/// Looks from time to time at how well chains that begin anew reproduce the data.
pub(super) struct Watch {
    /// Updates between two looks; 0: there are none.
    every: u64,
    /// The best one, and the last.
    best: Option<(u64, f64)>,
    last: Option<(u64, f64)>,
}

impl Watch {
    pub(super) fn new(flags: &LearnFlags) -> Self {
        let every = flags.check_every;
        Self {
            every: every.unwrap_or(flags.updates.div_ceil(LOOKS)) as u64,
            best: None,
            last: None,
        }
    }

    /// Takes up what an earlier part of the run has seen.
    pub(super) fn go_on(&mut self, history: &History) {
        let courses = history.courses().iter();
        for course in courses.filter(|course| course.name == NAME) {
            course.points.iter().for_each(|&(k, r)| self.take(k, r));
        }
    }

    /// The figures, and another one where it is time to look.
    pub(super) fn look(&mut self, engine: &mut dyn Engine, mut figures: Figures) -> Figures {
        if self.every == 0 || !figures.update.is_multiple_of(self.every) {
            return figures;
        }
        if let Some(found) = engine.resampled() {
            figures.values.push((NAME, found));
            self.take(figures.update, found);
        }
        figures
    }

    fn take(&mut self, update: u64, found: f64) {
        if !found.is_finite() {
            return;
        }
        self.last = Some((update, found));
        if self.best.is_none_or(|(_, best)| found > best) {
            self.best = self.last;
        }
    }

    /// What is wrong, where something is.
    pub(super) fn warning(&self) -> Option<String> {
        let ((at, best), (now, last)) = (self.best?, self.last?);
        (best - last > FALL).then(|| {
            format!(
                "the chains have left equilibrium: chains that began anew had a correlation of {best:.3} with the data after update {at}, and have {last:.3} after update {now}; use more --steps-per-update, a smaller --rate, or, for rbm, --ladder or --adapt"
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_correlation_that_falls_is_a_warning() {
        let mut watch = Watch {
            every: 10,
            best: None,
            last: None,
        };
        assert_eq!(watch.warning(), None);
        for (update, found) in [(10, 0.5), (20, 0.93), (30, 0.9), (40, f64::NAN)] {
            watch.take(update, found);
            assert_eq!(watch.warning(), None);
        }
        watch.take(50, 0.8);
        let said = watch.warning().unwrap();
        assert!(
            said.contains("0.930 with the data after update 20, and have 0.800 after update 50"),
            "{said}"
        );
        watch.take(60, 0.94);
        assert_eq!(watch.warning(), None);
    }
}
