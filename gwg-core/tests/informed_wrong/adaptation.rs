//! Adaptation: converges to the target acceptance, separately for each walker, is frozen afterwards; and is wrong if
//! it never stops.

use crate::targets::Ring;
use crate::{EXACT, binary};
use gwg_core::check::{OwnedMemory, TransitionMatrix};
use gwg_core::kernel::informed::*;
use gwg_core::*;

struct Adapted {
    tuning: Vec<f64>,
    acceptance: f64,
}

/// 2000 steps of warm-up, and 4000 after it.
fn run<P: Proposal>(kernel: &Informed<P>, chains: core::ops::Range<u64>) -> Adapted {
    let ring = Ring::<Binary>::new(Binary::new(60), 1.5, 5);
    let target = Taylor(&ring);
    let count = chains.clone().count();
    let start = vec![vec![0; 60]; count];
    let mut owned = OwnedMemory::new(&target, kernel, count);
    let (mut block, scratch) = owned.walkers(&target, kernel, &start, 1.0);
    let mut bits: Vec<_> = chains
        .map(|k| SplitMix64::new(SplitMix64::mix(k)))
        .collect();
    let mut counts = vec![StepCounts::default(); count];
    kernel.init(&target, &mut block, scratch);
    kernel.warm_up(&target, &mut block, scratch, &mut bits, &mut counts, 2000);
    let tuning: Vec<f64> = block
        .iter()
        .map(|w| kernel.tuning(&target, &w.state, 0).unwrap())
        .collect();
    kernel.init(&target, &mut block, scratch);
    counts.fill(StepCounts::default());
    kernel.advance(&target, &mut block, scratch, &mut bits, &mut counts, 4000);
    for (w, t) in block.iter().zip(&tuning) {
        assert_eq!(
            kernel.tuning(&target, &w.state, 0).unwrap().to_bits(),
            t.to_bits()
        );
    }
    let accepted: u64 = counts.iter().map(|t| t.accepted).sum();
    Adapted {
        tuning,
        acceptance: accepted as f64 / (4000 * count) as f64,
    }
}

fn adapts<P: Proposal>(name: &str, proposal: P) {
    let kernel = Informed::new(proposal);
    let together = run(&kernel, 0..3);
    println!(
        "{name:8} chose {:?}, accepts {:.3}",
        together.tuning, together.acceptance
    );
    assert!(
        (together.acceptance - TARGET_ACCEPTANCE).abs() < 0.04,
        "{name}"
    );
    let alone = run(&kernel, 1..2);
    assert_eq!(alone.tuning[0].to_bits(), together.tuning[1].to_bits());
    let spread = together
        .tuning
        .iter()
        .fold(0.0, |s, t| f64::max(s, (t / together.tuning[0]).ln().abs()));
    assert!(spread < 0.4, "chains agree: {:?}", together.tuning);
}

#[test]
fn warm_up_finds_the_target_acceptance() {
    adapts("gwg-n", MultiFlip::gwg(1.0).unwrap());
    adapts("pas", PathAuxiliary::pas(1.0).unwrap());
    adapts("dmala", DiscreteLangevin::dmala(0.2).unwrap());
    adapts("dlmc", Dlmc::interpolated(Sqrt, 3.0).unwrap());
    adapts("dlmcf", Dlmc::forward(Barker, 3.0).unwrap());
    let schedule =
        [(0.6, 0.5), (0.3, 0.5), (0.1, 0.6)].map(|(step, balance)| Phase { step, balance });
    adapts("acs", CyclicalLangevin::new(&schedule).unwrap().tuned());
}

#[test]
fn kernels_without_a_tuning_parameter_report_none() {
    let soft = binary();
    let (target, kernel) = (Taylor(&soft), Informed::new(HammingWindow2::gwg()));
    let mut owned = OwnedMemory::new(&target, &kernel, 1);
    let (mut block, scratch) = owned.walkers(&target, &kernel, &[vec![0; 4]], 1.0);
    kernel.init(&target, &mut block, scratch);
    kernel.adapt(&target, &mut block);
    assert_eq!(kernel.tuning(&target, &block[0].state, 0), None);
}

/// The chain of `(x, R)`, where `R` goes up a level on acceptance and down on rejection, forever.
#[test]
fn adaptation_that_never_stops_is_biased() {
    let soft = binary();
    let target = Taylor(&soft);
    let kernel = Informed::new(Dlmc::interpolated(Sqrt, 1.0).unwrap());
    let ladder = [0.05, 1.0, 20.0];
    let ladders: Vec<TransitionMatrix> = ladder
        .iter()
        .map(|&n| {
            let m = TransitionMatrix::with(&target, &kernel, 1.0, |w| {
                kernel.set_tuning(&target, w, n);
            });
            // Each level, frozen, is exact.
            m.assert_exact(true, EXACT);
            m
        })
        .collect();
    let n = ladders[0].states;
    let mut p = vec![1.0 / (3 * n) as f64; 3 * n];
    for _ in 0..20_000 {
        let mut next = vec![0.0; 3 * n];
        for (level, matrix) in ladders.iter().enumerate() {
            for x in 0..n {
                for y in 0..n {
                    // If the state changed, the proposal was accepted.
                    let to = if x == y {
                        level.saturating_sub(1)
                    } else {
                        (level + 1).min(2)
                    };
                    next[to * n + y] += p[level * n + x] * matrix.p[x * n + y];
                }
            }
        }
        p = next;
    }
    let marginal = (0..n).map(|x| p[x] + p[n + x] + p[2 * n + x]);
    let bias: f64 = marginal
        .zip(&ladders[0].stationary)
        .map(|(found, wanted)| (found - wanted).abs() / 2.0)
        .sum();
    println!("adaptation that never stops: total variation {bias:.4} from the target");
    assert!(bias > 0.005, "{bias}");
}

#[test]
fn fixed_tuning_parameters_are_not_adapted() {
    let soft = binary();
    let (target, kernel) = (
        Taylor(&soft),
        Informed::new(PathAuxiliary::pas(2.0).unwrap()).fixed(),
    );
    let free = Informed::new(PathAuxiliary::pas(2.0).unwrap());
    let path = |kernel: &Informed<PathAuxiliary<Sqrt>>, adapts: bool| {
        let mut owned = OwnedMemory::new(&target, kernel, 1);
        let (mut block, scratch) = owned.walkers(&target, kernel, &[vec![0; 4]], 1.0);
        kernel.init(&target, &mut block, scratch);
        let (mut bits, mut counts) = ([SplitMix64::new(3)], [StepCounts::default()]);
        kernel::walk(
            kernel,
            &target,
            &mut block,
            scratch,
            &mut bits,
            &mut counts,
            200,
            adapts,
        );
        (
            block[0].x.to_vec(),
            counts,
            kernel.tuning(&target, &block[0].state, 0),
        )
    };
    assert_eq!(path(&kernel, true), path(&kernel, false));
    assert_eq!(path(&kernel, true).2, None);
    assert_ne!(path(&free, true).2, Some(2.0));
}
