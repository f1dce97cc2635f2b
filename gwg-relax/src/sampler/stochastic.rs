use super::Chain;
use crate::error::positive;
use crate::{Density, Normal, RelaxError};
use gwg_core::{Bits, Real};

/// Unbiased random estimates of the gradient of a log-density: from a mini-batch, or with noise of the user's.
pub trait StochasticGradient {
    /// The precision of all computations.
    type Real: Real;

    /// Writes an estimate of the gradient at `u`. May change its own memory.
    fn estimate<B: Bits>(&mut self, u: &[Self::Real], gradient: &mut [Self::Real], bits: &mut B);
}

/// The gradient of a density with independent normal noise added to each entry.
#[derive(Clone, Debug)]
pub struct Noisy<D: Density> {
    density: D,
    sd: f64,
    normal: Normal,
    scratch: Vec<D::Real>,
}

impl<D: Density> Noisy<D> {
    /// Adds noise of standard deviation `sd` to the gradients of a density.
    ///
    /// # Errors
    /// [`RelaxError::Parameter`] if `sd` is negative or not finite.
    pub fn new(density: D, sd: f64) -> Result<Self, RelaxError> {
        if sd != 0.0 {
            positive("sd", sd)?;
        }
        Ok(Self {
            scratch: vec![D::Real::ZERO; density.scratch_len()],
            density,
            sd,
            normal: Normal::default(),
        })
    }
}

impl<D: Density> StochasticGradient for Noisy<D> {
    type Real = D::Real;

    fn estimate<B: Bits>(&mut self, u: &[D::Real], gradient: &mut [D::Real], bits: &mut B) {
        self.density.evaluate(u, gradient, &mut self.scratch);
        for g in gradient {
            *g += D::Real::from_f64(self.sd * self.normal.draw(bits));
        }
    }
}

/// A log-density that is a prior plus a sum over data, of which each estimate takes a few.
///
/// The estimate is `prior(u) + (N / m) sum over m data drawn with replacement`. The closure adds the gradient of one term to a
/// slice: term 0 is the prior, term `k` in `1..=N` that of datum `k`.
#[derive(Clone, Debug)]
pub struct MiniBatch<R, F> {
    add_gradient: F,
    data: usize,
    batch: usize,
    sum: Vec<R>,
}

impl<R: Real, F: FnMut(usize, &[R], &mut [R])> MiniBatch<R, F> {
    /// Creates estimates from `batch` of `data` data.
    ///
    /// # Errors
    /// [`RelaxError::Parameter`] unless both are at least 1.
    pub fn new(data: usize, batch: usize, add_gradient: F) -> Result<Self, RelaxError> {
        positive("data", data as f64)?;
        positive("batch", batch as f64)?;
        Ok(Self {
            add_gradient,
            data,
            batch,
            sum: Vec::new(),
        })
    }
}

impl<R: Real, F: FnMut(usize, &[R], &mut [R])> StochasticGradient for MiniBatch<R, F> {
    type Real = R;

    fn estimate<B: Bits>(&mut self, u: &[R], gradient: &mut [R], bits: &mut B) {
        self.sum.clear();
        self.sum.resize(gradient.len(), R::ZERO);
        for _ in 0..self.batch {
            let k = 1 + bits.below(self.data);
            (self.add_gradient)(k, u, &mut self.sum);
        }
        let factor = R::from_f64(self.data as f64 / self.batch as f64);
        for (g, &sum) in gradient.iter_mut().zip(&self.sum) {
            *g = factor * sum;
        }
        (self.add_gradient)(0, u, gradient);
    }
}

/// Step sizes `a (b + t)^-c` (Welling, Teh 2011): constant for `c = 0`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepDecay {
    /// The factor.
    pub a: f64,
    /// The offset of the number of steps.
    pub b: f64,
    /// The exponent: in (1/2, 1] for convergence.
    pub c: f64,
}

/// **Biased.** Stochastic-gradient Langevin dynamics (SGLD): [`Langevin`](super::Langevin) steps on random estimates of the
/// gradient (Welling, Teh 2011).
///
/// `u' = u + h_t g + sqrt(2 h_t) z`, `g` an unbiased estimate. Noise of variance `s^2` in the gradient adds `h^2 s^2` to the
/// `2 h` of the diffusion, which raises the temperature by the factor `1 + h s^2 / 2`, on top of the bias of order `h` of the
/// discretization: of a normal density of variance `v` the variance is `(v + h v s^2 / 2) / (1 - h / (2 v))`. Both vanish only
/// as steps do.
///
/// # Cost
/// One estimate per step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StochasticLangevin {
    steps: StepDecay,
}

impl StochasticLangevin {
    /// Creates the sampler.
    ///
    /// # Errors
    /// [`RelaxError::Parameter`] unless `a` and `b` are positive and finite and `c` is in `[0, 1]`.
    pub fn new(steps: StepDecay) -> Result<Self, RelaxError> {
        positive("a", steps.a)?;
        positive("b", steps.b)?;
        if !(0.0..=1.0).contains(&steps.c) {
            return Err(RelaxError::Parameter {
                name: "c",
                found: steps.c,
                allowed: "0 to 1",
            });
        }
        Ok(Self { steps })
    }

    /// The step size after `t` steps.
    #[must_use]
    pub fn step_size(&self, t: u64) -> f64 {
        let StepDecay { a, b, c } = self.steps;
        a * Real::exp(-c * Real::ln(b + t as f64))
    }

    /// Makes one step. The chain's log-density and gradient are left as they were, and its gradient evaluations count estimates.
    pub fn step<G, B>(&self, gradient: &mut G, chain: &mut Chain<G::Real>, bits: &mut B)
    where
        G: StochasticGradient,
        B: Bits,
    {
        let step = self.step_size(chain.counts.steps);
        gradient.estimate(&chain.u, &mut chain.next.gradient, bits);
        let (h, noise) = (
            G::Real::from_f64(step),
            G::Real::from_f64((2.0 * step).sqrt()),
        );
        for (u, &g) in chain.u.iter_mut().zip(&chain.next.gradient) {
            *u += h * g + noise * G::Real::from_f64(chain.normal.draw(bits));
        }
        chain.counts.steps += 1;
        chain.counts.accepted += 1;
        chain.counts.gradients += 1;
    }
}
