//! Restricted Boltzmann machines: paths of two-block Gibbs sampling, sums over a small layer, and ladders.

mod kinds;

use super::anneal::{self, Starts};
use super::ladder;
use super::work::{Estimates, Found, Kind, Part, Work, failed};
use crate::failure::Failure;
use crate::session;
use gwg_chains::generator;
use gwg_core::Bits;
use gwg_learn::log_z::{Base, Estimate, Origin, bernoulli_base, categorical_base};
use gwg_learn::{Data, RbmChains, RbmLayers};
use gwg_models::exact::{ExactError, MAX_UNITS};
pub(super) use kinds::Machine;
use kinds::narrow;
use std::time::Instant;

/// Units of the smaller layer up to which draws are exact.
const DRAWN: usize = 20;
/// Terms of the sum over the states of the smaller layer that are computed without a request.
const TERMS: f64 = 4e9;
/// Chains and sweeps of the short run whose means paths begin at, without data.
const SHORT: (usize, usize) = (200, 100);
/// Added to the counts of both states, so that no log-odds is infinite.
const PSEUDO_COUNT: f64 = 1.0;
/// Sweeps between two looks at the signals.
const AT_ONCE: usize = 10;

/// Independent sites, and their log-odds or logits.
struct Independent {
    base: Box<dyn Base>,
    logits: Vec<f64>,
}

/// All estimates of a machine. Exact values are of its parameters in f64; paths are moved in f32.
pub(super) fn estimates(work: &Work<'_>, machine: &Machine<'_>) -> Result<Estimates, Failure> {
    let mut found = Estimates {
        sampler: "two-block Gibbs".to_owned(),
        steps: work.flags.steps.unwrap_or(1),
        ..Estimates::default()
    };
    let (units, _, layer) = machine.summed();
    let mut table = None;
    if units <= DRAWN && (work.method.exact() || work.method.reverse()) {
        let since = Instant::now();
        let exact = machine.table(work).map_err(failed)?;
        if work.method.exact() {
            let exact = Found::new(Kind::Exact, exact.estimate(), since);
            found.all.push(exact.from(summed(units, layer)));
        }
        table = Some(exact);
    } else if work.method.exact() {
        sum(work, machine, &mut found)?;
    }
    work.check_stop()?;
    if !work.method.forward() {
        return Ok(found);
    }
    let (visible, hidden) = (machine.units().visible(), machine.units().hidden());
    let (visible, hidden) = (visible as u64, hidden as u64);
    // Both layers, activations and probabilities of paths in f32, and states of two parts.
    let each = 4 * (visible + 3 * hidden) + 2 * visible + 96;
    let needed = (work.flags.particles as u64).saturating_mul(each);
    let narrow = narrow(machine)?;
    let layers = narrow.layers();
    work.check_memory(needed, layers.sites())?;
    let base = base(work, &layers)?;
    let path = narrow.path(&base.logits, work).map_err(failed)?;
    let from_ladder = ladder::of_machine(work, &layers, &mut found)?;
    let starts = || match (table, from_ladder) {
        (Some(exact), _) => Ok(Starts {
            states: exact.draw(work.flags.particles, work.seed(Part::Draws)),
            origin: Origin::Exact,
            source: "from exact draws".to_owned(),
        }),
        (None, Some(states)) => Ok(Starts {
            states,
            origin: Origin::Chains,
            source: "from the chains of the ladder".to_owned(),
        }),
        (None, None) => chains(work, &layers, &*base.base, found.steps),
    };
    let mut paths = Estimates {
        steps: found.steps,
        ..Estimates::default()
    };
    anneal::along(work, &path, starts, &mut paths)?;
    found.all.extend(paths.all);
    Ok(found)
}

fn summed(units: usize, layer: &str) -> String {
    format!("sum over the 2^{units} states of the {layer}")
}

/// The exact value of a machine whose smaller layer is too large for a table.
fn sum(work: &Work<'_>, machine: &Machine<'_>, found: &mut Estimates) -> Result<(), Failure> {
    let (units, others, layer) = machine.summed();
    let asked = !work.method.forward();
    if units > MAX_UNITS {
        if asked {
            let found = match machine {
                Machine::Binary(machine) => format!(
                    "layers of {} and {} units, allowed is a smaller one",
                    machine.visible(),
                    machine.hidden()
                ),
                Machine::Categorical(_) => format!("{units} hidden units, allowed is a layer"),
            };
            return Err(Failure::usage(format!(
                "--method exact: found {found} of at most {MAX_UNITS}; use --method auto"
            )));
        }
        return Ok(());
    }
    if !asked && 2.0_f64.powf(units as f64) * others as f64 > TERMS {
        found.notes.push(format!(
            "the sum over the 2^{units} states of the {layer} is not computed; use --method exact for it"
        ));
        return Ok(());
    }
    let since = Instant::now();
    let exact = machine.exact().map_err(|error| match error {
        ExactError::Stopped => session::interruption(),
        error => Failure::run(error),
    })?;
    let estimate = Estimate::exact(exact.log_z);
    found
        .all
        .push(Found::new(Kind::Exact, estimate, since).from(summed(units, layer)));
    Ok(())
}

