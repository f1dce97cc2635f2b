//! The cheapest correct road for a sampler on a model.
//!
//! Kernels whose step is short are compiled for each model. Those that evaluate a whole block at once, or many
//! differences a step, see the model as `dyn` and its space as one type: compiled once, whatever the model. Runs with
//! observed sites see every model so.

mod clamped;
mod erased;
mod kernel;
mod one_space;
mod pair;
mod schedule;

use crate::failure::Failure;
use crate::samplers::{Choice, Pair, Sampler};
use clamped::Observed;
use erased::{DynDelta, DynGradient, Erased};
use gwg_chains::{Observer, Outcome, Plan, RunError};
use gwg_core::kernel::Jump;
use gwg_core::{
    AnyBalance, BlockSweep, Delta, Differences, Exact, Gibbs, Gradient, Kernel, Leveled, Local,
    LocallyBalanced, Multilinear, Real, Space, Sweep, Target, Taylor,
};
use gwg_models::{AnyModel, AnySpace, ModelVisitor, Scalar, SweepVisitor};
use one_space::OneSpace;
use pair::Paired;

type Ran = Result<Outcome, RunError>;

/// Samples.
pub(crate) fn run<R: Scalar>(
    choice: impl Into<Choice>,
    model: &AnyModel<R>,
    plan: &Plan,
    session: &mut dyn Observer,
) -> Result<Outcome, Failure> {
    let choice = choice.into();
    let sampler = match choice {
        Choice::One(sampler) => sampler,
        Choice::Two(pair) => {
            let observed = vec![None; model.sites()];
            return run_pair(pair, model, &observed, plan, session);
        }
    };
    let run = Run {
        sampler,
        plan,
        session,
        space: model.space(),
    };
    let outcome = if sampler == Sampler::BlockSweep {
        model.visit_sweep(run).ok_or_else(|| {
            Failure::usage(
                "--sampler structured: the model knows of no independent sites; allowed are ising-lattice, ising-er, ising-file, potts-lattice, ordinal-lattice, rbm, fhmm, bernoulli and categorical",
            )
        })?
    } else {
        model.visit(run)
    };
    outcome.map_err(|error| refused(choice, model, error))
}

/// A kernel's refusal in the words of the command line.
fn refused<R: Scalar>(choice: Choice, model: &AnyModel<R>, error: RunError) -> Failure {
    match error {
        RunError::Kernel(gwg_core::Error::Block { .. }) => choice
            .refused_block(model.sites(), model.states())
            .unwrap_or_else(|| error.into()),
        error => error.into(),
    }
}

/// Samples, given the symbols of some sites.
pub(crate) fn run_observed<R: Scalar>(
    choice: Choice,
    model: &AnyModel<R>,
    observed: &[Option<u8>],
    plan: &Plan,
    session: &mut dyn Observer,
) -> Result<Outcome, Failure> {
    let sampler = match choice {
        Choice::One(Sampler::BlockSweep) => {
            return Err(Failure::usage(
                "--sampler structured: a sweep draws every site anew, the observed ones too; allowed with --clamp are all other samplers: gibbs is the nearest, one free site after the other",
            ));
        }
        Choice::One(sampler) => sampler,
        Choice::Two(pair) => return run_pair(pair, model, observed, plan, session),
    };
    let run = Run {
        sampler,
        plan,
        session,
        space: model.space(),
    };
    let outcome = model.visit(Observed { run, observed });
    outcome.map_err(|error| refused(choice, model, error))
}

fn run_pair<R: Scalar>(
    pair: Pair,
    model: &AnyModel<R>,
    observed: &[Option<u8>],
    plan: &Plan,
    session: &mut dyn Observer,
) -> Result<Outcome, Failure> {
    let paired = Paired {
        pair,
        plan,
        session,
        space: model.space(),
        observed,
    };
    let outcome = model.visit(paired);
    outcome.map_err(|error| refused(Choice::Two(pair), model, error))
}

struct Run<'r> {
    sampler: Sampler,
    plan: &'r Plan,
    session: &'r mut dyn Observer,
    space: AnySpace,
}

