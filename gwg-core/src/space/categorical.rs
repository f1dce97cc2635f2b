use super::{Move, Space, Symbol, each_state};
use crate::{Error, Real};
use core::marker::PhantomData;
use core::num::NonZeroUsize;

/// `{0, .., states - 1}^sites`, with unordered states; move `i * states + a` sets site `i` to `a`.
///
/// The gradient is with respect to the one-hot encoding, site-major, and
/// `d_ia = df/dx_ia - df/dx_i,x_i` (Grathwohl et al. 2021, eq. 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Categorical<S = u8> {
    sites: usize,
    states: NonZeroUsize,
    symbol: PhantomData<S>,
}

impl Categorical {
    /// Creates the space of `sites` sites with `states` states each.
    ///
    /// # Errors
    /// [`Error::States`] unless `2 <= states <= 256`; [`Error::TooManyMoves`] if `sites * states` exceeds `u32::MAX`.
    pub const fn new(sites: usize, states: usize) -> Result<Self, Error> {
        Self::checked(sites, states)
    }
}

impl Categorical<u16> {
    /// Creates the space of `sites` sites with `states` states each and 16-bit symbols.
    ///
    /// # Errors
    /// [`Error::States`] unless `2 <= states <= 65536`; [`Error::TooManyMoves`] if `sites * states` exceeds `u32::MAX`.
    pub const fn wide(sites: usize, states: usize) -> Result<Self, Error> {
        Self::checked(sites, states)
    }
}

impl<S: Symbol> Categorical<S> {
    pub(super) const fn checked(sites: usize, states: usize) -> Result<Self, Error> {
        let Some(nonzero) = NonZeroUsize::new(states) else {
            return Err(Error::States { found: states });
        };
        if states < 2 || states > S::MAX_STATES {
            return Err(Error::States { found: states });
        }
        match sites.checked_mul(states) {
            Some(moves) if moves <= u32::MAX as usize => Ok(Self {
                sites,
                states: nonzero,
                symbol: PhantomData,
            }),
            _ => Err(Error::TooManyMoves),
        }
    }
}

impl<S: Symbol> Space for Categorical<S> {
    type Symbol = S;

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
    fn decode(&self, x: &[S], m: usize) -> Move {
        let site = m / self.states;
        let from = x.get(site).copied().unwrap_or_default().widen();
        Move {
            site,
            from,
            to: (m % self.states) as u16,
        }
    }

    #[inline(always)]
    fn each_move(&self, x: &[S], visit: impl FnMut(Move)) {
        each_state(self, x, visit);
    }

    #[inline]
    fn undo(&self, m: usize, mv: Move) -> usize {
        // The old value at the new state: the reverse of (i, j) is (i, x_i), not (i, j).
        m + usize::from(mv.from) - usize::from(mv.to)
    }

    #[inline]
    fn first_move(&self, site: usize) -> usize {
        site * self.states.get()
    }

    #[inline(always)]
    fn differences<R: Real>(&self, x: &[S], gradient: &mut [R]) {
        for (&s, row) in x.iter().zip(gradient.chunks_exact_mut(self.states.get())) {
            let here = row.get(s.index()).copied().unwrap_or(R::ZERO);
            for g in row {
                *g -= here;
            }
        }
    }

    #[inline(always)]
    fn mask<R: Real>(&self, x: &[S], weight: &mut [R]) {
        for (&s, row) in x.iter().zip(weight.chunks_exact_mut(self.states.get())) {
            if let Some(w) = row.get_mut(s.index()) {
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
    fn alphabets_outside_their_range_are_rejected() {
        assert_eq!(Categorical::new(3, 1), Err(Error::States { found: 1 }));
        assert_eq!(Categorical::new(3, 0), Err(Error::States { found: 0 }));
        assert_eq!(Categorical::new(3, 257), Err(Error::States { found: 257 }));
        assert_eq!(Categorical::new(usize::MAX, 2), Err(Error::TooManyMoves));
        assert!(Categorical::new(3, 256).is_ok());
        let none = Error::States { found: 65_537 };
        assert_eq!(Categorical::wide(3, 65_537), Err(none));
        assert!(Categorical::wide(3, 65_536).is_ok());
    }

    proptest! {
        #[test]
        fn undo_gives_the_reverse_move(sites in 1usize..9, states in 2usize..6, seed in any::<u64>(), pick in any::<u64>()) {
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
    fn categorical_differences_are_relative_to_the_current_symbol() {
        let space = Categorical::new(2, 3).unwrap();
        let mut g = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0];
        space.differences(&[1, 2], &mut g);
        assert_eq!(g, [-1.0, 0.0, 2.0, -24.0, -16.0, 0.0]);
        let mut w = [1.0; 6];
        space.mask(&[1, 2], &mut w);
        assert_eq!(w, [1.0, 0.0, 1.0, 1.0, 1.0, 0.0]);
    }
}
