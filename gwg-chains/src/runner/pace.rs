//! How many steps are made from one look at the clock to the next.

use crate::stop::{Stop, StopFlag};
use std::time::{Duration, Instant};

/// The time from one call of the observer to the next, about.
const SLICE: Duration = Duration::from_millis(100);

/// A slice has at most so many times the steps of the one before.
const GROWTH: u64 = 8;

/// A slice is cut, and all that is made in it is lost, only where a stop finds that it has taken this long.
const PATIENCE: Duration = Duration::from_millis(500);

/// Steps that are made at a time. Paths do not depend on it.
#[derive(Debug)]
pub(super) struct Pace {
    steps: u64,
}

/// A place in the draws of a round: so many whole draws, and so many steps into the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) draw: usize,
    pub(super) into: u64,
}

/// Steps from a place on: those of whole draws, or some of one draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slice {
    pub(super) from: Place,
    pub(super) steps: u64,
}

impl Slice {
    pub(super) fn end(&self, thin: u64) -> Place {
        let steps = self.from.into + self.steps;
        Place {
            draw: self.from.draw + (steps / thin) as usize,
            into: steps % thin,
        }
    }
}

impl Pace {
    pub(super) const fn new() -> Self {
        Self { steps: 1 }
    }

    /// So many steps of at most `most`.
    pub(super) fn steps(&self, most: u64) -> u64 {
        self.steps.min(most)
    }

    /// The next slice of a round of `draws` draws.
    pub(super) fn slice(&self, from: Place, draws: usize, thin: u64) -> Slice {
        let left = (draws - from.draw) as u64;
        let whole = if from.into == 0 { self.steps / thin } else { 0 };
        let steps = match whole.min(left) {
            0 => self.steps.min(thin - from.into),
            whole => whole * thin,
        };
        Slice { from, steps }
    }

    /// A stop that lets what begins now end, unless that takes long.
    pub(super) fn stop<'f>(flag: &'f StopFlag, began: Instant) -> Stop<'f> {
        Stop::when(flag.flag()).not_before(began + PATIENCE)
    }

    /// So many steps took so long.
    pub(super) fn took(&mut self, steps: u64, time: Duration) {
        let wanted = steps as f64 * (SLICE.as_secs_f64() / time.as_secs_f64().max(1e-9));
        let most = self.steps.saturating_mul(GROWTH);
        self.steps = (wanted as u64).clamp(1, most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_cover_a_round_and_cross_no_draw_in_parts() {
        for (steps, thin, draws) in [
            (1, 1, 5),
            (1, 7, 3),
            (10, 3, 8),
            (5, 1 << 40, 1),
            (900, 9, 4),
        ] {
            let pace = Pace { steps };
            let (mut at, mut total) = (Place::default(), 0);
            while at.draw < draws && total < 1000 {
                let slice = pace.slice(at, draws, thin);
                assert!((1..=steps).contains(&slice.steps));
                let end = slice.end(thin);
                assert!(end.draw == at.draw || end.into == 0, "{slice:?}");
                total += slice.steps;
                at = end;
            }
            assert!(total == thin * draws as u64 || thin > 1000, "{total}");
        }
    }

    #[test]
    fn a_slice_takes_a_tenth_of_a_second() {
        let mut pace = Pace::new();
        for _ in 0..30 {
            pace.took(
                pace.steps,
                Duration::from_micros(3) * u32::try_from(pace.steps).unwrap(),
            );
        }
        assert!((30_000..40_000).contains(&pace.steps), "{}", pace.steps);
        pace.took(100, Duration::from_secs(50));
        assert_eq!(pace.steps, 1);
        pace.steps = u64::MAX;
        pace.took(u64::MAX, Duration::ZERO);
        assert_eq!(pace.steps, u64::MAX);
        assert_eq!(pace.slice(Place::default(), 3, 1 << 62).steps, 3 << 62);
    }
}
