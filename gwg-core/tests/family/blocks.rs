//! Block Gibbs, Hamming balls and random walks.

use super::*;
use gwg_core::kernel::WalkerOf;

/// One whole sweep of systematic blocks.
fn sweep<T: Delta<Real = f64>>(target: &T, block: usize, beta: f64) -> TransitionMatrix {
    let kernel = BlockGibbs::new(block).unwrap();
    let at = |site| {
        TransitionMatrix::with(
            target,
            &kernel,
            beta,
            |w: &mut WalkerOf<'_, T, BlockGibbs>| {
                w.state.set_next(site);
            },
        )
    };
    (block..target.space().sites())
        .step_by(block)
        .fold(at(0), |matrix, site| matrix.then(&at(site)))
}

fn block_gibbs_on<S: Encode>(space: &S) {
    on_both(space, |soft, ring| {
        for block in 1..=4 {
            let random = BlockGibbs::new(block).unwrap().with_scan(Scan::Random);
            exact(soft, &random, true);
            exact(ring, &random, true);
            for beta in [1.0, 0.35, 2.5] {
                sweep(soft, block, beta).assert_exact(false, EXACT);
                sweep(ring, block, beta).assert_exact(false, EXACT);
            }
        }
    });
}

#[test]
fn block_gibbs_is_exact() {
    block_gibbs_on(&binary());
    block_gibbs_on(&categorical());
}

#[test]
fn a_block_of_all_sites_draws_from_the_target_itself() {
    let soft = Soft::new(categorical(), 1.5, 4);
    let matrix = TransitionMatrix::new(&soft, &BlockGibbs::new(4).unwrap(), 0.7);
    for row in matrix.p.chunks_exact(matrix.states) {
        for (p, pi) in row.iter().zip(&matrix.stationary) {
            assert!((p - pi).abs() < EXACT);
        }
    }
}

#[test]
fn a_block_of_one_site_is_gibbs() {
    let soft = Soft::new(categorical(), 1.5, 4);
    let block = BlockGibbs::new(1).unwrap().with_scan(Scan::Random);
    let a = TransitionMatrix::new(&soft, &block, 0.7);
    let b = TransitionMatrix::new(&soft, &Gibbs { scan: Scan::Random }, 0.7);
    assert!(a.p.iter().zip(&b.p).all(|(a, b)| (a - b).abs() < EXACT));
}

fn hamming_ball_on<S: Encode>(space: &S) {
    on_both(space, |soft, ring| {
        for (block, radius) in [(1, 1), (2, 1), (3, 1), (3, 2), (4, 2), (4, 3), (9, 9)] {
            let random = HammingBall::new(block, radius).unwrap();
            exact(ring, &random, true);
            if block <= 3 {
                exact(soft, &random, true);
            }
        }
        let systematic = HammingBall::new(3, 2).unwrap().with_scan(Scan::Systematic);
        let at = |site| {
            TransitionMatrix::with(
                soft,
                &systematic,
                1.0,
                |w: &mut WalkerOf<'_, Soft<S>, HammingBall>| {
                    w.state.set_next(site);
                },
            )
        };
        at(0).then(&at(3)).assert_exact(false, EXACT);
    });
}

#[test]
fn hamming_balls_are_exact() {
    hamming_ball_on(&binary());
    hamming_ball_on(&categorical());
}

#[test]
fn a_ball_as_wide_as_its_block_is_block_gibbs() {
    let ring = Ring::<_>::new(categorical(), 1.5, 4);
    let ball = TransitionMatrix::new(&ring, &HammingBall::new(2, 2).unwrap(), 0.7);
    let block = BlockGibbs::new(2).unwrap().with_scan(Scan::Random);
    let block = TransitionMatrix::new(&ring, &block, 0.7);
    assert!(
        ball.p
            .iter()
            .zip(&block.p)
            .all(|(a, b)| (a - b).abs() < EXACT)
    );
}

fn random_walk_on<S: Encode>(space: &S) {
    on_both(space, |soft, ring| {
        for flips in [1.0, 1.3, 2.0, 2.75, 40.0] {
            exact(soft, &RandomWalk::new(flips).unwrap(), true);
            exact(ring, &RandomWalk::new(flips).unwrap(), true);
        }
    });
}

#[test]
fn random_walks_are_exact() {
    random_walk_on(&binary());
    random_walk_on(&categorical());
}

fn visits_on<S: Encode>(space: &S) {
    let soft = Soft::new(space.clone(), 1.0, 7);
    let ring = Ring::<S>::new(space.clone(), 0.8, 8);
    let single = Ring::<S, f32>::new(space.clone(), 0.8, 8);
    let block = BlockGibbs::new(2).unwrap();
    visits(&soft, &block, 20, 1);
    visits(&ring, &block.with_scan(Scan::Random), 20, 2);
    visits(&single, &block, 20, 3);
    let ball = HammingBall::new(3, 2).unwrap();
    visits(&soft, &ball, 20, 4);
    visits(&ring, &ball.with_scan(Scan::Systematic), 20, 5);
    visits(&single, &HammingBall::default(), 20, 6);
    visits(&soft, &RandomWalk::default(), 60, 7);
    visits(&ring, &RandomWalk::new(2.0).unwrap(), 60, 8);
    visits(&single, &RandomWalk::new(1.5).unwrap(), 60, 9);
}

#[test]
fn long_runs_match_enumeration() {
    visits_on(&AnySpace::from(Binary::new(5)));
    visits_on(&AnySpace::from(Categorical::new(3, 4).unwrap()));
}
