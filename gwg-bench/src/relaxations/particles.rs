use super::method::RelaxedMethod;
use gwg_chains::generator;
use gwg_core::Real;
use gwg_relax::{BinaryRelaxation, DiscreteSvgd, RelaxError, Relaxed, Svgd, logistic};

/// Updates after which particles no longer move: they descend to a fixed point, and more updates do not change what they have in common.
pub const MOST_UPDATES: u64 = 1000;
/// The step size of AdaGrad.
const STEP: f64 = 0.05;

/// Particles of Stein variational gradient descent.
#[derive(Debug)]
pub struct RelaxedParticles<'m, M: Relaxed + ?Sized> {
    density: BinaryRelaxation<&'m M>,
    kind: Kind<M::Real>,
}

#[derive(Debug)]
enum Kind<R> {
    Relaxed(Svgd<R>),
    Discrete(DiscreteSvgd<R>),
}

impl<'m, M: Relaxed + ?Sized> RelaxedParticles<'m, M> {
    /// Starts so many particles at draws of the base density: [`RelaxedMethod::DiscreteSvgd`], or for any other method on the relaxed density.
    ///
    /// # Errors
    /// Those of [`BinaryRelaxation::new`] and [`Svgd::new`].
    pub fn new(
        model: &'m M,
        method: RelaxedMethod,
        temperature: f64,
        (particles, seed): (usize, u64),
    ) -> Result<Self, RelaxError> {
        let density = BinaryRelaxation::new(model, temperature)?;
        let sites = model.weights();
        let mut start = Vec::with_capacity(particles.saturating_mul(sites));
        for particle in 0..particles as u64 {
            let mut bits = generator(seed, particle);
            start.extend((0..sites).map(|_| logistic::<M::Real, _>(&mut bits)));
        }
        let svgd = Svgd::new(start, sites, STEP)?;
        let kind = if method == RelaxedMethod::DiscreteSvgd {
            Kind::Discrete(DiscreteSvgd::new(svgd))
        } else {
            Kind::Relaxed(svgd)
        };
        Ok(Self { density, kind })
    }

    /// Moves all particles once.
    ///
    /// # Errors
    /// None after [`new`](Self::new).
    pub fn update(&mut self) -> Result<(), RelaxError> {
        match &mut self.kind {
            Kind::Relaxed(svgd) => svgd.update(&self.density),
            Kind::Discrete(svgd) => svgd.update(&self.density),
        }
    }

    /// The rounded states, (particle, site).
    #[must_use]
    pub fn states(&self) -> Vec<u8> {
        let round = |u: &[M::Real]| {
            let zero = M::Real::ZERO;
            u.iter().map(|&u| u8::from(u > zero)).collect::<Vec<_>>()
        };
        match &self.kind {
            Kind::Relaxed(svgd) => svgd.particles().flat_map(round).collect(),
            Kind::Discrete(svgd) => svgd.particles().flat_map(round).collect(),
        }
    }

    /// The evaluations of the gradient.
    #[must_use]
    pub const fn evaluations(&self) -> u64 {
        match &self.kind {
            Kind::Relaxed(svgd) => svgd.evaluations(),
            Kind::Discrete(svgd) => svgd.evaluations(),
        }
    }

    /// The effective share of the weights of the last update; `None` where there are no weights.
    #[must_use]
    pub fn effective_share(&self) -> Option<f64> {
        match &self.kind {
            Kind::Relaxed(_) => None,
            Kind::Discrete(svgd) => {
                let particles = svgd.particles().count();
                Some(svgd.effective() / particles.max(1) as f64)
            }
        }
    }
}
