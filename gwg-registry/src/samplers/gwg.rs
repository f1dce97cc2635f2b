use super::keys::{AUTO_FROM_ONE, BALANCE, TEMPERATURE, gradient, informed, tuned_moves};
use crate::entry::{Bind, sampler};
use crate::error::BindError;
use crate::model::{DynStepper, Model};
use crate::stepper::Owned;
use gwg_core::kernel::informed::MultiFlip;
use gwg_core::{Symbol, AnyBalance, LocallyBalanced};
use gwg_models::Scalar;

/// Where chains begin to adapt.
const FLIPS: f64 = 2.0;

sampler! {
    /// Locally balanced on first-order differences.
    Gwg "gwg" {
        balance: AnyBalance = BALANCE,
        temperature: f64 = TEMPERATURE,
        flips: Option<f64> = ("1", AUTO_FROM_ONE, "mean number of moves drawn per step, with replacement (GWG-n)"),
    }
        meaning "Gibbs-With-Gradients: one move in proportion to exp(beta d / 2), d from one gradient; Metropolis-Hastings"
        cost "one gradient per step; O(degree log D) on sparse models, O(degree) on Ising lattices"
        when "the default: any model with a gradient, the more so where few sites have a high flip rate"
}

impl Bind for Gwg {
    fn bind<R: Scalar, S: Symbol>(
        &self,
        model: &Model<R, S>,
        label: String,
    ) -> Result<Box<DynStepper<R, S>>, BindError> {
        let Self {
            balance,
            temperature,
            flips,
        } = *self;
        if flips != Some(1.0) {
            let proposal = MultiFlip::new(balance, flips.unwrap_or(FLIPS))?;
            let proposal = proposal.with_temperature(temperature)?;
            return informed("gwg", model, (proposal, flips.is_some()), label);
        }
        // First-order differences of a multilinear model are the exact ones: one kernel serves both.
        if model.is_multilinear()
            && let Some(stepper) = one_move(model, balance, temperature, &label)?
        {
            return Ok(stepper);
        }
        let kernel = LocallyBalanced::evaluated(balance).with_temperature(temperature)?;
        Ok(Owned::boxed(gradient("gwg", model)?, kernel, label))
    }

    fn tuned(&self) -> Vec<&'static str> {
        self.flips.is_none().then_some("flips").into_iter().collect()
    }

    fn reach(&self) -> Option<f64> {
        self.flips
    }

    fn sites_updated(&self, sites: usize, _states: usize) -> f64 {
        self.flips.unwrap_or(tuned_moves(sites) * 2.0 / 3.0)
    }

    fn evaluates_all(&self) -> bool {
        self.flips != Some(1.0)
    }
}

/// One move per step by exact differences, where few of them change with a move.
pub(super) fn one_move<R: Scalar, S: Symbol>(
    model: &Model<R, S>,
    balance: AnyBalance,
    temperature: f64,
    label: &str,
) -> Result<Option<Box<DynStepper<R, S>>>, BindError> {
    let n_fold = LocallyBalanced::n_fold(balance).with_temperature(temperature)?;
    let tree = LocallyBalanced::local(balance).with_temperature(temperature)?;
    Ok(model.one_move(n_fold, tree, label))
}
