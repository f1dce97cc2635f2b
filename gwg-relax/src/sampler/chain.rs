use crate::error::{all_finite, has_length};
use crate::{Density, Normal, RelaxError};
use gwg_core::{Bits, Real, StepCounts, accept};

/// The state of a chain on `R^n`: a point with the log-density and its gradient there, and memory for proposals.
///
/// A clone continues the same path bit for bit, given the same bits.
#[derive(Clone, Debug)]
pub struct Chain<R> {
    pub(super) u: Vec<R>,
    pub(super) gradient: Vec<R>,
    pub(super) log_density: f64,
    pub(super) next: Proposal<R>,
    pub(super) momentum: Vec<R>,
    pub(super) normal: Normal,
    pub(super) counts: StepCounts,
    scratch: Vec<R>,
}

/// A proposed point.
#[derive(Clone, Debug)]
pub(super) struct Proposal<R> {
    pub(super) u: Vec<R>,
    pub(super) gradient: Vec<R>,
    pub(super) log_density: f64,
}

impl<R: Real> Chain<R> {
    /// Starts a chain at `u`.
    ///
    /// # Errors
    /// [`RelaxError::Length`] unless `u` has one number per coordinate, [`RelaxError::NotFinite`] if one of them, the
    /// log-density or an entry of its gradient is not finite.
    pub fn new<D: Density<Real = R>>(density: &D, u: Vec<R>) -> Result<Self, RelaxError> {
        let n = density.dimension();
        has_length("u", u.len(), n)?;
        all_finite("u", &u)?;
        let mut chain = Self {
            next: Proposal {
                u: vec![R::ZERO; n],
                gradient: vec![R::ZERO; n],
                log_density: 0.0,
            },
            u,
            gradient: vec![R::ZERO; n],
            log_density: 0.0,
            momentum: vec![R::ZERO; n],
            normal: Normal::default(),
            counts: StepCounts::default(),
            scratch: vec![R::ZERO; density.scratch_len()],
        };
        chain.reevaluate(density);
        all_finite("log-density", &[chain.log_density])?;
        all_finite("gradient", &chain.gradient)?;
        Ok(chain)
    }

    /// Evaluates a changed density at the chain's point: after a change of its temperature or parameters.
    pub fn reevaluate<D: Density<Real = R>>(&mut self, density: &D) {
        self.counts.gradients += 1;
        self.log_density = density.evaluate(&self.u, &mut self.gradient, &mut self.scratch);
    }

    /// The point.
    #[must_use]
    pub fn u(&self) -> &[R] {
        &self.u
    }

    /// The log-density at the point, up to a constant.
    #[must_use]
    pub const fn log_density(&self) -> f64 {
        self.log_density
    }

    /// The gradient of the log-density at the point.
    #[must_use]
    pub fn gradient(&self) -> &[R] {
        &self.gradient
    }

    /// Steps, accepted steps and evaluations of the gradient since the start.
    #[must_use]
    pub const fn counts(&self) -> StepCounts {
        self.counts
    }

    /// Evaluates the proposed point.
    pub(super) fn evaluate_next<D: Density<Real = R>>(&mut self, density: &D) {
        self.counts.gradients += 1;
        let next = &mut self.next;
        next.log_density = density.evaluate(&next.u, &mut next.gradient, &mut self.scratch);
    }

    /// Moves to the proposed point with probability `min(1, exp(log_ratio))`, which is returned; NaN is rejected.
    pub(super) fn decide<B: Bits>(&mut self, log_ratio: f64, bits: &mut B) -> f64 {
        let ratio = Real::exp(log_ratio);
        self.counts.invalid += u64::from(ratio.is_nan());
        if accept::accept(ratio, bits) {
            self.move_to_next();
            self.counts.accepted += 1;
        }
        self.counts.steps += 1;
        accept::probability(ratio)
    }

    /// Moves to the proposed point.
    pub(super) fn move_to_next(&mut self) {
        core::mem::swap(&mut self.u, &mut self.next.u);
        core::mem::swap(&mut self.gradient, &mut self.next.gradient);
        self.log_density = self.next.log_density;
    }
}
