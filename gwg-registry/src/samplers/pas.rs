use gwg_core::Symbol;
use super::keys::{AUTO_FROM_ONE, BALANCE, TEMPERATURE, informed, tuned_moves};
use crate::entry::{Bind, sampler};
use crate::error::BindError;
use crate::model::{DynStepper, Model};
use gwg_core::AnyBalance;
use gwg_core::kernel::informed::PathAuxiliary;
use gwg_models::Scalar;

/// Where chains begin to adapt.
const PATH: f64 = 2.0;

sampler! {
    /// A path of sites without replacement.
    Pas "pas" {
        balance: AnyBalance = BALANCE,
        temperature: f64 = TEMPERATURE,
        path: Option<f64> = ("auto", AUTO_FROM_ONE, "mean number of sites per step"),
    }
        meaning "path-auxiliary sampler (PAS): several sites per step, drawn without replacement as gwg draws one (Sun et al. 2022)"
        cost "one gradient per step, and O(D) for the path"
        when "large models in which many sites have a high flip rate"
}

impl Bind for Pas {
    fn bind<R: Scalar, S: Symbol>(
        &self,
        model: &Model<R, S>,
        label: String,
    ) -> Result<Box<DynStepper<R, S>>, BindError> {
        let proposal = PathAuxiliary::new(self.balance, self.path.unwrap_or(PATH))?;
        let proposal = proposal.with_temperature(self.temperature)?;
        informed("pas", model, (proposal, self.path.is_some()), label)
    }

    fn tuned(&self) -> Vec<&'static str> {
        self.path.is_none().then_some("path").into_iter().collect()
    }

    fn sites_updated(&self, sites: usize, _states: usize) -> f64 {
        self.path.unwrap_or(tuned_moves(sites))
    }

    fn evaluates_all(&self) -> bool {
        true
    }
}
