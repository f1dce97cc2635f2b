//! Metropolized Gibbs sampling, enumerated on every space, and its larger probability of moving than Gibbs.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_core::check::{TransitionMatrix, long_run};
use gwg_core::kernel::MetropolizedGibbs;
use gwg_core::{
    AnySpace, Binary, Categorical, Clamp, Delta, Gibbs, Mixed, Move, Ordinal, Scan, Space,
    SplitMix64, Target,
};

/// A random number for every state.
struct Table<S> {
    space: S,
    scale: f64,
}

impl<S: Space<Symbol = u8>> Target for Table<S> {
    type Real = f64;
    type Space = S;

    fn space(&self) -> &S {
        &self.space
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        let hash = x
            .iter()
            .fold(17, |hash, &s| SplitMix64::mix(hash ^ u64::from(s)));
        self.scale * (hash >> 11) as f64 / (1u64 << 53) as f64
    }
}

impl<S: Space<Symbol = u8>> Delta for Table<S> {
    fn delta(&self, x: &[u8], _: &[f64], mv: Move) -> f64 {
        let mut y = x.to_vec();
        mv.apply(&mut y);
        self.log_prob(&y) - self.log_prob(x)
    }
}

fn spaces() -> [AnySpace<'static>; 4] {
    [
        Binary::new(3).into(),
        Categorical::new(3, 3).unwrap().into(),
        Ordinal::new(2, 4).unwrap().into(),
        Mixed::from_offsets(&[0, 2, 5, 9]).unwrap().into(),
    ]
}

fn matrix<T: Delta<Real = f64>>(target: &T, scan: Scan, beta: f64) -> TransitionMatrix
where
    T::Space: Space<Symbol = u8>,
{
    let kernel = MetropolizedGibbs { scan };
    TransitionMatrix::new(target, &kernel, beta)
}

#[test]
fn the_target_is_invariant_on_every_space() {
    for space in spaces() {
        for beta in [0.0, 0.7, 1.0, 3.0] {
            let target = Table { space, scale: 2.0 };
            let random = matrix(&target, Scan::Random, beta);
            random.assert_exact(true, 1e-12);
            let observed: Vec<Option<u8>> = (0..space.sites())
                .map(|site| (site == 1).then_some(1))
                .collect();
            let mut free = vec![0; space.sites()];
            let clamped = Clamp::new(Table { space, scale: 2.0 }, &observed, &mut free).unwrap();
            matrix(&clamped, Scan::Random, beta).assert_exact(true, 1e-12);
        }
    }
}

#[test]
fn a_step_moves_more_often_than_one_of_gibbs() {
    for space in spaces() {
        let target = Table { space, scale: 2.0 };
        let metropolized = matrix(&target, Scan::Random, 1.0).measure().mean_move;
        let gibbs = Gibbs { scan: Scan::Random };
        let plain = TransitionMatrix::new(&target, &gibbs, 1.0)
            .measure()
            .mean_move;
        assert!(metropolized > 1.1 * plain, "{metropolized} {plain}");
    }
}

#[test]
fn a_systematic_scan_agrees_with_enumeration() {
    let target = Table {
        space: Categorical::new(3, 4).unwrap(),
        scale: 2.0,
    };
    let kernel = MetropolizedGibbs::default();
    let found = long_run(&target, &kernel, 1.0, 50, 2000, 30, 7);
    assert!(found.z.abs() < 4.5, "{found:?}");
}
