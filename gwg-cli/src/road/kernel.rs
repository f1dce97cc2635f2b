//! The kernel that a sampler is, where it takes the model through its gradient or its exact differences.

use super::schedule;
use crate::samplers::{Form, Sampler};
use gwg_chains::RunError;
use gwg_core::kernel::informed::{
    CyclicalLangevin, DiscreteLangevin, Dlmc, HammingWindow2, MultiFlip, PathAuxiliary, Phase,
    Proposal,
};
use gwg_core::kernel::{AnyKernel, BlockGibbs, HammingBall, RandomWalk};
use gwg_core::{Gibbs, Informed, LocallyBalanced};

/// Where chains begin to adapt.
const FLIPS: f64 = 2.0;
const PATH: f64 = 2.0;
const STEP: f64 = 0.2;
const MOVES: f64 = 3.0;

/// The schedule of a sampler that has one.
pub(super) fn phases(sampler: Sampler) -> Vec<Phase> {
    match sampler {
        Sampler::Acs {
            largest,
            smallest,
            period,
            scale,
        } => {
            let scale = scale.unwrap_or(1.0);
            schedule::cosine(scale * largest, scale * smallest, period)
        }
        _ => Vec::new(),
    }
}

/// A kernel that tunes itself unless its key was set.
fn informed<P: Proposal>(proposal: P, set: Option<f64>) -> Informed<P> {
    let kernel = Informed::new(proposal);
    if set.is_some() {
        kernel.fixed()
    } else {
        kernel
    }
}

/// The kernel that a sampler is, its schedule lent.
pub(super) fn any(sampler: Sampler, schedule: &[Phase]) -> Result<AnyKernel<'_>, RunError> {
    Ok(match sampler {
        Sampler::Gwg {
            balance,
            temperature,
            flips: Some(1.0),
        } => LocallyBalanced::evaluated(balance)
            .with_temperature(temperature)?
            .into(),
        Sampler::Gwg {
            balance,
            temperature,
            flips,
        } => {
            let proposal = MultiFlip::new(balance, flips.unwrap_or(FLIPS))?;
            informed(proposal.with_temperature(temperature)?, flips).into()
        }
        Sampler::Pas {
            balance,
            temperature,
            path,
        } => {
            let proposal = PathAuxiliary::new(balance, path.unwrap_or(PATH))?;
            informed(proposal.with_temperature(temperature)?, path).into()
        }
        Sampler::Dmala {
            balance,
            temperature,
            step,
        } => {
            let proposal = DiscreteLangevin::new(balance, step.unwrap_or(STEP))?;
            informed(proposal.with_temperature(temperature)?, step).into()
        }
        Sampler::Dlmc {
            balance,
            form,
            moves,
        } => {
            let start = moves.unwrap_or(MOVES);
            let proposal = match form {
                Form::Forward => Dlmc::forward(balance, start),
                Form::Interpolate => Dlmc::interpolated(balance, start),
            };
            informed(proposal?, moves).into()
        }
        Sampler::Window2 {
            balance,
            temperature,
        } => Informed::new(HammingWindow2::new(balance).with_temperature(temperature)?).into(),
        Sampler::Acs { scale, .. } => {
            let cycle = CyclicalLangevin::new(schedule)?;
            let cycle = if scale.is_none() {
                cycle.tuned()
            } else {
                cycle
            };
            AnyKernel::CyclicalLangevin(Informed::new(cycle))
        }
        Sampler::Gibbs { scan } => Gibbs { scan }.into(),
        Sampler::BlockGibbs { block, scan } => BlockGibbs::new(block)?.with_scan(scan).into(),
        Sampler::HammingBall {
            block,
            radius,
            scan,
        } => HammingBall::new(block, radius)?.with_scan(scan).into(),
        Sampler::RandomWalk { flips } => flips
            .map_or_else(|| Ok(RandomWalk::default()), RandomWalk::new)?
            .into(),
        other @ (Sampler::Lb { .. }
        | Sampler::Dula { .. }
        | Sampler::Jump { .. }
        | Sampler::BlockSweep) => {
            unreachable!("{other} has a road of its own")
        }
    })
}
