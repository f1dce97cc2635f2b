//! Convergence diagnostics: rank-normalized split R-hat, bulk and tail effective sample size, Monte Carlo standard error.
//!
//! The definitions are those of Vehtari, Gelman, Simpson, Carpenter and Bürkner (2021), "Rank-normalization, folding, and
//! localization: an improved R-hat for assessing convergence of MCMC", Bayesian Analysis 16(2), doi:10.1214/20-BA1221; where the
//! paper leaves a detail open (the end of Geyer's sequence, quantiles, ties) they follow ArviZ 1.x, so that the numbers here and
//! those of `arviz.rhat`, `arviz.ess` and `arviz.mcse` on the same draws are the same numbers.
//!
//! * Every function takes [`Draws`], a checked view of one scalar quantity: equally many draws from each chain.
//! * A result that is not defined is `None`, never NaN: fewer than [`MIN_DRAWS`] draws per chain, a value that is not finite, or a quantity
//!   that never changes. R-hat also needs two chains.
//! * Results do not depend on the number of threads, nor on the order in which threads finish.
//!
//! ```
//! use gwg_chains::diagnostics::{Draws, summarize};
//!
//! let a = [1.0, 2.0, 1.5, 0.5, 1.0, 1.8];
//! let b = [1.2, 0.4, 1.9, 1.1, 0.7, 1.6];
//! let draws = Draws::new(&[&a, &b])?;
//! assert!(summarize(&draws).rhat.is_some());
//! # Ok::<(), gwg_chains::diagnostics::DrawsError>(())
//! ```

mod draws;
mod ess;
mod fft;
mod moments;
mod normal;
mod plots;
mod rank;
mod rhat;
mod sites;

use serde::Serialize;

pub use self::draws::{Draws, DrawsError};
pub use self::moments::Moments;
pub use self::plots::{autocorrelation, rank_histogram};
pub(crate) use self::sites::ChainBits;
pub use self::sites::{SiteDraws, SiteFigure, SiteStatistics};

use self::moments::mean_and_squares;
use self::rank::{Sorted, indicator};

/// The fewest draws per chain for which R-hat, ESS and MCSE are defined (two in each half).
pub const MIN_DRAWS: usize = 4;

/// The largest R-hat at which chains count as converged (section 4 of the paper).
pub const RHAT: f64 = 1.01;

/// Probabilities of the two quantiles whose smaller ESS is the tail ESS.
pub const TAIL: [f64; 2] = [0.05, 0.95];

/// The mean and the standard deviation of one scalar quantity, and the quality of its draws.
///
/// Serializes with `None` as `null`. An infinite R-hat (see [`rhat`]) is `null` in JSON too, which has no infinity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Summary {
    /// [`mean`], in the unit of the quantity.
    pub mean: Option<f64>,
    /// [`sd`], in the unit of the quantity.
    pub sd: Option<f64>,
    /// [`mcse_mean`], in the unit of the quantity.
    pub mcse: Option<f64>,
    /// [`ess_bulk`], in draws.
    pub ess_bulk: Option<f64>,
    /// [`ess_tail`], in draws.
    pub ess_tail: Option<f64>,
    /// [`rhat`], without unit.
    pub rhat: Option<f64>,
}

/// Computes every figure of [`Summary`], with one sort for all of them.
///
/// # Cost
/// One sort of all draws and O(N log N) for four sets of autocovariances, shared by rayon's threads; about 100 bytes per draw.
#[must_use]
pub fn summarize(draws: &Draws<'_>) -> Summary {
    let mut summary = Summary {
        mean: mean(draws),
        sd: sd(draws),
        ..Summary::default()
    };
    if !defined(draws) {
        return summary;
    }
    let sorted = Sorted::new(draws);
    let fft = ess::plan(draws);
    let mut bulk = sorted.split_z(draws);
    let ess_mean = || ess::ess(&mut draws.split(), draws.half(), &fft);
    let tail = || tail_of(draws, &sorted, &fft);
    let rhat = || rhat::rank(draws, &sorted, &bulk);
    let ((mean_size, tail), rhat) = rayon::join(|| rayon::join(ess_mean, tail), rhat);
    summary.mcse = mcse_of(summary.sd, mean_size);
    summary.ess_tail = tail;
    summary.rhat = rhat;
    summary.ess_bulk = ess::ess(&mut bulk, draws.half(), &fft);
    summary
}

/// Mean of all draws; `None` if there is none or it is not finite.
#[must_use]
pub fn mean(draws: &Draws<'_>) -> Option<f64> {
    finite(mean_and_squares(draws.iter())?.0)
}

