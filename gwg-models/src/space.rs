//! Spaces that own their data.

use gwg_core::{AnySpace, Binary, Categorical, Error, Mixed, Move, Ordinal, Real, Space, Symbol};
use std::marker::PhantomData;
use std::sync::Arc;

/// A space of any kind without borrowed data, for models whose alphabets are known only at run time.
///
/// It is the same space as the [`AnySpace`] of the same variant, and costs one more branch per call than the space itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnedSpace<S = u8> {
    /// Two states per site.
    Binary(Binary<S>),
    /// The same number of nominal states at every site.
    Categorical(Categorical<S>),
    /// Integers.
    Ordinal(Ordinal<S>),
    /// A different number of nominal states at each site.
    Mixed(OwnedMixed<S>),
}

/// [`Mixed`] with owned offsets, which clones share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnedMixed<S = u8> {
    offsets: Arc<[u32]>,
    largest: usize,
    symbol: PhantomData<S>,
}

impl OwnedMixed {
    /// Creates the space of `states.len()` sites, site `i` with `states[i]` states. Cost: `O(sites)`.
    ///
    /// # Errors
    /// [`Error::StatesAt`] unless all of `states` are 2 to 256; [`Error::TooManyMoves`] if their sum exceeds `u32::MAX`.
    pub fn new(states: &[u32]) -> Result<Self, Error> {
        let mut offsets = vec![0; states.len() + 1];
        let largest = Mixed::new(states, &mut offsets)?.states();
        Ok(Self {
            offsets: offsets.into(),
            largest,
            symbol: PhantomData,
        })
    }
}

impl<S: Symbol> OwnedMixed<S> {
    /// The space, on borrowed offsets.
    #[inline]
    #[must_use]
    pub fn view(&self) -> Mixed<'_, S> {
        Mixed::from_parts(&self.offsets, self.largest)
    }
}

impl OwnedSpace {
    /// Creates a space of nominal states, `states[i]` of them at site `i`: [`Categorical`](Self::Categorical) if all
    /// numbers are equal, otherwise [`Mixed`](Self::Mixed).
    ///
    /// # Errors
    /// Those of [`OwnedMixed::new`].
    pub fn nominal(states: &[u32]) -> Result<Self, Error> {
        match states {
            [first, others @ ..] if others.iter().all(|q| q == first) => {
                Categorical::new(states.len(), *first as usize).map(Self::Categorical)
            }
            _ => OwnedMixed::new(states).map(Self::Mixed),
        }
    }
}

/// Evaluates `$out` with `$space` bound to the concrete space.
macro_rules! each {
    ($any:expr, $space:ident => $out:expr) => {
        match $any {
            OwnedSpace::Binary($space) => $out,
            OwnedSpace::Categorical($space) => $out,
            OwnedSpace::Ordinal($space) => $out,
            OwnedSpace::Mixed(owned) => {
                let $space = &owned.view();
                $out
            }
        }
    };
}

impl<S: Symbol> Space for OwnedSpace<S> {
    type Symbol = S;

    #[inline]
    fn sites(&self) -> usize {
        each!(self, space => space.sites())
    }

    #[inline]
    fn states(&self) -> usize {
        each!(self, space => space.states())
    }

    #[inline]
    fn states_at(&self, site: usize) -> usize {
        each!(self, space => space.states_at(site))
    }

    #[inline]
    fn moves(&self) -> usize {
        each!(self, space => space.moves())
    }

    #[inline]
    fn gradient_len(&self) -> usize {
        each!(self, space => space.gradient_len())
    }

    #[inline]
    fn decode(&self, x: &[S], m: usize) -> Move {
        each!(self, space => space.decode(x, m))
    }

    #[inline]
    fn undo(&self, m: usize, mv: Move) -> usize {
        each!(self, space => space.undo(m, mv))
    }

    #[inline]
    fn site_of(&self, m: usize) -> usize {
        each!(self, space => space.site_of(m))
    }

    #[inline]
    fn first_move(&self, site: usize) -> usize {
        each!(self, space => space.first_move(site))
    }

    fn each_move(&self, x: &[S], visit: impl FnMut(Move)) {
        each!(self, space => space.each_move(x, visit));
    }

    fn differences<R: Real>(&self, x: &[S], gradient: &mut [R]) {
        each!(self, space => space.differences(x, gradient));
    }

    fn mask<R: Real>(&self, x: &[S], weight: &mut [R]) {
        each!(self, space => space.mask(x, weight));
    }

    #[inline]
    fn squared_length(&self) -> Option<f64> {
        each!(self, space => space.squared_length())
    }
}

macro_rules! from {
    ($($type:ty => $variant:ident),*) => {
        $(impl<S> From<$type> for OwnedSpace<S> {
            fn from(space: $type) -> Self {
                Self::$variant(space)
            }
        })*
    };
}

from!(Binary<S> => Binary, Categorical<S> => Categorical, Ordinal<S> => Ordinal, OwnedMixed<S> => Mixed);

/// Copies the offsets: `O(sites)`.
impl<S: Symbol> From<Mixed<'_, S>> for OwnedSpace<S> {
    fn from(space: Mixed<'_, S>) -> Self {
        Self::Mixed(OwnedMixed {
            offsets: (0..=space.sites())
                .map(|site| space.first_move(site) as u32)
                .collect(),
            largest: space.states(),
            symbol: PhantomData,
        })
    }
}

impl<S: Symbol> From<AnySpace<'_, S>> for OwnedSpace<S> {
    fn from(space: AnySpace<'_, S>) -> Self {
        match space {
            AnySpace::Binary(space) => space.into(),
            AnySpace::Categorical(space) => space.into(),
            AnySpace::Ordinal(space) => space.into(),
            AnySpace::Mixed(space) => space.into(),
        }
    }
}
