//! Spaces that own what they are made of.

use gwg_core::{AnySpace, Binary, Categorical, Error, Mixed, Move, Ordinal, Real, Space};
use std::sync::Arc;

/// A space of any kind that refers to nothing: what a model of alphabets known only at run time has.
///
/// It is the same space as the [`AnySpace`] of the same variant, and costs a branch more per call than the space itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnedSpace {
    /// Two states per site.
    Binary(Binary),
    /// The same number of nominal states at every site.
    Categorical(Categorical),
    /// Integers.
    Ordinal(Ordinal),
    /// A number of nominal states of its own at every site.
    Mixed(OwnedMixed),
}

/// [`Mixed`] with offsets of its own, which clones share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnedMixed {
    offsets: Arc<[u32]>,
    largest: usize,
}

impl OwnedMixed {
    /// The space of `states.len()` sites, site `i` with `states[i]` states. `O(sites)`.
    ///
    /// # Errors
    /// [`Error::StatesAt`] unless all of `states` are 2 to 256; [`Error::TooManyMoves`] where their sum exceeds a `u32`.
    pub fn new(states: &[u32]) -> Result<Self, Error> {
        let mut offsets = vec![0; states.len() + 1];
        let largest = Mixed::new(states, &mut offsets)?.states();
        Ok(Self {
            offsets: offsets.into(),
            largest,
        })
    }

    /// The space, on borrowed offsets.
    #[inline]
    #[must_use]
    pub fn view(&self) -> Mixed<'_> {
        Mixed::from_parts(&self.offsets, self.largest)
    }
}

impl OwnedSpace {
    /// Nominal states, `states[i]` of them at site `i`: [`Categorical`](Self::Categorical) where all sites have the same number, else
    /// [`Mixed`](Self::Mixed).
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

/// `$out` with `$space` as what it is.
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

impl Space for OwnedSpace {
    type Symbol = u8;

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
    fn decode(&self, x: &[u8], m: usize) -> Move {
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

    fn each_move(&self, x: &[u8], visit: impl FnMut(Move)) {
        each!(self, space => space.each_move(x, visit));
    }

    fn differences<R: Real>(&self, x: &[u8], gradient: &mut [R]) {
        each!(self, space => space.differences(x, gradient));
    }

    fn mask<R: Real>(&self, x: &[u8], weight: &mut [R]) {
        each!(self, space => space.mask(x, weight));
    }

    #[inline]
    fn squared_length(&self) -> Option<f64> {
        each!(self, space => space.squared_length())
    }
}

macro_rules! from {
    ($($type:ty => $variant:ident),*) => {
        $(impl From<$type> for OwnedSpace {
            fn from(space: $type) -> Self {
                Self::$variant(space)
            }
        })*
    };
}

from!(Binary => Binary, Categorical => Categorical, Ordinal => Ordinal, OwnedMixed => Mixed);

/// Copies the offsets: `O(sites)`.
impl From<Mixed<'_>> for OwnedSpace {
    fn from(space: Mixed<'_>) -> Self {
        Self::Mixed(OwnedMixed {
            offsets: (0..=space.sites())
                .map(|site| space.first_move(site) as u32)
                .collect(),
            largest: space.states(),
        })
    }
}

impl From<AnySpace<'_>> for OwnedSpace {
    fn from(space: AnySpace<'_>) -> Self {
        match space {
            AnySpace::Binary(space) => space.into(),
            AnySpace::Categorical(space) => space.into(),
            AnySpace::Ordinal(space) => space.into(),
            AnySpace::Mixed(space) => space.into(),
        }
    }
}
