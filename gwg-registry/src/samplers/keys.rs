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
