//! Streaming sums of exponentials, scaled by the largest one so far.

use gwg_core::Real;

/// `sum exp(e)` over the pushed values, and the mean and variance of `f` under these weights (West 1979). The caller may
/// keep further sums in the same scale.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stream {
    largest: f64,
    total: f64,
    mean: f64,
    squares: f64,
}

impl Stream {
    pub(super) const fn new() -> Self {
        Self {
            largest: f64::NEG_INFINITY,
            total: 0.0,
            mean: 0.0,
            squares: 0.0,
        }
    }

    /// Adds `f` with weight `exp(e)`. Returns the factor for the caller's sums, if the scale has changed, and the weight in the new scale.
    #[inline(always)]
    pub(super) fn push(&mut self, e: f64, f: f64) -> (Option<f64>, f64) {
        if e == f64::NEG_INFINITY {
            return (None, 0.0);
        }
        let rescale = self.raise(e);
        let weight = Real::exp(e - self.largest);
        self.total += weight;
        let delta = f - self.mean;
        let step = weight / self.total * delta;
        self.mean += step;
        self.squares += weight * delta * (delta - step);
        (rescale, weight)
    }

    /// Makes `e` the largest exponent if it is larger. NaN counts as larger.
    #[inline(always)]
    fn raise(&mut self, e: f64) -> Option<f64> {
        if e <= self.largest {
            return None;
        }
        let scale = if self.total == 0.0 {
            0.0
        } else {
            Real::exp(self.largest - e)
        };
        self.largest = e;
        self.total *= scale;
        self.squares *= scale;
        Some(scale)
    }

    /// Adds everything that was pushed to `other`. Returns the factors for the caller's sums of each.
    #[cfg(any(feature = "dense", test))]
    pub(super) fn merge(&mut self, other: &Self) -> (f64, f64) {
        if other.total == 0.0 {
            return (1.0, 0.0);
        }
        let mine = self.raise(other.largest).unwrap_or(1.0);
        let theirs = Real::exp(other.largest - self.largest);
        let weight = other.total * theirs;
        self.total += weight;
        let delta = other.mean - self.mean;
        let step = weight / self.total * delta;
        self.mean += step;
        self.squares += other.squares * theirs + weight * delta * (delta - step);
        (mine, theirs)
    }

    pub(super) fn log_sum(&self) -> f64 {
        self.largest + Real::ln(self.total)
    }

    /// The largest exponent.
    #[cfg(feature = "dense")]
    pub(super) const fn largest(&self) -> f64 {
        self.largest
    }

    /// The sum, in the scale of the weights.
    pub(super) const fn total(&self) -> f64 {
        self.total
    }

    pub(super) const fn mean(&self) -> f64 {
        self.mean
    }

    pub(super) fn variance(&self) -> f64 {
        self.squares / self.total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_do_not_depend_on_order_or_splitting() {
        let values: Vec<f64> = (0..50)
            .map(|k| f64::from(k * 37 % 50) * 0.31 + 700.0)
            .collect();
        let log_sum = gwg_core::math::logsumexp(&values);
        let weights: Vec<f64> = values.iter().map(|f| (f - log_sum).exp()).collect();
        let pairs = || values.iter().zip(&weights);
        let mean: f64 = pairs().map(|(f, w)| f * w).sum();
        let variance: f64 = pairs().map(|(f, w)| (f - mean).powi(2) * w).sum();
        for cut in [0, 1, 20, 50] {
            let (mut left, mut right) = (Stream::new(), Stream::new());
            for &f in &values[..cut] {
                left.push(f, f);
            }
            for &f in &values[cut..] {
                right.push(f, f);
            }
            left.push(f64::NEG_INFINITY, 1.0);
            left.merge(&right);
            assert!((left.log_sum() - log_sum).abs() < 1e-12);
            assert!(
                (left.mean() - mean).abs() < 1e-9
                    && (left.variance() / variance - 1.0).abs() < 1e-9
            );
        }
    }
}
