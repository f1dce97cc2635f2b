use super::keys::no_bonds;
use crate::entry::{Bind, sampler};
use crate::error::BindError;
use crate::model::{DynStepper, Model};
use gwg_core::Symbol;
use gwg_models::Scalar;

sampler! {
    /// One cluster of sites that are joined at random along satisfied bonds.
    Wolff "wolff"
        meaning "Wolff: grows one cluster from a random site along satisfied bonds with probability 1 - exp(-|J|), and exchanges two symbols in it; couplings of either sign; rejected only where fields or observed sites resist"
        cost "the bonds of the cluster per step: most of the sites where the model is ordered, few where it is hot"
        when "Ising and Potts lattices and graphs near their critical temperature, without a field above all"
}

impl Bind for Wolff {
    fn bind<R: Scalar, S: Symbol>(
        &self,
        model: &Model<R, S>,
        label: String,
    ) -> Result<Box<DynStepper<R, S>>, BindError> {
        model.wolff(label).ok_or_else(|| no_bonds("wolff"))
    }

    /// That of the critical Ising model in two dimensions: `side^(7/4)`.
    fn sites_updated(&self, sites: usize, _states: usize) -> f64 {
        (sites as f64).powf(0.875)
    }
}
