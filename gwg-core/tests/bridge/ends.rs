//! The end points, hard constraints, and weights that change during a run.

use super::*;
use gwg_core::check::{OwnedMemory, TransitionMatrix, Transitions};

/// A field on every site, and no two neighbors with the symbol 1.
struct HardCore(Binary, f64);

impl Target for HardCore {
    type Real = f64;
    type Space = Binary;

    fn space(&self) -> &Binary {
        &self.0
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        if x.windows(2).any(|pair| pair == [1, 1]) {
            return f64::NEG_INFINITY;
        }
        self.1 * x.iter().map(|&s| f64::from(s)).sum::<f64>()
    }
}

impl Delta for HardCore {
    fn delta(&self, x: &[u8], _: &[f64], mv: Move) -> f64 {
        let mut y = x.to_vec();
        mv.apply(&mut y);
        self.log_prob(&y) - self.log_prob(x)
    }
}

impl Gradient for HardCore {
    fn value_and_gradient(&self, x: &[u8], gradient: &mut [f64], _: &mut [f64]) -> f64 {
        gradient.fill(self.1);
        self.log_prob(x)
    }
}

impl Local for HardCore {
    fn max_affected(&self) -> usize {
        3
    }

    fn update_affected(
        &self,
        x: &[u8],
        cache: &mut [f64],
        mv: Move,
        affected: &mut AffectedMoves<'_, f64>,
    ) {
        for m in mv.site.saturating_sub(1)..(mv.site + 2).min(x.len()) {
            affected.push(m, self.delta(x, cache, self.0.decode(x, m)));
        }
    }
}

/// The states and values of 200 steps.
fn path<T, K>(target: &T, kernel: &K, start: &[u8]) -> Vec<(Vec<u8>, u64)>
where
    T: Target<Real = f64>,
    T::Space: Space<Symbol = u8>,
    K: Kernel<T>,
{
    let mut lent = OwnedMemory::new(target, kernel, 1);
    let (mut block, scratch) = lent.walkers(target, kernel, &[start.to_vec()], 1.0);
    kernel.init(target, &mut block, scratch);
    let (mut bits, mut counts) = ([SplitMix64::new(7)], [StepCounts::default()]);
    let path = (0..200).map(|_| {
        kernel.step(target, &mut block, scratch, &mut bits, &mut counts);
        (block[0].x.to_vec(), block[0].log_prob().to_bits())
    });
    let path: Vec<_> = path.collect();
    assert_eq!(counts[0].invalid, 0);
    assert!(path.iter().any(|state| *state != path[0]));
    path
}

/// At an end point a chain has the same bits as on that target alone, even in states that are impossible for the other one.
#[test]
fn end_points_are_the_targets_themselves() {
    let space = Binary::new(6);
    let (hard, ring) = (&HardCore(space, 0.7), &ring(&space, 2));
    let start = [1, 1, 1, 0, 1, 1];
    assert_eq!(hard.log_prob(&start), f64::NEG_INFINITY);
    for bridge in [
        &Bridge::new(ring, hard, 0.0).unwrap().weights(),
        &Bridge::new(hard, ring, 1.0).unwrap().weights(),
    ] {
        assert!(bridge.contains(&0.0) && bridge.contains(&1.0));
    }
    let (at_0, at_1) = (
        &Bridge::new(ring, hard, 0.0).unwrap(),
        &Bridge::new(hard, ring, 1.0).unwrap(),
    );
    macro_rules! same {
        ($wrap:expr, $kernel:expr) => {
            let wanted = path(&$wrap(ring), &$kernel, &start);
            assert_eq!(path(&$wrap(at_0), &$kernel, &start), wanted);
            assert_eq!(path(&$wrap(at_1), &$kernel, &start), wanted);
        };
    }
    let bare = |target| target;
    same!(Taylor, LocallyBalanced::gwg());
    same!(Exact, LocallyBalanced::evaluated(Sqrt));
    same!(Exact, LocallyBalanced::local(Sqrt));
    let gibbs = Gibbs::default();
    let wanted = path(bare(ring), &gibbs, &start);
    assert_eq!(path(at_0, &gibbs, &start), wanted);
    assert_eq!(path(at_1, &gibbs, &start), wanted);
}

/// Between the end points, a state that is impossible for one target is impossible for the sum.
#[test]
fn a_hard_constraint_of_one_holds_for_the_sum() {
    let space = Binary::new(6);
    let (hard, ring) = (&HardCore(space, 0.7), &ring(&space, 2));
    fn on<T: Target<Real = f64>, K: Transitions<T>>(target: &T, kernel: &K) {
        let matrix = TransitionMatrix::new(target, kernel, 1.0).possible();
        assert_eq!(matrix.states, 21, "of 64 states, the Fibonacci number of 8");
        matrix.assert_exact(true, 1e-12);
    }
    for t in [1e-3, 0.4, 0.999] {
        let bridge = &Bridge::new(ring, hard, t).unwrap();
        on(&Taylor(bridge), &LocallyBalanced::gwg());
        on(&Exact(bridge), &LocallyBalanced::evaluated(Sqrt));
        on(&Exact(bridge), &LocallyBalanced::local(Sqrt));
        on(bridge, &Gibbs { scan: Scan::Random });
    }
}

/// A walker whose bridge changes continues like one that started on the changed bridge, at the same position in its
/// random bits.
fn changes<K, T>(kernel: &K, make: impl Fn(f64) -> T)
where
    T: Target<Real = f64>,
    T::Space: Space<Symbol = u8>,
    K: Kernel<T>,
{
    let start = vec![0; make(0.0).space().sites()];
    let first = make(0.0);
    let mut lent = OwnedMemory::new(&first, kernel, 1);
    let (mut block, scratch) = lent.walkers(&first, kernel, &[start], 1.0);
    let (mut bits, mut counts) = ([SplitMix64::new(7)], [StepCounts::default()]);
    kernel.init(&first, &mut block, scratch);
    for t in [0.0, 0.25, 0.5, 1.0] {
        let target = make(t);
        kernel.reevaluate(&target, &mut block, scratch);
        let (mut other_bits, mut fresh) = (bits.clone(), OwnedMemory::new(&target, kernel, 1));
        let (mut other, own) = fresh.walkers(&target, kernel, &[block[0].x.to_vec()], 1.0);
        kernel.init(&target, &mut other, own);
        kernel.advance(&target, &mut block, scratch, &mut bits, &mut counts, 50);
        kernel.advance(&target, &mut other, own, &mut other_bits, &mut counts, 50);
        assert_eq!(block[0].x, other[0].x, "t = {t}");
        assert_eq!(block[0].log_prob(), other[0].log_prob(), "t = {t}");
    }
}

#[test]
fn reevaluation_brings_a_walker_up_to_changed_weights() {
    let space = Categorical::new(5, 3).unwrap();
    let (one, two) = (&ring(&space, 1), &ring(&space, 2));
    let bridge = |t| {
        let mut bridge = Bridge::sum(one, two).unwrap();
        bridge.set_t(t).unwrap();
        bridge
    };
    changes(&LocallyBalanced::gwg(), |t| Taylor(bridge(t)));
    changes(&LocallyBalanced::local(Sqrt), |t| Exact(bridge(t)));
    changes(&Gibbs { scan: Scan::Random }, bridge);
}
