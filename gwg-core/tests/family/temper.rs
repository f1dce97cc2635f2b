//! Swaps of temperatures, on the product of the spaces of all levels.

use super::*;
use gwg_core::check::{OwnedMemory, configurations};
use gwg_core::kernel::WalkerOf;
use gwg_core::temper::{Exchange, Ladder, Pair, swap_ratio};

/// Bits for given decisions: the uniform number has the given value, to 53 bits.
struct Scripted(Vec<f64>);

impl Bits for Scripted {
    fn next_u32(&mut self) -> u32 {
        unreachable!("a decision takes 64 bits")
    }

    fn next_u64(&mut self) -> u64 {
        let unit = self.0.remove(0);
        ((unit * (1u64 << 53) as f64) as u64) << 11
    }
}

/// The product of `levels` spaces of `n` states: product state `k` has the state `k / n^level % n` at `level`.
struct Product {
    n: usize,
    levels: usize,
    stationary: Vec<f64>,
}

impl Product {
    fn new(f: &[f64], betas: &[f64]) -> Self {
        let (n, levels) = (f.len(), betas.len());
        let states = n.pow(levels as u32);
        let log: Vec<f64> = (0..states)
            .map(|k| {
                (0..levels)
                    .map(|l| betas[l] * f[k / n.pow(l as u32) % n])
                    .sum()
            })
            .collect();
        let log_z = math::logsumexp(&log);
        Self {
            n,
            levels,
            stationary: log.iter().map(|p| Real::exp(p - log_z)).collect(),
        }
    }

    fn at(&self, k: usize) -> Vec<usize> {
        (0..self.levels)
            .map(|l| k / self.n.pow(l as u32) % self.n)
            .collect()
    }

    fn index(&self, at: &[usize]) -> usize {
        at.iter().rev().fold(0, |k, &x| k * self.n + x)
    }

    /// A matrix as measured by `gwg_core::check`.
    fn matrix(&self, rows: impl Fn(usize) -> Vec<(usize, f64)>) -> TransitionMatrix {
        let states = self.stationary.len();
        let mut p = vec![0.0; states * states];
        for from in 0..states {
            for (to, share) in rows(from) {
                p[from * states + to] += share;
            }
        }
        TransitionMatrix {
            states,
            p,
            stationary: self.stationary.clone(),
            log_z: 0.0,
        }
    }

    /// A round of swaps between the levels `first` and the next, and every second pair after that, with the
    /// acceptance rule `ratio`.
    fn swaps(
        &self,
        f: &[f64],
        betas: &[f64],
        first: usize,
        ratio: impl Fn((f64, f64), (f64, f64)) -> f64,
    ) -> TransitionMatrix {
        self.matrix(|from| {
            let mut law = vec![(self.at(from), 1.0)];
            for l in (first..self.levels - 1).step_by(2) {
                law = law
                    .into_iter()
                    .flat_map(|(at, share)| {
                        let values = (f[at[l]], f[at[l + 1]]);
                        let p = accept::probability(ratio((betas[l], betas[l + 1]), values));
                        let mut swapped = at.clone();
                        swapped.swap(l, l + 1);
                        [(swapped, share * p), (at, share * (1.0 - p))]
                    })
                    .collect();
            }
            law.iter().map(|(at, p)| (self.index(at), *p)).collect()
        })
    }

    /// Every level moves with its own kernel, independently.
    fn levels(&self, kernels: &[TransitionMatrix]) -> TransitionMatrix {
        self.matrix(|from| {
            let at = self.at(from);
            (0..self.stationary.len())
                .map(|to| {
                    let there = self.at(to);
                    let p = (0..self.levels)
                        .map(|l| kernels[l].p[at[l] * self.n + there[l]])
                        .product();
                    (to, p)
                })
                .collect()
        })
    }
}

fn ring() -> Ring<Binary> {
    Ring::new(Binary::new(2), 1.5, 5)
}

fn values(target: &impl Target) -> Vec<f64> {
    let all = configurations(target.space());
    all.iter().map(|x| target.log_prob(x)).collect()
}

