//! Targets whose differences take few values.

use crate::target::SymbolOf;
use crate::{Move, Target};

pub use crate::neighborhood::Levels;

/// The most levels a [`Leveled`] target may have.
pub const MAX_LEVELS: usize = 32;

/// A target whose exact differences take few values, its *levels*, and in which a move changes the level of few moves.
///
/// What a lattice with one coupling is: a step of the [`NFold`](crate::NFold) way then costs neither an exponential nor
/// a search. Number the levels so that a move changes those of other moves by one, where that can be.
pub trait Leveled: Target {
    /// The number of levels, at most [`MAX_LEVELS`].
    fn levels(&self) -> usize;

    /// The level whose moves stay on it whatever [`relevel`](Self::relevel) says: that of sites which are observed. `None`, by
    /// default, where there is no such level.
    fn frozen_level(&self) -> Option<usize> {
        None
    }

    /// The exact difference `f(y) - f(x)` of the moves on a level; minus infinity on a level of idle moves.
    fn level_difference(&self, level: usize) -> Self::Real;

    /// The level of move `m` at `x`.
    fn level(&self, x: &[SymbolOf<Self>], m: usize) -> usize;

    /// Brings `levels` up to `x`, in which `mv` has just been made.
    fn relevel(&self, x: &[SymbolOf<Self>], levels: &mut Levels<'_>, mv: Move);
}

/// Forwards [`Leveled`] to what a wrapper holds.
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
// Only a multilinear model may answer for its first-order differences with exact ones.
forward_leveled!([T: Leveled + crate::Multilinear] crate::Taylor<T>, self => self.0);
