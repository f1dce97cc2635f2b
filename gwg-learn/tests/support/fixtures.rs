//! Small models with known partition functions, and the exact moments of annealed importance sampling on them.
#![allow(dead_code, reason = "each test file uses its own part")]

use gwg_chains::{Bound, Threads};
use gwg_core::accept::KEEP;
use gwg_core::check::{TransitionMatrix, configurations};
use gwg_core::{BlockSweep, Bridge, Delta, Exact, LocallyBalanced, Space, Sqrt, math};
use gwg_learn::log_z::{Base, Estimate, GeometricPath, Path, RbmPath, Start};
use gwg_models::{Factorized, Rbm, SparseIsing};

/// The machine of 6 visible and 4 hidden units with `W_ij = sin(i + 2j + 1)`, `b_i = .3 cos i`, `c_j = -.2 + .1 j`.
pub(crate) const CLOSED_FORM_LOG_Z: f64 = 7.424_798_426_910;

pub(crate) fn closed_form() -> Rbm<f64> {
    let weights = (0..6).flat_map(|i| (0..4).map(move |j| f64::from(i + 2 * j + 1).sin()));
    let visible = (0..6).map(|i| 0.3 * f64::from(i).cos());
    let hidden = (0..4).map(|j| -0.2 + 0.1 * f64::from(j));
    Rbm::new(weights.collect(), visible.collect(), hidden.collect()).unwrap()
}

/// A machine of the same shape with weights from `N(0, 1)` and biases from `N(0, 1/4)` (numpy, seed 0).
pub(crate) const NORMAL_LOG_Z: f64 = 8.164_015_547_967_4;

#[rustfmt::skip]
pub(crate) fn normal() -> Rbm<f64> {
    let weights = vec![
        0.1257302210933933, -0.1321048632913019, 0.6404226504432821, 0.10490011715303971,
        -0.535669373161111, 0.36159505490948474, 1.3040000451301372, 0.9470809631292422,
        -0.7037352358069926, -1.2654214710460525, -0.6232744625373522, 0.0413259793472436,
        -2.3250307746388343, -0.21879166393254573, -1.2459109472530652, -0.7322673547034516,
        -0.5442589828573099, -0.31630015636915454, 0.4116305363741328, 1.0425133694426776,
        -0.12853466294403426, 1.3664634705496859, -0.6651946734866135, 0.3515100700930197,
    ];
    let visible = vec![
        0.4517350908259043, 0.04700614888043728, -0.3717496246769042,
        -0.4608626881292097, -0.22886291283366958, 0.1100975617350247,
    ];
    let hidden = vec![
        -0.504809091769368, -0.10458778743585653, -0.07961250495723886, 0.27042279234290384,
    ];
    Rbm::new(weights, visible, hidden).unwrap()
}

/// The Ising model on a grid with free boundaries: `f = K sum_<ij> s_i s_j + h sum_i s_i`, each bond once.
pub(crate) fn grid(rows: usize, columns: usize, k: f64, h: f64) -> SparseIsing<f64> {
    let mut edges = Vec::new();
    for r in 0..rows {
        for c in 0..columns {
            let i = r * columns + c;
            if c + 1 < columns {
                edges.push((i, i + 1, k / 2.0));
            }
            if r + 1 < rows {
                edges.push((i, i + columns, k / 2.0));
            }
        }
    }
    let sites = rows * columns;
    SparseIsing::new(sites, &edges, Some(&vec![h; sites])).unwrap()
}

pub(crate) fn all_states<S: Space<Symbol = u8>>(space: &S) -> Vec<u8> {
    configurations(space).concat()
}

/// Calls `with` the geometric path from `base` to `model`, moved by single sites in proportion to the square roots of exact ratios.
pub(crate) fn on_geometric_path<A, T, O>(
    base: &A,
    model: &T,
    with: impl FnOnce(&dyn Path) -> O,
) -> O
where
    A: Base + Delta<Real = f64, Space = T::Space> + Sync,
    T: Delta<Real = f64, Space: Space<Symbol = u8> + Sync> + Sync,
{
    let kernel = LocallyBalanced::evaluated(Sqrt);
    let value = |x: &[u8]| model.log_prob(x);
    with(&GeometricPath::new(
        base,
        value,
        |t, with| {
            let target = Exact(Bridge::new(base, model, t)?);
            with(&Bound {
                target: &target,
                kernel: &kernel,
            })
        },
        Threads::one(),
    ))
}

/// The matrix of such a move at level `t`, with or without the laziness of the kernels of `gwg-core`.
pub(crate) fn geometric_kernel<A, T>(base: &A, model: &T, t: f64, lazy: bool) -> Vec<f64>
where
    A: Delta<Real = f64, Space = T::Space>,
    T: Delta<Real = f64, Space: Space<Symbol = u8>>,
{
    let target = Exact(Bridge::new(base, model, t).unwrap());
    let matrix = TransitionMatrix::new(&target, &LocallyBalanced::evaluated(Sqrt), 1.0);
    let (n, mut p) = (matrix.states, matrix.p);
    if !lazy {
        for (k, row) in p.chunks_exact_mut(n).enumerate() {
            row.iter_mut().for_each(|p| *p /= KEEP);
            row[k] = 0.0;
            row[k] = 1.0 - row.iter().sum::<f64>();
        }
    }
    p
}

