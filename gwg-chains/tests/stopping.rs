//! Runs that are ended from outside: soon, whatever a draw takes, with what all chains have drawn, and with the bits of a run that was not.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_chains::{Batch, Observer, Outcome, Plan, Progress, StopFlag, Tempering, run};
use gwg_core::kernel::{Cycle, Mixture};
use gwg_core::{Exact, Gibbs, Gradient, Jump, Kernel, LocallyBalanced, Sqrt, Target, Taylor};
use gwg_models::LatticeIsing;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::thread;
use std::time::{Duration, Instant};

const AGES: u64 = 1 << 50;

/// Sets the flag after a while, or breaks off at a number of draws.
#[derive(Default)]
struct Ending {
    flag: StopFlag,
    draws: Option<usize>,
    batches: Vec<usize>,
    reports: usize,
    x: Vec<u8>,
}

impl Observer for Ending {
    fn needs_states(&self) -> bool {
        true
    }

    fn batch_draws(&self) -> usize {
        50
    }

    fn stop_flag(&self) -> Option<StopFlag> {
        Some(self.flag.clone())
    }

    fn progress(&mut self, progress: Progress) -> ControlFlow<()> {
        self.reports += 1;
        match (progress, self.draws) {
            (Progress::Sampling { done, .. }, Some(draws)) if done >= draws => {
                ControlFlow::Break(())
            }
            _ => ControlFlow::Continue(()),
        }
    }

    fn batch(&mut self, batch: &Batch<'_>) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        assert_eq!(batch.x.len(), batch.chains * batch.draws * batch.sites);
        self.batches.push(batch.draws);
        self.x.extend_from_slice(batch.x);
        Ok(())
    }
}

fn plan(threads: usize) -> Plan {
    Plan {
        chains: 3,
        warmup: 10,
        draws: 60,
        thin: 20,
        threads: NonZeroUsize::new(threads),
        ..Plan::default()
    }
}

fn lattice() -> LatticeIsing<f32> {
    LatticeIsing::new(2, 4, 0.2, 0.0).unwrap()
}

/// Ends a run that would take years after a moment.
fn ended<T, K>(target: &T, kernel: &K, plan: &Plan) -> (Outcome, Ending)
where
    T: Target<Space = gwg_core::Binary> + Sync,
    K: Kernel<T> + Sync,
{
    let mut observer = Ending::default();
    let flag = observer.flag.clone();
    let setter = thread::spawn(move || {
        thread::sleep(Duration::from_millis(500));
        flag.stop();
    });
    let outcome = run(target, kernel, plan, &mut observer).unwrap();
    setter.join().unwrap();
    assert!(outcome.interrupted);
    (outcome, observer)
}

#[test]
fn a_flag_ends_warm_up_draws_swaps_and_turns_of_any_length() {
    let model = lattice();
    let target = Taylor(&model);
    let gwg = LocallyBalanced::gwg();
    for threads in [1, 2] {
        let plan = plan(threads);
        for (plan, draws) in [
            (
                Plan {
                    warmup: AGES,
                    ..plan.clone()
                },
                0,
            ),
            (
                Plan {
                    thin: AGES,
                    ..plan.clone()
                },
                0,
            ),
            (
                Plan {
                    thin: AGES,
                    tempering: Some(Tempering {
                        swap_every: AGES,
                        ..Tempering::geometric(3, 0.3).unwrap()
                    }),
                    ..plan.clone()
                },
                0,
            ),
        ] {
            let (outcome, seen) = ended(&target, &gwg, &plan);
            assert_eq!(outcome.draws, draws);
            assert!(seen.batches.is_empty() && outcome.counts.steps < AGES);
            // Time decides how often the observer is called, but a call per step would be felt.
            assert!((2..1000).contains(&seen.reports), "{}", seen.reports);
        }
        let cycle = Cycle::new(LocallyBalanced::gwg(), LocallyBalanced::gwg(), (AGES, 1)).unwrap();
        assert_eq!(ended(&target, &cycle, &plan).0.draws, 0);
        let jump = Jump::evaluated(Sqrt).with_interval(1e30).unwrap();
        let mixed = Mixture::new(jump, LocallyBalanced::gwg(), 0.5).unwrap();
        assert_eq!(ended(&Exact(&model), &jump, &plan).0.draws, 0);
        assert_eq!(ended(&Taylor(&model), &mixed, &plan).0.draws, 0);
    }
}

