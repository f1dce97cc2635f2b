//! The transition probabilities of composed kernels.

use super::Transitions;
use crate::kernel::part::{PairState, lend};
use crate::kernel::{Cycle, Mixture, WalkerOf};
use crate::{Symbol, SymbolOf, Target};
use core::slice::from_mut;
use std::{vec, vec::Vec};

type Law<S> = Vec<(Vec<S>, f64)>;

/// Adds to the probability of a state.
fn add<S: Symbol>(law: &mut Law<S>, x: &[S], p: f64) {
    match law.iter_mut().find(|(y, _)| y == x) {
        Some((_, sum)) => *sum += p,
        None => law.push((x.to_vec(), p)),
    }
}

/// The distribution after one step of a kernel that has just been initialized, including staying.
fn after<'a, T: Target, K: Transitions<T>>(
    kernel: &K,
    target: &T,
    walker: &mut WalkerOf<'a, T, K>,
    scratch: &mut [T::Real],
    law: &Law<SymbolOf<T>>,
) -> Law<SymbolOf<T>> {
    let mut next = Law::new();
    for (x, share) in law {
        walker.x.copy_from_slice(x);
        kernel.init(target, from_mut(walker), scratch);
        let mut moved = 0.0;
        kernel.transitions(target, walker, scratch, &mut |y, p| {
            add(&mut next, y, share * p);
            moved += p;
        });
        add(&mut next, x, share * (1.0 - moved));
    }
    next
}

/// The distribution of a step from the walker's state.
///
/// Kernels whose transition probabilities depend on more than `x` (a systematic scan) are enumerated in their state
/// after initialization, which is their actual state in turns of one step.
impl<T: Target, A: Transitions<T>, B: Transitions<T>> Transitions<T> for Cycle<A, B> {
    fn transitions<'a>(
        &self,
        target: &T,
        walker: &mut WalkerOf<'a, T, Self>,
        scratch: &mut [T::Real],
        visit: &mut dyn FnMut(&[SymbolOf<T>], f64),
    ) {
        let mut law = vec![(walker.x.to_vec(), 1.0)];
        let (first, second) = self.kernels();
        lend(walker, PairState::first_part, |w| {
            for _ in 0..self.steps().0 {
                law = after(first, target, w, scratch, &law);
            }
        });
        lend(walker, PairState::second_part, |w| {
            for _ in 0..self.steps().1 {
                law = after(second, target, w, scratch, &law);
            }
        });
        for (y, p) in law {
            visit(&y, p);
        }
    }
}

impl<T: Target, A: Transitions<T>, B: Transitions<T>> Transitions<T> for Mixture<A, B> {
    fn transitions<'a>(
        &self,
        target: &T,
        walker: &mut WalkerOf<'a, T, Self>,
        scratch: &mut [T::Real],
        visit: &mut dyn FnMut(&[SymbolOf<T>], f64),
    ) {
        let start = vec![(walker.x.to_vec(), 1.0)];
        let (first, second) = self.kernels();
        let probability = self.probability();
        lend(walker, PairState::first_part, |w| {
            for (y, p) in after(first, target, w, scratch, &start) {
                visit(&y, probability * p);
            }
        });
        lend(walker, PairState::second_part, |w| {
            for (y, p) in after(second, target, w, scratch, &start) {
                visit(&y, (1.0 - probability) * p);
            }
        });
    }
}
