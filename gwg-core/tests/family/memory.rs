//! Memory that is too short, and blocks with fewer bits or counts than walkers.

use super::*;
use gwg_core::check::OwnedMemory;
use gwg_core::kernel::informed::PathAuxiliary;

/// With one slice short by one, the error reports its total length and the total length needed.
fn short<T: Target, K: Kernel<T>>(target: &T, kernel: &K) {
    let layout = kernel.layout(target);
    let slices = [
        ("reals", layout.reals),
        ("words", layout.words),
        ("indices", layout.indices),
        ("moves", layout.moves),
    ];
    for (k, (slice, needed)) in slices.into_iter().enumerate() {
        if needed == 0 {
            continue;
        }
        let len = |j: usize| slices[j].1 - usize::from(j == k);
        let memory = Memory {
            reals: &mut vec![T::Real::ZERO; len(0)],
            words: &mut vec![0; len(1)],
            indices: &mut vec![0; len(2)],
            moves: &mut vec![Move::default(); len(3)],
        };
        let found = needed - 1;
        let error = Error::Memory {
            slice,
            found,
            needed,
        };
        assert_eq!(kernel.state(target, memory).err(), Some(error));
    }
}

#[test]
fn memory_errors_report_total_lengths() {
    let target = Ring::<_, f64>::new(categorical(), 1.5, 12);
    short(&Exact(&target), &LocallyBalanced::evaluated(Sqrt));
    short(&Exact(&target), &LocallyBalanced::local(Sqrt));
    short(
        &Exact(&target),
        &Informed::new(PathAuxiliary::pas(2.0).unwrap()),
    );
    short(&Exact(&target), &Jump::local(Sqrt));
    short(&target, &Gibbs::default());
    short(&target, &BlockGibbs::new(2).unwrap());
    short(&target, &HammingBall::new(3, 1).unwrap());
    short(&target, &RandomWalk::new(2.0).unwrap());
    let cycle = Cycle::new(Gibbs::default(), RandomWalk::new(1.0).unwrap(), (2, 1));
    short(&target, &cycle.unwrap());
}

#[test]
fn const_layouts_equal_those_of_the_kernels() {
    let target = Ring::<_, f64>::new(categorical(), 1.5, 12);
    let gibbs = Gibbs::layout_for(3, target.cache_len());
    assert_eq!(gibbs, Kernel::layout(&Gibbs::default(), &target));
}

/// A walker without counts does not move, and its `log_prob` matches its state.
fn stands_still<K: Kernel<Exact<Ring<AnySpace<'static>>>>>(kernel: &K) {
    let target = Exact(Ring::new(binary(), 1.5, 12));
    let mut owned = OwnedMemory::new(&target, kernel, 2);
    let starts = [vec![0; 5], vec![1; 5]];
    let (mut walkers, scratch) = owned.walkers(&target, kernel, &starts, 1.0);
    kernel.init(&target, &mut walkers, scratch);
    let mut bits = [SplitMix64::new(1), SplitMix64::new(2)];
    for _ in 0..50 {
        let mut counts = [StepCounts::default()];
        kernel.step(&target, &mut walkers, scratch, &mut bits, &mut counts);
    }
    assert_eq!(walkers[1].x, [1; 5]);
    assert_ne!(walkers[0].x, starts[0]);
    for w in &walkers {
        assert!((w.log_prob() - target.log_prob(w.x)).abs() < 1e-10);
    }
}

#[test]
fn walkers_without_counts_do_not_move() {
    stands_still(&LocallyBalanced::evaluated(Sqrt));
    stands_still(&LocallyBalanced::local(Sqrt));
    stands_still(&Informed::new(PathAuxiliary::pas(2.0).unwrap()));
}
