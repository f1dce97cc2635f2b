use super::keys::{SIZE, square};
use crate::grammar::Allowed;
use crate::model::builder::{Build, key, model};
use crate::model::error::{Fault, reserve};
use crate::model::facts::range;
use crate::model::{Describe, ExactMeans, Model};
use gwg_chains::Quantity;
use gwg_models::{Factorized, Scalar};

model! {
    /// Independent bits.
    Bernoulli "bernoulli" {
        sites: usize = key("100", SIZE, "sites"),
        seed: u64 = key("1", Allowed::Seed, "seed of the logits"),
    }
        meaning "independent bits (exactly solvable)"
        formula "f(x) = sum_i logit_i x_i",
        sweeps true
}

impl Build for Bernoulli {
    fn build<R: Scalar>(&self) -> Result<Model<R>, Fault> {
        reserve::<R>(&[self.sites, 2])?;
        let model = Factorized::random_bernoulli(self.sites, self.seed)?;
        Ok(Model::described(model, |m, on| {
            m.gradient(on).delta(on).local(on).multilinear(on).sweep(on);
        }))
    }
}

impl<R: Scalar> Describe<R> for Factorized<R> {
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

    fn grid(&self) -> Option<Vec<usize>> {
        square(self.logits().len())
    }

    fn exact(&self, beta: f64, _: &(dyn Fn() -> bool + Sync)) -> Option<ExactMeans> {
        let source = "exact: the sites are independent";
        (beta == 1.0).then(|| ExactMeans::new(self.means(), source))
    }

    fn exact_log_z(&self) -> Option<(f64, &'static str)> {
        Some((self.log_z(), "the sites are independent"))
    }

    fn quantities(&self) -> Vec<Quantity> {
        vec![Quantity::mean_symbol(), Quantity::energy_per_site()]
    }
}
