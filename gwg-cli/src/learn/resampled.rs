//! Checks from time to time: whether the chains of a training run are still those of its model, and `log Z` along a ladder.

use super::engine::{Engine, Figures};
use super::history::History;
use crate::flags::LearnFlags;

/// Sweeps of newly started chains, as a multiple of those of an update.
pub(super) const MORE_SWEEPS: usize = 10;

/// The first update at which a run is checked where --check-every is not set; each next one comes half as late again. It does not depend on --updates, which
/// a resumed run may raise.
const FIRST: u64 = 200;

/// How far the correlation of newly started chains falls below its best before it is a warning: more than its noise.
const FALL: f64 = 0.05;

const NAME: &str = "resampled";

/// Checks from time to time how well newly started chains reproduce the data.
pub(super) struct Resampled {
    /// Updates between two checks, 0: there are none; `None`: at 200, 300, 450, ..
    every: Option<u64>,
    /// The best one, and the last.
    best: Option<(u64, f64)>,
    last: Option<(u64, f64)>,
}

impl Resampled {
    pub(super) fn new(flags: &LearnFlags) -> Self {
        Self {
            every: flags.check_every.map(|every| every as u64),
            best: None,
            last: None,
        }
    }

    /// Takes up what was found before the run was resumed.
    pub(super) fn go_on(&mut self, history: &History) {
        let courses = history.courses().iter();
        for course in courses.filter(|course| course.name == NAME) {
            course.points.iter().for_each(|&(k, r)| self.take(k, r));
        }
    }

    /// The figures, and those of a check where one is due.
    pub(super) fn check(&mut self, engine: &mut dyn Engine, mut figures: Figures) -> Figures {
        let due = match self.every {
            Some(every) => every > 0 && figures.update.is_multiple_of(every),
            None => is_due(figures.update),
        };
        if !due {
            return figures;
        }
        figures.values.extend(engine.log_z());
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
                "the chains have left equilibrium: newly started chains had a correlation of {best:.3} with the data after update {at}, and have {last:.3} after update {now}; use more --steps-per-update, a smaller --rate, --ladder or --adapt"
            )
        })
    }
}

/// Whether the update is one of 200, 300, 450, ..
fn is_due(update: u64) -> bool {
    let later = |&at: &u64| at.checked_add(at / 2);
    let mut all = std::iter::successors(Some(FIRST), later);
    all.find(|&at| at >= update) == Some(update)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_become_rarer() {
        let due: Vec<u64> = (0..2000).filter(|&update| is_due(update)).collect();
        assert_eq!(due, [200, 300, 450, 675, 1012, 1518]);
        assert!(!is_due(u64::MAX));
    }

    #[test]
    fn a_correlation_that_falls_is_a_warning() {
        let mut resampled = Resampled {
            every: Some(10),
            best: None,
            last: None,
        };
        assert_eq!(resampled.warning(), None);
        for (update, found) in [(10, 0.5), (20, 0.93), (30, 0.9), (40, f64::NAN)] {
            resampled.take(update, found);
            assert_eq!(resampled.warning(), None);
        }
        resampled.take(50, 0.8);
        let said = resampled.warning().unwrap();
        assert!(
            said.contains("0.930 with the data after update 20, and have 0.800 after update 50"),
            "{said}"
        );
        resampled.take(60, 0.94);
        assert_eq!(resampled.warning(), None);
    }
}
