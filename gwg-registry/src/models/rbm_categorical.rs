use super::keys::{SIZE, STATES, of_states};
use crate::grammar::Allowed;
use crate::model::builder::{Build, key, model};
use crate::model::error::{Fault, reserve};
use crate::model::facts::{fact, range};
use crate::model::{Describe, ExactMeans, Model, SaveError};
use gwg_chains::Quantity;
use gwg_models::exact::categorical_rbm_exact_unless;
use gwg_models::io::Parameters;
use gwg_models::{CategoricalRbm as Machine, Scalar};
use std::borrow::Cow;

/// Exponentials of the sum over the hidden layer at most.
const MOST_TERMS: f64 = 1e9;

model! {
    /// The restricted Boltzmann machine with categorical visible units.
    RbmCategorical "rbm-categorical" {
        sites: usize = key("100", SIZE, "sites"),
        states: usize = key("21", STATES, "states of a site"),
        hidden: usize = key("100", SIZE, "hidden units"),
        seed: u64 = key("1", Allowed::Seed, "seed of weights and biases"),
    }
        meaning "restricted Boltzmann machine of categorical sites with W ~ N(0, 0.05), b, c ~ N(0, 1), hidden units summed out"
        formula "f(x) = sum_i b[i,x_i] + sum_j softplus(c_j + sum_i W[i,x_i,j])",
        sweeps true
}

impl Build for RbmCategorical {
    fn build<R: Scalar>(&self) -> Result<Model<R>, Fault> {
        reserve::<R>(&[self.sites, self.states, self.hidden])?;
        Ok(Machine::random(self.sites, self.states, self.hidden, self.seed)?.into())
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
            fact("hidden", self.hidden()),
            range("weights W", self.weights().iter().copied()),
            range("visible bias b", self.visible_bias().iter().copied()),
            range("hidden bias c", self.hidden_bias().iter().copied()),
        ]
    }

    fn parameter_count(&self) -> usize {
        self.weights().len() + self.visible_bias().len() + self.hidden()
    }

    fn parameters(&self) -> Result<Option<Parameters<'_, R>>, SaveError> {
        Ok(Some(Parameters::RbmCategorical {
            states: self.states(),
            weights: Cow::Borrowed(self.weights()),
            visible_bias: Cow::Borrowed(self.visible_bias()),
            hidden_bias: Cow::Borrowed(self.hidden_bias()),
        }))
    }

    fn exact(&self, beta: f64, stop: &(dyn Fn() -> bool + Sync)) -> Option<ExactMeans> {
        let terms = 2.0_f64.powf(self.hidden() as f64) * self.visible_bias().len() as f64;
        if beta != 1.0 || terms > MOST_TERMS {
            return None;
        }
        let found = categorical_rbm_exact_unless(self, stop).ok()?;
        let source = format!("exact, by the 2^{} states of the hidden layer", self.hidden());
        let mut means = found.means;
        if self.states() == 2 {
            means = means.into_iter().skip(1).step_by(2).collect();
        }
        Some(ExactMeans::new(means, source))
    }

    fn categorical_machine(&self) -> Option<&Self> {
        Some(self)
    }

    fn quantities(&self) -> Vec<Quantity> {
        of_states()
    }
}
