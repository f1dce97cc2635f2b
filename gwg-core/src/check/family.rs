//! The transition probabilities of the kernels on exact differences, computed by their own code.

use super::{Transitions, configurations};
use crate::kernel::joint::{alphabet, consecutive, other, weigh};
use crate::kernel::part::lend;
use crate::kernel::{BlockGibbs, HammingBall, Jump, JumpState, RandomWalk, Scan, WalkerOf};
use crate::space::Symbol;
use crate::target::SymbolOf;
use crate::{Delta, Kernel, Neighborhood, Real, Space, Target};
use std::{vec, vec::Vec};

/// Calls `visit` with every subset of `0..sites` of `len` sites.
fn subsets(sites: usize, len: usize, mut visit: impl FnMut(&[u32])) {
    let mut chosen: Vec<u32> = (0..len as u32).collect();
    loop {
        visit(&chosen);
        let last = |k: usize| (sites - len + k) as u32;
        let Some(k) = (0..len).rev().find(|&k| chosen[k] < last(k)) else {
            return;
        };
        chosen[k] += 1;
        for next in k + 1..len {
            chosen[next] = chosen[next - 1] + 1;
        }
    }
}

/// The possible blocks of a step, and the probability of each.
fn blocks<S: Space>(scan: Scan, space: &S, block: usize, next: usize) -> (Vec<Vec<u32>>, f64) {
    let mut all = Vec::new();
    if scan == Scan::Random {
        let site = |&k: &u32| space.free_site(k as usize) as u32;
        subsets(space.free(), block, |chosen| {
            all.push(chosen.iter().map(site).collect());
        });
    } else {
        let mut chosen = vec![0; block];
        let len = consecutive(space, next, &mut chosen);
        chosen.truncate(len);
        all.push(chosen);
    }
    let share = 1.0 / all.len() as f64;
    (all, share)
}

impl<T: Delta> Transitions<T> for BlockGibbs {
    fn transitions<'a>(
        &self,
        target: &T,
        walker: &mut WalkerOf<'a, T, Self>,
        scratch: &mut [T::Real],
        visit: &mut dyn FnMut(&[SymbolOf<T>], f64),
    ) {
        let (space, next) = (target.space(), walker.state.next());
        let (all, share) = blocks(self.scan(), space, self.block(space), next);
        let from = walker.x.to_vec();
        for block in all {
            walker.x.copy_from_slice(&from);
            self.init(target, core::slice::from_mut(walker), scratch);
            walker.state.sites_mut()[..block.len()].copy_from_slice(&block);
            let mut cursor = Self::conditional(target, walker, block.len());
            let weights: Vec<f64> = cursor.weights().iter().map(|w| w.to_f64()).collect();
            for (k, w) in weights.iter().enumerate() {
                cursor.go(k);
                visit(cursor.x(), share * w / cursor.total());
            }
        }
    }
}

impl<T: Delta> Transitions<T> for HammingBall {
    fn transitions<'a>(
        &self,
        target: &T,
        walker: &mut WalkerOf<'a, T, Self>,
        scratch: &mut [T::Real],
        visit: &mut dyn FnMut(&[SymbolOf<T>], f64),
    ) {
        let (space, next) = (target.space(), walker.state.next());
        let (all, share) = blocks(self.scan(), space, self.block(space), next);
        let (from, beta) = (walker.x.to_vec(), walker.beta);
        for block in all {
            for center in 0.. {
                walker.x.copy_from_slice(&from);
                self.init(target, core::slice::from_mut(walker), scratch);
                walker.state.sites_mut()[..block.len()].copy_from_slice(&block);
                let (ball, mut mover, weight) = self.ball(target, walker, block.len());
                let points = ball.points();
                if center == points {
                    break;
                }
                ball.go(&mut mover, center);
                let total = weigh(beta, ball.weights(&mut mover, weight));
                let share = share / points as f64 / total;
                for (k, w) in weight.iter().enumerate().take(points) {
                    let stood = mover.x.to_vec();
                    ball.go(&mut mover, k);
                    visit(mover.x, share * w.to_f64());
                    for &site in &block {
                        let back = mover.set(site as usize, stood[site as usize].widen());
                        mover.make(back);
                    }
                }
            }
        }
    }
}

impl<T: Delta> Transitions<T> for RandomWalk {
    fn transitions<'a>(
        &self,
        target: &T,
        walker: &mut WalkerOf<'a, T, Self>,
        _: &mut [T::Real],
        visit: &mut dyn FnMut(&[SymbolOf<T>], f64),
    ) {
        let sites = target.space().free();
        // The distribution of the length, from the code that draws it: its value changes at multiples of 1 / w.
        let width = 2.0 * walker.state.flips() - 1.0;
        let mut below = 0.0;
        while below < 1.0 {
            let above = f64::min(below + 1.0 / width, 1.0);
            let len = Self::length(walker.state.flips(), 0.5 * (below + above), sites);
            let mut all = Vec::new();
            subsets(sites, len, |chosen| all.push(chosen.to_vec()));
            let share = (above - below) / all.len() as f64;
            for chosen in all {
                symbols(target, walker, &chosen, share, visit);
            }
            below = if width * (1.0 - above) < 1e-9 {
                1.0
            } else {
                above
            };
        }
    }
}

