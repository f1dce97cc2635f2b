//! What the theory says of Gibbs-With-Gradients against what is, on spaces small enough to enumerate.
//!
//! Let Q be the locally balanced kernel on exact differences and Q~ the one on first-order differences, both with
//! proposals in proportion to `exp(d / tau)` (`tau = 2` is the balancing function sqrt). Where the gradient of f is
//! L-Lipschitz and no move is longer than `D_H`, theorem 1 of Grathwohl et al. (2021) says, with
//! `c = exp(-L D_H^2 / tau)`,
//!
//! - `Gap(Q~) >= c Gap(Q)`, and
//! - `var(h, Q~) + Var(h) <= (var(h, Q) + Var(h)) / c` for every h (their `var(h, Q~) <= var(h, Q) / c + (1 - c) / c Var(h)`).
//!
//! Its proof serves any c with `Q~(x, y) >= c Q(x, y)` for all `x != y`; [`Constants`] has five, from the theorem's to the
//! best there is. [`verify`] measures both sides on every case of [`cases`]; [`judge`] judges.

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

/// Random functions that the inequality of variances is checked on, for each row.
pub const FUNCTIONS: usize = 200;
/// Proposal temperatures of the rows.
pub const TEMPERATURES: [f64; 3] = [1.0, 2.0, 4.0];
/// L of the sharp family.
const SHARP_LIPSCHITZ: f64 = 2.0;
/// D of the sharp family.
const SHARP_SITES: [usize; 3] = [2, 4, 8];

/// Everything that was measured.
#[derive(Clone, Debug)]
pub struct Verification {
    /// One for each case and each of [`TEMPERATURES`].
    pub rows: Vec<Row>,
    /// The family on which the constant is nearly reached.
    pub sharp: Vec<Sharp>,
    /// Gaps over temperatures, one for each case.
    pub sweeps: Vec<Sweep>,
}

/// Measures all cases with parameters and functions drawn from `seed`.
///
/// # Cost
/// A second or two: some thousand kernels on at most 256 states.
///
/// # Errors
/// [`AnalysisError`] where a kernel cannot be analysed.
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
