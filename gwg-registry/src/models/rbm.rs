use super::keys::{SIZE, square};
use crate::grammar::Allowed;
use crate::model::builder::{Build, key, model};
use crate::model::error::{Fault, reserve};
use crate::model::facts::{fact, range};
use crate::model::{Describe, DynRelaxed, ExactMeans, Model, SaveError};
use gwg_chains::Quantity;
use gwg_models::exact::rbm_exact_unless;
use gwg_models::io::Parameters;
use gwg_models::{Rbm as Machine, Scalar};
use gwg_relax::RelaxedRbm;
use std::borrow::Cow;

/// Terms of the sum over a layer at most.
const MOST_TERMS: f64 = 4e9;

model! {
    /// The restricted Boltzmann machine.
    Rbm "rbm" {
        visible: usize = key("784", SIZE, "visible units: the sites"),
        hidden: usize = key("500", SIZE, "hidden units"),
        seed: u64 = key("1", Allowed::Seed, "seed of weights and biases"),
    }
        meaning "restricted Boltzmann machine with W ~ N(0, 0.05), b, c ~ N(0, 1), hidden units summed out"
        formula "f(v) = b.v + sum_j softplus(c_j + (vW)_j)",
        sweeps true
}

impl Build for Rbm {
    fn build<R: Scalar>(&self) -> Result<Model<R>, Fault> {
        reserve::<R>(&[self.visible, self.hidden])?;
        Ok(Machine::random(self.visible, self.hidden, self.seed)?.into())
    }
}

/// With all capabilities and the description.
impl<R: Scalar> From<Machine<R>> for Model<R> {
    fn from(model: Machine<R>) -> Self {
        Self::described(model, |m, on| {
            m.gradient(on).delta(on).sweep(on).trajectory(on);
        })
    }
}

impl<R: Scalar> Describe<R> for Machine<R> {
    fn name(&self) -> &'static str {
        ENTRY.name
    }

    fn formula(&self) -> &'static str {
        ENTRY.formula
    }

    fn facts(&self) -> Vec<(String, String)> {
        vec![
            fact("visible", self.visible()),
            fact("hidden", self.hidden()),
            range("weights W", self.weights().iter().copied()),
            range("visible bias b", self.visible_bias().iter().copied()),
            range("hidden bias c", self.hidden_bias().iter().copied()),
        ]
    }

    fn parameter_count(&self) -> usize {
        self.visible() * self.hidden() + self.visible() + self.hidden()
    }

    fn grid(&self) -> Option<Vec<usize>> {
        square(self.visible())
    }

    fn parameters(&self) -> Result<Option<Parameters<'_, R>>, SaveError> {
        Ok(Some(Parameters::Rbm {
            weights: Cow::Borrowed(self.weights()),
            visible_bias: Cow::Borrowed(self.visible_bias()),
            hidden_bias: Cow::Borrowed(self.hidden_bias()),
        }))
    }

    fn exact(&self, beta: f64, stop: &(dyn Fn() -> bool + Sync)) -> Option<ExactMeans> {
        let (a, b) = (self.visible(), self.hidden());
        let layer = a.min(b);
        let terms = 2.0_f64.powf(layer as f64) * a.max(b) as f64;
        if beta != 1.0 || terms > MOST_TERMS {
            return None;
        }
        let found = rbm_exact_unless(self, stop).ok()?;
        let source = format!("exact, by the 2^{layer} states of the smaller layer");
        Some(ExactMeans::new(found.means, source))
    }

    fn relaxed(&self) -> Option<DynRelaxed<'_, R>> {
        let relaxed = RelaxedRbm::new(self.weights(), self.visible_bias(), self.hidden_bias());
        Some(Box::new(relaxed.ok()?))
    }

    fn machine(&self) -> Option<&Self> {
        Some(self)
    }

    fn quantities(&self) -> Vec<Quantity> {
        vec![Quantity::mean_symbol(), Quantity::energy_per_site()]
    }
}
