use gwg_core::Symbol;
use super::keys::{AUTO, BALANCE, TEMPERATURE, informed, langevin_moves, tuned_moves};
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
        temperature: f64 = TEMPERATURE,
        step: Option<f64> = ("auto", AUTO, "step size alpha"),
    }
        meaning "discrete Langevin (DMALA): every site is drawn independently, with Metropolis-Hastings (Zhang et al. 2022)"
        cost "one gradient per step, and O(D)"
        when "as pas; better where couplings are weak"
}

impl Bind for Dmala {
    fn bind<R: Scalar, S: Symbol>(
        &self,
        model: &Model<R, S>,
        label: String,
    ) -> Result<Box<DynStepper<R, S>>, BindError> {
        let proposal = DiscreteLangevin::new(self.balance, self.step.unwrap_or(STEP))?;
        let proposal = proposal.with_temperature(self.temperature)?;
        informed("dmala", model, (proposal, self.step.is_some()), label)
    }

    fn tuned(&self) -> Option<&'static str> {
        self.step.is_none().then_some("step")
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
