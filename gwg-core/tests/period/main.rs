//! No kernel has a period, on flat and nearly flat targets of every alphabet, down to a single free binary site.
//!
//! Metropolis-Hastings kernels would have one: their matrices are enumerated by their own code, and the smallest
//! eigenvalue is at least `1 - 2 KEEP` = -15/16. The others decide without the factor, and their smallest eigenvalue is
//! not negative. `cargo test -p gwg-core --all-features --test period -- --nocapture` prints the smallest eigenvalue of
//! each over all targets, and that of the kernel without its factor.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "../stability/ising.rs"]
#[allow(dead_code, reason = "shared with the test of value stability")]
mod ising;
#[path = "../informed/proposals.rs"]
#[allow(dead_code, reason = "shared with the test of these kernels")]
mod proposals;
mod spectrum;
#[path = "../exact/targets.rs"]
#[allow(dead_code, reason = "shared with the other tests of kernels")]
mod targets;

use gwg_core::accept::KEEP;
use gwg_core::check::{Draws, TransitionMatrix, Transitions};
use gwg_core::kernel::MetropolizedGibbs;
use gwg_core::kernel::informed::{
    CyclicalLangevin, DiscreteLangevin, Dlmc, HammingWindow2, Informed, MultiFlip, PathAuxiliary,
    UnadjustedLangevin,
};
use gwg_core::*;
use ising::Ising;
use proposals::Visit;
use spectrum::smallest_eigenvalue;
use std::collections::BTreeMap;
use targets::{Ring, Soft};

const EXACT: f64 = 1e-12;
/// The smallest eigenvalue that a Metropolis-Hastings kernel may have.
const LEAST: f64 = 1.0 - 2.0 * KEEP;

/// By kernel: the smallest eigenvalue over all targets, and whether it decides by [`accept::lazy`].
#[derive(Default)]
struct Table(BTreeMap<String, (f64, bool)>);

impl Table {
    fn check<T: Target<Real = f64>, K: Transitions<T>>(
        &mut self,
        (name, lazy): (&str, bool),
        target: &T,
        kernel: &K,
    ) -> TransitionMatrix {
        let matrix = TransitionMatrix::new(target, kernel, 1.0);
        self.enter((name, lazy), &matrix);
        matrix
    }

    fn enter(&mut self, (name, lazy): (&str, bool), matrix: &TransitionMatrix) {
        matrix.assert_exact(true, EXACT);
        let smallest = smallest_eigenvalue(matrix);
        let least = if lazy { LEAST } else { 0.0 };
        assert!(smallest >= least - 1e-11, "{name}: {smallest}");
        let row = self.0.entry(name.to_owned()).or_insert((1.0, lazy));
        row.0 = row.0.min(smallest);
    }

    fn print(&self) {
        println!("| kernel | smallest eigenvalue | without the factor |\n|---|---|---|");
        for (name, &(smallest, lazy)) in &self.0 {
            let plain = if lazy {
                1.0 - (1.0 - smallest) / KEEP
            } else {
                smallest
            };
            println!("| {name} | {smallest:.4} | {plain:.4} |");
        }
    }
}

const BALANCES: [AnyBalance; 4] = proposals::BALANCES;

fn single<T: Gradient<Real = f64> + Local>(table: &mut Table, target: &T) {
    for g in BALANCES {
        let name = |law: &str| format!("{law}, {g:?}").to_lowercase();
        let evaluated = LocallyBalanced::evaluated(g);
        table.check((&name("evaluated"), true), &Exact(target), &evaluated);
        table.check((&name("gwg"), true), &Taylor(target), &evaluated);
        let cold = evaluated.with_temperature(0.7).unwrap();
        table.check((&name("gwg at 0.7"), true), &Taylor(target), &cold);
        table.check((&name("tree"), true), target, &LocallyBalanced::local(g));
        table.check((&name("jump"), false), target, &Jump::local(g));
    }
}

fn conditional<T: Delta<Real = f64>>(table: &mut Table, target: &T) {
    for flips in [1.0, 1.2, 2.0, 3.0] {
        let walk = RandomWalk::new(flips).unwrap();
        table.check((&format!("random walk {flips}"), true), target, &walk);
    }
    let scan = Scan::Random;
    table.check(
        ("metropolized gibbs", true),
        target,
        &MetropolizedGibbs { scan },
    );
    table.check(("gibbs", false), target, &Gibbs { scan });
    let block = BlockGibbs::new(2).unwrap().with_scan(scan);
    table.check(("block gibbs", false), target, &block);
    let ball = HammingBall::new(3, 1).unwrap().with_scan(scan);
    table.check(("hamming ball", false), target, &ball);
}

struct Several<'t, T>(&'t mut Table, &'t T);

