use crate::space::SharedSpace;
use gwg_chains::Dispatched;
use gwg_core::target::{AffectedMoves, Batch, Failure, Held, HeldRows, SweepBatch};
use gwg_core::{
    Bits, Delta, Gradient, Leveled, Levels, Local, Move, Real, Space, StepCounts, Sweep, SymbolOf,
    Target,
};
use std::sync::Arc;

/// A model on the space that all models share a type of, clamped or not.
#[derive(Debug)]
pub struct On<T: Target> {
    model: Arc<T>,
    space: SharedSpace<SymbolOf<T>>,
}

impl<T: Target> On<T> {
    pub(super) fn new(model: Arc<T>, space: SharedSpace<SymbolOf<T>>) -> Self {
        Self { model, space }
    }

    /// The model itself, whose own space may be another.
    pub(super) fn model(&self) -> Arc<T> {
        Arc::clone(&self.model)
    }

    /// The model itself, as its traits are forwarded to it.
    pub(crate) fn inner(&self) -> &T {
        &self.model
    }

    /// The model itself, where nothing is observed: its own space is the one here.
    pub(super) fn native(&self) -> Option<Arc<T>> {
        (!self.space.is_clamped()).then(|| Arc::clone(&self.model))
    }

    /// Drops what a move affects at observed sites.
    #[inline(always)]
    fn keep_free<R: Copy>(&self, from: usize, affected: &mut AffectedMoves<'_, R>) {
        if self.space.is_clamped() {
            affected.retain_from(from, |m| self.space.is_free(self.space.site_of(m)));
        }
    }
}

impl<T: Target> Target for On<T> {
    type Real = T::Real;
    type Space = SharedSpace<SymbolOf<T>>;

    fn space(&self) -> &SharedSpace<SymbolOf<T>> {
        &self.space
    }

    fn log_prob(&self, x: &[SymbolOf<T>]) -> f64 {
        Dispatched(&*self.model).log_prob(x)
    }

    fn failure(&self) -> Option<&Failure> {
        self.model.failure()
    }
}

impl<T: Gradient> Gradient for On<T> {
    fn value_and_gradient(
        &self,
        x: &[SymbolOf<T>],
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

    fn evaluate(&self, batch: &mut dyn Batch<T::Real, SymbolOf<T>>, scratch: &mut [T::Real]) {
        Dispatched(&*self.model).evaluate(batch, scratch);
    }
}

impl<T: Delta> Delta for On<T> {
    fn cache_len(&self) -> usize {
        self.model.cache_len()
    }

    fn init_cache(&self, x: &[SymbolOf<T>], cache: &mut [T::Real]) -> f64 {
        self.model.init_cache(x, cache)
    }

    fn delta(&self, x: &[SymbolOf<T>], cache: &[T::Real], mv: Move) -> T::Real {
        if mv.is_idle() {
            return T::Real::ZERO;
        }
        self.model.delta(x, cache, mv)
    }

    fn update(&self, x: &[SymbolOf<T>], cache: &mut [T::Real], mv: Move) {
        self.model.update(x, cache, mv);
    }
}

impl<T: Local> Local for On<T> {
    fn max_affected(&self) -> usize {
        self.model.max_affected()
    }

    fn update_affected(
        &self,
        x: &[SymbolOf<T>],
        cache: &mut [T::Real],
        mv: Move,
        affected: &mut AffectedMoves<'_, T::Real>,
    ) {
        let before = affected.len();
        self.model.update_affected(x, cache, mv, affected);
        self.keep_free(before, affected);
    }
}

impl<T: Leveled> Leveled for On<T> {
    #[inline(always)]
    fn levels(&self) -> usize {
        self.model.levels() + usize::from(self.space.is_clamped())
    }

    fn frozen_level(&self) -> Option<usize> {
        self.space.is_clamped().then(|| self.model.levels())
    }

    #[inline(always)]
    fn level_difference(&self, level: usize) -> T::Real {
        if level < self.model.levels() {
            self.model.level_difference(level)
        } else {
            T::Real::NEG_INFINITY
        }
    }

    fn level(&self, x: &[SymbolOf<T>], m: usize) -> usize {
        if self.space.is_clamped() && !self.space.is_free(self.space.site_of(m)) {
            return self.model.levels();
        }
        self.model.level(x, m)
    }

    #[inline(always)]
    fn relevel(&self, x: &[SymbolOf<T>], levels: &mut Levels<'_>, mv: Move) {
        self.model.relevel(x, levels, mv);
    }
}

impl<T: Sweep> Sweep for On<T> {
    fn sweeps_together(&self) -> bool {
        self.model.sweeps_together()
    }

    fn has_sweeps(&self) -> bool {
        self.model.has_sweeps() && (self.model.holds_sites() || !self.space.is_clamped())
    }

    fn sweep_cache_len(&self) -> usize {
        self.model.sweep_cache_len()
    }

    fn sweep_scratch_len(&self, rows: usize) -> usize {
        self.model.sweep_scratch_len(rows)
    }

    fn prepare(&self, batch: &mut dyn SweepBatch<T::Real, SymbolOf<T>>, scratch: &mut [T::Real]) {
        self.model.prepare(batch, scratch);
    }

    #[inline(always)]
    fn sweep<B: Bits>(
        &self,
        batch: &mut dyn SweepBatch<T::Real, SymbolOf<T>>,
        scratch: &mut [T::Real],
        bits: &mut [B],
        counts: &mut [StepCounts],
    ) {
        let mut batch = HeldRows::new(batch, self.space.held());
        self.model.sweep(&mut batch, scratch, bits, counts);
    }

    fn sweep_probabilities(
        &self,
        x: &[SymbolOf<T>],
        beta: T::Real,
        _: Held<'_, SymbolOf<T>>,
        visit: &mut dyn FnMut(&[SymbolOf<T>], f64),
    ) {
        let held = self.space.held();
        self.model.sweep_probabilities(x, beta, held, visit);
    }
}
