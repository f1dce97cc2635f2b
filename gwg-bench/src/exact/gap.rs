use super::lanczos::{Extremes, extremes};
use super::{AnalysisError, Symmetrized, Symmetry, TransitionMatrix};
use gwg_linalg::symmetric_eigenvalues;

/// Up to this many states all eigenvalues are computed; above, Lanczos computes the two ends of the spectrum.
const DENSE: usize = 512;

/// The two ends of a kernel's spectrum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gaps {
    /// The second largest eigenvalue, counted with multiplicity.
    pub second: f64,
    /// The smallest eigenvalue; -1 for a kernel of period 2.
    pub smallest: f64,
    /// The matrix whose eigenvalues these are.
    pub symmetry: Symmetry,
}

impl Gaps {
    /// `1 - lambda_2`, which bounds asymptotic variances: `var <= 2 Var(h) / gap`.
    #[must_use]
    pub fn gap(&self) -> f64 {
        1.0 - self.second
    }

    /// `1 - max(lambda_2, -lambda_min)`, which determines convergence in total variation: 0 for a kernel of period 2.
    /// `None` for a kernel that is not reversible, where the eigenvalues of the symmetrized matrix do not determine it.
    #[must_use]
    pub fn absolute_gap(&self) -> Option<f64> {
        (self.symmetry == Symmetry::Reversible).then(|| 1.0 - self.second.max(-self.smallest))
    }
}

/// Computes the spectral gap of an enumerated kernel; if it is not reversible, that of its additive reversibilization.
///
/// # Cost
/// `O(n^3)` up to 512 states. Above that, Lanczos with full reorthogonalization: `O(n^2)` to read the matrix, then for
/// each of some hundred steps one pass over its non-zero entries. 4096 states of a single-flip kernel take about a
/// second with their enumeration; the matrix itself is 134 MB.
///
/// # Errors
/// Those of [`Symmetrized::new`]; [`AnalysisError::Linalg`] if an iteration does not converge.
pub fn gaps(matrix: &TransitionMatrix) -> Result<Gaps, AnalysisError> {
    let s = Symmetrized::new(matrix)?;
    let Extremes { largest, smallest } = if s.states() <= DENSE {
        ends(&s)?
    } else {
        extremes(&s)?
    };
    Ok(Gaps {
        second: largest,
        smallest,
        symmetry: s.symmetry(),
    })
}

/// Computes the ends from all eigenvalues.
fn ends(s: &Symmetrized) -> Result<Extremes, AnalysisError> {
    let values = symmetric_eigenvalues(&s.dense(), s.states())?;
    // The largest eigenvalue is 1, with eigenvector sqrt(pi); a reducible kernel has it more than once.
    match values[..] {
        [smallest, .., largest, _] => Ok(Extremes { largest, smallest }),
        [second, _] => Ok(Extremes {
            largest: second,
            smallest: second,
        }),
        _ => Err(AnalysisError::TooFewStates {
            found: values.len(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two_states(a: f64, b: f64) -> TransitionMatrix {
        TransitionMatrix {
            states: 2,
            p: vec![1.0 - a, a, b, 1.0 - b],
            stationary: vec![b / (a + b), a / (a + b)],
            log_z: 0.0,
        }
    }

    /// A coordinate is chosen with probability 1 / D and flipped with probability `flip`.
    fn cube(sites: usize, flip: f64) -> TransitionMatrix {
        let n = 1 << sites;
        let mut p = vec![0.0; n * n];
        for x in 0..n {
            p[x * n + x] = 1.0 - flip;
            for i in 0..sites {
                p[x * n + (x ^ 1 << i)] = flip / sites as f64;
            }
        }
        TransitionMatrix {
            states: n,
            p,
            stationary: vec![1.0 / n as f64; n],
            log_z: 0.0,
        }
    }

    #[test]
    fn two_states_have_one_eigenvalue_besides_1() {
        for (a, b) in [(0.3, 0.1), (1.0, 1.0), (0.9, 0.7), (1e-6, 3e-6)] {
            let found = gaps(&two_states(a, b)).unwrap();
            assert!((found.gap() - (a + b)).abs() < 1e-14, "{found:?}");
            let absolute = 1.0 - (1.0 - a - b).abs();
            assert!((found.absolute_gap().unwrap() - absolute).abs() < 1e-14);
        }
    }

    #[test]
    fn dense_and_lanczos_gaps_of_walks_on_the_cube_are_exact() {
        // Eigenvalues 1 - 2 flip k / D with multiplicity D choose k.
        for (sites, flip) in [(3, 0.8), (9, 1.0), (10, 0.5), (10, 1.0)] {
            let found = gaps(&cube(sites, flip)).unwrap();
            assert!(
                (found.gap() - 2.0 * flip / sites as f64).abs() < 1e-10,
                "{found:?}"
            );
            assert!((found.smallest - (1.0 - 2.0 * flip)).abs() < 1e-10);
        }
    }

    #[test]
    fn the_gap_of_a_rotation_is_that_of_its_additive_reversibilization() {
        let n = 5;
        let mut p = vec![0.0; n * n];
        for x in 0..n {
            p[x * n + (x + 1) % n] = 1.0;
        }
        let matrix = TransitionMatrix {
            states: n,
            p,
            stationary: vec![0.2; n],
            log_z: 0.0,
        };
        let found = gaps(&matrix).unwrap();
        assert_eq!(found.symmetry, Symmetry::Additive);
        let second = (2.0 * core::f64::consts::PI / n as f64).cos();
        assert!((found.second - second).abs() < 1e-14 && found.absolute_gap().is_none());
    }
}
