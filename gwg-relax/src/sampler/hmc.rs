use super::{Adjusted, Chain, Sampler};
use crate::error::positive;
use crate::{Density, RelaxError};
use gwg_core::{Bits, Real};

/// Hamiltonian Monte Carlo: leapfrog trajectories of `u` and a normal momentum, accepted or rejected (Duane et al. 1987;
/// Neal 2011).
///
/// # Acceptance
/// `min(1, exp(H - H'))`, `H = -ln q(u) + |p|^2 / 2`, after `leapfrog` steps of size `h` from a fresh momentum. The step size of
/// each trajectory is drawn uniformly from `h (1 - jitter), h (1 + jitter)`, which prevents trajectories that return to their
/// start. The density `q` is invariant for every `h`: what is left is the bias of `q` itself, where it is a relaxation.
///
/// # Cost
/// `leapfrog` gradients per step. See [`tune`](super::tune) for the step size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hmc {
    step: f64,
    leapfrog: usize,
    jitter: f64,
}

impl Hmc {
    /// Creates the sampler with the step size `h` and the number of leapfrog steps, without jitter.
    ///
    /// # Errors
    /// [`RelaxError::Parameter`] unless `h` is positive and finite and `leapfrog` is at least 1.
    pub fn new(step: f64, leapfrog: usize) -> Result<Self, RelaxError> {
        positive("leapfrog", leapfrog as f64)?;
        Ok(Self {
            step: positive("step", step)?,
            leapfrog,
            jitter: 0.0,
        })
    }

    /// Sets the relative width of the distribution of step sizes.
    ///
    /// # Errors
    /// [`RelaxError::Parameter`] unless it is in `[0, 1)`.
    pub fn with_jitter(self, jitter: f64) -> Result<Self, RelaxError> {
        if (0.0..1.0).contains(&jitter) {
            return Ok(Self { jitter, ..self });
        }
        Err(RelaxError::Parameter {
            name: "jitter",
            found: jitter,
            allowed: "0 to 1, below 1",
        })
    }
}

impl Adjusted for Hmc {
    const TARGET: f64 = 0.8;

    fn step_size(&self) -> f64 {
        self.step
    }

    fn with_step_size(self, step: f64) -> Self {
        Self { step, ..self }
    }
}

fn kinetic<R: Real>(momentum: &[R]) -> f64 {
    0.5 * momentum
        .iter()
        .map(|p| p.to_f64() * p.to_f64())
        .sum::<f64>()
}

fn add<R: Real>(factor: f64, x: &[R], to: &mut [R]) {
    let factor = R::from_f64(factor);
    for (to, &x) in to.iter_mut().zip(x) {
        *to += factor * x;
    }
}

/// Leapfrog steps from the chain's point and momentum to the proposed point.
fn leapfrog<D: Density>(density: &D, chain: &mut Chain<D::Real>, step: f64, steps: usize) {
    chain.next.u.copy_from_slice(&chain.u);
    add(0.5 * step, &chain.gradient, &mut chain.momentum);
    for k in 0..steps {
        add(step, &chain.momentum, &mut chain.next.u);
        chain.evaluate_next(density);
        let half = if k + 1 == steps { 0.5 } else { 1.0 };
        add(half * step, &chain.next.gradient, &mut chain.momentum);
    }
}

impl<D: Density> Sampler<D> for Hmc {
    fn step<B: Bits>(&self, density: &D, chain: &mut Chain<D::Real>, bits: &mut B) -> f64 {
        chain.normal.fill(&mut chain.momentum, bits);
        let before = chain.log_density - kinetic(&chain.momentum);
        let spread = self.jitter * (2.0 * bits.unit::<f64>() - 1.0);
        leapfrog(density, chain, self.step * (1.0 + spread), self.leapfrog);
        let after = chain.next.log_density - kinetic(&chain.momentum);
        chain.decide(after - before, bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gwg_core::SplitMix64;

    /// `ln q = -u^4 / 4 - u v - v^2`.
    struct Bent;

    impl Density for Bent {
        type Real = f64;
        fn dimension(&self) -> usize {
            2
        }
        fn evaluate(&self, u: &[f64], gradient: &mut [f64], _: &mut [f64]) -> f64 {
            gradient.copy_from_slice(&[-u[0].powi(3) - u[1], -u[0] - 2.0 * u[1]]);
            -u[0].powi(4) / 4.0 - u[0] * u[1] - u[1] * u[1]
        }
    }

    #[test]
    fn trajectories_are_reversible_and_conserve_energy_to_second_order() {
        let mut errors = Vec::new();
        for (h, steps) in [(0.1, 20), (0.05, 40)] {
            let mut chain = Chain::new(&Bent, vec![0.8, -0.3]).unwrap();
            chain
                .normal
                .fill(&mut chain.momentum, &mut SplitMix64::new(1));
            let start = chain.momentum.clone();
            let energy = kinetic(&start) - chain.log_density;
            leapfrog(&Bent, &mut chain, h, steps);
            errors.push((kinetic(&chain.momentum) - chain.next.log_density - energy).abs());
            chain.move_to_next();
            for p in &mut chain.momentum {
                *p = -*p;
            }
            leapfrog(&Bent, &mut chain, h, steps);
            let back = [0.8, -0.3, -start[0], -start[1]];
            let found = [
                chain.next.u[0],
                chain.next.u[1],
                chain.momentum[0],
                chain.momentum[1],
            ];
            assert!(back.iter().zip(found).all(|(a, b)| (a - b).abs() < 1e-12));
        }
        assert!(errors[0] < 0.02, "{errors:?}");
        let ratio = errors[0] / errors[1];
        assert!((3.0..5.5).contains(&ratio), "{errors:?}");
    }
}
