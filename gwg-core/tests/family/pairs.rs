//! Composed kernels.

use super::*;
use gwg_core::check::OwnedMemory;

fn random_scan() -> Gibbs {
    Gibbs { scan: Scan::Random }
}

fn on_space<S: Encode>(space: &S) {
    on_both(space, |soft, ring| {
        let informed = LocallyBalanced::evaluated(Barker);
        let walk = RandomWalk::new(1.5).unwrap();
        exact(
            &Exact(soft),
            &Cycle::new(walk, informed, (1, 1)).unwrap(),
            false,
        );
        exact(
            &Exact(soft),
            &Mixture::new(walk, informed, 0.3).unwrap(),
            true,
        );
        let local = LocallyBalanced::local(Sqrt);
        exact(
            ring,
            &Cycle::new(local, random_scan(), (2, 3)).unwrap(),
            false,
        );
        exact(
            ring,
            &Mixture::new(local, random_scan(), 0.8).unwrap(),
            true,
        );
        let inner = Mixture::new(local, walk, 0.5).unwrap();
        exact(
            ring,
            &Cycle::new(inner, random_scan(), (1, 1)).unwrap(),
            false,
        );
    });
}

#[test]
fn cycles_and_mixtures_are_exact() {
    on_space(&AnySpace::from(Binary::new(4)));
    on_space(&AnySpace::from(Categorical::new(3, 3).unwrap()));
}

#[test]
fn a_cycle_is_the_product_of_its_kernels_and_a_mixture_their_mean() {
    let ring = Ring::<_>::new(binary(), 1.0, 3);
    let (a, b) = (LocallyBalanced::local(Sqrt), random_scan());
    let [pa, pb] = [
        TransitionMatrix::new(&ring, &a, 0.9),
        TransitionMatrix::new(&ring, &b, 0.9),
    ];
    let cycle = TransitionMatrix::new(&ring, &Cycle::new(a, b, (2, 1)).unwrap(), 0.9);
    let product = pa.then(&pa).then(&pb);
    let mixture = TransitionMatrix::new(&ring, &Mixture::new(a, b, 0.25).unwrap(), 0.9);
    for k in 0..cycle.p.len() {
        assert!((cycle.p[k] - product.p[k]).abs() < EXACT);
        assert!((mixture.p[k] - (0.25 * pa.p[k] + 0.75 * pb.p[k])).abs() < EXACT);
    }
}

#[test]
fn long_runs_match_enumeration() {
    let space = Categorical::new(3, 4).unwrap();
    let ring = Ring::<_>::new(space, 0.8, 8);
    let single = Ring::<_, f32>::new(space, 0.8, 8);
    let local = LocallyBalanced::local(Sqrt);
    let sweep = Gibbs {
        scan: Scan::Systematic,
    };
    visits(&ring, &Cycle::new(local, sweep, (2, 3)).unwrap(), 8, 1);
    visits(&single, &Cycle::new(local, sweep, (2, 3)).unwrap(), 8, 2);
    visits(&ring, &Mixture::new(local, sweep, 0.6).unwrap(), 40, 3);
    visits(
        &single,
        &Mixture::new(random_scan(), local, 0.6).unwrap(),
        40,
        4,
    );
    // A kernel with stale differences would be detected here: every step follows one of another kernel.
    let jump = Jump::local(Barker).with_interval(0.2).unwrap();
    visits(&ring, &Cycle::new(local, jump, (1, 1)).unwrap(), 20, 5);
}

/// A cycle takes the path of its two kernels run by hand in turn, each updated to the other's state without a restart.
#[test]
fn a_systematic_scan_continues_across_turns() {
    let ring = Ring::<_>::new(categorical(), 1.0, 3);
    let (walk, block) = (RandomWalk::new(1.5).unwrap(), BlockGibbs::new(3).unwrap());
    let cycle = Cycle::new(walk, block, (2, 1)).unwrap();
    let start = [vec![0; 4]];
    let mut owned = OwnedMemory::new(&ring, &cycle, 1);
    let (mut cycled, scratch) = owned.walkers(&ring, &cycle, &start, 0.9);
    let (mut one, mut two) = (
        OwnedMemory::new(&ring, &walk, 1),
        OwnedMemory::new(&ring, &block, 1),
    );
    let (mut first, first_scratch) = one.walkers(&ring, &walk, &start, 0.9);
    let (mut second, second_scratch) = two.walkers(&ring, &block, &start, 0.9);
    cycle.init(&ring, &mut cycled, scratch);
    walk.init(&ring, &mut first, first_scratch);
    block.init(&ring, &mut second, second_scratch);
    let (mut bits, mut by_hand) = ([SplitMix64::new(8)], [SplitMix64::new(8)]);
    let mut counts = [StepCounts::default()];
    let mut starts = std::collections::BTreeSet::new();
    for _ in 0..50 {
        starts.insert(second[0].state.next());
        cycle.step(&ring, &mut cycled, scratch, &mut bits, &mut counts);
        walk.advance(
            &ring,
            &mut first,
            first_scratch,
            &mut by_hand,
            &mut counts,
            2,
        );
        second[0].x.copy_from_slice(first[0].x);
        block.reevaluate(&ring, &mut second, second_scratch);
        block.step(
            &ring,
            &mut second,
            second_scratch,
            &mut by_hand,
            &mut counts,
        );
        first[0].x.copy_from_slice(second[0].x);
        walk.reevaluate(&ring, &mut first, first_scratch);
        assert_eq!(cycled[0].x, first[0].x);
        assert_eq!(
            cycled[0].log_prob().to_bits(),
            first[0].log_prob().to_bits()
        );
        let next = cycled[0].state.second_mut().unwrap().next();
        assert_eq!(next, second[0].state.next());
    }
    assert_eq!(Vec::from_iter(starts), [0, 3]);
    cycle.init(&ring, &mut cycled, scratch);
    let next = cycled[0].state.second_mut().unwrap().next();
    assert_eq!(next, 0, "init restarts the scan");
}

#[test]
fn adapted_values_survive_a_turn() {
    let ring = Ring::<_>::new(binary(), 1.0, 3);
    let kernel = Mixture::new(RandomWalk::default(), Jump::local(Sqrt), 0.5).unwrap();
    let mut owned = OwnedMemory::new(&ring, &kernel, 1);
    let (mut block, scratch) = owned.walkers(&ring, &kernel, &[vec![0; 5]], 1.0);
    kernel.init(&ring, &mut block, scratch);
    block[0].state.first_mut().unwrap().set_flips(2.0);
    block[0].state.second_mut().unwrap().set_interval(0.125);
    let mut bits = [SplitMix64::new(1)];
    kernel.advance(
        &ring,
        &mut block,
        scratch,
        &mut bits,
        &mut [StepCounts::default()],
        100,
    );
    assert_eq!(block[0].state.first_mut().unwrap().flips(), 2.0);
    assert_eq!(block[0].state.second_mut().unwrap().interval(), 0.125);
}

#[test]
fn invalid_compositions_are_rejected() {
    let gibbs = random_scan();
    assert_eq!(Cycle::new(gibbs, gibbs, (0, 1)).unwrap_err(), Error::Steps);
    assert_eq!(Cycle::new(gibbs, gibbs, (1, 0)).unwrap_err(), Error::Steps);
    for p in [-0.1, 1.1, f64::NAN] {
        assert_eq!(
            Mixture::new(gibbs, gibbs, p).unwrap_err(),
            Error::Probability
        );
    }
}
