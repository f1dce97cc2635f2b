use gwg_core::Symbol;
use super::keys::{AUTO, BALANCE, informed, langevin_moves, tuned_moves};
use crate::entry::{Bind, sampler};
use crate::error::BindError;
use crate::model::{DynStepper, Model};
use gwg_core::AnyBalance;
use gwg_core::kernel::informed::DiscreteLangevin;
use gwg_models::Scalar;

/// Where chains begin to adapt.
const STEP: f64 = 0.2;

sampler! {
    /// Every site for itself, with Metropolis-Hastings.
    Dmala "dmala" {
        balance: AnyBalance = BALANCE,
        temperature: Option<f64> = ("auto", AUTO, "proposal temperature: weights g(exp(2 beta d / temperature)); auto, which is from 1 to 4, and step=auto for the largest mean squared distance of a step"),
        step: Option<f64> = ("auto", AUTO, "step size alpha"),
    }
        meaning "discrete Langevin (DMALA): every site is drawn independently, with Metropolis-Hastings (Zhang et al. 2022)"
        cost "one gradient per step, and O(D)"
        when "the first to try on large models that are not cold: Boltzmann machines, weak or many couplings; temperature=2 is the sampler of the paper"
}

impl Bind for Dmala {
    fn bind<R: Scalar, S: Symbol>(
        &self,
        model: &Model<R, S>,
        label: String,
    ) -> Result<Box<DynStepper<R, S>>, BindError> {
        let proposal = DiscreteLangevin::new(self.balance, self.step.unwrap_or(STEP))?;
        let proposal = match self.temperature {
            Some(temperature) => proposal.with_temperature(temperature)?,
            None => proposal.tuned_temperature(),
        };
        informed("dmala", model, (proposal, self.step.is_some()), label)
    }

    fn tuned(&self) -> Vec<&'static str> {
        let step = self.step.is_none().then_some("step");
        let temperature = self.temperature.is_none().then_some("temperature");
        step.into_iter().chain(temperature).collect()
    }

    fn sites_updated(&self, sites: usize, states: usize) -> f64 {
        match self.step {
            Some(step) => langevin_moves(step, sites, states),
            None => tuned_moves(sites),
        }
    }

    fn evaluates_all(&self) -> bool {
        true
    }
}