/// Draws of a whole run, (chain, draw, site), cut to the first of each chain.
fn first(all: &Ending, outcome: &Outcome, draws: usize) -> Vec<u8> {
    let (chains, sites) = (outcome.chains, outcome.last.len() / outcome.chains);
    let mut rows = vec![Vec::new(); chains];
    let mut rest = &all.x[..];
    for batch in &all.batches {
        for row in &mut rows {
            let (own, after) = rest.split_at(batch * sites);
            row.extend_from_slice(own);
            rest = after;
        }
    }
    rows.iter()
        .flat_map(|row| row[..draws * sites].to_vec())
        .collect()
}

/// Takes its time to evaluate, so that a draw is made in many parts.
struct Slow<T>(T, Duration);

impl<T: Target> Target for Slow<T> {
    type Real = T::Real;
    type Space = T::Space;
    fn space(&self) -> &T::Space {
        self.0.space()
    }
    fn log_prob(&self, x: &[gwg_core::SymbolOf<T>]) -> f64 {
        self.0.log_prob(x)
    }
}

impl<T: Gradient> Gradient for Slow<T> {
    fn value_and_gradient(
        &self,
        x: &[gwg_core::SymbolOf<T>],
        gradient: &mut [T::Real],
        scratch: &mut [T::Real],
    ) -> f64 {
        let started = Instant::now();
        let f = self.0.value_and_gradient(x, gradient, scratch);
        thread::sleep(self.1.saturating_sub(started.elapsed()));
        f
    }
}

#[test]
fn draws_have_the_same_bits_in_parts_of_any_size() {
    let kernel = LocallyBalanced::gwg();
    let quick = Taylor(Slow(lattice(), Duration::ZERO));
    let slow = Taylor(Slow(lattice(), Duration::from_millis(1)));
    let plan = Plan {
        draws: 2,
        thin: 250,
        ..plan(1)
    };
    let mut seen = [Ending::default(), Ending::default()];
    let quick = run(&quick, &kernel, &plan, &mut seen[0]).unwrap();
    let slow = run(
        &slow,
        &kernel,
        &Plan {
            threads: NonZeroUsize::new(2),
            ..plan
        },
        &mut seen[1],
    )
    .unwrap();
    assert_eq!(seen[0].x, seen[1].x);
    assert_eq!(quick.quantities, slow.quantities);
    assert_eq!(quick.symbol_counts, slow.symbol_counts);
    assert_eq!((quick.last, quick.counts), (slow.last, slow.counts));
    assert!(seen[1].reports > seen[0].reports, "made in parts");
}

#[test]
fn an_ended_round_keeps_the_draws_that_all_chains_have_made() {
    let kernel = LocallyBalanced::gwg();
    let whole = Taylor(Slow(lattice(), Duration::ZERO));
    let slow = Taylor(Slow(lattice(), Duration::from_millis(2)));
    for threads in [1, 2] {
        let plan = plan(threads);
        let mut all = Ending::default();
        let complete = run(&whole, &kernel, &plan, &mut all).unwrap();
        let mut some = Ending {
            draws: Some(3),
            ..Ending::default()
        };
        let by_observer = run(&slow, &kernel, &plan, &mut some).unwrap();
        let by_flag = ended(&slow, &kernel, &plan);
        for (outcome, seen) in [(by_observer, some), by_flag] {
            let draws = outcome.draws;
            assert!(
                (1..50).contains(&draws),
                "{draws}: a part of the first round"
            );
            assert_eq!(seen.batches, [draws]);
            let kept = first(&all, &complete, draws);
            assert_eq!(seen.x, kept);
            for (name, values) in outcome.quantities.iter() {
                let planned = complete.quantity(name).unwrap().chunks(plan.draws);
                let planned: Vec<f64> = planned.flat_map(|row| row[..draws].to_vec()).collect();
                assert_eq!(values, planned, "{name}");
            }
            let ones = |site| kept.chunks(16).map(|x| u64::from(x[site])).sum();
            let counts: Vec<u64> = (0..16).map(ones).collect();
            assert_eq!(outcome.symbol_counts, counts);
        }
    }
}

#[test]
fn a_flag_that_is_set_when_all_is_drawn_changes_nothing() {
    let model = lattice();
    let mut observer = Ending::default();
    let outcome = run(&Exact(&model), &Gibbs::default(), &plan(1), &mut observer).unwrap();
    assert!(!outcome.interrupted);
    observer.flag.stop();
    let none = run(&Exact(&model), &Gibbs::default(), &plan(1), &mut observer).unwrap();
    assert!(none.interrupted && none.draws == 0);
}
