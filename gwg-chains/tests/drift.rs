//! What is kept up to date by small additions stays what it is made anew as: in f32, over long runs.
//!
//! # The tolerances
//! Fields are kept by one f32 addition a change, and made anew after `max(2^16, 64 sites)` accepted moves. An addition
//! with the result `u` rounds by at most `|u| eps / 2`, up or down alike and evenly spread: with a standard deviation
//! of `|u| eps / sqrt(12)`. After `n` of them six times `sqrt(n)` of that are the tolerance of a field, whatever the
//! length of the run; `n` is the refresh interval, `u` is known from the parameters.
//!
//! `log_prob` is a running f64 sum of differences. A site goes up and down in turns, so the error of its field adds
//! with alternating signs: what is left of it is a sum of some of its roundings, each once. For a model in which a
//! move changes `r` fields that are `sqrt(r n)` standard deviations, and again six of them are allowed.
//!
//! A site of a sparse model sees only its neighbors' moves, and a spin that flips back takes most of its roundings
//! with it: the errors found are smaller than allowed, 2 times for the differences of the dense model, 50 times and
//! more for those of the sparse one.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_chains::{Generator, generator};
use gwg_core::check::{OwnedMemory, random_configuration};
use gwg_core::kernel::WalkerOf;
use gwg_core::neighborhood::Evaluations;
use gwg_core::{
    Exact, Gibbs, Kernel, Local, LocallyBalanced, Real, Space, Sqrt, StepCounts, Target, Taylor,
};
use gwg_models::{DenseIsing, LatticeIsing, Rbm, SparseIsing};

const SHORT: u64 = 1_000_000;
const LONG: u64 = 10_000_000;
/// Steps from one look to the next: prime, so that a systematic scan is met at every site.
const BETWEEN: u64 = 997;

/// The largest errors seen, or allowed.
#[derive(Clone, Copy, Debug, Default)]
struct Drift {
    log_prob: f64,
    difference: f64,
}

struct Chain<'c, 'w, T: Target, K: Kernel<T>> {
    target: &'c T,
    kernel: &'c K,
    walkers: Vec<WalkerOf<'w, T, K>>,
    scratch: &'w mut [T::Real],
    bits: [Generator; 1],
    counts: [StepCounts; 1],
}

impl<T: Target, K: Kernel<T>> Chain<'_, '_, T, K> {
    fn advance(&mut self, steps: u64) {
        let (bits, counts) = (&mut self.bits, &mut self.counts);
        let walkers = &mut self.walkers;
        self.kernel
            .advance(self.target, walkers, self.scratch, bits, counts, steps);
    }

    fn fresh(&self) -> f64 {
        self.target.log_prob(self.walkers[0].x)
    }
}

/// Walks, looks every [`BETWEEN`] steps, and compares the largest errors with `allowed`.
fn walk<T: Target, K: Kernel<T>>(
    name: &str,
    (target, kernel): (&T, &K),
    steps: u64,
    allowed: Drift,
    look: impl Fn(&mut Chain<'_, '_, T, K>) -> Option<f64>,
) {
    let mut bits = generator(5, 0);
    let start = random_configuration(target.space(), &mut bits);
    let mut owned = OwnedMemory::new(target, kernel, 1);
    let (walkers, scratch) = owned.walkers(target, kernel, &[start], T::Real::ONE);
    let mut chain = Chain {
        target,
        kernel,
        walkers,
        scratch,
        bits: [bits],
        counts: [StepCounts::default()],
    };
    kernel.init(target, &mut chain.walkers, chain.scratch);
    let (mut seen, mut looks) = (Drift::default(), 0);
    for _ in 0..steps / BETWEEN {
        chain.advance(BETWEEN - 1);
        let error = (chain.walkers[0].log_prob() - chain.fresh()).abs();
        seen.log_prob = seen.log_prob.max(error);
        if let Some(error) = look(&mut chain) {
            looks += 1;
            seen.difference = seen.difference.max(error);
        }
    }
    let hops = chain.counts[0].sites_changed;
    println!(
        "{name}: {steps} steps, {hops} hops; log_prob {:.1e} of {:.1e}, differences {:.1e} of {:.1e}",
        seen.log_prob, allowed.log_prob, seen.difference, allowed.difference
    );
    // Long enough for a refresh, with differences looked at all the way.
    let interval = (64 * target.space().sites() as u64).max(1 << 16);
    assert!(
        hops > interval && looks >= 100,
        "{name}: {hops} hops, {looks} looks"
    );
    assert!(
        seen.log_prob <= allowed.log_prob,
        "{name}: log_prob {seen:?}"
    );
    assert!(
        seen.difference <= allowed.difference,
        "{name}: differences {seen:?}"
    );
}

