//! Keys that several samplers have, and what several bind by.

use crate::entry::About;
use crate::error::BindError;
use crate::grammar::Allowed;
use crate::model::{DynDelta, DynGradient, DynStepper, Model};
use crate::shared::Shared;
use crate::stepper::Owned;
use gwg_core::kernel::informed::Proposal;
use gwg_core::{Informed, Kernel, Real, Symbol, Taylor};
use gwg_models::Scalar;
use std::sync::Arc;

pub(super) const POSITIVE: Allowed = Allowed::Number {
    min: f64::MIN_POSITIVE,
    max: f64::MAX,
};
pub(super) const AUTO: Allowed = Allowed::OrAuto {
    min: f64::MIN_POSITIVE,
    max: f64::MAX,
};
pub(super) const AUTO_FROM_ONE: Allowed = Allowed::OrAuto {
    min: 1.0,
    max: f64::MAX,
};
pub(super) const SMALL: Allowed = Allowed::Count {
    min: 1,
    max: 65_535,
};
pub(super) const BALANCE: About = (
    "sqrt",
    Allowed::Choice(&["sqrt", "barker", "min", "max"]),
    "balancing function g, with g(t) = t g(1/t)",
);
pub(super) const TEMPERATURE: About = (
    "2",
    POSITIVE,
    "proposal temperature: weights g(exp(2 beta d / temperature))",
);
pub(super) const SCAN: About = (
    "systematic",
    Allowed::Choice(&["systematic", "random"]),
    "order of the sites",
);

/// The model's gradient, or why there is none.
pub(super) fn gradient<R: Real, S: Symbol>(
    sampler: &'static str,
    model: &Model<R, S>,
) -> Result<Taylor<Shared<DynGradient<R, S>>>, BindError> {
    let gradient = model.as_gradient().ok_or_else(|| BindError::Requires {
        sampler: sampler.into(),
        why:
            "the model has no gradient; choose a sampler of exact differences, such as gibbs or lb"
                .into(),
    })?;
    Ok(Taylor(Shared(Arc::clone(gradient))))
}

/// The model's exact differences, or why there are none.
pub(super) fn delta<R: Real, S: Symbol>(
    sampler: &'static str,
    model: &Model<R, S>,
) -> Result<Shared<DynDelta<R, S>>, BindError> {
    let delta = model.as_delta().ok_or_else(|| BindError::Requires {
        sampler: sampler.into(),
        why: "the model has no cheap exact differences; choose a sampler of gradients, such as gwg"
            .into(),
    })?;
    Ok(Shared(Arc::clone(delta)))
}

/// A kernel of several moves per step on the model's gradient; it tunes itself unless its key was `set`.
pub(super) fn informed<R: Scalar, S: Symbol, P: Proposal + Send + Sync + 'static>(
    sampler: &'static str,
    model: &Model<R, S>,
    (proposal, set): (P, bool),
    label: String,
) -> Result<Box<DynStepper<R, S>>, BindError> {
    let kernel = Informed::new(proposal);
    let kernel = if set { kernel.fixed() } else { kernel };
    Ok(Owned::boxed(gradient(sampler, model)?, kernel, label))
}

/// A kernel on the model's exact differences.
pub(super) fn on_delta<R: Scalar, S: Symbol, K>(
    sampler: &'static str,
    model: &Model<R, S>,
    kernel: K,
    label: String,
) -> Result<Box<DynStepper<R, S>>, BindError>
where
    K: Kernel<Shared<DynDelta<R, S>>> + Send + Sync + 'static,
{
    Ok(Owned::boxed(delta(sampler, model)?, kernel, label))
}

/// Sites that a step of a path or of a Langevin proposal changes, once warm-up has tuned it: half of `sites^(2/3)`.
///
/// Measured of `pas` and `dmala` on built-in models, with acceptance near 0.56: 5.8 and 7.1 of 64 sites, 11 and 12 of 100, 44 and 44 of 784, 51 and 55 of
/// 1600; with strong couplings fewer, 5.9 and 7.6 of 256, 3.1 and 3.6 of 200, 1.0 and 1.1 of 150. `gwg:flips=auto` changes about two thirds of it, `dlmc` four thirds, `acs` half.
pub(super) fn tuned_moves(sites: usize) -> f64 {
    (sites as f64).powf(2.0 / 3.0) / 2.0
}

/// Sites that a Langevin step of a given size proposes to change, where the gradient is 0.
pub(super) fn langevin_moves(step: f64, sites: usize, states: usize) -> f64 {
    // Squared distances: 1 between two symbols, 2 between the indicators of several.
    let (distance, others) = match states {
        0..=2 => (1.0, 1.0),
        states => (2.0, states as f64 - 1.0),
    };
    let odds = others * (-distance / (2.0 * step)).exp();
    sites as f64 * odds / (1.0 + odds)
}

/// Cluster moves need bonds.
pub(super) fn no_bonds(sampler: &'static str) -> BindError {
    BindError::Requires {
        sampler: sampler.into(),
        why: "the model is no sum of fields and of couplings of equal symbols on a graph; allowed are ising-lattice, ising-er, ising-file, potts-lattice, and potts-file of a graph; for others, choose gwg, gibbs or sweep".into(),
    }
}
