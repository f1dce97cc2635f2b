use super::ExactError;
use crate::LatticeIsing;
use gwg_core::Real;

/// Exact means of an Ising torus in a field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FieldTorus {
    /// Mean of a symbol 0 or 1, the same of all sites.
    pub mean_symbol: f64,
    /// Mean of `f`, the log-probability up to a constant.
    pub mean_log_prob: f64,
    /// A bound of the error of both means per site: that of a torus of another size with the same means; 0 if there is none but rounding.
    pub error: f64,
}

/// Up to this side the trace is computed.
const MOST_OF_TRACE: usize = 12;
/// The most columns of an infinitely long torus.
const MOST_COLUMNS: usize = 16;
/// Applications of the transfer matrix to reach its first eigenvector.
const MOST_APPLICATIONS: usize = 400;
/// The largest error of means that count as exact.
const ALLOWED: f64 = 1e-6;

/// Computes the exact means of a lattice in two dimensions with any field, at inverse temperature `beta`, by its transfer matrix.
///
/// With `K = 2 theta beta` and `h = beta bias` the transfer matrix between columns of spins `s, t` is
/// `A = D^(1/2) V D^(1/2)`, `V(s, t) = exp(K sum_i s_i t_i)`, `D(s) = exp(K sum_i s_i s_(i+1) + h sum_i s_i)`, and the probability of a column is
/// `(A^n)(s, s) / tr A^n`. Up to side 12 this is computed for one state of each class of columns that are equal up to rotation. A larger torus is
/// replaced by one of `min(side, 16)` columns that is infinitely long, where the probability is the square of the first eigenvector; its means
/// differ by about `n r^n`, `r` the ratio of the first two eigenvalues, and the function returns them if this is below `1e-6`: away from the critical
/// temperature, or in a field.
///
/// # Cost
/// `side^2 4^side / 2` up to side 12 (0.2 s), `16 * 2^16` for each of some tens of applications above.
///
/// # Errors
/// [`ExactError::Lattice`] unless the lattice has two dimensions; [`ExactError::Coupling`] if the parameters are not finite, or if `K` is negative
/// above side 12; [`ExactError::Correlated`] if the means of a smaller torus are not those of this one.
///
/// ```
/// use gwg_models::{LatticeIsing, exact::lattice_ising_in_field};
///
/// let torus = lattice_ising_in_field(&LatticeIsing::<f64>::new(2, 30, 0.1, 0.1)?, 1.0)?;
/// assert!((torus.mean_symbol - 0.6357).abs() < 1e-3 && torus.error < 1e-6);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn lattice_ising_in_field<R: Real>(
    model: &LatticeIsing<R>,
    beta: f64,
) -> Result<FieldTorus, ExactError> {
    let (dims, bias) = (model.dims(), model.bias().to_f64());
    if dims != 2 {
        return Err(ExactError::Lattice { dims, bias });
    }
    let (theta, side) = (model.theta().to_f64(), model.side());
    let (coupling, field) = (2.0 * theta * beta, beta * bias);
    let long = side > MOST_OF_TRACE;
    if !(coupling.is_finite() && field.is_finite()) || (long && coupling < 0.0) {
        return Err(ExactError::Coupling {
            found: coupling,
            rows: side,
            columns: side,
        });
    }
    let columns = if long { side.min(MOST_COLUMNS) } else { side };
    let matrix = Transfer::new(columns, coupling, field);
    let (weights, error) = if long {
        matrix.of_infinite()
    } else {
        (matrix.of_trace(side), 0.0)
    };
    if error.is_nan() || error >= ALLOWED {
        return Err(ExactError::Correlated { columns, error });
    }
    let (spin, bond) = matrix.means(&weights);
    // Of the bonds along columns and of those between them, which have the same mean.
    let per_site = 4.0 * theta * bond + bias * spin;
    Ok(FieldTorus {
        mean_symbol: 0.5 * (1.0 + spin),
        mean_log_prob: per_site * (side * side) as f64,
        error,
    })
}

