//! The runner's promises: the same chains whatever runs them, and honest endings.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_chains::{
    Batch, Init, Observer, Outcome, Plan, Progress, RunError, hamming, reference, run,
};
use gwg_core::{Exact, Gibbs, Kernel, LocallyBalanced, Space, Sqrt, Target, Taylor};
use gwg_models::{DensePotts, LatticeIsing, Rbm, SparseIsing};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;

/// Keeps everything it is shown.
#[derive(Default)]
struct All {
    x: Vec<u8>,
    numbers: Vec<u64>,
    stop_after: Option<usize>,
}

impl Observer for All {
    fn needs_states(&self) -> bool {
        true
    }

    fn batch_draws(&self) -> usize {
        7
    }

    fn progress(&mut self, progress: Progress) -> ControlFlow<()> {
        match (progress, self.stop_after) {
            (Progress::Sampling { done, .. }, Some(stop)) if done >= stop => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    }

    fn batch(&mut self, batch: &Batch<'_>) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        assert_eq!(batch.x.len(), batch.chains * batch.draws * batch.sites);
        self.x.extend_from_slice(batch.x);
        for column in [
            batch.quantity("log_prob").unwrap(),
            batch.quantity("hamming").unwrap(),
            batch.accepted,
            batch.sites_changed,
        ] {
            assert_eq!(column.len(), batch.chains * batch.draws);
            self.numbers.extend(column.iter().map(|v| v.to_bits()));
        }
        Ok(())
    }
}

fn plan(threads: usize, block: Option<usize>) -> Plan {
    Plan {
        chains: 5,
        warmup: 60,
        draws: 23,
        thin: 3,
        seed: 9,
        threads: NonZeroUsize::new(threads),
        block: block.and_then(NonZeroUsize::new),
        ..Plan::default()
    }
}

fn same_bits<T, K>(target: &T, kernel: &K)
where
    T: Target + Sync,
    T::Space: Space<Symbol = u8>,
    K: Kernel<T> + Sync,
{
    let seen = |threads, block| {
        let mut all = All::default();
        let outcome = run(target, kernel, &plan(threads, block), &mut all).unwrap();
        let series: Vec<u64> = outcome
            .quantities
            .iter()
            .flat_map(|(_, values)| values)
            .map(|v| v.to_bits())
            .collect();
        (
            all.x,
            all.numbers,
            series,
            outcome.symbol_counts,
            outcome.last,
            outcome.counts,
        )
    };
    let one = seen(1, None);
    for (threads, block) in [
        (2, None),
        (7, None),
        (1, Some(1)),
        (1, Some(2)),
        (2, Some(3)),
    ] {
        assert!(
            seen(threads, block) == one,
            "{threads} threads, blocks of {block:?}: other bits"
        );
    }
}

#[test]
fn any_threads_and_any_blocks_give_the_same_bits() {
    let rbm = Rbm::<f32>::random(30, 17, 4).unwrap();
    same_bits(&Taylor(&rbm), &LocallyBalanced::gwg());
    same_bits(&Exact(&rbm), &LocallyBalanced::evaluated(Sqrt));
    same_bits(&rbm, &Gibbs::default());
    let potts = DensePotts::<f64>::random(12, 5, 0.3, 4).unwrap();
    same_bits(&Taylor(&potts), &LocallyBalanced::gwg());
    let ising = LatticeIsing::<f32>::new(2, 6, 0.2, 0.1).unwrap();
    same_bits(&Exact(&ising), &LocallyBalanced::local(Sqrt));
}

#[test]
fn what_is_recorded_is_what_the_chains_did() {
    let ising = LatticeIsing::<f64>::new(2, 5, 0.25, 0.1).unwrap();
    let mut all = All::default();
    let plan = plan(2, None);
    let outcome: Outcome = run(
        &Exact(&ising),
        &LocallyBalanced::local(Sqrt),
        &plan,
        &mut all,
    )
    .unwrap();
    let fixed = reference(25, 2, plan.seed);
    let mut counts = vec![0u64; 25];
    // Batches of 7, 7, 7 and 2 draws, each chain-major.
    let (mut offset, mut first) = (0, 0);
    for draws in [7, 7, 7, 2] {
        for chain in 0..5 {
            for draw in 0..draws {
                let x = &all.x[offset..offset + 25];
                offset += 25;
                let at = chain * 23 + first + draw;
                assert!(
                    (outcome.quantity("log_prob").unwrap()[at] - ising.log_prob(x)).abs() < 1e-10
                );
                assert_eq!(
                    outcome.quantity("hamming").unwrap()[at],
                    hamming(x, &fixed) as f64
                );
                x.iter()
                    .zip(&mut counts)
                    .for_each(|(&s, c)| *c += u64::from(s));
            }
        }
        first += draws;
    }
    assert_eq!(outcome.symbol_counts, counts);
    assert_eq!(outcome.counts.steps, 5 * 23 * 3);
    assert!(
        outcome.counts.accepted <= outcome.counts.steps
            && outcome.counts.sites_changed == outcome.counts.accepted
    );
    assert_eq!(&all.x[all.x.len() - 25..], &outcome.last[4 * 25..]);
}

#[test]
fn an_observer_ends_the_run_and_what_was_drawn_counts() {
    let ising = SparseIsing::<f32>::erdos_renyi(20, 3.0, 1).unwrap();
    let mut all = All {
        stop_after: Some(14),
        ..All::default()
    };
    let outcome = run(
        &Exact(&ising),
        &LocallyBalanced::local(Sqrt),
        &plan(2, None),
        &mut all,
    )
    .unwrap();
    assert!(outcome.interrupted);
    assert_eq!(
        (
            outcome.draws,
            outcome.quantity("log_prob").unwrap().len(),
            all.x.len()
        ),
        (14, 5 * 14, 5 * 14 * 20)
    );
    let mut whole = All::default();
    let full = run(
        &Exact(&ising),
        &LocallyBalanced::local(Sqrt),
        &plan(1, None),
        &mut whole,
    )
    .unwrap();
    for chain in 0..5 {
        assert_eq!(
            outcome.quantity("log_prob").unwrap()[chain * 14..][..14],
            full.quantity("log_prob").unwrap()[chain * 23..][..14]
        );
    }
}

#[test]
fn plans_that_break_a_condition_are_refused() {
    let ising = LatticeIsing::<f32>::new(2, 3, 0.2, 0.0).unwrap();
    let refused = |change: &dyn Fn(&mut Plan)| {
        let mut plan = plan(1, None);
        change(&mut plan);
        run(
            &Exact(&ising),
            &LocallyBalanced::local(Sqrt),
            &plan,
            &mut (),
        )
        .unwrap_err()
        .to_string()
    };
    assert!(refused(&|p| p.chains = 0).contains("chains: found 0"));
    assert!(refused(&|p| p.draws = 0).contains("draws: found 0"));
    assert!(refused(&|p| p.thin = 0).contains("thin: found 0"));
    assert!(refused(&|p| p.beta = f64::NAN).contains("beta: found NaN"));
    assert!(refused(&|p| p.beta = -1.0).contains("beta: found -1"));
    assert!(refused(&|p| p.chains = usize::MAX).contains("too large"));
    assert!(refused(&|p| p.init = Init::States(vec![0; 10])).contains("found 10 symbols"));
    assert!(
        refused(&|p| p.init = Init::States(vec![0, 0, 0, 0, 2, 0, 0, 0, 0]))
            .contains("row 0, site 4: found symbol 2")
    );
    let hot = Plan {
        init: Init::Zeros,
        ..plan(1, None)
    };
    let wild = LatticeIsing::<f64>::new(2, 3, 1e307, 0.0).unwrap();
    let error = run(&Exact(&wild), &LocallyBalanced::local(Sqrt), &hot, &mut ()).unwrap_err();
    assert!(
        matches!(error, RunError::NotFinite { chain: 0, .. }),
        "{error}"
    );
}
