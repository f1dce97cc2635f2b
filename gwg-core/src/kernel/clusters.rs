//! What cluster moves have in common: probabilities of bonds, random decisions, sets of joined sites.

mod decide;
mod sites;
mod union_find;

pub(crate) use decide::{Decide, Random};
pub(crate) use sites::{Pair, Sites, bond_gain, is_marked, mark, mark_if, unmark};
pub(crate) use union_find::Joins;

use crate::Real;

/// 2^64, of which a [threshold](bond_threshold) is a share.
pub(crate) const WHOLE: f64 = 18_446_744_073_709_551_616.0;

/// The probability `1 - exp(-|beta J|)` with which a satisfied bond joins its sites, in units of `2^-64`. In f64 for either precision: a decision
/// by 64 bits costs no more than one by 24.
#[inline(always)]
pub(crate) fn bond_threshold<R: Real>(beta: R, coupling: R) -> u64 {
    let strength = (beta.to_f64() * coupling.to_f64()).abs();
    ((1.0 - Real::exp(-strength)) * WHOLE) as u64
}

/// The symbol of a site; the first one past the end.
#[inline(always)]
pub(crate) fn symbol<S: Copy + Default>(x: &[S], site: usize) -> S {
    x.get(site).copied().unwrap_or_default()
}
