//! The efficiency theorem of Gibbs-With-Gradients, checked by enumeration of small spaces.
//!
//! Let Q be the locally balanced kernel on exact differences and Q~ the one on first-order differences, both with
//! proposals proportional to `exp(d / tau)` (`tau = 2` is the balancing function sqrt). If the gradient of f is
//! L-Lipschitz and no move is longer than `D_H`, then by theorem 1 of Grathwohl et al. (2021), with
//! `c = exp(-L D_H^2 / tau)`,
//!
//! - `Gap(Q~) >= c Gap(Q)`, and
//! - `var(h, Q~) + Var(h) <= (var(h, Q) + Var(h)) / c` for every h (their `var(h, Q~) <= var(h, Q) / c + (1 - c) / c Var(h)`).
//!
//! The proof is valid for any c with `Q~(x, y) >= c Q(x, y)` for all `x != y`; [`Constants`] has five, from the theorem's to
//! the largest. [`verify`] computes both sides for every case of [`cases`]; [`judge`] checks the inequalities.

mod cases;
mod constants;
mod draws;
mod judgment;
mod network;
mod quadratic;
mod row;
mod sharp;
mod smooth;
mod sweep;

pub use cases::{Case, cases};
pub use constants::Constants;
pub use judgment::{Judgment, Violation, judge};
pub use network::{Encoded, TanhNetwork};
pub use quadratic::Quadratic;
pub use row::Row;
pub use sharp::{Sharp, sharp_ratio};
pub use smooth::Smooth;
pub use sweep::Sweep;

use crate::exact::AnalysisError;

/// Number of random functions for which the inequality of variances is checked, per row.
pub const FUNCTIONS: usize = 200;
/// Proposal temperatures of the rows.
pub const TEMPERATURES: [f64; 3] = [1.0, 2.0, 4.0];
/// L of the sharp family.
const SHARP_LIPSCHITZ: f64 = 2.0;
/// D of the sharp family.
const SHARP_SITES: [usize; 3] = [2, 4, 8];

/// All measurements.
#[derive(Clone, Debug)]
pub struct Verification {
    /// One row for each case and each of [`TEMPERATURES`].
    pub rows: Vec<Row>,
    /// The family on which the constant is nearly attained.
    pub sharp: Vec<Sharp>,
    /// Gaps at many temperatures, one sweep for each case.
    pub sweeps: Vec<Sweep>,
}

/// Measures all cases with parameters and functions drawn from `seed`.
///
/// # Cost
/// A second or two: a few thousand kernels on at most 256 states.
///
/// # Errors
/// [`AnalysisError`] if a kernel cannot be analyzed.
pub fn verify(seed: u64) -> Result<Verification, AnalysisError> {
    let mut rows = Vec::new();
    let mut sweeps = Vec::new();
    for case in cases(seed) {
        for temperature in TEMPERATURES {
            rows.push(case.row(temperature)?);
        }
        sweeps.push(case.sweep()?);
    }
    let sharp = SHARP_SITES.map(|sites| Sharp::new(sites, SHARP_LIPSCHITZ));
    Ok(Verification {
        rows,
        sharp: sharp.into_iter().collect::<Result<_, _>>()?,
        sweeps,
    })
}
