//! Independent sites at the beginning of a geometric path.

use super::work::Work;
use crate::failure::Failure;
use gwg_learn::log_z::{Base, bernoulli_base, categorical_base};
use gwg_models::{Factorized, FactorizedCategorical, ModelError};
use gwg_nets::{Base as NormalBase, Description, Layer, Network, NeuralEnergy, Symbols};
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
        kinds.push(levels(work, sites, states)?);
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

/// Normal densities at levels, with the moments of the data: ordinal sites have a gradient by level, which no table of log-probabilities has.
fn levels(work: &Work<'_>, sites: usize, states: usize) -> Result<Independent, Failure> {
    let q = states as f64;
    let moments: Vec<(f64, f64)> = match work.data {
        Some(data) => {
            let extra = PSEUDO_COUNT / data.effective_rows();
            let frequencies = data.frequencies();
            frequencies
                .chunks_exact(states)
                .map(|f| smoothed(f, extra))
                .collect()
        }
        None => vec![((q - 1.0) / 2.0, (q * q - 1.0) / 12.0); sites],
    };
    let (mean, precision): (Vec<f64>, Vec<f64>) = moments
        .into_iter()
        .map(|(mean, variance)| (mean, 1.0 / variance))
        .unzip();
    let level = |i: usize, k: usize| -0.5 * precision[i] * (k as f64 - mean[i]).powi(2);
    let logits = (0..sites * states).map(|n| level(n / states, n % states));
    let base =
        FactorizedCategorical::<f64>::new(sites, states, logits.collect()).map_err(Failure::run)?;
    let nothing = Description {
        shape: vec![sites],
        symbols: Symbols::Ordinal {
            states,
            low: 0.0,
            high: 1.0,
        },
        layers: vec![
            Layer::Flatten,
            Layer::Linear {
                features: 1,
                bias: false,
            },
        ],
    };
    let network = Network::new(nothing, vec![0.0; sites]).map_err(Failure::run)?;
    let energy = NeuralEnergy::new(network).map_err(Failure::run)?;
    let energy = energy.with_base(NormalBase::ordinal(states, mean, precision));
    Ok(Independent {
        model: Model::from(energy.map_err(Failure::run)?),
        base: Box::new(base),
    })
}

/// Mean and variance of levels with these frequencies, each with so much more.
fn smoothed(frequencies: &[f64], extra: f64) -> (f64, f64) {
    let moment = |power: i32| -> f64 {
        let terms = frequencies.iter().enumerate();
        terms
            .map(|(k, f)| (f + extra) * (k as f64).powi(power))
            .sum()
    };
    let total = moment(0);
    let mean = moment(1) / total;
    (mean, (moment(2) / total - mean * mean).max(1.0 / 12.0))
}
