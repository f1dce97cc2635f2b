//! Blocks, balls, walks and the jump process on every alphabet, with and without observed sites.

use crate::observations;
use crate::targets::{Encode, Ring, Soft};
use gwg_core::check::{TransitionMatrix, Transitions, long_run};
use gwg_core::*;

fn exact<T: Target<Real = f64>, K: Transitions<T>>(target: &T, kernel: &K) {
    for beta in [1.0, 0.35] {
        TransitionMatrix::new(target, kernel, beta).assert_exact(true, 1e-12);
    }
}

fn of_any<T: Gradient<Real = f64> + Delta>(target: &T) {
    for block in 1..=3 {
        exact(
            target,
            &BlockGibbs::new(block).unwrap().with_scan(Scan::Random),
        );
    }
    exact(target, &HammingBall::new(3, 1).unwrap());
    exact(target, &HammingBall::new(3, 2).unwrap());
    for flips in [1.0, 2.0] {
        exact(target, &RandomWalk::new(flips).unwrap());
    }
    exact(
        &Taylor(target),
        &Jump::evaluated(Barker).with_interval(0.1).unwrap(),
    );
    let walk = RandomWalk::default();
    exact(
        target,
        &Mixture::new(walk, Gibbs { scan: Scan::Random }, 0.5).unwrap(),
    );
}

fn matrices<S: Encode>(space: &S) {
    let soft = Soft::new(space.clone(), 1.0, 31);
    of_any(&soft);
    for observed in observations(space.sites()) {
        let mut free = vec![0; space.sites()];
        of_any(&Clamp::new(&soft, &observed, &mut free).unwrap());
    }
}

on_each_space!(matrices);

mod runs {
    use super::*;

    fn visits<T: Target, K: Transitions<T>>(target: &T, kernel: &K, seed: u64) {
        let found = long_run(target, kernel, T::Real::from_f64(0.8), 5, 2_000, 40, seed);
        assert!(found.z.abs() < 4.5, "{found:?}");
    }

    fn of_any<T: Delta + Local>(target: &T, seed: u64) {
        let block = BlockGibbs::new(2).unwrap();
        visits(target, &block, seed);
        visits(target, &block.with_scan(Scan::Random), seed + 1);
        let ball = HammingBall::new(3, 2).unwrap();
        visits(target, &ball, seed + 2);
        visits(target, &ball.with_scan(Scan::Systematic), seed + 3);
        visits(target, &RandomWalk::new(1.5).unwrap(), seed + 4);
        visits(target, &Jump::local(Sqrt), seed + 5);
        visits(&Exact(target), &Jump::evaluated(Sqrt), seed + 6);
    }

    fn kernels<S: Encode>(space: &S) {
        let ring = Ring::<S>::new(space.clone(), 0.5, 32);
        let short = Ring::<S, f32>::new(space.clone(), 0.5, 33);
        of_any(&ring, 1);
        of_any(&short, 11);
        let observed = &observations(space.sites())[0];
        let mut free = vec![0; space.sites()];
        of_any(&Clamp::new(&ring, observed, &mut free).unwrap(), 21);
    }

    on_each_space!(kernels);
}
