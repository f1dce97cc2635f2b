use super::{Move, Space};
use crate::Real;

/// `{0, 1}^sites`; move `i` flips site `i`.
///
/// The gradient is with respect to `x` in `[0, 1]^sites`, and
/// `d_i = (1 - 2 x_i) df/dx_i` (Grathwohl et al. 2021, eq. 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binary {
    sites: usize,
}

impl Binary {
    /// The cube of `sites` dimensions.
    #[must_use]
    pub const fn new(sites: usize) -> Self {
        Self { sites }
    }
}

impl Space for Binary {
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
    fn decode(&self, x: &[u8], m: usize) -> Move {
        let from = x.get(m).copied().unwrap_or(0);
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
    fn differences<R: Real>(&self, x: &[u8], gradient: &mut [R]) {
        for (&s, g) in x.iter().zip(gradient) {
            *g = if s == 0 { *g } else { -*g };
        }
    }

    #[inline]
    fn mask<R: Real>(&self, _: &[u8], _: &mut [R]) {}

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
