//! A shared model as a target of its own.

mod pairwise;

use gwg_core::target::{AffectedMoves, Batch, Failure, Held, SweepBatch};
use gwg_core::{
    Bits, Delta, Gradient, Leveled, Levels, Local, Move, Multilinear, StepCounts, Sweep, SymbolOf,
    Target,
};
use std::sync::Arc;

/// A model behind an [`Arc`], perhaps of an erased type.
pub(crate) struct Shared<T: ?Sized>(pub(crate) Arc<T>);

impl<T: Target + ?Sized> Target for Shared<T> {
    type Real = T::Real;
    type Space = T::Space;

    #[inline]
    fn space(&self) -> &T::Space {
        self.0.space()
    }

    #[inline]
    fn log_prob(&self, x: &[SymbolOf<T>]) -> f64 {
        self.0.log_prob(x)
    }

    fn failure(&self) -> Option<&Failure> {
        self.0.failure()
    }
}

impl<T: Gradient + ?Sized> Gradient for Shared<T> {
    fn value_and_gradient(
        &self,
        x: &[SymbolOf<T>],
        gradient: &mut [T::Real],
        scratch: &mut [T::Real],
    ) -> f64 {
        self.0.value_and_gradient(x, gradient, scratch)
    }

    fn gradient_cache_len(&self) -> usize {
        self.0.gradient_cache_len()
    }

    fn gradient_scratch_len(&self, rows: usize) -> usize {
        self.0.gradient_scratch_len(rows)
    }

    #[inline(always)]
    fn evaluate(&self, batch: &mut dyn Batch<T::Real, SymbolOf<T>>, scratch: &mut [T::Real]) {
        self.0.evaluate(batch, scratch);
    }
}

impl<T: Delta + ?Sized> Delta for Shared<T> {
    #[inline]
    fn cache_len(&self) -> usize {
        self.0.cache_len()
    }

    #[inline]
    fn init_cache(&self, x: &[SymbolOf<T>], cache: &mut [T::Real]) -> f64 {
        self.0.init_cache(x, cache)
    }

    #[inline(always)]
    fn delta(&self, x: &[SymbolOf<T>], cache: &[T::Real], mv: Move) -> T::Real {
        self.0.delta(x, cache, mv)
    }

    #[inline(always)]
    fn update(&self, x: &[SymbolOf<T>], cache: &mut [T::Real], mv: Move) {
        self.0.update(x, cache, mv);
    }
}

impl<T: Local + ?Sized> Local for Shared<T> {
    #[inline]
    fn max_affected(&self) -> usize {
        self.0.max_affected()
    }

    #[inline(always)]
    fn update_affected(
        &self,
        x: &[SymbolOf<T>],
        cache: &mut [T::Real],
        mv: Move,
        affected: &mut AffectedMoves<'_, T::Real>,
    ) {
        self.0.update_affected(x, cache, mv, affected);
    }
}

impl<T: Leveled + ?Sized> Leveled for Shared<T> {
    #[inline(always)]
    fn levels(&self) -> usize {
        self.0.levels()
    }

    #[inline(always)]
    fn frozen_level(&self) -> Option<usize> {
        self.0.frozen_level()
    }

    #[inline(always)]
    fn level_difference(&self, level: usize) -> T::Real {
        self.0.level_difference(level)
    }

    #[inline(always)]
    fn level(&self, x: &[SymbolOf<T>], m: usize) -> usize {
        self.0.level(x, m)
    }

    #[inline(always)]
    fn relevel(&self, x: &[SymbolOf<T>], levels: &mut Levels<'_>, mv: Move) {
        self.0.relevel(x, levels, mv);
    }
}

impl<T: Sweep> Sweep for Shared<T> {
    fn sweeps_together(&self) -> bool {
        self.0.sweeps_together()
    }

    fn holds_sites(&self) -> bool {
        self.0.holds_sites()
    }

    fn has_sweeps(&self) -> bool {
        self.0.has_sweeps()
    }

    fn sweep_cache_len(&self) -> usize {
        self.0.sweep_cache_len()
    }

    fn sweep_scratch_len(&self, rows: usize) -> usize {
        self.0.sweep_scratch_len(rows)
    }

    fn prepare(&self, batch: &mut dyn SweepBatch<T::Real, SymbolOf<T>>, scratch: &mut [T::Real]) {
        self.0.prepare(batch, scratch);
    }

    #[inline(always)]
    fn sweep<B: Bits>(
        &self,
        batch: &mut dyn SweepBatch<T::Real, SymbolOf<T>>,
        scratch: &mut [T::Real],
        bits: &mut [B],
        counts: &mut [StepCounts],
    ) {
        self.0.sweep(batch, scratch, bits, counts);
    }

    fn sweep_probabilities(
        &self,
        x: &[SymbolOf<T>],
        beta: T::Real,
        held: Held<'_, SymbolOf<T>>,
        visit: &mut dyn FnMut(&[SymbolOf<T>], f64),
    ) {
        self.0.sweep_probabilities(x, beta, held, visit);
    }
}

impl<T: Multilinear + ?Sized> Multilinear for Shared<T> {}
