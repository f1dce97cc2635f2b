use super::gwg::one_move;
use super::keys::{BALANCE, TEMPERATURE, delta};
use crate::entry::{Bind, sampler};
use crate::error::BindError;
use crate::model::{DynStepper, Model};
use crate::stepper::Owned;
use gwg_core::{Symbol, AnyBalance, Exact, LocallyBalanced};
use gwg_models::Scalar;

sampler! {
    /// Locally balanced on exact differences.
    Lb "lb" {
        balance: AnyBalance = BALANCE,
        temperature: f64 = TEMPERATURE,
    }
        meaning "locally balanced: the same with exact differences d (Zanella 2020)"
        cost "all D (or D q) exact differences per step; O(degree log D) on sparse models"
        when "to judge gwg by, or where the first-order differences are poor; barker when the target is cold"
}

impl Bind for Lb {
    fn passes(&self) -> f64 {
        // Of every site a function of all hidden units, for example.
        60.0
    }

    fn bind<R: Scalar, S: Symbol>(
        &self,
        model: &Model<R, S>,
        label: String,
    ) -> Result<Box<DynStepper<R, S>>, BindError> {
        let (balance, temperature) = (self.balance, self.temperature);
        if let Some(stepper) = one_move(model, balance, temperature, &label)? {
            return Ok(stepper);
        }
        let kernel = LocallyBalanced::evaluated(balance).with_temperature(temperature)?;
        Ok(Owned::boxed(Exact(delta("lb", model)?), kernel, label))
    }

    fn reach(&self) -> Option<f64> {
        Some(1.0)
    }
}
