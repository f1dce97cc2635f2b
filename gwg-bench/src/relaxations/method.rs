use std::fmt;

/// Leapfrog steps of a step of HMC.
pub const LEAPFROG: usize = 10;

/// A continuous method on the relaxed density of a binary model ([`gwg_relax::BinaryRelaxation`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum RelaxedMethod {
    /// The unadjusted Langevin algorithm, at half the step size that [`Mala`](Self::Mala) is tuned to.
    Ula,
    /// The Metropolis-adjusted Langevin algorithm.
    Mala,
    /// Hamiltonian Monte Carlo with [`LEAPFROG`] leapfrog steps, whose size varies by a fifth from step to step.
    Hmc,
    /// Stein variational gradient descent on the relaxed density.
    Svgd,
    /// Stein variational gradient descent for the discrete target, with the relaxed density as a surrogate.
    DiscreteSvgd,
}

impl RelaxedMethod {
    /// All methods.
    pub const ALL: [Self; 5] = [
        Self::Ula,
        Self::Mala,
        Self::Hmc,
        Self::Svgd,
        Self::DiscreteSvgd,
    ];

    /// Its short name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ula => "ula",
            Self::Mala => "mala",
            Self::Hmc => "hmc",
            Self::Svgd => "svgd",
            Self::DiscreteSvgd => "discrete-svgd",
        }
    }

    /// Evaluations of the gradient per step of a chain, or per update of a particle; those of the discrete particles count the one at the rounded state.
    #[must_use]
    pub const fn gradients_per_step(self) -> u64 {
        match self {
            Self::Ula | Self::Mala | Self::Svgd => 1,
            Self::Hmc => LEAPFROG as u64,
            Self::DiscreteSvgd => 2,
        }
    }

    /// True for methods of particles, which have one result at their end and no chains.
    #[must_use]
    pub const fn has_particles(self) -> bool {
        matches!(self, Self::Svgd | Self::DiscreteSvgd)
    }

    /// True where a step ends with a decision that makes the relaxed density exactly invariant.
    #[must_use]
    pub const fn is_adjusted(self) -> bool {
        matches!(self, Self::Mala | Self::Hmc)
    }

    /// What its rounded states are biased by, in a sentence; with weights, if there are weights.
    #[must_use]
    pub const fn bias(self, weighted: bool) -> &'static str {
        match (self, weighted) {
            (Self::Ula, false) => {
                "ula: the rounded states have the bias of the relaxation, and that of the step size"
            }
            (Self::Mala | Self::Hmc, false) => {
                "mala, hmc: the rounded states have the bias of the relaxation, however long the run"
            }
            (Self::Ula, true) => {
                "ula weighted: the weights remove the bias of the relaxation, that of the step size remains"
            }
            (Self::Mala | Self::Hmc, true) => {
                "mala weighted, hmc weighted: without bias in the limit of infinitely many draws, as far as the effective share of the weights allows"
            }
            (Self::Svgd | Self::DiscreteSvgd, _) => {
                "svgd, discrete-svgd: a few particles, which keep too small a spread however many updates"
            }
        }
    }
}

impl fmt::Display for RelaxedMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
