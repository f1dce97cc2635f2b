use super::{Ran, schedule};
use crate::samplers::{Form, Sampler};
use gwg_chains::{Observer, Plan};
use gwg_core::kernel::informed::{
    Cyclical, Dlmc, Langevin, Pairs, Path, Proposal, Repeated, UnadjustedLangevin,
};
use gwg_core::kernel::{BlockGibbs, HammingBall, RandomWalk};
use gwg_core::{Delta, Gradient, Informed, Kernel, Real, Space, Target, Taylor};

/// Where chains begin to adapt.
const PATH: f64 = 2.0;
const STEP: f64 = 0.2;
const MOVES: f64 = 3.0;

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
        K: Kernel<T> + Sync,
        for<'a> K::State<'a>: Send,
    {
        gwg_chains::run(target, kernel, self.plan, self.session)
    }

    pub(super) fn run<R: Real, S: Space>(
        self,
        gradient: &DynGradient<'_, R, S>,
        delta: &DynDelta<'_, R, S>,
    ) -> Ran {
        match self.sampler {
            Sampler::BlockGibbs { block, scan } => {
                self.go(&delta, &BlockGibbs::new(block)?.with_scan(scan))
            }
            Sampler::HammingBall {
                block,
                radius,
                scan,
            } => self.go(&delta, &HammingBall::new(block, radius)?.with_scan(scan)),
            Sampler::RandomWalk { flips } => {
                let kernel = flips.map_or_else(|| Ok(RandomWalk::default()), RandomWalk::new)?;
                self.go(&delta, &kernel)
            }
            _ => self.informed(gradient),
        }
    }

    fn informed<R: Real, S: Space>(self, model: &DynGradient<'_, R, S>) -> Ran {
        match self.sampler {
            Sampler::Gwg {
                balance,
                temperature,
                flips,
            } => {
                let proposal = Repeated::new(balance, flips)?.with_temperature(temperature)?;
                self.propose(model, proposal)
            }
            Sampler::Pas {
                balance,
                temperature,
                path,
            } => {
                let path = Path::new(balance, path.unwrap_or(PATH))?;
                self.propose(model, path.with_temperature(temperature)?)
            }
            Sampler::Dmala {
                balance,
                temperature,
                step,
            } => {
                let step = Langevin::new(balance, step.unwrap_or(STEP))?;
                self.propose(model, step.with_temperature(temperature)?)
            }
            Sampler::Dula {
                balance,
                temperature,
                step,
            } => {
                let step = Langevin::new(balance, step)?.with_temperature(temperature)?;
                self.go(&Taylor(model), &UnadjustedLangevin::biased(step))
            }
            Sampler::Acs {
                largest,
                smallest,
                period,
            } => {
                let schedule = schedule::cosine(largest, smallest, period);
                self.propose(model, Cyclical::new(&schedule)?)
            }
            Sampler::Dlmc {
                balance,
                form,
                moves,
            } => {
                let moves = moves.unwrap_or(MOVES);
                let proposal = match form {
                    Form::Forward => Dlmc::forward(balance, moves),
                    Form::Interpolate => Dlmc::interpolated(balance, moves),
                };
                self.propose(model, proposal?)
            }
            Sampler::Window2 {
                balance,
                temperature,
            } => self.propose(model, Pairs::new(balance).with_temperature(temperature)?),
            other => unreachable!("{other} runs on the model itself"),
        }
    }

    fn propose<R: Real, S: Space, P: Proposal + Sync>(
        self,
        model: &DynGradient<'_, R, S>,
        proposal: P,
    ) -> Ran {
        self.go(&Taylor(model), &Informed::new(proposal))
    }
}
