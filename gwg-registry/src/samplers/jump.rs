use super::keys::{AUTO, BALANCE, delta};
use crate::entry::{Bind, sampler};
use crate::error::BindError;
use crate::model::{DynStepper, Model};
use crate::stepper::Owned;
use gwg_core::kernel::Jump as Kernel;
use gwg_core::{Symbol, AnyBalance, Error, Exact};
use gwg_models::Scalar;

sampler! {
    /// The locally informed jump process, observed at fixed intervals.
    Jump "jump" {
        balance: AnyBalance = BALANCE,
        interval: Option<f64> = ("auto", AUTO, "process time of a step"),
    }
        meaning "locally informed jump process (Zanella 2020; Power and Goldman 2019), observed at fixed time intervals"
        cost "that of lb per jump"
        when "cold targets, where lb mostly oscillates"
}

impl Bind for Jump {
    fn passes(&self) -> f64 {
        // Of every site a function of all hidden units, for example.
        60.0
    }

    fn bind<R: Scalar, S: Symbol>(
        &self,
        model: &Model<R, S>,
        label: String,
    ) -> Result<Box<DynStepper<R, S>>, BindError> {
        let balance = self.balance;
        let n_fold = self.timed(Kernel::n_fold(balance), Kernel::with_interval)?;
        let tree = self.timed(Kernel::local(balance), Kernel::with_interval)?;
        if let Some(stepper) = model.jump(n_fold, tree, &label) {
            return Ok(stepper);
        }
        let kernel = self.timed(Kernel::evaluated(balance), Kernel::with_interval)?;
        Ok(Owned::boxed(Exact(delta("jump", model)?), kernel, label))
    }

    fn tuned(&self) -> Vec<&'static str> {
        self.interval.is_none().then_some("interval").into_iter().collect()
    }
}

impl Jump {
    fn timed<K>(
        &self,
        kernel: K,
        with: impl Fn(K, f64) -> Result<K, Error>,
    ) -> Result<K, Error> {
        match self.interval {
            Some(interval) => with(kernel, interval),
            None => Ok(kernel),
        }
    }
}
