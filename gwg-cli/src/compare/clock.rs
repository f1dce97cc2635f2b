//! The time of a run without the time of those who watch it.

use std::time::{Duration, Instant};

/// Stretches of sampling between the calls of an observer.
///
/// The run does not tell when it begins to sample, so that the first stretch is what is left of the run's own time
/// when all others, and the calls, have been taken off.
#[derive(Debug, Default)]
pub(super) struct Clock {
    resumed: Option<Instant>,
    stretches: Vec<f64>,
    watching: Duration,
}

impl Clock {
    /// At the beginning of a call that ends a stretch.
    pub(super) fn stop(&mut self) -> Instant {
        let now = Instant::now();
        let stretch = self.resumed.map_or(Duration::ZERO, |resumed| now - resumed);
        self.stretches.push(stretch.as_secs_f64());
        now
    }

    /// At its end; `began` is when the call began. The clock then runs until [`stop`](Self::stop).
    pub(super) fn resume(&mut self, began: Instant) {
        let now = Instant::now();
        self.watching += now - began;
        self.resumed = Some(now);
    }

    /// Once the run has told how long its sampling took, calls and all.
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
    fn the_first_stretch_is_what_is_left() {
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
