use gwg_core::space::Clamped;
use gwg_core::target::Held;
use gwg_core::{Error, Move, Real, Space, Symbol};
use gwg_models::OwnedSpace;
use std::sync::Arc;

/// The space of any model, with what is observed of it: one type for all of them, so that kernels are compiled once.
#[derive(Clone, Debug)]
pub struct SharedSpace<S = u8> {
    base: OwnedSpace<S>,
    clamp: Option<Arc<Observed<S>>>,
}

/// What is observed, and which sites are left.
#[derive(Debug)]
struct Observed<S> {
    symbols: Vec<Option<S>>,
    free: Vec<u32>,
}

impl<S: Symbol> SharedSpace<S> {
    /// The same space in which `observed[i]`, where it is something, is held at site `i`.
    ///
    /// # Errors
    /// Those of [`Clamped::new`].
    pub fn clamped(&self, observed: &[Option<S>]) -> Result<Self, Error> {
        let mut free = vec![0; self.base.sites()];
        // Of this space, and not of its base: what contradicts an earlier observation is refused.
        let count = Clamped::new(self.clone(), observed, &mut free)?.free();
        free.truncate(count);
        let sites = observed.iter().enumerate();
        let symbols = sites
            .map(|(site, new)| new.or(self.observed(site)))
            .collect();
        Ok(Self {
            base: self.base.clone(),
            clamp: Some(Arc::new(Observed { symbols, free })),
        })
    }

    /// The space without observations.
    #[must_use]
    pub const fn base(&self) -> &OwnedSpace<S> {
        &self.base
    }

    /// What is observed, as a sweep is given it.
    #[must_use]
    pub fn held(&self) -> Held<'_, S> {
        self.clamp
            .as_ref()
            .map_or(Held::default(), |clamp| Held::new(&clamp.symbols))
    }

    /// True where something may be observed.
    #[must_use]
    pub const fn is_clamped(&self) -> bool {
        self.clamp.is_some()
    }
}

impl<S> From<OwnedSpace<S>> for SharedSpace<S> {
    fn from(base: OwnedSpace<S>) -> Self {
        Self { base, clamp: None }
    }
}

/// `$out` with `$space` as what it is.
macro_rules! each {
    ($shared:expr, $space:ident => $out:expr) => {
        match (&$shared.base, $shared.clamp.as_deref()) {
            (OwnedSpace::Mixed(owned), clamp) => each!(owned.view(), clamp, $space => $out),
            (OwnedSpace::Binary(space), clamp) => each!(*space, clamp, $space => $out),
            (OwnedSpace::Categorical(space), clamp) => each!(*space, clamp, $space => $out),
            (OwnedSpace::Ordinal(space), clamp) => each!(*space, clamp, $space => $out),
        }
    };
    ($base:expr, $clamp:expr, $space:ident => $out:expr) => {
        match $clamp {
            None => {
                let $space = &$base;
                $out
            }
            Some(clamp) => {
                let $space = &Clamped::from_parts($base, &clamp.symbols, &clamp.free);
                $out
            }
        }
    };
}

impl<S: Symbol> Space for SharedSpace<S> {
    type Symbol = S;

    #[inline]
    fn sites(&self) -> usize {
        self.base.sites()
    }

    #[inline]
    fn states(&self) -> usize {
        self.base.states()
    }

    #[inline]
    fn states_at(&self, site: usize) -> usize {
        self.base.states_at(site)
    }

    #[inline]
    fn moves(&self) -> usize {
        self.base.moves()
    }

    #[inline]
    fn gradient_len(&self) -> usize {
        self.base.gradient_len()
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
        self.base.site_of(m)
    }

    #[inline]
    fn first_move(&self, site: usize) -> usize {
        self.base.first_move(site)
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
        self.base.squared_length()
    }

    #[inline]
    fn observed(&self, site: usize) -> Option<S> {
        each!(self, space => space.observed(site))
    }

    #[inline]
    fn free(&self) -> usize {
        each!(self, space => space.free())
    }

    #[inline]
    fn free_site(&self, k: usize) -> usize {
        each!(self, space => space.free_site(k))
    }
}
