//! Observed sites give the conditional distribution, and a walker does not move if all sites are observed.

use crate::observations;
use crate::targets::{Encode, Ring};
use gwg_core::check::{self, OwnedMemory, TransitionMatrix, configurations};
use gwg_core::*;

/// Compares with the conditional distribution, computed from all configurations of the whole space that agree with
/// the observations.
fn is_the_conditional_distribution<S: Encode>(space: &S) {
    let ring = Ring::<S>::new(space.clone(), 1.0, 5);
    for observed in observations(space.sites()) {
        let agrees = |x: &[u8]| {
            x.iter()
                .zip(&observed)
                .all(|(&s, o)| o.is_none_or(|o| o == s))
        };
        let joint = TransitionMatrix::new(&ring, &Gibbs::default(), 0.9).stationary;
        let all = configurations(space);
        let wanted: Vec<_> = all.iter().zip(joint).filter(|(x, _)| agrees(x)).collect();
        let total: f64 = wanted.iter().map(|(_, p)| p).sum();

        let mut free = vec![0; space.sites()];
        let clamp = Clamp::new(&ring, &observed, &mut free).unwrap();
        let found = configurations(clamp.space());
        let conditional = TransitionMatrix::new(&clamp, &Gibbs::default(), 0.9).stationary;
        assert_eq!(found.len(), wanted.len());
        for (k, (x, p)) in found.iter().zip(conditional).enumerate() {
            assert_eq!((x, check::index(clamp.space(), x)), (wanted[k].0, k));
            assert!((p - wanted[k].1 / total).abs() < 1e-13);
        }
    }
}

on_each_space!(is_the_conditional_distribution);

/// Ten steps of a kernel from `x`; returns its `f` and its counts.
fn ten_steps<T: Target, K: Kernel<T>>(
    target: &T,
    kernel: &K,
    x: &[SymbolOf<T>],
) -> (Vec<SymbolOf<T>>, f64, StepCounts) {
    let start = [x.to_vec()];
    let mut owned = OwnedMemory::new(target, kernel, 1);
    let (mut block, scratch) = owned.walkers(target, kernel, &start, T::Real::ONE);
    kernel.init(target, &mut block, scratch);
    let (mut bits, mut counts) = ([SplitMix64::new(3)], [StepCounts::default()]);
    kernel.advance(target, &mut block, scratch, &mut bits, &mut counts, 10);
    (block[0].x.to_vec(), block[0].log_prob(), counts[0])
}

fn nothing_moves<S: Encode>(space: &S) {
    let ring = Ring::<S>::new(space.clone(), 1.0, 5);
    let x: Vec<u8> = (0..space.sites()).map(|i| (i % 2) as u8).collect();
    let observed: Vec<_> = x.iter().map(|&s| Some(s)).collect();
    let clamp = Clamp::new(&ring, &observed, &mut []).unwrap();
    let f = ring.log_prob(&x);
    let stays = |(y, log_prob, counts): (Vec<u8>, f64, StepCounts)| {
        assert_eq!((y, counts.sites_changed, counts.steps), (x.clone(), 0, 10));
        assert!((log_prob - f).abs() < 1e-12);
    };
    stays(ten_steps(&Taylor(&clamp), &LocallyBalanced::gwg(), &x));
    stays(ten_steps(
        &Exact(&clamp),
        &LocallyBalanced::evaluated(Max),
        &x,
    ));
    stays(ten_steps(
        &Exact(&clamp),
        &LocallyBalanced::local(Barker),
        &x,
    ));
    for scan in [Scan::Systematic, Scan::Random] {
        stays(ten_steps(&clamp, &Gibbs { scan }, &x));
        let one = TransitionMatrix::new(&clamp, &Gibbs { scan }, 1.0);
        assert_eq!((one.states, one.p), (1, vec![1.0]));
    }
    let sweep = TransitionMatrix::sweep(&clamp, 1.0);
    assert_eq!((sweep.states, sweep.p), (1, vec![1.0]));
}

