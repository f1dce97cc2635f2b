//! Symbols of 16 bits: every kernel is enumerated on a categorical space of `u16`, takes the same path as on `u8`, and
//! reaches symbols above 255.
#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![cfg(feature = "check")]

use gwg_core::check::{
    self, OwnedMemory, TransitionMatrix, Transitions, chi_square, configurations,
};
use gwg_core::kernel::informed::{DiscreteLangevin, PathAuxiliary};
use gwg_core::*;

const EXACT: f64 = 1e-12;

const BALANCES: [AnyBalance; 4] = [
    AnyBalance::Sqrt,
    AnyBalance::Barker,
    AnyBalance::Min,
    AnyBalance::Max,
];

/// A Potts-like target with random tables on all pairs of sites: `f = e - curvature e^2`, where
/// `e = sum_i h_i(x_i) + sum_{i<j} J_ij(x_i, x_j)`. First-order differences are exact only without curvature.
struct Tables<S: Symbol> {
    space: Categorical<S>,
    curvature: f64,
    field: Vec<f64>,
    coupling: Vec<f64>,
}

impl<S: Symbol> Tables<S> {
    fn new(space: Categorical<S>, curvature: f64, seed: u64) -> Self {
        let mut bits = SplitMix64::new(seed);
        let moves = space.moves();
        let mut draw = |len| {
            (0..len)
                .map(|_| 2.0 * bits.unit::<f64>() - 1.0)
                .collect::<Vec<_>>()
        };
        Self {
            space,
            curvature,
            field: draw(moves),
            coupling: draw(moves * moves),
        }
    }

    /// The move index that sets `site` to `symbol`.
    fn place(&self, site: usize, symbol: usize) -> usize {
        site * self.space.states() + symbol
    }

    /// The terms of `e` that contain `site`, with `symbol` there.
    fn local(&self, x: &[S], site: usize, symbol: usize) -> f64 {
        let (own, moves) = (self.place(site, symbol), self.space.moves());
        let others = x.iter().enumerate().filter(|(other, _)| *other != site);
        let pairs = others.map(|(other, s)| {
            let other = self.place(other, s.index());
            self.coupling[own.min(other) * moves + own.max(other)]
        });
        self.field[own] + pairs.sum::<f64>()
    }

    fn energy(&self, x: &[S]) -> f64 {
        let sites = x.iter().enumerate();
        let terms = sites.map(|(site, s)| {
            let field = self.field[self.place(site, s.index())];
            0.5 * (self.local(x, site, s.index()) + field)
        });
        terms.sum()
    }

    fn value(&self, energy: f64) -> f64 {
        energy - self.curvature * energy * energy
    }
}

impl<S: Symbol> Target for Tables<S> {
    type Real = f64;
    type Space = Categorical<S>;

    fn space(&self) -> &Categorical<S> {
        &self.space
    }

    fn log_prob(&self, x: &[S]) -> f64 {
        self.value(self.energy(x))
    }
}

impl<S: Symbol> Gradient for Tables<S> {
    fn value_and_gradient(&self, x: &[S], gradient: &mut [f64], _: &mut [f64]) -> f64 {
        let energy = self.energy(x);
        let slope = 1.0 - 2.0 * self.curvature * energy;
        for (m, g) in gradient.iter_mut().enumerate() {
            let mv = self.space.decode(x, m);
            *g = slope * self.local(x, mv.site, mv.to.into());
        }
        self.value(energy)
    }
}

impl<S: Symbol> Delta for Tables<S> {
    fn delta(&self, x: &[S], _: &[f64], mv: Move) -> f64 {
        let before = self.energy(x);
        let gain = self.local(x, mv.site, mv.to.into()) - self.local(x, mv.site, mv.from.into());
        self.value(before + gain) - self.value(before)
    }
}

impl<S: Symbol> Local for Tables<S> {
    fn max_affected(&self) -> usize {
        self.space.moves()
    }

    fn update_affected(
        &self,
        x: &[S],
        cache: &mut [f64],
        _: Move,
        affected: &mut AffectedMoves<'_, f64>,
    ) {
        for m in 0..self.space.moves() {
            let other = self.space.decode(x, m);
            if !other.is_idle() {
                affected.push(m, self.delta(x, cache, other));
            }
        }
    }
}

/// A function applied to each kernel. A systematic scan updates only the first block from a new start.
trait Job {
    fn run<T, K>(&mut self, name: &str, target: &T, kernel: &K, systematic: bool)
    where
        T: Target<Real = f64>,
        K: Transitions<T>;
}

