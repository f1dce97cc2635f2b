//! Runs in which some sites are observed: compiled once a precision, whatever the model.

use super::erased::{DynDelta, DynGradient};
use super::{Ran, Run};
use crate::samplers::Sampler;
use gwg_core::kernel::Jump;
use gwg_core::{
    AnyBalance, Clamp, Delta, Exact, Gibbs, Gradient, Local, LocallyBalanced, Multilinear, Real,
    Taylor,
};
use gwg_models::{AnySpace, ModelVisitor, Scalar};

type LocalModel<'m, R> = dyn Local<Real = R, Space = AnySpace> + Sync + 'm;

/// A run of all samplers but `structured`, given what was observed.
pub(super) struct Observed<'r> {
    pub(super) run: Run<'r>,
    pub(super) observed: &'r [Option<u8>],
}

impl Observed<'_> {
    fn tree<R: Real>(
        self,
        model: &LocalModel<'_, R>,
        balance: AnyBalance,
        temperature: f64,
    ) -> Ran {
        let mut free = vec![0; self.observed.len()];
        let target = Exact(Clamp::new(model, self.observed, &mut free)?);
        let kernel = LocallyBalanced::local(balance).with_temperature(temperature)?;
        self.run.go(&target, &kernel)
    }

    fn jump<R: Real>(
        self,
        model: &LocalModel<'_, R>,
        balance: AnyBalance,
        interval: Option<f64>,
    ) -> Ran {
        let mut free = vec![0; self.observed.len()];
        let target = Exact(Clamp::new(model, self.observed, &mut free)?);
        self.run.jumping(&target, Jump::local(balance), interval)
    }

    /// All that does not gain from a move's changing few differences.
    fn evaluations<R: Real>(
        self,
        gradient: &DynGradient<'_, R, AnySpace>,
        delta: &DynDelta<'_, R, AnySpace>,
    ) -> Ran {
        let sites = self.observed.len();
        let (mut free, mut free_too) = (vec![0; sites], vec![0; sites]);
        let gradient = Clamp::new(gradient, self.observed, &mut free)?;
        let delta = Clamp::new(delta, self.observed, &mut free_too)?;
        match self.run.sampler {
            Sampler::Gwg {
                balance,
                temperature,
                flips: Some(1.0),
            } => self
                .run
                .on_surveys(&Taylor(&gradient), balance, temperature),
            Sampler::Lb {
                balance,
                temperature,
            } => self.run.on_surveys(&Exact(&delta), balance, temperature),
            Sampler::Jump { balance, interval } => {
                self.run
                    .jumping(&Exact(&delta), Jump::evaluated(balance), interval)
            }
            Sampler::Gibbs { scan } => self.run.go(&delta, &Gibbs { scan }),
            _ => self.run.rest(&gradient, &delta),
        }
    }
}

impl<R: Scalar> ModelVisitor<R> for Observed<'_> {
    type Out = Ran;

    fn local<T>(self, model: &T) -> Ran
    where
        T: Local<Real = R> + Gradient + Multilinear + Sync,
        T::Space: Space<Symbol = u8>,
    {
        match self.run.sampler {
            // As without observations: the first-order differences are the exact ones.
            Sampler::Gwg {
                balance,
                temperature,
                flips: Some(1.0),
            } => {
                let model = self.run.one(model);
                self.tree(&model, balance, temperature)
            }
            _ => self.local_exact(model),
        }
    }

    fn local_exact<T>(self, model: &T) -> Ran
    where
        T: Local<Real = R> + Gradient + Sync,
        T::Space: Space<Symbol = u8>,
    {
        match self.run.sampler {
            Sampler::Lb {
                balance,
                temperature,
            } => {
                let model = self.run.one(model);
                self.tree(&model, balance, temperature)
            }
            Sampler::Jump { balance, interval } => {
                let model = self.run.one(model);
                self.jump(&model, balance, interval)
            }
            _ => self.evaluated(model),
        }
    }

    fn evaluated<T>(self, model: &T) -> Ran
    where
        T: Gradient<Real = R> + Delta + Sync,
        T::Space: Space<Symbol = u8>,
    {
        let model = self.run.one(model);
        self.evaluations(&model, &model)
    }
}
