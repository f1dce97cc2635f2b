use super::langevin::drift;
use super::{Adjusted, Chain, Sampler};
use crate::error::positive;
use crate::{Density, RelaxError};
use gwg_core::{Bits, Real};

/// The Metropolis-adjusted Langevin algorithm (MALA): the proposal of [`Langevin`](super::Langevin), accepted or rejected.
///
/// # Acceptance
/// `min(1, q(u') r(u | u') / (q(u) r(u' | u)))` with `r(v | u)` the normal density of mean `u + h grad ln q(u)` and variance
/// `2 h` (Besag 1994; Roberts, Tweedie 1996). The density `q` is invariant for every `h`: what is left is the bias of `q`
/// itself, where it is a relaxation.
///
/// # Cost
/// One gradient per step. The optimal acceptance rate in many dimensions is .574 (Roberts, Rosenthal 1998); see
/// [`tune`](super::tune).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mala {
    step: f64,
}

impl Mala {
    /// Creates the sampler with the step size `h`.
    ///
    /// # Errors
    /// [`RelaxError::Parameter`] unless `h` is positive and finite.
    pub fn new(step: f64) -> Result<Self, RelaxError> {
        let step = positive("step", step)?;
        Ok(Self { step })
    }

    /// The logarithm of `q(to) r(from | to) / (q(from) r(to | from))`, where each end has its log-density and gradient.
    ///
    /// The squared distances are combined before they are summed: `|v - u - h g|^2 - |u - v - h k|^2`, over `-4 h`, is
    /// `-(v - u).(g + k) / 2 - h (|k|^2 - |g|^2) / 4`.
    fn log_ratio<R: Real>(&self, from: (&[R], &[R], f64), to: (&[R], &[R], f64)) -> f64 {
        let (mut along, mut squares) = (0.0, 0.0);
        for (((&u, &g), &v), &k) in from.0.iter().zip(from.1).zip(to.0).zip(to.1) {
            along += (v - u).to_f64() * (g + k).to_f64();
            squares += (k - g).to_f64() * (k + g).to_f64();
        }
        to.2 - from.2 - 0.5 * along - 0.25 * self.step * squares
    }
}

impl Adjusted for Mala {
    const TARGET: f64 = 0.574;

    fn step_size(&self) -> f64 {
        self.step
    }

    fn with_step_size(self, step: f64) -> Self {
        Self { step }
    }
}

impl<D: Density> Sampler<D> for Mala {
    fn step<B: Bits>(&self, density: &D, chain: &mut Chain<D::Real>, bits: &mut B) -> f64 {
        drift(chain, self.step, bits);
        chain.evaluate_next(density);
        let next = &chain.next;
        let log_ratio = self.log_ratio(
            (&chain.u, &chain.gradient, chain.log_density),
            (&next.u, &next.gradient, next.log_density),
        );
        chain.decide(log_ratio, bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The density of the proposal, up to a constant, from its definition.
    fn log_proposal(h: f64, from: (&[f64], &[f64], f64), to: &[f64]) -> f64 {
        let distance: f64 = (0..to.len())
            .map(|i| (to[i] - from.0[i] - h * from.1[i]).powi(2))
            .sum();
        -distance / (4.0 * h)
    }

    #[test]
    fn the_ratio_is_that_of_the_definition() {
        let u: (&[f64], &[f64], f64) = (&[0.3, -1.2], &[0.7, 2.0], -1.5);
        let v: (&[f64], &[f64], f64) = (&[0.9, 0.4], &[-0.4, 0.6], -2.25);
        for h in [0.01, 0.3, 2.0] {
            let wanted = v.2 - u.2 + log_proposal(h, v, u.0) - log_proposal(h, u, v.0);
            let mala = Mala::new(h).unwrap();
            assert!((mala.log_ratio(u, v) - wanted).abs() < 1e-12);
            assert!((mala.log_ratio(v, u) + wanted).abs() < 1e-12);
        }
        assert!(Mala::new(-1.0).is_err() && Mala::new(f64::NAN).is_err());
    }
}
