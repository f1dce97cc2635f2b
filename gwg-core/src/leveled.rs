//! Targets whose differences take few values.

use crate::{Move, Target};

/// The most levels a [`Leveled`] target may have.
pub const MAX_LEVELS: usize = 32;

/// The level of every move at a configuration, kept by whoever samples.
pub trait Levels {
    /// The level of move `m`.
    fn level(&self, m: usize) -> usize;

    /// Puts move `m` on another level.
    fn set_level(&mut self, m: usize, level: usize);
}

/// A target whose exact differences take few values, its *levels*, and in which a move changes the level of few moves.
///
/// What a lattice with one coupling is: a step of the [`NFold`](crate::NFold) way then costs neither an exponential nor
/// a search. Number the levels so that a move changes those of other moves by one, where that can be.
pub trait Leveled: Target {
    /// The number of levels, at most [`MAX_LEVELS`].
    fn levels(&self) -> usize;

    /// The exact difference `f(y) - f(x)` of the moves on a level; minus infinity on a level of idle moves.
    fn level_difference(&self, level: usize) -> Self::Real;

    /// The level of move `m` at `x`.
    fn level(&self, x: &[u8], m: usize) -> usize;

    /// Brings `levels` up to `x`, in which `mv` has just been made.
    fn relevel(&self, x: &[u8], levels: &mut impl Levels, mv: Move);
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
            fn level_difference(&$self, level: usize) -> Self::Real {
                $inner.level_difference(level)
            }

            #[inline]
            fn level(&$self, x: &[u8], m: usize) -> usize {
                $inner.level(x, m)
            }

            #[inline(always)]
            fn relevel(&$self, x: &[u8], levels: &mut impl Levels, mv: Move) {
                $inner.relevel(x, levels, mv);
            }
        }
    };
}

forward_leveled!([T: Leveled] &T, self => (**self));
forward_leveled!([T: Leveled] crate::Exact<T>, self => self.0);
// Only a multilinear model may answer for its first-order differences with exact ones.
forward_leveled!([T: Leveled + crate::Multilinear] crate::Taylor<T>, self => self.0);