/// The symmetric transfer matrix of a torus of so many columns.
struct Transfer {
    columns: usize,
    /// The two entries of `exp(K s t)`, relative to the larger.
    bond: [f64; 2],
    /// `D^(1/2)`, relative to the largest.
    root: Vec<f64>,
}

/// The sums of `s_i` and of `s_i s_(i+1)` of a column.
fn sums(state: usize, columns: usize) -> (f64, f64) {
    let next = rotated(state, columns);
    let (up, unequal) = (state.count_ones(), (state ^ next).count_ones());
    let n = columns as f64;
    (2.0 * f64::from(up) - n, n - 2.0 * f64::from(unequal))
}

fn rotated(state: usize, columns: usize) -> usize {
    (state >> 1) | ((state & 1) << (columns - 1))
}

impl Transfer {
    fn new(columns: usize, coupling: f64, field: f64) -> Self {
        let halves: Vec<f64> = (0..1 << columns)
            .map(|state| {
                let (spins, bonds) = sums(state, columns);
                0.5 * (coupling * bonds + field * spins)
            })
            .collect();
        let top = halves.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let bond = [coupling, -coupling].map(|k| Real::exp(k - coupling.abs()));
        let root = halves.into_iter().map(|half| Real::exp(half - top));
        Self {
            columns,
            bond,
            root: root.collect(),
        }
    }

    /// Replaces `v` by `A v`.
    fn apply(&self, v: &mut [f64]) {
        let scale = |v: &mut [f64]| v.iter_mut().zip(&self.root).for_each(|(v, &d)| *v *= d);
        scale(v);
        let [same, other] = self.bond;
        for site in 0..self.columns {
            for pair in v.chunks_exact_mut(2 << site) {
                let (low, high) = pair.split_at_mut(1 << site);
                for (a, b) in low.iter_mut().zip(high) {
                    (*a, *b) = (*a * same + *b * other, *a * other + *b * same);
                }
            }
        }
        scale(v);
    }

    /// `(A^n)(s, s)` for all states up to a factor.
    fn of_trace(&self, n: usize) -> Vec<f64> {
        let states = self.root.len();
        let mut found = vec![0.0; states];
        for state in 0..states {
            let class: Vec<usize> = core::iter::successors(Some(state), |&s| {
                Some(rotated(s, self.columns)).filter(|&next| next != state)
            })
            .collect();
            // The smallest state of a class stands for it.
            if class.iter().any(|&other| other < state) {
                continue;
            }
            let mut v = vec![0.0; states];
            if let Some(v) = v.get_mut(state) {
                *v = 1.0;
            }
            for _ in 0..n / 2 {
                self.apply(&mut v);
            }
            let mut w = v.clone();
            if n % 2 == 1 {
                self.apply(&mut w);
            }
            let weight: f64 = v.iter().zip(&w).map(|(v, w)| v * w).sum();
            for other in class {
                if let Some(found) = found.get_mut(other) {
                    *found = weight;
                }
            }
        }
        found
    }

    /// The squares of the first eigenvector, and `n r^n`.
    fn of_infinite(&self) -> (Vec<f64>, f64) {
        // With a component of both parities: without a field, that of the second eigenvector is odd in the spins.
        let start = |state| 2.0 + sums(state, self.columns).0 / self.columns as f64;
        let mut v: Vec<f64> = (0..self.root.len()).map(start).collect();
        let (mut before, mut ratio) = (f64::INFINITY, 1.0);
        for _ in 0..MOST_APPLICATIONS {
            let old = v.clone();
            self.apply(&mut v);
            let norm = v.iter().map(|v| v * v).sum::<f64>().sqrt();
            v.iter_mut().for_each(|v| *v /= norm);
            let change = v.iter().zip(&old).map(|(a, b)| (a - b) * (a - b));
            let change = change.sum::<f64>().sqrt();
            if change < 1e-12 {
                break;
            }
            ratio = change / before;
            before = change;
        }
        v.iter_mut().for_each(|v| *v *= *v);
        let n = self.columns as f64;
        (v, n * ratio.powf(n))
    }

