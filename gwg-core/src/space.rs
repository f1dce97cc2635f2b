//! Spaces of configurations, and the single-site moves that lead from one to the next.

use crate::{Error, Real};
use core::num::NonZeroUsize;

/// One site takes another symbol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Move {
    /// The site, from 0.
    pub site: usize,
    /// The symbol that stands there before the move.
    pub from: u8,
    /// The symbol that stands there after it.
    pub to: u8,
}

impl Move {
    /// Carries the move out on `x`.
    #[inline]
    pub fn apply(self, x: &mut [u8]) {
        if let Some(symbol) = x.get_mut(self.site) {
            *symbol = self.to;
        }
    }

    /// The move that leads back.
    #[inline]
    #[must_use]
    pub const fn reversed(self) -> Self {
        Self {
            site: self.site,
            from: self.to,
            to: self.from,
        }
    }

    /// Takes the move back on `x`.
    #[inline]
    pub fn revert(self, x: &mut [u8]) {
        if let Some(symbol) = x.get_mut(self.site) {
            *symbol = self.from;
        }
    }
}

/// The configurations of a model and their numbered moves.
///
/// Contract:
/// - symbols at every site are `0..states()`;
/// - `decode(x, m)` for `m < moves()` has `from == x[site]`; a move with `from == to` is *idle* and
///   never drawn by a kernel;
/// - `undo(m, decode(x, m))` is the index, at the configuration after the move, of the move that leads back.
pub trait Space: Clone {
    /// The number of sites.
    fn sites(&self) -> usize;
    /// The largest number of states of a site.
    fn states(&self) -> usize;
    /// The number of move indices, which is also the length of a gradient and of `d(x)`.
    fn moves(&self) -> usize;
    /// The move with index `m` at `x`.
    fn decode(&self, x: &[u8], m: usize) -> Move;
    /// The index of the move that takes `mv = decode(x, m)` back.
    fn undo(&self, m: usize, mv: Move) -> usize;
    /// The index of the first move of `site`.
    fn first_move(&self, site: usize) -> usize;
    /// Turns the gradient of the continuous extension into first-order differences, in place.
    ///
    /// Idle moves get 0. `O(moves)`.
    fn differences<R: Real>(&self, x: &[u8], gradient: &mut [R]);
    /// Sets the weight of every idle move at `x` to 0.
    fn mask<R: Real>(&self, x: &[u8], weight: &mut [R]);
    /// The squared length of a move in the encoding that the gradient is taken in, where all moves have the
    /// same; `None` where sites are integers and it is `(to - from)^2`.
    fn squared_length(&self) -> Option<f64> {
        None
    }
    /// True where `x` has the right length and every symbol is one of `0..states()`.
    fn contains(&self, x: &[u8]) -> bool {
        x.len() == self.sites() && x.iter().all(|&s| usize::from(s) < self.states())
    }
}

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

/// `{0, .., states - 1}^sites` without order among the states; move `i * states + a` sets site `i` to `a`.
///
/// The gradient is with respect to the one-hot encoding, site-major, and
/// `d_ia = df/dx_ia - df/dx_i,x_i` (Grathwohl et al. 2021, eq. 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Categorical {
    sites: usize,
    states: NonZeroUsize,
}

impl Categorical {
    /// The space of `sites` sites with `states` states each.
    ///
    /// # Errors
    /// [`Error::States`] unless `2 <= states <= 256`; [`Error::TooManyMoves`] where `sites * states`
    /// exceeds a `u32`.
    pub const fn new(sites: usize, states: usize) -> Result<Self, Error> {
        let Some(nonzero) = NonZeroUsize::new(states) else {
            return Err(Error::States { found: states });
        };
        if states < 2 || states > 256 {
            return Err(Error::States { found: states });
        }
        match sites.checked_mul(states) {
            Some(moves) if moves <= u32::MAX as usize => Ok(Self {
                sites,
                states: nonzero,
            }),
            _ => Err(Error::TooManyMoves),
        }
    }
}

