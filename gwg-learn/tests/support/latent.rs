//! Small models with latent variables, and what their tests share.
#![allow(dead_code, reason = "each test file uses its own part")]

use gwg_chains::{Bound, Threads};
use gwg_core::check::TransitionMatrix;
use gwg_core::kernel::{BlockGibbs, HammingBall, MetropolizedGibbs, RandomWalk};
use gwg_core::{Bits, Delta, Exact, Gibbs, Gradient, Local, LocallyBalanced, Parametric, Scan};
use gwg_core::{Space, SplitMix64, Sqrt, Taylor};
use gwg_learn::latent::{BindPosterior, BlockGraph, BlockModel, LogOdds, SigmoidBelief};
use std::num::NonZeroUsize;

pub(crate) fn threads(n: usize) -> Threads {
    Threads::new(NonZeroUsize::new(n).unwrap()).unwrap()
}

/// All parameters.
pub(crate) fn read<M: Parametric<Real = f64>>(model: &M) -> Vec<f64> {
    let mut parameters = vec![0.0; model.parameter_count()];
    model.read_parameters(&mut parameters).unwrap();
    parameters
}

/// With weights and biases of about this size.
pub(crate) fn belief(units: &[usize], scale: f64, seed: u64) -> SigmoidBelief<f64> {
    let mut model = SigmoidBelief::random(units, scale, seed).unwrap();
    let mut parameters = read(&model);
    // The biases are not 0 either.
    for (k, p) in parameters.iter_mut().enumerate() {
        *p += 0.7 * scale * (1.3 * k as f64 + seed as f64).sin();
    }
    model.write_parameters(&parameters).unwrap();
    model
}

/// Each pair is an edge with probability `p`, and missing with probability `missing`.
pub(crate) fn graph(nodes: usize, p: f64, missing: f64, seed: u64) -> BlockGraph {
    let (mut bits, mut lists) = (SplitMix64::new(seed), [vec![], vec![]]);
    for i in 0..nodes {
        for j in i + 1..nodes {
            let u = bits.unit::<f64>();
            if u < p + missing {
                lists[usize::from(u >= p)].push((j, i));
            }
        }
    }
    BlockGraph::new(nodes, &lists[0], &lists[1]).unwrap()
}

pub(crate) fn prior(classes: usize) -> Vec<f64> {
    (0..classes).map(|k| 0.8 * (k as f64).cos()).collect()
}

/// With log-odds by a network whose weights are not small.
pub(crate) fn neural(graph: BlockGraph, classes: usize, seed: u64) -> BlockModel<f64> {
    let odds = LogOdds::random(classes, 2, &[4], seed).unwrap();
    let mut model = BlockModel::new(graph, odds, prior(classes)).unwrap();
    let mut parameters = read(&model);
    parameters.iter_mut().for_each(|p| *p *= 1.7);
    model.write_parameters(&parameters).unwrap();
    model
}

pub(crate) fn table(graph: BlockGraph, classes: usize) -> BlockModel<f64> {
    let count = classes * (classes + 1) / 2;
    let upper = (0..count).map(|k| 1.5 * (2.0 * k as f64 + 0.5).sin());
    let odds = LogOdds::table(classes, upper.collect()).unwrap();
    BlockModel::new(graph, odds, prior(classes)).unwrap()
}

pub(crate) fn by_gwg<M, T>(work: impl FnOnce(&BindPosterior<'_, M>) -> T) -> T
where
    M: Parametric<Real = f32, Space: Space<Symbol = u8> + Sync> + Gradient + Sync,
{
    let kernel = LocallyBalanced::gwg();
    work(&|target, with| {
        with(&Bound {
            target: &Taylor(target),
            kernel: &kernel,
        })
    })
}

pub(crate) fn by_gibbs<M, T>(work: impl FnOnce(&BindPosterior<'_, M>) -> T) -> T
where
    M: Parametric<Real = f32, Space: Space<Symbol = u8> + Sync> + Delta + Sync,
{
    let kernel = Gibbs::default();
    work(&|target, with| {
        with(&Bound {
            target,
            kernel: &kernel,
        })
    })
}

/// The enumerated matrices of samplers on a model leave its distribution invariant.
pub(crate) fn assert_invariant<T: Gradient<Real = f64> + Local>(target: &T) {
    let (gwg, tree) = (LocallyBalanced::gwg(), LocallyBalanced::local(Sqrt));
    let (taylor, exact) = (Taylor(target), Exact(target));
    let scan = Scan::Random;
    let (gibbs, metropolized) = (Gibbs { scan }, MetropolizedGibbs { scan });
    let block = BlockGibbs::new(2).unwrap().with_scan(scan);
    let ball = HammingBall::new(3, 1).unwrap();
    let walk = RandomWalk::new(1.5).unwrap();
    for beta in [1.0, 0.4] {
        let matrices = [
            TransitionMatrix::new(&taylor, &gwg, beta),
            TransitionMatrix::new(&exact, &gwg, beta),
            TransitionMatrix::new(&exact, &tree, beta),
            TransitionMatrix::new(target, &gibbs, beta),
            TransitionMatrix::new(target, &metropolized, beta),
            TransitionMatrix::new(target, &block, beta),
            TransitionMatrix::new(target, &ball, beta),
            TransitionMatrix::new(target, &walk, beta),
        ];
        for matrix in matrices {
            matrix.assert_exact(true, 1e-12);
        }
    }
}
