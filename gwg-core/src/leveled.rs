//! Targets whose differences take few distinct values.

use crate::target::SymbolOf;
use crate::{Move, Target};

pub use crate::neighborhood::Levels;

/// The largest number of levels of a [`Leveled`] target.
pub const MAX_LEVELS: usize = 32;

/// A target whose exact differences take few distinct values, its *levels*, and in which a move changes the levels of
/// few other moves.
///
/// Lattices with a single coupling are of this kind: a step with [`NFold`](crate::NFold) then needs neither an
/// exponential nor a search. If possible, number the levels so that a move changes those of other moves by one.
pub trait Leveled: Target {
    /// The number of levels, at most [`MAX_LEVELS`].
    fn levels(&self) -> usize;

    /// The level whose moves stay on it regardless of [`relevel`](Self::relevel): that of observed sites. `None`, the
    /// default, if there is no such level.
    fn frozen_level(&self) -> Option<usize> {
        None
    }

    /// The exact difference `f(y) - f(x)` of the moves on a level; minus infinity on a level of idle moves.
    fn level_difference(&self, level: usize) -> Self::Real;

    /// The level of move `m` at `x`.
    fn level(&self, x: &[SymbolOf<Self>], m: usize) -> usize;

    /// Updates `levels` to `x`, in which `mv` has just been made.
    fn relevel(&self, x: &[SymbolOf<Self>], levels: &mut Levels<'_>, mv: Move);
}

/// Forwards [`Leveled`] to the target inside a wrapper.
macro_rules! forward_leveled {
    ([$($generics:tt)*] $outer:ty, $self:ident => $inner:expr) => {
        impl<$($generics)*> Leveled for $outer {
            #[inline]
            fn levels(&$self) -> usize {
                $inner.levels()
            }

            #[inline]
            fn frozen_level(&$self) -> Option<usize> {
                $inner.frozen_level()
            }

            #[inline]
            fn level_difference(&$self, level: usize) -> Self::Real {
                $inner.level_difference(level)
            }

            #[inline]
            fn level(&$self, x: &[SymbolOf<Self>], m: usize) -> usize {
                $inner.level(x, m)
            }

            #[inline(always)]
            fn relevel(&$self, x: &[SymbolOf<Self>], levels: &mut $crate::Levels<'_>, mv: Move) {
                $inner.relevel(x, levels, mv);
            }
        }
    };
}

forward_leveled!([T: Leveled] &T, self => (**self));
forward_leveled!([T: Leveled] crate::Exact<T>, self => self.0);
// Only for a multilinear model do exact differences equal first-order ones.
forward_leveled!([T: Leveled + crate::Multilinear] crate::Taylor<T>, self => self.0);