/// The result of `round` at a product state, with given decisions.
fn round_of(at: &[usize], betas: &[f64], rounds_before: u64, units: &[f64]) -> Vec<usize> {
    let (ring, kernel) = (ring(), LocallyBalanced::local(Sqrt));
    let all = configurations(ring.space());
    let start: Vec<_> = at.iter().map(|&k| all[k].clone()).collect();
    let mut owned = OwnedMemory::new(&ring, &kernel, start.len());
    let (mut block, scratch) = owned.walkers(&ring, &kernel, &start, 1.0);
    let (mut at, mut pairs) = ([0; 8], [Pair::default(); 8]);
    let mut exchange = Exchange::new(Ladder::new(betas).unwrap(), &mut at, &mut pairs).unwrap();
    let order: Vec<u32> = (0..betas.len() as u32).collect();
    exchange.resume(&order, rounds_before).unwrap();
    exchange.assign(&mut block);
    kernel.init(&ring, &mut block, scratch);
    let mut bits = Scripted(units.to_vec());
    exchange.round(&ring, &kernel, &mut block, scratch, &mut bits);
    for (level, &k) in exchange.walker_at().iter().enumerate() {
        let w = &block[k as usize];
        assert_eq!(
            w.beta, betas[level],
            "the walker has its level's temperature"
        );
        assert_fresh(&ring, &kernel, w);
    }
    let state_of = |k: &u32| all.iter().position(|x| x == block[*k as usize].x).unwrap();
    exchange.walker_at().iter().map(state_of).collect()
}

/// Checks that a swapped walker has the weights of its new temperature.
fn assert_fresh<T: Local<Real = f64>>(
    target: &T,
    kernel: &LocallyBalanced<SumTree<Sqrt>>,
    walker: &WalkerOf<'_, T, LocallyBalanced<SumTree<Sqrt>>>,
) {
    let mut owned = OwnedMemory::new(target, kernel, 1);
    let (mut fresh, scratch) = owned.walkers(target, kernel, &[walker.x.to_vec()], walker.beta);
    kernel.init(target, &mut fresh, scratch);
    let law = kernel.neighborhood();
    let of = |w| Neighborhood::<T>::log_total(law, w);
    assert!((of(walker) - of(&fresh[0])).abs() < EXACT);
}

#[test]
fn rounds_swap_the_pairs_of_their_parity_with_the_probability_of_the_rule() {
    let (f, betas) = (values(&ring()), [1.3, 0.8, 0.2, 0.1]);
    for first in [0, 1] {
        for k in 0..256 {
            let at: Vec<usize> = (0..4).map(|l| k / 4usize.pow(l) % 4).collect();
            for l in (first..3).step_by(2) {
                let ratio = swap_ratio((betas[l], betas[l + 1]), (f[at[l]], f[at[l + 1]]));
                let p = accept::probability(ratio);
                // One pair decides just below or above its probability, the other is rejected.
                for (unit, swaps) in [(p - 1e-9, true), (p + 1e-9, false)] {
                    if !(0.0..1.0).contains(&unit) {
                        continue;
                    }
                    let never = 1.0 - f64::EPSILON;
                    let mut units = vec![never; 2];
                    units[l / 2] = unit;
                    let other = (first..3).step_by(2).find(|&other| other != l);
                    let certain = other.is_some_and(|o| {
                        swap_ratio((betas[o], betas[o + 1]), (f[at[o]], f[at[o + 1]])) >= 1.0
                    });
                    let mut want = at.clone();
                    if swaps {
                        want.swap(l, l + 1);
                    }
                    if let (Some(o), true) = (other, certain) {
                        want.swap(o, o + 1);
                    }
                    assert_eq!(round_of(&at, &betas, first as u64, &units), want);
                }
            }
        }
    }
}

#[test]
fn swaps_leave_the_product_of_all_levels_invariant() {
    let f = values(&ring());
    for betas in [&[1.3, 0.4][..], &[1.3, 0.8, 0.2]] {
        let product = Product::new(&f, betas);
        let even = product.swaps(&f, betas, 0, swap_ratio);
        let odd = product.swaps(&f, betas, 1, swap_ratio);
        for round in [&even, &odd] {
            let m = round.measure();
            let worst = m.stochastic.max(m.invariance).max(m.reversibility);
            assert!(worst < EXACT, "{betas:?}: {m:?}");
        }
        let explore: Vec<_> = betas
            .iter()
            .map(|&beta| TransitionMatrix::new(&ring(), &LocallyBalanced::local(Barker), beta))
            .collect();
        let explore = product.levels(&explore);
        let whole = explore.then(&even).then(&explore).then(&odd);
        whole.assert_exact(false, EXACT);
        if betas.len() > 2 {
            let order = even.then(&odd).measure();
            assert!(
                order.reversibility > 1e-3,
                "even, then odd has a direction: {order:?}"
            );
        }
    }
}