/// Visits all combinations of new symbols at the sites of a random walk's proposal.
fn symbols<T: Delta>(
    target: &T,
    walker: &mut WalkerOf<'_, T, RandomWalk>,
    chosen: &[u32],
    share: f64,
    visit: &mut dyn FnMut(&[SymbolOf<T>], f64),
) {
    let x = walker.x.to_vec();
    let site = |k: u32| target.space().free_site(k as usize);
    let others = |k: u32| alphabet(target.space(), site(k)).get() - 1;
    let ways: usize = chosen.iter().map(|&k| others(k)).product();
    for way in 0..ways {
        let (list, new) = walker.state.proposal_mut();
        list[..chosen.len()].copy_from_slice(chosen);
        let mut rest = way;
        let mut y = x.clone();
        for (&k, new) in chosen.iter().zip(new) {
            let to = other(x[site(k)].widen(), rest % others(k));
            rest /= others(k);
            *new = u32::from(to);
            y[site(k)] = Symbol::narrow(to);
        }
        let mut ratio = 0.0;
        RandomWalk::attempt(target, walker, chosen.len(), |r| {
            ratio = crate::accept::lazy_probability(r).to_f64();
            false
        });
        visit(&y, share / ways as f64 * ratio);
    }
}

impl<N> Jump<N> {
    /// Calls `visit(y, rate)` for every state `y` to which the process jumps from the walker's state.
    pub fn rates<'a, T: Target>(
        &self,
        target: &T,
        walker: &mut WalkerOf<'a, T, Self>,
        scratch: &mut [T::Real],
        visit: &mut dyn FnMut(&[SymbolOf<T>], f64),
    ) where
        N: Neighborhood<T>,
    {
        let law = self.neighborhood();
        lend(walker, JumpState::inner_mut, |w| {
            let total = Real::exp(law.log_total(w));
            for m in 0..target.space().moves() {
                let mv = target.space().decode(w.x, m);
                if mv.from == mv.to {
                    continue;
                }
                let share = law.select(target, w, m).to_f64();
                law.propose(target, core::slice::from_mut(w), scratch);
                let goes_ahead = crate::accept::probability(law.rate_ratio(target, w));
                visit(w.x, share * total * goes_ahead.to_f64());
                law.commit_or_revert(target, w, false, scratch);
            }
        });
    }

    /// Returns the generator matrix (the rates out of every state) in the order of [`configurations`]; rows sum to 0.
    ///
    /// # Panics
    /// If there are too many configurations.
    pub fn generator<'a, T: Target>(
        &self,
        target: &T,
        walker: &mut WalkerOf<'a, T, Self>,
        scratch: &mut [T::Real],
    ) -> Vec<f64>
    where
        N: Neighborhood<T>,
    {
        let all = configurations(target.space());
        let states = all.len();
        let mut q = vec![0.0; states * states];
        for (from, x) in all.iter().enumerate() {
            walker.x.copy_from_slice(x);
            self.init(target, core::slice::from_mut(walker), scratch);
            let row = &mut q[from * states..(from + 1) * states];
            self.rates(target, walker, scratch, &mut |y, rate| {
                let to = all.iter().position(|x| x == y);
                row[to.expect("a configuration of the space")] += rate;
                row[from] -= rate;
            });
        }
        q
    }
}

impl<T: Target, N: Neighborhood<T>> Transitions<T> for Jump<N> {
    /// Computes a row of `exp(interval Q)`, by uniformization (Jensen 1953).
    fn transitions<'a>(
        &self,
        target: &T,
        walker: &mut WalkerOf<'a, T, Self>,
        scratch: &mut [T::Real],
        visit: &mut dyn FnMut(&[SymbolOf<T>], f64),
    ) {
        let all = configurations(target.space());
        let start = all.iter().position(|x| x == walker.x);
        let start = start.expect("a configuration of the space");
        let q = self.generator(target, walker, scratch);
        let fastest = (0..all.len()).fold(0.0, |most, k| f64::max(most, -q[k * all.len() + k]));
        let mean = fastest * walker.state.interval();
        assert!(
            mean < 500.0,
            "uniformization would underflow: use shorter steps"
        );
        let mut law = vec![0.0; all.len()];
        law[start] = 1.0;
        let mut weight = Real::exp(-mean);
        let mut out = vec![0.0; all.len()];
        for k in 1u32.. {
            for (out, p) in out.iter_mut().zip(&law) {
                *out += weight * p;
            }
            weight *= mean / f64::from(k);
            if f64::from(k) > mean && weight < 1e-18 {
                break;
            }
            let mut next = law.clone();
            for (p, row) in law.iter().zip(q.chunks_exact(all.len())) {
                for (next, rate) in next.iter_mut().zip(row) {
                    *next += p * rate / fastest;
                }
            }
            law = next;
        }
        for (x, p) in all.iter().zip(out) {
            visit(x, p);
        }
    }
}
