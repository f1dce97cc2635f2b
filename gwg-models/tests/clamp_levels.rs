//! Observed sites on models whose differences take few values: the n-fold way is still available and leaves the
//! conditional distribution invariant.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use gwg_core::check::{self, TransitionMatrix};
use gwg_core::{
    Barker, Clamp, Exact, Leveled, LocallyBalanced, Multilinear, Real, Space, Sqrt, Target,
};
use gwg_models::LatticeIsing;

const EXACT: f64 = 1e-12;

/// Every `nth` site, from the second one, is held at 1 and 0 alternately.
fn observations(sites: usize, nth: usize) -> Vec<Option<u8>> {
    let held = |i: usize| (i % nth == 1).then_some((i / nth % 2) as u8);
    (0..sites).map(held).collect()
}

fn conforms<R: Real>(dims: usize, side: usize, theta: f64, bias: f64) {
    let model = LatticeIsing::<R>::new(dims, side, theta, bias).unwrap();
    for nth in [2, 3, 5] {
        let observed = observations(model.space().sites(), nth);
        let mut free = vec![0; observed.len()];
        let clamped = Clamp::new(&model, &observed, &mut free).unwrap();
        assert_eq!(clamped.levels(), model.levels() + 1);
        check::leveled(&clamped, 200, 5, 64.0 * R::EPSILON.to_f64());
        check::local(&clamped, 200, 3, 64.0 * R::EPSILON.to_f64());
    }
}

#[test]
fn levels_stay_right_along_a_path() {
    for bias in [0.0, 0.3] {
        conforms::<f32>(2, 7, 0.25, bias);
        conforms::<f64>(1, 6, -0.4, bias);
        conforms::<f64>(3, 4, 0.1, bias);
    }
}

#[test]
fn classes_leave_the_conditional_distribution_invariant() {
    for (bias, nth) in [(0.0, 3), (0.1, 2)] {
        let model = LatticeIsing::<f64>::new(2, 3, 0.2, bias).unwrap();
        let observed = observations(9, nth);
        let mut free = vec![0; 9];
        let clamped = Clamp::new(&model, &observed, &mut free).unwrap();
        for temperature in [0.9, 2.0] {
            let kernel = LocallyBalanced::n_fold(Barker)
                .with_temperature(temperature)
                .unwrap();
            TransitionMatrix::new(&Exact(&clamped), &kernel, 1.3).assert_exact(true, EXACT);
        }
        // The distribution on evaluations, except for the rounding of weights to integers.
        let classes = TransitionMatrix::new(&Exact(&clamped), &LocallyBalanced::n_fold(Sqrt), 0.8);
        let evaluation =
            TransitionMatrix::new(&Exact(&clamped), &LocallyBalanced::evaluated(Sqrt), 0.8);
        for (a, b) in classes.p.iter().zip(&evaluation.p) {
            assert!((a - b).abs() < 1e-10, "{a} {b}");
        }
    }
}

#[test]
fn a_long_run_matches_enumeration() {
    let model = LatticeIsing::<f32>::new(2, 3, 0.15, 0.05).unwrap();
    let observed = observations(9, 3);
    let mut free = vec![0; 9];
    let clamped = Clamp::new(&model, &observed, &mut free).unwrap();
    let kernel = LocallyBalanced::n_fold(Sqrt);
    let found = check::long_run(&Exact(&clamped), &kernel, 0.8, 5, 2_000, 40, 1);
    // The quantile 4.5 has probability 3.4e-6.
    assert!(found.z.abs() < 4.5, "{found:?}");
}

/// A target with the largest number of levels.
struct Full(LatticeIsing<f64>);

impl Target for Full {
    type Real = f64;
    type Space = gwg_core::Binary;

    fn space(&self) -> &gwg_core::Binary {
        self.0.space()
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        self.0.log_prob(x)
    }
}

impl Multilinear for Full {}

impl Leveled for Full {
    fn levels(&self) -> usize {
        gwg_core::leveled::MAX_LEVELS
    }

    fn level_difference(&self, level: usize) -> f64 {
        self.0.level_difference(level.min(self.0.levels() - 1))
    }

    fn level(&self, x: &[u8], m: usize) -> usize {
        self.0.level(x, m)
    }

    fn relevel(&self, x: &[u8], levels: &mut gwg_core::Levels<'_>, mv: gwg_core::Move) {
        self.0.relevel(x, levels, mv);
    }
}

#[test]
fn too_many_levels_are_rejected() {
    let full = Full(LatticeIsing::new(2, 3, 0.2, 0.0).unwrap());
    let observed = observations(9, 3);
    let mut free = vec![0; 9];
    let clamped = Exact(Clamp::new(&full, &observed, &mut free).unwrap());
    let kernel = LocallyBalanced::n_fold(Sqrt);
    let mut indices = [0; 18];
    let memory = gwg_core::Memory {
        indices: &mut indices,
        ..gwg_core::Memory::default()
    };
    let refused = gwg_core::Kernel::state(&kernel, &clamped, memory).unwrap_err();
    assert_eq!(refused, gwg_core::Error::TooManyLevels { found: 33 });
}
