//! Replicas on a ladder of temperatures, and a warm-up that cools, against enumeration and against plain runs.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_chains::diagnostics::{Draws, mcse_mean, mean, rhat};
use gwg_chains::{
    Annealing, Batch, Init, Observer, Outcome, Plan, RunError, SwapStatistics, Tempering, run,
};
use gwg_core::check::configurations;
use gwg_core::math::logsumexp;
use gwg_core::{Exact, Gibbs, Kernel, LocallyBalanced, Space, Sqrt, StepCounts, Target, Taylor};
use gwg_models::{DenseIsing, DensePotts, LatticeIsing, Rbm};
use std::num::NonZeroUsize;

/// A cold ferromagnet: between its two wells there are 12 units of `f`; the field prefers the ones.
fn magnet() -> LatticeIsing<f64> {
    LatticeIsing::new(2, 3, 0.5, 0.05).unwrap()
}

/// Share of ones of each draw, and all that is told of it.
#[derive(Default)]
struct Seen {
    x: Vec<u8>,
    numbers: Vec<u64>,
    chains: Vec<Vec<f64>>,
}

impl Observer for Seen {
    fn needs_states(&self) -> bool {
        true
    }

    fn batch(&mut self, batch: &Batch<'_>) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        self.chains.resize_with(batch.chains, Vec::new);
        for (row, x) in batch.x.chunks(batch.sites).enumerate() {
            self.chains[row / batch.draws].push(share_of_ones(x));
        }
        self.x.extend_from_slice(batch.x);
        for column in [
            batch.quantity("log_prob").unwrap(),
            batch.quantity("hamming").unwrap(),
            batch.accepted,
            batch.sites_changed,
        ] {
            self.numbers.extend(column.iter().map(|v| v.to_bits()));
        }
        Ok(())
    }
}

fn share_of_ones(x: &[u8]) -> f64 {
    x.iter().map(|&s| f64::from(s)).sum::<f64>() / x.len() as f64
}

/// The exact share of ones at `beta`.
fn enumerated<T>(target: &T, beta: f64) -> f64
where
    T: Target,
    T::Space: Space<Symbol = u8>,
{
    let all = configurations(target.space());
    let f: Vec<f64> = all.iter().map(|x| beta * target.log_prob(x)).collect();
    let log_z = logsumexp(&f);
    let weighted = all.iter().zip(&f);
    weighted
        .map(|(x, f)| share_of_ones(x) * (f - log_z).exp())
        .sum()
}

struct Judged {
    mean: f64,
    mcse: f64,
    rhat: f64,
}

fn judged(seen: &Seen) -> Judged {
    let rows: Vec<&[f64]> = seen.chains.iter().map(Vec::as_slice).collect();
    let draws = Draws::new(&rows).unwrap();
    Judged {
        mean: mean(&draws).unwrap(),
        mcse: mcse_mean(&draws).unwrap(),
        rhat: rhat(&draws).unwrap(),
    }
}

fn ran<T, K>(target: &T, kernel: &K, plan: &Plan) -> (Seen, Outcome)
where
    T: Target + Sync,
    T::Space: Space<Symbol = u8>,
    K: Kernel<T> + Sync,
{
    let mut seen = Seen::default();
    let outcome = run(target, kernel, plan, &mut seen).unwrap();
    (seen, outcome)
}

