//! Transition matrices enumerated by the kernels' own code.

use crate::proposals::{SCHEDULE, Visit, all, tempered};
use crate::targets::{Encode, Ring, Soft};
use crate::{EXACT, binary, categorical};
use gwg_core::check::{Draws, TransitionMatrix};
use gwg_core::kernel::informed::*;
use gwg_core::*;

struct OnTarget<'t, T> {
    target: &'t T,
    betas: &'t [f64],
}

impl<T: Differences<Real = f64>> Visit for OnTarget<'_, T> {
    fn visit<P: Draws>(&mut self, name: &str, proposal: P) {
        let kernel = Informed::new(proposal);
        for &beta in self.betas {
            let m = TransitionMatrix::new(self.target, &kernel, beta).measure();
            assert!(
                m.stochastic < EXACT && m.invariance < EXACT && m.reversibility < EXACT,
                "{name} at {beta}: {m:?}"
            );
            let moves = m.mean_move > 1e-3 || beta > 1.0;
            assert!(m.irreducible && moves, "{name} at {beta}: {m:?}");
        }
    }
}

fn on<T: Differences<Real = f64>>(target: &T) {
    all(&mut OnTarget {
        target,
        betas: &[1.0],
    });
    for temperature in [0.8, 4.0] {
        let betas = &[0.35, 2.5];
        tempered(temperature, &mut OnTarget { target, betas });
    }
}

fn on_space<S: Encode>(space: &S) {
    let soft = Soft::new(space.clone(), 1.5, 11);
    let ring = Ring::<S>::new(space.clone(), 1.5, 12);
    on(&Taylor(&soft));
    on(&Exact(&soft));
    on(&Taylor(&ring));
    on(&Exact(&ring));
}

#[test]
fn on_binary_spaces() {
    on_space(&binary());
}

#[test]
fn on_categorical_spaces() {
    on_space(&categorical());
}

/// Weights outside the range in which no shift or limit is needed.
#[test]
fn matrices_are_exact_for_extreme_weights() {
    let ring = Ring::<_>::new(binary(), 60.0, 12);
    struct Extreme<'t, T>(&'t T);
    impl<T: Differences<Real = f64>> Visit for Extreme<'_, T> {
        fn visit<P: Draws>(&mut self, name: &str, proposal: P) {
            let m = TransitionMatrix::new(self.0, &Informed::new(proposal), 1.0).measure();
            assert!(
                m.stochastic < EXACT && m.invariance < EXACT && m.reversibility < EXACT,
                "{name}: {m:?}"
            );
        }
    }
    all(&mut Extreme(&Taylor(&ring)));
}

#[test]
fn every_phase_of_a_cycle_is_exact_and_a_palindrome_is_reversible() {
    let soft = Soft::new(categorical(), 1.5, 4);
    let target = Taylor(&soft);
    let kernel = Informed::new(CyclicalLangevin::new(&SCHEDULE).unwrap());
    let phases: Vec<_> = (0..SCHEDULE.len())
        .map(|phase| {
            let matrix = TransitionMatrix::with(&target, &kernel, 1.0, |w| {
                kernel.set_phase(&target, w, phase);
            });
            matrix.assert_exact(true, EXACT);
            // DMALA with the same parameters has the same matrix: b = 1 / temperature.
            let Phase { step, balance } = SCHEDULE[phase];
            let dmala = DiscreteLangevin::dmala(step).unwrap();
            let dmala = dmala.with_temperature(1.0 / balance).unwrap();
            let same = TransitionMatrix::new(&target, &Informed::new(dmala), 1.0);
            assert!(
                same.p
                    .iter()
                    .zip(&matrix.p)
                    .all(|(a, b)| (a - b).abs() < EXACT)
            );
            matrix
        })
        .collect();
    let product = |order: &[usize]| {
        let mut product = phases[order[0]].clone();
        for &k in &order[1..] {
            product = product.then(&phases[k]);
        }
        product.measure()
    };
    let cycle = product(&[0, 1, 2]);
    assert!(
        cycle.invariance < EXACT && cycle.reversibility > 1e-4,
        "{cycle:?}"
    );
    let palindrome = product(&[0, 1, 2, 2, 1, 0]);
    assert!(palindrome.reversibility < EXACT, "{palindrome:?}");
}

fn same_matrix<T: Differences<Real = f64>, P: Draws, Q: Draws>(target: &T, p: P, q: Q) -> f64 {
    let a = TransitionMatrix::new(target, &Informed::new(p), 0.9);
    let b = TransitionMatrix::new(target, &Informed::new(q), 0.9);
    let difference = |(a, b): (&f64, &f64)| (a - b).abs();
    a.p.iter().zip(&b.p).map(difference).fold(0.0, f64::max)
}

#[test]
fn equivalent_kernels_have_equal_matrices() {
    let soft = Soft::new(categorical(), 1.5, 4);
    let target = Taylor(&soft);
    // One draw, a path of one site, and the single-move kernel.
    let (one, path) = (
        MultiFlip::gwg(1.0).unwrap(),
        PathAuxiliary::pas(1.0).unwrap(),
    );
    assert!(same_matrix(&target, one, path) < EXACT);
    let gwg = TransitionMatrix::new(&target, &LocallyBalanced::gwg(), 0.9);
    let one = TransitionMatrix::new(&target, &Informed::new(one), 0.9);
    assert!(gwg.p.iter().zip(&one.p).all(|(a, b)| (a - b).abs() < EXACT));
    // An Euler step that is never truncated differs from the interpolated one, but they agree to first order in time.
    let apart = |n: f64| {
        let (dlmc, dlmcf) = (
            Dlmc::interpolated(Sqrt, n).unwrap(),
            Dlmc::forward(Sqrt, n).unwrap(),
        );
        same_matrix(&target, dlmc, dlmcf)
    };
    let (coarse, fine) = (apart(0.2), apart(0.02));
    assert!(coarse > 1e-4 && fine < coarse / 50.0, "{coarse:e} {fine:e}");
}

#[test]
fn a_tuned_cycle_is_the_cycle_of_multiplied_step_sizes() {
    let soft = Soft::new(categorical(), 1.5, 4);
    let target = Taylor(&soft);
    let larger = SCHEDULE.map(|p| Phase {
        step: 1.75 * p.step,
        ..p
    });
    let fixed = Informed::new(CyclicalLangevin::new(&larger).unwrap());
    let tuned = Informed::new(CyclicalLangevin::new(&SCHEDULE).unwrap().tuned());
    for phase in 0..SCHEDULE.len() {
        let [a, b] = [(&fixed, 1.0), (&tuned, 1.75)].map(|(kernel, factor)| {
            TransitionMatrix::with(&target, kernel, 1.0, |w| {
                kernel.set_tuning(&target, w, factor);
                kernel.set_phase(&target, w, phase);
            })
        });
        b.assert_exact(true, EXACT);
        assert!(a.p.iter().zip(&b.p).all(|(a, b)| (a - b).abs() < EXACT));
    }
}
