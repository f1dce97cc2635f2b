use super::keys::{SCAN, on_delta};
use crate::entry::{Bind, sampler};
use crate::error::BindError;
use crate::model::{DynStepper, Model};
use gwg_core::{Symbol, Gibbs as Kernel, Scan};
use gwg_models::Scalar;

sampler! {
    /// One site from its conditional.
    Gibbs "gibbs" {
        scan: Scan = SCAN,
    }
        meaning "Gibbs: one site drawn from its exact conditional; never rejected"
        cost "q - 1 exact differences of one site per step; D steps make a sweep"
        when "a plain baseline; hard to beat on easy lattices where every site has a high flip rate"
}

impl Bind for Gibbs {
    fn bind<R: Scalar, S: Symbol>(
        &self,
        model: &Model<R, S>,
        label: String,
    ) -> Result<Box<DynStepper<R, S>>, BindError> {
        let kernel = Kernel { scan: self.scan };
        if let Some(stepper) = model.gibbs(kernel, label.clone()) {
            return Ok(stepper);
        }
        on_delta("gibbs", model, kernel, label)
    }

    fn reach(&self) -> Option<f64> {
        Some(1.0)
    }
}
