use super::Fhmm;
use gwg_core::neighbourhood::Surveys;
use gwg_core::target::Sweep;
use gwg_core::{Binary, Bits, Delta, Gradient, Local, Move, Real, Tally, Target, Walker};

/// The same law as [`Fhmm`] with the gradient of `-(y_t - w.x_t - b)^2 / (2 sigma^2)` as it is written down.
///
/// This is what automatic differentiation makes of the model, in the experiment of the paper (Grathwohl et al. 2021) too. `f`
/// is quadratic in each site then, a first-order difference is `w_k^2 / (2 sigma^2)` above the exact one, and the model is
/// **not** [`Multilinear`](gwg_core::Multilinear): [`Taylor`](gwg_core::Taylor) differences favour the chains of large
/// weights. [`Exact`](gwg_core::Exact) differences, sweeps and everything else are those of [`Fhmm`].
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
    fn value_and_gradient(&self, x: &[u8], gradient: &mut [R]) -> f64 {
        self.0.slopes::<true>(x, gradient)
    }

    #[inline]
    fn gradient_memory_len(&self) -> usize {
        self.0.length()
    }

    fn survey(&self, walkers: &mut [Walker<'_, R, Surveys<'_, R>>], _: &mut [R]) {
        for w in walkers {
            self.0.fill::<true>(w.x, &mut w.state.here);
        }
    }

    #[inline(always)]
    fn resurvey(&self, walkers: &mut [Walker<'_, R, Surveys<'_, R>>], _: &mut [R]) {
        for w in walkers {
            self.0.follow::<true>(w);
        }
    }
}

impl<R: Real> Delta for QuadraticFhmm<R> {
    #[inline]
    fn memory_len(&self) -> usize {
        self.0.memory_len()
    }

    fn remember(&self, x: &[u8], memory: &mut [R]) -> f64 {
        self.0.remember(x, memory)
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
    fn max_touched(&self) -> usize {
        self.0.max_touched()
    }

    #[inline(always)]
    fn touched(&self, x: &[u8], memory: &[R], mv: Move, visit: impl FnMut(usize, R)) {
        self.0.touched(x, memory, mv, visit);
    }

    #[inline(always)]
    fn update_touched(&self, x: &[u8], memory: &mut [R], mv: Move, visit: impl FnMut(usize, R)) {
        self.0.update_touched(x, memory, mv, visit);
    }
}

impl<R: Real> Sweep for QuadraticFhmm<R> {
    fn sweep_scratch_len(&self, walkers: usize) -> usize {
        self.0.sweep_scratch_len(walkers)
    }

    fn sweep<B: Bits>(
        &self,
        walkers: &mut [Walker<'_, R, &mut [R]>],
        scratch: &mut [R],
        bits: &mut [B],
        tally: &mut [Tally],
    ) {
        self.0.sweep(walkers, scratch, bits, tally);
    }

    fn sweep_law(&self, x: &[u8], beta: R, visit: &mut dyn FnMut(&[u8], f64)) {
        self.0.sweep_law(x, beta, visit);
    }
}
