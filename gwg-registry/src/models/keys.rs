//! What several models have: ranges of keys, pictures, numbers of parameters, quantities.

use crate::grammar::Allowed;
use gwg_chains::Quantity;
use gwg_core::Symbol;

/// Moves are numbered with 32 bits.
const MAX_SITES: usize = u32::MAX as usize;

pub(super) const fn count(min: usize, max: usize) -> Allowed {
    Allowed::Count { min, max }
}

pub(super) const fn number(min: f64, max: f64) -> Allowed {
    Allowed::Number { min, max }
}

/// As many sites as there may be, or anything else that is counted.
pub(super) const SIZE: Allowed = count(1, MAX_SITES);
/// Sites along an edge of a torus: no neighbor twice.
pub(super) const SIDE: Allowed = count(3, MAX_SITES);
pub(super) const DIMS: Allowed = count(1, 4);
pub(super) const STATES: Allowed = count(2, 256);
/// Of 8- or 16-bit symbols.
pub(super) const WIDE_STATES: Allowed = count(2, 65_536);
pub(super) const ANY: Allowed = number(f64::MIN, f64::MAX);
pub(super) const FROM_ZERO: Allowed = number(0.0, f64::MAX);
pub(super) const POSITIVE: Allowed = number(f64::MIN_POSITIVE, f64::MAX);
/// A probability that is neither 0 nor 1.
pub(super) const PROBABILITY: Allowed = number(f64::MIN_POSITIVE, 1.0 - f64::EPSILON / 2.0);

/// Pairs of sites.
pub(super) const fn pairs(sites: usize) -> usize {
    sites * sites.saturating_sub(1) / 2
}

/// A square, where there are as many sites as one has.
pub(super) fn square(sites: usize) -> Option<Vec<usize>> {
    let side = sites.isqrt();
    (side > 1 && side * side == sites).then(|| vec![side, side])
}

/// The dimensions of a lattice of up to [four](DIMS) dimensions, all of the same length.
pub(super) fn lattice_axes(side: usize, dims: usize) -> Vec<(&'static str, usize)> {
    let names = ["volume", "plane", "row", "column"];
    match dims {
        2..=4 => names[4 - dims..].iter().map(|&name| (name, side)).collect(),
        _ => Vec::new(),
    }
}

/// What is natural to record of spins.
pub(super) fn of_spins() -> Vec<Quantity> {
    vec![Quantity::magnetization(), Quantity::energy_per_site()]
}

/// What is natural to record of nominal states: how far one of them prevails.
pub(super) fn of_states<S: Symbol>() -> Vec<Quantity<S>> {
    let description = "largest share of the sites that are in one state";
    let order = Quantity::new("order", description, largest_share);
    order
        .into_iter()
        .chain([Quantity::energy_per_site()])
        .collect()
}

fn largest_share<S: Symbol>(x: &[S]) -> f64 {
    let largest = if S::MAX_STATES <= 256 {
        let mut counts = [0usize; 256];
        for &symbol in x {
            counts[symbol.index() & 255] += 1;
        }
        counts.into_iter().max()
    } else {
        let mut sorted = x.to_vec();
        sorted.sort_unstable();
        sorted.chunk_by(S::eq).map(<[S]>::len).max()
    };
    largest.unwrap_or(0) as f64 / x.len() as f64
}
