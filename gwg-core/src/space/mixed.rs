use super::{Move, Space, Symbol, each_state};
use crate::{Error, Real};
use core::marker::PhantomData;

/// `0..states[i]` at site `i`, with unordered states: a different alphabet at each site.
///
/// Move `offsets[i] + a` sets site `i` to `a`, where `offsets` are the cumulative sums of `states`. The gradient is
/// with respect to the one-hot encoding, one number per move, and `d_ia = df/dx_ia - df/dx_i,x_i`, as for
/// [`Categorical`](super::Categorical).
///
/// # Memory and cost
/// The caller provides `sites + 1` numbers of type `u32`. [`decode`](Space::decode) searches the site of a move in
/// `O(log sites)`: once per step on [`Evaluated`](crate::Evaluated), and on [`SumTree`](crate::SumTree) under
/// [`Clamp`](crate::Clamp) once for each difference that a move changes. (A table of sites by move would make it
/// `O(1)`, for one `u32` per move.) All other methods take constant time per site or move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mixed<'a, S = u8> {
    /// `offsets[i]` is the first move of site `i`; length `sites + 1`.
    offsets: &'a [u32],
    largest: usize,
    symbol: PhantomData<S>,
}

impl<'a> Mixed<'a> {
    /// Creates the space of `states.len()` sites, site `i` with `states[i]` states; writes the cumulative sums of
    /// `states` to `offsets`.
    ///
    /// # Errors
    /// [`Error::StatesAt`] unless all of `states` are 2 to 256; [`Error::TooManyMoves`] if their sum exceeds
    /// `u32::MAX`; [`Error::Memory`] if `offsets.len() < states.len() + 1`.
    pub fn new(states: &[u32], offsets: &'a mut [u32]) -> Result<Self, Error> {
        Self::summed(states, offsets)
    }

    /// Creates the space with these cumulative sums of states: `offsets[0]` is 0, and site `i` has
    /// `offsets[i + 1] - offsets[i]` states. For offsets in a constant.
    ///
    /// # Errors
    /// [`Error::Offsets`] if `offsets` is empty or its first entry is not 0; [`Error::StatesAt`] unless all
    /// increments are 2 to 256.
    pub fn from_offsets(offsets: &'a [u32]) -> Result<Self, Error> {
        Self::checked(offsets)
    }
}

impl<'a> Mixed<'a, u16> {
    /// Like [`Mixed::new`], with 16-bit symbols: 2 to 65,536 states per site.
    ///
    /// # Errors
    /// Those of [`Mixed::new`].
    pub fn wide(states: &[u32], offsets: &'a mut [u32]) -> Result<Self, Error> {
        Self::summed(states, offsets)
    }

    /// Like [`Mixed::from_offsets`], with 16-bit symbols.
    ///
    /// # Errors
    /// Those of [`Mixed::from_offsets`].
    pub fn wide_from_offsets(offsets: &'a [u32]) -> Result<Self, Error> {
        Self::checked(offsets)
    }
}

impl<'a, S: Symbol> Mixed<'a, S> {
    /// Creates the space from offsets that another constructor has checked before, and its [`states`](Space::states).
    /// In constant time, for programs that own the offsets.
    #[inline]
    #[must_use]
    pub const fn from_parts(offsets: &'a [u32], states: usize) -> Self {
        Self {
            offsets,
            largest: states,
            symbol: PhantomData,
        }
    }

    fn summed(states: &[u32], offsets: &'a mut [u32]) -> Result<Self, Error> {
        let (found, needed) = (offsets.len(), states.len() + 1);
        let slice = "offsets";
        let Some(offsets) = offsets.get_mut(..needed) else {
            return Err(Error::Memory {
                slice,
                found,
                needed,
            });
        };
        let mut sum = 0u32;
        let mut places = offsets.iter_mut();
        if let Some(first) = places.next() {
            *first = 0;
        }
        for (place, &states) in places.zip(states) {
            sum = sum.checked_add(states).ok_or(Error::TooManyMoves)?;
            *place = sum;
        }
        Self::checked(offsets)
    }

    fn checked(offsets: &'a [u32]) -> Result<Self, Error> {
        if offsets.first() != Some(&0) {
            return Err(Error::Offsets {
                found: offsets.first().copied(),
            });
        }
        let mut largest = 2;
        for (site, pair) in offsets.windows(2).enumerate() {
            let &[from, to] = pair else {
                continue;
            };
            let found = to.saturating_sub(from) as usize;
            if !(2..=S::MAX_STATES).contains(&found) {
                return Err(Error::StatesAt { site, found });
            }
            largest = largest.max(found);
        }
        Ok(Self {
            offsets,
            largest,
            symbol: PhantomData,
        })
    }

    #[inline]
    fn offset(&self, site: usize) -> usize {
        self.offsets.get(site).map_or(0, |&m| m as usize)
    }

