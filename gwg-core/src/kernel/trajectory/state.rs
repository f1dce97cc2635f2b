use super::super::rows::SweepCache;

/// What a walker keeps of the other models, and of the target.
#[derive(Debug)]
pub struct TrajectoryState<'a, R> {
    /// The state of each model, row-major.
    pub(super) symbols: &'a mut [u32],
    /// What a sweep keeps: of each model, of the target, and of two evaluations.
    pub(super) caches: &'a mut [R],
    /// Numbers of one of them.
    pub(super) cache_len: usize,
    /// `f` of each model at its state, as bits.
    pub(super) values: &'a mut [u64],
    /// Whether the models have states; the parity of the next exchange; the counts before sweeps of other models.
    pub(super) own: &'a mut [u64; 4],
    /// `f_t(x_{t+1})` and `f_{t+1}(x_t)`, as bits.
    pub(super) cross: &'a mut [u64; 2],
}

pub(super) const STARTED: usize = 0;
pub(super) const PARITY: usize = 1;
pub(super) const COUNTS: usize = 2;

/// Evaluations of the other's state that a pair of neighbors makes.
pub(super) const EVALUATIONS: usize = 2;

impl<R> TrajectoryState<'_, R> {
    /// The states of the other models, row-major.
    #[must_use]
    pub fn states(&self) -> &[u32] {
        self.symbols
    }

    pub(super) fn swap_caches(&mut self, a: usize, b: usize) {
        let len = self.cache_len;
        if let Ok([a, b]) = self
            .caches
            .get_disjoint_mut([a * len..(a + 1) * len, b * len..(b + 1) * len])
        {
            a.swap_with_slice(b);
        }
    }

    /// Keeps `f` of a model at its state.
    pub(super) fn keep_value(&mut self, model: usize, value: f64) {
        if let Some(own) = self.values.get_mut(model) {
            *own = value.to_bits();
        }
    }

    /// Keeps one of the evaluations of the other's state; what was there.
    pub(super) fn keep_cross(&mut self, k: usize, value: f64) -> f64 {
        match self.cross.get_mut(k) {
            Some(own) => f64::from_bits(core::mem::replace(own, value.to_bits())),
            None => value,
        }
    }

    /// True if the pair that begins with this model exchanges states in this step.
    pub(super) fn takes_part(&self, model: usize) -> bool {
        self.own[PARITY] == (model % 2) as u64
    }
}

/// Those of the models, that of the target, and those of two evaluations.
impl<R> SweepCache<R> for TrajectoryState<'_, R> {
    #[inline(always)]
    fn cache(&mut self, which: usize) -> &mut [R] {
        let len = self.cache_len;
        self.caches
            .get_mut(which * len..(which + 1) * len)
            .unwrap_or(&mut [])
    }
}
