mod ladder;

use crate::entry::{Bind, sampler};
use crate::error::BindError;
use crate::grammar::Allowed;
use crate::model::{DynStepper, Model};
use gwg_core::{Space, Symbol};
use gwg_models::Scalar;
use gwg_models::io::Ladder;
use std::any::Any;
use std::path::PathBuf;

sampler! {
    /// Sweeps of the models that the model was on its way of being learned, which exchange states.
    Ptt "ptt" {
        ladder: Option<PathBuf> = ("none", Allowed::OptionalPath, "models on the way of training, from one without couplings: a file that `gwg learn .. --ladder` wrote; needed"),
    }
        meaning "parallel trajectory tempering: sweeps of every model of a training run, and exchanges of states between neighbors"
        cost "a sweep and an evaluation of every model of the ladder per step"
        when "Boltzmann machines, dense Potts and Ising models with modes that sweeps do not leave, and a ladder from their training"
}

impl Bind for Ptt {
    fn bind<R: Scalar, S: Symbol>(
        &self,
        model: &Model<R, S>,
        label: String,
    ) -> Result<Box<DynStepper<R, S>>, BindError> {
        let Some(path) = &self.ladder else {
            return Err(refused("key `ladder` is needed: the file that `gwg learn KIND DATA --ladder FILE` wrote together with the model"));
        };
        let others = ladder::others(path, model)?;
        // Models of ladders have 8-bit symbols; of others, none are of their type.
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
                "the models of {} are of another kind or shape than the model; name the ladder of its own training",
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

    /// A sweep of each model of the file, of which the last is the model itself.
    fn passes(&self) -> f64 {
        // A file that cannot be read is refused where the model is bound; pipes are read once.
        let file = self.ladder.as_ref().filter(|path| path.is_file());
        let ladder = file.and_then(|path| Ladder::read(path).ok());
        ladder.map_or(1.0, |ladder| ladder.len() as f64)
    }
}

fn refused(why: &str) -> BindError {
    BindError::Requires {
        sampler: "ptt".into(),
        why: why.into(),
    }
}
