use gwg_core::Symbol;
use super::keys::{SCAN, on_delta};
use crate::entry::{Bind, sampler};
use crate::error::BindError;
use crate::model::{DynStepper, Model};
use gwg_core::Scan;
use gwg_core::kernel::MetropolizedGibbs as Kernel;
use gwg_models::Scalar;

sampler! {
    /// One site, proposed a value other than its current one.
    MetropolizedGibbs "metropolized-gibbs" {
        scan: Scan = ("random", SCAN.1, "order of the sites; in systematic order free sites oscillate"),
    }
        meaning "metropolized Gibbs: one site is proposed a value other than its current one; Metropolis-Hastings (Liu 1996)"
        cost "q - 1 exact differences of one site per step"
        when "in place of gibbs with several states per site: sites move more often"
}

impl Bind for MetropolizedGibbs {
    fn bind<R: Scalar, S: Symbol>(
        &self,
        model: &Model<R, S>,
        label: String,
    ) -> Result<Box<DynStepper<R, S>>, BindError> {
        on_delta("metropolized-gibbs", model, Kernel { scan: self.scan }, label)
    }

    fn reach(&self) -> Option<f64> {
        Some(1.0)
    }
}
