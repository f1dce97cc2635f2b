//! A Potts model of an alignment by persistent contrastive divergence.

use super::model::{About, Estimate};
use crate::failure::Failure;
use crate::flags::ContactsFlags;
use crate::memory;
use crate::session::{self, ProgressReporter, Watch};
use gwg_chains::{Observer, Progress, Threads};
use gwg_learn::{Data, PairPotts, Penalty, PottsOptions, PottsTrainer, PottsUpdate, Schedule};
use serde::Serialize;

/// How the training went.
#[derive(Debug, Serialize)]
pub(super) struct Training {
    pub(super) updates: u64,
    chains: usize,
    steps_per_update: usize,
    rate: f64,
    pseudocount: f64,
    /// Of the connected correlations of data and chains; `None` where one of both does not vary.
    pub(super) pearson: Option<f64>,
    pub(super) slope: Option<f64>,
}

/// Refuses numbers that no training can have.
pub(super) fn check(flags: &ContactsFlags) -> Result<(), Failure> {
    let refused = |name: &str, found: f64, allowed: &str| {
        Err(Failure::usage(format!(
            "--{name}: found {found}, allowed is {allowed}"
        )))
    };
    if !(flags.rate.is_finite() && flags.rate > 0.0) {
        return refused("rate", flags.rate, "a finite number above 0");
    }
    if !(0.0..1.0).contains(&flags.pseudocount) {
        return refused("pseudocount", flags.pseudocount, "a number from 0, below 1");
    }
    match flags.l2 {
        Some(l2) if !(l2.is_finite() && l2 >= 0.0) => {
            refused("l2", l2, "a finite number of at least 0")
        }
        _ => Ok(()),
    }
}

/// Trains, until a signal comes at most.
pub(super) fn pcd(
    flags: &ContactsFlags,
    data: &Data,
    gap: Option<u8>,
    threads: &Threads,
) -> Result<Estimate, Failure> {
    session::catch_interrupts()?;
    let options = PottsOptions {
        chains: flags.chains,
        sweeps: flags.steps_per_update,
        schedule: Schedule::constant(flags.rate),
        penalty: Penalty {
            l2: flags.l2.unwrap_or(0.0),
            ..Penalty::default()
        },
        pseudocount: Some(flags.pseudocount),
        seed: flags.work.seed,
        ..PottsOptions::default()
    };
    check_memory(data, &options)?;
    let mut trainer = PottsTrainer::new(data, options, threads).map_err(Failure::usage)?;
    let mut reporter = ProgressReporter::new(flags.work.quiet, None);
    let (mut last, mut interrupted) = (None, session::interrupted());
    for done in 1..=flags.updates {
        if interrupted {
            break;
        }
        let update = trainer.update();
        last = Some(update);
        let name = shown(&update);
        let of = flags.updates;
        let mut watch = Watch {
            name: &name,
            reporter: &mut reporter,
        };
        let progress = Progress::Sampling { done, of };
        interrupted = Observer::<u8>::progress(&mut watch, progress).is_break() && done < of;
    }
    reporter.clear();
    Ok(Estimate {
        model: widened(trainer.model())?,
        gap,
        about: About::Pcd {
            rows: data.rows(),
            effective_rows: data.effective_rows(),
            training: training(flags, last),
        },
        interrupted,
    })
}

/// Refuses training, and the scores of its model in double precision, for which there is too little memory.
fn check_memory(data: &Data, options: &PottsOptions) -> Result<(), Failure> {
    let (sites, states) = (data.sites(), data.states());
    let training = PottsTrainer::memory_needed(sites, states, options);
    let (l, q) = (sites as u64, states as u64);
    let scored = 4_u64.saturating_mul(l.saturating_mul(l).saturating_mul(q * q));
    memory::check_model((sites, states), training.saturating_add(scored))
}

fn shown(update: &PottsUpdate) -> String {
    let (pearson, slope) = (update.correlations.pearson(), update.correlations.slope());
    format!("Pearson {pearson:.3}, slope {slope:.2}")
}

fn training(flags: &ContactsFlags, last: Option<PottsUpdate>) -> Training {
    let finite = |x: f64| Some(x).filter(|x| x.is_finite());
    Training {
        updates: last.map_or(0, |update| update.update),
        chains: flags.chains,
        steps_per_update: flags.steps_per_update,
        rate: flags.rate,
        pseudocount: flags.pseudocount,
        pearson: last.and_then(|update| finite(update.correlations.pearson())),
        slope: last.and_then(|update| finite(update.correlations.slope())),
    }
}

/// The same parameters in f64.
fn widened(model: &PairPotts<f32>) -> Result<PairPotts<f64>, Failure> {
    let wide = |numbers: &[f32]| numbers.iter().map(|&x| f64::from(x)).collect();
    let (field, coupling) = (wide(model.field()), wide(model.coupling()));
    let made = PairPotts::new(model.sites(), model.states(), field, coupling);
    made.map_err(|error| Failure::run(format!("the training diverged ({error}); lower --rate")))
}