impl<T: Differences<Real = f64>> Visit for Several<'_, T> {
    fn visit<P: Draws>(&mut self, name: &str, proposal: P) {
        let name = name.to_lowercase();
        self.0
            .check((&name, true), self.1, &Informed::new(proposal));
    }
}

fn several<T: Differences<Real = f64>>(table: &mut Table, target: &T) {
    proposals::all(&mut Several(table, target));
    let acs = Informed::new(CyclicalLangevin::new(&proposals::SCHEDULE).unwrap());
    for phase in 0..proposals::SCHEDULE.len() {
        let matrix = TransitionMatrix::with(target, &acs, 1.0, |w| {
            acs.set_phase(target, w, phase);
        });
        table.enter((&format!("acs, phase {phase}"), true), &matrix);
    }
}

fn spaces() -> [AnySpace<'static>; 4] {
    [
        Binary::new(3).into(),
        Categorical::new(2, 3).unwrap().into(),
        Ordinal::new(3, 2).unwrap().into(),
        Mixed::from_offsets(&[0, 2, 5]).unwrap().into(),
    ]
}

/// All sites free, then one.
fn observations(sites: usize) -> [Vec<Option<u8>>; 2] {
    let free = vec![None; sites];
    let mut one = vec![Some(1); sites];
    one[0] = None;
    [free, one]
}

/// Couplings of flat and nearly flat targets.
const SCALES: [f64; 3] = [0.0, 1e-3, 0.1];

#[test]
fn no_eigenvalue_is_near_minus_one() {
    let mut table = Table::default();
    for space in spaces() {
        for scale in SCALES {
            for observed in observations(space.sites()) {
                let mut free = [(); 2].map(|()| vec![0; space.sites()]);
                let [a, b] = &mut free;
                let ring = Clamp::new(Ring::<_>::new(space, scale, 3), &observed, a).unwrap();
                single(&mut table, &ring);
                conditional(&mut table, &ring);
                let soft = Clamp::new(Soft::new(space, scale, 4), &observed, b).unwrap();
                several(&mut table, &Taylor(&soft));
            }
        }
    }
    for coupling in SCALES {
        let spins = Ising::<f64>::new(coupling);
        for g in BALANCES {
            let name = format!("n-fold, {g:?}").to_lowercase();
            table.check((&name, true), &spins, &LocallyBalanced::n_fold(g));
        }
    }
    table.print();
    // The bound is attained, so the kernels without the factor do have period two.
    for name in [
        "gwg, sqrt",
        "tree, min",
        "n-fold, sqrt",
        "gwg-1, sqrt",
        "pas 1, sqrt",
        "pairs, sqrt",
        "random walk 1",
        "metropolized gibbs",
    ] {
        let found = table.0[name].0;
        assert!((found - LEAST).abs() < 1e-9, "{name}: {found}");
    }
}

/// `|P^k - 1 pi|` for `k = 2^10` steps, for kernels that are not reversible too.
fn forgets<T: Target<Real = f64>, K: Transitions<T>>(name: &str, target: &T, kernel: &K) {
    let mut matrix = TransitionMatrix::new(target, kernel, 1.0);
    matrix.assert_exact(false, EXACT);
    for _ in 0..10 {
        matrix = matrix.then(&matrix);
    }
    for row in matrix.p.chunks(matrix.states) {
        for (p, pi) in row.iter().zip(&matrix.stationary) {
            assert!((p - pi).abs() < 1e-10, "{name}: {p} {pi}");
        }
    }
}

#[test]
fn compositions_forget_their_parity() {
    for observed in observations(3) {
        for scale in SCALES {
            let space = AnySpace::from(Binary::new(3));
            let mut free = vec![0; 3];
            let ring = Clamp::new(Ring::<_>::new(space, scale, 3), &observed, &mut free).unwrap();
            let tree = LocallyBalanced::local(Sqrt);
            let walk = RandomWalk::new(1.0).unwrap();
            let scan = Scan::Random;
            let other = MetropolizedGibbs { scan };
            for steps in [(1, 1), (2, 1), (3, 1), (4, 2)] {
                let cycle = Cycle::new(tree, walk, steps).unwrap();
                forgets("gwg and a walk", &ring, &cycle);
                let cycle = Cycle::new(other, tree, steps).unwrap();
                forgets("metropolized gibbs and gwg", &ring, &cycle);
            }
            let mixture = Mixture::new(tree, other, 0.3).unwrap();
            forgets("a mixture", &ring, &mixture);
        }
    }
}

/// Without an acceptance step there is no factor; a site of a flat target moves with a probability below 1/2.
#[test]
fn unadjusted_langevin_has_no_period_on_flat_targets() {
    for space in spaces() {
        let flat = Taylor(Ring::<_>::new(space, 0.0, 3));
        for alpha in [0.1, 1.0, 1e3] {
            let proposal = DiscreteLangevin::new(AnyBalance::Sqrt, alpha).unwrap();
            let dula = UnadjustedLangevin::biased(proposal);
            let matrix = TransitionMatrix::new(&flat, &dula, 1.0);
            matrix.assert_exact(true, EXACT);
            assert!(smallest_eigenvalue(&matrix) > -1e-11);
        }
    }
}

