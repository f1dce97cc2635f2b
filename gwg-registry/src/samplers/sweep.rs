use gwg_core::Symbol;
use crate::entry::{Bind, sampler};
use crate::error::BindError;
use crate::model::{DynStepper, Model};
use crate::models::models;
use gwg_models::Scalar;

sampler! {
    /// Sweeps of conditionally independent sites.
    Sweep "sweep" alias "structured"
        meaning "sweeps of conditionally independent sites: checkerboards on lattices, colors of a sparse graph, two layers of an RBM, whole hidden paths of a Markov model; never rejected"
        cost "every site once per step; two matrix products for an RBM"
        when "all models but those with a coupling between every two sites: the fastest on lattices and RBMs unless couplings are strong; exact independent draws of independent sites"
}

impl Bind for Sweep {
    fn bind<R: Scalar, S: Symbol>(
        &self,
        model: &Model<R, S>,
        label: String,
    ) -> Result<Box<DynStepper<R, S>>, BindError> {
        model.sweeps(label).ok_or_else(|| BindError::Requires {
            sampler: "sweep".into(),
            why: if model.space().is_clamped() {
                "the model's sweeps, if it has any, draw the observed sites too; allowed with --clamp are all other samplers: gibbs is the nearest, one free site after the other".into()
            } else {
                no_blocks()
            },
        })
    }

    fn sites_updated(&self, sites: usize, _states: usize) -> f64 {
        sites as f64
    }

    fn evaluates_all(&self) -> bool {
        true
    }
}

fn no_blocks() -> String {
    let able = models().iter().filter(|entry| entry.sweeps);
    let names: Vec<_> = able.map(|entry| entry.name).collect();
    let (last, others) = names.split_last().unwrap_or((&"none", &[]));
    let allowed = others.join(", ");
    format!(
        "the model defines no blocks of conditionally independent sites; allowed are {allowed} and {last}"
    )
}
