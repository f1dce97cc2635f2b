use super::{Binary, Categorical, Mixed, Move, Ordinal, Space, Symbol};
use crate::Real;

/// A space selected at run time, for programs that are compiled once for all spaces. Use it where a call covers all
/// moves at once, or where one more branch per move is negligible. Each method forwards to the space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnySpace<'a, S = u8> {
    /// Two states per site.
    Binary(Binary<S>),
    /// The same number of nominal states at every site.
    Categorical(Categorical<S>),
    /// Integers.
    Ordinal(Ordinal<S>),
    /// A different number of nominal states at each site.
    Mixed(Mixed<'a, S>),
}

impl<S> From<Binary<S>> for AnySpace<'_, S> {
    fn from(space: Binary<S>) -> Self {
        Self::Binary(space)
    }
}

impl<S> From<Categorical<S>> for AnySpace<'_, S> {
    fn from(space: Categorical<S>) -> Self {
        Self::Categorical(space)
    }
}

impl<S> From<Ordinal<S>> for AnySpace<'_, S> {
    fn from(space: Ordinal<S>) -> Self {
        Self::Ordinal(space)
    }
}

impl<'a, S> From<Mixed<'a, S>> for AnySpace<'a, S> {
    fn from(space: Mixed<'a, S>) -> Self {
        Self::Mixed(space)
    }
}

macro_rules! each {
    ($any:expr, $space:ident => $out:expr) => {
        match $any {
            AnySpace::Binary($space) => $out,
            AnySpace::Categorical($space) => $out,
            AnySpace::Ordinal($space) => $out,
            AnySpace::Mixed($space) => $out,
        }
    };
}

impl<S: Symbol> Space for AnySpace<'_, S> {
    type Symbol = S;

    #[inline]
    fn sites(&self) -> usize {
        each!(self, space => space.sites())
    }

    #[inline]
    fn states(&self) -> usize {
        each!(self, space => space.states())
    }

    #[inline]
    fn states_at(&self, site: usize) -> usize {
        each!(self, space => space.states_at(site))
    }

    #[inline]
    fn moves(&self) -> usize {
        each!(self, space => space.moves())
    }

    #[inline]
    fn gradient_len(&self) -> usize {
        each!(self, space => space.gradient_len())
    }

    #[inline]
    fn decode(&self, x: &[S], m: usize) -> Move {
        each!(self, space => space.decode(x, m))
    }

    #[inline]
    fn undo(&self, m: usize, mv: Move) -> usize {
        each!(self, space => space.undo(m, mv))
    }

    #[inline]
    fn site_of(&self, m: usize) -> usize {
        each!(self, space => space.site_of(m))
    }

    #[inline]
    fn first_move(&self, site: usize) -> usize {
        each!(self, space => space.first_move(site))
    }

    fn each_move(&self, x: &[S], visit: impl FnMut(Move)) {
        each!(self, space => space.each_move(x, visit));
    }

    fn differences<R: Real>(&self, x: &[S], gradient: &mut [R]) {
        each!(self, space => space.differences(x, gradient));
    }

    fn mask<R: Real>(&self, x: &[S], weight: &mut [R]) {
        each!(self, space => space.mask(x, weight));
    }

    #[inline]
    fn squared_length(&self) -> Option<f64> {
        each!(self, space => space.squared_length())
    }
}
