use super::Fhmm;
use gwg_core::target::{AffectedMoves, Batch, Held, Sweep, SweepBatch};
use gwg_core::{Binary, Bits, Delta, Gradient, Local, Move, Real, StepCounts, Target};

/// The same distribution as [`Fhmm`], with the gradient of the formula `-(y_t - w.x_t - b)^2 / (2 sigma^2)`.
///
/// This is the gradient that automatic differentiation of the formula gives, also in the experiment of the paper
/// (Grathwohl et al. 2021). `f` is then quadratic in each site, a first-order difference exceeds the exact one by
/// `w_k^2 / (2 sigma^2)`, and the model is **not** [`Multilinear`](gwg_core::Multilinear):
/// [`Taylor`](gwg_core::Taylor) differences favor the chains with large weights. [`Exact`](gwg_core::Exact)
/// differences, sweeps and all other results are those of [`Fhmm`].
#[derive(Clone, Debug)]
pub struct QuadraticFhmm<R>(pub Fhmm<R>);

impl<R: Real> Target for QuadraticFhmm<R> {
    type Real = R;
    type Space = Binary;

    #[inline]
    fn space(&self) -> &Binary {
        self.0.space()
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        self.0.log_prob(x)
    }
}

impl<R: Real> Gradient for QuadraticFhmm<R> {
    fn value_and_gradient(&self, x: &[u8], gradient: &mut [R], _: &mut [R]) -> f64 {
        self.0.slopes::<true>(x, gradient)
    }

    #[inline]
    fn gradient_cache_len(&self) -> usize {
        self.0.length()
    }

    #[inline(always)]
    fn evaluate(&self, batch: &mut dyn Batch<R, u8>, _: &mut [R]) {
        self.0.evaluate_rows::<true>(batch);
    }
}

impl<R: Real> Delta for QuadraticFhmm<R> {
    #[inline]
    fn cache_len(&self) -> usize {
        self.0.cache_len()
    }

    fn init_cache(&self, x: &[u8], memory: &mut [R]) -> f64 {
        self.0.init_cache(x, memory)
    }

    #[inline(always)]
    fn delta(&self, x: &[u8], memory: &[R], mv: Move) -> R {
        self.0.delta(x, memory, mv)
    }

    #[inline(always)]
    fn update(&self, x: &[u8], memory: &mut [R], mv: Move) {
        self.0.update(x, memory, mv);
    }
}

impl<R: Real> Local for QuadraticFhmm<R> {
    #[inline]
    fn max_affected(&self) -> usize {
        self.0.max_affected()
    }

    #[inline(always)]
    fn update_affected(
        &self,
        x: &[u8],
        memory: &mut [R],
        mv: Move,
        affected: &mut AffectedMoves<'_, R>,
    ) {
        self.0.update_affected(x, memory, mv, affected);
    }
}

impl<R: Real> Sweep for QuadraticFhmm<R> {
    fn holds_sites(&self) -> bool {
        true
    }

    fn sweep_scratch_len(&self, walkers: usize) -> usize {
        self.0.sweep_scratch_len(walkers)
    }

    fn sweep<B: Bits>(
        &self,
        batch: &mut dyn SweepBatch<R, u8>,
        scratch: &mut [R],
        bits: &mut [B],
        counts: &mut [StepCounts],
    ) {
        self.0.sweep(batch, scratch, bits, counts);
    }

    fn sweep_probabilities(
        &self,
        x: &[u8],
        beta: R,
        held: Held<'_, u8>,
        visit: &mut dyn FnMut(&[u8], f64),
    ) {
        self.0.sweep_probabilities(x, beta, held, visit);
    }
}