    /// Calls `each` with the numbers of every site and its symbol.
    #[inline(always)]
    fn rows<R>(&self, x: &[S], numbers: &mut [R], mut each: impl FnMut(&mut [R], usize)) {
        let mut rest = numbers;
        for (site, &s) in x.iter().enumerate() {
            let Some((row, tail)) = rest.split_at_mut_checked(self.states_at(site)) else {
                return;
            };
            each(row, s.index());
            rest = tail;
        }
    }
}

impl<S: Symbol> Space for Mixed<'_, S> {
    type Symbol = S;

    #[inline]
    fn sites(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    #[inline]
    fn states(&self) -> usize {
        self.largest
    }

    #[inline]
    fn states_at(&self, site: usize) -> usize {
        self.offset(site + 1).saturating_sub(self.offset(site))
    }

    #[inline]
    fn moves(&self) -> usize {
        self.offset(self.sites())
    }

    #[inline]
    fn decode(&self, x: &[S], m: usize) -> Move {
        // The offsets begin with 0: at least one of them is at most `m`.
        let after = self.offsets.partition_point(|&first| first as usize <= m);
        let site = after.saturating_sub(1);
        Move {
            site,
            from: x.get(site).copied().unwrap_or_default().widen(),
            to: m.saturating_sub(self.offset(site)) as u16,
        }
    }

    #[inline(always)]
    fn each_move(&self, x: &[S], visit: impl FnMut(Move)) {
        each_state(self, x, visit);
    }

    #[inline]
    fn undo(&self, m: usize, mv: Move) -> usize {
        m + usize::from(mv.from) - usize::from(mv.to)
    }

    #[inline]
    fn first_move(&self, site: usize) -> usize {
        self.offset(site)
    }

    #[inline(always)]
    fn differences<R: Real>(&self, x: &[S], gradient: &mut [R]) {
        self.rows(x, gradient, |row, s| {
            let here = row.get(s).copied().unwrap_or(R::ZERO);
            for g in row {
                *g -= here;
            }
        });
    }

    #[inline(always)]
    fn mask<R: Real>(&self, x: &[S], weight: &mut [R]) {
        self.rows(x, weight, |row, s| {
            if let Some(w) = row.get_mut(s) {
                *w = R::ZERO;
            }
        });
    }

    #[inline]
    fn squared_length(&self) -> Option<f64> {
        Some(2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_site_has_its_own_alphabet() {
        let mut memory = [9; 5];
        let space = Mixed::new(&[2, 4, 3], &mut memory).unwrap();
        assert_eq!((space.sites(), space.states(), space.moves()), (3, 4, 9));
        let alphabets = [0, 1, 2].map(|site| space.states_at(site));
        assert_eq!(alphabets, [2, 4, 3]);
        let x = [1u8, 3, 0];
        let decoded: std::vec::Vec<_> = (0..9).map(|m| space.decode(&x, m)).collect();
        let to = |site: usize, to: u16| Move {
            site,
            from: x[site].widen(),
            to,
        };
        let wanted = [
            (0, 0),
            (0, 1),
            (1, 0),
            (1, 1),
            (1, 2),
            (1, 3),
            (2, 0),
            (2, 1),
            (2, 2),
        ];
        assert_eq!(decoded, wanted.map(|(site, a)| to(site, a)));
        assert!(space.contains(&x));
        assert!(!space.contains(&[2, 3, 0]) && !space.contains(&[1, 3, 3]));
        assert!(!space.contains(&[1, 3]));
    }

    #[test]
    fn differences_are_relative_to_the_current_symbol() {
        let mut memory = [0; 3];
        let space = Mixed::new(&[2, 3], &mut memory).unwrap();
        let mut g = [1.0, 2.0, 4.0, 8.0, 16.0];
        space.differences(&[1, 0], &mut g);
        assert_eq!(g, [-1.0, 0.0, 0.0, 4.0, 12.0]);
        let mut w = [1.0; 5];
        space.mask(&[1, 0], &mut w);
        assert_eq!(w, [1.0, 0.0, 0.0, 1.0, 1.0]);
    }

    #[test]
    fn invalid_spaces_are_rejected() {
        let mut memory = [0; 3];
        let needed = Error::Memory {
            slice: "offsets",
            found: 3,
            needed: 4,
        };
        assert_eq!(Mixed::new(&[2, 2, 2], &mut memory), Err(needed));
        let one = Error::StatesAt { site: 1, found: 1 };
        assert_eq!(Mixed::new(&[2, 1], &mut memory), Err(one));
        let many = Error::StatesAt {
            site: 0,
            found: 257,
        };
        assert_eq!(Mixed::new(&[257, 2], &mut memory), Err(many));
        assert!(Mixed::new(&[256, 2], &mut memory).is_ok());
        assert_eq!(
            Mixed::from_offsets(&[]),
            Err(Error::Offsets { found: None })
        );
        assert_eq!(
            Mixed::from_offsets(&[1, 3]),
            Err(Error::Offsets { found: Some(1) })
        );
        let descending = Error::StatesAt { site: 1, found: 0 };
        assert_eq!(Mixed::from_offsets(&[0, 3, 1]), Err(descending));
        assert_eq!(Mixed::from_offsets(&[0]).map(|s| s.moves()), Ok(0));
    }
}
