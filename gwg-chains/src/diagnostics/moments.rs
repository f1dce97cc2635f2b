//! Mean and variance, of what is at hand and of draws as they arrive.

use serde::{Deserialize, Serialize};

/// Count, mean and variance of values seen one at a time (Welford 1962), in constant memory.
///
/// Two can be merged (Chan, Golub and LeVeque 1979); merging in one fixed order, such as by chain, gives the same bits each time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Moments {
    count: u64,
    mean: f64,
    squares: f64,
}

impl Moments {
    /// Of nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Of all values of an iterator.
    #[must_use]
    pub fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut moments = Self::new();
        for x in values {
            moments.push(x);
        }
        moments
    }

    /// Takes one more value. A value that is not finite makes the mean and variance so too.
    pub fn push(&mut self, x: f64) {
        self.count += 1;
        let delta = x - self.mean;
        self.mean += delta / self.count as f64;
        self.squares += delta * (x - self.mean);
    }

    /// Takes all that `other` has seen.
    pub fn merge(&mut self, other: &Self) {
        if self.count == 0 || other.count == 0 {
            if self.count == 0 {
                *self = *other;
            }
            return;
        }
        let (a, b) = (self.count as f64, other.count as f64);
        let delta = other.mean - self.mean;
        self.count += other.count;
        self.mean += delta * (b / (a + b));
        self.squares += other.squares + delta * delta * (a / (a + b)) * b;
    }

    /// Number of values seen.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Their mean; `None` before the first.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then_some(self.mean)
    }

    /// Their variance with divisor n - 1; `None` before the second.
    #[must_use]
    pub fn variance(&self) -> Option<f64> {
        (self.count > 1).then(|| self.squares / (self.count - 1) as f64)
    }
}

/// Mean and sum of squared distances from it; `None` of nothing.
///
/// Relative to the first value, so that the result for a constant row is exactly zero.
pub(super) fn mean_and_squares(values: impl Iterator<Item = f64> + Clone) -> Option<(f64, f64)> {
    let first = values.clone().next()?;
    let (sum, count) = values
        .clone()
        .fold((0.0, 0_u64), |(sum, n), x| (sum + (x - first), n + 1));
    let shift = sum / count as f64;
    let squares = values.map(|x| (x - first - shift).powi(2)).sum();
    Some((first + shift, squares))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_two_passes_far_from_zero() {
        let values: Vec<f64> = (0..1000).map(|i| 1e9 + f64::from(i % 7)).collect();
        let mean = values.iter().map(|x| x - 1e9).sum::<f64>() / 1000.0;
        let var = values.iter().map(|x| (x - 1e9 - mean).powi(2)).sum::<f64>() / 999.0;
        let m = Moments::of(values.iter().copied());
        assert!((m.mean().unwrap() - 1e9 - mean).abs() < 1e-6);
        assert!((m.variance().unwrap() / var - 1.0).abs() < 1e-6);
    }

    #[test]
    fn merging_is_seeing_all() {
        let values: Vec<f64> = (0..100).map(|i| f64::from(i * i % 31)).collect();
        let all = Moments::of(values.iter().copied());
        for cut in [0, 1, 37, 99, 100] {
            let mut left = Moments::of(values[..cut].iter().copied());
            left.merge(&Moments::of(values[cut..].iter().copied()));
            assert_eq!(left.count(), 100);
            assert!((left.mean().unwrap() - all.mean().unwrap()).abs() < 1e-13);
            assert!((left.variance().unwrap() / all.variance().unwrap() - 1.0).abs() < 1e-13);
        }
    }

    #[test]
    fn undefined_before_enough() {
        let mut m = Moments::new();
        assert_eq!((m.mean(), m.variance()), (None, None));
        m.push(3.0);
        assert_eq!((m.mean(), m.variance()), (Some(3.0), None));
        m.push(3.0);
        assert_eq!(m.variance(), Some(0.0));
    }
}
