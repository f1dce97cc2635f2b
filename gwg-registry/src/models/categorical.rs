use super::keys::{SIZE, WIDE_STATES, of_states};
use crate::grammar::Allowed;
use crate::model::builder::{Build, key, model};
use crate::model::error::{Fault, reserve};
use crate::model::facts::range;
use crate::model::{Describe, ExactMeans, Model};
use gwg_chains::Quantity;
use gwg_core::Symbol;
use gwg_models::{FactorizedCategorical, Scalar};

model! {
    /// Independent sites of several states.
    Categorical "categorical" {
        sites: usize = key("100", SIZE, "sites"),
        states: usize = key("4", WIDE_STATES, "states of a site"),
        seed: u64 = key("1", Allowed::Seed, "seed of the logits"),
    }
        meaning "independent sites of several states (exactly solvable)"
        formula "f(x) = sum_i logit_i(x_i)",
        sweeps true
}

impl Build for Categorical {
    fn build<R: Scalar>(&self) -> Result<Model<R>, Fault> {
        reserve::<R>(&[self.sites, self.states, 2])?;
        let model = FactorizedCategorical::random(self.sites, self.states, self.seed)?;
        Ok(erased(model))
    }

    fn is_wide(&self) -> bool {
        self.states > 256
    }

    fn build_wide<R: Scalar>(&self) -> Result<Model<R, u16>, Fault> {
        reserve::<R>(&[self.sites, self.states, 2])?;
        let model = FactorizedCategorical::random_wide(self.sites, self.states, self.seed)?;
        Ok(erased(model))
    }
}

fn erased<R: Scalar, S: Symbol>(model: FactorizedCategorical<R, S>) -> Model<R, S> {
    Model::described(model, |m, on| {
        m.gradient(on).delta(on).local(on).multilinear(on).sweep(on);
    })
}

impl<R: Scalar, S: Symbol> Describe<R, S> for FactorizedCategorical<R, S> {
    fn name(&self) -> &'static str {
        ENTRY.name
    }

    fn formula(&self) -> &'static str {
        ENTRY.formula
    }

    fn facts(&self) -> Vec<(String, String)> {
        vec![range("logits", self.logits().iter().copied())]
    }

    fn parameter_count(&self) -> usize {
        self.logits().len()
    }

    fn exact(&self, beta: f64, _: &(dyn Fn() -> bool + Sync)) -> Option<ExactMeans<S>> {
        let source = "exact: the sites are independent";
        (beta == 1.0).then(|| ExactMeans::new(self.marginals(), source))
    }

    fn exact_log_z(&self) -> Option<(f64, &'static str)> {
        Some((self.log_z(), "the sites are independent"))
    }

    fn quantities(&self) -> Vec<Quantity<S>> {
        of_states()
    }
}
