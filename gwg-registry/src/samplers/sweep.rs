use crate::entry::{Bind, sampler};
use crate::error::BindError;
use crate::model::{DynStepper, Model};
use gwg_models::Scalar;

sampler! {
    /// Sweeps of conditionally independent sites.
    Sweep "structured"
        meaning "sweeps of conditionally independent sites: checkerboards on lattices, colors of a sparse graph, two layers of an RBM, whole hidden paths of a Markov model; never rejected"
        cost "every site once per step; two matrix products for an RBM"
        when "all models but ising-dense and potts-dense: the fastest on lattices and RBMs unless couplings are strong; exact independent draws on bernoulli and categorical"
}

impl Bind for Sweep {
    fn bind<R: Scalar>(
        &self,
        model: &Model<R>,
        label: String,
    ) -> Result<Box<DynStepper<R>>, BindError> {
        let clamped = model.space().is_clamped();
        model.sweeps(label).ok_or_else(|| BindError::Requires {
            sampler: "structured".into(),
            why: if clamped {
                "the model's sweeps, if it has any, draw the observed sites too; allowed with --clamp are all other samplers: gibbs is the nearest, one free site after the other".into()
            } else {
                "the model defines no blocks of conditionally independent sites; allowed are ising-lattice, ising-er, ising-file, potts-lattice, ordinal-lattice, rbm, fhmm, bernoulli and categorical".into()
            },
        })
    }
}