fn each_kernel<S: Symbol>(target: &Tables<S>, job: &mut impl Job) {
    let (taylor, exact) = (Taylor(target), Exact(target));
    for g in BALANCES {
        let evaluated = LocallyBalanced::evaluated(g);
        let name = |law: &str| format!("{law}, {g:?}");
        job.run(&name("first-order differences"), &taylor, &evaluated, false);
        job.run(&name("exact differences"), &exact, &evaluated, false);
        let tree = LocallyBalanced::local(g);
        job.run(&name("sum tree"), &exact, &tree, false);
        let pas = Informed::new(PathAuxiliary::new(g, 1.7).unwrap());
        job.run(&name("PAS, first order"), &taylor, &pas, false);
        job.run(&name("PAS, exact"), &exact, &pas, false);
        let dmala = Informed::new(DiscreteLangevin::new(g, 0.5).unwrap());
        job.run(&name("DMALA, first order"), &taylor, &dmala, false);
        job.run(&name("DMALA, exact"), &exact, &dmala, false);
    }
    for (scan, systematic) in [(Scan::Random, false), (Scan::Systematic, true)] {
        job.run("Gibbs", target, &Gibbs { scan }, systematic);
        let sites = target.space().sites();
        for block in 1..=sites {
            let whole = systematic && block < sites;
            let gibbs = BlockGibbs::new(block).unwrap().with_scan(scan);
            job.run(&format!("block {block}"), target, &gibbs, whole);
            for radius in 1..=block {
                let ball = HammingBall::new(block, radius).unwrap().with_scan(scan);
                job.run(&format!("ball {block} {radius}"), target, &ball, whole);
            }
        }
    }
    for flips in [1.0, 1.5] {
        let walk = RandomWalk::new(flips).unwrap();
        job.run(&format!("random walk {flips}"), target, &walk, false);
    }
}

struct Enumerate {
    beta: f64,
    matrices: Vec<(String, Vec<f64>)>,
}

impl Job for Enumerate {
    fn run<T, K>(&mut self, name: &str, target: &T, kernel: &K, systematic: bool)
    where
        T: Target<Real = f64>,
        K: Transitions<T>,
    {
        let matrix = TransitionMatrix::new(target, kernel, self.beta);
        let m = matrix.measure();
        assert!(
            m.stochastic < EXACT && m.invariance < EXACT && m.reversibility < EXACT,
            "{name} at {}: {m:?}",
            self.beta
        );
        assert!(
            m.irreducible != systematic && m.mean_move > 1e-3,
            "{name} at {}: {m:?}",
            self.beta
        );
        self.matrices.push((name.into(), matrix.p));
    }
}

fn enumerated<S: Symbol>(target: &Tables<S>, beta: f64) -> Vec<(String, Vec<f64>)> {
    let mut job = Enumerate {
        beta,
        matrices: vec![],
    };
    each_kernel(target, &mut job);
    let sweep = TransitionMatrix::sweep(target, beta);
    sweep.assert_exact(false, EXACT);
    job.matrices.push(("sweep".into(), sweep.p));
    job.matrices
}

#[test]
fn kernels_are_exact_and_have_the_matrices_of_narrow_symbols() {
    for (sites, states) in [(2, 4), (3, 4)] {
        for (curvature, beta) in [(0.0, 1.0), (0.1, 1.0), (0.1, 0.35), (0.1, 2.5)] {
            let wide = Categorical::<u16>::wide(sites, states).unwrap();
            let narrow = Categorical::new(sites, states).unwrap();
            let wide = enumerated(&Tables::new(wide, curvature, 7), beta);
            let narrow = enumerated(&Tables::new(narrow, curvature, 7), beta);
            assert_eq!(wide, narrow);
        }
    }
}

#[test]
fn a_sum_tree_and_an_evaluation_have_the_same_matrix() {
    let target = Tables::new(Categorical::<u16>::wide(3, 4).unwrap(), 0.0, 7);
    let tree = TransitionMatrix::new(&Exact(&target), &LocallyBalanced::local(Sqrt), 0.9);
    for other in [
        TransitionMatrix::new(&Exact(&target), &LocallyBalanced::evaluated(Sqrt), 0.9),
        TransitionMatrix::new(&Taylor(&target), &LocallyBalanced::gwg(), 0.9),
    ] {
        let close = |(a, b): (&f64, &f64)| (a - b).abs() < EXACT;
        assert!(tree.p.iter().zip(&other.p).all(close));
    }
}

