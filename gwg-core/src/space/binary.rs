use super::{Move, Space, Symbol};
use crate::Real;
use core::marker::PhantomData;

/// `{0, 1}^sites`; move `i` flips site `i`.
///
/// The gradient is with respect to `x` in `[0, 1]^sites`, and
/// `d_i = (1 - 2 x_i) df/dx_i` (Grathwohl et al. 2021, eq. 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binary<S = u8> {
    sites: usize,
    symbol: PhantomData<S>,
}

impl Binary {
    /// Creates the cube of `sites` dimensions.
    #[must_use]
    pub const fn new(sites: usize) -> Self {
        Self {
            sites,
            symbol: PhantomData,
        }
    }
}

impl Binary<u16> {
    /// Creates the same cube with 16-bit symbols: for programs that use one symbol type for all spaces.
    #[must_use]
    pub const fn wide(sites: usize) -> Self {
        Self {
            sites,
            symbol: PhantomData,
        }
    }
}

impl<S: Symbol> Space for Binary<S> {
    type Symbol = S;

    #[inline]
    fn sites(&self) -> usize {
        self.sites
    }

    #[inline]
    fn states(&self) -> usize {
        2
    }

    #[inline]
    fn moves(&self) -> usize {
        self.sites
    }

    #[inline]
    fn decode(&self, x: &[S], m: usize) -> Move {
        let from = x.get(m).copied().unwrap_or_default().widen();
        Move {
            site: m,
            from,
            to: from ^ 1,
        }
    }

    #[inline]
    fn undo(&self, m: usize, _: Move) -> usize {
        m
    }

    #[inline]
    fn first_move(&self, site: usize) -> usize {
        site
    }

    #[inline(always)]
    fn differences<R: Real>(&self, x: &[S], gradient: &mut [R]) {
        for (&s, g) in x.iter().zip(gradient) {
            *g = if s == S::default() { *g } else { -*g };
        }
    }

    #[inline]
    fn mask<R: Real>(&self, _: &[S], _: &mut [R]) {}

    #[inline]
    fn squared_length(&self) -> Option<f64> {
        Some(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binary_differences_change_sign_at_one() {
        let mut g = [1.0f32, 2.0, -3.0];
        Binary::new(3).differences(&[0, 1, 1], &mut g);
        assert_eq!(g, [1.0, -2.0, 3.0]);
    }
}
