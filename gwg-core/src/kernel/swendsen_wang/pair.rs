//! Clusters of two symbols, which are exchanged or not.

use super::{SwendsenWang, has_fields};
use crate::kernel::WalkerOf;
use crate::kernel::clusters::{Decide, Pair, Sites, bond_gain, is_marked, mark, symbol, unmark};
use crate::kernel::joint::other;
use crate::space::Symbol;
use crate::target::{Pairwise, SymbolOf};
use crate::{Real, Space};

/// One step; returns the number of sites changed.
#[inline(always)]
pub(super) fn update<T: Pairwise, D: Decide>(
    target: &T,
    walker: &mut WalkerOf<'_, T, SwendsenWang>,
    scratch: &mut [T::Real],
    decide: &mut D,
) -> u64 {
    let pair = draw_pair(target.space().states(), decide);
    SwendsenWang::join(target, walker, decide, |a, b, repel| {
        pair.satisfies(a, b, repel)
    });
    if has_fields(target) {
        add_fields(target, walker, scratch, pair);
        decide_by_fields::<T, D>(walker, scratch, decide);
    } else {
        decide.coins(walker.state.coins, walker.x.len());
    }
    exchange(target, walker, pair)
}

/// Two different symbols: all there are, or two drawn uniformly.
#[inline(always)]
fn draw_pair<S: Symbol, D: Decide>(states: usize, decide: &mut D) -> Pair<S> {
    if states <= 2 {
        return Pair(S::from_index(0), S::from_index(1));
    }
    let first = decide.below(states) as u16;
    let second = other(first, decide.below(states - 1));
    Pair(S::narrow(first), S::narrow(second))
}

/// Writes, at the root of each cluster, what `f` gains if the cluster is exchanged.
#[inline(always)]
fn add_fields<T: Pairwise>(
    target: &T,
    walker: &WalkerOf<'_, T, SwendsenWang>,
    gains: &mut [T::Real],
    pair: Pair<SymbolOf<T>>,
) {
    let (x, parents) = (&*walker.x, &*walker.state.parents);
    gains.fill(T::Real::ZERO);
    let mut add = |site: usize, gain: T::Real| {
        if let Some(sum) = gains.get_mut(symbol(parents, site) as usize) {
            *sum += gain;
        }
    };
    if target.has_field() {
        for (site, &from) in x.iter().enumerate() {
            let to = pair.exchange(from);
            let field = |symbol: SymbolOf<T>| target.field(site, symbol.widen());
            add(site, field(to) - field(from));
        }
    }
    let sites = Sites::of(target.space());
    if sites.are_observed() {
        target.each_bond(|i, j, coupling| {
            let (i, j) = match (sites.is_free(i), sites.is_free(j)) {
                (true, false) => (i, j),
                (false, true) => (j, i),
                _ => return,
            };
            let from = symbol(x, i);
            add(
                i,
                bond_gain(coupling, from, pair.exchange(from), symbol(x, j)),
            );
        });
    }
}

/// Draws whether each cluster is exchanged.
#[inline(always)]
fn decide_by_fields<T: Pairwise, D: Decide>(
    walker: &mut WalkerOf<'_, T, SwendsenWang>,
    gains: &[T::Real],
    decide: &mut D,
) {
    let state = &mut walker.state;
    for ((site, &parent), &gain) in (0u32..).zip(&*state.parents).zip(gains) {
        if parent == site {
            if decide.heat_bath(walker.beta * gain) {
                mark(state.coins, site as usize);
            } else {
                unmark(state.coins, site as usize);
            }
        }
    }
}

/// Exchanges the symbols of the clusters whose coins say so; returns the number of sites changed.
#[inline(always)]
fn exchange<T: Pairwise>(
    target: &T,
    walker: &mut WalkerOf<'_, T, SwendsenWang>,
    pair: Pair<SymbolOf<T>>,
) -> u64 {
    let sites = Sites::of(target.space());
    let (parents, coins) = (&*walker.state.parents, &*walker.state.coins);
    let mut changed = 0;
    for ((site, x), &root) in walker.x.iter_mut().enumerate().zip(parents) {
        let from = *x;
        if is_marked(coins, root as usize) && sites.is_free(site) {
            *x = pair.exchange(from);
        }
        changed += u64::from(*x != from);
    }
    changed
}
