//! Independent sites at the beginning of a geometric path.

use super::work::Work;
use crate::failure::Failure;
use gwg_learn::log_z::{Base, bernoulli_base, categorical_base};
use gwg_models::{Factorized, FactorizedCategorical, ModelError};
use gwg_registry::Model;

/// Added to the counts of every state, so that no log-odds is infinite.
const PSEUDO_COUNT: f64 = 1.0;

/// A distribution of independent sites, as one that draws and as a model for bridges.
pub(super) struct Independent {
    base: Box<dyn Base>,
    model: Model<f64>,
}

impl Independent {
    /// On the space of the model: with the smoothed frequencies of the data, or uniform.
    pub(super) fn of(work: &Work<'_>, model: &Model<f64>) -> Result<Self, Failure> {
        let (sites, states) = (model.sites(), model.states());
        let mut kinds = vec![symbols(work, sites, states).map_err(Failure::run)?];
        if states == 2 {
            kinds.insert(0, bits(work, sites).map_err(Failure::run)?);
        }
        let mut refused = None;
        for made in kinds {
            match Model::bridge(&made.model, model, 0.5) {
                Ok(_) => return Ok(made),
                Err(error) => refused = Some(error),
            }
        }
        let why = refused.map_or_else(String::new, |error| format!(" ({error})"));
        Err(Failure::usage(format!(
            "{}: annealing begins at independent sites with the same states, and its sites have other ones{why}; use --method exact",
            work.flags.model.model.to_string_lossy()
        )))
    }

    pub(super) fn base(&self) -> &dyn Base {
        &*self.base
    }

    pub(super) const fn model(&self) -> &Model<f64> {
        &self.model
    }
}

fn bits(work: &Work<'_>, sites: usize) -> Result<Independent, ModelError> {
    let base: Factorized<f64> = match work.data {
        Some(data) => bernoulli_base(data, PSEUDO_COUNT)?,
        None => Factorized::bernoulli(vec![0.0; sites])?,
    };
    Ok(Independent {
        model: Model::new(base.clone(), |model, on| {
            model.gradient(on).delta(on).local(on).multilinear(on);
        }),
        base: Box::new(base),
    })
}

fn symbols(work: &Work<'_>, sites: usize, states: usize) -> Result<Independent, ModelError> {
    let base: FactorizedCategorical<f64> = match work.data {
        Some(data) => categorical_base(data, PSEUDO_COUNT)?,
        None => FactorizedCategorical::new(sites, states, vec![0.0; sites * states])?,
    };
    Ok(Independent {
        model: Model::new(base.clone(), |model, on| {
            model.gradient(on).delta(on).local(on).multilinear(on);
        }),
        base: Box::new(base),
    })
}
