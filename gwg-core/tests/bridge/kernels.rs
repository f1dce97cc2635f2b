//! Every kind of kernel has the same transition matrix on a bridge as on a plain target with the summed `f`.

use super::*;
use crate::plain::Plain;
use gwg_core::check::{TransitionMatrix, Transitions};
use gwg_core::kernel::MetropolizedGibbs;
use gwg_core::kernel::informed::{DiscreteLangevin, MultiFlip, PathAuxiliary};

const EXACT: f64 = 1e-12;

/// Checks that the matrix on the bridge leaves the distribution of the plain sum invariant, and equals the matrix on
/// the plain sum.
fn same<T, P, K, L>(
    name: &str,
    (bridge, kernel): (&T, &K),
    (plain, other): (&P, &L),
    reversible: bool,
) where
    T: Target<Real = f64>,
    P: Target<Real = f64, Space = T::Space>,
    K: Transitions<T>,
    L: Transitions<P>,
{
    for beta in [1.0, 0.35] {
        let mut found = TransitionMatrix::new(bridge, kernel, beta);
        let wanted = TransitionMatrix::new(plain, other, beta);
        found.assert_exact(reversible, EXACT);
        found.stationary.clone_from(&wanted.stationary);
        found.assert_exact(reversible, EXACT);
        assert!((found.log_z - wanted.log_z).abs() < EXACT * wanted.log_z.abs().max(1.0));
        let error = found.p.iter().zip(&wanted.p).map(|(a, b)| (a - b).abs());
        let error = error.fold(0.0, f64::max);
        assert!(error < EXACT, "{name}: an entry differs by {error:e}");
    }
}

/// Kernels on gradients and on exact differences.
fn evaluations_and_deltas<A, B>(first: &A, second: &B, weights: [f64; 2])
where
    A: Gradient<Real = f64> + Delta,
    A::Space: Space<Symbol = u8>,
    B: Gradient<Real = f64, Space = A::Space> + Delta,
{
    let bridge = &Bridge::weighted(first, second, weights).unwrap();
    let plain = &Plain {
        first,
        second,
        weights,
    };
    macro_rules! on {
        ($wrap:ident, $kernel:expr) => {
            let kernel = &$kernel;
            let name = format!("{kernel:?} on {}", stringify!($wrap));
            same(
                &name,
                (&$wrap(bridge), kernel),
                (&$wrap(plain), kernel),
                true,
            );
        };
        ($kernel:expr) => {
            let kernel = &$kernel;
            same(
                &format!("{kernel:?}"),
                (bridge, kernel),
                (plain, kernel),
                true,
            );
        };
    }
    on!(Taylor, LocallyBalanced::gwg());
    on!(Taylor, Informed::new(MultiFlip::gwg(2.0).unwrap()));
    on!(Taylor, Informed::new(PathAuxiliary::pas(2.0).unwrap()));
    on!(Taylor, Informed::new(DiscreteLangevin::dmala(0.5).unwrap()));
    on!(Exact, LocallyBalanced::evaluated(Barker));
    on!(Gibbs { scan: Scan::Random });
    on!(BlockGibbs::new(2).unwrap().with_scan(Scan::Random));
    on!(HammingBall::new(3, 2).unwrap().with_scan(Scan::Random));
    on!(MetropolizedGibbs { scan: Scan::Random });
    on!(RandomWalk::new(1.5).unwrap());
}

/// One type of space for all of them, so that the kernels are compiled once.
fn exact_on(space: AnySpace<'_>) {
    let (one, two) = (ring(&space, 1), ring(&space, 2));
    evaluations_and_deltas(&Soft::new(space, 1.5, 3), &one, [0.7, 0.3]);
    for weights in [[0.7, 0.3], [1.0, 1.0], [0.4, -0.9]] {
        let bridge = &Bridge::weighted(&one, &two, weights).unwrap();
        let plain = &Plain {
            first: &one,
            second: &two,
            weights,
        };
        let (tree, slow) = (
            LocallyBalanced::local(Sqrt),
            LocallyBalanced::evaluated(Sqrt),
        );
        for beta in [1.0, 0.35] {
            let mut found = TransitionMatrix::new(&Exact(bridge), &tree, beta);
            let wanted = TransitionMatrix::new(&Exact(plain), &slow, beta);
            found.stationary.clone_from(&wanted.stationary);
            found.assert_exact(true, EXACT);
            // The tree rounds weights to units of 2^-46 per move.
            let error = found.p.iter().zip(&wanted.p).map(|(a, b)| (a - b).abs());
            assert!(error.fold(0.0, f64::max) < 1e-10);
        }
    }
}

#[test]
fn kernels_on_a_bridge_are_exact_on_every_space() {
    exact_on(Binary::new(5).into());
    exact_on(Categorical::new(4, 3).unwrap().into());
    exact_on(Ordinal::new(4, 3).unwrap().into());
    exact_on(Mixed::new(&[2, 4, 3], &mut [0; 4]).unwrap().into());
}

/// With observed sites: a clamp of a bridge, and a bridge of clamps, give the conditional distribution of the sum.
#[test]
fn clamped_bridges_are_exact() {
    let space = Categorical::new(4, 3).unwrap();
    let (one, two) = (ring(&space, 1), ring(&space, 2));
    let weights = [0.7, 0.3];
    let observed = [None, Some(2), None, None];
    let mut free = [[0; 4]; 4];
    let [a, b, c, d] = &mut free;
    let plain = Plain {
        first: &one,
        second: &two,
        weights,
    };
    let plain = &Clamp::new(plain, &observed, a).unwrap();
    let bridge = Bridge::weighted(&one, &two, weights).unwrap();
    let outside = &Clamp::new(bridge, &observed, b).unwrap();
    let clamp = (
        Clamp::new(&one, &observed, c).unwrap(),
        Clamp::new(&two, &observed, d).unwrap(),
    );
    let inside = &Bridge::weighted(clamp.0, clamp.1, weights).unwrap();
    let (gwg, tree) = (&LocallyBalanced::gwg(), &LocallyBalanced::local(Sqrt));
    let gibbs = &Gibbs { scan: Scan::Random };
    same("gwg", (&Taylor(outside), gwg), (&Taylor(plain), gwg), true);
    same("gwg", (&Taylor(inside), gwg), (&Taylor(plain), gwg), true);
    same("gibbs", (outside, gibbs), (plain, gibbs), true);
    same("gibbs", (inside, gibbs), (plain, gibbs), true);
    TransitionMatrix::new(&Exact(outside), tree, 1.0).assert_exact(true, EXACT);
    TransitionMatrix::new(&Exact(inside), tree, 1.0).assert_exact(true, EXACT);
    check::local(outside, 100, 1, 1e-11);
    check::local(inside, 100, 1, 1e-11);
    check::gradient(outside, 3, 30, 2, 1e-11);
    check::gradient(inside, 3, 30, 2, 1e-11);
}
