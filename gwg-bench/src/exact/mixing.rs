use super::symmetrized::checked;
use super::{AnalysisError, TransitionMatrix};
use gwg_linalg::{Matrix, product};

/// Total variation distance that counts as mixed.
const NEAR: f64 = 0.25;
/// Number of doublings after which a kernel is assumed never to mix.
const DOUBLINGS: u32 = 50;
/// If squaring a power changes it by no more than this, it has converged.
const SETTLED: f64 = 1e-13;

/// Returns the smallest number of steps after which the total variation distance to the stationary distribution is at
/// most 1/4 from every initial state; for the lazy kernel `(I + P) / 2` if `lazy`.
///
/// `None` if there is no such number: periodic kernels (a plain Metropolis-Hastings kernel of single flips whose ratios are
/// all 1 alternates between even and odd states) and reducible ones never mix. The lazy kernel is never periodic, and takes about twice
/// as many steps as a kernel that rarely stays at its state.
///
/// # Cost
/// Powers by repeated squaring: `2 log2(t)` products of (n, n) matrices and memory for as many matrices. Intended for up
/// to a thousand states.
///
/// # Errors
/// Those of [`Symmetrized::new`](super::Symmetrized::new).
pub fn mixing_time(matrix: &TransitionMatrix, lazy: bool) -> Result<Option<u64>, AnalysisError> {
    let n = checked(matrix)?;
    let pi = &matrix.stationary;
    let mut first = matrix.p.clone();
    if lazy {
        for (k, p) in first.iter_mut().enumerate() {
            *p = 0.5 * (*p + f64::from(u8::from(k % (n + 1) == 0)));
        }
    }
    // powers[k] = P^(2^k); the last is the first that has mixed.
    let mut powers = vec![first];
    while worst(&powers[powers.len() - 1], pi) > NEAR {
        let last = &powers[powers.len() - 1];
        let square = times(last, last, n)?;
        let change = last.iter().zip(&square).map(|(a, b)| (a - b).abs());
        if change.fold(0.0, f64::max) < SETTLED || powers.len() > DOUBLINGS as usize {
            return Ok(None);
        }
        powers.push(square);
    }
    powers.pop();
    let Some(mut far) = powers.pop() else {
        return Ok(Some(1));
    };
    // The distance never increases, so the largest t that has not mixed is found bit by bit, from the highest.
    let mut steps = 1 << powers.len();
    while let Some(power) = powers.pop() {
        let further = times(&far, &power, n)?;
        if worst(&further, pi) > NEAR {
            far = further;
            steps += 1 << powers.len();
        }
    }
    Ok(Some(steps + 1))
}

/// The largest total variation distance of a row.
fn worst(p: &[f64], pi: &[f64]) -> f64 {
    let distance = |row: &[f64]| -> f64 {
        let parts = row.iter().zip(pi).map(|(p, pi)| (p - pi).abs());
        0.5 * parts.sum::<f64>()
    };
    p.chunks_exact(pi.len()).map(distance).fold(0.0, f64::max)
}

fn times(a: &[f64], b: &[f64], n: usize) -> Result<Vec<f64>, AnalysisError> {
    let mut a = a.to_vec();
    let mut out = vec![0.0; n * n];
    product(n, &mut a, Matrix::new(b, n, n)?, &mut out)?;
    Ok(out)
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

    #[test]
    fn two_states_mix_when_their_eigenvalue_has_decayed() {
        // d(t) = max(pi) |lambda|^t.
        for (a, b) in [
            (0.3, 0.1),
            (0.01, 0.02),
            (0.9, 0.8),
            (1e-4, 1e-4),
            (0.5, 0.5),
        ] {
            for lazy in [false, true] {
                let lambda = if lazy {
                    1.0 - 0.5 * (a + b)
                } else {
                    1.0 - a - b
                };
                let far = f64::max(a, b) / (a + b);
                let wanted = (1..)
                    .find(|&t| far * f64::abs(lambda).powi(t) <= 0.25)
                    .unwrap();
                let found = mixing_time(&two_states(a, b), lazy).unwrap();
                assert_eq!(found, Some(wanted as u64), "{a} {b} {lazy}");
            }
        }
    }

    #[test]
    fn periodic_kernels_mix_only_if_lazy() {
        assert_eq!(mixing_time(&two_states(1.0, 1.0), false), Ok(None));
        assert_eq!(mixing_time(&two_states(1.0, 1.0), true), Ok(Some(1)));
        let n = 3;
        let p = vec![0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0];
        let turn = TransitionMatrix {
            states: n,
            p,
            stationary: vec![1.0 / 3.0; n],
            log_z: 0.0,
        };
        assert_eq!(mixing_time(&turn, false), Ok(None));
        assert!(mixing_time(&turn, true).unwrap().is_some());
    }

    #[test]
    fn reducible_kernels_never_mix() {
        let mut still = two_states(0.5, 0.5);
        still.p = vec![1.0, 0.0, 0.0, 1.0];
        assert_eq!(mixing_time(&still, true), Ok(None));
    }
}
