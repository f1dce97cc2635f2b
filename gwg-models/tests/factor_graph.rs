//! Pairwise factor graphs: their definition by a double loop, every kernel by its matrix, sweeps, parameters, errors.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

#[path = "sweeps/shared.rs"]
mod shared;

use gwg_core::check::{self, TransitionMatrix, random_configuration};
use gwg_core::{
    BlockSweep, Delta, Exact, Gibbs, Gradient, LocallyBalanced, Multilinear, Parametric, Real,
    Scan, Space, SplitMix64, Sqrt, Target, Taylor,
};
use gwg_models::{Coupling, FactorGraph, ModelError, OwnedSpace, PairFactor, SparseIsing};
use shared::{keeps_its_books, one_sweep, visits};

const EXACT: f64 = 1e-12;
/// The rounding of weights to integers in trees: see the conformance tests of the other models.
const CUT: f64 = 1e-11;

const ALPHABETS: [u32; 5] = [2, 4, 3, 2, 3];

fn numbers(count: usize, seed: u64) -> Vec<f64> {
    let mut bits = SplitMix64::new(seed);
    let unit = |_| gwg_core::Bits::unit::<f64>(&mut bits);
    (0..count).map(unit).map(|u| 1.6 * u - 0.8).collect()
}

/// Two triangles that share a site: tables in both directions, and equal symbols across different alphabets.
fn factors() -> Vec<PairFactor> {
    let table = |i: usize, j: usize, seed| PairFactor {
        sites: (i, j),
        coupling: Coupling::Table(numbers((ALPHABETS[i] * ALPHABETS[j]) as usize, seed)),
    };
    let equal = |i, j, weight| PairFactor {
        sites: (i, j),
        coupling: Coupling::Equal(weight),
    };
    vec![
        table(0, 1, 1),
        table(2, 1, 2),
        equal(2, 0, 0.7),
        equal(3, 2, -0.5),
        table(4, 3, 3),
        equal(2, 4, 0.9),
    ]
}

fn mixed<R: Real>() -> FactorGraph<R> {
    FactorGraph::new(&ALPHABETS, &factors(), Some(&numbers(14, 4))).unwrap()
}

/// A ring with a site in the middle, all with three states.
fn potts<R: Real>() -> FactorGraph<R> {
    let ring = [(0, 1), (1, 2), (2, 3), (3, 0), (0, 4), (4, 2)];
    let factors: Vec<_> = (1..)
        .zip(ring)
        .map(|(k, sites)| PairFactor {
            sites,
            coupling: Coupling::Equal(0.3 * f64::from(k) - 0.8),
        })
        .collect();
    FactorGraph::new(&[3; 5], &factors, None).unwrap()
}

#[test]
fn f_is_the_sum_of_the_factors() {
    let (model, field) = (mixed::<f64>(), numbers(14, 4));
    let space = model.space();
    assert!(matches!(space, OwnedSpace::Mixed(_)));
    for x in check::configurations(space) {
        let mut f: f64 = (0..5)
            .map(|i| field[space.first_move(i) + usize::from(x[i])])
            .sum();
        for PairFactor { sites, coupling } in factors() {
            let (a, b) = (x[sites.0], x[sites.1]);
            f += match coupling {
                Coupling::Equal(weight) => weight * f64::from(u8::from(a == b)),
                Coupling::Table(t) => {
                    t[usize::from(a) * ALPHABETS[sites.1] as usize + usize::from(b)]
                }
            };
        }
        assert!((model.log_prob(&x) - f).abs() < EXACT, "{x:?}");
    }
    assert!(matches!(potts::<f64>().space(), OwnedSpace::Categorical(_)));
}

/// Two states with the factors of an Ising model give its `f` up to a constant. (An Ising edge counts twice.)
#[test]
fn two_states_give_an_ising_model() {
    let edges = [(0, 1, 0.3), (1, 2, -0.2), (2, 3, 0.5), (3, 0, 0.1)];
    let ising = SparseIsing::<f64>::new(4, &edges, Some(&[0.2, 0.0, -0.1, 0.4])).unwrap();
    let factors: Vec<_> = edges
        .iter()
        .map(|&(i, j, w)| PairFactor {
            sites: (i, j),
            coupling: Coupling::Equal(4.0 * w),
        })
        .collect();
    let field = [-0.2, 0.2, 0.0, 0.0, 0.1, -0.1, -0.4, 0.4];
    let graph = FactorGraph::<f64>::new(&[2; 4], &factors, Some(&field)).unwrap();
    let constant = graph.log_prob(&[0; 4]) - ising.log_prob(&[0; 4]);
    for x in check::configurations(graph.space()) {
        let difference = graph.log_prob(&x) - ising.log_prob(&x);
        assert!((difference - constant).abs() < EXACT, "{x:?}");
    }
}

fn conforms<R: Real>() {
    let tolerance = 256.0 * R::EPSILON.to_f64();
    for model in [mixed::<R>(), potts()] {
        check::delta(&model, 1000, 1, tolerance);
        check::gradient(&model, 5, 200, 2, tolerance);
        check::local(&model, 300, 3, tolerance);
        check::multilinear(&model, 20, 4, tolerance);
    }
}

