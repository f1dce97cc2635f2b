use super::law::{Law, Logs};
use crate::ModelError;
use crate::number::{self, at, spin, symbol};
use crate::random::Draws;
use gwg_core::{Binary, Bits, Real};

/// The posterior of a factorial hidden Markov model (Ghahramani and Jordan 1997): `factors` independent binary
/// chains, of which only a noisy weighted sum is observed.
///
/// Site `t * factors + k` is chain `k` at time `t`. `p(x_0k = 1) = start`, `p(x_(t+1)k = x_tk) = keep`,
/// `y_t ~ Normal(w.x_t + b, sigma)`, and `f(x) = log p(x, y)` **including its constants**, so that `log Z` at inverse
/// temperature 1 is the log evidence `log p(y)`: see [`posterior`](Self::posterior).
///
/// # First-order differences
/// The gradient is that of the multilinear extension of `f` (with `x^2 = x` on the cube), so that first-order
/// differences are exact. The formula `-(y - w.x)^2 / (2 sigma^2)` itself has the curvature `-w_k^2 / sigma^2` along
/// each site; the experiment of the paper differentiates it: see [`QuadraticFhmm`](super::QuadraticFhmm).
///
/// # Memory and cost
/// One number per time: the residual `r_t = y_t - b - w.x_t`, recomputed whenever a site of its time changes, so that
/// it does not drift. `df/dx_tk = w_k (r_t + (x_tk - 1/2) w_k) / sigma^2 + L (2 x_(t-1)k - 1) + L (2 x_(t+1)k - 1)`,
/// `L = ln(keep / (1 - keep))`; a move changes `factors + 2` differences, in `O(factors)`.
///
/// ```
/// use gwg_core::Target;
/// use gwg_models::fhmm::{Fhmm, Law};
///
/// let model = Fhmm::<f64>::random(100, 10, Law::default(), 1)?;
/// let truth = model.truth().expect("drawn");
/// let posterior = model.posterior()?;
/// // Bayes: log p(x, y) = log p(y) + log p(x | y), and the latter is no more than 0.
/// assert!(model.log_prob(truth) < posterior.log_evidence());
/// # Ok::<(), gwg_models::ModelError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Fhmm<R> {
    pub(super) space: Binary,
    pub(super) weights: Vec<R>,
    pub(super) bias: R,
    pub(super) observations: Vec<R>,
    pub(super) law: Law,
    pub(super) logs: Logs,
    /// `w_k / sigma^2`.
    pub(super) gains: Vec<R>,
    /// `ln(keep / (1 - keep))`.
    pub(super) stay: R,
    /// `ln(start / (1 - start))`.
    pub(super) first: R,
    truth: Option<Vec<u8>>,
}

impl<R: Real> Fhmm<R> {
    /// Creates the model with one weight per factor, the bias, and one observation per time.
    ///
    /// # Errors
    /// [`ModelError::Parameter`] unless there is at least one factor and one time, `times * factors` fits into 32
    /// bits, the constants of `law` are in their ranges, and `sigma` is large enough that `f` is finite;
    /// [`ModelError::NotFinite`] with the first weight or observation that is not finite.
    pub fn new(
        weights: Vec<R>,
        bias: f64,
        observations: Vec<R>,
        law: Law,
    ) -> Result<Self, ModelError> {
        let sites = sites(observations.len(), weights.len())?;
        law.check()?;
        number::all_finite("w", &weights, &[weights.len()])?;
        number::all_finite("y", &observations, &[observations.len()])?;
        let bias = number::scalar("b", bias)?;
        let gain = |w: &R| R::from_f64(w.to_f64() / law.sigma / law.sigma);
        let logs = Logs::new(&law);
        let model = Self {
            space: Binary::new(sites),
            gains: weights.iter().map(gain).collect(),
            weights,
            bias,
            observations,
            law,
            logs,
            stay: R::from_f64(logs.keep - logs.change),
            first: R::from_f64(logs.one - logs.zero),
            truth: None,
        };
        model.check_range()?;
        Ok(model)
    }

    /// Creates a random model as in the paper: `w_k ~ N(0, 1)`, `b ~ N(0, 1)`, with hidden chains and observations
    /// drawn from the model itself.
    ///
    /// # Errors
    /// Those of [`new`](Self::new).
    pub fn random(length: usize, factors: usize, law: Law, seed: u64) -> Result<Self, ModelError> {
        let sites = sites(length, factors)?;
        law.check()?;
        let mut draws = Draws::new("fhmm", seed);
        let weights: Vec<f64> = draws.normals(factors, 1.0);
        let bias = draws.normal();
        let mut truth = vec![0; sites];
        law.draw(factors, &mut truth, || draws.uniform());
        let observations = truth.chunks(factors).map(|row| {
            let mean = bias + weighted(&weights, row);
            R::from_f64(mean + law.sigma * draws.normal())
        });
        let observations = observations.collect();
        let weights = weights.into_iter().map(R::from_f64).collect();
        let model = Self::new(weights, bias, observations, law)?;
        Ok(Self {
            truth: Some(truth),
            ..model
        })
    }