/// The states, the bits of `log_prob` and the counts of three walkers of one block.
type Path = (Vec<Vec<usize>>, Vec<u64>, [StepCounts; 3]);

struct Record(Vec<(String, Path)>);

impl Job for Record {
    fn run<T, K>(&mut self, name: &str, target: &T, kernel: &K, _: bool)
    where
        T: Target<Real = f64>,
        K: Transitions<T>,
    {
        let mut owned = OwnedMemory::new(target, kernel, 3);
        let mut bits = [1, 2, 3].map(SplitMix64::new);
        let start = [0; 3].map(|_| check::random_configuration(target.space(), &mut bits[0]));
        let (mut block, scratch) = owned.walkers(target, kernel, &start, 0.8);
        let mut counts = [StepCounts::default(); 3];
        let (mut states, mut log_prob) = (vec![], vec![]);
        kernel.init(target, &mut block, scratch);
        for step in 0..60 {
            kernel.step(target, &mut block, scratch, &mut bits, &mut counts);
            if step < 20 {
                kernel.adapt(target, &mut block);
            }
            for w in &block {
                assert!(target.space().contains(w.x), "{name}: {:?}", w.x);
                let fresh = target.log_prob(w.x);
                let error = (w.log_prob() - fresh).abs();
                assert!(error < 1e-10, "{name}: log_prob is off by {error}");
                states.push(w.x.iter().map(|s| s.index()).collect());
                log_prob.push(w.log_prob().to_bits());
            }
        }
        assert!(counts.iter().all(|c| c.sites_changed > 0), "{name} moves");
        self.0.push((name.into(), (states, log_prob, counts)));
    }
}

#[test]
fn wide_symbols_take_the_path_of_narrow_ones() {
    fn paths<S: Symbol>(space: Categorical<S>) -> Vec<(String, Path)> {
        let mut record = Record(vec![]);
        each_kernel(&Tables::new(space, 0.1, 9), &mut record);
        record.0
    }
    for (sites, states) in [(2, 4), (3, 4), (5, 7)] {
        let wide = paths(Categorical::<u16>::wide(sites, states).unwrap());
        let narrow = paths(Categorical::new(sites, states).unwrap());
        assert_eq!(wide.len(), narrow.len());
        for (wide, narrow) in wide.iter().zip(&narrow) {
            assert_eq!(wide, narrow);
        }
    }
}

fn three_hundred_states() -> Tables<u16> {
    Tables::new(Categorical::<u16>::wide(2, 300).unwrap(), 0.1, 11)
}

#[test]
fn a_target_with_three_hundred_states_passes_conformance() {
    let target = three_hundred_states();
    check::delta(&target, 200, 1, 1e-11);
    check::local(&target, 20, 2, 1e-11);
    check::gradient(&target, 3, 10, 3, 1e-11);
}

/// Compares one step of Gibbs, enumerated by its own code, with the conditional probabilities of all 300 states.
#[test]
fn gibbs_draws_from_the_conditional_distribution_of_three_hundred_states() {
    let target = three_hundred_states();
    let (kernel, beta) = (Gibbs::default(), 1.5);
    for start in [[299, 3], [256, 280], [255, 0], [17, 257]] {
        let mut owned = OwnedMemory::new(&target, &kernel, 1);
        let (mut block, scratch) = owned.walkers(&target, &kernel, &[start.to_vec()], beta);
        kernel.init(&target, &mut block, scratch);
        let mut found = vec![];
        kernel.transitions(&target, &mut block[0], scratch, &mut |y, probability| {
            found.push((y.to_vec(), probability));
        });
        let outcomes: Vec<_> = (0..300).map(|s| vec![s, start[1]]).collect();
        let f: Vec<_> = outcomes.iter().map(|y| beta * target.log_prob(y)).collect();
        let log_z = math::logsumexp(&f);
        assert_eq!(found.len(), 300);
        for ((y, probability), (outcome, f)) in found.iter().zip(outcomes.iter().zip(f)) {
            assert_eq!(y, outcome);
            assert!((probability - Real::exp(f - log_z)).abs() < EXACT);
        }
    }
}

