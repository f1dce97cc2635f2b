//! Clusters of one symbol each, which take another.

use super::{SwendsenWang, has_fields};
use crate::kernel::WalkerOf;
use crate::kernel::clusters::{Decide, Sites, symbol};
use crate::space::Symbol;
use crate::target::Pairwise;
use crate::{Real, Space, math};

/// One step; returns the number of sites changed.
#[inline(always)]
pub(super) fn update<T: Pairwise, D: Decide>(
    target: &T,
    walker: &mut WalkerOf<'_, T, SwendsenWang>,
    scratch: &mut [T::Real],
    decide: &mut D,
) -> u64 {
    SwendsenWang::join(target, walker, decide, |a, b, repel| (a == b) & !repel);
    let (states, beta) = (target.space().states(), walker.beta);
    if has_fields(target) {
        add_fields(target, walker, scratch, states);
        color(target, walker, |root| {
            let first = root * states;
            let weights = scratch.get_mut(first..first + states).unwrap_or(&mut []);
            let best = math::max(weights);
            for weight in weights.iter_mut() {
                *weight = (beta * (*weight - best)).exp();
            }
            decide.index(weights)
        })
    } else {
        color(target, walker, |_| decide.below(states))
    }
}

/// Writes, at the root of each cluster, the sums of its fields, a number per state.
#[inline(always)]
fn add_fields<T: Pairwise>(
    target: &T,
    walker: &WalkerOf<'_, T, SwendsenWang>,
    fields: &mut [T::Real],
    states: usize,
) {
    let (x, parents) = (&*walker.x, &*walker.state.parents);
    fields.fill(T::Real::ZERO);
    let mut add = |site: usize, state: usize, field: T::Real| {
        if let Some(sum) = fields.get_mut(symbol(parents, site) as usize * states + state) {
            *sum += field;
        }
    };
    if target.has_field() {
        for site in 0..x.len() {
            for state in 0..states {
                add(site, state, target.field(site, state as u16));
            }
        }
    }
    let sites = Sites::of(target.space());
    if sites.are_observed() {
        target.each_bond(
            |i, j, coupling| match (sites.is_free(i), sites.is_free(j)) {
                (true, false) => add(i, symbol(x, j).index(), coupling),
                (false, true) => add(j, symbol(x, i).index(), coupling),
                _ => {}
            },
        );
    }
}

/// Gives the cluster of each root the symbol drawn for it; returns the number of sites changed.
#[inline(always)]
fn color<T: Pairwise>(
    target: &T,
    walker: &mut WalkerOf<'_, T, SwendsenWang>,
    mut drawn: impl FnMut(usize) -> usize,
) -> u64 {
    let sites = Sites::of(target.space());
    let parents = &*walker.state.parents;
    let mut changed = 0;
    for (site, &root) in parents.iter().enumerate().take(walker.x.len()) {
        let root = root as usize;
        // A root comes before the other sites of its cluster.
        let to = if root < site {
            symbol(walker.x, root)
        } else if sites.is_free(site) {
            Symbol::from_index(drawn(site))
        } else {
            continue;
        };
        if let Some(x) = walker.x.get_mut(site) {
            changed += u64::from(*x != to);
            *x = to;
        }
    }
    changed
}
