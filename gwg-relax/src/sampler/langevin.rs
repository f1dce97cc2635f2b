use super::{Chain, Sampler};
use crate::error::positive;
use crate::{Density, RelaxError};
use gwg_core::{Bits, Real};

/// **Biased.** The unadjusted Langevin algorithm (ULA): `u' = u + h grad ln q(u) + sqrt(2 h) z`, `z` standard normal.
///
/// The Euler-Maruyama discretization of the Langevin diffusion, which leaves `q` invariant (Parisi 1981; Roberts, Tweedie
/// 1996). The stationary distribution of the discretization differs by a bias of order `h`: of a normal density of variance
/// `v` the variance is `v / (1 - h / (2 v))`, and there is no stationary distribution for `h >= 2 v`. On a
/// [`BinaryRelaxation`](crate::BinaryRelaxation), this adds to the bias of the density; the gradients there grow as `1 / T`, so
/// `h` must be well below `T^2 / max |gradient of f|`.
///
/// # Cost
/// One gradient per step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Langevin {
    step: f64,
}

impl Langevin {
    /// Creates the sampler with the step size `h`.
    ///
    /// # Errors
    /// [`RelaxError::Parameter`] unless `h` is positive and finite.
    pub fn unadjusted(step: f64) -> Result<Self, RelaxError> {
        let step = positive("step", step)?;
        Ok(Self { step })
    }
}

/// Writes `u + h gradient + sqrt(2 h) z`.
pub(super) fn drift<R: Real, B: Bits>(chain: &mut Chain<R>, step: f64, bits: &mut B) {
    let (h, noise) = (R::from_f64(step), R::from_f64((2.0 * step).sqrt()));
    for ((to, &u), &g) in chain.next.u.iter_mut().zip(&chain.u).zip(&chain.gradient) {
        *to = u + h * g + noise * R::from_f64(chain.normal.draw(bits));
    }
}

impl<D: Density> Sampler<D> for Langevin {
    fn step<B: Bits>(&self, density: &D, chain: &mut Chain<D::Real>, bits: &mut B) -> f64 {
        drift(chain, self.step, bits);
        chain.evaluate_next(density);
        chain.move_to_next();
        chain.counts.steps += 1;
        chain.counts.accepted += 1;
        1.0
    }
}
