//! Networks between states, for relaxations.

use super::{Base, NeuralEnergy, Terms};
use gwg_core::{Gradient, Real};
use gwg_linalg::Scalar;
use gwg_models::OwnedSpace;
use gwg_relax::Relaxed;

/// A network of binary or categorical sites with its base distribution, between its states: the network of the numbers there, and the base, which is
/// linear in them.
#[derive(Clone, Copy, Debug)]
pub struct RelaxedEnergy<'e, R>(&'e NeuralEnergy<R>);

impl<R: Scalar> NeuralEnergy<R> {
    /// The model between its states; `None` for ordinal sites, of which a number is no weight.
    #[must_use]
    pub fn as_relaxed(&self) -> Option<RelaxedEnergy<'_, R>> {
        match self.space {
            OwnedSpace::Binary(_) | OwnedSpace::Categorical(_) => Some(RelaxedEnergy(self)),
            _ => None,
        }
    }
}

impl<R: Real> Base<R> {
    /// The value at weights, and its gradient there, which is added; 0 for ordinal sites.
    fn at_weights(&self, x: &[R], gradient: &mut [R]) -> f64 {
        let (Terms::Binary(numbers)
        | Terms::Categorical {
            log_prob: numbers, ..
        }) = self.terms()
        else {
            return 0.0;
        };
        let mut value = self.constant;
        for ((g, &number), x) in gradient.iter_mut().zip(numbers).zip(x) {
            *g += number;
            value += number.to_f64() * x.to_f64();
        }
        value
    }
}

impl<R: Scalar> Relaxed for RelaxedEnergy<'_, R> {
    type Real = R;

    fn weights(&self) -> usize {
        self.0.network().plan.offsets[1]
    }

    fn is_binary(&self) -> bool {
        matches!(self.0.space, OwnedSpace::Binary(_))
    }

    fn scratch_len(&self) -> usize {
        self.0.gradient_scratch_len(1)
    }

    fn value_and_gradient(&self, x: &[R], gradient: &mut [R], scratch: &mut [R]) -> f64 {
        let network = self.0.relaxed(x, gradient, scratch);
        let base = self.0.base();
        network + base.map_or(0.0, |base| base.at_weights(x, gradient))
    }
}
