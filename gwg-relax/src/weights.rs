use gwg_core::Real;

/// Weighted means of vectors, from log-weights: self-normalized importance sampling.
///
/// `sum_k w_k v_k / sum_k w_k` with `w = exp(log-weight)`, kept relative to the largest weight so far, so that nothing overflows.
/// The bias is of the order of 1 / [`effective`](Self::effective).
#[derive(Clone, Debug, PartialEq)]
pub struct WeightedMeans {
    largest: f64,
    draws: u64,
    sum: f64,
    squares: f64,
    sums: Vec<f64>,
}

impl WeightedMeans {
    /// Begins means of `len` values.
    #[must_use]
    pub fn new(len: usize) -> Self {
        Self {
            largest: f64::NEG_INFINITY,
            draws: 0,
            sum: 0.0,
            squares: 0.0,
            sums: vec![0.0; len],
        }
    }

    /// Adds a draw: values beyond the number of means are ignored. A draw whose log-weight is NaN or plus infinity counts with weight 0.
    pub fn push(&mut self, log_weight: f64, values: impl IntoIterator<Item = f64>) {
        self.draws += 1;
        if log_weight.is_nan() || log_weight.is_infinite() {
            return;
        }
        if log_weight > self.largest {
            let factor = Real::exp(self.largest - log_weight);
            self.largest = log_weight;
            self.sum *= factor;
            self.squares *= factor * factor;
            for sum in &mut self.sums {
                *sum *= factor;
            }
        }
        let weight = Real::exp(log_weight - self.largest);
        self.sum += weight;
        self.squares += weight * weight;
        for (sum, value) in self.sums.iter_mut().zip(values) {
            *sum += weight * value;
        }
    }

    /// The means; NaN before the first draw of positive weight.
    #[must_use]
    pub fn means(&self) -> Vec<f64> {
        self.sums.iter().map(|sum| sum / self.sum).collect()
    }

    /// The number of draws.
    #[must_use]
    pub const fn draws(&self) -> u64 {
        self.draws
    }

    /// The effective number of draws, `(sum w)^2 / sum w^2`, of independent draws (Kong 1992); 0 before the first.
    #[must_use]
    pub fn effective(&self) -> f64 {
        if self.sum > 0.0 {
            self.sum * self.sum / self.squares
        } else {
            0.0
        }
    }

    /// The logarithm of the mean weight: for the weights of a [`BinaryRelaxation`](crate::BinaryRelaxation) an estimate of
    /// `ln Z - n ln 2 - ln Z_q`, with `Z_q` the integral of the relaxed density.
    #[must_use]
    pub fn log_mean_weight(&self) -> f64 {
        self.largest + Real::ln(self.sum / self.draws as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_are_those_of_the_definition_in_any_order() {
        let draws = [(-800.0, 1.0), (-799.0, 2.0), (-802.5, 5.0), (-798.0, -3.0)];
        let w = draws.map(|(l, _)| (l + 800.0f64).exp());
        let total: f64 = w.iter().sum();
        let mean = draws.iter().zip(&w).map(|((_, v), w)| v * w).sum::<f64>() / total;
        let effective = total * total / w.iter().map(|w| w * w).sum::<f64>();
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2]] {
            let mut found = WeightedMeans::new(1);
            for k in order {
                found.push(draws[k].0, [draws[k].1]);
            }
            assert!((found.means()[0] - mean).abs() < 1e-14);
            assert!((found.effective() - effective).abs() < 1e-14);
            let log_mean = (total / 4.0).ln() - 800.0;
            assert!((found.log_mean_weight() - log_mean).abs() < 1e-12);
        }
    }

    #[test]
    fn impossible_draws_have_no_weight() {
        let mut found = WeightedMeans::new(1);
        assert_eq!(found.effective(), 0.0);
        found.push(f64::NEG_INFINITY, [9.0]);
        found.push(f64::NAN, [9.0]);
        found.push(f64::INFINITY, [9.0]);
        found.push(1000.0, [2.0]);
        assert_eq!(
            (found.means()[0], found.effective(), found.draws()),
            (2.0, 1.0, 4)
        );
    }
}
