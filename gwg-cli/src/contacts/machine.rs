//! Effective couplings of a Boltzmann machine, from states of its own.

use super::model::{About, Estimate};
use crate::failure::Failure;
use crate::session;
use gwg_chains::Threads;
use gwg_learn::{RbmChains, RbmLayers, effective_couplings};
use gwg_models::CategoricalRbm;

/// States over which second differences are averaged, and sweeps of the chain of each.
const STATES: usize = 100;
const SWEEPS: usize = 500;
/// Sweeps between two looks at the signals.
const AT_ONCE: usize = 10;
/// Evaluations of a hidden unit at most: of large machines, there are fewer states.
const MOST: f64 = 1e9;
/// States at least.
const FEWEST: usize = 5;

/// The couplings; the letter of the gap is known from elsewhere.
pub(super) fn estimate(
    machine: CategoricalRbm<f32>,
    gap: Option<u8>,
    seed: u64,
    threads: Threads,
) -> Result<Estimate, Failure> {
    let layers = RbmLayers::from(&machine);
    let (sites, states) = (layers.sites(), layers.states());
    let of_one = 0.5 * ((sites * states) as f64).powi(2) * layers.hidden() as f64;
    let chains = ((MOST / of_one) as usize).clamp(FEWEST, STATES);
    let equal = vec![1.0; sites * states];
    let mut all = RbmChains::independent(&layers, chains, seed, &equal, &threads);
    for _ in 0..SWEEPS / AT_ONCE {
        if session::interrupted() {
            return Err(session::interruption());
        }
        all.sweep(&layers, AT_ONCE);
    }
    let rows = all.rows();
    let work = move || effective_couplings(&machine, &rows, &threads);
    let model = session::unless_interrupted(work)?.map_err(Failure::usage)?;
    Ok(Estimate {
        model,
        gap,
        about: About::Machine {
            hidden: layers.hidden(),
            averaged: chains,
        },
        interrupted: false,
    })
}