/// All chains start in the lesser well. The plain ones make as many steps in all as the tempered ones with their replicas.
fn two_wells<T, K>(name: &str, target: &T, kernel: &K)
where
    T: Target + Sync,
    T::Space: Space<Symbol = u8>,
    K: Kernel<T> + Sync,
{
    const REPLICAS: usize = 6;
    let exact = enumerated(target, 1.0);
    let tempered = Plan {
        chains: 4,
        warmup: 1000,
        draws: 4000,
        thin: 5,
        seed: 3,
        init: Init::Zeros,
        tempering: Some(Tempering::geometric(REPLICAS, 0.1).unwrap()),
        threads: NonZeroUsize::new(1),
        ..Plan::default()
    };
    let plain = Plan {
        thin: 5 * REPLICAS as u64,
        warmup: 1000 * REPLICAS as u64,
        tempering: None,
        ..tempered.clone()
    };
    let (seen, outcome) = ran(target, kernel, &tempered);
    let with = judged(&seen);
    let without = judged(&ran(target, kernel, &plain).0);
    let swaps = outcome.swaps.unwrap();
    println!(
        "{name}: exact {exact:.4}; tempered {:.4} (mcse {:.4}, R-hat {:.3}), plain {:.4} (mcse {:.4}, R-hat {:.3}); swaps {:.2?}, {} round trips",
        with.mean,
        with.mcse,
        with.rhat,
        without.mean,
        without.mcse,
        without.rhat,
        swaps.swap_acceptance(),
        swaps.round_trips
    );
    assert!((with.mean - exact).abs() < 4.0 * with.mcse, "{name}");
    assert!(with.mcse < 0.03 && with.rhat < 1.02, "{name}");
    assert!(
        (without.mean - exact).abs() > 0.1,
        "{name}: plain chains do well: not a hard target"
    );
    assert!(
        swaps.swap_acceptance().iter().all(|a| *a > Some(0.1)),
        "{name}"
    );
    assert!(swaps.round_trips > 100, "{name}");
    assert_eq!((swaps.betas.len(), swaps.betas[0]), (REPLICAS, 1.0));
    assert_eq!(outcome.counts.steps, 4 * 4000 * 5);
}

#[test]
fn replicas_find_both_wells_and_plain_chains_do_not() {
    let magnet = magnet();
    two_wells("local", &Exact(&magnet), &LocallyBalanced::local(Sqrt));
    two_wells("n-fold", &Exact(&magnet), &LocallyBalanced::n_fold(Sqrt));
    two_wells("evaluated", &Taylor(&magnet), &LocallyBalanced::gwg());
    two_wells("gibbs", &magnet, &Gibbs::default());
}

