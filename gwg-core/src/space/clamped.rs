use super::{Move, Space, Symbol};
use crate::target::Held;
use crate::{Error, Real};

/// The configurations of another space in which every *observed* site has its observed symbol.
///
/// Moves keep their indices; those of observed sites are idle, so that no kernel draws them. Kernels depend only on
/// *which* sites are observed: walkers of one block may have different symbols there, each valid for its own chain
/// ([`contains`](Space::contains) accepts only the symbols given here).
///
/// # Memory and cost
/// The caller provides two bytes per site for the observed symbols and a `u32` per free site. [`mask`](Space::mask)
/// and [`differences`](Space::differences) cost `O(free sites)` and the filling of the runs between them, in addition
/// to the cost in the other space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clamped<'a, S: Space> {
    space: S,
    observed: &'a [Option<S::Symbol>],
    /// The free sites, in ascending order.
    free: &'a [u32],
}

impl<'a, S: Space> Clamped<'a, S> {
    /// Creates the space in which site `i` is held at `observed[i]` if that is `Some`; writes the list of free sites
    /// to the front of `free`.
    ///
    /// # Errors
    /// [`Error::Sites`] unless `observed.len() == space.sites()`; [`Error::Observed`] if a symbol is not valid for
    /// its site; [`Error::Memory`] if `free` is shorter than the number of free sites; [`Error::TooManyMoves`] if a
    /// `u32` cannot number the sites.
    pub fn new(
        space: S,
        observed: &'a [Option<S::Symbol>],
        free: &'a mut [u32],
    ) -> Result<Self, Error> {
        let (found, needed) = (observed.len(), space.sites());
        if found != needed {
            return Err(Error::Sites { found, needed });
        }
        if u32::try_from(needed).is_err() {
            return Err(Error::TooManyMoves);
        }
        let (found, mut count) = (free.len(), 0);
        for (site, held) in observed.iter().enumerate() {
            match held.or_else(|| space.observed(site)) {
                Some(symbol) => holds(&space, site, symbol)?,
                None => {
                    if let Some(place) = free.get_mut(count) {
                        *place = site as u32;
                    }
                    count += 1;
                }
            }
        }
        match free.get(..count) {
            Some(free) => Ok(Self {
                space,
                observed,
                free,
            }),
            None => Err(Error::Memory {
                slice: "free",
                found,
                needed: count,
            }),
        }
    }

    /// Creates the same space from slices that [`new`](Self::new) has checked and filled before: `free` is the
    /// ascending list of free sites. For programs that own these slices.
    #[must_use]
    pub const fn from_parts(space: S, observed: &'a [Option<S::Symbol>], free: &'a [u32]) -> Self {
        Self {
            space,
            observed,
            free,
        }
    }

    /// The space without observations.
    #[must_use]
    pub const fn inner(&self) -> &S {
        &self.space
    }

    /// The observed symbols.
    pub(crate) const fn held(&self) -> Held<'a, S::Symbol> {
        Held::new(self.observed)
    }

    /// The move, made idle if its site is observed.
    #[inline(always)]
    fn hold(&self, mv: Move) -> Move {
        let to = if self.is_free(mv.site) {
            mv.to
        } else {
            mv.from
        };
        Move { to, ..mv }
    }

    /// Writes 0 at the moves of all observed sites.
    #[inline(always)]
    fn silence<R: Real>(&self, numbers: &mut [R]) {
        let (mut end, last) = (0, self.space.moves());
        let free = self.free.iter().map(|&site| site as usize);
        let rows = free.map(|site| (self.space.first_move(site), self.space.first_move(site + 1)));
        for (start, next) in rows.chain(core::iter::once((last, last))) {
            if let Some(run) = numbers.get_mut(end..start) {
                run.fill(R::ZERO);
            }
            end = next;
        }
    }
}

fn holds<S: Space>(space: &S, site: usize, found: S::Symbol) -> Result<(), Error> {
    let states = space.states_at(site);
    let already = space.observed(site).is_none_or(|held| held == found);
    if found.index() < states && already {
        Ok(())
    } else {
        Err(Error::Observed {
            site,
            found: found.widen(),
            states,
        })
    }
}