/// Standard deviation of all draws (divisor N - 1); `None` with fewer than two draws or if it is not finite.
#[must_use]
pub fn sd(draws: &Draws<'_>) -> Option<f64> {
    let divisor = draws.chains() as f64 * draws.draws() as f64 - 1.0;
    finite((mean_and_squares(draws.iter())?.1 / divisor).sqrt())
}

/// Rank-normalized split R-hat: the larger of bulk and folded R-hat (section 4 of the paper).
///
/// Infinite where every half chain is constant and not all have the same value.
/// `None` with one chain, as in ArviZ, though the split would make it computable.
///
/// # Cost
/// One sort of all draws.
#[must_use]
pub fn rhat(draws: &Draws<'_>) -> Option<f64> {
    if !defined(draws) {
        return None;
    }
    let sorted = Sorted::new(draws);
    rhat::rank(draws, &sorted, &sorted.split_z(draws))
}

/// Bulk ESS in draws: the effective sample size of the rank-normalized split chains.
///
/// May exceed the number of draws N for antithetic chains, up to N log10 N.
///
/// # Cost
/// One sort of all draws and O(N log N) for the autocovariances.
#[must_use]
pub fn ess_bulk(draws: &Draws<'_>) -> Option<f64> {
    if !defined(draws) {
        return None;
    }
    let mut bulk = Sorted::new(draws).split_z(draws);
    ess::ess(&mut bulk, draws.half(), &ess::plan(draws))
}

/// Tail ESS in draws: the smaller of [`ess_quantile`] at the probabilities [`TAIL`].
///
/// `arviz.summary` of ArviZ 1.x uses other quantiles by default (its `ci_prob`, 0.89, and 1 minus that); the same number comes from
/// `arviz.ess(data, method="tail", prob=(0.05, 0.95))`.
#[must_use]
pub fn ess_tail(draws: &Draws<'_>) -> Option<f64> {
    if !defined(draws) {
        return None;
    }
    tail_of(draws, &Sorted::new(draws), &ess::plan(draws))
}

/// ESS in draws of the indicator "at most the quantile of probability `prob`", split; the quantile interpolates linearly (type 7 of Hyndman and Fan).
///
/// Equals the number of draws where the indicator is constant, as happens at the edge of a discrete quantity.
/// `None` if `prob` is not in [0, 1].
#[must_use]
pub fn ess_quantile(draws: &Draws<'_>, prob: f64) -> Option<f64> {
    if !defined(draws) || !(0.0..=1.0).contains(&prob) {
        return None;
    }
    quantile_of(draws, &Sorted::new(draws), prob, &ess::plan(draws))
}

/// ESS in draws of the split chains as they are, without ranks: the one that belongs to the mean.
#[must_use]
pub fn ess_mean(draws: &Draws<'_>) -> Option<f64> {
    if !defined(draws) {
        return None;
    }
    ess::ess(&mut draws.split(), draws.half(), &ess::plan(draws))
}

/// Monte Carlo standard error of the mean, [`sd`] / sqrt([`ess_mean`]), in the unit of the quantity.
#[must_use]
pub fn mcse_mean(draws: &Draws<'_>) -> Option<f64> {
    mcse_of(sd(draws), ess_mean(draws))
}

fn mcse_of(sd: Option<f64>, ess: Option<f64>) -> Option<f64> {
    finite(sd? / ess?.sqrt())
}

fn tail_of(draws: &Draws<'_>, sorted: &Sorted, fft: &fft::Fft) -> Option<f64> {
    let [low, high] = TAIL;
    let (low, high) = rayon::join(
        || quantile_of(draws, sorted, low, fft),
        || quantile_of(draws, sorted, high, fft),
    );
    Some(low?.min(high?))
}

fn quantile_of(draws: &Draws<'_>, sorted: &Sorted, prob: f64, fft: &fft::Fft) -> Option<f64> {
    let mut below = indicator(draws, sorted.quantile(prob)? + sorted.tie);
    ess::ess(&mut below, draws.half(), fft)
}

/// Long enough, finite, and not one value throughout.
fn defined(draws: &Draws<'_>) -> bool {
    let first = draws.iter().next();
    draws.draws() >= MIN_DRAWS
        && draws.iter().all(f64::is_finite)
        && draws.iter().any(|x| Some(x) != first)
}

fn finite(x: f64) -> Option<f64> {
    x.is_finite().then_some(x)
}
