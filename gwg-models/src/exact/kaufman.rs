mod jet;

use super::ExactError;
use crate::LatticeIsing;
use gwg_core::Real;
use jet::Jet;
use std::f64::consts::{LN_2, PI};

/// Exact thermodynamics of an Ising torus without a field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Torus {
    /// `log Z`.
    pub log_z: f64,
    /// Mean of `f`, the log-probability up to a constant.
    pub mean_log_prob: f64,
    /// Variance of `f`.
    pub variance_log_prob: f64,
}

/// Computes the torus of `rows x columns` spins with `p(s) = exp(K sum_<ij> s_i s_j) / Z`, each bond counted once: Kaufman (1949).
///
/// `Z = (2 sinh 2K)^(mn/2) / 2 (prod 2 cosh(m g_odd / 2) + prod 2 sinh(m g_odd / 2) + prod 2 cosh(m g_even / 2) + prod 2 sinh(m g_even / 2))`,
/// with products over `n` columns, `cosh g_k = cosh 2K coth 2K - cos(pi k / n)`, and `g_0 = 2K + ln tanh K`, which is
/// negative above the critical temperature. Computed in logarithms, so that no size overflows. Mean and variance of
/// `f` are `K` and `K^2` times the first and second derivatives of `log Z`, which are computed by forward
/// differentiation; per site, each is accurate to about `1e-13`. Every spin has mean 0.
///
/// # Errors
/// [`ExactError::Side`], [`ExactError::Coupling`].
///
/// ```
/// let torus = gwg_models::exact::kaufman(40, 40, 0.5)?;
/// assert!((torus.log_z / 1600.0 - 1.02622603).abs() < 1e-8);
/// # Ok::<(), gwg_models::exact::ExactError>(())
/// ```
pub fn kaufman(rows: usize, columns: usize, coupling: f64) -> Result<Torus, ExactError> {
    if rows < 3 || columns < 3 {
        return Err(ExactError::Side { rows, columns });
    }
    // Flipping every other spin changes the sign of K if both sides are even.
    let bipartite = rows.is_multiple_of(2) && columns.is_multiple_of(2);
    if !coupling.is_finite() || (coupling < 0.0 && !bipartite) {
        return Err(ExactError::Coupling {
            found: coupling,
            rows,
            columns,
        });
    }
    let k = coupling.abs();
    let sites = rows as f64 * columns as f64;
    let (log_z, mean, variance) = if k < SMALL {
        (sites * LN_2, 2.0 * sites * k * k, 2.0 * sites * k * k)
    } else if k > LARGE {
        let flip = 64.0 * sites * k * k * Real::exp(-8.0 * k);
        (2.0 * sites * k + LN_2, 2.0 * sites * k, flip)
    } else {
        let log_z = log_z(rows as f64, columns, k);
        // Rounding may give a negative number if nearly all spins are equal.
        (
            log_z.value,
            k * log_z.first,
            (k * k * log_z.second).max(0.0),
        )
    };
    Ok(Torus {
        log_z,
        mean_log_prob: mean,
        variance_log_prob: variance,
    })
}

/// Below this coupling, couplings contribute less per site than rounding errors.
const SMALL: f64 = 1e-8;
/// Above this coupling, the probability of any configuration other than the ground states and single flips is below f64 precision.
const LARGE: f64 = 8.0;

/// Computes the exact thermodynamics of a lattice at inverse temperature `beta`: of `f`, not of `beta f`.
///
/// # Errors
/// [`ExactError::Lattice`] unless it has two dimensions and no field, and those of [`kaufman`].
pub fn lattice_ising<R: Real>(model: &LatticeIsing<R>, beta: f64) -> Result<Torus, ExactError> {
    let (dims, bias) = (model.dims(), model.bias().to_f64());
    if dims != 2 || bias != 0.0 {
        return Err(ExactError::Lattice { dims, bias });
    }
    let (theta, side) = (model.theta().to_f64(), model.side());
    let torus = kaufman(side, side, 2.0 * theta * beta)?;
    // f = 2 theta sum_<ij> s_i s_j, which has the sign of theta for every beta.
    let scale = if beta == 0.0 { 0.0 } else { 1.0 / beta };
    let bonds = 2.0 * (side * side) as f64;
    Ok(Torus {
        mean_log_prob: torus.mean_log_prob * scale,
        variance_log_prob: if beta == 0.0 {
            4.0 * theta * theta * bonds
        } else {
            torus.variance_log_prob * scale * scale
        },
        ..torus
    })
}

/// `log Z` and its derivatives in `K`.
fn log_z(rows: f64, columns: usize, k: f64) -> Jet {
    let odd = Products::new(rows, columns, k, 1);
    let even = Products::new(rows, columns, k, 0);
    // The sum of the four products divided by the first: the cosh products are large, their ratios are not.
    let ratio = even.log_cosh.minus(odd.log_cosh).exp();
    let sum = odd
        .tanh
        .plus_constant(1.0)
        .plus(ratio.times(even.tanh.plus_constant(1.0)));
    Jet::linear(2.0 * k, 2.0)
        .ln_2sinh()
        .times_constant(0.5 * rows * columns as f64)
        .plus(odd.log_cosh)
        .plus(sum.ln())
        .plus_constant(-LN_2)
}

/// `sum ln 2 cosh(m g_k / 2)` and `prod tanh(m g_k / 2)` over `k = first, first + 2, ..`, `n` of them.
struct Products {
    log_cosh: Jet,
    tanh: Jet,
}

impl Products {
    fn new(rows: f64, columns: usize, k: f64, first: usize) -> Self {
        let mut products = Self {
            log_cosh: Jet::constant(0.0),
            tanh: Jet::constant(1.0),
        };
        for r in 0..columns {
            let half = mode(k, 2 * r + first, columns).times_constant(0.5 * rows);
            products.log_cosh = products.log_cosh.plus(half.ln_2cosh());
            products.tanh = products.tanh.times(half.tanh());
        }
        products
    }
}

/// `g_k`.
fn mode(k: f64, index: usize, columns: usize) -> Jet {
    if index == 0 {
        // 2K + ln tanh K, with derivative 2 + 2 / sinh 2K.
        return Jet::linear(2.0 * k, 2.0).plus(Jet::linear(k, 1.0).ln_tanh());
    }
    // cosh g - 1 = (1 - sinh 2K)^2 / sinh 2K + 2 sin^2(pi k / 2n), which avoids cancellation near the critical point.
    let sinh = Jet::linear(2.0 * k, 2.0).sinh();
    let gap = sinh.plus_constant(-1.0);
    let sine = (PI * index as f64 / (2 * columns) as f64).sin();
    let above = gap.times(gap).times(sinh.reciprocal());
    above.plus_constant(2.0 * sine * sine).acosh1p()
}
