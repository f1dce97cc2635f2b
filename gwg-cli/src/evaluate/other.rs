//! Models that are no Boltzmann machines: geometric paths from independent sites, moved by a sampler of the registry.

use super::anneal::{self, Starts};
use super::independent::Independent;
use super::ladder;
use super::machine::beginnings;
use super::work::{Estimates, Found, Kind, Part, Work, failed};
use crate::failure::Failure;
use crate::session;
use gwg_chains::{ChainSpec, Chains, Init, Plan, bytes_of_run};
use gwg_core::Target;
use gwg_learn::log_z::{Estimate, ExactTable, GeometricPath, LogZError, Origin, With};
use gwg_registry::{DrawExact, Model, SamplerSpec, SharedSpace};
use std::time::Instant;

/// The share of the sites that the steps of a level update, unless --steps is given.
const SHARE: f64 = 0.1;
/// Parts of a run of chains, between which signals are looked at.
const PARTS: u64 = 200;

/// What is known exactly of a model.
#[derive(Default)]
struct Known {
    log_z: Option<(f64, String)>,
    table: Option<ExactTable>,
    draw: Option<DrawExact>,
}

/// All estimates of a model.
pub(super) fn estimates(
    work: &Work<'_>,
    model: &Model<f64>,
    sampler: &SamplerSpec,
) -> Result<Estimates, Failure> {
    let since = Instant::now();
    let known = known(work, model)?;
    let mut found = Estimates::default();
    if let Some((value, source)) = known.log_z.as_ref().filter(|_| work.method.exact()) {
        let exact = Found::new(Kind::Exact, Estimate::exact(*value), since);
        found.all.push(exact.from(source.clone()));
    }
    work.check_stop()?;
    if !work.method.forward() {
        if found.all.is_empty() {
            return Err(Failure::usage(
                "--method exact: found a model without a closed form, allowed are those of at most 2^20 configurations, lattices and independent sites; use --method auto",
            ));
        }
        return Ok(found);
    }
    let independent = Independent::of(work, model)?;
    let bind = |t: f64, with: &mut With<'_, f64>| {
        let bridge = Model::bridge(independent.model(), model, t)?;
        let stepper = sampler.bind(&bridge).map_err(|error| LogZError::Bind {
            t,
            reason: error.to_string(),
        })?;
        with(&*stepper)
    };
    // A sampler that cannot run on the path is refused before anything is computed.
    let mut needed = Ok(0);
    bind(0.5, &mut |stepper| {
        let plan = Plan {
            chains: work.flags.particles,
            draws: 1,
            ..Plan::default()
        };
        needed = bytes_of_run(stepper, &plan);
        Ok(())
    })
    .map_err(failed)?;
    // States of eight bits of two parts, of sixteen where chains begin, and weights.
    let states = (work.flags.particles as u64).saturating_mul(4 * model.sites() as u64 + 64);
    work.check_memory(needed?.saturating_add(states), model.sites())?;
    let value = |x: &[u8]| model.log_prob(x);
    let path = GeometricPath::new(independent.base(), value, bind, work.threads.clone());
    let wanted =
        SHARE * model.sites() as f64 / sampler.sites_updated(model.sites(), model.states());
    let steps = work.flags.steps.unwrap_or((wanted.round() as usize).max(1));
    (found.sampler, found.steps) = (sampler.to_string(), steps);
    found.irreversible = is_irreversible(sampler);
    if found.irreversible && work.method.bar() {
        found.notes.push(format!(
            "{sampler} is not reversible, so that there is no BAR; use a single sampler, with scan=random where it has that key"
        ));
    }
    let from_ladder = ladder::of_pairs(work, model, &mut found)?;
    let starts = || match (exact_starts(work, model, known), from_ladder) {
        (Some(starts), _) => Ok(starts),
        (None, Some(states)) => Ok(Starts {
            states,
            origin: Origin::Chains,
            source: "from the chains of the ladder".to_owned(),
        }),
        (None, None) => chains(work, model, sampler, &independent, steps),
    };
    anneal::along(work, &path, starts, &mut found)?;
    Ok(found)
}

