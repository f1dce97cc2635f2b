use gwg_core::{Bits, Real};

/// Standard normal numbers by Marsaglia's polar method, which gives two at a time: the second is kept for the next call.
///
/// Only square roots and `ln` of [`gwg_core::math`] are used, so that a stream has the same bits on every machine.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Normal {
    spare: Option<f64>,
}

impl Normal {
    /// Draws one number.
    pub fn draw<B: Bits + ?Sized>(&mut self, bits: &mut B) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        loop {
            let u = 2.0 * bits.unit::<f64>() - 1.0;
            let v = 2.0 * bits.unit::<f64>() - 1.0;
            let s = u * u + v * v;
            if s > 0.0 && s < 1.0 {
                let factor = (-2.0 * Real::ln(s) / s).sqrt();
                self.spare = Some(v * factor);
                return u * factor;
            }
        }
    }

    /// Fills a slice.
    pub fn fill<R: Real, B: Bits + ?Sized>(&mut self, out: &mut [R], bits: &mut B) {
        for z in out {
            *z = R::from_f64(self.draw(bits));
        }
    }
}

/// Draws a standard logistic number, `ln v - ln(1 - v)` with `v` uniform in the open interval `(0, 1)`: the difference of two
/// Gumbel numbers.
pub fn logistic<R: Real, B: Bits + ?Sized>(bits: &mut B) -> R {
    const STEP: f64 = 1.0 / (1u64 << 53) as f64;
    let v = ((bits.next_u64() >> 11) as f64 + 0.5) * STEP;
    R::from_f64(Real::ln(v) - Real::log1p(-v))
}

/// Draws a standard Gumbel number: see [`gwg_core::pick::gumbel::noise`].
pub fn gumbel<R: Real, B: Bits + ?Sized>(bits: &mut B) -> R {
    let [g] = gwg_core::pick::gumbel::noise::<R, B, 1>(bits);
    g
}

/// Draws the index `k` with probability `exp(logit[k]) / sum exp(logit)`, as `argmax_k(logit[k] + gumbel)`: the Gumbel-max
/// trick. `None` if no probability is positive. Exact; see [`gwg_core::pick::gumbel::of_log_weights`].
pub fn gumbel_max<R: Real, B: Bits + ?Sized>(logit: &[R], bits: &mut B) -> Option<usize> {
    gwg_core::pick::gumbel::of_log_weights(logit, bits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use gwg_core::SplitMix64;

    /// The mean and the variance of 200,000 draws.
    fn moments(mut draw: impl FnMut(&mut SplitMix64) -> f64) -> (f64, f64) {
        let (mut bits, n) = (SplitMix64::new(5), 200_000);
        let draws: Vec<f64> = (0..n).map(|_| draw(&mut bits)).collect();
        let mean = draws.iter().sum::<f64>() / f64::from(n);
        let variance = draws.iter().map(|z| (z - mean).powi(2)).sum::<f64>() / f64::from(n);
        (mean, variance)
    }

    #[test]
    fn moments_are_those_of_the_distributions() {
        let pi2 = std::f64::consts::PI.powi(2);
        let mut normal = Normal::default();
        let cases = [
            // (mean, variance), wanted mean, wanted variance, kurtosis
            (moments(|bits| normal.draw(bits)), 0.0, 1.0, 3.0),
            (moments(logistic), 0.0, pi2 / 3.0, 4.2),
            (moments(gumbel), 0.577_215_664_9, pi2 / 6.0, 5.4),
        ];
        for ((mean, variance), m, v, kurtosis) in cases {
            let n: f64 = 200_000.0;
            // Five standard errors.
            assert!((mean - m).abs() < 5.0 * (v / n).sqrt(), "{mean} {m}");
            let error = v * ((kurtosis - 1.0f64) / n).sqrt();
            assert!((variance - v).abs() < 5.0 * error, "{variance} {v}");
        }
    }

    #[test]
    fn gumbel_max_draws_the_categorical_distribution() {
        let p = [0.5f64, 0.3, 0.15, 0.05];
        let logit = p.map(|p: f64| p.ln() + 7.0);
        let (mut bits, mut counts) = (SplitMix64::new(2), [0.0; 4]);
        let n = 100_000;
        for _ in 0..n {
            counts[gumbel_max(&logit, &mut bits).unwrap()] += 1.0;
        }
        let wanted = p.map(|p| p * f64::from(n));
        let chi2: f64 = counts
            .iter()
            .zip(&wanted)
            .map(|(c, w)| (c - w).powi(2) / w)
            .sum();
        // Chi-square with 3 degrees of freedom: 27 has probability 6e-6.
        assert!(chi2 < 27.0, "{chi2}");
        assert_eq!(gumbel_max::<f64, _>(&[f64::NEG_INFINITY], &mut bits), None);
    }
}
