use super::{Rbm, ones};
use gwg_core::{Delta, Move, Real, math};
use gwg_linalg::{Scalar, axpy};

/// The number of hidden units whose shifted pre-activations are on the stack together.
const SHIFTED: usize = 128;

/// `sum_j softplus(a_j + sign w_j)`.
#[inline(always)]
fn shifted_softplus<R: Real>(a: &[R], sign: R, row: &[R]) -> f64 {
    let mut total = 0.0;
    for (a, row) in a.chunks(SHIFTED).zip(row.chunks(SHIFTED)) {
        let mut buffer = [R::ZERO; SHIFTED];
        for ((to, &a), &w) in buffer.iter_mut().zip(a).zip(row) {
            *to = a + sign * w;
        }
        total += math::softplus_sum(buffer.get(..a.len()).unwrap_or(&[]));
    }
    total
}

/// An f64 number as the sum of two numbers of the model's precision: an f32 model keeps 48 bits of it.
#[inline(always)]
pub(super) fn split<R: Real>(total: f64) -> [R; 2] {
    let high = R::from_f64(total);
    [high, R::from_f64(total - high.to_f64())]
}

/// The cache consists of the pre-activations, then `sum_j softplus(a_j)` in two parts.
impl<R: Scalar> Rbm<R> {
    /// Updates the sum at the end of `memory` to the pre-activations; returns it.
    #[inline(always)]
    pub(super) fn sum_up(&self, memory: &mut [R]) -> f64 {
        let Some((a, sum)) = memory.split_at_mut_checked(self.hidden()) else {
            return 0.0;
        };
        let total = math::softplus_sum(a);
        for (part, value) in sum.iter_mut().zip(split(total)) {
            *part = value;
        }
        total
    }
}

impl<R: Scalar> Delta for Rbm<R> {
    #[inline]
    fn cache_len(&self) -> usize {
        self.hidden() + 2
    }

    fn init_cache(&self, v: &[u8], memory: &mut [R]) -> f64 {
        self.activate(ones(v), memory);
        self.bias_sum(v) + self.sum_up(memory)
    }

    #[inline(always)]
    fn delta(&self, _: &[u8], memory: &[R], mv: Move) -> R {
        let sign = f64::from(mv.to) - f64::from(mv.from);
        let bias = self.visible_bias.get(mv.site).map_or(0.0, |b| b.to_f64());
        let (a, sum) = memory.split_at_checked(self.hidden()).unwrap_or((&[], &[]));
        let total: f64 = sum.iter().map(|part| part.to_f64()).sum();
        let shifted = shifted_softplus(a, R::from_f64(sign), self.row(mv.site));
        R::from_f64(sign * bias + (shifted - total))
    }

    #[inline(always)]
    fn update(&self, _: &[u8], memory: &mut [R], mv: Move) {
        let sign = R::from_f64(f64::from(mv.to) - f64::from(mv.from));
        axpy(sign, self.row(mv.site), memory);
        self.sum_up(memory);
    }
}
