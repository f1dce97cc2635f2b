//! Any model as one type: its methods behind `dyn`, its space an [`AnySpace`].

use gwg_chains::Dispatched;
use gwg_core::target::Batch;
use gwg_core::{AffectedMoves, Delta, Gradient, Local, Move, Space, Target};
use gwg_models::AnySpace;

/// A model whose space is of the same type as every other's.
pub(super) struct OneSpace<'m, T> {
    pub(super) model: &'m T,
    pub(super) space: AnySpace,
}

impl<T: Target> Target for OneSpace<'_, T>
where
    T::Space: Space<Symbol = u8>,
{
    type Real = T::Real;
    type Space = AnySpace;

    fn space(&self) -> &AnySpace {
        &self.space
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        self.model.log_prob(x)
    }
}

impl<T: Gradient> Gradient for OneSpace<'_, T>
where
    T::Space: Space<Symbol = u8>,
{
    fn value_and_gradient(
        &self,
        x: &[u8],
        gradient: &mut [T::Real],
        scratch: &mut [T::Real],
    ) -> f64 {
        self.model.value_and_gradient(x, gradient, scratch)
    }

    fn gradient_cache_len(&self) -> usize {
        self.model.gradient_cache_len()
    }

    fn gradient_scratch_len(&self, rows: usize) -> usize {
        self.model.gradient_scratch_len(rows)
    }

    fn evaluate(&self, batch: &mut dyn Batch<T::Real, u8>, scratch: &mut [T::Real]) {
        Dispatched(self.model).evaluate(batch, scratch);
    }
}

impl<T: Delta> Delta for OneSpace<'_, T>
where
    T::Space: Space<Symbol = u8>,
{
    fn cache_len(&self) -> usize {
        self.model.cache_len()
    }

    fn init_cache(&self, x: &[u8], cache: &mut [T::Real]) -> f64 {
        self.model.init_cache(x, cache)
    }

    fn delta(&self, x: &[u8], cache: &[T::Real], mv: Move) -> T::Real {
        self.model.delta(x, cache, mv)
    }

    fn update(&self, x: &[u8], cache: &mut [T::Real], mv: Move) {
        self.model.update(x, cache, mv);
    }
}

impl<T: Local> Local for OneSpace<'_, T>
where
    T::Space: Space<Symbol = u8>,
{
    fn max_affected(&self) -> usize {
        self.model.max_affected()
    }

    fn affected_moves(
        &self,
        x: &[u8],
        cache: &[T::Real],
        mv: Move,
        affected: &mut AffectedMoves<'_, T::Real>,
    ) {
        self.model.affected_moves(x, cache, mv, affected);
    }

    fn update_affected(
        &self,
        x: &[u8],
        cache: &mut [T::Real],
        mv: Move,
        affected: &mut AffectedMoves<'_, T::Real>,
    ) {
        self.model.update_affected(x, cache, mv, affected);
    }
}
