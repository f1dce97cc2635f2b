use crate::entry::{Bind, sampler};
use crate::error::BindError;
use crate::grammar::Allowed;
use crate::model::{DynStepper, Model};
use gwg_core::{Real, Space, Symbol};
use gwg_models::io::{Parameters, RbmLadder, read_ladder};
use gwg_models::{CategoricalRbm, Rbm, Scalar};
use std::any::Any;
use std::path::{Path, PathBuf};

sampler! {
    /// Sweeps of the models that the model was on its way of being learned, which exchange states.
    Ptt "ptt" {
        ladder: Option<PathBuf> = ("none", Allowed::OptionalPath, "models on the way of training, from one without weights: a file that `gwg learn rbm:.. --ladder` wrote; needed"),
    }
        meaning "parallel trajectory tempering: two-block sweeps of every model of a training run, and exchanges of states between neighbors"
        cost "a sweep and an evaluation of every model of the ladder per step"
        when "Boltzmann machines with modes that sweeps do not leave, and a ladder from their training"
}

impl Bind for Ptt {
    fn bind<R: Scalar, S: Symbol>(
        &self,
        model: &Model<R, S>,
        label: String,
    ) -> Result<Box<DynStepper<R, S>>, BindError> {
        let Some(path) = &self.ladder else {
            return Err(refused("key `ladder` is needed: the file that `gwg learn rbm:hidden=N DATA --ladder FILE` wrote together with the model"));
        };
        let others = others::<R>(path, &|k| is_last(model, k))?;
        // Machines have 8-bit symbols; of others, none are of their type.
        let others = (&others as &dyn Any).downcast_ref::<Vec<Model<R, S>>>();
        let clamped = |other: &Model<R, S>| {
            let space = model.space();
            if !space.is_clamped() {
                return Ok(other.clone());
            }
            let observed: Vec<Option<S>> = (0..space.sites()).map(|i| space.observed(i)).collect();
            other.clamped(&observed)
        };
        let fits = |other: &&Model<R, S>| other.space().sites() == model.space().sites();
        let others = others.into_iter().flatten().filter(fits).map(clamped);
        let others = others.collect::<Result<Vec<_>, _>>()?;
        let made = if others.is_empty() { None } else { model.trajectory_stepper(&others, label) };
        made.ok_or_else(|| {
            refused(&format!(
                "the models of {} are restricted Boltzmann machines of another shape than the model, or the model is none; name the ladder of its own training",
                gwg_models::io::visible_path(path)
            ))
        })
    }

    fn files(&self) -> Vec<PathBuf> {
        self.ladder.iter().cloned().collect()
    }

    fn sites_updated(&self, sites: usize, _states: usize) -> f64 {
        sites as f64
    }

    fn evaluates_all(&self) -> bool {
        true
    }
}

fn refused(why: &str) -> BindError {
    BindError::Requires {
        sampler: "ptt".into(),
        why: why.into(),
    }
}

/// The parameters of one model of a ladder.
struct Parts<'l> {
    weights: &'l [f32],
    visible_bias: &'l [f32],
    hidden_bias: &'l [f32],
}

fn parts(ladder: &RbmLadder) -> impl Iterator<Item = Parts<'_>> {
    let [_, visible, hidden] = ladder.shape;
    let weights = ladder.weights.chunks_exact(visible * hidden);
    let biases = ladder.visible_bias.chunks_exact(visible);
    let biases = biases.zip(ladder.hidden_bias.chunks_exact(hidden));
    weights
        .zip(biases)
        .map(|(weights, (visible_bias, hidden_bias))| Parts {
            weights,
            visible_bias,
            hidden_bias,
        })
}

/// The models of a ladder before the last, and the last where it is not the model itself.
fn others<R: Scalar>(
    path: &Path,
    is_last: &dyn Fn(&Parts<'_>) -> bool,
) -> Result<Vec<Model<R>>, BindError> {
    let ladder = read_ladder(path).map_err(|error| refused(&error.to_string()))?;
    let mut parts: Vec<Parts<'_>> = parts(&ladder).collect();
    if parts.last().is_some_and(is_last) {
        parts.pop();
    }
    let wide = |numbers: &[f32]| numbers.iter().map(|&x| R::from_f64(f64::from(x))).collect();
    let model = |k: &Parts<'_>| {
        let (weights, b, c) = (wide(k.weights), wide(k.visible_bias), wide(k.hidden_bias));
        let machine = match ladder.units {
            1 => Rbm::new(weights, b, c).map(Model::from),
            units => CategoricalRbm::new(units, weights, b, c).map(Model::from),
        };
        machine.map_err(|e| refused(&e.to_string()))
    };
    parts.iter().map(model).collect()
}

/// True if the model has these parameters.
fn is_last<R: Real, S: Symbol>(model: &Model<R, S>, last: &Parts<'_>) -> bool {
    let same = |own: &[R], last: &[f32]| {
        let mut pairs = own.iter().zip(last);
        own.len() == last.len() && pairs.all(|(a, &b)| a.to_f64() == f64::from(b))
    };
    match model.parameters() {
        Ok(Some(Parameters::Rbm {
            weights,
            visible_bias,
            hidden_bias,
        }
        | Parameters::RbmCategorical {
            weights,
            visible_bias,
            hidden_bias,
            ..
        })) => {
            same(&weights, last.weights)
                && same(&visible_bias, last.visible_bias)
                && same(&hidden_bias, last.hidden_bias)
        }
        _ => false,
    }
}