#[test]
fn conformance_passes() {
    conforms::<f32>();
    conforms::<f64>();
}

fn kernels<T: Delta<Real = f64> + Gradient + Multilinear + gwg_core::Local>(model: &T) {
    let gwg = TransitionMatrix::new(&Taylor(model), &LocallyBalanced::gwg(), 0.8);
    gwg.assert_exact(true, EXACT);
    let gibbs = Gibbs { scan: Scan::Random };
    TransitionMatrix::new(model, &gibbs, 0.8).assert_exact(true, EXACT);
    let tree = TransitionMatrix::new(&Exact(model), &LocallyBalanced::local(Sqrt), 0.8);
    tree.assert_exact(true, EXACT);
    let evaluated = LocallyBalanced::evaluated(Sqrt);
    let evaluated = TransitionMatrix::new(&Exact(model), &evaluated, 0.8);
    for (a, b) in tree.p.iter().zip(&evaluated.p) {
        assert!((a - b).abs() < CUT);
    }
}

#[test]
fn kernels_are_exact() {
    kernels(&mixed::<f64>());
    kernels(&potts::<f64>());
}

#[test]
fn sweeps_leave_the_distribution_invariant() {
    for beta in [1.0, 0.3, 2.5] {
        TransitionMatrix::new(&mixed::<f64>(), &BlockSweep, beta).assert_exact(false, EXACT);
        TransitionMatrix::new(&potts::<f64>(), &BlockSweep, beta).assert_exact(false, EXACT);
    }
    let lone = FactorGraph::<f64>::new(&[4], &[], Some(&[0.1, 0.5, -0.3, 1.0])).unwrap();
    TransitionMatrix::new(&lone, &BlockSweep, 1.0).assert_exact(true, EXACT);
}

#[test]
fn sampled_sweeps_match_the_matrix() {
    visits(&mixed::<f32>(), 1.0, 1);
    visits(&potts::<f64>(), 1.3, 2);
    one_sweep(&mixed::<f64>(), 0.8, 77, 3);
    one_sweep(&potts::<f32>(), 1.0, 100, 4);
    keeps_its_books(&mixed::<f32>(), 5, 1e-12);
    keeps_its_books(&mixed::<f64>(), 6, 1e-12);
}

#[test]
fn parameters_are_read_written_and_differentiated() {
    for seed in 1..=3 {
        check::parametric(&mut mixed::<f64>(), seed, 1e-6);
        check::parametric(&mut potts::<f32>(), seed, 2e-4);
    }
    let (mut model, twin) = (mixed::<f64>(), mixed::<f64>());
    let mut values = vec![0.0; model.parameter_count()];
    model.read_parameters(&mut values).unwrap();
    // 8 + 12 + 1 + 1 + 6 + 1 numbers of factors.
    assert_eq!(values.len(), 29 + 14);
    values.iter_mut().for_each(|value| *value *= -2.0);
    model.write_parameters(&values).unwrap();
    let mut bits = SplitMix64::new(3);
    for _ in 0..20 {
        let x = random_configuration(model.space(), &mut bits);
        assert!((model.log_prob(&x) + 2.0 * twin.log_prob(&x)).abs() < EXACT);
    }
}

fn refused(states: &[u32], factor: PairFactor, field: Option<&[f64]>) -> String {
    let error = FactorGraph::<f32>::new(states, &[factor], field).unwrap_err();
    error.to_string()
}

#[test]
fn invalid_parameters_are_rejected_by_name() {
    let equal = |i, j, w| PairFactor {
        sites: (i, j),
        coupling: Coupling::Equal(w),
    };
    let table = |t: &[f64]| PairFactor {
        sites: (0, 1),
        coupling: Coupling::Table(t.to_vec()),
    };
    for (found, said) in [
        (
            refused(&[2, 1], equal(0, 1, 1.0), None),
            "states[1]: found 1",
        ),
        (refused(&[2, 257], equal(0, 1, 1.0), None), "257"),
        (
            refused(&[2, 3], equal(0, 2, 1.0), None),
            "0 - 2: the graph has 2 sites",
        ),
        (
            refused(&[2, 3], equal(1, 1, 1.0), None),
            "from a site to itself",
        ),
        (refused(&[2, 3], equal(0, 1, 1e60), None), "weight 1e60"),
        (
            refused(&[2, 3], table(&[0.0; 5]), None),
            "`t`: found 5 numbers, needed 6",
        ),
        (
            refused(&[2, 2], table(&[0.0, 1.0, f64::NAN, 0.0]), None),
            "`t[1, 0]`: found NaN",
        ),
        (
            refused(&[2, 3], equal(0, 1, 1.0), Some(&[0.0; 4])),
            "`h`: found 4 numbers, needed 5",
        ),
        (refused(&[], equal(0, 1, 1.0), None), "`sites`: found 0"),
    ] {
        assert!(found.contains(said), "{said:?} is not in: {found}");
    }
    let twice = [equal(0, 1, 1.0), equal(1, 0, 2.0)];
    let error = FactorGraph::<f64>::new(&[2, 3], &twice, None).unwrap_err();
    assert!(matches!(error, ModelError::Edge { edge: 1, .. }), "{error}");
}
