use super::CategoricalRbm;
use crate::number::at;
use gwg_core::{Delta, Move, Real, Space, math};
use gwg_linalg::Scalar;

/// The number of hidden units whose shifted pre-activations are on the stack together.
const SHIFTED: usize = 128;

impl<R: Scalar> CategoricalRbm<R> {
    /// The units that a move switches on and off.
    #[inline(always)]
    pub(super) fn switched(&self, mv: Move) -> [usize; 2] {
        let first = self.space.first_move(mv.site);
        [mv.to, mv.from].map(|symbol| first.saturating_add(usize::from(symbol)))
    }

    /// Adds the difference of two rows of the weights.
    #[inline(always)]
    pub(super) fn exchange(&self, mv: Move, activations: &mut [R]) {
        let [to, from] = self.switched(mv).map(|unit| self.units.row(unit));
        for (a, (&to, &from)) in activations.iter_mut().zip(to.iter().zip(from)) {
            *a += to - from;
        }
    }
}

/// `sum_j softplus(a_j + to_j - from_j)`.
#[inline(always)]
fn shifted_softplus<R: Real>(a: &[R], to: &[R], from: &[R]) -> f64 {
    let mut total = 0.0;
    let rows = to.chunks(SHIFTED).zip(from.chunks(SHIFTED));
    for (a, (to, from)) in a.chunks(SHIFTED).zip(rows) {
        let mut buffer = [R::ZERO; SHIFTED];
        for ((shifted, &a), (&to, &from)) in buffer.iter_mut().zip(a).zip(to.iter().zip(from)) {
            *shifted = a + (to - from);
        }
        total += math::softplus_sum(buffer.get(..a.len()).unwrap_or(&[]));
    }
    total
}

/// The cache consists of the pre-activations, then `sum_j softplus(a_j)` in two parts.
impl<R: Scalar> Delta for CategoricalRbm<R> {
    #[inline]
    fn cache_len(&self) -> usize {
        self.units.cache_len()
    }

    fn init_cache(&self, x: &[u8], memory: &mut [R]) -> f64 {
        self.units.activate(self.on(x), memory);
        self.bias_sum(x) + self.units.sum_up(memory)
    }

    #[inline(always)]
    fn delta(&self, _: &[u8], memory: &[R], mv: Move) -> R {
        let [to, from] = self.switched(mv);
        let bias = |unit| at(self.units.visible_bias(), unit).to_f64();
        let parts = memory.split_at_checked(self.hidden());
        let (a, sum) = parts.unwrap_or((&[], &[]));
        let total: f64 = sum.iter().map(|part| part.to_f64()).sum();
        let shifted = shifted_softplus(a, self.units.row(to), self.units.row(from));
        R::from_f64((bias(to) - bias(from)) + (shifted - total))
    }

    #[inline(always)]
    fn update(&self, _: &[u8], memory: &mut [R], mv: Move) {
        let hidden = self.hidden();
        self.exchange(mv, memory.get_mut(..hidden).unwrap_or(&mut []));
        self.units.sum_up(memory);
    }
}