impl<S: Space> Space for Clamped<'_, S> {
    type Symbol = S::Symbol;

    #[inline]
    fn sites(&self) -> usize {
        self.space.sites()
    }

    #[inline]
    fn states(&self) -> usize {
        self.space.states()
    }

    #[inline]
    fn states_at(&self, site: usize) -> usize {
        self.space.states_at(site)
    }

    #[inline]
    fn moves(&self) -> usize {
        self.space.moves()
    }

    #[inline]
    fn gradient_len(&self) -> usize {
        self.space.gradient_len()
    }

    #[inline]
    fn decode(&self, x: &[S::Symbol], m: usize) -> Move {
        self.hold(self.space.decode(x, m))
    }

    #[inline(always)]
    fn each_move(&self, x: &[S::Symbol], mut visit: impl FnMut(Move)) {
        self.space.each_move(x, |mv| visit(self.hold(mv)));
    }

    #[inline]
    fn undo(&self, m: usize, mv: Move) -> usize {
        if mv.is_idle() {
            m
        } else {
            self.space.undo(m, mv)
        }
    }

    #[inline]
    fn site_of(&self, m: usize) -> usize {
        self.space.site_of(m)
    }

    #[inline]
    fn first_move(&self, site: usize) -> usize {
        self.space.first_move(site)
    }

    #[inline]
    fn observed(&self, site: usize) -> Option<S::Symbol> {
        let own = self.observed.get(site).copied().flatten();
        own.or_else(|| self.space.observed(site))
    }

    #[inline]
    fn free(&self) -> usize {
        self.free.len()
    }

    #[inline]
    fn free_site(&self, k: usize) -> usize {
        self.free.get(k).map_or(0, |&site| site as usize)
    }

    #[inline(always)]
    fn differences<R: Real>(&self, x: &[S::Symbol], gradient: &mut [R]) {
        self.space.differences(x, gradient);
        self.silence(gradient);
    }

    #[inline(always)]
    fn mask<R: Real>(&self, x: &[S::Symbol], weight: &mut [R]) {
        self.space.mask(x, weight);
        self.silence(weight);
    }

    #[inline]
    fn squared_length(&self) -> Option<f64> {
        self.space.squared_length()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::{Binary, Categorical, Ordinal};

    #[test]
    fn observed_sites_have_no_weight_and_no_difference() {
        let mut free = [7; 3];
        let observed = [Some(2), None, None, Some(0)];
        let space = Clamped::new(Categorical::new(4, 3).unwrap(), &observed, &mut free).unwrap();
        assert_eq!(
            (space.free(), space.free_site(0), space.free_site(1)),
            (2, 1, 2)
        );
        let x = [2, 1, 0, 0];
        let mut w = [1.0; 12];
        space.mask(&x, &mut w);
        assert_eq!(w, [0., 0., 0., 1., 0., 1., 0., 1., 1., 0., 0., 0.]);
        for (m, &w) in w.iter().enumerate() {
            assert_eq!(space.decode(&x, m).is_idle(), w == 0.0);
        }
        let space = Clamped::new(Ordinal::new(4, 3).unwrap(), &observed, &mut free).unwrap();
        let mut d = [1.0, 1.0, 2.0, 1.0, 9.0, 9.0, 9.0, 9.0, 9.0, 9.0, 9.0, 9.0];
        space.differences(&x, &mut d);
        assert_eq!(d, [0., 0., 0., -1., 0., 1., 0., 2., 4., 0., 0., 0.]);
        assert!(space.contains(&x) && !space.contains(&[1, 1, 0, 0]));
    }

    #[test]
    fn clamps_of_clamps_combine() {
        let (mut one, mut two) = ([0; 4], [0; 4]);
        let first = [Some(1), None, None, None];
        let second = [None, None, Some(0), None];
        let space = Clamped::new(Binary::new(4), &first, &mut one).unwrap();
        let space = Clamped::new(space, &second, &mut two).unwrap();
        assert_eq!(
            (space.free(), space.free_site(0), space.free_site(1)),
            (2, 1, 3)
        );
        assert_eq!(
            [0, 1, 2, 3].map(|i| space.observed(i)),
            [Some(1), None, Some(0), None]
        );
    }

    #[test]
    fn invalid_observations_are_rejected() {
        let mut free = [0; 1];
        let space = Binary::new(2);
        assert_eq!(
            Clamped::new(space, &[None], &mut free),
            Err(Error::Sites {
                found: 1,
                needed: 2
            })
        );
        assert_eq!(
            Clamped::new(space, &[None, None], &mut free),
            Err(Error::Memory {
                slice: "free",
                found: 1,
                needed: 2
            })
        );
        assert_eq!(
            Clamped::new(space, &[None, Some(2)], &mut free),
            Err(Error::Observed {
                site: 1,
                found: 2,
                states: 2
            })
        );
        assert!(Clamped::new(space, &[Some(0), Some(1)], &mut []).is_ok());
    }
}