/// For kernels that add differences to `log_prob`: takes a step, and compares what it added with the truth.
fn added<T: Target, K: Kernel<T>>(chain: &mut Chain<'_, '_, T, K>) -> Option<f64> {
    let (kept, fresh) = (chain.walkers[0].log_prob(), chain.fresh());
    let hops = chain.counts[0].sites_changed;
    chain.advance(1);
    let (kept_after, fresh_after) = (chain.walkers[0].log_prob(), chain.fresh());
    let refreshed = kept_after == fresh_after && kept != fresh;
    (chain.counts[0].sites_changed > hops && !refreshed)
        .then(|| ((kept_after - kept) - (fresh_after - fresh)).abs())
}

/// For evaluations: takes a step, and compares all differences with those of a fresh walker at the same place.
fn evaluated<'c, T, K>(chain: &mut Chain<'c, '_, T, K>) -> Option<f64>
where
    T: Target,
    K: for<'a> Kernel<T, State<'a> = Evaluations<'a, T::Real>>,
{
    chain.advance(1);
    let mut owned = OwnedMemory::new(chain.target, chain.kernel, 1);
    let x = chain.walkers[0].x.to_vec();
    let (mut fresh, scratch) = owned.walkers(chain.target, chain.kernel, &[x], T::Real::ONE);
    chain.kernel.init(chain.target, &mut fresh, scratch);
    let kept = chain.walkers[0].state.current.differences.iter();
    let pairs = kept.zip(fresh[0].state.current.differences.iter());
    let errors = pairs.map(|(kept, fresh)| (kept.to_f64() - fresh.to_f64()).abs());
    Some(errors.fold(0.0, f64::max))
}

/// The standard deviation of an f32 rounding to a number of this size.
fn rounding(size: f64) -> f64 {
    size * f64::from(f32::EPSILON) / 12f64.sqrt()
}

/// Six standard deviations of a sum of roundings: those between two refreshes, and those of making `sites` terms anew.
fn many(sites: usize, each: f64) -> f64 {
    let sites = sites as f64;
    6.0 * (f64::max(65_536.0, 64.0 * sites) + sites).sqrt() * each
}

fn sparse(steps: u64) {
    let sites = 200;
    let model = SparseIsing::<f32>::erdos_renyi(sites, 4.0, 1).unwrap();
    let pull = |i| -> f64 { model.neighbors(i).map(|(_, w)| f64::from(w.abs())).sum() };
    // A difference is twice a field.
    let field = rounding(2.0 * (0..sites).map(pull).fold(0.0, f64::max));
    let touched = (model.max_affected() as f64).sqrt();
    let allowed = Drift {
        log_prob: touched * many(sites, 2.0 * field),
        difference: many(sites, 2.0 * field),
    };
    let tree = LocallyBalanced::local(Sqrt);
    let evaluation = LocallyBalanced::evaluated(Sqrt);
    let exact = Exact(&model);
    walk("sparse Ising, tree", (&exact, &tree), steps, allowed, added);
    walk(
        "sparse Ising, evaluation",
        (&exact, &evaluation),
        steps,
        allowed,
        evaluated,
    );
    walk(
        "sparse Ising, Gibbs",
        (&model, &Gibbs::default()),
        steps,
        allowed,
        added,
    );
}

fn dense(steps: u64) {
    let sites = 200;
    let model = DenseIsing::<f32>::random(sites, 0.015, 1).unwrap();
    let rows = model.coupling().chunks(sites);
    // High temperature: spins are nearly independent, and a field has this mean square.
    let square = rows.map(|row| row.iter().map(|&w| f64::from(w).powi(2)).sum::<f64>());
    let slope = rounding(4.0 * square.fold(0.0, f64::max).sqrt());
    let allowed = Drift {
        log_prob: (sites as f64).sqrt() * many(sites, slope),
        difference: many(sites, slope),
    };
    let gwg = LocallyBalanced::gwg();
    walk(
        "dense Ising, evaluation",
        (&Taylor(&model), &gwg),
        steps,
        allowed,
        evaluated,
    );
    walk(
        "dense Ising, Gibbs",
        (&model, &Gibbs::default()),
        steps,
        allowed,
        added,
    );
}

