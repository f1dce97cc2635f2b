//! Steps that are drawn have the probabilities of the matrix, in both precisions.

use crate::graph::{Graph, grid, random};
use gwg_core::check::{
    OwnedMemory, TransitionMatrix, Transitions, chi_square, configurations, index, long_run,
};
use gwg_core::*;

/// Single steps from several states against their rows of the matrix; the quantile 4.5 has probability 3.4e-6.
fn steps<T: Pairwise, K: Transitions<T> + Kernel<T>>(target: &T, kernel: &K)
where
    T::Space: Space<Symbol = u8>,
{
    const DRAWS: usize = 40_000;
    let matrix = TransitionMatrix::new(target, kernel, T::Real::ONE);
    let all = configurations(target.space());
    for from in [0, all.len() / 3, all.len() - 1] {
        let mut owned = OwnedMemory::new(target, kernel, 1);
        let start = &all[from];
        let (mut block, scratch) =
            owned.walkers(target, kernel, core::slice::from_ref(start), T::Real::ONE);
        kernel.init(target, &mut block, scratch);
        let (mut bits, mut counts) = ([SplitMix64::new(9)], [StepCounts::default()]);
        let mut seen = vec![0; all.len()];
        for _ in 0..DRAWS {
            block[0].x.copy_from_slice(start);
            kernel.step(target, &mut block, scratch, &mut bits, &mut counts);
            seen[index(target.space(), block[0].x)] += 1;
        }
        let row = &matrix.p[from * all.len()..(from + 1) * all.len()];
        let impossible = seen.iter().zip(row).any(|(&n, &p)| n > 0 && p < 1e-12);
        assert!(!impossible, "a step of probability 0");
        let found = chi_square(&seen, row);
        assert!(found.z.abs() < 4.5, "from {from}: {found:?}");
    }
}

fn both<R: Real>() {
    let mut bonds = grid(0.5);
    bonds[2].2 = -0.7;
    for field in [vec![], random(6, 1)] {
        let spins = Graph::<R>::spins(6, &bonds, &field);
        steps(&spins, &SwendsenWang);
        steps(&spins, &Wolff);
    }
    let ring = [(0, 1, 0.8), (2, 1, 0.8), (2, 3, 0.8), (0, 3, 0.8)];
    for sign in [1.0, -1.0] {
        let bonds = ring.map(|(i, j, w)| (i, j, sign * w));
        for field in [vec![], random(12, 2)] {
            let states = Graph::<R>::states(4, 3, &bonds, &field);
            steps(&states, &SwendsenWang);
            steps(&states, &Wolff);
        }
    }
}

#[test]
fn steps_have_the_probabilities_of_the_matrix_in_f32() {
    both::<f32>();
}

#[test]
fn steps_have_the_probabilities_of_the_matrix_in_f64() {
    both::<f64>();
}

#[test]
fn steps_with_observed_sites_have_the_probabilities_of_the_matrix() {
    let spins = Graph::<f64>::spins(6, &grid(0.5), &random(6, 3));
    let observed = [None, Some(1), None, None, Some(0), None];
    let mut free = [0; 6];
    let target = Clamp::new(&spins, &observed, &mut free).unwrap();
    steps(&target, &SwendsenWang);
    steps(&target, &Wolff);
}

#[test]
fn long_runs_have_the_distribution() {
    let spins = Graph::<f64>::spins(6, &grid(0.6), &random(6, 4));
    for found in [
        long_run(&spins, &SwendsenWang, 0.8, 5, 4_000, 10, 1),
        long_run(&spins, &Wolff, 0.8, 5, 4_000, 30, 2),
        long_run(
            &spins,
            &Cycle::new(SwendsenWang, Gibbs::default(), (1, 3)).unwrap(),
            0.8,
            5,
            4_000,
            10,
            3,
        ),
    ] {
        assert!(found.z.abs() < 4.5, "{found:?}");
    }
}

/// The running sum of `f` is right after many steps, whatever `beta` becomes meanwhile.
#[test]
fn log_prob_is_that_of_the_state() {
    fn check<K: Kernel<Graph<f32>>>(kernel: &K) {
        let spins = Graph::<f32>::spins(6, &grid(0.6), &random(6, 5));
        let mut owned = OwnedMemory::new(&spins, kernel, 1);
        let (mut block, scratch) = owned.walkers(&spins, kernel, &[vec![0; 6]], 1.0);
        kernel.init(&spins, &mut block, scratch);
        let (mut bits, mut counts) = ([SplitMix64::new(6)], [StepCounts::default()]);
        for round in 0..200 {
            block[0].beta = 0.2 + (round % 7) as f32 * 0.2;
            kernel.reweight(&spins, &mut block, scratch);
            kernel.advance(&spins, &mut block, scratch, &mut bits, &mut counts, 100);
            let error = block[0].log_prob() - spins.log_prob(block[0].x);
            assert!(error.abs() < 1e-4, "{error}");
        }
    }
    check(&SwendsenWang);
    check(&Wolff);
}
