//! Hard constraints: states with `f = -inf`, through which some kernels evaluate other states.

use super::*;
use gwg_core::check::OwnedMemory;
use gwg_core::kernel::informed::{
    DiscreteLangevin, Dlmc, HammingWindow2, MultiFlip, PathAuxiliary,
};

/// Particles on a ring, no two of them adjacent.
struct HardCore(Binary, f64);

impl Target for HardCore {
    type Real = f64;
    type Space = Binary;

    fn space(&self) -> &Binary {
        &self.0
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        let next = x.iter().cycle().skip(1);
        if x.iter().zip(next).any(|(&a, &b)| a == 1 && b == 1) {
            return f64::NEG_INFINITY;
        }
        self.1 * x.iter().map(|&x| f64::from(x)).sum::<f64>()
    }
}

impl Delta for HardCore {
    fn delta(&self, x: &[u8], _: &[f64], mv: Move) -> f64 {
        let mut y = x.to_vec();
        mv.apply(&mut y);
        self.log_prob(&y) - self.log_prob(x)
    }
}

impl Local for HardCore {
    fn max_affected(&self) -> usize {
        3
    }

    fn update_affected(
        &self,
        x: &[u8],
        memory: &mut [f64],
        mv: Move,
        affected: &mut AffectedMoves<'_, f64>,
    ) {
        let n = x.len();
        for site in [mv.site + n - 1, mv.site, mv.site + 1] {
            let m = site % n;
            affected.push(m, self.delta(x, memory, self.0.decode(x, m)));
        }
    }
}

fn target() -> HardCore {
    HardCore(Binary::new(6), 0.7)
}

fn exact_where_possible<K: Transitions<HardCore>>(kernel: &K, reversible: bool) {
    exact_on(&target(), kernel, reversible);
}

fn exact_on<T: Target<Real = f64>, K: Transitions<T>>(target: &T, kernel: &K, reversible: bool) {
    for beta in [1.0, 0.35] {
        let matrix = TransitionMatrix::new(target, kernel, beta).possible();
        assert_eq!(matrix.states, 18, "the Lucas number of 6");
        matrix.assert_exact(reversible, EXACT);
    }
}

#[test]
fn blocks_balls_and_walks_pass_through_impossible_states() {
    for block in 1..=6 {
        let random = BlockGibbs::new(block).unwrap().with_scan(Scan::Random);
        exact_where_possible(&random, true);
        for radius in 1..=block.min(3) {
            let ball = HammingBall::new(block, radius).unwrap();
            exact_where_possible(&ball.with_scan(Scan::Random), true);
        }
    }
    exact_where_possible(&Gibbs { scan: Scan::Random }, true);
    for flips in [1.0, 2.0, 3.5] {
        exact_where_possible(&RandomWalk::new(flips).unwrap(), true);
    }
}

#[test]
fn informed_kernels_are_exact_with_hard_constraints() {
    fn on<K: Transitions<Exact<HardCore>>>(kernel: &K, reversible: bool) {
        exact_on(&Exact(target()), kernel, reversible);
    }
    on(&LocallyBalanced::evaluated(Sqrt), true);
    on(&LocallyBalanced::evaluated(Barker), true);
    on(&LocallyBalanced::local(Sqrt), true);
    on(&Informed::new(MultiFlip::gwg(2.0).unwrap()), true);
    on(&Informed::new(PathAuxiliary::pas(2.0).unwrap()), true);
    on(&Informed::new(DiscreteLangevin::dmala(0.5).unwrap()), true);
    let dlmc = Dlmc::interpolated(Sqrt, 2.0).unwrap();
    on(&Informed::new(dlmc), true);
    on(&Informed::new(HammingWindow2::gwg()), true);
}

/// Colorings of a ring with different colors at neighbors; all possible ones are equally likely.
struct Coloring(Categorical);

impl Target for Coloring {
    type Real = f64;
    type Space = Categorical;

    fn space(&self) -> &Categorical {
        &self.0
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        let next = x.iter().cycle().skip(1);
        if x.iter().zip(next).any(|(a, b)| a == b) {
            f64::NEG_INFINITY
        } else {
            0.0
        }
    }
}

