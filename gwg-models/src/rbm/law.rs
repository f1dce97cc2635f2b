//! The transition probabilities of a sweep, summed over all states of both layers.

use super::{Rbm, ones};
use gwg_core::target::Held;
use gwg_core::{Real, accept, math};
use gwg_linalg::Scalar;

/// Visits all states of the units, each with the product of its probabilities.
pub(super) fn states(probability: &[f64], mut each: impl FnMut(&[u8], f64)) {
    let units = probability.len();
    for k in 0..1u64 << units {
        let state: Vec<u8> = (0..units).map(|i| (k >> i & 1) as u8).collect();
        let factors = state
            .iter()
            .zip(probability)
            .map(|(&s, p)| if s == 0 { 1.0 - p } else { *p });
        each(&state, factors.product());
    }
}

impl<R: Scalar> Rbm<R> {
    /// `sigmoid(beta a)`, and the log ratio of the target to the distribution that the two draws leave invariant.
    pub(super) fn lifted(&self, on: impl Iterator<Item = usize>, beta: R) -> (Vec<f64>, f64) {
        let mut a = vec![R::ZERO; self.hidden()];
        self.activate(on, &mut a);
        let scaled: Vec<R> = a.iter().map(|&a| beta * a).collect();
        let correction = beta.to_f64() * math::softplus_sum(&a) - math::softplus_sum(&scaled);
        let probability = scaled.iter().map(|a| a.sigmoid().to_f64()).collect();
        (probability, correction)
    }

    /// The logits of the visible units given the hidden ones.
    pub(super) fn logits(&self, h: &[u8], beta: R) -> Vec<R> {
        let mut slopes = vec![R::ZERO; self.visible()];
        let ones: Vec<R> = h.iter().map(|&h| R::from_f64(f64::from(h))).collect();
        for (i, slope) in slopes.iter_mut().enumerate() {
            *slope = math::dot(self.row(i), &ones);
        }
        self.visible_logits(beta, &mut slopes);
        slopes
    }

    pub(super) fn law(
        &self,
        x: &[u8],
        beta: R,
        held: Held<'_, u8>,
        visit: &mut dyn FnMut(&[u8], f64),
    ) {
        let (hidden, before) = self.lifted(ones(x), beta);
        states(&hidden, |h, of_hidden| {
            let logits = self.logits(h, beta);
            let mut given: Vec<f64> = logits.iter().map(|l| l.sigmoid().to_f64()).collect();
            for (site, p) in given.iter_mut().enumerate() {
                *p = held.at(site).map_or(*p, f64::from);
            }
            states(&given, |v, of_visible| {
                if (0..).zip(v).any(|(site, &s)| held.or(site, s) != s) {
                    return;
                }
                let ratio = if beta == R::ONE {
                    1.0
                } else {
                    Real::exp(self.lifted(ones(v), beta).1 - before)
                };
                visit(v, of_hidden * of_visible * accept::probability(ratio));
            });
        });
    }
}
