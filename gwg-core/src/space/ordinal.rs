use super::{Categorical, Move, Space, Symbol, each_state};
use crate::{Error, Real};

/// The integers `0..levels` at each site; move `i * levels + a` sets site `i` to `a`.
///
/// The gradient is with respect to the *integer*, one number per site, and `d_ia = (a - x_i) df/dx_i` (the linear
/// term of the ordinal proposal of Pynadath et al. 2024). It requires a target that extends to real numbers between
/// the levels; if levels are only names, use [`Categorical`] with its one-hot gradient. The two estimates differ: a
/// difference proportional to `a - x_i` is largest at one of the two ends, regardless of `f` in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ordinal<S = u8> {
    /// The same configurations and moves.
    levels: Categorical<S>,
}

impl Ordinal {
    /// Creates the space of `sites` integers in `0..levels`.
    ///
    /// # Errors
    /// [`Error::States`] unless `2 <= levels <= 256`; [`Error::TooManyMoves`] if `sites * levels` exceeds `u32::MAX`.
    pub const fn new(sites: usize, levels: usize) -> Result<Self, Error> {
        Self::checked(sites, levels)
    }
}

impl Ordinal<u16> {
    /// Creates the space of `sites` integers in `0..levels` with 16-bit symbols.
    ///
    /// # Errors
    /// [`Error::States`] unless `2 <= levels <= 65536`; [`Error::TooManyMoves`] if `sites * levels` exceeds `u32::MAX`.
    pub const fn wide(sites: usize, levels: usize) -> Result<Self, Error> {
        Self::checked(sites, levels)
    }
}

impl<S: Symbol> Ordinal<S> {
    const fn checked(sites: usize, levels: usize) -> Result<Self, Error> {
        match Categorical::checked(sites, levels) {
            Ok(levels) => Ok(Self { levels }),
            Err(error) => Err(error),
        }
    }
}

impl<S: Symbol> Space for Ordinal<S> {
    type Symbol = S;

    #[inline]
    fn sites(&self) -> usize {
        self.levels.sites()
    }

    #[inline]
    fn states(&self) -> usize {
        self.levels.states()
    }

    #[inline]
    fn moves(&self) -> usize {
        self.levels.moves()
    }

    #[inline]
    fn gradient_len(&self) -> usize {
        self.levels.sites()
    }

    #[inline]
    fn decode(&self, x: &[S], m: usize) -> Move {
        self.levels.decode(x, m)
    }

    #[inline(always)]
    fn each_move(&self, x: &[S], visit: impl FnMut(Move)) {
        each_state(self, x, visit);
    }

    #[inline]
    fn undo(&self, m: usize, mv: Move) -> usize {
        self.levels.undo(m, mv)
    }

    #[inline]
    fn first_move(&self, site: usize) -> usize {
        self.levels.first_move(site)
    }

    #[inline(always)]
    fn differences<R: Real>(&self, x: &[S], gradient: &mut [R]) {
        // From the last site down, so that no slope is overwritten before it is read.
        for (site, &s) in x.iter().enumerate().rev() {
            let slope = gradient.get(site).copied().unwrap_or(R::ZERO);
            let row = self.first_move(site)..self.first_move(site + 1);
            let Some(row) = gradient.get_mut(row) else {
                continue;
            };
            let here = i32::from(s.widen());
            for (a, d) in (0i32..).zip(row) {
                *d = slope * R::from_f64(f64::from(a - here));
            }
        }
    }

    #[inline(always)]
    fn mask<R: Real>(&self, x: &[S], weight: &mut [R]) {
        self.levels.mask(x, weight);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_the_slope_times_the_distance() {
        let space = Ordinal::new(3, 4).unwrap();
        assert_eq!((space.moves(), space.gradient_len()), (12, 3));
        let nan = f64::NAN;
        let mut g = [2.0, -3.0, 0.5, nan, nan, nan, nan, nan, nan, nan, nan, nan];
        space.differences(&[1, 0, 3], &mut g);
        assert_eq!(
            g,
            [
                -2.0, 0.0, 2.0, 4.0, 0.0, -3.0, -6.0, -9.0, -1.5, -1.0, -0.5, 0.0
            ]
        );
    }

    #[test]
    fn levels_outside_2_to_256_are_rejected() {
        assert_eq!(Ordinal::new(3, 1), Err(Error::States { found: 1 }));
        assert_eq!(Ordinal::new(3, 257), Err(Error::States { found: 257 }));
        assert_eq!(Ordinal::new(usize::MAX, 2), Err(Error::TooManyMoves));
        assert!(Ordinal::new(3, 256).is_ok());
    }
}
