use super::symmetrized::checked;
use super::{AnalysisError, TransitionMatrix};
use gwg_linalg::solve;

/// Returns `lim T Var(mean of h over T steps)` of a stationary chain for each function `h`, given by its values at the states.
///
/// `var(h, P) = 2 <g, h> - <h, h>` with `(I - P) g = h`, h centered, and inner products weighted by pi. This is valid for
/// any irreducible kernel, reversible or not, periodic or not (Kemeny and Snell 1960, section 4.6).
///
/// # Cost
/// One elimination, `2 n^3 / 3`, for all functions; `2 n^2` for each function.
///
/// # Errors
/// Those of [`Symmetrized::new`](super::Symmetrized::new); [`AnalysisError::Size`] if a function does not have one value
/// per state; [`AnalysisError::Reducible`].
pub fn asymptotic_variances(
    matrix: &TransitionMatrix,
    functions: &[Vec<f64>],
) -> Result<Vec<f64>, AnalysisError> {
    let n = checked(matrix)?;
    let pi = &matrix.stationary;
    let mut solutions = Vec::with_capacity(n * functions.len());
    for h in functions {
        if h.len() != n {
            return Err(AnalysisError::Size {
                name: "h",
                found: h.len(),
                needed: n,
            });
        }
        let mean = dot(pi, h);
        solutions.extend(h.iter().map(|h| h - mean));
    }
    let centered = solutions.clone();
    // I - P + 1 pi': the last term selects the centered solution.
    let mut system: Vec<f64> = matrix.p.iter().map(|p| -p).collect();
    for (x, row) in system.chunks_exact_mut(n).enumerate() {
        row[x] += 1.0;
        for (entry, pi) in row.iter_mut().zip(pi) {
            *entry += pi;
        }
    }
    solve(&system, n, &mut solutions)?;
    let pairs = solutions.chunks_exact(n).zip(centered.chunks_exact(n));
    Ok(pairs
        .map(|(g, h)| {
            let terms = pi.iter().zip(g).zip(h);
            terms.map(|((pi, g), h)| pi * h * (2.0 * g - h)).sum()
        })
        .collect())
}

/// Returns `Var(h)` under the stationary distribution.
#[must_use]
pub fn variance(stationary: &[f64], h: &[f64]) -> f64 {
    let mean = dot(stationary, h);
    let parts = stationary.iter().zip(h);
    parts.map(|(p, h)| p * (h - mean) * (h - mean)).sum()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(p: &[f64], stationary: &[f64]) -> TransitionMatrix {
        TransitionMatrix {
            states: stationary.len(),
            p: p.to_vec(),
            stationary: stationary.to_vec(),
            log_z: 0.0,
        }
    }

    #[test]
    fn two_states_have_the_known_variance() {
        // h = indicator: var(h) (1 + lambda) / (1 - lambda), lambda = 1 - a - b. It is 0 for alternation (a = b = 1).
        for (a, b) in [(0.3, 0.1), (1.0, 1.0), (0.9, 0.7), (1e-5, 3e-5)] {
            let pi = [b / (a + b), a / (a + b)];
            let chain = matrix(&[1.0 - a, a, b, 1.0 - b], &pi);
            let h = vec![1.0, 0.0];
            let found = asymptotic_variances(&chain, core::slice::from_ref(&h)).unwrap()[0];
            let lambda = 1.0 - a - b;
            let wanted = variance(&pi, &h) * (1.0 + lambda) / (1.0 - lambda);
            assert!(
                (found - wanted).abs() < 1e-10 * (1.0 + wanted),
                "{found} {wanted}"
            );
        }
    }

    #[test]
    fn a_lazy_rotation_has_the_variance_of_its_fundamental_matrix() {
        // On the cycle of n states with P = (I + rotation) / 2, h = cos(2 pi k / n): eigenvalue l = (1 + e^{i t}) / 2,
        // var = <h, h> Re (1 + l) / (1 - l) = Var(h) * Re of that.
        let n = 7;
        let mut p = vec![0.0; n * n];
        for x in 0..n {
            p[x * n + x] = 0.5;
            p[x * n + (x + 1) % n] = 0.5;
        }
        let t = 2.0 * core::f64::consts::PI / n as f64;
        let h: Vec<f64> = (0..n).map(|k| (t * k as f64).cos()).collect();
        let chain = matrix(&p, &vec![1.0 / n as f64; n]);
        let found = asymptotic_variances(&chain, core::slice::from_ref(&h)).unwrap()[0];
        let (re, im) = (0.5 + 0.5 * t.cos(), 0.5 * t.sin());
        let norm = (1.0 - re) * (1.0 - re) + im * im;
        let ratio = ((1.0 + re) * (1.0 - re) - im * im) / norm;
        let wanted = variance(&chain.stationary, &h) * ratio;
        assert!((found - wanted).abs() < 1e-13, "{found} {wanted}");
    }

    #[test]
    fn a_reducible_chain_has_no_variance() {
        let chain = matrix(&[1.0, 0.0, 0.0, 1.0], &[0.5, 0.5]);
        assert_eq!(
            asymptotic_variances(&chain, &[vec![0.0, 1.0]]),
            Err(AnalysisError::Reducible)
        );
        assert!(matches!(
            asymptotic_variances(&chain, &[vec![0.0]]),
            Err(AnalysisError::Size { name: "h", .. })
        ));
    }
}