/// True of cycles, of scans in the order of the sites, and of cyclical step sizes.
fn is_irreversible(sampler: &SamplerSpec) -> bool {
    let scans = |key: &(&str, String)| key.0 == "scan" && key.1 == "systematic";
    let in_order = sampler
        .samplers()
        .iter()
        .any(|one| one.entry().name == "acs" || one.settings().iter().any(scans));
    in_order || sampler.turn().is_some()
}

fn known(work: &Work<'_>, model: &Model<f64>) -> Result<Known, Failure> {
    let about = model.about();
    let closed = about.and_then(|about| about.exact_log_z());
    let mut known = Known {
        log_z: closed.map(|(value, source)| (value, source.to_owned())),
        ..Known::default()
    };
    if !(work.method.exact() || work.method.reverse()) {
        return Ok(known);
    }
    match ExactTable::new(&Whole(model)) {
        Ok(table) => {
            let enumerated = "all configurations enumerated".to_owned();
            known.log_z.get_or_insert((table.log_z(), enumerated));
            known.table = Some(table);
        }
        Err(LogZError::TooLarge { .. }) => {
            let exact = about.and_then(|about| about.exact(1.0, &session::interrupted));
            known.draw = exact.and_then(|exact| exact.draw);
        }
        Err(error) => return Err(failed(error)),
    }
    Ok(known)
}

/// The model as a target.
struct Whole<'m>(&'m Model<f64>);

impl Target for Whole<'_> {
    type Real = f64;
    type Space = SharedSpace<u8>;

    fn space(&self) -> &SharedSpace<u8> {
        self.0.space()
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        self.0.log_prob(x)
    }
}

/// Exact draws, where there is a method for them.
fn exact_starts(work: &Work<'_>, model: &Model<f64>, known: Known) -> Option<Starts> {
    let (rows, seed) = (work.flags.particles, work.seed(Part::Draws));
    let states = match (known.table, known.draw) {
        (Some(table), _) => table.draw(rows, seed),
        (None, Some(draw)) => {
            let mut all = vec![0; rows * model.sites()];
            for (k, x) in all.chunks_exact_mut(model.sites()).enumerate() {
                draw(
                    x,
                    &mut gwg_core::SplitMix64::new(gwg_core::SplitMix64::mix(seed ^ k as u64)),
                );
            }
            all
        }
        (None, None) => return None,
    };
    Some(Starts {
        states,
        origin: Origin::Exact,
        source: "from exact draws".to_owned(),
    })
}

/// States of chains, from [`beginnings`], after twice as many steps as a path has.
fn chains(
    work: &Work<'_>,
    model: &Model<f64>,
    sampler: &SamplerSpec,
    independent: &Independent,
    steps: usize,
) -> Result<Starts, Failure> {
    let (rows, begin) = beginnings(work, independent.base());
    let spec = ChainSpec {
        chains: work.flags.particles,
        seed: work.seed(Part::Chains),
        init: Init::States(rows.into_iter().map(u16::from).collect()),
        threads: work.threads.clone(),
        ..ChainSpec::default()
    };
    let stepper = sampler.bind(model);
    let stepper = stepper.map_err(|error| Failure::usage(format!("--sampler {error}")))?;
    let mut chains = Chains::with(&*stepper, &spec)?;
    let all = 2 * (work.flags.temperatures as u64).saturating_mul(steps as u64);
    work.announce(&format!(
        "{} chains of {all} steps, from {begin}",
        work.flags.particles
    ));
    let part = all.div_ceil(PARTS).max(1);
    let mut done = 0;
    while done < all {
        work.check_stop()?;
        work.show("chains", done as usize, all as usize);
        let next = part.min(all - done);
        chains.advance_until(&*stepper, next, false, session::stop())?;
        done += next;
    }
    work.check_stop()?;
    Ok(Starts {
        states: chains.states().flatten().copied().collect(),
        origin: Origin::Chains,
        source: format!("from chains of {all} steps, which began at {begin}"),
    })
}