impl Delta for Coloring {
    fn delta(&self, x: &[u8], _: &[f64], mv: Move) -> f64 {
        let mut y = x.to_vec();
        mv.apply(&mut y);
        self.log_prob(&y) - self.log_prob(x)
    }
}

#[test]
fn colorings_are_visited_uniformly_at_every_temperature() {
    fn visits<T, K>(target: &T, kernel: &K, beta: f64)
    where
        T: Target<Real = f64, Space = Categorical>,
        K: Kernel<T>,
    {
        let mut owned = OwnedMemory::new(target, kernel, 1);
        let start = [vec![0, 1, 0, 1]];
        let (mut walkers, scratch) = owned.walkers(target, kernel, &start, beta);
        kernel.init(target, &mut walkers, scratch);
        let (mut bits, mut counts) = ([SplitMix64::new(7)], [StepCounts::default()]);
        let mut seen = std::collections::BTreeMap::new();
        for _ in 0..40_000 {
            kernel.step(target, &mut walkers, scratch, &mut bits, &mut counts);
            *seen.entry(walkers[0].x.to_vec()).or_insert(0u32) += 1;
        }
        assert_eq!(seen.len(), 18, "the chromatic polynomial of a ring of 4");
        // Each is expected 2222 times; draws are a few steps apart.
        assert!(seen.values().all(|n| (1700..2800).contains(n)), "{seen:?}");
    }
    let model = Coloring(Categorical::new(4, 3).unwrap());
    for beta in [1.0, 0.0] {
        visits(&model, &Gibbs::default(), beta);
        visits(&model, &Gibbs { scan: Scan::Random }, beta);
        visits(&model, &BlockGibbs::new(3).unwrap(), beta);
        visits(&Exact(&model), &LocallyBalanced::evaluated(Sqrt), beta);
        visits(&Exact(&model), &LocallyBalanced::evaluated(Min), beta);
    }
}

/// Checks the states a walker visits, and that its `log_prob` matches its state.
#[test]
fn walkers_visit_possible_states_only() {
    fn walk<T, K>(target: T, kernel: &K, beta: f64)
    where
        T: Target<Real = f64, Space = Binary>,
        K: Kernel<T>,
    {
        let mut owned = OwnedMemory::new(&target, kernel, 1);
        let (mut walkers, scratch) = owned.walkers(&target, kernel, &[vec![0; 6]], beta);
        kernel.init(&target, &mut walkers, scratch);
        let (mut bits, mut counts) = ([SplitMix64::new(1)], [StepCounts::default()]);
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..5000 {
            kernel.step(&target, &mut walkers, scratch, &mut bits, &mut counts);
            let (found, is) = (walkers[0].log_prob(), target.log_prob(walkers[0].x));
            assert!((found - is).abs() < 1e-9, "{found} {is}");
            seen.insert(walkers[0].x.to_vec());
        }
        assert_eq!(seen.len(), 18);
    }
    // At beta 0 impossible states stay impossible: the limit of a rising temperature.
    for beta in [1.0, 0.0] {
        walk(target(), &BlockGibbs::new(2).unwrap(), beta);
        walk(target(), &BlockGibbs::new(5).unwrap(), beta);
        walk(target(), &HammingBall::new(4, 2).unwrap(), beta);
        walk(target(), &Gibbs::default(), beta);
        walk(target(), &RandomWalk::new(2.0).unwrap(), beta);
        walk(Exact(target()), &LocallyBalanced::evaluated(Sqrt), beta);
        walk(Exact(target()), &LocallyBalanced::evaluated(Max), beta);
        walk(Exact(target()), &LocallyBalanced::local(Min), beta);
        walk(Exact(target()), &LocallyBalanced::local(Max), beta);
        walk(Exact(target()), &Jump::local(Max), beta);
        let pas = PathAuxiliary::pas(2.0).unwrap();
        walk(Exact(target()), &Informed::new(pas), beta);
        let dmala = DiscreteLangevin::dmala(0.5).unwrap();
        walk(Exact(target()), &Informed::new(dmala), beta);
        let dlmc = Dlmc::interpolated(Sqrt, 2.0).unwrap();
        walk(Exact(target()), &Informed::new(dlmc), beta);
        walk(Exact(target()), &Informed::new(HammingWindow2::gwg()), beta);
    }
}
