//! A walker whose temperature has changed continues like one initialized at it: the same states, and the same bits of
//! `log_prob` if evaluations are independent of each other.

use crate::groups::{GROUPS, Group, Shape};
use crate::walk::{Change, Walk};
use proptest::prelude::*;

fn goes_on(group: Group, shape: Shape, walk: Walk) {
    let wanted = group.through(shape, walk, Change::Init);
    let found = group.through(shape, walk, Change::Retemper);
    // `init` recomputes `f`, to which steps have added.
    let bits = walk.before == 0 || group == Group::FirstOrder;
    for ((name, mut found, _), (_, wanted, _)) in found.into_iter().zip(wanted) {
        if !bits {
            let both = found.log_prob.iter().zip(&wanted.log_prob);
            for (a, b) in both.map(|(a, b)| (f64::from_bits(*a), f64::from_bits(*b))) {
                assert!((a - b).abs() <= 1e-11 * (1.0 + b.abs()), "{name}: {a} {b}");
            }
            found.log_prob.clone_from(&wanted.log_prob);
        }
        assert_eq!(found, wanted, "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    // At least two sites: a ring of one couples its site to itself.
    #[test]
    fn reweighted_walkers_continue_like_initialized_ones(
        sites in 2usize..8, states in 2usize..6, scale in 0.0..20.0f64, seed in any::<u64>(),
        betas in (0.0..3.0f64, 0.0..3.0f64), cycles in prop::sample::select(vec![0, 1, 7]),
    ) {
        let shape = Shape { sites, states, scale, seed };
        let walk = Walk { seed, betas, before: 3 * cycles };
        for group in GROUPS {
            goes_on(group, shape, walk);
        }
    }
}

const SHAPE: Shape = Shape {
    sites: 6,
    states: 4,
    scale: 1.5,
    seed: 3,
};

/// Changing the temperature and back leaves every bit unchanged, whatever was accumulated before.
#[test]
fn reweighting_there_and_back_changes_nothing() {
    let walk = Walk {
        seed: 3,
        betas: (0.3, 1.4),
        before: 30,
    };
    for group in GROUPS {
        let found = group.through(SHAPE, walk, Change::ThereAndBack);
        let wanted = group.through(SHAPE, walk, Change::Retemper);
        for ((name, found, _), (_, wanted, _)) in found.into_iter().zip(wanted) {
            assert_eq!(found, wanted, "{name}");
        }
    }
}

/// A kernel that does nothing in `reweight` is detected, unless nothing is to be done. (A mixture may switch at once
/// to its other kernel, which it initializes: hence several walks.)
#[test]
fn a_missing_reweight_is_detected() {
    for group in GROUPS {
        let mut same: Vec<bool> = vec![];
        for seed in 0..4 {
            let walk = Walk {
                seed,
                betas: (0.1, 2.5),
                before: 12,
            };
            let idle = group.through(SHAPE, walk, Change::Nothing);
            let right = group.through(SHAPE, walk, Change::Retemper);
            same.resize(right.len(), true);
            for (same, (idle, right)) in same.iter_mut().zip(idle.iter().zip(&right)) {
                *same &= idle.1 == right.1;
            }
        }
        let nothing_to_do = group == Group::Conditionals;
        assert!(
            same.len() >= 4 && same.iter().all(|same| *same == nothing_to_do),
            "{group:?}: {same:?}"
        );
    }
}
