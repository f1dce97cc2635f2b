use super::{Binary, Categorical, Mixed, Move, Ordinal, Space};
use crate::Real;

/// A space told apart at run time: for programs that are compiled once for all spaces, where a call is about all moves
/// at once or a branch more a move is no matter. Each call answers as the space itself does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AnySpace<'a> {
    /// Two states a site.
    Binary(Binary),
    /// The same number of nominal states at every site.
    Categorical(Categorical),
    /// Integers.
    Ordinal(Ordinal),
    /// A number of nominal states of its own at every site.
    Mixed(Mixed<'a>),
}

impl From<Binary> for AnySpace<'_> {
    fn from(space: Binary) -> Self {
        Self::Binary(space)
    }
}

impl From<Categorical> for AnySpace<'_> {
    fn from(space: Categorical) -> Self {
        Self::Categorical(space)
    }
}

impl From<Ordinal> for AnySpace<'_> {
    fn from(space: Ordinal) -> Self {
        Self::Ordinal(space)
    }
}

impl<'a> From<Mixed<'a>> for AnySpace<'a> {
    fn from(space: Mixed<'a>) -> Self {
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

impl Space for AnySpace<'_> {
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
    fn decode(&self, x: &[u8], m: usize) -> Move {
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

    fn each_move(&self, x: &[u8], visit: impl FnMut(Move)) {
        each!(self, space => space.each_move(x, visit));
    }

    fn differences<R: Real>(&self, x: &[u8], gradient: &mut [R]) {
        each!(self, space => space.differences(x, gradient));
    }

    fn mask<R: Real>(&self, x: &[u8], weight: &mut [R]) {
        each!(self, space => space.mask(x, weight));
    }

    #[inline]
    fn squared_length(&self) -> Option<f64> {
        each!(self, space => space.squared_length())
    }
}
