//! The kernels in groups, each on one counting target.

use crate::counted::Counted;
use crate::ising::Ising;
use crate::kernels::{at_run_time, on_classes, on_conditionals, on_surveys, on_trees};
use crate::targets::Ring;
use crate::walk::{Bill, Change, Through, Trail, Walk};
use gwg_core::*;

/// What a change of temperature evaluates, and what a step adds to `log_prob`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    /// First-order differences, in `f32`: evaluations are independent of each other.
    FirstOrder,
    /// Exact differences, in `f64`, which are summed.
    Differences,
    Trees,
    Classes,
    /// Kernels whose state does not depend on the temperature.
    Conditionals,
}

pub(crate) const GROUPS: [Group; 5] = [
    Group::FirstOrder,
    Group::Differences,
    Group::Trees,
    Group::Classes,
    Group::Conditionals,
];

/// The type of the target.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) sites: usize,
    pub(crate) states: usize,
    pub(crate) scale: f64,
    pub(crate) seed: u64,
}

impl Group {
    /// Takes every kernel of the group through a change of temperature.
    pub(crate) fn through(
        self,
        shape: Shape,
        walk: Walk,
        change: Change,
    ) -> Vec<(String, Trail, Bill)> {
        let Shape { sites, scale, .. } = shape;
        let nominal = Categorical::new(sites, shape.states).unwrap();
        let single = Counted::new(Ring::<_, f32>::new(nominal, scale, shape.seed));
        let bits = Counted::new(Ring::<_, f64>::new(Binary::new(sites), scale, shape.seed));
        let spins = Counted::new(Ising::<f64>::new(scale / 20.0));
        let take = || match self {
            Self::FirstOrder => single.take(),
            Self::Classes => spins.take(),
            Self::Differences | Self::Trees | Self::Conditionals => bits.take(),
        };
        let mut job = Through {
            walk,
            change,
            take: &take,
            found: vec![],
        };
        match self {
            Self::FirstOrder => {
                on_surveys(&Taylor(&single), &mut job);
                at_run_time(&single, &mut job);
            }
            Self::Differences => on_surveys(&Exact(&bits), &mut job),
            Self::Trees => on_trees(&bits, &mut job),
            Self::Classes => on_classes(&spins, &mut job),
            Self::Conditionals => on_conditionals(&bits, &mut job),
        }
        job.found
    }
}