/// Independent sites with the smoothed frequencies of the data, or of a short run.
fn base(work: &Work<'_>, layers: &RbmLayers) -> Result<Independent, Failure> {
    let short;
    let data = match work.data {
        Some(data) => data,
        None => {
            let (chains, sweeps) = SHORT;
            let mut all = uniform(work, layers, chains, work.seed(Part::Base));
            swept(work, layers, &mut all, sweeps)?;
            let (sites, states) = (layers.sites(), layers.states());
            short = Data::new(all.rows(), sites, states).map_err(Failure::run)?;
            &short
        }
    };
    if layers.units > 1 {
        let base = categorical_base::<f64>(data, PSEUDO_COUNT).map_err(Failure::run)?;
        let logits = base.logits().to_vec();
        let base = Box::new(base);
        return Ok(Independent { base, logits });
    }
    let base = bernoulli_base::<f64>(data, PSEUDO_COUNT).map_err(Failure::run)?;
    let logits = base.logits().to_vec();
    let base = Box::new(base);
    Ok(Independent { base, logits })
}

/// Chains that begin at uniform states.
fn uniform(work: &Work<'_>, layers: &RbmLayers, chains: usize, seed: u64) -> RbmChains {
    let states = layers.states();
    let equal = vec![1.0 / states as f64; layers.sites() * states];
    RbmChains::independent(layers, chains, seed, &equal, &work.threads)
}

/// States of chains, from [`beginnings`], after twice as many sweeps as a path has.
fn chains(
    work: &Work<'_>,
    layers: &RbmLayers,
    base: &dyn Base,
    steps: usize,
) -> Result<Starts, Failure> {
    let (chains, seed) = (work.flags.particles, work.seed(Part::Chains));
    let mut all = uniform(work, layers, chains, seed);
    let (rows, begin) = beginnings(work, base);
    all.set_rows(&rows);
    let sweeps = 2 * work.flags.temperatures.saturating_mul(steps);
    work.announce(&format!("{chains} chains of {sweeps} sweeps, from {begin}"));
    swept(work, layers, &mut all, sweeps)?;
    Ok(Starts {
        states: all.rows(),
        origin: Origin::Chains,
        source: format!("from chains of {sweeps} sweeps, which began at {begin}"),
    })
}

/// A state for each particle, and what they are: by turns a row of the data or a draw of the base, a uniform state, and a state in which all sites have
/// the same symbol. Chains that all begin where paths do, or at rows of one mode, would confirm each other: where a phase that no path reaches keeps the
/// chains that begin in it, the reverse estimate is above the forward one by `-ln` of the share of the others.
pub(super) fn beginnings(work: &Work<'_>, base: &dyn Base) -> (Vec<u8>, &'static str) {
    let (chains, sites) = (work.flags.particles, base.sites());
    let seed = work.seed(Part::Draws);
    let mut all = vec![0; chains * sites];
    for (k, x) in all.chunks_exact_mut(sites).enumerate() {
        let mut bits = generator(seed, k as u64);
        match work.data {
            _ if k % 3 == 1 => {
                for (site, symbol) in x.iter_mut().enumerate() {
                    *symbol = bits.below(base.states_at(site)) as u8;
                }
            }
            _ if k % 3 == 2 => {
                for (site, symbol) in x.iter_mut().enumerate() {
                    *symbol = (k / 3 % base.states_at(site)) as u8;
                }
            }
            Some(data) => {
                let row = k as u128 * data.rows() as u128 / chains as u128;
                x.copy_from_slice(data.row(row as usize));
            }
            None => base.draw(x, &mut bits),
        }
    }
    let source = match work.data {
        Some(_) => "rows of the data, uniform states and states of one symbol, by turns",
        None => "independent sites, uniform states and states of one symbol, by turns",
    };
    (all, source)
}

fn swept(
    work: &Work<'_>,
    layers: &RbmLayers,
    chains: &mut RbmChains,
    sweeps: usize,
) -> Result<(), Failure> {
    for done in (0..sweeps).step_by(AT_ONCE) {
        work.check_stop()?;
        work.show("chains", done, sweeps);
        chains.sweep(layers, AT_ONCE.min(sweeps - done));
    }
    Ok(())
}
