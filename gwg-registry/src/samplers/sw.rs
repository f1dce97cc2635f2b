use super::keys::no_bonds;
use crate::entry::{Bind, sampler};
use crate::error::BindError;
use crate::model::{DynStepper, Model};
use gwg_core::Symbol;
use gwg_models::Scalar;

sampler! {
    /// All clusters of sites that are joined at random along satisfied bonds.
    Sw "sw" alias "swendsen-wang"
        meaning "Swendsen-Wang: joins sites along satisfied bonds with probability 1 - exp(-|J|), and draws every cluster from its exact conditional, fields included; couplings of either sign; never rejected"
        cost "every bond and every site once per step: as much as 14 steps of sweep on an Ising lattice, 1.5 on one of 3 states; an exponential per bond at each new temperature where couplings differ"
        when "Ising and Potts lattices and graphs near and below their critical temperature; sw+sweep on Ising models, sw alone on Potts models; frustrated couplings in more than one dimension gain nothing"
}

impl Bind for Sw {
    fn bind<R: Scalar, S: Symbol>(
        &self,
        model: &Model<R, S>,
        label: String,
    ) -> Result<Box<DynStepper<R, S>>, BindError> {
        model.swendsen_wang(label).ok_or_else(|| no_bonds("sw"))
    }

    fn sites_updated(&self, sites: usize, _states: usize) -> f64 {
        sites as f64
    }

    fn evaluates_all(&self) -> bool {
        true
    }
}
