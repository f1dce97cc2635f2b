//! A run written to a trace as it goes, and what a step is where two kernels take turns.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_chains::trace::{Recorder, TraceError, TraceReader, TraceSpec};
use gwg_chains::{Batch, Observer, Plan, batch_draws, diagnostics, run};
use gwg_core::kernel::Cycle;
use gwg_core::{Gibbs, Target};
use gwg_models::LatticePotts;

fn plan() -> Plan {
    Plan {
        chains: 3,
        warmup: 20,
        draws: 237,
        thin: 2,
        seed: 5,
        ..Plan::default()
    }
}

#[test]
fn a_recorded_run_reads_back() {
    let model = LatticePotts::<f64>::new(2, 3, 3, 0.1).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t");
    let mut recorder = Recorder::create(&path, model.space(), &plan()).unwrap();
    let outcome = run(&model, &Gibbs::default(), &plan(), &mut recorder).unwrap();
    recorder.finish().unwrap();

    let trace = TraceReader::open(&path).unwrap();
    let shape = (trace.chains(), trace.draws(), trace.sites());
    assert_eq!(shape, (3, 237, 9));
    assert_eq!(
        trace.stat("log_prob").unwrap(),
        outcome.quantity("log_prob").unwrap()
    );
    assert_eq!(
        trace.stat("hamming").unwrap(),
        outcome.quantity("hamming").unwrap()
    );
    assert_eq!(trace.quantities().unwrap(), outcome.quantities);
    assert_eq!(
        trace.stat_names().unwrap(),
        ["accepted", "hamming", "hops", "log_prob", "mean_symbol"]
    );
    assert_eq!(trace.attributes()["states"], 3);
    assert_eq!(trace.attributes()["seed"], 5);

    let summary = outcome.summary();
    let draws = outcome
        .draws_of(outcome.quantity("hamming").unwrap())
        .unwrap();
    assert_eq!(
        summary.get("hamming"),
        Some(&diagnostics::summarize(&draws))
    );
    let rhats = summary.iter().map(|(_, summary)| summary.rhat.unwrap());
    assert_eq!(summary.largest_rhat(), rhats.reduce(f64::max));
    let short = &outcome.quantity("hamming").unwrap()[1..];
    assert!(outcome.draws_of(short).is_err());
}

#[test]
fn a_recorder_that_is_not_finished_leaves_nothing() {
    let model = LatticePotts::<f64>::new(2, 3, 3, 0.1).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t");
    let mut recorder = Recorder::create(&path, model.space(), &plan()).unwrap();
    run(&model, &Gibbs::default(), &plan(), &mut recorder).unwrap();
    drop(recorder);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);

    let mut spec = TraceSpec::of_run(model.space(), &plan());
    spec.stats.push("energy".into());
    let refused = Recorder::with_spec(&path, spec, &plan());
    assert!(
        matches!(refused, Err(TraceError::Spec { .. })),
        "{refused:?}"
    );
}

#[test]
fn batches_are_bounded_in_bytes() {
    assert_eq!(batch_draws(4, 1600), 100);
    assert_eq!(batch_draws(100, 100_000), 6);
    assert_eq!(batch_draws(usize::MAX, usize::MAX), 1);
    assert_eq!(batch_draws(0, 0), 100);
}

/// Adds the sites up that were changed.
struct Hops(f64);

impl Observer for Hops {
    fn batch(&mut self, batch: &Batch<'_>) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        self.0 += batch.sites_changed.iter().sum::<f64>();
        Ok(())
    }
}

#[test]
fn a_step_of_a_cycle_is_a_turn() {
    let model = LatticePotts::<f64>::new(2, 3, 3, 0.1).unwrap();
    let kernel = Cycle::new(Gibbs::default(), Gibbs::default(), (4, 3)).unwrap();
    let mut hops = Hops(0.0);
    let outcome = run(&model, &kernel, &plan(), &mut hops).unwrap();
    let steps = 3 * 237 * 2;
    assert_eq!(outcome.counts.steps, 7 * steps);
    assert!((hops.0 * 2.0 - outcome.counts.sites_changed as f64).abs() < 1e-6);
    // Two of three values are others, and there are seven sites a turn.
    assert!(hops.0 / (3.0 * 237.0) > 3.0);
}