/// The matrix of two-block Gibbs sampling at level `t` of the joint path.
pub(crate) fn block_kernel(path: &RbmPath<'_, f64>, t: f64) -> Vec<f64> {
    TransitionMatrix::new(&path.at(t).unwrap(), &BlockSweep, 1.0).p
}

/// The exact moments of the weights of both directions.
#[derive(Debug)]
pub(crate) struct Moments {
    /// `log E[w] + log Z_0`.
    pub(crate) log_z: f64,
    /// `Var w / (E w)^2`.
    pub(crate) relvar: f64,
    /// `E log w + log Z_0`.
    pub(crate) mean_log: f64,
    /// The same of the reverse direction, in forward sign.
    pub(crate) reverse_log_z: f64,
    pub(crate) reverse_relvar: f64,
    pub(crate) reverse_mean_log: f64,
    /// The law of the end points of forward paths with a last move at `t = 1`.
    pub(crate) ends: Vec<f64>,
}

fn times(row: &[f64], matrix: &[f64]) -> Vec<f64> {
    let n = row.len();
    let column = |j: usize| matrix.iter().skip(j).step_by(n);
    (0..n)
        .map(|j| row.iter().zip(column(j)).map(|(a, b)| a * b).sum())
        .collect()
}

/// `f_to - f_from` of every state, and `f_t`, by the path's own code.
pub(crate) fn log_ratios(path: &dyn Path, states: &[u8], from: f64, to: f64) -> Vec<f64> {
    let mut all = Vec::new();
    for block in &mut path.particles(Start::States(states), from, 0).unwrap() {
        let mut sums = vec![0.0; block.count()];
        block.add_log_ratios(from, to, &mut sums).unwrap();
        all.extend(sums);
    }
    all
}

pub(crate) fn values(path: &dyn Path, states: &[u8], t: f64) -> Vec<f64> {
    let mut all = Vec::new();
    for block in &mut path.particles(Start::States(states), t, 0).unwrap() {
        let mut values = vec![0.0; block.count()];
        block.values(t, &mut values).unwrap();
        all.extend(values);
    }
    all
}

fn law(f: &[f64]) -> Vec<f64> {
    let log_z = math::logsumexp(f);
    f.iter().map(|f| (f - log_z).exp()).collect()
}

fn mean(p: &[f64], x: &[f64]) -> f64 {
    p.iter().zip(x).map(|(p, x)| p * x).sum()
}

/// Sums of weights, of their squares, and of logarithms of weights, of paths from `start` along `levels`.
fn sums(
    path: &dyn Path,
    states: &[u8],
    start: Vec<f64>,
    levels: &[f64],
    kernel: &dyn Fn(f64) -> Vec<f64>,
) -> (f64, f64, f64) {
    let (mut first, mut second, mut law, mut log) = (start.clone(), start.clone(), start, 0.0);
    for (k, ends) in levels.windows(2).enumerate() {
        let ratios = log_ratios(path, states, ends[0], ends[1]);
        log += mean(&law, &ratios);
        for ((a, b), l) in first.iter_mut().zip(&mut second).zip(&ratios) {
            *a *= l.exp();
            *b *= (2.0 * l).exp();
        }
        if k + 2 < levels.len() {
            let matrix = kernel(ends[1]);
            first = times(&first, &matrix);
            second = times(&second, &matrix);
            law = times(&law, &matrix);
        }
    }
    (first.iter().sum(), second.iter().sum(), log)
}

pub(crate) fn moments(
    path: &dyn Path,
    states: &[u8],
    intervals: usize,
    kernel: &dyn Fn(f64) -> Vec<f64>,
) -> Moments {
    let mut levels: Vec<f64> = (0..=intervals)
        .map(|k| k as f64 / intervals as f64)
        .collect();
    let start = law(&values(path, states, 0.0));
    let (w, square, log) = sums(path, states, start.clone(), &levels, kernel);
    let ends = levels[1..]
        .iter()
        .fold(start, |p, &t| times(&p, &kernel(t)));
    levels.reverse();
    let target = law(&values(path, states, 1.0));
    let (u, reverse_square, reverse_log) = sums(path, states, target, &levels, kernel);
    let log_z0 = path.log_z0();
    Moments {
        log_z: log_z0 + w.ln(),
        relvar: square / (w * w) - 1.0,
        mean_log: log_z0 + log,
        reverse_log_z: log_z0 - u.ln(),
        reverse_relvar: reverse_square / (u * u) - 1.0,
        reverse_mean_log: log_z0 - reverse_log,
        ends,
    }
}

pub(crate) fn fair(sites: usize) -> Factorized<f64> {
    Factorized::bernoulli(vec![0.0; sites]).unwrap()
}

#[track_caller]
pub(crate) fn within(found: &Estimate, wanted: f64) {
    let (difference, error) = (found.value - wanted, found.error());
    assert!(
        error > 0.0 && difference.abs() <= 4.0 * error,
        "{found:?}, wanted {wanted}: {} errors",
        difference / error
    );
}

/// The mean of `x`, against what it should be, in its standard errors.
#[track_caller]
pub(crate) fn mean_within(x: &[f64], wanted: f64) {
    let n = x.len() as f64;
    let mean = x.iter().sum::<f64>() / n;
    let square = x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let error = (square / n).sqrt();
    assert!(
        (mean - wanted).abs() <= 4.0 * error,
        "{mean} +- {error}, wanted {wanted}"
    );
}