impl Run<'_> {
    fn go<T, K>(self, target: &T, kernel: &K) -> Ran
    where
        T: Target + Sync,
        T::Space: Space<Symbol = u8>,
        K: Kernel<T> + Sync,
    {
        gwg_chains::run(target, kernel, self.plan, self.session)
    }

    fn on_evaluations<T: Differences + Sync>(
        self,
        target: &T,
        balance: AnyBalance,
        temperature: f64,
    ) -> Ran {
        let kernel = LocallyBalanced::evaluated(balance).with_temperature(temperature)?;
        self.go(target, &kernel)
    }

    fn jumping<T, N>(self, target: &T, kernel: Jump<N>, interval: Option<f64>) -> Ran
    where
        T: Target + Sync,
        T::Space: Space<Symbol = u8>,
        Jump<N>: Kernel<T> + Sync,
    {
        let kernel = match interval {
            Some(interval) => kernel.with_interval(interval)?,
            None => kernel,
        };
        self.go(target, &kernel)
    }

    /// All that does not depend on what a move costs.
    fn erased<T>(self, model: &T) -> Ran
    where
        T: Gradient + Delta + Sync,
        T::Space: Space<Symbol = u8>,
    {
        if let Sampler::Gibbs { scan } = self.sampler {
            return self.go(model, &Gibbs { scan });
        }
        let model = &self.one(model);
        self.rest(model, model)
    }

    /// What is compiled once a precision.
    fn rest<R: Real, S: Space>(
        self,
        gradient: &DynGradient<'_, R, S>,
        delta: &DynDelta<'_, R, S>,
    ) -> Ran {
        let erased = Erased {
            sampler: self.sampler,
            plan: self.plan,
            session: self.session,
        };
        erased.run(gradient, delta)
    }

    const fn one<'m, T>(&self, model: &'m T) -> OneSpace<'m, T> {
        OneSpace {
            model,
            space: self.space,
        }
    }
}

impl<R: Scalar> ModelVisitor<R> for Run<'_> {
    type Out = Ran;

    fn local<T>(self, model: &T) -> Ran
    where
        T: Local<Real = R> + Gradient + Multilinear + Sync,
        T::Space: Space<Symbol = u8>,
    {
        match self.sampler {
            // First-order differences of a multilinear model are the exact ones: one kernel serves both.
            Sampler::Gwg {
                balance,
                temperature,
                flips: Some(1.0),
            }
            | Sampler::Lb {
                balance,
                temperature,
            } => {
                let kernel = LocallyBalanced::local(balance).with_temperature(temperature)?;
                self.go(&Exact(model), &kernel)
            }
            Sampler::Jump { balance, interval } => {
                self.jumping(&Exact(model), Jump::local(balance), interval)
            }
            _ => self.erased(model),
        }
    }

    fn leveled<T>(self, model: &T) -> Ran
    where
        T: Leveled<Real = R> + Local + Gradient + Multilinear + Sync,
        T::Space: Space<Symbol = u8>,
    {
        match self.sampler {
            Sampler::Gwg {
                balance,
                temperature,
                flips: Some(1.0),
            }
            | Sampler::Lb {
                balance,
                temperature,
            } => {
                let kernel = LocallyBalanced::n_fold(balance).with_temperature(temperature)?;
                self.go(&Exact(model), &kernel)
            }
            Sampler::Jump { balance, interval } => {
                self.jumping(&Exact(model), Jump::n_fold(balance), interval)
            }
            _ => self.erased(model),
        }
    }

    fn local_exact<T>(self, model: &T) -> Ran
    where
        T: Local<Real = R> + Gradient + Sync,
        T::Space: Space<Symbol = u8>,
    {
        match self.sampler {
            Sampler::Lb {
                balance,
                temperature,
            } => {
                let kernel = LocallyBalanced::local(balance).with_temperature(temperature)?;
                self.go(&Exact(model), &kernel)
            }
            Sampler::Jump { balance, interval } => {
                self.jumping(&Exact(model), Jump::local(balance), interval)
            }
            _ => self.evaluated(model),
        }
    }

    fn evaluated<T>(self, model: &T) -> Ran
    where
        T: Gradient<Real = R> + Delta + Sync,
        T::Space: Space<Symbol = u8>,
    {
        match self.sampler {
            Sampler::Gwg {
                balance,
                temperature,
                flips: Some(1.0),
            } => self.on_surveys(&Taylor(model), balance, temperature),
            Sampler::Lb {
                balance,
                temperature,
            } => self.on_surveys(&Exact(model), balance, temperature),
            Sampler::Jump { balance, interval } => {
                self.jumping(&Exact(model), Jump::evaluated(balance), interval)
            }
            _ => self.erased(model),
        }
    }
}

impl<R: Scalar> SweepVisitor<R> for Run<'_> {
    type Out = Ran;

    fn sweep<T>(self, model: &T) -> Ran
    where
        T: Sweep<Real = R> + Sync,
        T::Space: Space<Symbol = u8>,
    {
        self.go(model, &BlockSweep)
    }
}
