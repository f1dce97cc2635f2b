//! The transition probabilities of a sweep, summed over all states of both layers.

use super::super::law::states as binary_states;
use super::CategoricalRbm;
use gwg_core::target::Held;
use gwg_core::{Real, accept, math};
use gwg_linalg::Scalar;

/// Visits all states of the sites, each with the product of its probabilities, of shape (sites, states).
fn states(probability: &[f64], q: usize, mut each: impl FnMut(&[u8], f64)) {
    let sites = probability.len() / q;
    let mut x = vec![0u8; sites];
    loop {
        let factors = x.iter().zip(probability.chunks_exact(q));
        each(&x, factors.map(|(&s, row)| row[usize::from(s)]).product());
        let last = (q - 1) as u8;
        let Some(site) = x.iter().position(|&s| s < last) else {
            return;
        };
        x[..site].fill(0);
        x[site] += 1;
    }
}

impl<R: Scalar> CategoricalRbm<R> {
    /// `P(x_i = a | h)`, shape (sites, states); a held site has its symbol.
    fn given(&self, h: &[u8], beta: R, held: Held<'_, u8>) -> Vec<f64> {
        let mut all = Vec::new();
        for (site, logits) in self
            .units
            .logits(h, beta)
            .chunks_exact(self.states())
            .enumerate()
        {
            let logits: Vec<f64> = logits.iter().map(|l| l.to_f64()).collect();
            let total = math::logsumexp(&logits);
            match held.at(site) {
                Some(symbol) => all.extend(
                    (0..logits.len()).map(|a| f64::from(u8::from(a == usize::from(symbol)))),
                ),
                None => all.extend(logits.iter().map(|l| Real::exp(l - total))),
            }
        }
        all
    }

    pub(super) fn law(
        &self,
        x: &[u8],
        beta: R,
        held: Held<'_, u8>,
        visit: &mut dyn FnMut(&[u8], f64),
    ) {
        let (hidden, before) = self.units.lifted(self.on(x), beta);
        binary_states(&hidden, |h, of_hidden| {
            states(
                &self.given(h, beta, held),
                self.states(),
                |y, of_visible| {
                    if of_visible == 0.0 {
                        return;
                    }
                    let ratio = if beta == R::ONE {
                        1.0
                    } else {
                        Real::exp(self.units.lifted(self.on(y), beta).1 - before)
                    };
                    visit(y, of_hidden * of_visible * accept::probability(ratio));
                },
            );
        });
    }
}