    /// The mean of a spin and of the product of neighbors.
    fn means(&self, weights: &[f64]) -> (f64, f64) {
        let (mut total, mut spin, mut bond) = (0.0, 0.0, 0.0);
        for (state, &weight) in weights.iter().enumerate() {
            let (spins, bonds) = sums(state, self.columns);
            total += weight;
            spin += weight * spins;
            bond += weight * bonds;
        }
        let share = 1.0 / (total * self.columns as f64);
        (spin * share, bond * share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::lattice_ising;

    fn torus(side: usize, theta: f64, bias: f64, beta: f64) -> FieldTorus {
        let model = LatticeIsing::<f64>::new(2, side, theta, bias).unwrap();
        lattice_ising_in_field(&model, beta).unwrap()
    }

    #[test]
    fn small_tori_are_those_of_enumeration() {
        for (side, theta, bias) in [
            (3, 0.2, 0.3),
            (4, 0.15, -0.2),
            (3, -0.2, 0.1),
            (4, 0.5, 0.4),
        ] {
            let model = LatticeIsing::<f64>::new(2, side, theta, bias).unwrap();
            for beta in [1.0, 0.4] {
                let mut sums = (0.0, 0.0, 0.0);
                let sites = side * side;
                for state in 0..1_u64 << sites {
                    let x: Vec<u8> = (0..sites).map(|i| (state >> i & 1) as u8).collect();
                    let f = gwg_core::Target::log_prob(&model, &x);
                    let weight = f64::exp(beta * f);
                    let ones = f64::from(state.count_ones()) / sites as f64;
                    sums = (sums.0 + weight, sums.1 + weight * ones, sums.2 + weight * f);
                }
                let found = torus(side, theta, bias, beta);
                assert!((found.mean_symbol - sums.1 / sums.0).abs() < 1e-12);
                assert!((found.mean_log_prob - sums.2 / sums.0).abs() < 1e-10);
                assert_eq!(found.error, 0.0);
            }
        }
    }

    #[test]
    fn means_without_a_field_are_those_of_kaufman() {
        for (side, theta) in [(8, 0.15), (9, 0.3), (20, 0.1)] {
            let model = LatticeIsing::<f64>::new(2, side, theta, 0.0).unwrap();
            let wanted = lattice_ising(&model, 1.0).unwrap().mean_log_prob;
            let found = torus(side, theta, 0.0, 1.0);
            let sites = (side * side) as f64;
            assert!((found.mean_symbol - 0.5).abs() < 1e-9);
            let error = (found.mean_log_prob - wanted).abs() / sites;
            assert!(error < 1e-10 + found.error, "{side} {error}");
        }
    }

    #[test]
    fn critical_lattices_are_refused_where_the_size_counts() {
        let model = LatticeIsing::<f64>::new(2, 20, 0.22, 0.0).unwrap();
        let error = lattice_ising_in_field(&model, 1.0).unwrap_err();
        assert!(
            matches!(error, ExactError::Correlated { columns: 16, .. }),
            "{error}"
        );
        let cube = LatticeIsing::<f64>::new(3, 3, 0.1, 0.1).unwrap();
        assert!(lattice_ising_in_field(&cube, 1.0).is_err());
    }

    #[test]
    fn the_infinite_torus_is_the_limit() {
        let exact = torus(12, 0.1, 0.1, 1.0);
        let long = torus(16, 0.1, 0.1, 1.0);
        let difference = exact.mean_symbol - long.mean_symbol;
        assert!(difference.abs() < 1e-5, "{difference}");
    }
}
