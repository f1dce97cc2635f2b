mod stepper;

use crate::entry::{Bind, sampler};
use crate::error::BindError;
use crate::grammar::{Allowed, BitsOf};
use crate::model::{DynStepper, Model};
use gwg_core::{Space, Symbol};
use gwg_models::{MultiSpin, Scalar};
use stepper::MultiSpinStepper;

sampler! {
    /// Sweeps of the sites of many chains, or of many sites of one, in the bits of words.
    Multispin "multispin" {
        bits: BitsOf = ("chains", Allowed::Choice(&["chains", "sites"]), "the 64 bits of a word: a site of 64 chains, or 64 sites of a chain, of a lattice of side 16, 24, 32, .. in two dimensions, 8, 12, 16, .. in three, 8, 12, .. in four, 128, 192, .. in one"),
    }
        meaning "sweeps of 64 chains or of 64 sites at once, in the bits of words (multi-spin coding): heat-bath sweeps by colors, of an Ising model whose couplings have one magnitude; never rejected"
        cost "every site of 64 chains, or of one, once per step, up to ten times as many per second as sweep where draws are ten steps apart or more; with bits=chains, a chain alone costs as much as 64, and so does each in a mixture (A|B)"
        when "Ising lattices, and with bits=chains graphs with couplings of both signs and up to 8 neighbors: 64 chains or more, or with bits=sites one"
}

impl Bind for Multispin {
    fn bind<R: Scalar, S: Symbol>(
        &self,
        model: &Model<R, S>,
        label: String,
    ) -> Result<Box<DynStepper<R, S>>, BindError> {
        let refused = |why: &str| BindError::Requires {
            sampler: "multispin".into(),
            why: why.into(),
        };
        let spins = model.as_spins().ok_or_else(|| {
            refused("the model is no Ising model on a lattice or a graph; allowed are ising-lattice, and ising-file with couplings of one magnitude; for others, choose gwg, gibbs or sweep")
        })?;
        let space = model.space();
        let made = match self.bits {
            BitsOf::Chains => spins.spin_graph().and_then(|graph| {
                MultiSpin::new(&graph, |site| space.observed(site).is_none())
            }),
            BitsOf::Sites if space.is_clamped() => {
                return Err(refused("bits=sites draws the observed sites too; choose bits=chains"));
            }
            BitsOf::Sites => {
                let blocks = spins.spin_blocks().ok_or_else(|| {
                    refused(&format!("bits=sites needs 64 equal blocks of sites, which these {} have not; allowed is ising-lattice with side 16, 24, 32, .. in two dimensions, 8, 12, 16, .. in three or four, 128, 192, .. in one; choose bits=chains", space.sites()))
                })?;
                MultiSpin::new(&blocks, |_| true)
            }
        };
        let spins = made.map_err(|error| refused(&format!("{error}; choose sweep, which has none of these limits")))?;
        Ok(Box::new(MultiSpinStepper::new(model.clone(), spins, label)))
    }

    fn sites_updated(&self, sites: usize, _states: usize) -> f64 {
        sites as f64
    }

    fn evaluates_all(&self) -> bool {
        true
    }
}
