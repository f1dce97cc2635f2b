use gwg_core::Symbol;
use super::keys::{AUTO_FROM_ONE, on_delta};
use crate::entry::{Bind, sampler};
use crate::error::BindError;
use crate::model::{DynStepper, Model};
use gwg_core::kernel::RandomWalk as Kernel;
use gwg_models::Scalar;

sampler! {
    /// Uniform proposals.
    RandomWalk "random-walk" {
        flips: Option<f64> = ("auto", AUTO_FROM_ONE, "mean number of sites per step"),
    }
        meaning "Metropolis: some sites at random, each to another state at random"
        cost "one exact difference per site changed"
        when "the baseline without information"
}

impl Bind for RandomWalk {
    fn bind<R: Scalar, S: Symbol>(
        &self,
        model: &Model<R, S>,
        label: String,
    ) -> Result<Box<DynStepper<R, S>>, BindError> {
        let kernel = match self.flips {
            Some(flips) => Kernel::new(flips)?,
            None => Kernel::default(),
        };
        on_delta("random-walk", model, kernel, label)
    }

    fn tuned(&self) -> Vec<&'static str> {
        self.flips.is_none().then_some("flips").into_iter().collect()
    }
}
