//! The evaluations that a change of temperature costs.

use crate::counted::{Asked, Counted};
use crate::groups::{GROUPS, Group, Shape};
use crate::targets::Soft;
use crate::walk::{Change, Walk};
use gwg_core::check::{OwnedMemory, configurations};
use gwg_core::temper::{Exchange, Ladder, Pair};
use gwg_core::*;

const NOTHING: Asked = Asked {
    values: 0,
    gradients: 0,
    differences: 0,
    levels: 0,
};

/// Two walkers on eight sites: the number of all moves of both.
const ALL: u64 = 16;

#[test]
fn reweighting_evaluates_only_what_is_documented() {
    let shape = Shape {
        sites: 8,
        states: 3,
        scale: 1.5,
        seed: 5,
    };
    let walk = Walk {
        seed: 5,
        betas: (1.0, 0.4),
        before: 15,
    };
    for group in GROUPS {
        let asked = match group {
            Group::FirstOrder | Group::Differences | Group::Conditionals => NOTHING,
            Group::Trees => Asked {
                differences: ALL,
                ..NOTHING
            },
            Group::Classes => Asked {
                levels: ALL,
                ..NOTHING
            },
        };
        for (name, _, bill) in group.through(shape, walk, Change::Retemper) {
            assert_eq!(bill.change, asked, "{name}");
            assert_ne!(bill.steps, NOTHING, "{name} is not counted");
        }
    }
}

/// Replicas evaluate as often as their counts report, for any number of swaps.
#[test]
fn a_tempered_run_counts_its_gradients() {
    let target = Counted::new(Soft::new(Binary::new(6), 1.0, 5));
    let (taylor, kernel) = (Taylor(&target), LocallyBalanced::gwg());
    let mut owned = OwnedMemory::new(&taylor, &kernel, 3);
    let start = &configurations(target.space())[..3];
    let (mut block, scratch) = owned.walkers(&taylor, &kernel, start, 1.0);
    let (mut at, mut pairs) = ([0; 3], [Pair::default(); 2]);
    let ladder = Ladder::new(&[1.0, 0.6, 0.3]).unwrap();
    let mut exchange = Exchange::new(ladder, &mut at, &mut pairs).unwrap();
    exchange.assign(&mut block);
    kernel.init(&taylor, &mut block, scratch);
    target.take();
    let (mut bits, mut counts) = ([1, 2, 3].map(SplitMix64::new), [StepCounts::default(); 3]);
    let mut own = SplitMix64::new(4);
    for _ in 0..200 {
        kernel.advance(&taylor, &mut block, scratch, &mut bits, &mut counts, 2);
        exchange.round(&taylor, &kernel, &mut block, scratch, &mut own);
    }
    assert!(exchange.pairs().iter().all(|pair| pair.swapped > 20));
    let asked = target.take();
    // The gradient comes with the value, so `f` alone is not evaluated, except by `Soft` itself.
    let tallied = counts.iter().map(|counts| counts.gradients).sum::<u64>();
    assert_eq!((asked.gradients, asked.values, tallied), (1200, 0, 1200));
}
