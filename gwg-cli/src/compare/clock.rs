//! Measures the time of a run without the time spent in its observer.

use std::time::{Duration, Instant};

/// Durations of the sampling intervals between observer calls.
///
/// The start of sampling is not reported, so the first interval is the run's total sampling time minus all other
/// intervals and the observer calls.
#[derive(Debug, Default)]
pub(super) struct Clock {
    resumed: Option<Instant>,
    stretches: Vec<f64>,
    watching: Duration,
}

impl Clock {
    /// Ends an interval, at the beginning of an observer call.
    pub(super) fn stop(&mut self) -> Instant {
        self.stop_at(Instant::now())
    }

    fn stop_at(&mut self, now: Instant) -> Instant {
        let stretch = self.resumed.map_or(Duration::ZERO, |resumed| now - resumed);
        self.stretches.push(stretch.as_secs_f64());
        now
    }

    /// Begins an interval, at the end of the observer call that began at `began`; it lasts until [`stop`](Self::stop).
    pub(super) fn resume(&mut self, began: Instant) {
        self.resume_at(began, Instant::now());
    }

    fn resume_at(&mut self, began: Instant, now: Instant) {
        self.watching += now - began;
        self.resumed = Some(now);
    }

    /// Returns the intervals, given the total sampling time, observer calls included.
    pub(super) fn stretches(mut self, sampling: Duration) -> Vec<f64> {
        let known: f64 = self.stretches.iter().skip(1).sum();
        let all = sampling.saturating_sub(self.watching).as_secs_f64();
        if let Some(first) = self.stretches.first_mut() {
            *first = (all - known).max(0.0);
        }
        self.stretches
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_interval_is_the_remaining_time() {
        let begin = Instant::now();
        let at = |millis| begin + Duration::from_millis(millis);
        let mut clock = Clock::default();
        for (stop, resume) in [(100, 102), (302, 305), (705, 709)] {
            let began = clock.stop_at(at(stop));
            clock.resume_at(began, at(resume));
        }
        // Of a second, 9 ms in the observer, and 200 and 400 ms between its calls.
        let stretches = clock.stretches(Duration::from_secs(1));
        let expected = [0.391, 0.2, 0.4];
        assert_eq!(stretches.len(), expected.len());
        let pairs = stretches.iter().zip(expected);
        assert!(
            pairs.into_iter().all(|(a, b)| (a - b).abs() < 1e-9),
            "{stretches:?}"
        );
        assert_eq!(Clock::default().stretches(Duration::ZERO), [0.0; 0]);
    }
}