impl Space for Categorical {
    #[inline]
    fn sites(&self) -> usize {
        self.sites
    }

    #[inline]
    fn states(&self) -> usize {
        self.states.get()
    }

    #[inline]
    fn moves(&self) -> usize {
        self.sites * self.states.get()
    }

    #[inline]
    fn decode(&self, x: &[u8], m: usize) -> Move {
        let site = m / self.states;
        let from = x.get(site).copied().unwrap_or(0);
        Move {
            site,
            from,
            to: (m % self.states) as u8,
        }
    }

    #[inline]
    fn undo(&self, m: usize, mv: Move) -> usize {
        // Old values at the new state: the reverse of (i, j) is (i, x_i), never (i, j) again.
        m + usize::from(mv.from) - usize::from(mv.to)
    }

    #[inline]
    fn first_move(&self, site: usize) -> usize {
        site * self.states.get()
    }

    #[inline(always)]
    fn differences<R: Real>(&self, x: &[u8], gradient: &mut [R]) {
        for (&s, row) in x.iter().zip(gradient.chunks_exact_mut(self.states.get())) {
            let here = row.get(usize::from(s)).copied().unwrap_or(R::ZERO);
            for g in row {
                *g -= here;
            }
        }
    }

    #[inline(always)]
    fn mask<R: Real>(&self, x: &[u8], weight: &mut [R]) {
        for (&s, row) in x.iter().zip(weight.chunks_exact_mut(self.states.get())) {
            if let Some(w) = row.get_mut(usize::from(s)) {
                *w = R::ZERO;
            }
        }
    }

    #[inline]
    fn squared_length(&self) -> Option<f64> {
        Some(2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn alphabets_outside_2_to_256_are_refused() {
        assert_eq!(Categorical::new(3, 1), Err(Error::States { found: 1 }));
        assert_eq!(Categorical::new(3, 0), Err(Error::States { found: 0 }));
        assert_eq!(Categorical::new(3, 257), Err(Error::States { found: 257 }));
        assert_eq!(Categorical::new(usize::MAX, 2), Err(Error::TooManyMoves));
        assert!(Categorical::new(3, 256).is_ok());
    }

    proptest! {
        #[test]
        fn undo_leads_back(sites in 1usize..9, states in 2usize..6, seed in any::<u64>(), pick in any::<u64>()) {
            let space = Categorical::new(sites, states).unwrap();
            let mut x: std::vec::Vec<u8> = (0..sites).map(|i| ((seed >> (7 * i)) % states as u64) as u8).collect();
            let before = x.clone();
            let m = (pick % space.moves() as u64) as usize;
            let mv = space.decode(&x, m);
            mv.apply(&mut x);
            let back = space.undo(m, mv);
            let reverse = space.decode(&x, back);
            prop_assert_eq!(reverse, Move { site: mv.site, from: mv.to, to: mv.from });
            reverse.apply(&mut x);
            prop_assert_eq!(x, before);
        }
    }

    #[test]
    fn categorical_differences_are_relative_to_the_symbol_that_stands() {
        let space = Categorical::new(2, 3).unwrap();
        let mut g = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0];
        space.differences(&[1, 2], &mut g);
        assert_eq!(g, [-1.0, 0.0, 2.0, -24.0, -16.0, 0.0]);
        let mut w = [1.0; 6];
        space.mask(&[1, 2], &mut w);
        assert_eq!(w, [1.0, 0.0, 1.0, 1.0, 1.0, 0.0]);
    }

    #[test]
    fn binary_differences_change_sign_at_one() {
        let mut g = [1.0f32, 2.0, -3.0];
        Binary::new(3).differences(&[0, 1, 1], &mut g);
        assert_eq!(g, [1.0, -2.0, 3.0]);
    }
}
