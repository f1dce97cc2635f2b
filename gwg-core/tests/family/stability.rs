//! The first states of every kernel from a fixed seed: a change here is value-breaking and must be listed in the change log.

use super::*;
use gwg_core::check::OwnedMemory;

/// The index of the state after each of eight runs of `steps` steps, first site fastest.
fn first_states<R: Real, K>(kernel: &K, steps: u64) -> [usize; 8]
where
    K: Kernel<Ring<Categorical, R>>,
{
    let ring = Ring::<_, R>::new(Categorical::new(5, 3).unwrap(), 0.8, 21);
    let mut owned = OwnedMemory::new(&ring, kernel, 1);
    let (mut block, scratch) = owned.walkers(&ring, kernel, &[vec![0; 5]], R::ONE);
    kernel.init(&ring, &mut block, scratch);
    let (mut bits, mut counts) = ([SplitMix64::new(2026)], [StepCounts::default()]);
    core::array::from_fn(|_| {
        kernel.advance(&ring, &mut block, scratch, &mut bits, &mut counts, steps);
        let x = block[0].x.iter().rev();
        x.fold(0, |k, &s| k * 3 + usize::from(s))
    })
}

fn table<R: Real>() -> Vec<(&'static str, [usize; 8])> {
    let walk = RandomWalk::new(1.5).unwrap();
    let jump = Jump::local(Sqrt);
    let block = BlockGibbs::new(2).unwrap();
    let ball = HammingBall::new(4, 2).unwrap();
    let systematic = Scan::Systematic;
    vec![
        ("block", first_states::<R, _>(&block, 1)),
        (
            "block random",
            first_states::<R, _>(&block.with_scan(Scan::Random), 1),
        ),
        ("ball", first_states::<R, _>(&ball, 1)),
        (
            "ball systematic",
            first_states::<R, _>(&ball.with_scan(systematic), 1),
        ),
        ("walk", first_states::<R, _>(&walk, 3)),
        ("jump", first_states::<R, _>(&jump, 4)),
        (
            "cycle",
            first_states::<R, _>(&Cycle::new(walk, block, (2, 1)).unwrap(), 1),
        ),
        (
            "mixture",
            first_states::<R, _>(&Mixture::new(jump, ball, 0.5).unwrap(), 3),
        ),
    ]
}

#[test]
fn first_states_match_the_committed_table() {
    assert_eq!(table::<f64>(), FIRST);
    assert_eq!(table::<f32>(), FIRST);
}

/// Both precisions give the same states here.
const FIRST: [(&str, [usize; 8]); 8] = [
    ("block", [5, 32, 113, 115, 97, 16, 14, 77]),
    ("block random", [45, 75, 48, 47, 128, 127, 28, 28]),
    ("ball", [81, 60, 151, 109, 28, 55, 58, 85]),
    ("ball systematic", [46, 46, 73, 154, 136, 136, 136, 55]),
    ("walk", [26, 74, 155, 100, 46, 52, 52, 134]),
    ("jump", [27, 19, 1, 2, 163, 109, 59, 62]),
    ("cycle", [19, 73, 82, 91, 136, 136, 55, 73]),
    ("mixture", [46, 47, 53, 240, 52, 154, 123, 242]),
];