    /// Rejects parameters for which `f` can overflow: at the residual with all weights added.
    fn check_range(&self) -> Result<(), ModelError> {
        let bias = self.bias.to_f64();
        let off = |far: f64, y: &R| Real::max(far, (y.to_f64() - bias).abs());
        let reach: f64 = self.weights.iter().map(|w| w.to_f64().abs()).sum();
        let farthest = reach + self.observations.iter().fold(0.0, off);
        let standard = farthest / self.law.sigma;
        let worst = standard * standard * self.length() as f64;
        let finite = |x: f64| R::from_f64(x).is_finite();
        if finite(farthest) && finite(worst) && self.gains.iter().all(|g| g.is_finite()) {
            return Ok(());
        }
        Err(ModelError::Parameter {
            name: "sigma",
            found: format!("{:?}", self.law.sigma),
            allowed: "large enough that f is finite in the requested precision",
        })
    }

    /// The number of times.
    #[must_use]
    pub fn length(&self) -> usize {
        self.observations.len()
    }

    /// The number of chains.
    #[must_use]
    pub fn factors(&self) -> usize {
        self.weights.len()
    }

    /// The weights `w`, one per factor.
    #[must_use]
    pub fn weights(&self) -> &[R] {
        &self.weights
    }

    /// The bias `b`.
    #[must_use]
    pub const fn bias(&self) -> R {
        self.bias
    }

    /// The observations `y`, one per time.
    #[must_use]
    pub fn observations(&self) -> &[R] {
        &self.observations
    }

    /// The constants.
    #[must_use]
    pub const fn law(&self) -> Law {
        self.law
    }

    /// The hidden chains from which the observations of a [`random`](Self::random) model were drawn.
    #[must_use]
    pub fn truth(&self) -> Option<&[u8]> {
        self.truth.as_deref()
    }

    /// Draws a configuration from the prior distribution of the hidden chains, as the start of the chains in the paper.
    pub fn draw_prior<B: Bits>(&self, x: &mut [u8], bits: &mut B) {
        self.law.draw(self.factors(), x, || bits.unit());
    }

    /// The reconstruction of the observations: `w.x_t + b`, the mean of `y_t` given `x`, for each time in order.
    pub fn reconstruction(&self, x: &[u8]) -> impl Iterator<Item = f64> {
        let rows = x.chunks_exact(self.factors());
        rows.map(|row| self.bias.to_f64() + weighted(&self.weights, row))
    }

    /// The reconstruction error: the mean over times of `(y_t - w.x_t - b)^2`. (The code of the paper uses the sum.)
    #[must_use]
    pub fn mean_squared_residual(&self, x: &[u8]) -> f64 {
        let residuals = self.observations.iter().zip(self.reconstruction(x));
        let squares = residuals.map(|(y, mean)| (y.to_f64() - mean) * (y.to_f64() - mean));
        squares.sum::<f64>() / self.length() as f64
    }

    /// The time and the factor of a site.
    #[inline(always)]
    pub(super) fn place(&self, site: usize) -> (usize, usize) {
        // There is at least one factor: the 1 is never used.
        let factors = self.factors().max(1);
        (site / factors, site % factors)
    }

    /// The sites of a time.
    #[inline(always)]
    pub(super) fn row<'x>(&self, x: &'x [u8], time: usize) -> &'x [u8] {
        let first = time.saturating_mul(self.factors());
        x.get(first..first.saturating_add(self.factors()))
            .unwrap_or(&[])
    }

    /// `r_t = y_t - b - w.x_t`, rounded once: near the posterior mode it is a small difference of large sums.
    #[inline(always)]
    pub(super) fn residual(&self, x: &[u8], time: usize) -> R {
        R::from_f64(self.wide_residual(at(&self.observations, time), self.row(x, time)))
    }

    /// The same in f64.
    #[inline(always)]
    pub(super) fn wide_residual(&self, y: R, row: &[u8]) -> f64 {
        y.to_f64() - self.bias.to_f64() - weighted(&self.weights, row)
    }

    /// The contribution of the prior to `df/dx`, from the neighbors in time.
    #[inline(always)]
    pub(super) fn pull(&self, x: &[u8], site: usize) -> R {
        let factors = self.factors();
        let before = match site.checked_sub(factors) {
            Some(before) => self.stay * spin(symbol(x, before)),
            None => self.first,
        };
        match x.get(site + factors) {
            Some(&after) => before + self.stay * spin(after),
            None => before,
        }
    }

    /// The contribution of the observation to `df/dx` of a site with value `here`, for the given extension.
    #[inline(always)]
    pub(super) fn push<const QUADRATIC: bool>(&self, factor: usize, here: u16, residual: R) -> R {
        let gain = at(&self.gains, factor);
        if QUADRATIC {
            return gain * residual;
        }
        // At the midpoint, the square has the slope of its chord.
        gain * (residual + (bit::<R>(here) - R::HALF) * at(&self.weights, factor))
    }
}

/// 0 or 1.
#[inline(always)]
pub(super) fn bit<R: Real>(symbol: impl Into<u16>) -> R {
    [R::ZERO, R::ONE][usize::from(symbol.into() & 1)]
}

/// `w.x_t`.
#[inline(always)]
pub(super) fn weighted<R: Real>(weights: &[R], row: &[u8]) -> f64 {
    let terms = weights.iter().zip(row);
    terms.fold(0.0, |sum, (w, &s)| sum + w.to_f64() * bit::<f64>(s))
}

fn sites(length: usize, factors: usize) -> Result<usize, ModelError> {
    number::sites("length", length)?;
    number::sites("factors", factors)?;
    number::sites("length * factors", length.saturating_mul(factors))
}
