//! The logged moves of a kernel lead from each state to the next, and a kernel that follows them is in the same state
//! as one that reevaluates.

use crate::ising::Ising;
use crate::kernels::{Job, at_run_time, on_classes, on_conditionals, on_surveys, on_trees};
use crate::network::Network;
use crate::targets::Ring;
use gwg_core::check::{OwnedMemory, Transitions, random_configuration};
use gwg_core::kernel::{MetropolizedGibbs, WalkerOf};
use gwg_core::*;
use proptest::prelude::*;
use std::slice::from_mut;

/// Replays the log of each kernel.
struct Replayed {
    seed: u64,
    kernels: usize,
}

impl Job for Replayed {
    fn run<T: Target, K: Kernel<T>>(&mut self, name: &str, target: &T, kernel: &K) {
        assert!(kernel.logs_moves(), "{name}");
        let mut memory = [0; MoveLog::WORDS];
        let mut bits = [SplitMix64::new(self.seed)];
        let start = [random_configuration(target.space(), &mut bits[0])];
        let mut owned = OwnedMemory::new(target, kernel, 1);
        let (mut walkers, scratch) = owned.walkers(target, kernel, &start, T::Real::ONE);
        let mut counts = [StepCounts::default()];
        kernel.init(target, &mut walkers, scratch);
        walkers[0].log_moves_to(MoveLog::new(&mut memory));
        let [mut replayed] = start;
        for step in 0..60 {
            let seen = MoveLog::count(walkers[0].move_log().words());
            let before = counts[0].sites_changed;
            kernel.step(target, &mut walkers, scratch, &mut bits, &mut counts);
            let mut logged = 0;
            let words = walkers[0].move_log().words();
            for mv in MoveLog::since(words, seen, MoveLog::MOVES).unwrap() {
                assert_eq!(replayed[mv.site].widen(), mv.from, "{name}, step {step}");
                assert!(!mv.is_idle(), "{name}, step {step}: {mv:?}");
                mv.apply(&mut replayed);
                logged += 1;
            }
            assert_eq!(replayed, walkers[0].x, "{name}, step {step}");
            assert_eq!(
                logged,
                counts[0].sites_changed - before,
                "{name}, step {step}"
            );
        }
        assert!(counts[0].sites_changed > 0, "{name} never moves");
        self.kernels += 1;
    }
}

#[test]
fn logged_moves_lead_from_each_state_to_the_next() {
    let mut job = Replayed {
        seed: 11,
        kernels: 0,
    };
    let nominal = Ring::<_, f64>::new(Categorical::new(6, 3).unwrap(), 1.0, 5);
    on_surveys(&Taylor(&nominal), &mut job);
    on_conditionals(&nominal, &mut job);
    at_run_time(&nominal, &mut job);
    on_trees(&nominal, &mut job);
    on_classes(&Ising::<f64>::new(0.2), &mut job);
    let gibbs = MetropolizedGibbs { scan: Scan::Random };
    job.run("metropolized gibbs", &nominal, &gibbs);
    assert!(job.kernels > 40, "{}", job.kernels);
}

/// Several moves one after the other, and the state after them.
fn moves<T: Target>(
    target: &T,
    x: &mut [SymbolOf<T>],
    count: usize,
    bits: &mut SplitMix64,
) -> Vec<Move> {
    let space = target.space();
    let one = |_| loop {
        let mv = space.decode(x, bits.below(space.moves()));
        if !mv.is_idle() {
            mv.apply(x);
            return mv;
        }
    };
    (0..count).map(one).collect()
}

