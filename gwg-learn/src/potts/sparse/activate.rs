//! What a new coupling gains.

/// The most by which a coupling of a pair of symbols raises the mean log-likelihood, with the frequency `f` in the data and `p` in the model, both
/// above 0 and below 1: `f ln(f / p) + (1 - f) ln((1 - f) / (1 - p))`.
pub(super) fn gain(f: f64, p: f64) -> f64 {
    let term = |f: f64, p: f64| if f > 0.0 { f * (f / p).ln() } else { 0.0 };
    term(f, p) + term(1.0 - f, 1.0 - p)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gain_is_the_maximum_over_couplings() {
        for (f, p) in [(0.3, 0.1), (0.01, 0.2), (0.5, 0.5), (0.0, 0.25)] {
            let at = |j: f64| j * f - (1.0 - p + p * f64::exp(j)).ln();
            let grid = (-4000..=4000).map(|k| at(f64::from(k) * 0.005));
            let most = grid.fold(f64::NEG_INFINITY, f64::max);
            assert!((gain(f, p) - most).abs() < 1e-5, "{f} {p}");
        }
    }
}
