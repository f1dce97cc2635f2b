//! Two samplers made into one, on any model behind `dyn`.

use super::Ran;
use super::kernel::{any, phases};
use super::one_space::OneSpace;
use crate::samplers::{How, Pair};
use gwg_chains::{Observer, Plan};
use gwg_core::kernel::{Cycle, Mixture};
use gwg_core::{Clamp, Delta, Gradient, Local, Multilinear, Real};
use gwg_models::{AnySpace, ModelVisitor, Scalar};

/// A model seen through its gradient and through its exact differences.
trait Both: Gradient + Delta {}
impl<T: Gradient + Delta> Both for T {}

type DynBoth<'m, R> = dyn Both<Real = R, Space = AnySpace> + Sync + 'm;

pub(super) struct Paired<'r> {
    pub(super) pair: Pair,
    pub(super) plan: &'r Plan,
    pub(super) session: &'r mut dyn Observer,
    pub(super) space: AnySpace,
    /// What is held at each site: nothing at any, where nothing was observed.
    pub(super) observed: &'r [Option<u8>],
}

impl Paired<'_> {
    fn on<R: Real>(self, model: &DynBoth<'_, R>) -> Ran {
        let mut free = vec![0; self.observed.len()];
        let target = Clamp::new(model, self.observed, &mut free)?;
        let schedules = [self.pair.first, self.pair.second].map(phases);
        let first = any(self.pair.first, &schedules[0])?;
        let second = any(self.pair.second, &schedules[1])?;
        let Self { plan, session, .. } = self;
        match self.pair.how {
            How::InTurn(n, m) => {
                let kernel = Cycle::new(first, second, (n, m))?;
                gwg_chains::run(&target, &kernel, plan, session)
            }
            How::ByChance(p) => {
                let kernel = Mixture::new(first, second, p)?;
                gwg_chains::run(&target, &kernel, plan, session)
            }
        }
    }
}

impl<R: Scalar> ModelVisitor<R> for Paired<'_> {
    type Out = Ran;

    fn local<T>(self, model: &T) -> Ran
    where
        T: Local<Real = R> + Gradient + Multilinear + Sync,
        T::Space: Space<Symbol = u8>,
    {
        self.evaluated(model)
    }

    fn evaluated<T>(self, model: &T) -> Ran
    where
        T: Gradient<Real = R> + Delta + Sync,
        T::Space: Space<Symbol = u8>,
    {
        let space = self.space;
        self.on(&OneSpace { model, space })
    }
}