/// Calls `compare` with a walker that follows moves, and one that is reevaluated after them.
fn both<T, K>(
    target: &T,
    kernel: &K,
    (seed, count): (u64, usize),
    compare: impl FnOnce(&mut [WalkerOf<'_, T, K>; 2], &mut [T::Real]),
) where
    T: Target,
    K: Kernel<T>,
{
    let mut bits = SplitMix64::new(seed);
    let start = random_configuration(target.space(), &mut bits);
    let start = [start.clone(), start];
    let mut owned = OwnedMemory::new(target, kernel, 2);
    let (mut walkers, scratch) = owned.walkers(target, kernel, &start, T::Real::ONE);
    kernel.init(target, &mut walkers, scratch);
    let mut end = start[0].clone();
    let changes = moves(target, &mut end, count, &mut bits);
    let mut both: [WalkerOf<'_, T, K>; 2] = walkers.try_into().ok().unwrap();
    for walker in &mut both {
        walker.x.copy_from_slice(&end);
    }
    kernel.reevaluate(target, from_mut(&mut both[1]), scratch);
    let log_prob = both[1].log_prob();
    both[0].set_log_prob(log_prob);
    assert!(kernel.follow(target, &mut both[0], scratch, &changes));
    assert_eq!(both[0].x, end, "follows to where the moves lead");
    assert_eq!(both[0].log_prob(), log_prob, "leaves f as it is");
    compare(&mut both, scratch);
}

/// Compares later steps: for kernels whose states are equal up to rounding.
fn same_steps<T: Target, K: Kernel<T>>(target: &T, kernel: &K, case: (u64, usize)) {
    both(target, kernel, case, |both, scratch| {
        let mut bits = [0, 0].map(|_| SplitMix64::new(case.0 ^ 1));
        let mut counts = [StepCounts::default(); 2];
        for _ in 0..40 {
            for k in 0..2 {
                let (bits, counts) = (from_mut(&mut bits[k]), from_mut(&mut counts[k]));
                kernel.step(target, from_mut(&mut both[k]), scratch, bits, counts);
            }
            assert_eq!(both[0].x, both[1].x);
            let [a, b] = [both[0].log_prob(), both[1].log_prob()];
            assert!((a - b).abs() <= 1e-11 * (1.0 + b.abs()), "{a} {b}");
        }
        assert_eq!(counts[0], counts[1]);
    });
}

/// Compares the transition probabilities of a step: for kernels that keep the moves in an order, which depends on
/// rounding and history.
fn same_rows<T: Target, K: Transitions<T>>(target: &T, kernel: &K, case: (u64, usize)) {
    both(target, kernel, case, |both, scratch| {
        let rows = both.each_mut().map(|walker| {
            let mut row = vec![];
            kernel.transitions(target, walker, scratch, &mut |y, p| {
                row.push((y.to_vec(), p));
            });
            row
        });
        close(&rows);
    });
}

/// Compares the rates of jumps.
fn same_rates<T, N>(target: &T, kernel: &Jump<N>, case: (u64, usize))
where
    T: Target,
    N: Neighborhood<T>,
{
    both(target, kernel, case, |both, scratch| {
        let rows = both.each_mut().map(|walker| {
            let mut row = vec![];
            kernel.rates(target, walker, scratch, &mut |y, rate| {
                row.push((y.to_vec(), rate));
            });
            row
        });
        close(&rows);
    });
}

fn close<Y: PartialEq + std::fmt::Debug>([a, b]: &[Vec<(Y, f64)>; 2]) {
    assert!(!a.is_empty() && a.len() == b.len());
    for ((x, p), (y, q)) in a.iter().zip(b) {
        assert!(
            x == y && (p - q).abs() <= 1e-11 * (1.0 + q.abs()),
            "{x:?} {p}, {y:?} {q}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn following_equals_reevaluating(
        sites in 3usize..7, states in 2usize..5, scale in 0.1..3.0f64, seed in any::<u64>(), count in 0usize..12,
    ) {
        let (target, case) = (Network::new(sites, states, scale, seed), (seed, count));
        for scan in [Scan::Systematic, Scan::Random] {
            same_steps(&target, &Gibbs { scan }, case);
            same_steps(&target, &MetropolizedGibbs { scan }, case);
            same_steps(&target, &BlockGibbs::new(2).unwrap().with_scan(scan), case);
            same_steps(&target, &HammingBall::new(3, 1).unwrap().with_scan(scan), case);
        }
        same_steps(&target, &RandomWalk::new(1.5).unwrap(), case);
        same_rows(&target, &LocallyBalanced::local(Sqrt), case);
        same_rates(&target, &Jump::local(Barker), case);
        let spins = Ising::<f64>::new(scale / 3.0);
        same_rows(&spins, &LocallyBalanced::n_fold(Sqrt), case);
        same_rates(&spins, &Jump::n_fold(Barker), case);
    }
}
