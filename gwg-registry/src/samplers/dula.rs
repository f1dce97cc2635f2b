use super::keys::{BALANCE, POSITIVE, TEMPERATURE, gradient, langevin_moves};
use crate::entry::{Bind, sampler};
use crate::error::BindError;
use crate::model::{DynStepper, Model};
use crate::stepper::Owned;
use gwg_core::{AnyBalance, Symbol};
use gwg_core::kernel::informed::{DiscreteLangevin, UnadjustedLangevin};
use gwg_models::Scalar;

sampler! {
    /// Discrete Langevin without Metropolis-Hastings: biased.
    Dula "dula" {
        balance: AnyBalance = BALANCE,
        temperature: f64 = TEMPERATURE,
        step: f64 = ("0.1", POSITIVE, "step size alpha; the bias falls with it and never vanishes"),
    }
        meaning "BIASED: dmala without Metropolis-Hastings; its distribution is near the model's, but is not it (Zhang et al. 2022)"
        cost "that of dmala"
        when "for comparisons only; every run warns"
        bias "dula is biased: it has no Metropolis-Hastings step and samples near the model, not from it; longer runs do not remove the bias; use dmala"
}

impl Bind for Dula {
    fn bind<R: Scalar, S: Symbol>(
        &self,
        model: &Model<R, S>,
        label: String,
    ) -> Result<Box<DynStepper<R, S>>, BindError> {
        let step = DiscreteLangevin::new(self.balance, self.step)?;
        let kernel = UnadjustedLangevin::biased(step.with_temperature(self.temperature)?);
        Ok(Owned::boxed(gradient("dula", model)?, kernel, label))
    }

    fn sites_updated(&self, sites: usize, states: usize) -> f64 {
        langevin_moves(self.step, sites, states)
    }

    fn evaluates_all(&self) -> bool {
        true
    }
}
