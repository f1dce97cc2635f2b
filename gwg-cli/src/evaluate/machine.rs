//! Restricted Boltzmann machines: paths of two-block Gibbs sampling, sums over a small layer, and ladders.

use super::anneal::{self, Starts};
use super::ladder;
use super::work::{Estimates, Found, Kind, Part, Work, failed};
use crate::failure::Failure;
use crate::session;
use gwg_chains::generator;
use gwg_core::Bits;
use gwg_learn::log_z::{Base, Estimate, ExactRbm, Origin, RbmPath, bernoulli_base};
use gwg_learn::{Data, RbmChains, RbmLayers};
use gwg_models::exact::{ExactError, MAX_UNITS, rbm_exact_unless};
use gwg_models::{Factorized, Rbm};
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

/// All estimates of a machine. Exact values are of its parameters in f64; paths are moved in f32.
pub(super) fn estimates(work: &Work<'_>, machine: &Rbm<f64>) -> Result<Estimates, Failure> {
    let mut found = Estimates {
        sampler: "two-block Gibbs".to_owned(),
        steps: work.flags.steps.unwrap_or(1),
        ..Estimates::default()
    };
    let units = machine.visible().min(machine.hidden());
    let mut table = None;
    if units <= DRAWN && (work.method.exact() || work.method.reverse()) {
        let since = Instant::now();
        let exact = ExactRbm::new(machine, &work.threads).map_err(failed)?;
        if work.method.exact() {
            let exact = Found::new(Kind::Exact, exact.estimate(), since);
            found.all.push(exact.from(summed(units)));
        }
        table = Some(exact);
    } else if work.method.exact() {
        sum(work, machine, &mut found)?;
    }
    work.check_stop()?;
    if !work.method.forward() {
        return Ok(found);
    }
    let (visible, hidden) = (machine.visible() as u64, machine.hidden() as u64);
    // Both layers, activations and probabilities of paths in f32, and states of two parts.
    let each = 4 * (visible + 3 * hidden) + 2 * visible + 96;
    let needed = (work.flags.particles as u64).saturating_mul(each);
    work.check_memory(needed, machine.visible())?;
    let narrow = narrow(machine)?;
    let layers = RbmLayers::from(&narrow);
    let base = base(work, &layers)?;
    let path = RbmPath::new(&narrow, &logits(&base), work.threads.clone()).map_err(failed)?;
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
        (None, None) => chains(work, &layers, &base, found.steps),
    };
    let mut paths = Estimates {
        steps: found.steps,
        ..Estimates::default()
    };
    anneal::along(work, &path, starts, &mut paths)?;
    found.all.extend(paths.all);
    Ok(found)
}

fn summed(units: usize) -> String {
    format!("sum over the 2^{units} states of the smaller layer")
}

/// The exact value of a machine whose smaller layer is too large for a table.
fn sum(work: &Work<'_>, machine: &Rbm<f64>, found: &mut Estimates) -> Result<(), Failure> {
    let (visible, hidden) = (machine.visible(), machine.hidden());
    let (units, others) = (visible.min(hidden), visible.max(hidden));
    let asked = !work.method.forward();
    if units > MAX_UNITS {
        if asked {
            return Err(Failure::usage(format!(
                "--method exact: found layers of {visible} and {hidden} units, allowed is a smaller one of at most {MAX_UNITS}; use --method auto"
            )));
        }
        return Ok(());
    }
    if !asked && 2.0_f64.powf(units as f64) * others as f64 > TERMS {
        found.notes.push(format!(
            "the sum over the 2^{units} states of the smaller layer is not computed; use --method exact for it"
        ));
        return Ok(());
    }
    let since = Instant::now();
    let exact = rbm_exact_unless(machine, &session::interrupted);
    let exact = exact.map_err(|error| match error {
        ExactError::Stopped => session::interruption(),
        error => Failure::run(error),
    })?;
    let estimate = Estimate::exact(exact.log_z);
    found
        .all
        .push(Found::new(Kind::Exact, estimate, since).from(summed(units)));
    Ok(())
}

/// The machine in f32.
fn narrow(machine: &Rbm<f64>) -> Result<Rbm<f32>, Failure> {
    let narrow = |numbers: &[f64]| numbers.iter().map(|&x| x as f32).collect();
    let made = Rbm::new(
        narrow(machine.weights()),
        narrow(machine.visible_bias()),
        narrow(machine.hidden_bias()),
    );
    made.map_err(|error| Failure::usage(format!("in f32, in which paths are moved: {error}")))
}

/// Independent visible units with the smoothed means of the data, or of a short run.
fn base(work: &Work<'_>, layers: &RbmLayers) -> Result<Factorized<f64>, Failure> {
    let short;
    let data = match work.data {
        Some(data) => data,
        None => {
            let (chains, sweeps) = SHORT;
            let coins = vec![0.5; layers.visible()];
            let seed = work.seed(Part::Base);
            let mut all = RbmChains::new(layers.hidden(), chains, seed, &coins, &work.threads);
            swept(work, layers, &mut all, sweeps)?;
            short = Data::new(all.rows(), layers.visible(), 2).map_err(Failure::run)?;
            &short
        }
    };
    bernoulli_base(data, PSEUDO_COUNT).map_err(Failure::run)
}

fn logits(base: &Factorized<f64>) -> Vec<f64> {
    base.logits().to_vec()
}

/// States of chains, from [`beginnings`], after twice as many sweeps as a path has.
fn chains(
    work: &Work<'_>,
    layers: &RbmLayers,
    base: &Factorized<f64>,
    steps: usize,
) -> Result<Starts, Failure> {
    let (chains, seed) = (work.flags.particles, work.seed(Part::Chains));
    let coins = vec![0.5; layers.visible()];
    let mut all = RbmChains::new(layers.hidden(), chains, seed, &coins, &work.threads);
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
