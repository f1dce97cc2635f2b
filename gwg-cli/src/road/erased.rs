use super::Ran;
use super::kernel::{any, phases};
use crate::samplers::Sampler;
use gwg_chains::{Observer, Plan};
use gwg_core::kernel::AnyKernel;
use gwg_core::kernel::informed::{DiscreteLangevin, UnadjustedLangevin};
use gwg_core::{Delta, Gradient, Kernel, Real, Space, Target, Taylor};

/// A model seen through its gradient.
pub(super) type DynGradient<'m, R, S> = dyn Gradient<Real = R, Space = S> + Sync + 'm;
/// A model seen through its exact differences.
pub(super) type DynDelta<'m, R, S> = dyn Delta<Real = R, Space = S> + Sync + 'm;

/// A run that is compiled for a kind of space, not for a model.
pub(super) struct Erased<'r> {
    pub(super) sampler: Sampler,
    pub(super) plan: &'r Plan,
    pub(super) session: &'r mut dyn Observer,
}

impl Erased<'_> {
    fn go<T, K>(self, target: &T, kernel: &K) -> Ran
    where
        T: Target + Sync,
        T::Space: Space<Symbol = u8>,
        K: Kernel<T> + Sync,
    {
        gwg_chains::run(target, kernel, self.plan, self.session)
    }

    pub(super) fn run<R: Real, S: Space>(
        self,
        gradient: &DynGradient<'_, R, S>,
        delta: &DynDelta<'_, R, S>,
    ) -> Ran {
        let taylor = &Taylor(gradient);
        if let Sampler::Dula {
            balance,
            temperature,
            step,
        } = self.sampler
        {
            let step = DiscreteLangevin::new(balance, step)?.with_temperature(temperature)?;
            return self.go(taylor, &UnadjustedLangevin::biased(step));
        }
        let schedule = phases(self.sampler);
        match any(self.sampler, &schedule)? {
            AnyKernel::BlockGibbs(kernel) => self.go(&delta, &kernel),
            AnyKernel::HammingBall(kernel) => self.go(&delta, &kernel),
            AnyKernel::RandomWalk(kernel) => self.go(&delta, &kernel),
            AnyKernel::MultiFlip(kernel) => self.go(taylor, &kernel),
            AnyKernel::PathAuxiliary(kernel) => self.go(taylor, &kernel),
            AnyKernel::DiscreteLangevin(kernel) => self.go(taylor, &kernel),
            AnyKernel::CyclicalLangevin(kernel) => self.go(taylor, &kernel),
            AnyKernel::Dlmc(kernel) => self.go(taylor, &kernel),
            AnyKernel::HammingWindow2(kernel) => self.go(taylor, &kernel),
            _ => unreachable!("{} runs on the model itself", self.sampler),
        }
    }
}
