use super::Svgd;
use crate::{BinaryRelaxation, Density, RelaxError, Relaxed};
use gwg_core::Real;

/// Stein variational gradient descent for a discrete distribution, without gradients of it (Han et al. 2020).
///
/// The target is the piecewise density `p_c(u)` proportional to `prod logistic(u_i) exp(f(1[u > 0]))`. The half-lines have base
/// probability 1/2 each (an even partition), so that the rounded state `1[u > 0]` is distributed as `exp(f)` **exactly** under
/// `p_c`. As `p_c` is not differentiable, the update takes the gradient of a surrogate `r`, the density of a
/// [`BinaryRelaxation`], with weights `w_j` proportional to `r(u_j) / p_c(u_j) = exp(f(sigma(u_j / T)) - f(1[u_j > 0]))`:
/// `phi(u) = sum_j w_j (k(u_j, u) grad ln r(u_j) + grad_{u_j} k(u_j, u))`, with the sum of weights 1.
///
/// # Bias
/// That of finitely many particles, as for [`Svgd`], and that of degenerate weights: at independent points of the base density
/// the effective share ([`effective`](Self::effective)) is .42 for 9 sites of an Ising lattice, .23 for 36 and .065 for 144
/// (`theta` = `bias` = .2, T = .5). A large share after updates is no sign of success: particles that have collapsed toward the
/// mode have equal weights. For three spins, 200 particles reach a total variation of .05; on a lattice of 100 sites, 50 have
/// an error of .31 in the mean of a site.
///
/// # Cost
/// Per update and particle a gradient of the relaxation and a value of the model, and that of [`Svgd`] for the kernel.
#[derive(Clone, Debug)]
pub struct DiscreteSvgd<R> {
    particles: Svgd<R>,
    weights: Vec<f64>,
}

impl<R: Real> DiscreteSvgd<R> {
    /// Begins with these particles and their step size.
    #[must_use]
    pub fn new(particles: Svgd<R>) -> Self {
        let weights = Vec::new();
        Self { particles, weights }
    }

    /// Moves all particles once, with `surrogate` as the differentiable surrogate.
    ///
    /// # Errors
    /// [`RelaxError::Length`] if the surrogate has another dimension.
    pub fn update<M>(&mut self, surrogate: &BinaryRelaxation<M>) -> Result<(), RelaxError>
    where
        M: Relaxed<Real = R>,
    {
        let Self { particles, weights } = self;
        let d = particles.dimension;
        crate::error::has_length("a particle", d, surrogate.dimension())?;
        particles
            .scratch
            .resize(surrogate.weight_scratch_len(), R::ZERO);
        weights.clear();
        let rows = particles.particles.chunks_exact(d);
        for (u, g) in rows.zip(particles.gradients.chunks_exact_mut(d)) {
            let log_density = surrogate.evaluate(u, g, &mut particles.scratch);
            weights.push(-surrogate.log_weight(u, log_density, &mut particles.scratch));
            particles.evaluations += 2;
        }
        normalize(weights);
        particles.transport(weights);
        Ok(())
    }

    /// The particles.
    pub fn particles(&self) -> impl Iterator<Item = &[R]> {
        self.particles.particles()
    }

    /// The effective number of particles in the last update, `1 / sum w^2`; 0 before the first.
    #[must_use]
    pub fn effective(&self) -> f64 {
        let squares: f64 = self.weights.iter().map(|w| w * w).sum();
        if squares > 0.0 { 1.0 / squares } else { 0.0 }
    }

    /// The number of evaluations of the model, where value and gradient are one, and those at the rounded states count.
    #[must_use]
    pub const fn evaluations(&self) -> u64 {
        self.particles.evaluations
    }
}

/// Replaces log-weights by weights of sum 1.
fn normalize(weights: &mut [f64]) {
    let largest = weights.iter().fold(f64::NEG_INFINITY, |m, &w| m.max(w));
    for w in weights.iter_mut() {
        *w = Real::exp(*w - largest);
    }
    let total: f64 = weights.iter().sum();
    for w in weights {
        *w /= total;
    }
}
