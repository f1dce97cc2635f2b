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
        let now = Instant::now();
        let stretch = self.resumed.map_or(Duration::ZERO, |resumed| now - resumed);
        self.stretches.push(stretch.as_secs_f64());
        now
    }

    /// Begins an interval, at the end of the observer call that began at `began`; it lasts until [`stop`](Self::stop).
    pub(super) fn resume(&mut self, began: Instant) {
        let now = Instant::now();
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
        let mut clock = Clock::default();
        for _ in 0..3 {
            let began = clock.stop();
            std::thread::sleep(Duration::from_millis(2));
            clock.resume(began);
        }
        let stretches = clock.stretches(Duration::from_secs(1));
        assert_eq!(stretches.len(), 3);
        let sum: f64 = stretches.iter().sum();
        assert!((0.9..=0.994).contains(&sum), "{sum}");
        assert!(stretches[0] > 0.9);
        assert_eq!(Clock::default().stretches(Duration::ZERO), [0.0; 0]);
    }
}
