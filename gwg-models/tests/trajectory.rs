//! Parallel trajectory tempering on small models: enumerated on the states of all models, and sampled.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use gwg_core::check::{OwnedMemory, chi_square, configurations};
use gwg_core::{
    Kernel, Real, Space, SplitMix64, StepCounts, Sweep, SymbolOf, Target, TrajectoryTempering,
};
use gwg_linalg::Scalar;
use gwg_models::{LatticePotts, Rbm};

/// A machine whose weights are `scale` times those of a strongly coupled one.
fn machine<R: Scalar>(scale: f64) -> Rbm<R> {
    let model = Rbm::<R>::random(3, 2, 5).unwrap();
    let weights = model.weights().iter();
    let weights = weights.map(|&w| R::from_f64(30.0 * scale) * w).collect();
    let biases = (model.visible_bias().to_vec(), model.hidden_bias().to_vec());
    Rbm::new(weights, biases.0, biases.1).unwrap()
}

/// All states of `models` models, row-major.
fn joint<S: Space>(space: &S, models: usize) -> Vec<Vec<S::Symbol>> {
    let one = configurations(space);
    let mut all = vec![Vec::new()];
    for _ in 0..models {
        let longer = |x: &Vec<S::Symbol>| {
            let x = x.clone();
            one.iter().map(move |y| [&x[..], y].concat())
        };
        all = all.iter().flat_map(longer).collect();
    }
    all.sort();
    all
}

/// A transition matrix, the invariant distribution, and the states.
type Enumerated<S> = (Vec<Vec<f64>>, Vec<f64>, Vec<Vec<S>>);

/// The transition matrix of a step that exchanges even or odd pairs, and the invariant distribution.
fn matrix<T: Sweep<Real = f64>>(
    target: &T,
    models: &[T],
    beta: f64,
    parity: usize,
) -> Enumerated<SymbolOf<T>> {
    let sites = target.space().sites();
    let all = joint(target.space(), models.len() + 1);
    let find = |x: &[SymbolOf<T>]| all.binary_search_by(|y| y[..].cmp(x)).unwrap();
    let kernel = TrajectoryTempering::new(models);
    let rows = all.iter().map(|x| {
        let mut row = vec![0.0; all.len()];
        kernel.joint_transitions(target, x, beta, parity, &mut |y, p| row[find(y)] += p);
        row
    });
    let rows = rows.collect();
    let density = |x: &Vec<SymbolOf<T>>| {
        let each = x.chunks(sites).zip(models.iter().chain([target]));
        Real::exp(each.map(|(x, m)| beta * m.log_prob(x)).sum::<f64>())
    };
    let law: Vec<f64> = all.iter().map(density).collect();
    let z: f64 = law.iter().sum();
    (rows, law.iter().map(|p| p / z).collect(), all)
}

fn product_is_invariant<T: Sweep<Real = f64>>(target: &T, models: &[T], beta: f64) {
    for parity in [0, 1] {
        let (rows, law, _) = matrix(target, models, beta, parity);
        let mut after = vec![0.0; law.len()];
        for (row, p) in rows.iter().zip(&law) {
            let sum: f64 = row.iter().sum();
            assert!((sum - 1.0).abs() < 1e-12, "a row adds up to {sum}");
            for (after, q) in after.iter_mut().zip(row) {
                *after += p * q;
            }
        }
        let pairs = after.iter().zip(&law);
        let worst = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(worst < 1e-12, "beta {beta}, parity {parity}: {worst:e}");
    }
}

#[test]
fn the_product_of_all_distributions_is_invariant() {
    let models = [machine(0.0), machine(0.5)];
    for beta in [1.0, 0.6, 1.7] {
        product_is_invariant(&machine::<f64>(1.0), &models, beta);
    }
    let potts = |theta| LatticePotts::<f64>::new(1, 3, 3, theta).unwrap();
    product_is_invariant(&potts(0.4), &[potts(0.0)], 1.0);
}

#[test]
fn without_exchanged_values_the_product_is_not_invariant() {
    // The check can fail: exchanges that always happen are wrong.
    let (target, models) = (machine::<f64>(1.0), [machine(0.0)]);
    let (rows, law, all) = matrix(&target, &models, 1.0, 1);
    let swapped = |x: &[u8]| [&x[3..], &x[..3]].concat();
    let mut after = vec![0.0; law.len()];
    for (row, p) in rows.iter().zip(&law) {
        for (y, q) in all.iter().zip(row) {
            after[all.binary_search(&swapped(y)).unwrap()] += p * q;
        }
    }
    let pairs = after.iter().zip(&law);
    assert!(pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max) > 1e-3);
}