#[test]
fn nothing_moves_if_all_sites_are_observed() {
    nothing_moves(&AnySpace::from(Binary::new(5)));
    nothing_moves(&AnySpace::from(Categorical::new(4, 3).unwrap()));
    nothing_moves(&AnySpace::from(Ordinal::new(4, 3).unwrap()));
    nothing_moves(&AnySpace::from(
        Mixed::from_offsets(&[0, 3, 5, 9, 11]).unwrap(),
    ));
}

/// A systematic sweep draws each free site once and skips the others.
#[test]
fn a_sweep_takes_as_many_steps_as_there_are_free_sites() {
    let observed = [Some(0), None, Some(0), Some(0), None, Some(0)];
    let mut free = [0; 2];
    let sure = Sure(Binary::new(6));
    let clamp = Clamp::new(&sure, &observed, &mut free).unwrap();
    let kernel = Gibbs::default();
    let start = [vec![0; 6]];
    let mut owned = OwnedMemory::new(&clamp, &kernel, 1);
    let (mut block, scratch) = owned.walkers(&clamp, &kernel, &start, 1.0);
    kernel.init(&clamp, &mut block, scratch);
    let (mut bits, mut counts) = ([SplitMix64::new(3)], [StepCounts::default()]);
    let mut step = || kernel.step(&clamp, &mut block, scratch, &mut bits, &mut counts);
    step();
    step();
    assert_eq!(block[0].x, [0, 1, 0, 0, 1, 0]);
}

/// Every site is 1 with near certainty.
struct Sure(Binary);

impl Target for Sure {
    type Real = f64;
    type Space = Binary;

    fn space(&self) -> &Binary {
        &self.0
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        x.iter().map(|&s| 1e3 * f64::from(s)).sum()
    }
}

impl Delta for Sure {
    fn delta(&self, _: &[u8], _: &[f64], mv: Move) -> f64 {
        1e3 * (f64::from(mv.to) - f64::from(mv.from))
    }
}

/// A clamp that does not restrict the affected moves to free sites.
struct Leaking<'a, T: Target>(&'a T, Clamped<'a, T::Space>);

impl<'a, T: Target> Target for Leaking<'a, T> {
    type Real = T::Real;
    type Space = Clamped<'a, T::Space>;

    fn space(&self) -> &Self::Space {
        &self.1
    }

    fn log_prob(&self, x: &[SymbolOf<T>]) -> f64 {
        self.0.log_prob(x)
    }
}

impl<T: Delta> Delta for Leaking<'_, T> {
    fn delta(&self, x: &[SymbolOf<T>], memory: &[T::Real], mv: Move) -> T::Real {
        self.0.delta(x, memory, mv)
    }
}

impl<T: Local> Local for Leaking<'_, T> {
    fn max_affected(&self) -> usize {
        self.0.max_affected()
    }

    fn update_affected(
        &self,
        x: &[SymbolOf<T>],
        memory: &mut [T::Real],
        mv: Move,
        affected: &mut AffectedMoves<'_, T::Real>,
    ) {
        self.0.update_affected(x, memory, mv, affected);
    }
}

#[test]
fn a_clamp_that_affects_observed_sites_is_not_invariant() {
    let ring = Ring::<_>::new(Binary::new(5), 1.0, 5);
    let mut free = [0; 5];
    let observed = &observations(5)[0];
    let space = Clamped::new(Binary::new(5), observed, &mut free).unwrap();
    let leaking = Leaking(&ring, space);
    let kernel = LocallyBalanced::local(Sqrt);
    let m = TransitionMatrix::new(&Exact(&leaking), &kernel, 1.0).measure();
    assert!(m.invariance > 1e-3, "{m:?}");
}

#[test]
#[should_panic(expected = "the list has the idle move")]
fn a_clamp_that_affects_observed_sites_fails_conformance() {
    let ring = Ring::<_>::new(Binary::new(5), 1.0, 5);
    let mut free = [0; 5];
    let observed = &observations(5)[0];
    let space = Clamped::new(Binary::new(5), observed, &mut free).unwrap();
    check::local(&Leaking(&ring, space), 10, 1, 1e-11);
}
