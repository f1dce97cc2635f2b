//! Exact results, by closed forms and sums.
//!
//! | item | scope | cost |
//! |---|---|---|
//! | [`kaufman`], [`lattice_ising`] | the two-dimensional Ising model without a field, any size | `O(columns)` |
//! | [`lattice_ising_in_field`] | the same with a field | a transfer matrix of up to `2^16` states |
//! | [`Elimination`] | sparse models: `log Z`, means, independent draws, ground states | `sites * states^(width + 1)`, `width` the side of an open lattice |
//! | [`CouplingFromThePast`] | independent draws of Ising models without frustration, any size, above the critical temperature or in a field | tens of sweeps |
//! | [`enumerate`] | any target of up to `2^24` configurations | one difference per configuration |
//! | [`rbm_log_z`], [`rbm_exact`] | Boltzmann machines with a layer of up to 25 units | `2^smaller * larger` |
//! | [`categorical_rbm_exact_unless`] | Boltzmann machines with categorical sites and up to 25 hidden units | `2^hidden * sites * states` |
//!
//! Factorized models and hidden Markov models have methods of their own:
//! [`Factorized::means`](crate::Factorized::means), [`Fhmm::posterior`](crate::Fhmm::posterior).

mod coupling;
mod elimination;
mod enumerate;
mod kaufman;
#[cfg(feature = "dense")]
mod rbm;
mod stream;
mod transfer;

pub use coupling::CouplingFromThePast;
pub use elimination::{
    Elimination, ExactDraws, Factored, LogFactor, LogFactors, MAX_ENTRIES, Marginals,
};
pub use enumerate::{Enumeration, MAX_CONFIGURATIONS, enumerate};
pub use kaufman::{Torus, kaufman, lattice_ising};
#[cfg(feature = "dense")]
pub use rbm::{
    MAX_UNITS, RbmExact, categorical_rbm_exact_unless, rbm_exact, rbm_exact_unless, rbm_log_z,
};
pub use transfer::{FieldTorus, lattice_ising_in_field};

/// The reason why there is no exact result. Each variant's doc states the violated condition.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ExactError {
    /// The sides of a torus are at least 3, because a shorter side has double bonds.
    #[error("torus: found {rows} x {columns}, allowed are sides of at least 3")]
    Side {
        /// Rows.
        rows: usize,
        /// Columns.
        columns: usize,
    },
    /// The coupling is finite, and nonnegative if a side is odd.
    #[error(
        "coupling: found {found} on a torus of {rows} x {columns}; allowed are finite numbers, negative ones only if both sides are even"
    )]
    Coupling {
        /// The value found.
        found: f64,
        /// Rows.
        rows: usize,
        /// Columns.
        columns: usize,
    },
    /// Kaufman's formula requires two dimensions and no field.
    #[error(
        "lattice: found {dims} dimensions and bias {bias}, allowed for the closed form are 2 dimensions and bias 0"
    )]
    Lattice {
        /// Dimensions.
        dims: usize,
        /// The field.
        bias: f64,
    },
    /// The enumerated space is small enough.
    #[error("{what}: found {found}, allowed for enumeration are at most {allowed}")]
    TooLarge {
        /// The quantity that is counted.
        what: &'static str,
        /// Its value, or the largest representable number if it is larger.
        found: usize,
        /// The maximum.
        allowed: usize,
    },
    /// The tables of an elimination fit.
    #[error(
        "the narrowest elimination that was found has tables over {width} sites (2^{bits:.1} numbers), allowed are {allowed} numbers in all"
    )]
    Width {
        /// Sites of the largest table; where the elimination was given up, at least as many.
        width: usize,
        /// `log2` of its entries.
        bits: f64,
        /// Entries of all tables that exist at once, at most.
        allowed: usize,
    },
    /// `f` is finite for at least one configuration, and never NaN or positive infinity.
    #[error(
        "log_prob: found {found}, allowed are finite numbers and negative infinity, with at least one finite number"
    )]
    NotFinite {
        /// The value found.
        found: f64,
    },
    /// Sites at the distance of so many columns are independent, so that a torus of as many has the means of a larger one.
    #[error(
        "torus: the means of one of {columns} columns differ from those of a larger one by about {error:.1e}, allowed is 1e-6: it is near the critical temperature"
    )]
    Correlated {
        /// The columns.
        columns: usize,
        /// The estimate of the difference, per site.
        error: f64,
    },
    /// Sites have two states, and terms one or two sites.
    #[error(
        "site {site}: found more or fewer than two states, or a term of three sites; allowed are Ising models"
    )]
    NotIsing {
        /// The site.
        site: usize,
    },
    /// The product of the couplings around every cycle is positive.
    #[error(
        "the couplings are frustrated: a cycle through sites {} and {} has a negative product; allowed are ferromagnets, and antiferromagnets on bipartite graphs",
        sites[0], sites[1]
    )]
    Frustrated {
        /// Two neighbors on such a cycle.
        sites: [usize; 2],
    },
    /// The inverse temperature is finite and not negative.
    #[error("beta: found {found}, allowed are finite numbers of at least 0")]
    InverseTemperature {
        /// The value found.
        found: f64,
    },
    /// All starts have led to one configuration.
    #[error(
        "coupling from the past: {sweeps} sweeps did not lead all starts to one configuration; the model is near or below its critical temperature"
    )]
    NotCoupled {
        /// The sweeps of the longest attempt.
        sweeps: u64,
    },
    /// The computation was not stopped early.
    #[error("stopped before the end")]
    Stopped,
}
