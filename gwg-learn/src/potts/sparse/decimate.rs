//! What the removal of a coupling costs.

/// The symmetric divergence of a model and the one without its coupling `j` of a pair of symbols, which has the frequency `p` in the model:
/// `j (p - p0)`, where `p0 = p e^-j / (1 - p + p e^-j)` is the frequency without it.
pub(super) fn cost(j: f64, p: f64) -> f64 {
    // With odds, which do not overflow where e^-j does.
    let odds = (p / (1.0 - p)) * (-j).exp();
    let without = if odds.is_finite() {
        odds / (1.0 + odds)
    } else {
        1.0
    };
    j * (p - without)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of two sites of two symbols, by the probabilities of all states.
    #[test]
    fn the_cost_is_the_symmetric_divergence() {
        let law = |j: f64| {
            let weights = [0.2_f64, 0.9, -0.4, 0.3 + j].map(f64::exp);
            let total: f64 = weights.iter().sum();
            weights.map(|weight| weight / total)
        };
        for j in [1.5, -2.0, 0.01, 0.0] {
            let (with, without) = (law(j), law(0.0));
            let terms = with
                .iter()
                .zip(&without)
                .map(|(a, b)| (a - b) * (a / b).ln());
            let exact: f64 = terms.sum();
            assert!((cost(j, with[3]) - exact).abs() < 1e-12, "{j}");
        }
        assert!(cost(-900.0, 0.1) > 0.0 && cost(900.0, 0.1).is_finite());
    }
}
