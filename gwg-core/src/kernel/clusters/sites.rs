use crate::space::Symbol;
use crate::{Real, Space};

/// Two symbols that a cluster move exchanges.
#[derive(Clone, Copy)]
pub(crate) struct Pair<S>(pub(crate) S, pub(crate) S);

impl<S: Symbol> Pair<S> {
    /// True of either.
    #[inline(always)]
    pub(crate) fn has(self, symbol: S) -> bool {
        (symbol == self.0) | (symbol == self.1)
    }

    /// The other one of the two; any other symbol itself.
    #[inline(always)]
    pub(crate) fn exchange(self, symbol: S) -> S {
        if symbol == self.0 {
            self.1
        } else if symbol == self.1 {
            self.0
        } else {
            symbol
        }
    }

    /// True if a bond between two sites of these symbols is satisfied: equal ones that attract each other, or different ones of the pair that repel.
    #[inline(always)]
    pub(crate) fn satisfies(self, a: S, b: S, repel: bool) -> bool {
        self.has(a) & self.has(b) & ((a == b) != repel)
    }
}

/// The sites that a cluster move may change: all, or those that are not observed.
#[derive(Clone, Copy)]
pub(crate) struct Sites<'s, P> {
    space: &'s P,
    clamped: bool,
}

impl<'s, P: Space> Sites<'s, P> {
    #[inline(always)]
    pub(crate) fn of(space: &'s P) -> Self {
        Self {
            space,
            clamped: space.free() < space.sites(),
        }
    }

    /// True if some site is observed.
    #[inline(always)]
    pub(crate) const fn are_observed(&self) -> bool {
        self.clamped
    }

    #[inline(always)]
    pub(crate) fn is_free(&self, site: usize) -> bool {
        !self.clamped || self.space.is_free(site)
    }
}

/// Whether a site is in a set of sites, a bit of each.
#[inline(always)]
pub(crate) fn is_marked(marks: &[u64], site: usize) -> bool {
    let word = marks.get(site / 64).copied().unwrap_or(0);
    word >> (site % 64) & 1 != 0
}

/// Puts a site into a set.
#[inline(always)]
pub(crate) fn mark(marks: &mut [u64], site: usize) {
    mark_if(marks, site, true);
}

/// Puts a site into a set, or does nothing.
#[inline(always)]
pub(crate) fn mark_if(marks: &mut [u64], site: usize, is_in: bool) {
    if let Some(word) = marks.get_mut(site / 64) {
        *word |= u64::from(is_in) << (site % 64);
    }
}

/// Takes a site out of a set.
#[inline(always)]
pub(crate) fn unmark(marks: &mut [u64], site: usize) {
    if let Some(word) = marks.get_mut(site / 64) {
        *word &= !(1 << (site % 64));
    }
}

/// `J ([to = beside] - [from = beside])`: what a bond gains where a site goes from one symbol to another.
#[inline(always)]
pub(crate) fn bond_gain<R: Real, S: Symbol>(coupling: R, from: S, to: S, beside: S) -> R {
    let gained = [R::ZERO, coupling][usize::from(to == beside)];
    gained - [R::ZERO, coupling][usize::from(from == beside)]
}