/// One binary site of a flat target, whose gradient favors the other symbol at either: that of `L x (1 - x)`, which is 0
/// at both.
struct Lure(Binary);

impl Target for Lure {
    type Real = f64;
    type Space = Binary;

    fn space(&self) -> &Binary {
        &self.0
    }

    fn log_prob(&self, _: &[u8]) -> f64 {
        0.0
    }
}

impl Gradient for Lure {
    fn value_and_gradient(&self, x: &[u8], gradient: &mut [f64], _: &mut [f64]) -> f64 {
        for (g, &x) in gradient.iter_mut().zip(x) {
            *g = 60.0 * (1.0 - 2.0 * f64::from(x));
        }
        0.0
    }
}

/// Proposals of a random number of sites have a period too where first-order differences are wrong.
#[test]
fn inexact_differences_lure_no_kernel_into_a_period() {
    let target = Taylor(Lure(Binary::new(1)));
    let mut table = Table::default();
    several(&mut table, &target);
    table.print();
    for name in ["dmala 1, sqrt", "dlmcf 3, sqrt", "acs, phase 0"] {
        let found = table.0[name].0;
        assert!((found - LEAST).abs() < 1e-6, "{name}: {found}");
    }
}

/// Frequencies of the eight states of a flat model, two steps apart, in each of three chains.
///
/// An indicator is a sum of eight characters with squared coefficients 1/64; those of `k` of the three sites have the
/// eigenvalue `1 - 2 k KEEP / 3` under single flips, so that the variance of a frequency is that of `draws` independent
/// ones times at most 3.3 (from parity, `k = 3`). The bound is 5 of these standard deviations.
fn sees_all<T, K>(name: &str, target: &T, kernel: &K, thin: u64)
where
    T: Target<Real = f64>,
    T::Space: Space<Symbol = u8>,
    K: Kernel<T>,
{
    let draws = 4000;
    let starts = [vec![0, 0, 0], vec![1, 0, 0], vec![1, 1, 1]];
    let mut owned = check::OwnedMemory::new(target, kernel, starts.len());
    let (mut block, scratch) = owned.walkers(target, kernel, &starts, 1.0);
    let mut bits = [1, 2, 3].map(SplitMix64::new);
    let mut counts = [StepCounts::default(); 3];
    kernel.init(target, &mut block, scratch);
    let mut seen = [[0u32; 8]; 3];
    for _ in 0..draws {
        kernel.advance(target, &mut block, scratch, &mut bits, &mut counts, thin);
        for (w, seen) in block.iter().zip(&mut seen) {
            seen[check::index(target.space(), w.x)] += 1;
        }
    }
    let sd = (f64::from(draws) * 0.125 * 0.875 * 3.3).sqrt();
    for count in seen.as_flattened() {
        let error = (f64::from(*count) - 0.125 * f64::from(draws)).abs();
        assert!(error < 5.0 * sd, "{name}: {seen:?}");
    }
}

#[test]
fn each_chain_sees_all_states_of_a_flat_model() {
    let ring = Ring::<_>::new(Binary::new(3), 0.0, 1);
    let taylor = Taylor(&ring);
    let g = AnyBalance::Sqrt;
    sees_all("gwg", &taylor, &LocallyBalanced::evaluated(g), 2);
    sees_all("tree", &ring, &LocallyBalanced::local(g), 2);
    sees_all("random walk", &ring, &RandomWalk::new(1.0).unwrap(), 2);
    let scan = Scan::Random;
    sees_all("metropolized gibbs", &ring, &MetropolizedGibbs { scan }, 2);
    let gwg_1 = Informed::new(MultiFlip::new(g, 1.0).unwrap());
    sees_all("gwg-1", &taylor, &gwg_1, 2);
    let gwg_3 = Informed::new(MultiFlip::new(g, 3.0).unwrap());
    sees_all("gwg-3", &taylor, &gwg_3, 2);
    let pas = Informed::new(PathAuxiliary::new(g, 1.0).unwrap());
    sees_all("pas", &taylor, &pas, 2);
    let dlmcf = Informed::new(Dlmc::forward(g, 3.0).unwrap());
    sees_all("dlmcf", &taylor, &dlmcf, 2);
    let pairs = Informed::new(HammingWindow2::new(g));
    sees_all("pairs", &taylor, &pairs, 2);
    let tree = LocallyBalanced::local(g);
    let cycle = Cycle::new(tree, RandomWalk::new(1.0).unwrap(), (1, 1)).unwrap();
    sees_all("cycle", &ring, &cycle, 1);
}