#[test]
fn a_swap_rule_with_the_wrong_sign_is_caught() {
    let (f, betas) = (values(&ring()), [1.3, 0.8, 0.2]);
    let product = Product::new(&f, &betas);
    for first in [0, 1] {
        let wrong = product.swaps(&f, &betas, first, |b, f| 1.0 / swap_ratio(b, f));
        let m = wrong.measure();
        assert!(m.stochastic < EXACT && m.invariance > 1e-2, "{m:?}");
    }
}

/// Compares the states visited by each level in a whole run of parallel tempering with enumeration.
fn run<T, K>(target: &T, kernel: &K, seed: u64)
where
    T: Target,
    K: Kernel<T>,
{
    let betas = [1.6, 0.9, 0.4];
    let all = configurations(target.space());
    let mut owned = OwnedMemory::new(target, kernel, 3);
    let one = T::Real::ONE;
    let (mut block, scratch) = owned.walkers(target, kernel, &all[..3], one);
    let (mut at, mut pairs) = ([0; 3], [Pair::default(); 2]);
    let mut exchange = Exchange::new(Ladder::new(&betas).unwrap(), &mut at, &mut pairs).unwrap();
    exchange.assign(&mut block);
    kernel.init(target, &mut block, scratch);
    let mut bits: Vec<_> = (0..3)
        .map(|k| SplitMix64::new(SplitMix64::mix(seed + k)))
        .collect();
    let mut own = SplitMix64::new(SplitMix64::mix(seed + 99));
    let mut counts = [StepCounts::default(); 3];
    let mut reached = vec![vec![0; all.len()]; 3];
    for round in 0..160_000u32 {
        kernel.advance(target, &mut block, scratch, &mut bits, &mut counts, 2);
        exchange.round(target, kernel, &mut block, scratch, &mut own);
        // Twenty rounds apart: practically independent.
        if round >= 100 && round % 20 == 0 {
            for (level, &k) in exchange.walker_at().iter().enumerate() {
                let x = &block[k as usize].x;
                reached[level][all.iter().position(|y| y == x).unwrap()] += 1;
            }
        }
    }
    for (level, beta) in betas.into_iter().enumerate() {
        let f: Vec<f64> = all.iter().map(|x| beta * target.log_prob(x)).collect();
        let log_z = math::logsumexp(&f);
        let p: Vec<f64> = f.iter().map(|f| Real::exp(f - log_z)).collect();
        let found = check::chi_square(&reached[level], &p);
        assert!(found.z.abs() < 4.5, "level {level}: {found:?}");
    }
    for pair in exchange.pairs() {
        assert!(pair.tried == 80_000 && pair.swapped > 1_000, "{pair:?}");
    }
}

#[test]
fn every_level_of_a_tempered_run_has_its_distribution() {
    let space = Categorical::new(3, 3).unwrap();
    let ring = Ring::<_>::new(space, 1.5, 8);
    let single = Ring::<_, f32>::new(space, 1.5, 8);
    let soft = Soft::new(space, 1.5, 8);
    run(&ring, &LocallyBalanced::local(Sqrt), 1);
    run(&single, &LocallyBalanced::local(Sqrt), 2);
    run(&Taylor(&soft), &LocallyBalanced::gwg(), 3);
    run(&single, &BlockGibbs::new(2).unwrap(), 4);
    run(&ring, &RandomWalk::default(), 5);
    let gibbs = Gibbs {
        scan: Scan::Systematic,
    };
    let pair = Mixture::new(LocallyBalanced::local(Sqrt), gibbs, 0.5).unwrap();
    run(&ring, &pair, 6);
}

#[test]
fn invalid_assignments_of_walkers_are_rejected() {
    let (mut at, mut pairs) = ([0; 3], [Pair::default(); 2]);
    let ladder = Ladder::new(&[1.0, 0.5, 0.1]).unwrap();
    assert!(Exchange::new(ladder, &mut [0; 2], &mut [Pair::default(); 2]).is_err());
    assert!(Exchange::new(ladder, &mut [0; 3], &mut [Pair::default(); 1]).is_err());
    let mut exchange = Exchange::new(ladder, &mut at, &mut pairs).unwrap();
    for order in [&[0, 1][..], &[0, 1, 1], &[0, 1, 3], &[0, 1, 2, 3]] {
        assert_eq!(exchange.resume(order, 0), Err(Error::Levels));
    }
    exchange.resume(&[2, 0, 1], 7).unwrap();
    assert_eq!(
        (exchange.walker_at(), exchange.rounds()),
        (&[2, 0, 1][..], 7)
    );
}
