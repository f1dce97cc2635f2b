use gwg_core::Symbol;
use super::keys::{BALANCE, TEMPERATURE, informed};
use crate::entry::{Bind, sampler};
use crate::error::BindError;
use crate::model::{DynStepper, Model};
use gwg_core::AnyBalance;
use gwg_core::kernel::informed::HammingWindow2;
use gwg_models::Scalar;

sampler! {
    /// One site or two, in proportion to the sum of their differences.
    Window2 "window2" {
        balance: AnyBalance = BALANCE,
        temperature: f64 = TEMPERATURE,
    }
        meaning "Gibbs-With-Gradients on all single moves and pairs of them"
        cost "one gradient per step, and O(D) to O(D^2) for the pairs"
        when "where small barriers block single moves"
}

impl Bind for Window2 {
    fn passes(&self) -> f64 {
        // Of pairs of moves.
        16.0
    }

    fn bind<R: Scalar, S: Symbol>(
        &self,
        model: &Model<R, S>,
        label: String,
    ) -> Result<Box<DynStepper<R, S>>, BindError> {
        let proposal = HammingWindow2::new(self.balance).with_temperature(self.temperature)?;
        informed("window2", model, (proposal, false), label)
    }

    fn reach(&self) -> Option<f64> {
        Some(2.0)
    }

    fn evaluates_all(&self) -> bool {
        true
    }
}
