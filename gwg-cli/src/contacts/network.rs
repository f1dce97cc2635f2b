//! Effective couplings of a network, from states of its own.

use super::model::{About, Estimate};
use crate::failure::Failure;
use crate::session;
use gwg_chains::{ChainSpec, Chains, Threads};
use gwg_core::{Space, Target};
use gwg_learn::gradient_couplings;
use gwg_nets::NeuralEnergy;
use gwg_registry::{Model, SamplerSpec};

/// States over which differences of gradients are averaged, and steps of the chain of each per site.
const STATES: usize = 50;
const STEPS: usize = 50;
/// Gradients at most: of many sites, there are fewer states.
const MOST: usize = 200_000;
/// States at least.
const FEWEST: usize = 5;

/// The couplings; the letter of the gap is known from elsewhere.
pub(super) fn estimate(
    network: NeuralEnergy<f32>,
    gap: Option<u8>,
    seed: u64,
    threads: Threads,
) -> Result<Estimate, Failure> {
    let (sites, q) = (network.space().sites(), network.space().states());
    let averaged = (MOST / (sites * q).max(1)).clamp(FEWEST, STATES);
    let sampler: SamplerSpec = "gwg".parse().map_err(Failure::usage)?;
    let bound: Model<f32> = network.clone().into();
    let stepper = sampler.bind(&bound).map_err(Failure::usage)?;
    let spec = ChainSpec {
        chains: averaged,
        seed,
        threads: threads.clone(),
        ..ChainSpec::default()
    };
    let mut chains = Chains::with(&*stepper, &spec).map_err(Failure::run)?;
    let steps = (sites * STEPS) as u64;
    let advanced = chains.advance_until(&*stepper, steps, false, session::stop());
    advanced.map_err(Failure::run)?;
    if session::interrupted() {
        return Err(session::interruption());
    }
    let rows: Vec<u8> = chains.states().flatten().copied().collect();
    let work = move || gradient_couplings(&network, &rows, &threads);
    let model = session::unless_interrupted(work)?.map_err(Failure::usage)?;
    Ok(Estimate {
        model,
        gap,
        about: About::Network { averaged },
        interrupted: false,
    })
}
