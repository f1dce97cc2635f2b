//! A cycle of step sizes continues across swaps of temperatures. If each swap restarted it, a walker's states would
//! determine the next step size: each step would leave its target invariant, but the run would not.

use crate::proposals::SCHEDULE;
use crate::targets::Soft;
use gwg_core::check::{TransitionMatrix, configurations};
use gwg_core::kernel::informed::CyclicalLangevin;
use gwg_core::temper::swap_ratio;
use gwg_core::*;

const BETAS: [f64; 2] = [1.2, 0.3];

/// Two levels that step in phase and swap after each step.
struct Levels {
    /// By phase, then by level.
    steps: Vec<[TransitionMatrix; 2]>,
    /// The probability of a swap, by the two states.
    swap: Vec<f64>,
}

impl Levels {
    fn new() -> Self {
        let soft = Soft::new(Binary::new(2), 3.0, 8);
        let target = Taylor(&soft);
        let kernel = Informed::new(CyclicalLangevin::new(&SCHEDULE).unwrap());
        let steps = (0..SCHEDULE.len()).map(|phase| {
            BETAS.map(|beta| {
                TransitionMatrix::with(&target, &kernel, beta, |w| {
                    kernel.set_phase(&target, w, phase);
                })
            })
        });
        let all = configurations(soft.space());
        let f: Vec<_> = all.iter().map(|x| soft.log_prob(x)).collect();
        let both = f.iter().flat_map(|a| f.iter().map(move |b| (*a, *b)));
        let swap = both.map(|f| accept::probability(swap_ratio((BETAS[0], BETAS[1]), f)));
        Self {
            steps: steps.collect(),
            swap: swap.collect(),
        }
    }

    /// One step of both levels in a phase.
    fn step(&self, phase: usize, law: &[f64]) -> Vec<f64> {
        let [cold, hot] = &self.steps[phase];
        let n = cold.states;
        let mut next = vec![0.0; n * n];
        for (from, p) in law.iter().enumerate() {
            for (to, next) in next.iter_mut().enumerate() {
                *next += p * cold.p[from / n * n + to / n] * hot.p[from % n * n + to % n];
            }
        }
        next
    }

    /// The largest error of the distribution of both levels after `rounds` rounds from equilibrium, with the phase
    /// reset after each swap, or kept if `kept`.
    fn error(&self, rounds: usize, kept: bool) -> f64 {
        let [cold, hot] = &self.steps[0];
        let n = cold.states;
        let pairs = cold.stationary.iter();
        let start: Vec<f64> = pairs
            .flat_map(|p| hot.stationary.iter().map(move |q| p * q))
            .collect();
        let mut laws = vec![vec![0.0; n * n]; self.steps.len()];
        laws[0].clone_from(&start);
        for _ in 0..rounds {
            let mut next = vec![vec![0.0; n * n]; self.steps.len()];
            for (phase, law) in laws.iter().enumerate() {
                let on = (phase + 1) % self.steps.len();
                let swapped = if kept { on } else { 0 };
                for (at, p) in self.step(phase, law).iter().enumerate() {
                    next[swapped][at % n * n + at / n] += p * self.swap[at];
                    next[on][at] += p * (1.0 - self.swap[at]);
                }
            }
            laws = next;
        }
        let whole = (0..n * n).map(|at| laws.iter().map(|law| law[at]).sum::<f64>());
        let error = whole
            .zip(start)
            .map(|(found, wanted)| (found - wanted).abs());
        error.fold(0.0, f64::max)
    }
}

#[test]
fn step_size_cycles_continue_across_swaps() {
    let levels = Levels::new();
    assert!(levels.error(50, true) < 1e-13);
    let biased = levels.error(50, false);
    println!("a cycle begun anew by each swap is wrong by {biased:.1e}");
    assert!(biased > 1e-3, "{biased:e}");
}

/// The behavior of the kernel: the step after a change of temperature has the phase that was due.
#[test]
fn reweighting_keeps_the_phase() {
    let soft = Soft::new(Binary::new(4), 1.0, 8);
    let target = Taylor(&soft);
    let kernel = Informed::new(CyclicalLangevin::new(&SCHEDULE).unwrap());
    let path = |changed: bool| {
        let mut owned = check::OwnedMemory::new(&target, &kernel, 1);
        let (mut block, scratch) = owned.walkers(&target, &kernel, &[vec![0; 4]], 1.0);
        let (mut bits, mut counts) = ([SplitMix64::new(7)], [StepCounts::default()]);
        kernel.init(&target, &mut block, scratch);
        let mut seen = vec![];
        for _ in 0..100 {
            kernel.step(&target, &mut block, scratch, &mut bits, &mut counts);
            if changed {
                kernel.reweight(&target, &mut block, scratch);
            }
            seen.push(block[0].x.to_vec());
        }
        seen
    };
    assert_eq!(path(true), path(false));
}
