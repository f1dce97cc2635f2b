//! Any kernel on any random small target: cached values equal recomputed ones.

use super::fields::Fields;
use super::*;
use gwg_core::check::OwnedMemory;
use proptest::prelude::*;

/// Runs a kernel on an auditing target and compares its `log_prob` with a fresh one.
fn kept<R: Real, K: Kernel<Fields<R>>>(target: &Fields<R>, kernel: &K, run: (f64, u64, u64)) {
    let (beta, seed, steps) = run;
    let mut bits = SplitMix64::new(seed);
    let start = vec![check::random_configuration(target.space(), &mut bits)];
    let mut owned = OwnedMemory::new(target, kernel, 1);
    let (mut block, scratch) = owned.walkers(target, kernel, &start, R::from_f64(beta));
    kernel.init(target, &mut block, scratch);
    let (mut bits, mut counts) = ([bits], [StepCounts::default()]);
    for _ in 0..steps {
        kernel.step(target, &mut block, scratch, &mut bits, &mut counts);
        let (w, t) = (&block[0], &counts[0]);
        assert!(target.space().contains(w.x));
        let tolerance = 1e5 * R::EPSILON.to_f64();
        let fresh = target.log_prob(w.x);
        assert!(
            (w.log_prob() - fresh).abs() < tolerance * (1.0 + fresh.abs()),
            "log_prob {} is {fresh}",
            w.log_prob()
        );
        assert!(t.accepted <= t.steps);
    }
}

fn all_kernels<R: Real>(target: &Fields<R>, block: usize, flips: f64, run: (f64, u64, u64)) {
    for scan in [Scan::Systematic, Scan::Random] {
        kept(
            target,
            &BlockGibbs::new(block).unwrap().with_scan(scan),
            run,
        );
        for radius in 1..=3 {
            let ball = HammingBall::new(block, radius).unwrap().with_scan(scan);
            kept(target, &ball, run);
        }
    }
    let walk = RandomWalk::new(flips).unwrap();
    let jump = Jump::local(Barker);
    kept(target, &walk, run);
    kept(target, &jump, run);
    kept(target, &Mixture::new(walk, jump, 0.5).unwrap(), run);
    let block = BlockGibbs::new(block).unwrap();
    kept(target, &Cycle::new(jump, block, (2, 1)).unwrap(), run);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn cached_values_equal_recomputed_ones(
        sites in 1usize..7,
        states in 2usize..5,
        block in 1usize..5,
        flips in 1.0f64..6.0,
        scale in 0.1f64..3.0,
        beta in 0.0f64..2.0,
        seed in any::<u64>(),
        steps in 1u64..25,
    ) {
        all_kernels(&Fields::<f64>::new(sites, states, scale, seed), block, flips, (beta, seed, steps));
        all_kernels(&Fields::<f32>::new(sites, states, scale, seed), block, flips, (beta, seed, steps));
    }

    #[test]
    fn flips_are_limited_by_the_number_of_sites(
        sites in 1usize..9,
        flips in -1.0f64..50.0,
        steps in 1u64..100,
        scale in 0.0f64..5.0,
    ) {
        let target = Fields::<f64>::new(sites, 2, scale, 1);
        let kernel = RandomWalk::default();
        let mut owned = OwnedMemory::new(&target, &kernel, 1);
        let (mut block, scratch) = owned.walkers(&target, &kernel, &[vec![0; sites]], 1.0);
        kernel.init(&target, &mut block, scratch);
        block[0].state.set_flips(flips);
        let mut bits = [SplitMix64::new(steps)];
        for _ in 0..steps {
            kernel.warm_up(&target, &mut block, scratch, &mut bits, &mut [StepCounts::default()], 1);
            let now = kernel.tuning(&target, &block[0].state, 0).unwrap();
            prop_assert!((1.0..=(sites as f64 + 1.0) / 2.0).contains(&now), "{now}");
        }
    }
}

#[test]
fn sites_changed_counts_the_changed_sites() {
    fn hops<K: Kernel<Fields<f64>>>(kernel: &K) {
        let target = Fields::<f64>::new(6, 3, 0.7, 4);
        let mut owned = OwnedMemory::new(&target, kernel, 1);
        let (mut block, scratch) = owned.walkers(&target, kernel, &[vec![0; 6]], 0.6);
        kernel.init(&target, &mut block, scratch);
        let mut bits = [SplitMix64::new(9)];
        for _ in 0..500 {
            let (before, mut counts) = (block[0].x.to_vec(), [StepCounts::default()]);
            kernel.step(&target, &mut block, scratch, &mut bits, &mut counts);
            let changed = before.iter().zip(block[0].x.iter()).filter(|(a, b)| a != b);
            assert_eq!(counts[0].sites_changed, changed.count() as u64);
        }
    }
    hops(&BlockGibbs::new(3).unwrap());
    hops(&BlockGibbs::new(4).unwrap().with_scan(Scan::Random));
    hops(&HammingBall::new(4, 2).unwrap());
    hops(&HammingBall::new(4, 1).unwrap().with_scan(Scan::Systematic));
    hops(&RandomWalk::new(2.5).unwrap());
}

#[test]
fn a_random_walk_adapts_to_the_target_acceptance() {
    let target = Ring::<_>::new(Binary::new(60), 1.5, 3);
    let kernel = RandomWalk::default();
    let mut owned = OwnedMemory::new(&target, &kernel, 1);
    let (mut block, scratch) = owned.walkers(&target, &kernel, &[vec![0; 60]], 1.0);
    kernel.init(&target, &mut block, scratch);
    let (mut bits, mut none) = ([SplitMix64::new(4)], [StepCounts::default()]);
    kernel.warm_up(&target, &mut block, scratch, &mut bits, &mut none, 10_000);
    let flips = kernel.tuning(&target, &block[0].state, 0);
    let mut counts = [StepCounts::default()];
    kernel.advance(&target, &mut block, scratch, &mut bits, &mut counts, 20_000);
    let accepted = counts[0].accepted as f64 / counts[0].steps as f64;
    assert!((accepted - 0.234).abs() < 0.05, "{accepted}");
    assert!(flips.unwrap() > 1.5);
    assert_eq!(kernel.tuning(&target, &block[0].state, 0), flips, "frozen");
    let fixed = RandomWalk::new(2.0).unwrap();
    fixed.adapt(&target, &mut block);
    assert_eq!(
        (
            fixed.tuning(&target, &block[0].state, 0),
            kernel.tuning(&target, &block[0].state, 0)
        ),
        (None, flips)
    );
}

#[test]
fn invalid_settings_are_rejected() {
    assert_eq!(BlockGibbs::new(0), Err(Error::Block { found: 0 }));
    assert_eq!(HammingBall::new(0, 1), Err(Error::Block { found: 0 }));
    assert_eq!(HammingBall::new(3, 0), Err(Error::Radius { found: 0 }));
    for flips in [0.9, 0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(RandomWalk::new(flips), Err(Error::Flips));
    }
    // 3^11 joint states exceed the limit, 3^10 do not.
    let target = Fields::<f64>::new(20, 3, 1.0, 1);
    let state = |block| {
        let kernel = BlockGibbs::new(block).unwrap();
        let layout = kernel.layout(&target);
        let (mut reals, mut indices) = (vec![0.0; layout.reals], vec![0; layout.indices]);
        let memory = Memory {
            reals: &mut reals,
            words: &mut [],
            indices: &mut indices,
            moves: &mut [],
        };
        kernel.state(&target, memory).map(|_| ())
    };
    assert_eq!(state(10), Ok(()));
    assert_eq!(state(11), Err(Error::Block { found: 11 }));
}