fn small(threads: usize, block: Option<usize>) -> Plan {
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

/// Everything a run tells, to the bit.
type Bits = (
    (Vec<u8>, Vec<u64>, Vec<u64>),
    (Vec<u64>, Vec<u8>, StepCounts),
    (Vec<f64>, Option<SwapStatistics>),
);

fn bits_of<T, K>(target: &T, kernel: &K, plan: &Plan) -> Bits
where
    T: Target + Sync,
    T::Space: Space<Symbol = u8>,
    K: Kernel<T> + Sync,
{
    let (seen, outcome) = ran(target, kernel, plan);
    let series = outcome
        .quantity("log_prob")
        .unwrap()
        .iter()
        .chain(outcome.quantity("hamming").unwrap());
    let series: Vec<u64> = series.map(|v| v.to_bits()).collect();
    (
        (seen.x, seen.numbers, series),
        (outcome.symbol_counts, outcome.last, outcome.counts),
        (outcome.tuning, outcome.swaps),
    )
}

fn same_bits<T, K>(target: &T, kernel: &K)
where
    T: Target + Sync,
    T::Space: Space<Symbol = u8>,
    K: Kernel<T> + Sync,
{
    let with = |plan: Plan| Plan {
        tempering: Some(Tempering {
            swap_every: 4,
            ..Tempering::geometric(3, 0.3).unwrap()
        }),
        anneal: Some(Annealing::Linear { from: 0.0 }),
        ..plan
    };
    let one = bits_of(target, kernel, &with(small(1, None)));
    for (threads, block) in [
        (2, None),
        (7, None),
        (1, Some(1)),
        (1, Some(6)),
        (2, Some(7)),
    ] {
        assert!(
            bits_of(target, kernel, &with(small(threads, block))) == one,
            "{threads} threads, blocks of {block:?}: other bits"
        );
    }
    let plain = bits_of(target, kernel, &small(1, None));
    let single = Plan {
        tempering: Some(Tempering::geometric(1, 0.3).unwrap()),
        ..small(2, None)
    };
    assert!(
        bits_of(target, kernel, &single) == plain,
        "one replica is no plain chain"
    );
}

#[test]
fn any_threads_and_any_blocks_give_the_same_bits_and_one_replica_is_a_plain_chain() {
    let rbm = Rbm::<f32>::random(30, 17, 4).unwrap();
    same_bits(&Taylor(&rbm), &LocallyBalanced::gwg());
    same_bits(&rbm, &Gibbs::default());
    let potts = DensePotts::<f64>::random(12, 5, 0.3, 4).unwrap();
    same_bits(&Taylor(&potts), &LocallyBalanced::gwg());
    let ising = LatticeIsing::<f32>::new(2, 6, 0.2, 0.1).unwrap();
    same_bits(&Exact(&ising), &LocallyBalanced::local(Sqrt));
    same_bits(&Exact(&ising), &LocallyBalanced::n_fold(Sqrt));
}

#[test]
fn what_is_recorded_stands_at_its_configuration() {
    let magnet = magnet();
    let plan = Plan {
        tempering: Some(Tempering::geometric(4, 0.1).unwrap()),
        anneal: Some(Annealing::Geometric { from: 0.05 }),
        draws: 90,
        ..small(2, None)
    };
    let (seen, outcome) = ran(&Exact(&magnet), &LocallyBalanced::local(Sqrt), &plan);
    for (x, f) in seen.x.chunks(9).zip(outcome.quantity("log_prob").unwrap()) {
        assert!((magnet.log_prob(x) - f).abs() < 1e-10);
    }
    let last = seen.x.chunks(9).enumerate().filter(|(k, _)| k % 90 == 89);
    let last: Vec<u8> = last.flat_map(|(_, x)| x).copied().collect();
    assert_eq!(outcome.last, last);
    assert!(outcome.counts.accepted <= outcome.counts.steps);
}

/// Two rounds: if the second were not at the target's temperature, all draws would be at `from`.
#[test]
fn annealing_ends_at_the_target() {
    let warm = LatticeIsing::<f64>::new(2, 3, 0.2, 0.1).unwrap();
    let beta = 0.8;
    let exact = enumerated(&warm, beta);
    for anneal in [
        Annealing::Linear { from: 0.0 },
        Annealing::Geometric { from: 0.01 },
    ] {
        let plan = Plan {
            chains: 4,
            warmup: 2,
            draws: 4000,
            thin: 5,
            beta,
            anneal: Some(anneal),
            ..Plan::default()
        };
        let (seen, outcome) = ran(&Exact(&warm), &LocallyBalanced::local(Sqrt), &plan);
        let found = judged(&seen);
        assert!((found.mean - exact).abs() < 4.0 * found.mcse, "{anneal:?}");
        assert!(
            (found.mean - 0.5).abs() > 8.0 * found.mcse,
            "{anneal:?}: nothing was told apart"
        );
        for (x, f) in seen
            .x
            .chunks(9 * 100)
            .zip(outcome.quantity("log_prob").unwrap().chunks(100))
            .take(1)
        {
            assert!((warm.log_prob(&x[..9]) - f[0]).abs() < 1e-10);
        }
    }
}

/// Gibbs keeps nothing that depends on the temperature: cooling from `beta` to `beta` changes no bit.
#[test]
fn annealing_from_the_target_is_no_annealing() {
    let magnet = magnet();
    let still = Plan {
        anneal: Some(Annealing::Linear { from: 1.0 }),
        ..small(1, None)
    };
    let (a, b) = (
        bits_of(&magnet, &Gibbs::default(), &still),
        bits_of(&magnet, &Gibbs::default(), &small(1, None)),
    );
    assert!(a == b);
}

#[test]
fn plans_that_break_a_condition_are_refused() {
    let magnet = magnet();
    let refused = |change: &dyn Fn(&mut Plan)| {
        let mut plan = small(1, None);
        change(&mut plan);
        run(&magnet, &Gibbs::default(), &plan, &mut ())
            .unwrap_err()
            .to_string()
    };
    let ladder = |ladder: &[f64]| {
        refused(&|p| {
            p.tempering = Some(Tempering {
                ladder: ladder.to_vec(),
                swap_every: 1,
            });
        })
    };
    assert!(ladder(&[]).contains("replicas: found 0"));
    assert!(ladder(&[0.9, 0.5]).contains("level 0: found 0.9"));
    assert!(ladder(&[1.0, 0.5, 0.5]).contains("level 2: found 0.5"));
    assert!(ladder(&[1.0, f64::NAN]).contains("level 1: found NaN"));
    assert!(ladder(&[1.0, -0.5]).contains("level 1: found -0.5"));
    assert!(ladder(&[1.0; 5000]).contains("found 5000, allowed are 1 to 4096"));
    let two = Tempering::geometric(2, 0.5).unwrap();
    assert!(
        refused(&|p| (p.beta, p.tempering) = (0.0, Some(two.clone()))).contains("nothing hotter")
    );
    let never = Tempering {
        swap_every: 0,
        ..two.clone()
    };
    assert!(refused(&|p| p.tempering = Some(never.clone())).contains("swap_every: found 0"));
    for found in [f64::NAN, f64::INFINITY, -1.0] {
        let anneal = Some(Annealing::Linear { from: found });
        assert!(refused(&|p| p.anneal = anneal).contains("anneal: found"));
    }
    let zero = Some(Annealing::Geometric { from: 0.0 });
    assert!(refused(&|p| p.anneal = zero).contains("anneal: found 0"));
    let anneal = Some(Annealing::Linear { from: 0.0 });
    assert!(refused(&|p| (p.anneal, p.warmup) = (anneal, 0)).contains("no warm-up steps"));
    for hottest in [0.0, 1.0, -0.1, f64::NAN] {
        let error = Tempering::geometric(3, hottest).unwrap_err();
        assert!(matches!(error, RunError::Hottest { .. }), "{error}");
    }
    assert!(Tempering::geometric(0, 0.1).is_err());
    assert!(Tempering::geometric(usize::MAX, 0.1).is_err());
}

/// Counts the states of three binary sites, per chain.
#[derive(Default)]
struct Visits(Vec<[u32; 8]>);

impl Observer for Visits {
    fn needs_states(&self) -> bool {
        true
    }

    fn batch(&mut self, batch: &Batch<'_>) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        self.0.resize(batch.chains, [0; 8]);
        for (row, x) in batch.x.chunks(batch.sites).enumerate() {
            let state = x.iter().fold(0, |k, &s| 2 * k + usize::from(s));
            self.0[row / batch.draws][state] += 1;
        }
        Ok(())
    }
}

/// With an even number of single flips between draws, of which none is rejected by its ratio: all states have 1/8.
///
/// The variance of a frequency is that of as many independent draws times at most 3.3: an indicator is a sum of
/// characters with squared coefficients 1/64, and that of `k` sites has the eigenvalue `1 - 2 k KEEP / 3`, whose square
/// enters at two steps a draw. Swaps at equal `f` do not raise it: draws of different replicas are independent. The bound
/// is 5 of these standard deviations.
#[test]
fn each_chain_sees_all_states_of_a_flat_model() {
    let flat = DenseIsing::new(vec![0.0; 9], vec![0.0; 3]).unwrap();
    for replicas in [1, 3] {
        let plan = Plan {
            chains: 4,
            warmup: 100,
            draws: 4000,
            thin: 2,
            seed: 8,
            tempering: (replicas > 1).then(|| Tempering::geometric(replicas, 0.1).unwrap()),
            ..Plan::default()
        };
        let mut visits = Visits::default();
        let kernel = LocallyBalanced::gwg();
        run(&Taylor(&flat), &kernel, &plan, &mut visits).unwrap();
        let draws = plan.draws as f64;
        let sd = (draws * 0.125 * 0.875 * 3.3).sqrt();
        assert_eq!(visits.0.len(), 4);
        for count in visits.0.as_flattened() {
            let error = (f64::from(*count) - 0.125 * draws).abs();
            assert!(error < 5.0 * sd, "{replicas} replicas: {:?}", visits.0);
        }
    }
}