/// The states of all models after so many steps from `x`, of all walkers, as one row-major state each.
fn steps<R: Scalar>(
    target: &Rbm<R>,
    models: &[Rbm<R>],
    (x, beta): (&[u8], f64),
    (walkers, steps, seed): (usize, usize, u64),
) -> Vec<Vec<u8>> {
    let kernel = TrajectoryTempering::new(models);
    let start = vec![x.to_vec(); walkers];
    let mut owned = OwnedMemory::new(target, &kernel, walkers);
    let (mut walkers, scratch) = owned.walkers(target, &kernel, &start, R::from_f64(beta));
    let bits = (0..walkers.len() as u64).map(|k| SplitMix64::new(SplitMix64::mix(seed + k)));
    let mut bits: Vec<_> = bits.collect();
    let mut counts = vec![StepCounts::default(); walkers.len()];
    kernel.init(target, &mut walkers, scratch);
    for _ in 0..steps {
        kernel.step(target, &mut walkers, scratch, &mut bits, &mut counts);
        for w in &walkers {
            let error = (w.log_prob() - target.log_prob(w.x)).abs();
            assert!(error < 1e-4, "f is that of the state: {error:e}");
        }
    }
    assert!(counts.iter().all(|c| c.steps == steps as u64));
    let whole = walkers.iter().map(|w| {
        let others = w.state.states().iter().map(|&s| s as u8);
        others.chain(w.x.iter().copied()).collect()
    });
    whole.collect()
}

/// The first two steps, of which the second exchanges odd pairs, reach states as often as the matrices say.
fn steps_match<R: Scalar>(beta: f64) {
    let scales = [0.0, 0.5];
    let wide = |scale: &f64| machine::<f64>(*scale);
    let (target, models) = (machine::<f64>(1.0), scales.each_ref().map(wide));
    let own = scales.map(|scale| machine::<R>(scale));
    let (first, _, all) = matrix(&target, &models, beta, 0);
    let (second, _, _) = matrix(&target, &models, beta, 1);
    for (k, x) in [[0, 0, 0], [1, 0, 1]].iter().enumerate() {
        let start = all.binary_search(&x.repeat(3)).unwrap();
        let mut law = first[start].clone();
        for count in 1..=2 {
            if count == 2 {
                let mut after = vec![0.0; law.len()];
                for (p, row) in law.iter().zip(&second) {
                    for (after, q) in after.iter_mut().zip(row) {
                        *after += p * q;
                    }
                }
                law = after;
            }
            let seed = 1_000_000 * (2 * k as u64 + count);
            let reached = steps(
                &machine::<R>(1.0),
                &own,
                (x, beta),
                (30_000, count as usize, seed),
            );
            let mut counts = vec![0; all.len()];
            for y in reached {
                counts[all.binary_search(&y).unwrap()] += 1;
            }
            let found = chi_square(&counts, &law);
            // The quantile 4.5 has probability 3.4e-6.
            assert!(found.z.abs() < 4.5, "beta {beta}, {count} steps: {found:?}");
        }
    }
}

#[test]
fn steps_are_those_of_the_matrix() {
    steps_match::<f64>(1.0);
    steps_match::<f32>(1.0);
    steps_match::<f64>(1.5);
}

#[test]
fn states_of_independent_sites_reach_a_target_that_is_stuck() {
    // Two modes, all zeros and all ones, which sweeps of the target alone hardly leave.
    let model = |scale: f32| {
        let weights = vec![scale; 8 * 2];
        Rbm::<f32>::new(weights, vec![-scale; 8], vec![-4.0 * scale; 2])
    };
    let models: Vec<Rbm<f32>> = (0..8)
        .map(|k| model(0.5 * k as f32))
        .map(Result::unwrap)
        .collect();
    let target = model(4.0).unwrap();
    let ones = |models: &[Rbm<f32>]| {
        let all = steps(&target, models, (&[1; 8], 1.0), (400, 200, 9));
        let many = |x: &&Vec<u8>| x[x.len() - 8..].iter().filter(|&&s| s == 1).count() > 4;
        all.iter().filter(many).count()
    };
    assert!(ones(&[]) > 390);
    // Half of 400, with four standard deviations of 10.
    let found = ones(&models);
    assert!(found.abs_diff(200) < 40, "{found}");
}

#[test]
fn a_path_does_not_depend_on_the_other_walkers() {
    let (target, models) = (machine::<f32>(1.0), [machine(0.0), machine(0.5)]);
    let all = steps(&target, &models, (&[0, 1, 0], 1.0), (9, 50, 77));
    for (k, whole) in all.iter().enumerate() {
        let alone = steps(&target, &models, (&[0, 1, 0], 1.0), (1, 50, 77 + k as u64));
        assert_eq!(&alone[0], whole, "walker {k}");
    }
}
