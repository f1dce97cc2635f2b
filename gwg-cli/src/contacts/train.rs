//! A Potts model of an alignment by persistent contrastive divergence.

use super::model::{About, Estimate, Method};
use crate::failure::Failure;
use crate::flags::ContactsFlags;
use crate::session::{self, ProgressReporter, Watch};
use crate::{diverged, memory};
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

/// Trains, until a signal comes at most.
pub(super) fn pcd(
    flags: &ContactsFlags,
    data: &Data,
    gap: Option<u8>,
    threads: &Threads,
) -> Result<Estimate, Failure> {
    let (chains, sites) = (flags.chains(), data.sites());
    // Symbols with the lanes of whole vectors, and a generator each; once more before each update.
    let needed = (chains as u64).saturating_mul(2 * (sites as u64 + 24));
    let what = format!("--chains: {chains} chains of {sites} sites");
    memory::check(&what, needed, "use fewer")?;
    let options = PottsOptions {
        chains: flags.chains(),
        sweeps: flags.sweeps(),
        schedule: Schedule::constant(flags.rate()),
        penalty: Penalty {
            l2: flags.penalty(Method::Pcd),
            ..Penalty::default()
        },
        pseudocount: Some(flags.pseudocount(Method::Pcd)),
        seed: flags.work.seed,
        ..PottsOptions::default()
    };
    check_memory(data, &options)?;
    let mut trainer = PottsTrainer::new(data, options, threads).map_err(Failure::usage)?;
    let mut reporter = ProgressReporter::of_learning(flags.work.quiet);
    let (mut last, mut interrupted) = (None, session::interrupted());
    for done in 1..=flags.updates() {
        if interrupted {
            break;
        }
        let Some(update) = trainer.update_until(session::stop()) else {
            interrupted = true;
            break;
        };
        let model = trainer.model();
        let largest = diverged::largest(model.field().iter().chain(model.coupling()));
        if let Some(why) = diverged::said(update.update, largest, Some(flags.rate())) {
            reporter.clear();
            return Err(Failure::run(why));
        }
        last = Some(update);
        let name = shown(&update);
        let of = flags.updates();
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
        chains: flags.chains(),
        steps_per_update: flags.sweeps(),
        rate: flags.rate(),
        pseudocount: flags.pseudocount(Method::Pcd),
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