/// Neighbor sums are exact, so a difference has one rounding, that of adding the field to them, and never drifts.
/// In `log_prob` the five possible roundings add up with the net number of moves that used each: a random walk at
/// equilibrium, after at most one move a site on the way there.
fn lattice(steps: u64) {
    let (side, theta, bias) = (40, 0.2, 0.1);
    let sites = side * side;
    let model = LatticeIsing::<f32>::new(2, side, theta, bias).unwrap();
    let each = 2.0 * (8.0 * theta + bias) * f64::from(f32::EPSILON) / 2.0;
    let allowed = Drift {
        log_prob: many(sites, each) + sites as f64 * each,
        difference: each,
    };
    let tree = LocallyBalanced::local(Sqrt);
    walk(
        "lattice Ising, tree",
        (&Exact(&model), &tree),
        steps,
        allowed,
        added,
    );
    walk(
        "lattice Ising, Gibbs",
        (&model, &Gibbs::default()),
        steps,
        allowed,
        added,
    );
}

/// The pre-activations `a` are what is kept, with errors independent of each other: those of their sums add in squares.
/// A slope of the logistic function is at most 1/4, one of softplus at most 1; an exact difference is that of two sums of
/// softplus, each to `SOFTPLUS` of itself.
fn machine(steps: u64) {
    /// The relative error that `gwg_core::math` states for `softplus_sum`.
    const SOFTPLUS: f64 = 1.2e-7;
    let (visible, hidden) = (64, 32);
    let model = Rbm::<f32>::random(visible, hidden, 1).unwrap();
    let rows = || model.weights().chunks(hidden);
    let bound = |part: fn(f64) -> f64| -> Vec<f64> {
        let column = |j: usize| rows().map(|row| part(f64::from(row[j]))).sum::<f64>();
        let biases = model.hidden_bias().iter().enumerate();
        biases
            .map(|(j, &c)| part(f64::from(c)) + column(j))
            .collect()
    };
    let largest = bound(f64::abs).into_iter().fold(0.0, f64::max);
    let softplus: f64 = bound(|w| w.max(0.0)).into_iter().map(Real::softplus).sum();
    let square = |row: &[f32]| row.iter().map(|&w| f64::from(w).powi(2)).sum::<f64>();
    let kept = many(visible, rounding(largest));
    let slope = 0.25 * rows().map(square).fold(0.0, f64::max).sqrt() * kept;
    let sum = (hidden as f64).sqrt() * kept;

    // `log_prob` is made from `a` at each step.
    let allowed = Drift {
        log_prob: sum + SOFTPLUS * softplus,
        difference: slope,
    };
    let gwg = LocallyBalanced::gwg();
    walk(
        "RBM, evaluation",
        (&Taylor(&model), &gwg),
        steps,
        allowed,
        evaluated,
    );

    // Each argument of the second sum is rounded once more.
    let evaluated = 2.0 * SOFTPLUS * softplus + 6.0 * (hidden as f64).sqrt() * rounding(largest);
    let allowed = Drift {
        log_prob: sum + many(visible, evaluated),
        difference: slope + evaluated,
    };
    walk(
        "RBM, Gibbs",
        (&model, &Gibbs::default()),
        steps,
        allowed,
        added,
    );
}

#[test]
fn sparse_ising() {
    sparse(SHORT);
}

#[test]
fn dense_ising() {
    dense(SHORT);
}

#[test]
fn lattice_ising() {
    lattice(SHORT);
}

#[test]
fn restricted_boltzmann_machine() {
    machine(SHORT);
}

/// `cargo test -p gwg-chains --test drift -- --ignored --nocapture` prints the errors of ten times as many steps.
#[test]
#[ignore = "a minute; its answers are those of the short runs"]
fn ten_million_steps() {
    sparse(LONG);
    dense(LONG);
    lattice(LONG);
    machine(LONG);
}