#[test]
fn gibbs_visits_three_hundred_states_in_proportion_to_their_probability() {
    const DRAWS: usize = 20_000;
    let target = three_hundred_states();
    let (kernel, beta) = (Gibbs::default(), 1.0);
    let mut marginal = [vec![0.0; 300], vec![0.0; 300]];
    let all = configurations(target.space());
    let f: Vec<_> = all.iter().map(|x| beta * target.log_prob(x)).collect();
    let log_z = math::logsumexp(&f);
    for (x, f) in all.iter().zip(f) {
        for (marginal, s) in marginal.iter_mut().zip(x) {
            marginal[s.index()] += Real::exp(f - log_z);
        }
    }
    let mut owned = OwnedMemory::new(&target, &kernel, 1);
    let (mut block, scratch) = owned.walkers(&target, &kernel, &all[..1], beta);
    let (mut bits, mut counts) = ([SplitMix64::new(5)], [StepCounts::default()]);
    kernel.init(&target, &mut block, scratch);
    let mut visits = [vec![0; 300], vec![0; 300]];
    for _ in 0..DRAWS {
        // Three sweeps.
        kernel.advance(&target, &mut block, scratch, &mut bits, &mut counts, 6);
        for (visits, s) in visits.iter_mut().zip(block[0].x.iter()) {
            visits[s.index()] += 1;
        }
    }
    for (visits, marginal) in visits.iter().zip(&marginal) {
        let above: u64 = visits[256..].iter().sum();
        assert!(above > DRAWS as u64 / 20, "{above} above 255");
        // The quantile 4.5 has probability 3.4e-6.
        let found = chi_square(visits, marginal);
        assert!(found.dof > 250.0 && found.z.abs() < 4.5, "{found:?}");
    }
}

/// The number of steps after which a walker has a symbol above 255.
fn above_255<T, K>(target: &T, kernel: &K) -> usize
where
    T: Target<Real = f64, Space = Categorical<u16>>,
    K: Kernel<T>,
{
    let mut owned = OwnedMemory::new(target, kernel, 1);
    let (mut block, scratch) = owned.walkers(target, kernel, &[vec![0, 299]], 0.5);
    let (mut bits, mut counts) = ([SplitMix64::new(6)], [StepCounts::default()]);
    kernel.init(target, &mut block, scratch);
    let mut above = 0;
    for _ in 0..300 {
        kernel.step(target, &mut block, scratch, &mut bits, &mut counts);
        let w = &block[0];
        assert!(target.space().contains(w.x), "{:?}", w.x);
        assert!((w.log_prob() - target.log_prob(w.x)).abs() < 1e-10);
        above += usize::from(w.x[0] > 255);
    }
    assert!(counts[0].sites_changed > 0);
    above
}

#[test]
fn every_kernel_reaches_symbols_above_255() {
    let target = three_hundred_states();
    let (taylor, exact) = (Taylor(&target), Exact(&target));
    let pas = Informed::new(PathAuxiliary::pas(1.5).unwrap());
    let dmala = Informed::new(DiscreteLangevin::dmala(0.5).unwrap());
    for above in [
        above_255(&taylor, &LocallyBalanced::gwg()),
        above_255(&exact, &LocallyBalanced::evaluated(Barker)),
        above_255(&exact, &LocallyBalanced::local(Sqrt)),
        above_255(&target, &Jump::local(Sqrt).with_interval(0.01).unwrap()),
        above_255(&target, &Gibbs { scan: Scan::Random }),
        above_255(&target, &BlockGibbs::new(1).unwrap()),
        above_255(&target, &HammingBall::new(2, 1).unwrap()),
        above_255(&target, &RandomWalk::new(1.2).unwrap()),
        above_255(&taylor, &pas),
        above_255(&taylor, &dmala),
    ] {
        assert!(above > 0);
    }
}

#[test]
fn reverse_moves_work_for_symbols_above_255() {
    let mut offsets = [0; 4];
    let mixed = Mixed::<u16>::wide(&[300, 2, 1000], &mut offsets).unwrap();
    let x = [299u16, 1, 999];
    assert!(mixed.contains(&x) && !mixed.contains(&[300, 1, 999]));
    for m in 0..mixed.moves() {
        let (mv, mut y) = (mixed.decode(&x, m), x);
        assert_eq!(
            (mv.from, m),
            (x[mv.site], mixed.first_move(mv.site) + usize::from(mv.to))
        );
        mv.apply(&mut y);
        assert_eq!(y[mv.site], mv.to);
        assert_eq!(mixed.decode(&y, mixed.undo(m, mv)), mv.reversed());
        mv.revert(&mut y);
        assert_eq!(y, x);
    }
}
